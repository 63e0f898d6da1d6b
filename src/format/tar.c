/* tar.c - the archive a layer is: written one way, read with suspicion.
 *
 * Each entry is a header of 512 bytes, then its bytes padded to a multiple of
 * that; two zero blocks end the archive.  Numbers are octal text:
 *
 *       0 100 name     100 8 mode     108 8 uid    116 8 gid    124 12 size
 *     136  12 mtime    148 8 checksum 156 1 type   157 100 link
 *     257   8 "ustar\0" "00"          345 155 prefix of the name
 *
 * What does not fit goes before the entry: as PAX records ("LEN key=value\n",
 * type x), or, in others' archives, as GNU's long names (types L and K).
 *
 * Reading, names come out in one form: no slash at either end, no empty or
 * "." component; the root is "".  What could lead out of a directory or into
 * a terminal (absolute, "..", control characters) is refused here, for every
 * reader.  An archive that ends behind an entry is read: some leave out the zero
 * blocks, and the padding before them, and whether all of it is there is for its
 * digest to say.  Links are judged by who knows where they are (image/names.c).
 */
#ifndef KML_TAR_C
#define KML_TAR_C

#include "../ground/base.c"
#include "../ground/source.c"

enum {
	TAR_BLOCK = 512,
	TAR_NAME = 100,                 /* what a header's field of a name holds */
	TAR_PREFIX = 155,
	TAR_PATH = 4096,                /* the longest name that is read */
	TAR_EXTENDED = 1024 * 1024,     /* the longest extended header */
	TAR_XATTRS = 32,
	TAR_STEP = 4 * 1024 * 1024, TAR_ROOM = 64 << 20,
};

enum tar_type {
	TAR_FILE = '0', TAR_HARDLINK = '1', TAR_SYMLINK = '2', TAR_CHAR = '3', TAR_BLOCKDEV = '4',
	TAR_DIR = '5', TAR_FIFO = '6',
};

/* An extended attribute; of others than user.* and security.capability nothing is
 * read or written: they are about the machine that the archive was made on. */
struct tar_xattr { struct str key, value; };

struct tar_entry {
	struct str name, link;
	enum tar_type type;
	unsigned mode, major, minor;    /* the numbers of a device */
	uint64_t uid, gid, size, mtime;
	const struct tar_xattr *xattrs; /* sorted by key */
	size_t nxattrs;
};

#define TAR_XATTR "SCHILY.xattr."

static const char tar_zeros[2 * TAR_BLOCK];

/* How many bytes pad `size` to whole blocks. */
static size_t tar_padding(uint64_t size) { return (size_t)(-size % TAR_BLOCK); }

/* ---- writing ------------------------------------------------------------- */

static bool tar_octal_fits(uint64_t v, int width) { return v >> (3 * (width - 1)) == 0; }

static void tar_put_octal(char *p, uint64_t v, int width)
{
	for (int i = width - 1; i-- > 0; v >>= 3)
		p[i] = (char)('0' + (v & 7));
}

static void tar_put(char *p, struct str t, size_t width)
{
	if (t.n)
		memcpy(p, t.p, t.n < width ? t.n : width);
}

static bool tar_is_ascii(struct str t)
{
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] >= 0x80)
			return false;
	return true;
}

/* Where the name is cut into prefix and name; 0: it fits whole; SIZE_MAX: no
 * cut at a slash makes it fit. */
static size_t tar_split(struct str name)
{
	if (name.n <= TAR_NAME)
		return 0;
	for (size_t i = name.n - TAR_NAME - 1; i < name.n - 1 && i <= TAR_PREFIX; i++)
		if (i && name.p[i] == '/')
			return i;
	return SIZE_MAX;
}

/* The length of a record counts its own digits. */
static void tar_put_record(struct buf *b, const char *key, struct str value)
{
	size_t rest = strlen(key) + value.n + 3, n = rest + 1;

	while ((size_t)snprintf(NULL, 0, "%zu", n) + rest != n)
		n = (size_t)snprintf(NULL, 0, "%zu", n) + rest;
	buf_format(b, "%zu %s=", n, key);
	buf_add(b, value);
	buf_byte(b, '\n');
}

