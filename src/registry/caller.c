/* caller.c - one who asks over a connection: his requests, and what is answered.
 *
 * A request is read whole but for its body, which whoever answers may read or not.
 * What is left of it then is read and forgotten, a bounded part of it: were the
 * connection closed on it, the answer could be lost on its way.
 */
#ifndef KML_CALLER_C
#define KML_CALLER_C

#include "../format/emit.c"
#include "../format/httphead.c"
#include "../ground/base.c"
#include "../ground/listen.c"
#include "../ground/place.c"
#include "conn.c"
#include "http.c"

enum {
	CALLER_HEAD = 64 * 1024, CALLER_SKIP = 8 << 20, CALLER_STEP = 64 * 1024, CALLER_JOIN = 2000,
	CALLER_LINGER = 2000,           /* ms */
};

struct caller {
	struct conn c;                  /* its scope is NULL when it broke */
	struct scope *s;                /* of this request */
	struct httphead head;
	struct http_answer in;          /* of which only what has to do with a body is used */
	bool expects;                   /* to be told to go on */
	bool keep;
	int status;                     /* what was answered; 0: nothing yet */
	struct buf fields;              /* of the answer */
};

/* ---- requests ------------------------------------------------------------ */

/* The text of the next head; KML_NOTFOUND: there is none. */
static int caller_text(struct kml *k, struct caller *c, struct str *out)
{
	struct conn *n = &c->c;
	uint64_t end = net_now() + 2 * (uint64_t)n->st.idle_ms;
	size_t size, seen = 0, got;
	int r;

	while (!(size = httphead_size((struct str){ n->in + n->at, n->n - n->at }, seen))) {
		seen = n->n - n->at;
		if (seen > CALLER_HEAD || net_now() > end)
			return fail(k, KML_BAD, "the head of the request is too long");
		if ((r = conn_fill(k, n, &got)) < 0 || !got)
			return r < 0 ? r : KML_NOTFOUND;
		if (!httphead_is_token((struct str){ n->in + n->at, 1 }))       /* TLS, mostly */
			return fail(k, KML_BAD, "the request is not HTTP/1.1");
	}
	*out = scope_str(c->s, (struct str){ n->in + n->at, size });
	n->at += size;
	return 0;
}

/* Read the next request; KML_BAD: it has to be refused. */
static int caller_next(struct kml *k, struct caller *c)
{
	struct str text;
	int r;

	c->in = (struct http_answer){ .ended = true };
	c->fields = (struct buf){ .s = c->s };
	c->head = (struct httphead){ 0 };
	c->status = 0;
	c->expects = c->keep = false;
	if ((r = caller_text(k, c, &text)) < 0 ||
	    (r = httphead_parse(k, c->s, text, true, &c->head)) < 0 ||
	    (r = httphead_body(k, &c->head, true, false, &c->in.body)) < 0)
		return r;
	if ((c->head.minor && !httphead_get(&c->head, "Host", 0).p) ||
	    httphead_get(&c->head, "Host", 1).p)
		return fail(k, KML_BAD, "the request does not have one Host");
	c->keep = c->in.body.keep;
	c->in.body.keep = true;         /* so that its end is not the connection's */
	c->in.left = c->in.body.length;
	c->in.ended = c->in.body.kind == HTTPHEAD_NONE ||
		(c->in.body.kind == HTTPHEAD_LENGTH && !c->in.left);
	c->in.c = c->in.ended ? NULL : &c->c;
	c->expects = !c->in.ended && httphead_has(&c->head, "Expect", S("100-continue"));
	return 0;
}

static bool caller_is(const struct caller *c, struct str method)
{
	return str_eq(c->head.method, method);
}

/* Read some of the body; none is its end. */
static int caller_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct caller *c = arg;
	int r = 0;

	if (c->expects && (r = stream_write(k, &c->c.st, S("HTTP/1.1 100 Continue\r\n\r\n"))) == 0)
		r = stream_flush(k, &c->c.st);
	c->expects = false;
	return r < 0 ? r : http_read(k, &c->in, p, n, got);
}

/* All of the body; KML_USAGE: more than `most` bytes. */
static int caller_whole(struct kml *k, struct caller *c, size_t most, struct str *out)
{
	struct buf b = { .s = c->s };
	size_t got = 1;
	int r = 0;

	while (r == 0 && got && b.n <= most) {
		r = caller_read(k, c, buf_room(&b, CALLER_STEP), CALLER_STEP, &got);
		b.n += r < 0 ? 0 : got;
	}
	*out = buf_str(&b);
	return r == 0 && b.n > most ? fail(k, KML_USAGE, "more than %zu bytes", most) : r;
}

/* ---- answers ------------------------------------------------------------- */

/* Add a field to the answer to come. */
#define CALLER_FIELD(c, ...) buf_format(&(c)->fields, "\r\n" __VA_ARGS__)

/* Begin the answer: its head, and `text` behind it. */
static int caller_begin(struct kml *k, struct caller *c, int status, uint64_t length,
                        struct str text)
{
	struct buf b = { .s = c->s };
	int r;

