/* vectors.c - what other programs answer, asked of kml: a line for each suite.
 *
 *     SUITE: n passed, n in part, n differ on purpose (which), n not of kml, n failed
 *
 * tests/vectors/cases.json goes with the source; a larger collection in the
 * same form is read too where one lies beside the repository, or $KML_VECTORS.
 * "Differ on purpose": kml refuses with a sentence where the other guesses, or does
 * what the other was meant to do.  "In part": what kml.ini has no words for, as
 * signing, was left out.  A suite that does not bear on kml is named with the reason. */
#include "../../src/command/cmd_cp.c"
#include "../../src/command/cmd_find.c"
#include "../../src/command/cmd_mkdir.c"
#include "../../src/command/cmd_modprobe.c"
#include "../../src/command/cmd_rm.c"
#include "../../src/command/cmd_sh.c"
#include "../../src/command/cmd_sleep.c"
#include "../../src/command/cmd_sort.c"
#include "../../src/command/cmd_xargs.c"
#include "../../src/format/json.c"
#include "../../src/format/modconf.c"
#include "../../src/image/entries.c"
#include "../../src/image/extract.c"
#include "../../src/image/folder.c"
#include "../../src/image/layer.c"
#include "../../src/module/tree.c"
#include "../../src/registry/creds.c"
#include "../../src/registry/mirrors.c"
#include "../../src/site/cluster.c"
#include "../../src/site/export.c"
#include "../../src/site/firmware.c"
#include "../../src/site/import.c"
#include "../../src/site/mapping.c"
#include "../../src/site/transport.c"
#include "../play.c"

#define SCRATCH "build/unit-vectors"

enum verdict { PASS, PART, DIFFER, UNSAID, WRONG, VERDICTS };

struct check {
	struct kml *k;
	struct scope *s;
	yyjson_val *in, *out;           /* out: NULL for null */
	bool err;                       /* the other program fails */
	struct buf got;                 /* for the report */
};

static struct str text_of(yyjson_val *v) { return v ? json_slice(v) : S(""); }
static struct str field(yyjson_val *v, const char *key) { return text_of(json_get(v, key)); }

static enum verdict same(struct check *c, struct str got)
{
	buf_add(&c->got, got);
	return !c->err && str_eq(got, text_of(c->out)) ? PASS : WRONG;
}

/* Where kml refuses and the other does not: of what the sentence speaks. */
static const char *const purposes[] = {
	"' is not set",                 /* a variable; the other takes it for empty */
	"a default may hold $NAME",     /* of which the other uses a part */
	": character ",                 /* a regexp is refused when it is read, not when reached */
	"; a rule has exactly one",     /* so is a rule that would never match */
	"neither a tag nor a digest", "is no reference to an image",    /* references are parsed */
	"has no image, and",            /* the other would go on with an empty one */
	"of rawArgs alone", "no version of three numbers", "is no name of a kernel",
};

/* kml failed, or not, where the other did, or not; refusing more must be on purpose. */
static enum verdict refused(struct check *c, int r)
{
	buf_add(&c->got, r < 0 ? str_of(c->k->msg) : S("accepted"));
	if (c->err || r >= 0)
		return (r < 0) == c->err ? PASS : WRONG;
	for (size_t i = 0; i < countof(purposes); i++)
		if (strstr(c->k->msg, purposes[i]))
			return DIFFER;
	return WRONG;
}

/* ---- names and templates ------------------------------------------------- */

static enum verdict normalize(struct check *c) { return same(c, kver_normal(c->s, text_of(c->in))); }
static enum verdict dns_safe(struct check *c) { return same(c, kver_dns_safe(c->s, text_of(c->in))); }
static enum verdict node_kernel(struct check *c) { return same(c, kver_matched(text_of(c->in))); }

static enum verdict collision(struct check *c)
{
	bool is = str_eq(kver_normal(c->s, text_of(yyjson_arr_get(c->in, 0))),
	                 kver_normal(c->s, text_of(yyjson_arr_get(c->in, 1))));

	return is == yyjson_is_true(c->out) ? PASS : WRONG;
}

static enum verdict kernel_vars(struct check *c)
{
	struct template_var v[KVER_VARS];

