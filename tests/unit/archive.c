#define KML_TEST
#include "../../src/image/archiver.c"
#include "../../src/image/entries.c"
#include "../../src/image/folder.c"
#include "../../src/image/image.c"
#include "../../src/image/layer.c"
#include "../../src/image/transfer.c"
#include "../../src/image/verify.c"
#include "../test.h"

#define DIR "build/unit-archive"

static struct image_platform any;

/* A layout with one image of one layer, "t". */
static int make(struct kml *k, struct scope *s, struct manifest *m, struct descriptor *out)
{
	struct entries e = entries_begin(s, 0);
	struct reader in;
	struct layer layer;
	struct layout l;
	struct buf b = { .s = s };
	int r;

	entries_bytes(&e, S("opt/a"), S("one"));
	entries_bytes(&e, S("opt/b"), S("two"));
	if ((r = layout_create(k, s, DIR "/from", &l)) < 0 || (r = entries_finish(k, &e)) < 0)
		return r;
	entries_reader(&e, &in);
	if ((r = layer_write(k, s, &l, &in, &layer)) < 0)
		return r;
	*m = (struct manifest){ .layers = new(s, struct descriptor), .nlayers = 1 };
	m->layers[0] = layer.blob;
	buf_add(&b, S("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":"
	              "{\"type\":\"layers\",\"diff_ids\":["));
	emit_text(&b, layer.diff_id);
	buf_add(&b, S("]}}"));
	m->config.type = DESCRIPTOR_CONFIG;
	if ((r = layout_put(k, s, &l, buf_str(&b), &m->config)) < 0)
		return r;
	b.n = 0;
	manifest_write(&b, m, NULL, 0);
	*out = (struct descriptor){ .type = DESCRIPTOR_MANIFEST };
	if ((r = layout_put(k, s, &l, buf_str(&b), out)) == 0)
		r = layout_tag(k, s, &l, S("t"), out);
	return r;
}

/* One blob, `most` bytes of it at most; they are read from the layout. */
static int blob(struct kml *k, struct scope *s, const struct store *from, const struct store *to,
                const struct descriptor *d, uint64_t most, uint64_t *at)
{
	struct store_blob b = { .d = d };
	struct reader in;
	struct str text;
	int r = to->kind->begin(k, s, to->self, &b);

	*at = b.at;
	if (r < 0 || (r = from->kind->blob(k, s, from->self, d, 0, &in)) < 0)
		return r;
	text.p = scope_raw(s, (size_t)d->size);
	r = reader_fill(k, &in, (char *)(uintptr_t)text.p, (size_t)d->size, &text.n);
	if (r == 0 && text.n < d->size)
		return KML_BAD;
	text.n = most < text.n ? (size_t)most : text.n;
	if (r == 0)
		r = to->kind->write(k, to->self, &b, str_from(text, (size_t)b.at));
	return r == 0 && most >= d->size ? to->kind->end(k, s, to->self, &b) : r;
}

/* The whole image; `tag` may be empty. */
static int fill(struct kml *k, struct scope *s, const struct store *from, const struct store *to,
                const struct manifest *m, struct str tag)
{
	struct descriptor all[2] = { m->layers[0], m->config }, d;
	struct str bytes;
	uint64_t at;
	int r = to->kind->expect(k, s, to->self, all, 2);

	for (int i = 2; r == 0 && i-- > 0;) {
		bool there;

		if ((r = to->kind->has(k, s, to->self, &all[i], &there)) == 0 && !there)
			r = blob(k, s, from, to, &all[i], UINT64_MAX, &at);
	}
	if (r == 0 && (r = store_document(k, s, from, S("t"), NULL, &d, &bytes)) == 0 &&
	    (r = to->kind->put(k, s, to->self, &d, bytes, tag)) == 0)
		r = to->kind->finish(k, s, to->self);
	return r;
}

static bool right(struct kml *k, struct scope *s, const char *path, bool docker, struct str name,
                  struct image *image)
{
	struct store *st = new(s, struct store);
	struct verify v;

	return archive_open(k, s, path, docker, st) == 0 &&
	       image_open(k, s, st, name, &any, image) == 0 &&
	       verify_run(k, s, st, S(""), &v) == 0 && !v.said.n && v.checked == 3;
}

/* Not again in the runs with faults: they are many. */
static bool once(void) { return test_fail_at < 0 && test_sys_at < 0 && !test_sys_hits; }

