/* lint.c - what is wrong with a kml.ini that reads well.
 *
 * Whether a rule is ever reached is found out exactly, for all names that kernels can have
 * (language.c, interval.c), but not of a range beside a regexp; what takes too long to find
 * out is not said.  Which images kernels get is seen from kernels: those of a list, or where
 * there is none the literals, and a made up name for each regexp and range.
 */
#ifndef KML_LINT_C
#define KML_LINT_C

#include "../ground/base.c"
#include "../format/automaton.c"
#include "../format/interval.c"
#include "../format/kver.c"
#include "../format/language.c"
#include "../format/settings.c"
#include "../format/template.c"
#include "kernels.c"
#include "mapping.c"
#include "resolved.c"
#include "rule.c"

struct lint_finding {
	const char *file;
	size_t at;                      /* of the file, in the order of the command */
	int line;
	const char *kind, *text;
};

/* What was found out of a rule. */
struct lint_rule {
	size_t kernels;                 /* how many it covers */
	bool bad;                       /* something is said of it that explains the rest */
	size_t pairs;                   /* of kernels with one image, such as these */
	const char *pair[2];
};

/* A kernel and the image that it gets. */
struct lint_use {
	const char *image, *kernel, *normal;
	size_t file, rule;
	int line;                       /* of the image */
};

struct lint {
	struct scope *s;
	const struct mappings *all;
	const struct kernels *list;     /* of kernels; may be empty */
	struct buf findings;            /* of struct lint_finding */
	struct buf uses;                /* of struct lint_use */
	struct buf made;                /* names of kernels, where there is no list */
	struct lint_rule **of;          /* [file][rule] */
	const struct automaton *names;  /* of kernels */
	size_t at;                      /* the file that is looked at, and of it: */
	const struct mapping *m;
	struct lint_rule *rules;
};

/* What languages are over; the names of kernels also match LINT_NAMES. */
#define LINT_LETTERS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	".-_+~^!\"#$%&'()*,:;<=>?@[\\]`{|}"
#define LINT_NAMES "^[0-9]+\\.[0-9]+[.-][0-9A-Za-z]"

enum { LINT_NAMED = 3 };                /* how many of a list are named */

static void lint_look(struct lint *l, size_t file)
{
	l->at = file;
	l->m = &l->all->v[file];
	l->rules = l->of[file];
}

__attribute__((format(printf, 4, 5)))
static void lint_say(struct lint *l, int line, const char *kind, const char *fmt, ...)
{
	struct lint_finding f = { l->m->file, l->at, line, kind, NULL };
	char text[2000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	f.text = scope_text(l->s, str_of(text));
	buf_add(&l->findings, (struct str){ (char *)&f, sizeof f });
}

/* Is this said of the line?  What is wrong with one image may be so for many rules. */
static bool lint_said(const struct lint *l, int line, const char *kind)
{
	const struct lint_finding *v = (const struct lint_finding *)(const void *)l->findings.p;

	for (size_t i = 0; i < l->findings.n / sizeof *v; i++)
		if (v[i].at == l->at && v[i].line == line && !strcmp(v[i].kind, kind))
			return true;
	return false;
}

/* "a", "a and b", "a, b and c", "a, b, c and 5 more": of `n`, the first ones are in `v`. */
static const char *lint_list(struct scope *s, const char *const *v, size_t n)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < n && i < LINT_NAMED; i++)
		buf_format(&b, "%s%s", !i ? "" : i + 1 == n ? " and " : ", ", v[i]);
	if (n > LINT_NAMED)
		buf_format(&b, " and %zu more", n - LINT_NAMED);
	return scope_text(s, buf_str(&b));
}

static const char *lint_where(struct lint *l, const struct rule *rule)
{
	return scope_format(l->s, "%.*s at line %d", FMT(rule->section->title), rule->section->line);
}

/* ---- rules that are never reached ---------------------------------------- */

/* The table of a pattern that matches just this text. */
static const struct automaton *lint_literal(struct kml *k, struct scope *s, struct str text)
{
	struct buf b = { .s = s };
	struct pattern p;

	buf_byte(&b, '^');
	for (size_t i = 0; i < text.n; i++)
		buf_format(&b, spell_word((unsigned char)text.p[i]) ||
		               (unsigned char)text.p[i] >= 0x80 ? "%c" : "\\%c", text.p[i]);
	buf_byte(&b, '$');
	return pattern_of(k, s, buf_str(&b), &p) < 0 ? NULL : automaton_of(s, &p);
}

