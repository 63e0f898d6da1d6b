/* codec.c - decode gzip, xz and zstd: whole buffers and streams.
 *
 *   gzip   1f 8b              members, one after the other     size mod 2^32 at the end
 *   xz     fd 37 7a 58 5a 00  streams of blocks                sizes in the index at the end
 *   zstd   28 b5 2f fd        frames                           size in the header, or not
 *
 * What is decoded is bounded by the caller, never by what the input says of its
 * size, and the memory for it by CODEC_MEMORY.  All checksums are checked.
 *
 * The libraries allocate through codec_alloc(), from scopes of their own, so that
 * what they give back is used again and the rest ends with the caller's scope.
 * Running out of memory leaves through them by longjmp(): they hold no locks, and
 * a state that was left so is not used any more.
 */
#ifndef KML_CODEC_C
#define KML_CODEC_C

#define ZSTD_STATIC_LINKING_ONLY        /* for memory that comes from a scope */
#include "../ground/base.c"
#include "../ground/source.c"
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

enum codec { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD };

enum { CODEC_MEMORY = 132 << 20, CODEC_INPUT = 64 << 10, CODEC_MAGIC = 6 };

static enum codec codec_of(struct str first)
{
	if (str_starts(first, S("\xfd" "7zXZ\0")))
		return CODEC_XZ;
	if (str_starts(first, S("\x28\xb5\x2f\xfd")))
		return CODEC_ZSTD;
	return str_starts(first, S("\x1f\x8b")) ? CODEC_GZIP : CODEC_NONE;
}

static const char *codec_name(enum codec kind)
{
	static const char *const names[] = { "none", "gzip", "xz", "zstd" };

	return names[kind];
}

/* ---- the decoders -------------------------------------------------------- */

struct codec_state {
	struct scope *s;
	struct codec_block {            /* memory that a library has, or had */
		struct codec_block *next;
		struct scope *own;
		void *p;
	} *blocks;
	enum codec kind;
	bool between;                   /* one member or frame has ended, none begun */
	bool done;                      /* all has been decoded */
	bool over;                      /* codec_into() met its limit */
	z_stream gzip;
	lzma_stream xz;
	lzma_allocator alloc;
	ZSTD_DCtx *zstd;
};

static void *codec_alloc(void *arg, size_t n)
{
	struct codec_state *c = arg;
	struct codec_block *b = c->blocks;

	while (b && b->p)
		b = b->next;
	if (!b) {
		b = new(c->s, struct codec_block);
		b->own = scope_begin(c->s);
		b->next = c->blocks;
		c->blocks = b;
	}
	return b->p = scope_raw(b->own, n);
}

static void codec_free(void *arg, void *p)
{
	struct codec_state *c = arg;

	for (struct codec_block *b = c->blocks; p && b; b = b->next)
		if (b->p == p) {
			scope_end(b->own);
			b->p = NULL;
		}
}

static void *codec_alloc_array(void *arg, size_t n, size_t size)
{
	return codec_alloc(arg, n && size > SIZE_MAX / n ? SIZE_MAX : n * size);
}

static void *codec_alloc_zlib(void *arg, unsigned n, unsigned size)
{
	return codec_alloc_array(arg, n, size);
}

/* A decoder that can be used again and again, until `s` ends. */
static struct codec_state *codec_new(struct scope *s)
{
	struct codec_state *c = new(s, struct codec_state);

	c->s = s;
	c->gzip.zalloc = codec_alloc_zlib;
	c->gzip.zfree = codec_free;
	c->gzip.opaque = c;
	c->alloc = (lzma_allocator){ codec_alloc_array, codec_free, c };
	c->xz.allocator = &c->alloc;
	return c;
}

/* Get ready for data of that kind. */
static int codec_begin(struct kml *k, struct codec_state *c, enum codec kind)
{
	bool ok = kind != CODEC_NONE;

	c->kind = kind;
	c->between = c->done = false;
	if (kind == CODEC_GZIP)
		ok = (c->gzip.state ? inflateReset(&c->gzip) :
		      inflateInit2(&c->gzip, 15 + 16)) == Z_OK;
	if (kind == CODEC_XZ)
		ok = lzma_stream_decoder(&c->xz, CODEC_MEMORY, LZMA_CONCATENATED) == LZMA_OK;
	if (kind == CODEC_ZSTD) {
		if (!c->zstd)
			c->zstd = ZSTD_createDCtx_advanced((ZSTD_customMem){
				codec_alloc, codec_free, c });
		ok = c->zstd && !ZSTD_isError(ZSTD_DCtx_reset(c->zstd,
		                                              ZSTD_reset_session_only));
	}
	return ok ? 0 : fail(k, KML_FAIL, "the %s decoder does not start", codec_name(kind));
}