TESTS
	struct store from, to;
	struct image image;
	struct manifest m;
	struct descriptor d;
	struct str one, two, text;
	uint64_t at;
	bool there;

	TEST("an image goes into an archive, and comes back with its digests") {
		CHECK(make(k, s, &m, &d) == 0 && folder_open(k, s, DIR "/from", &from) == 0);
		CHECK(archiver_open(k, s, DIR "/a.tar", false, &to) == 0);
		CHECK(fill(k, s, &from, &to, &m, S("t")) == 0);
		CHECK(right(k, s, DIR "/a.tar", false, S("t"), &image));
		CHECK(str_eq(image.self.digest, d.digest));
		CHECK(!sys_exists(k, s, DIR "/a.tar.partial"));
	}
	TEST("it is also what docker saves, whose names are those of registries") {
		CHECK(archiver_open(k, s, DIR "/d.tar", true, &to) == 0);
		CHECK(fill(k, s, &from, &to, &m, S("foo/bar")) == 0);
		CHECK(right(k, s, DIR "/d.tar", true, S("docker.io/foo/bar:latest"), &image));
		CHECK(right(k, s, DIR "/d.tar", true, S(""), &image));
		CHECK(str_eq(image.manifest.layers[0].digest, m.layers[0].digest));
		CHECK(right(k, s, DIR "/d.tar", false, S("latest"), &image));
		CHECK(!right(k, s, DIR "/d.tar", true, S("foo/other"), &image));
	}
	TEST("a run that ended half-way is taken up, and the same bytes come out") {
		CHECK(sys_read_file(k, s, DIR "/a.tar", &one) == 0);
		CHECK(save_remove(k, s, DIR "/a.tar") == 0);
		{
			struct scope *t = scope_begin(s);

			CHECK(archiver_open(k, t, DIR "/a.tar", false, &to) == 0);
			CHECK(blob(k, t, &from, &to, &m.layers[0], 50, &at) == 0 && at == 0);
			scope_end(t);
			CHECK(archiver_open(k, t, DIR "/a.tar", false, &to) == 0);
			CHECK(blob(k, t, &from, &to, &m.layers[0], UINT64_MAX, &at) == 0 && at == 50);
			scope_end(t);
		}
		CHECK(archiver_open(k, s, DIR "/a.tar", false, &to) == 0);
		CHECK(to.kind->has(k, s, to.self, &m.layers[0], &there) == 0 && there);
		CHECK(fill(k, s, &from, &to, &m, S("t")) == 0);
		CHECK(sys_read_file(k, s, DIR "/a.tar", &two) == 0 && str_eq(one, two));
	}
	TEST("what an earlier run wanted and this one does not is not in it") {
		struct descriptor other = m.layers[0];
		struct scope *t = scope_begin(s);

		other.digest = S("sha256:0123456789012345678901234567890123456789012345678901234567890123");
		CHECK(archiver_open(k, t, DIR "/a.tar", false, &to) == 0);
		CHECK(to.kind->expect(k, t, to.self, &other, 1) == 0);
		scope_end(t);
		CHECK(archiver_open(k, s, DIR "/a.tar", false, &to) == 0);
		CHECK(fill(k, s, &from, &to, &m, S("t")) == 0);
		CHECK(sys_read_file(k, s, DIR "/a.tar", &two) == 0 && str_eq(one, two));
	}
	TEST("a blob that never came, and one with more bytes, are refused") {
		struct store_blob b = { .d = &m.layers[0] };

		CHECK(archiver_open(k, s, DIR "/b.tar", false, &to) == 0);
		CHECK(to.kind->begin(k, s, to.self, &b) == 0);
		text = (struct str){ scope_alloc(s, (size_t)b.d->size + 1), (size_t)b.d->size + 1 };
		CHECK(to.kind->write(k, to.self, &b, text) == KML_BAD);
		CHECK(to.kind->end(k, s, to.self, &b) == KML_BAD);
		to.kind->drop(k, s, to.self, &b);
		CHECK(to.kind->finish(k, s, to.self) == KML_FAIL);
		CHECK(!sys_exists(k, s, DIR "/b.tar"));
		CHECK(save_remove(k, s, DIR "/b.tar.partial") == 0);
	}
	TEST("no part of an archive may be changed or missing") {
		static const size_t places[] = { 3, 520, 1540 };

		for (size_t i = 0; once() && i < countof(places); i++) {
			((char *)(uintptr_t)two.p)[places[i]] ^= 4;
			CHECK(save_file(k, s, DIR "/c.tar", two) == 0);
			CHECK(!right(k, s, DIR "/c.tar", false, S("t"), &image));
			((char *)(uintptr_t)two.p)[places[i]] ^= 4;
		}
		for (size_t n = 0; once() && n + 1024 < two.n; n += 700) {
			CHECK(save_file(k, s, DIR "/c.tar", (struct str){ two.p, n }) == 0);
			CHECK(!right(k, s, DIR "/c.tar", false, S("t"), &image));
		}
	}
	TEST("links of docker save are followed, inside") {
		CHECK(str_eq(archive_target(s, S("a/layer.tar"), S("../b/layer.tar")), S("b/layer.tar")));
		CHECK(str_eq(archive_target(s, S("a/b/c"), S("./d/../x")), S("a/b/x")));
		CHECK(str_eq(archive_target(s, S("a"), S("b")), S("b")));
		CHECK(!archive_target(s, S("a/x"), S("../../b")).n && !archive_target(s, S("a"), S("/b")).n);
	}
TESTS_END
