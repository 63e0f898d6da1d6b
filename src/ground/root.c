/* root.c - from the first root file system to the real one.
 *
 * The kernel unpacks an initramfs into a file system in memory that can neither
 * be unmounted nor left by pivot_root(2).  So what the real root needs is moved
 * into it, it is moved over "/", and what was there is deleted: it is memory that
 * nobody reaches any more.
 */
#ifndef KML_ROOT_C
#define KML_ROOT_C

#include "sys.c"
#include "save.c"
#include <sys/mount.h>
#include <sys/reboot.h>
#include <linux/magic.h>
#include <sys/vfs.h>

enum { ROOT_DEPTH = 100 };

/* Is "/" what the kernel unpacked an initramfs into?  Only that may be deleted. */
static bool root_is_initial(void)
{
	struct statfs st;

	return SYS(statfs("/", &st)) == 0 &&
	       (st.f_type == RAMFS_MAGIC || st.f_type == TMPFS_MAGIC);
}

/* Is `path` a device with blocks?  *id is its number then. */
static bool root_is_device(struct kml *k, struct scope *s, const char *path, dev_t *id)
{
	struct stat st;

	if (sys_stat(k, s, path, 0, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	*id = st.st_rdev;
	return true;
}

/* Up to `n` bytes from the beginning of the device `path`. */
static int root_head(struct kml *k, struct scope *s, const char *path, size_t n, struct str *out)
{
	struct scope *t = scope_begin(s);
	char *p = scope_raw(s, n);
	size_t got = 0;
	int fd, r = sys_open(k, t, path, O_RDONLY | O_NONBLOCK, &fd);

	if (r == 0)
		r = sys_read(k, fd, p, n, &got);
	scope_end(t);
	*out = (struct str){ p, got };
	return r;
}

/* Mount the device `path`, which has a file system of that type, on `where`. */
static int root_mount(struct kml *k, const char *path, const char *where, const char *type,
                      unsigned long flags, const char *data)
{
	if (SYS(mkdir(where, 0700)) < 0 && errno != EEXIST)
		return sys_fail(k);
	return SYS(mount(path, where, type, flags, data)) < 0 ? sys_fail(k) : 0;
}

/* ---- what is left behind ------------------------------------------------- */

static void root_empty(int dir, dev_t dev, int depth);

/* Delete one name; what is of another file system stays. */
static bool root_delete(int dir, dev_t dev, const char *name, int depth)
{
	struct stat st;
	int fd;

	if (!strcmp(name, ".") || !strcmp(name, "..") ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != dev)
		return false;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(dir, name, 0) == 0;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		root_empty(fd, dev, depth + 1);
		close(fd);
	}
	return unlinkat(dir, name, AT_REMOVEDIR) == 0;
}

/* Delete all in the directory `dir` that is on the device `dev`.  Names move while
 * some are deleted: it is read from its beginning until there is nothing to do. */
static void root_empty(int dir, dev_t dev, int depth)
{
	_Alignas(8) char raw[2048];
	bool done = depth > ROOT_DEPTH;

	while (!done) {
		long n;

		done = true;
		if (lseek(dir, 0, SEEK_SET) < 0)
			return;
		while ((n = SYS(syscall(SYS_getdents64, dir, raw, sizeof raw))) > 0)
			for (char *d = raw; d < raw + n; d += sys_native16(d + 16))
				if (root_delete(dir, dev, d + 19, depth))
					done = false;
	}
}

/* ---- the change ---------------------------------------------------------- */

/* Take a mounted file system along, or leave it if the new root has no place. */
static void root_take(struct scope *s, const char *mount_at, const char *where)
{
	const char *to = scope_format(s, "%s%s", where, mount_at);

	if (mount(mount_at, to, NULL, MS_MOVE, NULL) < 0)
		umount2(mount_at, MNT_DETACH);
}

/* Make what is mounted on `where` the root, with the file systems of the kernel
 * in it, and delete what was the root, which root_is_initial(). */
static int root_switch(struct kml *k, struct scope *s, const char *where)
{
	static const char *const along[] = { "/dev", "/proc", "/sys", "/run" };
	struct stat st;
	int old, r = sys_open(k, s, "/", O_RDONLY | O_DIRECTORY, &old);

	if (r < 0)
		return r;
	if (!root_is_initial())
		return fail(k, KML_FAIL, "not an initramfs");
	if (SYS(fstat(old, &st)) < 0)
		return sys_fail(k);
	for (size_t i = 0; i < countof(along); i++)
		root_take(s, along[i], where);
	if (SYS(chdir(where)) < 0 || SYS(mount(".", "/", NULL, MS_MOVE, NULL)) < 0 ||
	    SYS(chroot(".")) < 0 || SYS(chdir("/")) < 0)
		return sys_fail(k);
	root_empty(old, st.st_dev, 0);
	return 0;
}

/* Become the program `path`.  Returns only if that cannot be. */
static int root_exec(struct kml *k, const char *path, char *const argv[])
{
	fflush(stdout);
	SYS(execv(path, argv));
	return sys_fail(k);
}

/* Start the machine again; this only returns if the kernel refuses. */
static int root_restart(struct kml *k)
{
	sync();
	return SYS(reboot(RB_AUTOBOOT)) < 0 ? sys_fail(k) : 0;
}

#endif
