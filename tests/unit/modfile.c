#define KML_TEST
#include "../../src/module/modfile.c"
#include "../../src/ground/save.c"
#include "../test.h"

/* Lines of numbers, compressed once by the programs for it. */
static void made(const char *name, const char *command)
{
	char line[300];

	if (access(name, R_OK) == 0)
		return;
	snprintf(line, sizeof line, "seq -w 070000 | %s >%s", command, name);
	if (system(line))
		remove(name);
}

enum { LINES = 70000, SIZE = 7 * LINES };      /* of 6 digits */

static bool right(const struct source *src, struct kml *k, uint64_t off)
{
	char line[16];
	struct str got;

	snprintf(line, sizeof line, "%06d\n", (int)(off / 7 + 1));
	return source_slice(k, src, off, 7, &got) == 0 && got.n == 7 && !memcmp(got.p, line, 7);
}

TESTS
	static const char *const files[] = { "build/large.xz", "build/large-one.xz",
	                                     "build/large.gz", "build/large.zst" };
	struct modfile *m = modfile_new(s);
	struct source src;
	struct str text;

	made(files[0], "xz -0 -T2 --block-size=30000");
	made(files[1], "xz -0 -T1");
	made(files[2], "gzip -1");
	made(files[3], "zstd -q -1");
	TEST("a plain file is read where it is looked at") {
		CHECK(modfile_open(k, s, __FILE__, &src) == 0);
		CHECK(source_slice(k, &src, 0, 7, &text) == 0 && str_eq(text, S("#define")));
	}
	TEST("a compressed one is decoded, one after the other in the same memory") {
		CHECK(modfile_next(k, m, s, "tests/fuzz/corpus/codec/crc32.xz", &src) == 0);
		CHECK(src.size == 920 && !memcmp(src.p, "the quick", 9));
		CHECK(modfile_next(k, m, s, "tests/fuzz/corpus/codec/nosize.zst", &src) == 0);
		CHECK(src.size == 920);
		CHECK(modfile_next(k, m, s, "tests/fuzz/corpus/codec/cut.gz", &src) == KML_BAD);
		CHECK(modfile_open(k, s, "no/such.ko", &src) == KML_NOTFOUND);
	}
	TEST("of a large one any part can be had, in any order") {
		for (size_t i = 0; i < countof(files); i++) {
			CHECK(modfile_next(k, m, s, files[i], &src) == 0 && src.size == SIZE);
			CHECK(right(&src, k, SIZE - 7) && right(&src, k, 0));
			CHECK(right(&src, k, 300006) && right(&src, k, 210000 - 7));
			CHECK(right(&src, k, 70) && right(&src, k, 300013));
			CHECK(source_slice(k, &src, SIZE, 1, &text) == KML_BAD);
		}
	}
TESTS_END
