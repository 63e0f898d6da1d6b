#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/module/hook.c"
#include "../../src/module/loader.c"
#include "../test.h"

/* The smallest module with the sections that forcing changes: names, .modinfo,
 * __versions.  Returns where the flags of the latter are. */
static size_t module(struct scope *s, bool wide, bool big, struct str *out)
{
	static const char names[] = "\0.modinfo\0__versions";
	static const char info[] = "license=GPL\0vermagic=5.0 SMP\0name=x";
	size_t head = wide ? 64 : 52, entry = wide ? 64 : 40, at = 128, heads = 256, flags;
	char *p = scope_alloc(s, heads + 4 * entry);
	const struct { size_t name, offset, size; } sections[] = {
		{ 0, 0, 0 }, { 0, at, sizeof names }, { 1, at + 32, sizeof info },
		{ 10, at, 4 },
	};

	memcpy(p, "\177ELF", 4);
	p[4] = wide ? 2 : 1;
	p[5] = big ? 2 : 1;
#define PUT(where, value, n) do { \
	for (size_t i_ = 0; i_ < (n); i_++) \
		p[(where) + (big ? (n) - 1 - i_ : i_)] = (char)((uint64_t)(value) >> 8 * i_); \
} while (0)
	PUT(wide ? 40u : 32u, heads, wide ? 8u : 4u);
	PUT(head - 6, entry, 2u);
	PUT(head - 4, 4, 2u);
	PUT(head - 2, 1, 2u);
	memcpy(p + at, names, sizeof names);
	memcpy(p + at + 32, info, sizeof info);
	for (size_t i = 1; i < 4; i++) {
		size_t h = heads + i * entry;

		PUT(h, sections[i].name, 4u);
		PUT(h + 4, 1, 4u);
		PUT(h + 8, 3, wide ? 8u : 4u);
		PUT(h + (wide ? 24 : 16), sections[i].offset, wide ? 8u : 4u);
		PUT(h + (wide ? 32 : 20), sections[i].size, wide ? 8u : 4u);
	}
#undef PUT
	*out = (struct str){ p, heads + 4 * entry };
	flags = heads + 3 * entry + 8;
	return big ? flags + (wide ? 7 : 3) : flags;
}

static bool has(struct str image, const char *text)
{
	return memmem(image.p, image.n, text, strlen(text));
}

TESTS
	struct str image;
	int verdict, status;
	size_t flags;

	TEST("forcing takes out the two things a kernel compares, and nothing else") {
		for (int kind = 0; kind < 4; kind++) {
			flags = module(s, kind & 1, kind & 2, &image);
			CHECK(image.p[flags] == 3 && has(image, "vermagic="));
			CHECK(loader_strip(k, s, (char *)image.p, image.n, LOADER_FORCE_VERSIONS) == 0);
			CHECK(image.p[flags] == 1 && has(image, "vermagic="));
			CHECK(loader_strip(k, s, (char *)image.p, image.n, LOADER_FORCE_VERMAGIC) == 0);
			CHECK(!has(image, "vermagic") && !has(image, "SMP"));
			CHECK(has(image, "license=GPL") && has(image, "name=x"));
		}
		CHECK(loader_strip(k, s, scope_alloc(s, 64), 64, LOADER_FORCE) == KML_BAD);
	}
	TEST("a missing file is no verdict of the kernel, a tiny one is") {
		CHECK(loader_insert_path(k, s, "/no/such.ko", "", 0, &verdict) == KML_NOTFOUND);
		CHECK(!verdict && !strcmp(k->msg, "/no/such.ko: No such file or directory"));
		CHECK(save_mkdirs(k, s, "build") == 0);
		CHECK(save_file(k, s, "build/unit-loader.ko", S("tiny")) == 0);
		CHECK(loader_insert_path(k, s, "build/unit-loader.ko", "", 0, &verdict) == KML_FAIL);
		CHECK(verdict == EINVAL);
	}
	TEST("the kernel's way of compression") {
		CHECK(save_mkdirs(k, s, "build/unit-loader/sys/module") == 0);
		k->root = "build/unit-loader";
		CHECK(save_file(k, s, "/sys/module/compression", S("xz\n")) == 0);
		CHECK(loader_kernel_codec(k, s) == CODEC_XZ);
		CHECK(save_file(k, s, "/sys/module/compression", S("gzip\n")) == 0);
		CHECK(loader_kernel_codec(k, s) == CODEC_GZIP);
		CHECK(save_file(k, s, "/sys/module/compression", S("none\n")) == 0);
		CHECK(loader_kernel_codec(k, s) == CODEC_NONE);
		k->root = "build";
		CHECK(loader_kernel_codec(k, s) == CODEC_NONE);
		k->root = NULL;
	}
	TEST("verdicts in the words of modprobe and of insmod") {
		CHECK(!strcmp(loader_text(EEXIST), "Module already in kernel"));
		CHECK(!strcmp(loader_text(ENOEXEC), "Exec format error"));
		CHECK(!strcmp(loader_text(EBUSY), "Device or resource busy"));
		CHECK(!strcmp(loader_text_insmod(ENOEXEC), "Invalid module format"));
		CHECK(!strcmp(loader_text_insmod(EEXIST), "File exists"));
	}
	TEST("a command gets the options that were given") {
		CHECK(str_eq(hook_expand(s, S("a $CMDLINE_OPTS b$x$CMDLINE_OPTS"), S("c=1")),
		             S("a c=1 b$xc=1")));
		CHECK(!hook_expand(s, S(""), S("x")).n);
	}
	TEST("what needs no shell does not get one") {
		char **argv = hook_words(s, S("/sbin/modprobe  -i x"));

		CHECK(argv && !strcmp(argv[0], "/sbin/modprobe") && !strcmp(argv[2], "x") && !argv[3]);
		CHECK(!hook_words(s, S("/bin/a; b")) && !hook_words(s, S("a b")));
		CHECK(!hook_words(s, S("/bin/a $B")) && !hook_words(s, S("")));
		CHECK(!hook_words(s, S("/bin/a 'b c'")) && !hook_words(s, S("/bin/a >b")));
	}
	TEST("commands run, with the module's name in the environment") {
		CHECK(hook_run(k, s, S("m"), S("/bin/false"), NULL, &status) == 0 && status == 1);
		CHECK(hook_run(k, s, S("m"), S(" true "), NULL, &status) == 0 && status == 0);
		CHECK(hook_run(k, s, S("m"), S("exit 3"), NULL, &status) == 0 && status == 3);
		CHECK(hook_run(k, s, S("m"), S("test $MODPROBE_MODULE$X = m7"),
		               scope_format(s, "X=7"), &status) == 0 && status == 0);
	}
TESTS_END
