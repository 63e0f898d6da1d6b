#define KML_TEST
#include "../../src/format/digest.c"
#include "../test.h"

/* The same bytes cut at `cut`, by the path `fast`. */
static struct str hash(struct scope *s, struct str t, size_t cut, bool fast)
{
	struct digest d;

	digest_begin(&d);
	d.fast = d.fast && fast;
	digest_add(&d, (struct str){ t.p, cut });
	digest_add(&d, str_from(t, cut));
	return digest_done(s, &d);
}

TESTS
	TEST("the digests of the standard") {
		CHECK(str_eq(digest_of(s, S("")), S("sha256:e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855")));
		CHECK(str_eq(digest_of(s, S("abc")), S("sha256:ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad")));
	}
	TEST("both paths agree on every length around a block, wherever it is cut") {
		char text[200];
		struct scope *t = scope_begin(s);

		for (size_t i = 0; i < sizeof text; i++)
			text[i] = (char)(i * 7 + 1);
		for (size_t n = 0; n < sizeof text && test_fail_at < 0; n++) {
			struct str all = { text, n };
			struct str want = hash(t, all, 0, false);

			for (size_t cut = 0; cut <= n; cut += cut < 70 ? 1 : 17)
				CHECK(str_eq(hash(t, all, cut, true), want));
			scope_end(t);
		}
	}
	TEST("only the exact form is a digest") {
		CHECK(digest_check(k, digest_of(s, S("x"))) == 0);
		CHECK(digest_hex(digest_of(s, S("x"))).n == 64);
		CHECK(digest_check(k, S("")) == KML_BAD);
		CHECK(digest_check(k, S("sha256:../../../../etc/passwd")) == KML_BAD);
		CHECK(digest_check(k, S("md5:d41d8cd98f00b204e9800998ecf8427e")) == KML_BAD);
		CHECK(digest_check(k, S("sha256:E3B0C44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855")) == KML_BAD);
		CHECK(digest_check(k, S("sha512:e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855")) == KML_BAD);
		CHECK(digest_check(k, S("sha256:e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b8550")) == KML_BAD);
	}
TESTS_END
