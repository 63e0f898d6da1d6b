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

/* ---- reading ------------------------------------------------------------- */

enum { CPIO_HEADER = 110, CPIO_PATH = 4096 };

static bool cpio_is(struct str text)
{
	return str_starts(text, S("070701")) || str_starts(text, S("070702"));
}

static bool cpio_number(const char *p, uint64_t *out)
{
	*out = 0;
	for (int i = 0; i < 8; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ?
			(c | 32) - 'a' + 10 : -1;

		if (d < 0)
			return false;
		*out = *out << 4 | (uint64_t)d;
	}
	return true;
}

/* Take the next entry off *text, which begins with a header, and its bytes.  1: it
 * is one; 0: it was the end of the archive. */
static int cpio_next(struct kml *k, struct str *text, struct cpio_entry *e, struct str *bytes)
{
	uint64_t v[13], head;

	if (!cpio_is(*text) || text->n < CPIO_HEADER)
		return fail(k, KML_BAD, "not a cpio archive, or cut short");
	for (size_t i = 0; i < countof(v); i++)
		if (!cpio_number(text->p + 6 + 8 * i, &v[i]))
			return fail(k, KML_BAD, "a number in the cpio archive is not hexadecimal");
	head = CPIO_HEADER + v[11];
	head += cpio_padding(head);
	if (!v[11] || v[11] > CPIO_PATH || head > text->n || v[6] > text->n - head)
		return fail(k, KML_BAD, "the cpio archive is cut short");
	*e = (struct cpio_entry){ .mode = (unsigned)v[1], .ino = (unsigned)v[0], .size = v[6],
	                          .mtime = v[5], .major = (unsigned)v[9], .minor = (unsigned)v[10] };
	e->name = (struct str){ text->p + CPIO_HEADER, (size_t)v[11] };
	e->name.n = str_find(e->name, '\0');
	*bytes = (struct str){ text->p + head, (size_t)v[6] };
	*text = str_from(*text, (size_t)(head + v[6] + cpio_padding(v[6])));
	return !str_eq(e->name, CPIO_END);
}

#endif
