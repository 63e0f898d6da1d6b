/* import.c - a Module of Kernel Module Management (KMM) as kml.ini.
 *
 * A Module is the JSON that `kubectl get module NAME -o json` prints.  What KMM's
 * admission webhook refuses is refused here too, and so is what kml.ini cannot say
 * without changing it; each refusal names the field.  What kml.ini has no word for is
 * lost with a warning, fields that the server made without one.
 *
 * The text is proved before it is given away: mapping_parse() takes it, and each
 * value reads back as it was written.  Where that fails, the number of the line says
 * which field the line was made from.
 */
#ifndef KML_IMPORT_C
#define KML_IMPORT_C

#include "../ground/base.c"
#include "../format/json.c"
#include "../format/kver.c"
#include "../format/template.c"
#include "mapping.c"

/* ---- the fields that are understood -------------------------------------- */

enum import_kind {
	IMPORT_ROOT, IMPORT_META, IMPORT_NOTES, IMPORT_SPEC, IMPORT_LOADER, IMPORT_CONTAINER,
	IMPORT_RULE, IMPORT_BUILD, IMPORT_FILE, IMPORT_ARG, IMPORT_TLS, IMPORT_PROBE, IMPORT_RAW
};

enum { IMPORT_MOST = 2000, IMPORT_VARS = KVER_VARS + 2 };       /* IMPORT_MOST: of a list */

/* Of each kind of object.  type: text, bool, List of texts, object, array of objects
 * (both of the kind `of`), and '-' for what goes without a warning. */
static const struct import_field {
	unsigned char in;
	char type;
	unsigned char of;
	const char *name;
} import_fields[] = {
	{ IMPORT_ROOT, 't', 0, "apiVersion" }, { IMPORT_ROOT, 't', 0, "kind" },
	{ IMPORT_ROOT, 'o', IMPORT_META, "metadata" }, { IMPORT_ROOT, 'o', IMPORT_SPEC, "spec" },
	{ IMPORT_ROOT, '-', 0, "status" },
	{ IMPORT_META, 't', 0, "name" }, { IMPORT_META, 't', 0, "namespace" },
	{ IMPORT_META, '-', 0, "uid" }, { IMPORT_META, '-', 0, "resourceVersion" },
	{ IMPORT_META, '-', 0, "generation" }, { IMPORT_META, '-', 0, "creationTimestamp" },
	{ IMPORT_META, '-', 0, "managedFields" }, { IMPORT_META, '-', 0, "finalizers" },
	{ IMPORT_META, '-', 0, "selfLink" }, { IMPORT_META, 'o', IMPORT_NOTES, "annotations" },
	{ IMPORT_NOTES, '-', 0, "kubectl.kubernetes.io/last-applied-configuration" },
	{ IMPORT_SPEC, 'o', IMPORT_LOADER, "moduleLoader" },
	{ IMPORT_LOADER, 'o', IMPORT_CONTAINER, "container" },
	{ IMPORT_CONTAINER, 'o', IMPORT_PROBE, "modprobe" },
	{ IMPORT_CONTAINER, 'a', IMPORT_RULE, "kernelMappings" },
	{ IMPORT_CONTAINER, 't', 0, "containerImage" }, { IMPORT_RULE, 't', 0, "containerImage" },
	{ IMPORT_CONTAINER, 'o', IMPORT_BUILD, "build" }, { IMPORT_RULE, 'o', IMPORT_BUILD, "build" },
	{ IMPORT_CONTAINER, 'o', IMPORT_TLS, "registryTLS" },
	{ IMPORT_RULE, 'o', IMPORT_TLS, "registryTLS" },
	{ IMPORT_CONTAINER, 't', 0, "inTreeModuleToRemove" },
	{ IMPORT_RULE, 't', 0, "inTreeModuleToRemove" },
	{ IMPORT_CONTAINER, 'L', 0, "inTreeModulesToRemove" },
	{ IMPORT_RULE, 'L', 0, "inTreeModulesToRemove" },
	{ IMPORT_RULE, 't', 0, "literal" }, { IMPORT_RULE, 't', 0, "regexp" },
	{ IMPORT_BUILD, 'o', IMPORT_FILE, "dockerfileConfigMap" },
	{ IMPORT_BUILD, 'a', IMPORT_ARG, "buildArgs" }, { IMPORT_FILE, 't', 0, "name" },
	{ IMPORT_ARG, 't', 0, "name" }, { IMPORT_ARG, 't', 0, "value" },
	{ IMPORT_TLS, 'b', 0, "insecure" }, { IMPORT_TLS, 'b', 0, "insecureSkipTLSVerify" },
	{ IMPORT_PROBE, 't', 0, "moduleName" }, { IMPORT_PROBE, 't', 0, "dirName" },
	{ IMPORT_PROBE, 't', 0, "firmwarePath" }, { IMPORT_PROBE, 'L', 0, "parameters" },
	{ IMPORT_PROBE, 'L', 0, "modulesLoadingOrder" },
};

