/* upload.c - a blob on its way into a registry.
 *
 *     POST blobs/uploads/              202, Location: where to send it
 *     PUT Location?digest=sha256:...   201, the whole blob as the body
 *
 * That is two requests, and the usual way.  Where a body is refused as too large
 * (413), and after a connection broke in the middle, it goes in pieces: each a PATCH
 * with its range, each answer with the next Location, and a PUT without a body at the
 * end.  How far the registry came, it says itself:
 *
 *     GET Location                     204, Range: 0-LAST, and the next Location
 *
 * A registry may answer before it has read the body.  Then no more of it is sent.
 */
#ifndef KML_UPLOAD_C
#define KML_UPLOAD_C

#include "../format/descriptor.c"
#include "../image/store.c"
#include "registry.c"

enum { UPLOAD_PIECE = 1024 * 1024, UPLOAD_MOST = 1 << 30 };

enum upload_next { UPLOAD_STOP, UPLOAD_GO_ON, UPLOAD_ANEW };

struct upload {
	struct scope *s;
	struct registry *g;
	struct url at;                  /* the newest Location */
	uint64_t least;                 /* bytes in a piece, OCI-Chunk-Min-Length */
	uint64_t piece;                 /* bytes in a piece; 0: all in one PUT */
	struct http_upload up;
	bool open;                      /* a body is on its way, which ends at `end` */
	uint64_t end;
	bool done;                      /* the registry has the blob */
	/* after a failure */
	enum upload_next next;
	int r;
	int64_t wait;                   /* ms */
	bool asked;                     /* for a login, since the last progress */
};

/* Whether the blob is there. */
static int upload_has(struct kml *k, struct scope *s, struct registry *g,
                      const struct descriptor *d, bool *there)
{
	struct scope *t = scope_begin(s);
	struct http_request rq = { .method = "HEAD" };
	struct http_answer a;
	int r;

	rq.url = registry_url(t, g, "blobs/%.*s", FMT(d->digest));
	*there = false;
	if ((r = registry_ask(k, t, g, &rq, &a)) == 0) {
		*there = a.head.status == 200;
		http_done(k, &a);
	}
	scope_end(t);
	return r;
}

/* ---- where to -------------------------------------------------------------- */

/* Take the Location of the answer. */
static int upload_location(struct kml *k, struct scope *s, const struct registry *g,
                           const struct http_answer *a, struct url *at)
{
	struct str to = httphead_get(&a->head, "Location", 0);
	struct url next;
	int r;

	if (!to.n)
		return fail(k, KML_BAD, "%s %s: %d without a Location", a->method,
		            url_text(s, &a->url), a->head.status);
	if ((r = url_resolve(k, s, &a->url, to, &next)) < 0)
		return fail_in(k, r, "%s %s: its Location", a->method, url_text(s, &a->url));
	if (g->base.tls && !next.tls)
		return fail(k, KML_FAIL, "%s %s: its Location leads from https to http", a->method,
		            url_text(s, &a->url));
	next.host = scope_str(s, next.host);
	next.path = scope_str(s, next.path);
	*at = next;
	return 0;
}

static void upload_least(const struct http_answer *a, uint64_t *least)
{
	uint64_t n;

	if (str_uint(httphead_get(&a->head, "OCI-Chunk-Min-Length", 0), &n))
		*least = n < UPLOAD_MOST ? n : UPLOAD_MOST;
}

/* Ask for a place to send a blob to. */
static int upload_start(struct kml *k, struct upload *u)
{
	struct scope *t = scope_begin(u->s);
	struct http_request rq = { .method = "POST", .has_body = true };
	struct http_answer a;
	int r;

	rq.url = registry_url(t, u->g, "blobs/uploads/");
	if ((r = registry_ask(k, t, u->g, &rq, &a)) == 0) {
		if (a.head.status < 200 || a.head.status > 299)
			r = registry_refused(k, t, &a);
		else if ((r = upload_location(k, u->s, u->g, &a, &u->at)) == 0)
			upload_least(&a, &u->least);
		http_done(k, &a);
	}
	scope_end(t);
	return r;
}

/* The Location that ends the upload. */
static struct url upload_final(struct scope *s, const struct upload *u, struct str digest)
{
	struct url at = u->at;

	at.path = str_of(scope_format(s, "%.*s%cdigest=sha256%%3A%.*s", FMT(at.path),
	                              str_find(at.path, '?') < at.path.n ? '&' : '?',
	                              FMT(digest_hex(digest))));
	return at;
}

