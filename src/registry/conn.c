/* conn.c - a connection to a server of HTTP, by way of a proxy or not.
 *
 * What came and was not taken stays in `in`: heads are parsed from there, which grows
 * with them up to a limit, and the body begins where the head ended.
 */
#ifndef KML_CONN_C
#define KML_CONN_C

#include "../format/httphead.c"
#include "../format/url.c"
#include "../ground/base.c"
#include "proxy.c"
#include "stream.c"

enum { CONN_BUFFER = 32 * 1024, CONN_INTERIM = 100 };

struct conn {
	struct scope *s;                /* NULL: none */
	struct url to;
	struct stream st;
	bool proxied;                   /* plain http by way of a proxy: whole addresses */
	bool kept;                      /* an answer was read from it before */
	bool busy;
	uint64_t turn;                  /* when it was last used */
	char *in;
	size_t room, at, n;             /* bytes [at, n) of `in` came and were not taken */
};

/* Read more into c->in; *got == 0 at the end. */
static int conn_fill(struct kml *k, struct conn *c, size_t *got)
{
	int r;

	if (c->at == c->n)
		c->at = c->n = 0;
	if (c->at && c->n == c->room) {
		memmove(c->in, c->in + c->at, c->n - c->at);
		c->n -= c->at;
		c->at = 0;
	}
	if (c->n == c->room) {
		char *more = scope_raw(c->s, 2 * c->room);

		memcpy(more, c->in, c->n);
		c->in = more;
		c->room *= 2;
	}
	r = stream_read(k, &c->st, c->in + c->n, c->room - c->n, got);
	c->n += r < 0 ? 0 : *got;
	return r;
}

/* The text of the next head. */
static int conn_head_text(struct kml *k, struct scope *s, struct conn *c, struct str *out)
{
	size_t size, seen = 0, got;
	int r;

	while (!(size = httphead_size((struct str){ c->in + c->at, c->n - c->at }, seen))) {
		seen = c->n - c->at;
		if (seen >= HTTPHEAD_LONGEST)
			return fail(k, KML_BAD, "the head of the answer never ends");
		if ((r = conn_fill(k, c, &got)) < 0)
			return r;
		if (!got)
			return seen && !str_starts((struct str){ c->in + c->at, seen }, S("HTTP/")) ?
				fail(k, KML_BAD, "the answer is not HTTP/1.1") :
				fail(k, KML_UNREACHABLE, "the connection was closed before an answer");
		if (seen == 0 && c->n - c->at >= 5 && memcmp(c->in + c->at, "HTTP/", 5) != 0)
			return fail(k, KML_BAD, "the answer is not HTTP/1.1");
	}
	*out = scope_str(s, (struct str){ c->in + c->at, size });
	c->at += size;
	return 0;
}

static int conn_head(struct kml *k, struct scope *s, struct conn *c, struct httphead *out)
{
	struct str text;
	int r = 0;

	for (int i = 0; r == 0; i++) {
		struct scope *t = scope_begin(s);

		if (i > CONN_INTERIM)
			return fail(k, KML_BAD, "interim answers (1xx) without an end");
		if ((r = conn_head_text(k, t, c, &text)) < 0)
			return r;
		text = scope_str(s, text);
		scope_end(t);
		if ((r = httphead_parse(k, s, text, false, out)) < 0 || out->status >= 200)
			return r;
		if (out->status == 101)
			return fail(k, KML_BAD, "the answer changes the protocol unasked");
	}
	return r;
}

/* Have a proxy connect to `u`. */
static int conn_tunnel(struct kml *k, struct conn *c, const struct proxy_way *way,
                       const struct url *u)
{
	struct scope *t = scope_begin(c->s);
	bool literal = str_find(u->host, ':') < u->host.n;
	const char *host = scope_format(t, "%s%.*s%s:%u", literal ? "[" : "", FMT(u->host),
	                                literal ? "]" : "", u->port);
	struct httphead head;
	int r = stream_write(k, &c->st, str_of(scope_format(t,
		"CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s%.*s%s\r\n", host, host,
		way->login.n ? "Proxy-Authorization: " : "", FMT(way->login),
		way->login.n ? "\r\n" : "")));

	if (r == 0)
		r = conn_head(k, t, c, &head);
	if (r == 0 && (head.status < 200 || head.status > 299))
		r = fail(k, head.status < 500 ? KML_FAIL : KML_UNREACHABLE,
		         "refuses to connect to %s: %d %.*s", host, head.status,
		         FMT(httphead_clean(t, head.reason)));
	if (r == 0 && c->at != c->n)    /* it would pass for the server's, as if TLS had it */
		r = fail(k, KML_BAD, "says more than that it connected to %s", host);
	scope_end(t);
	return r < 0 ? fail_in(k, r, "the proxy %s", way->name) : 0;
}

#endif
