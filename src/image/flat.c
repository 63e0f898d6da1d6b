/* flat.c - what is in several images in the end, as one set of files.
 *
 * Every blob is read once, verified, its files kept unpacked (spool.c) and its
 * entries in a table.  Then the layers of each image are applied in that table, by
 * the rules of names.c: what a deletion hides, or an upper layer replaces, is not in
 * the image.  What is the same in an upper layer stays the lower one's, so that a new
 * layer that says again what there was changes nothing below it.
 *
 * The images' files then are put together.  A name may be in several of them if it
 * is the same thing there; a directory is the first one's.
 */
#ifndef KML_FLAT_C
#define KML_FLAT_C

#include "../ground/base.c"
#include "entries.c"
#include "image.c"
#include "layer.c"
#include "names.c"
#include "spool.c"

enum { FLAT_MOST = 4 * 1000 * 1000 };
#define FLAT_ROOM ((uint64_t)1 << 40)           /* bytes that all may unpack to */

struct flat_entry {
	struct tar_entry head;          /* a hard link has its file's, but for the name */
	size_t blob, image;             /* the image that it is of; the first one */
	size_t inode;                   /* the entry whose bytes it has */
	uint64_t at;                    /* where they are */
	unsigned char sum[DIGEST_SIZE];
	bool wiper;                     /* a deletion */
	bool live;                      /* it is there in the end */
};

struct flat_blob {
	const struct store *from;
	const struct descriptor *d;
	struct str diff_id;
	size_t image, layer;            /* where it comes first */
	size_t first, n;                /* its entries */
};

struct flat {
	struct scope *s;
	struct spool spool;
	struct buf entries, blobs;      /* of struct flat_entry, struct flat_blob */
	struct names by_digest;         /* ->came: number of the blob, from 1 */
	struct names all;               /* ->came: number of the entry that has the name */
	uint64_t room;
	bool last;                      /* of two that differ the later one wins */
};

static struct flat_entry *flat_entries(const struct flat *f)
{
	return (struct flat_entry *)(void *)f->entries.p;
}

static struct flat_blob *flat_blobs(const struct flat *f)
{
	return (struct flat_blob *)(void *)f->blobs.p;
}

static size_t flat_nblobs(const struct flat *f) { return f->blobs.n / sizeof(struct flat_blob); }

/* ---- reading ------------------------------------------------------------- */

struct flat_pass { struct flat *f; struct names files; size_t blob; };

static int flat_read(struct kml *k, struct scope *s, struct tar *tar, const struct tar_entry *e,
                     void *arg)
{
	struct flat_pass *pass = arg;
	struct flat *f = pass->f;
	struct flat_entry new = { .blob = pass->blob, .inode = f->entries.n / sizeof new };
	const struct name *root;
	struct str target;
	int r;

	if (new.inode >= FLAT_MOST)
		return fail(k, KML_BAD, "more than %d names", FLAT_MOST);
	new.head = tar_copy(f->s, e);
	new.wiper = str_starts(str_base(e->name), S(".wh."));
	if (e->type == TAR_HARDLINK) {
		if ((r = tar_name(k, s, e->link, &target)) < 0)
			return r;
		if (!(root = names_find(&pass->files, target)))
			return fail(k, KML_BAD, "the hard link \"%.*s\" is to no file before it in its "
			            "layer", FMT(e->name));
		new = flat_entries(f)[root->came - 1];
		new.head.name = scope_str(f->s, e->name);
	} else if ((r = spool_add(k, s, &f->spool, tar, &new.at, new.sum)) < 0) {
		return r;
	}
	buf_add(&f->entries, (struct str){ (const char *)&new, sizeof new });
	if (new.head.type == TAR_FILE)
		names_make(&pass->files, e->name)->came = (int)(f->entries.n / sizeof new);
	return 0;
}

