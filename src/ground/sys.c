/* sys.c - files and directories, as far as kml asks the system for them.
 *
 * One rule for names: when the context has a root (--root DIR), a path that
 * begins with '/' is resolved inside that directory, symbolic links too, as
 * if it were the root; every other path is as the shell would take it.  The
 * kernel does it (openat2, 5.6); sys_walk() does it where it does not.
 *
 * What is read as a file is one: nothing here waits for a pipe's writer or reads
 * a device without end.  Only /dev/null may stand for an empty file: a link to it
 * is how a configuration file is masked.
 */
#ifndef KML_SYS_C
#define KML_SYS_C

#include "base.c"
#include "source.c"
#include <dirent.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

#ifdef KML_TEST         /* the nth call fails, is short or interrupted; once or from then on */
enum test_sys { TEST_SYS_FAIL, TEST_SYS_SHORT, TEST_SYS_INTR };
static enum test_sys test_sys_kind;
static bool test_sys_forever;
static _Atomic long test_sys_at = -1;
static _Atomic long test_sys_hits;
static bool test_sys_hit(enum test_sys kind)
{
	if (test_sys_at < 0 || kind != test_sys_kind || test_sys_at-- > 0)
		return false;
	test_sys_hits++;
	if (test_sys_forever)
		test_sys_at = 0;
	errno = kind == TEST_SYS_INTR ? EINTR : EIO;
	return true;
}
#define SYS(call)     (test_sys_hit(TEST_SYS_FAIL) ? -1 : (call))
#define SYS_SIZE(n)   ((n) > 1 && test_sys_hit(TEST_SYS_SHORT) ? 1 : (n))
#define SYS_SLOW(call) (test_sys_hit(TEST_SYS_INTR) ? -1 : SYS(call))
#else
#define SYS(call)     (call)
#define SYS_SIZE(n)   (n)
#define SYS_SLOW(call) (call)
#endif

/* The kernel's message for errno, in the words of the C library most know. */
static const char *sys_error(int e)
{
	switch (e) {
	case EBUSY:        return "Device or resource busy";
	case ENOMEM:       return "Cannot allocate memory";
	case EOPNOTSUPP:   return "Operation not supported";
	case ELOOP:        return "Too many levels of symbolic links";
	case EIO:          return "Input/output error";
	case ETIMEDOUT:    return "Connection timed out";
	case ENAMETOOLONG: return "File name too long";
	case ERANGE:       return "Numerical result out of range";
	case EDOM:         return "Numerical argument out of domain";
	case EOVERFLOW:    return "Value too large for defined data type";
	case EMFILE:       return "Too many open files";
	case ENOTTY:       return "Inappropriate ioctl for device";
	case EXDEV:        return "Invalid cross-device link";
	case ELIBBAD:      return "Accessing a corrupted shared library";
	default:           return strerror(e);
	}
}

static int sys_fail(struct kml *k)
{
	int e = errno;

	return fail(k, e == ENOENT || e == ENOTDIR ? KML_NOTFOUND : KML_FAIL, "%s", sys_error(e));
}

/* Interrupted calls are made again, but not for ever. */
enum { SYS_PATIENCE = 64 };
#define SYS_AGAIN(r, call) do { \
	int left_ = SYS_PATIENCE; \
	do (r) = SYS_SLOW(call); while ((r) < 0 && errno == EINTR && left_-- > 0); \
} while (0)

/* ---- names --------------------------------------------------------------- */

/* `opened`: the last one on the stack is what was asked for, not a step to it. */
struct sys_walk { int stack[128], depth, links; bool opened; char todo[PATH_MAX]; };

/* Put the target of the link in front of what is left to walk. */
static int sys_walk_link(struct sys_walk *w, int link)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(link, "", text, sizeof text);
	size_t rest = strlen(w->todo);

	if (n < 0)
		return -1;
	if (++w->links > 40)
		return errno = ELOOP, -1;
	if ((size_t)n + rest >= sizeof w->todo)
		return errno = ENAMETOOLONG, -1;
	memmove(w->todo + n, w->todo, rest + 1);
	memcpy(w->todo, text, (size_t)n);
	while (text[0] == '/' && w->depth > 1)
		close(w->stack[--w->depth]);
	return 0;
}

