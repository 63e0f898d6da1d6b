#define KML_TEST
#include "../../src/site/import.c"
#include "../test.h"

static char told[600];

static void tell(void *arg, enum kml_level level, const char *text)
{
	(void)arg;
	(void)level;
	snprintf(told + strlen(told), sizeof told - strlen(told), "%s;", text);
}

/* JSON with single quotes. */
static struct str json(struct scope *s, const char *text)
{
	char *p = scope_text(s, str_of(text));

	for (size_t i = 0; p[i]; i++)
		p[i] = p[i] == '\'' ? '"' : p[i];
	return str_of(p);
}

#define HEAD "{'apiVersion':'kmm.sigs.x-k8s.io/v1beta1','kind':'Module','metadata':{'name':'ci-a'," \
	"'namespace':'ns'},'spec':{'moduleLoader':{'container':{"
#define PROBE "'modprobe':{'moduleName':'ci_a'}"
#define RULE "'kernelMappings':[{'regexp':'.'}]"
#define IMAGE "'containerImage':'r/m:t'"

static bool gives(struct kml *k, struct scope *s, const char *container, const char *want)
{
	struct str ini = S("");
	int r = import_module(k, s, json(s, scope_format(s, HEAD "%s}}}}", container)), &ini);

	if (r < 0 || !str_eq(ini, str_of(want)))
		fprintf(stderr, "%s\n%.*s", r < 0 ? k->msg : "", FMT(ini));
	return r == 0 && str_eq(ini, str_of(want));
}

static bool refuses(struct kml *k, struct scope *s, const char *text, const char *why)
{
	struct str ini;
	int r = import_module(k, s, json(s, text), &ini);

	if (r < 0 && strcmp(k->msg, why))
		fprintf(stderr, "%s\n", k->msg);
	return r == KML_BAD && !strcmp(k->msg, why);
}

#define REFUSES(container, why) \
	CHECK(refuses(k, s, HEAD container "}}}}", "spec.moduleLoader.container." why))

static void refused(struct kml *k, struct scope *s)
{
	static const char *const values[][2] = {
		{ "a\\nb", "has several lines; kml.ini cannot hold that" },
		{ "a ; b", ": kml.ini cannot hold 'a ; b', of which it would be 'a'" },
		{ "a ;b", ": is ';b' a comment? Then put a blank behind its ';'; in a regexp write \\x3b "
		          "for a ';' after a blank" },
		{ " a", ": kml.ini cannot hold ' a', of which it would be 'a'" },
	};

	TEST("what the webhook refuses, and where") {
		REFUSES(PROBE "," RULE, "kernelMappings[0].containerImage is missing, and "
		        "spec.moduleLoader.container.containerImage too");
		REFUSES(IMAGE "," PROBE ",'kernelMappings':[{'regexp':'.'},{}]",
		        "kernelMappings[1] has neither literal nor regexp; it takes one of the two");
		REFUSES(IMAGE "," PROBE ",'kernelMappings':[{'regexp':'.','literal':'1'}]",
		        "kernelMappings[0] has both literal and regexp; it takes one of the two");
		REFUSES(IMAGE "," PROBE ",'kernelMappings':[{'literal':'1.2.3'},{'regexp':'a('}]",
		        "kernelMappings[1].regexp: character 2 of 'a(', '(': the group is not closed by ')'");
		REFUSES("'containerImage':'r:5/m'," PROBE "," RULE, "containerImage: image for [kernel "
		        "mapping-0]: 'r:5/m' has neither a tag nor a digest; add :TAG, as in "
		        ":${KERNEL_FULL_VERSION}");
		REFUSES(IMAGE ",'modprobe':{'moduleName':'m','rawArgs':{'load':['m']}}," RULE,
		        "modprobe has both moduleName and rawArgs");
		REFUSES(IMAGE ",'modprobe':{}," RULE, "modprobe.moduleName is missing");
		REFUSES(IMAGE ",'modprobe':{'moduleName':'a','modulesLoadingOrder':['a']}," RULE,
		        "modprobe.modulesLoadingOrder has less than two modules");
		REFUSES(IMAGE ",'modprobe':{'moduleName':'a','modulesLoadingOrder':['b','a']}," RULE,
		        "modprobe.modulesLoadingOrder: order for [kernel mapping-0]: order begins with "
		        "'b'; it must begin with name, which is 'a' and is loaded last");
		REFUSES(IMAGE "," PROBE "," RULE ",'inTreeModuleToRemove':'a','inTreeModulesToRemove':[]",
		        "inTreeModuleToRemove: only one of inTreeModulesToRemove and "
		        "inTreeModuleToRemove is allowed, here and in the container");
		REFUSES(IMAGE "," PROBE ",'inTreeModuleToRemove':'a','kernelMappings':[{'regexp':'.',"
		        "'inTreeModulesToRemove':[]}]", "kernelMappings[0].inTreeModulesToRemove: only "
		        "one of inTreeModulesToRemove and inTreeModuleToRemove is allowed, here and in the "
		        "container");
		REFUSES(IMAGE "," PROBE "," RULE ",'sign':{}", "sign.filesToSign is missing");
		REFUSES(IMAGE "," PROBE ",'kernelMappings':[{'regexp':'.','sign':{'filesToSign':"
		        "['/opt/a','/optional/a']}}]", "kernelMappings[0].sign.filesToSign[1] is "
		        "not below /opt/, which is dirName");
	}
	TEST("what kml.ini cannot hold") {
		REFUSES(IMAGE "," PROBE ",'kernelMappings':[{'literal':'1.2.3\\n[build]'}]",
		        "kernelMappings[0].literal has several lines; kml.ini cannot hold that");
		REFUSES(IMAGE ",'modprobe':{'moduleName':'a'},'inTreeModulesToRemove':['b c']," RULE,
		        "inTreeModulesToRemove[0]: 'b c' is no name of a module");
		for (size_t i = 0; i < countof(values); i++)
			CHECK(refuses(k, s, scope_format(s, HEAD IMAGE "," PROBE "," RULE ",'build':{'buildArgs':"
			      "[{'name':'A','value':'%s'}]}}}}}", values[i][0]), scope_format(s,
			      "spec.moduleLoader.container.build.buildArgs[0]%s%s", i ? "" : " ", values[i][1])));
	}
	TEST("what is of the wrong type, and what is no Module") {
		REFUSES(IMAGE "," PROBE ",'kernelMappings':{}", "kernelMappings is not a list of objects");
		REFUSES(IMAGE "," PROBE "," RULE ",'registryTLS':{'insecure':'yes'}",
		        "registryTLS.insecure is not true or false");
		REFUSES(IMAGE ",'modprobe':{'moduleName':'m','parameters':[1]}," RULE,
		        "modprobe.parameters is not a list of strings");
		CHECK(refuses(k, s, HEAD "}}}", "not JSON: unexpected end of data at byte 142"));
		CHECK(refuses(k, s, "{'kind':'List','items':[{},{}]}",
		              "a List of 2; give one Module: kubectl get module NAME -o json"));
		CHECK(refuses(k, s, "{'kind':'Pod','apiVersion':'v1'}",
		              "apiVersion 'v1', kind 'Pod': not a Module of kmm.sigs.x-k8s.io/v1beta1"));
		CHECK(refuses(k, s, "{'apiVersion':'kmm.sigs.x-k8s.io/v1beta1','kind':'Module','metadata':"
		              "{'name':'0123456789012345678901234567890123456789','namespace':'ns'}}",
		              "metadata.name and metadata.namespace have 42 characters together; the most "
		              "is 41"));
		CHECK(refuses(k, s, "{'apiVersion':'kmm.sigs.x-k8s.io/v1beta1','kind':'Module','spec':{}}",
		              "spec.moduleLoader.container is missing: the Module loads no module"));
	}
}

