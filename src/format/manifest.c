/* manifest.c - the three documents of an image: index, manifest, config.
 *
 *   index      "manifests": descriptors, one a platform; may nest
 *   manifest   "config": a descriptor, "layers": descriptors, lowest first
 *   config     "os", "architecture", "rootfs": {"type": "layers", "diff_ids": [...]}:
 *              for each layer the digest of its archive before compression
 *
 * The same bytes must never be an index to one reader and an image to another
 * (CVE-2021-41190): a document with the fields of both is refused, and one
 * whose mediaType is not the descriptor's.  A manifest without mediaType is
 * read, for old ones have none; ours always name it, since some readers do
 * not find an image otherwise.
 */
#ifndef KML_MANIFEST_C
#define KML_MANIFEST_C

#include "../ground/base.c"
#include "descriptor.c"
#include "digest.c"
#include "emit.c"
#include "json.c"

enum {
	MANIFEST_LAYERS = 127,          /* what overlay mounts and docker take */
	MANIFEST_STACKED = 125,         /* what every engine can still put a container on */
};

struct manifest {
	struct str type;                /* its media type */
	bool is_index;
	struct descriptor config;       /* of an image, with its layers */
	struct descriptor *layers;
	size_t nlayers;
	struct descriptor *manifests;   /* of an index */
	size_t nmanifests;
	yyjson_val *json;
};

struct manifest_config {
	struct str os, arch, variant;
	struct str *diff_ids;
	size_t ndiff_ids;
	yyjson_val *json;
};

/* ---- reading ------------------------------------------------------------- */

static int manifest_read_image(struct kml *k, struct scope *s, struct manifest *m)
{
	yyjson_val *config;
	int r = json_object(k, m->json, "config", &config);

	if (r < 0)
		return r;
	if (!config)
		return fail(k, KML_BAD, "\"config\" is missing");
	if ((r = descriptor_read(k, s, config, &m->config)) < 0)
		return fail_in(k, r, "config");
	if ((r = descriptor_read_all(k, s, m->json, "layers", &m->layers, &m->nlayers)) < 0)
		return r;
	if (m->nlayers > MANIFEST_LAYERS)
		return fail(k, KML_BAD, "%zu layers, and %d is the most", m->nlayers,
		            MANIFEST_LAYERS);
	return 0;
}

/* What the document is: what it says, else what its descriptor says, else what
 * its fields say; and none of them may contradict another. */
static int manifest_read_type(struct kml *k, struct str type, struct manifest *m)
{
	bool index = json_get(m->json, "manifests");
	bool image = json_get(m->json, "layers") || json_get(m->json, "config");
	int r = json_text(k, m->json, "mediaType", &m->type);

	if (r < 0)
		return r;
	if (json_get(m->json, "fsLayers") || json_get(m->json, "signatures"))
		return fail(k, KML_BAD, "a manifest of schema 1; copy the image with a newer tool");
	if (index && image)
		return fail(k, KML_BAD, "has the fields of an index and of an image");
	if (m->type.n && type.n && !str_eq(m->type, type))
		return fail(k, KML_BAD, "is of type \"%.*s\", its descriptor says \"%.*s\"",
		            FMT(m->type), FMT(type));
	if (!m->type.n)
		m->type = type.n ? type : index ? DESCRIPTOR_INDEX : DESCRIPTOR_MANIFEST;
	m->is_index = descriptor_kind(m->type) == DESCRIPTOR_IS_INDEX;
	if (!m->is_index && descriptor_kind(m->type) != DESCRIPTOR_IS_MANIFEST)
		return fail(k, KML_BAD, "\"%.*s\" is no type of an image", FMT(m->type));
	if (m->is_index ? image : index)
		return fail(k, KML_BAD, "does not have the fields of its type");
	return 0;
}

/* Read an index or image manifest.  `type` is what its descriptor says it is;
 * empty if there is none. */
static int manifest_read(struct kml *k, struct scope *s, struct str text, struct str type,
                         struct manifest *m)
{
	uint64_t version;
	int r;

	*m = (struct manifest){ 0 };
	if ((r = json_read(k, s, text, &m->json)) < 0 ||
	    (r = json_need_uint(k, m->json, "schemaVersion", &version)) < 0)
		return r;
	if (version != 2 && version != 1)
		return fail(k, KML_BAD, "schemaVersion is %llu, not 2", (unsigned long long)version);
	if (version == 1)
		return fail(k, KML_BAD, "a manifest of schema 1; copy the image with a newer tool");
	if ((r = manifest_read_type(k, type, m)) < 0)
		return r;
	if (!m->is_index)
		return manifest_read_image(k, s, m);
	return descriptor_read_all(k, s, m->json, "manifests", &m->manifests, &m->nmanifests);
}