/* One component further down, which is opened as the caller wants it if it is the
 * last; with a slash behind it, it must be a directory, and a link is followed. */
static int sys_walk_step(struct sys_walk *w, const char *name, int flags, mode_t mode)
{
	bool last = !*w->todo, end = !w->todo[strspn(w->todo, "/")];
	bool fresh = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
	int top = w->stack[w->depth - 1], fd;
	struct stat st = { 0 };

	if (w->depth == countof(w->stack))
		return errno = ENAMETOOLONG, -1;
	if (end && !last && flags & O_CREAT)
		return errno = EISDIR, -1;
	fd = openat(top, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && !(last && flags & O_CREAT && errno == ENOENT))
		return -1;
	if (fd >= 0 && fstat(fd, &st) < 0)
		return close(fd), -1;
	if (S_ISLNK(st.st_mode) && !(last && (flags & O_NOFOLLOW || fresh))) {
		int r = sys_walk_link(w, fd), e = errno;

		return close(fd), errno = e, r;
	}
	if (!last && !S_ISDIR(st.st_mode))
		return close(fd), errno = ENOTDIR, -1;
	if (last) {
		if (fd >= 0)
			close(fd);
		if ((fd = openat(top, name, flags | O_NOFOLLOW, mode)) < 0)
			return -1;
		w->opened = true;
	}
	w->stack[w->depth++] = fd;
	return 0;
}

/* The next component of w->todo, off its front; empty at the end. */
static int sys_walk_next(struct sys_walk *w, char name[NAME_MAX + 1])
{
	char *p = w->todo + strspn(w->todo, "/");
	size_t n = strcspn(p, "/");

	if (n > NAME_MAX)
		return errno = ENAMETOOLONG, -1;
	memcpy(name, p, n);
	name[n] = '\0';
	memmove(w->todo, p + n, strlen(p + n) + 1);
	return 0;
}

/* openat2(RESOLVE_IN_ROOT) by hand, for kernels and sandboxes without it.  Paths
 * of more than 127 directories are ENAMETOOLONG. */
static int sys_walk(int root, const char *path, int flags, mode_t mode)
{
	struct sys_walk w = { .stack = { root }, .depth = 1 };
	char name[NAME_MAX + 1];
	int fd = -1, r, e;

	if (snprintf(w.todo, sizeof w.todo, "%s", path) >= (int)sizeof w.todo)
		return errno = ENAMETOOLONG, -1;
	while ((r = sys_walk_next(&w, name)) == 0 && *name) {
		if (!strcmp(name, "..") && w.depth > 1)
			close(w.stack[--w.depth]);
		else if (strcmp(name, ".") && strcmp(name, ".."))
			r = sys_walk_step(&w, name, flags, mode);
		if (r < 0)
			break;
	}
	if (r == 0 && w.opened)
		fd = w.stack[--w.depth];
	else if (r == 0 && flags & O_CREAT)
		errno = flags & O_EXCL ? EEXIST : EISDIR;
	else if (r == 0)
		fd = openat(w.stack[w.depth - 1], ".", flags);
	for (e = errno; w.depth > 1;)
		close(w.stack[--w.depth]);
	return errno = e, fd;
}

static int sys_open_in(int root, const char *path, int flags, mode_t mode)
{
	static _Atomic int missing;     /* the kernel has no openat2 */
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags, .mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	if (!missing) {
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
		if (fd >= 0 || (errno != ENOSYS && errno != EPERM && errno != EAGAIN))
			return fd;
		missing = errno == ENOSYS;
	}
	return sys_walk(root, path, flags, mode);
}

/* Open `path` until `s` ends.  Directories and O_PATH are fine. */
static int sys_open(struct kml *k, struct scope *s, const char *path, int flags, int *out)
{
	int *fd = scope_fd(s), *root;

	if (!k->root || path[0] != '/') {
		SYS_AGAIN(*fd, openat(AT_FDCWD, path, flags | O_CLOEXEC, 0644));
	} else {
		root = scope_fd(s);
		SYS_AGAIN(*root, open(k->root, O_PATH | O_DIRECTORY | O_CLOEXEC));
		if (*root < 0)
			return fail(k, KML_NOTFOUND, "root %s: %s", k->root, sys_error(errno));
		SYS_AGAIN(*fd, sys_open_in(*root, path, flags | O_CLOEXEC, 0644));
	}
	if (*fd < 0)
		return sys_fail(k);
	*out = *fd;
	return 0;
}

