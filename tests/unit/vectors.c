/* vectors.c - what other programs answer, asked of kml: a line for each suite.
 *
 *     SUITE: n passed, n in part, n differ on purpose (which), n not in kml.ini, n failed
 *
 * tests/vectors/cases.json goes with the source; a larger collection in the
 * same form is read too where one lies beside the repository, or $KML_VECTORS.
 * "Differ on purpose": kml refuses with a sentence where the other guesses.
 * "In part": what kml.ini has no words for, as signing, was left out. */
#include "../../src/format/json.c"
#include "../../src/site/mapping.c"

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

/* kml failed, or not, where the other did, or not; refusing more is on purpose. */
static enum verdict refused(struct check *c, int r)
{
	buf_add(&c->got, r < 0 ? str_of(c->k->msg) : S("accepted"));
	return c->err ? (r < 0 ? PASS : WRONG) : r < 0 ? DIFFER : PASS;
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

static enum verdict regexp(struct check *c)
{
	struct pattern p;
	bool is;

	if (pattern_of(c->k, c->s, field(c->in, "pattern"), &p) < 0 ||
	    pattern_match(c->k, c->s, &p, field(c->in, "kernel"), &is) < 0)
		return refused(c, KML_BAD);
	buf_add(&c->got, is ? S("a match") : S("no match"));
	return !c->err && is == yyjson_is_true(c->out) ? PASS : WRONG;
}

/* ---- a KMM Module as kml.ini --------------------------------------------- */

static void put(struct buf *b, const char *key, struct str value)
{
	if (value.n)
		buf_format(b, "%s = %.*s\n", key, FMT(value));
}

static void put_list(struct buf *b, const char *key, yyjson_val *list)
{
	yyjson_val *v;
	size_t i, max;

	if (!list)
		return;
	buf_format(b, "%s =", key);
	yyjson_arr_foreach(list, i, max, v)
		buf_format(b, " %.*s", FMT(json_slice(v)));
	buf_byte(b, '\n');
}

/* KMM takes any text for an image in its own tests; here it becomes one. */
static struct str an_image(struct check *c, struct str text)
{
	char *p = scope_text(c->s, text);

	for (size_t i = 0; i < text.n; i++)
		p[i] = p[i] == ' ' ? '-' : p[i];
	return text.n && str_find(text, ' ') < text.n && str_find(text, ':') == text.n ?
		str_of(scope_format(c->s, "%s:t", p)) : text;
}

static void put_removed(struct buf *b, yyjson_val *level, yyjson_val *above)
{
	struct str one = field(level, "inTreeModuleToRemove");

	if (!one.n)
		one = field(above, "inTreeModuleToRemove");
	if (one.n)
		put(b, "replaces", one);
	else
		put_list(b, "replaces", json_get(level, "inTreeModulesToRemove"));
}

static void put_build(struct buf *b, yyjson_val *build)
{
	yyjson_val *args = json_get(build, "buildArgs"), *v;
	size_t i, max;

	put(b, "dockerfile", field(json_get(build, "dockerfileConfigMap"), "name"));
	yyjson_arr_foreach(args, i, max, v)
		buf_format(b, "arg.%.*s = %.*s\n", FMT(field(v, "name")), FMT(field(v, "value")));
}

static void put_mappings(struct check *c, struct buf *b, yyjson_val *list, yyjson_val *above)
{
	yyjson_val *v;
	size_t i, max;

	yyjson_arr_foreach(list, i, max, v) {
		buf_format(b, "[kernel %zu]\n", i);
		put(b, "literal", field(v, "literal"));
		put(b, "regexp", field(v, "regexp"));
		put(b, "image", an_image(c, field(v, "containerImage")));
		put_removed(b, v, above);
		put_build(b, json_get(v, "build"));
	}
}

static struct str ini_of(struct check *c, yyjson_val *module, yyjson_val *container)
{
	struct buf b = { .s = c->s };
	struct str name = field(module, "name");

	buf_add(&b, S("[module]\n"));
	put(&b, "name", name.n ? name : S("m"));
	put(&b, "namespace", field(module, "namespace"));
	put(&b, "image", an_image(c, field(container, "containerImage")));
	put_removed(&b, container, container);
	buf_add(&b, S("[build]\n"));
	put_build(&b, json_get(container, "build"));
	put_mappings(c, &b, json_get(container, "kernelMappings"), container);
	return buf_str(&b);
}

/* ---- mappings ------------------------------------------------------------ */

static enum verdict find_mapping(struct check *c)
{
	struct buf b = { .s = c->s };
	struct mapping m;
	struct resolved out;
	struct str want = text_of(c->out);
	bool found;

	buf_add(&b, S("[module]\nname = m\nimage = r/m:t\n"));
	put_mappings(c, &b, json_get(c->in, "mappings"), NULL);
	if (mapping_parse(c->k, c->s, "kml.ini", buf_str(&b), &m) < 0)
		return refused(c, KML_BAD);
	mapping_resolve(c->k, c->s, &m, scope_text(c->s, field(c->in, "kernel")), &out);
	found = out.ntried && out.tried[out.ntried - 1].matches;
	if (found)
		buf_add(&c->got, out.tried[out.ntried - 1].rule->section->name);
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

static bool args_are(const struct resolved *got, yyjson_val *want)
{
	yyjson_val *v;
	size_t i, max, same_ones = 0;

	yyjson_arr_foreach(want, i, max, v)
		same_ones += i < got->nargs && str_eq(got->args[i].name, field(v, "name")) &&
		             str_eq(str_of(got->args[i].value.text), field(v, "value"));
	return same_ones == got->nargs && got->nargs == (want ? yyjson_arr_size(want) : 0);
}

static enum verdict resolve(struct check *c)
{
	yyjson_val *container = json_get(c->in, "container"), *build = json_get(c->out, "build");
	yyjson_val *tls = json_get(c->out, "registryTLS");
	const char *dockerfile;
	struct mapping m;
	struct resolved out;
	int r = mapping_parse(c->k, c->s, "kml.ini", ini_of(c, json_get(c->in, "module"), container), &m);

