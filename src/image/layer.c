/* layer.c - one layer: an archive, compressed, as a blob.
 *
 * Writing, the archive is cut into pieces of a fixed size that are compressed
 * at the same time and joined to one gzip member (format/deflate.c), so that
 * the blob does not depend on how many threads there are.  While a batch of
 * pieces is compressed its bytes are hashed and the batch before is written:
 * nothing is held but two batches.
 *
 * Reading, the blob's digest, the archive's digest (diff_id) and every name
 * are checked on the way, and nothing is handed out before all were in order.
 */
#ifndef KML_LAYER_C
#define KML_LAYER_C

#include "../format/codec.c"
#include "../format/deflate.c"
#include "../format/descriptor.c"
#include "../format/digest.c"
#include "../format/tar.c"
#include "../ground/base.c"
#include "../ground/pool.c"
#include "../ground/save.c"
#include "../ground/source.c"
#include "../ground/sys.c"
#include "layout.c"
#include "names.c"
#include "store.c"
#include <libdeflate.h>

/* ---- writing ------------------------------------------------------------- */

enum {
	LAYER_PIECE = 256 * 1024,
	LAYER_PIECES = 12,              /* in a batch */
	LAYER_BATCH = LAYER_PIECES * LAYER_PIECE,
	LAYER_LEVEL = 1,                /* 270 MB/s to 28 %; level 6 is 120 MB/s to 25 % */
};

struct layer {
	struct descriptor blob;
	struct str diff_id;
	uint64_t size;                  /* before compression */
};

struct layer_batch {
	struct layer_piece { char *out; size_t in, n; } pieces[LAYER_PIECES];
	size_t n;
};

struct layer_writer {
	struct scope *s;
	const char *name;               /* of the file, for messages; may be NULL */
	int fd;
	struct layer_batch batches[2], *now, *before;
	char *in;                       /* of the batch `now` */
	size_t in_n, room;              /* room for one piece that is compressed */
	struct digest blob, diff;
	uint64_t blob_size, size;
	uint32_t crc;
};

static int layer_put(struct kml *k, struct layer_writer *w, struct str t)
{
	int r = save_write(k, w->fd, t);

	digest_add(&w->blob, t);
	w->blob_size += t.n;
	return r < 0 && w->name ? fail_in(k, r, "%s", w->name) : r;
}

static int layer_put_batch(struct kml *k, struct layer_writer *w, struct layer_batch *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++)
		r = layer_put(k, w, (struct str){ b->pieces[i].out, b->pieces[i].n });
	b->n = 0;
	return r;
}

static int layer_compress(struct kml *k, const struct layer_writer *w, size_t i)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(LAYER_LEVEL);
	struct layer_piece *p = &w->now->pieces[i];

	if (!c)
		return fail(k, KML_NOMEM, "out of memory");
	p->n = libdeflate_deflate_compress(c, w->in + i * LAYER_PIECE, p->in, p->out,
	                                   w->room - DEFLATE_SLACK);
	libdeflate_free_compressor(c);
	p->n = p->n ? deflate_go_on(p->out, p->n) : 0;
	return p->n ? 0 : fail(k, KML_FAIL, "the compressor's output is not deflate data");
}

/* The work there is while a batch is compressed, and each piece of it. */
static int layer_work(struct kml *k, struct scope *s, size_t i, void *arg)
{
	struct layer_writer *w = arg;

	(void)s;
	if (i == 0)
		return layer_put_batch(k, w, w->before);
	if (i == 1) {
		digest_add(&w->diff, (struct str){ w->in, w->in_n });
		w->crc = libdeflate_crc32(w->crc, w->in, w->in_n);
		return 0;
	}
	return layer_compress(k, w, i - 2);
}

/* The bytes at hand are a batch. */
static int layer_batch(struct kml *k, struct layer_writer *w)
{
	struct layer_batch *b = w->before;
	struct scope *t;
	int r = 0;

	w->before = w->now;
	w->now = b;
	w->size += w->in_n;
	for (size_t at = 0; at < w->in_n; at += LAYER_PIECE) {
		size_t n = w->in_n - at;

		b->pieces[b->n++].in = n < LAYER_PIECE ? n : LAYER_PIECE;
	}
	t = scope_begin(w->s);
	if (b->n)
		r = pool_run(k, t, 2 + b->n, layer_work, w);
	scope_end(t);
	w->in_n = 0;
	return r;
}

static int layer_begin(struct kml *k, struct scope *s, int fd, const char *name,
                       struct layer_writer **out)
{
	static const char head[10] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";
	struct layer_writer *w = *out = new(s, struct layer_writer);

