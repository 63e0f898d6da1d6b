/* archiver.c - images into one file: an OCI layout as an archive, for docker load too.
 *
 *     blobs/sha256/HEX ... | oci-layout | index.json | manifest.json | two zero blocks
 *
 * with kml.lock before the last three if there is one (site/bundle.c).
 *
 * Sizes are known before bytes come.  So each blob gets its place, with the header
 * before it, when it is first heard of, and several are written at once.  All goes to
 * FILE.partial: a run that was killed is taken up by the next, which keeps the places
 * that it wants in the same order.  How much of a place was written then is seen from
 * where its zeros begin, and if that was wrong, the digest tells in the end.
 */
#ifndef KML_ARCHIVER_C
#define KML_ARCHIVER_C

#include "../format/emit.c"
#include "../format/ref.c"
#include "../format/saved.c"
#include "../format/tar.c"
#include "../ground/base.c"
#include "../ground/place.c"
#include "archive.c"
#include "layout.c"
#include "store.c"

enum { ARCHIVER_STEP = 64 * 1024 };

#define ARCHIVER_LOCK S("kml.lock")

struct archiver_place {
	struct str digest;
	uint64_t at, size;              /* of its bytes */
	bool old, done;                 /* from an earlier run, and not yet looked at; whole */
	uint64_t have;                  /* so many bytes are there, of this digest */
	struct digest part;
};

struct archiver_entry { struct str tag, bytes; struct descriptor d; };

struct archiver {
	struct scope *s;
	const char *path;
	struct place_file f;
	bool begun, docker;
	struct buf places;              /* of struct archiver_place: */
	size_t n;                       /* so many are of this run, the others older */
	uint64_t end;                   /* of these */
	struct buf entries;             /* of struct archiver_entry */
	struct archiver_entry last;     /* document that was put in */
	struct str lock;                /* the content of kml.lock; empty: none */
};

static struct archiver_place *archiver_places(const struct archiver *a)
{
	return (struct archiver_place *)(void *)a->places.p;
}

/* ---- places -------------------------------------------------------------- */

static void archiver_add(struct archiver *a, struct str digest, uint64_t at, uint64_t size,
                         bool old)
{
	struct archiver_place p = { scope_str(a->s, digest), at, size, .old = old };

	digest_begin(&p.part);
	buf_add(&a->places, (struct str){ (const char *)&p, sizeof p });
}

/* The places of an earlier run, up to the first thing that is none. */
static void archiver_scan(struct kml *k, struct archiver *a)
{
	struct place at = { a->f.fd, 0, a->f.size };
	struct reader in = { place_next, &at };
	struct tar tar = { .in = &in, .skip = place_skip };
	struct scope *t = scope_begin(a->s);
	struct str dir = S("blobs/sha256/");
	struct tar_entry e;

	while (tar_next(k, t, &tar, &e) > 0 && e.type == TAR_FILE && str_starts(e.name, dir)) {
		struct str digest = str_of(scope_format(t, "sha256:%.*s", FMT(str_from(e.name, dir.n))));

		if (digest_check(k, digest) < 0)
			break;
		archiver_add(a, digest, at.at, e.size, true);
		scope_clear(t);
	}
	scope_end(t);
}

static int archiver_begin_file(struct kml *k, struct archiver *a)
{
	int r;

	if (a->begun)
		return 0;
	if ((r = place_begin(k, a->s, a->path, &a->f)) == 0) {
		archiver_scan(k, a);
		a->begun = true;
	}
	return r;
}

/* Write a header behind all places. */
static int archiver_header(struct kml *k, struct archiver *a, struct str name, uint64_t size)
{
	struct scope *t = scope_begin(a->s);
	struct buf b = { .s = t };
	int r;

	tar_put_entry(&b, t, &(struct tar_entry){
		.name = name, .type = TAR_FILE, .mode = 0644, .size = size });
	r = place_write(k, a->f.fd, a->end, buf_str(&b));
	a->end += b.n;
	scope_end(t);
	return r;
}

/* A place for `d`: its own, or the one that an earlier run made next, or a new one
 * behind all, in front of nothing. */
