/* mapping.c - which image, which module, which options for this kernel.
 *
 * A kml.ini describes one module set.  Its [kernel NAME] sections are rules,
 * tried in the order of the file; the first that matches wins.
 *
 * What KMM finds out only when it gets there, kml says when the file is read:
 * every pattern is compiled, every template expanded once, every reference to
 * an image looked at.
 */
#ifndef KML_MAPPING_C
#define KML_MAPPING_C

#include "../ground/base.c"
#include "../ground/sys.c"
#include "../format/kver.c"
#include "../format/ref.c"
#include "../format/settings.c"
#include "resolved.c"
#include "rule.c"

/* One kml.ini. */
struct mapping {
	const char *file;
	const char *base;               /* its directory: "" or ending in '/' */
	struct settings set;
	struct rule_list rules;
};

struct mappings { struct mapping *v; size_t n; };

/* ---- reading files ------------------------------------------------------- */

/* A section [registry HOST]. */
static int mapping_check_registry(struct kml *k, const struct settings *set,
                                  const struct settings_section *c)
{
	const struct settings_entry *insecure = settings_get(c, "insecure");
	const struct settings_entry *cert = settings_get(c, "cert"), *key = settings_get(c, "key");
	int r = ref_check_host(k, c->name);

	if (r < 0)
		return settings_at(k, KML_BAD, set, c->line);
	if (insecure && !str_eq(insecure->value, S("yes")) && !str_eq(insecure->value, S("no")))
		return settings_at(k, fail(k, KML_BAD, "insecure is yes or no, not '%.*s'",
		                           FMT(insecure->value)), set, insecure->line);
	if (!cert != !key)
		return settings_at(k, fail(k, KML_BAD, "%.*s has a %s but no %s", FMT(c->title),
		                           cert ? "cert" : "key", cert ? "key" : "cert"), set,
		                   (cert ? cert : key)->line);
	return 0;
}

/* What is wrong with any rule whatever the kernel, found with some kernel. */
static int mapping_check(struct kml *k, struct scope *s, const struct mapping *m)
{
	int r = 0;

	for (const struct settings_section *c = m->set.first; r == 0 && c; c = c->next)
		if (str_eq(c->kind, S("registry")))
			r = mapping_check_registry(k, &m->set, c);
	for (size_t i = 0; r == 0 && i < m->rules.n; i++) {
		struct resolved probe = { .kernel = "1.2.3", .matched = "1.2.3", .normal = "1.2.3" };
		struct scope *t = scope_begin(s);

		if (!m->rules.v[i].skip)
			r = resolved_fill(k, t, &m->set, &m->rules.v[i], &probe);
		scope_end(t);
	}
	return r;
}

/* Read one kml.ini from its text. */
static int mapping_parse(struct kml *k, struct scope *s, const char *file, struct str text,
                         struct mapping *m)
{
	struct str path = str_of(file);
	int r;

	*m = (struct mapping){ .file = file };
	path.n -= str_base(path).n;
	m->base = scope_text(s, path);
	if ((r = settings_parse(k, s, file, text, &m->set)) < 0)
		return r;
	if (!settings_find(&m->set, "module"))
		return fail(k, KML_BAD, "%s: there is no [module] section", file);
	if ((r = rule_all(k, s, &m->set, &m->rules)) < 0)
		return r;
	return mapping_check(k, s, m);
}

static int mapping_read(struct kml *k, struct scope *s, const char *file, struct mapping *m)
{
	struct scope *t = scope_begin(s);
	struct str text;
	int r = sys_read_file(k, t, file, &text);

	if (r < 0)
		r = fail_in(k, r, "%s", file);
	else
		r = mapping_parse(k, s, scope_text(s, str_of(file)), text, m);
	scope_end(t);
	return r;
}

enum { MAPPING_MANY = 50 };     /* kernels for which a table is worth its while */

#define MAPPING_DIRECTORY "/etc/kml"

