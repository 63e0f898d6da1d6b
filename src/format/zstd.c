/* zstd.c - a stream compressed with zstd, in memory that does not grow with it.
 *
 * The same bytes give the same frame: there is one thread and one level.  A
 * kernel takes frames with a window of up to 128 MiB (its decoder of an initramfs);
 * this level has 2 MiB.
 */
#ifndef KML_ZSTD_C
#define KML_ZSTD_C

#define ZSTD_STATIC_LINKING_ONLY        /* for memory that comes from a scope */
#include "../ground/base.c"
#include "../ground/source.c"
#include "codec.c"
#include <zstd.h>

enum { ZSTD_LEVEL = 2, ZSTD_INPUT = 128 * 1024 };

struct zstd {
	ZSTD_CCtx *c;
	struct reader *from;
	ZSTD_inBuffer in;
	bool last, done;
	char input[ZSTD_INPUT];
};

static int zstd_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct zstd *z = arg;
	ZSTD_outBuffer out = { p, n, 0 };

	while (!z->done && !out.pos && n) {
		size_t left, some;
		int r;

		if (z->in.pos == z->in.size && !z->last) {
			if ((r = reader_fill(k, z->from, z->input, sizeof z->input, &some)) < 0)
				return r;
			z->in = (ZSTD_inBuffer){ z->input, some, 0 };
			z->last = some < sizeof z->input;
		}
		left = ZSTD_compressStream2(z->c, &out, &z->in,
		                            z->last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return fail(k, KML_FAIL, "zstd: %s", ZSTD_getErrorName(left));
		z->done = z->last && !left;
	}
	*got = out.pos;
	return 0;
}

/* *out reads what `in`, which must stay, reads, compressed. */
static int zstd_reader(struct kml *k, struct scope *s, struct reader *in, struct reader *out)
{
	struct zstd *z = new(s, struct zstd);

	z->from = in;
	z->c = ZSTD_createCCtx_advanced((ZSTD_customMem){ codec_alloc, codec_free, codec_new(s) });
	if (!z->c || ZSTD_isError(ZSTD_CCtx_setParameter(z->c, ZSTD_c_compressionLevel, ZSTD_LEVEL)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(z->c, ZSTD_c_checksumFlag, 1)))
		return fail(k, KML_FAIL, "the zstd encoder does not start");
	*out = (struct reader){ zstd_read, z };
	return 0;
}

#endif
