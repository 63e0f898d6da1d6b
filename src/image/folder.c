/* folder.c - a layout as a store.
 *
 * What a store's functions give is checked by who called them; a layout adds only
 * that its files are regular ones, of the size that is expected.
 *
 * A blob under way is DIR/.HEX.kml: it has its own name, so that the run after a
 * broken one goes on with it, and its own lock, so that two runs that bring the
 * same blob wait for each other there and nowhere else.  index.json is written
 * under the layout's lock, which is held for that alone.
 */
#ifndef KML_FOLDER_C
#define KML_FOLDER_C

#include "layout.c"
#include "store.c"
#include "subject.c"

static int folder_resolve(struct kml *k, struct scope *s, void *self, struct str name,
                          struct descriptor *d)
{
	const struct layout *l = self;
	struct stat st;
	int r = layout_find(k, s, l, name, d);

	if (r != KML_NOTFOUND || !str_starts(name, S("sha256:")))
		return r;
	*d = (struct descriptor){ .digest = name };
	if ((r = digest_check(k, name)) == 0 &&
	    (r = sys_stat(k, s, layout_blob_path(s, l, name), O_NOFOLLOW, &st)) == 0)
		d->size = (uint64_t)st.st_size;
	return r < 0 ? fail_in(k, r, "%s: %.*s", l->dir, FMT(name)) : 0;
}

static int folder_document(struct kml *k, struct scope *s, void *self, struct str name,
                           struct descriptor *d, struct str *bytes)
{
	int fd, r = folder_resolve(k, s, self, name, d);

	if (r == 0 && d->size > JSON_LIMIT)
		r = fail(k, KML_BAD, "a document of more than %d bytes", JSON_LIMIT);
	if (r < 0 || (r = layout_blob(k, s, self, d, &fd)) < 0)
		return r;
	if ((r = sys_read_fd(k, s, fd, bytes)) == 0 && !str_eq(digest_of(s, *bytes), d->digest))
		r = fail(k, KML_BAD, "the content does not have this digest");
	return r < 0 ? fail_in(k, r, "%s", layout_blob_path(s, self, d->digest)) : 0;
}

struct folder_blob { int fd; };

static int folder_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	return sys_read(k, ((struct folder_blob *)arg)->fd, p, n, got);
}

static int folder_blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                       uint64_t from, struct reader *out)
{
	struct folder_blob *b = new(s, struct folder_blob);
	int r = layout_blob(k, s, self, d, &b->fd);

	*out = (struct reader){ folder_read, b };
	return r < 0 || !from ? r : sys_seek(k, b->fd, from);
}

static int folder_tags(struct kml *k, struct scope *s, void *self, struct str **tags, size_t *n)
{
	struct manifest index;
	int r = layout_index(k, s, self, &index);

	if (r < 0)
		return r;
	*tags = news(s, struct str, index.nmanifests);
	*n = 0;
	for (size_t i = 0; i < index.nmanifests; i++) {
		struct str tag = descriptor_note(&index.manifests[i], LAYOUT_TAG);

		if (tag.n)
			(*tags)[(*n)++] = tag;
	}
	return 0;
}

static int folder_referrers(struct kml *k, struct scope *s, void *self, struct str digest,
                            struct descriptor **out, size_t *n)
{
	const struct store_kind kind = { .document = folder_document };
	const struct store st = { &kind, self, ((const struct layout *)self)->dir };
	struct manifest index;
	int r = layout_index(k, s, self, &index);

	return r < 0 ? r : subject_find(k, s, &st, index.manifests, index.nmanifests, digest, out, n);
}

/* ---- writing ------------------------------------------------------------- */

static int folder_has(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                      bool *there)
{
	struct scope *t = scope_begin(s);
	struct stat st;
	int r = sys_stat(k, t, layout_blob_path(t, self, d->digest), O_NOFOLLOW, &st);

	scope_end(t);
	*there = r == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == d->size;
	return r == KML_NOTFOUND ? 0 : r;
}

struct folder_file { struct scope *s; struct save f; bool there; };

/* Hash what is there of it. */
static int folder_rehash(struct kml *k, struct scope *s, const struct save *f,
                         struct store_blob *b)
{
	char *p = scope_raw(s, 1 << 16);
	size_t got = 1;
	int r = 0;