static void tar_put_header(struct buf *b, const struct tar_entry *e, char type)
{
	char *h = memset(buf_room(b, TAR_BLOCK), 0, TAR_BLOCK);
	size_t cut = tar_split(e->name);
	unsigned sum = 0;

	if (cut == SIZE_MAX)
		cut = 0;
	if (cut)
		tar_put(h + 345, (struct str){ e->name.p, cut }, TAR_PREFIX);
	tar_put(h, str_from(e->name, cut ? cut + 1 : 0), TAR_NAME);
	tar_put_octal(h + 100, e->mode & 07777, 8);
	tar_put_octal(h + 108, tar_octal_fits(e->uid, 8) ? e->uid : 0, 8);
	tar_put_octal(h + 116, tar_octal_fits(e->gid, 8) ? e->gid : 0, 8);
	tar_put_octal(h + 124, tar_octal_fits(e->size, 12) ? e->size : 0, 12);
	tar_put_octal(h + 136, tar_octal_fits(e->mtime, 12) ? e->mtime : 0, 12);
	memset(h + 148, ' ', 8);
	h[156] = type;
	tar_put(h + 157, e->link, TAR_NAME);
	memcpy(h + 257, "ustar\0" "00", 8);
	tar_put_octal(h + 329, e->major, 8);
	tar_put_octal(h + 337, e->minor, 8);
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	tar_put_octal(h + 148, sum, 7);
	h[154] = '\0';
	b->n += TAR_BLOCK;
}

static void tar_put_number(struct buf *b, const char *key, uint64_t v, int width)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);

	if (!tar_octal_fits(v, width))
		tar_put_record(b, key, (struct str){ digits, (size_t)n });
}

/* Add what goes before the bytes of `e`, a directory's name without a slash at
 * its end.  PAX records come only where the header cannot hold a value. */
static void tar_put_entry(struct buf *b, struct scope *s, const struct tar_entry *e)
{
	struct scope *t = scope_begin(s);
	struct tar_entry head = *e;
	struct buf pax = { .s = t };

	if (e->type == TAR_DIR)
		head.name = str_of(scope_format(t, "%.*s/", FMT(e->name)));
	for (size_t i = 0; i < e->nxattrs; i++)
		tar_put_record(&pax, scope_format(t, TAR_XATTR "%.*s", FMT(e->xattrs[i].key)),
		               e->xattrs[i].value);
	tar_put_number(&pax, "gid", e->gid, 8);
	if (e->link.n > TAR_NAME || !tar_is_ascii(e->link))
		tar_put_record(&pax, "linkpath", e->link);
	tar_put_number(&pax, "mtime", e->mtime, 12);
	if (tar_split(head.name) == SIZE_MAX || !tar_is_ascii(head.name))
		tar_put_record(&pax, "path", head.name);
	tar_put_number(&pax, "size", e->size, 12);
	tar_put_number(&pax, "uid", e->uid, 8);
	if (pax.n) {
		tar_put_header(b, &(struct tar_entry){ .name = S("pax"), .mode = 0644,
		                                       .size = pax.n }, 'x');
		buf_add(b, buf_str(&pax));
		buf_add(b, (struct str){ tar_zeros, tar_padding(pax.n) });
	}
	tar_put_header(b, &head, (char)e->type);
	scope_end(t);
}

/* ---- reading ------------------------------------------------------------- */

struct tar {
	struct reader *in;
	/* Pass over bytes of `in` without reading them; may be NULL. */
	int (*skip)(struct kml *k, void *arg, uint64_t n);
	uint64_t left;                  /* of the bytes of the entry */
	size_t padding;                 /* after them */
	bool any;                       /* there was an entry */
};

