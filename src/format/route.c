/* route.c - what a request to a registry is about (distribution-spec 1.1).
 *
 *     /v2/
 *     /v2/NAME/manifests/TAG or DIGEST
 *     /v2/NAME/blobs/DIGEST
 *     /v2/NAME/blobs/uploads/[ID]
 *     /v2/NAME/tags/list
 *     /v2/NAME/referrers/DIGEST
 *
 * A name may have a component "blobs": it is what is left when the end was read.
 * It is checked here; what stands behind it is for whoever knows what it must be.
 */
#ifndef KML_ROUTE_C
#define KML_ROUTE_C

#include "../ground/base.c"
#include "ref.c"

enum route_kind {
	ROUTE_NONE, ROUTE_BASE, ROUTE_MANIFEST, ROUTE_BLOB, ROUTE_UPLOAD, ROUTE_TAGS, ROUTE_REFERRERS,
};

struct route { enum route_kind kind; struct str name, last, query; };

/* %3A is ":"; what is no such thing stays. */
static struct str route_decode(struct scope *s, struct str text)
{
	char *p = scope_text(s, text);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++, n++) {
		char hex[3] = { text.n - i > 2 ? text.p[i + 1] : '\0', text.n - i > 2 ? text.p[i + 2] : '\0' };

		p[n] = text.p[i];
		if (text.p[i] == '%' && strspn(hex, "0123456789abcdefABCDEF") == 2) {
			p[n] = (char)strtol(hex, NULL, 16);
			i += 2;
		}
	}
	return (struct str){ p, n };
}

/* Take what follows the last '/' off the end of *path. */
static struct str route_last(struct str *path)
{
	struct str last = str_base(*path);

	path->n -= last.n + (last.n < path->n);
	return last;
}

/* Read the target of a request; ROUTE_NONE is none that there is. */
static void route_read(struct kml *k, struct scope *s, struct str target, struct route *out)
{
	static const struct { const char *word; enum route_kind kind; } known[] = {
		{ "manifests", ROUTE_MANIFEST }, { "blobs", ROUTE_BLOB }, { "uploads", ROUTE_UPLOAD },
		{ "tags", ROUTE_TAGS }, { "referrers", ROUTE_REFERRERS },
	};
	struct str path, word;

	*out = (struct route){ 0 };
	if (str_starts(target, S("http://")) || str_starts(target, S("https://"))) {
		for (int i = 0; i < 3; i++)
			str_take(&target, '/');
		target = (struct str){ target.p - 1, target.n + 1 };
	}
	path = str_take(&target, '?');
	out->query = target;
	path = route_decode(s, path);
	if (str_eq(path, S("/v2/")) || str_eq(path, S("/v2")))
		out->kind = ROUTE_BASE;
	if (!str_starts(path, S("/v2/")))
		return;
	path = str_from(path, 4);
	out->last = route_last(&path);
	word = route_last(&path);
	for (size_t i = 0; i < countof(known); i++)
		if (str_eq(word, str_of(known[i].word)))
			out->kind = known[i].kind;
	if ((out->kind == ROUTE_UPLOAD && !str_eq(route_last(&path), S("blobs"))) ||
	    (out->kind == ROUTE_TAGS && !str_eq(out->last, S("list"))) ||
	    (out->kind != ROUTE_BASE && ref_check_repository(k, path, S("")) < 0))
		out->kind = ROUTE_NONE;
	out->name = path;
}

/* What the query says of `key`; a NULL pointer: nothing. */
static struct str route_ask(struct scope *s, const struct route *r, const char *key)
{
	struct str rest = r->query;

	while (rest.n) {
		struct str value = str_take(&rest, '&');

		if (str_eq(str_take(&value, '='), str_of(key)))
			return route_decode(s, value);
	}
	return (struct str){ 0 };
}

#endif
