/* http.c - requests and answers of HTTP/1.1, over connections that are kept.
 *
 * A struct http is one thread's: it keeps a few connections open, one for each
 * server, and uses one again when the answer before was read to its end.  A kept
 * connection may have died meanwhile: a request that gets no byte of answer on
 * one goes out again on a new one, and only then.
 *
 *     http_do()       a request, redirects followed, the answer's body to be read
 *     http_begin()    a request whose body is pushed: http_push(), http_finish()
 *
 * retry_do() is http_do() again and again while the server is in trouble.
 *
 * The Authorization of a request goes to the scheme, host and port that it was
 * made for and to no other; from https nothing leads to http.
 */
#ifndef KML_HTTP_C
#define KML_HTTP_C

#include "../format/chunked.c"
#include "../format/httphead.c"
#include "../format/url.c"
#include "../ground/base.c"
#include "../ground/source.c"
#include "conn.c"
#include "proxy.c"
#include "stream.c"

enum {
	HTTP_KEPT = 4, HTTP_REDIRECTS = 10, HTTP_DRAIN = 64 * 1024, HTTP_JOIN = 4096, HTTP_WARNINGS = 20,
};

struct http_options {
	struct stream_limits limits;
	struct trust_options trust;
	bool plain;                     /* http only */
	bool insecure;                  /* https that is not verified, else http */
	int tries;                      /* that retry_do() makes when nobody answers; 0: 5 */
};

struct http_trust { struct http_trust *next; const char *host; struct trust *trust; };
struct http_warning { struct http_warning *next; const char *text; };

struct http {
	struct scope *s;
	const struct http_options *o;
	const struct proxy *proxy;
	struct http_trust *trusts;
	struct http_warning *warnings;  /* of servers (Warning: 299), each once */
	int nwarnings;
	int tries;                      /* as in the options, at first */
	struct conn conns[HTTP_KEPT];
	uint64_t turn;
};

struct http_request {
	const char *method;
	struct url url;
	struct str auth;                /* value of Authorization; may be empty */
	struct httphead_field fields[6];
	struct str body;                /* or, with http_begin(): */
	uint64_t length;                /* how many bytes will be pushed */
	bool has_body;                  /* with a Content-Length, even of 0 */
	bool stay;                      /* follow no redirects */
};

struct http_answer {
	struct httphead head;
	struct url url;                 /* that it came from in the end */
	const char *method;
	struct conn *c;
	struct httphead_body body;
	struct chunked chunked;
	uint64_t left;
	bool ended;
	struct reader reader;           /* of the body */
};

/* A client for the thread that uses `s`. */
static void http_new(struct scope *s, const struct http_options *o, struct http **out)
{
	struct http *h = *out = new(s, struct http);

	h->s = s;
	h->o = o;
	h->tries = o->tries;
	h->proxy = proxy_new(s);
}

/* The like for another thread. */
static struct http *http_fork(struct scope *s, const struct http *h)
{
	struct http *f = new(s, struct http);

	f->s = scope_begin(s);
	f->o = h->o;
	f->tries = h->tries;
	f->proxy = h->proxy;
	f->trusts = h->trusts;
	return f;
}

/* ---- connections --------------------------------------------------------- */

static void http_drop(struct conn *c)
{
	if (c->s) {
		stream_close(&c->st);
		scope_end(c->s);
	}
	*c = (struct conn){ 0 };
}

static int http_trust(struct kml *k, struct http *h, const struct url *u, struct trust **out)
{
	struct str host = url_host(h->s, u);
	struct http_trust *t;
	int r;

	for (t = h->trusts; t; t = t->next)
		if (str_eq(str_of(t->host), host))
			return *out = t->trust, 0;
	t = new(h->s, struct http_trust);
	if ((r = trust_load(k, h->s, &h->o->trust, host, &t->trust)) < 0)
		return r;
	t->host = scope_text(h->s, host);
	t->next = h->trusts;
	h->trusts = t;
	*out = t->trust;
	return 0;
}