static const struct import_field *import_field(enum import_kind in, struct str name)
{
	for (size_t i = 0; i < countof(import_fields); i++)
		if (import_fields[i].in == in && str_eq(name, str_of(import_fields[i].name)))
			return &import_fields[i];
	return NULL;
}

static bool import_is_empty(yyjson_val *v)
{
	return yyjson_is_null(v) || yyjson_is_false(v) || (yyjson_is_str(v) && !json_slice(v).n) ||
	       (yyjson_is_ctn(v) && !yyjson_get_len(v));
}

static int import_type(struct kml *k, yyjson_val *v, const struct import_field *f,
                       const char *path)
{
	int most = f->of == IMPORT_ARG ? SETTINGS_ENTRIES : IMPORT_MOST;
	char type = f->type;
	bool list = type == 'L' || type == 'a';
	const char *want = type == 't' ? "a string" : type == 'b' ? "true or false" :
		type == 'o' ? "an object" : type == 'L' ? "a list of strings" : "a list of objects";
	bool is = type == 't' ? yyjson_is_str(v) : type == 'b' ? yyjson_is_bool(v) :
		type == 'o' ? yyjson_is_obj(v) : yyjson_is_arr(v);
	size_t i, max;
	yyjson_val *sub;

	if (list && is && yyjson_arr_size(v) > (size_t)most)
		return fail(k, KML_BAD, "%s has more than %d entries", path, most);
	if (list)
		yyjson_arr_foreach(v, i, max, sub)
			is = is && (type == 'L' ? yyjson_is_str(sub) : yyjson_is_obj(sub));
	return is ? 0 : fail(k, KML_BAD, "%s is not %s", path, want);
}

/* All below `object`: of the right type, or known to be lost.  `path` is what
 * stands before the names, "" or ending in '.'. */
