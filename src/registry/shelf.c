/* shelf.c - a layout or an archive as the repositories of a registry.
 *
 * An entry of its index is an image of a repository by the name that it has
 * (org.opencontainers.image.ref.name, io.containerd.image.name):
 *
 *     quay.io/org/app:v1     quay.io/org/app, and org/app without the host
 *     org/app:v1             org/app
 *     org/app@sha256:HEX     the same, by its digest only
 *     v1                     the repository that all are in who say no other
 *     (none)                 any repository, by its digest only
 *
 * A manifest is in a repository if one of its images is it or leads to it; blobs are
 * in all.  What others write into a layout is there at once: its index is read for each
 * request that comes soon after it was written, and is kept when it has settled.  An
 * archive is read again when it is another file.
 */
#ifndef KML_SHELF_C
#define KML_SHELF_C

#include "../format/ref.c"
#include "../ground/base.c"
#include "../ground/place.c"
#include "../ground/stamp.c"
#include "../image/archive.c"
#include "../image/folder.c"

enum { SHELF_DEPTH = 4, SHELF_READ = 10000, SHELF_USUAL = 16 * 1024 };

#define SHELF_CONTAINERD S("io.containerd.image.name")

/* What is served: the same for all. */
struct shelf_place {
	const char *path;
	bool archive, push;
	struct str name;                /* of the repository of images that say none */
};

/* The same for one who asks. */
struct shelf {
	const struct shelf_place *at;
	struct scope *s;
	struct layout layout;
	struct scope *open;             /* of the archive, or of what is kept of a layout */
	const struct archive *archive;
	struct stamp stamp;
	struct shelf_entry {
		struct str repo, brief, tag;    /* "quay.io/org/app", "org/app", "v1" */
		const struct descriptor *d;
	} *v;                           /* NULL: nothing is kept */
	size_t n;
};

/* ---- names --------------------------------------------------------------- */

/* Read the name `text` of an image. */
static void shelf_name(struct kml *k, const struct shelf_place *at, struct str text,
                       struct shelf_entry *e)
{
	struct str name = str_take(&text, '@'), first, base = str_base(name);
	bool digest = text.n > 0, bare = base.n == name.n && str_find(name, ':') == name.n && !digest;

	e->repo = name.n ? at->name : name;
	e->tag = name;
	if (!bare) {
		name.n -= base.n;
		e->repo = (struct str){ name.p, name.n + str_find(base, ':') };
		e->tag = str_from(base, str_find(base, ':') + 1);
		if (!e->tag.n && !digest)
			e->tag = S("latest");
	}
	if (!e->tag.n || ref_check_tag(k, e->tag, false) < 0)
		e->tag = (struct str){ 0 };
	e->brief = e->repo;
	first = str_take(&e->brief, '/');
	if (!e->brief.n || !ref_is_host(first))
		e->brief = e->repo;
}

static bool shelf_in(const struct shelf_entry *e, struct str repo)
{
	return str_eq(e->repo, repo) || str_eq(e->brief, repo);
}

/* The entries of an index: each by each of its names. */
static struct shelf_entry *shelf_names(struct kml *k, struct scope *s, const struct shelf_place *at,
                                       const struct descriptor *d, size_t n, size_t *count)
{
	struct shelf_entry *v = news(s, struct shelf_entry, 2 * n);

	*count = 0;
	for (size_t i = 0; i < n; i++) {
		struct str name = descriptor_note(&d[i], LAYOUT_TAG);
		struct str other = descriptor_note(&d[i], SHELF_CONTAINERD);

		v[*count].d = &d[i];
		if (name.n || !other.n)
			shelf_name(k, at, name, &v[(*count)++]);
		if (!other.n || str_eq(other, name))
			continue;
		v[*count].d = &d[i];
		shelf_name(k, at, other, &v[(*count)++]);
	}
	return v;
}

/* ---- reading ------------------------------------------------------------- */

static void shelf_open(struct scope *s, const struct shelf_place *at, struct shelf *out)
{
	*out = (struct shelf){ .at = at, .s = s, .layout = { at->path } };
}

static void shelf_drop(struct shelf *f)
{
	if (f->open)
		scope_clear(f->open);
	else
		f->open = scope_begin(f->s);
	f->archive = NULL;
	f->v = NULL;
}

/* Keep the index of a layout, if it is not likely to change unnoticed.  That it cannot be
 * read is for whoever needs it to say. */