	if (c->in.c && (c->expects || c->in.body.kind == HTTPHEAD_CHUNKED || c->in.left > CALLER_STEP))
		c->keep = false;
	c->status = status;
	if (status != 204)
		CALLER_FIELD(c, "Content-Length: %llu", (unsigned long long)length);
	buf_format(&b, "HTTP/1.1 %d %s\r\nDocker-Distribution-Api-Version: registry/2.0%.*s%s\r\n\r\n",
	           status, status < 400 ? "OK" : "Error", FMT(c->fields),
	           c->keep ? "" : "\r\nConnection: close");
	if (text.n <= CALLER_JOIN)
		buf_add(&b, text);
	r = stream_write(k, &c->c.st, buf_str(&b));
	if (r == 0 && text.n > CALLER_JOIN)
		r = stream_write(k, &c->c.st, text);
	return r;
}

/* Answer with `text`. */
static int caller_say(struct kml *k, struct caller *c, int status, struct str text)
{
	int r = caller_begin(k, c, status, text.n, caller_is(c, S("HEAD")) ? S("") : text);

	return r < 0 ? r : stream_flush(k, &c->c.st);
}

/* Answer that it cannot be: k->msg says why. */
static int caller_refuse(struct kml *k, struct caller *c, int status, const char *code)
{
	struct buf b = { .s = c->s };

	emit_open(&b, '{');
	emit_key(&b, S("errors"));
	emit_open(&b, '[');
	emit_open(&b, '{');
	emit_pair(&b, "code", str_of(code));
	emit_key(&b, S("message"));
	emit_bytes(&b, str_of(k->msg));
	buf_add(&b, S("}]}\n"));
	CALLER_FIELD(c, "Content-Type: application/json");
	return caller_say(k, c, status, buf_str(&b));
}

/* "bytes=A-B", "bytes=A-", "bytes=-N" of `size`: 1, and *from and *n; 0: all of it, for
 * that can always be answered; below 0: there is nothing of that. */
static int caller_range(struct str text, uint64_t size, uint64_t *from, uint64_t *n)
{
	struct str first;
	uint64_t last = UINT64_MAX;

	*from = 0;
	*n = size;
	if (!str_starts(text, S("bytes=")) || str_find(text, ',') < text.n ||
	    str_find(text, '-') == text.n)
		return 0;
	text = str_from(text, 6);
	first = str_take(&text, '-');
	if ((text.n || !first.n) && !str_uint(text, &last))
		return 0;
	if (!first.n) {
		*from = last < size ? size - last : 0;
		*n = size - *from;
		return last && size ? 1 : -1;
	}
	if (!str_uint(first, from) || *from > last)
		return *from = 0, 0;
	*n = last < size ? last - *from + 1 : size - *from;
	return *from < size ? 1 : -1;
}

/* Answer with the bytes of a file, or those that were asked for. */
static int caller_file(struct kml *k, struct caller *c, struct place *at)
{
	struct str range = httphead_get(&c->head, "Range", 0);
	uint64_t size = at->left, from;
	int r = caller_range(range, size, &from, &at->left);
	size_t got = 1;
	char *p;

	if (r < 0) {
		CALLER_FIELD(c, "Content-Range: bytes */%llu", (unsigned long long)size);
		say(k, "there is no such part of %llu bytes", (unsigned long long)size);
		return caller_refuse(k, c, 416, "UNSUPPORTED");
	}
	at->at += from;
	if (r)
		CALLER_FIELD(c, "Content-Range: bytes %llu-%llu/%llu", (unsigned long long)from,
		             (unsigned long long)(from + at->left - 1), (unsigned long long)size);
	CALLER_FIELD(c, "Accept-Ranges: bytes");
	if ((r = caller_begin(k, c, r ? 206 : 200, at->left, S(""))) < 0)
		return r;
	if (caller_is(c, S("HEAD")))
		return stream_flush(k, &c->c.st);
	if (!c->c.st.tls)
		return net_send_file(k, *c->c.st.fd, at->fd, at->at, at->left, c->c.st.idle_ms);
	for (p = scope_raw(c->s, CALLER_STEP); r == 0 && at->left && got;)
		if ((r = place_next(k, at, p, CALLER_STEP, &got)) == 0)
			r = stream_write(k, &c->c.st, (struct str){ p, got });
	if (r == 0 && at->left)
		r = fail(k, KML_FAIL, "the file became shorter while it was sent");
	return r < 0 ? r : stream_flush(k, &c->c.st);
}

/* Done with the request: what is left of its body is skipped.  Whether there may be
 * another. */
static bool caller_done(struct kml *k, struct caller *c)
{
	uint64_t end = net_now() + CALLER_LINGER;
	size_t got = 1, all = 0;
	char *skip;

	if (c->in.c && !c->keep) {
		c->c.st.idle_ms = CALLER_LINGER;
		if (c->c.st.tls)
			c->c.st.tls->idle_ms = CALLER_LINGER;
		else
			net_say_no_more(*c->c.st.fd);
	}
	skip = scope_raw(c->s, CALLER_STEP);
	for (; c->in.c && all < CALLER_SKIP && net_now() < end; all += got)
		if (http_read(k, &c->in, skip, CALLER_STEP, &got) < 0)
			break;
	return c->keep && c->c.s && !c->in.c;
}

#endif
