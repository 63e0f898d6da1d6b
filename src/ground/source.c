/* source.c - bytes that are read when they are first asked for, or in order.
 *
 * A module is megabytes of which its metadata is a few pages; an index is
 * megabytes of which one look-up touches a few nodes.  A reader of such a
 * format takes a struct source and asks for ranges: source_slice() is where
 * every offset found inside an untrusted file is checked against its size.
 */
#ifndef KML_SOURCE_C
#define KML_SOURCE_C

#include "base.c"

struct source {
	uint64_t size;
	const char *p;                  /* where offset 0 is, or will be */
	int (*fill)(struct kml *k, void *arg, uint64_t off, uint64_t n);
	void *arg;                      /* fill may be NULL: all bytes are there */
};

static struct source source_of(struct str bytes)
{
	return (struct source){ .size = bytes.n, .p = bytes.p };
}

/* Borrow `n` bytes at `off`; they live as long as the source. */
static int source_slice(struct kml *k, const struct source *src, uint64_t off, uint64_t n,
                        struct str *out)
{
	int r;

	if (off > src->size || n > src->size - off)
		return fail(k, KML_BAD, "cut short: needs byte %llu of %llu",
		            (unsigned long long)(off > UINT64_MAX - n ? UINT64_MAX : off + n),
		            (unsigned long long)src->size);
	if (src->fill && n && (r = src->fill(k, src->arg, off, n)) < 0)
		return r;
	*out = (struct str){ src->p + off, (size_t)n };
	return 0;
}

/* ---- bytes that come in order, and only once ----------------------------- */

struct reader {
	/* Give up to `n` bytes; *got == 0 is the end. */
	int (*read)(struct kml *k, void *arg, char *p, size_t n, size_t *got);
	void *arg;
};

/* Read `n` bytes, fewer only at the end. */
static int reader_fill(struct kml *k, struct reader *rd, char *p, size_t n, size_t *got)
{
	size_t some;

	for (*got = 0; *got < n; *got += some) {
		int r = rd->read(k, rd->arg, p + *got, n - *got, &some);

		if (r < 0 || !some)
			return r;
	}
	return 0;
}

#endif