/* Decoding goes from *in, which is consumed, to `room` bytes at `p`. */
struct codec_io { struct str *in; bool last; char *p; size_t room, got; };

static int codec_gzip(struct kml *k, struct codec_state *c, struct codec_io *io)
{
	z_stream *z = &c->gzip;
	size_t n = io->in->n < INT_MAX ? io->in->n : INT_MAX;
	size_t room = io->room < INT_MAX ? io->room : INT_MAX;
	int r;

	if (c->between) {
		while (io->in->n && !io->in->p[0])
			*io->in = str_from(*io->in, 1);         /* padding */
		c->done = io->last && !io->in->n;
		if (!io->in->n)
			return 0;
		if ((unsigned char)io->in->p[0] != 0x1f || inflateReset(z) != Z_OK)
			return fail(k, KML_BAD, "gzip data is followed by something else");
		c->between = false;
		n = io->in->n < INT_MAX ? io->in->n : INT_MAX;
	}
	z->next_in = (unsigned char *)(uintptr_t)io->in->p;
	z->avail_in = (unsigned)n;
	z->next_out = (unsigned char *)io->p;
	z->avail_out = (unsigned)room;
	r = inflate(z, Z_NO_FLUSH);
	*io->in = str_from(*io->in, n - z->avail_in);
	io->got = room - z->avail_out;
	c->between = r == Z_STREAM_END;
	c->done = c->between && io->last && !io->in->n;
	return r == Z_OK || r == Z_STREAM_END || r == Z_BUF_ERROR ? 0 :
		fail(k, KML_BAD, "gzip data is damaged (%s)", z->msg ? z->msg : "no reason given");
}

static int codec_xz(struct kml *k, struct codec_state *c, struct codec_io *io)
{
	lzma_stream *z = &c->xz;
	size_t n = io->in->n;
	lzma_ret r;

	z->next_in = (const unsigned char *)io->in->p;
	z->avail_in = n;
	z->next_out = (unsigned char *)io->p;
	z->avail_out = io->room;
	r = lzma_code(z, io->last ? LZMA_FINISH : LZMA_RUN);
	*io->in = str_from(*io->in, n - z->avail_in);
	io->got = io->room - z->avail_out;
	c->done = r == LZMA_STREAM_END;
	if (r == LZMA_MEMLIMIT_ERROR)
		return fail(k, KML_BAD, "xz data needs more than %d MiB to be decoded",
		            CODEC_MEMORY >> 20);
	if (r == LZMA_OPTIONS_ERROR)
		return fail(k, KML_BAD, "xz data uses a filter or check that is not known");
	return r == LZMA_OK || r == LZMA_STREAM_END || r == LZMA_BUF_ERROR ? 0 :
		fail(k, KML_BAD, "xz data is damaged");
}

static int codec_zstd(struct kml *k, struct codec_state *c, struct codec_io *io)
{
	ZSTD_inBuffer in = { io->in->p, io->in->n, 0 };
	ZSTD_outBuffer out = { io->p, io->room, 0 };
	size_t r;

	c->done = c->between && io->last && !io->in->n;
	if (c->done)
		return 0;
	r = ZSTD_decompressStream(c->zstd, &out, &in);
	*io->in = str_from(*io->in, in.pos);
	io->got = out.pos;
	if (ZSTD_isError(r))
		return fail(k, KML_BAD, "zstd data is damaged (%s)", ZSTD_getErrorName(r));
	c->between = r == 0;
	c->done = c->between && io->last && !io->in->n;
	return 0;
}

/* Decode as much as fits.  `last`: *in is all that is left of the input.  When
 * c->done is set all of it was decoded and was in order. */
static int codec_step(struct kml *k, struct codec_state *c, struct codec_io *io)
{
	size_t n = io->in->n;
	int r;

	io->got = 0;
	r = c->kind == CODEC_GZIP ? codec_gzip(k, c, io) :
	    c->kind == CODEC_XZ ? codec_xz(k, c, io) : codec_zstd(k, c, io);
	if (r == 0 && io->last && !c->done && io->room && !io->got && n == io->in->n)
		return fail(k, KML_BAD, "%s data is cut short", codec_name(c->kind));
	return r;
}

/* ---- sizes, and places to begin at --------------------------------------- */

struct codec_index { struct str in; uint64_t records; };