/* What `path` is, links followed unless `flags` has O_NOFOLLOW. */
static int sys_stat(struct kml *k, struct scope *s, const char *path, int flags,
                    struct stat *st)
{
	struct scope *t = scope_begin(s);
	int fd = -1, n = 0, r = sys_open(k, t, path, O_PATH | flags, &fd);

	if (r == 0)
		n = SYS(fstat(fd, st));
	if (n < 0)
		r = sys_fail(k);
	scope_end(t);
	return r;
}

static bool sys_exists(struct kml *k, struct scope *s, const char *path)
{
	struct stat st;

	return sys_stat(k, s, path, 0, &st) == 0;
}

/* The text of the link `path`. */
static int sys_readlink(struct kml *k, struct scope *s, const char *path, struct str *out)
{
	struct scope *t = scope_begin(s);
	char text[PATH_MAX];
	ssize_t n = 0;
	int fd, r = sys_open(k, t, path, O_PATH | O_NOFOLLOW, &fd);

	if (r == 0 && (n = SYS(readlinkat(fd, "", text, sizeof text))) < 0)
		r = sys_fail(k);
	if (r == 0)
		*out = scope_str(s, (struct str){ text, (size_t)n });
	scope_end(t);
	return r;
}

/* The directory that holds `path`, opened, and the last component. */
static int sys_parent(struct kml *k, struct scope *s, const char *path, int *dir,
                      const char **name)
{
	struct str p = str_of(path), base = str_base(p);
	struct str up = { p.p, p.n - base.n };

	*name = base.p;
	if (!base.n || str_eq(base, S(".")) || str_eq(base, S("..")))
		return fail(k, KML_FAIL, "not the name of a file");
	return sys_open(k, s, up.n ? scope_text(s, up) : ".", O_RDONLY | O_DIRECTORY, dir);
}

/* ---- reading ------------------------------------------------------------- */

/* Read up to `n` bytes, fewer only at the end of the file. */
static int sys_read(struct kml *k, int fd, char *p, size_t n, size_t *got)
{
	for (*got = 0; *got < n;) {
		ssize_t r;

		SYS_AGAIN(r, read(fd, p + *got, SYS_SIZE(n - *got)));
		if (r < 0)
			return sys_fail(k);
		if (r == 0)
			break;
		*got += (size_t)r;
	}
	return 0;
}

/* Read and write from `off` on. */
static int sys_seek(struct kml *k, int fd, uint64_t off)
{
	return SYS(lseek(fd, (off_t)off, SEEK_SET)) < 0 ? sys_fail(k) : 0;
}

/* Open the regular file `path` to be read until `s` ends; a device or a pipe in
 * its place is refused, not waited for. */
static int sys_open_file(struct kml *k, struct scope *s, const char *path, int flags, int *fd,
                         uint64_t *size)
{
	struct stat st;
	int r = sys_open(k, s, path, O_RDONLY | O_NONBLOCK | flags, fd);

	if (r < 0)
		return r;
	if (SYS(fstat(*fd, &st)) < 0)
		return sys_fail(k);
	*size = (uint64_t)st.st_size;
	return S_ISREG(st.st_mode) ? 0 : fail(k, KML_BAD, "not a regular file");
}

/* Can nobody but root and this user have written the file? */
static bool sys_is_ours(int fd)
{
	struct stat st;

	return SYS(fstat(fd, &st)) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

enum { SYS_LARGEST = 1 << 30 };         /* of what is read whole */

static int sys_too_large(struct kml *k)
{
	return fail(k, KML_BAD, "more than %d MiB", SYS_LARGEST >> 20);
}

static int sys_check_file(struct kml *k, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return fail(k, KML_FAIL, "Is a directory");
	if (S_ISREG(st->st_mode))
		return st->st_size > SYS_LARGEST ? sys_too_large(k) : 0;
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3) ? 0 :       /* /dev/null */
		fail(k, KML_BAD, "not a regular file");
}

