/* modfile.c - the bytes of a module file, whatever it is compressed with.
 *
 * A plain file is read where it is looked at.  What is compressed is decoded as a
 * whole while that is no more than MODFILE_WHOLE.  A larger one (ten of four
 * thousand) would take more memory than all the rest of depmod: it gets room in
 * which only some pages are ever filled, and is decoded up to those asked for, from
 * the start of their xz block if it has several, and once more when they are before
 * where the decoder is.  What is asked for first, the section headers, is at the end,
 * so what is likely to be asked for then is kept on the way: the start, where names,
 * versions and .modinfo are, and the middle, where the symbols are, between what is
 * loaded and what tells how to relocate it.
 *
 * What the file says of its size is believed of an index of xz blocks only, and
 * proves itself: too few or too many bytes come out of decoding it.
 */
#ifndef KML_MODFILE_C
#define KML_MODFILE_C

#include "../ground/base.c"
#include "../ground/source.c"
#include "../ground/sys.c"
#include "../format/codec.c"

#ifdef KML_TEST         /* what is large need not be so large */
enum { MODFILE_WHOLE = 256 << 10, MODFILE_START = 32 << 10 };
#else
enum { MODFILE_WHOLE = 4 << 20, MODFILE_START = 9 << 19 };
#endif

enum {
	MODFILE_LARGEST = 1 << 30,      /* no module is */
	MODFILE_PAGE = 4096,
	MODFILE_BEFORE = 16,            /* pages before those asked for that are kept too */
	MODFILE_MIDDLE = 45, MODFILE_BEHIND = 58,       /* hundredths of the file */
};

/* What decodes one file after the other. */
struct modfile {
	struct scope *s;
	struct sys_room room;           /* of the file as it is */
	struct codec_state *codec;
	struct buf whole;
	char *window;
};

static struct modfile *modfile_new(struct scope *s)
{
	struct modfile *m = new(s, struct modfile);

	m->s = s;
	m->room = sys_room_new(s, MODFILE_WHOLE);
	m->codec = codec_new(s);
	m->whole.s = s;
	return m;
}

/* ---- a large one --------------------------------------------------------- */

struct modfile_large {
	struct modfile *m;
	struct str in, rest;            /* all of it; what is still to be decoded */
	char *p;
	uint64_t size, at;              /* `at` is what the decoder gives next */
	uint64_t from, to;              /* what was kept last, in one piece */
	bool running, whole;            /* `whole`: the decoder began with the start */
	unsigned char *have;            /* a bit for each page */
};

static bool modfile_has(const struct modfile_large *f, uint64_t page)
{
	return f->have[page / 8] >> page % 8 & 1;
}

/* Decode the next bytes into m->window. */
static int modfile_step(struct kml *k, struct modfile *m, struct str *rest, size_t *got)
{
	struct codec_io io = { .in = rest, .last = true, .p = m->window, .room = CODEC_INPUT };
	int r = codec_step(k, m->codec, &io);

	*got = io.got;
	return r;
}

/* Keep the part from `lo` to `hi` of what was decoded, which begins at f->at, and note
 * the pages that are complete with it. */
static void modfile_put(struct modfile_large *f, uint64_t lo, uint64_t hi, uint64_t end)
{
	uint64_t page, stop;

	lo = lo < f->at ? f->at : lo;
	hi = hi < end ? hi : end;
	if (lo >= hi)
		return;
	memcpy(f->p + lo, f->m->window + (lo - f->at), (size_t)(hi - lo));
	if (lo != f->to)
		f->from = lo;
	f->to = hi;
	page = (f->from + MODFILE_PAGE - 1) / MODFILE_PAGE;
	stop = hi == f->size ? (hi - 1) / MODFILE_PAGE + 1 : hi / MODFILE_PAGE;
	for (; page < stop; page++)
		f->have[page / 8] |= (unsigned char)(1 << page % 8);
	if (f->from < stop * MODFILE_PAGE)
		f->from = stop * MODFILE_PAGE;
}

/* Decode up to `end`, keeping what is not before `from`, and what is likely to be asked
 * for later. */
static int modfile_keep(struct kml *k, struct modfile_large *f, uint64_t from, uint64_t end)
{
	const uint64_t half = f->size / 100 * MODFILE_MIDDLE;
	const uint64_t middle = half < MODFILE_START ? MODFILE_START : half;
	const uint64_t behind = f->size / 100 * MODFILE_BEHIND;
	bool last = end == f->size && f->whole;
	size_t got = 0;

	while (f->at < end || (last && !f->m->codec->done)) {
		uint64_t to;
		int r = f->m->codec->done ? fail(k, KML_BAD, "it is shorter than it says") :
			modfile_step(k, f->m, &f->rest, &got);

		if (r < 0 && !f->whole && got == f->size - f->at)
			r = 0;          /* that was the end, and the index after it */
		if (r == 0 && got > f->size - f->at)
			r = fail(k, KML_BAD, "it is longer than it says");
		if (r < 0) {
			f->running = false;
			return r;
		}
		to = f->at + got;
		modfile_put(f, 0, MODFILE_START < from ? MODFILE_START : from, to);
		modfile_put(f, middle, behind < from ? behind : from, to);
		modfile_put(f, from, to, to);
		f->at = to;
	}
	return 0;
}

