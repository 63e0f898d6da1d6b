#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/module/fwfile.c"
#include "../test.h"

#define PARAM "/sys/module/firmware_class/parameters/path"

static void file(struct kml *k, struct scope *s, const char *path)
{
	struct str p = str_of(path), up = { p.p, p.n - str_base(p).n - 1 };

	CHECK(save_mkdirs(k, s, scope_text(s, up)) == 0);
	CHECK(save_file(k, s, path, S("/own\n")) == 0);
}

static const char *find(struct kml *k, struct scope *s, const char *version, const char *name)
{
	const char *path;

	return fwfile_find(k, s, version, str_of(name), &path) == 0 ? path : "none";
}

TESTS
	static bool done;

	CHECK(save_mkdirs(k, s, "build/unit-fwfile") == 0);
	k->root = "build/unit-fwfile";
	if (!done) {
		file(k, s, "/lib/firmware/v/plain.bin");
		file(k, s, "/lib/firmware/6.1/kernel.bin.xz");
		file(k, s, "/lib/firmware/updates/6.1/new.bin");
		file(k, s, "/lib/firmware/new.bin");
		file(k, s, "/lib/firmware/updates/packed.bin.zst");
		file(k, s, "/lib/firmware/packed.bin");
		file(k, s, "/own/v/own.bin.zst");
		file(k, s, PARAM);
		file(k, s, "/lib/out.bin");
		done = true;
	}
	TEST("where the kernel looks, in its order") {
		CHECK(!strcmp(find(k, s, "6.1", "v/plain.bin"), "/lib/firmware/v/plain.bin"));
		CHECK(!strcmp(find(k, s, "6.1", "kernel.bin"), "/lib/firmware/6.1/kernel.bin.xz"));
		CHECK(!strcmp(find(k, s, "6.2", "kernel.bin"), "none"));
		CHECK(!strcmp(find(k, s, NULL, "kernel.bin"), "none"));
		CHECK(!strcmp(find(k, s, "6.1", "new.bin"), "/lib/firmware/updates/6.1/new.bin"));
		CHECK(!strcmp(find(k, s, "6.2", "new.bin"), "/lib/firmware/new.bin"));
		CHECK(!strcmp(find(k, s, "6.1", "v/own.bin"), "/own/v/own.bin.zst"));
	}
	TEST("a plain file before a compressed one of any directory") {
		CHECK(!strcmp(find(k, s, "6.1", "packed.bin"), "/lib/firmware/packed.bin"));
	}
	TEST("what is no name of a file is not looked for") {
		CHECK(!strcmp(find(k, s, "6.1", "../out.bin"), "none"));
		CHECK(!strcmp(find(k, s, "6.1", "/lib/out.bin"), "none"));
		CHECK(!strcmp(find(k, s, "6.1", "v/*.bin"), "none"));
		CHECK(!strcmp(find(k, s, "6.1", "v"), "none"));
		CHECK(!strcmp(find(k, s, "..", "out.bin"), "none"));
		CHECK(!strcmp(find(k, s, "6.1", ""), "none"));
	}
TESTS_END
