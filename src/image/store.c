/* store.c - where images are kept, as one thing: a layout, an archive, a registry.
 *
 * A store holds blobs, each under its digest, and documents (manifests and
 * indexes), under their digest and under tags.  A kind of store is a table of
 * functions; what is the same for all kinds is written once, here and in what
 * stands on it.  What a store gives is as hostile as what it is on: a document
 * is checked here, a blob by whoever reads it to its end.
 *
 * A store is used by one thread; store_fork() makes its like for another, in that one.  A kind's
 * sentences say where it went wrong: nobody above puts the store's name before them.
 */
#ifndef KML_STORE_C
#define KML_STORE_C

#include "../format/descriptor.c"
#include "../format/digest.c"
#include "../format/json.c"
#include "../format/manifest.c"
#include "../ground/base.c"
#include "../ground/source.c"

struct store {
	const struct store_kind *kind;
	void *self;                     /* the kind's own */
	const char *name;               /* for messages: "oci:DIR", "quay.io/org/app" */
};

/* A blob on its way into a store. */
struct store_blob {
	const struct descriptor *d;
	uint64_t at;                    /* bytes [0, at) are there: go on from here */
	struct digest digest;           /* of them, where at > 0 at the beginning */
	bool there;                     /* another brought it meanwhile: nothing is to be done */
	void *self;                     /* the kind's own */
};

/* What a kind of store can do.  NULL: it cannot. */
struct store_kind {
	/* ---- reading */

	/* What `name` names, a tag or a digest (empty: the only image there is): its
	 * type, digest and size, without its bytes where that is cheaper. */
	int (*resolve)(struct kml *k, struct scope *s, void *self, struct str name,
	               struct descriptor *d);
	/* The document that `name` names; d as for resolve().  At most JSON_LIMIT bytes.
	 * d->digest is that of these bytes; where the store says which one a tag has, they
	 * have that one.  Whether it is what was asked for is for store_document() to say. */
	int (*document)(struct kml *k, struct scope *s, void *self, struct str name,
	                struct descriptor *d, struct str *bytes);
	/* The blob of `d` from offset `from` on.  Nothing is checked but that no more
	 * than d->size bytes come.  A read that fails with KML_UNREACHABLE broke on the
	 * way: opened again where it broke, the blob may go on. */
	int (*blob)(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
	            uint64_t from, struct reader *out);
	/* The store that has the blob, where this one only passes it on; else NULL. */
	const struct store *(*origin)(void *self, const struct descriptor *d);
	/* All tags, sorted by the store as it likes. */
	int (*tags)(struct kml *k, struct scope *s, void *self, struct str **tags, size_t *n);
	/* The documents whose "subject" is `digest`, as the entries of an index. */
	int (*referrers)(struct kml *k, struct scope *s, void *self, struct str digest,
	                 struct descriptor **out, size_t *n);

	/* ---- writing */

	/* These blobs will come, in whatever order: called once, before forks write. */
	int (*expect)(struct kml *k, struct scope *s, void *self, const struct descriptor *all,
	              size_t n);
	int (*has)(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
	           bool *there);
	/* Take the blob from another store without its bytes passing through here. */
	int (*mount)(struct kml *k, struct scope *s, void *self, const struct store *from,
	             const struct descriptor *d, bool *done);
	/* Begin a blob, or go on with one that an earlier run left unfinished: then
	 * b->at and b->digest say how far it came.  b->d is set. */
	int (*begin)(struct kml *k, struct scope *s, void *self, struct store_blob *b);
	int (*write)(struct kml *k, void *self, struct store_blob *b, struct str bytes);
	/* After a failed write() or end(): 0 when it can go on from b->at, which may be
	 * lower than before; else the failure that stands.  NULL: never. */
	int (*again)(struct kml *k, struct scope *s, void *self, struct store_blob *b);
	/* All of it was written and has its digest: keep it. */
	int (*end)(struct kml *k, struct scope *s, void *self, struct store_blob *b);
	/* It has not: forget what is there. */
	void (*drop)(struct kml *k, struct scope *s, void *self, struct store_blob *b);
	/* Put a document in: blobs and documents it points to are there.  `tag` may be
	 * empty; of a document with a "subject" the store keeps that as a referrer. */
	int (*put)(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
	           struct str bytes, struct str tag);
	/* Everything is in: make it visible, where put() does not. */
	int (*finish)(struct kml *k, struct scope *s, void *self);
	/* Take out the tag or digest `name`. */
	int (*remove)(struct kml *k, struct scope *s, void *self, struct str name);

