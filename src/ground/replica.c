/* replica.c - files and directories once more, in another place.
 *
 * As cp -R does it: links stay links, modes are kept but for the umask, and a directory
 * that is there already takes in what comes.  A file or a link takes the place of what has its
 * name, whole; so nothing is written through a link that is found there.  Each
 * name is looked up in its directory, opened before: nothing leads out of it.
 */
#ifndef KML_REPLICA_C
#define KML_REPLICA_C

#include "save.c"
#include "sys.c"

enum { REPLICA_DEPTH = 130, REPLICA_STEP = 64 * 1024 };

struct replica {
	bool deep;                      /* directories too, and links as links */
	mode_t mask;
	int depth;
};

/* A name in an open directory; `path` is for messages. */
struct replica_at { int dir; const char *name, *path; };

static mode_t replica_mask(void)
{
	mode_t m = umask(0);

	umask(m);
	return m;
}

static bool replica_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Is the directory `dir` the one of `st`, or below it?  1 or 0. */
static int replica_inside(struct kml *k, struct scope *s, int dir, const struct stat *st)
{
	struct stat at = { 0 }, up;
	int *fd = scope_fd(s);

	for (;;) {
		int above;

		if (SYS(fstat(dir, &up)) < 0)
			return sys_fail(k);
		if (replica_same(&up, st) || replica_same(&up, &at))
			return replica_same(&up, st);
		at = up;
		above = SYS(openat(dir, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
		if (*fd >= 0)
			close(*fd);
		if ((dir = *fd = above) < 0)
			return sys_fail(k);
	}
}

static int replica_file(struct kml *k, struct scope *s, const struct replica *c,
                        struct replica_at from, struct replica_at to, mode_t mode)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | (c->deep ? O_NOFOLLOW : 0);
	char *p = scope_raw(s, REPLICA_STEP);
	struct save f = { .dir = to.dir, .name = to.name };
	size_t got = REPLICA_STEP;
	int *fd = scope_fd(s), r;

	*fd = SYS(openat(from.dir, from.name, flags));
	r = *fd < 0 ? sys_fail(k) : save_begin_in(k, s, &f);
	while (r == 0 && got == REPLICA_STEP)
		if ((r = sys_read(k, *fd, p, REPLICA_STEP, &got)) == 0)
			r = save_write(k, f.fd, (struct str){ p, got });
	if (r == 0 && SYS(fchmod(f.fd, mode & 0777 & ~c->mask)) < 0)
		r = sys_fail(k);
	return r < 0 || (r = save_sync(k, &f)) < 0 ? r : save_done(k, &f);
}

static int replica_link(struct kml *k, struct scope *s, struct replica_at from,
                        struct replica_at to)
{
	char text[PATH_MAX];
	struct save f = { .dir = to.dir, .name = to.name };
	ssize_t n = SYS(readlinkat(from.dir, from.name, text, sizeof text - 1));
	int r = n < 0 ? sys_fail(k) : save_begin_in(k, s, &f);

	if (r < 0)
		return r;
	text[n] = '\0';
	if (SYS(unlinkat(f.dir, f.from, 0)) < 0 || SYS(symlinkat(text, f.dir, f.from)) < 0)
		return sys_fail(k);
	return save_done(k, &f);
}

/* ---- directories --------------------------------------------------------- */

/* A directory that is copied, open, and the one it becomes. */
struct replica_pair { int in, out; };

/* `new` is the mode of one that is to be made. */
static int replica_enter(struct kml *k, struct scope *s, struct replica *c, struct replica_at from,
                         struct replica_at to, const mode_t *new, struct replica_pair *dir)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int *in = scope_fd(s), *out = scope_fd(s);

	if (!c->deep || c->depth == REPLICA_DEPTH)
		return fail(k, KML_FAIL, c->deep ? "too many directories in each other" :
		            "a directory is copied with -r");
	if (new && SYS(mkdirat(to.dir, to.name, (*new & 0777) | 0700)) < 0)
		return sys_fail(k);
	*in = SYS(openat(from.dir, from.name, flags));
	*out = SYS(openat(to.dir, to.name, flags));
	if (*in < 0 || *out < 0)
		return sys_fail(k);
	*dir = (struct replica_pair){ *in, *out };
	return 0;
}

