#define KML_TEST
#include "../../src/site/lint.c"
#include "../test.h"

/* All that is said of these files about these kernels, a line each. */
static const char *say_all(struct kml *k, struct scope *s, const char *const *texts, const char *const *names)
{
	struct mapping v[3];
	struct mappings all = { v, 0 };
	struct kernels list = { (const char **)(const void *)names, 0 };
	struct lint_finding *f;
	struct buf b = { .s = s };
	size_t n;

	for (; texts[all.n]; all.n++)
		if (mapping_parse(k, s, scope_format(s, "%zu", all.n), str_of(texts[all.n]), &v[all.n]) < 0)
			return k->msg;
	while (names[list.n])
		list.n++;
	f = lint_all(k, s, &all, &list, &n);
	for (size_t i = 0; i < n; i++)
		buf_format(&b, "%s:%d %s: %s\n", f[i].file, f[i].line, f[i].kind, f[i].text);
	return scope_text(s, buf_str(&b));
}

#define HEAD "[module]\nname = m\nimage = r/m:$KERNEL_VERSION\n"
#define NONE ((const char *const[]){ NULL })
#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SAYS(text, list, what) CHECK(!strcmp(say_all(k, s, LIST(text), list), what))
#define HAS(text, list, what) CHECK(strstr(say_all(k, s, LIST(text), list), what))

