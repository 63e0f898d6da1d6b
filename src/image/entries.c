/* entries.c - what an archive is to hold, and the archive of it as a stream.
 *
 * Entries are files on disk, parts of one, bytes in memory, links and directories, added
 * in any order.  The archive has them in byte order of their names, every parent
 * before what is in it, owned by root, with one time and modes that do not
 * come from the disk: it depends on names and contents alone.  Files are read
 * while the archive is, and never held.
 */
#ifndef KML_ENTRIES_C
#define KML_ENTRIES_C

#include "../format/tar.c"
#include "../ground/base.c"
#include "../ground/place.c"
#include "../ground/source.c"
#include "../ground/sys.c"
#include "names.c"

struct entries_item {
	struct tar_entry head;
	const char *path;               /* the file on disk; NULL: */
	struct str bytes;               /* these; a NULL pointer: */
	int fd;                         /* those of this file, */
	uint64_t from;                  /* from here on */
};

/* How an archive is written: one that is not a tar archive. */
struct entries_form {
	/* What goes before the bytes of the `number`th entry, from 1; after them, the
	 * padding to multiples of `unit`; after `written` bytes, the end. */
	void (*put)(struct buf *b, const struct tar_entry *e, size_t number);
	void (*end)(struct buf *b, uint64_t written);
	size_t unit;
};

struct entries {
	struct scope *s;
	uint64_t mtime;
	const struct entries_form *form;        /* NULL: tar */
	struct entries_item *v;
	size_t n, cap;
	/* the stream */
	size_t at;                      /* the entry that comes next */
	struct buf ahead;               /* a header, or padding, and how much was taken */
	size_t taken;
	struct scope *open;             /* the file that is being read */
	int fd;
	uint64_t left;                  /* of its bytes */
	struct str bytes;               /* or of those in memory */
	struct place part;              /* or of the part of a file */
	uint64_t written;
	bool ended;
	bool bare;                      /* the directories that names are in are not added */
};

static struct entries entries_begin(struct scope *s, uint64_t mtime)
{
	return (struct entries){ .s = s, .mtime = mtime };
}

static struct entries_item *entries_add(struct entries *e, struct str name, enum tar_type type,
                                 unsigned mode)
{
	if (e->n == e->cap) {
		struct entries_item *v = news(e->s, struct entries_item, 2 * e->cap + 64);

		if (e->n)
			memcpy(v, e->v, e->n * sizeof *v);
		e->v = v;
		e->cap = 2 * e->cap + 64;
	}
	e->v[e->n] = (struct entries_item){ .head = {
		.name = scope_str(e->s, name), .type = type, .mode = mode, .mtime = e->mtime,
	} };
	return &e->v[e->n++];
}

/* The file `path`, which has `size` bytes now and when it will be read. */
static void entries_file(struct entries *e, struct str name, const char *path, uint64_t size,
                         unsigned mode)
{
	struct entries_item *f = entries_add(e, name, TAR_FILE, mode);

	f->path = scope_text(e->s, str_of(path));
	f->head.size = size;
}

/* `bytes` must live as long as the entries. */
static void entries_bytes(struct entries *e, struct str name, struct str bytes)
{
	struct entries_item *f = entries_add(e, name, TAR_FILE, 0644);

	f->bytes = bytes;
	f->head.size = bytes.n;
}

/* The entry `head`, whose texts must live as long; its bytes are those of `fd` from `from`
 * on. */
static void entries_part(struct entries *e, const struct tar_entry *head, int fd, uint64_t from)
{
	struct entries_item *f = entries_add(e, S(""), head->type, head->mode);

	f->head = *head;
	f->fd = fd;
	f->from = from;
}

static void entries_link(struct entries *e, struct str name, struct str target)
{
	entries_add(e, name, TAR_SYMLINK, 0777)->head.link = scope_str(e->s, target);
}

static int entries_cmp(const void *a, const void *b)
{
	const struct entries_item *x = a, *y = b;

	return str_cmp(x->head.name, y->head.name);
}

/* The file that the link `f` is to, through other links; NULL: none. */
static struct entries_item *entries_root(const struct entries *e, const struct entries_item *f)
{
	struct entries_item *at = NULL;

	for (int steps = 0; f && f->head.type == TAR_HARDLINK && steps < 100; steps++) {
		struct entries_item key = { .head = { .name = f->head.link } };

		f = at = bsearch(&key, e->v, e->n, sizeof *e->v, entries_cmp);
	}
	return at && at->head.type == TAR_FILE ? at : NULL;
}

/* Of the names of a file the first is the file, and the others are links to that. */
static void entries_settle_links(struct entries *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct entries_item *f = &e->v[i], *root;

		if (f->head.type != TAR_HARDLINK || !(root = entries_root(e, f)))
			continue;
		if (root > f) {
			struct entries_item swap = *f;

			*f = *root;
			*root = swap;
			root->head.name = f->head.name;
			f->head.name = swap.head.name;
			f = root, root = &e->v[i];
		}
		f->head.link = root->head.name;
	}
}

