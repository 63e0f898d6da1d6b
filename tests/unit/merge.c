#define KML_TEST
#include "../../src/site/append.c"
#include "../../src/site/merge.c"
#include "../../src/site/multi.c"
#include "../test.h"

/* Images are made by append, put together by merge and multi, and read back. */

#define DIR "build/unit-merge"

static const struct remote_options remote;

static int prepare(struct kml *k, struct scope *s)
{
	int r = save_mkdirs(k, s, DIR "/a/opt");

	if (r == 0)
		r = save_mkdirs(k, s, DIR "/b/opt");
	if (r == 0)
		r = save_file(k, s, DIR "/a/opt/one", S("1"));
	if (r == 0)
		r = save_file(k, s, DIR "/a/opt/both", S("same"));
	if (r == 0)
		r = save_file(k, s, DIR "/b/opt/both", S("same"));
	if (r == 0)
		r = save_file(k, s, DIR "/b/opt/two", S("2"));
	return r;
}

static int append(struct kml *k, struct scope *s, const char *base, const char *layer,
                  const char *target, struct copy_result *out)
{
	struct append_options o = {
		.to = { .target = target, .remote = &remote, .jobs = 1 }, .base = base,
		.platform = { .os = S("linux"), .arch = S("amd64") }, .layers = &layer, .nlayers = 1,
	};

	return append_run(k, s, &o, out);
}

/* The image's files, each with a blank before it, and how many layers it has. */
static int list(struct kml *k, struct scope *s, const char *ref, struct str *names, size_t *layers)
{
	const struct image_platform any = { .os = S("") };
	struct transport_end at;
	struct layer_file *v;
	struct image image;
	struct buf b = { .s = s };
	struct str all = S("");
	size_t n;
	int r = transport_open(k, s, ref, &remote, TRANSPORT_READ, &at);

	if (r < 0 || (r = image_open(k, s, &at.store, at.name, &any, &image)) < 0 ||
	    (r = image_read(k, s, &image, S(""), image_want_below, &all, &v, &n)) < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (v[i].type == TAR_FILE)
			buf_format(&b, " %.*s", FMT(v[i].name));
	*names = buf_str(&b);
	*layers = image.manifest.nlayers;
	return 0;
}

TESTS
	const char *images[] = { "oci:" DIR "/out:a", "oci:" DIR "/out:b" };
	struct merge_options m = {
		.to = { .target = "oci:" DIR "/out:m", .remote = &remote, .jobs = 1 },
		.platform = { .os = S("linux"), .arch = S("amd64") }, .images = images, .nimages = 2,
	};
	struct multi_options x = {
		.to = { .target = "oci:" DIR "/out:x", .remote = &remote, .jobs = 1 },
		.images = images, .nimages = 2,
	};
	struct copy_result done;
	struct str names;
	size_t n;

	k->jobs = 1;
	CHECK(prepare(k, s) == 0);
	CHECK(append(k, s, "scratch", DIR "/a", images[0], &done) == 0);
	CHECK(append(k, s, "scratch", DIR "/b", images[1], &done) == 0);
	TEST("by files, two images") {
		m.files = true;
		m.most = 1;
		CHECK(merge_run(k, s, &m, &done) == 0);
		CHECK(list(k, s, m.to.target, &names, &n) == 0 && n == 1);
		CHECK(str_eq(names, S(" opt/both opt/one opt/two")));
	}
	TEST("two for one machine are no index") {
		CHECK(multi_run(k, s, &x, &done) == KML_FAIL && strstr(k->msg, "only see one"));
	}
TESTS_END
