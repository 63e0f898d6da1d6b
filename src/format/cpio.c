/* cpio.c - the archive a kernel unpacks into its first root file system.
 *
 * "newc": each entry is a header of 110 characters, "070701" and thirteen
 * numbers of eight hexadecimal digits,
 *
 *     ino mode uid gid nlink mtime filesize devmajor devminor
 *     rdevmajor rdevminor namesize check
 *
 * then the name with a NUL, and then the bytes, or the target of a link; name
 * and bytes are each padded to a multiple of four.  The entry "TRAILER!!!" ends
 * the archive.  Several archives may stand behind each other, plain ones at
 * multiples of four bytes, with zeros between; later entries replace earlier
 * ones (Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 * Numbers here are those of nobody's disk: inodes are counted, all is root's.
 */
#ifndef KML_CPIO_C
#define KML_CPIO_C

#include "../ground/base.c"

enum { CPIO_UNIT = 4, CPIO_BLOCK = 512 };

/* What `mode` says besides permissions. */
enum {
	CPIO_TYPE = 0170000,
	CPIO_DIR = 0040000, CPIO_CHAR = 0020000, CPIO_FILE = 0100000, CPIO_LINK = 0120000,
};

#define CPIO_END S("TRAILER!!!")

struct cpio_entry {
	struct str name, link;          /* a link has no bytes but `link` */
	unsigned mode, ino, major, minor;
	uint64_t size, mtime;
};

/* How many bytes pad `size` to whole units. */
static size_t cpio_padding(uint64_t size) { return (size_t)(-size % CPIO_UNIT); }

/* Do the numbers fit into the header? */
static int cpio_fits(struct kml *k, uint64_t size, uint64_t mtime)
{
	if (size > UINT32_MAX)
		return fail(k, KML_BAD, "a file of 4 GiB or more does not fit into a cpio archive");
	if (mtime > UINT32_MAX)
		return fail(k, KML_USAGE, "the time %llu is after the year 2106",
		            (unsigned long long)mtime);
	return 0;
}

static void cpio_pad(struct buf *b, uint64_t size)
{
	buf_add(b, (struct str){ "\0\0\0", cpio_padding(size) });
}

/* Add what goes before the bytes of `e`, whose numbers fit. */
static void cpio_put_entry(struct buf *b, const struct cpio_entry *e)
{
	bool dir = (e->mode & CPIO_TYPE) == CPIO_DIR;
	const uint64_t v[13] = {
		e->ino, e->mode, 0, 0, dir ? 2 : 1, e->mtime, e->link.n ? e->link.n : e->size,
		0, 0, e->major, e->minor, e->name.n + 1, 0,
	};

	buf_add(b, S("070701"));
	for (size_t i = 0; i < countof(v); i++)
		buf_format(b, "%08X", (unsigned)v[i]);
	buf_add(b, e->name);
	buf_byte(b, '\0');
	cpio_pad(b, 110 + e->name.n + 1);
	buf_add(b, e->link);
	cpio_pad(b, e->link.n);
}

/* End an archive of `written` bytes. */
static void cpio_put_end(struct buf *b, uint64_t written)
{
	size_t before = b->n;

	cpio_put_entry(b, &(struct cpio_entry){ .name = CPIO_END });
	while ((written + (b->n - before)) % CPIO_BLOCK)
		buf_byte(b, '\0');
}

#endif
