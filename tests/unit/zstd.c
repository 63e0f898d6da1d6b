#define KML_TEST
#include "../../src/format/zstd.c"
#include "../test.h"

static int give(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct str *left = arg;

	(void)k;
	*got = left->n < n ? left->n : n;
	if (*got)
		memcpy(p, left->p, *got);
	*left = str_from(*left, *got);
	return 0;
}

/* Compress `text`, taking `step` bytes at a time, and decode it again. */
static bool same(struct kml *k, struct scope *s, struct str text, size_t step)
{
	struct reader in = { give, &(struct str){ text.p, text.n } }, out;
	struct buf b = { .s = s };
	struct str back;
	size_t n = step;

	if (zstd_reader(k, s, &in, &out) < 0)
		return false;
	while (n == step) {
		if (reader_fill(k, &out, buf_room(&b, step), step, &n) < 0)
			return false;
		b.n += n;
	}
	return codec_of(buf_str(&b)) == CODEC_ZSTD &&
	       codec_decode(k, s, buf_str(&b), 1 << 20, &back) == 0 && str_eq(back, text);
}

TESTS
	struct str large = { scope_alloc(s, 3 * ZSTD_INPUT / 2), 3 * ZSTD_INPUT / 2 };

	TEST("what is compressed comes back, also nothing") {
		CHECK(same(k, s, S("some text, some text, some text"), 100));
		CHECK(same(k, s, S(""), 100));
		CHECK(same(k, s, large, 7));
	}
TESTS_END
