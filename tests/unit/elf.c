#define KML_TEST
#include "../../src/format/elf.c"
#include "../../src/ground/sys.c"
#include "../test.h"

#define CORPUS "tests/fuzz/corpus/module/"

static struct source file(struct kml *k, struct scope *s, const char *path)
{
	struct str text = { 0 };

	CHECK(sys_read_file(k, s, path, &text) == 0);
	return source_of(scope_str(s, text));
}

/* The source with `n` bytes at `at` replaced. */
static struct source patched(struct scope *s, struct source src, size_t at, const char *p, size_t n)
{
	char *copy = scope_text(s, (struct str){ src.p, (size_t)src.size });

	memcpy(copy + at, p, n);
	return source_of((struct str){ copy, (size_t)src.size });
}

TESTS
	static const char *const kinds[] = { "le64.ko", "be64.ko", "le32.ko", "be32.ko" };
	struct source src, bad;
	struct str body;
	struct elf e;

	TEST("sections are found in both classes and byte orders") {
		for (size_t i = 0; i < countof(kinds); i++) {
			src = file(k, s, scope_format(s, CORPUS "%s", kinds[i]));
			CHECK(elf_open(k, s, &src, &e) == 0 && e.n > 5);
			CHECK(e.wide == (i < 2) && e.big == (i % 2 == 1));
			CHECK(elf_find(&e, S(".modinfo")) && !elf_find(&e, S(".modinf")));
			CHECK(elf_body(k, &e, elf_find(&e, S(".modinfo")), &body) == 0);
			CHECK(str_starts(body, S("license=GPL\0")));
		}
	}
	TEST("numbers are read in the file's byte order") {
		CHECK(elf_load(&(struct elf){ .big = true }, "\1\2\3\4", 4) == 0x1020304);
		CHECK(elf_load4(&(struct elf){ .big = true }, "\1\2\3\4") == 0x1020304);
		CHECK(elf_load4(&(struct elf){ 0 }, "\1\2\3\4") == 0x4030201);
		CHECK(elf_load2(&(struct elf){ .big = true }, "\1\2") == 0x102);
		CHECK(elf_load2(&(struct elf){ 0 }, "\1\2") == 0x201);
	}
	src = file(k, s, CORPUS "le64.ko");
	TEST("what is no ELF file is refused") {
		bad = source_of(S("#!/bin/sh\n: a script that is long enough to be one\n....."));
		CHECK(elf_open(k, s, &bad, &e) == KML_BAD && !strcmp(k->msg, "not an ELF file"));
		bad = patched(s, src, 4, "\3", 1);
		CHECK(elf_open(k, s, &bad, &e) == KML_BAD);
	}
	TEST("section headers outside the file are refused") {
		bad = patched(s, src, 40, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
		CHECK(elf_open(k, s, &bad, &e) == KML_BAD);
		bad = patched(s, src, 60, "\xff\xfe", 2);
		CHECK(elf_open(k, s, &bad, &e) == KML_BAD);
		bad = patched(s, src, 62, "\xfe\xff", 2);
		CHECK(elf_open(k, s, &bad, &e) == KML_BAD);
		bad = patched(s, src, 62, src.p + 60, 2);
		CHECK(elf_open(k, s, &bad, &e) == KML_BAD);
		bad = patched(s, src, 58, "\x41", 1);
		CHECK(elf_open(k, s, &bad, &e) == KML_BAD);
	}
	TEST("section 0 tells numbers that do not fit the header") {
		size_t heads = (size_t)load_le(src.p + 40, 8);
		struct source x = patched(s, src, heads + 32, src.p + 60, 2);

		x = patched(s, x, heads + 40, src.p + 62, 2);
		x = patched(s, x, 60, "\0\0\xff\xff", 4);
		CHECK(elf_open(k, s, &x, &e) == 0 && elf_find(&e, S(".strtab")) != NULL);
		x = patched(s, x, heads + 32, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
		CHECK(elf_open(k, s, &x, &e) == KML_BAD);
	}
	TEST("every truncation is refused") {
		for (size_t n = 0; n < src.size; n += 7) {
			bad = source_of(scope_str(s, (struct str){ src.p, n }));
			CHECK(elf_open(k, s, &bad, &e) == KML_BAD);
		}
	}
	TEST("a section outside the file is refused by name, one without bytes is empty") {
		struct elf_section sec = { .name = S("x"), .offset = src.size, .size = 1 };

		CHECK(elf_open(k, s, &src, &e) == 0);
		CHECK(elf_body(k, &e, &sec, &body) == KML_BAD);
		CHECK(!strncmp(k->msg, "section x: ", 11));
		sec.type = ELF_NOBITS;
		CHECK(elf_body(k, &e, &sec, &body) == 0 && body.n == 0);
	}
TESTS_END
