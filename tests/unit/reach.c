#define KML_TEST
#include "../../src/site/mapping.c"
#include "../../src/site/reach.c"
#include "../test.h"

#define HEAD "[module]\nname = m\nimage = h:5000/m:t\n"

/* The rule for kernel 1.2.3 of the file etc/kml.ini. */
static struct resolved rule(struct kml *k, struct scope *s, const char *text)
{
	struct resolved out;
	struct mapping *m = new(s, struct mapping);

	CHECK(mapping_parse(k, s, "etc/kml.ini", str_of(text), m) == 0);
	CHECK(mapping_resolve(k, s, m, "1.2.3", &out) == 0);
	return out;
}

static const char *from(struct kml *k, struct scope *s, const struct resolved *r, const char *text)
{
	const struct remote_options none = { 0 }, *all;
	const char *reference = "";

	CHECK(reach_find(k, s, r, text, &none, &reference, &all) == 0);
	return reference;
}

TESTS
	TEST("a relative path begins where the file is") {
		struct resolved r = rule(k, s, HEAD "[kernel a]\nregexp = .\n");

		CHECK(!strcmp(from(k, s, &r, "oci:images:1"), "oci:etc/images:1"));
		CHECK(!strcmp(from(k, s, &r, "oci-archive:a.tar:1"), "oci-archive:etc/a.tar:1"));
		CHECK(!strcmp(from(k, s, &r, "oci:/images:1"), "oci:/images:1"));
		CHECK(!strcmp(from(k, s, &r, "h/images:1"), "h/images:1"));
		CHECK(!strcmp(from(k, s, &r, "scratch"), "scratch"));
	}
	TEST("[registry HOST] says how each is reached, tls how the image's is") {
		struct resolved r = rule(k, s, HEAD "[kernel a]\nregexp = .\ntls = skip-verify\n"
			"[registry h:5000]\nca = ca.pem\ncert = /c\nkey = k\n"
			"[registry o]\ninsecure = yes\nmirror = p:1/o, q\n");
		const struct remote_options given = { .authfile = "a" };
		struct remote_options o = reach_options(s, &r, &given, S("h:5000"));

		CHECK(o.nhosts == 2 && !strcmp(o.authfile, "a"));
		CHECK(!strcmp(o.hosts[0].ca, "etc/ca.pem") && !strcmp(o.hosts[0].cert, "/c"));
		CHECK(o.hosts[0].unverified && !o.hosts[0].plain && !o.hosts[0].insecure && !o.hosts[0].nmirrors);
		CHECK(o.hosts[1].insecure && !o.hosts[1].unverified && o.hosts[1].nmirrors == 2);
		CHECK(str_eq(o.hosts[1].mirrors[0], S("p:1/o")) && str_eq(o.hosts[1].mirrors[1], S("q")));
	}
	TEST("tls of a registry that has no section") {
		struct resolved r = rule(k, s, HEAD "tls = insecure\n[kernel a]\nregexp = .\n");
		const struct remote_options given = { 0 };
		struct remote_options o = reach_options(s, &r, &given, S("h:5000"));

		CHECK(o.nhosts == 1 && str_eq(o.hosts[0].name, S("h:5000")) && o.hosts[0].plain);
		CHECK(reach_options(s, &r, &given, S("")).nhosts == 0);
	}
TESTS_END
