/* serve.c - a layout or an archive to the clients of registries (distribution-spec 1.1).
 *
 * What is read comes from shelf.c, what is written goes by way of intake.c and stock.c;
 * here is which request means what.  A request that fails for a reason of its own gets
 * that as its answer; any other failure is 500, its sentence for the log alone.
 */
#ifndef KML_SERVE_C
#define KML_SERVE_C

#include "../format/route.c"
#include "../ground/base.c"
#include "../ground/listen.c"
#include "caller.c"
#include "shelf.c"
#include "stream_accept.c"

struct serve {
	struct shelf_place place;
	const struct trust_pair *pair;  /* NULL: without TLS */
	struct kml *k;                  /* whose log it is */
	bool verbose;
};

/* A request. */
struct serve_one {
	const struct serve *sv;
	struct scope *s;
	struct caller *c;
	struct shelf *shelf;
	struct route to;
	bool get;                       /* or HEAD */
};

static int serve_not_here(struct kml *k, struct serve_one *one)
{
	say(k, "this cannot be done here");
	return caller_refuse(k, one->c, 405, "UNSUPPORTED");
}

/* What the failure `r` of a look at the shelf is to who asked. */
static int serve_unknown(struct kml *k, struct serve_one *one, int r, const char *code)
{
	return r == KML_NOTFOUND ? caller_refuse(k, one->c, 404, code) : r;
}

/* ---- manifests ------------------------------------------------------------- */

static int serve_manifest(struct kml *k, struct serve_one *one)
{
	struct descriptor d;
	struct str text;
	int r = shelf_find(k, one->s, one->shelf, one->to.name, one->to.last, &d);

	if (r == 0)
		r = shelf_text(k, one->s, one->shelf, &d, &text);
	if (r < 0)
		return serve_unknown(k, one, r, "MANIFEST_UNKNOWN");
	CALLER_FIELD(one->c, "Content-Type: %.*s", FMT(httphead_is_value(d.type) ? d.type :
	             DESCRIPTOR_MANIFEST));
	CALLER_FIELD(one->c, "Docker-Content-Digest: %.*s", FMT(d.digest));
	return caller_say(k, one->c, 200, text);
}

static int serve_manifests(struct kml *k, struct serve_one *one)
{
	return one->get ? serve_manifest(k, one) : serve_not_here(k, one);
}

/* ---- blobs ----------------------------------------------------------------- */

static int serve_blob(struct kml *k, struct serve_one *one)
{
	struct place at;
	int r = digest_check(k, one->to.last);

	if (r == 0)
		r = shelf_blob(k, one->s, one->shelf, one->to.last, &at);
	if (r < 0)
		return serve_unknown(k, one, r == KML_BAD ? KML_NOTFOUND : r, "BLOB_UNKNOWN");
	CALLER_FIELD(one->c, "Content-Type: application/octet-stream");
	CALLER_FIELD(one->c, "Docker-Content-Digest: %.*s", FMT(one->to.last));
	return caller_file(k, one->c, &at);
}

static int serve_blobs(struct kml *k, struct serve_one *one)
{
	return one->get ? serve_blob(k, one) : serve_not_here(k, one);
}

/* ---- lists ----------------------------------------------------------------- */

static int serve_tags(struct kml *k, struct serve_one *one)
{
	struct str *tags, number = route_ask(one->s, &one->to, "n");
	struct str last = route_ask(one->s, &one->to, "last"), name = one->to.name;
	struct buf b = { .s = one->s };
	uint64_t most = UINT64_MAX;
	size_t n, i = 0;
	int r = shelf_tags(k, one->s, one->shelf, name, &tags, &n);

	if (r < 0)
		return serve_unknown(k, one, r, "NAME_UNKNOWN");
	if (number.p && !str_uint(number, &most)) {
		say(k, "n is no number");
		return caller_refuse(k, one->c, 400, "UNSUPPORTED");
	}
	while (last.p && i < n && str_cmp(tags[i], last) <= 0)
		i++;
	emit_open(&b, '{');
	emit_pair(&b, "name", name);
	emit_key(&b, S("tags"));
	emit_open(&b, '[');
	for (; i < n && most; most--)
		emit_text(&b, tags[i++]);
	buf_add(&b, S("]}"));
	if (i && i < n && number.n && !str_eq(number, S("0")))
		CALLER_FIELD(one->c, "Link: </v2/%.*s/tags/list?n=%.*s&last=%.*s>; rel=\"next\"",
		             FMT(name), FMT(number), FMT(tags[i - 1]));
	CALLER_FIELD(one->c, "Content-Type: application/json");
	return caller_say(k, one->c, 200, buf_str(&b));
}

