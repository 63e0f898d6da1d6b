/* extract.c - the files of an image into a directory.
 *
 * Every layer is read twice.  The first time it is verified, and the table of
 * image/names.c learns which name is there in the end, and from which layer:
 * deletions delete names in that table, never files.  The second time each file
 * that is there in the end is written, once; digests are compared again, for a
 * store may answer differently, and only then is what was written shown.
 *
 * A hard link is a second name of a file of the same layer.  The file gets all its
 * names when its bytes come, also if its first one is no longer there.
 */
#ifndef KML_EXTRACT_C
#define KML_EXTRACT_C

#include "../ground/base.c"
#include "../ground/pool.c"
#include "../ground/unpack.c"
#include "image.c"
#include "layer.c"
#include "names.c"

struct extract_options {
	const char *const *paths;       /* only these, and what is below them */
	size_t npaths;
	uint64_t most;                  /* bytes that may be unpacked */
	bool owner, devices;            /* as root: keep the owners; make devices */
};

struct extract_link { int layer; struct str root, name; size_t order; };

struct extract {
	const struct image *image;
	const struct extract_options *options;
	const char *dir;
	struct scope *s;
	struct str *paths;
	bool *found;                    /* each of them */
	struct names names;
	struct buf links, dirs;         /* of struct extract_link, tar_entry */
	size_t nlinks;
	struct unpack to;
	uint64_t files, bytes;          /* what was written */
};

/* ---- what will be there -------------------------------------------------- */

static bool extract_is_in(struct str name, struct str dir)
{
	return !dir.n || (str_starts(name, dir) && (name.n == dir.n || name.p[dir.n] == '/'));
}

/* Is it one of the paths that were asked for, or below one? */
static bool extract_wanted(struct extract *x, struct str name)
{
	bool any = !x->options->npaths;

	for (size_t i = 0; i < x->options->npaths; i++)
		if (extract_is_in(name, x->paths[i]))
			any = x->found[i] = true;
	return any;
}

/* Is `name` of this layer there in the end? */
static int extract_stays(struct kml *k, struct extract *x, struct str name, int layer, bool *out)
{
	const struct name *e;
	int r = names_enter(k, &x->names, name, &e);

	*out = r == 0 && e && e->came == layer;
	return r;
}

static int extract_look(struct kml *k, struct scope *s, struct tar *tar,
                        const struct tar_entry *e, void *arg)
{
	struct extract *x = arg;
	struct extract_link l = { .layer = x->names.layer };
	int r = names_add(k, s, &x->names, e);

	(void)tar;
	if (r || e->type != TAR_HARDLINK)
		return r < 0 ? r : 0;
	l.name = scope_str(x->s, e->name);
	l.order = x->links.n / sizeof l;
	r = tar_name(k, x->s, e->link, &l.root);
	buf_add(&x->links, (struct str){ (const char *)&l, sizeof l });
	return r;
}

static int extract_by_name(const void *a, const void *b)
{
	const struct extract_link *x = a, *y = b;

	return x->layer != y->layer ? x->layer - y->layer : str_cmp(x->name, y->name);
}

static int extract_by_root(const void *a, const void *b)
{
	const struct extract_link *x = a, *y = b;
	int r = x->layer != y->layer ? x->layer - y->layer : str_cmp(x->root, y->root);

	return r ? r : (x->order > y->order) - (x->order < y->order);
}

/* A link to a link is one to what that is to; each is to one before it.  Keep those
 * that are there in the end, sorted by what they are to. */
