/* lint.c - what is wrong with a kml.ini that reads well.
 *
 * Which images kernels get is seen from kernels: those of a list, or where there is none
 * the literals, and a name made up for each regexp and range.
 */
#ifndef KML_LINT_C
#define KML_LINT_C

#include "../ground/base.c"
#include "../format/automaton.c"
#include "../format/kver.c"
#include "../format/ref.c"
#include "../format/settings.c"
#include "../format/template.c"
#include "kernels.c"
#include "mapping.c"
#include "reach.c"
#include "reached.c"
#include "resolved.c"
#include "rule.c"

struct lint_finding {
	const char *file;
	size_t at;                      /* of the file, in the order of the command */
	int line;
	const char *kind, *text;
};

/* `n` pairs of kernels that have one image, such as these. */
struct lint_pair { const char *a, *b; size_t n; };

/* What was found out of a rule. */
struct lint_rule {
	size_t kernels;                 /* how many it covers */
	struct lint_pair alike, same;   /* normalised they are the same; they are others */
};

/* A kernel and the image that it gets. */
struct lint_use {
	const char *image, *kernel, *normal;
	struct str target;
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
	bool *bad;                      /* [rule]: something is said that explains the rest */
};

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

/* Say that the `n` rules of `by`, all together, leave nothing of this one. */
static void lint_shadowed(struct lint *l, const struct rule *rule, const size_t *by, size_t n)
{
	const char *v[LINT_NAMED];

	for (size_t j = 0; j < n && j < LINT_NAMED; j++)
		v[j] = lint_where(l, &l->m->rules.v[by[j]]);
	lint_say(l, rule->test->line, "shadowed", "%.*s covers nothing that %s %s; put it before "
	         "%s, or take it out", FMT(rule->section->title), lint_list(l->s, v, n),
	         n > 1 ? "together leave" : "leaves", n > 1 ? "them" : "that");
}

/* The same text as an earlier rule? */
static bool lint_duplicate(struct lint *l, size_t i)
{
	const struct rule *v = l->m->rules.v, *rule = &v[i];

	for (size_t j = 0; j < i; j++)
		if (v[j].kind == rule->kind && str_eq(v[j].test->value, rule->test->value)) {
			lint_say(l, rule->test->line, "duplicate", "%.*s has the %s of %s, which comes "
			         "first; take one of them out", FMT(rule->section->title),
			         rule_kind_word(rule->kind), lint_where(l, &v[j]));
			return true;
		}
	return false;
}

/* Does the literal name a kernel? */
static bool lint_literal(struct kml *k, struct lint *l, const struct rule *rule)
{
	struct str name = rule->test->value;
	struct template_var vars[KVER_VARS];

	if (str_ends(name, S("+")))
		lint_say(l, rule->test->line, "literal", "%.*s matches no kernel: a '+' at the end is "
		         "dropped before rules are tried; write literal = %.*s",
		         FMT(rule->section->title), (int)name.n - 1, name.p);
	else if (kver_check(k, name) < 0 || (!rule->skip && kver_vars(k, l->s, name, vars) < 0))
		lint_say(l, rule->test->line, "literal", "%.*s: %s", FMT(rule->section->title), k->msg);
	else
		return true;
	return false;
}

/* Say that the rule matches no name, and what may be wrong with it. */
static void lint_never(struct lint *l, const struct rule *rule)
{
	struct str text = rule->test->value;
	char c = 0;

	while (text.n && !c && rule->kind == RULE_REGEXP) {
		str_take(&text, '\\');
		c = text.n && memchr("afnrtv", text.p[0], 6) ? text.p[0] : 0;
		text = str_from(text, 1);
	}
	if (rule->kind == RULE_RANGE)
		lint_say(l, rule->test->line, "never", "%.*s matches no kernel: nothing is %.*s",
		         FMT(rule->section->title), FMT(rule->test->value));
	else if (c)
		lint_say(l, rule->test->line, "never", "%.*s matches no kernel: '\\%c' is a control "
		         "character, which no name has; a dot is written \\.",
		         FMT(rule->section->title), c);
	else
		lint_say(l, rule->test->line, "never", "%.*s matches no kernel: a name begins with a "
		         "version, as 6.1.0 does, and has neither blanks nor '/'; ^ and $ are its ends",
		         FMT(rule->section->title));
}

/* Find out whether any kernel gets to rule `i`, and note one that does. */
static void lint_reached(struct kml *k, struct lint *l, struct scope *s, struct reached *q)
{
	const struct rule *rule = &q->rules[q->i];
	const char *name;

	switch (reached_find(k, s, q)) {
	case REACHED_UNKNOWN:
		break;
	case REACHED_BY:
		name = scope_text(l->s, str_of(q->name));
		buf_add(&l->made, (struct str){ (char *)&name, sizeof name });
		break;
	case REACHED_NEVER:
		lint_never(l, rule);
		l->bad[q->i] = true;
		break;
	case REACHED_SHADED:
		lint_shadowed(l, rule, q->by, q->nby);
		l->bad[q->i] = true;
	}
}

