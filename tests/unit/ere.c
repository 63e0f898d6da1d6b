#define KML_TEST
#include "../../src/format/ere.c"
#include "../test.h"
#include <regex.h>

/* 1 or 0, or -1 for an expression that is none. */
static int mine(struct kml *k, struct scope *s, const char *expression, const char *text)
{
	struct scope *t = scope_begin(s);
	struct ere e;
	int r = ere_of(k, t, str_of(expression), &e) < 0 ? -1 : ere_match(t, &e, str_of(text));

	scope_end(t);
	return r;
}

static int theirs(const char *expression, const char *text)
{
	regex_t re;
	int r;

	if (regcomp(&re, expression, REG_EXTENDED | REG_NOSUB))
		return -1;
	r = regexec(&re, text, 0, NULL, 0) == 0;
	regfree(&re);
	return r;
}

static unsigned dice(uint64_t *seed, unsigned sides)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33) % sides;
}

/* An expression of pieces that mean something, some of them in the wrong place. */
static void invent(uint64_t *seed, char *out, size_t size)
{
	static const char *const pieces[] = {
		"a", "b", "1", ".", "-", "_", "ab", "\\.", "\\w", "\\W", "\\s", "\\S", "\\b", "\\B",
		"\\<", "\\>", "\\d", "^", "$", "^a", "b$", "*", "+", "?", "a*", "b+", ".*", ".+", "1?",
		"(", ")", "(", ")", "|", "|", "{", "}", "{2}", "{1,2}", "{,2}", "{2,}", "{0}", "{,}", "{3,1}",
		"[ab]", "[^a]", "[a-b1]", "[]a]", "[^]a]", "[a-]", "[-a]", "[b-a]", "[[:alpha:]]",
		"[[:digit:]_-]", "[^[:alnum:]]", "[[:no:]]", "[[.a.]-b]", "[[=a=]]", "[--.]", "[a", "]",
		"[[:alpha:]-b]", "[a-[:digit:]]", "[+--]", "[\\.]", "[a-b-1]", "a|b", "(a|1)", "(a*)*", "()",
	};
	unsigned n = 1 + dice(seed, 6);

	*out = '\0';
	while (n--) {
		const char *piece = pieces[dice(seed, countof(pieces))];

		if (strlen(out) + strlen(piece) < size)
			strcat(out, piece);
	}
}

static void text_of(uint64_t *seed, char *out)
{
	for (unsigned n = dice(seed, 6); n; n--)
		*out++ = "ab1.-_ "[dice(seed, 7)];
	*out = '\0';
}

/* How many invented pairs are answered as the C library does. */
static int compare(struct kml *k, struct scope *s, int pairs, int *matched)
{
	uint64_t seed = 1;
	char expression[64], text[16];
	int same = 0;

	for (int i = 0; i < pairs; i++) {
		int a, b;

		invent(&seed, expression, sizeof expression);
		text_of(&seed, text);
		a = mine(k, s, expression, text), b = theirs(expression, text);
		same += a == b;
		*matched += b == 1;
		if (a != b && !test_faulty)
			fprintf(stderr, "'%s' '%s': %d, not %d\n", expression, text, a, b);
	}
	return same;
}

static bool says(struct kml *k, struct scope *s, const char *expression, const char *what)
{
	return mine(k, s, expression, "") == -1 && !strcmp(k->msg, what);
}

TESTS
	static const char *const deep = "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((("
		")))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))";
	char long_text[4096];
	int matched = 0;

	TEST("versions are matched") {
		CHECK(mine(k, s, "^6\\.1\\.0-[0-9]+-amd64$", "6.1.0-50-amd64") == 1);
		CHECK(mine(k, s, "^(5|6)\\..*-(amd64|arm64)", "6.12.0-rt-arm64") == 1);
		CHECK(mine(k, s, "^5\\.", "15.1") == 0);
		CHECK(mine(k, s, "", "anything") == 1);
	}
	TEST("the C library says the same of invented expressions") {
		CHECK(compare(k, s, test_faulty || test_bad ? 20 : 20000, &matched) ==
		      (test_faulty || test_bad ? 20 : 20000));
		CHECK(test_faulty || matched > 3000);
	}
	TEST("what is wrong is said") {
		CHECK(says(k, s, "a[b", "a '[' has no ']'"));
		CHECK(says(k, s, "(a", "a '(' has no ')'"));
		CHECK(says(k, s, "*", "there is nothing that '*' could repeat"));
		CHECK(says(k, s, "a{2", "a '{' is not followed by numbers and '}'"));
		CHECK(says(k, s, "a\\", "it ends with '\\'"));
		CHECK(says(k, s, "(a)\\1", "back-references as '\\1' are not known"));
		CHECK(says(k, s, "[[:odd:]]", "'[:odd:]' is not known"));
		CHECK(says(k, s, "[[:alpha]", "a '[:' does not end"));
		CHECK(says(k, s, "[z-a]", "a range inside [] ends before it begins"));
		CHECK(says(k, s, deep, "more than 64 '(' within each other"));
		CHECK(says(k, s, "a{32768}", "a '{' is not followed by numbers and '}'"));
		CHECK(says(k, s, "a{200}{200}", "it is too large"));
		CHECK(says(k, s, "(((a{200}){0,200}){1000}|b){0}", "it is too large"));
	}
	TEST("what backtracking would not end with ends") {
		memset(long_text, 'a', sizeof long_text);
		long_text[sizeof long_text - 1] = '\0';
		CHECK(mine(k, s, "^(a|a|aa*)*(a*)*(a*)*b", long_text) == 0);
	}
TESTS_END