/* Forget the place; the registry would, later. */
static void upload_forget(struct kml *k, struct upload *u)
{
	struct scope *t = scope_begin(u->s);
	struct http_request rq = { .method = "DELETE", .url = u->at };
	struct http_answer a;

	if (registry_known(k, t, u->g, &rq.url, &rq.auth) == 0 &&
	    http_do(k, t, u->g->http, &rq, &a) == 0)
		http_done(k, &a);
	scope_end(t);
}

static void upload_close(struct upload *u)
{
	if (u->open)
		http_drop(u->up.c);
	u->open = false;
}

/* ---- sending --------------------------------------------------------------- */

/* Begin the request that the bytes from b->at on go with. */
static int upload_request(struct kml *k, struct upload *u, const struct store_blob *b)
{
	struct http_request rq = { .method = u->piece ? "PATCH" : "PUT", .url = u->at,
		.has_body = true };
	struct registry *g = u->g;
	int r;

	u->end = b->d->size;
	if (u->piece && u->end - b->at > u->piece)
		u->end = b->at + u->piece;
	rq.length = u->end - b->at;
	rq.fields[0] = (struct httphead_field){ S("Content-Type"), S("application/octet-stream") };
	if (u->piece)
		rq.fields[1] = (struct httphead_field){ S("Content-Range"),
			str_of(scope_format(u->s, "%llu-%llu", (unsigned long long)b->at,
			                    (unsigned long long)u->end - 1)) };
	else
		rq.url = upload_final(u->s, u, b->d->digest);
	if ((r = registry_known(k, u->s, g, &rq.url, &rq.auth)) == 0)
		r = http_begin(k, g->http, &rq, &u->up);
	u->open = r == 0;
	return r;
}

/* What the refusal `a` leaves to be done. */
static int upload_refused(struct kml *k, struct scope *s, struct upload *u,
                          struct http_answer *a)
{
	int status = a->head.status, r;

	u->next = UPLOAD_STOP;
	u->wait = retry_passes(k, a, 1);
	if (status == 401 && !u->asked && url_same_origin(&a->url, &u->g->base)) {
		u->asked = true;
		if ((r = registry_login(k, s, u->g, a)) < 0)
			return r;
		u->next = UPLOAD_GO_ON;
		return fail(k, KML_UNREACHABLE, "the registry wants a new login again and again");
	} else if (status == 413 && !u->piece) {
		u->piece = u->least > UPLOAD_PIECE ? u->least : UPLOAD_PIECE;
		u->next = UPLOAD_ANEW;
	} else if (status == 404 || status == 416 || u->wait >= 0) {
		u->next = UPLOAD_GO_ON;
	}
	return registry_refused(k, s, a);
}

/* "0-1023" (or "bytes=0-1023"): how many bytes that are; 0 when it is not said. */
static uint64_t upload_range(const struct http_answer *a)
{
	struct str range = httphead_get(&a->head, "Range", 0);
	uint64_t last;

	if (str_starts(range, S("bytes=")))
		range = str_from(range, 6);
	if (!str_eq(str_take(&range, '-'), S("0")) || !str_uint(range, &last))
		return 0;
	return last && last < UINT64_MAX ? last + 1 : 0;
}

/* All that is in the request was sent, or enough: hear the answer. */
static int upload_answer(struct kml *k, struct upload *u, struct store_blob *b, bool all)
{
	struct scope *t = scope_begin(u->s);
	struct http_answer a;
	int r = http_finish(k, t, &u->up, all, &a);
	uint64_t have;

	u->open = false;
	u->wait = 0;
	u->next = r == KML_UNREACHABLE ? UPLOAD_GO_ON : UPLOAD_STOP;
	if (r == 0) {
		have = upload_range(&a);
		if (a.head.status < 200 || a.head.status > 299)
			r = upload_refused(k, t, u, &a);
		else if (!u->piece)
			u->done = true;
		else if (httphead_get(&a.head, "Location", 0).n)
			r = upload_location(k, u->s, u->g, &a, &u->at);
		if (r == 0 && u->piece && (!all || (have && have != b->at))) {
			u->next = UPLOAD_GO_ON;
			r = fail(k, KML_UNREACHABLE, "%s %s: took %llu bytes, not %llu", a.method,
			         url_text(t, &a.url), (unsigned long long)have,
			         (unsigned long long)b->at);
		}
		u->asked = u->asked && r < 0;
		http_done(k, &a);
	}
	scope_end(t);
	return u->r = r;
}