/* ---- requests -------------------------------------------------------------- */

static int serve_route(struct kml *k, struct serve_one *one)
{
	int r = shelf_look(k, one->shelf);

	if (r < 0)
		return r;
	switch (one->to.kind) {
	case ROUTE_MANIFEST:
		return serve_manifests(k, one);
	case ROUTE_BLOB:
		return serve_blobs(k, one);
	case ROUTE_TAGS:
		return one->get ? serve_tags(k, one) : serve_not_here(k, one);
	case ROUTE_BASE:
		CALLER_FIELD(one->c, "Content-Type: application/json");
		return one->get ? caller_say(k, one->c, 200, S("{}")) : serve_not_here(k, one);
	default:
		say(k, "there is nothing of this name");
		return caller_refuse(k, one->c, 404, "NAME_INVALID");
	}
}

/* One line for a request, if it is wanted, and for what went wrong here. */
static void serve_log(const struct kml *k, struct serve_one *one, int r)
{
	const struct serve *sv = one->sv;
	const struct caller *c = one->c;
	struct kml out = { .log = sv->k->log, .log_arg = sv->k->log_arg };
	const char *what = scope_format(one->s, "%.*s %.*s", FMT(c->head.method), FMT(c->head.target));

	if (r < 0 || sv->verbose)
		note(&out, r < 0 ? KML_WARNING : KML_INFO, "%.*s: %d%s%s",
		     FMT(httphead_clean(one->s, str_of(what))), c->status, r < 0 ? ": " : "",
		     r < 0 ? k->msg : "");
}

/* Hear one request and answer it.  Whether there may be another. */
static bool serve_request(struct kml *k, const struct serve *sv, struct caller *c,
                          struct shelf *shelf)
{
	struct serve_one one = { .sv = sv, .s = c->s, .c = c, .shelf = shelf };
	char why[sizeof k->msg];
	int r = caller_next(k, c);

	if (r < 0 && r != KML_BAD)
		return false;
	if (r == 0) {
		route_read(k, c->s, c->head.target, &one.to);
		one.get = caller_is(c, S("GET")) || caller_is(c, S("HEAD"));
		r = serve_route(k, &one);
		memcpy(why, k->msg, sizeof why);
		if (r < 0 && !c->status && c->c.s) {
			say(k, "the server has a fault, which is in its log");
			caller_refuse(k, c, 500, "UNKNOWN");
			memcpy(k->msg, why, sizeof why);
		}
		serve_log(k, &one, r);
		if (r < 0)
			return false;
	} else {
		caller_refuse(k, c, 400, "UNSUPPORTED");
	}
	return caller_done(k, c);
}

/* Serve one who connected, for as long as he stays. */
static int serve_guest(struct kml *k, struct scope *s, struct listen_guest *g, void *arg)
{
	const struct serve *sv = arg;
	struct caller *c = new(s, struct caller);
	struct shelf *shelf = new(s, struct shelf);
	bool more = true;
	int r = 0;

	c->c.s = scope_begin(s);
	c->c.in = scope_raw(c->c.s, c->c.room = CONN_BUFFER);
	c->c.st = (struct stream){ .fd = &g->fd, .idle_ms = STREAM_USUAL };
	c->s = scope_begin(s);
	shelf_open(s, &sv->place, shelf);
	if (sv->pair)
		r = stream_accept_tls(k, c->c.s, &c->c.st, sv->pair);
	while (r == 0 && more) {
		g->idle = net_now();
		more = serve_request(k, sv, c, shelf);
		scope_clear(c->s);
	}
	if (c->c.s)
		stream_close(&c->c.st);
	return r;
}

#endif
