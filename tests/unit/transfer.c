#define KML_TEST
#include "../../src/image/transfer.c"
#include "../test.h"

/* A store made of memory: one that is read, and breaks, lies and ends early; one that is
 * written, and breaks, goes back and is full. */
struct memory {
	struct str bytes;               /* what it gives */
	uint64_t at, cut;               /* the reader's place; break there (0: never) */
	int cuts;                       /* so many times */
	bool lies;                      /* the first time a byte is wrong */
	int opened;
	/* written */
	struct buf got;
	uint64_t old;                   /* bytes that an earlier run left */
	uint64_t full;                  /* fail there (0: never) */
	int breaks, drops, ends;
	uint64_t back;                  /* when it breaks, it still has so much */
	bool has;
};

static int give(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct memory *m = arg;
	struct str rest = str_from(m->bytes, (size_t)m->at);

	if (m->cut && m->at >= m->cut && m->cuts-- > 0)
		return fail(k, KML_UNREACHABLE, "cut");
	if (m->cut && m->cuts > 0 && n > m->cut - m->at)
		n = (size_t)(m->cut - m->at);
	*got = rest.n < n ? rest.n : n;
	if (*got)
		memcpy(p, rest.p, *got);
	if (m->lies && *got)
		p[0] ^= 1;
	m->at += *got;
	return 0;
}

static int open_blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                     uint64_t from, struct reader *out)
{
	struct memory *m = self;

	(void)k, (void)s, (void)d;
	m->at = from;
	m->lies = m->lies && m->opened == 0;
	m->opened++;
	*out = (struct reader){ give, m };
	return 0;
}

static int has(struct kml *k, struct scope *s, void *self, const struct descriptor *d, bool *there)
{
	(void)k, (void)s, (void)d;
	*there = ((struct memory *)self)->has;
	return 0;
}

static int begin(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	struct memory *m = self;

	(void)k, (void)s;
	digest_begin(&b->digest);
	b->at = m->old;
	digest_add(&b->digest, (struct str){ m->got.p, (size_t)m->old });
	m->got.n = (size_t)m->old;
	return 0;
}

static int put(struct kml *k, void *self, struct store_blob *b, struct str bytes)
{
	struct memory *m = self;

	if (m->full && b->at + bytes.n > m->full)
		return fail(k, KML_FAIL, "no room");
	if (m->breaks > 0 && b->at > m->back) {
		m->breaks--;
		return fail(k, KML_UNREACHABLE, "broken");
	}
	m->got.n = (size_t)b->at;
	buf_add(&m->got, bytes);
	b->at += bytes.n;
	return 0;
}

static int again(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	struct memory *m = self;

	(void)s;
	if (m->full)
		return fail(k, KML_FAIL, "no room");
	b->at = m->back;
	return 0;
}

static int end(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	(void)k, (void)s, (void)b;
	((struct memory *)self)->ends++;
	return 0;
}

static void drop(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	struct memory *m = self;

	(void)k, (void)s, (void)b;
	m->drops++;
	m->old = 0;
}

static const struct store_kind from_kind = { .blob = open_blob };
static const struct store_kind to_kind = {
	.has = has, .begin = begin, .write = put, .again = again, .end = end, .drop = drop,
};

static struct memory in, out;
static struct transfer_count count;
static char bytes[300000];

/* Bring it over, from a source and to a target that were told what to do. */
static int go(struct kml *k, struct scope *s)
{
	struct store from = { &from_kind, &in, "from" }, to = { &to_kind, &out, "to" };
	struct descriptor d = { .size = sizeof bytes };

	in.bytes = (struct str){ bytes, sizeof bytes };
	d.digest = digest_of(s, in.bytes);
	memset(&count, 0, sizeof count);
	return transfer_blob(k, s, &from, &to, &d, &count);
}

static void fresh(struct scope *s)
{
	in = (struct memory){ .cut = 0 };
	out = (struct memory){ .got = { .s = s } };
}

static bool whole(void)
{
	return out.ends == 1 && out.got.n == sizeof bytes && !memcmp(out.got.p, bytes, sizeof bytes);
}

TESTS
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	TEST("a blob goes over, and is counted") {
		fresh(s);
		CHECK(go(k, s) == 0 && whole() && count.blobs == 1 && count.bytes == sizeof bytes);
	}
	TEST("one that is there is not read") {
		fresh(s);
		out.has = true;
		CHECK(go(k, s) == 0 && in.opened == 0 && count.there == 1);
	}
	TEST("a source that breaks is asked for the rest, not for all") {
		fresh(s);
		in.cut = 100000, in.cuts = 1;
		CHECK(go(k, s) == 0 && whole() && in.opened == 2 && count.bytes == sizeof bytes);
	}
	TEST("what an earlier run left is gone on with") {
		fresh(s);
		buf_add(&out.got, (struct str){ bytes, 200000 });
		out.old = 200000;
		CHECK(go(k, s) == 0 && whole() && count.bytes == sizeof bytes - 200000);
	}
	TEST("what it left is wrong: it is dropped, and all comes anew") {
		fresh(s);
		buf_add(&out.got, (struct str){ bytes + 1, 200000 });
		out.old = 200000;
		CHECK(go(k, s) == 0 && whole() && out.drops == 1);
	}
	TEST("a wrong byte is noticed, and once more is enough") {
		fresh(s);
		in.lies = true;
		CHECK(go(k, s) == 0 && whole() && out.drops == 1 && in.opened == 2);
	}
	TEST("a source that lies for ever is refused, and nothing is kept") {
		fresh(s);
		bytes[5] ^= 1;
		in.bytes = (struct str){ bytes, sizeof bytes };
		{
			struct store from = { &from_kind, &in, "from" }, to = { &to_kind, &out, "to" };
			struct descriptor d = { .size = sizeof bytes, .digest = digest_of(s, S("x")) };

			CHECK(transfer_blob(k, s, &from, &to, &d, &count) == KML_BAD);
		}
		bytes[5] ^= 1;
		CHECK(out.drops == 2 && out.ends == 0);
	}
	TEST("a target that goes back is written again from there, and hashed once") {
		fresh(s);
		out.breaks = 2, out.back = 70000;
		CHECK(go(k, s) == 0 && whole() && out.drops == 0);
	}
	TEST("a target that cannot go on ends it") {
		fresh(s);
		out.full = 100000;
		CHECK(go(k, s) == KML_FAIL && strstr(k->msg, "no room") && out.ends == 0);
	}
	if (test_fail_at >= 0 || test_sys_at >= 0)      /* what follows waits */
		return 0;
	TEST("a source that gives nothing more is left after a few tries") {
		fresh(s);
		in.cut = 100000, in.cuts = 1000;
		CHECK(go(k, s) == KML_UNREACHABLE && in.opened < 10 && out.drops == 0);
	}
TESTS_END
