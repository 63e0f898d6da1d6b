#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/site/wild.c"
#include "../test.h"

#define DIR "build/unit-wild/"

/* What the pattern names, with '|' between. */
static bool finds(struct kml *k, struct scope *s, const char *pattern, const char *want)
{
	struct buf found = { .s = s }, b = { .s = s };
	int r = wild_find(k, s, DIR, str_of(pattern), &found);
	const char *const *v = (const char *const *)(const void *)found.p;

	for (size_t i = 0; r == 0 && i < found.n / sizeof *v; i++)
		buf_format(&b, "%s%s", i ? "|" : "", v[i] + strlen(DIR));
	return r == 0 && str_eq(buf_str(&b), str_of(want));
}

TESTS
	CHECK(save_mkdirs(k, s, DIR "b/1") == 0 && save_mkdirs(k, s, DIR "b/2") == 0);
	CHECK(save_mkdirs(k, s, DIR ".h") == 0);
	for (const char *const *p = (const char *const []){ "b/1/x.ko", "b/2/y.ko", "b/2/.z.ko", "b/x[1].ko",
	     ".h/x.ko", "a.ko", NULL }; *p; p++)
		CHECK(save_file(k, s, scope_format(s, DIR "%s", *p), S("")) == 0);
	TEST("files in their order, in directories in theirs") {
		CHECK(finds(k, s, "*/*/*.ko", "b/1/x.ko|b/2/y.ko") && finds(k, s, "b/*", "b/1|b/2|b/x[1].ko"));
		CHECK(finds(k, s, "b/[2-9]/?.ko", "b/2/y.ko") && finds(k, s, "*.ko", "a.ko"));
	}
	TEST("names without a star are there or not") {
		CHECK(finds(k, s, "a.ko", "a.ko") && finds(k, s, "b/3", "") && finds(k, s, "b//1", "b//1"));
		CHECK(finds(k, s, "b/3/*", "") && finds(k, s, "a.ko/*", "") && finds(k, s, "*/1", "b/1"));
	}
	TEST("what is hidden has to be named") {
		CHECK(finds(k, s, "*/x.ko", "") && finds(k, s, ".*/x.ko", ".h/x.ko"));
		CHECK(finds(k, s, "b/2/.*", "b/2/.z.ko") && finds(k, s, "b/x\\[*", "b/x[1].ko"));
	}
TESTS_END
