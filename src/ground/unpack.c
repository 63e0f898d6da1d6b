/* unpack.c - a directory that is filled from outside and then shown at once.
 *
 * What comes is written below DIR/.kml.extract, which nobody else may enter, one
 * component of a name after the other and never through a link.  When all of it
 * is there it is moved up into DIR: into directories that are there already, in
 * place of files, but through no link, and over no directory.  That is looked at
 * before the first move.
 */
#ifndef KML_UNPACK_C
#define KML_UNPACK_C

#include "save.c"
#include "source.c"
#include "sys.c"
#include <sys/xattr.h>

#define UNPACK_TEMP ".kml.extract"

enum { UNPACK_DEPTH = 130, UNPACK_MOST = 128, UNPACK_STEP = 64 * 1024 };

struct unpack {
	const char *path;               /* of DIR */
	int dir, top;                   /* DIR; the temporary one in it */
	int up;                         /* what DIR was made in, as `name`; -1: it was there */
	const char *name;
	int *at;                        /* the directory `here` of it */
	char here[PATH_MAX];
	size_t n;
	bool entered;
};

/* What a name is to have beside its content. */
struct unpack_meta { unsigned mode; uint64_t uid, gid, mtime; bool owner; };

static bool unpack_by_root(void) { return geteuid() == 0; }

/* ---- taking away --------------------------------------------------------- */

static int unpack_empty(int dir, int depth);