static int import_walk(struct kml *k, struct scope *s, yyjson_val *object, enum import_kind in,
                       const char *path)
{
	size_t i, max, j, n;
	yyjson_val *key, *v, *sub;
	int r = 0;

	yyjson_obj_foreach(object, i, max, key, v) {
		const struct import_field *f = import_field(in, json_slice(key));
		const char *at = scope_format(s, "%s%.*s", path, FMT(json_slice(key)));

		if (yyjson_is_null(v) || (f && f->type == '-'))
			continue;
		if (!f && !import_is_empty(v))
			note(k, KML_WARNING, "%s is lost: kml.ini has no word for it", at);
		if (!f)
			continue;
		r = import_type(k, v, f, at);
		if (r == 0 && f->type == 'o')
			r = import_walk(k, s, v, (enum import_kind)f->of, scope_format(s, "%s.", at));
		if (r == 0 && f->type == 'a')
			yyjson_arr_foreach(v, j, n, sub)
				if ((r = import_walk(k, s, sub, (enum import_kind)f->of,
				                     scope_format(s, "%s[%zu].", at, j))) < 0)
					return r;
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- what KMM's webhook refuses ------------------------------------------ */

#define IMPORT_AT "spec.moduleLoader.container."

static struct str import_get(yyjson_val *object, const char *key)
{
	yyjson_val *v = json_get(object, key);

	return yyjson_is_str(v) ? json_slice(v) : (struct str){ 0 };
}

static int import_check_sign(struct kml *k, struct scope *s, yyjson_val *level,
                             const char *path, yyjson_val *container)
{
	yyjson_val *sign = json_get(level, "sign"), *files = json_get(sign, "filesToSign"), *v;
	yyjson_val *dir = json_get(json_get(container, "modprobe"), "dirName");
	struct str below = str_of(scope_format(s, "%.*s/", FMT(dir ? json_slice(dir) : S("/opt"))));
	size_t i, max;

	if (sign && !yyjson_arr_size(files))
		return fail(k, KML_BAD, "%ssign.filesToSign is missing", path);
	yyjson_arr_foreach(files, i, max, v)
		if (!yyjson_is_str(v) || !str_starts(json_slice(v), below))
			return fail(k, KML_BAD, "%ssign.filesToSign[%zu] is not below %.*s, which is "
			            "dirName", path, i, FMT(below));
	return 0;
}

/* The old field for one in-tree module, and the new one for several, contradict
 * each other, also across levels. */
static int import_check_removed(struct kml *k, yyjson_val *level, const char *path,
                                yyjson_val *above)
{
	bool one = import_get(level, "inTreeModuleToRemove").n;
	bool many = json_get(level, "inTreeModulesToRemove");

	if ((one && (many || json_get(above, "inTreeModulesToRemove"))) ||
	    (many && import_get(above, "inTreeModuleToRemove").n))
		return fail(k, KML_BAD, "%sinTreeModule%sToRemove: only one of inTreeModulesToRemove "
		            "and inTreeModuleToRemove is allowed, here and in the container", path,
		            one ? "" : "s");
	return 0;
}

static int import_check_rule(struct kml *k, struct scope *s, yyjson_val *rule, size_t i,
                             yyjson_val *container)
{
	const char *path = scope_format(s, IMPORT_AT "kernelMappings[%zu].", i);
	bool literal = import_get(rule, "literal").n, regexp = import_get(rule, "regexp").n;
	int r;

	if (literal == regexp)
		return fail(k, KML_BAD, "%.*s has %s; it takes one of the two",
		            (int)strlen(path) - 1, path,
		            literal ? "both literal and regexp" : "neither literal nor regexp");
	if (!import_get(rule, "containerImage").n && !import_get(container, "containerImage").n)
		return fail(k, KML_BAD, "%scontainerImage is missing, and " IMPORT_AT
		            "containerImage too", path);
	r = import_check_removed(k, rule, path, container);
	return r < 0 ? r : import_check_sign(k, s, rule, path, container);
}

static int import_check_probe(struct kml *k, yyjson_val *probe)
{
	yyjson_val *raw = json_get(probe, "rawArgs"), *order = json_get(probe, "modulesLoadingOrder");
	bool load = yyjson_arr_size(json_get(raw, "load"));
	bool unload = yyjson_arr_size(json_get(raw, "unload"));

	if (import_get(probe, "moduleName").n && (load || unload))
		return fail(k, KML_BAD, IMPORT_AT "modprobe has both moduleName and rawArgs");
	if (!import_get(probe, "moduleName").n)
		return fail(k, KML_BAD, IMPORT_AT "modprobe.moduleName is missing%s", load && unload ?
		            ": of rawArgs alone kml.ini cannot be made" : "");
	return !order || yyjson_arr_size(order) > 1 ? 0 :
		fail(k, KML_BAD, IMPORT_AT "modprobe.modulesLoadingOrder has less than two modules");
}

/* What mapping_parse() does not find anyway. */
static int import_check(struct kml *k, struct scope *s, yyjson_val *module)
{
	enum { NAMES = 41 };
	yyjson_val *meta = json_get(module, "metadata"), *v, *container = json_get(
		json_get(json_get(module, "spec"), "moduleLoader"), "container");
	struct str name = import_get(meta, "name"), space = import_get(meta, "namespace");
	size_t i, max;
	int r;

	if (name.n + space.n > NAMES)
		return fail(k, KML_BAD, "metadata.name and metadata.namespace have %zu characters "
		            "together; the most is %d", name.n + space.n, NAMES);
	if (!container)
		return fail(k, KML_BAD, "spec.moduleLoader.container is missing: the Module loads "
		            "no module");
	if ((r = import_check_removed(k, container, IMPORT_AT, NULL)) < 0 ||
	    (r = import_check_sign(k, s, container, IMPORT_AT, container)) < 0)
		return r;
	yyjson_arr_foreach(json_get(container, "kernelMappings"), i, max, v)
		if ((r = import_check_rule(k, s, v, i, container)) < 0)
			return r;
	return import_check_probe(k, json_get(container, "modprobe"));
}

/* ---- lines, each of which knows its field -------------------------------- */

struct import_line { const char *key, *path; struct str value; };

struct import {
	struct kml *k;
	struct scope *s;
	struct buf text, lines;         /* lines: of struct import_line */
	struct str name;                /* of the Module */
	bool named;                     /* as its module, so that MOD_NAME is the same */
	int r;
};

static void import_line(struct import *w, const char *key, struct str value, const char *path)
{
	struct import_line line = { key, path, value };

	buf_add(&w->lines, (struct str){ (char *)&line, sizeof line });
	if (w->r == 0 && str_find(value, '\n') < value.n)
		w->r = fail(w->k, KML_BAD, "%s has several lines; kml.ini cannot hold that", path);
}

static void import_put(struct import *w, const char *key, struct str value, const char *path)
{
	import_line(w, key, value, path);
	buf_format(&w->text, "%-10s =%s%.*s\n", key, value.n ? " " : "", FMT(value));
}

static void import_section(struct import *w, const char *title, const char *path)
{
	if (w->text.n) {
		import_line(w, NULL, S(""), path);
		buf_byte(&w->text, '\n');
	}
	import_line(w, NULL, S(""), path);
	buf_format(&w->text, "[%s]\n", title);
}

/* A text that is there and not empty. */
static void import_text(struct import *w, const char *key, yyjson_val *object, const char *field,
                        const char *path)
{
	struct str value = import_get(object, field);

	if (value.n)
		import_put(w, key, value, scope_format(w->s, "%s%s", path, field));
}

/* One parameter, with the quotes that modprobe would put around its blanks. */
static void import_parameter(struct buf *b, struct str t)
{
	size_t eq = str_find(t, '=') + 1;

	if (eq < t.n && t.p[eq] != '"' && str_find(t, ' ') < t.n)
		buf_format(b, "%.*s\"%.*s\"", (int)eq, t.p, FMT(str_from(t, eq)));
	else
		buf_add(b, t);
}

/* A list that is there; empty, it means none. */
static void import_list(struct import *w, const char *key, yyjson_val *object, const char *field,
                        const char *path)
{
	yyjson_val *list = json_get(object, field), *v;
	struct buf b = { .s = w->s };
	size_t i, max;

	if (!list)
		return;
	yyjson_arr_foreach(list, i, max, v) {
		struct str t = json_slice(v);

		if (*key != 'p' && w->r == 0 && (!t.n || strcspn(scope_text(w->s, t), ", \t") < t.n))
			w->r = fail(w->k, KML_BAD, "%s%s[%zu]: '%.*s' is no name of a module", path, field,
			            i, FMT(t));
		buf_add(&b, i ? S(" ") : S(""));
		import_parameter(&b, t);
	}
	import_put(w, key, buf_str(&b), scope_format(w->s, "%s%s", path, field));
}

/* ---- keys that both levels have ------------------------------------------ */

/* The variables that KMM has, all to be kept but MOD_NAME, if `name` is one. */
static void import_vars(struct kml *k, struct scope *s, struct str name,
                        struct template_var v[IMPORT_VARS])
{
	(void)kver_vars(k, s, S("1.2.3"), v);
	v[KVER_VARS].name = S("MOD_NAMESPACE");
	v[KVER_VARS + 1].name = S("MOD_NAME");
	for (size_t i = 0; i < IMPORT_VARS; i++)
		template_keep(s, &v[i]);
	if (name.n)
		v[KVER_VARS + 1].value = name;
}

/* MOD_NAME is the Module's name to KMM and the module's to kml: where they differ
 * it is written out. */
static struct str import_image(struct import *w, struct str text)
{
	struct template_var vars[IMPORT_VARS];
	struct template t = { .vars = vars, .nvars = countof(vars) };
	struct str out;

	if (w->named || !memmem(text.p, text.n, "MOD_NAME", 8) || memchr(text.p, '\1', text.n))
		return text;
	import_vars(w->k, w->s, w->name, vars);
	/* if it is no template, mapping_parse() will say so */
	return template_expand(w->k, w->s, text, &t, &out) < 0 ? text : template_kept(w->s, out);
}

static void import_tls(struct import *w, yyjson_val *tls, bool rule, const char *path)
{
	bool plain = yyjson_is_true(json_get(tls, "insecure"));
	bool skip = yyjson_is_true(json_get(tls, "insecureSkipTLSVerify"));

	if (plain || skip || (tls && rule))
		import_put(w, "tls", plain && skip ? S("insecure skip-verify") : plain ? S("insecure") :
		           skip ? S("skip-verify") : S(""), scope_format(w->s, "%sregistryTLS", path));
}

static void import_source(struct import *w, yyjson_val *level, yyjson_val *above,
                          const char *path)
{
	struct str image = import_get(level, "containerImage");

	if (image.n)
		import_put(w, "image", import_image(w, image),
		           scope_format(w->s, "%scontainerImage", path));
	if (import_get(level, "inTreeModuleToRemove").n || !import_get(above, "inTreeModuleToRemove").n)
		import_text(w, "replaces", level, "inTreeModuleToRemove", path);
	if (!import_get(level, "inTreeModuleToRemove").n && !import_get(above, "inTreeModuleToRemove").n)
		import_list(w, "replaces", level, "inTreeModulesToRemove", path);
	import_tls(w, json_get(level, "registryTLS"), above != NULL, path);
}

/* Of arguments with the same name the last counts for KMM's builders. */
static void import_build(struct import *w, yyjson_val *build, const char *path)
{
	yyjson_val *args = json_get(build, "buildArgs"), *v, *other;
	size_t i, max, j, n;

	import_text(w, "dockerfile", json_get(build, "dockerfileConfigMap"), "name",
	            scope_format(w->s, "%sbuild.dockerfileConfigMap.", path));
	yyjson_arr_foreach(args, i, max, v) {
		struct str name = import_get(v, "name");
		bool again = false;

		if (w->r == 0 && str_find(name, '\0') < name.n)
			w->r = fail(w->k, KML_BAD, "%sbuild.buildArgs[%zu].name has a NUL in it", path, i);

		yyjson_arr_foreach(args, j, n, other)
			again |= j > i && str_eq(import_get(other, "name"), name);
		if (!again)
			import_put(w, scope_format(w->s, "arg.%.*s", FMT(name)), import_get(v, "value"),
			           scope_format(w->s, "%sbuild.buildArgs[%zu]", path, i));
	}
}

/* ---- the whole ----------------------------------------------------------- */

static void import_rules(struct import *w, yyjson_val *container)
{
	yyjson_val *rules = json_get(container, "kernelMappings"), *v;
	size_t i, max;

	yyjson_arr_foreach(rules, i, max, v) {
		const char *at = scope_format(w->s, IMPORT_AT "kernelMappings[%zu]", i);
		const char *path = scope_format(w->s, "%s.", at);

		import_section(w, scope_format(w->s, "kernel mapping-%zu", i), at);
		import_text(w, "literal", v, "literal", path);
		import_text(w, "regexp", v, "regexp", path);
		import_source(w, v, container, path);
		import_build(w, json_get(v, "build"), path);
	}
	if (!max)
		note(w->k, KML_WARNING, IMPORT_AT "kernelMappings is empty: no kernel is covered");
}

static void import_write(struct import *w, yyjson_val *module)
{
	yyjson_val *meta = json_get(module, "metadata");
	yyjson_val *container = json_get(json_get(json_get(module, "spec"), "moduleLoader"),
	                                 "container");
	yyjson_val *probe = json_get(container, "modprobe"), *build = json_get(container, "build");
	const char *path = IMPORT_AT "modprobe.";

	w->name = import_get(meta, "name");
	w->named = str_eq(w->name, import_get(probe, "moduleName"));
	if (w->name.n && !str_eq(w->name, kver_dns_safe(w->s, import_get(probe, "moduleName"))))
		note(w->k, KML_WARNING, "metadata.name is lost: say kml export --name %.*s", FMT(w->name));
	import_section(w, "module", IMPORT_AT "modprobe");
	import_text(w, "name", probe, "moduleName", path);
	import_text(w, "namespace", meta, "namespace", "metadata.");
	import_text(w, "dir", probe, "dirName", path);
	import_list(w, "order", probe, "modulesLoadingOrder", path);
	import_list(w, "parameters", probe, "parameters", path);
	import_text(w, "firmware", probe, "firmwarePath", path);
	import_source(w, container, NULL, IMPORT_AT);
	if (build) {
		import_section(w, "build", IMPORT_AT "build");
		import_build(w, build, IMPORT_AT);
	}
	import_rules(w, container);
}

/* The failure of mapping_parse(), "kml.ini:LINE: sentence", said of the field. */
static int import_refused(struct import *w, int r)
{
	const struct import_line *lines = (const struct import_line *)(const void *)w->lines.p;
	struct str text = scope_str(w->s, str_of(w->k->msg)), rest = text;
	uint64_t line;

	str_take(&rest, ':');
	if (!str_uint(str_take(&rest, ':'), &line) || !line || line > w->lines.n / sizeof *lines)
		return r;
	return fail(w->k, r, "%s:%.*s", lines[line - 1].path, FMT(rest));
}

/* Does kml.ini say what was written into it? */
static int import_prove(struct import *w)
{
	const struct import_line *lines = (const struct import_line *)(const void *)w->lines.p;
	struct mapping m;
	int r = w->r < 0 ? w->r : mapping_parse(w->k, w->s, "kml.ini", buf_str(&w->text), &m);

	if (r < 0)
		return w->r < 0 ? r : import_refused(w, r);
	for (const struct settings_section *c = m.set.first; c; c = c->next)
		for (const struct settings_entry *e = c->first; e; e = e->next) {
			const struct import_line *l = &lines[e->line - 1];

			if (!str_eq(e->key, str_of(l->key)) || !str_eq(e->value, l->value))
				return fail(w->k, KML_BAD, "%s: kml.ini cannot hold '%.*s', of which it "
				            "would be '%.*s'", l->path, FMT(l->value), FMT(e->value));
		}
	return 0;
}

/* The Module in `text`, alone or the only one of a List. */
static int import_read(struct kml *k, struct scope *s, struct str text, yyjson_val **module)
{
	struct str kind, api;
	int r = json_read(k, s, text, module);

	if (r < 0)
		return r;
	if (str_ends(import_get(*module, "kind"), S("List"))) {
		yyjson_val *items = json_get(*module, "items");

		if (yyjson_arr_size(items) != 1 || !yyjson_is_obj(yyjson_arr_get(items, 0)))
			return fail(k, KML_BAD, "a List of %zu; give one Module: kubectl get module NAME "
			            "-o json", yyjson_arr_size(items));
		*module = yyjson_arr_get(items, 0);
	}
	kind = import_get(*module, "kind");
	api = import_get(*module, "apiVersion");
	if (!str_eq(kind, S("Module")) || !str_starts(api, S("kmm.sigs.x-k8s.io/v1beta")))
		return fail(k, KML_BAD, "apiVersion '%.*s', kind '%.*s': not a Module of "
		            "kmm.sigs.x-k8s.io/v1beta1", FMT(api), FMT(kind));
	return 0;
}

/* The JSON `text` of a Module as the text of a kml.ini. */
static int import_module(struct kml *k, struct scope *s, struct str text, struct str *ini)
{
	struct import w = { .k = k, .s = s, .text = { .s = s }, .lines = { .s = s } };
	yyjson_val *module;
	int r = import_read(k, s, text, &module);

	if (r < 0 || (r = import_walk(k, s, module, IMPORT_ROOT, "")) < 0 ||
	    (r = import_check(k, s, module)) < 0)
		return r;
	import_write(&w, module);
	*ini = buf_str(&w.text);
	return import_prove(&w);
}

#endif
