/* place.c - bytes of a file by their place: several threads read or write one file. */
#ifndef KML_PLACE_C
#define KML_PLACE_C

#include "save.c"
#include "source.c"
#include "sys.c"

/* Read up to `n` bytes at `at`, fewer only at the end of the file. */
static int place_read(struct kml *k, int fd, uint64_t at, char *p, size_t n, size_t *got)
{
	for (*got = 0; *got < n;) {
		ssize_t r;

		SYS_AGAIN(r, pread(fd, p + *got, SYS_SIZE(n - *got), (off_t)(at + *got)));
		if (r < 0)
			return sys_fail(k);
		if (r == 0)
			break;
		*got += (size_t)r;
	}
	return 0;
}

static int place_write(struct kml *k, int fd, uint64_t at, struct str t)
{
	while (t.n) {
		ssize_t n;

		SYS_AGAIN(n, pwrite(fd, t.p, SYS_SIZE(t.n), (off_t)at));
		if (n < 0)
			return sys_fail(k);
		at += (uint64_t)n;
		t = str_from(t, (size_t)n);
	}
	return 0;
}

/* Let the file end at `size`; what it did not have is zeros. */
static int place_cut(struct kml *k, int fd, uint64_t size)
{
	return SYS(ftruncate(fd, (off_t)size)) < 0 ? sys_fail(k) : 0;
}

/* The bytes of a file from `at` on. */
struct place { int fd; uint64_t at, left; };

static int place_next(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct place *f = arg;
	int r = place_read(k, f->fd, f->at, p, f->left < n ? (size_t)f->left : n, got);

	f->at += *got;
	f->left -= *got;
	return r;
}

/* Pass over `n` bytes; past the end, the next read finds it. */
static int place_skip(struct kml *k, void *arg, uint64_t n)
{
	struct place *f = arg;

	if (n > f->left)
		return fail(k, KML_BAD, "the archive is cut short");
	f->at += n;
	f->left -= n;
	return 0;
}

/* A file in the directory `dir` that has no name, and is gone with `s`. */
static int place_unnamed(struct kml *k, struct scope *s, const char *dir, int *out)
{
	const int flags = O_RDWR | O_CLOEXEC;
	int *fd = scope_fd(s);

	SYS_AGAIN(*fd, open(dir, flags | O_TMPFILE, 0600));
	for (int i = 0; *fd < 0 && i < 100 && (errno == EOPNOTSUPP || errno == EISDIR ||
	                                       errno == EEXIST); i++) {
		const char *path = scope_format(s, "%s/.kml-%ld-%d", dir, (long)getpid(), i);

		SYS_AGAIN(*fd, open(path, flags | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
		if (*fd >= 0 && SYS(unlink(path)) < 0)
			return sys_fail(k);
	}
	*out = *fd;
	return *fd < 0 ? sys_fail(k) : 0;
}

/* A file that is written over several runs, by one at a time; it is NAME.partial
 * until place_done(). */
struct place_file { const char *name, *partial; int dir, fd; uint64_t size; };

static int place_begin(struct kml *k, struct scope *s, const char *path, struct place_file *f)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	struct stat st, now;
	int *fd = scope_fd(s), n, r = sys_parent(k, s, path, &f->dir, &f->name);

	if (r < 0)
		return r;
	/* What is no file would be gone by the rename at the end. */
	if (fstatat(f->dir, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
		return fail(k, KML_FAIL, "%s is there and not a regular file", f->name);
	f->name = scope_text(s, str_of(f->name));
	f->partial = scope_format(s, "%s.partial", f->name);
	SYS_AGAIN(*fd, openat(f->dir, f->partial, flags, 0644));
	if (*fd < 0)
		return sys_fail(k);
	SYS_AGAIN(n, flock(*fd, LOCK_EX | LOCK_NB));
	if (n < 0 && errno == EWOULDBLOCK)
		return fail(k, KML_BUSY, "%s is being written by another kml", f->partial);
	if (n < 0 || SYS(fstat(*fd, &st)) < 0)  /* from now on it is as large as it is */
		return sys_fail(k);
	if (!S_ISREG(st.st_mode))
		return fail(k, KML_FAIL, "%s is not a regular file", f->partial);
	/* Who had the lock until now may be done: then this is the file that he made. */
	if (SYS(fstatat(f->dir, f->partial, &now, AT_SYMLINK_NOFOLLOW)) < 0 ||
	    now.st_ino != st.st_ino || now.st_dev != st.st_dev)
		return fail(k, KML_BUSY, "%s is being written by another kml", f->partial);
	f->fd = *fd;
	f->size = (uint64_t)st.st_size;
	return 0;
}

static int place_done(struct kml *k, const struct place_file *f)
{
	int n;

	SYS_AGAIN(n, fsync(f->fd));
	if (n < 0 && errno != EINVAL && errno != EROFS)
		return sys_fail(k);
	return SYS(renameat(f->dir, f->partial, f->dir, f->name)) < 0 ? sys_fail(k) : 0;
}

#endif
