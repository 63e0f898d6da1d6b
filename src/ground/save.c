/* save.c - new files that appear whole or not at all.
 *
 * A file is written under the temporary name ".NAME.kml" beside its place,
 * synced, and renamed.  The scope removes what was not renamed.  The name is
 * fixed, so that what a kill leaves is reused by the next run; save_lock()
 * keeps two runs in one directory apart.  Where it would be too long, a hash is in
 * it in place of NAME.
 *
 * The lock is on a file of its own, ".kml.lock", which none but its owner may
 * open: what others can open, as the directory itself, they can lock for ever.
 * Who holds the lock unlinks the file, so whoever then gets the lock on what is
 * no longer there tries again.
 */
#ifndef KML_SAVE_C
#define KML_SAVE_C

#include "sys.c"

#ifdef KML_TEST         /* thousands of runs, and no power to be cut */
#define fsync(fd) ((void)(fd), 0)
#endif

struct save {
	struct held *temp;              /* its name is unlinked with the scope; NULL: it stays */
	const char *from, *name;        /* the temporary name; the one that it is to have */
	int dir, fd;
};

#define SAVE_LOCK ".kml.lock"

enum { SAVE_PATIENCE = 10000 };

/* Wait for the lock on `fd`; the first time not in silence. */
static int save_wait(struct kml *k, int fd, const char *path, bool first)
{
	int n;

	SYS_AGAIN(n, flock(fd, LOCK_EX | LOCK_NB));
	if (n < 0 && errno == EWOULDBLOCK) {
		if (first)
			note(k, KML_WARNING, "waiting for another kml in %s", path);
		SYS_AGAIN(n, flock(fd, LOCK_EX));
	}
	return n < 0 ? sys_fail(k) : 0;
}

/* Is `fd` what SAVE_LOCK is in `dir`?  1 or 0. */
static int save_is_lock(struct kml *k, int dir, int fd)
{
	struct stat a, b;

	if (SYS(fstat(fd, &a)) < 0)
		return sys_fail(k);
	if (SYS(fstatat(dir, SAVE_LOCK, &b, AT_SYMLINK_NOFOLLOW)) < 0)
		return errno == ENOENT ? 0 : sys_fail(k);
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Wait for, and hold until `s` ends, the lock on the open directory `dir`, called `path`. */
static int save_lock_in(struct kml *k, struct scope *s, int dir, const char *path)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC;
	struct held *h = scope_hold(s);
	int r;

	for (int i = 0; i < SAVE_PATIENCE; i++) {
		SYS_AGAIN(h->fd, openat(dir, SAVE_LOCK, flags, 0600));
		if (h->fd < 0)
			return sys_fail(k);
		if ((r = save_wait(k, h->fd, path, i == 0)) < 0 ||
		    (r = save_is_lock(k, dir, h->fd)) < 0)
			return r;
		if (r) {
			h->dir = dir;
			h->name = SAVE_LOCK;
			return 0;
		}
		close(h->fd);
		h->fd = -1;
	}
	return fail(k, KML_FAIL, "%s is always another file", SAVE_LOCK);
}

/* The same of the directory `path`. */
static int save_lock(struct kml *k, struct scope *s, const char *path)
{
	int dir, r = sys_open(k, s, path, O_RDONLY | O_DIRECTORY, &dir);

	return r < 0 ? r : save_lock_in(k, s, dir, path);
}

/* Make the directory `path` and those above it, where they are missing. */
static int save_mkdirs(struct kml *k, struct scope *s, const char *path)
{
	struct scope *t = scope_begin(s);
	char *p = scope_text(t, str_of(path));
	int r = 0;

	for (char *at = p + 1; r == 0 && at[-1]; at++) {
		char end = *at;
		const char *name;
		struct scope *u;
		int dir, n;

		if ((end != '/' && end) || at[-1] == '/')
			continue;
		*at = '\0';
		u = scope_begin(t);
		if (!sys_exists(k, u, p) && (r = sys_parent(k, u, p, &dir, &name)) == 0) {
			n = SYS(mkdirat(dir, name, 0755));
			if (n < 0 && errno != EEXIST)
				r = sys_fail(k);
		}
		scope_end(u);
		if (r < 0)
			r = fail_in(k, r, "%s", p);
		if (!(*at = end))
			break;
	}
	scope_end(t);
	return r;
}

static const char *save_temp(struct scope *s, const char *name)
{
	struct str n = str_of(name);

	return n.n + sizeof "..kml" - 1 > NAME_MAX ? scope_format(s, ".%zx.kml", str_hash(n)) :
		scope_format(s, ".%s.kml", name);
}

/* Begin the file f->name of the directory f->dir, which both live as long as `s`; it is
 * there only after save_done(). */
