#define KML_TEST
#include "../../src/site/cluster.c"
#include "../../src/site/export.c"
#include "../../src/site/import.c"
#include "../test.h"

#define DIR "build/unit-export"

static char told[1500];
static bool once;

static void tell(void *arg, enum kml_level level, const char *text)
{
	(void)arg;
	(void)level;
	snprintf(told + strlen(told), sizeof told - strlen(told), "%s;", text);
}

static struct export begin(struct kml *k, struct scope *s, const struct mapping *m)
{
	return (struct export){ .k = k, .s = s, .m = m, .b = { .s = s } };
}

/* The Module of `ini`, or the failure's sentence. */
static struct str module(struct kml *k, struct scope *s, const char *ini)
{
	struct mapping m = { 0 };
	struct export e = begin(k, s, &m);

	told[0] = '\0';
	if (mapping_parse(k, s, "kml.ini", str_of(ini), &m) < 0 || export_module(&e) < 0)
		return str_of(k->msg);
	return buf_str(&e.b);
}

/* `want` has single quotes for double ones. */
static bool has(struct scope *s, struct str json, const char *want)
{
	char *p = scope_text(s, str_of(want));

	for (size_t i = 0; p[i]; i++)
		p[i] = p[i] == '\'' ? '"' : p[i];
	return memmem(json.p, json.n, p, strlen(p));
}

#define HEAD "[module]\nname = ci_a\nimage = r/$MOD_NAME:${KERNEL_VERSION}\n"

/* Does the kml.ini mean the same for this kernel, once it has been a Module? */
static bool stays(struct kml *k, struct scope *s, const char *ini, const char *kernel)
{
	struct mapping one, two;
	struct resolved a, b;
	struct str text;

	if (import_module(k, s, module(k, s, ini), &text) < 0 ||
	    mapping_parse(k, s, "kml.ini", str_of(ini), &one) < 0 ||
	    mapping_parse(k, s, "kml.ini", text, &two) < 0 ||
	    mapping_resolve(k, s, &one, kernel, &a) < 0 || mapping_resolve(k, s, &two, kernel, &b) < 0 ||
	    a.nargs != b.nargs || a.replaces.n != b.replaces.n || a.order.n != b.order.n)
		return false;
	for (size_t i = 0; i < a.nargs; i++)
		if (!str_eq(a.args[i].name, b.args[i].name) ||
		    strcmp(a.args[i].value.text, b.args[i].value.text))
			return false;
	return !strcmp(a.image, b.image) && !strcmp(a.name, b.name) && !strcmp(a.dir, b.dir) &&
	       !strcmp(a.parameters, b.parameters) && a.plain == b.plain &&
	       a.unverified == b.unverified && !a.firmware == !b.firmware;
}

static void modules(struct kml *k, struct scope *s)
{
	TEST("templates keep what KMM knows, and no more") {
		struct str json = module(k, s, HEAD "namespace = ns\nvar.A = x$KERNEL_X\nvar.B = $$y\n"
			"[kernel a]\nregexp = .\nimage = r/$MOD_NAMESPACE/${A}-${C:-$B}:${KERNEL_XYZ}\n"
			"[kernel b]\nregexp = .\nvar.A = z\n");

		CHECK(has(s, json, "'metadata':{'name':'ci-a','namespace':'ns'}"));
		CHECK(has(s, json, "'containerImage':'r/${MOD_NAMESPACE}/x${KERNEL_X}-$$y:${KERNEL_XYZ}'"));
		CHECK(has(s, json, "'containerImage':'r/ci_a:${KERNEL_VERSION}'") && !*told);
		CHECK(has(s, module(k, s, "[module]\nname = a\nimage = r/$MOD_NAME:1\n[kernel a]\nregexp=.\n"),
		          "'containerImage':'r/${MOD_NAME}:1'"));
	}
	TEST("what a Module has no word for is told") {
		struct str json = module(k, s, HEAD "[build]\nmodules = *.ko\narg.A = 1\n[kernel a]\n"
			"literal = 1.2.3\ndir = /x\n[kernel b]\nrange = >=6\n[kernel c]\nregexp = 5\n"
			"skip = old\n[registry r]\nca = /ca.pem\n");

		CHECK(has(s, json, "'kernelMappings':[{'literal':'1.2.3','containerImage':"
		          "'r/ci_a:${KERNEL_VERSION}'}]}}"));
		CHECK(!strcmp(told, "kml.ini:5: modules in [build] is lost: a Module has no word for it "
			"there;kml.ini:16: ca in [registry r] is lost: a Module has no word for it there;"
			"kml.ini:7: how [kernel a] and its like are built is lost: a Module needs a dockerfile that is the "
			"same for all kernels;kml.ini:9: dir in [kernel a] is lost: a Module has no word for "
			"it there;kml.ini:11: [kernel b] is lost: a Module has no range; its kernels are left "
			"to the rules below;kml.ini:14: [kernel c] is lost: a Module has no skip; its kernels "
			"are left to the rules below;"));
	}
	TEST("there and back it means the same") {
		const char *ini = HEAD "order = ci_a, ci_b\nparameters = a=1 b=\"x y\" c\nfirmware = fw\n"
			"dir = /x/\ntls = skip-verify\nreplaces = p, q\n[build]\ndockerfile = d/Dockerfile\n"
			"arg.A = 1\narg.B = 2\n[kernel a]\nliteral = 6.1.0\ntls =\nreplaces =\narg.B = 3\n"
			"arg.C =\n[kernel b]\nregexp = ^5\ntls = insecure\n[kernel c]\nregexp = .\n";

		CHECK(stays(k, s, ini, "6.1.0+") && stays(k, s, ini, "5.4.0") && stays(k, s, ini, "4.1.0"));
		CHECK(has(s, module(k, s, ini), "'parameters':['a=1','b=\\'x y\\'','c']"));
		CHECK(has(s, str_of(told), "KMM takes a Dockerfile from a ConfigMap: kubectl create configmap "
		          "dockerfile --from-file=dockerfile=d/Dockerfile;"));
	}
	TEST("names that Kubernetes does not take") {
		CHECK(has(s, module(k, s, "[module]\nimage=r/m:t\n[kernel a]\nregexp=.\nname=m\n"),
		          "kml.ini: [module] has no name"));
		CHECK(has(s, module(k, s, HEAD "namespace = a_b\n"), "cannot be a namespace of Kubernetes"));
		CHECK(has(s, module(k, s, "[module]\nname=m0123456789012345678901234567890123456789x\n"),
		          "more than 41 characters"));
	}
}

