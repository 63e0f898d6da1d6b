/* httphead.c - the head of an HTTP/1.1 message, in both directions (RFC 9112).
 *
 *     GET /v2/ HTTP/1.1          HTTP/1.1 200 OK
 *     Name: value                Name: value
 *                                                     an empty line
 *
 * Names compare without case; blanks around a value are none of it; lines may
 * end in LF alone.  How the body is framed is decided here and nowhere else:
 * where two readers could disagree about that (two lengths, a length that is no
 * number) the message is refused, and with both a length and chunks the chunks
 * count and the connection is not used again.
 */
#ifndef KML_HTTPHEAD_C
#define KML_HTTPHEAD_C

#include "../ground/base.c"
#include "rune.c"

enum { HTTPHEAD_LONGEST = 256 * 1024, HTTPHEAD_LINE = 64 * 1024, HTTPHEAD_FIELDS = 1000,
       HTTPHEAD_SHOWN = 400 };

struct httphead_field { struct str name, value; };

struct httphead {
	int status;                     /* of an answer */
	struct str reason;
	struct str method, target;      /* of a request */
	int minor;                      /* HTTP/1.x */
	struct httphead_field *fields;
	size_t n;
};

enum httphead_kind { HTTPHEAD_NONE, HTTPHEAD_LENGTH, HTTPHEAD_CHUNKED, HTTPHEAD_CLOSE };

struct httphead_body {
	enum httphead_kind kind;
	uint64_t length;                /* with HTTPHEAD_LENGTH */
	bool keep;                      /* the connection may be used again behind it */
};

/* How long the head at the beginning of `t` is, with its empty line; 0 when more has to
 * be read.  `seen` bytes were looked at before. */
static size_t httphead_size(struct str t, size_t seen)
{
	for (size_t i = seen > 3 ? seen - 3 : 0; i < t.n; i++) {
		if (t.p[i] != '\n')
			continue;
		if (i + 1 < t.n && t.p[i + 1] == '\n')
			return i + 2;
		if (i + 2 < t.n && t.p[i + 1] == '\r' && t.p[i + 2] == '\n')
			return i + 3;
	}
	return 0;
}

static bool httphead_is_token(struct str t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return t.n > 0;
}

static bool httphead_is(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* A field's value must not hold what ends a line or a string. */
static bool httphead_is_value(struct str t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] == '\r' || t.p[i] == '\n' || t.p[i] == '\0')
			return false;
	return true;
}

/* A text of the other side, safe to print. */
static struct str httphead_clean(struct scope *s, struct str t)
{
	struct buf b = { .s = s };

	while (t.n && b.n < HTTPHEAD_SHOWN) {
		struct str one = t;
		bool valid;
		uint32_t c = rune_take(&t, &valid);

		one.n -= t.n;
		buf_add(&b, !valid || c < ' ' || (c >= 0x7f && c < 0xa0) ? S(" ") : one);
	}
	return str_trim(buf_str(&b));
}

static struct str httphead_line(struct str *rest)
{
	struct str line = str_take(rest, '\n');

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* "HTTP/1.1 200 OK" */
static int httphead_status(struct kml *k, struct str line, struct httphead *out)
{
	uint64_t minor, status;
	struct str version = str_take(&line, ' '), code = str_take(&line, ' ');

	if (!str_starts(version, S("HTTP/1.")) || !str_uint(str_from(version, 7), &minor) ||
	    code.n != 3 || !str_uint(code, &status) || status < 100)
		return fail(k, KML_BAD, "the answer is not HTTP/1.1");
	out->minor = minor > 0;
	out->status = (int)status;
	out->reason = line;
	return 0;
}

/* "GET /v2/ HTTP/1.1" */
static int httphead_request(struct kml *k, struct str line, struct httphead *out)
{
	uint64_t minor;

	out->method = str_take(&line, ' ');
	out->target = str_take(&line, ' ');
	if (!httphead_is_token(out->method) || !out->target.n ||
	    !str_starts(line, S("HTTP/1.")) || !str_uint(str_from(line, 7), &minor))
		return fail(k, KML_BAD, "the request is not HTTP/1.1");
	out->minor = minor > 0;
	return 0;
}

static int httphead_fields(struct kml *k, struct scope *s, struct str rest, struct httphead *out)
{
	struct buf all = { .s = s };

	while (rest.n) {
		struct str line = httphead_line(&rest), name;
		struct httphead_field f;

		if (!line.n)
			break;
		if (line.n > HTTPHEAD_LINE || all.n / sizeof f >= HTTPHEAD_FIELDS)
			return fail(k, KML_BAD, "the head of the message is far too long");
		if (!httphead_is_value(line))
			return fail(k, KML_BAD, "a field of the head has control characters");
		if (str_blank(line.p[0]) && all.n) {    /* the line before goes on; never one of ours */
			((struct httphead_field *)(void *)(all.p + all.n))[-1].value = S("");
			continue;
		}
		name = str_take(&line, ':');
		if (!httphead_is_token(name)) {
			if (out->method.p)      /* two servers could read it in two ways */
				return fail(k, KML_BAD, "a field of the head has no name");
			continue;
		}
		f = (struct httphead_field){ name, str_trim(line) };
		buf_add(&all, (struct str){ (const char *)&f, sizeof f });
	}
	out->fields = (struct httphead_field *)(void *)all.p;
	out->n = all.n / sizeof *out->fields;
	return 0;
}

/* Parse a whole head; *out borrows from `text`. */
static int httphead_parse(struct kml *k, struct scope *s, struct str text, bool request,
                          struct httphead *out)
{
	struct str line = httphead_line(&text);
	int r;

