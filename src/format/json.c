/* json.c - JSON from outside, read strictly; JSON of ours, written one way.
 *
 * Reading is yyjson's (RFC 8259 to the letter, valid UTF-8) with the rules of
 * documents that two programs must understand alike (I-JSON): no key twice
 * in an object, numbers that are sizes are integers of 0..2^63-1, nesting is
 * bounded, and null is as good as absent.  A value that is there and of the
 * wrong type is an error, never a default.  A value that is not there is NULL.
 *
 * Writing puts no blanks and keeps the order of the calls, so that the same
 * calls give the same bytes: a digest is taken of them.  What json_copy() takes
 * over from a document that was read keeps its order and its numbers' digits.
 */
#ifndef KML_JSON_C
#define KML_JSON_C

#include "../ground/base.c"
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

/* Read the object `text`.  It need not outlive the call; the values live as
 * long as `s`. */
static int json_read(struct kml *k, struct scope *s, struct str text, yyjson_val **root)
{
	const yyjson_read_flag flags = YYJSON_READ_NUMBER_AS_RAW;
	size_t room;
	yyjson_alc pool;
	yyjson_read_err err;
	yyjson_doc *doc;

	if (text.n > JSON_LIMIT)
		return fail(k, KML_BAD, "longer than %d bytes", JSON_LIMIT);
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

/* The value of `key`; NULL when it is absent or null. */
static yyjson_val *json_get(yyjson_val *object, const char *key)
{
	yyjson_val *v = yyjson_obj_get(object, key);

	return yyjson_is_null(v) ? NULL : v;
}

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

/* ---- writing ------------------------------------------------------------- */

/* The comma before a value is due unless something was just opened. */
static void json_comma(struct buf *b)
{
	char last = '{';

	if (b->n)
		last = b->p[b->n - 1];
	if (last != '{' && last != '[' && last != ':')
		buf_byte(b, ',');
}

static void json_open(struct buf *b, char bracket)
{
	json_comma(b);
	buf_byte(b, bracket);
}

static void json_close(struct buf *b, char bracket) { buf_byte(b, bracket); }

/* `text` is UTF-8: see json_is_utf8(). */
static void json_put_text(struct buf *b, struct str text)
{
	json_comma(b);
	buf_byte(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < 0x20 || c == 0x7f)
			buf_format(b, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			buf_format(b, "\\%c", c);
		else
			buf_byte(b, text.p[i]);
	}
	buf_byte(b, '"');
}

static void json_put_key(struct buf *b, struct str key)
{
	json_put_text(b, key);
	buf_byte(b, ':');
}

static void json_put_uint(struct buf *b, uint64_t n)
{
	json_comma(b);
	buf_format(b, "%llu", (unsigned long long)n);
}

static void json_put_word(struct buf *b, struct str word)
{
	json_comma(b);
	buf_add(b, word);
}

static void json_put_pair(struct buf *b, const char *key, struct str text)
{
	json_put_key(b, str_of(key));
	json_put_text(b, text);
}

/* A value that json_read() gave, as it was. */
static void json_copy(struct buf *b, yyjson_val *v)
{
	bool object = yyjson_is_obj(v);
	size_t i, max;
	yyjson_val *key, *sub;

	if (yyjson_is_str(v)) {
		json_put_text(b, json_slice(v));
	} else if (yyjson_is_raw(v)) {
		json_put_word(b, json_slice(v));
	} else if (!yyjson_is_ctn(v)) {
		json_put_word(b, yyjson_is_null(v) ? S("null") :
		              yyjson_is_true(v) ? S("true") : S("false"));
	} else {
		json_open(b, object ? '{' : '[');
		if (object)
			yyjson_obj_foreach(v, i, max, key, sub) {
				json_put_key(b, json_slice(key));
				json_copy(b, sub);
			}
		yyjson_arr_foreach(v, i, max, sub)
			json_copy(b, sub);
		json_close(b, object ? '}' : ']');
	}
}

/* How many bytes the UTF-8 sequence at the front of `t` has; 0: it is none. */
static size_t json_utf8(struct str t)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)t.p[0];
	size_t n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;
	uint32_t v = n > 1 ? c & (0x7fu >> n) : c;

	if (n > t.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)t.p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | ((unsigned char)t.p[i] & 0x3f);
	}
	return n && v >= least[n] && v <= 0x10ffff && (v < 0xd800 || v > 0xdfff) ? n : 0;
}

static bool json_is_utf8(struct str t)
{
	size_t n = 1;

	for (; t.n && n; t = str_from(t, n))
		n = json_utf8(t);
	return n > 0;
}

#endif
