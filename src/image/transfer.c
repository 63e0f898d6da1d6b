/* transfer.c - one blob from one store to another, whatever happens on the way.
 *
 * Its bytes are hashed as they pass, and what does not have the digest is never
 * kept.  Either end may break and say that it can go on: the source from where
 * it broke, the target from what it has.  A target may thereby go back, and
 * what was hashed before is not hashed again.  Tries without a byte of progress
 * are counted, and few.
 */
#ifndef KML_TRANSFER_C
#define KML_TRANSFER_C

#include "../ground/base.c"
#include "../ground/net.c"
#include "../ground/progress.c"
#include "store.c"

enum {
	TRANSFER_TRIES = 3, TRANSFER_STEP = 32 * 1024, TRANSFER_MOST = 1000,
	TRANSFER_STALL = 10000, TRANSFER_BUFFER = 64 * 1024,
#ifdef KML_TEST         /* thousands of runs, and no server to wait for */
	TRANSFER_PAUSE = 0,
#else
	TRANSFER_PAUSE = 200,           /* ms before the first try again */
#endif
};

/* What several transfers did; each counts with atomic steps. */
struct transfer_count {
	_Atomic uint64_t bytes, blobs, there, mounted;
	struct progress progress;       /* in blobs, and their bytes */
};

struct transfer {
	const struct store *from, *to;
	struct transfer_count *count;
	struct store_blob b;
	uint64_t hashed;                /* bytes [0, hashed) are in b.digest */
	uint64_t told;                  /* bytes [0, told) are in count->progress */
	uint64_t best;                  /* how far it ever came */
	uint64_t since;                 /* when it was last begun, ms */
	int tries, stalls, resumed;     /* tries without progress; all of them */
	char *p;
};

/* Let the progress have as many bytes as are there, which may be fewer than before. */
static void transfer_tell(struct transfer *x, uint64_t at)
{
	x->count->progress.done += at - x->told;
	x->told = at;
}

/* Read what comes and write it, until the end or the first failure.  *writing: which
 * end it was. */
static int transfer_run(struct kml *k, struct scope *s, struct transfer *x, bool *writing)
{
	const struct descriptor *d = x->b.d;
	struct reader rd;
	size_t got = 1;
	int r;

	*writing = false;
	if ((r = x->from->kind->blob(k, s, x->from->self, d, x->b.at, &rd)) < 0)
		return r;
	while (x->b.at < d->size) {
		size_t want = d->size - x->b.at < TRANSFER_BUFFER ? (size_t)(d->size - x->b.at) :
			TRANSFER_BUFFER;
		uint64_t old = x->hashed > x->b.at ? x->hashed - x->b.at : 0;

		*writing = false;
		if ((r = rd.read(k, rd.arg, x->p, want, &got)) < 0)
			return fail_in(k, r, "%s", x->from->name);
		if (!got)
			return fail(k, KML_UNREACHABLE, "%s: %llu of %llu bytes are missing",
			            x->from->name, (unsigned long long)(d->size - x->b.at),
			            (unsigned long long)d->size);
		if (old < got) {
			digest_add(&x->b.digest, str_from((struct str){ x->p, got }, (size_t)old));
			x->hashed = x->b.at + got;
		}
		*writing = true;
		if ((r = x->to->kind->write(k, x->to->self, &x->b, (struct str){ x->p, got })) < 0)
			return r;
		x->count->bytes += got;
		transfer_tell(x, x->b.at);
	}
	return 0;
}

/* Whether to go on after the failure `r`: as long as it gets further, and does not end
 * in silence twice. */
static int transfer_patience(struct transfer *x, int r)
{
	uint64_t now = net_now();

	x->stalls += now - x->since > TRANSFER_STALL;
	x->since = now;
	x->tries = x->b.at < x->best + TRANSFER_STEP ? x->tries + 1 : 0;
	x->best = x->b.at > x->best ? x->b.at : x->best;
	if (x->tries >= TRANSFER_TRIES || x->stalls > 1 || ++x->resumed > TRANSFER_MOST)
		return r;
	net_pause(TRANSFER_PAUSE << x->tries);
	return 0;
}

/* All bytes are written: is it the blob? */
static int transfer_end(struct kml *k, struct scope *s, struct transfer *x)
{
	const struct descriptor *d = x->b.d;
	struct digest digest = x->b.digest;

	if (str_eq(digest_done(s, &digest), d->digest))
		return x->to->kind->end(k, s, x->to->self, &x->b);
	return fail(k, KML_BAD, "%s: the content does not have this digest", x->from->name);
}

static int transfer_blob_once(struct kml *k, struct scope *s, struct transfer *x)
{
	bool writing;
	int r = x->to->kind->begin(k, s, x->to->self, &x->b);

	if (r < 0)
		return r;
	if (x->b.there)
		return x->to->kind->end(k, s, x->to->self, &x->b);
	x->hashed = x->best = x->b.at;
	transfer_tell(x, x->b.at);
	x->since = net_now();
	for (;;) {
		struct scope *t = scope_begin(s);

		r = transfer_run(k, t, x, &writing);
		scope_end(t);
		if (r == 0) {
			r = transfer_end(k, s, x);
			writing = r != KML_BAD;
		}
		if (r == 0)
			return 0;
		if (writing ? !x->to->kind->again : r != KML_UNREACHABLE)
			break;
		if ((r = transfer_patience(x, r)) < 0)
			break;
		if (writing && (r = x->to->kind->again(k, s, x->to->self, &x->b)) < 0)
			break;
	}
	return r;
}

/* Bring the blob of `d` from one store to the other, unless it is there. */
static int transfer_blob(struct kml *k, struct scope *s, const struct store *from,
                         const struct store *to, const struct descriptor *d,
                         struct transfer_count *count)
{
	struct scope *t = scope_begin(s);
	struct transfer x = { .from = from, .to = to, .count = count, .b = { .d = d } };
	const struct store *origin = from->kind->origin ? from->kind->origin(from->self, d) : NULL;
	bool done = false;
	int r = to->kind->has(k, t, to->self, d, &done);

	x.from = from = origin ? origin : from;
	if (r == 0 && done)
		count->there++;
	if (r == 0 && !done && to->kind->mount &&
	    (r = to->kind->mount(k, t, to->self, from, d, &done)) == 0 && done)
		count->mounted++;
	x.p = r == 0 && !done ? scope_raw(t, TRANSFER_BUFFER) : NULL;
	for (bool again = false; r == 0 && !done; again = true) {
		if ((r = transfer_blob_once(k, t, &x)) == 0)
			break;
		if (r != KML_BAD)
			break;
		to->kind->drop(k, t, to->self, &x.b);
		r = again ? r : 0;
	}
	if (r == 0 && !done)
		count->blobs++;
	if (r == 0) {
		transfer_tell(&x, d->size);
		count->progress.ended++;
	}
	scope_end(t);
	return r < 0 ? fail_in(k, r, "blob %.*s", FMT(d->digest)) : 0;
}

#endif
