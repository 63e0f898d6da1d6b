#define KML_TEST
#include "../../src/format/glob.c"
#include "../../src/format/modname.c"
#include "../test.h"

static bool match(const char *pattern, const char *text)
{
	return glob_match(str_of(pattern), str_of(text));
}

TESTS
	struct str name;

	TEST("a plain pattern matches itself") {
		CHECK(match("snd_pcm", "snd_pcm") && match("", ""));
		CHECK(!match("snd_pcm", "snd_pcm2") && !match("snd_pcm2", "snd_pcm"));
		CHECK(!match("", "a") && !match("a", ""));
	}
	TEST("* takes any text, ? one character") {
		CHECK(match("*", "") && match("*", "a/b.c") && match("**", "x"));
		CHECK(match("pci:v*d*sv*", "pci:v1d2sv3") && !match("pci:v*d*sv*", "pci:v1d2"));
		CHECK(match("a?c", "abc") && !match("a?c", "ac") && !match("?", ""));
		CHECK(match("*.ko", "x.ko.ko") && match("*a*b", "aab") && !match("*a*b", "aabc"));
	}
	TEST("sets have members and ranges, and may be turned round") {
		CHECK(match("[abc]", "b") && !match("[abc]", "d") && !match("[abc]", ""));
		CHECK(match("x[0-9A-F]", "xB") && !match("x[0-9A-F]", "xG"));
		CHECK(match("[!a-c]", "d") && !match("[!a-c]", "b") && match("[^a]", "b"));
		CHECK(match("[]]", "]") && match("[!]]", "a") && !match("[!]]", "]"));
		CHECK(match("[a-]", "-") && match("[a-]", "a") && match("[-a]", "-"));
		CHECK(match("[\\]]", "]") && match("[z-a]*", "[") == false);
	}
	TEST("a bracket that is not closed is a bracket") {
		CHECK(match("[abc", "[abc") && !match("[abc", "a") && match("*[", "x["));
		CHECK(match("[\\", "[\\") == false && match("a[!", "a[!"));
	}
	TEST("a backslash takes the meaning from what follows") {
		CHECK(match("\\*", "*") && !match("\\*", "a") && match("a\\[b", "a[b"));
		CHECK(!match("a\\", "a\\") && !match("a\\", "a"));
	}
	TEST("many stars do not take for ever") {
		char p[256], t[1024];

		for (size_t i = 0; i < sizeof p; i++)
			p[i] = i % 2 ? 'a' : '*';
		memset(t, 'a', sizeof t);
		t[sizeof t - 1] = 'b';
		CHECK(!glob_match((struct str){ p, sizeof p }, (struct str){ t, sizeof t }));
	}
	TEST("names are normal when all dashes outside brackets are gone") {
		CHECK(modname_normal(s, S("a-b-c"), &name) && str_eq(name, S("a_b_c")));
		CHECK(modname_normal(s, S("x[a-f]-y"), &name) && str_eq(name, S("x[a-f]_y")));
		CHECK(!modname_normal(s, S("x[a-f"), &name) && !modname_normal(s, S("x]"), &name));
		CHECK(modname_normal(s, S(""), &name) && !name.n);
		CHECK(str_eq(modname_of_path(s, S("/a.b/snd-pcm.ko.xz")), S("snd_pcm")));
		CHECK(str_eq(modname_of_path(s, S("x")), S("x")) && !modname_of_path(s, S("/")).n);
	}
TESTS_END
