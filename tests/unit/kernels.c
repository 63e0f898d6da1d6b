#define KML_TEST
#include "../../src/site/kernels.c"
#include "../../src/ground/save.c"
#include "../test.h"

#define DIR "build/unit-kernels"

static const char *in(struct scope *s, const char *name) { return scope_format(s, DIR "/%s", name); }

static struct opt_list list(struct scope *s, const char *one)
{
	struct opt_list l = { 0 };

	opt_append(s, &l, one);
	return l;
}

static const char *words(struct scope *s, const struct kernels *l)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < l->n; i++)
		buf_format(&b, "%s%s", i ? " " : "", l->v[i]);
	return scope_text(s, buf_str(&b));
}

static const char *file(struct kml *k, struct scope *s, const char *text)
{
	struct kernels_from from = { .files = list(s, in(s, "list")) };
	const struct remote_options o = { 0 };
	struct kernels out;

	if (save_file(k, s, in(s, "list"), str_of(text)) < 0 || kernels_find(k, s, &from, &o, &out) < 0)
		return k->msg;
	return words(s, &out);
}

/* The sizes of the shards of n kernels. */
static const char *shards(struct kml *k, struct scope *s, size_t n, int of)
{
	struct buf b = { .s = s };
	const char **v = news(s, const char *, n);
	size_t at = 0;

	for (int i = 0; i < of; i++) {
		struct kernels l = { v, n }, again = { v, n };

		CHECK(kernels_shard(k, scope_format(s, "%d/%d", i, of), &l) == 0 && l.v == v + at);
		CHECK(i || (kernels_shard(k, scope_format(s, "%d/%d", of, of), &again) == 0 &&
		            again.v == l.v && again.n == l.n));
		at += l.n;
		buf_format(&b, "%s%zu", i ? " " : "", l.n);
	}
	CHECK(at == n);
	return scope_text(s, buf_str(&b));
}

TESTS
	struct kernels out;
	const struct remote_options o = { 0 };

	CHECK(save_mkdirs(k, s, DIR) == 0);
	TEST("the running kernel, where none is named") {
		struct kernels_from from = { 0 };
		const char *is;

		CHECK(kernels_find(k, s, &from, &o, &out) == 0 && out.n == 1);
		CHECK(kernel_release(k, s, &is) == 0 && !strcmp(out.v[0], is));
	}
	TEST("a file: comments, blanks, carriage returns, names that come again") {
		CHECK(!strcmp(file(k, s, "# all\r\n6.1.0-2\r\n\n \t5.4.0+  # old\n6.1.0-2\n4.18.0"),
		              "6.1.0-2 5.4.0+ 4.18.0"));
		CHECK(!strcmp(file(k, s, ""), ""));
	}
	TEST("what is no kernel is named with its place") {
		CHECK(str_ends(str_of(file(k, s, "6.1.0\n\n6.1.0 x\n")), S("/list:3: '6.1.0 x' is no name of a kernel")));
		CHECK(str_ends(str_of(file(k, s, "../x")), S("/list:1: '../x' is no name of a kernel")));
		CHECK(str_ends(str_of(file(k, s, "a\x01""b")), S("is no name of a kernel")));
		CHECK(str_ends(str_of(file(k, s, "-x")), S("is no name of a kernel")));
		CHECK(str_ends(str_of(file(k, s, "a\xff")), S("is no name of a kernel")));
	}
	TEST("trees that have modules") {
		struct kernels_from from = { .installed = list(s, DIR) };

		CHECK(save_mkdirs(k, s, in(s, "lib/modules/6.1.0/kernel/x")) == 0);
		CHECK(save_mkdirs(k, s, in(s, "lib/modules/5.4.0/build")) == 0);
		CHECK(save_mkdirs(k, s, in(s, "lib/modules/5.10.0/updates")) == 0);
		CHECK(save_file(k, s, in(s, "lib/modules/6.1.0/kernel/x/a.ko.xz"), S("")) == 0);
		CHECK(save_file(k, s, in(s, "lib/modules/5.10.0/updates/a.ko"), S("")) == 0);
		CHECK(save_file(k, s, in(s, "lib/modules/5.4.0/build/a.ko"), S("")) == 0);
		opt_append(s, &from.names, "6.1.0");
		CHECK(kernels_find(k, s, &from, &o, &out) == 0 && !strcmp(words(s, &out), "6.1.0 5.10.0"));
		from.installed = list(s, in(s, "none"));
		CHECK(kernels_find(k, s, &from, &o, &out) == KML_NOTFOUND);
	}
	TEST("tags that look like kernels, in the order of kernels") {
		const char *text = "oci:" DIR "/images";
		struct kernels_from from = { .tags = list(s, text) };
		struct descriptor d = { .type = DESCRIPTOR_MANIFEST };
		struct layout l;

		CHECK(layout_create(k, s, in(s, "images"), &l) == 0 && layout_put(k, s, &l, S("{}"), &d) == 0);
		CHECK(layout_tag(k, s, &l, S("6.10.0-1"), &d) == 0 && layout_tag(k, s, &l, S("6.9.0-1"), &d) == 0);
		CHECK(layout_tag(k, s, &l, S("latest"), &d) == 0 && layout_tag(k, s, &l, S("6.1"), &d) == 0);
		CHECK(layout_tag(k, s, &l, S("a.b.c"), &d) == 0);
		CHECK(kernels_find(k, s, &from, &o, &out) == 0 && !strcmp(words(s, &out), "6.9.0-1 6.10.0-1"));
	}
	TEST("shards: blocks, all of them the list") {
		CHECK(!strcmp(shards(k, s, 10, 4), "3 3 3 1") && !strcmp(shards(k, s, 8, 8), "1 1 1 1 1 1 1 1"));
		CHECK(!strcmp(shards(k, s, 3897, 8), "488 488 488 488 488 488 488 481"));
		CHECK(!strcmp(shards(k, s, 9, 6), "2 2 2 2 1 0") && !strcmp(shards(k, s, 0, 2), "0 0"));
	}
	TEST("shards that are none, and the index of a job") {
		static const char *const bad[] = { "0", "1/0", "3/2", "/2", "1/", "x/2", "1/2/3", "-1/2", "" };
		const char *v[3] = { "a", "b", "c" };
		struct kernels l = { v, 3 }, empty = { NULL, 0 };

		CHECK(kernels_shard(k, "1/2", &empty) == 0 && !empty.n);
		setenv("JOB_COMPLETION_INDEX", "", 1);
		for (size_t i = 0; i < countof(bad); i++)
			CHECK(kernels_shard(k, bad[i], &l) == KML_USAGE);
		CHECK(kernels_shard(k, "2", &l) == KML_USAGE && strstr(k->msg, "JOB_COMPLETION_INDEX"));
		setenv("JOB_COMPLETION_INDEX", "1", 1);
		CHECK(kernels_shard(k, "2", &l) == 0 && l.n == 1 && !strcmp(l.v[0], "c"));
	}
TESTS_END