	if (r == 0)
		r = mapping_resolve(c->k, c->s, &m, scope_text(c->s, field(c->in, "kernel")), &out);
	if (r < 0 || c->err)
		return refused(c, r);
	dockerfile = out.values[RESOLVED_DOCKERFILE].text;
	buf_add(&c->got, str_of(out.image));
	if (!str_eq(str_of(out.image), an_image(c, field(c->out, "containerImage"))) ||
	    !str_eq(str_of(out.matched), field(c->out, "kernelVersion")) ||
	    !str_eq(str_of(out.normal), field(c->out, "kernelNormalizedVersion")) ||
	    !list_is(&out.replaces, json_get(c->out, "inTreeModulesToRemove")) ||
	    !str_eq(str_of(dockerfile ? dockerfile : ""),
	            field(json_get(build, "dockerfileConfigMap"), "name")) ||
	    !args_are(&out, json_get(build, "buildArgs")))
		return WRONG;
	return json_get(c->out, "sign") || (tls && yyjson_obj_size(tls)) ||
	       json_get(build, "secrets") ? PART : PASS;
}

static enum verdict build_args(struct check *c)
{
	static const char *const levels[] = { "args", "overrides" }, *const heads[] = {
		"[module]\nname = m\nimage = r/m:t\n[build]\n", "[kernel a]\nregexp = .\n" };
	struct buf b = { .s = c->s };
	struct mapping m;
	struct resolved out;
	yyjson_val *v;
	size_t i, max;

	for (size_t level = 0; level < 2; level++) {
		buf_add(&b, str_of(heads[level]));
		yyjson_arr_foreach(json_get(c->in, levels[level]), i, max, v)
			buf_format(&b, "arg.%.*s = %.*s\n", FMT(text_of(yyjson_arr_get(v, 0))),
			           FMT(text_of(yyjson_arr_get(v, 1))));
	}
	if (mapping_parse(c->k, c->s, "kml.ini", buf_str(&b), &m) < 0 ||
	    mapping_resolve(c->k, c->s, &m, "1.2.3", &out) < 0)
		return refused(c, KML_BAD);
	yyjson_arr_foreach(c->out, i, max, v)
		if (i >= out.nargs || !str_eq(out.args[i].name, text_of(yyjson_arr_get(v, 0))) ||
		    !str_eq(str_of(out.args[i].value.text), text_of(yyjson_arr_get(v, 1))))
			return WRONG;
	return out.nargs == max ? PASS : WRONG;
}

/* ---- what is refused ----------------------------------------------------- */

static enum verdict parse_verdict(struct check *c, struct str ini)
{
	struct mapping m;

	return refused(c, mapping_parse(c->k, c->s, "kml.ini", ini, &m));
}

static enum verdict validate_image(struct check *c)
{
	return parse_verdict(c, str_of(scope_format(c->s, "[module]\nname = m\nimage = %.*s\n"
		"[kernel a]\nregexp = .\n", FMT(text_of(c->in)))));
}

static enum verdict validate_mappings(struct check *c)
{
	yyjson_val *list = json_get(c->in, "kernelMappings"), *v;
	size_t i, max;
	bool one = json_get(c->in, "inTreeModuleToRemove");

	yyjson_arr_foreach(list, i, max, v)
		one = one || json_get(v, "inTreeModuleToRemove");
	return one ? UNSAID : parse_verdict(c, ini_of(c, NULL, c->in));
}

static enum verdict validate_modprobe(struct check *c)
{
	struct buf b = { .s = c->s };

	if (json_get(c->in, "rawArgs") || json_get(c->in, "args"))
		return UNSAID;
	buf_add(&b, S("[module]\nimage = r/m:t\n"));
	put(&b, "name", field(c->in, "moduleName"));
	put(&b, "dir", field(c->in, "dirName"));
	put(&b, "firmware", field(c->in, "firmwarePath"));
	put_list(&b, "order", json_get(c->in, "modulesLoadingOrder"));
	put_list(&b, "parameters", json_get(c->in, "parameters"));
	buf_add(&b, S("[kernel a]\nregexp = .\n"));
	return parse_verdict(c, buf_str(&b));
}

static enum verdict unsaid(struct check *c) { return (void)c, UNSAID; }

/* ---- the suites ---------------------------------------------------------- */

static const struct { const char *id; enum verdict (*fn)(struct check *c); } suites[] = {
	{ "kmm.normalize", normalize }, { "kmm.normalize_collision", collision },
	{ "kmm.dns_safe", dns_safe }, { "kmm.node_kernel", node_kernel },
	{ "kmm.kernel_vars", kernel_vars }, { "kmm.envsubst", envsubst }, { "kmm.regexp", regexp },
	{ "kmm.find_mapping", find_mapping }, { "kmm.resolve", resolve }, { "kmm.build_args", build_args },
	{ "kmm.validate_image", validate_image }, { "kmm.validate_mappings", validate_mappings },
	{ "kmm.validate_modprobe", validate_modprobe }, { "kmm.validate_sign", unsaid },
	{ "kmm.validate_module", unsaid },
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
		printf(", %d not in kml.ini", count[UNSAID]);
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
	yyjson_arr_foreach(json_get(root, "suites"), i, max, v)
		for (size_t j = 0; j < countof(suites); j++)
			if (str_eq(field(v, "id"), str_of(suites[j].id))) {
				failed += suite(k, s, v, suites[j].fn);
				known++;
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
