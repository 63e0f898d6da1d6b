/* remote.c - a repository of a registry as a store.
 *
 *     manifests/TAG, manifests/DIGEST      documents
 *     blobs/DIGEST                         blobs: download.c, upload.c
 *     tags/list                            in pages
 *
 * Reading may have several places, mirrors first: they are asked in order, the
 * first that has a document is it, and the blobs come from there.  What a header
 * says of a digest is not believed where the bytes are there to be asked.
 */
#ifndef KML_REMOTE_C
#define KML_REMOTE_C

#include "../format/ref.c"
#include "../image/store.c"
#include "download.c"
#include "mirrors.c"
#include "referrers.c"
#include "registry.c"
#include "upload.c"

enum { REMOTE_PAGES = 1000, REMOTE_TAGS = 1000000, REMOTE_OPEN = 3 };

#define REMOTE_TYPES \
	DESCRIPTOR_OCI "index.v1+json, " DESCRIPTOR_OCI "manifest.v1+json, " \
	DESCRIPTOR_DOCKER "distribution.manifest.list.v2+json, " \
	DESCRIPTOR_DOCKER "distribution.manifest.v2+json"

/* How one host is reached, where that differs from all others. */
struct remote_host {
	struct str name;                /* with its port: "quay.io", "[::1]:5000" */
	const char *ca, *cert, *key;    /* as in struct trust_options; may be NULL */
	bool plain, insecure, unverified;       /* as in struct http_options */
	const struct str *mirrors;      /* "HOST[/PATH]" to read from first, for the name */
	size_t nmirrors;
};

struct remote_options {
	struct http_options http;
	const char *authfile;           /* may be NULL */
	bool no_mirrors;
	const struct remote_host *hosts;
	size_t nhosts;
};

struct remote {
	struct scope *s;
	struct registry *ways;          /* where it may be read; the last is the registry itself */
	size_t nways, at;               /* ways[at] had the last document */
	struct download open[REMOTE_OPEN];
	unsigned turn;
	struct url place;               /* for the blob `placed`, from an attempt to mount it */
	struct str placed;
};

static struct registry *remote_here(struct remote *rm) { return &rm->ways[rm->at]; }

static struct str remote_name(struct str name) { return name.n ? name : S("latest"); }

/* ---- documents ------------------------------------------------------------- */

static int remote_ask(struct kml *k, struct scope *s, struct registry *g, const char *method,
                      struct str name, struct http_answer *a)
{
	struct http_request rq = { .method = method };
	int r;

	rq.url = registry_url(s, g, "manifests/%.*s", FMT(remote_name(name)));
	rq.fields[0] = (struct httphead_field){ S("Accept"), S(REMOTE_TYPES) };
	r = registry_ask(k, s, g, &rq, a);
	registry_warn(k, g);
	return r < 0 || a->head.status == 200 ? r : registry_refused(k, s, a);
}

/* The same of the first place that has it; what fails last is said.  One that does not
 * answer is not asked again: there may be thousands of names. */
static int remote_ask_all(struct kml *k, struct scope *s, struct remote *rm, const char *method,
                          struct str name, struct http_answer *a)
{
	int r;

	for (size_t i = 0;; i++) {
		struct registry *g = &rm->ways[i];
		bool last = i + 1 >= rm->nways;

		if (g->silent && !last)
			continue;
		rm->at = i;
		r = remote_ask(k, s, g, method, name, a);
		if (r == 0 || last)
			return r;
		g->silent = r == KML_UNREACHABLE || r == KML_UNTRUSTED;
		note(k, KML_INFO, "%s; the next place is asked", k->msg);
	}
}

/* What the answer says that the document is; empty where it says nothing of use. */
static struct str remote_type(struct scope *s, const struct http_answer *a)
{
	struct str type = registry_type(s, a);

	if (str_eq(type, S("application/json")) || str_eq(type, S("text/plain")) ||
	    str_eq(type, S("application/octet-stream")))
		type.n = 0;
	return type;
}

static int remote_document(struct kml *k, struct scope *s, void *self, struct str name,
                           struct descriptor *d, struct str *bytes)
{
	struct remote *rm = self;
	struct http_answer a;
	struct str coding;
	int r = remote_ask_all(k, s, rm, "GET", name, &a);

