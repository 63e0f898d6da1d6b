#define KML_TEST
#include "../../src/ground/root.c"
#include "../test.h"

#define DIR_ "build/unit-root"

TESTS
	struct str head;
	struct stat st;
	dev_t id;
	int fd;

	TEST("the beginning of a device is read, or all there is of it") {
		CHECK(root_head(k, s, "/proc/self/exe", 4, &head) == 0);
		CHECK(str_eq(head, S("\x7f" "ELF")));
		CHECK(root_head(k, s, "/dev/null", 4, &head) == 0 && !head.n);
		CHECK(root_head(k, s, "/none/none", 4, &head) == KML_NOTFOUND);
	}
	TEST("what has no blocks is no disk") {
		CHECK(!root_is_device(k, s, "/dev/null", &id));
		CHECK(!root_is_device(k, s, "/none/none", &id));
	}
	TEST("what was the root is deleted, but not what is elsewhere") {
		CHECK(save_mkdirs(k, s, DIR_ "/a/b/c") == 0);
		CHECK(save_file(k, s, DIR_ "/a/b/file", S("text")) == 0);
		(void)symlinkat("/", AT_FDCWD, DIR_ "/a/link");
		CHECK(sys_open(k, s, DIR_, O_RDONLY | O_DIRECTORY, &fd) == 0);
		CHECK(fstat(fd, &st) == 0);
		root_empty(fd, st.st_dev + 1, 0);
		CHECK(access(DIR_ "/a/b/file", F_OK) == 0);
		root_empty(fd, st.st_dev, 0);
		CHECK(test_faulty || access(DIR_ "/a", F_OK) < 0);
		CHECK(access("/proc/self", F_OK) == 0);
	}
	TEST("a program that is not there is not become") {
		char *argv[] = { "none", NULL };

		CHECK(root_exec(k, "/none/none", argv) < 0);
	}
TESTS_END