/* Read all of `fd`, a file that was opened with O_NONBLOCK; those of /proc and
 * /sys, which have no size, too. */
static int sys_read_fd(struct kml *k, struct scope *s, int fd, struct str *out)
{
	struct buf b = { .s = s };
	struct stat st;
	size_t got, want;
	bool whole;
	int r = SYS(fstat(fd, &st));

	if (r < 0)
		return sys_fail(k);
	if ((r = sys_check_file(k, &st)) < 0)
		return r;
	whole = S_ISREG(st.st_mode) && st.st_size > 0;
	want = whole ? (size_t)st.st_size : 4096;
	do {
		if ((r = sys_read(k, fd, buf_room(&b, want), want, &got)) < 0)
			return r;
		b.n += got;
		if (b.n > SYS_LARGEST)
			return sys_too_large(k);
	} while (got == want && !whole);
	*out = buf_str(&b);
	return 0;
}

static int sys_read_file(struct kml *k, struct scope *s, const char *path, struct str *out)
{
	struct scope *t = scope_begin(s);
	int fd, r = sys_open(k, t, path, O_RDONLY | O_NONBLOCK, &fd);

	if (r == 0)
		r = sys_read_fd(k, s, fd, out);
	scope_end(t);
	return r;
}

/* ---- a file as a source: pages are read when they are asked for ---------- */

struct sys_source { int fd; char *p; uint64_t size; unsigned char *have; bool failed; };

/* A file of SYS_SMALL bytes is read at once: that costs less than to ask twice. */
enum { SYS_PAGE = 4096, SYS_SMALL = 32 << 10 };

/* Give the pages of some memory back; it stays, and may have any content now. */
static void sys_forget(char *p, size_t n)
{
	size_t skip = (size_t)-(uintptr_t)p % SYS_PAGE;

	if (n > skip + SYS_PAGE)
		madvise(p + skip, (n - skip) / SYS_PAGE * SYS_PAGE, MADV_DONTNEED);
}

/* Memory for one source after the other, each ending before the next begins. */
struct sys_room { char *p; size_t size; unsigned char *have; };

static struct sys_room sys_room_new(struct scope *s, size_t size)
{
	return (struct sys_room){ scope_raw(s, size), size,
	                          scope_raw(s, size / SYS_PAGE / 8 + 1) };
}

static bool sys_source_has(const struct sys_source *f, uint64_t page)
{
	return f->have[page / 8] >> page % 8 & 1;
}

/* Read pages `from` to `to`, the latter not included. */
static int sys_source_read(struct kml *k, struct sys_source *f, uint64_t from, uint64_t to)
{
	uint64_t at = from * SYS_PAGE, end = to * SYS_PAGE < f->size ? to * SYS_PAGE : f->size;

	while (at < end) {
		ssize_t r;

		SYS_AGAIN(r, pread(f->fd, f->p + at, SYS_SIZE((size_t)(end - at)), (off_t)at));
		f->failed |= r <= 0;
		if (r < 0)
			return sys_fail(k);
		if (r == 0)
			return fail(k, KML_BAD, "the file became shorter while it was read");
		at += (uint64_t)r;
	}
	for (; from < to; from++)
		f->have[from / 8] |= (unsigned char)(1 << from % 8);
	return 0;
}

static int sys_source_fill(struct kml *k, void *arg, uint64_t off, uint64_t n)
{
	struct sys_source *f = arg;
	uint64_t page = off / SYS_PAGE, end = (off + n - 1) / SYS_PAGE + 1, from;
	int r = 0;

	if (f->size <= SYS_SMALL)
		page = 0, end = (f->size - 1) / SYS_PAGE + 1;
	while (r == 0 && page < end) {
		while (page < end && sys_source_has(f, page))
			page++;
		for (from = page; page < end && !sys_source_has(f, page); page++)
			;
		if (from < page)
			r = sys_source_read(k, f, from, page);
	}
	return r;
}

/* Could a part of it once not be read?  Then what was made of it may be wrong. */
static bool sys_source_failed(const struct source *src)
{
	return src->fill == sys_source_fill && ((const struct sys_source *)src->arg)->failed;
}

