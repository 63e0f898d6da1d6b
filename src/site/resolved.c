/* resolved.c - the values that hold for one kernel: merged, expanded, checked.
 *
 * Each comes from the [kernel NAME] section that matched, else from [module]
 * or [build], else from kml itself; a list that is there but empty means
 * "none".  Each remembers where it was written.  Variables of templates are
 * those of the normalised kernel, MOD_NAME, where [module] has a namespace
 * MOD_NAMESPACE, and the file's own, var.NAME, which may use all of these and
 * those above them.
 */
#ifndef KML_RESOLVED_C
#define KML_RESOLVED_C

#include "../ground/base.c"
#include "../format/kver.c"
#include "../format/settings.c"
#include "../format/template.c"
#include "rule.c"

enum resolved_key {
	RESOLVED_NAME, RESOLVED_NAMESPACE, RESOLVED_DIR, RESOLVED_ORDER, RESOLVED_PARAMETERS,
	RESOLVED_FIRMWARE, RESOLVED_REPLACES, RESOLVED_TLS, RESOLVED_IMAGE,
	RESOLVED_MODULES, RESOLVED_SOURCES, RESOLVED_DOCKERFILE, RESOLVED_BASE, RESOLVED_HEADERS,
	RESOLVED_FIRMWARE_FILES,
	RESOLVED_KEYS
};

/* In the file's words; which of them are templates, and where they belong. */
static const struct resolved_field {
	const char *key, *section;
	bool template;
} resolved_fields[RESOLVED_KEYS] = {
	{ "name", "module", false }, { "namespace", "module", false }, { "dir", "module", false },
	{ "order", "module", false }, { "parameters", "module", false },
	{ "firmware", "module", false }, { "replaces", "module", false },
	{ "tls", "module", false }, { "image", "module", true },
	{ "modules", "build", true }, { "sources", "build", true }, { "dockerfile", "build", true },
	{ "base", "build", true }, { "headers", "build", true },
	{ "firmware-files", "build", true },
};

/* Where a value was written: line 0 of no section is kml's own default. */
struct resolved_from { const char *file; int line; const char *section; };

struct resolved_value {
	const char *text;               /* expanded; NULL when there is none */
	const char *written;            /* as it stands in the file */
	struct resolved_from from;
	const struct template_step *steps;
	size_t nsteps;
};

struct resolved_list { const char **v; size_t n; };

/* A rule that was tried, and why it did or did not match. */
struct resolved_try { const struct rule *rule; bool matches; const char *why; };

struct resolved_arg { struct str name; struct resolved_value value; };

struct resolved {
	const char *kernel;             /* as given: names lib/modules/<kernel> */
	const char *matched;            /* what the rules saw: without one '+' at the end */
	const char *normal;             /* normalised: tags and ${KERNEL_...} */
	const char *file, *base;        /* of the kml.ini, as in struct mapping */
	const struct settings *set;
	const char *rule;               /* "el9" of [kernel el9] */
	const char *name;               /* the module to load */
	const char *dir;                /* prefix in the image: "/opt" */
	const char *parameters;         /* as the kernel takes them; "" for none */
	const char *firmware;           /* directory in the image, or NULL */
	const char *image;              /* has a tag or a digest */
	bool plain, unverified;         /* its registry: by http; with any certificate */
	struct resolved_list order;      /* at least the module itself; the first is loaded last */
	struct resolved_list replaces;   /* modules of the kernel to take out first */
	struct resolved_value values[RESOLVED_KEYS];
	struct resolved_arg *args, *vars;       /* arg.NAME of [build], var.NAME of [module] */
	size_t nargs, nvars;
	struct resolved_try *tried;      /* also when nothing matched */
	size_t ntried;
};

/* ---- values -------------------------------------------------------------- */

static const struct settings_entry *resolved_written(const struct settings *set,
	const struct rule *rule, enum resolved_key key, const struct settings_section **where)
{
	const struct resolved_field *f = &resolved_fields[key];
	const struct settings_entry *e = settings_get(rule->section, f->key);

	*where = rule->section;
	if (e && (e->value.n || key != RESOLVED_IMAGE))
		return e;
	*where = settings_find(set, f->section);
	return settings_get(*where, f->key);
}

/* Which of modules, sources and dockerfile the rule itself names, or -1; two
 * in one section contradict each other. */
