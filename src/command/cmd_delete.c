/* cmd_delete.c - take an image out. */
#ifndef KML_CMD_DELETE_C
#define KML_CMD_DELETE_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "cmd_tags.c"

static int delete_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct tags_args *a = args;
	struct transport_end end;
	struct ref ref;
	int r = ref_parse(k, s, str_of(operands[0]), &ref);

	if (r == 0 && ref.kind == REF_REGISTRY && !ref.tag.n && !ref.digest.n)
		return fail(k, KML_USAGE, "%s: name the tag or the digest to delete", operands[0]);
	if (r < 0 || (r = tags_open(k, s, a, operands[0], ref.kind == REF_REGISTRY ?
	                            TRANSPORT_WRITE : TRANSPORT_READ, &end)) < 0)
		return r;
	if (!end.store.kind->remove)
		return fail(k, KML_USAGE, "%s: nothing can be deleted there", operands[0]);
	return end.store.kind->remove(k, s, end.store.self, end.name);
}

static const struct applet applet_delete = {
	.name = "delete",
	.synopsis = "[OPTION]... REFERENCE",
	.brief = "Delete an image from a registry or a layout.",
	.detail =
		"By its digest a registry deletes an image, and with it every tag that names it; many have "
		"to be told to allow that. A tag alone only some take out, and kml serve does. Of a "
		"layout the name is taken out of its index; blobs stay.",
	.opts = tags_opts, .nopts = countof(tags_opts), .argsize = sizeof(struct tags_args),
	.min = 1, .max = 1,
	.run = delete_command,
};

#endif