/* Check the names, add the directories they are in, and sort.  A device is only
 * there if this program wants it. */
static int entries_finish(struct kml *k, struct entries *e)
{
	struct names dirs = { .s = e->s, .layer = 1 };
	size_t n = e->n;
	int r;

	for (size_t i = 0; i < n; i++)
		if ((r = tar_name(k, e->s, e->v[i].head.name, &e->v[i].head.name)) < 0)
			return r;
	if (n)
		qsort(e->v, n, sizeof *e->v, entries_cmp);
	entries_settle_links(e);
	for (size_t i = 0; i < n; i++) {
		const struct tar_entry *head = &e->v[i].head;

		if (head->type == TAR_CHAR)
			continue;
		if ((r = names_add(k, e->s, &dirs, head)) != 0)
			return r < 0 ? r : fail(k, KML_BAD, "\"%.*s\" would be a deletion",
			                        FMT(head->name));
	}
	for (size_t i = 0; !e->bare && i < dirs.size; i++)
		if (dirs.slots[i].name.n && dirs.slots[i].implied)
			entries_add(e, dirs.slots[i].name, TAR_DIR, 0755);
	if (e->n)
		qsort(e->v, e->n, sizeof *e->v, entries_cmp);
	return 0;
}

/* ---- the stream ---------------------------------------------------------- */

static int entries_open(struct kml *k, struct entries *e, const struct entries_item *f)
{
	uint64_t size;
	int r;

	e->left = f->head.size;
	e->bytes = f->bytes;
	e->part = (struct place){ f->fd, f->from, f->head.size };
	if (!f->path)
		return 0;
	if ((r = sys_open_file(k, e->open, f->path, 0, &e->fd, &size)) == 0 && size != e->left)
		r = fail(k, KML_FAIL, "changed while it was packed");
	return r < 0 ? fail_in(k, r, "%s", f->path) : 0;
}

static void entries_pad(struct entries *e, uint64_t size)
{
	size_t n = e->form ? (size_t)(-size % e->form->unit) : tar_padding(size);

	e->ahead.n = e->taken = 0;
	buf_add(&e->ahead, (struct str){ tar_zeros, n });
}

/* What goes before the bytes of the next entry, or after the last. */
static int entries_head(struct kml *k, struct entries *e)
{
	const struct entries_item *f;

	e->ahead.n = e->taken = 0;
	if (e->at == e->n) {
		e->ended = true;
		if (e->form)
			e->form->end(&e->ahead, e->written);
		else
			buf_add(&e->ahead, (struct str){ tar_zeros, sizeof tar_zeros });
		return 0;
	}
	f = &e->v[e->at++];
	if (e->form)
		e->form->put(&e->ahead, &f->head, e->at);
	else
		tar_put_entry(&e->ahead, e->open, &f->head);
	return entries_open(k, e, f);
}

/* Give what is at hand: *got == 0 when a header has to be made first. */
static int entries_take(struct kml *k, struct entries *e, char *p, size_t n, size_t *got)
{
	const struct entries_item *f = e->at ? &e->v[e->at - 1] : NULL;
	struct str ahead = str_from(buf_str(&e->ahead), e->taken);
	int r = 0;

	*got = ahead.n < n ? ahead.n : n;
	if (*got) {
		memcpy(p, ahead.p, *got);
		e->taken += *got;
		return 0;
	}
	*got = e->left < n ? (size_t)e->left : n;
	if (!*got)
		return 0;
	if (f->path) {
		r = sys_read(k, e->fd, p, *got, got);
		if (r == 0 && !*got)
			r = fail(k, KML_FAIL, "became shorter while it was packed");
	} else if (!e->bytes.p) {
		r = place_next(k, &e->part, p, *got, got);
		if (r == 0 && !*got)
			r = fail(k, KML_FAIL, "the temporary file became shorter");
	} else {
		memcpy(p, e->bytes.p, *got);
		e->bytes = str_from(e->bytes, *got);
	}
	if (r < 0)
		return f->path ? fail_in(k, r, "%s", f->path) : r;
	e->left -= *got;
	if (!e->left)
		entries_pad(e, f->head.size);
	return 0;
}

static int entries_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct entries *e = arg;
	int r = entries_take(k, e, p, n, got);

	while (r == 0 && !*got && n && !e->ended) {
		scope_end(e->open);
		if ((r = entries_head(k, e)) == 0)
			r = entries_take(k, e, p, n, got);
	}
	e->written += *got;
	return r;
}

/* *out reads the archive, once.  It is to be read by the thread that calls this. */
static void entries_reader(struct entries *e, struct reader *out)
{
	e->ahead.s = e->s;
	e->open = scope_begin(e->s);
	*out = (struct reader){ entries_read, e };
}

#endif
