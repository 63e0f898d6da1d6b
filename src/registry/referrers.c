/* referrers.c - what points at a document: signatures, lists of parts, scans.
 *
 * A document with a "subject" points at that.  A registry that knows of this lists
 * them itself, and says so (OCI-Subject) when it takes one:
 *
 *     GET /v2/REPOSITORY/referrers/sha256:HEX      an index, in pages
 *
 * For all others whoever writes keeps the same index under the tag sha256-HEX.
 * Nothing is left out by its artifactType: what writers say there differs.
 */
#ifndef KML_REFERRERS_C
#define KML_REFERRERS_C

#include "../format/descriptor.c"
#include "../format/manifest.c"
#include "registry.c"

enum { REFERRERS_PAGES = 100, REFERRERS_MOST = 10000 };

static struct str referrers_tag(struct scope *s, struct str digest)
{
	return str_of(scope_format(s, "sha256-%.*s", FMT(digest_hex(digest))));
}

/* Where the next page of a list is; false: this was the last. */
static bool referrers_next(struct kml *k, struct scope *s, const struct http_answer *a,
                           struct url *next)
{
	struct str link;

	for (size_t i = 0; (link = httphead_get(&a->head, "Link", i)).p; i++) {
		struct str text = str_trim(link), target;

		if (!str_starts(text, S("<")))
			continue;
		text = str_from(text, 1);
		target = str_take(&text, '>');
		if (strcasestr(scope_text(s, text), "next") &&
		    url_resolve(k, s, &a->url, target, next) == 0 &&
		    url_same_origin(next, &a->url))
			return true;
	}
	return false;
}

/* Add the entries of an index to `all`. */
static int referrers_add(struct kml *k, struct scope *s, struct str text, struct buf *all)
{
	struct descriptor *d;
	yyjson_val *json;
	size_t n;
	int r;

	if ((r = json_read(k, s, text, &json)) < 0 ||
	    (r = descriptor_read_all(k, s, json, "manifests", &d, &n)) < 0)
		return r;
	if (all->n / sizeof *d + n > REFERRERS_MOST)
		return fail(k, KML_BAD, "more than %d referrers", REFERRERS_MOST);
	buf_add(all, (struct str){ (const char *)d, n * sizeof *d });
	return 0;
}

/* All pages from rq->url on; KML_NOTFOUND: there is none. */
static int referrers_read(struct kml *k, struct scope *s, struct registry *g,
                          struct http_request *rq, struct buf *all)
{
	struct http_answer a;
	struct str text;
	bool more = true;
	int r = 0;

	for (int page = 0; r == 0 && more && page < REFERRERS_PAGES; page++) {
		if ((r = registry_ask(k, s, g, rq, &a)) < 0)
			return r;
		if (a.head.status != 200)
			return registry_refused(k, s, &a);
		more = referrers_next(k, s, &a, &rq->url);
		if ((r = registry_text(k, s, &a, JSON_LIMIT, &text)) == 0)
			r = referrers_add(k, s, text, all);
	}
	return r;
}

/* The index under the fallback tag; none is as good as an empty one. */
static int referrers_fallback(struct kml *k, struct scope *s, struct registry *g,
                              struct str digest, struct buf *all)
{
	struct http_request rq = { .method = "GET" };
	int r;

	rq.url = registry_url(s, g, "manifests/%.*s", FMT(referrers_tag(s, digest)));
	rq.fields[0] = (struct httphead_field){ S("Accept"), DESCRIPTOR_INDEX };
	r = referrers_read(k, s, g, &rq, all);
	return r == KML_NOTFOUND ? 0 : r;
}

static int referrers_list(struct kml *k, struct scope *s, struct registry *g, struct str digest,
                          struct descriptor **out, size_t *n)
{
	struct http_request rq = { .method = "GET" };
	struct buf all = { .s = s };
	int r;

	rq.url = registry_url(s, g, "referrers/%.*s", FMT(digest));
	r = referrers_read(k, s, g, &rq, &all);
	if (r == KML_NOTFOUND || r == KML_FAIL)
		r = referrers_fallback(k, s, g, digest, &all);
	*out = (struct descriptor *)(void *)all.p;
	*n = all.n / sizeof **out;
	return r;
}

/* What kind of thing the document is; NULL: it does not say. */
static yyjson_val *referrers_type(yyjson_val *json)
{
	yyjson_val *type = json_get(json, "artifactType"), *config = json_get(json, "config");

	if (!type && config)
		type = json_get(config, "mediaType");
	return type && yyjson_is_str(type) ? type : NULL;
}

/* The entry for the document of `d`, whose JSON is `json`. */
static void referrers_entry(struct buf *b, const struct descriptor *d, yyjson_val *json)
{
	yyjson_val *type = referrers_type(json), *notes = json_get(json, "annotations");

	emit_open(b, '{');
	emit_pair(b, "mediaType", d->type);
	emit_pair(b, "digest", d->digest);
	emit_key(b, S("size"));
	emit_uint(b, d->size);
	if (type)
		emit_pair(b, "artifactType", json_slice(type));
	if (notes && json_is_map(notes)) {
		emit_key(b, S("annotations"));
		json_copy(b, notes);
	}
	emit_close(b, '}');
}

/* Keep the document of `d` as a referrer of `subject` where the registry does not. */
static int referrers_keep(struct kml *k, struct scope *s, struct registry *g, struct str subject,
                          const struct descriptor *d, yyjson_val *json)
{
	struct http_request rq = { .method = "PUT", .has_body = true };
	struct buf all = { .s = s }, b = { .s = s };
	struct descriptor *have;
	struct http_answer a;
	int r = referrers_fallback(k, s, g, subject, &all);
	size_t n = all.n / sizeof *have;

	if (r < 0)
		return r;
	have = (struct descriptor *)(void *)all.p;
	for (size_t i = 0; i < n; i++)
		if (str_eq(have[i].digest, d->digest))
			return 0;
	manifest_write_head(&b, DESCRIPTOR_INDEX);
	emit_key(&b, S("manifests"));
	emit_open(&b, '[');
	for (size_t i = 0; i < n; i++)
		descriptor_write(&b, &have[i]);
	referrers_entry(&b, d, json);
	emit_close(&b, ']');
	emit_close(&b, '}');
	rq.url = registry_url(s, g, "manifests/%.*s", FMT(referrers_tag(s, subject)));
	rq.fields[0] = (struct httphead_field){ S("Content-Type"), DESCRIPTOR_INDEX };
	rq.body = buf_str(&b);
	if ((r = registry_ask(k, s, g, &rq, &a)) < 0)
		return r;
	if (a.head.status < 200 || a.head.status > 299)
		return registry_refused(k, s, &a);
	http_done(k, &a);
	return 0;
}

#endif