TESTS
	TEST("nothing is wrong") {
		SAYS(HEAD "[kernel a]\nregexp = ^5\\.14.*el9\n[kernel b]\nrange = >=6.2 <6.3\n[kernel c]\nliteral = 4.1.0\n"
		     "[kernel d]\nregexp = .\n", NONE, "");
		SAYS(HEAD "[kernel a]\nregexp = ^5\n[kernel b]\nregexp = .\nskip = no\n", LIST("5.1.0", "6.1.0"), "");
	}
	TEST("rules that others leave nothing of") {
		SAYS(HEAD "[kernel a]\nregexp = ^5\\.1\n[kernel b]\nregexp = ^5\\.14\\.\n", NONE,
		     "0:7 shadowed: [kernel b] covers nothing that [kernel a] at line 4 leaves; put it before that, or take it out\n");
		HAS(HEAD "[kernel a]\nliteral = 5.1.0\n[kernel b]\nliteral = 5.2.0\n[kernel c]\nregexp = ^5\\.[12]\\.0$\n", NONE,
		    "that [kernel a] at line 4 and [kernel b] at line 6 together leave; put it before them,");
		HAS(HEAD "[kernel a]\nrange = >=5\n[kernel b]\nliteral = 5.2.0\n", NONE, "0:7 shadowed: ");
		HAS(HEAD "[kernel a]\nregexp = .\n[kernel b]\nrange = >5\n", NONE, "0:7 shadowed: ");
	}
	if (test_faulty)
		return 0;
	TEST("of several it is said which, and what does not matter is not named") {
		HAS(HEAD "[kernel a]\nregexp = ^6\n[kernel b]\nregexp = ^5\\.[0-4]\n[kernel c]\nregexp = ^5\\.[5-9]\n[kernel d]\nregexp = ^5\\.\n",
		    NONE, "[kernel d] covers nothing that [kernel b] at line 6 and [kernel c] at line 8 together leave");
		HAS(HEAD "[kernel a]\nregexp = ^5\\.[0-4]\n[kernel b]\nregexp = ^5\\.\n[kernel d]\nregexp = ^5\\.1\n",
		    NONE, "[kernel d] covers nothing that [kernel b] at line 6 leaves; put it before that");
		HAS(HEAD "[kernel a]\nrange = <5\n[kernel b]\nrange = >=5 <7\n[kernel c]\nrange = >4.1 <6\n", NONE,
		    "[kernel c] covers nothing that [kernel a] at line 4 and [kernel b] at line 6 together leave");
		HAS(HEAD "[kernel a]\nregexp = ^5\\.1\n[kernel a2]\nregexp = ^5\\.2\n[kernel b]\nregexp = .\n[kernel c]\nregexp = ^7\n"
		    "[kernel d]\nliteral = 7\n", NONE, "0:11 shadowed: no kernel gets to the 2 rules from here on: [kernel b] at line 8");
		SAYS(HEAD "[kernel a]\nregexp = ^5\n[kernel b]\nregexp = ^5\n[kernel c]\nregexp = ^5\n", NONE,
		     "0:7 duplicate: [kernel b] has the regexp of [kernel a] at line 4, which comes first; take one of them out\n"
		     "0:9 duplicate: [kernel c] has the regexp of [kernel a] at line 4, which comes first; take one of them out\n");
	}
	TEST("rules that match no kernel") {
		HAS(HEAD "[kernel a]\nregexp = ^.+\\fc37\n", NONE, "0:5 never: [kernel a] matches no kernel: '\\f' is a control");
		HAS(HEAD "[kernel a]\nregexp = ^\\d+\\\\foo bar\n", NONE, "a name begins with a version, as 6.1.0 does");
		HAS(HEAD "[kernel a]\nrange = >=6.2 <6.1\n", NONE, "0:5 never: [kernel a] matches no kernel: nothing is >=6.2 <6.1");
		HAS(HEAD "[kernel a]\nliteral = 5.10.68+\n", NONE, "write literal = 5.10.68\n");
		HAS(HEAD "[kernel a]\nliteral = 5.10/68\n", NONE, "0:5 literal: [kernel a]: '5.10/68' is no name");
		HAS(HEAD "[kernel a]\nliteral = 5.10\n", NONE, "0:5 literal: [kernel a]: kernel '5.10' has no version of three");
		SAYS(HEAD "[kernel a]\nliteral = 5.10\nskip = no\n", NONE, "");
		HAS(HEAD, NONE, "0:1 uncovered: there is no [kernel NAME] section");
	}
	TEST("kernels of a list") {
		SAYS(HEAD "[kernel a]\nregexp = ^5\n[kernel b]\nregexp = el9\n[kernel c]\nliteral = 4.1.0\n",
		     LIST("5.1.0-el9", "5.2.0", "6.1.0", "6.2.0", "6.3.0", "6.4.0"),
		     "0:7 idle: [kernel b] covers none of the 6 kernels: the 1 that it matches are covered by rules before it\n"
		     "0:8 uncovered: no rule covers 4 of the 6 kernels: 6.1.0, 6.2.0, 6.3.0 and 1 more; add a rule for them, with skip = "
		     "REASON if they are to have nothing\n"
		     "0:9 idle: [kernel c] covers none of the 6 kernels; if none is to come, take it out\n");
		HAS(HEAD "[kernel a]\nregexp = .\n", LIST("6.rc1"), "0:4 kernel: kernel '6.rc1' has no version of three numbers");
	}
	TEST("images that are the same by mistake") {
		HAS(HEAD "[kernel a]\nliteral = 4.9.0+rt\n[kernel b]\nliteral = 4.9.0~rt\n", NONE,
		    "0:3 collision: kernels 4.9.0+rt and 4.9.0~rt have one image: ");
		HAS(HEAD "[kernel a]\nregexp = .\n", LIST("4.9.0", "4.9.0+"), "0:3 collision: kernels 4.9.0 and 4.9.0+ have one image: ");
		HAS(HEAD "[kernel a]\nregexp = .\nimage = r/m:1\n", LIST("4.9.0", "5.1.0"), "0:6 image: kernels 4.9.0 and 5.1.0 have one image; unless it has modules");
		HAS(HEAD "[kernel a]\nregexp = .\nimage = r/m:$KERNEL_XYZ\n", LIST("4.9.0-1", "4.9.0-2"), "0:6 image: kernels 4.9.0-1 and");
		SAYS(HEAD "var.T = $KERNEL_X\n[kernel a]\nregexp = .\nimage = r/m:$T\n", LIST("4.9.0", "5.1.0"), "");
		CHECK(!strcmp(say_all(k, s, LIST(HEAD "[kernel a]\nregexp = ^5\n", HEAD "[kernel a]\nregexp = .\n"), NONE),
		              "1:3 shared: for kernel 5.0.0 this is r/m:5.0.0, as is the image of 0:3; two sets of modules need two images, "
		              "unless one has both\n"));
		CHECK(strstr(say_all(k, s, LIST(HEAD "[kernel a]\nregexp = ^5\n", "[module]\nname = m\nimage = docker://r/m:"
		                                "$KERNEL_VERSION\n[kernel a]\nregexp = .\n"), NONE), "1:3 shared: for kernel 5.0.0 this is"));
		CHECK(!*say_all(k, s, LIST(HEAD "[kernel a]\nliteral = 5.1.0\n", "[module]\nname=n\nimage=r/n:$KERNEL_VERSION\n"
		                           "[kernel a]\nliteral = 5.1.0\n"), NONE));
	}
	TEST("variables") {
		SAYS(HEAD "var.A = 1\nvar.B = ${A}2\n[kernel a]\nregexp = .\nmodules = $B/$CC*.ko\nvar.C = x\nvar.CC = y\n", NONE,
		     "0:9 variable: var.C is used nowhere; write ${C} where it belongs, or take it out\n");
		SAYS(HEAD "var.A = 1\n[kernel a]\nregexp = .\nimage = r/m:${X:-$A}\n", NONE, "");
	}
TESTS_END