	if (r < 0)
		return r;
	*d = (struct descriptor){ .type = remote_type(s, &a) };
	coding = httphead_get(&a.head, "Content-Encoding", 0);
	if (str_starts(d->type, S("text/")))
		r = fail(k, KML_BAD, "%s: the answer is %.*s, and no registry's", url_text(s, &a.url),
		         FMT(retry_clean(s, d->type)));
	else if (coding.n && !httphead_is(coding, S("identity")))
		r = fail(k, KML_BAD, "%s: the answer is encoded (%.*s), which nobody asked for",
		         url_text(s, &a.url), FMT(retry_clean(s, coding)));
	if (r < 0) {
		http_done(k, &a);
		return r;
	}
	if ((r = registry_text(k, s, &a, JSON_LIMIT, bytes)) < 0)
		return r;
	d->size = bytes->n;
	d->digest = digest_of(s, *bytes);
	return 0;
}

/* By HEAD, where the answer to that says enough. */
static int remote_resolve(struct kml *k, struct scope *s, void *self, struct str name,
                          struct descriptor *d)
{
	struct http_answer a;
	struct str bytes, digest;
	bool enough = false;
	int r = remote_ask_all(k, s, self, "HEAD", name, &a);

	if (r == 0) {
		*d = (struct descriptor){ .type = remote_type(s, &a) };
		digest = httphead_get(&a.head, "Docker-Content-Digest", 0);
		enough = descriptor_kind(d->type) != DESCRIPTOR_IS_OTHER &&
			str_uint(httphead_get(&a.head, "Content-Length", 0), &d->size) && digest.n &&
			digest_check(k, digest) == 0 &&
			(!str_starts(name, S("sha256:")) || str_eq(name, digest));
		d->digest = digest;
		http_done(k, &a);
	} else if (r != KML_FAIL) {
		return r;
	}
	return enough ? 0 : remote_document(k, s, self, name, d, &bytes);
}

static int remote_put(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                      struct str bytes, struct str tag)
{
	struct registry *g = remote_here(self);
	struct http_request rq = { .method = "PUT", .body = bytes, .has_body = true };
	yyjson_val *json, *subject;
	struct descriptor to;
	struct http_answer a;
	bool known;
	int r;

	rq.url = registry_url(s, g, "manifests/%.*s", FMT(tag.n ? tag : d->digest));
	rq.fields[0] = (struct httphead_field){ S("Content-Type"), d->type };
	r = registry_ask(k, s, g, &rq, &a);
	registry_warn(k, g);
	if (r < 0)
		return r;
	if (a.head.status < 200 || a.head.status > 299)
		return registry_refused(k, s, &a);
	known = httphead_get(&a.head, "OCI-Subject", 0).n > 0;
	http_done(k, &a);
	if (known || (r = json_read(k, s, bytes, &json)) < 0 ||
	    (r = json_object(k, json, "subject", &subject)) < 0 || !subject ||
	    (r = descriptor_read(k, s, subject, &to)) < 0)
		return r;
	return referrers_keep(k, s, g, to.digest, d, json);
}

static int remote_remove(struct kml *k, struct scope *s, void *self, struct str name)
{
	struct registry *g = remote_here(self);
	struct http_request rq = { .method = "DELETE" };
	struct http_answer a;
	int r, status;

	rq.url = registry_url(s, g, "manifests/%.*s", FMT(remote_name(name)));
	if ((r = registry_ask(k, s, g, &rq, &a)) < 0)
		return r;
	status = a.head.status;
	if (status >= 200 && status <= 299) {
		http_done(k, &a);
		return 0;
	}
	r = registry_refused(k, s, &a);
	if ((status == 400 || status == 405) && !str_starts(name, S("sha256:")))
		return fail_in(k, r, "this registry takes out no tag alone; by its digest (@sha256:...) "
		               "the image may go, with all its tags");
	return status == 405 ? fail_in(k, r, "this registry is set up to delete nothing") : r;
}

/* ---- blobs ----------------------------------------------------------------- */

static int remote_blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                       uint64_t from, struct reader *out)
{
	struct remote *rm = self;

	return download_open(k, s, remote_here(rm), d, from,
	                     &rm->open[rm->turn++ % REMOTE_OPEN], out);
}

static int remote_has(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                      bool *there)
{
	return upload_has(k, s, remote_here(self), d, there);
}

/* From another repository of the same registry.  One that does not do it may offer a
 * place to send the blob to instead. */