	if (kver_vars(c->k, c->s, text_of(c->in), v) < 0)
		return c->err ? PASS : WRONG;
	for (size_t i = 0; i < KVER_VARS; i++)
		if (c->err || !str_eq(field(c->out, scope_text(c->s, v[i].name)), v[i].value))
			return WRONG;
	return PASS;
}

/* An unset variable is an error here, and a default is used whole. */
static enum verdict envsubst(struct check *c)
{
	yyjson_val *env = json_get(c->in, "env"), *key, *value;
	struct template_var *v = news(c->s, struct template_var, yyjson_obj_size(env));
	struct template t = { .vars = v };
	struct str out, text = field(c->in, "template");
	size_t i, max;

	yyjson_obj_foreach(env, i, max, key, value)
		v[t.nvars++] = (struct template_var){ json_slice(key), json_slice(value) };
	if (template_expand(c->k, c->s, text, &t, &out) < 0)
		return refused(c, KML_BAD);
	if (same(c, out) == PASS)
		return PASS;
	return !c->err && memmem(text.p, text.n, "-$", 2) ? DIFFER : WRONG;
}

/* Both ways there are to ask a pattern. */
static enum verdict regexp(struct check *c)
{
	struct str kernel = field(c->in, "kernel");
	const struct automaton *table;
	struct pattern p;
	bool is;

	if (pattern_of(c->k, c->s, field(c->in, "pattern"), &p) < 0 || pattern_match(c->k, c->s, &p, kernel, &is) < 0)
		return c->err ? PASS : DIFFER;  /* with a sentence, whatever it is that kml lacks */
	if ((table = automaton_of(c->s, &p)) && rule_is_ascii(kernel) && automaton_match(table, kernel) != is)
		return WRONG;
	buf_add(&c->got, is ? S("a match") : S("no match"));
	return !c->err && is == yyjson_is_true(c->out) ? PASS : WRONG;
}

static bool is_error(yyjson_val *v) { return yyjson_is_true(v) || yyjson_is_str(v); }

/* ---- a KMM Module as kml.ini --------------------------------------------- */

/* KMM takes any text for an image in its own tests; here it becomes one. */
static struct str an_image(struct check *c, struct str text)
{
	char *p = scope_text(c->s, text);

	for (size_t i = 0; i < text.n; i++)
		p[i] = p[i] == ' ' ? '-' : p[i];
	return text.n && str_find(text, ':') == text.n ? str_of(scope_format(c->s, "%s:t", p)) :
		(struct str){ p, text.n };
}

/* The level of a Module, a container or a mapping, with images that are some. */
static void copy_level(struct check *c, struct buf *b, yyjson_val *level, bool container)
{
	size_t i, max, j, n;
	yyjson_val *key, *v, *one;

	emit_open(b, '{');
	JSON_EACH(level, i, max, key, v) {
		emit_key(b, json_slice(key));
		if (str_eq(json_slice(key), S("containerImage"))) {
			emit_text(b, an_image(c, json_slice(v)));
		} else if (str_eq(json_slice(key), S("kernelMappings"))) {
			emit_open(b, '[');
			yyjson_arr_foreach(v, j, n, one)
				copy_level(c, b, one, false);
			emit_close(b, ']');
		} else {
			json_copy(b, v);
		}
	}
	if (container && !json_get(level, "modprobe")) {
		emit_key(b, S("modprobe"));
		emit_open(b, '{');
		emit_pair(b, "moduleName", S("m"));
		emit_close(b, '}');
	}
	emit_close(b, '}');
}

static struct str module_of(struct check *c, struct str name, struct str space, struct str container)
{
	struct buf b = { .s = c->s };

	emit_open(&b, '{');
	emit_pair(&b, "apiVersion", S("kmm.sigs.x-k8s.io/v1beta1"));
	emit_pair(&b, "kind", S("Module"));
	emit_key(&b, S("metadata"));
	emit_open(&b, '{');
	emit_pair(&b, "name", name);
	emit_pair(&b, "namespace", space);
	buf_format(&b, "},\"spec\":{\"moduleLoader\":{\"container\":%.*s}}}", FMT(container));
	return buf_str(&b);
}

