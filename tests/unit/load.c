#define KML_TEST
#include "../../src/site/load.c"
#include "../test.h"

/* The smallest module there is: an ELF header, two section headers, text. */
static struct str module_with(struct scope *s, struct str text)
{
	static const char names[] = "\0.modinfo";
	size_t names_at = 64, text_at = names_at + sizeof names, heads = text_at + text.n;
	char *f = scope_alloc(s, heads + 128);

	memcpy(f, "\177ELF\2\1", 6);
	f[40] = (char)heads; f[41] = (char)(heads >> 8);
	f[58] = 64; f[60] = 2; f[62] = 0;
	memcpy(f + names_at, names, sizeof names);
	memcpy(f + text_at, text.p, text.n);
	f[heads + 24] = (char)names_at; f[heads + 32] = sizeof names;
	f[heads + 64] = 1;
	f[heads + 64 + 24] = (char)text_at; f[heads + 64 + 32] = (char)text.n;
	return (struct str){ f, heads + 128 };
}

#define ADD(file, text) load_add(k, &l, S(file), module_with(s, S(text "\0vermagic=6.1.0 SMP")))

static bool planned(const struct load *l, const char *const *names)
{
	size_t n = 0;

	while (names[n] && n < l->n && !strcmp(names[n], l->steps[n].name))
		n++;
	return n == l->n && !names[n];
}

TESTS
	struct load l;

	k->root = "build/unit-load";
	CHECK(save_mkdirs(k, s, "build/unit-load/lib/modules/6.1.0") == 0);
	TEST("what a module needs comes before it, softdeps where they say") {
		load_begin(k, s, &l, "6.1.0");
		l.main = "top";
		l.params = "debug=1 name=x";
		CHECK(ADD("top.ko", "depends=mid-dle,base\0softdep=pre: soft no_such post: after") == 0);
		CHECK(ADD("base.ko", "depends=") == 0);
		CHECK(ADD("mid_dle.ko", "depends=base") == 0);
		CHECK(ADD("soft.ko", "depends=") == 0 && ADD("after.ko", "depends=top") == 0);
		CHECK(load_want(k, &l, "top") == 0);
		CHECK(planned(&l, (const char *[]){ "soft", "base", "mid_dle", "top", "after", NULL }));
		CHECK(!strcmp(l.steps[3].params, "debug=1 name=x") && !*l.steps[0].params);
		CHECK(load_want(k, &l, "other") == KML_NOTFOUND);
	}
	TEST("a dependency that nobody has is named") {
		load_begin(k, s, &l, "6.1.0");
		CHECK(ADD("top.ko", "depends=missing") == 0);
		CHECK(load_want(k, &l, "top") == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "top.ko needs module missing, which is neither in the image nor "
		              "in /lib/modules/6.1.0"));
	}
	TEST("modules that need each other end") {
		load_begin(k, s, &l, "6.1.0");
		CHECK(ADD("a.ko", "depends=b") == 0 && ADD("b.ko", "depends=a") == 0);
		CHECK(load_want(k, &l, "a") == 0 && l.n == 2);
	}
	TEST("a module for another kernel, twice or none at all is refused") {
		load_begin(k, s, &l, "5.0.0");
		CHECK(ADD("x.ko", "license=GPL") == KML_KERNEL);
		CHECK(!strcmp(k->msg, "x.ko was built for kernel 6.1.0, and this is 5.0.0; nothing "
		              "was loaded"));
		load_begin(k, s, &l, "6.1.0");
		CHECK(ADD("x.ko", "license=GPL") == 0 && ADD("d/x.ko.xz", "license=GPL") == KML_BAD);
		CHECK(load_add(k, &l, S("y.ko"), S("nonsense")) == KML_BAD);
	}
	TEST("a record of modules that are gone by now is dropped") {
		struct state st = { .name = "set", .loading = true, .kernel = "6.1.0",
		                    .image = "oci:i", .digest = "sha256:0" };

		CHECK(state_lock(k, s) == 0);
		state_add(s, &st.modules, "kml_no_such_module");
		state_add(s, &st.needed, "kml_no_such_either");
		CHECK(state_write(k, s, &st) == 0);
		load_begin(k, s, &l, "6.1.0");
		CHECK(load_reverse(k, &l, &st) == 0);
		CHECK(state_read(k, s, "set", &st) == KML_NOTFOUND);
	}
	k->root = NULL;
TESTS_END