static int http_connect(struct kml *k, struct http *h, const struct url *u, struct conn *c)
{
	struct proxy_way way;
	struct trust *trust;
	int r;

	c->s = scope_begin(h->s);
	c->to = *u;
	c->to.host = scope_str(c->s, u->host);
	c->to.path = (struct str){ 0 };
	c->in = scope_raw(c->s, c->room = CONN_BUFFER);
	if ((r = proxy_for(k, c->s, h->proxy, u, &way)) < 0)
		return r;
	if (way.host.n)
		r = stream_dial(k, c->s, way.host, way.port, &h->o->limits, &c->st);
	else
		r = stream_dial(k, c->s, u->host, u->port, &h->o->limits, &c->st);
	if (r < 0)
		return way.host.n ? fail_in(k, r, "the proxy %s", way.name) : r;
	if (way.host.n && u->tls && (r = conn_tunnel(k, c, &way, u)) < 0)
		return r;
	c->proxied = way.host.n && !u->tls;
	if (!u->tls)
		return 0;
	if ((r = http_trust(k, h, u, &trust)) < 0)
		return r;
	return stream_secure(k, c->s, &c->st, u->host, trust);
}

/* A connection to where `u` is: a kept one unless `fresh`. */
static int http_conn(struct kml *k, struct http *h, const struct url *u, bool fresh,
                     struct conn **out)
{
	struct conn *c = NULL;
	int r;

	for (size_t i = 0; i < HTTP_KEPT; i++) {
		struct conn *at = &h->conns[i];

		if (at->s && !at->busy && url_same_origin(&at->to, u)) {
			if (!fresh && at->at == at->n && !stream_pending(&at->st)) {
				at->busy = true;
				at->turn = ++h->turn;
				return *out = at, 0;
			}
			http_drop(at);
		}
		if (!at->busy && (!c || at->turn < c->turn))
			c = at;
	}
	if (!c)
		return fail(k, KML_FAIL, "too many connections at once");
	http_drop(c);
	if ((r = http_connect(k, h, u, c)) < 0) {
		http_drop(c);
		return r;
	}
	c->busy = true;
	c->turn = ++h->turn;
	*out = c;
	return 0;
}

/* ---- requests ------------------------------------------------------------ */

static int http_put(struct kml *k, struct buf *b, const char *name, struct str value)
{
	if (!httphead_is_value(value))
		return fail(k, KML_BAD, "a value for %s has control characters", name);
	buf_format(b, "%s: %.*s\r\n", name, FMT(value));
	return 0;
}

/* Send the head, and the body where it is there. */
static int http_send(struct kml *k, struct http *h, struct conn *c,
                     const struct http_request *rq)
{
	struct scope *t = scope_begin(h->s);
	struct buf b = { .s = t };
	struct str host = url_host(t, &rq->url);
	struct proxy_way way = { 0 };
	int r = 0;

	if (!url_is_plain(rq->url.path) || !url_is_plain(host))
		return fail(k, KML_BAD, "an address with blanks or control characters");
	buf_format(&b, "%s %s%.*s%.*s HTTP/1.1\r\n", rq->method, c->proxied ? "http://" : "",
	           c->proxied ? (int)host.n : 0, host.p, FMT(rq->url.path));
	r = http_put(k, &b, "Host", host);
	if (r == 0)
		r = http_put(k, &b, "User-Agent", S("kml/" KML_VERSION));
	if (r == 0 && rq->auth.n)
		r = http_put(k, &b, "Authorization", rq->auth);
	if (r == 0 && c->proxied && (r = proxy_for(k, t, h->proxy, &rq->url, &way)) == 0 && way.login.n)
		r = http_put(k, &b, "Proxy-Authorization", way.login);
	for (size_t i = 0; r == 0 && i < countof(rq->fields); i++)
		if (rq->fields[i].name.n)
			r = http_put(k, &b, rq->fields[i].name.p, rq->fields[i].value);
	if (r == 0 && rq->has_body)
		buf_format(&b, "Content-Length: %llu\r\n",
		           (unsigned long long)(rq->body.n ? rq->body.n : rq->length));
	if (r == 0) {
		buf_add(&b, S("\r\n"));
		if (rq->body.n <= HTTP_JOIN)
			buf_add(&b, rq->body);
		r = stream_write(k, &c->st, buf_str(&b));
	}
	if (r == 0 && rq->body.n > HTTP_JOIN)
		r = stream_write(k, &c->st, rq->body);
	if (r == 0)
		r = stream_flush(k, &c->st);
	scope_end(t);
	return r;
}