/* The same of a container that is JSON already. */
static struct str container_of(struct check *c, yyjson_val *container)
{
	struct buf b = { .s = c->s };

	copy_level(c, &b, container, true);
	return buf_str(&b);
}

/* As KMM resolves a Module: the webhook is not asked. */
static int unasked(struct check *c, struct str module, struct str *ini)
{
	struct import w = { .k = c->k, .s = c->s, .text = { .s = c->s }, .lines = { .s = c->s } };
	yyjson_val *root;
	int r = import_read(c->k, c->s, module, &root);

	if (r < 0)
		return r;
	import_write(&w, root);
	*ini = buf_str(&w.text);
	return import_prove(&w);
}

static enum verdict webhook(struct check *c, struct str module)
{
	struct str ini;

	return refused(c, import_module(c->k, c->s, module, &ini));
}

/* A level of JSON text with single quotes. */
static struct str quoted(struct check *c, const char *text)
{
	char *p = scope_text(c->s, str_of(text));

	for (size_t i = 0; p[i]; i++)
		p[i] = p[i] == '\'' ? '"' : p[i];
	return str_of(p);
}

static const char *copied(struct check *c, yyjson_val *v)
{
	struct buf b = { .s = c->s };

	json_copy(&b, v);
	return scope_text(c->s, buf_str(&b));
}

/* ---- mappings ------------------------------------------------------------ */

static enum verdict find_mapping(struct check *c)
{
	struct str ini, want = text_of(c->out), list = str_of(copied(c, json_get(c->in, "mappings")));
	struct str module = module_of(c, S("n"), S("s"), str_of(scope_format(c->s,
		"%.*s%.*s}", FMT(quoted(c, "{'containerImage':'r/m:t','modprobe':{'moduleName':'m'},"
		"'kernelMappings':")), FMT(list))));
	struct mapping m;
	struct resolved out;

	if (unasked(c, module, &ini) < 0 || mapping_parse(c->k, c->s, "kml.ini", ini, &m) < 0)
		return refused(c, KML_BAD);
	mapping_resolve(c->k, c->s, &m, scope_text(c->s, field(c->in, "kernel")), &out);
	if (out.ntried && out.tried[out.ntried - 1].matches)
		buf_format(&c->got, "%zu", out.ntried - 1);
	return !c->err && str_eq(buf_str(&c->got), want) ? PASS : WRONG;
}

static bool list_is(const struct resolved_list *got, yyjson_val *want)
{
	yyjson_val *v;
	size_t i, max, same_ones = 0;

	yyjson_arr_foreach(want, i, max, v)
		same_ones += i < got->n && str_eq(str_of(got->v[i]), json_slice(v));
	return same_ones == got->n && got->n == (want ? yyjson_arr_size(want) : 0);
}

/* Name and value of an argument: an object, or an array of two. */
static struct str arg_name(yyjson_val *v)
{
	return yyjson_is_arr(v) ? text_of(yyjson_arr_get(v, 0)) : field(v, "name");
}

static struct str arg_value(yyjson_val *v)
{
	return yyjson_is_arr(v) ? text_of(yyjson_arr_get(v, 1)) : field(v, "value");
}

/* Of several with the same name the last counts, for a builder as for kml. */
static bool args_are(const struct resolved *got, yyjson_val *want)
{
	yyjson_val *v, *other;
	size_t i, max, j, n, at = 0;

	yyjson_arr_foreach(want, i, max, v) {
		struct str value = arg_value(v);
		bool first = true;

		yyjson_arr_foreach(want, j, n, other)
			if (str_eq(arg_name(other), arg_name(v))) {
				first = first && j >= i;
				value = arg_value(other);
			}
		if (!first)
			continue;
		if (at >= got->nargs || !str_eq(got->args[at].name, arg_name(v)) ||
		    !str_eq(str_of(got->args[at].value.text), value))
			return false;
		at++;
	}
	return at == got->nargs;
}

