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
#include "../image/names.c"
#include "caller.c"
#include "intake.c"
#include "referrers.c"
#include "shelf.c"
#include "stock.c"
#include "stream_accept.c"

struct serve {
	struct shelf_place place;
	const struct trust_pair *pair;  /* NULL: without TLS */
	struct kml *k;                  /* whose log it is */
	bool verbose;
	struct intake_known *known;     /* with place.push */
};

enum { SERVE_MANIFEST = 4 << 20, SERVE_PATIENCE = 40, SERVE_PAUSE = 50 };       /* ms */

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
	say(k, one->sv->place.push || one->get ? "this cannot be done here" :
	    "this registry only gives (kml serve was not told to --push)");
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

/* Read the manifest that was sent into *d, *m and *bytes; 1: it was refused. */
static int serve_sent(struct kml *k, struct serve_one *one, struct descriptor *d,
                      struct manifest *m, struct str *bytes)
{
	struct str type = httphead_get(&one->c->head, "Content-Type", 0), name = one->to.last;
	bool digest = str_find(name, ':') < name.n;
	struct descriptor subject;
	yyjson_val *json;
	int r = caller_whole(k, one->c, SERVE_MANIFEST, bytes);

	if (r < 0)
		return r == KML_USAGE ? caller_refuse(k, one->c, 413, "MANIFEST_INVALID"), 1 : r;
	*d = (struct descriptor){ .digest = digest_of(one->s, *bytes), .size = bytes->n };
	if (digest && digest_check(k, name) == 0 && !str_eq(name, d->digest))
		say(k, "the manifest does not have this digest but %.*s", FMT(d->digest));
	if (digest && !str_eq(name, d->digest))
		return caller_refuse(k, one->c, 400, "DIGEST_INVALID"), 1;
	if ((!digest && ref_check_tag(k, name, false) < 0) ||
	    manifest_read(k, one->s, *bytes, str_trim(str_take(&type, ';')), m) < 0 ||
	    json_object(k, m->json, "subject", &json) < 0 ||
	    (json && descriptor_read(k, one->s, json, &subject) < 0))
		return caller_refuse(k, one->c, 400, "MANIFEST_INVALID"), 1;
	d->type = m->type;
	if (json)
		CALLER_FIELD(one->c, "OCI-Subject: %.*s", FMT(subject.digest));
	return 0;
}

static int serve_put(struct kml *k, struct serve_one *one)
{
	struct str name = one->to.last, bytes;
	struct descriptor d;
	struct manifest m;
	int r = serve_sent(k, one, &d, &m, &bytes);

	if (r != 0)
		return r < 0 ? r : 0;
	r = stock_put(k, one->s, one->shelf, one->to.name, str_find(name, ':') < name.n ? S("") : name,
	              &d, bytes, &m);
	if (r < 0)
		return r == KML_NOTFOUND ? caller_refuse(k, one->c, 400, "MANIFEST_BLOB_UNKNOWN") : r;
	CALLER_FIELD(one->c, "Location: /v2/%.*s/manifests/%.*s", FMT(one->to.name), FMT(d.digest));
	CALLER_FIELD(one->c, "Docker-Content-Digest: %.*s", FMT(d.digest));
	return caller_say(k, one->c, 201, S(""));
}

/* Of the repository `repo`, or, if that is empty, the blob. */
static int serve_delete(struct kml *k, struct serve_one *one, struct str repo, const char *code)
{
	int r = repo.n ? 0 : digest_check(k, one->to.last);

	if (r == 0)
		r = stock_remove(k, one->s, one->shelf, repo, one->to.last);
	if (r == KML_BUSY || r == KML_BAD)
		return caller_refuse(k, one->c, r == KML_BUSY ? 405 : 400, r == KML_BUSY ? "DENIED" :
		                     "DIGEST_INVALID");
	return r < 0 ? serve_unknown(k, one, r, code) : caller_say(k, one->c, 202, S(""));
}

static int serve_manifests(struct kml *k, struct serve_one *one)
{
	if (one->get)
		return serve_manifest(k, one);
	if (one->sv->place.push && caller_is(one->c, S("PUT")))
		return serve_put(k, one);
	if (one->sv->place.push && caller_is(one->c, S("DELETE")))
		return serve_delete(k, one, one->to.name, "MANIFEST_UNKNOWN");
	return serve_not_here(k, one);
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
	if (one->get)
		return serve_blob(k, one);
	if (one->sv->place.push && caller_is(one->c, S("DELETE")))
		return serve_delete(k, one, S(""), "BLOB_UNKNOWN");
	return serve_not_here(k, one);
}

/* ---- uploads --------------------------------------------------------------- */

/* Have the upload `id`, which a request that broke may not have let go of yet. */
static int serve_open(struct kml *k, struct serve_one *one, struct str id, bool fresh,
                      struct intake *in)
{
	for (int i = 0;; i++) {
		struct scope *t = scope_begin(one->s);
		int r = intake_open(k, t, one->sv->place.path, id, fresh, one->sv->known, in);

		if (r != KML_BUSY || i == SERVE_PATIENCE)
			return r;
		scope_end(t);
		net_pause(SERVE_PAUSE);
	}
}

