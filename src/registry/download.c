/* download.c - a blob on its way from a registry.
 *
 * A blob may be asked for from its middle, after an earlier answer broke there.
 * Servers answer that in four ways: with the rest (206, and Content-Range says
 * that it is the rest), with all of it (200: what is known is skipped), with
 * another part, or not at all (416); in the last two it is asked for as a whole.
 * What came is no business of this part but for its length: whoever reads has
 * the digest.
 *
 * A layer that must not be distributed says in "urls" where else it is.  These
 * are asked without credentials, and only when the registry does not have it.
 */
#ifndef KML_DOWNLOAD_C
#define KML_DOWNLOAD_C

#include "../format/base64.c"
#include "../format/descriptor.c"
#include "registry.c"

struct download {
	struct http_answer a;
	struct str data;                /* or else it is all here */
	uint64_t left;                  /* bytes that are still to be given */
	bool open;
};

static void download_close(struct kml *k, struct download *w)
{
	if (w->open)
		http_done(k, &w->a);
	w->open = false;
}

static int download_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct download *w = arg;
	int r = 0;

	*got = 0;
	n = n < w->left ? n : (size_t)w->left;
	if (!n)
		return 0;
	if (w->data.n) {
		memcpy(p, w->data.p, *got = n);
		w->data = str_from(w->data, n);
	} else if (!w->open) {
		return fail(k, KML_UNREACHABLE, "the connection went to another blob");
	} else if ((r = w->a.reader.read(k, w->a.reader.arg, p, n, got)) == 0 && !*got) {
		r = fail(k, KML_UNREACHABLE, "the body ended %llu bytes too early",
		         (unsigned long long)w->left);
	}
	w->left -= *got;
	if (r < 0 || !w->left)
		download_close(k, w);
	return r;
}

/* "bytes 100-199/200": whether this is what follows `from` of `size` bytes. */
static bool download_follows(const struct http_answer *a, uint64_t from, uint64_t size)
{
	struct str range = httphead_get(&a->head, "Content-Range", 0), first, last;
	uint64_t n;

	if (range.n < 6 || strncasecmp(range.p, "bytes ", 6) != 0)
		return false;
	range = str_trim(str_from(range, 6));
	first = str_take(&range, '-');
	last = str_take(&range, '/');
	return str_uint(first, &n) && n == from && str_uint(last, &n) && n == size - 1 &&
		(!str_uint(range, &n) || n == size);
}

/* Pass over what is known already. */
static int download_skip(struct kml *k, struct download *w, uint64_t n)
{
	char some[8192];
	size_t got;
	int r;

	for (; n; n -= got) {
		size_t want = n < sizeof some ? (size_t)n : sizeof some;

		if ((r = w->a.reader.read(k, w->a.reader.arg, some, want, &got)) < 0)
			return r;
		if (!got)
			return fail(k, KML_UNREACHABLE, "the body ended before where it broke last time");
	}
	return 0;
}

/* Look at the answer.  1: it is of no use, ask for the whole. */
static int download_begin(struct kml *k, struct scope *s, struct download *w,
                          const struct descriptor *d, uint64_t from, bool whole)
{
	int status = w->a.head.status;

	if (status == 206 && download_follows(&w->a, from, d->size))
		return 0;
	if (status == 200 && w->a.body.kind == HTTPHEAD_LENGTH && w->a.body.length != d->size)
		return fail(k, KML_BAD, "has %llu bytes, its descriptor says %llu",
		            (unsigned long long)w->a.body.length, (unsigned long long)d->size);
	if (status == 200)
		return download_skip(k, w, from);
	if ((status == 206 || status == 416) && !whole)
		return 1;
	if (status == 206)
		return fail(k, KML_BAD, "the answer is a part that nobody asked for");
	return registry_refused(k, s, &w->a);
}

/* Ask `u` for the blob; `g` may be NULL: without credentials. */
static int download_ask(struct kml *k, struct scope *s, struct registry *g, struct http *http,
                        const struct url *u, const struct descriptor *d, uint64_t from,
                        struct download *w)
{
	struct http_request rq = { .method = "GET", .url = *u };
	int r = 1;

	for (bool whole = !from; r == 1; whole = true) {
		rq.fields[0] = (struct httphead_field){ 0 };
		if (!whole)
			rq.fields[0] = (struct httphead_field){ S("Range"),
				str_of(scope_format(s, "bytes=%llu-", (unsigned long long)from)) };
		r = g ? registry_ask(k, s, g, &rq, &w->a) : retry_do(k, s, http, &rq, &w->a);
		if (r < 0)
			return r;
		w->open = true;
		w->left = d->size - from;
		r = download_begin(k, s, w, d, from, whole);
		if (r != 0)
			download_close(k, w);
	}
	return r;
}

/* Whether "data" of the descriptor is the blob. */
static bool download_data(struct kml *k, struct scope *s, const struct descriptor *d,
                          struct str *out)
{
	struct str text;

	return d->json && json_text(k, d->json, "data", &text) == 0 && text.n &&
		base64_decode(k, s, text, out) == 0 && out->n == d->size &&
		str_eq(digest_of(s, *out), d->digest);
}

static bool download_is_foreign(struct str type)
{
	return str_starts(type, S(DESCRIPTOR_OCI "layer.nondistributable.")) ||
		str_starts(type, S(DESCRIPTOR_DOCKER "image.rootfs.foreign."));
}

/* Where else a layer is; `r` is what the registry said. */
static int download_elsewhere(struct kml *k, struct scope *s, struct registry *g,
                              const struct descriptor *d, uint64_t from, struct download *w,
                              int r)
{
	yyjson_val *urls, *v;
	size_t i, max;
	struct url u;

	if (json_array(k, d->json, "urls", &urls) < 0)
		return KML_BAD;
	yyjson_arr_foreach(urls, i, max, v) {
		if (i >= 8)
			break;
		if (!yyjson_is_str(v))
			return fail(k, KML_BAD, "\"urls\" of a descriptor holds what is no text");
		if ((r = url_parse(k, json_slice(v), &u)) < 0)
			continue;
		if (g->base.tls && !u.tls)
			r = fail(k, KML_FAIL, "%s is not https, and the registry is", url_text(s, &u));
		else if ((r = download_ask(k, s, NULL, g->http, &u, d, from, w)) == 0)
			return 0;
	}
	return r;
}

/* Open the blob of `d` at `from`. */
static int download_open(struct kml *k, struct scope *s, struct registry *g,
                         const struct descriptor *d, uint64_t from, struct download *w,
                         struct reader *out)
{
	struct url u = registry_url(s, g, "blobs/%.*s", FMT(d->digest));
	int r;

	download_close(k, w);
	*w = (struct download){ .left = d->size - from };
	*out = (struct reader){ download_read, w };
	if (from >= d->size || download_data(k, s, d, &w->data)) {
		w->data = str_from(w->data, (size_t)from);
		return 0;
	}
	r = download_ask(k, s, g, g->http, &u, d, from, w);
	if (r == KML_NOTFOUND && d->json && download_is_foreign(d->type))
		r = download_elsewhere(k, s, g, d, from, w, r);
	return r;
}

#endif