/* What `ini` resolves to; what is written of it as a Module again must mean the same. */
static enum verdict resolves(struct check *c, struct str ini, bool again)
{
	yyjson_val *build = json_get(c->out, "build"), *tls = json_get(c->out, "registryTLS");
	const char *dockerfile;
	struct mapping m;
	struct resolved out;
	struct export e = { .k = c->k, .s = c->s, .m = &m, .b = { .s = c->s } };
	int r = mapping_parse(c->k, c->s, "kml.ini", ini, &m);

	if (r == 0)
		r = mapping_resolve(c->k, c->s, &m, scope_text(c->s, field(c->in, "kernel")), &out);
	if (r < 0 || c->err)
		return refused(c, r);
	dockerfile = out.values[RESOLVED_DOCKERFILE].text;
	buf_format(&c->got, "%s", out.image);
	if (!str_eq(str_of(out.image), an_image(c, field(c->out, "containerImage"))) ||
	    !str_eq(str_of(out.matched), field(c->out, "kernelVersion")) ||
	    !str_eq(str_of(out.normal), field(c->out, "kernelNormalizedVersion")) ||
	    !list_is(&out.replaces, json_get(c->out, "inTreeModulesToRemove")) ||
	    out.plain != yyjson_is_true(json_get(tls, "insecure")) ||
	    out.unverified != yyjson_is_true(json_get(tls, "insecureSkipTLSVerify")) ||
	    (!again && !str_eq(str_of(dockerfile ? dockerfile : ""),
	                       field(json_get(build, "dockerfileConfigMap"), "name"))) ||
	    (!again || dockerfile ? !args_are(&out, json_get(build, "buildArgs")) : out.nargs))
		return WRONG;
	if (!again && (export_module(&e) < 0 || import_module(c->k, c->s, buf_str(&e.b), &ini) < 0 ||
	               resolves(c, ini, true) == WRONG))
		return WRONG;
	return json_get(c->out, "sign") || json_get(build, "secrets") ? PART : PASS;
}

static enum verdict resolve(struct check *c)
{
	yyjson_val *module = json_get(c->in, "module");
	struct str ini;

	if (unasked(c, module_of(c, field(module, "name"), field(module, "namespace"),
	                         container_of(c, json_get(c->in, "container"))), &ini) < 0)
		return refused(c, KML_BAD);
	return resolves(c, ini, false);
}

