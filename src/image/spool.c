/* spool.c - the files of layers, unpacked, until new layers are made of them.
 *
 * Their bytes go to a file without a name, in the order in which they come, and can
 * be read in any other: an archive is written sorted, and nothing is unpacked twice.
 */
#ifndef KML_SPOOL_C
#define KML_SPOOL_C

#include "../format/digest.c"
#include "../format/tar.c"
#include "../ground/base.c"
#include "../ground/place.c"
#include "gather.c"

enum { SPOOL_STEP = 64 * 1024 };

struct spool { int fd; uint64_t end; const char *where; };

static int spool_open(struct kml *k, struct scope *s, const struct gather *g, struct spool *sp)
{
	*sp = (struct spool){ .end = 0 };
	return gather_unnamed(k, s, g, &sp->fd, &sp->where);
}

/* Take in the bytes of the entry that `tar` is at: *at is where they are, and `sum`
 * (may be NULL) their SHA-256. */
static int spool_add(struct kml *k, struct scope *s, struct spool *sp, struct tar *tar,
                     uint64_t *at, unsigned char *sum)
{
	char *p = tar->left ? scope_raw(s, SPOOL_STEP) : NULL;
	struct digest hash;
	size_t got;
	int r = 0;

	digest_begin(&hash);
	for (*at = sp->end; r == 0 && tar->left; sp->end += got) {
		if ((r = tar_read(k, tar, p, SPOOL_STEP, &got)) < 0)
			return r;
		if (sum)
			digest_add(&hash, (struct str){ p, got });
		r = place_write(k, sp->fd, sp->end, (struct str){ p, got });
	}
	if (sum)
		digest_end(&hash, sum);
	return r < 0 ? fail_in(k, r, "a temporary file in %s", sp->where) : 0;
}

#endif
