/* intake.c - blobs on their way into a layout, each over one request or several.
 *
 *     DIR/.upload-ID.partial      what came so far
 *
 * That file is all there is of an upload, so that one can go on after the server was
 * killed.  The digest so far is kept in memory for a while; who has lost it reads the
 * file again.  An upload is one request's at a time, until that is answered.
 */
#ifndef KML_INTAKE_C
#define KML_INTAKE_C

#include "../format/digest.c"
#include "../ground/base.c"
#include "../ground/place.c"
#include "../ground/save.c"
#include "../ground/stamp.c"
#include "caller.c"

enum { INTAKE_ID = 32, INTAKE_KNOWN = 32, INTAKE_STALE = 24 * 60 * 60 };

#define INTAKE_PREFIX ".upload-"

/* A digest that waits for the next request of its upload: 0 free, 1 in use, 2 there. */
struct intake_known { _Atomic int state; uint64_t size; char id[INTAKE_ID]; struct digest digest; };

struct intake {
	struct scope *s;
	struct intake_known *known;     /* INTAKE_KNOWN of them */
	struct str id;
	struct place_file f;
	struct digest digest;           /* of the f.size bytes that are there */
};

static const char *intake_path(struct scope *s, const char *dir, struct str id)
{
	return scope_format(s, "%s/" INTAKE_PREFIX "%.*s", dir, FMT(id));
}

static int intake_id(struct kml *k, struct scope *s, struct str *out)
{
	char bytes[INTAKE_ID / 2];
	struct buf b = { .s = s };
	int r = net_random(k, bytes, sizeof bytes);

	for (size_t i = 0; i < sizeof bytes; i++)
		buf_format(&b, "%02x", bytes[i] & 0xff);
	*out = buf_str(&b);
	return r;
}

/* Take the digest of the upload, if it is known and is that of as many bytes as there are. */
static bool intake_recall(struct intake *in)
{
	for (size_t i = 0; i < INTAKE_KNOWN; i++) {
		struct intake_known *w = &in->known[i];
		int there = 2;
		bool it;

		if (!atomic_compare_exchange_strong(&w->state, &there, 1))
			continue;
		if ((it = !memcmp(w->id, in->id.p, INTAKE_ID) && w->size == in->f.size))
			in->digest = w->digest;
		w->state = it ? 0 : 2;
		if (it)
			return true;
	}
	return false;
}

/* Keep the digest for the next request; of another upload, if there is no room. */
static void intake_keep(struct intake *in)
{
	for (size_t i = 0; i < 2 * INTAKE_KNOWN; i++) {
		struct intake_known *w = &in->known[i < INTAKE_KNOWN ? i : (i + in->f.size) % INTAKE_KNOWN];
		int from = i < INTAKE_KNOWN ? 0 : 2;

		if (!atomic_compare_exchange_strong(&w->state, &from, 1))
			continue;
		memcpy(w->id, in->id.p, INTAKE_ID);
		w->size = in->f.size;
		w->digest = in->digest;
		w->state = 2;
		return;
	}
}

/* Go on with the upload `id`, or begin it.  KML_NOTFOUND: there is none; KML_BUSY: another
 * request is at it. */
static int intake_open(struct kml *k, struct scope *s, const char *dir, struct str id, bool fresh,
                       struct intake_known *known, struct intake *out)
{
	const char *path = intake_path(s, dir, id);
	struct place at;
	char *p;
	size_t got = 1;
	int r;

	*out = (struct intake){ .s = s, .known = known, .id = id };
	if (id.n != INTAKE_ID || strspn(scope_text(s, id), "0123456789abcdef") != id.n ||
	    (!fresh && !sys_exists(k, s, scope_format(s, "%s.partial", path))))
		return fail(k, KML_NOTFOUND, "there is no such upload");
	if ((r = place_begin(k, s, path, &out->f)) < 0)
		return r == KML_BUSY ? fail(k, r, "another request still writes to it") : r;
	if ((r = save_is_there(k, out->f.dir, out->f.partial, out->f.fd)) <= 0)
		return r < 0 ? r : fail(k, KML_NOTFOUND, "the upload has just ended");
	digest_begin(&out->digest);
	if (!out->f.size || intake_recall(out))
		return 0;
	r = 0;
	at = (struct place){ out->f.fd, 0, out->f.size };
	for (p = scope_raw(s, CALLER_STEP); r == 0 && got;)
		if ((r = place_next(k, &at, p, CALLER_STEP, &got)) == 0)
			digest_add(&out->digest, (struct str){ p, got });
	return r;
}

static void intake_drop(struct kml *k, struct intake *in, const char *dir)
{
	save_remove(k, in->s, scope_format(in->s, "%s.partial", intake_path(in->s, dir, in->id)));
}

/* Let the next request have it: before this one is answered. */
static void intake_close(struct intake *in) { scope_end(in->s); }

/* Take what `c` sends.  KML_FAIL: it cannot be kept. */
static int intake_take(struct kml *k, struct caller *c, struct intake *in)
{
	char *p = scope_raw(in->s, CALLER_STEP);
	size_t got = 1;
	int r = 0, n = 0;

	while (r == 0 && n == 0 && got)
		if ((n = caller_read(k, c, p, CALLER_STEP, &got)) == 0 && got &&
		    (r = place_write(k, in->f.fd, in->f.size, (struct str){ p, got })) == 0) {
			digest_add(&in->digest, (struct str){ p, got });
			in->f.size += got;
		}
	if (r < 0)
		return fail_in(k, KML_FAIL, "this cannot be kept");
	intake_keep(in);
	return n;
}

/* All of it came: it is the blob `digest`, or KML_BAD. */
static int intake_end(struct kml *k, struct intake *in, struct str digest)
{
	intake_recall(in);
	if (!str_eq(digest_done(in->s, &in->digest), digest))
		return fail(k, KML_BAD, "the content does not have this digest");
	in->f.name = scope_format(in->s, "blobs/sha256/%.*s", FMT(digest_hex(digest)));
	return place_done(k, &in->f);
}

/* Remove the uploads that nobody went on with for some time. */
static void intake_clean(struct kml *k, struct scope *s, const char *dir, int64_t seconds)
{
	struct sys_entry *e;
	struct stat st;
	size_t n;

	if (sys_list(k, s, dir, &e, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		const char *path = scope_format(s, "%s/%s", dir, e[i].name);

		if (str_starts(str_of(e[i].name), S(INTAKE_PREFIX)) &&
		    sys_stat(k, s, path, O_NOFOLLOW, &st) == 0 &&
		    net_date() - st.st_mtime >= seconds)
			save_remove(k, s, path);
	}
}

#endif