static int extract_settle(struct kml *k, struct extract *x)
{
	struct extract_link *v = (struct extract_link *)(void *)x->links.p, *to;
	size_t n = x->links.n / sizeof *v, kept = 0;
	bool stays;
	int r = 0;

	x->names.layer++;       /* what is only looked for is of no layer */
	if (n)
		qsort(v, n, sizeof *v, extract_by_name);
	for (size_t i = 0; i < n; i++) {
		struct extract_link want = { .layer = v[i].layer, .name = v[i].root };
		size_t order = v[i].order;

		while ((to = bsearch(&want, v, n, sizeof *v, extract_by_name)) && to->order < order) {
			want.name = to->root;
			order = to->order;
		}
		v[i].root = want.name;
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		if ((r = extract_stays(k, x, v[i].name, v[i].layer, &stays)) == 0 && stays &&
		    extract_wanted(x, v[i].name))
			v[kept++] = v[i];
	if (kept)
		qsort(v, kept, sizeof *v, extract_by_root);
	x->nlinks = kept;
	return r;
}

/* The links that are to `name` of this layer. */
static const struct extract_link *extract_links(const struct extract *x, struct str name,
                                                int layer, size_t *n)
{
	const struct extract_link *v = (const struct extract_link *)(const void *)x->links.p;
	struct extract_link key = { .layer = layer, .root = name };
	size_t low = 0, high = x->nlinks;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (extract_by_root(&v[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (*n = 0; low + *n < x->nlinks && v[low + *n].layer == layer &&
	     str_eq(v[low + *n].root, name);)
		++*n;
	return *n ? v + low : NULL;
}

/* ---- writing ------------------------------------------------------------- */

static struct unpack_meta extract_meta(const struct extract *x, const struct tar_entry *e)
{
	return (struct unpack_meta){ e->mode, e->uid, e->gid, e->mtime, x->options->owner };
}

/* Those of the system, which a change of the owner takes away, or the others, for
 * which the file has to be writable. */
static int extract_xattrs(struct kml *k, struct scope *s, const struct tar_entry *e, int fd,
                          bool system)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < e->nxattrs; i++)
		if (str_starts(e->xattrs[i].key, S("user.")) != system)
			r = unpack_xattr(k, s, fd, e->xattrs[i].key, e->xattrs[i].value);
	return r;
}

/* All but the bytes. */
static int extract_finish(struct kml *k, struct scope *s, const struct extract *x,
                          const struct tar_entry *e, int fd)
{
	const struct unpack_meta meta = extract_meta(x, e);
	int r = extract_xattrs(k, s, e, fd, false);

	if (r == 0)
		r = unpack_finish(k, fd, &meta);
	return r == 0 && meta.owner ? extract_xattrs(k, s, e, fd, true) : r;
}

static int extract_bytes(struct kml *k, struct scope *s, struct extract *x, struct tar *tar,
                         const struct tar_entry *e, int fd)
{
	char *p = scope_raw(s, UNPACK_STEP);
	size_t got;
	int r;

	while ((r = tar_read(k, tar, p, UNPACK_STEP, &got)) == 0 && got) {
		if ((r = save_write(k, fd, (struct str){ p, got })) < 0)
			return r;
		x->bytes += got;
	}
	return r < 0 ? r : extract_finish(k, s, x, e, fd);
}

/* The file `name`, and all links to it. */
static int extract_file(struct kml *k, struct scope *s, struct extract *x, struct tar *tar,
                        const struct tar_entry *e, struct str name,
                        const struct extract_link *links, size_t n)
{
	int *fd = scope_fd(s), r = unpack_file(k, &x->to, name, fd);

	if (r == 0)
		r = extract_bytes(k, s, x, tar, e, *fd);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = unpack_link(k, &x->to, name, links[i].name);
	x->files += 1 + n;
	return r;
}

static void extract_note_dir(struct extract *x, const struct tar_entry *e)
{
	struct tar_entry d = tar_copy(x->s, e);

	buf_add(&x->dirs, (struct str){ (const char *)&d, sizeof d });
}

static int extract_other(struct kml *k, struct scope *s, struct extract *x,
                         const struct tar_entry *e)
{
	const struct unpack_meta meta = extract_meta(x, e);

	x->files += e->type != TAR_DIR;
	switch (e->type) {
	case TAR_DIR:
		extract_note_dir(x, e);
		return unpack_mkdir(k, &x->to, e->name);
	case TAR_SYMLINK:
		return unpack_symlink(k, &x->to, e->name, scope_text(s, e->link), &meta);
	case TAR_CHAR:
		return unpack_node(k, &x->to, e->name, S_IFCHR, e->major, e->minor, &meta);
	case TAR_BLOCKDEV:
		return unpack_node(k, &x->to, e->name, S_IFBLK, e->major, e->minor, &meta);
	default:
		return unpack_node(k, &x->to, e->name, S_IFIFO, 0, 0, &meta);
	}
}

/* Is the directory above something that is wanted?  Then it is made as it is. */
static bool extract_leads(const struct extract *x, struct str dir)
{
	for (size_t i = 0; i < x->options->npaths; i++)
		if (extract_is_in(x->paths[i], dir))
			return true;
	return false;
}

struct extract_pass { struct extract *x; int layer; };

static int extract_put(struct kml *k, struct scope *s, struct tar *tar,
                       const struct tar_entry *e, void *arg)
{
	const struct extract_pass *pass = arg;
	struct extract *x = pass->x;
	const struct extract_link *links = NULL;
	size_t n = 0;
	bool stays, shows;
	int r = extract_stays(k, x, e->name, pass->layer, &stays);

	if (r < 0 || e->type == TAR_HARDLINK || str_starts(str_base(e->name), S(".wh.")))
		return r;
	if (e->type == TAR_FILE)
		links = extract_links(x, e->name, pass->layer, &n);
	shows = stays && extract_wanted(x, e->name);
	if (stays && !shows && e->type == TAR_DIR && extract_leads(x, e->name))
		extract_note_dir(x, e);
	if (!shows && !n)
		return 0;
	if (e->type != TAR_FILE)
		r = extract_other(k, s, x, e);
	else if (shows)
		r = extract_file(k, s, x, tar, e, e->name, links, n);
	else
		r = extract_file(k, s, x, tar, e, links->name, links + 1, n - 1);
	return r < 0 ? fail_in(k, r, "%.*s", FMT(e->name)) : 0;
}

static int extract_dir_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct tar_entry *)a)->name, ((const struct tar_entry *)b)->name);
}