static int remote_mount(struct kml *k, struct scope *s, void *self, const struct store *from,
                        const struct descriptor *d, bool *done)
{
	struct remote *rm = self;
	const struct remote *other = from->self;
	struct registry *g = remote_here(rm);
	struct http_request rq = { .method = "POST", .has_body = true };
	struct http_answer a;
	int r;

	*done = false;
	if (from->kind->blob != remote_blob ||
	    !url_same_origin(&other->ways[other->at].base, &g->base))
		return 0;
	rq.url = registry_url(s, g, "blobs/uploads/?mount=sha256%%3A%.*s&from=%.*s",
	                      FMT(digest_hex(d->digest)), FMT(other->ways[other->at].repo));
	if ((r = registry_ask(k, s, g, &rq, &a)) < 0)
		return r == KML_FAIL ? 0 : r;
	*done = a.head.status == 201;
	if (a.head.status == 202 && upload_location(k, rm->s, g, &a, &rm->place) == 0)
		rm->placed = scope_str(rm->s, d->digest);
	http_done(k, &a);
	return 0;
}

static int remote_begin(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	struct remote *rm = self;
	bool placed = str_eq(rm->placed, b->d->digest);

	rm->placed = (struct str){ 0 };
	return upload_begin(k, s, remote_here(rm), placed ? &rm->place : NULL, b);
}

static int remote_write(struct kml *k, void *self, struct store_blob *b, struct str bytes)
{
	(void)self;
	return upload_write(k, b, bytes);
}

static int remote_again(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	(void)self;
	return upload_again(k, s, b);
}

static int remote_end(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	(void)self;
	return upload_end(k, s, b);
}

static void remote_drop(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	(void)s;
	(void)self;
	upload_drop(k, b);
}

/* ---- tags ------------------------------------------------------------------ */

static int remote_add_tags(struct kml *k, struct scope *s, struct str text, struct buf *all)
{
	yyjson_val *json, *tags, *v;
	size_t i, max;
	int r;

	if ((r = json_read(k, s, text, &json)) < 0 || (r = json_array(k, json, "tags", &tags)) < 0)
		return r;
	yyjson_arr_foreach(tags, i, max, v) {
		struct str tag = json_slice(v);

		if (!yyjson_is_str(v) || ref_check_tag(k, tag, false) < 0)
			return fail(k, KML_BAD, "the list of tags has what is no tag");
		buf_add(all, (struct str){ (const char *)&tag, sizeof tag });
	}
	return 0;
}

static int remote_tags_of(struct kml *k, struct scope *s, struct registry *g, struct buf *all)
{
	struct http_request rq = { .method = "GET", .url = registry_url(s, g, "tags/list") };
	struct http_answer a;
	struct str text;
	bool more = true;
	int r = 0;

	for (int page = 0; r == 0 && more; page++) {
		if (page >= REMOTE_PAGES || all->n / sizeof text > REMOTE_TAGS)
			return fail(k, KML_BAD, "the list of tags does not end");
		if ((r = registry_ask(k, s, g, &rq, &a)) < 0)
			return r;
		if (a.head.status != 200)
			return registry_refused(k, s, &a);
		more = referrers_next(k, s, &a, &rq.url);
		if ((r = registry_text(k, s, &a, JSON_LIMIT, &text)) == 0)
			r = remote_add_tags(k, s, text, all);
	}
	return r;
}

static int remote_tags(struct kml *k, struct scope *s, void *self, struct str **tags, size_t *n)
{
	struct remote *rm = self;
	struct buf all = { .s = s };
	int r = 0;

	for (size_t i = 0; i < rm->nways; i++) {
		all.n = 0;
		if ((r = remote_tags_of(k, s, &rm->ways[i], &all)) == 0)
			break;
	}
	*tags = (struct str *)(void *)all.p;
	*n = all.n / sizeof **tags;
	return r;
}

static int remote_referrers(struct kml *k, struct scope *s, void *self, struct str digest,
                            struct descriptor **out, size_t *n)
{
	return referrers_list(k, s, remote_here(self), digest, out, n);
}

/* ---- all of it ------------------------------------------------------------- */

