#define KML_TEST
#include "../../src/format/language.c"
#include "../test.h"

enum { MOST = 5 };

/* The answer for these patterns, the first `nwith` of which a name must match. */
static enum language_answer find(struct kml *k, struct scope *s, const char *letters, size_t nwith, const char *const *v,
                                 struct language *l)
{
	const struct automaton *a[MOST];
	struct pattern p;

	*l = (struct language){ .letters = letters, .v = a, .nwith = nwith };
	for (; v[l->n]; l->n++)
		if (pattern_of(k, s, str_of(v[l->n]), &p) < 0 || !(a[l->n] = automaton_of(s, &p)))
			return LANGUAGE_UNKNOWN;
	return language_find(s, l);
}

#define VISIBLE "0123456789abcdefghijklmnopqrstuvwxyz.-_ABCDEFGHIJKLMNOPQRSTUVWXYZ+~^"
#define FIND(nwith, ...) find(k, s, VISIBLE, nwith, (const char *const[]){ __VA_ARGS__, NULL }, &l)

static bool matches(struct kml *k, struct scope *s, const char *pattern, const char *name)
{
	struct pattern p;
	bool is = false;

	return pattern_of(k, s, str_of(pattern), &p) == 0 && pattern_match(k, s, &p, str_of(name), &is) == 0 && is;
}

static bool is_answer(struct kml *k, struct scope *s, size_t nwith, const char *const *v, const char *name)
{
	size_t i = 0;

	while (v[i] && matches(k, s, v[i], name) == (i < nwith))
		i++;
	return !v[i];
}

static unsigned dice(unsigned *seed, unsigned n) { return ((*seed = *seed * 1103515245 + 12345) >> 16 & 0x7fff) % n; }

static const char *made_up(struct scope *s, unsigned *seed)
{
	static const char *const bits[] = { "a", "b", ".", "\\.", "^", "$", "\\b", "\\B", "\\w", "[^a]", "|", "(", ")", "*", "+", "?",
	                                    "a", "b", "^", "$", ".*", "[ab]" };
	struct buf b = { .s = s };

	for (unsigned n = 1 + dice(seed, 6); n--;)
		buf_format(&b, "%s", bits[dice(seed, countof(bits))]);
	return scope_text(s, buf_str(&b));
}

/* Is there a name of up to 4 letters? */
static const char *by_force(struct kml *k, struct scope *s, size_t nwith, const char *const *v)
{
	for (size_t n = 1, all = 3; n <= 4; n++, all *= 3)
		for (size_t i = 0; i < all; i++) {
			char *name = news(s, char, 5);
			struct scope *t = scope_begin(s);
			bool is;

			for (size_t j = 0, rest = i; j < n; j++, rest /= 3)
				name[j] = "ab."[rest % 3];
			is = is_answer(k, t, nwith, v, name);
			scope_end(t);
			if (is)
				return name;
		}
	return NULL;
}

TESTS
	struct language l;

	TEST("a name that one matches and others do not") {
		CHECK(FIND(1, "^5\\.14", "^5\\.1[0-3]", "el9") == LANGUAGE_SOME && !strcmp(l.name, "5.14"));
		CHECK(FIND(1, "^5\\.14.*el9$", "\\.el9$") == LANGUAGE_SOME && !strcmp(l.name, "5.14el9"));
		CHECK(FIND(2, "^[0-9]+\\.", "\\bel9\\b") == LANGUAGE_SOME && !strcmp(l.name, "0.el9"));
		CHECK(FIND(1, ".") == LANGUAGE_SOME && !strcmp(l.name, "0") && FIND(1, "") == LANGUAGE_SOME && strlen(l.name) == 1);
	}
	TEST("no name at all") {
		CHECK(FIND(1, "^.+\\fc37\\.x86_64$") == LANGUAGE_NONE && FIND(1, "a$b") == LANGUAGE_NONE && FIND(1, "\\Bel9\\b.el9\\b$") == LANGUAGE_SOME);
		CHECK(FIND(1, "5\\b14") == LANGUAGE_NONE && FIND(1, "a b") == LANGUAGE_NONE && FIND(2, "^a", "^b") == LANGUAGE_NONE);
		CHECK(FIND(1, "^$") == LANGUAGE_NONE && FIND(1, "(?m)a$\\nb") == LANGUAGE_NONE);
	}
	TEST("what several cover together, and which do") {
		CHECK(FIND(1, "^5\\.14\\.0-\\d+\\.el9", "^6", "^5\\.14\\.0-[0-4]", "^5\\.14\\.0-[5-9]") == LANGUAGE_NONE);
		CHECK(!l.used[1] && l.used[2] && l.used[3]);
		CHECK(FIND(1, "^a+$", "^a{1,3}$", "^aaaa+$") == LANGUAGE_NONE && l.used[1] && l.used[2]);
		CHECK(FIND(1, "^a+$", "^(aa)+$", "^(aaa)+$") == LANGUAGE_SOME && !strcmp(l.name, "a"));
		CHECK(FIND(1, "b", "a|") == LANGUAGE_NONE && FIND(1, "^(a|b)$", "^a$", "^b$") == LANGUAGE_NONE);
	}
	if (test_faulty)
		return 0;
	TEST("it gives up where it would take too long") {
		CHECK(FIND(1, "^.*$", "^(.{60})*.$", "^(.{61})*.$", "^(.{63})*.$") == LANGUAGE_SOME && !strcmp(l.name, "00"));
		CHECK(FIND(1, "^(a{59})+$", "^((a{31})+){2}$|b") == LANGUAGE_SOME);
		CHECK(FIND(1, "^(a{59}){2}(a{41})*$", "^(a{59})+$", "^(a{37})+$") == LANGUAGE_SOME);
		CHECK(FIND(3, "^(a{59})+$", "^(a{31})+$", "^(a{37})+$") == LANGUAGE_UNKNOWN);
	}
	TEST("made up at random, against brute force") {
		unsigned seed = 3;

		for (int i = 0; i < 1500; i++) {
			struct scope *t = scope_begin(s);
			const char *v[MOST] = { 0 };
			size_t nwith = 1 + dice(&seed, 2);
			enum language_answer answer;

			for (size_t n = nwith + dice(&seed, 3); n--;)
				v[n] = made_up(t, &seed);
			answer = find(k, t, "ab.", nwith, v, &l);
			if (answer == LANGUAGE_SOME)
				CHECK(is_answer(k, t, nwith, v, l.name));
			if (answer == LANGUAGE_NONE)
				CHECK(!by_force(k, t, nwith, v));
			scope_end(t);
		}
	}
TESTS_END
