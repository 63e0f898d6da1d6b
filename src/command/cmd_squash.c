/* cmd_squash.c - make fewer layers of an image's. */
#ifndef KML_CMD_SQUASH_C
#define KML_CMD_SQUASH_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/merge.c"
#include "cmd_merge.c"
#include "derived.c"

struct squash_args {
	struct derived to;
	struct registries registries;
	const char *platform, *kernel;
	opt_number most, max_size;
};

static const struct opt squash_opts[] = {
	OPT(struct squash_args, most, 'n', "layers", "N", "make so many layers (1)"),
	OPT(struct squash_args, max_size, 0, "max-size", "MIB",
	    "begin a new layer before the old ones in it are more than this"),
	OPT(struct squash_args, platform, 'p', "platform", "OS/ARCH[/VARIANT]",
	    "of an image for several: this one (this machine's)"),
	REGISTRIES_KERNEL(struct squash_args),
	DERIVED_LABELS(struct squash_args),
	DERIVED_OPTS(struct squash_args),
};

static int squash_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct squash_args *a = args;
	struct merge_options o = { .files = true, .nimages = 1 };
	struct derived to = a->to;
	struct copy_result result;
	int r;

	if (operands[1] && to.output)
		return fail(k, KML_USAGE, "two targets: %s and %s", operands[1], to.output);
	to.output = operands[1] ? operands[1] : to.output;
	o.images = (const char *const *)operands;
	if ((r = merge_sizes(k, a->most, a->max_size, &o)) < 0 ||
	    (r = derived_options(k, s, &to, &a->registries, &o.to)) < 0 ||
	    (r = transport_platform(k, s, a->platform, a->kernel, &o.platform)) < 0 ||
	    (r = merge_run(k, s, &o, &result)) < 0)
		return r;
	derived_print(s, &to, &result);
	return 0;
}

static const struct applet applet_squash = {
	.name = "squash", .synopsis = "[OPTION]... SOURCE TARGET",
	.brief = "Make fewer layers of an image's.",
	.detail =
		"What is in the image in the end is written to one layer, or to as many as are asked\n"
		"for; what upper layers delete or replace is in none of them.\n"
		".Pp\n"
		"With --max-size, layers are filled in the order of the old ones, and a new one begins\n"
		"before those in it are more than so much.  With -n as well, the last takes all that is\n"
		"left; with -n alone they become about equal.  A layer put on the source later changes\n"
		"the last layer only, as long as it replaces nothing in those below it.",
	.opts = squash_opts, .nopts = countof(squash_opts),
	.argsize = sizeof(struct squash_args), .min = 1, .max = 2, .run = squash_command,
};

#endif