	*out = (struct httphead){ 0 };
	if (line.n > HTTPHEAD_LINE || !httphead_is_value(line))
		return fail(k, KML_BAD, "the first line of the message is malformed");
	r = request ? httphead_request(k, line, out) : httphead_status(k, line, out);
	return r < 0 ? r : httphead_fields(k, s, text, out);
}

/* The value of the `nth` field called `name`; a NULL pointer without one. */
static struct str httphead_get(const struct httphead *h, const char *name, size_t nth)
{
	for (size_t i = 0; i < h->n; i++)
		if (httphead_is(h->fields[i].name, str_of(name)) && nth-- == 0)
			return h->fields[i].value;
	return (struct str){ 0 };
}

/* Whether one of the words of the fields called `name` is `word`. */
static bool httphead_has(const struct httphead *h, const char *name, struct str word)
{
	struct str value;

	for (size_t i = 0; (value = httphead_get(h, name, i)).p; i++)
		while (value.n)
			if (httphead_is(str_trim(str_take(&value, ',')), word))
				return true;
	return false;
}

static int httphead_length(struct kml *k, const struct httphead *h, struct httphead_body *out)
{
	struct str value;
	uint64_t n;

	for (size_t i = 0; (value = httphead_get(h, "Content-Length", i)).p; i++) {
		do {
			if (!str_uint(str_trim(str_take(&value, ',')), &n))
				return fail(k, KML_BAD, "its Content-Length is no number");
			if (out->kind == HTTPHEAD_LENGTH && n != out->length)
				return fail(k, KML_BAD, "it has two lengths (Content-Length)");
			out->kind = HTTPHEAD_LENGTH;
			out->length = n;
		} while (value.n);
	}
	return 0;
}

/* How the body is framed.  `request`: the head is of a request; `empty`: what was asked
 * for (HEAD) has no body whatever the head says. */
static int httphead_body(struct kml *k, const struct httphead *h, bool request, bool empty,
                         struct httphead_body *out)
{
	struct str coding = httphead_get(h, "Transfer-Encoding", 0);
	int r;

	*out = (struct httphead_body){
		.kind = request ? HTTPHEAD_NONE : HTTPHEAD_CLOSE,
		.keep = h->minor ? !httphead_has(h, "Connection", S("close")) :
			httphead_has(h, "Connection", S("keep-alive")),
	};
	if (empty || (!request && (h->status == 204 || h->status == 304 || h->status < 200)))
		return out->kind = HTTPHEAD_NONE, 0;
	if ((r = httphead_length(k, h, out)) < 0)
		return r;
	if (httphead_get(h, "Transfer-Encoding", 1).p)  /* one reader takes the first, one the last */
		return fail(k, KML_BAD, "it has two Transfer-Encodings");
	if (coding.p && httphead_is(coding, S("chunked"))) {
		out->keep = out->keep && out->kind != HTTPHEAD_LENGTH;
		out->kind = HTTPHEAD_CHUNKED;
	} else if (coding.p && !httphead_is(coding, S("identity"))) {
		return fail(k, KML_BAD, "its Transfer-Encoding is not known here");
	}
	out->keep = out->keep && out->kind != HTTPHEAD_CLOSE;
	return 0;
}

#endif
