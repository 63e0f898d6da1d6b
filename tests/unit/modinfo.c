#define KML_TEST
#include "../../src/format/modinfo.c"
#include "../../src/ground/sys.c"
#include "../test.h"

TESTS
	struct modinfo m;
	struct source src;
	struct elf e;
	size_t i = 0;

	TEST("fields keep their order and repeat") {
		modinfo_parse(s, S("alias=a\0\0\0license=GPL\0alias=b=c"), &m);
		CHECK(m.n == 3);
		CHECK(str_eq(modinfo_next(&m, S("alias"), &i), S("a")));
		CHECK(str_eq(modinfo_next(&m, S("alias"), &i), S("b=c")));
		CHECK(modinfo_next(&m, S("alias"), &i).p == NULL);
	}
	TEST("a value may be empty or not there") {
		modinfo_parse(s, S("depends=\0word\0=x"), &m);
		CHECK(m.n == 3 && m.fields[0].value.n == 0);
		CHECK(str_eq(m.fields[1].key, S("word")) && m.fields[1].value.p);
		CHECK(m.fields[2].key.n == 0 && str_eq(m.fields[2].value, S("x")));
		modinfo_parse(s, S(""), &m);
		CHECK(m.n == 0);
	}
	TEST("it comes from the section .modinfo") {
		CHECK(sys_source(k, s, "tests/fuzz/corpus/module/be32.ko", &src) == 0);
		CHECK(elf_open(k, s, &src, &e) == 0 && modinfo_of(k, s, &e, &m) == 0);
		i = 0;
		CHECK(str_eq(modinfo_next(&m, S("license"), &i), S("GPL")));
		e.n = 1;
		CHECK(modinfo_of(k, s, &e, &m) == KML_BAD);
		CHECK(!strcmp(k->msg, "not a kernel module (no .modinfo section)"));
	}
TESTS_END
