/* saved.c - manifest.json: what `docker save` says is in its archive.
 *
 *     [{"Config": "HEX.json", "RepoTags": ["repo:tag", ...],
 *       "Layers": ["HEX/layer.tar", ...]}, ...]
 *
 * All three name files of the archive, or nothing.  There are no digests but in
 * the config, the diff_ids of the layers before compression.
 */
#ifndef KML_SAVED_C
#define KML_SAVED_C

#include "../ground/base.c"
#include "emit.c"
#include "json.c"
#include "manifest.c"

struct saved {
	struct str config;
	struct str *tags, *layers;
	size_t ntags, nlayers;
};

/* The array `key`, absent or null: none. */
static int saved_list(struct kml *k, struct scope *s, yyjson_val *object, const char *key,
                      struct str **out, size_t *count)
{
	yyjson_val *array, *v;
	size_t i, max;
	int r = json_array(k, object, key, &array);

	*out = NULL;
	*count = 0;
	if (r < 0 || !array)
		return r;
	*out = news(s, struct str, yyjson_arr_size(array));
	yyjson_arr_foreach(array, i, max, v) {
		if (!yyjson_is_str(v))
			return fail(k, KML_BAD, "\"%s\" does not hold strings", key);
		(*out)[(*count)++] = json_slice(v);
	}
	return 0;
}

static int saved_read(struct kml *k, struct scope *s, struct str text, struct saved **out,
                      size_t *count)
{
	struct buf b = { .s = s };
	yyjson_val *whole, *array, *v;
	size_t i, max;
	int r;

	*count = 0;
	if (text.n > JSON_LIMIT)
		return fail(k, KML_BAD, "longer than %d bytes", JSON_LIMIT);
	buf_add(&b, S("{\"\":"));       /* documents are objects elsewhere */
	buf_add(&b, text);
	buf_byte(&b, '}');
	if ((r = json_read(k, s, buf_str(&b), &whole)) < 0 ||
	    (r = json_array(k, whole, "", &array)) < 0)
		return r;
	if (!array || yyjson_obj_size(whole) != 1)
		return fail(k, KML_BAD, "not a list of images");
	*out = news(s, struct saved, yyjson_arr_size(array));
	yyjson_arr_foreach(array, i, max, v) {
		struct saved *one = &(*out)[(*count)++];

		if (!yyjson_is_obj(v))
			return fail(k, KML_BAD, "an image is not an object");
		if ((r = json_need_text(k, v, "Config", &one->config)) < 0 ||
		    (r = saved_list(k, s, v, "RepoTags", &one->tags, &one->ntags)) < 0 ||
		    (r = saved_list(k, s, v, "Layers", &one->layers, &one->nlayers)) < 0)
			return r;
		if (one->nlayers > MANIFEST_LAYERS)
			return fail(k, KML_BAD, "%zu layers, and %d is the most", one->nlayers,
			            MANIFEST_LAYERS);
	}
	return 0;
}

static void saved_write_list(struct buf *b, const char *key, const struct str *v, size_t n)
{
	emit_key(b, str_of(key));
	emit_open(b, '[');
	for (size_t i = 0; i < n; i++)
		emit_text(b, v[i]);
	emit_close(b, ']');
}

static void saved_write(struct buf *b, const struct saved *v, size_t n)
{
	emit_open(b, '[');
	for (size_t i = 0; i < n; i++) {
		emit_open(b, '{');
		emit_pair(b, "Config", v[i].config);
		saved_write_list(b, "RepoTags", v[i].tags, v[i].ntags);
		saved_write_list(b, "Layers", v[i].layers, v[i].nlayers);
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

#endif