	w->s = s;
	w->fd = fd;
	w->name = name;
	w->now = &w->batches[0];
	w->before = &w->batches[1];
	w->in = scope_raw(s, LAYER_BATCH);
	w->room = libdeflate_deflate_compress_bound(NULL, LAYER_PIECE) + 2 * DEFLATE_SLACK;
	for (size_t i = 0; i < 2 * LAYER_PIECES; i++)
		w->batches[i % 2].pieces[i / 2].out = scope_raw(s, w->room);
	digest_begin(&w->blob);
	digest_begin(&w->diff);
	return layer_put(k, w, (struct str){ head, sizeof head });
}

static int layer_end(struct kml *k, struct scope *s, struct layer_writer *w, struct layer *out)
{
	static const char last[2] = "\x03";
	char tail[8];
	int r = layer_batch(k, w);

	if (r < 0 || (r = layer_put_batch(k, w, w->before)) < 0 ||
	    (r = layer_put_batch(k, w, w->now)) < 0)
		return r;
	for (int i = 0; i < 4; i++) {
		tail[i] = (char)(w->crc >> 8 * i & 0xff);
		tail[4 + i] = (char)(w->size >> 8 * i & 0xff);
	}
	if ((r = layer_put(k, w, (struct str){ last, sizeof last })) < 0 ||
	    (r = layer_put(k, w, (struct str){ tail, sizeof tail })) < 0)
		return r;
	*out = (struct layer){ .size = w->size };
	out->blob.type = DESCRIPTOR_LAYER_GZIP;
	out->blob.size = w->blob_size;
	out->blob.digest = digest_done(s, &w->blob);
	out->diff_id = digest_done(s, &w->diff);
	return 0;
}

/* Write what `in` reads as a gzip member to `fd`. */
static int layer_gzip(struct kml *k, struct scope *s, int fd, const char *name,
                      struct reader *in, struct layer *out)
{
	struct scope *t = scope_begin(s);
	struct layer_writer *w;
	size_t got = LAYER_BATCH;
	int r = layer_begin(k, t, fd, name, &w);

	while (r == 0 && got == LAYER_BATCH)
		if ((r = reader_fill(k, in, w->in, LAYER_BATCH, &got)) == 0) {
			w->in_n = got;
			r = layer_batch(k, w);
		}
	if (r == 0)
		r = layer_end(k, s, w, out);
	scope_end(t);
	return r;
}

/* Write the archive that `in` reads as a layer into `l`, which layout_create()
 * opened. */
static int layer_write(struct kml *k, struct scope *s, const struct layout *l,
                       struct reader *in, struct layer *out)
{
	struct scope *t = scope_begin(s);
	struct save file;
	int r = layout_blob_begin(k, t, l, &file);

	if (r == 0 && (r = layer_gzip(k, s, file.fd, layout_path(t, l, ".blob.kml"), in, out)) == 0)
		r = layout_blob_end(k, t, &file, out->blob.digest);
	scope_end(t);
	return r;
}

/* ---- reading ------------------------------------------------------------- */

enum { LAYER_KEPT = 1024 * 1024 * 1024 };       /* bytes of files held in memory */

struct layer_file {
	struct str name, link, data;
	enum tar_type type;
	unsigned mode;
	int layer;                      /* names->layer when it came */
};

struct layer_files { struct buf all; uint64_t kept; };  /* of struct layer_file */

/* Whether the file, link or directory `e` is to be kept.  It is asked before
 * anything is verified: it decides by the name, and does nothing. */
typedef bool layer_want(const void *arg, const struct tar_entry *e);

/* Called for each entry of a layer; `s` ends with the entry. */
typedef int layer_each(struct kml *k, struct scope *s, struct tar *tar,
                       const struct tar_entry *e, void *arg);

enum { LAYER_TRIES = 5 };               /* without a byte between them */

struct layer_reader {
	struct scope *s;
	const struct store *from;
	const struct descriptor *d;
	struct reader in;
	char first[CODEC_MAGIC];        /* read before the rest, to see what it is */
	size_t first_n, first_at;
	uint64_t at;                    /* how much of the blob came */
	int tries;
	struct digest blob, diff;
	uint64_t left, *room;           /* how much it, or all together, may still unpack to */
	struct reader packed, unpacked;
};

static int layer_open(struct kml *k, struct layer_reader *rd)
{
	return rd->from->kind->blob(k, rd->s, rd->from->self, rd->d, rd->at, &rd->in);
}