/* Say that the `n` rules of `by`, all together, leave nothing of rule `i`. */
static void lint_shadowed(struct lint *l, size_t i, const size_t *by, size_t n)
{
	const struct rule *rule = &l->m->rules.v[i];
	const char *v[LINT_NAMED];

	for (size_t j = 0; j < n && j < LINT_NAMED; j++)
		v[j] = lint_where(l, &l->m->rules.v[by[j]]);
	lint_say(l, rule->test->line, "shadowed", "%.*s covers nothing that %s %s; put it before "
	         "%s, or take it out", FMT(rule->section->title), lint_list(l->s, v, n),
	         n > 1 ? "together leave" : "leaves", n > 1 ? "them" : "that");
	l->rules[i].bad = true;
}

/* The same text as an earlier rule? */
static bool lint_duplicate(struct lint *l, size_t i)
{
	const struct rule *v = l->m->rules.v, *rule = &v[i];

	for (size_t j = 0; j < i && !l->rules[i].bad; j++)
		if (v[j].kind == rule->kind && str_eq(v[j].test->value, rule->test->value)) {
			lint_say(l, rule->test->line, "duplicate", "%.*s has the %s of %s, which comes "
			         "first; take one of them out", FMT(rule->section->title),
			         rule_kind_word(rule->kind), lint_where(l, &v[j]));
			l->rules[i].bad = true;
		}
	return l->rules[i].bad;
}

/* A literal names a kernel, and no earlier rule matches that. */
static void lint_check_literal(struct kml *k, struct lint *l, size_t i)
{
	const struct rule *rule = &l->m->rules.v[i];
	struct str name = rule->test->value;
	struct template_var vars[KVER_VARS];
	const char *why;

	l->rules[i].bad = true;
	if (str_ends(name, S("+")))
		lint_say(l, rule->test->line, "literal", "%.*s matches no kernel: a '+' at the end is "
		         "dropped before rules are tried; write literal = %.*s",
		         FMT(rule->section->title), (int)name.n - 1, name.p);
	else if (kver_check(k, name) < 0 || (!rule->skip && kver_vars(k, l->s, name, vars) < 0))
		lint_say(l, rule->test->line, "literal", "%.*s: %s", FMT(rule->section->title), k->msg);
	else
		l->rules[i].bad = false;
	for (size_t j = 0; j < i && !l->rules[i].bad; j++) {
		bool is;

		if (rule_match(k, l->s, &l->m->set, &l->m->rules.v[j], name, &is, &why) == 0 && is)
			lint_shadowed(l, i, &j, 1);
	}
}

/* Do the first `nwith` of `v` leave a name to the rules behind them?  `from` says which
 * rules those are; of rule `i` is said what they do. */
static enum language_answer lint_left(struct lint *l, struct scope *s, size_t i,
                                      const struct automaton **v, size_t nwith,
                                      size_t *from, size_t n, const char **example)
{
	struct language all = { .letters = LINT_LETTERS, .v = v, .nwith = nwith, .n = nwith + n };
	enum language_answer answer = language_find(s, &all);
	size_t used = 0;

	*example = all.name;
	if (answer != LANGUAGE_NONE || !n)
		return answer;
	for (size_t j = 0; j < n; j++) {
		struct language one = all;

		if (!all.used[nwith + j])
			continue;
		from[used++] = from[j];
		v[nwith] = v[nwith + j];
		one.n = nwith + 1;
		if (n > 1 && language_find(s, &one) == LANGUAGE_NONE) {
			from[0] = from[used - 1];
			used = 1;
			break;
		}
	}
	lint_shadowed(l, i, from, used);
	return answer;
}

/* Say that the regexp of rule `i` is in no name, and what may be wrong with it. */
static void lint_never(struct lint *l, size_t i)
{
	const struct rule *rule = &l->m->rules.v[i];
	struct str text = rule->test->value;
	char c = 0;

	while (text.n && !c) {
		str_take(&text, '\\');
		c = text.n && memchr("afnrtv", text.p[0], 6) ? text.p[0] : 0;
		text = str_from(text, 1);
	}
	if (c)
		lint_say(l, rule->test->line, "never", "%.*s matches no kernel: '\\%c' is a control "
		         "character, which no name has; a dot is written \\.",
		         FMT(rule->section->title), c);
	else
		lint_say(l, rule->test->line, "never", "%.*s matches no kernel: a name begins with a "
		         "version, as 6.1.0 does, and has neither blanks nor '/'; ^ and $ are its ends",
		         FMT(rule->section->title));
	l->rules[i].bad = true;
}

/* A name that rule `i`, a regexp, covers; NULL when there is none, or none is known.  Of a
 * range it is asked only whether the regexps before it match every name. */