/* Directories get their times and modes last, those that are in others before these. */
static int extract_settle_dirs(struct kml *k, struct extract *x)
{
	struct tar_entry *v = (struct tar_entry *)(void *)x->dirs.p;
	size_t n = x->dirs.n / sizeof *v;
	int r = 0;

	if (n)
		qsort(v, n, sizeof *v, extract_dir_cmp);
	for (size_t i = n; r == 0 && i-- > 0;) {
		struct scope *t = scope_begin(x->s);
		int *fd = scope_fd(t);

		if ((r = unpack_reopen(k, &x->to, v[i].name, fd)) == 0 && *fd >= 0)
			r = extract_finish(k, t, x, &v[i], *fd);
		scope_end(t);
		if (r < 0)
			r = fail_in(k, r, "%.*s", FMT(v[i].name));
	}
	return r;
}

/* ---- all of it ----------------------------------------------------------- */

/* All layers, once. */
static int extract_layers(struct kml *k, struct scope *s, struct extract *x, layer_each *each)
{
	const struct image *image = x->image;
	uint64_t room = x->options->most;
	int r = 0;

	for (size_t i = 0; r == 0 && i < image->manifest.nlayers; i++) {
		struct extract_pass pass = { x, (int)i + 1 };

		x->names.layer = each == extract_look ? pass.layer : x->names.layer;
		r = layer_scan(k, s, image->store, &image->manifest.layers[i],
		               image->config.diff_ids[i], &room, each,
		               each == extract_look ? (void *)x : (void *)&pass);
	}
	return r;
}

static int extract_paths(struct kml *k, struct extract *x)
{
	size_t n = x->options->npaths;
	int r = 0;

	x->paths = news(x->s, struct str, n);
	x->found = news(x->s, bool, n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str path = str_of(x->options->paths[i]);

		while (path.n && path.p[0] == '/')
			path = str_from(path, 1);
		r = path.n ? tar_name(k, x->s, path, &x->paths[i]) : 0;
		if (r < 0)
			r = fail(k, KML_USAGE, "\"%s\" is no path in an image", x->options->paths[i]);
	}
	return r;
}

/* A pool_fn, so that running out of memory comes back to who can clean up. */
static int extract_work(struct kml *k, struct scope *s, size_t i, void *arg)
{
	struct extract *x = arg;
	int r;

	(void)i;
	x->s = x->names.s = x->links.s = x->dirs.s = s;
	x->names.devices = x->options->devices;
	if ((r = extract_paths(k, x)) < 0 || (r = extract_layers(k, s, x, extract_look)) < 0 ||
	    (r = extract_settle(k, x)) < 0)
		return r;
	if ((r = unpack_begin(k, s, x->dir, &x->to)) < 0)
		return fail_in(k, r, "%s", x->dir);
	if ((r = extract_layers(k, s, x, extract_put)) < 0)
		return r;
	for (size_t j = 0; j < x->options->npaths; j++)
		if (!x->found[j])
			return fail(k, KML_NOTFOUND, "the image has no \"%s\"", x->options->paths[j]);
	if ((r = extract_settle_dirs(k, x)) < 0)
		return r;
	return unpack_show(k, s, &x->to);
}

/* Unpack the image into the directory `dir`, which is made if it is missing.  After
 * a failure nothing of the image is there. */
static int extract_image(struct kml *k, struct scope *s, const struct image *image,
                         const struct extract_options *options, const char *dir,
                         struct extract *x)
{
	struct kml aside = { .root = k->root };
	int r;

	*x = (struct extract){ .image = image, .options = options, .dir = dir };
	if ((options->owner || options->devices) && !unpack_by_root())
		return fail(k, KML_USAGE, "only root can keep owners or make devices");
	x->to.dir = -1;
	r = pool_run(k, s, 1, extract_work, x);
	if (r < 0 && x->to.dir >= 0)
		unpack_drop(&aside, &x->to);
	return r;
}

#endif
