/* cmd_pull.c - an image from a registry into a layout, in short. */
#ifndef KML_CMD_PULL_C
#define KML_CMD_PULL_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "cmd_copy.c"

static int pull_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const char *to = operands[1];
	struct ref ref;
	int r;

	if (!to) {
		if ((r = ref_parse(k, s, str_of(operands[0]), &ref)) < 0)
			return r;
		to = scope_format(s, "%.*s:%.*s", FMT(str_base(ref.path)),
		                  FMT(ref.digest.n && !ref.tag.n ? S("latest") : ref_tag(&ref)));
	}
	return copy_from_to(k, s, args, operands[0], copy_layout(s, to));
}

static const struct applet applet_pull = {
	.name = "pull",
	.synopsis = "[OPTION]... REFERENCE [DIR[:TAG]]",
	.brief = "Copy an image from a registry into a layout.",
	.detail = "The short form of kml copy REFERENCE oci:DIR:TAG; without a directory, one of "
		"the repository's last name.",
	.opts = copy_opts, .nopts = countof(copy_opts), .argsize = sizeof(struct copy_args),
	.min = 1, .max = 2,
	.run = pull_command,
};

#endif
