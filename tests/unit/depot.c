#define KML_TEST
#include "../../src/site/depot.c"
#include "../test.h"
#include <ftw.h>

#define DIR "build/unit-depot"

/* The registry is a layout; when it is away, it says so. */
static bool away;
static int asked;

static int away_resolve(struct kml *k, struct scope *s, void *self, struct str name,
                        struct descriptor *d)
{
	asked++;
	return away ? fail(k, KML_UNREACHABLE, "nobody there") : folder_resolve(k, s, self, name, d);
}

static int away_document(struct kml *k, struct scope *s, void *self, struct str name,
                         struct descriptor *d, struct str *bytes)
{
	asked++;
	return away ? fail(k, KML_UNREACHABLE, "nobody there") :
		folder_document(k, s, self, name, d, bytes);
}

static int away_blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                     uint64_t from, struct reader *out)
{
	asked++;
	return away ? fail(k, KML_UNREACHABLE, "nobody there") : folder_blob(k, s, self, d, from, out);
}

static const struct store_kind away_kind = {
	.resolve = away_resolve, .document = away_document, .blob = away_blob,
};

/* An image with the config `config` and one layer `layer` as `tag`. */
static int make(struct kml *k, struct scope *s, const struct store *st, const char *config,
                const char *layer, const char *tag)
{
	struct descriptor d = { .type = DESCRIPTOR_CONFIG }, l = { .type = DESCRIPTOR_LAYER };
	struct manifest m = { .type = DESCRIPTOR_MANIFEST };
	struct buf b = { .s = s };
	int r = layout_put(k, s, st->self, str_of(config), &d);

	if (r < 0 || (r = layout_put(k, s, st->self, str_of(layer), &l)) < 0)
		return r;
	m.config = d;
	m.layers = &l;
	m.nlayers = 1;
	manifest_write(&b, &m, NULL, 0);
	d = (struct descriptor){ .type = m.type };
	if ((r = layout_put(k, s, st->self, buf_str(&b), &d)) < 0)
		return r;
	return layout_tag(k, s, st->self, str_of(tag), &d);
}

/* Read the image that `name` names through `st`, and its layer into *text. */
static int take(struct kml *k, struct scope *s, const struct store *st, const char *name,
                struct manifest *m, struct str *text)
{
	struct descriptor d;
	struct str bytes;
	int r = store_manifest(k, s, st, str_of(name), NULL, &d, &bytes, m);

	if (r < 0 || (r = store_small(k, s, st, &m->config, &bytes)) < 0)
		return r;
	return store_small(k, s, st, &m->layers[0], text);
}

static size_t files(struct kml *k, struct scope *s, const char *dir)
{
	struct sys_entry *v;
	size_t n;

	return sys_list(k, s, dir, &v, &n) == 0 ? n : 0;
}

static void damage(struct kml *k, struct scope *s, const char *dir, const struct descriptor *d,
                   const char *text)
{
	CHECK(save_file(k, s, scope_format(s, "%s/blobs/sha256/%.*s", dir,
	                                   FMT(digest_hex(d->digest))), str_of(text)) == 0);
}

static int clean_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

#define OPEN(writes) depot_open(k, s, DIR "/store", writes, &from, S("h/r:t"), &dp, &st)
#define BLOBS DIR "/store/blobs/sha256"

