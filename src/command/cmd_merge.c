/* cmd_merge.c - make one image of many. */
#ifndef KML_CMD_MERGE_C
#define KML_CMD_MERGE_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/merge.c"
#include "derived.c"

struct merge_args {
	struct derived to;
	struct registries registries;
	const char *by, *platform, *kernel;
	opt_number most, max_size;
	bool last;
};

static const struct opt merge_opts[] = {
	OPT(struct merge_args, by, 0, "by", "layers|files",
	    "stack the layers, or put the files together (layers)"),
	OPT(struct merge_args, last, 0, "last-wins", NULL,
	    "by files: where images differ take what the later one has"),
	OPT(struct merge_args, most, 'n', "layers", "N", "by files: make so many layers (1)"),
	OPT(struct merge_args, max_size, 0, "max-size", "MIB",
	    "by files: begin a new layer before the old ones in it are more than this"),
	OPT(struct merge_args, platform, 'p', "platform", "OS/ARCH[/VARIANT]",
	    "of images for several: this one (this machine's)"),
	REGISTRIES_KERNEL(struct merge_args),
	DERIVED_LABELS(struct merge_args),
	DERIVED_OPTS(struct merge_args),
};

/* How many layers there are to be, and how large. */
static int merge_sizes(struct kml *k, opt_number most, opt_number max_size,
                       struct merge_options *o)
{
	if (most == 0 || most > MANIFEST_STACKED)
		return fail(k, KML_USAGE, "-n: from 1 to %d layers", MANIFEST_STACKED);
	if (max_size == 0 || max_size > 1 << 30)
		return fail(k, KML_USAGE, "--max-size: from 1 to %d MiB", 1 << 30);
	o->most = most > 0 ? (size_t)most : max_size > 0 ? 0 : 1;
	o->max_size = max_size > 0 ? (uint64_t)max_size << 20 : 0;
	return 0;
}

static int merge_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct merge_args *a = args;
	struct merge_options o = { .last = a->last };
	struct str by = str_of(a->by ? a->by : "layers");
	struct copy_result result;
	int r;

	o.files = str_eq(by, S("files"));
	o.images = derived_operands(operands, &o.nimages);
	if (!o.files && !str_eq(by, S("layers")))
		return fail(k, KML_USAGE, "--by %s: it is layers or files", a->by);
	if (!o.files && (a->last || a->most > 0 || a->max_size > 0))
		return fail(k, KML_USAGE, "layers are stacked as they are: --last-wins, -n and "
		            "--max-size need --by files");
	if ((r = merge_sizes(k, a->most, a->max_size, &o)) < 0 ||
	    (r = derived_options(k, s, &a->to, &a->registries, &o.to)) < 0 ||
	    (r = transport_platform(k, s, a->platform, a->kernel, &o.platform)) < 0 ||
	    (r = merge_run(k, s, &o, &result)) < 0)
		return r;
	derived_print(s, &a->to, &result);
	return 0;
}

static const struct applet applet_merge = {
	.name = "merge", .synopsis = "-o REF [OPTION]... IMAGE...",
	.brief = "Make one image of many.",
	.detail =
		"By layers, the layers of the images are stacked in the order of the operands, each\n"
		"blob once; nothing is read, and nothing is moved that the target has or can mount.\n"
		"What a later image's layer deletes or replaces is gone.  More than 125 layers are\n"
		"refused.\n"
		".Pp\n"
		"By files, the new image has what each of them has, in one layer, or in as many as\n"
		"are asked for.  A name that is another thing in two of them is an error unless\n"
		"--last-wins is given; directories are the first image's.  New layers are filled in\n"
		"the order of the old ones: an image that is added later changes the last layer only.\n"
		".Pp\n"
		"The config is the first image's, with the labels and annotations on which all agree.\n"
		"A layer that is all for one kernel goes on saying so.",
	.opts = merge_opts, .nopts = countof(merge_opts),
	.argsize = sizeof(struct merge_args), .min = 1, .max = -1, .run = merge_command,
};

#endif
