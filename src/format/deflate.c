/* deflate.c - make pieces of deflate data that were written apart one stream.
 *
 * Pieces compressed at the same time are each a whole stream of blocks:
 *
 *     1 bit  this is the last block      2 bits  its kind: stored, fixed, dynamic
 *     then the codes of the block, the last of which says "end"
 *
 * and the last byte is filled up with zero bits.  To go on after a piece, that
 * bit of its last block is cleared, and an empty stored block brings the next
 * piece to a byte.  Nobody but the decoder knows where the last block begins:
 * codes have no marks.  So the codes are walked here, without decoding what
 * they stand for, several times as fast as they were made.
 *
 * What is walked comes from our own compressor; it is checked all the same.
 */
#ifndef KML_DEFLATE_C
#define KML_DEFLATE_C

#include "../ground/base.c"

enum {
	DEFLATE_SLACK = 16,             /* bytes that may be read and written after a piece */
	DEFLATE_FAST = 10,              /* bits looked up at once */
	DEFLATE_LITERALS = 288, DEFLATE_DISTANCES = 32, DEFLATE_END = 256,
};

/* A code of the table: the bits to skip, with those that follow it, and what it
 * is.  Zero: longer than DEFLATE_FAST, or no code at all. */
enum {
	DEFLATE_IS_PLAIN = 0x40, DEFLATE_IS_LENGTH = 0x80, DEFLATE_IS_END = 0xc0,
	DEFLATE_SKIP = 0x3f,
};

struct deflate_code {
	unsigned char fast[1 << DEFLATE_FAST];
	uint16_t count[16], symbol[DEFLATE_LITERALS];
	bool distances;
};

struct deflate_walk {
	const char *p;
	size_t at, end;                 /* in bits */
	struct deflate_code literals, distances;
};

/* At least 57 bits from where the walk is; zeros after the end. */
static uint64_t deflate_peek(const struct deflate_walk *w)
{
	uint64_t v;

	memcpy(&v, w->p + w->at / 8, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v >> w->at % 8;
}

static unsigned deflate_bits(struct deflate_walk *w, unsigned n)
{
	unsigned v = (unsigned)(deflate_peek(w) & ((1u << n) - 1));

	w->at += n;
	return v;
}

/* What there is to do at `symbol`, whose code has `bits`. */
static unsigned char deflate_step(bool distances, unsigned symbol, unsigned bits)
{
	unsigned extra = 0;

	if (distances)
		return (unsigned char)(DEFLATE_IS_PLAIN | (bits + (symbol < 4 ? 0 : symbol / 2 - 1)));
	if (symbol < DEFLATE_END)
		return (unsigned char)(DEFLATE_IS_PLAIN | bits);
	if (symbol == DEFLATE_END)
		return (unsigned char)(DEFLATE_IS_END | bits);
	if (symbol >= 265 && symbol < 285)
		extra = (symbol - 261) / 4;
	return (unsigned char)(DEFLATE_IS_LENGTH | (bits + extra));
}

/* The code in which each of `n` symbols has `lengths` bits. */
static void deflate_make(struct deflate_code *c, const unsigned char *lengths, unsigned n)
{
	uint16_t place[16] = { 0 }, next[16] = { 0 };

	memset(c->fast, 0, sizeof c->fast);
	memset(c->count, 0, sizeof c->count);
	for (unsigned i = 0; i < n; i++)
		c->count[lengths[i]]++;
	c->count[0] = 0;
	for (unsigned i = 1; i < 15; i++) {
		place[i + 1] = (uint16_t)(place[i] + c->count[i]);
		next[i + 1] = (uint16_t)((next[i] + c->count[i]) << 1);
	}
	for (unsigned i = 0; i < n; i++) {
		unsigned bits = lengths[i], code, turned = 0;

		if (!bits)
			continue;
		c->symbol[place[bits]++] = (uint16_t)i;
		code = next[bits]++;
		for (unsigned b = 0; b < bits; b++)
			turned |= (code >> b & 1) << (bits - 1 - b);
		for (; bits <= DEFLATE_FAST && turned < 1 << DEFLATE_FAST; turned += 1u << bits)
			c->fast[turned] = deflate_step(c->distances, i, bits);
	}
}

/* The code at the front of `v`, which is a long one; 0: there is none. */
static unsigned char deflate_slow(const struct deflate_code *c, uint64_t v, unsigned *symbol)
{
	unsigned code = 0, first = 0, index = 0;

	for (unsigned bits = 1; bits < 16; bits++, v >>= 1) {
		code = code << 1 | (unsigned)(v & 1);
		if (code - first < c->count[bits]) {
			*symbol = c->symbol[index + code - first];
			return deflate_step(c->distances, *symbol, bits);
		}
		index += c->count[bits];
		first = (first + c->count[bits]) << 1;
	}
	return 0;
}

/* Read the lengths of a dynamic block's codes, which are coded themselves. */
static bool deflate_dynamic(struct deflate_walk *w)
{
	static const unsigned char order[19] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
	};
	unsigned char lengths[DEFLATE_LITERALS + DEFLATE_DISTANCES + 138] = { 0 }, last = 0;
	unsigned nl = deflate_bits(w, 5) + 257, nd = deflate_bits(w, 5) + 1, n, i = 0;

	n = deflate_bits(w, 4) + 4;
	while (i < n)
		lengths[order[i++]] = (unsigned char)deflate_bits(w, 3);
	w->literals.distances = false;
	deflate_make(&w->literals, lengths, 19);
	memset(lengths, 0, sizeof lengths);
	for (i = 0; i < nl + nd && w->at < w->end;) {
		unsigned symbol = 0, times = 1;
		unsigned char step = deflate_slow(&w->literals, deflate_peek(w), &symbol);

		if (!step)
			return false;
		w->at += step & DEFLATE_SKIP;
		if (symbol == 16)
			times = 3 + deflate_bits(w, 2);
		else if (symbol > 16)
			times = symbol == 17 ? 3 + deflate_bits(w, 3) : 11 + deflate_bits(w, 7);
		last = (unsigned char)(symbol < 16 ? symbol : symbol == 16 ? last : 0);
		memset(lengths + i, last, times);
		i += times;
	}
	deflate_make(&w->literals, lengths, nl);
	deflate_make(&w->distances, lengths + nl, nd);
	return i == nl + nd;
}

