#define KML_TEST
#include "../../src/ground/command.c"

/* The helper that is there: what it says, how it ends, and what it was asked. */
static const char *says;
static int ends;
static char asked[200];
static int helper_run(struct kml *k, struct scope *s, char *const argv[], struct str input,
                      struct str *output, int *status)
{
	(void)s;
	snprintf(asked, sizeof asked, "%s %s %.*s", argv[0], argv[1], FMT(input));
	*output = str_of(says);
	*status = ends;
	return ends == 127 ? fail(k, KML_NOTFOUND, "%s: no such program", argv[0]) : 0;
}
#define command_run helper_run
#include "../../src/registry/creds.c"
#include "../test.h"

#define DIR "build/unit-creds"

static bool once;

static void file(const char *path, const char *text)
{
	char dirs[200];
	FILE *f;

	snprintf(dirs, sizeof dirs, "%s", path);
	for (char *p = dirs; (p = strchr(p + 1, '/'));) {
		*p = '\0';
		mkdir(dirs, 0755);
		*p = '/';
	}
	remove(path);           /* faster than to write over it */
	if ((f = fopen(path, "w"))) {
		fputs(text, f);
		fclose(f);
	}
}

/* "user:password", "=identity" or "nobody": the login for host/repo. */
static const char *login(struct kml *k, struct scope *s, const char *authfile, const char *name)
{
	struct str repo = str_of(name), host = str_take(&repo, '/');
	struct creds c;

	asked[0] = '\0';
	if (creds_find(k, s, authfile, host, repo, &c) < 0)
		return "error";
	return !c.found ? "nobody" : c.identity.n ? scope_format(s, "=%.*s", FMT(c.identity)) :
		scope_format(s, "%.*s:%.*s", FMT(c.user), FMT(c.password));
}

/* The same in a file that says `text`. */
static bool in(struct kml *k, struct scope *s, const char *text, const char *name, const char *want)
{
	const char *got;

	file(DIR "/one.json", text);
	got = login(k, s, DIR "/one.json", name);
	return !strcmp(got, want);
}

static bool says_of(struct kml *k, const char *what)
{
	return strstr(k->msg, what) != NULL;
}

static void auths(struct kml *k, struct scope *s)
{
	static const char many[] = "{\"auths\":{\"quay.io/org\":{\"auth\":\"dTpv\"},\"quay.io/org/app/\":{\"auth\":\"dTph\"},"
		"\"quay.io/org/none\":{},\"https://old.io/v1/\":{\"auth\":\"dTpw\"},"
		"\"http://plain.io:80\":{\"auth\":\"dTpx\"},\"*.wild.io\":{\"auth\":\"dTp3\"},"
		"\"a.wild.io/x\":{\"auth\":\"dTpz\"},\"quay.io\":{\"auth\":\"dTpo\"}}}";

	TEST("the longest key that is the repository, or what it is in") {
		CHECK(in(k, s, many, "quay.io/org/app", "u:a") && in(k, s, many, "quay.io/org/app/x", "u:a"));
		CHECK(in(k, s, many, "quay.io/org/apple", "u:o") && in(k, s, many, "quay.io/orga", "u:h"));
		CHECK(in(k, s, many, "quay.io/org/none", "u:o") && in(k, s, many, "quay.io/", "u:h"));
		CHECK(in(k, s, many, "quay.io.evil/org", "nobody") && in(k, s, many, "uay.io/org", "nobody"));
		CHECK(in(k, s, many, "quay.io:443/org", "nobody"));
	}
	TEST("keys that are URLs, and globs as the kubelet has them") {
		CHECK(in(k, s, many, "old.io/org", "u:p") && in(k, s, many, "plain.io:80/org", "u:q"));
		CHECK(in(k, s, many, "b.wild.io/org", "u:w") && in(k, s, many, "a.b.wild.io/org", "nobody"));
		CHECK(in(k, s, many, "a.wild.io/x", "u:s") && in(k, s, many, "wild.io/x", "nobody"));
	}
	TEST("docker.io has three names") {
		static const char *const keys[] = { "docker.io", "https://index.docker.io/v1/",
		                                    "registry-1.docker.io", "index.docker.io/v1" };

		for (size_t i = 0; i < 3; i++) {
			const char *text = scope_format(s, "{\"auths\":{\"%s\":{\"auth\":\"dTpw\"}}}", keys[i]);

			CHECK(in(k, s, text, "docker.io/library/x", "u:p"));
			CHECK(in(k, s, text, "registry-1.docker.io/library/x", "u:p"));
			CHECK(in(k, s, text, "index.docker.io/a/b", "u:p"));
			CHECK(in(k, s, text, "hub.docker.io/a/b", "nobody"));
		}
	}
}

