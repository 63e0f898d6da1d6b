/* export.c - a kml.ini as a Module of Kernel Module Management (KMM).
 *
 * What import.c makes of the result means the same as the kml.ini.  A Module demands
 * an image in each of its mappings, and a Dockerfile where there are build arguments:
 * they are written there, whichever section they come from.  A template keeps the
 * variables that KMM has; others are written out.  What a Module has no word for is
 * lost with a warning.
 */
#ifndef KML_EXPORT_C
#define KML_EXPORT_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../format/emit.c"
#include "../format/kver.c"
#include "../format/settings.c"
#include "../format/template.c"
#include "import.c"
#include "mapping.c"
#include "resolved.c"

struct export {
	struct kml *k;
	struct scope *s;
	const struct mapping *m;
	const char *name, *space;       /* metadata; space: NULL for none */
	const char *pull_secret;        /* may be NULL */
	struct opt_list nodes;          /* KEY=VALUE */
	const char *told;               /* the Dockerfile that was spoken of */
	bool unbuilt;                   /* so was that there is none */
	struct buf b;
};

/* ---- what every kind of object has --------------------------------------- */

static int export_check_name(struct kml *k, struct scope *s, const char *what, const char *name)
{
	struct str t = str_of(name);

	return t.n && t.n <= 63 && str_eq(kver_dns_safe(s, t), t) ? 0 :
		fail(k, KML_BAD, "'%s' cannot be a %s of Kubernetes: at most 63 small letters, digits "
		     "and '-'", name, what);
}

/* A name of a Secret or of a ConfigMap. */
static bool export_is_subdomain(struct scope *s, struct str name)
{
	struct str rest = name, part;
	bool is = name.n && name.n <= 253 && !str_ends(name, S("."));

	while (is && rest.n) {
		part = str_take(&rest, '.');
		is = part.n && part.n <= 63 && str_eq(kver_dns_safe(s, part), part);
	}
	return is;
}

static const char *export_module_key(const struct export *e, const char *key)
{
	const struct settings_entry *v = settings_get(settings_find(&e->m->set, "module"), key);

	return v && v->value.n ? v->value.p : NULL;
}

/* Set the names that the options left open: `prefix` and the module's name. */
static int export_names(struct export *e, const char *prefix)
{
	const char *module = export_module_key(e, "name");
	int r;

	if (!module)
		return fail(e->k, KML_BAD, "%s: [module] has no name", e->m->file);
	if (!e->name)
		e->name = kver_dns_safe(e->s, str_of(scope_format(e->s, "%s%s", prefix, module))).p;
	if (!e->space)
		e->space = export_module_key(e, "namespace");
	if ((r = export_check_name(e->k, e->s, "name", e->name)) == 0 && e->space)
		r = export_check_name(e->k, e->s, "namespace", e->space);
	if (r == 0 && e->pull_secret && !export_is_subdomain(e->s, str_of(e->pull_secret)))
		r = fail(e->k, KML_BAD, "'%s' cannot be a pull secret of Kubernetes: at most 253 small "
		         "letters, digits, '-' and '.'", e->pull_secret);
	return r;
}

static void export_metadata(struct export *e)
{
	emit_open(&e->b, '{');
	emit_pair(&e->b, "name", str_of(e->name));
	if (e->space)
		emit_pair(&e->b, "namespace", str_of(e->space));
	emit_close(&e->b, '}');
}

/* The labels of the nodes that are meant. */
static int export_nodes(struct export *e)
{
	emit_open(&e->b, '{');
	for (size_t i = 0; i < e->nodes.n; i++) {
		struct str rest = str_of(e->nodes.v[i]), key = str_take(&rest, '=');

		if (!key.n || key.p + key.n == rest.p || !emit_is_utf8(str_of(e->nodes.v[i])))
			return fail(e->k, KML_USAGE, "--node-selector is KEY=VALUE, not '%s'",
			            e->nodes.v[i]);
		for (size_t j = 0; j < i; j++) {
			struct str other = str_of(e->nodes.v[j]);

			if (str_eq(str_take(&other, '='), key))
				return fail(e->k, KML_USAGE, "--node-selector %.*s stands twice", FMT(key));
		}
		emit_key(&e->b, key);
		emit_text(&e->b, rest);
	}
	if (!e->nodes.n)
		emit_pair(&e->b, "kubernetes.io/os", S("linux"));
	emit_close(&e->b, '}');
	return 0;
}

/* ---- what is lost -------------------------------------------------------- */