static void shelf_keep(struct kml *k, struct scope *s, struct shelf *f)
{
	struct manifest index;
	struct stamp stamp;
	uint64_t size;
	int fd;

	if (sys_open_file(k, s, layout_path(s, &f->layout, "index.json"), 0, &fd, &size) < 0 ||
	    stamp_file(k, fd, &stamp) < 0)
		f->v = NULL;
	else if (!f->v || !stamp_same(stamp, f->stamp)) {
		shelf_drop(f);
		f->stamp = stamp;
		if (stamp_settled(stamp, stamp_now()) &&
		    layout_index(k, f->open, &f->layout, &index) == 0)
			f->v = shelf_names(k, f->open, f->at, index.manifests, index.nmanifests, &f->n);
	}
}

/* See what is there now: between two requests only. */
static int shelf_look(struct kml *k, struct scope *s, struct shelf *f)
{
	struct store store;
	struct stamp stamp;
	struct stat st;
	int r;

	if (!f->at->archive) {
		shelf_keep(k, s, f);
		return 0;
	}
	if ((r = sys_stat(k, s, f->at->path, 0, &st)) < 0)
		return fail_in(k, r, "%s", f->at->path);
	stamp = stamp_of(&st);
	if (f->archive && stamp_same(stamp, f->stamp))
		return 0;
	shelf_drop(f);
	if ((r = archive_open(k, f->open, f->at->path, false, &store)) < 0)
		return r;
	f->archive = store.self;
	f->stamp = stamp;
	return f->archive->docker ? fail(k, KML_USAGE, "%s: docker's archive; copy it into an "
	                                 "oci-archive", f->at->path) : 0;
}

/* All there is, by name. */
static int shelf_list(struct kml *k, struct scope *s, struct shelf *f, struct shelf_entry **out,
                      size_t *n)
{
	struct manifest index;
	struct descriptor *d;
	int r;

	if (f->v) {
		*out = f->v;
		*n = f->n;
		return 0;
	}
	if (!f->at->archive) {
		if ((r = layout_old_index(k, s, &f->layout, &index)) == 0)
			*out = shelf_names(k, s, f->at, index.manifests, index.nmanifests, n);
		return r;
	}
	d = news(s, struct descriptor, f->archive->nimages);
	for (size_t i = 0; i < f->archive->nimages; i++)
		d[i] = f->archive->images[i].d;
	*out = shelf_names(k, s, f->at, d, f->archive->nimages, n);
	return 0;
}

/* Where the blob `digest` is; KML_NOTFOUND: nowhere. */
static int shelf_blob(struct kml *k, struct scope *s, struct shelf *f, struct str digest,
                      struct place *out)
{
	const struct archive_member *m;
	int r = 0;

	*out = (struct place){ 0 };
	if (!f->at->archive) {
		r = sys_open_file(k, s, layout_blob_path(s, &f->layout, digest), O_NOFOLLOW, &out->fd,
		                  &out->left);
	} else if ((m = archive_blob_member(s, f->archive, digest))) {
		*out = (struct place){ f->archive->fd, m->at, m->size };
	} else {
		r = KML_NOTFOUND;
	}
	return r == KML_NOTFOUND ? fail(k, r, "there is no %.*s", FMT(digest)) : r;
}

/* The document that `d` names. */
static int shelf_text(struct kml *k, struct scope *s, struct shelf *f, const struct descriptor *d,
                      struct str *out)
{
	struct place at;
	size_t got;
	char *p;
	int r = shelf_blob(k, s, f, d->digest, &at);

	if (r < 0)
		return r;
	if (at.left > JSON_LIMIT)
		return fail(k, KML_BAD, "a document of more than %d bytes", JSON_LIMIT);
	p = scope_raw(s, (size_t)at.left);
	r = place_read(k, at.fd, at.at, p, (size_t)at.left, &got);
	*out = (struct str){ p, got };
	if (r == 0 && !str_eq(digest_of(s, *out), d->digest))
		r = fail(k, KML_BAD, "%.*s: the content does not have this digest", FMT(d->digest));
	return r;
}

static int shelf_found(struct scope *s, const struct descriptor *d, struct descriptor *out)
{
	*out = (struct descriptor){
		.type = scope_str(s, d->type), .digest = scope_str(s, d->digest), .size = d->size,
	};
	return 1;
}