static int archiver_reserve(struct kml *k, struct archiver *a, const struct descriptor *d,
                            size_t *out)
{
	struct archiver_place *v, *next;
	int r = archiver_begin_file(k, a);

	v = archiver_places(a);
	for (*out = 0; *out < a->n; ++*out)
		if (str_eq(v[*out].digest, d->digest))
			return r;
	if (r < 0)
		return r;
	next = a->n * sizeof *v < a->places.n ? &v[a->n] : NULL;
	if (!next || !str_eq(next->digest, d->digest) || next->size != d->size) {
		a->places.n = a->n * sizeof *v;
		if (d->size > INT64_MAX / 2 - a->end)
			return fail(k, KML_BAD, "more than a file can hold");
		if ((r = place_cut(k, a->f.fd, a->end)) < 0 ||
		    (r = archiver_header(k, a, archive_name(a->s, d->digest), d->size)) < 0)
			return r;
		archiver_add(a, d->digest, a->end, d->size, false);
		a->f.size = a->end;
		next = &archiver_places(a)[a->n];
	}
	a->n++;
	a->end = next->at + next->size + tar_padding(next->size);
	if (a->f.size < a->end && (r = place_cut(k, a->f.fd, a->end)) == 0)
		a->f.size = a->end;
	return r;
}

/* Where the zeros at the end of the place begin. */
static int archiver_used(struct kml *k, const struct archiver *a, const struct archiver_place *p,
                         char *room, uint64_t *used)
{
	size_t got = 0;
	int r = 0;

	for (*used = p->size; r == 0 && *used; *used -= got) {
		size_t n = *used < ARCHIVER_STEP ? (size_t)*used : ARCHIVER_STEP;

		r = place_read(k, a->f.fd, p->at + *used - n, room, n, &got);
		if (r == 0 && got < n)
			r = fail(k, KML_FAIL, "became shorter");
		for (; r == 0 && n; n--)
			if (room[n - 1]) {
				*used -= got - n;
				return 0;
			}
	}
	return r;
}

/* Look at what an earlier run left of a place. */
static int archiver_look(struct kml *k, struct scope *s, const struct archiver *a,
                         struct archiver_place *p)
{
	struct scope *t = scope_begin(s);
	char *room = scope_raw(t, ARCHIVER_STEP);
	struct place at = { a->f.fd, p->at, p->size };
	struct digest whole;
	uint64_t used;
	size_t got;
	int r = archiver_used(k, a, p, room, &used);

	at.left = used;
	while (r == 0 && (r = place_next(k, &at, room, ARCHIVER_STEP, &got)) == 0 && got)
		digest_add(&p->part, (struct str){ room, got });
	p->have = used;
	whole = p->part;
	at.left = p->size - used;
	while (r == 0 && (r = place_next(k, &at, room, ARCHIVER_STEP, &got)) == 0 && got)
		digest_add(&whole, (struct str){ room, got });
	if (r == 0 && str_eq(digest_done(t, &whole), p->digest))
		p->done = true;
	p->old = false;
	scope_end(t);
	return r;
}

/* ---- as a store ---------------------------------------------------------- */

/* The place of a blob that was begun; they move when there are more of them. */
static struct archiver_place *archiver_place(const struct archiver *a, const struct store_blob *b)
{
	return archiver_places(a) + (uintptr_t)b->self;
}

static int archiver_fail(struct kml *k, const struct archiver *a, int r)
{
	return r < 0 ? fail_in(k, r, "%s.partial", a->path) : 0;
}

static int archiver_expect(struct kml *k, struct scope *s, void *self,
                           const struct descriptor *all, size_t n)
{
	size_t at;
	int r = 0;

	(void)s;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = archiver_reserve(k, self, &all[i], &at);
	return archiver_fail(k, self, r);
}

static int archiver_find(struct kml *k, struct scope *s, struct archiver *a,
                         const struct descriptor *d, struct archiver_place **out)
{
	size_t at;
	int r = archiver_reserve(k, a, d, &at);

	*out = r == 0 ? &archiver_places(a)[at] : NULL;
	if (r == 0 && (*out)->size != d->size)
		r = fail(k, KML_BAD, "two sizes of %.*s", FMT(d->digest));
	if (r == 0 && (*out)->old)
		r = archiver_look(k, s, a, *out);
	return archiver_fail(k, a, r);
}

static int archiver_has(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                        bool *there)
{
	struct archiver_place *p;
	int r = archiver_find(k, s, self, d, &p);

	*there = r == 0 && p->done;
	return r;
}

