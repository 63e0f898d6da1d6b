#define KML_TEST
#include "../../src/registry/mirrors.c"
#include "../test.h"

#define DIR "build/unit-mirrors"

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

/* Where "host/repo" is read from: "host/repo host/repo! ...", with ! for insecure. */
static const char *ways(struct kml *k, struct scope *s, const char *name, bool digest)
{
	struct str repo = str_of(name), host = str_take(&repo, '/');
	struct buf b = { .s = s };
	struct mirrors m;

	if (mirrors_find(k, s, host, repo, digest, false, &m) < 0)
		return "error";
	for (size_t i = 0; i < m.n; i++)
		buf_format(&b, "%s%.*s/%.*s%s", i ? " " : "", FMT(m.ways[i].host), FMT(m.ways[i].repo),
		           m.ways[i].insecure ? "!" : "");
	return scope_text(s, buf_str(&b));
}

static bool is(struct kml *k, struct scope *s, const char *name, const char *want)
{
	return !strcmp(ways(k, s, name, false), want);
}

static bool by_digest(struct kml *k, struct scope *s, const char *name, const char *want)
{
	return !strcmp(ways(k, s, name, true), want);
}

static void prefixes(struct kml *k, struct scope *s)
{
	file(DIR "/conf", "unqualified-search-registries = ['x']\n"
		"[[registry]]\nprefix = 'a.io/b'\nlocation = 'm.io:5000/x/'\n"
		"[[registry]]\nlocation = 'a.io'\ninsecure = true\n"
		"[[registry]]\nprefix = 'a.io/b/c/'\nlocation = 'n.io'\n"
		"[[registry]]\nprefix = '*.example.org'\nlocation = 'w.io'\n"
		"[[registry]]\nprefix = '*.b.example.org'\nlocation = 'wb.io'\n"
		"[[registry]]\nprefix = 'a.b.example.org/x'\nlocation = 'wbx.io'\n"
		"[[registry]]\nprefix = 'a.example.org'\nlocation = 'wa.io'\n"
		"[[registry]]\nprefix = '*.keep.org'\ninsecure = true\n");
	TEST("the longest prefix, by whole components, becomes the location") {
		CHECK(is(k, s, "a.io/b", "m.io:5000/x") && is(k, s, "a.io/b/d", "m.io:5000/x/d"));
		CHECK(is(k, s, "a.io/b/c/d", "n.io/d") && is(k, s, "a.io/bc", "a.io/bc!"));
		CHECK(is(k, s, "a.io:80/b", "a.io:80/b") && is(k, s, "ba.io/b", "ba.io/b"));
		CHECK(is(k, s, "other.io/b", "other.io/b"));
	}
	TEST("*.domain is every host below, and the host itself goes before it") {
		CHECK(is(k, s, "z.example.org/r", "w.io/r") && is(k, s, "example.org/r", "example.org/r"));
		CHECK(is(k, s, "y.z.example.org/r", "w.io/r") && is(k, s, "zexample.org/r", "zexample.org/r"));
		CHECK(is(k, s, "a.b.example.org/r", "wb.io/r") && is(k, s, "a.b.example.org/x/r", "wbx.io/r"));
		CHECK(is(k, s, "a.example.org/r", "wa.io/r"));
		CHECK(is(k, s, "a.keep.org/r", "a.keep.org/r!"));
	}
}

static void mirrors(struct kml *k, struct scope *s)
{
	file(DIR "/conf", "[[registry]]\nprefix = 'a.io/b'\nlocation = 'a.io/c'\n"
		"[[registry.mirror]]\nlocation = 'one.io/x'\n"
		"[[registry.mirror]]\nlocation = 'two.io'\ninsecure = true\npull-from-mirror = 'digest-only'\n"
		"[[registry.mirror]]\nlocation = 'three.io/z'\npull-from-mirror = 'tag-only'\n"
		"[[registry.mirror]]\nlocation = 'four.io/z'\npull-from-mirror = 'all'\n"
		"[[registry]]\nlocation = 'd.io'\nmirror-by-digest-only = true\n"
		"[[registry.mirror]]\nlocation = 'dm.io'\n"
		"[[registry]]\nlocation = 'dead.io'\nblocked = true\n"
		"[[registry.mirror]]\nlocation = 'alive.io'\n"
		"[[registry]]\nlocation = 'gone.io'\nblocked = true\ninsecure = true\n");
	TEST("mirrors in their order, then the location, for a tag or a digest") {
		CHECK(is(k, s, "a.io/b/r", "one.io/x/r three.io/z/r four.io/z/r a.io/c/r"));
		CHECK(by_digest(k, s, "a.io/b/r", "one.io/x/r two.io/r! four.io/z/r a.io/c/r"));
		CHECK(is(k, s, "d.io/r", "d.io/r") && by_digest(k, s, "d.io/r", "dm.io/r d.io/r"));
	}
	TEST("blocked is the registry, not its mirrors") {
		CHECK(is(k, s, "dead.io/r", "alive.io/r") && is(k, s, "gone.io/r", "error"));
		CHECK(strstr(k->msg, DIR "/conf: gone.io is blocked") == k->msg);
	}
	TEST("nothing of it where mirrors are not wanted, but whether it is insecure") {
		struct mirrors m;

		CHECK(mirrors_find(k, s, S("a.io"), S("b/r"), false, true, &m) == 0 && m.n == 1);
		CHECK(str_eq(m.ways[0].host, S("a.io")) && str_eq(m.ways[0].repo, S("b/r")));
		CHECK(mirrors_find(k, s, S("gone.io"), S("r"), false, true, &m) == 0 && m.insecure);
	}
}