/* ./kml.ini, or else all of /etc/kml/ that ends in .ini. */
static int mapping_look(struct kml *k, struct scope *s, const char *const **out)
{
	struct sys_entry *e = NULL;
	size_t n = 0, found = 0;
	const char **files;
	int r;

	if (sys_exists(k, s, "kml.ini")) {
		*out = files = news(s, const char *, 2);
		files[0] = "kml.ini";
		return 0;
	}
	r = sys_list(k, s, MAPPING_DIRECTORY, &e, &n);
	if (r < 0 && r != KML_NOTFOUND)
		return fail_in(k, r, MAPPING_DIRECTORY);
	*out = files = news(s, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		if (str_ends(str_of(e[i].name), S(".ini")) && e[i].name[0] != '.')
			files[found++] = scope_format(s, MAPPING_DIRECTORY "/%s", e[i].name);
	return found ? 0 : fail(k, KML_NOTFOUND, "no kml.ini here and none in " MAPPING_DIRECTORY
	                        "; name one with -c FILE");
}

/* Read `files`, which NULL ends, or when it is NULL those that kml looks for.
 * What it says of a file is about the file: "FILE:LINE: sentence". */
static int mapping_load(struct kml *k, struct scope *s, const char *const *files,
                        struct mappings *out)
{
	size_t n = 0;
	int r = files ? 0 : mapping_look(k, s, &files);

	if (r < 0)
		return r;
	while (files[n])
		n++;
	*out = (struct mappings){ news(s, struct mapping, n), 0 };
	for (; r == 0 && out->n < n; out->n += r == 0)
		r = mapping_read(k, s, files[out->n], &out->v[out->n]);
	return r;
}

/* Read the one file `config`, or when it is NULL those that kml looks for. */
static int mapping_load_config(struct kml *k, struct scope *s, const char *config,
                               struct mappings *out)
{
	const char *files[] = { config, NULL };

	return mapping_load(k, s, config ? files : NULL, out);
}

/* Have what `n` kernels are asked of made, where that is faster. */
static void mapping_prepare(struct scope *s, const struct mappings *all, size_t n)
{
	for (size_t i = 0; i < all->n && n >= MAPPING_MANY; i++)
		rule_tables(s, &all->v[i].rules);
}

/* ---- the answer ---------------------------------------------------------- */

enum { MAPPING_NAMED = 6 };     /* rules that a refusal names */

static int mapping_unmapped(struct kml *k, struct scope *s, const struct mapping *m,
                            const struct resolved *out)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < out->ntried && i < MAPPING_NAMED; i++) {
		const struct rule *rule = out->tried[i].rule;

		buf_format(&b, "%s%.*s (%s %.*s)", i ? ", " : "", FMT(rule->section->name),
		           rule_kind_word(rule->kind), FMT(rule->test->value));
	}
	if (!out->ntried)
		return fail(k, KML_UNMAPPED, "%s: there is no [kernel NAME] section, so no kernel is "
		            "covered; add one, with regexp = . for all of them", m->file);
	if (out->ntried > MAPPING_NAMED)
		buf_format(&b, " and %zu more", out->ntried - MAPPING_NAMED);
	return fail(k, KML_UNMAPPED, "%s: no rule covers kernel %s; tried: %.*s", m->file,
	            out->kernel, FMT(buf_str(&b)));
}

/* What the kernel `kver`, as uname -r says it, is to load.  KML_UNMAPPED when no
 * rule matches, with the rules, or when the one that does says skip, with its
 * reason; out->tried holds in any case what was tried. */
static int mapping_resolve(struct kml *k, struct scope *s, const struct mapping *m,
                           const char *kver, struct resolved *out)
{
	struct str matched = kver_matched(str_of(kver));
	const struct rule *rule = NULL;

	*out = (struct resolved){ .kernel = scope_text(s, str_of(kver)), .file = m->file };
	out->matched = scope_text(s, matched);
	out->normal = kver_normal(s, matched).p;
	out->base = m->base;
	out->tried = news(s, struct resolved_try, m->rules.n);
	if (kver_check(k, str_of(kver)) < 0)
		return KML_BAD;
	while (!rule && out->ntried < m->rules.n) {
		struct resolved_try *t = &out->tried[out->ntried];
		int r;

		t->rule = &m->rules.v[out->ntried];
		if ((r = rule_match(k, s, &m->set, t->rule, matched, &t->matches, &t->why)) < 0)
			return r;
		rule = t->matches ? t->rule : NULL;
		out->ntried++;
	}
	if (!rule)
		return mapping_unmapped(k, s, m, out);
	out->rule = rule->section->name.p;
	if (rule->skip)
		return settings_at(k, fail(k, KML_UNMAPPED, "kernel %s is skipped by %.*s: %.*s", kver,
		                           FMT(rule->section->title), FMT(rule->skip->value)),
		                   &m->set, rule->skip->line);
	return resolved_fill(k, s, &m->set, rule, out);
}

#endif