static int archiver_begin(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	struct archiver_place *p;
	int r = archiver_find(k, s, self, b->d, &p);

	if (r < 0)
		return r;
	b->at = p->have;
	b->digest = p->part;
	b->self = (void *)(uintptr_t)(p - archiver_places(self));
	return 0;
}

static int archiver_write(struct kml *k, void *self, struct store_blob *b, struct str bytes)
{
	const struct archiver *a = self;
	const struct archiver_place *p = archiver_place(a, b);
	int r = 0;

	if (b->at > p->size || bytes.n > p->size - b->at)
		r = fail(k, KML_BAD, "%.*s: more bytes than its descriptor says", FMT(p->digest));
	else
		r = place_write(k, a->f.fd, p->at + b->at, bytes);
	if (r == 0)
		b->at += bytes.n;
	return archiver_fail(k, a, r);
}

static int archiver_end(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	struct archiver_place *p = archiver_place(self, b);

	(void)s;
	if (b->at != p->size)
		return fail(k, KML_BAD, "%.*s: fewer bytes than its descriptor says", FMT(p->digest));
	p->done = true;
	return 0;
}

static void archiver_drop(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	struct archiver_place *p = archiver_place(self, b);

	(void)k, (void)s;
	p->have = 0;
	digest_begin(&p->part);
}

static int archiver_put(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                        struct str bytes, struct str tag)
{
	struct archiver *a = self;
	struct archiver_place *p;
	struct archiver_entry e = {
		.tag = scope_str(a->s, tag), .bytes = scope_str(a->s, bytes),
		.d = { .type = scope_str(a->s, d->type), .digest = scope_str(a->s, d->digest),
		       .size = bytes.n },
	};
	int r;

	if (a->docker && descriptor_kind(d->type) != DESCRIPTOR_IS_MANIFEST)
		return fail(k, KML_FAIL, "%s: a docker-archive holds images for one platform; say "
		            "which, or write an oci-archive", a->path);
	if ((r = archiver_find(k, s, a, &e.d, &p)) < 0)
		return r;
	if (!p->done && (r = place_write(k, a->f.fd, p->at, bytes)) < 0)
		return archiver_fail(k, a, r);
	p->done = true;
	a->last = e;
	if (tag.n || memmem(bytes.p, bytes.n, "\"subject\"", 9))
		buf_add(&a->entries, (struct str){ (const char *)&e, sizeof e });
	return 0;
}

/* ---- the end of the archive ---------------------------------------------- */

/* Docker's name of an image: with a tag. */
static struct str archiver_repo_tag(struct scope *s, struct str tag)
{
	return str_find(str_base(tag), ':') < str_base(tag).n ? tag :
		str_of(scope_format(s, "%.*s:latest", FMT(tag)));
}

/* containerd's: with the registry too. */
static struct str archiver_full(struct kml *k, struct scope *s, struct str repo_tag)
{
	struct ref f;

	if (ref_parse(k, s, repo_tag, &f) < 0 || f.kind != REF_REGISTRY)
		return repo_tag;
	return str_of(scope_format(s, "%.*s/%.*s:%.*s", FMT(f.host), FMT(f.path), FMT(ref_tag(&f))));
}

/* An image's names: its tag is a whole reference in an archive of many, and containerd
 * then wants it under a key of its own; of docker's it is the last part. */
static void archiver_name(struct kml *k, const struct archiver *a, struct scope *s, struct str tag,
                          struct descriptor *d)
{
	struct str full = archiver_repo_tag(s, tag), base = str_base(full);

	d->notes = news(s, struct descriptor_note, 2);
	if (a->docker || base.n < full.n)
		d->notes[d->nnotes++] = (struct descriptor_note){
			S("io.containerd.image.name"), archiver_full(k, s, full),
		};
	d->notes[d->nnotes++] = (struct descriptor_note){
		LAYOUT_TAG, a->docker ? str_from(base, str_find(base, ':') + 1) : tag,
	};
}

static void archiver_write_index(struct kml *k, const struct archiver *a, struct buf *b)
{
	const struct archiver_entry *v = (const struct archiver_entry *)(const void *)a->entries.p;

	manifest_write_head(b, DESCRIPTOR_INDEX);
	emit_key(b, S("manifests"));
	emit_open(b, '[');
	for (size_t i = 0; i < a->entries.n / sizeof *v; i++) {
		struct descriptor d = v[i].d;

		if (v[i].tag.n)
			archiver_name(k, a, b->s, v[i].tag, &d);
		descriptor_write(b, &d);
	}
	emit_close(b, ']');
	emit_close(b, '}');
}