/* Room of its own for a source: pages that are there when they are written. */
static int sys_source_map(struct kml *k, struct scope *s, struct sys_source *f)
{
	struct held *h = scope_hold(s);
	void *p;

	f->have = scope_alloc(s, (size_t)(f->size / SYS_PAGE / 8 + 1));
	p = mmap(NULL, (size_t)f->size, PROT_READ | PROT_WRITE,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return sys_fail(k);
	f->p = h->map = p;
	h->n = (size_t)f->size;
	return 0;
}

/* The regular file `fd`, which must stay open, as a source that lives in `s`; in
 * `room` if it fits and that is not NULL. */
static int sys_source_room(struct kml *k, struct scope *s, int fd, const struct sys_room *room,
                           struct source *out)
{
	struct sys_source *f = new(s, struct sys_source);
	struct stat st;
	int r = 0;

	if (SYS(fstat(fd, &st)) < 0)
		return sys_fail(k);
	if (!S_ISREG(st.st_mode))
		return fail(k, KML_FAIL, "not a regular file");
	*out = (struct source){ 0 };
	if (!st.st_size)
		return 0;
	*f = (struct sys_source){ .fd = fd, .size = (uint64_t)st.st_size };
	if (room && f->size <= room->size) {
		f->p = room->p;
		f->have = memset(room->have, 0, (size_t)(f->size / SYS_PAGE / 8 + 1));
	} else {
		r = sys_source_map(k, s, f);
	}
	*out = (struct source){ f->size, f->p, sys_source_fill, f };
	return r;
}

static int sys_source_fd(struct kml *k, struct scope *s, int fd, struct source *out)
{
	return sys_source_room(k, s, fd, NULL, out);
}

static int sys_source(struct kml *k, struct scope *s, const char *path, struct source *out)
{
	int fd, r = sys_open(k, s, path, O_RDONLY | O_NONBLOCK, &fd);

	return r < 0 ? r : sys_source_fd(k, s, fd, out);
}

/* ---- directories --------------------------------------------------------- */

static unsigned sys_native16(const char *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

struct sys_entry { const char *name; unsigned char type; };     /* DT_... of dirent.h */

static int sys_entry_cmp(const void *a, const void *b)
{
	return strcmp(((const struct sys_entry *)a)->name, ((const struct sys_entry *)b)->name);
}

/* The entries of the open directory `fd` but "." and "..", sorted by name in byte
 * order.  (getdents64 itself: a DIR would be lost when memory runs out.) */
static int sys_list_fd(struct kml *k, struct scope *s, int fd, struct sys_entry **out,
                       size_t *count)
{
	struct buf b = { .s = s };
	_Alignas(8) char raw[8192];
	long n;

	while ((n = SYS(syscall(SYS_getdents64, fd, raw, sizeof raw))) > 0)
		for (char *d = raw; d < raw + n; d += sys_native16(d + 16)) {
			struct sys_entry e = { d + 19, (unsigned char)d[18] };
			struct stat st;

			if (!strcmp(e.name, ".") || !strcmp(e.name, ".."))
				continue;
			if (e.type == DT_UNKNOWN && !fstatat(fd, e.name, &st, AT_SYMLINK_NOFOLLOW))
				e.type = (unsigned char)(st.st_mode >> 12 & 15);
			e.name = scope_text(s, str_of(e.name));
			buf_add(&b, (struct str){ (char *)&e, sizeof e });
		}
	*out = (struct sys_entry *)(void *)b.p;
	*count = b.n / sizeof **out;
	if (n < 0)
		return sys_fail(k);
	if (*count)
		qsort(*out, *count, sizeof **out, sys_entry_cmp);
	return 0;
}

/* The same of the directory `path`. */
static int sys_list(struct kml *k, struct scope *s, const char *path,
                    struct sys_entry **out, size_t *count)
{
	struct scope *t = scope_begin(s);
	int fd, r = sys_open(k, t, path, O_RDONLY | O_DIRECTORY, &fd);

	*out = NULL;
	*count = 0;
	if (r == 0)
		r = sys_list_fd(k, s, fd, out, count);
	scope_end(t);
	return r;
}

#endif