/* A store that is far away breaks off at times: go on there. */
static int layer_read_blob(struct kml *k, struct layer_reader *rd, char *p, size_t n, size_t *got)
{
	int r = rd->in.read(k, rd->in.arg, p, n, got);

	while (r == KML_UNREACHABLE && rd->tries++ < LAYER_TRIES)
		if ((r = layer_open(k, rd)) == 0)
			r = rd->in.read(k, rd->in.arg, p, n, got);
	if (r < 0)
		return r;
	rd->tries = *got ? 0 : rd->tries;
	rd->at += *got;
	return rd->at > rd->d->size ? fail(k, KML_BAD, "has more bytes than its descriptor says") : 0;
}

static int layer_read_first(struct kml *k, struct layer_reader *rd)
{
	size_t got = 1;
	int r = 0;

	for (; r == 0 && got && rd->first_n < sizeof rd->first; rd->first_n += r ? 0 : got)
		r = layer_read_blob(k, rd, rd->first + rd->first_n,
		                    sizeof rd->first - rd->first_n, &got);
	return r;
}

static int layer_read_packed(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct layer_reader *rd = arg;
	size_t first = rd->first_n - rd->first_at;
	int r = 0;

	*got = first < n ? first : n;
	if (*got)
		memcpy(p, rd->first + rd->first_at, *got);
	rd->first_at += *got;
	if (!*got && (r = layer_read_blob(k, rd, p, n, got)) < 0)
		return r;
	digest_add(&rd->blob, (struct str){ p, *got });
	return 0;
}

static int layer_read_unpacked(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct layer_reader *rd = arg;
	int r = rd->unpacked.read(k, rd->unpacked.arg, p, n, got);

	if (r < 0)
		return r;
	if (*got > rd->left)
		return fail(k, KML_BAD, "unpacks to far more than such a blob should");
	rd->left -= *got;
	if (rd->room && *got > *rd->room)
		return fail(k, KML_BAD, "unpacks to more than is allowed");
	if (rd->room)
		*rd->room -= *got;
	digest_add(&rd->diff, (struct str){ p, *got });
	return 0;
}

/* How the blob is compressed: what its type says, and it begins that way. */
static int layer_codec(struct kml *k, struct layer_reader *rd, const struct descriptor *d,
                       enum codec *kind)
{
	int r = layer_read_first(k, rd);

	if (r < 0)
		return r;
	switch (descriptor_kind(d->type)) {
	case DESCRIPTOR_IS_TAR:      *kind = CODEC_NONE; break;
	case DESCRIPTOR_IS_TAR_GZIP: *kind = CODEC_GZIP; break;
	case DESCRIPTOR_IS_TAR_ZSTD: *kind = CODEC_ZSTD; break;
	default:
		return fail(k, KML_BAD, "\"%.*s\" is no layer that can be read", FMT(d->type));
	}
	if (codec_of((struct str){ rd->first, rd->first_n }) != *kind)
		return fail(k, KML_BAD, "is not compressed as \"%.*s\" says", FMT(d->type));
	return 0;
}

static int layer_keep(struct kml *k, struct scope *s, struct tar *tar, const struct tar_entry *e,
                      int layer, struct layer_files *files)
{
	struct layer_file f = {
		.name = scope_str(s, e->name), .type = e->type, .mode = e->mode, .layer = layer,
	};
	int r = 0;

	if (e->type == TAR_HARDLINK)
		r = tar_name(k, s, e->link, &f.link);
	else
		f.link = scope_str(s, e->link);
	if (r < 0)
		return r;
	if (e->size > LAYER_KEPT - files->kept)
		return fail(k, KML_BAD, "%.*s: more than %d MiB of files", FMT(e->name),
		            LAYER_KEPT >> 20);
	files->kept += e->size;
	if (e->size && (r = tar_read_all(k, s, tar, &f.data)) < 0)
		return r;
	buf_add(&files->all, (struct str){ (const char *)&f, sizeof f });
	return 0;
}

static int layer_read_entries(struct kml *k, struct scope *s, struct reader *in,
                              layer_each *each, void *arg)
{
	struct scope *t = scope_begin(s);
	struct tar tar = { .in = in };
	struct tar_entry e;
	int r;

	while ((r = tar_next(k, t, &tar, &e)) > 0) {
		if ((r = each(k, t, &tar, &e, arg)) < 0)
			return r;
		scope_clear(t);
	}
	return r;
}

