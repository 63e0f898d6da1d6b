#define KML_TEST
#include "../../src/format/depconf.c"
#include "../test.h"

static void count(void *arg, enum kml_level level, const char *text)
{
	(void)level;
	(void)text;
	++*(int *)arg;
}

static struct depconf parsed(struct kml *k, struct scope *s, struct str text)
{
	struct depconf c = { .s = s, .version = "6.1.0-9-amd64" };

	depconf_parse(k, &c, "test.conf", text);
	return c;
}

TESTS
	struct depconf c = { .s = s };
	int said = 0;

	k->log = count;
	k->log_arg = &said;
	TEST("updates rank above the rest when no line says otherwise") {
		CHECK(depconf_beats(&c, S("updates/dkms/m"), S("kernel/m")));
		CHECK(!depconf_beats(&c, S("kernel/m"), S("updates/m")));
		CHECK(!depconf_beats(&c, S("kernel/m"), S("kernel/fs/m")));
		CHECK(!depconf_beats(&c, S("updatesx/m"), S("kernel/m")));
	}
	TEST("search ranks by whole components, later lines lower") {
		c = parsed(k, s, S("search extra built-in\nsearch  weak/ external\n"));
		CHECK(depconf_beats(&c, S("extra/q/m"), S("kernel/m")));
		CHECK(depconf_beats(&c, S("kernel/m"), S("weak/m")));
		CHECK(depconf_beats(&c, S("weak/m"), S("/opt/m")));
		CHECK(!depconf_beats(&c, S("extra2/m"), S("kernel/m")));
	}
	TEST("override names one module, for the versions that match, the last line first") {
		c = parsed(k, s, S("override m * extra\noverride m ^6\\\\.1 kernel/fs\noverride x 5.* y"));
		CHECK(c.override.n == 2);
		CHECK(depconf_beats(&c, S("kernel/fs/m"), S("updates/m")));
		CHECK(!depconf_beats(&c, S("extra/m"), S("kernel/fs/m")));
		CHECK(depconf_beats(&c, S("extra/m"), S("updates/m")));
	}
	TEST("external and exclude are lists, lines may go on") {
		c = parsed(k, s, S("external * /a\nexternal 5\\\\. /b\nexclude a \\\nb\n"));
		CHECK(c.external.n == 1 && str_eq(c.external.v[0], S("/a")));
		CHECK(depconf_excludes(&c, S("b")) && !depconf_excludes(&c, S("ab")));
		CHECK(said == 0);
	}
	TEST("what is not understood is said and skipped") {
		c = parsed(k, s, S("# fine\n\n  # not fine\nbogus\noverride m\ninclude x\nsearch a\n"
		                   "external [ /c\noverride m a{ x"));
		CHECK(said == 5 && c.search.n == 1 && !c.external.n && !c.override.n);
	}
	k->log = NULL;
TESTS_END