/* manifest.json has the images of the index that docker can load. */
static int archiver_write_saved(struct kml *k, const struct archiver *a, struct buf *b)
{
	const struct archiver_entry *v = (const struct archiver_entry *)(const void *)a->entries.p;
	size_t n = a->entries.n / sizeof *v, kept = 0;
	struct saved *all = news(b->s, struct saved, n);
	struct manifest m;
	int r;

	for (size_t i = 0; i < n; i++) {
		struct saved *one = &all[kept];

		if ((r = manifest_read(k, b->s, v[i].bytes, v[i].d.type, &m)) < 0)
			return r;
		if (!manifest_is_image(&m))
			continue;
		one->config = archive_name(b->s, m.config.digest);
		one->layers = news(b->s, struct str, m.nlayers);
		for (one->nlayers = 0; one->nlayers < m.nlayers; one->nlayers++)
			one->layers[one->nlayers] = archive_name(b->s, m.layers[one->nlayers].digest);
		one->tags = new(b->s, struct str);
		*one->tags = archiver_repo_tag(b->s, v[i].tag);
		one->ntags = v[i].tag.n && str_find(v[i].tag, '@') == v[i].tag.n &&
			(a->docker || str_find(v[i].tag, ':') < v[i].tag.n);
		kept++;
	}
	saved_write(b, all, kept);
	return 0;
}

static int archiver_member(struct kml *k, struct archiver *a, struct str name, struct str text)
{
	int r = archiver_header(k, a, name, text.n);

	if (r == 0)
		r = place_write(k, a->f.fd, a->end, text);
	a->end += text.n + tar_padding(text.n);
	return r;
}

static int archiver_finish(struct kml *k, struct scope *s, void *self)
{
	struct archiver *a = self;
	struct buf index = { .s = s }, saved = { .s = s };
	const struct archiver_place *v;
	int r = archiver_begin_file(k, a);

	v = archiver_places(a);
	if (r == 0 && !a->entries.n && a->last.d.digest.n)
		buf_add(&a->entries, (struct str){ (const char *)&a->last, sizeof a->last });
	for (size_t i = 0; r == 0 && i < a->n; i++)
		if (!v[i].done)
			r = fail(k, KML_FAIL, "%.*s never came", FMT(v[i].digest));
	archiver_write_index(k, a, &index);
	if (r == 0 && (r = archiver_write_saved(k, a, &saved)) == 0 &&
	    (r = place_cut(k, a->f.fd, a->end)) == 0 && a->lock.n)
		r = archiver_member(k, a, ARCHIVER_LOCK, a->lock);
	if (r == 0 &&
	    (r = archiver_member(k, a, S("oci-layout"), LAYOUT_MARK)) == 0 &&
	    (r = archiver_member(k, a, S("index.json"), buf_str(&index))) == 0 &&
	    (r = archiver_member(k, a, S("manifest.json"), buf_str(&saved))) == 0 &&
	    (r = place_cut(k, a->f.fd, a->end + sizeof tar_zeros)) == 0)
		r = place_done(k, &a->f);
	return archiver_fail(k, a, r);
}

/* Let kml.lock in the archive have this content. */
static void archiver_lock(const struct store *st, struct str text)
{
	((struct archiver *)st->self)->lock = text;
}

static const struct store_kind archiver_kind = {
	.expect = archiver_expect, .has = archiver_has, .begin = archiver_begin,
	.write = archiver_write, .end = archiver_end, .drop = archiver_drop, .put = archiver_put,
	.finish = archiver_finish,
};

/* Make the archive `path`, which appears when all is in it, in place of an older one;
 * `docker`: its tags are names that docker load gives, REPO:TAG.  Blobs that forks
 * write have to be told to expect() before. */
static int archiver_open(struct kml *k, struct scope *s, const char *path, bool docker,
                         struct store *out)
{
	struct archiver *a = new(s, struct archiver);

	(void)k;
	a->s = a->places.s = a->entries.s = s;
	a->path = scope_text(s, str_of(path));
	a->docker = docker;
	*out = (struct store){ &archiver_kind, a, a->path };
	return 0;
}

#endif