/* Whether it is an image, of archives of files: a signature has a config of the same
 * type, which says nothing, but no such layer. */
static bool manifest_is_image(const struct manifest *m)
{
	bool is = !m->nlayers;

	for (size_t i = 0; i < m->nlayers; i++)
		is = is || descriptor_kind(m->layers[i].type) >= DESCRIPTOR_IS_TAR;
	return is && !m->is_index && descriptor_kind(m->config.type) == DESCRIPTOR_IS_CONFIG;
}

/* A history, where there is one, has an entry for each layer. */
static int manifest_check_history(struct kml *k, yyjson_val *config, size_t layers)
{
	size_t i, max, n = 0;
	yyjson_val *history, *v;
	int r = json_array(k, config, "history", &history);

	if (r < 0 || !history)
		return r;
	yyjson_arr_foreach(history, i, max, v)
		n += !yyjson_is_true(yyjson_obj_get(v, "empty_layer"));
	return n == layers ? 0 :
		fail(k, KML_BAD, "the history tells of %zu layers, the image has %zu", n, layers);
}

static int manifest_read_diff_ids(struct kml *k, struct scope *s, struct manifest_config *c)
{
	size_t i, max;
	yyjson_val *rootfs, *ids, *v;
	struct str type;
	int r = json_object(k, c->json, "rootfs", &rootfs);

	if (r < 0)
		return r;
	if (!rootfs)
		return fail(k, KML_BAD, "\"rootfs\" is missing");
	if ((r = json_need_text(k, rootfs, "type", &type)) < 0 ||
	    (r = json_array(k, rootfs, "diff_ids", &ids)) < 0)
		return r;
	if (!str_eq(type, S("layers")))
		return fail(k, KML_BAD, "rootfs is \"%.*s\", not layers", FMT(type));
	c->diff_ids = news(s, struct str, yyjson_arr_size(ids));
	c->ndiff_ids = yyjson_arr_size(ids);
	yyjson_arr_foreach(ids, i, max, v) {
		if (!yyjson_is_str(v))
			return fail(k, KML_BAD, "a diff_id is not a string");
		c->diff_ids[i] = json_slice(v);
		if ((r = digest_check(k, c->diff_ids[i])) < 0)
			return fail_in(k, r, "diff_ids[%zu]", i);
	}
	return 0;
}

/* Read the config of an image of `layers` layers. */
static int manifest_read_config(struct kml *k, struct scope *s, struct str text, size_t layers,
                                struct manifest_config *c)
{
	int r;

	*c = (struct manifest_config){ 0 };
	if ((r = json_read(k, s, text, &c->json)) < 0 ||
	    (r = json_need_text(k, c->json, "os", &c->os)) < 0 ||
	    (r = json_need_text(k, c->json, "architecture", &c->arch)) < 0 ||
	    (r = json_text(k, c->json, "variant", &c->variant)) < 0 ||
	    (r = manifest_read_diff_ids(k, s, c)) < 0)
		return r;
	if (c->ndiff_ids != layers)
		return fail(k, KML_BAD, "%zu diff_ids for %zu layers", c->ndiff_ids, layers);
	return manifest_check_history(k, c->json, layers);
}

/* ---- writing ------------------------------------------------------------- */

static void manifest_write_head(struct buf *b, struct str type)
{
	emit_open(b, '{');
	emit_key(b, S("schemaVersion"));
	emit_uint(b, 2);
	emit_pair(b, "mediaType", type);
}

static void manifest_write_list(struct buf *b, const char *key, const struct descriptor *d,
                                size_t n)
{
	emit_key(b, str_of(key));
	emit_open(b, '[');
	for (size_t i = 0; i < n; i++)
		descriptor_write(b, &d[i]);
	emit_close(b, ']');
}

/* Write an image manifest with these annotations. */
static void manifest_write(struct buf *b, const struct manifest *m,
                           const struct descriptor_note *notes, size_t nnotes)
{
	manifest_write_head(b, DESCRIPTOR_MANIFEST);
	emit_key(b, S("config"));
	descriptor_write(b, &m->config);
	manifest_write_list(b, "layers", m->layers, m->nlayers);
	if (nnotes)
		descriptor_write_notes(b, notes, nnotes);
	emit_close(b, '}');
}

#endif
