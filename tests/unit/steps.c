#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/site/steps.c"
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

#define ADD(file, text) steps_add(&l, S(file), module_with(s, S(text "\0vermagic=6.1.0 SMP")))
#define BEGIN(kernel) steps_begin(k, s, &l, kernel)

static bool planned(const struct steps *l, const char *const *names)
{
	size_t n = 0;

	while (names[n] && n < l->n && !strcmp(names[n], l->v[n].name))
		n++;
	return n == l->n && !names[n];
}

TESTS
	struct steps l;

	k->root = "build/unit-steps";
	CHECK(save_mkdirs(k, s, "build/unit-steps/etc/modprobe.d") == 0);
	CHECK(save_file(k, s, "build/unit-steps/etc/modprobe.d/a.conf",
	                S("options base x=1\ninstall forbidden /bin/false\n")) == 0);
	TEST("what a module needs comes before it, softdeps where they say") {
		BEGIN("6.1.0");
		l.main = "top";
		l.params = "debug=1 name=x";
		ADD("top.ko", "name=top\0depends=mid-dle,base\0softdep=pre: soft no_such post: after");
		ADD("base.ko", "depends=");
		ADD("mid-dle.ko", "depends=base\0name=mid_dle");
		ADD("soft.ko", "depends=");
		ADD("after.ko", "depends=top");
		CHECK(steps_want(k, &l, "top") == 0);
		CHECK(planned(&l, (const char *[]){ "soft", "base", "mid_dle", "top", "after", NULL }));
		CHECK(!strcmp(l.v[3].params, "debug=1 name=x") && !strcmp(l.v[1].params, "x=1"));
		CHECK(l.v[0].soft && l.v[4].soft && !l.v[1].soft && !l.v[3].soft);
		CHECK(steps_want(k, &l, "other") == KML_NOTFOUND);
	}
	TEST("what was only wished for and is needed after all is needed") {
		BEGIN("6.1.0");
		ADD("top.ko", "softdep=pre: mid\0depends=mid");
		ADD("mid.ko", "depends=base");
		ADD("base.ko", "depends=");
		CHECK(steps_want(k, &l, "top") == 0 && l.n == 3);
		CHECK(!l.v[0].soft && !l.v[1].soft && !l.v[2].soft);
	}
	TEST("a dependency that nobody has is named") {
		BEGIN("6.1.0");
		ADD("top.ko", "depends=missing");
		CHECK(steps_want(k, &l, "top") == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "top.ko needs module missing, which is neither in the image nor "
		              "in /lib/modules/6.1.0"));
	}
	TEST("modules that need each other end") {
		BEGIN("6.1.0");
		ADD("a.ko", "depends=b");
		ADD("b.ko", "depends=a");
		CHECK(steps_want(k, &l, "a") == 0 && l.n == 2);
	}
	TEST("one for another kernel, of another name, twice or none at all is refused") {
		BEGIN("5.0.0");
		ADD("x.ko", "license=GPL");
		CHECK(steps_want(k, &l, "x") == KML_KERNEL);
		CHECK(!strcmp(k->msg, "x.ko: built for kernel 6.1.0, and this is 5.0.0; nothing "
		              "was loaded"));
		BEGIN("6.1.0");
		steps_add(&l, S("x.ko"), module_with(s, S("license=GPL")));
		CHECK(steps_want(k, &l, "x") == KML_KERNEL);
		CHECK(!strcmp(k->msg, "x.ko: has no vermagic, which would say what kernel it is for; "
		              "nothing was loaded"));
		BEGIN("6.1.0");
		ADD("x.ko", "name=y");
		CHECK(steps_want(k, &l, "x") == KML_BAD);
		BEGIN("6.1.0");
		ADD("x.ko", "license=GPL");
		ADD("d/x.ko.xz", "license=GPL");
		CHECK(steps_want(k, &l, "x") == KML_BAD);
		CHECK(!strcmp(k->msg, "x.ko: the image has module x twice"));
		BEGIN("6.1.0");
		steps_add(&l, S("y.ko"), S("nonsense"));
		CHECK(steps_want(k, &l, "y") == KML_BAD);
	}
	TEST("a broken module that nobody asked for is no matter") {
		BEGIN("6.1.0");
		ADD("x.ko", "license=GPL");
		steps_add(&l, S("y.ko"), S("nonsense"));
		CHECK(steps_want(k, &l, "x") == 0);
	}
	TEST("what an install line keeps out is refused, or passed over if only wished for") {
		BEGIN("6.1.0");
		ADD("forbidden.ko", "license=GPL");
		ADD("x.ko", "softdep=pre: forbidden");
		CHECK(steps_want(k, &l, "x") == 0 && l.n == 1);
		CHECK(steps_want(k, &l, "forbidden") == KML_FAIL);
		CHECK(!strcmp(k->msg, "module forbidden is not to be loaded as it is: "
		              "/etc/modprobe.d/a.conf has an install line for it"));
	}
	k->root = NULL;
TESTS_END