static const char *lint_check_pattern(struct kml *k, struct lint *l, struct scope *s, size_t i)
{
	const struct rule *rules = l->m->rules.v;
	const struct automaton **v = news(s, const struct automaton *, i + 2);
	size_t *from = news(s, size_t, i), n = 0, nwith = 0;
	const char *example;

	v[nwith++] = l->names;
	if (rules[i].kind == RULE_REGEXP) {
		v[nwith++] = rules[i].table;
		if (!rules[i].table)
			return NULL;
		if (lint_left(l, s, i, v, nwith, from, 0, &example) == LANGUAGE_NONE) {
			lint_never(l, i);
			return NULL;
		}
	}
	for (size_t j = 0; j < i; j++) {
		const struct automaton *a = rules[j].table;

		if (rules[j].kind == RULE_LITERAL && nwith > 1 &&
		    automaton_match(v[1], rules[j].test->value))
			a = lint_literal(k, s, rules[j].test->value);
		if (a && !l->rules[j].bad) {
			v[nwith + n] = a;
			from[n++] = j;
		}
	}
	return lint_left(l, s, i, v, nwith, from, n, &example) == LANGUAGE_SOME ?
		scope_text(l->s, str_of(example)) : NULL;
}

/* The same of a range. */
static const char *lint_check_range(struct lint *l, struct scope *s, size_t i)
{
	const struct rule *rules = l->m->rules.v;
	const struct kver_range **v = news(s, const struct kver_range *, i + 1);
	struct interval in = { .v = v, .n = 1 };
	size_t *from = news(s, size_t, i), n = 0;

	v[0] = &rules[i].range;
	if (!interval_find(&in)) {
		lint_say(l, rules[i].test->line, "never", "%.*s matches no kernel: nothing is %.*s",
		         FMT(rules[i].section->title), FMT(rules[i].test->value));
		l->rules[i].bad = true;
		return NULL;
	}
	for (size_t j = 0; j < i; j++)
		if (rules[j].kind == RULE_RANGE && !l->rules[j].bad) {
			v[1 + n] = &rules[j].range;
			from[n++] = j;
		}
	in.n = 1 + n;
	if (interval_find(&in))
		return scope_text(l->s, str_of(in.name));
	in.n = 2;
	for (size_t j = 0; j < n; j++) {
		v[1] = &rules[from[j]].range;
		if (!interval_find(&in)) {
			from[0] = from[j];
			n = 1;
		}
	}
	lint_shadowed(l, i, from, n);
	return NULL;
}

/* Does this regexp match every kernel? */
static bool lint_is_all(struct lint *l, struct scope *s, const struct rule *rule)
{
	const struct automaton *v[] = { l->names, rule->table };
	struct language all = { .letters = LINT_LETTERS, .v = v, .nwith = 1, .n = 2 };

	return rule->table && language_find(s, &all) == LANGUAGE_NONE;
}

/* Find rules that are not reached, or not for anything; of the others that cover no kernel
 * of the list one is noted that they would. */
static void lint_rules(struct kml *k, struct lint *l)
{
	const struct rule_list *rules = &l->m->rules;

	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->v[i];
		struct scope *t = scope_begin(l->s);
		const char *name = NULL;

		if (!l->rules[i].kernels && !lint_duplicate(l, i)) {
			if (rule->kind == RULE_LITERAL)
				lint_check_literal(k, l, i);
			else
				name = lint_check_pattern(k, l, t, i);
			if (rule->kind == RULE_RANGE && !l->rules[i].bad)
				name = lint_check_range(l, t, i);
			if (rule->kind == RULE_LITERAL && !l->rules[i].bad)
				name = scope_text(l->s, rule->test->value);
		}
		if (name)
			buf_add(&l->made, (struct str){ (char *)&name, sizeof name });
		if (i + 2 < rules->n && !l->rules[i].bad && lint_is_all(l, t, rule)) {
			lint_say(l, rules->v[i + 1].test->line, "shadowed", "no kernel gets to the %zu "
			         "rules from here on: %s matches every one; put it last",
			         rules->n - i - 1, lint_where(l, rule));
			while (++i < rules->n)
				l->rules[i].bad = true;
		}
		scope_end(t);
	}
}

/* ---- kernels ------------------------------------------------------------- */

