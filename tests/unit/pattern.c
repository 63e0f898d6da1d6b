#define KML_TEST
#include "../../src/format/pattern.c"
#include "../test.h"

/* 1, 0, or -1 for a refusal. */
static int match(struct kml *k, struct scope *s, struct str pattern, struct str text)
{
	struct scope *t = scope_begin(s);
	struct pattern p;
	bool is = false;
	int r = pattern_of(k, t, pattern, &p);

	if (r == 0)
		r = pattern_match(k, t, &p, text, &is);
	scope_end(t);
	return r < 0 ? -1 : is;
}

#define YES(p, text) CHECK(match(k, s, S(p), S(text)) == 1)
#define NO(p, text)  CHECK(match(k, s, S(p), S(text)) == 0)
#define BAD(p)       CHECK(match(k, s, S(p), S("")) == -1)

TESTS
	TEST("a match may be anywhere, and nothing matches everywhere") {
		YES("el9", "5.14.0-1.el9.x86_64"); NO("^el9", "5.14.el9"); YES("", ""); YES("a|", "x");
		YES("^$", ""); NO("^$", "x"); YES("(a*)*", ""); YES("()", "x"); NO("a+$", "ab");
	}
	TEST("repetitions count, lazy or not") {
		YES("^.{3}$", "abc"); NO("^.{3}$", "abcd"); YES("^a{2,}$", "aaaa"); NO("^a{2,}$", "a");
		YES("^(ab){1,2}?c", "ababc"); NO("^(ab){1,2}c", "abababc"); YES("^a{0}b", "b");
		YES("x{,2}", "x{,2}"); YES("^a{01}$", "a{01}"); YES("^(?:a|b|){3}$", "ab"); YES("{", "{");
	}
	TEST("classes, by character, by range, by name") {
		YES("^[]a-]+$", "]a-"); NO("[^]a]", "a]"); YES("^[[:alpha:]_\\d]+$", "ab_1");
		NO("[[:^digit:]]", "123"); YES("[:alpha:]", "p"); NO("^\\W$", "_"); YES("\\x{6b}\\x36\\066", "k66");
		YES("^\\pL\\PN\\p{^Greek}$", "aaa"); NO("[^\\x00-\\x{10FFFF}]", "a"); YES("[a\\]]", "]");
	}
	TEST("flags hold to the end of their group") {
		YES("(?i)EL9", "el9"); YES("(?i:EL)9", "el9"); NO("(?i:EL)X", "elx"); NO("(?i)(?-i:E)", "e");
		NO("^a.b", "a\nb"); YES("(?s)^a.b", "a\nb"); YES("(?m)^b$", "a\nb\nc"); NO("^b$", "a\nb\nc");
		YES("(?U)a+b", "aab"); YES("(?i)[^k]", "x"); NO("(?i)[^k]", "\xe2\x84\xaa");
		YES("(?i)s", "\xc5\xbf"); NO("(?i)k", "\xc5\xbf"); YES("(?i)\xc5\xbf", "S"); NO("(?i)K", "\xc7\xbf"); YES("(a(?i)b|C)", "c");
	}
	TEST("places take no room") {
		YES("\\bel9\\b", ".el9."); NO("\\bel9\\b", "_el9"); YES("\\Bl", "el"); YES("\\A5.*4\\z", "5 4");
		NO("4\\z", "4\n"); NO("4$", "4\n"); YES("(^|-)cos$|\\+$", "5-cos"); NO("$^", "a"); YES("$^", "");
	}
	TEST("text is UTF-8, and a byte that is not counts as one character") {
		NO("^.$", "\xe0\x80\x80"); NO("^.$", "\xed\xa0\x80"); NO("^.$", "\xf4\x90\x80\x80"); YES("^.$", "\xf4\x8f\xbf\xbf");
		YES("^.$", "\xc3\xa9"); YES("^.$", "\xff"); YES("^..$", "\xe2\x84"); YES("\xc3\xa9+$", "a\xc3\xa9\xc3\xa9");
	}
	TEST("what is quoted is text") {
		YES("^\\Qa.b*\\E$", "a.b*"); NO("\\Qa.b", "axb"); YES("a\\Q\\E+$", "aa"); YES("\\_\\-\\.\\/", "_-./");
	}
	TEST("what Go refuses is refused") {
		BAD("a**"); BAD("a++"); BAD("*a"); BAD("a|*"); BAD("(*)"); BAD("x{2,1}"); BAD("x{1001}"); BAD("(x{100}){11}");
		BAD("(a"); BAD("a)"); BAD("[a"); BAD("[z-a]"); BAD("[a-\\d]"); BAD("[[:foo:]]"); BAD("\\e"); BAD("\\Z");
		BAD("\\1"); BAD("\\8"); BAD("\\C"); BAD("\\x{110000}"); BAD("\\x{}"); BAD("\\x3"); BAD("\\"); BAD("\\p{Foo}");
		BAD("\\p{L"); BAD("(?=a)"); BAD("(?<=a)"); BAD("(?x)"); BAD("(?i-)"); BAD("(?P<>a)"); BAD("(?P<a-b>a)");
		BAD("(?#a)"); BAD("\xff"); BAD("a\xc3");
	}
	TEST("and so is what kml would have to guess") {
		BAD("(?<n>a)"); BAD("(?P<n>a)(?P<n>b)"); BAD("\\x{FFFD}"); BAD("\\x{D800}"); BAD("[\\x{FFFD}]");
		CHECK(match(k, s, S("\\pL"), S("\xc3\xa9")) == -1);
		CHECK(match(k, s, S("(?i)\xc3\xa9"), S("\xc3\xa9")) == -1);
		YES("(?P<a>x)(?P<aa>y)", "xy");
	}
	TEST("a refusal says where and why") {
		CHECK(match(k, s, S("^.+\\el9$"), S("")) == -1);
		CHECK(!strcmp(k->msg, "character 4 of '^.+\\el9$', '\\e': no such escape in RE2 "
		              "(a dot is written \\.)"));
		CHECK(match(k, s, S("\xc3\xa9*+"), S("")) == -1 && str_starts(str_of(k->msg), S("character 3 of ")));
	}
	TEST("a long pattern leaves room for the reason") {
		char *p = memset(scope_alloc(s, 400), 'a', 400);

		p[399] = '(';
		CHECK(match(k, s, (struct str){ p, 400 }, S("")) == -1);
		CHECK(strstr(k->msg, "'(': the group is not closed by ')'") && strlen(k->msg) < 300);
	}
	TEST("no pattern is too deep, too long or too slow") {
		char deep[1000];

		memset(deep, '(', 500);
		memset(deep + 500, ')', 500);
		CHECK(match(k, s, (struct str){ deep, sizeof deep }, S("")) == -1);
		CHECK(match(k, s, (struct str){ deep + 400, 200 }, S("")) == 1);
		for (size_t i = 0; i < sizeof deep; i++)
			deep[i] = "a{999}"[i % 6];
		CHECK(match(k, s, (struct str){ deep, 600 }, S("a")) == -1);
		NO("(a*)*(a*)*(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		NO("(x+x+)+y", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	}
TESTS_END