/* Say where the upload is, and how much of it is there; let it go. */
static int serve_so_far(struct kml *k, struct serve_one *one, int status, struct intake *in)
{
	intake_close(in);
	CALLER_FIELD(one->c, "Location: /v2/%.*s/blobs/uploads/%.*s", FMT(one->to.name), FMT(in->id));
	CALLER_FIELD(one->c, "Docker-Upload-UUID: %.*s", FMT(in->id));
	CALLER_FIELD(one->c, "Range: 0-%llu", (unsigned long long)(in->f.size ? in->f.size - 1 : 0));
	return status < 400 ? caller_say(k, one->c, status, S("")) :
		caller_refuse(k, one->c, status, "BLOB_UPLOAD_INVALID");
}

static int serve_created(struct kml *k, struct serve_one *one, struct str digest)
{
	CALLER_FIELD(one->c, "Location: /v2/%.*s/blobs/%.*s", FMT(one->to.name), FMT(digest));
	CALLER_FIELD(one->c, "Docker-Content-Digest: %.*s", FMT(digest));
	return caller_say(k, one->c, 201, S(""));
}

/* Do the bytes to come belong where the last ended?  "FIRST-LAST" */
static bool serve_in_order(const struct serve_one *one, const struct intake *in)
{
	struct str range = httphead_get(&one->c->head, "Content-Range", 0);
	uint64_t first, last;

	if (!range.p)
		return true;
	return str_uint(str_take(&range, '-'), &first) && str_uint(range, &last) && first == in->f.size &&
		last >= first && (one->c->in.body.kind != HTTPHEAD_LENGTH ||
		                  last - first == one->c->in.body.length - 1);
}

/* Take the body into the upload; with a `digest` that is the end of it. */
static int serve_take(struct kml *k, struct serve_one *one, struct intake *in, struct str digest)
{
	const char *dir = one->sv->place.path;
	int r;

	if (digest.p && digest_check(k, digest) < 0)
		return intake_close(in), caller_refuse(k, one->c, 400, "DIGEST_INVALID");
	if (!serve_in_order(one, in)) {
		say(k, "the next byte is number %llu", (unsigned long long)in->f.size);
		return serve_so_far(k, one, 416, in);
	}
	if ((r = intake_take(k, one->c, in)) == 0 && !digest.p)
		return serve_so_far(k, one, 202, in);
	if (r == 0)
		r = intake_end(k, in, digest);
	if (r < 0 && r != KML_UNREACHABLE && one->c->c.s)
		intake_drop(k, in, dir);
	intake_close(in);
	if (r == 0)
		return serve_created(k, one, digest);
	if (r == KML_UNREACHABLE || !one->c->c.s)
		return r;
	return r == KML_BAD ? caller_refuse(k, one->c, 400, "DIGEST_INVALID") :
		caller_refuse(k, one->c, 500, "UNKNOWN");
}

static int serve_begin(struct kml *k, struct serve_one *one)
{
	struct str mount = route_ask(one->s, &one->to, "mount"), id;
	struct str digest = route_ask(one->s, &one->to, "digest");
	struct intake in;
	struct place at;
	int r;

	if (mount.n && digest_check(k, mount) == 0 &&
	    shelf_blob(k, one->s, one->shelf, mount, &at) == 0)
		return serve_created(k, one, mount);
	intake_clean(k, one->s, one->sv->place.path, INTAKE_STALE);
	if ((r = intake_id(k, one->s, &id)) < 0 ||
	    (r = serve_open(k, one, id, true, &in)) < 0)
		return r;
	return digest.p ? serve_take(k, one, &in, digest) : serve_so_far(k, one, 202, &in);
}