/* What extended headers said of the entry that follows. */
struct tar_extra {
	struct str name, link, size, mtime, uid, gid;
	struct tar_xattr xattrs[TAR_XATTRS];
	size_t nxattrs;
	int headers;
};

static int tar_cut_short(struct kml *k) { return fail(k, KML_BAD, "the archive is cut short"); }

/* Octal text, or the big-endian binary that GNU tar writes for great numbers. */
static int tar_number(struct kml *k, struct str field, uint64_t *out)
{
	struct str digits = str_trim((struct str){ field.p, str_find(field, '\0') });
	uint64_t v = 0;

	if (field.p[0] & 0x80) {
		v = load_be(field.p + field.n - 8, 8);
		for (size_t i = 1; i + 8 < field.n; i++)
			if (field.p[i])
				v = UINT64_MAX;
		if ((field.p[0] & 0x7f) || v > INT64_MAX)
			return fail(k, KML_BAD, "a number in the archive is out of range");
	} else {
		for (size_t i = 0; i < digits.n; i++) {
			if (digits.p[i] < '0' || digits.p[i] > '7')
				return fail(k, KML_BAD, "a number in the archive is not octal");
			v = v << 3 | (uint64_t)(digits.p[i] - '0');
		}
	}
	*out = v;
	return 0;
}

static int tar_check_header(struct kml *k, const char *h)
{
	uint64_t want;
	unsigned sum = 8 * ' ';
	int r = tar_number(k, (struct str){ h + 148, 8 }, &want);

	for (int i = 0; i < TAR_BLOCK; i++)
		sum += i < 148 || i >= 156 ? (unsigned char)h[i] : 0;
	if (r < 0 || want != sum)
		return fail(k, KML_BAD, "the checksum of a header is wrong");
	if (memcmp(h + 257, "ustar\0" "00", 8) && memcmp(h + 257, "ustar  ", 8))
		return fail(k, KML_BAD, "not a tar archive (no ustar header)");
	return 0;
}

/* The text of a fixed field: up to a NUL, if there is one. */
static struct str tar_field(const char *p, size_t n)
{
	return (struct str){ p, str_find((struct str){ p, n }, '\0') };
}

static bool tar_is_plain(struct str t)
{
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f)
			return false;
	return t.n <= TAR_PATH;
}

/* Bring `raw` into the one form, or refuse it. */
static int tar_name(struct kml *k, struct scope *s, struct str raw, struct str *out)
{
	struct buf b = { .s = s };
	struct str rest = raw;

	if (!tar_is_plain(raw))
		return fail(k, KML_BAD, "the archive has a name with control characters or "
		            "of more than %d bytes", TAR_PATH);
	if (!raw.n || raw.p[0] == '/')
		return fail(k, KML_BAD, "the archive has %s name \"%.*s\"",
		            raw.n ? "the absolute" : "an empty", FMT(raw));
	while (rest.n) {
		struct str part = str_take(&rest, '/');

		if (str_eq(part, S("..")))
			return fail(k, KML_BAD, "the name \"%.*s\" leads out of the archive", FMT(raw));
		if (!part.n || str_eq(part, S(".")))
			continue;
		if (b.n)
			buf_byte(&b, '/');
		buf_add(&b, part);
	}
	*out = buf_str(&b);
	return 0;
}

static int tar_skip(struct kml *k, struct tar *t, uint64_t n)
{
	char waste[4096];
	size_t got;
	int r;

	if (t->skip && n)
		return t->skip(k, t->in->arg, n);
	for (; n; n -= got) {
		size_t want = n < sizeof waste ? (size_t)n : sizeof waste;

		if ((r = reader_fill(k, t->in, waste, want, &got)) < 0)
			return r;
		if (got < want)
			return tar_cut_short(k);
	}
	return 0;
}

/* Read up to `n` bytes of the entry; *got == 0 is its end. */
static int tar_read(struct kml *k, struct tar *t, char *p, size_t n, size_t *got)
{
	size_t want = t->left < n ? (size_t)t->left : n;
	int r = reader_fill(k, t->in, p, want, got);

	if (r < 0)
		return r;
	t->left -= *got;
	return *got < want ? tar_cut_short(k) : 0;
}