/* Can the one become, or go into, what has the name, if it is there? */
static int replica_check(struct kml *k, struct scope *s, const struct replica *c,
                         const struct stat *from, int dir, const struct stat *to, bool there)
{
	int r = there && replica_same(from, to);

	if (!r && !c->depth && S_ISDIR(from->st_mode))
		r = replica_inside(k, s, dir, from);
	if (r)
		return r < 0 ? r : fail(k, KML_FAIL, "would be copied to itself, or into itself");
	if (there && S_ISDIR(to->st_mode) != S_ISDIR(from->st_mode))
		return fail(k, KML_FAIL, "is %s there, and %s directory in the source",
		            S_ISDIR(to->st_mode) ? "a directory" : S_ISLNK(to->st_mode) ?
		            "a link" : "a file", S_ISDIR(from->st_mode) ? "a" : "no");
	return 0;
}

static int replica_any(struct kml *k, struct scope *s, struct replica *c, struct replica_at from,
                       struct replica_at to)
{
	struct replica_pair dir = { -1, -1 };
	struct sys_entry *v = NULL;
	struct stat st, old;
	struct scope *u;
	bool there;
	size_t n = 0;
	int r;

	if (SYS(fstatat(from.dir, from.name, &st, c->deep ? AT_SYMLINK_NOFOLLOW : 0)) < 0)
		return r = sys_fail(k), fail_in(k, r, "%s", from.path);
	there = SYS(fstatat(to.dir, to.name, &old, AT_SYMLINK_NOFOLLOW)) == 0;
	r = there || errno == ENOENT ? replica_check(k, s, c, &st, to.dir, &old, there) : sys_fail(k);
	if (r == 0 && S_ISDIR(st.st_mode)) {
		if ((r = replica_enter(k, s, c, from, to, there ? NULL : &st.st_mode, &dir)) == 0)
			r = sys_list_fd(k, s, dir.in, &v, &n);
	} else if (r == 0) {
		r = S_ISREG(st.st_mode) ? replica_file(k, s, c, from, to, st.st_mode) :
		    S_ISLNK(st.st_mode) ? replica_link(k, s, from, to) :
		    fail(k, KML_FAIL, "neither a file, a directory nor a link");
	}
	if (r < 0)
		return fail_in(k, r, "%s", to.path);
	c->depth++;
	u = scope_begin(s);     /* others may copy to this directory alone */
	if (r == 0 && n && strcmp(to.name, "."))     /* that is locked already */
		r = save_lock_in(k, u, dir.out, to.path);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct scope *t = scope_begin(u);

		r = replica_any(k, t, c, (struct replica_at){ dir.in, v[i].name, from.path },
		                (struct replica_at){ dir.out, v[i].name,
		                                     scope_format(t, "%s/%s", to.path, v[i].name) });
		scope_end(t);
	}
	scope_end(u);
	c->depth--;
	if (r == 0 && dir.out >= 0 && !there && SYS(fchmod(dir.out, st.st_mode & 0777 & ~c->mask)) < 0)
		return r = sys_fail(k), fail_in(k, r, "%s", to.path);
	return r;
}

/* The directory that `path` is in, opened, and its name there. */
static int replica_find(struct kml *k, struct scope *s, const char *path, struct replica_at *out,
                        const char **up)
{
	struct str p = str_unslash(str_of(path)), base = str_base(p);

	*out = (struct replica_at){ .name = base.n ? scope_text(s, base) : ".", .path = path };
	*up = base.n == p.n ? "." : scope_text(s, (struct str){ p.p, p.n - base.n });
	return sys_open(k, s, *up, O_PATH | O_DIRECTORY, &out->dir);
}

/* Copy `from`: into the directory `to`, or to that name; with `deep` directories too. */
static int replica_copy(struct kml *k, struct scope *s, const char *from, const char *to,
                        bool into, bool deep)
{
	struct replica c = { .deep = deep, .mask = replica_mask() };
	struct replica_at a, b;
	const char *up;
	int r = replica_find(k, s, from, &a, &up);

	if (r < 0)
		return fail_in(k, r, "%s", from);
	if (into) {
		b.name = strcmp(a.name, "..") ? a.name : ".";
		b.path = scope_format(s, "%s/%s", up = to, b.name);
		r = sys_open(k, s, to, O_PATH | O_DIRECTORY, &b.dir);
	} else {
		r = replica_find(k, s, to, &b, &up);
	}
	if (r == 0)
		r = save_lock(k, s, up);
	return r < 0 ? fail_in(k, r, "%s", to) : replica_any(k, s, &c, a, b);
}

#endif