static int resolved_way(struct kml *k, const struct settings_section *c, int *way)
{
	*way = -1;
	for (int i = RESOLVED_MODULES; i <= RESOLVED_DOCKERFILE; i++) {
		if (!settings_get(c, resolved_fields[i].key))
			continue;
		if (*way >= 0)
			return fail(k, KML_BAD, "%.*s has both %s and %s; an image is made in one way",
			            FMT(c->title), resolved_fields[*way].key, resolved_fields[i].key);
		*way = i;
	}
	return 0;
}

static bool resolved_is_variable(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!template_letter(name.p[i]) || (unsigned char)name.p[i] >= 0x80)
			return false;
	return name.n && !(name.p[0] >= '0' && name.p[0] <= '9') && !str_eq(name, S("_"));
}

static int resolved_expand(struct kml *k, struct scope *s, struct resolved_value *v,
                          const struct template_var *vars, size_t n)
{
	struct template t = { .vars = vars, .nvars = n };
	struct str text;
	int r = template_expand(k, s, str_of(v->text), &t, &text);

	if (r < 0)
		return r;
	v->text = text.p;
	v->steps = (const struct template_step *)(const void *)t.steps.p;
	v->nsteps = t.steps.n / sizeof *v->steps;
	return 0;
}

/* Expand the file's own variables; each may use the `*n` of `v`, to which it is added. */
static int resolved_own_vars(struct kml *k, struct scope *s, const struct settings *set,
                             struct resolved *out, struct template_var *v, size_t *n)
{
	for (size_t i = 0; i < out->nvars; i++) {
		struct resolved_arg *own = &out->vars[i];
		int r = 0;

		if (!resolved_is_variable(own->name))
			r = fail(k, KML_BAD, "a variable's name has letters, digits and '_' only");
		for (size_t j = 0; r == 0 && j < *n; j++)
			if (str_eq(v[j].name, own->name))
				r = fail(k, KML_BAD, "kml itself sets %.*s; take another name",
				         FMT(own->name));
		if (r == 0)
			r = resolved_expand(k, s, &own->value, v, *n);
		if (r < 0)
			return settings_at(k, fail_in(k, r, "var.%.*s", FMT(own->name)), set,
			                   own->value.from.line);
		v[(*n)++] = (struct template_var){ own->name, str_of(own->value.text) };
	}
	return 0;
}

/* All variables of the templates. */
static int resolved_vars(struct kml *k, struct scope *s, const struct settings *set,
                         struct resolved *out, const struct template_var **vars, size_t *n)
{
	static const struct { const char *var; enum resolved_key key; } own[] = {
		{ "MOD_NAME", RESOLVED_NAME }, { "MOD_NAMESPACE", RESOLVED_NAMESPACE },
	};
	struct template_var *v = news(s, struct template_var,
	                              KVER_VARS + countof(own) + out->nvars);
	int r = kver_vars(k, s, str_of(out->matched), v);

	if (r < 0)
		return r;
	*vars = v;
	*n = KVER_VARS;
	for (size_t i = 0; i < countof(own); i++)
		if (out->values[own[i].key].text)
			v[(*n)++] = (struct template_var){ str_of(own[i].var),
			                                   str_of(out->values[own[i].key].text) };
	return resolved_own_vars(k, s, set, out, v, n);
}

static struct resolved_value resolved_value(struct scope *s, const struct settings *set,
                                          const struct settings_entry *e,
                                          const struct settings_section *c)
{
	struct resolved_value v = { .text = scope_text(s, e->value) };

	v.written = v.text;
	v.from = (struct resolved_from){ set->file, e->line, scope_text(s, c->title) };
	return v;
}

/* Names between commas or blanks. */
static struct resolved_list resolved_list_of(struct scope *s, const char *text)
{
	struct resolved_list list = { news(s, const char *, strlen(text) / 2 + 1), 0 };

	for (const char *p = text; *p;) {
		size_t n = strcspn(p, ", \t");

		if (n)
			list.v[list.n++] = scope_text(s, (struct str){ p, n });
		p += n + (p[n] != '\0');
	}
	return list;
}

/* ---- arg.NAME and var.NAME, which the rule overrides by name (B3 of KMM) -- */

static int resolved_arg_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct resolved_arg *)a)->name, ((const struct resolved_arg *)b)->name);
}

/* The keys that begin with `family`, "arg.", of the section `kind` and of the rule; the
 * first *own stand in the former. */
