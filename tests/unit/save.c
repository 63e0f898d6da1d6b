#define KML_TEST
#include "../../src/ground/save.c"
#include "../test.h"

TESTS
	struct sys_entry *e;
	struct str text;
	struct save f;
	size_t n;

	TEST("a file and the directories above it are made whole") {
		CHECK(save_mkdirs(k, s, "build/unit-save/a/b") == 0);
		CHECK(save_file(k, s, "build/unit-save/a/b/file", S("one")) == 0);
		CHECK(save_file(k, s, "build/unit-save/a/b/file", S("two two")) == 0);
		CHECK(sys_read_file(k, s, "build/unit-save/a/b/file", &text) == 0);
		CHECK(str_eq(text, S("two two")));
	}
	TEST("what is not finished leaves the old file and nothing else") {
		struct scope *t = scope_begin(s);

		CHECK(save_begin(k, t, "build/unit-save/a/b/file", &f) == 0);
		CHECK(save_write(k, f.fd, S("torn")) == 0);
		scope_end(t);
		CHECK(sys_read_file(k, s, "build/unit-save/a/b/file", &text) == 0);
		CHECK(str_eq(text, S("two two")));
		CHECK(sys_list(k, s, "build/unit-save/a/b", &e, &n) == 0 && n == 1);
	}
	TEST("a directory is no file name") {
		CHECK(save_file(k, s, "build/unit-save/", S("x")) == KML_FAIL);
		CHECK(save_file(k, s, "build/unit-save/nowhere/x", S("x")) == KML_NOTFOUND);
	}
	TEST("the lock is had, and had again by the next") {
		struct scope *t = scope_begin(s);

		CHECK(save_lock(k, t, "build/unit-save") == 0);
		scope_end(t);
		CHECK(save_lock(k, s, "build/unit-save") == 0);
		CHECK(save_remove(k, s, "build/unit-save/a/b/file") == 0);
	}
TESTS_END