/* Keep what the server warns of:  299 - "text" */
static void http_warned(struct http *h, const struct httphead *head)
{
	struct str value;

	for (size_t i = 0; (value = httphead_get(head, "Warning", i)).p; i++) {
		struct http_warning *w = h->warnings, *add;
		struct str text = httphead_clean(h->s, value);

		if (!str_starts(text, S("299 ")) || h->nwarnings >= HTTP_WARNINGS)
			continue;
		str_take(&text, '"');
		text.n -= str_ends(text, S("\""));
		while (w && !str_eq(str_of(w->text), text))
			w = w->next;
		if (w || !text.n)
			continue;
		add = new(h->s, struct http_warning);
		*add = (struct http_warning){ h->warnings, scope_text(h->s, text) };
		h->warnings = add;
		h->nwarnings++;
	}
}

/* The server may have answered before it closed: a failed write is not the last word. */
static int http_hear(struct kml *k, struct scope *s, struct http *h, struct conn *c,
                     const char *method, const struct url *u, int sent, struct http_answer *a)
{
	const char *why = sent < 0 ? scope_text(s, str_of(k->msg)) : NULL;
	int r = conn_head(k, s, c, &a->head);

	if (r < 0 && why)
		return fail(k, sent, "%s", why);
	if (r < 0)
		return r;
	a->url = *u;
	a->method = method;
	if ((r = httphead_body(k, &a->head, false, !strcmp(method, "HEAD"), &a->body)) < 0)
		return r;
	a->c = c;
	http_warned(h, &a->head);
	a->body.keep = a->body.keep && sent == 0;
	a->left = a->body.length;
	return 0;
}

static void http_end(struct http_answer *a)
{
	struct conn *c = a->c;

	if (!c)
		return;
	a->c = NULL;
	a->ended = true;
	c->busy = false;
	c->kept = true;
	if (!a->body.keep)
		http_drop(c);
}

static int http_read_chunked(struct kml *k, struct http_answer *a, char *p, size_t n, size_t *got)
{
	struct conn *c = a->c;
	int r;

	for (*got = 0;;) {
		struct str in = { c->in + c->at, c->n - c->at };
		size_t content;

		if ((r = chunked_step(k, &a->chunked, &in, &content)) < 0)
			return r;
		c->at = (size_t)(in.p - c->in);
		if (content) {
			*got = content < n ? content : n;
			memcpy(p, in.p, *got);
			c->at += *got;
			chunked_took(&a->chunked, *got);
			return 0;
		}
		if (a->chunked.at == CHUNKED_END)
			return 0;
		if (a->chunked.at == CHUNKED_DATA) {
			n = a->chunked.left < n ? (size_t)a->chunked.left : n;
			r = stream_read(k, &c->st, p, n, got);
			chunked_took(&a->chunked, r < 0 ? 0 : *got);
			return r < 0 || *got ? r : fail(k, KML_UNREACHABLE, "the body was cut off");
		}
		if ((r = conn_fill(k, c, &content)) < 0)
			return r;
		if (!content)
			return fail(k, KML_UNREACHABLE, "the body was cut off");
	}
}