static struct resolved_arg *resolved_family(struct scope *s, const struct settings *set,
                                            const struct rule *rule, const char *kind,
                                            struct str family, size_t *n, size_t *own)
{
	const struct settings_section *c = settings_find(set, kind);
	struct resolved_arg *v = news(s, struct resolved_arg, rule->section->n + (c ? c->n : 0));

	*n = 0;
	for (const struct settings_entry *e = c ? c->first : NULL; e; e = e->next)
		if (str_starts(e->key, family))
			v[(*n)++] = (struct resolved_arg){ str_from(e->key, family.n),
			                                   resolved_value(s, set, e, c) };
	*own = *n;
	for (const struct settings_entry *e = rule->section->first; e; e = e->next) {
		struct resolved_arg arg = { str_from(e->key, family.n), { 0 } };
		size_t i = 0;

		if (!str_starts(e->key, family))
			continue;
		arg.value = resolved_value(s, set, e, rule->section);
		while (i < *own && !str_eq(v[i].name, arg.name))
			i++;
		v[i < *own ? i : *n] = arg;
		*n += i == *own;
	}
	return v;
}

/* ---- what values must be ------------------------------------------------- */

static bool resolved_is_module(const char *name)
{
	return name[0] && name[0] != '-' && name[0] != '.' &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")];
}

static int resolved_check_names(struct kml *k, const struct resolved_list *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++)
		if (!resolved_is_module(list->v[i]))
			return fail(k, KML_BAD, "'%s' in %s is no name of a module", list->v[i], key);
	return 0;
}

static int resolved_check_order(struct kml *k, const struct resolved *out)
{
	const struct resolved_list *o = &out->order;

	if (o->n < 2)
		return fail(k, KML_BAD, "order names one module only; it has at least two, "
		            "or leave it out");
	if (strcmp(o->v[0], out->name))
		return fail(k, KML_BAD, "order begins with '%s'; it must begin with name, which is "
		            "'%s' and is loaded last", o->v[0], out->name);
	for (size_t i = 1; i < o->n; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(o->v[i], o->v[j]))
				return fail(k, KML_BAD, "'%s' stands twice in order", o->v[i]);
	return resolved_check_names(k, o, "order");
}

/* A directory in the image: "opt", "/opt" and "/opt/" are the same. */
static int resolved_directory(struct kml *k, struct scope *s, struct resolved_value *v)
{
	struct str rest = str_of(v->text);
	struct buf b = { .s = s };

	while (rest.n) {
		struct str part = str_take(&rest, '/');

		if (str_eq(part, S("..")))
			return fail(k, KML_BAD, "'%s' leads up with '..'; name the directory itself",
			            v->text);
		if (part.n && !str_eq(part, S(".")))
			buf_format(&b, "/%.*s", FMT(part));
	}
	v->text = b.n ? scope_text(s, buf_str(&b)) : "/";
	return 0;
}

/* How the image's registry is reached: KMM's registryTLS. */
static int resolved_tls(struct kml *k, const char *text, struct resolved *out)
{
	struct str rest = str_of(text), word;

	while ((word = str_word(&rest)).n)
		if ((*word.p == 'i' && out->plain) || (*word.p == 's' && out->unverified))
			return fail(k, KML_BAD, "'%.*s' stands twice", FMT(word));
		else if (str_eq(word, S("insecure")))
			out->plain = true;
		else if (str_eq(word, S("skip-verify")))
			out->unverified = true;
		else
			return fail(k, KML_BAD, "'%.*s' is neither insecure (http) nor skip-verify (any "
			            "certificate)", FMT(word));
	return 0;
}

/* A reference that names one image: it has a tag or a digest. */
static int resolved_check_image(struct kml *k, const char *image)
{
	struct str ref = str_of(image), last = ref;

	for (size_t i = 0; i < ref.n; i++)
		if ((unsigned char)ref.p[i] <= ' ' || memchr("{}\177", ref.p[i], 3))
			return fail(k, KML_BAD, "'%s' is no reference to an image: it has a '%c' in it",
			            image, ref.p[i]);
	if (str_starts(ref, S("oci:")) || str_starts(ref, S("oci-archive:")) ||
	    str_starts(ref, S("docker-archive:")))
		str_take(&last, ':');
	last = str_base(last);
	if (str_find(last, ':') + 1 >= last.n && str_find(last, '@') + 1 >= last.n)
		return fail(k, KML_BAD, "'%s' has neither a tag nor a digest; add :TAG, as in "
		            ":${KERNEL_FULL_VERSION}", image);
	return 0;
}

/* ---- all values of one rule ---------------------------------------------- */

