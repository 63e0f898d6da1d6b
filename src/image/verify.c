/* verify.c - whether everything that a name leads to is there and what it should be.
 *
 * Each document and blob is read to its end and held against its descriptor, each
 * layer also against its diff_id.  What is wrong is told, and the rest is still
 * looked at.  What several names lead to is looked at once.
 */
#ifndef KML_VERIFY_C
#define KML_VERIFY_C

#include "../ground/base.c"
#include "archive.c"
#include "folder.c"
#include "image.c"
#include "layer.c"
#include "names.c"
#include "store.c"

struct verify {
	const struct store *store;
	struct names seen;              /* digests */
	struct buf said;                /* of struct str: what is wrong */
	uint64_t checked, bytes;
	int r;                          /* of the worst */
};

/* Note how the check of one thing ended. */
static void verify_note(struct kml *k, struct verify *v, int r)
{
	struct str said = scope_str(v->seen.s, str_of(k->msg));

	if (r >= 0)
		return;
	v->r = v->r == KML_UNREACHABLE ? v->r : r;
	buf_add(&v->said, (struct str){ (const char *)&said, sizeof said });
}

/* Is it the first time that this digest comes? */
static bool verify_first(struct verify *v, const struct descriptor *d)
{
	if (d->digest.n && names_find(&v->seen, d->digest))
		return false;
	if (d->digest.n)
		names_make(&v->seen, d->digest);
	v->checked++;
	v->bytes += d->size;
	return true;
}

/* A layer whose archive is not looked into, as of an artifact. */
static int verify_blob(struct kml *k, struct scope *s, const struct store *store,
                       const struct descriptor *d)
{
	struct scope *t = scope_begin(s);
	char *p = scope_raw(t, 1 << 16);
	struct digest hash;
	struct reader in;
	uint64_t n = 0;
	size_t got;
	int r = store->kind->blob(k, t, store->self, d, 0, &in);

	digest_begin(&hash);
	while (r == 0 && (r = in.read(k, in.arg, p, 1 << 16, &got)) == 0 && got) {
		digest_add(&hash, (struct str){ p, got });
		n += got;
	}
	if (r == 0 && n != d->size)
		r = fail(k, KML_BAD, "has %llu bytes, its descriptor says %llu",
		         (unsigned long long)n, (unsigned long long)d->size);
	else if (r == 0 && !str_eq(digest_done(t, &hash), d->digest))
		r = fail(k, KML_BAD, "the content does not have this digest");
	scope_end(t);
	return r < 0 ? fail_in(k, r, "%s: %.*s", store->name, FMT(d->digest)) : 0;
}

static int verify_entry(struct kml *k, struct scope *s, struct tar *tar,
                        const struct tar_entry *e, void *arg)
{
	(void)k, (void)s, (void)tar, (void)e, (void)arg;
	return 0;
}

static void verify_layer(struct kml *k, struct scope *s, struct verify *v,
                         const struct descriptor *d, struct str diff_id)
{
	int r;

	if (!verify_first(v, d))
		return;
	if (diff_id.n && descriptor_kind(d->type) != DESCRIPTOR_IS_OTHER) {
		if ((r = layer_scan(k, s, v->store, d, diff_id, NULL, verify_entry, NULL)) < 0)
			say_in(k, "%s", v->store->name);
	} else {
		r = verify_blob(k, s, v->store, d);
	}
	verify_note(k, v, r);
}

static void verify_image(struct kml *k, struct scope *s, struct verify *v,
                         const struct manifest *m)
{
	bool image = manifest_is_image(m);
	struct manifest_config c = { 0 };
	struct str text;
	int r;

	if (verify_first(v, &m->config) || image) {
		r = image ? store_small(k, s, v->store, &m->config, &text) :
			verify_blob(k, s, v->store, &m->config);
		if (r == 0 && image &&
		    (r = manifest_read_config(k, s, text, m->nlayers, &c)) < 0)
			say_in(k, "%s: config %.*s", v->store->name, FMT(m->config.digest));
		verify_note(k, v, r);
		if (r < 0)
			c = (struct manifest_config){ 0 };
	}
	for (size_t i = 0; i < m->nlayers; i++)
		verify_layer(k, s, v, &m->layers[i], c.diff_ids ? c.diff_ids[i] : S(""));
}

/* Everything that `name` leads to; `d` is the descriptor that led here, or NULL. */
static void verify_name(struct kml *k, struct scope *s, struct verify *v, struct str name,
                        const struct descriptor *d, int depth)
{
	struct scope *t = scope_begin(s);
	struct descriptor self = { .digest = S("") };
	struct manifest m = { .nlayers = 0 };
	struct str bytes;
	int r = 0;

	if (d && !verify_first(v, d)) {
		scope_end(t);
		return;
	}
	if (depth > IMAGE_NESTING)
		r = fail(k, KML_BAD, "%s: %.*s: an index in %d others", v->store->name,
		         FMT(name), depth);
	else
		r = store_manifest(k, t, v->store, name, d, &self, &bytes, &m);
	if (!d && r == 0 && !verify_first(v, &self))
		m = (struct manifest){ .nlayers = 0 };
	else if (r == 0 && !m.is_index)
		verify_image(k, t, v, &m);
	v->checked += !d && r < 0;
	verify_note(k, v, r);
	for (size_t i = 0; r == 0 && i < m.nmanifests; i++)
		if (descriptor_kind(m.manifests[i].type) == DESCRIPTOR_IS_INDEX ||
		    descriptor_kind(m.manifests[i].type) == DESCRIPTOR_IS_MANIFEST)
			verify_name(k, t, v, m.manifests[i].digest, &m.manifests[i], depth + 1);
		else
			verify_layer(k, t, v, &m.manifests[i], S(""));
	scope_end(t);
}

/* Everything in the store: also what has no tag, where there is a list of all. */
static int verify_all(struct kml *k, struct scope *s, struct verify *v)
{
	struct manifest index;
	struct str *tags;
	size_t n;
	int r;

	if (v->store->kind == &folder_kind) {
		if ((r = layout_index(k, s, v->store->self, &index)) < 0)
			return r;
		for (size_t i = 0; i < index.nmanifests; i++)
			verify_name(k, s, v, index.manifests[i].digest, &index.manifests[i], 0);
		return 0;
	}
	if (v->store->kind == &archive_kind) {
		struct archive *a = v->store->self;

		for (size_t i = 0; i < a->nimages; i++)
			if ((r = archive_make(k, a, &a->images[i])) < 0)
				verify_note(k, v, r);
			else
				verify_name(k, s, v, a->images[i].d.digest, &a->images[i].d, 0);
		return 0;
	}
	if ((r = v->store->kind->tags(k, s, v->store->self, &tags, &n)) < 0)
		return fail_in(k, r, "%s", v->store->name);
	for (size_t i = 0; i < n; i++)
		verify_name(k, s, v, tags[i], NULL, 0);
	return 0;
}

/* Look at what `name` leads to; empty: at all there is.  What is wrong is in
 * v->said; fails only if it is not known what there is. */
static int verify_run(struct kml *k, struct scope *s, const struct store *store, struct str name,
                      struct verify *v)
{
	*v = (struct verify){ .store = store, .seen = { .s = s }, .said = { .s = s } };
	if (!name.n)
		return verify_all(k, s, v);
	verify_name(k, s, v, name, NULL, 0);
	return 0;
}

#endif
