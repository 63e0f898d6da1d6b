/* cmd_append.c - put more layers on an image. */
#ifndef KML_CMD_APPEND_C
#define KML_CMD_APPEND_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/append.c"
#include "derived.c"

struct append_args {
	struct derived to;
	struct registries registries;
	const char *base, *platform, *kernel;
	struct opt_list env, cmd, entrypoint;
	bool all;
};

static const struct opt append_opts[] = {
	OPT(struct append_args, base, 'b', "base", "REF", "the image to put them on, or scratch"),
	OPT(struct append_args, platform, 'p', "platform", "OS/ARCH[/VARIANT]",
	    "of a base for several: this one (this machine's)"),
	REGISTRIES_KERNEL(struct append_args),
	OPT(struct append_args, all, 'a', "all", NULL, "of a base for several: every one"),
	OPT(struct append_args, env, 'e', "env", "K=V", "set a variable; may be given again"),
	OPT(struct append_args, cmd, 0, "cmd", "WORD",
	    "a word of the command that the image runs; may be given again"),
	OPT(struct append_args, entrypoint, 0, "entrypoint", "WORD",
	    "a word of what goes before the command; may be given again"),
	DERIVED_LABELS(struct append_args),
	DERIVED_OPTS(struct append_args),
};

static int append_words(struct kml *k, struct scope *s, const struct opt_list *list,
                        const struct str **out, size_t *n)
{
	struct str *v = news(s, struct str, list->n + 1);

	for (size_t i = 0; i < list->n; i++) {
		v[i] = str_of(list->v[i]);
		if (!emit_is_utf8(v[i]))
			return fail(k, KML_USAGE, "\"%s\" is not UTF-8", list->v[i]);
	}
	*out = v;
	*n = list->n;
	return 0;
}

static int append_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct append_args *a = args;
	struct append_options o = { .base = a->base, .all = a->all };
	struct copy_result result;
	int r;

	o.layers = derived_operands(operands, &o.nlayers);
	if (!a->base)
		return fail(k, KML_USAGE, "on which image? say -b REF, or -b scratch");
	if (a->all && (a->platform || a->kernel))
		return fail(k, KML_USAGE, "--all and --platform or --kernel together make no sense");
	if ((r = derived_options(k, s, &a->to, &a->registries, &o.to)) < 0 ||
	    (r = transport_platform(k, s, a->platform, a->kernel, &o.platform)) < 0 ||
	    (r = derived_pairs(k, s, &a->env, &o.to.env)) < 0 ||
	    (r = append_words(k, s, &a->cmd, &o.to.cmd, &o.to.ncmd)) < 0 ||
	    (r = append_words(k, s, &a->entrypoint, &o.to.entrypoint, &o.to.nentrypoint)) < 0)
		return r;
	o.to.nenv = a->env.n;
	if ((r = append_run(k, s, &o, &result)) < 0)
		return r;
	derived_print(s, &a->to, &result);
	return 0;
}

static const struct applet applet_append = {
	.name = "append", .synopsis = "-b BASE -o REF [OPTION]... LAYER...",
	.brief = "Put more layers on an image.",
	.detail =
		"A layer is an archive (tar, plain or compressed), a directory, or an image, all of\n"
		"whose layers are put on the base.  An operand that is there as a file or a directory\n"
		"is that.  The blobs of the base are not moved where the target has them or can mount\n"
		"them.\n"
		".Pp\n"
		"A directory becomes the same layer wherever it is: its names are sorted, its files\n"
		"belong to root, and all times are\n.Ev SOURCE_DATE_EPOCH ,\nor 1970.\n"
		"An archive in gzip or zstd stays as it is.\n"
		".Pp\n"
		"In many images lib, bin and their like are links into usr, and a layer with a\n"
		"directory in their place would break them.  So the names of a layer go to where\n"
		"the links of the base lead.  The base's layers are read for that when the layer has\n"
		"names outside of opt, firmware, etc, usr/bin, usr/lib, usr/local, usr/share and\n"
		"usr/src, which are taken for directories in every base.\n"
		".Pp\n"
		"The types of the new image are OCI's.  What the config of the base says stays,\n"
		"but for what is given here; annotations say which base it was.  More than 125\n"
		"layers are refused:\n.Xr kml-squash 8\nmakes them fewer.",
	.opts = append_opts, .nopts = countof(append_opts),
	.argsize = sizeof(struct append_args), .min = 1, .max = -1, .run = append_command,
};

#endif
