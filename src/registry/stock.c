/* stock.c - manifests put on the shelf and taken off it, in a layout.
 *
 * Whatever depends on what is there is done under the layout's lock.  A tag that is
 * there keeps the name that it has in the index and gets the new manifest; a new one
 * is REPOSITORY:TAG.  Of org/app:v1 and quay.io/org/app:v1, which both are org/app:v1
 * to who asks, the one with that whole name is meant, as when it is read.  A manifest
 * that came by its digest is REPOSITORY@DIGEST, until an index leads to it.
 */
#ifndef KML_STOCK_C
#define KML_STOCK_C

#include "../ground/base.c"
#include "../ground/save.c"
#include "shelf.c"

/* See that the blobs of `m` are there; KML_NOTFOUND: one is not. */
static int stock_check(struct kml *k, struct scope *s, struct shelf *f, const struct manifest *m)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->nlayers + m->nmanifests + !m->is_index; i++) {
		const struct descriptor *d = i < m->nlayers ? &m->layers[i] :
			m->is_index ? &m->manifests[i] : &m->config;
		bool there;

		if (json_get(d->json, "urls"))          /* is kept elsewhere */
			continue;
		if ((r = folder_has(k, s, &f->layout, d, &there)) == 0 && !there)
			r = fail(k, KML_NOTFOUND, "%.*s, %llu bytes, is not there", FMT(d->digest),
			         (unsigned long long)d->size);
	}
	return r;
}

/* The index without the entries whose digest was taken out. */
static int stock_save(struct kml *k, struct scope *s, struct shelf *f, struct manifest *index)
{
	size_t n = 0;

	for (size_t i = 0; i < index->nmanifests; i++)
		if (index->manifests[i].digest.n)
			index->manifests[n++] = index->manifests[i];
	index->nmanifests = n;
	return layout_save_index(k, s, &f->layout, index);
}

/* `d` under the names that `old` has. */
static void stock_rename(struct descriptor *old, const struct descriptor *d)
{
	struct descriptor now = *d;

	now.notes = old->notes;
	for (size_t i = 0; i < old->nnotes; i++)
		if (str_eq(old->notes[i].key, LAYOUT_TAG) || str_eq(old->notes[i].key, SHELF_CONTAINERD))
			now.notes[now.nnotes++] = old->notes[i];
	*old = now;
}

/* Whether an entry has this whole name: then none is meant that has it without its host. */
static bool stock_is_whole(const struct shelf_entry *v, size_t n, struct str repo, struct str tag)
{
	for (size_t i = 0; i < n; i++)
		if (tag.n && str_eq(v[i].repo, repo) && str_eq(v[i].tag, tag))
			return true;
	return false;
}

static int stock_name(struct kml *k, struct scope *s, struct shelf *f, struct str repo,
                      struct str tag, const struct descriptor *d, const struct manifest *m)
{
	struct descriptor *placed = NULL, *all;
	struct descriptor_note note = { LAYOUT_TAG, { 0 } };
	struct manifest index;
	struct shelf_entry *v;
	struct str name = S("");
	size_t n;
	bool whole;
	int r = layout_old_index(k, s, &f->layout, &index);

	if (r < 0)
		return r;
	all = news(s, struct descriptor, index.nmanifests + 1);
	if (index.nmanifests)
		memcpy(all, index.manifests, index.nmanifests * sizeof *all);
	index.manifests = all;
	v = shelf_names(k, s, f->at, all, index.nmanifests, &n);
	if (!tag.n && (r = shelf_leads(k, s, f, v, n, repo, d->digest, &(struct descriptor){ 0 })) != 0)
		return r < 0 ? r : 0;
	whole = stock_is_whole(v, n, repo, tag);
	for (size_t i = 0; i < n; i++) {
		struct descriptor *old = all + (v[i].d - all);
		bool same = tag.n && str_eq(v[i].tag, tag) && (!whole || str_eq(v[i].repo, repo));
		bool gone = !v[i].tag.n && str_eq(old->digest, d->digest);

		for (size_t j = 0; j < m->nmanifests; j++)
			gone |= !v[i].tag.n && str_eq(old->digest, m->manifests[j].digest);
		if (!shelf_in(&v[i], repo) || old == placed)
			continue;
		if (same && !placed) {
			stock_rename(placed = old, d);
			name = v[i].repo;
		} else if (same ? str_eq(v[i].repo, name) : gone) {
			old->digest.n = 0;
		}
	}
	if (!placed) {
		note.value = str_of(scope_format(s, "%.*s%c%.*s", FMT(repo), tag.n ? ':' : '@',
		                                 FMT(tag.n ? tag : d->digest)));
		all[index.nmanifests] = *d;
		all[index.nmanifests].notes = &note;
		all[index.nmanifests++].nnotes = 1;
	}
	return stock_save(k, s, f, &index);
}

/* Put the manifest `m`, whose text is `bytes`, into a repository: as `tag`, if that is
 * not empty.  KML_NOTFOUND: a blob of it is not there. */
static int stock_put(struct kml *k, struct scope *s, struct shelf *f, struct str repo,
                     struct str tag, const struct descriptor *d, struct str bytes,
                     const struct manifest *m)
{
	struct scope *t = scope_begin(s);
	struct descriptor put = *d;
	bool there;
	int r = save_lock(k, t, f->layout.dir);

	if (r == 0 && (r = stock_check(k, t, f, m)) == 0 &&
	    (r = folder_has(k, t, &f->layout, d, &there)) == 0 && !there)
		r = layout_put(k, t, &f->layout, bytes, &put);
	if (r == 0)
		r = stock_name(k, t, f, repo, tag, d, m);
	scope_end(t);
	return r;
}

/* Take the tag or digest `name` out of a repository; `repo` empty: the blob `name` out of
 * the layout.  KML_NOTFOUND: it is not there; KML_BUSY: something needs it. */
static int stock_remove(struct kml *k, struct scope *s, struct shelf *f, struct str repo,
                        struct str name)
{
	struct scope *t = scope_begin(s);
	bool digest = str_find(name, ':') < name.n, found = false;
	struct manifest index;
	struct shelf_entry *v;
	struct descriptor d;
	struct place at;
	size_t n;
	bool whole;
	int r = save_lock(k, t, f->layout.dir);

	if (r == 0 && (r = layout_old_index(k, t, &f->layout, &index)) == 0) {
		v = shelf_names(k, t, f->at, index.manifests, index.nmanifests, &n);
		whole = !digest && stock_is_whole(v, n, repo, name);
		for (size_t i = 0; repo.n && i < n; i++)
			if ((shelf_in(&v[i], repo) || !v[i].repo.n) &&
			    (!whole || str_eq(v[i].repo, repo)) &&
			    str_eq(digest ? v[i].d->digest : v[i].tag, name) && name.n) {
				index.manifests[v[i].d - index.manifests].digest.n = 0;
				found = true;
			}
		if (found)
			r = stock_save(k, t, f, &index);
		else if (repo.n)
			r = fail(k, KML_NOTFOUND, "%.*s has no \"%.*s\" of its own", FMT(repo), FMT(name));
		else if ((r = shelf_blob(k, t, f, name, &at)) == 0 &&
		         (r = shelf_leads(k, t, f, v, n, repo, name, &d)) > 0)
			r = fail(k, KML_BUSY, "it is part of an image");
		else if (r == 0)
			r = save_remove(k, t, layout_blob_path(t, &f->layout, name));
	}
	scope_end(t);
	return r;
}

#endif