TESTS
	struct store from, st;
	struct manifest m, old;
	struct depot dp;
	struct str text;

	bool faulty = test_fail_at >= 0 || test_sys_at >= 0;

	(void)nftw(faulty ? DIR "/store" : DIR, clean_one, 8, FTW_DEPTH | FTW_PHYS);
	away = false;
	CHECK(faulty || save_mkdirs(k, s, DIR) == 0);
	CHECK(folder_create(k, s, DIR "/reg", &from) == 0);
	from.kind = &away_kind;
	CHECK(faulty || make(k, s, &from, "{}", "layer one", "t") == 0);

	TEST("what is fetched is kept, and not fetched again") {
		OPEN(true);
		CHECK(dp.writes && take(k, s, &st, "t", &m, &text) == 0);
		CHECK(faulty || str_eq(text, S("layer one")));
		depot_keep(k, s, &dp, false);
		CHECK(files(k, s, BLOBS) == 3 && sys_exists(k, s, DIR "/store/" DEPOT_MARK));
		asked = 0;
		dp.top.digest.n = 0;
		CHECK(take(k, s, &st, "t", &m, &text) == 0 && asked == 1);
		depot_sweep(k, s, &dp);
	}
	if (faulty)             /* of the rest they are the same */
		return 0;
	TEST("what is damaged is fetched again") {
		damage(k, s, DIR "/store", &m.layers[0], "layer 0ne");
		OPEN(true);
		asked = 0;
		CHECK(take(k, s, &st, "t", &m, &text) == 0 && asked == 2);
		CHECK(str_eq(text, S("layer one")));
		OPEN(true);
		asked = 0;
		CHECK(take(k, s, &st, "t", &m, &text) == 0 && asked == 1);
	}
	TEST("without the registry it is what there was, if it is whole") {
		away = true;
		OPEN(true);
		CHECK(take(k, s, &st, "t", &m, &text) == 0 && str_eq(text, S("layer one")));
		damage(k, s, DIR "/store", &m.layers[0], "layer 0ne");
		OPEN(true);
		CHECK(take(k, s, &st, "t", &m, &text) == KML_UNREACHABLE);
		CHECK(strstr(k->msg, "is missing or damaged in " DIR "/store"));
		dp.tag = S("h/r:other");
		dp.top.digest.n = 0;
		CHECK(take(k, s, &st, "t", &m, &text) == KML_UNREACHABLE);
		CHECK(strstr(k->msg, "nobody there"));
		away = false;
	}
	TEST("an image that was replaced stays until the new one was loaded") {
		OPEN(true);
		CHECK(take(k, s, &st, "t", &old, &text) == 0);
		CHECK(make(k, s, &from, "{}", "layer two", "t") == 0);
		OPEN(true);
		CHECK(take(k, s, &st, "t", &m, &text) == 0 && str_eq(text, S("layer two")));
		depot_keep(k, s, &dp, false);
		depot_sweep(k, s, &dp);
		away = true;
		OPEN(true);
		CHECK(take(k, s, &st, "t", &m, &text) == 0 && str_eq(text, S("layer one")));
		away = false;
		OPEN(true);
		CHECK(take(k, s, &st, "t", &m, &text) == 0 && files(k, s, BLOBS) == 5);
		CHECK(save_file(k, s, scope_format(s, DIR "/store/.%064d", 1), S("part")) == 0);
		CHECK(rename(scope_format(s, DIR "/store/.%064d", 1),
		             scope_format(s, DIR "/store/.%064d.kml", 1)) == 0);
		depot_keep(k, s, &dp, true);
		depot_sweep(k, s, &dp);
		CHECK(files(k, s, BLOBS) == 3 && files(k, s, DIR "/store") == 4);
		away = true;
		OPEN(true);
		CHECK(take(k, s, &st, "t", &m, &text) == 0 && str_eq(text, S("layer two")));
		away = false;
	}
	TEST("of images that did not come to be loaded the last one stays, no more") {
		for (int i = 0; i < 3; i++) {
			CHECK(make(k, s, &from, "{}", scope_format(s, "try %d", i), "t") == 0);
			OPEN(true);
			CHECK(take(k, s, &st, "t", &m, &text) == 0);
			depot_keep(k, s, &dp, false);
			depot_sweep(k, s, &dp);
			CHECK(files(k, s, BLOBS) == 5);
		}
		depot_keep(k, s, &dp, true);
		depot_sweep(k, s, &dp);
		CHECK(files(k, s, BLOBS) == 3);
	}
	TEST("an index that is damaged is begun anew") {
		CHECK(save_file(k, s, DIR "/store/index.json", S("{")) == 0);
		OPEN(true);
		CHECK(dp.writes && take(k, s, &st, "t", &m, &text) == 0);
		depot_keep(k, s, &dp, true);
		away = true;
		OPEN(true);
		CHECK(take(k, s, &st, "t", &m, &text) == 0);
		away = false;
	}
	TEST("a layout that is not the depot's own is not swept") {
		CHECK(save_remove(k, s, DIR "/store/" DEPOT_MARK) == 0);
		CHECK(make(k, s, &from, "{}", "layer three", "t") == 0);
		OPEN(true);
		CHECK(take(k, s, &st, "t", &m, &text) == 0);
		depot_keep(k, s, &dp, true);
		depot_sweep(k, s, &dp);
		CHECK(files(k, s, BLOBS) == 5);
	}
	TEST("without a place nothing is kept") {
		CHECK(save_file(k, s, DIR "/file", S("")) == 0);
		depot_open(k, s, DIR "/file/store", true, &from, S("h/r:t"), &dp, &st);
		CHECK(!dp.writes && st.kind == from.kind && take(k, s, &st, "t", &m, &text) == 0);
		depot_keep(k, s, &dp, true);
		depot_sweep(k, s, &dp);
		OPEN(false);
		asked = 0;
		CHECK(!dp.writes && take(k, s, &st, "t", &m, &text) == 0 && asked == 1);
	}
TESTS_END