static int tar_read_all(struct kml *k, struct scope *s, struct tar *t, struct str *out)
{
	struct buf b = { .s = s };
	size_t got;
	int r;

	*out = S("");
	if (!t->left)
		return 0;
	/* In steps: a header may promise more than ever comes.  Room that nothing
	 * comes for costs no memory, so it is made at once while that is modest. */
	buf_room(&b, t->left < TAR_ROOM ? (size_t)t->left : TAR_ROOM);
	do {
		size_t want = t->left < TAR_STEP ? (size_t)t->left : TAR_STEP;

		if ((r = tar_read(k, t, buf_room(&b, want), want, &got)) < 0)
			return r;
		b.n += got;
	} while (t->left);
	*out = buf_str(&b);
	return 0;
}

static int tar_xattr_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct tar_xattr *)a)->key, ((const struct tar_xattr *)b)->key);
}

static int tar_pax_xattr(struct kml *k, struct tar_extra *x, struct str key, struct str value)
{
	if (!str_starts(key, S("user.")) && !str_eq(key, S("security.capability")))
		return 0;
	if (!tar_is_plain(key) || key.n > 255 || value.n > 65536)
		return fail(k, KML_BAD, "an extended attribute is malformed");
	if (x->nxattrs == TAR_XATTRS)
		return fail(k, KML_BAD, "a file has more than %d extended attributes", TAR_XATTRS);
	x->xattrs[x->nxattrs++] = (struct tar_xattr){ key, value };
	return 0;
}

static int tar_pax_value(struct kml *k, struct tar_extra *x, struct str key, struct str value)
{
	if (str_starts(key, S(TAR_XATTR)))
		return tar_pax_xattr(k, x, str_from(key, sizeof TAR_XATTR - 1), value);
	if (str_starts(key, S("GNU.sparse.")))
		return fail(k, KML_BAD, "the archive has a sparse file");
	if (str_eq(key, S("path")))
		x->name = value;
	else if (str_eq(key, S("linkpath")))
		x->link = value;
	else if (str_eq(key, S("size")))
		x->size = value;
	else if (str_eq(key, S("mtime")))
		x->mtime = (struct str){ value.p, str_find(value, '.') };
	else if (str_eq(key, S("uid")))
		x->uid = value;
	else if (str_eq(key, S("gid")))
		x->gid = value;
	return 0;
}

static int tar_pax(struct kml *k, struct str text, struct tar_extra *x)
{
	int r = 0;

	while (r == 0 && text.n) {
		struct str record = text, digits = str_take(&record, ' '), key;
		uint64_t n;

		if (!str_uint(digits, &n) || n > text.n || n < digits.n + 4 ||
		    text.p[n - 1] != '\n')
			return fail(k, KML_BAD, "a PAX record is malformed");
		record.n = (size_t)n - digits.n - 2;
		text = str_from(text, (size_t)n);
		key = (struct str){ record.p, str_find(record, '=') };
		if (!key.n || key.n == record.n)
			return fail(k, KML_BAD, "a PAX record is malformed");
		r = tar_pax_value(k, x, key, str_from(record, key.n + 1));
	}
	return r;
}

/* Read an extended header of `type` and `size`; 1: `type` is not one. */
static int tar_extended(struct kml *k, struct scope *s, struct tar *t, char type, uint64_t size,
                        struct tar_extra *x)
{
	struct tar_extra *global;
	struct str text;
	int r;