/* The keys that have a place in a Module, of which section. */
static bool export_has(const struct settings_section *c, struct str key)
{
	struct str word, keys = str_eq(c->kind, S("module")) ?
		S("name namespace dir order parameters firmware replaces image tls") :
		str_eq(c->kind, S("build")) ? S("dockerfile") : str_eq(c->kind, S("kernel")) ?
		S("literal regexp replaces image tls dockerfile") : S("");
	bool has = str_starts(key, S("arg.")) || str_starts(key, S("var."));

	while (!has && (word = str_word(&keys)).n)
		has = str_eq(word, key);
	return has;
}

static void export_lost(const struct export *e, const struct settings_section *c)
{
	for (const struct settings_entry *v = c->first; v; v = v->next)
		if (!export_has(c, v->key))
			note(e->k, KML_WARNING, "%s:%d: %.*s in %.*s is lost: a Module has no word for "
			     "it there", e->m->file, v->line, FMT(v->key), FMT(c->title));
}

/* A Module has neither ranges nor rules that skip; is this rule of another kind? */
static bool export_rule_has(const struct export *e, const struct rule *rule)
{
	const struct settings_entry *v = rule->skip ? rule->skip : rule->test;

	if (!rule->skip && rule->kind != RULE_RANGE)
		return true;
	note(e->k, KML_WARNING, "%s:%d: %.*s is lost: a Module has no %.*s; its kernels are left to "
	     "the rules below", e->m->file, v->line, FMT(rule->section->title), FMT(v->key));
	return false;
}

/* ---- values -------------------------------------------------------------- */

static void export_text(struct export *e, const char *field, const char *text)
{
	if (text && *text)
		emit_pair(&e->b, field, str_of(text));
}

/* Names between blanks or commas; parameters between blanks that are in no quotes. */
static void export_list(struct export *e, const char *field, struct str text, bool quotes)
{
	bool quoted = false;

	emit_key(&e->b, str_of(field));
	emit_open(&e->b, '[');
	while (text.n) {
		size_t n = 0;

		for (; n < text.n && (quoted || !memchr(" \t,", text.p[n], quotes ? 2 : 3)); n++)
			quoted ^= quotes && text.p[n] == '"';
		if (n)
			emit_text(&e->b, (struct str){ text.p, n });
		text = str_from(text, n + 1);
	}
	emit_close(&e->b, ']');
}

static void export_reference(struct export *e, const char *field, const char *name)
{
	emit_key(&e->b, str_of(field));
	emit_open(&e->b, '{');
	emit_pair(&e->b, "name", str_of(name));
	emit_close(&e->b, '}');
}

/* What both levels have, where it is written in `c`. */
static void export_level(struct export *e, const struct settings_section *c)
{
	const struct settings_entry *replaces = settings_get(c, "replaces");
	const struct settings_entry *tls = settings_get(c, "tls");
	struct str word, rest;

	if (replaces)
		export_list(e, "inTreeModulesToRemove", replaces->value, false);
	if (!tls)
		return;
	emit_key(&e->b, S("registryTLS"));
	emit_open(&e->b, '{');
	for (rest = tls->value; (word = str_word(&rest)).n;) {
		emit_key(&e->b, word.p[0] == 'i' ? S("insecure") : S("insecureSkipTLSVerify"));
		emit_word(&e->b, S("true"));
	}
	emit_close(&e->b, '}');
}

/* The image's template, as KMM will read it. */
static int export_image(struct export *e, struct resolved *out)
{
	struct template_var *v = news(e->s, struct template_var, IMPORT_VARS + out->nvars);
	struct template t = { .vars = v };
	struct str text = str_of(out->name);

	import_vars(e->k, e->s, strcmp(out->name, e->name) ? text : S(""), v);
	for (size_t i = 0; i <= out->nvars; i++) {
		bool own = i < out->nvars;
		struct resolved_value *from = own ? &out->vars[i].value : &out->values[RESOLVED_IMAGE];
		int r;

		t = (struct template){ .vars = v, .nvars = IMPORT_VARS + i };
		if ((r = template_expand(e->k, e->s, str_of(from->written), &t, &text)) < 0)
			return r;
		if (own)
			v[IMPORT_VARS + i] = (struct template_var){ out->vars[i].name, text };
	}
	emit_pair(&e->b, "containerImage", template_kept(e->s, text));
	return 0;
}