static int resolved_merge(struct kml *k, struct scope *s, const struct settings *set,
                         const struct rule *rule, struct resolved *out)
{
	const struct settings_section *where;
	size_t own;
	int way, r;

	if ((where = settings_find(set, "build")) && (r = resolved_way(k, where, &way)) < 0)
		return settings_at(k, r, set, where->line);
	if ((r = resolved_way(k, rule->section, &way)) < 0)
		return settings_at(k, r, set, rule->section->line);
	for (int i = 0; i < RESOLVED_KEYS; i++) {
		bool is_way = i >= RESOLVED_MODULES && i <= RESOLVED_DOCKERFILE;
		const struct settings_entry *e = resolved_written(set, rule, (enum resolved_key)i, &where);

		if (e && !(is_way && way >= 0 && i != way))
			out->values[i] = resolved_value(s, set, e, where);
	}
	if (!out->values[RESOLVED_DIR].text)
		out->values[RESOLVED_DIR].text = "/opt";
	out->args = resolved_family(s, set, rule, "build", S("arg."), &out->nargs, &own);
	if (out->nargs > own)
		qsort(out->args + own, out->nargs - own, sizeof *out->args, resolved_arg_cmp);
	out->vars = resolved_family(s, set, rule, "module", S("var."), &out->nvars, &own);
	return 0;
}

/* Check and unpack one value. */
static int resolved_take(struct kml *k, struct scope *s, struct resolved *out,
                         enum resolved_key key)
{
	struct resolved_value *v = &out->values[key];
	int r = 0;

	switch (key) {
	case RESOLVED_NAME:
		out->name = v->text;
		return resolved_is_module(v->text) ? 0 :
			fail(k, KML_BAD, "'%s' is no name of a module", v->text);
	case RESOLVED_DIR:
		r = resolved_directory(k, s, v);
		out->dir = v->text;
		return r;
	case RESOLVED_ORDER:
		if (!*v->text)
			return 0;
		out->order = resolved_list_of(s, v->text);
		return resolved_check_order(k, out);
	case RESOLVED_PARAMETERS:
		out->parameters = v->text;
		return 0;
	case RESOLVED_FIRMWARE:
		if (!*v->text)
			return 0;
		r = resolved_directory(k, s, v);
		out->firmware = v->text;
		return r;
	case RESOLVED_REPLACES:
		out->replaces = resolved_list_of(s, v->text);
		return resolved_check_names(k, &out->replaces, "replaces");
	case RESOLVED_TLS:
		return resolved_tls(k, v->text, out);
	case RESOLVED_IMAGE:
		out->image = v->text;
		return resolved_check_image(k, v->text);
	case RESOLVED_BASE:
		return !*v->text || !strcmp(v->text, "scratch") || strstr(v->text, "-archive:") ? 0 :
		       resolved_check_image(k, v->text);
	default:
		return 0;
	}
}

static int resolved_fill(struct kml *k, struct scope *s, const struct settings *set,
                        const struct rule *rule, struct resolved *out)
{
	const struct settings_section *c = rule->section;
	const struct template_var *vars;
	size_t nvars;
	int r;

	out->rule = c->name.p;
	out->set = set;
	if ((r = resolved_merge(k, s, set, rule, out)) < 0)
		return r;
	for (int i = RESOLVED_NAME; i <= RESOLVED_IMAGE; i += RESOLVED_IMAGE - RESOLVED_NAME)
		if (!out->values[i].text || !*out->values[i].text)
			return settings_at(k, fail(k, KML_BAD, "%.*s has no %s, and [module] has none either",
			                          FMT(c->title), resolved_fields[i].key), set, c->line);
	if ((r = resolved_vars(k, s, set, out, &vars, &nvars)) < 0)
		return r;
	for (int i = 0; i < RESOLVED_KEYS; i++) {
		struct resolved_value *v = &out->values[i];

		if (!v->text)
			continue;
		if (resolved_fields[i].template)
			r = resolved_expand(k, s, v, vars, nvars);
		if (r == 0)
			r = resolved_take(k, s, out, (enum resolved_key)i);
		if (r < 0)
			return settings_at(k, fail_in(k, r, "%s for %.*s", resolved_fields[i].key,
			                             FMT(c->title)), set, v->from.line);
	}
	if (!out->order.n)
		out->order = resolved_list_of(s, out->name);
	out->parameters = out->parameters ? out->parameters : "";
	return 0;
}

#endif