	while (r == 0 && got && b->at <= b->d->size) {
		if ((r = sys_read(k, f->fd, p, 1 << 16, &got)) == 0)
			digest_add(&b->digest, (struct str){ p, got });
		b->at += got;
	}
	if (r < 0 || b->at <= b->d->size)
		return r;
	b->at = 0;
	digest_begin(&b->digest);
	return save_again(k, f);
}

static int folder_begin(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	const struct layout *l = self;
	struct folder_file *file = b->self = new(s, struct folder_file);
	const char *path;
	int r;

	file->s = scope_begin(s);
	path = scope_format(file->s, "%s/%.*s", l->dir, FMT(digest_hex(b->d->digest)));
	digest_begin(&b->digest);
	b->at = 0;
	if ((r = save_resume(k, file->s, path, &file->f)) < 0)
		return fail_in(k, r, "%s", path);
	if ((r = folder_has(k, file->s, self, b->d, &file->there)) < 0)
		return r;
	if (file->there) {
		save_forget(&file->f);
		b->at = b->d->size;
		b->there = true;
		return 0;
	}
	r = folder_rehash(k, file->s, &file->f, b);
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

static int folder_write(struct kml *k, void *self, struct store_blob *b, struct str bytes)
{
	const struct layout *l = self;
	const struct folder_file *file = b->self;
	int r = save_write(k, file->f.fd, bytes);

	b->at += bytes.n;
	return r < 0 ? fail_in(k, r, "%s/%s", l->dir, file->f.from) : 0;
}

static int folder_end(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	const struct layout *l = self;
	struct folder_file *file = b->self;
	int r = 0;

	(void)s;
	if (!file->there && (r = save_sync(k, &file->f)) == 0) {
		file->f.name = scope_format(file->s, "blobs/sha256/%.*s", FMT(digest_hex(b->d->digest)));
		r = save_done(k, &file->f);
	}
	if (r < 0)
		r = fail_in(k, r, "%s/%s", l->dir, file->f.name);
	scope_end(file->s);
	return r;
}

static void folder_drop(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	struct folder_file *file = b->self;

	(void)k, (void)s, (void)self;
	save_forget(&file->f);
	scope_end(file->s);
}

static int folder_put(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                      struct str bytes, struct str tag)
{
	const struct layout *l = self;
	struct scope *t = scope_begin(s);
	struct descriptor put = *d;
	struct str subject = { 0 };
	bool there;
	int r;

	if (!tag.n && (r = subject_of(k, t, bytes, &subject)) < 0)
		return r;
	if ((r = save_lock(k, t, l->dir)) < 0)
		r = fail_in(k, r, "%s", l->dir);
	if (r == 0 && (r = folder_has(k, t, self, d, &there)) == 0 && !there)
		r = layout_put(k, t, l, bytes, &put);
	if (r == 0 && tag.n)
		r = layout_tag(k, t, l, tag, d);
	else if (r == 0 && subject.n)
		r = layout_refer(k, t, l, d);
	scope_end(t);
	return r;
}

/* Take the entries with this tag or digest out of the index. */
static int folder_remove(struct kml *k, struct scope *s, void *self, struct str name)
{
	const struct layout *l = self;
	struct scope *t = scope_begin(s);
	int r = save_lock(k, t, l->dir);

	r = r < 0 ? fail_in(k, r, "%s", l->dir) : layout_untag(k, t, l, name);
	scope_end(t);
	return r;
}

static const struct store_kind folder_kind = {
	.resolve = folder_resolve, .document = folder_document, .blob = folder_blob,
	.tags = folder_tags, .referrers = folder_referrers, .has = folder_has,
	.begin = folder_begin, .write = folder_write,
	.end = folder_end, .drop = folder_drop, .put = folder_put, .remove = folder_remove,
};

/* Open the layout that is the directory `dir`. */
static int folder_open(struct kml *k, struct scope *s, const char *dir, struct store *out)
{
	struct layout *l = new(s, struct layout);
	int r = layout_open(k, s, dir, l);

	*out = (struct store){ &folder_kind, l, l->dir };
	return r;
}

/* The same for writing: it is made if it is missing. */
static int folder_create(struct kml *k, struct scope *s, const char *dir, struct store *out)
{
	struct scope *t = scope_begin(s);
	struct layout *l = new(s, struct layout);
	int r = layout_create(k, t, dir, l);

	scope_end(t);
	l->dir = scope_text(s, str_of(dir));
	*out = (struct store){ &folder_kind, l, l->dir };
	return r;
}

#endif