/* Begin a blob: empty, at a place of its own. */
static int upload_begin(struct kml *k, struct scope *s, struct registry *g,
                        const struct url *place, struct store_blob *b)
{
	struct upload *u = new(s, struct upload);

	*u = (struct upload){ .s = s, .g = g, .piece = 0 };
	b->self = u;
	b->at = 0;
	digest_begin(&b->digest);
	if (place && place->host.n)
		return u->at = *place, 0;
	return upload_start(k, u);
}

static int upload_write(struct kml *k, struct store_blob *b, struct str bytes)
{
	struct upload *u = b->self;
	int r;

	while (bytes.n && !u->done) {
		struct str now = bytes;

		if (!u->open && (r = upload_request(k, u, b)) < 0) {
			u->next = r == KML_UNREACHABLE ? UPLOAD_GO_ON : UPLOAD_STOP;
			return u->r = r;
		}
		if (now.n > u->end - b->at)
			now.n = (size_t)(u->end - b->at);
		if (http_push(k, &u->up, now) != 0) {
			if ((r = upload_answer(k, u, b, false)) < 0)
				return r;
			continue;
		}
		b->at += now.n;
		bytes = str_from(bytes, now.n);
		if (u->piece && b->at == u->end && (r = upload_answer(k, u, b, true)) < 0)
			return r;
	}
	b->at += bytes.n;
	return 0;
}

/* After pieces: the request that ends the upload. */
static int upload_seal(struct kml *k, struct scope *s, struct upload *u,
                       const struct descriptor *d)
{
	struct http_request rq = { .method = "PUT", .url = upload_final(s, u, d->digest),
		.has_body = true };
	struct http_answer a;
	int r = registry_ask(k, s, u->g, &rq, &a);

	u->next = r == KML_UNREACHABLE ? UPLOAD_GO_ON : UPLOAD_STOP;
	if (r == 0 && (a.head.status < 200 || a.head.status > 299))
		r = upload_refused(k, s, u, &a);
	if (r == 0)
		http_done(k, &a);
	return u->r = r;
}

static int upload_end(struct kml *k, struct scope *s, struct store_blob *b)
{
	struct upload *u = b->self;
	int r = 0;

	if (u->done)
		return 0;
	if (u->piece)
		return upload_seal(k, s, u, b->d);
	if (!u->open)
		r = upload_request(k, u, b);
	return r < 0 ? r : upload_answer(k, u, b, true);
}

/* ---- going on -------------------------------------------------------------- */

/* Ask how far the upload came.  1: nowhere, begin anew. */
static int upload_ask(struct kml *k, struct scope *s, struct upload *u, struct store_blob *b)
{
	struct http_request rq = { .method = "GET", .url = u->at };
	struct http_answer a;
	uint64_t have = 0;
	int r = registry_ask(k, s, u->g, &rq, &a);

	if (r < 0)
		return r == KML_UNTRUSTED ? r : 1;
	if (a.head.status == 204 || a.head.status == 202 || a.head.status == 200)
		have = upload_range(&a);
	if (have && have <= b->d->size && httphead_get(&a.head, "Location", 0).n &&
	    upload_location(k, u->s, u->g, &a, &u->at) < 0)
		have = 0;
	http_done(k, &a);
	if (!have || have > b->d->size)
		return 1;
	b->at = have;
	if (!u->piece)
		u->piece = b->d->size;
	return 0;
}

static int upload_again(struct kml *k, struct scope *s, struct store_blob *b)
{
	struct upload *u = b->self;
	const char *why = scope_text(s, str_of(k->msg));
	bool there = false;
	int r = 1;

	upload_close(u);
	if (u->next == UPLOAD_STOP) {
		r = u->r;
		upload_forget(k, u);
		return fail(k, r, "%s", why);
	}
	if (u->wait > 0)
		net_pause((int)u->wait);
	if (u->next == UPLOAD_GO_ON && (r = upload_ask(k, s, u, b)) <= 0)
		return r;
	if (u->next == UPLOAD_GO_ON && b->at == b->d->size &&
	    (r = upload_has(k, s, u->g, b->d, &there)) < 0)
		return r;
	if (there) {
		u->done = true;
		return 0;
	}
	b->at = 0;
	if (u->piece > UPLOAD_PIECE && u->piece != u->least)
		u->piece = 0;
	return upload_start(k, u);
}

static void upload_drop(struct kml *k, struct store_blob *b)
{
	struct upload *u = b->self;

	upload_close(u);
	if (!u->done)
		upload_forget(k, u);
}

#endif