static void export_build(struct export *e, const char *dockerfile, const struct resolved_arg *v,
                         size_t n)
{
	struct str base = str_base(str_of(dockerfile));
	const char *name = export_is_subdomain(e->s, base) ? base.p : kver_dns_safe(e->s, base).p;

	if (strcmp(name, dockerfile) && (!e->told || strcmp(e->told, dockerfile)))
		note(e->k, KML_WARNING, "KMM takes a Dockerfile from a ConfigMap: kubectl create "
		     "configmap %s --from-file=dockerfile=%s", name, dockerfile);
	e->told = dockerfile;
	emit_key(&e->b, S("build"));
	emit_open(&e->b, '{');
	export_reference(e, "dockerfileConfigMap", name);
	if (n) {
		emit_key(&e->b, S("buildArgs"));
		emit_open(&e->b, '[');
	}
	for (size_t i = 0; i < n; i++) {
		emit_open(&e->b, '{');
		emit_pair(&e->b, "name", v[i].name);
		emit_pair(&e->b, "value", str_of(v[i].value.text));
		emit_close(&e->b, '}');
	}
	if (n)
		emit_close(&e->b, ']');
	emit_close(&e->b, '}');
}

/* ---- a Module ------------------------------------------------------------ */

static int export_rule(struct export *e, const struct rule *rule)
{
	struct resolved out = { .kernel = "1.2.3", .matched = "1.2.3", .normal = "1.2.3" };
	const struct resolved_value *file = &out.values[RESOLVED_DOCKERFILE];
	int r = resolved_fill(e->k, e->s, &e->m->set, rule, &out);

	if (r < 0)
		return r;
	emit_open(&e->b, '{');
	emit_pair(&e->b, rule_kind_word(rule->kind), rule->test->value);
	if ((r = export_image(e, &out)) < 0)
		return r;
	export_level(e, rule->section);
	if (file->text && *file->text && !file->nsteps) {
		export_build(e, file->text, out.args, out.nargs);
	} else if ((out.nargs || file->nsteps) && !e->unbuilt) {
		e->unbuilt = true;
		note(e->k, KML_WARNING, "%s:%d: how %.*s and its like are built is lost: a Module needs "
		     "a dockerfile that is the same for all kernels", e->m->file, rule->section->line,
		     FMT(rule->section->title));
	}
	emit_close(&e->b, '}');
	export_lost(e, rule->section);
	return 0;
}

static int export_container(struct export *e)
{
	const struct settings_section *module = settings_find(&e->m->set, "module");
	const char *order = export_module_key(e, "order");
	const char *parameters = export_module_key(e, "parameters");
	int r = 0;

	emit_key(&e->b, S("modprobe"));
	emit_open(&e->b, '{');
	export_text(e, "moduleName", export_module_key(e, "name"));
	export_text(e, "dirName", export_module_key(e, "dir"));
	if (order)
		export_list(e, "modulesLoadingOrder", str_of(order), false);
	if (parameters)
		export_list(e, "parameters", str_of(parameters), true);
	export_text(e, "firmwarePath", export_module_key(e, "firmware"));
	emit_close(&e->b, '}');
	export_level(e, module);
	emit_key(&e->b, S("kernelMappings"));
	emit_open(&e->b, '[');
	for (size_t i = 0; r == 0 && i < e->m->rules.n; i++)
		if (export_rule_has(e, &e->m->rules.v[i]))
			r = export_rule(e, &e->m->rules.v[i]);
	emit_close(&e->b, ']');
	return r;
}

/* The JSON of a Module, behind what is in e->b. */
static int export_module(struct export *e)
{
	enum { NAMES = 41 };
	int r = export_names(e, "");

	if (r < 0)
		return r;
	if (strlen(e->name) + (e->space ? strlen(e->space) : 0) > NAMES)
		return fail(e->k, KML_BAD, "the name '%s' and its namespace have more than %d characters "
		            "together; say --name", e->name, NAMES);
	for (const struct settings_section *c = e->m->set.first; c; c = c->next)
		if (!str_eq(c->kind, S("kernel")))
			export_lost(e, c);
	emit_open(&e->b, '{');
	emit_pair(&e->b, "apiVersion", S("kmm.sigs.x-k8s.io/v1beta1"));
	emit_pair(&e->b, "kind", S("Module"));
	emit_key(&e->b, S("metadata"));
	export_metadata(e);
	emit_key(&e->b, S("spec"));
	emit_open(&e->b, '{');
	emit_key(&e->b, S("moduleLoader"));
	emit_open(&e->b, '{');
	emit_key(&e->b, S("container"));
	emit_open(&e->b, '{');
	if ((r = export_container(e)) < 0)
		return r;
	emit_close(&e->b, '}');
	emit_close(&e->b, '}');
	if (e->pull_secret)
		export_reference(e, "imageRepoSecret", e->pull_secret);
	emit_key(&e->b, S("selector"));
	if ((r = export_nodes(e)) < 0)
		return r;
	emit_close(&e->b, '}');
	emit_close(&e->b, '}');
	return 0;
}

#endif