static bool bad(struct kml *k, struct scope *s, const char *text, const char *what)
{
	file(DIR "/conf", text);
	return is(k, s, "a.io/r", "error") && strstr(k->msg, DIR "/conf: ") == k->msg && strstr(k->msg, what);
}

static void broken(struct kml *k, struct scope *s)
{
	TEST("what is broken is named with its file") {
		CHECK(bad(k, s, "[[registry]]\nlocation = \"x", "line 2: a string"));
		CHECK(bad(k, s, "[registries.search]\nregistries = ['x']", "version 1"));
		CHECK(bad(k, s, "[registry]\nlocation = 'x'", "no array"));
		CHECK(bad(k, s, "[[registry]]\nprefix = 'a.io'\nlocation = '../x'", "location \"../x\""));
		CHECK(bad(k, s, "[[registry]]\nlocation = 'a.io'\n[[registry.mirror]]\nlocation = 'b.io/X'", "b.io/X"));
		CHECK(bad(k, s, "[[registry]]\nlocation = 'a.io'\n[[registry.mirror]]\ninsecure = true", "location"));
		remove(DIR "/conf");
		CHECK(is(k, s, "a.io/r", "error"));
		file(DIR "/conf", "");
		CHECK(is(k, s, "a.io/r", "a.io/r"));
	}
}

static void homes(struct kml *k, struct scope *s)
{
	unsetenv("CONTAINERS_REGISTRIES_CONF");
	setenv("XDG_CONFIG_HOME", DIR "/config", 1);
	setenv("HOME", DIR "/home", 1);
	file(DIR "/config/containers/registries.conf", "[[registry]]\nprefix = 'kml.test'\n"
	     "location = 'main.io'\n[[registry]]\nprefix = 'kml2.test'\nlocation = 'main.io'\n");
	file(DIR "/config/containers/registries.conf.d/10.conf", "[[registry]]\nprefix = 'kml.test'\n"
	     "location = 'ten.io'\n[[registry]]\nprefix = 'kml3.test'\nlocation = 'ten.io'\n");
	file(DIR "/config/containers/registries.conf.d/9.conf", "[[registry]]\nprefix = 'kml.test'\n"
	     "location = 'nine.io'\n");
	file(DIR "/config/containers/registries.conf.d/90.txt", "[[registry]]\nprefix = 'kml.test'\n"
	     "location = 'text.io'\n");
	file(DIR "/home/.config/containers/registries.conf", "[[registry]]\nprefix = 'kml.test'\n"
	     "location = 'home.io'\n");
	TEST("the file of the user, and in the order of names what is beside it") {
		CHECK(is(k, s, "kml.test/r", "nine.io/r") && is(k, s, "kml2.test/r", "main.io/r"));
		CHECK(is(k, s, "kml3.test/r", "ten.io/r"));
		unsetenv("XDG_CONFIG_HOME");
		CHECK(is(k, s, "kml.test/r", "home.io/r") && is(k, s, "kml3.test/r", "kml3.test/r"));
		setenv("CONTAINERS_REGISTRIES_CONF", DIR "/config/containers/registries.conf", 1);
		CHECK(is(k, s, "kml.test/r", "main.io/r") && is(k, s, "kml3.test/r", "kml3.test/r"));
	}
}

TESTS
	homes(k, s);
	setenv("CONTAINERS_REGISTRIES_CONF", DIR "/conf", 1);
	if (test_fail_at < 0)
		mirrors(k, s);
	if (once)               /* of the others the faults are the same */
		return 0;
	once = true;
	prefixes(k, s);
	broken(k, s);
TESTS_END