	/* ---- both */

	/* A `self` for the thread that calls this, and in a scope of its own; the other is only
	 * read, and may be read by several at once. */
	int (*fork)(struct kml *k, struct scope *s, void *self, void **out);
};

static int store_fork(struct kml *k, struct scope *s, const struct store *st, struct store *out)
{
	*out = *st;
	return st->kind->fork ? st->kind->fork(k, s, st->self, &out->self) : 0;
}

/* Read the document that `name` names, a tag or a digest, and see that it is what was
 * asked for.  `want` may be NULL: the descriptor that led here, whose digest, size
 * and type have to agree. */
static int store_document(struct kml *k, struct scope *s, const struct store *st,
                          struct str name, const struct descriptor *want,
                          struct descriptor *d, struct str *bytes)
{
	int r = st->kind->document(k, s, st->self, name, d, bytes);

	if (r < 0)
		return r;
	if (str_starts(name, S("sha256:")) && !str_eq(d->digest, name))
		r = fail(k, KML_BAD, "the content does not have this digest but %.*s",
		         FMT(d->digest));
	else if (want && d->size != want->size)
		r = fail(k, KML_BAD, "has %llu bytes, its descriptor says %llu",
		         (unsigned long long)d->size, (unsigned long long)want->size);
	else if (want && want->type.n && d->type.n && !str_eq(d->type, want->type))
		r = fail(k, KML_BAD, "is of type \"%.*s\", its descriptor says \"%.*s\"",
		         FMT(d->type), FMT(want->type));
	return r < 0 ? fail_in(k, r, "%s: %.*s", st->name, FMT(name)) : 0;
}

/* The same, and parse it. */
static int store_manifest(struct kml *k, struct scope *s, const struct store *st,
                          struct str name, const struct descriptor *want,
                          struct descriptor *d, struct str *bytes, struct manifest *m)
{
	int r = store_document(k, s, st, name, want, d, bytes);

	if (r < 0)
		return r;
	r = manifest_read(k, s, *bytes, d->type, m);
	return r < 0 ? fail_in(k, r, "%s: %.*s", st->name, FMT(name)) : 0;
}

/* Read the small blob of `d` whole, a config say, and compare its digest. */
static int store_small(struct kml *k, struct scope *s, const struct store *st,
                       const struct descriptor *d, struct str *out)
{
	struct reader rd;
	size_t got, more = 0;
	char *p, extra;
	int r;

	if (d->size > JSON_LIMIT)
		return fail(k, KML_BAD, "%.*s: a document of more than %d bytes", FMT(d->digest),
		            JSON_LIMIT);
	if ((r = st->kind->blob(k, s, st->self, d, 0, &rd)) < 0)
		return r;
	p = scope_raw(s, (size_t)d->size + 1);
	r = reader_fill(k, &rd, p, (size_t)d->size, &got);
	if (r == 0 && got == d->size)
		r = reader_fill(k, &rd, &extra, 1, &more);
	*out = (struct str){ p, got };
	if (r == 0 && (got != d->size || more))
		r = fail(k, KML_BAD, "does not have the %llu bytes that its descriptor says",
		         (unsigned long long)d->size);
	else if (r == 0 && !str_eq(digest_of(s, *out), d->digest))
		r = fail(k, KML_BAD, "the content does not have this digest");
	return r < 0 ? fail_in(k, r, "%s: %.*s", st->name, FMT(d->digest)) : 0;
}

#endif