/* The blob of layer `i` of `image`, read unless it was. */
static int flat_blob(struct kml *k, struct flat *f, const struct image *image, size_t number,
                     size_t i, struct flat_blob **out)
{
	const struct descriptor *d = &image->manifest.layers[i];
	struct name *known = names_make(&f->by_digest, d->digest);
	struct flat_blob new = { image->store, d, image->config.diff_ids[i], number, i,
	                         f->entries.n / sizeof(struct flat_entry), 0 };
	struct flat_pass pass = { f, { .s = NULL }, flat_nblobs(f) };
	int r = 0;

	if (!known->came) {
		pass.files.s = scope_begin(f->s);
		r = layer_scan(k, f->s, image->store, d, new.diff_id, &f->room, flat_read, &pass);
		scope_end(pass.files.s);
		new.n = f->entries.n / sizeof(struct flat_entry) - new.first;
		buf_add(&f->blobs, (struct str){ (const char *)&new, sizeof new });
		known->came = (int)flat_nblobs(f);
	}
	*out = flat_blobs(f) + known->came - 1;
	if (r == 0 && ((*out)->d->size != d->size || !str_eq((*out)->diff_id, new.diff_id)))
		r = fail(k, KML_BAD, "layer %.*s: has two sizes or diff_ids", FMT(d->digest));
	return r < 0 ? fail_in(k, r, "%s", image->store->name) : 0;
}

/* ---- one image ----------------------------------------------------------- */

static bool flat_same_xattrs(const struct tar_entry *a, const struct tar_entry *b)
{
	if (a->nxattrs != b->nxattrs)
		return false;
	for (size_t i = 0; i < a->nxattrs; i++)
		if (!str_eq(a->xattrs[i].key, b->xattrs[i].key) ||
		    !str_eq(a->xattrs[i].value, b->xattrs[i].value))
			return false;
	return true;
}

static bool flat_same(const struct flat_entry *a, const struct flat_entry *b)
{
	const struct tar_entry *x = &a->head, *y = &b->head;

	return x->type == y->type && x->mode == y->mode && x->uid == y->uid && x->gid == y->gid &&
		x->size == y->size && str_eq(x->link, y->link) && x->major == y->major &&
		x->minor == y->minor && !memcmp(a->sum, b->sum, sizeof a->sum) &&
		flat_same_xattrs(x, y);
}

/* Whether an upper layer of the same image only says again what was there. */
static bool flat_again(const struct flat_entry *old, const struct flat_entry *e)
{
	return flat_same(old, e) && old->head.mtime == e->head.mtime;
}

/* Apply the layers of `image`, whose entry of each name is then in `own`. */
static int flat_apply(struct kml *k, struct scope *s, struct flat *f, const struct image *image,
                      size_t number, struct names *names, struct names *own)
{
	struct scope *t = scope_begin(s);
	struct flat_blob *b;
	int r = 0, gone;

	for (size_t i = 0; r == 0 && i < image->manifest.nlayers; i++) {
		names->layer = (int)i + 1;
		r = flat_blob(k, f, image, number, i, &b);
		for (size_t j = 0; r == 0 && j < b->n; j++) {
			const struct flat_entry *e = flat_entries(f) + b->first + j;
			const bool there = names_look(names, e->head.name);
			struct name *at;

			if ((gone = names_add(k, t, names, &e->head)) != 0) {
				r = gone < 0 ? fail_in(k, gone, "%s: layer %.*s", image->store->name,
				                       FMT(b->d->digest)) : 0;
				continue;
			}
			at = names_make(own, e->head.name);
			if (!there || !at->came || !flat_again(flat_entries(f) + at->came - 1, e))
				at->came = (int)(b->first + j) + 1;
			scope_clear(t);
		}
	}
	scope_end(t);
	return r;
}

/* ---- all of them --------------------------------------------------------- */

static int flat_differ(struct kml *k, struct str name, const char *a, const char *b)
{
	return fail(k, KML_FAIL, "\"%.*s\" is another in %s than in %s; which one is right? With "
	            "--last-wins the later image's is taken", FMT(name), a, b);
}

/* Put the entry `e` of the image `number` to those of the others. */
static int flat_put(struct kml *k, struct flat *f, const char *const *titles, size_t number,
                    size_t e)
{
	struct flat_entry *v = flat_entries(f);
	struct name *at = names_make(&f->all, v[e].head.name);
	struct flat_entry *old = at->came ? &v[at->came - 1] : NULL;

	if (!old) {
		v[e].image = number;
	} else if (old == &v[e] || (old->head.type == TAR_DIR && v[e].head.type == TAR_DIR) ||
	           flat_same(old, &v[e])) {
		return 0;
	} else if (!f->last) {
		return flat_differ(k, v[e].head.name, titles[old->image], titles[number]);
	}
	v[e].image = number;
	at->came = (int)e + 1;
	return 0;
}

