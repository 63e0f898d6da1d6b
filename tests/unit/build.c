#define KML_TEST
#include "../../src/site/build.c"
#include "../test.h"

#define DIR "build/unit-build"

/* Which of two images that are to be made in one run is refused: 0 for none. */
static int refused(struct kml *k, struct scope *s, const char *one, const char *two)
{
	const struct mapping m = { .base = "d/" };
	struct plan_row rows[] = { { .m = &m, .kernel = "6.1", .image = one },
		{ .m = &m, .kernel = "6.2", .image = two } };
	struct build_image *v = news(s, struct build_image, 2);
	struct build b = { .v = v, .n = 2 };

	v[0].row = &rows[0];
	v[1].row = &rows[1];
	build_collisions(k, s, &b);
	return v[0].r ? 1 : v[1].r ? 2 : 0;
}

static int find(struct kml *k, struct scope *s, const char *text, struct pack_options *o)
{
	struct resolved rule = { .kernel = "6.1.0", .base = DIR "/" };

	rule.values[RESOLVED_MODULES].text = text;
	*o = (struct pack_options){ 0 };
	return build_modules(k, s, NULL, NULL, &rule, o);
}

TESTS
	struct pack_options o;
	struct resolved rule = { .kernel = "6.1.0", .base = "" };
	struct plan_row row = { .state = PLAN_MISSING };
	struct build_image image = { .row = &row, .digest = "sha256:0" };
	struct plan plan = { .v = &row, .n = 1, .count = { [PLAN_MISSING] = 1 } };
	struct build b = { .plan = &plan, .v = &image, .n = 1 };

	CHECK(save_mkdirs(k, s, DIR "/out") == 0);
	CHECK(save_file(k, s, DIR "/out/a.ko", S("")) == 0 && save_file(k, s, DIR "/out/b.ko", S("")) == 0);
	TEST("modules that are there, each pattern finding some") {
		CHECK(find(k, s, "out/*.ko, out/b.ko", &o) == 0 && o.nmodules == 3);
		CHECK(!strcmp(o.modules[0], DIR "/out/a.ko") && !strcmp(o.modules[2], DIR "/out/b.ko"));
		CHECK(find(k, s, "out out/c*", &o) == KML_FAIL);
		CHECK(!strcmp(k->msg, "no modules: there is no " DIR "/out/c*"));
	}
	TEST("where the kml.ini is, no character is special") {
		CHECK(save_mkdirs(k, s, DIR "/g[1]") == 0 && save_file(k, s, DIR "/g[1]/a.ko", S("")) == 0);
		rule.base = DIR "/g[1]/";
		rule.values[RESOLVED_MODULES].text = "*.ko";
		CHECK(build_modules(k, s, NULL, NULL, &rule, &o) == 0 && o.nmodules == 1);
		rule.values[RESOLVED_MODULES].text = NULL;
	}
	TEST("no way to make it, or one that is not there yet") {
		CHECK(build_modules(k, s, NULL, NULL, &rule, &o) == KML_USAGE);
		CHECK(strstr(k->msg, "neither modules nor sources"));
		rule.values[RESOLVED_DOCKERFILE].text = "Dockerfile";
		CHECK(build_modules(k, s, NULL, NULL, &rule, &o) == KML_USAGE);
		CHECK(strstr(k->msg, "kml runs no Dockerfile yet"));
	}
	TEST("firmware has to come from somewhere, and to go somewhere") {
		struct resolved fw = { .kernel = "6.1.0", .image = "oci:x:y", .firmware = "/fw" };

		CHECK(build_pack(k, s, &b, &fw, &o, &(struct str){ 0 }) == KML_USAGE);
		CHECK(strstr(k->msg, "would have no firmware in /fw"));
		fw.firmware = NULL;
		fw.values[RESOLVED_FIRMWARE_FILES].text = "fw";
		CHECK(build_pack(k, s, &b, &fw, &o, &(struct str){ 0 }) == KML_USAGE);
		CHECK(strstr(k->msg, "need a directory of the image"));
	}
	TEST("what two images would be written to, the second does not get") {
		CHECK(refused(k, s, "oci:d:6.1", "oci:d:6.2") == 0 && refused(k, s, "r/m:6.1", "r/m:6.2") == 0);
		CHECK(refused(k, s, "r/m:1", "r/m:1") == 2 && strstr(k->msg, "for one kernel"));
		CHECK(refused(k, s, "oci-archive:a:6.1", "oci-archive:a:6.2") == 2);
		CHECK(strstr(k->msg, "/d/a is also for kernel 6.1; an archive holds one image"));
		CHECK(refused(k, s, "oci-archive:a:6.1", "oci-archive:b:6.1") == 0);
		CHECK(refused(k, s, "docker-archive:a:m:6.1", "docker-archive:a:m:6.2") == 2);
		CHECK(refused(k, s, "docker-archive:a", "docker-archive:a") == 2);
		CHECK(refused(k, s, "oci:b:x", "oci:./b//:x") == 2 && strstr(k->msg, "/d/b:x is also"));
		CHECK(refused(k, s, "oci:b:x", "oci:../d/b:x") == 2 && refused(k, s, "oci:/b:x", "oci:/../b:x") == 2);
		CHECK(refused(k, s, "oci:b:x", "oci:/b:x") == 0 && refused(k, s, "oci:b:x", "oci-archive:b:x") == 0);
		CHECK(refused(k, s, "x:1", "docker.io/library/x:1") == 2 && refused(k, s, "x:1", "q.io/x:1") == 0);
		CHECK(refused(k, s, "my-archive:5000/x:1", "my-archive:5000/x:2") == 0);
	}
	TEST("rows learn what became of them") {
		build_settle(&b);
		CHECK(row.state == PLAN_BUILT && plan.count[PLAN_BUILT] == 1 && !plan.count[PLAN_MISSING]);
		CHECK(!row.reason && str_eq(row.digest, S("sha256:0")));
		image.r = KML_KERNEL;
		memcpy(image.why, "x", 2);
		build_settle(&b);
		CHECK(row.state == PLAN_FAILED && row.error == KML_KERNEL && !strcmp(row.reason, "x"));
	}
TESTS_END
