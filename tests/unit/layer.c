#define KML_TEST
#include "../../src/image/entries.c"
#include "../../src/image/folder.c"
#include "../../src/image/layer.c"
#include "../test.h"

#define DIR "build/unit-layer"
enum { LONG = LAYER_PIECE + 1000 };     /* two pieces */

static bool all(const void *arg, const struct tar_entry *e)
{
	(void)arg;
	return e->type == TAR_FILE;
}

static int read_layer(struct kml *k, struct scope *s, const struct layout *l,
                      const struct layer *layer, struct layer_files *files)
{
	struct names names = { .s = s, .layer = 1 };
	struct store from = { &folder_kind, (void *)(uintptr_t)l, l->dir };

	*files = (struct layer_files){ .all = { .s = s } };
	return layer_read(k, s, &from, &layer->blob, layer->diff_id, &names, all, NULL, files);
}

static int write_layer(struct kml *k, struct scope *s, const struct layout *l, struct str bytes,
                       struct layer *out)
{
	struct entries e = entries_begin(s, 0);
	struct reader in;
	int r;

	entries_bytes(&e, S("b/long"), bytes);
	entries_bytes(&e, S("a"), S("short"));
	if ((r = entries_finish(k, &e)) < 0)
		return r;
	entries_reader(&e, &in);
	return layer_write(k, s, l, &in, out);
}

TESTS
	struct layout l;
	struct layer layer, again;
	struct layer_files files;
	struct layer_file *f;
	char *big = scope_raw(s, LONG);

	for (size_t i = 0; i < LONG; i++)
		big[i] = (char)(i / 300);
	TEST("a layer is read as it was written") {
		CHECK(layout_create(k, s, DIR, &l) == 0);
		CHECK(write_layer(k, s, &l, (struct str){ big, LONG }, &layer) == 0);
		CHECK(read_layer(k, s, &l, &layer, &files) == 0);
		f = (struct layer_file *)(void *)files.all.p;
		CHECK(files.all.n == 2 * sizeof *f && str_eq(f[0].data, S("short")));
		CHECK(str_eq(f[1].name, S("b/long")) && f[1].data.n == LONG);
		CHECK(!memcmp(f[1].data.p, big, LONG));
	}
	TEST("the number of threads changes nothing") {
		k->jobs = 1;
		CHECK(write_layer(k, s, &l, (struct str){ big, LONG }, &again) == 0);
		CHECK(str_eq(again.blob.digest, layer.blob.digest) && again.blob.size == layer.blob.size);
	}
	TEST("another diff_id, another type, another digest are refused") {
		again.diff_id = digest_of(s, S(""));
		CHECK(read_layer(k, s, &l, &again, &files) == KML_BAD);
		again = layer;
		again.blob.type = S("application/vnd.oci.image.layer.v1.tar");
		CHECK(read_layer(k, s, &l, &again, &files) == KML_BAD);
		again.blob.type = S("application/vnd.oci.image.layer.v1.tar+zstd");
		CHECK(read_layer(k, s, &l, &again, &files) == KML_BAD);
		again.blob.type = S("text/plain");
		CHECK(read_layer(k, s, &l, &again, &files) == KML_BAD);
	}
	TEST("what does not compress is a layer too") {
		uint32_t x = 1;

		for (size_t i = 0; i < LONG; i++)
			big[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
		CHECK(write_layer(k, s, &l, (struct str){ big, LONG }, &again) == 0);
		CHECK(again.blob.size > LONG);
	}
TESTS_END
