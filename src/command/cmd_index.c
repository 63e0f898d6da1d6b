/* cmd_index.c - put several images under one name. */
#ifndef KML_CMD_INDEX_C
#define KML_CMD_INDEX_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/multi.c"
#include "derived.c"

struct index_args {
	struct derived to;
	struct registries registries;
	bool append;
};

static const struct opt index_opts[] = {
	OPT(struct index_args, append, 'a', "append", NULL,
	    "keep what the target has, but for images for the same machine and kernel"),
	DERIVED_OPTS(struct index_args),
};

static int index_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct index_args *a = args;
	struct multi_options o = { .append = a->append };
	struct copy_result result;
	int r;

	o.images = derived_operands(operands, &o.nimages);
	if ((r = derived_options(k, s, &a->to, &a->registries, &o.to)) < 0 ||
	    (r = multi_run(k, s, &o, &result)) < 0)
		return r;
	derived_print(s, &a->to, &result);
	return 0;
}

static const struct applet applet_index = {
	.name = "index", .synopsis = "-o REF [OPTION]... IMAGE...",
	.brief = "Put images for several machines or kernels under one name.",
	.detail =
		"The images, and those of operands that are indexes themselves, are copied to the\n"
		"target, and an index of them is what the target's tag names.  Each entry says for\n"
		"which operating system and hardware its image is, as the image does, and which\n"
		"kernel it is for, if it is one that\n.Xr kml-pack 8\nmade.  Readers choose by the "
		"hardware, and\n.Xr kml-load 8\nby the kernel, too.",
	.opts = index_opts, .nopts = countof(index_opts),
	.argsize = sizeof(struct index_args), .min = 1, .max = -1, .run = index_command,
};

#endif