/* A number of an xz index: 7 bits a byte, the least significant first. */
static uint64_t codec_number(struct str *in)
{
	uint64_t v = 0;

	for (int shift = 0; in->n && shift < 63; shift += 7) {
		unsigned char b = (unsigned char)in->p[0];

		v |= (uint64_t)(b & 127) << shift;
		*in = str_from(*in, 1);
		if (b < 128)
			return v;
	}
	return 0;
}

/* The next record: how many bytes a block takes in the file, and decoded. */
static uint64_t codec_record(struct str *in, uint64_t *size)
{
	uint64_t n = codec_number(in) + 3;

	*size = codec_number(in);
	return n & ~(uint64_t)3;
}

/* The index of a file of one xz stream; no records when it is not such a file.
 * Its checksum is not looked at: see what uses it. */
static struct codec_index codec_xz_index(struct str in)
{
	const struct codec_index none = { .in = S("") };
	struct codec_index x = none;
	uint64_t size, left, decoded = 0;
	struct str rest;

	if (in.n < 32 || memcmp(in.p + in.n - 2, "YZ", 2))
		return x;
	size = (load_le(in.p + in.n - 8, 4) + 1) * 4;
	if (size > in.n - 24 || in.p[in.n - 12 - size])
		return x;
	rest = (struct str){ in.p + in.n - 12 - size + 1, (size_t)size - 1 };
	x.records = codec_number(&rest);
	x.in = rest;
	left = in.n - 24 - size;
	for (uint64_t i = 0; i < x.records && rest.n; i++) {
		uint64_t n = codec_record(&rest, &size);

		if (n > left || size > (uint64_t)1 << 62 || decoded > (uint64_t)1 << 62)
			return none;
		left -= n;
		decoded += size;
	}
	return left == 0 ? x : none;
}

/* The size that `in` will have when decoded, as far as it says; 0 if it does not.
 * A hint: it may be wrong, and may be meant to be. */
static uint64_t codec_size(struct str in)
{
	enum codec kind = codec_of(in);
	uint64_t size = 0;

	if (kind == CODEC_GZIP && in.n > 18)
		return load_le(in.p + in.n - 4, 4);
	if (kind == CODEC_ZSTD) {
		size = ZSTD_getFrameContentSize(in.p, in.n);
		return size < ZSTD_CONTENTSIZE_ERROR ? size : 0;
	}
	if (kind == CODEC_XZ) {
		struct codec_index x = codec_xz_index(in);

		for (uint64_t n; x.records && x.in.n; x.records--) {
			codec_record(&x.in, &n);
			size += n;
		}
	}
	return size;
}

/* Where decoding can begin to give the byte `off`, no later: *from is the place in
 * the file, and the offset of what comes out there is returned. */
static uint64_t codec_start(struct str in, uint64_t off, size_t *from)
{
	struct codec_index x = codec_of(in) == CODEC_XZ ? codec_xz_index(in) :
		(struct codec_index){ .in = S("") };
	uint64_t out = 0, at = 12;

	for (uint64_t n, size; x.records > 1 && x.in.n; x.records--) {
		n = codec_record(&x.in, &size);
		if (out + size > off)
			break;
		at += n;
		out += size;
	}
	*from = out ? (size_t)at : 0;
	return out;
}

/* Begin to decode `in` there: *at is the offset of what comes out first, and *in
 * what is still to be decoded.  Begun within, an xz stream does not end well, as
 * its index tells of blocks that were not seen: stop at its size. */
static int codec_seek(struct kml *k, struct codec_state *c, uint64_t off, uint64_t *at,
                      struct str *in)
{
	struct str head = { in->p, 12 };
	struct codec_io io = { .in = &head };
	size_t from;
	int r = codec_begin(k, c, codec_of(*in));

	*at = codec_start(*in, off, &from);
	*in = str_from(*in, from);
	return r < 0 || !from ? r : codec_step(k, c, &io);
}

/* ---- what is asked of a decoder ------------------------------------------ */

enum { CODEC_HEAD = 64 };               /* bytes of a file that tell it */

struct codec_need {
	uint64_t window;                /* how far it looks back; UINT64_MAX: not told there */
	bool simple;                    /* the smallest decoders know all of it */
};

/* After the stream's header, 12 bytes, its second byte of flags the kind of check, comes the
 * first block's: size, flags, up to two numbers that the flags announce, filters.  LZMA2
 * is 21 01 and a byte for its dictionary. */
