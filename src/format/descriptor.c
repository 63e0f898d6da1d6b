/* descriptor.c - how the documents of an image point at each other.
 *
 *     {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
 *      "digest": "sha256:...", "size": 4096,
 *      "annotations": {"io.kml.kernel": "6.1.0-56-cloud-amd64"},
 *      "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}}
 *
 * A descriptor comes from outside: its digest is checked here, before it can
 * become a path; its size is only what the blob has to agree with.  Docker's
 * media types mean the same things under older names and are read, never
 * written.  What else a descriptor has stays in its JSON value.
 */
#ifndef KML_DESCRIPTOR_C
#define KML_DESCRIPTOR_C

#include "../ground/base.c"
#include "digest.c"
#include "emit.c"
#include "json.c"

struct descriptor_note { struct str key, value; };

struct descriptor {
	struct str type, digest;
	uint64_t size;
	struct descriptor_note *notes;  /* annotations */
	size_t nnotes;
	struct str os, arch, variant;   /* its platform; NULL pointers without one */
	struct str version;             /* "os.version" */
	yyjson_val *json;               /* all of it; NULL when it is ours */
};

#define DESCRIPTOR_OCI         "application/vnd.oci.image."
#define DESCRIPTOR_DOCKER      "application/vnd.docker."
#define DESCRIPTOR_INDEX       S(DESCRIPTOR_OCI "index.v1+json")
#define DESCRIPTOR_MANIFEST    S(DESCRIPTOR_OCI "manifest.v1+json")
#define DESCRIPTOR_CONFIG      S(DESCRIPTOR_OCI "config.v1+json")
#define DESCRIPTOR_LAYER       S(DESCRIPTOR_OCI "layer.v1.tar")
#define DESCRIPTOR_LAYER_GZIP  S(DESCRIPTOR_OCI "layer.v1.tar+gzip")
#define DESCRIPTOR_LAYER_ZSTD  S(DESCRIPTOR_OCI "layer.v1.tar+zstd")

enum descriptor_kind {
	DESCRIPTOR_IS_OTHER, DESCRIPTOR_IS_INDEX, DESCRIPTOR_IS_MANIFEST, DESCRIPTOR_IS_CONFIG,
	DESCRIPTOR_IS_TAR, DESCRIPTOR_IS_TAR_GZIP, DESCRIPTOR_IS_TAR_ZSTD,
};

/* What a media type says a blob is. */
static enum descriptor_kind descriptor_kind(struct str type)
{
	static const struct { const char *type; enum descriptor_kind kind; } known[] = {
		{ DESCRIPTOR_OCI "index.v1+json", DESCRIPTOR_IS_INDEX },
		{ DESCRIPTOR_OCI "manifest.v1+json", DESCRIPTOR_IS_MANIFEST },
		{ DESCRIPTOR_OCI "config.v1+json", DESCRIPTOR_IS_CONFIG },
		{ DESCRIPTOR_OCI "layer.v1.tar", DESCRIPTOR_IS_TAR },
		{ DESCRIPTOR_OCI "layer.v1.tar+gzip", DESCRIPTOR_IS_TAR_GZIP },
		{ DESCRIPTOR_OCI "layer.v1.tar+zstd", DESCRIPTOR_IS_TAR_ZSTD },
		{ DESCRIPTOR_DOCKER "distribution.manifest.list.v2+json", DESCRIPTOR_IS_INDEX },
		{ DESCRIPTOR_DOCKER "distribution.manifest.v2+json", DESCRIPTOR_IS_MANIFEST },
		{ DESCRIPTOR_DOCKER "container.image.v1+json", DESCRIPTOR_IS_CONFIG },
		{ DESCRIPTOR_DOCKER "image.rootfs.diff.tar", DESCRIPTOR_IS_TAR },
		{ DESCRIPTOR_DOCKER "image.rootfs.diff.tar.gzip", DESCRIPTOR_IS_TAR_GZIP },
	};

	for (size_t i = 0; i < countof(known); i++)
		if (str_eq(type, str_of(known[i].type)))
			return known[i].kind;
	return DESCRIPTOR_IS_OTHER;
}

/* What OCI calls a thing of this type. */
static struct str descriptor_oci(struct str type)
{
	switch (descriptor_kind(type)) {
	case DESCRIPTOR_IS_INDEX:    return DESCRIPTOR_INDEX;
	case DESCRIPTOR_IS_MANIFEST: return DESCRIPTOR_MANIFEST;
	case DESCRIPTOR_IS_CONFIG:   return DESCRIPTOR_CONFIG;
	case DESCRIPTOR_IS_TAR:      return DESCRIPTOR_LAYER;
	case DESCRIPTOR_IS_TAR_GZIP: return DESCRIPTOR_LAYER_GZIP;
	default:                     return type;
	}
}

