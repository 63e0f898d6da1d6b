/* reached.c - does any kernel get to this rule of a kml.ini?
 *
 * The rules before it may match all that it matches, one of them or several together; or
 * it matches no name that a kernel can have.  The answer is exact, for all such names
 * (language.c, interval.c); but ranges and regexps are not held against each other, unless
 * the regexps match every name.  What takes too long to find out is REACHED_UNKNOWN.
 */
#ifndef KML_REACHED_C
#define KML_REACHED_C

#include "../ground/base.c"
#include "../format/automaton.c"
#include "../format/interval.c"
#include "../format/language.c"
#include "../format/pattern.c"
#include "../format/spell.c"
#include "rule.c"

enum reached_how { REACHED_UNKNOWN, REACHED_BY, REACHED_NEVER, REACHED_SHADED };

struct reached {
	/* the question */
	const struct settings *set;
	const struct rule *rules;       /* with their tables */
	const bool *bad;                /* those to pass over */
	const struct automaton *names;  /* see reached_names() */
	size_t i;                       /* this rule */
	/* the answer */
	const char *name;               /* BY: a kernel that gets there */
	size_t *by, nby;                /* SHADED: by these, all together */
};

/* Names of kernels begin with a version, and are visible ASCII. */
#define REACHED_NAMES "^[0-9]+\\.[0-9]+[.-][0-9A-Za-z]"
#define REACHED_LETTERS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	".-_+~^!\"#$%&'()*,:;<=>?@[\\]`{|}"

enum { REACHED_ROUNDS = 200 };          /* names made up for a rule before it gives up */

static const struct automaton *reached_names(struct kml *k, struct scope *s)
{
	struct pattern p;

	return pattern_of(k, s, S(REACHED_NAMES), &p) < 0 ? NULL : automaton_of(s, &p);
}

/* Is it the one rule that leaves nothing? */
static enum reached_how reached_shaded(struct reached *q, size_t j)
{
	q->by[0] = j;
	q->nby = 1;
	return REACHED_SHADED;
}

static enum reached_how reached_literal(struct kml *k, struct scope *s, struct reached *q)
{
	struct str name = q->rules[q->i].test->value;

	for (size_t j = 0; j < q->i; j++) {
		const char *why;
		bool is;

		if (!q->bad[j] && rule_match(k, s, q->set, &q->rules[j], name, &is, &why) == 0 && is)
			return reached_shaded(q, j);
	}
	q->name = scope_text(s, name);
	return REACHED_BY;
}

/* ---- ranges -------------------------------------------------------------- */

static enum reached_how reached_range(struct scope *s, struct reached *q)
{
	const struct kver_range **v = news(s, const struct kver_range *, q->i + 1);
	struct interval in = { .v = v, .n = 1 };

	v[0] = &q->rules[q->i].range;
	if (!interval_find(&in))
		return REACHED_NEVER;
	for (size_t j = 0; j < q->i; j++)
		if (q->rules[j].kind == RULE_RANGE && !q->bad[j]) {
			v[in.n++] = &q->rules[j].range;
			q->by[q->nby++] = j;
		}
	if (interval_find(&in)) {
		q->name = scope_text(s, str_of(in.name));
		return REACHED_BY;
	}
	in.n = 2;
	for (size_t j = 0; j < q->nby; j++) {
		v[1] = &q->rules[q->by[j]].range;
		if (!interval_find(&in))
			return reached_shaded(q, q->by[j]);
	}
	return REACHED_SHADED;
}

/* ---- regexps ------------------------------------------------------------- */

/* The table of a pattern that matches just this text. */
static const struct automaton *reached_same(struct kml *k, struct scope *s, struct str text)
{
	struct buf b = { .s = s };
	struct pattern p;

	buf_byte(&b, '^');
	for (size_t i = 0; i < text.n; i++)
		buf_format(&b, spell_word((unsigned char)text.p[i]) ? "%c" : "\\%c", text.p[i]);
	buf_byte(&b, '$');
	return pattern_of(k, s, buf_str(&b), &p) < 0 ? NULL : automaton_of(s, &p);
}

/* Add what matches the name, of the rules before, to `without`. */
static void reached_add(struct kml *k, struct scope *s, struct reached *q, struct language *all,
                        const struct automaton **v, struct str name)
{
	for (size_t j = 0; j < q->i; j++) {
		const struct automaton *a = q->rules[j].table;

		if (q->bad[j])
			continue;
		if (q->rules[j].kind == RULE_LITERAL && str_eq(q->rules[j].test->value, name))
			a = reached_same(k, s, name);
		else if (!a || !automaton_match(a, name))
			continue;
		if (a) {
			q->by[q->nby++] = j;
			v[all->n++] = a;
		}
	}
}

/* Which of `without` keeps all names out, alone or with others? */
static enum reached_how reached_blame(struct scope *s, struct reached *q, struct language all,
                                      const struct automaton **v)
{
	const bool *used = all.used + all.nwith;
	size_t n = q->nby;

	q->nby = 0;
	all.n = all.nwith + 1;
	for (size_t j = 0; j < n; j++) {
		if (!used[j])
			continue;
		v[all.nwith] = v[all.nwith + j];
		q->by[q->nby++] = q->by[j];
		if (n > 1 && language_find(s, &all) == LANGUAGE_NONE)
			return reached_shaded(q, q->by[j]);
	}
	return REACHED_SHADED;
}

/* Of a range it is asked only whether the regexps before it match every name.
 *
 * Not all rules are held against this one: a name is made up, and those that match it are
 * to be passed by the next one, until none does, or there is no more name. */
static enum reached_how reached_regexp(struct kml *k, struct scope *s, struct reached *q)
{
	const struct rule *rule = &q->rules[q->i];
	const struct automaton **v = news(s, const struct automaton *, q->i + 2);
	struct language all = { .letters = REACHED_LETTERS, .v = v, .nwith = 1 };

	v[0] = q->names;
	if (rule->kind == RULE_REGEXP)
		v[all.nwith++] = rule->table;
	all.n = all.nwith;
	for (int rounds = 0; v[all.nwith - 1] && rounds < REACHED_ROUNDS; rounds++) {
		size_t n = all.n;
		enum language_answer answer = language_find(s, &all);

		if (answer == LANGUAGE_NONE)
			return q->nby ? reached_blame(s, q, all, v) : REACHED_NEVER;
		if (answer == LANGUAGE_UNKNOWN)
			break;
		reached_add(k, s, q, &all, v, str_of(all.name));
		if (all.n == n) {
			q->name = all.name;
			return REACHED_BY;
		}
	}
	return REACHED_UNKNOWN;
}

/* The answer lives in `s`. */
static enum reached_how reached_find(struct kml *k, struct scope *s, struct reached *q)
{
	enum rule_kind kind = q->rules[q->i].kind;
	enum reached_how how;

	q->by = news(s, size_t, q->i);
	q->nby = 0;
	if (kind == RULE_LITERAL)
		return reached_literal(k, s, q);
	how = reached_regexp(k, s, q);
	if (kind == RULE_REGEXP || how == REACHED_SHADED)
		return how;
	q->nby = 0;
	return reached_range(s, q);
}

/* Does this rule, a regexp, match every name? */
static bool reached_all(struct scope *s, const struct reached *q)
{
	const struct automaton *v[] = { q->names, q->rules[q->i].table };
	struct language all = { .letters = REACHED_LETTERS, .v = v, .nwith = 1, .n = 2 };

	return v[1] && automaton_match(v[1], S("0.0.0")) && language_find(s, &all) == LANGUAGE_NONE;
}

#endif