/* *diff_id is compared, or filled in where it is empty. */
static int layer_check(struct kml *k, struct scope *s, struct layer_reader *rd,
                       const struct descriptor *d, struct str *diff_id)
{
	struct str diff = digest_done(s, &rd->diff);

	if (rd->at != d->size)
		return fail(k, KML_BAD, "has %llu bytes, its descriptor says %llu",
		            (unsigned long long)rd->at, (unsigned long long)d->size);
	if (!str_eq(digest_done(s, &rd->blob), d->digest))
		return fail(k, KML_BAD, "the content does not have this digest");
	if (diff_id->n && !str_eq(diff, *diff_id))
		return fail(k, KML_BAD, "does not unpack to what the config says (diff_id %.*s)",
		            FMT(*diff_id));
	*diff_id = diff;
	return 0;
}

/* The content made no sense: if it is not the blob's at all, say that instead. */
static void layer_blame(struct kml *k, struct scope *s, struct layer_reader *rd,
                        const struct descriptor *d)
{
	const char *reason = scope_text(s, str_of(k->msg));
	char *p = scope_raw(s, 1 << 16);
	size_t got;
	int r;

	do
		r = rd->packed.read(k, rd->packed.arg, p, 1 << 16, &got);
	while (r == 0 && got);
	if (r < 0 || str_eq(digest_done(s, &rd->blob), d->digest))
		say(k, "%s", reason);
	else
		say(k, "the content does not have this digest");
}

/* Unpack the layer `d` of `from`, hand every entry to `each`, and verify all of it:
 * the blob's digest and size, its compression, and its archive's digest, which is
 * compared with *diff_id, or put there where that is empty.  What `each` did is to be
 * undone if this fails.  *room (may be NULL) is how many bytes may still come out. */
static int layer_look(struct kml *k, struct scope *s, const struct store *from,
                      const struct descriptor *d, struct str *diff_id, uint64_t *room,
                      layer_each *each, void *arg)
{
	struct scope *t = scope_begin(s);
	struct layer_reader *rd = new(t, struct layer_reader);
	struct reader in = { layer_read_unpacked, rd };
	enum codec kind;
	int r;

	rd->s = t;
	rd->from = from;
	rd->d = d;
	rd->room = room;
	/* Modules shrink to a quarter, zeros to a thousandth. */
	rd->left = d->size > UINT64_MAX / 512 ? UINT64_MAX : 256 * d->size + (64 << 20);
	digest_begin(&rd->blob);
	digest_begin(&rd->diff);
	rd->packed = (struct reader){ layer_read_packed, rd };
	if ((r = layer_open(k, rd)) == 0 && (r = layer_codec(k, rd, d, &kind)) == 0 &&
	    (r = codec_reader(k, t, kind, &rd->packed, &rd->unpacked)) == 0 &&
	    (r = layer_read_entries(k, t, &in, each, arg)) == 0)
		r = layer_check(k, s, rd, d, diff_id);
	else if (r == KML_BAD)
		layer_blame(k, t, rd, d);
	scope_end(t);
	return r < 0 ? fail_in(k, r, "layer %.*s", FMT(d->digest)) : 0;
}

/* The same of a layer whose archive has the digest `diff_id`. */
static int layer_scan(struct kml *k, struct scope *s, const struct store *from,
                      const struct descriptor *d, struct str diff_id, uint64_t *room,
                      layer_each *each, void *arg)
{
	return layer_look(k, s, from, d, &diff_id, room, each, arg);
}

struct layer_reading {
	struct scope *s;
	struct names *names;
	layer_want *want;
	const void *arg;
	struct layer_files *files;
};

static int layer_read_entry(struct kml *k, struct scope *s, struct tar *tar,
                            const struct tar_entry *e, void *arg)
{
	const struct layer_reading *to = arg;
	int gone = names_add(k, s, to->names, e);

	if (gone || !to->want(to->arg, e))
		return gone < 0 ? gone : 0;
	return layer_keep(k, to->s, tar, e, to->names->layer, to->files);
}

/* Read the layer `d` of `from`, verify all of it, and add to *files what `want`
 * wanted of it, in the order of the archive.  `names` has the layers below;
 * names->layer is the number of this one.  After a failure *files and `names`
 * hold unverified things and must not be used. */
static int layer_read(struct kml *k, struct scope *s, const struct store *from,
                      const struct descriptor *d, struct str diff_id, struct names *names,
                      layer_want *want, const void *arg, struct layer_files *files)
{
	struct layer_reading to = { s, names, want, arg, files };

	return layer_scan(k, s, from, d, diff_id, NULL, layer_read_entry, &to);
}

#endif
