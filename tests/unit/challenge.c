#define KML_TEST
#include "../../src/format/challenge.c"
#include "../test.h"

/* The `n`th challenge of a field, as one text: "scheme realm|service|scope|error". */
static const char *nth(struct scope *s, const char *text, size_t n)
{
	struct str field = str_of(text);
	struct challenge c;

	for (size_t i = 0; challenge_next(s, &field, &c); i++)
		if (i == n)
			return scope_format(s, "%.*s %.*s|%.*s|%.*s|%.*s", FMT(c.scheme), FMT(c.realm),
			                    FMT(c.service), FMT(c.scope), FMT(c.error));
	return "none";
}

static bool is(struct scope *s, const char *text, size_t n, const char *want)
{
	return !strcmp(nth(s, text, n), want);
}

TESTS
	TEST("a bearer challenge, with commas inside quotes") {
		CHECK(is(s, "Bearer realm=\"https://a/t\",service=\"reg\",scope=\"repository:a:pull,push\"",
		         0, "Bearer https://a/t|reg|repository:a:pull,push|"));
		CHECK(is(s, "Bearer realm=t,error=\"insufficient_scope\"", 0,
		         "Bearer t|||insufficient_scope"));
	}
	TEST("names without case, blanks anywhere, tokens or quoted strings") {
		CHECK(is(s, " ,bEaReR  REALM = t ,\tService=\"s\"", 0, "bEaReR t|s||"));
		CHECK(is(s, "Basic realm=\"a \\\"b\\\\\"", 0, "Basic a \"b\\|||"));
		CHECK(is(s, "Basic", 0, "Basic |||") && is(s, "Basic", 1, "none"));
		CHECK(challenge_is(S("BEARER"), "bearer") && !challenge_is(S("Bearers"), "bearer"));
	}
	TEST("several in one field, of kinds that nobody knows too") {
		const char *three = "Negotiate, Basic realm=\"x\" , Bearer realm=\"y\",service=z";

		CHECK(is(s, three, 0, "Negotiate |||") && is(s, three, 1, "Basic x|||"));
		CHECK(is(s, three, 2, "Bearer y|z||") && is(s, three, 3, "none"));
		CHECK(is(s, "Negotiate YIIabc==, Basic realm=x", 1, "Basic x|||"));
		CHECK(is(s, "Digest username=\"a,=b\", nc=0001, realm=r, Bearer realm=y", 1, "Bearer y|||"));
		CHECK(is(s, "Digest username=\"Bearer realm=z\", realm=r", 0, "Digest r|||"));
	}
	TEST("what is broken ends") {
		CHECK(is(s, "", 0, "none") && is(s, " , ,", 0, "none") && is(s, "=\"\"=", 0, "none"));
		CHECK(is(s, "Basic realm=\"open", 0, "Basic open|||") && is(s, "B a=\"\\", 0, "B |||"));
		CHECK(is(s, "Basic realm=", 0, "Basic |||") && is(s, "Basic realm=", 1, "none"));
	}
TESTS_END
