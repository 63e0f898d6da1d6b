/* stamp.c - what tells that a file is still what it was when it was read.
 *
 * A change of a file changes its time of change, which nobody can set.  But that time
 * moves in steps: a file that was changed just now may be changed once more and have
 * the same stamp.  What is kept of a file is therefore of use only if its stamp was
 * settled when the file was read: see stamp_settled().  And in a file system that is
 * made as a whole, an image, all times may be the same ones in the next image.
 */
#ifndef KML_STAMP_C
#define KML_STAMP_C

#include "base.c"
#include "sys.c"
#include <sys/vfs.h>

struct stamp { uint64_t size, inode; int64_t modified, changed; };      /* nanoseconds */

#ifdef KML_TEST         /* tests do not wait */
enum { STAMP_SETTLED = 0 };
#else
enum { STAMP_SETTLED = 3 };     /* seconds; times of FAT have steps of two */
#endif

static int64_t stamp_time(struct timespec t)
{
	return (int64_t)((uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec);
}

static struct stamp stamp_of(const struct stat *st)
{
	return (struct stamp){ (uint64_t)st->st_size, st->st_ino, stamp_time(st->st_mtim),
	                       stamp_time(st->st_ctim) };
}

static int64_t stamp_now(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	return stamp_time(t);
}

static bool stamp_same(struct stamp a, struct stamp b)
{
	return a.size == b.size && a.inode == b.inode && a.modified == b.modified &&
	       a.changed == b.changed;
}

/* Was the file left alone for long enough before `now`? */
static bool stamp_settled(struct stamp a, int64_t now)
{
	now -= (int64_t)STAMP_SETTLED * 1000000000;
	return a.modified >= 0 && a.modified < now && a.changed >= 0 && a.changed < now;
}

/* Is the file in squashfs, erofs, ISO 9660, cramfs or romfs? */
static bool stamp_is_image(const struct statfs *st)
{
	static const uint32_t images[] = {
		0x73717368, 0xe0f5e1e2, 0x9660, 0x28cd3d45, 0x7275,
	};

	for (size_t i = 0; i < countof(images); i++)
		if ((uint32_t)st->f_type == images[i])
			return true;
	return false;
}

/* The stamp of one in an image never settles. */
static int stamp_file(struct kml *k, int fd, struct stamp *out)
{
	struct statfs fs;
	struct stat st;

	if (SYS(fstat(fd, &st)) < 0 || SYS(fstatfs(fd, &fs)) < 0)
		return sys_fail(k);
	*out = stamp_of(&st);
	if (stamp_is_image(&fs))
		out->changed = -1;
	return 0;
}

/* The same of the file `path`, links followed. */
static int stamp_path(struct kml *k, struct scope *s, const char *path, struct stamp *out)
{
	struct stat st;
	int r = 0;

	if (k->root && path[0] == '/')
		r = sys_stat(k, s, path, 0, &st);
	else if (SYS(stat(path, &st)) < 0)
		r = sys_fail(k);
	if (r == 0)
		*out = stamp_of(&st);
	return r;
}

#endif