	if (!type || !strchr("xgLK", type))
		return 1;
	if (size > TAR_EXTENDED || ++x->headers > 8)
		return fail(k, KML_BAD, "the archive has too much before an entry");
	t->left = size;
	if ((r = tar_read_all(k, s, t, &text)) < 0 || (r = tar_skip(k, t, tar_padding(size))) < 0)
		return r;
	if (type == 'x')
		return tar_pax(k, text, x);
	if (type == 'L' || type == 'K') {
		text.n = str_find(text, '\0');
		*(type == 'L' ? &x->name : &x->link) = text;
		return 0;
	}
	/* A global header has times and comments; a name for all entries is nonsense. */
	global = new(s, struct tar_extra);
	if ((r = tar_pax(k, text, global)) == 0 &&
	    (global->name.p || global->link.p || global->size.p || global->nxattrs))
		return fail(k, KML_BAD, "a global PAX header names a file");
	return r;
}

static int tar_type(struct kml *k, char type, struct tar_entry *e)
{
	if (type == '\0' || type == '7')
		type = TAR_FILE;
	if (type == 'S')
		return fail(k, KML_BAD, "the archive has a sparse file");
	if (type < TAR_FILE || type > TAR_FIFO)
		return fail(k, KML_BAD, "the archive has an entry of an unknown type");
	e->type = (enum tar_type)type;
	return 0;
}

/* A number of a PAX record; times before 1970 are left to the header. */
static void tar_pax_number(struct str text, uint64_t *out)
{
	uint64_t v;

	if (str_uint(text, &v) && v <= INT64_MAX)
		*out = v;
}

static int tar_entry_extra(struct kml *k, struct scope *s, const struct tar_extra *x,
                           struct tar_entry *e)
{
	struct tar_xattr *v = NULL;

	if (x->size.p && (!str_uint(x->size, &e->size) || e->size > INT64_MAX))
		return fail(k, KML_BAD, "%.*s: a size out of range", FMT(e->name));
	tar_pax_number(x->mtime, &e->mtime);
	tar_pax_number(x->uid, &e->uid);
	tar_pax_number(x->gid, &e->gid);
	if ((e->nxattrs = x->nxattrs)) {
		v = news(s, struct tar_xattr, x->nxattrs);
		memcpy(v, x->xattrs, x->nxattrs * sizeof *v);
		qsort(v, x->nxattrs, sizeof *v, tar_xattr_cmp);
	}
	e->xattrs = v;
	for (size_t i = 1; i < e->nxattrs; i++)
		if (str_eq(v[i].key, v[i - 1].key))
			return fail(k, KML_BAD, "%.*s: an attribute twice", FMT(e->name));
	return 0;
}

/* Make the entry of its header and what came before that. */
static int tar_entry(struct kml *k, struct scope *s, const char *h, const struct tar_extra *x,
                     struct tar_entry *e)
{
	struct str name = tar_field(h, TAR_NAME), prefix = tar_field(h + 345, TAR_PREFIX);
	uint64_t mode, major, minor;
	int r;

	if (!memcmp(h + 257, "ustar\0", 6) && prefix.n)
		name = str_of(scope_format(s, "%.*s/%.*s", FMT(prefix), FMT(name)));
	if (x->name.n)
		name = x->name;
	if ((r = tar_number(k, (struct str){ h + 100, 8 }, &mode)) < 0 ||
	    (r = tar_number(k, (struct str){ h + 108, 8 }, &e->uid)) < 0 ||
	    (r = tar_number(k, (struct str){ h + 116, 8 }, &e->gid)) < 0 ||
	    (r = tar_number(k, (struct str){ h + 136, 12 }, &e->mtime)) < 0 ||
	    (r = tar_type(k, h[156], e)) < 0 || (r = tar_name(k, s, name, &e->name)) < 0)
		return r;
	e->mode = (unsigned)(mode & 07777);
	if (e->type != TAR_CHAR && e->type != TAR_BLOCKDEV)
		;
	else if ((r = tar_number(k, (struct str){ h + 329, 8 }, &major)) < 0 ||
	         (r = tar_number(k, (struct str){ h + 337, 8 }, &minor)) < 0)
		return r;
	else
		e->major = (unsigned)major, e->minor = (unsigned)minor;
	if (h[156] == '\0' && name.p[name.n - 1] == '/')
		e->type = TAR_DIR;
	e->link = scope_str(s, x->link.n ? x->link : tar_field(h + 157, TAR_NAME));
	if (!tar_is_plain(e->link))
		return fail(k, KML_BAD, "%.*s: a link with control characters", FMT(e->name));
	if ((r = tar_entry_extra(k, s, x, e)) < 0)
		return r;
	if (e->size && e->type != TAR_FILE)
		return fail(k, KML_BAD, "%.*s: not a file and has bytes", FMT(e->name));
	if (!e->name.n && e->type != TAR_DIR)
		return fail(k, KML_BAD, "the archive's root is not a directory");
	return 0;
}