static struct str cluster(struct kml *k, struct scope *s, const char *ini, const char *image,
                          const struct kernels *kernels, const char *secret)
{
	struct mapping m = { 0 };
	struct cluster c = { .e = begin(k, s, &m), .image = image, .kernels = kernels, .parts = 4,
	                     .parallel = 2 };
	struct buf out = { .s = s };
	yyjson_val *root;

	c.e.pull_secret = secret;
	told[0] = '\0';
	if (save_mkdirs(k, s, DIR) < 0 || save_file(k, s, DIR "/kml.ini", str_of(ini)) < 0 ||
	    mapping_read(k, s, DIR "/kml.ini", &m) < 0 || cluster_export(&c) < 0)
		return str_of(k->msg);
	emit_indented(&out, buf_str(&c.e.b));
	CHECK(json_read(k, s, buf_str(&out), &root) == 0);
	out.n = 0;
	json_copy(&out, root);
	CHECK(str_eq(buf_str(&out), buf_str(&c.e.b)));
	return buf_str(&c.e.b);
}

#define END "[kernel a]\nregexp = .\n"

TESTS
	const char *names[] = { "6.1.0", "6.2.0+" };
	const struct kernels list = { names, 2 };
	struct str json;

	k->log = tell;
	if (!once)
		modules(k, s);
	once = true;            /* of the others the faults are the same */
	TEST("a DaemonSet with the least rights") {
		json = cluster(k, s, HEAD END, "r/kml:1", NULL, NULL);
		CHECK(has(s, json, "'kind':'ConfigMap','metadata':{'name':'kml-ci-a'},'data':{'kml.ini':'["));
		CHECK(has(s, json, "'command':['kml','load','-c','/etc/kml/kml.ini'],'terminationMessagePolicy':'FallbackToLogsOnError','securityContext':"
		          "{'allowPrivilegeEscalation':false,'capabilities':{'add':['SYS_MODULE'],"
		          "'drop':['ALL']}"));
		CHECK(has(s, json, "'command':['kml','unload','ci_a']"));
		CHECK(!memmem(json.p, json.n, "privileged", 10) && !memmem(json.p, json.n, "login", 5));
	}
	TEST("a Module, with faults too") {
		CHECK(has(s, module(k, s, HEAD "var.A = $KERNEL_X\n[kernel a]\nregexp = .\n"
		          "image = r/$A:1\ndockerfile = d\narg.B = 1\n"), "r/${KERNEL_X}:1"));
	}
	TEST("with firmware, and with a secret") {
		json = cluster(k, s, HEAD END "firmware = fw\n", "r/kml:1", NULL, "regcred");
		CHECK(has(s, json, "{'privileged':true,") && has(s, json, "'hostPath':{'path':'/sys'}}"));
		CHECK(has(s, json, "'imagePullSecrets':[{'name':'regcred'}],'initContainers'"));
		CHECK(has(s, json, "'env':[{'name':'DOCKER_CONFIG','value':'/run/secrets/kml'}]"));
		CHECK(has(s, json, "{'name':'login','secret':{'secretName':'regcred','items':["));
	}
	TEST("a Job takes parts of a list") {
		json = cluster(k, s, HEAD "[build]\nsources = src\n" END, "r/kml:1", &list, NULL);
		CHECK(has(s, json, "'kernels':'6.1.0\\n6.2.0+\\n'}"));
		CHECK(has(s, json, "'completions':4,'parallelism':2,") && has(s, json, "'--shard','4'"));
		CHECK(strstr(told, "/kml.ini:5: 'src' will not be in the pod; name a place in its image, from / on;"));
	}
	TEST("the image with kml in it") {
		json = cluster(k, s, "[module]\nname = m\nimage = r/m:1\n" END, NULL, NULL, NULL);
		CHECK(has(s, json, "'image':'r/m:1'"));
		CHECK(!*told && has(s, cluster(k, s, HEAD END "image = oci:d:1\n[registry r]\nca = /a\n",
		      "r/m:1", NULL, NULL), "'image':'r/m:1'"));
		CHECK(strstr(told, ":6: 'd:1' will not be in the pod;") && !strstr(told, "'/a'"));
		CHECK(has(s, cluster(k, s, HEAD END, NULL, NULL, NULL), "which image has kml in it? say --image"));
		CHECK(has(s, cluster(k, s, HEAD END, "r/m", NULL, NULL), "neither a tag nor a digest"));
		CHECK(has(s, cluster(k, s, HEAD END, "r/m\xff:1", NULL, NULL), "--image is no text"));
		CHECK(has(s, cluster(k, s, HEAD END, "r/m:1", NULL, "A"), "cannot be a pull secret"));
	}
TESTS_END