static void put_args(struct buf *b, yyjson_val *list)
{
	yyjson_val *v;
	size_t i, max;

	buf_add(b, S("\"buildArgs\":"));
	emit_open(b, '[');
	yyjson_arr_foreach(list, i, max, v) {
		emit_open(b, '{');
		emit_pair(b, "name", arg_name(v));
		emit_pair(b, "value", arg_value(v));
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

/* A Module with these arguments at its two levels, resolved for `kernel`. */
static int built(struct check *c, const char *image, yyjson_val *args, yyjson_val *overrides,
                 const char *kernel, struct resolved *out)
{
	struct buf b = { .s = c->s };
	struct mapping m;
	struct str ini;
	int r;

	buf_add(&b, quoted(c, scope_format(c->s, "{'modprobe':{'moduleName':'m'},'containerImage':'%s',"
		"'build':{'dockerfileConfigMap':{'name':'d'},", image)));
	put_args(&b, args);
	buf_add(&b, quoted(c, "},'kernelMappings':[{'regexp':'.','build':{"));
	put_args(&b, overrides);
	buf_add(&b, S("}}]}"));
	if ((r = import_module(c->k, c->s, module_of(c, S("n"), S("s"), buf_str(&b)), &ini)) < 0 ||
	    (r = mapping_parse(c->k, c->s, "kml.ini", ini, &m)) < 0)
		return r;
	return mapping_resolve(c->k, c->s, &m, kernel, out);
}

static enum verdict build_args(struct check *c)
{
	struct resolved out;

	if (built(c, "r/m:t", json_get(c->in, "args"), json_get(c->in, "overrides"), "1.2.3", &out) < 0)
		return refused(c, KML_BAD);
	return args_are(&out, c->out) ? PASS : WRONG;
}

/* kml builds with Dockerfiles later: what it will pass is looked at. */
static enum verdict build_argv(struct check *c)
{
	const char *image = scope_text(c->s, an_image(c, field(c->in, "image")));
	struct resolved out;

	if (built(c, image, json_get(c->in, "buildArgs"), NULL,
	          scope_text(c->s, field(c->in, "kernel")), &out) < 0)
		return refused(c, KML_BAD);
	return args_are(&out, json_get(c->in, "buildArgs")) && !strcmp(out.image, image) &&
	       str_eq(str_of(out.normal), field(c->in, "normalized")) ? PART : WRONG;
}

static bool has_text(yyjson_val *list, const char *text)
{
	yyjson_val *v;
	size_t i, max;

	yyjson_arr_foreach(list, i, max, v)
		if (str_eq(text_of(v), str_of(text)))
			return true;
	return false;
}

/* How the target's registry is reached; how others are, a base image's say, is not said. */
static enum verdict build_flags(struct check *c)
{
	const char *tls = json_get(c->in, "registryTLS") ? copied(c, json_get(c->in, "registryTLS")) : "{}";
	struct str ini, level = quoted(c, scope_format(c->s, "{'modprobe':{'moduleName':'m'},"
		"'containerImage':'r/m:t','registryTLS':%s,'kernelMappings':[{'regexp':'.'}]}", tls));
	struct mapping m;
	struct resolved out;

	if (import_module(c->k, c->s, module_of(c, S("n"), S("s"), level), &ini) < 0 ||
	    mapping_parse(c->k, c->s, "kml.ini", ini, &m) < 0 ||
	    mapping_resolve(c->k, c->s, &m, "1.2.3", &out) < 0)
		return refused(c, KML_BAD);
	if (has_text(c->out, "--no-push"))
		return PART;
	if (out.plain != has_text(c->out, "--insecure") ||
	    out.unverified != has_text(c->out, "--skip-tls-verify"))
		return WRONG;
	return has_text(c->out, "--insecure-pull") || has_text(c->out, "--skip-tls-verify-pull") ?
	       PART : PASS;
}

/* ---- what is refused ----------------------------------------------------- */

static enum verdict validate_image(struct check *c)
{
	struct buf b = { .s = c->s };

	emit_open(&b, '{');
	emit_pair(&b, "containerImage", text_of(c->in));
	buf_add(&b, quoted(c, ",'modprobe':{'moduleName':'m'},'kernelMappings':[{'regexp':'.'}]}"));
	return webhook(c, module_of(c, S("n"), S("s"), buf_str(&b)));
}

static enum verdict validate_mappings(struct check *c)
{
	return webhook(c, module_of(c, S("n"), S("s"), container_of(c, c->in)));
}

/* A Module whose arguments are raw has no name of a module, which kml.ini needs. */
static enum verdict validate_modprobe(struct check *c)
{
	enum verdict v = webhook(c, module_of(c, S("n"), S("s"), str_of(scope_format(c->s, "%.*s%s}",
		FMT(quoted(c, "{'containerImage':'r/m:t','kernelMappings':[{'regexp':'.'}],'modprobe':")),
		copied(c, c->in)))));

	return v == DIFFER && !field(c->in, "moduleName").n ? UNSAID : v;
}

static enum verdict validate_sign(struct check *c)
{
	yyjson_val *list = json_get(c->in, "kernelMappings"), *v;
	struct buf b = { .s = c->s };
	size_t i, max;

	buf_add(&b, quoted(c, "{'containerImage':'r/m:t','modprobe':{'moduleName':'m'"));
	JSON_EACH(json_get(c->in, "modprobe"), i, max, list, v)
		if (!str_eq(json_slice(list), S("moduleName")))
			buf_format(&b, ",\"%.*s\":%s", FMT(json_slice(list)), copied(c, v));
	buf_byte(&b, '}');
	if (json_get(c->in, "sign"))
		buf_format(&b, ",\"sign\":%s", copied(c, json_get(c->in, "sign")));
	buf_add(&b, quoted(c, ",'kernelMappings':[{'regexp':'.'}"));
	list = json_get(c->in, "kernelMappings");
	yyjson_arr_foreach(list, i, max, v)
		if (json_get(v, "sign"))
			buf_format(&b, ",{\"regexp\":\".\",\"sign\":%s}", copied(c, json_get(v, "sign")));
		else
			buf_add(&b, S(",{\"regexp\":\".\"}"));
	buf_add(&b, S("]}"));
	return webhook(c, module_of(c, S("n"), S("s"), buf_str(&b)));
}

/* Only what is there is read: that a version must not change is for the cluster. */
static enum verdict validate_module(struct check *c)
{
	if (json_get(c->in, "old_version"))
		return UNSAID;
	return webhook(c, module_of(c, field(c->in, "name"), field(c->in, "namespace"), quoted(c,
		"{'containerImage':'r/m:t','modprobe':{'moduleName':'m'},'kernelMappings':[{'regexp':'.'}]}")));
}

static enum verdict preflight_kernel(struct check *c)
{
	struct template_var v[KVER_VARS];
	int r = kver_check(c->k, text_of(c->in));

	return refused(c, r < 0 ? r : kver_vars(c->k, c->s, text_of(c->in), v));
}

/* ---- nodes and clusters -------------------------------------------------- */

/* kml's pods see their firmware in a place of their own, and take it away again. */
static enum verdict worker_privilege(struct check *c)
{
	bool firmware = yyjson_is_true(json_get(c->in, "firmware")), all;
	struct mapping m;
	struct cluster cluster = { .e = { .k = c->k, .s = c->s, .m = &m, .b = { .s = c->s } } };

	if (c->err || (firmware && !str_eq(field(c->in, "action"), S("load"))))
		return UNSAID;
	if (sys_exists(c->k, c->s, SCRATCH "/kml.ini"))
		(void)save_remove(c->k, c->s, SCRATCH "/kml.ini");
	if (save_mkdirs(c->k, c->s, SCRATCH) < 0 ||
	    save_file(c->k, c->s, SCRATCH "/kml.ini", str_of(scope_format(c->s,
		"[module]\nname = m\nimage = r/m:t\n%s[kernel a]\nregexp = .\n",
		firmware ? "firmware = /fw\n" : ""))) < 0 ||
	    mapping_read(c->k, c->s, SCRATCH "/kml.ini", &m) < 0 || cluster_export(&cluster) < 0)
		return refused(c, KML_BAD);
	buf_byte(&cluster.e.b, '\0');
	all = strstr(cluster.e.b.p, "\"privileged\":true");
	return all == (str_eq(text_of(c->out), S("privileged"))) &&
	       (all || strstr(cluster.e.b.p, "\"add\":[\"SYS_MODULE\"],\"drop\":[\"ALL\"]")) ? PASS : WRONG;
}

/* Fewer than so many parts may come out: the last ones are empty. */
static enum verdict shards(struct check *c)
{
	uint64_t n, parts, want;
	size_t i;

	if (json_need_uint(c->k, c->in, "n", &n) < 0 || json_need_uint(c->k, c->in, "parts", &parts) < 0)
		return WRONG;
	for (i = 0; i < parts; i++) {
		struct kernels list = { news(c->s, const char *, n), n };
		struct str text = text_of(yyjson_arr_get(c->out, i));

		want = 0;
		if ((text.n && !str_uint(text, &want)) ||
		    kernels_shard(c->k, scope_format(c->s, "%zu/%llu", i, (unsigned long long)parts),
		                  &list) < 0 || list.n != want)
			return WRONG;
	}
	return yyjson_arr_size(c->out) <= parts ? PASS : WRONG;
}

#include "../vectors/images.c"

/* ---- the suites ---------------------------------------------------------- */

static const struct known { const char *id; enum verdict (*fn)(struct check *c); const char *why; } suites[] = {
	{ "kmm.normalize", normalize, 0 }, { "kmm.normalize_collision", collision, 0 },
	{ "kmm.dns_safe", dns_safe, 0 }, { "kmm.node_kernel", node_kernel, 0 },
	{ "kmm.kernel_vars", kernel_vars, 0 }, { "kmm.envsubst", envsubst, 0 },
	{ "kmm.regexp", regexp, 0 }, { "kmm.find_mapping", find_mapping, 0 },
	{ "kmm.resolve", resolve, 0 }, { "kmm.build_args", build_args, 0 },
	{ "kmm.build_argv", build_argv, 0 }, { "kmm.build_flags", build_flags, 0 },
	{ "kmm.validate_image", validate_image, 0 }, { "kmm.validate_mappings", validate_mappings, 0 },
	{ "kmm.validate_modprobe", validate_modprobe, 0 }, { "kmm.validate_sign", validate_sign, 0 },
	{ "kmm.validate_module", validate_module, 0 }, { "kmm.preflight_kernel", preflight_kernel, 0 },
	{ "kmm.worker_privilege", worker_privilege, 0 }, { "collector.shards", shards, 0 },
	{ "kmm.repo_of_ref", repo_of_ref, 0 }, { "kmm.index_select", index_select, 0 },
	{ "kmm.mirrors", mirrored, 0 }, { "kmm.pull_secrets", pull_secrets, 0 },
	{ "kmm.image_exists", image_exists, 0 }, { "kmm.module_in_layer", module_in_layer, 0 },
	{ "kmm.pull_extract", pull_extract, 0 }, { "collector.sha256", sha256, 0 },
	{ "kmm.softdep_conf", softdep_conf, 0 }, { "kmm.firmware_copy", firmware_copy, 0 },
	{ "kmm.firmware_remove", firmware_removed, 0 },
	{ "kmm.firmware_class_path", firmware_class_path, 0 },
	{ "kmm.v2_load", worker_calls, 0 }, { "kmm.v2_unload", worker_calls, 0 },
	{ "kmm.v1_load_command", shell_command, 0 }, { "kmm.v1_unload_command", shell_command, 0 },
	{ "kmm.extract_paths", extract_paths_of, 0 }, { "collector.blocklist", blocklist, 0 },

	{ "kmm.append_to_tag", 0, "kml signs before it pushes, and needs no name for what is not signed yet" },
	{ "kmm.hostpath_allowed", 0, "volumes of device plugins" },
	{ "kmm.worker_config", 0, "a file between KMM's controller and its worker" },
	{ "kmm.file_exists", 0, "kml asks modules.dep" },
	{ "kmm.pull_skip", 0, "the worker's own cache; kml keeps what it has by its digest" },
	{ "kmm.pull_layout", 0, "names in the worker's own cache" },
	{ "kmm.image_state_after_pull", 0, "states of KMM's controller" },
	{ "kmm.image_state_after_action", 0, "states of KMM's controller" },
	{ "kmm.image_next_action", 0, "states of KMM's controller" },
	{ "kmm.pull_probe_status", 0, "phases of pods" },
	{ "kmm.labels", 0, "labels of nodes" },
	{ "kmm.ready_label", 0, "labels of nodes" },
	{ "kmm.deprecated_ready_label", 0, "labels of nodes" },
	{ "kmm.version_label_action", 0, "labels of nodes" },
	{ "kmm.node_decision", 0, "states of KMM's controller" },
	{ "kmm.os_image_version", 0, "the driver toolkits of OpenShift" },
	{ "kmm.dtk_lookup", 0, "the driver toolkits of OpenShift" },
	{ "kmm.sign_plan", 0, "kml does not sign yet" },
	{ "kmm.override_labels", 0, "labels of nodes" },
	{ "driverkit.kernel_release", 0, "kml takes a kernel by its whole name" },
	{ "driverkit.supports_module", 0, "compilers are chosen by the builder image" },
	{ "driverkit.default_gcc", 0, "compilers are chosen by the builder image" },
	{ "driverkit.ubuntu_extra", 0, "kml takes a kernel by its whole name" },
	{ "collector.blocklist_real", 0, "module versions, and patterns that RE2 has not" },
	{ "collector.builder_flavor", 0, "a table of another project's builder images" },
	{ "collector.kernel_version", 0, "kml takes a kernel by its whole name" },
	{ "collector.is_rhel76", 0, "kml takes a kernel by its whole name" },
	{ "collector.os_release", 0, "kml reads no os-release" },
	{ "collector.secure_boot", 0, "a choice between a module and eBPF" },
	{ "collector.host_kernel_name", 0, "names of published files" },
	{ "collector.candidates", 0, "names of published files" },
	{ "collector.download_header", 0, "a client that takes what is no HTTP" },
	{ "collector.connect_to", 0, "an option of curl" },
	{ "collector.tasks", 0, "module versions times kernels; kml.ini has one set" },
	{ "collector.module_file_names", 0, "names of published files" },
	{ "collector.rhel_builder", 0, "another project's builder images" },
	{ "collector.splitter", 0, "another project's builder images" },
	{ "collector.partition", 0, "kml has a layer for each kernel" },
	{ "collector.module_version", 0, "names of published files" },
	{ "dtk.noarch", 0, "tags of toolkit images" },
	{ "dtk.rhel_version", 0, "tags of toolkit images" },
	{ "dtk.gcc_version", 0, "compilers are chosen by the builder image" },
	{ "nvidia.rhel_from_kernel", 0, "tags of toolkit images" },
	{ "ublue.kernel_pin", 0, "names a kernel that may not exist" },
	{ "dtk.skip_existing", 0, "jobs of a CI" },
	{ 0, 0, "a suite that nobody here knows" }
};

static enum verdict judge(struct kml *k, struct scope *s, yyjson_val *one,
                          enum verdict (*fn)(struct check *), struct str id)
{
	struct check c = { k, s, json_get(one, "in"), json_get(one, "out"), json_get(one, "err"), { .s = s } };
	enum verdict v = fn(&c);

	if (v == WRONG)
		printf("    %.*s: kml says: %.*s\n", FMT(id), FMT(buf_str(&c.got)));
	return v;
}

/* Returns how many failed. */
static int suite(struct kml *k, struct scope *s, yyjson_val *v, enum verdict (*fn)(struct check *))
{
	struct str id = field(v, "id");
	struct buf names = { .s = s };
	int count[VERDICTS] = { 0 };
	yyjson_val *one;
	size_t i, max;

	yyjson_arr_foreach(json_get(v, "cases"), i, max, one) {
		struct str name = field(one, "id");
		struct scope *t = scope_begin(s);
		enum verdict is = judge(k, t, one, fn, name);

		scope_end(t);
		count[is]++;
		str_take(&name, '#');
		if (is == DIFFER)
			buf_format(&names, " %.*s", FMT(name));
	}
	printf("%.*s: %d passed", FMT(id), count[PASS]);
	if (count[PART])
		printf(", %d in part", count[PART]);
	if (count[DIFFER])
		printf(", %d differ on purpose (%.*s)", count[DIFFER], (int)names.n - 1, names.p + 1);
	if (count[UNSAID])
		printf(", %d not of kml", count[UNSAID]);
	printf(", %d failed\n", count[WRONG]);
	return count[WRONG];
}

static int collection(struct kml *k, struct scope *s, void *path)
{
	struct str text;
	yyjson_val *root, *v;
	size_t i, max, known = 0;
	int failed = 0, r = sys_read_file(k, s, path, &text);

	if (r < 0 || (r = json_read(k, s, text, &root)) < 0)
		return r;
	yyjson_arr_foreach(json_get(root, "suites"), i, max, v) {
		const struct known *one = suites;
		struct str id = field(v, "id");

		while (one->id && !str_eq(id, str_of(one->id)))
			one++;
		if (one->fn)
			failed += suite(k, s, v, one->fn);
		else
			printf("%.*s: %zu not of kml: %s\n", FMT(id),
			       yyjson_arr_size(json_get(v, "cases")), one->why);
		known += one->fn != NULL;
	}
	return failed || !known ? fail(k, KML_FAIL, "%d failed of %zu suites", failed, known) : 0;
}

int main(void)
{
	const char *more = getenv("KML_VECTORS"), *paths[] = { "tests/vectors/cases.json",
	                                more ? more : "../shared/vectors/seeds.json" };
	int bad = 0;

	for (size_t i = 0; i < countof(paths); i++) {
		struct kml k = { 0 };
		int r = access(paths[i], R_OK) == 0 || !i || more ?
			kml_run(&k, collection, (void *)(uintptr_t)paths[i]) : 0;

		if (r < 0)
			printf("%s: %s\n", paths[i], k.msg);
		bad |= r < 0;
		scope_end(&k.keep);
	}
	return bad;
}