static bool entry(struct kml *k, struct scope *s, const char *text, const char *want)
{
	return in(k, s, scope_format(s, "{\"auths\":{\"a.io\":%s}}", text), "a.io/r", want);
}

static void entries(struct kml *k, struct scope *s)
{
	TEST("what an entry says") {
		CHECK(entry(k, s, "{\"auth\":\"dTpwOnc=\"}", "u:p:w"));         /* the first colon */
		CHECK(entry(k, s, "{\"auth\":\"dTpwAAA=\"}", "u:p"));           /* NULs at the end */
		CHECK(entry(k, s, "{\"username\":\"u\",\"password\":\"p w\"}", "u:p w"));
		CHECK(entry(k, s, "{\"auth\":\"dTpw\",\"identitytoken\":\"t\"}", "=t"));
		CHECK(entry(k, s, "{\"auth\":\"\"}", "nobody") && entry(k, s, "{}", "nobody"));
		CHECK(entry(k, s, "null", "nobody") && entry(k, s, "{\"auth\":null}", "nobody"));
		CHECK(entry(k, s, "{\"email\":\"x\",\"username\":\"u\"}", "nobody"));
	}
	TEST("what is broken is named, and never nobody's") {
		CHECK(entry(k, s, "{\"auth\":\"*\"}", "error") && says_of(k, "one.json: a.io: \"auth\" is not base64"));
		CHECK(entry(k, s, "{\"auth\":\"dXA=\"}", "error") && says_of(k, "not user:password"));
		CHECK(entry(k, s, "{\"auth\":1}", "error") && !says_of(k, "dTpw"));
		CHECK(in(k, s, "{\"auths\":{\"a.io\":", "a.io/r", "error") && says_of(k, DIR "/one.json: "));
		CHECK(in(k, s, "{\"auths\":[]}", "a.io/r", "error") && in(k, s, "[]", "a.io/r", "error"));
		CHECK(in(k, s, "{\"credHelpers\":\"x\"}", "a.io/r", "error"));
		CHECK(in(k, s, " \n", "a.io/r", "nobody") && in(k, s, "{}", "a.io/r", "nobody"));
		CHECK(!strcmp(login(k, s, DIR "/none.json", "a.io/r"), "error") && says_of(k, "none.json"));
	}
}

static void helpers(struct kml *k, struct scope *s)
{
	static const char both[] = "{\"auths\":{\"a.io\":{\"auth\":\"dTpw\"},\"b.io\":{\"auth\":\"dTpw\"}},"
		"\"credHelpers\":{\"a.io\":\"one\",\"https://index.docker.io/v1/\":\"hub\"},\"credsStore\":\"all\"}";

	says = "{\"ServerURL\":\"x\",\"Username\":\"h\",\"Secret\":\"s\"}\n";
	ends = 0;
	TEST("a helper of the registry's own, then the file, then that for all") {
		CHECK(in(k, s, both, "a.io/r", "h:s") && !strcmp(asked, "docker-credential-one get a.io\n"));
		CHECK(in(k, s, both, "b.io/r", "u:p") && !*asked);
		CHECK(in(k, s, both, "c.io:5000/r", "h:s"));
		CHECK(!strcmp(asked, "docker-credential-all get c.io:5000\n"));
		CHECK(in(k, s, both, "registry-1.docker.io/r", "h:s"));
		CHECK(!strcmp(asked, "docker-credential-hub get https://index.docker.io/v1/\n"));
		says = "{\"Username\":\"<token>\",\"Secret\":\"s\"}";
		CHECK(in(k, s, both, "a.io/r", "=s"));
	}
	TEST("a helper that knows of none is nobody's, any other failure has its name") {
		ends = 1;
		says = "credentials not found in native keychain\n";
		CHECK(in(k, s, both, "a.io/r", "nobody"));
		says = "secret: it is locked";
		CHECK(in(k, s, both, "a.io/r", "error") && says_of(k, "docker-credential-one failed (status 1)"));
		CHECK(!says_of(k, "locked") || !says_of(k, "secret:"));
		ends = 127;
		CHECK(in(k, s, both, "a.io/r", "error") && says_of(k, "docker-credential-one: no such program"));
		ends = 0;
		says = "{\"Username\":\"h\"}";
		CHECK(in(k, s, both, "a.io/r", "error") && says_of(k, "docker-credential-one gave no login"));
		CHECK(in(k, s, "{\"credsStore\":\"../x\"}", "a.io/r", "error") && !*asked);
		CHECK(in(k, s, "{\"credHelpers\":{\"a.io\":\"a b\"}}", "a.io/r", "error") && !*asked);
	}
}