static int serve_upload(struct kml *k, struct serve_one *one)
{
	struct str digest = route_ask(one->s, &one->to, "digest");
	bool put = caller_is(one->c, S("PUT"));
	struct intake in;
	int r;

	if (caller_is(one->c, S("POST")) && !one->to.last.n)
		return serve_begin(k, one);
	if (!put && !one->get && !caller_is(one->c, S("PATCH")) && !caller_is(one->c, S("DELETE")))
		return serve_not_here(k, one);
	r = serve_open(k, one, one->to.last, false, &in);
	if (r == KML_BUSY)
		return caller_refuse(k, one->c, 503, "BLOB_UPLOAD_INVALID");
	if (r < 0)
		return serve_unknown(k, one, r, "BLOB_UPLOAD_UNKNOWN");
	if (one->get) {
		intake_keep(&in);
		return serve_so_far(k, one, 204, &in);
	}
	if (!caller_is(one->c, S("DELETE")))
		return serve_take(k, one, &in, put ? digest.p ? digest : S("") : digest);
	intake_drop(k, &in, one->sv->place.path);
	intake_close(&in);
	return caller_say(k, one->c, 204, S(""));
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

/* Whether what is filtered for, if anything, is this. */
static bool serve_wanted(struct str filter, yyjson_val *json)
{
	yyjson_val *type = referrers_type(json);

	return !filter.p || (type && str_eq(json_slice(type), filter));
}

/* Add the entry for `d`, unless it is there. */
static void serve_add(struct buf *b, struct names *seen, const struct descriptor *d,
                      yyjson_val *json)
{
	struct name *known = names_make(seen, d->digest);

	if (known->came)
		return;
	known->came = 1;
	if (json)
		referrers_entry(b, d, json);
	else
		descriptor_write(b, d);
}

/* Those who say so themselves, and those in the list that clients keep. */
static int serve_referring(struct kml *k, struct serve_one *one, struct str filter, struct buf *b)
{
	struct scope *t = scope_begin(one->s);
	struct names seen = { .s = one->s };
	struct str text, digest;
	struct shelf_entry *v;
	struct descriptor d;
	struct manifest m;
	size_t n;
	yyjson_val *json, *subject;
	int r = shelf_list(k, one->s, one->shelf, &v, &n);

	for (size_t i = 0; r == 0 && i < n; i++, scope_clear(t))
		if ((shelf_in(&v[i], one->to.name) || !v[i].repo.n) &&
		    shelf_text(k, t, one->shelf, v[i].d, &text) == 0 &&
		    json_read(k, t, text, &json) == 0 && json_object(k, json, "subject", &subject) == 0 &&
		    subject && json_text(k, subject, "digest", &digest) == 0 &&
		    str_eq(digest, one->to.last) && serve_wanted(filter, json))
			serve_add(b, &seen, v[i].d, json);
	if (r == 0 &&
	    shelf_find(k, t, one->shelf, one->to.name, referrers_tag(t, one->to.last), &d) == 0 &&
	    shelf_text(k, t, one->shelf, &d, &text) == 0 && manifest_read(k, t, text, d.type, &m) == 0)
		for (size_t i = 0; i < m.nmanifests; i++)
			if (serve_wanted(filter, m.manifests[i].json))
				serve_add(b, &seen, &m.manifests[i], NULL);
	return r;
}

static int serve_referrers(struct kml *k, struct serve_one *one)
{
	struct str filter = route_ask(one->s, &one->to, "artifactType");
	struct buf b = { .s = one->s };
	int r = digest_check(k, one->to.last);

	if (r < 0)
		return caller_refuse(k, one->c, 400, "DIGEST_INVALID");
	manifest_write_head(&b, DESCRIPTOR_INDEX);
	emit_key(&b, S("manifests"));
	emit_open(&b, '[');
	if ((r = serve_referring(k, one, filter, &b)) < 0)
		return r;
	buf_add(&b, S("]}"));
	CALLER_FIELD(one->c, "Content-Type: " DESCRIPTOR_OCI "index.v1+json");
	if (filter.p)
		CALLER_FIELD(one->c, "OCI-Filters-Applied: artifactType");
	return caller_say(k, one->c, 200, buf_str(&b));
}

/* ---- requests -------------------------------------------------------------- */

static int serve_route(struct kml *k, struct serve_one *one)
{
	int r = shelf_look(k, one->s, one->shelf);

	if (r < 0)
		return r;
	switch (one->to.kind) {
	case ROUTE_MANIFEST:
		return serve_manifests(k, one);
	case ROUTE_BLOB:
		return serve_blobs(k, one);
	case ROUTE_UPLOAD:
		return one->sv->place.push ? serve_upload(k, one) : serve_not_here(k, one);
	case ROUTE_REFERRERS:
		return one->get ? serve_referrers(k, one) : serve_not_here(k, one);
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

/* One line for a request, if that is wanted or something went wrong here. */
static void serve_log(const struct kml *k, struct serve_one *one, int r)
{
	const struct serve *sv = one->sv;
	const struct caller *c = one->c;
	struct kml out = { .log = sv->k->log, .log_arg = sv->k->log_arg };
	const char *what = scope_format(one->s, "%.*s %.*s", FMT(c->head.method), FMT(c->head.target));
	bool fault = c->status >= 500 || (r < 0 && r != KML_UNREACHABLE && r != KML_BAD);

	if (fault || sv->verbose)
		note(&out, fault ? KML_WARNING : KML_INFO, "%.*s: %d%s%s",
		     FMT(httphead_clean(one->s, str_of(what))), c->status, r < 0 || fault ? ": " : "",
		     r < 0 || fault ? k->msg : "");
}

/* Hear one request and answer it.  Whether there may be another. */
static bool serve_request(struct kml *k, const struct serve *sv, struct listen_guest *g,
                          struct caller *c, struct shelf *shelf)
{
	struct serve_one one = { .sv = sv, .s = c->s, .c = c, .shelf = shelf };
	char why[sizeof k->msg];
	int r;

	g->idle = net_now();
	r = caller_next(k, c);
	g->idle = 0;
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
	g->idle = net_now();
	if (sv->pair)
		r = stream_accept_tls(k, c->c.s, &c->c.st, sv->pair);
	while (r == 0 && more) {
		more = serve_request(k, sv, g, c, shelf);
		scope_clear(c->s);
	}
	if (c->c.s)
		stream_close(&c->c.st);
	return r;
}

#endif
