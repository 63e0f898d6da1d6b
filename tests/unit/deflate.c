#define KML_TEST
#include "../../src/format/deflate.c"
#include "../test.h"
#include <libdeflate.h>
#include <zlib.h>

/* Text of all kinds of blocks: stored, fixed, dynamic; several of them. */
static void fill(char *p, size_t n, int kind)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = kind == 0 ? (char)(x >> 24) : kind == 1 ? "abc"[x >> 24 & 1] :
			kind == 2 ? (char)(i / 100) : (char)((x >> 28) * (x >> 20 & 7));
	}
}

/* Compress the halves of `text` apart, join them, and inflate what comes. */
static bool joined(struct scope *s, struct str text, int level)
{
	size_t half = text.n / 2, n = 0, room = text.n + 4096;
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
	char *out = scope_raw(s, 2 * room), *back = scope_raw(s, text.n + 1);
	z_stream z = { 0 };
	int r;

	for (size_t at = 0, one; c && at < text.n; at += one) {
		size_t got;

		one = at ? text.n - at : half;
		got = libdeflate_deflate_compress(c, text.p + at, one, out + n, room - DEFLATE_SLACK);
		n += got = deflate_go_on(out + n, got);
		if (!got)
			n = 2 * room;
	}
	libdeflate_free_compressor(c);
	if (n > 2 * room - 2 || inflateInit2(&z, -15) != Z_OK)
		return false;
	memcpy(out + n, "\3\0", 2);
	z.next_in = (unsigned char *)out;
	z.avail_in = (unsigned)n + 2;
	z.next_out = (unsigned char *)back;
	z.avail_out = (unsigned)text.n + 1;
	r = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return r == Z_STREAM_END && z.total_out == text.n && !z.avail_in &&
		!memcmp(back, text.p, text.n);
}

TESTS
	TEST("pieces become one stream, whatever blocks they have") {
		static const size_t sizes[] = { 2, 3, 100, 5000, 70000, 400000 };
		char *text = scope_raw(s, 400000);

		for (size_t i = 0; i < countof(sizes) && test_fail_at < 0; i++)
			for (int kind = 0; kind < 4; kind++) {
				fill(text, sizes[i], kind);
				for (int level = 0; level <= 12; level += level == 1 ? 5 : 1 + level / 6 * 5)
					CHECK(joined(s, (struct str){ text, sizes[i] }, level));
			}
	}
	TEST("what is no whole stream is refused") {
		char p[64 + DEFLATE_SLACK] = "\xcb\x48\xcd\xc9\xc9\x07";

		memset(p + 6, 'x', 40);
		CHECK(deflate_go_on(p, 0) == 0);
		CHECK(deflate_go_on(p, 3) == 0);
		CHECK(deflate_go_on(p, 20) == 0);
		memset(p, 0xff, sizeof p);
		CHECK(deflate_go_on(p, 64) == 0);
		memcpy(p, "\xcb\x48\xcd\xc9\xc9\x07\0", 7);
		CHECK(deflate_go_on(p, 7) > 7);
	}
TESTS_END
