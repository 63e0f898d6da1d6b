#define KML_TEST
#include "../../src/site/bundle.c"
#include "../test.h"

#define INI "[module]\nname = demo\nimage = q.io/org/demo:${KERNEL_FULL_VERSION}\n"

static char heard[200];

static void hear(void *arg, enum kml_level level, const char *text)
{
	(void)level;
	snprintf(arg, sizeof heard, "%s", text);
}

/* The names of what is collected, each with a blank behind it. */
static const char *names(struct scope *s, const struct bundle *b)
{
	struct buf out = { .s = s };
	const struct bundle_image *v;
	size_t n;

	v = bundle_images(b, &n);
	for (size_t i = 0; i < n; i++)
		buf_format(&out, "%.*s ", FMT(v[i].name));
	return scope_text(s, buf_str(&out));
}

static int rules(struct kml *k, struct scope *s, const char *ini, const char *kernel, bool all,
                 struct bundle *b)
{
	struct mapping *m = new(s, struct mapping);
	struct mappings ms = { m, 1 };
	int r = mapping_parse(k, s, "kml.ini", str_of(ini), m);

	*b = (struct bundle){ .s = s, .images = { .s = s } };
	if (r == 0 && all)
		r = bundle_add_rules(k, b, &ms, kernel);
	if (r == 0 && kernel)
		r = bundle_add_kernel(k, b, &ms, kernel);
	return r;
}

TESTS
	struct bundle b = { .s = s, .images = { .s = s } };

	TEST("names are whole references, in order, each once") {
		static const char *const in[] = {
			"q.io/b", "docker://q.io/a:2", "busybox", "q.io/a:10", "q.io/b",
			"h:5000/x/y@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"q.io/c:1@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"oci:dir:z.io/named:1", "oci-archive:file:plain",
		};

		for (size_t i = 0; i < countof(in); i++)
			CHECK(bundle_add(k, &b, in[i]) == 0);
		CHECK(!strcmp(names(s, &b), "docker.io/library/busybox:latest h:5000/x/y@sha256:"
		              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 plain "
		              "q.io/a:10 q.io/a:2 q.io/b:latest q.io/c:1 z.io/named:1 "));
	}
	TEST("what has no name, or that of another, is refused") {
		CHECK(bundle_add(k, &b, "oci:dir") == KML_USAGE);
		CHECK(bundle_add(k, &b, "oci:dir:q.io/a:2") == KML_USAGE);
		CHECK(strstr(k->msg, "docker://q.io/a:2 and oci:dir:q.io/a:2"));
		CHECK(bundle_add(k, &b, "q.io/Upper") == KML_USAGE);
		CHECK(bundle_add(k, &b, "[::1]:5000/x") == KML_USAGE);
	}
	k->log = hear, k->log_arg = heard;
	TEST("--all takes what does not depend on the kernel, and says what does") {
		*heard = '\0';
		CHECK(rules(k, s, INI "[kernel old]\nregexp = ^5\nimage = q.io/org/old:${MOD_NAME}\n"
		            "[kernel one]\nliteral = 6.1.0-56\n[kernel no]\nregexp = ^7\nskip = never\n"
		            "[kernel rest]\nregexp = .\n", NULL, true, &b) == 0);
		CHECK(!strcmp(names(s, &b), "q.io/org/demo:6.1.0-56 q.io/org/old:demo "));
		CHECK(!strcmp(heard, "kml.ini:12: [kernel rest] has an image for each kernel; say for "
		              "which with -k"));
	}
	TEST("with kernels nothing is said, and theirs are taken") {
		*heard = '\0';
		CHECK(rules(k, s, INI "[kernel rest]\nregexp = ^6\n", "6.2.0+", true, &b) == 0);
		CHECK(!strcmp(names(s, &b), "q.io/org/demo:6.2.0 ") && !*heard);
		CHECK(rules(k, s, INI "[kernel rest]\nregexp = ^6\n", "5.2.0", false, &b) == KML_UNMAPPED);
	}
	TEST("a file is no image for a bundle") {
		CHECK(rules(k, s, INI "[kernel a]\nregexp = .\nimage = oci:dir:1\n", NULL, true, &b) ==
		      KML_USAGE);
	}
	k->log = NULL;
	TEST("the lock says it in order") {
		struct bundle_image *v;
		size_t n;

		b.images.n = 0;
		CHECK(bundle_add(k, &b, "q.io/b:1") == 0 && bundle_add(k, &b, "q.io/a:1") == 0);
		v = bundle_images(&b, &n);
		for (size_t i = 0; i < n; i++) {
			v[i].d = (struct descriptor){
				.type = DESCRIPTOR_INDEX, .digest = S("sha256:00"), .size = 7 + i,
			};
			v[i].platforms.s = s;
			emit_open(&v[i].platforms, '[');
			bundle_platform(&v[i].platforms, S("linux"), S("arm64"), S("v8"));
			bundle_platform(&v[i].platforms, S("unknown"), S("unknown"), S(""));
			bundle_platform(&v[i].platforms, S("linux"), S("a\"\xff"), S(""));
			emit_close(&v[i].platforms, ']');
		}
		v[1].bytes = 99, v[1].referrers = 3;
		CHECK(str_eq(bundle_lock(&b, s), S("{\"version\":1,\"images\":["
			"{\"reference\":\"q.io/a:1\",\"digest\":\"sha256:00\","
			"\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"size\":7,\"bytes\":0,"
			"\"platforms\":[\"linux/arm64/v8\",\"linux/a\\\"\xef\xbf\xbd\"],\"referrers\":0},"
			"{\"reference\":\"q.io/b:1\",\"digest\":\"sha256:00\","
			"\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"size\":8,\"bytes\":99,"
			"\"platforms\":[\"linux/arm64/v8\",\"linux/a\\\"\xef\xbf\xbd\"],\"referrers\":3}]}")));
	}
TESTS_END
