/* cmd_explain.c - say why a kernel gets what it gets. */
#ifndef KML_CMD_EXPLAIN_C
#define KML_CMD_EXPLAIN_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../format/emit.c"
#include "../format/kver.c"
#include "../format/rune.c"
#include "../site/mapping.c"
#include "kernel_list.c"
#include "registries.c"

struct explain_args {
	struct kernels_from kernels;
	struct registries registries;
	const char *config;
	bool json;
};

static const struct opt explain_opts[] = {
	OPT(struct explain_args, config, 'c', "config", "FILE", "read this kml.ini"),
	OPT(struct explain_args, json,   0,   "json",   NULL,   "print JSON"),
	KERNEL_LIST_OPTS(struct explain_args),
	REGISTRIES_OPTS(struct explain_args),
};

/* What is said of each rule of a file whatever the kernel, as text or as JSON. */
static struct str *explain_heads(struct scope *s, const struct mapping *m, bool json)
{
	struct str *heads = news(s, struct str, m->rules.n);

	for (size_t i = 0; i < m->rules.n; i++) {
		const struct rule *rule = &m->rules.v[i];
		const char *kind = rule_kind_word(rule->kind);
		struct buf b = { .s = s };

		if (!json) {
			buf_format(&b, "  %-11.*s %s:%d: %s %.*s ", FMT(rule->section->name), m->file,
			           rule->test->line, kind, FMT(rule->test->value));
		} else {
			emit_open(&b, '{');
			emit_pair(&b, "name", rule->section->name);
			emit_pair(&b, kind, rule->test->value);
			emit_key(&b, S("line"));
			emit_uint(&b, (uint64_t)rule->test->line);
			emit_key(&b, S("matches"));
		}
		heads[i] = buf_str(&b);
	}
	return heads;
}

/* ---- for people ---------------------------------------------------------- */

static void explain_rules(struct buf *b, const struct resolved *out, const struct str *heads)
{
	for (size_t i = 0; i < out->ntried; i++) {
		buf_add(b, heads[i]);
		buf_add(b, str_of(out->tried[i].why));
		buf_byte(b, '\n');
	}
	if (!out->ntried)
		buf_add(b, S("  there is none\n"));
}

/* Blanks, at least `least`, up to column `to` of what began at `from`. */
static void explain_column(struct buf *b, size_t from, size_t to, int least)
{
	size_t n = b->n - from;

	buf_format(b, "%*s", n < to ? (int)(to - n) : least, "");
}

static void explain_value(struct buf *b, const char *key, const char *part,
                          const struct resolved_value *v)
{
	size_t from = b->n;

	buf_format(b, "  %s%s", key, part);
	explain_column(b, from, 14, 1);
	buf_add(b, *v->text ? str_of(v->text) : S("(none)"));
	explain_column(b, from, 55, 2);
	if (v->from.line)
		buf_format(b, "%s:%d %s\n", v->from.file, v->from.line, v->from.section);
	else
		buf_add(b, S("by default\n"));
	for (size_t i = 0; i < v->nsteps; i++) {
		const struct template_step *t = &v->steps[i];

		buf_format(b, "                %.*s -> %.*s (%.*s %s)\n", FMT(t->from), FMT(t->to),
		           FMT(t->name), t->why);
	}
}

static void explain_text(struct buf *b, const struct resolved *out, const struct str *heads,
                         bool mapped)
{
	buf_format(b, "kernel        %s\n", out->kernel);
	if (strcmp(out->matched, out->kernel))
		buf_format(b, "  rules see   %s\n", out->matched);
	if (strcmp(out->normal, out->matched))
		buf_format(b, "  normalised  %s\n", out->normal);
	buf_format(b, "rules of %s\n", out->file);
	explain_rules(b, out, heads);
	if (!mapped)
		return;
	buf_add(b, S("values\n"));
	for (int i = 0; i < RESOLVED_KEYS; i++)
		if (out->values[i].text)
			explain_value(b, resolved_fields[i].key, "", &out->values[i]);
	for (size_t i = 0; i < out->nargs; i++)
		explain_value(b, "arg.", out->args[i].name.p, &out->args[i].value);
	for (size_t i = 0; i < out->nvars; i++)
		explain_value(b, "var.", out->vars[i].name.p, &out->vars[i].value);
}

/* ---- for programs -------------------------------------------------------- */

