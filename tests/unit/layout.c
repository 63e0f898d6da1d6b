#define KML_TEST
#include "../../src/image/layout.c"
#include "../test.h"

#define DIR "build/unit-layout"

/* Take away what a run with faults left, when no other is there. */
static void clean(struct kml *k, struct scope *s)
{
	struct scope *t = scope_begin(s);

	if (save_mkdirs(k, t, DIR) == 0 && save_lock(k, t, DIR) == 0)
		save_remove(k, t, DIR "/index.json");
	scope_end(t);
}

TESTS
	struct layout l;
	struct descriptor d = { .type = S("text/plain") }, found;
	struct str text;
	struct sys_entry *v;
	size_t n;
	int fd;

	TEST("a layout is made, and opened") {
		clean(k, s);
		CHECK(layout_create(k, s, DIR, &l) == 0);
		save_remove(k, s, layout_blob_path(s, &l, digest_of(s, S("other"))));
		CHECK(layout_open(k, s, DIR, &l) == 0);
		CHECK(layout_find(k, s, &l, S(""), &found) == KML_NOTFOUND);
	}
	TEST("a blob is found by its tag, and is what was put in") {
		CHECK(layout_put(k, s, &l, S("hello"), &d) == 0 && d.size == 5);
		CHECK(layout_tag(k, s, &l, S("t"), &d) == 0);
		CHECK(layout_tag(k, s, &l, S("u"), &d) == 0);
		CHECK(layout_find(k, s, &l, S("t"), &found) == 0 && str_eq(found.digest, d.digest));
		CHECK(layout_find(k, s, &l, d.digest, &found) == 0);
		CHECK(layout_find(k, s, &l, S("x"), &found) == KML_NOTFOUND);
		CHECK(layout_find(k, s, &l, S(""), &found) == KML_NOTFOUND);
		CHECK(layout_blob(k, s, &l, &d, &fd) == 0);
		CHECK(layout_untag(k, s, &l, S("u")) == 0);
		CHECK(layout_untag(k, s, &l, S("u")) == KML_NOTFOUND);
		CHECK(layout_find(k, s, &l, S("u"), &found) == KML_NOTFOUND);
		CHECK(layout_find(k, s, &l, S("t"), &found) == 0);
	}
	TEST("a blob of another size, or none, is refused") {
		found.size++;
		CHECK(layout_blob(k, s, &l, &found, &fd) == KML_BAD);
		found = d;
		found.digest = digest_of(s, S("other"));
		CHECK(layout_blob(k, s, &l, &found, &fd) == KML_NOTFOUND);
	}
	TEST("an index that cannot be read is left as it is") {
		CHECK(sys_read_file(k, s, DIR "/index.json", &text) == 0);
		text.n /= 2;
		CHECK(save_file(k, s, DIR "/index.json", text) == 0);
		CHECK(layout_tag(k, s, &l, S("x"), &d) == KML_BAD);
		CHECK(sys_list(k, s, DIR, &v, &n) == 0 && n == 4);       /* with the lock */
	}
	TEST("what else an index says stays, in its order") {
		CHECK(save_file(k, s, DIR "/index.json", S("{\"x\":[1.50],\"schemaVersion\":2,"
			"\"manifests\":[{\"mediaType\":\"a/b\",\"digest\":\"sha256:e3b0c44298fc1c149afbf4c899"
			"6fb92427ae41e4649b934ca495991b7852b855\",\"size\":0,\"more\":null}]}")) == 0);
		CHECK(layout_tag(k, s, &l, S("t"), &d) == 0);
		CHECK(sys_read_file(k, s, DIR "/index.json", &text) == 0);
		CHECK(memmem(text.p, text.n, "\"size\":0,\"more\":null},{", 22) != NULL);
		CHECK(str_ends(text, S("],\"x\":[1.50]}")));
	}
	TEST("a directory that is something else is left as it is") {
		CHECK(layout_create(k, s, DIR "/blobs", &l) == KML_FAIL);
		CHECK(layout_open(k, s, DIR "/blobs", &l) == KML_NOTFOUND);
		CHECK(!sys_exists(k, s, DIR "/blobs/oci-layout"));
	}
TESTS_END