static int unpack_delete(int dir, const char *name, int depth)
{
	struct stat st;
	int fd, r;

	if (SYS(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return SYS(unlinkat(dir, name, 0));
	if ((st.st_mode & 0700) != 0700)
		fchmodat(dir, name, 0700, 0);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = fd < 0 ? -1 : unpack_empty(fd, depth + 1);
	if (fd >= 0)
		close(fd);
	return r < 0 ? r : SYS(unlinkat(dir, name, AT_REMOVEDIR));
}

/* Names move while some are deleted: it is read from its beginning until it is empty. */
static int unpack_empty(int dir, int depth)
{
	_Alignas(8) char raw[2048];
	bool done = false;

	while (!done) {
		long n;

		done = true;
		if (depth > UNPACK_DEPTH)
			return errno = ELOOP, -1;
		if (lseek(dir, 0, SEEK_SET) < 0)
			return -1;
		while ((n = SYS(syscall(SYS_getdents64, dir, raw, sizeof raw))) > 0)
			for (char *d = raw; d < raw + n; d += sys_native16(d + 16)) {
				if (!strcmp(d + 19, ".") || !strcmp(d + 19, ".."))
					continue;
				if (unpack_delete(dir, d + 19, depth) < 0)
					return -1;
				done = false;
			}
		if (n < 0)
			return -1;
	}
	return 0;
}

/* Take away what was unpacked and not shown.  It allocates nothing. */
static int unpack_drop(struct kml *k, const struct unpack *u)
{
	if (unpack_delete(u->dir, UNPACK_TEMP, 0) < 0 && errno != ENOENT)
		return sys_fail(k);
	if (u->up >= 0)         /* stays if there is something in it */
		unlinkat(u->up, u->name, AT_REMOVEDIR);
	return 0;
}

/* ---- filling ------------------------------------------------------------- */

/* Begin to fill the directory `path`, which is made if it is missing. */
static int unpack_begin(struct kml *k, struct scope *s, const char *path, struct unpack *u)
{
	int *top = scope_fd(s), *at = scope_fd(s), up = -1, r;
	const char *name = NULL;
	bool made;

	path = scope_text(s, str_unslash(str_of(path)));
	made = !sys_exists(k, s, path);
	if ((r = save_mkdirs(k, s, path)) < 0 ||
	    (made && (r = sys_parent(k, s, path, &up, &name)) < 0) ||
	    (r = sys_open(k, s, path, O_RDONLY | O_DIRECTORY, &u->dir)) < 0)
		return r;
	*u = (struct unpack){ .path = path, .dir = u->dir, .at = at, .up = -1 };
	if ((r = unpack_drop(k, u)) < 0)
		return r;
	u->up = up;
	u->name = name;
	if (SYS(mkdirat(u->dir, UNPACK_TEMP, 0700)) < 0)
		return sys_fail(k);
	SYS_AGAIN(*top, openat(u->dir, UNPACK_TEMP, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	u->top = *top;
	return *top < 0 ? sys_fail(k) : 0;
}

static int unpack_step(struct unpack *u, struct str part)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	char name[NAME_MAX + 1];
	int fd;

	if (part.n > NAME_MAX)
		return errno = ENAMETOOLONG, -1;
	memcpy(name, part.p, part.n);
	name[part.n] = '\0';
	fd = SYS(openat(*u->at, name, flags));
	if (fd < 0 && errno == ENOENT && SYS(mkdirat(*u->at, name, 0700)) == 0)
		fd = SYS(openat(*u->at, name, flags));
	if (fd < 0)
		return -1;
	close(*u->at);
	*u->at = fd;
	return 0;
}

/* Let *u->at be the directory `dir`, a clean name; what is missing is made. */
static int unpack_enter(struct kml *k, struct unpack *u, struct str dir)
{
	struct str rest = dir;
	size_t depth = 0;

	if (u->entered && str_eq((struct str){ u->here, u->n }, dir))
		return 0;
	if (dir.n >= sizeof u->here)
		return errno = ENAMETOOLONG, sys_fail(k);
	if (*u->at >= 0)
		close(*u->at);
	u->entered = false;
	*u->at = SYS(openat(u->top, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
	if (*u->at < 0)
		return sys_fail(k);
	for (; rest.n; depth++)         /* what is too deep could not be taken away again */
		if (depth == UNPACK_MOST)
			return fail(k, KML_BAD, "too many directories in each other");
		else if (unpack_step(u, str_take(&rest, '/')) < 0)
			return sys_fail(k);
	memcpy(u->here, dir.p ? dir.p : "", dir.n);
	u->n = dir.n;
	u->entered = true;
	return 0;
}

/* Enter the directory that `name` is in; its last component goes to `base`. */
static int unpack_to(struct kml *k, struct unpack *u, struct str name, char base[NAME_MAX + 1])
{
	struct str last = str_base(name);

	if (!last.n || last.n > NAME_MAX)
		return errno = ENAMETOOLONG, sys_fail(k);
	memcpy(base, last.p, last.n);
	base[last.n] = '\0';
	return unpack_enter(k, u, (struct str){ name.p, name.n - last.n - (last.n < name.n) });
}

/* Owner, mode and time of an open file; the owner first, for it takes bits away. */
static int unpack_finish(struct kml *k, int fd, const struct unpack_meta *m)
{
	struct timespec times[2] = { { .tv_sec = (time_t)m->mtime }, { .tv_sec = (time_t)m->mtime } };

	if ((m->owner && SYS(fchown(fd, (uid_t)m->uid, (gid_t)m->gid)) < 0) ||
	    SYS(fchmod(fd, m->mode & (m->owner ? 07777 : 01777))) < 0 ||
	    SYS(futimens(fd, times)) < 0)
		return sys_fail(k);
	return 0;
}

static int unpack_xattr(struct kml *k, struct scope *s, int fd, struct str key, struct str value)
{
	if (SYS(fsetxattr(fd, scope_text(s, key), value.p, value.n, 0)) == 0 || errno == EOPNOTSUPP)
		return 0;
	return sys_fail(k);
}

/* Begin the file `name`, which must not be there. */
static int unpack_file(struct kml *k, struct unpack *u, struct str name, int *fd)
{
	char base[NAME_MAX + 1];
	int r = unpack_to(k, u, name, base);

	if (r < 0)
		return r;
	*fd = SYS(openat(*u->at, base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
	return *fd < 0 ? sys_fail(k) : 0;
}

/* Make the directory `name`, if it is not there. */
static int unpack_mkdir(struct kml *k, struct unpack *u, struct str name)
{
	return unpack_enter(k, u, name);
}

static int unpack_times(struct kml *k, const struct unpack *u, const char *base,
                        const struct unpack_meta *m)
{
	struct timespec times[2] = { { .tv_sec = (time_t)m->mtime }, { .tv_sec = (time_t)m->mtime } };

	if ((m->owner && SYS(fchownat(*u->at, base, (uid_t)m->uid, (gid_t)m->gid,
	                              AT_SYMLINK_NOFOLLOW)) < 0) ||
	    SYS(utimensat(*u->at, base, times, AT_SYMLINK_NOFOLLOW)) < 0)
		return sys_fail(k);
	return 0;
}

static int unpack_symlink(struct kml *k, struct unpack *u, struct str name, const char *target,
                          const struct unpack_meta *m)
{
	char base[NAME_MAX + 1];
	int r = unpack_to(k, u, name, base);

	if (r == 0 && SYS(symlinkat(target, *u->at, base)) < 0)
		r = sys_fail(k);
	return r < 0 ? r : unpack_times(k, u, base, m);
}

/* Make a device or a pipe; `kind` is S_IFCHR and so on. */
static int unpack_node(struct kml *k, struct unpack *u, struct str name, unsigned kind,
                       unsigned major, unsigned minor, const struct unpack_meta *m)
{
	char base[NAME_MAX + 1];
	int r = unpack_to(k, u, name, base);

	if (r == 0 && SYS(mknodat(*u->at, base, kind | 0600, makedev(major, minor))) < 0)
		r = sys_fail(k);
	if (r == 0 && (r = unpack_times(k, u, base, m)) == 0 &&
	    SYS(fchmodat(*u->at, base, m->mode & 01777, 0)) < 0)
		r = sys_fail(k);
	return r;
}

/* Give the file `name` that is open as `fd` another name. */
static int unpack_link(struct kml *k, struct unpack *u, struct str from, struct str name)
{
	char old[NAME_MAX + 1], base[NAME_MAX + 1];
	int n = -1, was, r = unpack_to(k, u, from, old);

	if (r < 0)
		return r;
	was = SYS(fcntl(*u->at, F_DUPFD_CLOEXEC, 0));
	if (was < 0)
		return sys_fail(k);
	if ((r = unpack_to(k, u, name, base)) == 0)
		n = SYS(linkat(was, old, *u->at, base, 0));
	if (r == 0 && n < 0)
		r = sys_fail(k);
	close(was);
	return r;
}

/* Open the directory `name`, into which nothing more goes; one that was not made
 * stays -1. */
static int unpack_reopen(struct kml *k, struct unpack *u, struct str name, int *fd)
{
	char base[NAME_MAX + 1] = ".";
	int r = name.n ? unpack_to(k, u, name, base) : unpack_enter(k, u, name);

	if (r < 0)
		return r;
	*fd = SYS(openat(*u->at, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	return *fd < 0 && errno != ENOENT ? sys_fail(k) : 0;
}

/* ---- showing ------------------------------------------------------------- */

static int unpack_merge(struct kml *k, struct scope *s, int from, int to, bool really, int depth);

/* Move a directory, which may be one that its owner may not write to. */
static int unpack_move_dir(struct kml *k, struct scope *s, int from, int to, const char *name,
                           unsigned mode)
{
	int *fd = scope_fd(s);

	if (SYS(fchmodat(from, name, mode | 0700, 0)) < 0)
		return sys_fail(k);
	*fd = SYS(openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	if (*fd < 0 || SYS(renameat(from, name, to, name)) < 0 || SYS(fchmod(*fd, mode)) < 0)
		return sys_fail(k);
	return 0;
}

/* Both are there: directories become one, other things are replaced. */
static int unpack_meet(struct kml *k, struct scope *s, int from, int to, const char *name,
                       const struct stat *new, const struct stat *old, bool really, int depth)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int *a, *b, r;

	if (!S_ISDIR(new->st_mode) && S_ISDIR(old->st_mode))
		return fail(k, KML_FAIL, "is a directory there, and no directory in the image");
	if (S_ISDIR(new->st_mode) && !S_ISDIR(old->st_mode))
		return fail(k, KML_FAIL, "is %s there, and a directory in the image",
		            S_ISLNK(old->st_mode) ? "a link" : "a file");
	if (!S_ISDIR(new->st_mode))
		return really && SYS(renameat(from, name, to, name)) < 0 ? sys_fail(k) : 0;
	a = scope_fd(s);
	b = scope_fd(s);
	if (SYS(fchmodat(from, name, 0700, 0)) < 0)
		return sys_fail(k);
	*a = SYS(openat(from, name, flags));
	*b = SYS(openat(to, name, flags));
	if (*a < 0 || *b < 0)
		return sys_fail(k);
	r = unpack_merge(k, s, *a, *b, really, depth + 1);
	if (r == 0 && really && SYS(unlinkat(from, name, AT_REMOVEDIR)) < 0)
		r = sys_fail(k);
	return r;
}

/* Move all that is in `from` to `to`; unless `really`, only see whether that can be. */
static int unpack_merge(struct kml *k, struct scope *s, int from, int to, bool really, int depth)
{
	struct sys_entry *v;
	struct stat new, old;
	size_t n;
	int r = lseek(from, 0, SEEK_SET) < 0 ? sys_fail(k) : sys_list_fd(k, s, from, &v, &n);

	if (r == 0 && depth > UNPACK_DEPTH)
		r = fail(k, KML_BAD, "too many directories in each other");
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct scope *t = scope_begin(s);
		const char *name = v[i].name;

		if (SYS(fstatat(from, name, &new, AT_SYMLINK_NOFOLLOW)) < 0)
			r = sys_fail(k);
		else if (SYS(fstatat(to, name, &old, AT_SYMLINK_NOFOLLOW)) == 0)
			r = unpack_meet(k, t, from, to, name, &new, &old, really, depth);
		else if (errno != ENOENT)
			r = sys_fail(k);
		else if (really && S_ISDIR(new.st_mode))
			r = unpack_move_dir(k, t, from, to, name, new.st_mode & 07777);
		else if (really && SYS(renameat(from, name, to, name)) < 0)
			r = sys_fail(k);
		if (r < 0)
			r = fail_in(k, r, "%s", name);
		scope_end(t);
	}
	return r;
}

/* Everything is there: show it in DIR. */
static int unpack_show(struct kml *k, struct scope *s, struct unpack *u)
{
	int *from = scope_fd(s), r;

	*from = SYS(openat(u->dir, UNPACK_TEMP, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	if (*from < 0)
		return sys_fail(k);
	if ((r = unpack_merge(k, s, *from, u->dir, false, 0)) < 0 ||
	    (r = unpack_merge(k, s, *from, u->dir, true, 0)) < 0)
		return fail_in(k, r, "%s", u->path);
	return unpack_drop(k, u);
}

#endif