static int http_read_some(struct kml *k, struct http_answer *a, char *p, size_t n, size_t *got)
{
	struct conn *c = a->c;
	size_t some = c->n - c->at;
	int r = 0;

	*got = 0;
	if (a->body.kind == HTTPHEAD_NONE || (a->body.kind == HTTPHEAD_LENGTH && !a->left))
		return 0;
	if (a->body.kind == HTTPHEAD_CHUNKED)
		return http_read_chunked(k, a, p, n, got);
	if (a->body.kind == HTTPHEAD_LENGTH && n > a->left)
		n = (size_t)a->left;
	if (some) {
		*got = some < n ? some : n;
		memcpy(p, c->in + c->at, *got);
		c->at += *got;
	} else {
		r = stream_read(k, &c->st, p, n, got);
	}
	if (r < 0 || a->body.kind != HTTPHEAD_LENGTH)
		return r;
	a->left -= *got;
	return *got ? 0 : fail(k, KML_UNREACHABLE, "the body ended %llu bytes too early",
	                       (unsigned long long)a->left);
}

/* Read some of the body; none is its end. */
static int http_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct http_answer *a = arg;
	int r = 0;

	*got = 0;
	if (a->ended || !a->c)
		return 0;
	r = http_read_some(k, a, p, n, got);
	if (r < 0)
		a->body.keep = false;
	if (r < 0 || !*got || (a->body.kind == HTTPHEAD_LENGTH && !a->left))
		http_end(a);
	return r;
}

/* Done with the answer, its body read or not. */
static void http_done(struct kml *k, struct http_answer *a)
{
	char skip[4096];
	size_t got = 1, all = 0;

	while (a->c && got && all < HTTP_DRAIN && (a->body.kind != HTTPHEAD_LENGTH ||
	       a->left <= HTTP_DRAIN) && a->body.keep)
		if (http_read(k, a, skip, sizeof skip, &got) == 0)
			all += got;
		else
			break;
	if (a->c) {
		a->body.keep = false;
		http_end(a);
	}
}

static int http_once(struct kml *k, struct scope *s, struct http *h, const struct http_request *rq,
                     struct http_answer *a)
{
	struct conn *c;
	uint64_t begun = net_now();
	bool kept;
	int r, sent;

	for (bool fresh = false;; fresh = true) {
		*a = (struct http_answer){ .reader = { http_read, a } };
		if ((r = http_conn(k, h, &rq->url, fresh, &c)) < 0)
			return r;
		kept = c->kept;
		sent = http_send(k, h, c, rq);
		r = http_hear(k, s, h, c, rq->method, &rq->url, sent, a);
		if (r == 0)
			break;
		kept = kept && r == KML_UNREACHABLE && c->n == 0 &&
			net_now() - begun < (uint64_t)c->st.idle_ms;    /* it died; silence is not that */
		http_drop(c);
		if (!kept || fresh)
			return r;
	}
	if (a->body.kind == HTTPHEAD_NONE || (a->body.kind == HTTPHEAD_LENGTH && !a->left))
		http_end(a);
	return 0;
}

static bool http_is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* What the redirect `a`, an answer to `rq`, leads to. */
static int http_redirect(struct kml *k, struct scope *s, const struct http_answer *a,
                         struct http_request *rq)
{
	struct str to = httphead_get(&a->head, "Location", 0);
	struct url next;
	int r;

	if (!to.n)
		return fail(k, KML_BAD, "the answer %d redirects without a Location", a->head.status);
	if ((r = url_resolve(k, s, &rq->url, to, &next)) < 0)
		return fail_in(k, r, "the answer %d", a->head.status);
	if (rq->url.tls && !next.tls)
		return fail(k, KML_FAIL, "the answer %d leads from https to http (%s)",
		            a->head.status, url_text(s, &next));
	if (!url_same_origin(&rq->url, &next))
		rq->auth = (struct str){ 0 };
	if (a->head.status == 303 && strcmp(rq->method, "HEAD") != 0) {
		rq->method = "GET";
		rq->body = (struct str){ 0 };
		rq->has_body = false;
	}
	rq->url = next;
	return 0;
}