static int remote_fork(struct kml *k, struct scope *s, void *self, void **out)
{
	const struct remote *from = self;
	struct remote *rm = new(s, struct remote);

	(void)k;
	rm->s = s;
	rm->nways = from->nways;
	rm->at = from->at;
	rm->ways = news(s, struct registry, rm->nways);
	for (size_t i = 0; i < rm->nways; i++)
		registry_fork(s, &from->ways[i], &rm->ways[i]);
	*out = rm;
	return 0;
}

static const struct store_kind remote_kind = {
	.resolve = remote_resolve, .document = remote_document, .blob = remote_blob,
	.tags = remote_tags, .referrers = remote_referrers, .has = remote_has,
	.mount = remote_mount, .begin = remote_begin, .write = remote_write,
	.again = remote_again, .end = remote_end, .drop = remote_drop, .put = remote_put,
	.remove = remote_remove, .fork = remote_fork,
};

static const struct remote_host *remote_host(const struct remote_options *o, struct str name)
{
	for (size_t i = 0; i < o->nhosts; i++)
		if (str_eq(o->hosts[i].name, name))
			return &o->hosts[i];
	return NULL;
}

/* Add a place to read from, or the registry itself.  One with settings of its own has
 * connections of its own; those of the command count over them. */
static int remote_add(struct kml *k, struct remote *rm, const struct remote_options *o,
                      struct http *http, struct auth *auth, const struct mirrors_way *way,
                      const char *actions)
{
	const struct remote_host *host = remote_host(o, way->host);
	struct http_options *own;

	if (host || (way->insecure && !http->o->insecure)) {
		own = new(rm->s, struct http_options);
		*own = *http->o;
		own->insecure = own->insecure || way->insecure || (host && host->insecure);
		own->plain = own->plain || (host && host->plain);
		own->trust.unverified = own->trust.unverified || own->insecure ||
		                        (host && host->unverified);
		if (host && !own->trust.ca)
			own->trust.ca = host->ca;
		if (host && !own->trust.cert_dir) {
			own->trust.cert = host->cert;
			own->trust.key = host->key;
		}
		http_new(rm->s, own, &http);
	}
	return registry_open(k, rm->s, http, auth, way->host, way->repo, actions,
	                     &rm->ways[rm->nways++]);
}

/* The mirrors that the settings have for the repository `path` of `host`. */
static int remote_add_mirrors(struct kml *k, struct remote *rm, const struct remote_options *o,
                              struct http *http, struct auth *auth,
                              const struct remote_host *host, struct str path)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < host->nmirrors; i++) {
		struct str all = str_of(scope_format(rm->s, "%.*s/%.*s", FMT(host->mirrors[i]),
		                                     FMT(path)));
		struct mirrors_way way = { str_take(&all, '/'), all, false };

		if ((r = ref_check_host(k, way.host)) == 0 &&
		    (r = ref_check_repository(k, way.repo, way.host)) == 0)
			r = remote_add(k, rm, o, http, auth, &way, "pull");
	}
	return r;
}

/* The repository of `ref`, to read from it or to write into it.  What *o points to has
 * to live as long as `s`. */
static int remote_open(struct kml *k, struct scope *s, const struct remote_options *o,
                       const struct ref *ref, bool write, struct store *out)
{
	struct remote *rm = new(s, struct remote);
	struct http_options *own = new(s, struct http_options);
	struct auth_options *login = new(s, struct auth_options);
	struct auth *auth = auth_new(s, login);
	const struct remote_host *host = remote_host(o, ref->host);
	bool direct = write || o->no_mirrors;
	struct mirrors m;
	struct http *http;
	int r;

	login->authfile = o->authfile;
	*own = o->http;
	own->trust.unverified = own->trust.unverified || own->insecure;
	http_new(s, own, &http);
	rm->s = s;
	*out = (struct store){ &remote_kind, rm, scope_format(s, "%.*s/%.*s", FMT(ref->host),
	                                                      FMT(ref->path)) };
	if ((r = mirrors_find(k, s, ref->host, ref->path, ref->digest.n > 0, direct, &m)) < 0)
		return r;
	rm->ways = news(s, struct registry, m.n + (host ? host->nmirrors : 0));
	if (!direct && host)
		r = remote_add_mirrors(k, rm, o, http, auth, host, ref->path);
	for (size_t i = 0; r == 0 && i < m.n; i++)
		r = remote_add(k, rm, o, http, auth, &m.ways[i], write ? "pull,push" : "pull");
	return r;
}

#endif