static int descriptor_read_notes(struct kml *k, struct scope *s, yyjson_val *object,
                                 struct descriptor *d)
{
	size_t i, max;
	yyjson_val *key, *v, *notes;
	int r = json_object(k, object, "annotations", &notes);

	if (r < 0 || !notes)
		return r;
	if (!json_is_map(notes))
		return fail(k, KML_BAD, "an annotation is not a string");
	d->notes = news(s, struct descriptor_note, yyjson_obj_size(notes));
	yyjson_obj_foreach(notes, i, max, key, v)
		d->notes[d->nnotes++] = (struct descriptor_note){ json_slice(key), json_slice(v) };
	return 0;
}

static int descriptor_read_platform(struct kml *k, yyjson_val *object, struct descriptor *d)
{
	yyjson_val *platform;
	int r = json_object(k, object, "platform", &platform);

	if (r < 0 || !platform)
		return r;
	if ((r = json_need_text(k, platform, "os", &d->os)) < 0 ||
	    (r = json_need_text(k, platform, "architecture", &d->arch)) < 0)
		return r;
	if ((r = json_text(k, platform, "os.version", &d->version)) < 0)
		return r;
	return json_text(k, platform, "variant", &d->variant);
}

/* Read the descriptor `object`, a value of a document that lives as long as `s`. */
static int descriptor_read(struct kml *k, struct scope *s, yyjson_val *object,
                           struct descriptor *d)
{
	int r;

	*d = (struct descriptor){ .json = object };
	if (!yyjson_is_obj(object))
		return fail(k, KML_BAD, "a descriptor is not an object");
	if ((r = json_need_text(k, object, "mediaType", &d->type)) < 0 ||
	    (r = json_need_text(k, object, "digest", &d->digest)) < 0 ||
	    (r = digest_check(k, d->digest)) < 0 ||
	    (r = json_need_uint(k, object, "size", &d->size)) < 0 ||
	    (r = descriptor_read_notes(k, s, object, d)) < 0)
		return r;
	return descriptor_read_platform(k, object, d);
}

/* Read the array of descriptors `key` of `object`, which must be there. */
static int descriptor_read_all(struct kml *k, struct scope *s, yyjson_val *object,
                               const char *key, struct descriptor **out, size_t *count)
{
	size_t i, max;
	yyjson_val *array, *v;
	int r = json_array(k, object, key, &array);

	if (r < 0)
		return r;
	if (!array)
		return fail(k, KML_BAD, "\"%s\" is missing", key);
	*out = news(s, struct descriptor, yyjson_arr_size(array));
	*count = yyjson_arr_size(array);
	yyjson_arr_foreach(array, i, max, v)
		if ((r = descriptor_read(k, s, v, *out + i)) < 0)
			return fail_in(k, r, "%s[%zu]", key, i);
	return 0;
}

/* The annotation `key`; a NULL pointer without it. */
static struct str descriptor_note(const struct descriptor *d, struct str key)
{
	for (size_t i = 0; i < d->nnotes; i++)
		if (str_eq(d->notes[i].key, key))
			return d->notes[i].value;
	return (struct str){ 0 };
}

static void descriptor_write_notes(struct buf *b, const struct descriptor_note *notes, size_t n)
{
	emit_key(b, S("annotations"));
	emit_open(b, '{');
	for (size_t i = 0; i < n; i++) {
		emit_key(b, notes[i].key);
		emit_text(b, notes[i].value);
	}
	emit_close(b, '}');
}

static void descriptor_write(struct buf *b, const struct descriptor *d)
{
	if (d->json) {
		json_copy(b, d->json);
		return;
	}
	emit_open(b, '{');
	emit_pair(b, "mediaType", d->type);
	emit_pair(b, "digest", d->digest);
	emit_key(b, S("size"));
	emit_uint(b, d->size);
	if (d->nnotes)
		descriptor_write_notes(b, d->notes, d->nnotes);
	if (d->os.n) {
		emit_key(b, S("platform"));
		emit_open(b, '{');
		emit_pair(b, "architecture", d->arch);
		emit_pair(b, "os", d->os);
		if (d->version.n)
			emit_pair(b, "os.version", d->version);
		if (d->variant.n)
			emit_pair(b, "variant", d->variant);
		emit_close(b, '}');
	}
	emit_close(b, '}');
}

#endif