/* Do `rq` and follow where it is led.  The answer's head lives in `s`; its body is read
 * from a->reader, and http_done() ends it. */
static int http_do(struct kml *k, struct scope *s, struct http *h, const struct http_request *first,
                   struct http_answer *a)
{
	struct http_request rq = *first;
	int r;

	for (int i = 0;; i++) {
		const char *method = rq.method, *at = url_text(s, &rq.url);

		if ((r = http_once(k, s, h, &rq, a)) < 0)
			return fail_in(k, r, "%s %s", method, at);
		if (!http_is_redirect(a->head.status) || rq.stay)
			return 0;
		r = i < HTTP_REDIRECTS ? http_redirect(k, s, a, &rq) :
			fail(k, KML_FAIL, "more than %d redirects", HTTP_REDIRECTS);
		http_done(k, a);
		if (r < 0)
			return fail_in(k, r, "%s %s", method, at);
	}
}

/* ---- bodies that are pushed ---------------------------------------------- */

struct http_upload { struct http *h; struct conn *c; struct http_request rq; int sent; };

/* Send the head of `rq`, after which rq->length bytes are to be pushed.  What was pushed
 * cannot be sent again from here: when the connection breaks, that is for the caller. */
static int http_begin(struct kml *k, struct http *h, const struct http_request *rq,
                      struct http_upload *up)
{
	int r;

	*up = (struct http_upload){ .h = h, .rq = *rq };
	if ((r = http_conn(k, h, &rq->url, false, &up->c)) == 0 &&
	    (r = http_send(k, h, up->c, rq)) < 0)
		http_drop(up->c);
	return r < 0 ? fail_in(k, r, "%s %s", rq->method, url_text(h->s, &rq->url)) : 0;
}

/* There is something to read: is it an answer, or its end?  Interim ones are taken. */
static bool http_early(struct kml *k, struct conn *c)
{
	size_t got, size;
	int r = conn_fill(k, c, &got);

	while (r == 0 && got) {
		struct str in = { c->in + c->at, c->n - c->at };

		if (in.n >= HTTPHEAD_LONGEST || (in.n > 9 && in.p[9] != '1'))
			return true;
		if (!(size = httphead_size(in, 0)))
			return false;
		c->at += size;
	}
	return true;
}

/* Push some of the body.  1: the server answered already, http_finish() is next. */
static int http_push(struct kml *k, struct http_upload *up, struct str bytes)
{
	size_t sent;
	int r = 0;

	while (r == 0 && bytes.n) {
		if (stream_pending(&up->c->st) && http_early(k, up->c))
			return 1;
		r = stream_send(k, &up->c->st, bytes, &sent);
		bytes = str_from(bytes, r < 0 ? 0 : sent);
	}
	up->sent = r;
	return r < 0 ? 1 : 0;
}

/* All was pushed, or enough: the answer. */
static int http_finish(struct kml *k, struct scope *s, struct http_upload *up, bool all,
                       struct http_answer *a)
{
	int r;

	*a = (struct http_answer){ .reader = { http_read, a } };
	if (up->sent == 0)
		up->sent = stream_flush(k, &up->c->st);
	r = http_hear(k, s, up->h, up->c, up->rq.method, &up->rq.url, up->sent, a);
	if (r < 0) {
		http_drop(up->c);
		return fail_in(k, r, "%s %s", up->rq.method, url_text(s, &up->rq.url));
	}
	a->body.keep = a->body.keep && all;
	if (a->body.kind == HTTPHEAD_NONE || (a->body.kind == HTTPHEAD_LENGTH && !a->left))
		http_end(a);
	return 0;
}

#endif