static int modfile_fill(struct kml *k, void *arg, uint64_t off, uint64_t n)
{
	struct modfile_large *f = arg;
	uint64_t page = off / MODFILE_PAGE, stop = (off + n - 1) / MODFILE_PAGE + 1;
	uint64_t end = stop * MODFILE_PAGE, before, start;
	size_t from;
	int r = 0;

	while (page < stop && modfile_has(f, page))
		page++;
	if (page == stop)
		return 0;
	before = page - (page < MODFILE_BEFORE ? page : MODFILE_BEFORE);
	if (!f->running || f->at > page * MODFILE_PAGE || f->at <= before * MODFILE_PAGE)
		page = before;
	start = codec_start(f->in, page * MODFILE_PAGE, &from);
	if (!f->running || f->at > page * MODFILE_PAGE || f->at < start) {
		f->rest = f->in;
		f->running = true;
		r = codec_seek(k, f->m->codec, page * MODFILE_PAGE, &f->at, &f->rest);
		f->whole = f->at == 0;
	}
	return r < 0 ? r : modfile_keep(k, f, page * MODFILE_PAGE, end < f->size ? end : f->size);
}

/* How many bytes come out, by decoding it all. */
static int modfile_count(struct kml *k, struct modfile *m, struct str in, uint64_t *size)
{
	size_t got;
	int r = codec_begin(k, m->codec, codec_of(in));

	for (*size = 0; r == 0 && !m->codec->done; *size += got) {
		r = modfile_step(k, m, &in, &got);
		if (*size > MODFILE_LARGEST)
			return fail(k, KML_BAD, "decodes to more than a module can have");
	}
	return r;
}

static int modfile_large(struct kml *k, struct modfile *m, struct scope *s, struct str in,
                         struct source *out)
{
	struct modfile_large *f = new(s, struct modfile_large);
	int r;

	if (!m->window)
		m->window = scope_raw(m->s, CODEC_INPUT);
	sys_forget(m->whole.p, m->whole.cap);   /* not both at a time */
	f->m = m;
	f->in = in;
	f->size = codec_of(in) == CODEC_XZ ? codec_size(in) : 0;
	if (!f->size && (r = modfile_count(k, m, in, &f->size)) < 0)
		return r;
	if (f->size > MODFILE_LARGEST)
		return fail(k, KML_BAD, "decodes to more than a module can have");
	f->p = scope_raw(s, (size_t)f->size);   /* not touched, so not there, yet */
	f->have = scope_alloc(s, (size_t)(f->size / MODFILE_PAGE / 8 + 1));
	*out = (struct source){ f->size, f->p, modfile_fill, f };
	return 0;
}

/* ---- any ----------------------------------------------------------------- */

/* The module in `raw`, a file as it is, as bytes that can be looked at.  They
 * live until `s` ends or the next call with the same `m`. */
static int modfile_read(struct kml *k, struct modfile *m, struct scope *s,
                        const struct source *raw, struct source *out)
{
	uint64_t n = raw->size < CODEC_MAGIC ? raw->size : CODEC_MAGIC;
	struct str in;
	int r = source_slice(k, raw, 0, n, &in);

	*out = *raw;
	if (r < 0 || codec_of(in) == CODEC_NONE)
		return r;
	if ((r = source_slice(k, raw, 0, raw->size, &in)) < 0)
		return r;
	if (codec_size(in) > MODFILE_WHOLE)
		return modfile_large(k, m, s, in, out);
	if (!m->whole.cap)
		buf_room(&m->whole, MODFILE_WHOLE);
	m->whole.n = 0;
	r = codec_into(k, m->codec, in, MODFILE_WHOLE, &m->whole);
	if (r < 0 && m->codec->over)
		return modfile_large(k, m, s, in, out);
	*out = source_of(buf_str(&m->whole));
	return r;
}

/* Open the file `path` until `s` ends; *raw is what is in it as it is. */
static int modfile_raw(struct kml *k, struct modfile *m, struct scope *s, const char *path,
                       int *fd, struct source *raw)
{
	int r = sys_open(k, s, path, O_RDONLY | O_NONBLOCK, fd);

	return r < 0 ? r : sys_source_room(k, s, *fd, &m->room, raw);
}

/* Both. */
static int modfile_next(struct kml *k, struct modfile *m, struct scope *s, const char *path,
                        struct source *out)
{
	struct source *raw = new(s, struct source);
	int fd, r = modfile_raw(k, m, s, path, &fd, raw);

	return r < 0 ? r : modfile_read(k, m, s, raw, out);
}

/* The module file `path`, decoded if need be, until `s` ends. */
static int modfile_open(struct kml *k, struct scope *s, const char *path, struct source *out)
{
	return modfile_next(k, modfile_new(s), s, path, out);
}

#endif