static void codec_need_xz(struct str head, struct codec_need *need)
{
	enum { CHECK = 7, FLAGS = 13, PACKED = 0x40, UNPACKED = 0x80, FILTERS = 3, CRC32 = 1 };
	struct str rest = str_from(head, FLAGS + 1);
	unsigned flags, size;

	if (head.n <= FLAGS)
		return;
	need->simple = (unsigned char)head.p[CHECK] <= CRC32;
	flags = (unsigned char)head.p[FLAGS];
	for (unsigned bit = PACKED; bit <= UNPACKED; bit <<= 1)
		if (flags & bit)
			codec_number(&rest);
	if (flags & FILTERS || rest.n < 3 || !str_starts(rest, S("\x21\x01")))
		return;
	size = (unsigned char)rest.p[2];
	if (size < 40)
		need->window = (uint64_t)(2 | (size & 1)) << (size / 2 + 11);
}

/* What decoding the file asks for that begins with `head`, CODEC_HEAD bytes if it has so
 * many.  (A gzip header may have more than a name, which is flag 8.) */
static struct codec_need codec_need(struct str head)
{
	struct codec_need need = { UINT64_MAX, false };
	enum codec kind = codec_of(head);
	ZSTD_FrameHeader frame;

	if (kind == CODEC_GZIP && head.n > 3)
		need = (struct codec_need){ 32 << 10, !(head.p[3] & ~8) };
	if (kind == CODEC_XZ)
		codec_need_xz(head, &need);
	if (kind == CODEC_ZSTD && ZSTD_getFrameHeader(&frame, head.p, head.n) == 0)
		need = (struct codec_need){ frame.windowSize, !frame.dictID };
	return need;
}

/* ---- whole buffers ------------------------------------------------------- */

/* Add what `in` decodes to, at most `limit` bytes, to `b`. */
static int codec_into(struct kml *k, struct codec_state *c, struct str in, uint64_t limit,
                      struct buf *b)
{
	size_t start = b->n;
	char spare;
	int r = codec_begin(k, c, codec_of(in));

	c->over = false;
	while (r == 0 && !c->done) {
		uint64_t left = limit - (b->n - start);
		struct codec_io io = { .in = &in, .last = true, .p = &spare, .room = 1 };

		if (left) {
			if (b->n == b->cap)
				buf_room(b, CODEC_INPUT);
			io.p = b->p + b->n;
			io.room = left < b->cap - b->n ? (size_t)left : b->cap - b->n;
		}
		r = codec_step(k, c, &io);
		if (!left && io.got) {
			c->over = true;
			r = fail(k, KML_BAD, "%s data decodes to more than %llu bytes",
			         codec_name(c->kind), (unsigned long long)limit);
		}
		b->n += left ? io.got : 0;
	}
	return r;
}

/* What `in` decodes to, at most `limit` bytes; `in` itself if it is not encoded. */
static int codec_decode(struct kml *k, struct scope *s, struct str in, uint64_t limit,
                        struct str *out)
{
	struct scope *t = scope_begin(s);
	struct buf b = { .s = s };
	uint64_t size = codec_size(in), most = (uint64_t)in.n * 64;
	int r = 0;

	if (codec_of(in) != CODEC_NONE) {
		size = size < most ? size : most;
		buf_room(&b, (size_t)(size < limit ? size : limit) + 1);
		r = codec_into(k, codec_new(t), in, limit, &b);
		in = buf_str(&b);
	}
	scope_end(t);
	*out = in;
	return r;
}

/* ---- streams ------------------------------------------------------------- */

struct codec_stream {
	struct codec_state *state;
	struct reader *from;
	struct str have;
	bool last;
	char input[CODEC_INPUT];
};

static int codec_stream_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct codec_stream *t = arg;
	int r = 0;

	*got = 0;
	while (r == 0 && n && !*got && !t->state->done) {
		struct codec_io io = { .in = &t->have, .p = p, .room = n };

		if (!t->have.n && !t->last) {
			size_t some;

			r = reader_fill(k, t->from, t->input, sizeof t->input, &some);
			if (r < 0)
				return r;
			t->have = (struct str){ t->input, some };
			t->last = some < sizeof t->input;
		}
		io.last = t->last;
		r = codec_step(k, t->state, &io);
		*got = io.got;
	}
	return r;
}

/* *out reads what comes of decoding `in`, which must stay, as data of `kind`. */
static int codec_reader(struct kml *k, struct scope *s, enum codec kind, struct reader *in,
                        struct reader *out)
{
	struct codec_stream *t;

	*out = *in;
	if (kind == CODEC_NONE)
		return 0;
	t = new(s, struct codec_stream);
	t->state = codec_new(s);
	t->from = in;
	*out = (struct reader){ codec_stream_read, t };
	return codec_begin(k, t->state, kind);
}

#endif
