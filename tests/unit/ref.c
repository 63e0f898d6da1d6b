#define KML_TEST
#include "../../src/format/ref.c"
#include "../test.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* What `text` parses to, as one line: kind host path tag digest. */
static const char *parts(struct kml *k, struct scope *s, const char *text)
{
	static const char *const kinds[] = { "layout", "archive", "docker", "registry", "scratch" };
	struct ref r;

	if (ref_parse(k, s, str_of(text), &r) < 0)
		return "refused";
	return scope_format(s, "%s %.*s %.*s %.*s %.*s", kinds[r.kind], FMT(r.host), FMT(r.path),
	                    FMT(r.tag), FMT(r.digest));
}

static bool is(struct kml *k, struct scope *s, const char *text, const char *want)
{
	const char *got = parts(k, s, text);

	if (strcmp(got, want) && test_fail_at < 0)
		fprintf(stderr, "%s: %s\n", text, got);
	return !strcmp(got, want);
}

TESTS
	TEST("files and directories") {
		CHECK(is(k, s, "oci:images", "layout  images  "));
		CHECK(is(k, s, "oci:/a/b:6.1.0-56-cloud-amd64", "layout  /a/b 6.1.0-56-cloud-amd64 "));
		CHECK(is(k, s, "oci:a:b:c", "layout  a b:c "));
		CHECK(is(k, s, "oci:a@sha256:" HEX, "layout  a  sha256:" HEX));
		CHECK(is(k, s, "oci-archive:x.tar:t", "archive  x.tar t "));
		CHECK(is(k, s, "docker-archive:x.tar", "docker  x.tar  "));
		CHECK(is(k, s, "scratch", "scratch    "));
		CHECK(is(k, s, "oci:", "refused"));
		CHECK(is(k, s, "oci::tag", "refused"));
		CHECK(is(k, s, "oci:a:", "refused"));
		CHECK(is(k, s, "oci:a:../b", "refused"));
	}
	TEST("registries") {
		CHECK(is(k, s, "docker://r.example/a/b:t", "registry r.example a/b t "));
		CHECK(is(k, s, "r.example:5000/a", "registry r.example:5000 a  "));
		CHECK(is(k, s, "localhost/a:t@sha256:" HEX, "registry localhost a t sha256:" HEX));
		CHECK(is(k, s, "[::1]:5000/a", "registry [::1]:5000 a  "));
		CHECK(is(k, s, "[::1]/a", "registry [::1] a  "));
		CHECK(is(k, s, "busybox", "registry docker.io library/busybox  "));
		CHECK(is(k, s, "index.docker.io/busybox:1", "registry docker.io library/busybox 1 "));
		CHECK(is(k, s, "org/kmod:t", "registry docker.io org/kmod t "));
		CHECK(is(k, s, "Host/a", "registry Host a  "));
		CHECK(is(k, s, "r.example/a-b.c_d__e---f", "registry r.example a-b.c_d__e---f  "));
	}
	TEST("what the grammar does not have") {
		static const char *const bad[] = {
			"", "/", "r.example/", "r.example/A", "r.example/a//b", "r.example/a/", "a..b",
			"r.example/a___b", "r.example/-a", "r.example/a-", "r.example/a._b", "r.example/../a",
			"r.example/a:", "r.example/a:-t", "r.example/a:t/b", "r.example/a@md5:00",
			"r.example/a@sha256:zz", "r.example:0/a", "r.example:99999/a", "r.example:/a",
			"[::1/a", "[::1]x/a", "r.exa mple/a", "r.example/a?b", "docker://", "http://r/a",
			"r.example/a:\x1b", "../a", "./a", "...:5000/a", "r..example/a", "-r.example/a", "r.example./a",
		};

		for (size_t i = 0; i < countof(bad); i++)
			CHECK(is(k, s, bad[i], "refused"));
	}
	TEST("no tag is latest") {
		struct ref r;

		CHECK(ref_parse(k, s, S("oci:a"), &r) == 0 && str_eq(ref_tag(&r), S("latest")));
	}
TESTS_END