static void deflate_fixed(struct deflate_walk *w)
{
	unsigned char lengths[DEFLATE_LITERALS];

	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 112);
	memset(lengths + 256, 7, 24);
	memset(lengths + 280, 8, 8);
	deflate_make(&w->literals, lengths, DEFLATE_LITERALS);
	memset(lengths, 5, DEFLATE_DISTANCES);
	deflate_make(&w->distances, lengths, DEFLATE_DISTANCES);
}

static bool deflate_is(unsigned char step, unsigned what) { return (step & 0xc0) == what; }

/* Walk the codes of a block to its end.  Of the 57 bits that one look gives, 35
 * are kept for a length and the distance after it; the others are literals. */
static bool deflate_codes(struct deflate_walk *w)
{
	const struct deflate_code *l = &w->literals, *d = &w->distances;
	const unsigned mask = (1u << DEFLATE_FAST) - 1;

	while (w->at < w->end) {
		uint64_t v = deflate_peek(w);
		unsigned char step = l->fast[v & mask];
		unsigned symbol, used = 0;

		while (deflate_is(step, DEFLATE_IS_PLAIN) && used <= 57 - 35 - DEFLATE_FAST) {
			used += step & DEFLATE_SKIP;
			v >>= step & DEFLATE_SKIP;
			step = l->fast[v & mask];
		}
		w->at += used;
		if (!step && !(step = deflate_slow(l, v, &symbol)))
			return false;
		w->at += step & DEFLATE_SKIP;
		if (deflate_is(step, DEFLATE_IS_PLAIN))
			continue;
		if (deflate_is(step, DEFLATE_IS_END))
			return true;
		v >>= step & DEFLATE_SKIP;
		step = d->fast[v & mask];
		if (!step && !(step = deflate_slow(d, v, &symbol)))
			return false;
		w->at += step & DEFLATE_SKIP;
	}
	return false;
}

static bool deflate_stored(struct deflate_walk *w)
{
	unsigned n;

	w->at = (w->at + 7) / 8 * 8;
	if (w->end - w->at < 32 || w->at > w->end)
		return false;
	n = deflate_bits(w, 16);
	if ((n ^ deflate_bits(w, 16)) != 0xffff)
		return false;
	w->at += 8 * (size_t)n;
	return true;
}

/* Make the `n` bytes at `p`, a whole stream with DEFLATE_SLACK bytes behind it,
 * one that goes on.  Returns its new length; 0 when it is no such stream. */
static size_t deflate_go_on(char *p, size_t n)
{
	struct deflate_walk w = { .p = p, .end = 8 * n, .distances = { .distances = true } };
	size_t last = 0;
	bool final = false, ok = true;

	memset(p + n, 0, DEFLATE_SLACK);
	while (!final && ok && w.at < w.end) {
		unsigned kind;

		last = w.at;
		final = deflate_bits(&w, 1);
		kind = deflate_bits(&w, 2);
		ok = kind == 0 ? deflate_stored(&w) : kind != 3;
		if (ok && kind == 1)
			deflate_fixed(&w);
		if (ok && kind == 2)
			ok = deflate_dynamic(&w);
		if (ok && kind)
			ok = deflate_codes(&w);
	}
	if (!ok || !final || w.at > w.end || w.end - w.at > 7 || (deflate_peek(&w) & 127))
		return 0;
	p[last / 8] = (char)(p[last / 8] & ~(1 << last % 8));
	n = (w.at + 3 + 7) / 8;
	memcpy(p + n, "\0\0\xff\xff", 4);
	return n + 4;
}

#endif
