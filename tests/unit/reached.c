#define KML_TEST
#include "../../src/site/reached.c"
#include "../test.h"

enum { MOST = 6 };

static unsigned dice(unsigned *seed, unsigned n) { return ((*seed = *seed * 1103515245 + 12345) >> 16 & 0x7fff) % n; }

/* The condition of a rule: a literal, a regexp or a range. */
static const char *made_up(struct scope *s, unsigned *seed)
{
	static const char *const bits[] = { "a", "b", "\\.", ".", "^1\\.1-", "^1", "$", "\\b", "[ab]", "|", "(", ")", "*", "+", "?", ".*", "b$", "a" };
	struct buf b = { .s = s };
	unsigned kind = dice(seed, 8);

	if (kind == 0)
		return scope_format(s, "literal = 1.1-%s", ((const char *const[]){ "a", "b", "ab", "ba.a" })[dice(seed, 4)]);
	if (kind == 1)
		return scope_format(s, "range = %s1.%u-%s", ((const char *const[]){ ">=", "<", "=" })[dice(seed, 3)], dice(seed, 3),
		                    ((const char *const[]){ "a", "b", "1" })[dice(seed, 3)]);
	buf_format(&b, "regexp = ");
	for (unsigned n = 1 + dice(seed, 6); n--;)
		buf_format(&b, "%s", bits[dice(seed, countof(bits))]);
	return scope_text(s, buf_str(&b));
}

static bool read_rules(struct kml *k, struct scope *s, const char *ini, struct settings *set, struct rule_list *rules)
{
	if (settings_parse(k, s, "f", str_of(ini), set) < 0 || rule_all(k, s, set, rules) < 0)
		return false;
	rule_tables(s, rules);
	return true;
}

/* Which rule covers the kernel? */
static size_t first(struct kml *k, struct scope *s, const struct reached *q, size_t n, const char *name)
{
	const char *why;
	bool is;

	for (size_t i = 0; i < n; i++)
		if (!q->bad[i] && rule_match(k, s, q->set, &q->rules[i], str_of(name), &is, &why) == 0 && is)
			return i;
	return n;
}

static enum reached_how ask(struct kml *k, struct scope *s, const char *ini, size_t i, struct reached *q)
{
	struct settings *set = new(s, struct settings);
	struct rule_list rules;

	if (!read_rules(k, s, ini, set, &rules))
		return REACHED_UNKNOWN;
	*q = (struct reached){ set, rules.v, news(s, bool, rules.n), reached_names(k, s), i, NULL, NULL, 0 };
	return reached_find(k, s, q);
}

TESTS
	struct reached q;

	TEST("a kernel that gets there, or what is in its way") {
		CHECK(ask(k, s, "[kernel a]\nregexp = ^5\n[kernel b]\nregexp = el9$\n", 1, &q) == REACHED_BY && str_ends(str_of(q.name), S("el9")));
		CHECK(ask(k, s, "[kernel a]\nliteral = 5.1.0\n[kernel b]\nregexp = ^5\\.[1-2]\\.0$\n[kernel c]\nregexp = ^5\\.[12]\\.0$\n", 2, &q) ==
		      REACHED_SHADED && q.nby == 1 && q.by[0] == 1);
		CHECK(ask(k, s, "[kernel a]\nregexp = ^6\n[kernel b]\nregexp = a$b\n", 1, &q) == REACHED_NEVER);
		CHECK(ask(k, s, "[kernel a]\nrange = <6\n[kernel b]\nrange = >=5 <7\n", 1, &q) == REACHED_BY);
		CHECK(ask(k, s, "[kernel a]\nrange = <6\n[kernel b]\nliteral = 5.1.0\n", 1, &q) == REACHED_SHADED);
	}
	TEST("made up at random, against names tried one by one") {
		unsigned seed = 11, answers[4] = { 0 };

		for (int i = 0; i < (test_faulty ? 0 : 4000); i++) {
			struct scope *t = scope_begin(s);
			struct buf b = { .s = t };
			size_t n = 1 + dice(&seed, MOST);
			enum reached_how how;

			for (size_t j = 0; j < n; j++)
				buf_format(&b, "[kernel r%zu]\n%s\n", j, made_up(t, &seed));
			how = ask(k, t, scope_text(t, buf_str(&b)), n - 1, &q);
			answers[how]++;
			if (how == REACHED_BY && q.rules[n - 1].kind != RULE_RANGE) {
				size_t at = first(k, t, &q, n, q.name);

				CHECK(at == n - 1 || (at < n && q.rules[at].kind == RULE_RANGE));
			}
			for (size_t len = 1, all = 3; len < 4 && how >= REACHED_NEVER; len++, all *= 3)
				for (size_t j = 0; j < all; j++) {
					char name[16] = "1.1-";

					for (size_t c = 0, rest = j; c < len; c++, rest /= 3)
						name[4 + c] = "ab."[rest % 3];
					if (name[4] != '.' && first(k, t, &q, n, name) == n - 1)
						fprintf(stderr, "%.*s%s\n", FMT(buf_str(&b)), name), CHECK(!"it is reached");
				}
			scope_end(t);
		}
		CHECK(test_faulty || (answers[REACHED_BY] > 100 && answers[REACHED_SHADED] > 50 && answers[REACHED_NEVER] > 20));
	}
TESTS_END
