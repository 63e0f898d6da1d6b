/* json.c - JSON from outside, read strictly.
 *
 * Reading is yyjson's (RFC 8259 to the letter, valid UTF-8) with the rules of
 * documents that two programs must understand alike (I-JSON): no key twice
 * in an object, numbers that are sizes are integers of 0..2^63-1, nesting is
 * bounded, and null is as good as absent.  A value that is there and of the
 * wrong type is an error, never a default.  A value that is not there is NULL.
 *
 * What json_copy() writes of a document that was read keeps its order and its
 * numbers' digits.
 */
#ifndef KML_JSON_C
#define KML_JSON_C

#include "../ground/base.c"
#include "emit.c"
#include <yyjson.h>

enum { JSON_DEPTH = 64, JSON_LIMIT = 8 * 1024 * 1024 };

/* ---- reading ------------------------------------------------------------- */

/* The text of a string, or the digits of a number. */
static struct str json_slice(yyjson_val *v)
{
	return (struct str){ unsafe_yyjson_get_str(v), unsafe_yyjson_get_len(v) };
}

static int json_slice_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int json_no_twins(struct kml *k, struct scope *s, yyjson_val *object)
{
	struct scope *t = scope_begin(s);
	struct str *keys = news(t, struct str, yyjson_obj_size(object));
	size_t i, n = 0, max;
	yyjson_val *key, *v;
	int r = 0;

	yyjson_obj_foreach(object, i, max, key, v)
		keys[n++] = json_slice(key);
	if (n > 1)
		qsort(keys, n, sizeof *keys, json_slice_cmp);
	for (i = 1; r == 0 && i < n; i++)
		if (str_eq(keys[i - 1], keys[i]))
			r = fail(k, KML_BAD, "the key \"%.*s\" appears twice", FMT(keys[i]));
	scope_end(t);
	return r;
}

static int json_check(struct kml *k, struct scope *s, yyjson_val *v, int depth)
{
	bool object = yyjson_is_obj(v);
	size_t i, max;
	yyjson_val *key, *sub;
	int r = 0;

	if (!yyjson_is_ctn(v))
		return 0;
	if (depth >= JSON_DEPTH)
		return fail(k, KML_BAD, "nested deeper than %d", JSON_DEPTH);
	if (object && (r = json_no_twins(k, s, v)) < 0)
		return r;
	if (object)
		yyjson_obj_foreach(v, i, max, key, sub)
			if ((r = json_check(k, s, sub, depth + 1)) < 0)
				return r;
	yyjson_arr_foreach(v, i, max, sub)
		if ((r = json_check(k, s, sub, depth + 1)) < 0)
			return r;
	return 0;
}

/* Read the object `text`, whatever its length.  It need not outlive the call; the values
 * live as long as `s`. */
static int json_read_long(struct kml *k, struct scope *s, struct str text, yyjson_val **root)
{
	const yyjson_read_flag flags = YYJSON_READ_NUMBER_AS_RAW;
	size_t room;
	yyjson_alc pool;
	yyjson_read_err err;
	yyjson_doc *doc;

	room = yyjson_read_max_memory_usage(text.n, flags);
	yyjson_alc_pool_init(&pool, scope_raw(s, room), room);
	doc = yyjson_read_opts((char *)(uintptr_t)text.p, text.n, flags, &pool, &err);
	if (!doc)
		return fail(k, KML_BAD, "not JSON: %s at byte %zu", err.msg, err.pos);
	*root = yyjson_doc_get_root(doc);
	if (!yyjson_is_obj(*root))
		return fail(k, KML_BAD, "not a JSON object");
	return json_check(k, s, *root, 0);
}

/* The same of what is no longer than a document may be. */
static int json_read(struct kml *k, struct scope *s, struct str text, yyjson_val **root)
{
	return text.n > JSON_LIMIT ? fail(k, KML_BAD, "longer than %d bytes", JSON_LIMIT) :
		json_read_long(k, s, text, root);
}

/* The value of `key`; NULL when it is absent or null. */
static yyjson_val *json_get(yyjson_val *object, const char *key)
{
	yyjson_val *v = yyjson_obj_get(object, key);

	return yyjson_is_null(v) ? NULL : v;
}

/* Each member of an object, which may be NULL. */
#define JSON_EACH(object, i, max, key, v) \
	if (object) yyjson_obj_foreach(object, i, max, key, v)

/* Each of these gives NULL, or a slice with a NULL pointer, for what is absent,
 * and fails on another type. */
static int json_object(struct kml *k, yyjson_val *object, const char *key, yyjson_val **out)
{
	*out = json_get(object, key);
	return !*out || yyjson_is_obj(*out) ? 0 :
		fail(k, KML_BAD, "\"%s\" is not an object", key);
}

static int json_array(struct kml *k, yyjson_val *object, const char *key, yyjson_val **out)
{
	*out = json_get(object, key);
	return !*out || yyjson_is_arr(*out) ? 0 :
		fail(k, KML_BAD, "\"%s\" is not an array", key);
}

static int json_text(struct kml *k, yyjson_val *object, const char *key, struct str *out)
{
	yyjson_val *v = json_get(object, key);

	*out = (struct str){ 0 };
	if (!v)
		return 0;
	if (!yyjson_is_str(v))
		return fail(k, KML_BAD, "\"%s\" is not a string", key);
	*out = json_slice(v);
	return 0;
}

static int json_need_text(struct kml *k, yyjson_val *object, const char *key, struct str *out)
{
	int r = json_text(k, object, key, out);

	return r < 0 || out->n ? r : fail(k, KML_BAD, "\"%s\" is missing", key);
}

/* An integer that must be there, of 0..2^63-1. */
static int json_need_uint(struct kml *k, yyjson_val *object, const char *key, uint64_t *out)
{
	yyjson_val *v = json_get(object, key);
	struct str digits;

	if (!v)
		return fail(k, KML_BAD, "\"%s\" is missing", key);
	if (!yyjson_is_raw(v))
		return fail(k, KML_BAD, "\"%s\" is not a number", key);
	digits = json_slice(v);
	if (!str_uint(digits, out) || *out > INT64_MAX)
		return fail(k, KML_BAD, "\"%s\" is %.*s, not a whole number of 0 to 2^63-1", key,
		            (int)(digits.n < 40 ? digits.n : 40), digits.p);
	return 0;
}

/* Whether all values of `object`, which may be NULL, are strings. */
static bool json_is_map(yyjson_val *object)
{
	size_t i, max;
	yyjson_val *key, *v;

	if (object)
		yyjson_obj_foreach(object, i, max, key, v)
			if (!yyjson_is_str(v))
				return false;
	return true;
}

/* A value that json_read() gave, as it was. */
static void json_copy(struct buf *b, yyjson_val *v)
{
	bool object = yyjson_is_obj(v);
	size_t i, max;
	yyjson_val *key, *sub;

	if (yyjson_is_str(v)) {
		emit_text(b, json_slice(v));
	} else if (yyjson_is_raw(v)) {
		emit_word(b, json_slice(v));
	} else if (!yyjson_is_ctn(v)) {
		emit_word(b, yyjson_is_null(v) ? S("null") :
		              yyjson_is_true(v) ? S("true") : S("false"));
	} else {
		emit_open(b, object ? '{' : '[');
		if (object)
			yyjson_obj_foreach(v, i, max, key, sub) {
				emit_key(b, json_slice(key));
				json_copy(b, sub);
			}
		yyjson_arr_foreach(v, i, max, sub)
			json_copy(b, sub);
		emit_close(b, object ? '}' : ']');
	}
}

#endif