TESTS
	k->log = tell;
	refused(k, s);
	TEST("each field has its key") {
		CHECK(gives(k, s, "'containerImage':'r/$MOD_NAME:${KERNEL_VERSION}-$$1','registryTLS':"
		      "{'insecure':true,'insecureSkipTLSVerify':true},'inTreeModulesToRemove':['x','y'],"
		      "'build':{'dockerfileConfigMap':{'name':'d'},'buildArgs':[{'name':'A','value':'1'},"
		      "{'name':'B','value':''},{'name':'A','value':'2'}]},'modprobe':{'moduleName':'ci_a',"
		      "'dirName':'/opt','firmwarePath':'/fw','modulesLoadingOrder':['ci_a','ci_b'],"
		      "'parameters':['a=1','b=x y','c=\\\"x y\\\"']},'kernelMappings':[{'literal':'6.1.0+'},"
		      "{'literal':'6.1.0+','registryTLS':{}},{'literal':'x','inTreeModulesToRemove':[]},"
		      "{'regexp':'a;b #c','build':{'buildArgs':[{'name':'C','value':'a#b'}]}}]",
		      "[module]\nname       = ci_a\nnamespace  = ns\ndir        = /opt\n"
		      "order      = ci_a ci_b\nparameters = a=1 b=\"x y\" c=\"x y\"\nfirmware   = /fw\n"
		      "image      = r/ci-a:${KERNEL_VERSION}-$$1\nreplaces   = x y\n"
		      "tls        = insecure skip-verify\n\n"
		      "[build]\ndockerfile = d\narg.B      =\narg.A      = 2\n\n"
		      "[kernel mapping-0]\nliteral    = 6.1.0+\n\n"
		      "[kernel mapping-1]\nliteral    = 6.1.0+\ntls        =\n\n"
		      "[kernel mapping-2]\nliteral    = x\nreplaces   =\n\n"
		      "[kernel mapping-3]\nregexp     = a;b #c\narg.C      = a#b\n"));
	}
	TEST("the old field for one module, of the mapping or else of the container") {
		CHECK(gives(k, s, IMAGE ",'modprobe':{'moduleName':'m'},'inTreeModuleToRemove':'a',"
		      "'kernelMappings':[{'regexp':'.'},{'regexp':'.','inTreeModuleToRemove':'b'}]",
		      "[module]\nname       = m\nnamespace  = ns\nimage      = r/m:t\nreplaces   = a\n\n"
		      "[kernel mapping-0]\nregexp     = .\n\n"
		      "[kernel mapping-1]\nregexp     = .\nreplaces   = b\n"));
	}
	TEST("what is lost is told once, what a server adds is not") {
		struct str ini;

		told[0] = '\0';
		CHECK(import_module(k, s, json(s, "{'kind':'List','items':[{'apiVersion':"
			"'kmm.sigs.x-k8s.io/v1beta1','kind':'Module','status':{'a':1},'metadata':{'uid':'1',"
			"'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'{}'}},'spec':{"
			"'selector':{'a':'b'},'tolerations':[],'x':null,'y':1,'moduleLoader':{'container':{"
			IMAGE "," PROBE ",'kernelMappings':[{'regexp':'.','z':{'a':1}}]}}}}]}"), &ini) == 0);
		CHECK(!strcmp(told, "spec.selector is lost: kml.ini has no word for it;"
		      "spec.y is lost: kml.ini has no word for it;spec.moduleLoader.container."
		      "kernelMappings[0].z is lost: kml.ini has no word for it;"));
	}
TESTS_END
