#define KML_TEST
#include "../../src/format/automaton.c"
#include "../test.h"

static const struct automaton *table(struct kml *k, struct scope *s, const char *pattern)
{
	struct pattern *p = new(s, struct pattern);

	return pattern_of(k, s, str_of(pattern), p) < 0 ? NULL : automaton_of(s, p);
}

static unsigned dice(unsigned *seed, unsigned n) { return ((*seed = *seed * 1103515245 + 12345) >> 16 & 0x7fff) % n; }

/* Table and program must give the same answer for each text of up to 4 of these characters. */
static void compare(struct kml *k, struct scope *s, const char *text)
{
	static const char letters[] = "ab.1\n";
	struct pattern p;
	const struct automaton *a;
	char name[4];

	if (pattern_of(k, s, str_of(text), &p) < 0)
		return;
	a = automaton_of(s, &p);
	CHECK(a);
	for (size_t n = 0, all = 1; n <= sizeof name; n++, all *= 5)
		for (size_t i = 0; i < all; i++) {
			bool is = false;

			for (size_t j = 0, rest = i; j < n; j++, rest /= 5)
				name[j] = letters[rest % 5];
			pattern_match(k, s, &p, (struct str){ name, n }, &is);
			if (is != automaton_match(a, (struct str){ name, n }))
				CHECK(!"the table differs"), fprintf(stderr, "'%s' of '%.*s'\n", text, (int)n, name);
		}
}

TESTS
	const struct automaton *a;

	TEST("it answers as the program does") {
		a = table(k, s, "^a\\.(b|1)$");
		CHECK(automaton_match(a, S("a.1")) && !automaton_match(a, S("a.12")) && !automaton_match(a, S("")));
		a = table(k, s, "\\bb\\b|^$");
		CHECK(automaton_match(a, S("a.b-")) && !automaton_match(a, S("ab")) && automaton_match(a, S("")));
	}
	TEST("what can no longer match, and what must, is known at once") {
		a = table(k, s, "^5\\.1");
		CHECK(automaton_step(a, a->first, '6') == AUTOMATON_NEVER && a->n == 2 + 3);
		CHECK(table(k, s, "a|")->first == AUTOMATON_MATCH);
		CHECK(table(k, s, "[x-z]\\d")->classes == 3);
	}
	if (test_faulty)
		return 0;
	TEST("what is too large has none") {
		CHECK(!table(k, s, "a.{12}$") && !table(k, s, "a{300}") && table(k, s, "a{200}"));
		CHECK(!table(k, s, "(a{40}){50}"));
	}
	TEST("patterns made up at random") {
		static const char *const bits[] = { "a", "b", "1", ".", "\\.", "^", "$", "\\b", "\\B", "(?m)^", "(?m)$", "\\w", "[^a]",
		                                    "|", "(", ")", "*", "+", "?", "{2}", "(?i)B", "\\n", "\\A", "\\z" };
		unsigned seed = 7;

		for (int i = 0; i < 2000; i++) {
			struct scope *t = scope_begin(s);
			struct buf b = { .s = t };

			for (unsigned n = 1 + dice(&seed, 8); n--;)
				buf_format(&b, "%s", bits[dice(&seed, countof(bits))]);
			compare(k, t, scope_text(t, buf_str(&b)));
			scope_end(t);
		}
	}
TESTS_END