/* Note which rule covers each kernel, and which image that gives. */
static void lint_kernels(struct kml *k, struct lint *l, const char *const *v, size_t n)
{
	const struct rule_list *rules = &l->m->rules;
	const char *left[LINT_NAMED];
	size_t nleft = 0, failed = 0;
	int line = rules->n ? rules->v[rules->n - 1].section->line : l->m->set.first->line;

	for (size_t i = 0; i < n; i++) {
		struct scope *t = scope_begin(l->s);
		struct resolved out;
		int r = mapping_resolve(k, t, l->m, v[i], &out);
		size_t at = out.ntried - 1;
		bool covered = out.ntried && out.tried[at].matches;

		if (covered)
			l->rules[at].kernels++;
		if (r == 0) {
			struct lint_use use = { scope_text(l->s, str_of(out.image)), v[i],
				scope_text(l->s, str_of(out.normal)), l->at, at,
				out.values[RESOLVED_IMAGE].from.line };

			buf_add(&l->uses, (struct str){ (char *)&use, sizeof use });
		} else if (r != KML_UNMAPPED && !failed++ && l->list->n) {
			lint_say(l, line, "kernel", "%s", k->msg);
		} else if (r == KML_UNMAPPED && !covered && nleft++ < LINT_NAMED) {
			left[nleft - 1] = v[i];
		}
		scope_end(t);
	}
	if (l->list->n && nleft)
		lint_say(l, line, "uncovered", "no rule covers %zu of the %zu kernels: %s; add a rule "
		         "for them, with skip = REASON if they are to have nothing", nleft, n,
		         lint_list(l->s, left, nleft));
}

/* A rule that covers no kernel of the list: does it match any? */
static void lint_idle(struct kml *k, struct lint *l, size_t i)
{
	const struct rule *rule = &l->m->rules.v[i];
	size_t n = 0;

	for (size_t j = 0; j < l->list->n; j++) {
		const char *why;
		bool is;

		n += rule_match(k, l->s, &l->m->set, rule, kver_matched(str_of(l->list->v[j])), &is,
		                &why) == 0 && is;
	}
	if (n)
		lint_say(l, rule->test->line, "idle", "%.*s covers none of the %zu kernels: the %zu "
		         "that it matches are covered by rules before it",
		         FMT(rule->section->title), l->list->n, n);
	else
		lint_say(l, rule->test->line, "idle", "%.*s covers none of the %zu kernels; if none "
		         "is to come, take it out", FMT(rule->section->title), l->list->n);
}

/* ---- images -------------------------------------------------------------- */

/* Is the image of the rule another one for another kernel? */
static bool lint_varies(struct kml *k, struct lint *l, const struct rule *rule)
{
	static const char *const kernels[] = { "1.2.3", "4.5.6" };
	struct scope *t = scope_begin(l->s);
	struct resolved out[2];
	bool differ = true;

	for (size_t i = 0; i < countof(out) && differ; i++) {
		out[i] = (struct resolved){ .kernel = kernels[i], .matched = kernels[i],
		                            .normal = kernels[i] };
		differ = resolved_fill(k, t, &l->m->set, rule, &out[i]) == 0;
	}
	differ = !differ || strcmp(out[0].image, out[1].image);
	scope_end(t);
	return differ;
}

static int lint_use_cmp(const void *a, const void *b)
{
	const struct lint_use *x = a, *y = b;
	int r = strcmp(x->image, y->image);

	r = r ? r : (x->file > y->file) - (x->file < y->file);
	r = r ? r : strcmp(x->normal, y->normal);
	return r ? r : strcmp(x->kernel, y->kernel);
}

/* Two kernels that have one image, though not on purpose; two files that have. */
static void lint_images(struct lint *l)
{
	size_t n = l->uses.n / sizeof(struct lint_use);
	struct lint_use *v = (struct lint_use *)(void *)l->uses.p;

	if (n)
		qsort(v, n, sizeof *v, lint_use_cmp);
	for (size_t i = 1; i < n; i++) {
		const struct lint_use *a = &v[i - 1], *b = &v[i];
		struct lint_rule *rule = &l->of[b->file][b->rule];

		if (strcmp(a->image, b->image))
			continue;
		lint_look(l, b->file);
		if (a->file != b->file && !lint_said(l, b->line, "shared")) {
			lint_say(l, b->line, "shared", "for kernel %s this is %s, as is the image of %s:%d; "
			         "two sets of modules need two images, unless one has both", b->kernel,
			         b->image, l->all->v[a->file].file, a->line);
		} else if (a->file == b->file && !strcmp(a->normal, b->normal) &&
		           strcmp(a->kernel, b->kernel) && !rule->pairs++) {
			rule->pair[0] = a->kernel;
			rule->pair[1] = b->kernel;
		}
	}
}

