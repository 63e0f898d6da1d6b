/* rule.c - does a [kernel NAME] section of kml.ini speak of this kernel?
 *
 * A rule is exactly one of literal (the same bytes), regexp (RE2, a match
 * anywhere) and range (">=6.2 <6.3").  All see the kernel's name without one
 * '+' at its end, and not normalised.
 */
#ifndef KML_RULE_C
#define KML_RULE_C

#include "../ground/base.c"
#include "../format/automaton.c"
#include "../format/kver.c"
#include "../format/pattern.c"
#include "../format/settings.c"

enum rule_kind { RULE_LITERAL, RULE_REGEXP, RULE_RANGE };

struct rule {
	const struct settings_section *section;
	enum rule_kind kind;
	const struct settings_entry *test;      /* the literal, regexp or range */
	const struct settings_entry *skip;      /* the reason; may be NULL */
	struct pattern pattern;
	const struct automaton *table;          /* of the pattern; NULL: none, see rule_tables() */
	struct kver_range range;
	const char *unmet[countof(((struct kver_range *)0)->v)];       /* what is said of each */
};

struct rule_list { struct rule *v; size_t n; };

/* ---- rules --------------------------------------------------------------- */

static const char *rule_kind_word(enum rule_kind kind)
{
	return kind == RULE_LITERAL ? "literal" : kind == RULE_REGEXP ? "regexp" : "range";
}

static int rule_test(struct kml *k, struct scope *s, struct rule *rule)
{
	int n = 0, r = 0;

	for (int i = RULE_LITERAL; i <= RULE_RANGE; i++) {
		const struct settings_entry *e = settings_get(rule->section, rule_kind_word(i));

		if (e) {
			rule->kind = (enum rule_kind)i;
			rule->test = e;
			n++;
		}
	}
	if (n != 1)
		return fail(k, KML_BAD, "%.*s has %s of literal, regexp and range; a rule has "
		            "exactly one", FMT(rule->section->title), n ? "several" : "none");
	if (rule->kind == RULE_REGEXP)
		r = pattern_of(k, s, rule->test->value, &rule->pattern);
	else if (rule->kind == RULE_RANGE)
		r = kver_range_of(k, rule->test->value, &rule->range);
	for (size_t i = 0; r == 0 && i < rule->range.n; i++)
		rule->unmet[i] = scope_format(s, "fails: it is not %.*s",
		                              FMT(rule->range.v[i].text));
	if (r == 0 && !rule->test->value.n)
		r = fail(k, KML_BAD, "an empty %s; to match every kernel write regexp = .",
		         rule_kind_word(rule->kind));
	return r;
}

/* The rules of a file, in its order. */
static int rule_all(struct kml *k, struct scope *s, const struct settings *set,
                    struct rule_list *out)
{
	*out = (struct rule_list){ news(s, struct rule, set->n), 0 };
	for (const struct settings_section *c = set->first; c; c = c->next) {
		struct rule *rule = &out->v[out->n];
		int r;

		if (!str_eq(c->kind, S("kernel")))
			continue;
		*rule = (struct rule){ .section = c, .skip = settings_get(c, "skip") };
		r = rule_test(k, s, rule);
		if (r < 0)
			return settings_at(k, r, set, rule->test ? rule->test->line : c->line);
		if (rule->skip && !rule->skip->value.n)
			return settings_at(k, fail(k, KML_BAD, "skip needs the reason, which is told to "
			                          "whoever has such a kernel"), set, rule->skip->line);
		out->n++;
	}
	return 0;
}

/* Make the patterns fast, which takes as long as to try each on some dozens of kernels. */
static void rule_tables(struct scope *s, struct rule_list *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		if (rules->v[i].kind == RULE_REGEXP && !rules->v[i].table)
			rules->v[i].table = automaton_of(s, &rules->v[i].pattern);
}

static bool rule_is_ascii(struct str t)
{
	unsigned char all = 0;

	for (size_t i = 0; i < t.n; i++)
		all |= (unsigned char)t.p[i];
	return all < 0x80;
}

/* Does the rule match the kernel, and why? */
static int rule_match(struct kml *k, struct scope *s, const struct settings *set,
                      const struct rule *rule, struct str kernel, bool *is,
                      const char **why)
{
	const struct kver_bound *unmet;
	int r = 0;

	switch (rule->kind) {
	case RULE_LITERAL:
		*is = str_eq(rule->test->value, kernel);
		*why = *is ? "is the same" : str_ends(rule->test->value, S("+")) ?
			"is another name (a '+' at a kernel's end is dropped before rules are tried)" :
			"is another name";
		break;
	case RULE_REGEXP:
		if (rule->table && rule_is_ascii(kernel))
			*is = automaton_match(rule->table, kernel);
		else if ((r = pattern_match(k, s, &rule->pattern, kernel, is)) < 0)
			return settings_at(k, r, set, rule->test->line);
		*why = *is ? "matches" : "matches nowhere in it";
		break;
	case RULE_RANGE:
		unmet = kver_range_unmet(&rule->range, kernel);
		*is = !unmet;
		*why = *is ? "holds" : rule->unmet[unmet - rule->range.v];
	}
	return r;
}

#endif
