/* cmd_digest.c - what a name of an image means. */
#ifndef KML_CMD_DIGEST_C
#define KML_CMD_DIGEST_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "cmd_tags.c"

static int digest_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct tags_args *a = args;
	struct buf b = { .s = s };
	struct transport_end end;
	struct descriptor d;
	int r = tags_open(k, s, a, operands[0], TRANSPORT_READ, &end);

	if (r < 0 || (r = end.store.kind->resolve(k, s, end.store.self, end.name, &d)) < 0)
		return r;
	if (!a->json) {
		printf("%.*s\n", FMT(d.digest));
		return 0;
	}
	d.json = NULL;
	descriptor_write(&b, &d);
	printf("%.*s\n", FMT(buf_str(&b)));
	return 0;
}

static const struct applet applet_digest = {
	.name = "digest",
	.synopsis = "[OPTION]... REFERENCE",
	.brief = "Print the digest of an image, without fetching it.",
	.opts = tags_opts, .nopts = countof(tags_opts), .argsize = sizeof(struct tags_args),
	.min = 1, .max = 1,
	.run = digest_command,
};

#endif