/* What is to be said of each rule's image. */
static void lint_image(struct kml *k, struct lint *l, size_t i)
{
	const struct rule *rule = &l->m->rules.v[i];
	const struct lint_rule *found = &l->rules[i];
	const struct settings_section *where;
	const struct settings_entry *e = resolved_written(&l->m->set, rule, RESOLVED_IMAGE, &where);

	if (l->list->n && !rule->skip && found->kernels > 1 && !lint_said(l, e->line, "image") &&
	    !lint_varies(k, l, rule))
		lint_say(l, e->line, "image", "one image for the %zu kernels of %.*s; unless it has "
		         "modules for each, write ${KERNEL_FULL_VERSION} into its tag",
		         found->kernels, FMT(rule->section->title));
	else if (found->pairs && !lint_said(l, e->line, "collision"))
		lint_say(l, e->line, "collision", "kernels %s and %s%s have one image: their names differ "
		         "only where a tag has '_' or nothing; give one an image of its own",
		         found->pair[0], found->pair[1],
		         found->pairs > 1 ? " (and more such pairs)" : "");
}

/* ---- variables ----------------------------------------------------------- */

/* Does the template use the variable? */
static bool lint_mentions(struct str text, struct str name)
{
	while (text.n) {
		str_take(&text, '$');
		if (str_starts(text, S("{")))
			text = str_from(text, 1);
		if (str_eq(template_name(text), name))
			return true;
	}
	return false;
}

static bool lint_is_template(struct str key)
{
	for (size_t i = 0; i < RESOLVED_KEYS; i++)
		if (resolved_fields[i].template && str_eq(key, str_of(resolved_fields[i].key)))
			return true;
	return str_starts(key, S("var."));
}

static void lint_variable(struct lint *l, const struct settings_entry *var)
{
	struct str name = str_from(var->key, 4);

	for (const struct settings_section *c = l->m->set.first; c; c = c->next)
		for (const struct settings_entry *e = c->first; e; e = e->next)
			if (lint_is_template(e->key) && lint_mentions(e->value, name))
				return;
	lint_say(l, var->line, "variable", "%.*s is used nowhere; write ${%.*s} where it belongs, "
	         "or take it out", FMT(var->key), FMT(name));
}

/* ---- all of it ----------------------------------------------------------- */

static void lint_file(struct kml *k, struct lint *l)
{
	const struct rule_list *rules = &l->m->rules;

	if (!rules->n)
		lint_say(l, l->m->set.first->line, "uncovered", "there is no [kernel NAME] section, so "
		         "no kernel is covered; add one, with regexp = . for all of them");
	else
		lint_kernels(k, l, l->list->v, l->list->n);
	lint_rules(k, l);
	for (size_t i = 0; i < rules->n && l->list->n; i++)
		if (!l->rules[i].kernels && !l->rules[i].bad)
			lint_idle(k, l, i);
	for (const struct settings_section *c = l->m->set.first; c; c = c->next)
		for (const struct settings_entry *e = c->first; e; e = e->next)
			if (str_starts(e->key, S("var.")))
				lint_variable(l, e);
}

static int lint_cmp(const void *a, const void *b)
{
	const struct lint_finding *x = a, *y = b;
	int r = (x->at > y->at) - (x->at < y->at);

	r = r ? r : (x->line > y->line) - (x->line < y->line);
	return r ? r : strcmp(x->text, y->text);
}

/* All findings, in the order of the files and their lines. */
static int lint_all(struct kml *k, struct scope *s, const struct mappings *all,
                    const struct kernels *list, struct lint_finding **out, size_t *n)
{
	struct lint l = { .s = s, .all = all, .list = list, .findings.s = s, .uses.s = s,
	                  .made.s = s };
	struct pattern names;
	int r = pattern_of(k, s, S(LINT_NAMES), &names);

	if (r < 0)
		return r;
	l.names = automaton_of(s, &names);
	l.of = news(s, struct lint_rule *, all->n);
	mapping_prepare(s, all, MAPPING_MANY);
	for (size_t i = 0; i < all->n; i++) {
		l.of[i] = news(s, struct lint_rule, all->v[i].rules.n);
		lint_look(&l, i);
		lint_file(k, &l);
	}
	for (size_t i = 0; i < all->n && !list->n; i++) {
		lint_look(&l, i);
		lint_kernels(k, &l, (const char *const *)(void *)l.made.p, l.made.n / sizeof(char *));
	}
	lint_images(&l);
	for (size_t i = 0; i < all->n; i++) {
		lint_look(&l, i);
		for (size_t j = 0; j < l.m->rules.n; j++)
			lint_image(k, &l, j);
	}
	*out = (struct lint_finding *)(void *)l.findings.p;
	*n = l.findings.n / sizeof **out;
	if (*n)
		qsort(*out, *n, sizeof **out, lint_cmp);
	return 0;
}

#endif