/* Add an image; its store lives as long as *f. */
static int flat_add(struct kml *k, struct flat *f, const struct image *image,
                    const char *const *titles, size_t number)
{
	struct scope *t = scope_begin(f->s);
	struct names names = { .s = t }, own = { .s = t };
	int r = flat_apply(k, t, f, image, number, &names, &own);

	for (size_t i = 0; r == 0 && i < own.size; i++) {
		const struct name *at = own.slots[i].name.p ? names_look(&names, own.slots[i].name) : NULL;

		if (at && !at->implied)         /* else what `own` knows was deleted */
			r = flat_put(k, f, titles, number, (size_t)own.slots[i].came - 1);
	}
	scope_end(t);
	return r;
}

/* What is below something that is no directory: one of the two has to go. */
static int flat_check_parents(struct kml *k, struct flat *f, const char *const *titles,
                              struct name *at)
{
	struct flat_entry *v = flat_entries(f);
	struct str up = at->name;

	while (at->came && up.n) {
		struct name *above;

		up = names_parent(up);
		above = names_find(&f->all, up);
		if (!above || !above->came || v[above->came - 1].head.type == TAR_DIR)
			continue;
		if (!f->last)
			return flat_differ(k, up, titles[v[above->came - 1].image],
			                   titles[v[at->came - 1].image]);
		if (v[above->came - 1].image < v[at->came - 1].image)
			above->came = 0;
		else
			at->came = 0;
	}
	return 0;
}

/* All images are in: v->live says what is there. */
static int flat_finish(struct kml *k, struct flat *f, const char *const *titles)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->all.size; i++)
		if (f->all.slots[i].name.p)
			r = flat_check_parents(k, f, titles, &f->all.slots[i]);
	for (size_t i = 0; r == 0 && i < f->all.size; i++)
		if (f->all.slots[i].came)
			flat_entries(f)[f->all.slots[i].came - 1].live = true;
	return r;
}

static int flat_begin(struct kml *k, struct scope *s, const struct gather *g, struct flat *f)
{
	*f = (struct flat){ .s = s, .entries = { .s = s }, .blobs = { .s = s },
		.by_digest = { .s = s }, .all = { .s = s }, .room = FLAT_ROOM };
	return spool_open(k, s, g, &f->spool);
}

/* ---- new layers ---------------------------------------------------------- */

/* Whether `e` only says again what a layer below it says of a directory. */
static bool flat_restates(const struct flat *f, const struct flat_entry *e)
{
	const struct name *at = names_find(&f->all, e->head.name);

	return e->head.type == TAR_DIR && at && at->came &&
		flat_again(&flat_entries(f)[at->came - 1], e);
}

/* How many of the blob's entries are there in the end; and whether all of it is. */
static size_t flat_live(const struct flat *f, const struct flat_blob *b, bool *whole)
{
	const struct flat_entry *v = flat_entries(f) + b->first;
	size_t n = 0, again = 0;

	for (size_t i = 0; i < b->n; i++) {
		n += v[i].live;
		again += !v[i].live && flat_restates(f, &v[i]);
	}
	*whole = n + again == b->n;
	return n;
}

/* A layer of what is there of the blobs of `group`; groups[i] is that of blob i. */
static int flat_layer(struct kml *k, const struct flat *f, const size_t *groups, size_t group,
                      struct gather *g, struct layer *out)
{
	struct scope *t = scope_begin(f->s);
	const struct flat_entry *v = flat_entries(f);
	struct entries all = entries_begin(t, 0);
	const size_t n = f->entries.n / sizeof *v;
	const struct flat_entry **first = news(t, const struct flat_entry *, n + 1);
	struct reader in;
	int r;

	all.bare = true;
	for (size_t i = 0; i < n; i++) {
		struct tar_entry head = v[i].head;
		const struct flat_entry **file = &first[v[i].inode];

		if (!v[i].live || groups[v[i].blob] != group || !head.name.n)
			continue;
		if (head.type == TAR_FILE && *file) {
			head.type = TAR_HARDLINK;
			head.link = (*file)->head.name;
			head.size = 0;
		} else if (head.type == TAR_FILE) {
			*file = &v[i];
		}
		entries_part(&all, &head, f->spool.fd, v[i].at);
	}
	if ((r = entries_finish(k, &all)) == 0) {
		entries_reader(&all, &in);
		r = gather_layer(k, g, &in, out);
	}
	scope_end(t);
	return r;
}

#endif
