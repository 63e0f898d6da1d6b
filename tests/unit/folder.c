#define KML_TEST
#include "../../src/image/folder.c"
#include "../test.h"
#include <ftw.h>

#define DIR "build/unit-folder"

static bool again;                      /* of the rest the faults are the same */

static bool faulty(void) { return test_fail_at >= 0 || test_sys_at >= 0; }

static void write_file(const char *path, struct str text)
{
	FILE *f;

	remove(path);           /* faster than to write over it */
	if ((f = fopen(path, "w"))) {
		fwrite(text.p, 1, text.n, f);
		fclose(f);
	}
}

static int clean_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void clean(void)
{
	(void)nftw(DIR, clean_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct descriptor of(struct scope *s, struct str text)
{
	return (struct descriptor){ .type = DESCRIPTOR_MANIFEST, .digest = digest_of(s, text), .size = text.n };
}

static const char *path_of(struct scope *s, const struct descriptor *d)
{
	return scope_format(s, DIR "/blobs/sha256/%.*s", FMT(digest_hex(d->digest)));
}

/* Bring the blob, but stop before the byte `stop`; *at is where it went on from. */
static int bring(struct kml *k, struct scope *s, const struct store *st, const struct descriptor *d,
                 struct str text, size_t stop, uint64_t *at)
{
	struct scope *t = scope_begin(s);
	struct store_blob b = { .d = d };
	int r = folder_begin(k, t, st->self, &b);

	*at = b.at;
	if (r == 0 && stop > b.at)
		r = folder_write(k, st->self, &b, (struct str){ text.p + b.at, stop - (size_t)b.at });
	if (r == 0 && stop == d->size)
		r = folder_end(k, t, st->self, &b);
	scope_end(t);
	return r;
}

static bool holds(struct kml *k, struct scope *s, const struct store *st, const struct descriptor *d,
                  uint64_t from, const char *want)
{
	char *p = scope_raw(s, 64);
	struct reader in;
	size_t got;

	return folder_blob(k, s, st->self, d, from, &in) == 0 && reader_fill(k, &in, p, 64, &got) == 0 &&
	       str_eq((struct str){ p, got }, str_of(want));
}

static void blobs(struct kml *k, struct scope *s, struct store *st)
{
	struct descriptor d = of(s, S("0123456789"));
	const char *part = scope_format(s, DIR "/.%.*s.kml", FMT(digest_hex(d.digest)));
	struct stat file;
	uint64_t at;
	bool there;

	TEST("a blob comes in parts, each run goes on where the other broke off") {
		CHECK(folder_has(k, s, st->self, &d, &there) == 0 && !there);
		CHECK(bring(k, s, st, &d, S("0123456789"), 4, &at) == 0 && at == 0);
		CHECK(stat(part, &file) == 0 && file.st_size == 4);
		CHECK(folder_has(k, s, st->self, &d, &there) == 0 && !there);
		CHECK(bring(k, s, st, &d, S("0123456789"), 10, &at) == 0 && at == 4);
		CHECK(folder_has(k, s, st->self, &d, &there) == 0 && there && access(part, F_OK) != 0);
		CHECK(holds(k, s, st, &d, 0, "0123456789") && holds(k, s, st, &d, 8, "89"));
		CHECK(bring(k, s, st, &d, S("0123456789"), 10, &at) == 0 && at == 10);
	}
	if (again)
		return;
	TEST("a rest of it that is too long is none") {
		remove(path_of(s, &d));
		write_file(part, S("0123456789a"));
		CHECK(bring(k, s, st, &d, S("0123456789"), 10, &at) == 0 && at == 0);
		CHECK(holds(k, s, st, &d, 0, "0123456789"));
	}
	TEST("what is no file, or of another size, is not there") {
		write_file(path_of(s, &d), S("01234567890"));
		CHECK(folder_has(k, s, st->self, &d, &there) == 0 && !there && !holds(k, s, st, &d, 0, ""));
		remove(path_of(s, &d));
		CHECK(symlink("/dev//zero", path_of(s, &d)) == 0);
		CHECK(folder_has(k, s, st->self, &d, &there) == 0 && !there && !holds(k, s, st, &d, 0, ""));
		remove(path_of(s, &d));
	}
}

#define DOCUMENT "{\"schemaVersion\":2,\"layers\":[]}"

static void documents(struct kml *k, struct scope *s, struct store *st)
{
	struct descriptor d = of(s, S(DOCUMENT)), got;
	struct str bytes, *tags;
	size_t n;

	TEST("a document goes in under tags, and comes out by them or its digest") {
		CHECK(folder_put(k, s, st->self, &d, S(DOCUMENT), S("one")) == 0);
		CHECK(folder_put(k, s, st->self, &d, S(DOCUMENT), S("")) == 0);
		CHECK(folder_tags(k, s, st->self, &tags, &n) == 0 && n == 1);
		CHECK(folder_put(k, s, st->self, &d, S(DOCUMENT), S("two")) == 0);
		CHECK(folder_tags(k, s, st->self, &tags, &n) == 0 && n == 2);
		CHECK(folder_document(k, s, st->self, S("two"), &got, &bytes) == 0 && str_eq(bytes, S(DOCUMENT)));
		CHECK(str_eq(got.digest, d.digest) && str_eq(got.type, d.type));
		CHECK(folder_resolve(k, s, st->self, d.digest, &got) == 0 && got.size == d.size);
	}
	if (again)
		return;
	TEST("names of none") {
		CHECK(folder_resolve(k, s, st->self, S("three"), &got) == KML_NOTFOUND);
		CHECK(folder_resolve(k, s, st->self, digest_of(s, S("x")), &got) == KML_NOTFOUND);
		CHECK(folder_resolve(k, s, st->self, S("sha256:../../oci-layout"), &got) < 0);
	}
	TEST("one is taken out, the others stay") {
		CHECK(folder_remove(k, s, st->self, S("one")) == 0);
		CHECK(folder_tags(k, s, st->self, &tags, &n) == 0 && n == 1 && str_eq(tags[0], S("two")));
		CHECK(folder_remove(k, s, st->self, S("one")) == KML_NOTFOUND);
	}
	TEST("a document that was changed is not believed, nor one that grew") {
		write_file(path_of(s, &d), S("{\"schemaVersion\":3,\"layers\":[]}"));
		CHECK(folder_document(k, s, st->self, S("two"), &got, &bytes) == KML_BAD);
		CHECK(strstr(k->msg, "the content does not have this digest") != NULL);
		write_file(path_of(s, &d), S(DOCUMENT " "));
		CHECK(folder_document(k, s, st->self, S("two"), &got, &bytes) == KML_BAD);
		CHECK(folder_document(k, s, st->self, d.digest, &got, &bytes) == KML_BAD);
	}
}

TESTS
	struct store st;

	clean();
	TEST("a layout is made where there is none, and opened where there is one") {
		CHECK(folder_open(k, s, DIR, &st) == KML_NOTFOUND || faulty());
		CHECK(folder_create(k, s, DIR, &st) == 0 && folder_create(k, s, DIR, &st) == 0);
		CHECK(folder_open(k, s, DIR, &st) == 0 && !strcmp(st.name, DIR));
	}
	blobs(k, s, &st);
	documents(k, s, &st);
	again = true;
TESTS_END
