/* walk.c - a directory and all below it, as the kernel shows its devices.
 *
 * Symbolic links are not followed, so that each directory is met once; every
 * directory is opened relative to the one it is in; what is in one comes in byte
 * order.  What vanishes or cannot be read on the way is left out: devices come
 * and go.
 */
#ifndef KML_WALK_C
#define KML_WALK_C

#include "sys.c"

enum { WALK_DEEPEST = 64, WALK_DIRECTORIES = 1 << 20, WALK_FILE = 4096 };

struct walk_dir {
	const char *path;               /* below where the walk began; "" there */
	int fd;
	const struct sys_entry *v;
	size_t n;
	const char *skip;               /* a directory that need not be looked into; NULL */
};

/* Called for each directory before those in it; may set `skip`.  `s` ends with the
 * directory. */
typedef int walk_fn(struct kml *k, struct scope *s, struct walk_dir *d, void *arg);

struct walk { walk_fn *fn; void *arg; size_t left; };

/* Is there a file of that name? */
static bool walk_has(const struct walk_dir *d, const char *name)
{
	const struct sys_entry want = { name, DT_REG }, *e = NULL;

	if (d->n)
		e = bsearch(&want, d->v, d->n, sizeof want, sys_entry_cmp);
	return e && e->type == DT_REG;
}

/* The text of the small file `name` of the directory. */
static int walk_read(struct kml *k, struct scope *s, const struct walk_dir *d, const char *name,
                     struct str *out)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	struct scope *t = scope_begin(s);
	int *fd = scope_fd(t), r;
	char text[WALK_FILE];
	size_t n = 0;

	SYS_AGAIN(*fd, openat(d->fd, name, flags));
	r = *fd < 0 ? sys_fail(k) : sys_read(k, *fd, text, sizeof text, &n);
	*out = scope_str(s, (struct str){ text, n });
	scope_end(t);
	return r;
}

/* The directory `name` of the directory `up`, and all below it. */
static int walk_into(struct kml *k, struct scope *s, struct walk *w, int up, const char *name,
                     const char *path, int depth)
{
	struct scope *t = scope_begin(s);
	int *fd = scope_fd(t), r = 0;
	struct walk_dir d = { .path = path };
	struct sys_entry *v;

	if (!w->left--)
		return fail(k, KML_BAD, "more than %d directories", WALK_DIRECTORIES);
	SYS_AGAIN(*fd, openat(up, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	d.fd = *fd;
	if (*fd >= 0 && sys_list_fd(k, t, *fd, &v, &d.n) == 0) {
		d.v = v;
		r = w->fn(k, t, &d, w->arg);
	}
	for (size_t i = 0; r == 0 && i < d.n; i++)
		if (v[i].type == DT_DIR && depth < WALK_DEEPEST &&
		    !(d.skip && !strcmp(v[i].name, d.skip)))
			r = walk_into(k, t, w, *fd, v[i].name,
			              scope_format(t, "%s%s%s", path, *path ? "/" : "", v[i].name),
			              depth + 1);
	scope_end(t);
	return r;
}

/* Call `fn` for the directory `path` and all below it. */
static int walk_tree(struct kml *k, struct scope *s, const char *path, walk_fn *fn, void *arg)
{
	struct walk w = { fn, arg, WALK_DIRECTORIES };
	struct scope *t = scope_begin(s);
	int fd, r = sys_open(k, t, path, O_RDONLY | O_DIRECTORY, &fd);

	if (r == 0)
		r = walk_into(k, t, &w, fd, ".", "", 0);
	scope_end(t);
	return r;
}

#endif
