#define KML_TEST
#include "../../src/image/entries.c"
#include "../../src/image/folder.c"
#include "../../src/image/image.c"
#include "../test.h"

#define DIR "build/unit-image"

static struct image_platform any;

/* Put in an image of layers; each is given as entries. */
static int make(struct kml *k, struct scope *s, const struct layout *l, struct entries *layers,
                size_t n, struct str tag, struct descriptor *out)
{
	struct descriptor blobs[4];
	struct manifest m = { .layers = blobs, .nlayers = n };
	struct buf b = { .s = s };
	int r = 0;

	buf_add(&b, S("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":"
	              "{\"type\":\"layers\",\"diff_ids\":["));
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct reader in;
		struct layer layer;

		if ((r = entries_finish(k, &layers[i])) < 0)
			return r;
		entries_reader(&layers[i], &in);
		r = layer_write(k, s, l, &in, &layer);
		blobs[i] = layer.blob;
		if (r == 0)
			emit_text(&b, layer.diff_id);
	}
	buf_add(&b, S("]}}"));
	m.config.type = DESCRIPTOR_CONFIG;
	if (r < 0 || (r = layout_put(k, s, l, buf_str(&b), &m.config)) < 0)
		return r;
	b.n = 0;
	manifest_write(&b, &m, NULL, 0);
	*out = (struct descriptor){ .type = DESCRIPTOR_MANIFEST };
	if ((r = layout_put(k, s, l, buf_str(&b), out)) == 0)
		r = layout_tag(k, s, l, tag, out);
	return r;
}

/* Change a byte of the blob, and change it back. */
static bool flip(struct kml *k, struct scope *s, struct str digest, struct layout *l)
{
	const char *path = layout_blob_path(s, l, digest);
	struct str text;

	if (sys_read_file(k, s, path, &text) < 0)
		return false;
	((char *)(uintptr_t)text.p)[text.n / 2] ^= 4;
	return save_file(k, s, path, text) == 0;
}

TESTS
	struct layout l;
	struct store from;
	struct image image;
	struct descriptor d, d2;
	struct layer_file *f;
	struct str all = S(""), below = S("opt/lib");
	size_t n;
	struct entries e[2];

	TEST("a layout is made, and made again") {
		CHECK(layout_create(k, s, DIR, &l) == 0);
		CHECK(folder_open(k, s, DIR, &from) == 0);
	}
	TEST("what was packed is read, replaced and deleted things not") {
		e[0] = entries_begin(s, 0);
		entries_bytes(&e[0], S("opt/lib/a.ko"), S("one"));
		entries_bytes(&e[0], S("opt/lib/b.ko"), S("other"));
		entries_bytes(&e[0], S("opt/lib/old.ko"), S("old"));
		entries_link(&e[0], S("opt/link"), S("lib/a.ko"));
		e[1] = entries_begin(s, 0);
		entries_bytes(&e[1], S("opt/lib/a.ko"), S("two"));
		CHECK(make(k, s, &l, e, 2, S("t"), &d) == 0);
		CHECK(image_open(k, s, &from, S("t"), &any, &image) == 0 && image.manifest.nlayers == 2);
		CHECK(image_read(k, s, &image, S(""), image_want_below, &below, &f, &n) == 0 && n == 3);
		CHECK(str_eq(f[0].name, S("opt/lib/a.ko")) && str_eq(f[0].data, S("two")));
		CHECK(str_eq(f[1].data, S("other")) && f[1].layer == 1);
		CHECK(image_read(k, s, &image, S(""), image_want_below, &all, &f, &n) == 0);
		CHECK(n == 6 && str_eq(f[5].link, S("lib/a.ko")) && f[0].type == TAR_DIR);
	}
	TEST("an image is found by tag, by digest, and not by another name") {
		CHECK(image_open(k, s, &from, d.digest, &any, &image) == 0);
		CHECK(image_open(k, s, &from, S("nowhere"), &any, &image) == KML_NOTFOUND);
	}
	TEST("the other tags stay") {
		e[1] = entries_begin(s, 0);
		entries_bytes(&e[1], S("opt/lib/a.ko"), S("two"));
		CHECK(make(k, s, &l, &e[1], 1, S("u"), &d2) == 0);
		CHECK(image_open(k, s, &from, S("t"), &any, &image) == 0);
		CHECK(image_open(k, s, &from, S(""), &any, &image) == KML_NOTFOUND);
		CHECK(image_open(k, s, &from, S("u"), &any, &image) == 0);
	}
	TEST("nothing comes of a layer that was changed") {
		d = image.manifest.layers[0];
		CHECK(flip(k, s, d.digest, &l));
		CHECK(image_read(k, s, &image, S(""), image_want_below, &all, &f, &n) == KML_BAD);
		CHECK(!f && !n);
		CHECK(flip(k, s, d.digest, &l));
	}
	TEST("two files of one name make no archive") {
		e[0] = entries_begin(s, 0);
		entries_bytes(&e[0], S("a"), S(""));
		entries_bytes(&e[0], S("./a"), S(""));
		CHECK(entries_finish(k, &e[0]) == KML_BAD);
	}
TESTS_END