static void explain_json_rules(struct buf *b, const struct resolved *out,
                               const struct str *heads)
{
	emit_key(b, S("rules"));
	emit_open(b, '[');
	for (size_t i = 0; i < out->ntried; i++) {
		const struct resolved_try *t = &out->tried[i];

		emit_word(b, heads[i]);
		emit_word(b, t->matches ? S("true") : S("false"));
		emit_pair(b, "why", str_of(t->why));
		if (t->matches && t->rule->skip)
			emit_pair(b, "skip", t->rule->skip->value);
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

static void explain_json_value(struct buf *b, struct str key, const struct resolved_value *v)
{
	emit_key(b, key);
	emit_open(b, '{');
	emit_pair(b, "value", str_of(v->text));
	if (v->from.line) {
		emit_pair(b, "written", str_of(v->written));
		emit_key(b, S("line"));
		emit_uint(b, (uint64_t)v->from.line);
		emit_pair(b, "section", str_of(v->from.section));
	}
	if (v->nsteps) {
		emit_key(b, S("steps"));
		emit_open(b, '[');
		for (size_t i = 0; i < v->nsteps; i++) {
			emit_open(b, '{');
			emit_pair(b, "from", v->steps[i].from);
			emit_pair(b, "to", v->steps[i].to);
			emit_pair(b, "variable", v->steps[i].name);
			emit_pair(b, "why", str_of(v->steps[i].why));
			emit_close(b, '}');
		}
		emit_close(b, ']');
	}
	emit_close(b, '}');
}

static void explain_json_family(struct buf *b, const char *family,
                                const struct resolved_arg *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		explain_json_value(b, str_of(scope_format(b->s, "%s%.*s", family, FMT(v[i].name))),
		                   &v[i].value);
}

/* One file's answer; `error` is NULL or why there is none. */
static void explain_json(struct buf *b, const struct resolved *out, const struct str *heads,
                         const char *error)
{
	emit_open(b, '{');
	emit_pair(b, "file", str_of(out->file));
	emit_pair(b, "kernel", str_of(out->kernel));
	emit_pair(b, "matched", str_of(out->matched));
	emit_pair(b, "normalised", str_of(out->normal));
	emit_pair(b, "dns", kver_dns_safe(b->s, str_of(out->matched)));
	explain_json_rules(b, out, heads);
	if (error) {
		struct str text = str_of(error);

		while (!rune_is_text(text))
			text.n--;       /* it was cut to the room there is */
		emit_pair(b, "error", text);
	} else {
		emit_pair(b, "rule", str_of(out->rule));
		emit_key(b, S("values"));
		emit_open(b, '{');
		for (int i = 0; i < RESOLVED_KEYS; i++)
			if (out->values[i].text)
				explain_json_value(b, str_of(resolved_fields[i].key), &out->values[i]);
		explain_json_family(b, "arg.", out->args, out->nargs);
		explain_json_family(b, "var.", out->vars, out->nvars);
		emit_close(b, '}');
	}
	emit_close(b, '}');
}

/* ---- the applet ---------------------------------------------------------- */

struct explain {
	const struct mappings *all;
	struct str **heads;             /* for each file, see explain_heads() */
	struct buf b;                   /* what is to be printed */
	bool json;
};

/* One kernel's answers.  Of several files it is enough that one covers the kernel. */
static int explain_kernel(struct kml *k, struct scope *s, struct explain *e, const char *kernel)
{
	size_t mapped = 0;
	int r = 0;

	for (size_t i = 0; i < e->all->n; i++) {
		struct resolved out;
		int one = mapping_resolve(k, s, &e->all->v[i], kernel, &out);

		if (one < 0 && one != KML_UNMAPPED)
			return one;
		r = one < 0 ? one : r;
		mapped += one == 0;
		if (e->json)
			explain_json(&e->b, &out, e->heads[i], one < 0 ? k->msg : NULL);
		else
			explain_text(&e->b, &out, e->heads[i], one == 0);
	}
	return mapped ? 0 : r;
}

/* Print what is there; of JSON but for the last byte, which says whether a comma is due. */
static void explain_flush(struct explain *e)
{
	size_t left = e->json;

	if (e->b.n == left)
		return;
	fwrite(e->b.p, 1, e->b.n - left, stdout);
	memmove(e->b.p, e->b.p + (e->b.n - left), left);
	e->b.n = left;
}

/* All kernels.  Of those that are not covered, the first is the failure. */
static int explain_all(struct kml *k, struct scope *s, const struct mappings *all,
                       const struct kernels *kernels, bool json)
{
	struct explain e = { all, news(s, struct str *, all->n), { .s = s }, json };
	const char *first = NULL;
	int r = 0;

	mapping_prepare(s, all, kernels->n);
	for (size_t i = 0; i < all->n; i++)
		e.heads[i] = explain_heads(s, &all->v[i], json);
	if (json)
		emit_open(&e.b, '[');
	for (size_t i = 0; i < kernels->n && (r == 0 || r == KML_UNMAPPED); i++) {
		struct scope *t = scope_begin(s);

		r = explain_kernel(k, t, &e, kernels->v[i]);
		scope_end(t);
		explain_flush(&e);
		if (r == KML_UNMAPPED && !first)
			first = scope_text(s, str_of(k->msg));
	}
	if (r < 0 && r != KML_UNMAPPED)
		return r;
	if (json)
		printf("%.*s]\n", FMT(buf_str(&e.b)));
	return first ? fail(k, KML_UNMAPPED, "%s", first) : 0;
}

static int explain_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct explain_args *o = args;
	const char *config = o->config ? o->config : env_get("KML_CONFIG");
	struct remote_options remote;
	struct kernels kernels;
	struct mappings all;
	int r = registries_options(k, &o->registries, &remote);

	(void)operands;
	if (r < 0 || (r = mapping_load_config(k, s, config, &all)) < 0 ||
	    (r = kernel_list_find(k, s, &o->kernels, &all, &remote, &kernels)) < 0)
		return r;
	return explain_all(k, s, &all, &kernels, o->json);
}

static const struct applet applet_explain = {
	.name = "explain", .synopsis = "[-c FILE] [-k KVER]... [--json]",
	.brief = "Say which rule of kml.ini covers a kernel, and where each value comes from.",
	.detail = "The rules are tried in the order of the file, and the first that matches wins.\n"
	          "Each value is shown with the line it comes from and each step of its template.\n"
	          "Without a list it is the running kernel.\n"
	          "Exit status: 3 when no rule covers a kernel.",
	.opts = explain_opts, .nopts = countof(explain_opts),
	.argsize = sizeof(struct explain_args), .run = explain_run,
};

#endif
