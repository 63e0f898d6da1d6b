/* cmd_push.c - an image from a layout into a registry, in short. */
#ifndef KML_CMD_PUSH_C
#define KML_CMD_PUSH_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "cmd_copy.c"

static int push_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	return copy_from_to(k, s, args, copy_layout(s, operands[0]), operands[1]);
}

static const struct applet applet_push = {
	.name = "push",
	.synopsis = "[OPTION]... DIR[:TAG] REFERENCE",
	.brief = "Copy an image from a layout into a registry.",
	.detail = "The short form of kml copy oci:DIR:TAG REFERENCE.",
	.opts = copy_opts, .nopts = countof(copy_opts), .argsize = sizeof(struct copy_args),
	.min = 2, .max = 2,
	.run = push_command,
};

#endif
