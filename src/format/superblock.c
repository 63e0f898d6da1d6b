/* superblock.c - what file system a device holds, and what it is called.
 *
 * Each file system has a magic number at a place of its own, and near it a UUID
 * and a label; the table says where.  Offsets are from the start of the device,
 * of which the first SUPERBLOCK_SIZE bytes are enough.  FAT has a serial number,
 * written as two halves; ext2 to ext4 differ by their features.
 *
 * A disk has a table of its partitions: GPT ("EFI PART" in the second block, an
 * entry of 128 bytes or more for each, with a GUID and a name in UTF-16), or the
 * old one, where a partition is called after the disk's number and its own.
 */
#ifndef KML_SUPERBLOCK_C
#define KML_SUPERBLOCK_C

#include "../ground/base.c"

enum { SUPERBLOCK_SIZE = 0x11000, SUPERBLOCK_UUID = 37 };

struct superblock {
	const char *type;               /* as mount(2) takes it */
	char uuid[SUPERBLOCK_UUID];     /* lower case; empty if there is none */
	struct str label;               /* borrowed from the bytes */
};

/* Where a file system has its magic number, UUID (0: none) and label. */
struct superblock_kind {
	const char *type, *magic;
	uint32_t at, n, uuid, label, label_n;
};

static const struct superblock_kind superblock_kinds[] = {
	{ "xfs",      "XFSB",             0,       4, 32,          108,             12 },
	{ "btrfs",    "_BHRfS_M",         0x10040, 8, 0x10020,     0x1012b,         256 },
	{ "ext2",     "\x53\xef",         1080,    2, 1024 + 104,  1024 + 120,      16 },
	{ "erofs",    "\xe2\xe1\xf5\xe0", 1024,    4, 1024 + 48,   1024 + 64,       16 },
	{ "f2fs",     "\x10\x20\xf5\xf2", 1024,    4, 1024 + 108,  0,               0 },
	{ "squashfs", "hsqs",             0,       4, 0,           0,               0 },
	{ "iso9660",  "CD001",            0x8001,  5, 0,           0x8028,          32 },
	{ "vfat",     "FAT32   ",         82,      8, 67,          71,              11 },
	{ "vfat",     "FAT16   ",         54,      8, 39,          43,              11 },
	{ "vfat",     "FAT12   ",         54,      8, 39,          43,              11 },
};

static bool superblock_has(struct str disk, uint64_t at, struct str bytes)
{
	return at <= disk.n && str_starts(str_from(disk, (size_t)at), bytes);
}

/* The bytes at `at`, up to `n`, without NULs and blanks at the end. */
static struct str superblock_text(struct str disk, uint64_t at, size_t n)
{
	struct str t = str_from(disk, (size_t)at);

	if (at > disk.n || !n)
		return (struct str){ 0 };
	t.n = t.n < n ? t.n : n;
	t.n = str_find(t, '\0');
	while (t.n && t.p[t.n - 1] == ' ')
		t.n--;
	return t;
}

/* 16 bytes as text; `mixed`: a GUID, whose first three numbers are little-endian. */
static void superblock_put_uuid(char out[SUPERBLOCK_UUID], const char *p, bool mixed)
{
	static const unsigned char order[] = { 3, 2, 1, 0, 5, 4, 7, 6 };
	char *to = out;

	for (int i = 0; i < 16; i++) {
		unsigned char c = (unsigned char)p[mixed && i < 8 ? order[i] : i];

		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = "0123456789abcdef"[c >> 4];
		*to++ = "0123456789abcdef"[c & 15];
	}
	*to = '\0';
}

/* ext3 has a journal, ext4 what neither of the others knows. */
static const char *superblock_ext(struct str disk)
{
	uint64_t compat = load_le(disk.p + 1024 + 92, 4), incompat = load_le(disk.p + 1024 + 96, 4);
	uint64_t readonly = load_le(disk.p + 1024 + 100, 4);

	if (incompat & ~(uint64_t)0x16 || readonly & ~(uint64_t)7)
		return "ext4";
	return compat & 4 ? "ext3" : "ext2";
}

static void superblock_fill(struct str disk, const struct superblock_kind *kind,
                            struct superblock *out)
{
	bool fat = !strcmp(kind->type, "vfat");
	uint64_t id = kind->uuid ? load_le(disk.p + kind->uuid, 4) : 0;

	*out = (struct superblock){ .type = kind->type };
	out->label = superblock_text(disk, kind->label, kind->label_n);
	if (kind->at == 1080)
		out->type = superblock_ext(disk);
	if (fat)
		snprintf(out->uuid, sizeof out->uuid, "%04x-%04x", (unsigned)(id >> 16),
		         (unsigned)(id & 0xffff));
	else if (kind->uuid)
		superblock_put_uuid(out->uuid, disk.p + kind->uuid, false);
}

/* What is on the device that begins with `disk`; false: nothing that is known. */
static bool superblock_read(struct str disk, struct superblock *out)
{
	for (size_t i = 0; i < countof(superblock_kinds); i++) {
		const struct superblock_kind *kind = &superblock_kinds[i];

		if (kind->uuid + 16 > disk.n ||
		    !superblock_has(disk, kind->at, (struct str){ kind->magic, kind->n }))
			continue;
		superblock_fill(disk, kind, out);
		return true;
	}
	return false;
}

/* ---- partitions ---------------------------------------------------------- */

/* The entry of partition `number`, from 1, in a GPT of blocks of `block` bytes. */
static struct str superblock_gpt(struct str disk, uint64_t number, uint64_t block)
{
	struct str head = str_from(disk, (size_t)block);
	uint64_t at, n, size;

	if (disk.n < block + 92 || !str_starts(head, S("EFI PART")))
		return (struct str){ 0 };
	at = load_le(head.p + 72, 8);
	n = load_le(head.p + 80, 4);
	size = load_le(head.p + 84, 4);
	if (!number || number > n || size < 128 || at > disk.n / block ||
	    number > (disk.n - at * block) / size)
		return (struct str){ 0 };
	return (struct str){ disk.p + at * block + (number - 1) * size, 128 };
}

/* The PARTUUID of partition `number` of the disk that begins with `disk`; empty
 * if it has none. */
static void superblock_partition(struct str disk, uint64_t number, char out[SUPERBLOCK_UUID])
{
	struct str e = superblock_gpt(disk, number, 512);

	*out = '\0';
	if (!e.n)
		e = superblock_gpt(disk, number, 4096);
	if (e.n)
		superblock_put_uuid(out, e.p + 16, true);
	else if (superblock_has(disk, 510, S("\x55\xaa")) && number < 256)
		snprintf(out, SUPERBLOCK_UUID, "%08x-%02x", (unsigned)load_le(disk.p + 440, 4),
		         (unsigned)number);
}

#endif