/* Find rules that no kernel gets to; one that covers kernels of the list needs no look. */
static void lint_rules(struct kml *k, struct lint *l)
{
	const struct rule_list *rules = &l->m->rules;
	struct reached q = { &l->m->set, rules->v, l->bad, l->names, 0, NULL, NULL, 0 };

	for (; q.i < rules->n; q.i++) {
		const struct rule *rule = &rules->v[q.i];
		struct scope *t = scope_begin(l->s);

		if (!l->rules[q.i].kernels) {
			l->bad[q.i] = lint_duplicate(l, q.i) ||
			              (rule->kind == RULE_LITERAL && !lint_literal(k, l, rule));
			if (!l->bad[q.i])
				lint_reached(k, l, t, &q);
		}
		if (q.i + 2 < rules->n && !l->bad[q.i] && reached_all(t, &q)) {
			lint_say(l, rules->v[q.i + 1].test->line, "shadowed", "no kernel gets to the "
			         "%zu rules from here on: %s matches every one; put it last",
			         rules->n - q.i - 1, lint_where(l, rule));
			while (++q.i < rules->n)
				l->bad[q.i] = true;
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
		struct ref ref;

		if (covered)
			l->rules[at].kernels++;
		if (r == 0 && ref_parse(k, t, str_of(out.image), &ref) < 0) {
			if (!lint_said(l, out.values[RESOLVED_IMAGE].from.line, "reference"))
				lint_say(l, out.values[RESOLVED_IMAGE].from.line, "reference", "%s", k->msg);
		} else if (r == 0) {
			const char *image = scope_text(l->s, str_of(out.image));
			struct lint_use use = { image, v[i], scope_text(l->s, str_of(out.normal)),
				reach_target(k, l->s, l->m->base, image), l->at, at,
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

static int lint_use_cmp(const void *a, const void *b)
{
	const struct lint_use *x = a, *y = b;
	int r = str_cmp(x->target, y->target);

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

		if (!str_eq(a->target, b->target))
			continue;
		lint_look(l, b->file);
		if (a->file != b->file && !lint_said(l, b->line, "shared")) {
			lint_say(l, b->line, "shared", "for kernel %s this is %s, as is the image of %s:%d; "
			         "two sets of modules need two images, unless one has both", b->kernel,
			         b->image, l->all->v[a->file].file, a->line);
		} else if (a->file == b->file && strcmp(a->kernel, b->kernel)) {
			struct lint_pair *p = strcmp(a->normal, b->normal) ? &rule->same : &rule->alike;

			if (!p->n++)
				*p = (struct lint_pair){ a->kernel, b->kernel, 1 };
		}
	}
}

/* What is to be said of each rule's image. */
static void lint_image(struct lint *l, size_t i)
{
	const struct rule *rule = &l->m->rules.v[i];
	const struct lint_rule *found = &l->rules[i];
	const struct settings_section *where;
	const struct settings_entry *e = resolved_written(&l->m->set, rule, RESOLVED_IMAGE, &where);

	if (l->list->n && found->same.n && !lint_said(l, e->line, "image"))
		lint_say(l, e->line, "image", "kernels %s and %s%s have one image; unless it has modules "
		         "for each, write ${KERNEL_FULL_VERSION} into its tag", found->same.a,
		         found->same.b, found->same.n > 1 ? " (and more)" : "");
	else if (found->alike.n && !lint_said(l, e->line, "collision"))
		lint_say(l, e->line, "collision", "kernels %s and %s%s have one image: their names differ "
		         "only where a tag has '_' or nothing; give one an image of its own",
		         found->alike.a, found->alike.b, found->alike.n > 1 ? " (and more)" : "");
}

/* ---- variables ----------------------------------------------------------- */

/* Does the template use the variable? */
static bool lint_mentions(struct str text, struct str name)
{
	while (text.n) {
		str_take(&text, '$');
		if (str_starts(text, S("$"))) {
			text = str_from(text, 1);
			continue;
		}
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
	for (size_t i = 0; i < rules->n && l->list->n > 1; i++)
		if (!l->rules[i].kernels && !l->bad[i])
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
static struct lint_finding *lint_all(struct kml *k, struct scope *s, const struct mappings *all,
                                     const struct kernels *list, size_t *n)
{
	struct lint l = { .s = s, .all = all, .list = list, .findings.s = s, .uses.s = s,
	                  .made.s = s };
	struct lint_finding *out;

	l.names = reached_names(k, s);
	l.of = news(s, struct lint_rule *, all->n);
	mapping_prepare(s, all, MAPPING_MANY);
	for (size_t i = 0; i < all->n; i++) {
		l.of[i] = news(s, struct lint_rule, all->v[i].rules.n);
		l.bad = news(s, bool, all->v[i].rules.n);
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
			lint_image(&l, j);
	}
	out = (struct lint_finding *)(void *)l.findings.p;
	*n = l.findings.n / sizeof *out;
	if (*n)
		qsort(out, *n, sizeof *out, lint_cmp);
	return out;
}

#endif