/* After the first zero block: another one, and then nothing but zeros. */
static int tar_end(struct kml *k, struct tar *t)
{
	char h[TAR_BLOCK];
	size_t got, blocks = 0;
	int r;

	while ((r = reader_fill(k, t->in, h, sizeof h, &got)) == 0 && got) {
		if (memcmp(h, tar_zeros, got))
			return fail(k, KML_BAD, "the archive goes on after its end");
		blocks += got == sizeof h;
	}
	return r < 0 || blocks ? r : tar_cut_short(k);
}

/* Go to the next header.  1; 0: that was the end, for behind the bytes of the last entry
 * some leave out what would fill its block. */
static int tar_next_header(struct kml *k, struct tar *t)
{
	char waste[TAR_BLOCK];
	size_t got = 0;
	int r = tar_skip(k, t, t->skip ? t->left + t->padding : t->left);

	if (r == 0 && !t->skip && t->padding)
		r = reader_fill(k, t->in, waste, t->padding, &got);
	if (r == 0 && got && got < t->padding)
		r = tar_cut_short(k);
	if (r == 0)
		r = t->skip || got == t->padding;
	t->left = t->padding = 0;
	return r;
}

/* The next entry, whose names live in `s`: 1; the end, everything read: 0. */
static int tar_next(struct kml *k, struct scope *s, struct tar *t, struct tar_entry *e)
{
	struct tar_extra x = { .headers = 0 };
	char h[TAR_BLOCK];
	uint64_t size;
	size_t got;
	int r;

	do {
		if ((r = tar_next_header(k, t)) <= 0)
			return r;
		if ((r = reader_fill(k, t->in, h, sizeof h, &got)) < 0)
			return r;
		if (!got && t->any && !x.headers)
			return 0;
		if (got < sizeof h)
			return t->any ? tar_cut_short(k) :
				fail(k, KML_BAD, "no tar archive, or one that is cut short");
		if (!memcmp(h, tar_zeros, sizeof h))
			return x.headers ? tar_cut_short(k) : tar_end(k, t);
		if ((r = tar_check_header(k, h)) < 0 ||
		    (r = tar_number(k, (struct str){ h + 124, 12 }, &size)) < 0)
			return r;
		r = tar_extended(k, s, t, h[156], size, &x);
	} while (r == 0);
	*e = (struct tar_entry){ .size = size };
	if (r < 0 || (r = tar_entry(k, s, h, &x, e)) < 0)
		return r;
	t->left = e->size;
	t->padding = tar_padding(e->size);
	t->any = true;
	return 1;
}

/* `e` with texts of its own, which live as long as `s`. */
static struct tar_entry tar_copy(struct scope *s, const struct tar_entry *e)
{
	struct tar_entry out = *e;
	struct tar_xattr *v = e->nxattrs ? news(s, struct tar_xattr, e->nxattrs) : NULL;

	out.name = scope_str(s, e->name);
	out.link = e->link.n ? scope_str(s, e->link) : (struct str){ 0 };
	for (size_t i = 0; i < e->nxattrs; i++)
		v[i] = (struct tar_xattr){ scope_str(s, e->xattrs[i].key),
		                           scope_str(s, e->xattrs[i].value) };
	out.xattrs = v;
	return out;
}

#endif