static int save_begin_in(struct kml *k, struct scope *s, struct save *f)
{
	int *fd = scope_fd(s);
	const char *temp;

	f->temp = scope_hold(s);
	temp = save_temp(s, f->name);
	if (SYS(unlinkat(f->dir, temp, 0)) < 0 && errno != ENOENT)
		return sys_fail(k);
	SYS_AGAIN(*fd, openat(f->dir, temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
	if (*fd < 0)
		return sys_fail(k);
	f->temp->dir = f->dir;
	f->temp->name = f->from = temp;
	f->fd = *fd;
	return 0;
}

/* The same of the file `path`. */
static int save_begin(struct kml *k, struct scope *s, const char *path, struct save *f)
{
	int r = sys_parent(k, s, path, &f->dir, &f->name);

	if (r < 0)
		return r;
	f->name = scope_text(s, str_of(f->name));
	return save_begin_in(k, s, f);
}

/* Is `fd` a file of ours that has the name `name` in `dir`, and no other?  1 or 0. */
static int save_is_there(struct kml *k, int dir, const char *name, int fd)
{
	struct stat a, b;

	if (SYS(fstat(fd, &a)) < 0)
		return sys_fail(k);
	if (!S_ISREG(a.st_mode) || a.st_nlink > 1)
		return fail(k, KML_FAIL, "%s: is not a file of kml's", name);
	if (SYS(fstatat(dir, name, &b, AT_SYMLINK_NOFOLLOW)) < 0)
		return errno == ENOENT ? 0 : sys_fail(k);
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Begin the file `path`, or go on with what an earlier run left of it: with the scope it
 * is closed and stays, until save_done() or save_forget().  What others do with the
 * same file is waited for. */
static int save_resume(struct kml *k, struct scope *s, const char *path, struct save *f)
{
	int *fd = scope_fd(s), r = sys_parent(k, s, path, &f->dir, &f->name);

	if (r < 0)
		return r;
	f->temp = NULL;
	f->name = scope_text(s, str_of(f->name));
	f->from = save_temp(s, f->name);
	for (int i = 0; i < SAVE_PATIENCE; i++) {
		SYS_AGAIN(*fd, openat(f->dir, f->from, O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY |
		                      O_NONBLOCK | O_CLOEXEC, 0644));
		if (*fd < 0)
			return sys_fail(k);
		if ((r = save_wait(k, *fd, path, i == 0)) < 0 ||
		    (r = save_is_there(k, f->dir, f->from, *fd)) < 0)
			return r;
		f->fd = *fd;
		if (r)
			return 0;
		close(*fd);
		*fd = -1;
	}
	return fail(k, KML_FAIL, "%s is always another file", f->from);
}

/* Begin it again. */
static int save_again(struct kml *k, const struct save *f)
{
	return SYS(ftruncate(f->fd, 0)) < 0 || SYS(lseek(f->fd, 0, SEEK_SET)) < 0 ? sys_fail(k) : 0;
}

/* Leave nothing of it. */
static void save_forget(const struct save *f)
{
	unlinkat(f->dir, f->from, 0);
}

static int save_write(struct kml *k, int fd, struct str t)
{
	while (t.n) {
		ssize_t n;

		SYS_AGAIN(n, write(fd, t.p, SYS_SIZE(t.n)));
		if (n < 0)
			return sys_fail(k);
		t = str_from(t, (size_t)n);
	}
	return 0;
}

/* Everything written is on the disk when this returns 0. */
static int save_sync(struct kml *k, const struct save *f)
{
	int n;

	SYS_AGAIN(n, fsync(f->fd));
	return n < 0 && errno != EINVAL && errno != EROFS ? sys_fail(k) : 0;
}

/* Nobody else is to read it: before anything is written. */
static int save_private(struct kml *k, const struct save *f)
{
	return SYS(fchmod(f->fd, 0600)) < 0 ? sys_fail(k) : 0;
}

/* Let it be of now, though it is not written. */
static int save_touch(struct kml *k, const struct save *f)
{
	return SYS(futimens(f->fd, NULL)) < 0 ? sys_fail(k) : 0;
}

/* Put the file in its place: call it after save_sync(). */
static int save_done(struct kml *k, struct save *f)
{
	if (SYS(renameat(f->dir, f->from, f->dir, f->name)) < 0)
		return sys_fail(k);
	if (f->temp)
		f->temp->name = NULL;
	return 0;
}

/* The file `path` with the content `text`, whole or not at all. */
static int save_file(struct kml *k, struct scope *s, const char *path, struct str text)
{
	struct scope *t = scope_begin(s);
	struct save f;
	int r = save_begin(k, t, path, &f);

	if (r == 0 && (r = save_write(k, f.fd, text)) == 0 && (r = save_sync(k, &f)) == 0)
		r = save_done(k, &f);
	scope_end(t);
	return r;
}

/* Take the name `path` away; with AT_REMOVEDIR that of an empty directory. */
static int save_unlink(struct kml *k, struct scope *s, const char *path, int flags)
{
	struct scope *t = scope_begin(s);
	const char *name;
	int dir, r = sys_parent(k, t, path, &dir, &name);

	if (r == 0 && SYS(unlinkat(dir, name, flags)) < 0)
		r = sys_fail(k);
	scope_end(t);
	return r;
}

static int save_remove(struct kml *k, struct scope *s, const char *path)
{
	return save_unlink(k, s, path, 0);
}

#endif
