#define KML_TEST
#include "../../src/ground/command.c"

static int ends;
static char asked[300];
static int helper_run(struct kml *k, struct scope *s, char *const argv[], struct str input,
                      struct str *output, int *status)
{
	(void)k, (void)s;
	snprintf(asked, sizeof asked, "%s %s %.*s", argv[0], argv[1], FMT(input));
	*output = S("credentials not found");
	*status = ends;
	return 0;
}
#define command_run helper_run
#include "../../src/registry/keep.c"
#include "../test.h"

#define DIR "build/unit-keep"
#define FILE_OTHER "{\"auths\":{\"b.io\":{\"auth\":\"dTpo\",\"x\":[1.50]}},\"HttpHeaders\":{\"a\":\"b\"}}"

static const struct creds login = { .user = { "u", 1 }, .password = { "p\"w", 3 } };

static void put(const char *text)
{
	FILE *f;

	mkdir(DIR, 0755);
	remove(DIR "/auth.json");       /* faster than to write over it */
	if ((f = fopen(DIR "/auth.json", "w"))) {
		fputs(text, f);
		fclose(f);
	}
}

static const char *got(struct kml *k, struct scope *s, const char *path)
{
	struct str text;

	return sys_read_file(k, s, path, &text) < 0 ? "none" : scope_text(s, text);
}

/* Keep, or with NULL forget, the login for `key` in a file of this text: it then is `want`. */
static bool becomes(struct kml *k, struct scope *s, const char *text, const char *key,
                    const struct creds *c, const char *want)
{
	put(text);
	asked[0] = '\0';
	return keep_login(k, s, DIR "/auth.json", str_of(key), c, false) == 0 &&
	       !strcmp(got(k, s, DIR "/auth.json"), want);
}

static void files(struct kml *k, struct scope *s)
{
	struct creds c;
	struct stat st;

	TEST("a login goes beside the others, and what else is there stays") {
		CHECK(becomes(k, s, "", "a.io", &login, "{\"auths\":{\"a.io\":{\"auth\":\"dTpwInc=\"}}}\n"));
		CHECK(becomes(k, s, FILE_OTHER, "a.io/org", &login, "{\"auths\":{\"b.io\":{\"auth\":\"dTpo\","
			"\"x\":[1.50]},\"a.io/org\":{\"auth\":\"dTpwInc=\"}},\"HttpHeaders\":{\"a\":\"b\"}}\n"));
		CHECK(becomes(k, s, "{\"auths\":{\"https://a.io/v1/\":{\"auth\":\"\"}}}", "a.io", &login,
		              "{\"auths\":{\"a.io\":{\"auth\":\"dTpwInc=\"}}}\n"));
		CHECK(creds_find(k, s, DIR "/auth.json", S("a.io"), S("r"), &c) == 0 && c.found);
		CHECK(str_eq(c.user, login.user) && str_eq(c.password, login.password));
	}
	TEST("it is nobody else's to read, from the beginning") {
		chmod(DIR "/auth.json", 0644);
		CHECK(keep_login(k, s, DIR "/auth.json", S("a.io"), &login, false) == 0);
		CHECK(stat(DIR "/auth.json", &st) == 0 && (st.st_mode & 0777) == 0600);
		CHECK(keep_login(k, s, DIR "/new/deep/auth.json", S("a.io"), &login, false) == 0);
		CHECK(stat(DIR "/new/deep/auth.json", &st) == 0 && (st.st_mode & 0777) == 0600);
		remove(DIR "/new/deep/auth.json");
	}
	TEST("one is forgotten, or all") {
		CHECK(becomes(k, s, FILE_OTHER, "b.io", NULL, "{\"auths\":{},\"HttpHeaders\":{\"a\":\"b\"}}\n"));
		put(FILE_OTHER);
		CHECK(keep_login(k, s, DIR "/auth.json", S(""), NULL, true) == 0);
		CHECK(!strcmp(got(k, s, DIR "/auth.json"), "{\"auths\":{},\"HttpHeaders\":{\"a\":\"b\"}}\n"));
	}
}

static void broken(struct kml *k, struct scope *s)
{
	static const char *const bad[] = { "{\"auths\":", "[]", "1", "{\"auths\":[{\"a\":1}]}" };

	TEST("a file that cannot be read is not written over") {
		for (size_t i = 0; i < countof(bad); i++) {
			put(bad[i]);
			CHECK(keep_login(k, s, DIR "/auth.json", S("a.io"), &login, false) < 0);
			CHECK(strstr(k->msg, DIR "/auth.json: ") == k->msg);
			CHECK(!strcmp(got(k, s, DIR "/auth.json"), bad[i]));
		}
	}
}

static void helpers(struct kml *k, struct scope *s)
{
	static const char text[] = "{\"credHelpers\":{\"a.io\":\"one\"},\"credsStore\":\"all\"}";

	TEST("where there is a helper, it keeps the login, and the file stays as it is") {
		ends = 0;
		CHECK(becomes(k, s, text, "a.io/org", &login, text));
		CHECK(!strcmp(asked, "docker-credential-one store "
		              "{\"ServerURL\":\"a.io\",\"Username\":\"u\",\"Secret\":\"p\\\"w\"}"));
		CHECK(becomes(k, s, text, "c.io", NULL, text) && !strcmp(asked, "docker-credential-all erase c.io"));
		ends = 1;
		CHECK(!becomes(k, s, text, "c.io", &login, text) && !strcmp(got(k, s, DIR "/auth.json"), text));
		CHECK(becomes(k, s, text, "c.io", NULL, text));
		put("{\"credsStore\":\"../x\"}");
		asked[0] = '\0';
		CHECK(keep_login(k, s, DIR "/auth.json", S("a.io"), &login, false) == KML_BAD && !*asked);
	}
	TEST("for docker.io it is the address that docker uses") {
		ends = 0;
		CHECK(becomes(k, s, text, "docker.io", &login, text));
		CHECK(strstr(asked, "\"ServerURL\":\"https://index.docker.io/v1/\"") != NULL);
		CHECK(becomes(k, s, text, "docker.io", NULL, text));
		CHECK(!strcmp(asked, "docker-credential-all erase https://index.docker.io/v1/"));
	}
}

TESTS
	unsetenv("REGISTRY_AUTH_FILE");
	setenv("XDG_RUNTIME_DIR", DIR "/run", 1);
	TEST("the file that is written") {
		CHECK(!strcmp(keep_file(s, NULL), DIR "/run/containers/auth.json"));
		setenv("REGISTRY_AUTH_FILE", "x", 1);
		CHECK(!strcmp(keep_file(s, NULL), "x") && !strcmp(keep_file(s, "y"), "y"));
		unsetenv("REGISTRY_AUTH_FILE");
	}
	files(k, s);
	broken(k, s);
	helpers(k, s);
TESTS_END
