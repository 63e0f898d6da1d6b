#define KML_TEST
#include "../../src/ground/sys.c"
#include "../test.h"

TESTS
	struct str text;
	struct sys_entry *e;
	struct source src;
	size_t n;

	TEST("a file is read whole, one without a size too") {
		CHECK(sys_read_file(k, s, "/proc/self/comm", &text) == 0 && text.n > 1);
		CHECK(sys_read_file(k, s, __FILE__, &text) == 0 && text.n > 100);
	}
	TEST("a missing file is NOTFOUND, with the reason") {
		CHECK(sys_read_file(k, s, "/no/such", &text) == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "No such file or directory"));
	}
	TEST("a source reads what is asked for, and nothing outside") {
		CHECK(sys_source(k, s, __FILE__, &src) == 0);
		CHECK(source_slice(k, &src, 0, 16, &text) == 0);
		CHECK(str_eq(text, S("#define KML_TEST")));
		CHECK(source_slice(k, &src, src.size, 1, &text) == KML_BAD);
		CHECK(source_slice(k, &src, 1, UINT64_MAX, &text) == KML_BAD);
	}
	TEST("a directory is listed in byte order") {
		CHECK(sys_list(k, s, "tests", &e, &n) == 0 && n > 1);
		for (size_t i = 1; i < n; i++)
			CHECK(strcmp(e[i - 1].name, e[i].name) < 0);
	}
	TEST("names stay inside the root") {
		k->root = "tests";
		CHECK(sys_read_file(k, s, "/../../unit/../test.h", &text) == 0);
		CHECK(sys_read_file(k, s, "/etc/passwd", &text) == KML_NOTFOUND);
		k->root = NULL;
	}
TESTS_END
