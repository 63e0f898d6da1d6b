#define KML_TEST
#include "../../src/module/depcache.c"
#include "../test.h"

#define TOP "build/test-depcache"

static const char *const names[] = { "le64.ko", "be64.ko", "be32.ko", "nocrc.ko", "cut.ko" };
enum { MODULES = countof(names), SOUND = 4 };       /* cut.ko is none */

static void lay(struct kml *k, struct scope *s, struct depscan_module *v)
{
	mkdir(TOP, 0755);
	for (size_t i = 0; i < MODULES; i++) {
		const char *path = scope_format(s, TOP "/%s", names[i]);
		struct str text = { 0 };
		struct stat st;

		CHECK(sys_read_file(k, s, scope_format(s, "tests/fuzz/corpus/module/%s", names[i]),
		                    &text) == 0);
		if (stat(path, &st) < 0 || (size_t)st.st_size != text.n) {
			int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);

			CHECK(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
			close(fd);
		}
		v[i] = (struct depscan_module){ .path = path, .rel = str_of(names[i]) };
	}
}

static void fresh(const struct depscan_module *from, struct depscan_module *v)
{
	for (size_t i = 0; i < MODULES; i++)
		v[i] = (struct depscan_module){ .path = from[i].path, .rel = from[i].rel };
}

static bool same_symbols(const struct depscan_module *a, const struct depscan_symbol *x,
                         const struct depscan_module *b, const struct depscan_symbol *y,
                         uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct depscan_name *p = &a->names->v[x[i].name & ~DEPSCAN_WEAK];
		const struct depscan_name *q = &b->names->v[y[i].name & ~DEPSCAN_WEAK];

		if (!str_eq(p->text, q->text) || p->hash != q->hash || x[i].crc != y[i].crc ||
		    (x[i].name ^ y[i].name) & DEPSCAN_WEAK)
			return false;
	}
	return true;
}

static bool same(const struct depscan_module *a, const struct depscan_module *b)
{
	return a->nexports == b->nexports && a->nneeds == b->nneeds && str_eq(a->info, b->info) &&
	       a->machine == b->machine && a->wide == b->wide && a->big == b->big &&
	       same_symbols(a, a->exports, b, b->exports, a->nexports) &&
	       same_symbols(a, a->needs, b, b->needs, a->nneeds);
}

/* How many of the modules `v` a cache with these bytes makes known. */
static size_t known(struct kml *k, struct scope *s, struct str bytes, struct depcache *c,
                    const struct depscan_module *from, struct depscan_module *v)
{
	size_t n = 0;

	*c = (struct depcache){ .src = source_of(scope_str(s, bytes)) };
	fresh(from, v);
	c->there = depcache_read_head(k, c);
	depcache_ask(k, s, c, v, MODULES);
	depcache_take(k, s, c, v);
	for (size_t i = 0; i < MODULES; i++)
		n += v[i].known;
	return n;
}

/* Make the sums of `bytes` right. */
static void sign(char *bytes, size_t n, size_t head)
{
	struct depcache_head *h = (void *)bytes;

	h->body_sum = depcache_sum(0, (struct str){ bytes + head, n - head });
	h->sum = depcache_sum(0, depcache_summed((struct str){ bytes, head }));
}

TESTS
	struct depscan_module v[MODULES], again[MODULES];
	struct depcache c;
	struct str text;
	struct stat st;
	size_t head, step = test_faulty ? 977 : 1;
	char *p;

	k->jobs = 1;
	lay(k, s, v);
	if (depscan_run(k, s, v, MODULES, true) < 0)
		return 0;
	TEST("what was read is known again, and is the same") {
		text = depcache_make(s, v, MODULES, stamp_now(), 1, 2);
		CHECK(known(k, s, text, &c, v, again) == SOUND && c.head.files == SOUND);
		CHECK(c.head.inputs == 1 && c.head.outputs == 2);
		for (size_t i = 0; i < MODULES; i++)
			CHECK(!again[i].known || same(&v[i], &again[i]));
		CHECK(!again[SOUND].known && v[SOUND].failed);
	}
	TEST("made of that it is the same once more, byte for byte") {
		struct str twice = depcache_make(s, again, MODULES, stamp_now(), 1, 2);

		CHECK(str_eq(text, twice));
	}
	TEST("it is kept in a file") {
		struct depcache kept;

		CHECK(depcache_save(k, s, TOP, text) == 0);
		depcache_open(k, s, TOP, &kept);
		CHECK(kept.there && kept.head.sum == c.head.sum);
		CHECK(chmod(TOP "/" DEPCACHE_NAME, 0646) == 0);
		depcache_open(k, s, TOP, &kept);
		CHECK(!kept.there);
		CHECK(rename(TOP "/" DEPCACHE_NAME, TOP "/other") == 0);
		CHECK(chmod(TOP "/other", 0644) == 0 && symlink("other", TOP "/" DEPCACHE_NAME) == 0);
		depcache_open(k, s, TOP, &kept);
		CHECK(!kept.there);
		CHECK(rename(TOP "/other", TOP "/" DEPCACHE_NAME) == 0);
		depcache_open(k, s, "build/no-such", &kept);
		CHECK(!kept.there);
		CHECK(depcache_save(k, s, "build/no-such", text) == KML_NOTFOUND);
	}
	TEST("a file that is changed is not known, nor one that changed just before") {
		CHECK(chmod(v[1].path, 0600) == 0 && chmod(v[1].path, 0644) == 0);
		CHECK(known(k, s, text, &c, v, again) == SOUND - 1 && !again[1].known);
		CHECK(stat(v[0].path, &st) == 0);
		CHECK(stamp_settled(v[0].stamp, stamp_of(&st).changed + 1));
		CHECK(!stamp_settled(v[0].stamp, stamp_of(&st).changed));
		text = depcache_make(s, v, MODULES, 0, 1, 2);
		CHECK(known(k, s, text, &c, v, again) == 0 && c.there && c.head.files == 0);
	}
	if (depscan_run(k, s, v, MODULES, true) < 0)
		return 0;
	text = depcache_make(s, v, MODULES, stamp_now(), 1, 2);
	p = scope_text(s, text);
	head = (size_t)depcache_head_size((void *)p);
	TEST("one that is cut short is ignored") {
		for (size_t n = 0; n < text.n; n += step) {
			struct scope *t = scope_begin(s);

			CHECK(known(k, t, (struct str){ p, n }, &c, v, again) == 0);
			scope_end(t);
		}
	}
	TEST("one with a byte changed is ignored") {
		for (size_t i = 0; i < text.n; i += step) {
			struct scope *t = scope_begin(s);

			p[i] ^= 1;
			CHECK(known(k, t, (struct str){ p, text.n }, &c, v, again) == 0);
			p[i] ^= 1;
			scope_end(t);
		}
	}
	TEST("one that somebody made with right sums does no harm") {
		for (size_t i = 0; i < text.n; i += step) {
			struct scope *t = scope_begin(s);
			char was = p[i];

			p[i] = (char)(i % 3 ? 0xff : was ^ 1);
			sign(p, text.n, head);
			known(k, t, (struct str){ p, text.n }, &c, v, again);
			for (size_t j = 0; j < MODULES; j++)
				CHECK(!again[j].known || same(&again[j], &again[j]));
			p[i] = was;
			scope_end(t);
		}
	}
TESTS_END