static bool found(struct kml *k, struct scope *s, const char *want)
{
	return !strcmp(login(k, s, NULL, "a.io/r"), want);
}

static void look_for(const char *path, const char *login)
{
	char text[100];

	snprintf(text, sizeof text, strstr(path, "dockercfg") ? "{\"a.io\":{\"auth\":\"%s\"}}" :
	         "{\"auths\":{\"a.io\":{\"auth\":\"%s\"}}}", login);
	file(path, text);
}

static void order(struct kml *k, struct scope *s)
{
	static const char *const paths[] = { DIR "/run/containers/auth.json",
		DIR "/config/containers/auth.json", DIR "/docker/config.json", DIR "/home/.dockercfg" };
	static const char *const logins[] = { "dTox", "dToy", "dToz", "dTo0" };

	setenv("XDG_RUNTIME_DIR", DIR "/run", 1);
	setenv("XDG_CONFIG_HOME", DIR "/config", 1);
	setenv("DOCKER_CONFIG", DIR "/docker", 1);
	setenv("HOME", DIR "/home", 1);
	remove(DIR "/home/.config/containers/auth.json");       /* from a run that broke off */
	for (size_t i = 0; i < countof(paths); i++)
		look_for(paths[i], logins[i]);
	TEST("the files, one after the other") {
		for (size_t i = 0; i < countof(paths); i++) {
			CHECK(found(k, s, scope_format(s, "u:%zu", i + 1)));
			file(paths[i], "{\"auths\":{\"b.io\":{\"auth\":\"dTpw\"}}}");
		}
		file(paths[3], "{}");
		CHECK(found(k, s, "nobody"));
		file(paths[1], "{");
		CHECK(found(k, s, "error") && says_of(k, paths[1]));
		remove(paths[1]);
	}
	TEST("those of a home, when nothing else is set") {
		unsetenv("XDG_CONFIG_HOME");
		unsetenv("DOCKER_CONFIG");
		look_for(DIR "/home/.docker/config.json", "dToy");
		CHECK(found(k, s, "u:2"));
		look_for(DIR "/home/.config/containers/auth.json", "dTox");
		CHECK(found(k, s, "u:1"));
		remove(DIR "/home/.config/containers/auth.json");
	}
	TEST("a file that is named is the only one") {
		look_for(DIR "/named", "dTox");
		setenv("REGISTRY_AUTH_FILE", DIR "/named", 1);
		CHECK(found(k, s, "u:1"));
		file(DIR "/named", "{}");
		CHECK(found(k, s, "nobody") && !strcmp(login(k, s, DIR "/none", "a.io/r"), "error"));
		remove(DIR "/named");
		CHECK(found(k, s, "error") && says_of(k, DIR "/named"));
		unsetenv("REGISTRY_AUTH_FILE");
	}
}

static void kubernetes(struct kml *k, struct scope *s)
{
	TEST("the directory of a secret, of either kind") {
		look_for(DIR "/new/.dockerconfigjson", "dTox");
		CHECK(!strcmp(login(k, s, DIR "/new", "a.io/r"), "u:1"));
		CHECK(!strcmp(login(k, s, DIR "/new/.dockerconfigjson", "a.io/r"), "u:1"));
		look_for(DIR "/old/.dockercfg", "dToy");
		CHECK(!strcmp(login(k, s, DIR "/old", "a.io/r"), "u:2"));
		mkdir(DIR "/empty", 0755);
		CHECK(!strcmp(login(k, s, DIR "/empty", "a.io/r"), "error") && says_of(k, DIR "/empty"));
	}
}

TESTS
	unsetenv("REGISTRY_AUTH_FILE");
	order(k, s);
	helpers(k, s);
	kubernetes(k, s);
	if (once)               /* of the others the faults are the same */
		return 0;
	once = true;
	auths(k, s);
	entries(k, s);
TESTS_END
