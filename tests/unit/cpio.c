#define KML_TEST
#include "../../src/format/cpio.c"
#include "../test.h"

static bool wrote(struct scope *s, struct cpio_entry e, struct str want)
{
	struct buf b = { .s = s };

	cpio_put_entry(&b, &e);
	return str_eq(buf_str(&b), want);
}

TESTS
	struct buf b = { .s = s };

	TEST("a file's header ends at a multiple of four bytes") {
		CHECK(wrote(s, (struct cpio_entry){ .name = S("a"), .mode = CPIO_FILE | 0644,
		            .ino = 3, .size = 5, .mtime = 255 },
		            S("070701" "00000003" "000081A4" "00000000" "00000000" "00000001" "000000FF"
		              "00000005" "00000000" "00000000" "00000000" "00000000" "00000002"
		              "00000000" "a\0")));
		CHECK(wrote(s, (struct cpio_entry){ .name = S("abc"), .mode = CPIO_DIR | 0755 },
		            S("070701" "00000000" "000041ED" "00000000" "00000000" "00000002" "00000000"
		              "00000000" "00000000" "00000000" "00000000" "00000000" "00000004"
		              "00000000" "abc\0\0\0")));
	}
	TEST("the bytes of a link are what it leads to") {
		CHECK(wrote(s, (struct cpio_entry){ .name = S("a"), .mode = CPIO_LINK | 0777,
		            .link = S("usr/b") },
		            S("070701" "00000000" "0000A1FF" "00000000" "00000000" "00000001" "00000000"
		              "00000005" "00000000" "00000000" "00000000" "00000000" "00000002"
		              "00000000" "a\0" "usr/b\0\0\0")));
	}
	TEST("a device has numbers") {
		CHECK(wrote(s, (struct cpio_entry){ .name = S("c"), .mode = CPIO_CHAR | 0600,
		            .major = 5, .minor = 1 },
		            S("070701" "00000000" "00002180" "00000000" "00000000" "00000001" "00000000"
		              "00000000" "00000000" "00000000" "00000005" "00000001" "00000002"
		              "00000000" "c\0")));
	}
	TEST("the end fills a block, and says so by its name") {
		cpio_put_end(&b, 100);
		CHECK((100 + b.n) % CPIO_BLOCK == 0);
		CHECK(memmem(b.p, b.n, "0000000B00000000TRAILER!!!", 27));
		b.n = 0;
		cpio_put_end(&b, CPIO_BLOCK - 124);
		CHECK(b.n == 124);
	}
	TEST("what does not fit into eight digits is refused") {
		CHECK(cpio_fits(k, UINT32_MAX, UINT32_MAX) == 0);
		CHECK(cpio_fits(k, (uint64_t)UINT32_MAX + 1, 0) == KML_BAD);
		CHECK(cpio_fits(k, 0, (uint64_t)UINT32_MAX + 1) == KML_USAGE);
	}
	TEST("what is written is read") {
		struct cpio_entry e = { .name = S("a/bc"), .mode = CPIO_FILE | 0644, .size = 5 };
		struct str text, bytes;

		b.n = 0;
		cpio_put_entry(&b, &e);
		buf_add(&b, S("hello\0\0\0"));
		cpio_put_entry(&b, &(struct cpio_entry){ .name = S("l"), .mode = CPIO_LINK,
		               .link = S("a") });
		cpio_put_end(&b, 0);
		text = buf_str(&b);
		CHECK(cpio_next(k, &text, &e, &bytes) == 1);
		CHECK(str_eq(e.name, S("a/bc")) && e.mode == (CPIO_FILE | 0644));
		CHECK(str_eq(bytes, S("hello")));
		CHECK(cpio_next(k, &text, &e, &bytes) == 1);
		CHECK(str_eq(e.name, S("l")) && str_eq(bytes, S("a")));
		CHECK(cpio_next(k, &text, &e, &bytes) == 0);
	}
	TEST("what is cut short, or no number, is refused") {
		struct str whole = buf_str(&b), bytes;
		struct cpio_entry e;

		for (size_t n = 0; n < 116 + 5; n++) {
			struct str text = { whole.p, n };

			CHECK(cpio_next(k, &text, &e, &bytes) == KML_BAD);
		}
		b.p[60] = 'x';
		CHECK(cpio_next(k, &whole, &e, &bytes) == KML_BAD);
	}
TESTS_END
