#define KML_TEST
#include "../../src/format/symbols.c"
#include "../../src/ground/sys.c"
#include "../test.h"

static void load(struct kml *k, struct scope *s, const char *path, struct source *src, struct elf *e)
{
	CHECK(sys_source(k, s, scope_format(s, "tests/fuzz/corpus/module/%s", path), src) == 0);
	CHECK(elf_open(k, s, src, e) == 0);
}

static const struct symbols_item *named(const struct symbols *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

TESTS
	static const char *const kinds[] = { "le64.ko", "be64.ko", "le32.ko", "be32.ko" };
	const struct symbols_item *it;
	struct symbols l;
	struct source src;
	struct elf e;

	TEST("versions of exports are absolute or in a section, in any byte order") {
		for (size_t i = 0; i < countof(kinds); i++) {
			load(k, s, kinds[i], &src, &e);
			CHECK(symbols_exports(k, s, &e, &l) == 0 && l.n == (i ? 1 : 2));
			CHECK((it = named(&l, S("foo"))) && it->crc == 0x12345678);
			CHECK(it && it->hash == symbols_hash(S("foo")));
		}
	}
	TEST("without versions the names are those of __ksymtab_strings") {
		load(k, s, "nocrc.ko", &src, &e);
		CHECK(symbols_exports(k, s, &e, &l) == 0 && l.n == 2);
		CHECK((it = named(&l, S("bar"))) && it->crc == 0);
	}
	TEST("what is undefined is needed, with the version it was built for") {
		load(k, s, "le64.ko", &src, &e);
		CHECK(symbols_needs(k, s, &e, &l) == 0 && l.n == 4);
		CHECK((it = named(&l, S("printk"))) && it->crc == 0x99 && !it->weak);
		CHECK((it = named(&l, S("nover"))) && it->crc == 0);
		CHECK((it = named(&l, S("maybe"))) && it->weak);
		CHECK(str_eq(l.v[3].name, S("module_layout")) && l.v[3].crc == 7);
	}
	TEST("versions are listed for both classes") {
		load(k, s, "be32.ko", &src, &e);
		CHECK(symbols_versions(k, s, &e, &l) == 0 && l.n == 1);
		CHECK(str_eq(l.v[0].name, S("printk")) && l.v[0].crc == 0x99);
	}
	TEST("a file without symbols exports nothing and cannot say what it needs") {
		load(k, s, "bare.ko", &src, &e);
		e.n = 1;
		CHECK(symbols_exports(k, s, &e, &l) == 0 && l.n == 0);
		CHECK(symbols_needs(k, s, &e, &l) == KML_BAD);
	}
	TEST("of two versions of a name the first counts, the other stays") {
		struct symbols_item two[] = { { S("a"), 1, symbols_hash(S("a")), false },
		                              { S("a"), 2, symbols_hash(S("a")), false } };
		struct symbols_map m = symbols_index(s, (struct symbols){ two, 2 });

		it = symbols_find(&m, two[0].hash, S("a"));
		CHECK(it && it->crc == 1 && m.used[0] && !m.used[1]);
		CHECK(!symbols_find(&m, two[0].hash, S("b")));
	}
TESTS_END