/* Look for `digest` in `d` and what it leads to: of images into their blobs too, if
 * `blobs`.  1: *out is it; 0: it is not there; below 0: that cannot be told. */
static int shelf_search(struct kml *k, struct scope *s, struct shelf *f, const struct descriptor *d,
                        struct str digest, bool blobs, int depth, int *left, struct descriptor *out)
{
	enum descriptor_kind kind = descriptor_kind(d->type);
	struct scope *t;
	struct manifest m;
	struct str text;
	int r;

	if (str_eq(d->digest, digest))
		return shelf_found(s, d, out);
	if (depth == SHELF_DEPTH ||
	    (kind != DESCRIPTOR_IS_INDEX && !(blobs && kind == DESCRIPTOR_IS_MANIFEST)))
		return 0;
	if (--*left < 0)
		return fail(k, KML_FAIL, "more than %d documents to look at", SHELF_READ);
	t = scope_begin(s);             /* an index can name the same great document often */
	if ((r = shelf_text(k, t, f, d, &text)) < 0 || (r = manifest_read(k, t, text, d->type, &m)) < 0) {
		scope_end(t);
		return blobs && r != KML_NOTFOUND ? r : 0;
	}
	*left -= (int)(text.n / SHELF_USUAL);
	if (str_eq(m.config.digest, digest))
		r = shelf_found(s, &m.config, out);
	for (size_t i = 0; r == 0 && i < m.nlayers; i++)
		if (str_eq(m.layers[i].digest, digest))
			r = shelf_found(s, &m.layers[i], out);
	for (size_t i = 0; r == 0 && i < m.nmanifests; i++)
		r = shelf_search(k, s, f, &m.manifests[i], digest, blobs, depth + 1, left, out);
	scope_end(t);
	return r;
}

/* Whether anything there leads to `digest`, as shelf_search().  `repo` may be empty: any. */
static int shelf_leads(struct kml *k, struct scope *s, struct shelf *f, const struct shelf_entry *v,
                       size_t n, struct str repo, struct str digest, struct descriptor *out)
{
	int left = SHELF_READ, r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		if (!repo.n || shelf_in(&v[i], repo) || !v[i].repo.n)
			r = shelf_search(k, s, f, v[i].d, digest, !repo.n, 0, &left, out);
	return r;
}

/* The manifest `name`, a tag or a digest, of a repository. */
static int shelf_find(struct kml *k, struct scope *s, struct shelf *f, struct str repo,
                      struct str name, struct descriptor *out)
{
	struct shelf_entry *v;
	size_t n;
	int r = shelf_list(k, s, f, &v, &n);

	if (r < 0)
		return r;
	if (str_find(name, ':') < name.n)
		r = shelf_leads(k, s, f, v, n, repo, name, out);
	else
		for (size_t i = 0; r == 0 && i < 2 * n; i++) {  /* by its whole name first */
			const struct shelf_entry *e = &v[i % n];

			if (str_eq(e->tag, name) && name.n && str_eq(i < n ? e->repo : e->brief, repo))
				r = 1, *out = *e->d;
		}
	return r > 0 ? 0 : r < 0 ? r : fail(k, KML_NOTFOUND, "%.*s has no \"%.*s\"", FMT(repo), FMT(name));
}

static int shelf_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The tags of a repository, sorted, each once; KML_NOTFOUND: there is no such. */
static int shelf_tags(struct kml *k, struct scope *s, struct shelf *f, struct str repo,
                      struct str **out, size_t *count)
{
	struct shelf_entry *v;
	struct str *tags;
	size_t n, all = 0;
	bool known = str_eq(repo, f->at->name);
	int r = shelf_list(k, s, f, &v, &n);

	if (r < 0)
		return r;
	*out = tags = news(s, struct str, n);
	for (size_t i = 0; i < n; i++)
		if (shelf_in(&v[i], repo)) {
			known = true;
			if (v[i].tag.n)
				tags[all++] = v[i].tag;
		}
	if (all)
		qsort(tags, all, sizeof *tags, shelf_cmp);
	*count = 0;
	for (size_t i = 0; i < all; i++)
		if (!*count || !str_eq(tags[i], tags[*count - 1]))
			tags[(*count)++] = tags[i];
	return known ? 0 : fail(k, KML_NOTFOUND, "there is no repository %.*s", FMT(repo));
}

#endif
