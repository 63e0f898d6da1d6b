/* archive.c - images in one file, to read from.
 *
 *     oci-archive       a layout (image/layout.c) as a tar archive
 *     docker-archive    manifest.json (format/saved.c), and what it names
 *
 * One that has both can be read as either.  The headers are read once; from then on
 * a file of the archive is a place in it, so that blobs are read in any order and
 * by several threads.  What docker saved has no manifest that has a digest: one is
 * made here, whose layers are as they lie in the archive.
 */
#ifndef KML_ARCHIVE_C
#define KML_ARCHIVE_C

#include "../format/codec.c"
#include "../format/ref.c"
#include "../format/saved.c"
#include "../format/tar.c"
#include "../ground/base.c"
#include "../ground/place.c"
#include "../ground/sys.c"
#include "layout.c"
#include "store.c"
#include "subject.c"

enum { ARCHIVE_MEMBERS = 200 * 1000, ARCHIVE_NAMES = 32 << 20, ARCHIVE_LINKS = 8 };

struct archive_member {
	struct str name;
	struct str link;                /* the name of what it is a link to; else NULL */
	uint64_t at, size;
};

struct archive_image {
	struct str tag;
	struct descriptor d;
	const struct saved *from;       /* what it is to be made of; NULL: it is a file */
	struct str bytes;               /* made of that */
};

struct archive_blob { struct str digest; const struct archive_member *member; };

struct archive {
	struct scope *s;
	const char *path;
	int fd;
	struct archive_member *v;
	size_t n;
	bool docker;
	struct archive_image *images;
	size_t nimages;
	struct buf blobs;               /* of struct archive_blob: those without a file name */
};

/* ---- members ------------------------------------------------------------- */

static int archive_member_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct archive_member *)a)->name,
	               ((const struct archive_member *)b)->name);
}

/* The file `name`, also by a link; NULL: there is none. */
static const struct archive_member *archive_member(const struct archive *a, struct str name)
{
	struct archive_member key = { .name = name };

	for (int i = 0; a->n && i < ARCHIVE_LINKS; i++) {
		const struct archive_member *m = bsearch(&key, a->v, a->n, sizeof key,
		                                         archive_member_cmp);

		if (!m || !m->link.p)
			return m;
		key.name = m->link;
	}
	return NULL;
}

/* Where the symbolic link `name` leads, as a clean name; empty: not into the archive. */
static struct str archive_target(struct scope *s, struct str name, struct str link)
{
	struct str base = str_base(name);
	struct buf b = { .s = s };

	buf_add(&b, (struct str){ name.p, name.n - base.n - (base.n < name.n) });
	if (link.n && link.p[0] == '/')
		return S("");
	while (link.n) {
		struct str part = str_take(&link, '/'), up = str_base(buf_str(&b));

		if (str_eq(part, S("..")) && !b.n)
			return S("");
		if (str_eq(part, S("..")))
			b.n -= up.n + (up.n < b.n);
		else if (part.n && !str_eq(part, S(".")))
			buf_format(&b, "%s%.*s", b.n ? "/" : "", FMT(part));
	}
	return buf_str(&b);
}

static int archive_add(struct kml *k, struct archive *a, struct buf *all, const struct place *at,
                       const struct tar_entry *e)
{
	struct archive_member m = {
		.name = scope_str(a->s, e->name), .at = at->at, .size = e->size,
	};
	int r = 0;

	if (e->type == TAR_HARDLINK)
		r = tar_name(k, a->s, e->link, &m.link);
	else if (e->type == TAR_SYMLINK)
		m.link = archive_target(a->s, e->name, e->link);
	else if (e->type != TAR_FILE)
		return 0;
	buf_add(all, (struct str){ (const char *)&m, sizeof m });
	return r;
}

static int archive_scan(struct kml *k, struct scope *s, struct archive *a, uint64_t size)
{
	struct place at = { a->fd, 0, size };
	struct reader in = { place_next, &at };
	struct tar tar = { .in = &in, .skip = place_skip };
	struct buf all = { .s = s };
	struct scope *t = scope_begin(s);
	struct tar_entry e;
	size_t names = 0, count = 0;
	int r;

	while ((r = tar_next(k, t, &tar, &e)) > 0) {
		names += e.name.n + e.link.n;
		if (++count > ARCHIVE_MEMBERS || names > ARCHIVE_NAMES)
			return fail(k, KML_BAD, "more files than an archive of images has");
		if ((r = archive_add(k, a, &all, &at, &e)) < 0)
			return r;
		scope_clear(t);
	}
	scope_end(t);
	a->v = (struct archive_member *)(void *)all.p;
	a->n = all.n / sizeof *a->v;
	if (a->n)
		qsort(a->v, a->n, sizeof *a->v, archive_member_cmp);
	for (size_t i = 1; r == 0 && i < a->n; i++)
		if (str_eq(a->v[i].name, a->v[i - 1].name))
			r = fail(k, KML_BAD, "\"%.*s\" is in it twice", FMT(a->v[i].name));
	return r;
}

/* Read the small file `name` whole; KML_NOTFOUND without one. */
static int archive_text(struct kml *k, struct scope *s, const struct archive *a, struct str name,
                        struct str *out)
{
	const struct archive_member *m = archive_member(a, name);
	size_t got;
	char *p;
	int r;

	if (!m)
		return fail(k, KML_NOTFOUND, "has no %.*s", FMT(name));
	if (m->size > JSON_LIMIT)
		return fail(k, KML_BAD, "%.*s: more than %d bytes", FMT(name), JSON_LIMIT);
	p = scope_raw(s, (size_t)m->size);
	r = place_read(k, a->fd, m->at, p, (size_t)m->size, &got);
	*out = (struct str){ p, got };
	if (r == 0 && got < m->size)
		r = fail(k, KML_BAD, "became shorter while it was read");
	return r;
}

static struct str archive_name(struct scope *s, struct str digest)
{
	return str_of(scope_format(s, "blobs/sha256/%.*s", FMT(digest_hex(digest))));
}

/* ---- what docker saved --------------------------------------------------- */

static int archive_digest(struct kml *k, struct scope *s, const struct archive *a,
                          const struct archive_member *m, struct str *out)
{
	struct scope *t = scope_begin(s);
	struct place at = { a->fd, m->at, m->size };
	char *p = scope_raw(t, 1 << 16);
	struct digest d;
	size_t got;
	int r;

	digest_begin(&d);
	while ((r = place_next(k, &at, p, 1 << 16, &got)) == 0 && got)
		digest_add(&d, (struct str){ p, got });
	*out = digest_done(s, &d);
	scope_end(t);
	return r;
}

/* A layer, whose digest is its diff_id unless it is compressed. */
static int archive_layer(struct kml *k, struct archive *a, struct str name, struct str diff_id,
                         struct descriptor *d)
{
	const struct archive_member *m = archive_member(a, name);
	char first[CODEC_MAGIC];
	struct archive_blob blob = { diff_id, m };
	size_t got;
	int r;

	if (!m)
		return fail(k, KML_BAD, "has no layer \"%.*s\"", FMT(name));
	if ((r = place_read(k, a->fd, m->at, first,
	                    m->size < sizeof first ? (size_t)m->size : sizeof first, &got)) < 0)
		return r;
	*d = (struct descriptor){ .type = S(DESCRIPTOR_OCI "layer.v1.tar"), .size = m->size };
	switch (codec_of((struct str){ first, got })) {
	case CODEC_NONE: break;
	case CODEC_GZIP: d->type = DESCRIPTOR_LAYER_GZIP; break;
	case CODEC_ZSTD: d->type = S(DESCRIPTOR_OCI "layer.v1.tar+zstd"); break;
	default:
		return fail(k, KML_BAD, "%.*s: a layer that is compressed with xz", FMT(name));
	}
	if (!str_eq(d->type, S(DESCRIPTOR_OCI "layer.v1.tar")))
		r = archive_digest(k, a->s, a, m, &blob.digest);
	d->digest = blob.digest;
	buf_add(&a->blobs, (struct str){ (const char *)&blob, sizeof blob });
	return r;
}

/* Make the manifest of an image that docker saved. */
static int archive_make(struct kml *k, struct archive *a, struct archive_image *image)
{
	const struct saved *from = image->from;
	struct archive_blob config;
	struct manifest m = { .nlayers = 0 };
	struct buf b = { .s = a->s };
	struct manifest_config c;
	struct str text;
	int r;

	if (!from || image->bytes.p)
		return 0;
	m.layers = news(a->s, struct descriptor, from->nlayers);
	config.member = archive_member(a, from->config);
	if ((r = archive_text(k, a->s, a, from->config, &text)) < 0 ||
	    (r = manifest_read_config(k, a->s, text, from->nlayers, &c)) < 0)
		return fail_in(k, r == KML_NOTFOUND ? KML_BAD : r, "%.*s", FMT(from->config));
	config.digest = digest_of(a->s, text);
	buf_add(&a->blobs, (struct str){ (const char *)&config, sizeof config });
	m.config = (struct descriptor){
		.type = DESCRIPTOR_CONFIG, .digest = config.digest, .size = text.n,
	};
	for (; r == 0 && m.nlayers < from->nlayers; m.nlayers++)
		r = archive_layer(k, a, from->layers[m.nlayers], c.diff_ids[m.nlayers],
		                  &m.layers[m.nlayers]);
	if (r < 0)
		return r;
	manifest_write(&b, &m, NULL, 0);
	image->bytes = buf_str(&b);
	image->d = (struct descriptor){
		.type = DESCRIPTOR_MANIFEST, .digest = digest_of(a->s, image->bytes),
		.size = image->bytes.n,
	};
	return 0;
}

static int archive_open_docker(struct kml *k, struct archive *a, struct str text)
{
	struct saved *v;
	size_t n, count = 0;
	int r = saved_read(k, a->s, text, &v, &n);

	if (r < 0)
		return fail_in(k, r, "manifest.json");
	for (size_t i = 0; i < n; i++)
		count += v[i].ntags + !v[i].ntags;
	a->images = news(a->s, struct archive_image, count);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < v[i].ntags + !v[i].ntags; j++)
			a->images[a->nimages++] = (struct archive_image){
				.tag = v[i].ntags ? v[i].tags[j] : S(""), .from = &v[i],
			};
	a->docker = true;
	return 0;
}

/* ---- opening ------------------------------------------------------------- */

static int archive_open_layout(struct kml *k, struct archive *a, struct str text)
{
	struct manifest index;
	struct str mark;
	int r = archive_text(k, a->s, a, S("oci-layout"), &mark);

	if (r == 0)
		r = manifest_read(k, a->s, text, DESCRIPTOR_INDEX, &index);
	if (r < 0)
		return fail_in(k, r, "index.json");
	a->images = news(a->s, struct archive_image, index.nmanifests);
	for (size_t i = 0; i < index.nmanifests; i++)
		a->images[a->nimages++] = (struct archive_image){
			.tag = descriptor_note(&index.manifests[i], LAYOUT_TAG),
			.d = index.manifests[i],
		};
	return 0;
}

static int archive_check_plain(struct kml *k, const struct archive *a)
{
	char first[CODEC_MAGIC];
	size_t got;
	int r = place_read(k, a->fd, 0, first, sizeof first, &got);
	enum codec kind = r < 0 ? CODEC_NONE : codec_of((struct str){ first, got });

	if (kind != CODEC_NONE)
		return fail(k, KML_BAD, "is compressed; blobs are read from any place of it, so "
		            "decompress it first (%s -d)", codec_name(kind));
	return r;
}

static int archive_read(struct kml *k, struct scope *s, struct archive *a, bool docker,
                        uint64_t size)
{
	struct str index = { 0 }, saved = { 0 };
	int r = archive_check_plain(k, a);

	if (r < 0 || (r = archive_scan(k, s, a, size)) < 0)
		return r;
	if ((r = archive_text(k, s, a, S("index.json"), &index)) < 0 && r != KML_NOTFOUND)
		return r;
	if ((r = archive_text(k, s, a, S("manifest.json"), &saved)) < 0 && r != KML_NOTFOUND)
		return r;
	if (saved.p && (docker || !index.p))
		return archive_open_docker(k, a, saved);
	if (index.p)
		return archive_open_layout(k, a, index);
	return fail(k, KML_BAD, "holds no images (neither index.json nor manifest.json)");
}

/* ---- as a store ---------------------------------------------------------- */

/* Docker's names may leave out the registry. */
static bool archive_same(struct kml *k, struct scope *s, struct str a, struct str b)
{
	struct scope *t = scope_begin(s);
	struct ref x, y;
	bool same = str_eq(a, b);

	if (!same && ref_parse(k, t, a, &x) == 0 && ref_parse(k, t, b, &y) == 0)
		same = x.kind == REF_REGISTRY && y.kind == REF_REGISTRY && str_eq(x.host, y.host) &&
		       str_eq(x.path, y.path) && str_eq(ref_tag(&x), ref_tag(&y));
	scope_end(t);
	return same;
}

static int archive_none(struct kml *k, const struct archive *a, struct str name, size_t found)
{
	if (name.n)
		return found ? fail(k, KML_BAD, "%zu images are named \"%.*s\"", found, FMT(name)) :
			fail(k, KML_NOTFOUND, "no image \"%.*s\"", FMT(name));
	return a->nimages ? fail(k, KML_NOTFOUND, "holds %zu images; name one", a->nimages) :
		fail(k, KML_NOTFOUND, "holds no image");
}

/* Find the image `name`; NULL: it is a digest, and not of one in the list. */
static int archive_find(struct kml *k, struct scope *s, struct archive *a, struct str name,
                        struct archive_image **out)
{
	bool digest = str_starts(name, S("sha256:"));
	size_t found = 0, images = 0;
	int r = 0;

	*out = NULL;
	for (size_t i = 0; i < a->nimages; i++)
		images += layout_is_image(&a->images[i].d);
	for (size_t i = 0; r == 0 && i < a->nimages; i++) {
		struct archive_image *image = &a->images[i];
		bool same = !name.n ? !images || layout_is_image(&image->d) : str_eq(image->tag, name) ||
			(a->docker && !digest && archive_same(k, s, image->tag, name));

		if (digest && (r = archive_make(k, a, image)) == 0 && str_eq(image->d.digest, name))
			return *out = image, 0;
		if (digest || !same || (*out && (*out)->from && (*out)->from == image->from))
			continue;
		*out = image;
		found++;
	}
	if (r < 0 || digest)
		return r;
	return found == 1 ? archive_make(k, a, *out) : archive_none(k, a, name, found);
}

static const struct archive_member *archive_blob_member(struct scope *s, const struct archive *a,
                                                        struct str digest)
{
	const struct archive_blob *v = (const struct archive_blob *)(const void *)a->blobs.p;

	for (size_t i = 0; i < a->blobs.n / sizeof *v; i++)
		if (str_eq(v[i].digest, digest))
			return v[i].member;
	return archive_member(a, archive_name(s, digest));
}

static int archive_resolve(struct kml *k, struct scope *s, void *self, struct str name,
                           struct descriptor *d)
{
	const struct archive_member *m;
	struct archive_image *image;
	int r = archive_find(k, s, self, name, &image);

	if (r < 0)
		return r;
	if (image)
		return *d = image->d, 0;
	if ((r = digest_check(k, name)) < 0)
		return r;
	m = archive_blob_member(s, self, name);
	*d = (struct descriptor){ .digest = name, .size = m ? m->size : 0 };
	return m ? 0 : fail(k, KML_NOTFOUND, "no blob %.*s", FMT(name));
}

static int archive_document(struct kml *k, struct scope *s, void *self, struct str name,
                            struct descriptor *d, struct str *bytes)
{
	struct archive_image *image;
	int r = archive_find(k, s, self, name, &image);

	if (r < 0 || (r = archive_resolve(k, s, self, name, d)) < 0)
		return r;
	if (image && image->bytes.p)
		return *bytes = image->bytes, 0;
	r = archive_text(k, s, self, archive_name(s, d->digest), bytes);
	if (r == 0 && (bytes->n != d->size || !str_eq(digest_of(s, *bytes), d->digest)))
		r = fail(k, KML_BAD, "the content does not have this %s",
		         bytes->n != d->size ? "size" : "digest");
	return r < 0 ? fail_in(k, r, "%s: %.*s", ((const struct archive *)self)->path, FMT(d->digest)) : 0;
}

static int archive_blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                        uint64_t from, struct reader *out)
{
	const struct archive *a = self;
	const struct archive_member *m = archive_blob_member(s, a, d->digest);
	struct place *at = new(s, struct place);

	if (!m)
		return fail(k, KML_NOTFOUND, "no blob %.*s", FMT(d->digest));
	if (m->size != d->size || from > m->size)
		return fail(k, KML_BAD, "%.*s: has %llu bytes, its descriptor says %llu",
		            FMT(m->name), (unsigned long long)m->size, (unsigned long long)d->size);
	*at = (struct place){ a->fd, m->at + from, m->size - from };
	*out = (struct reader){ place_next, at };
	return 0;
}

static int archive_tags(struct kml *k, struct scope *s, void *self, struct str **tags, size_t *n)
{
	const struct archive *a = self;

	(void)k;
	*tags = news(s, struct str, a->nimages);
	*n = 0;
	for (size_t i = 0; i < a->nimages; i++)
		if (a->images[i].tag.n)
			(*tags)[(*n)++] = a->images[i].tag;
	return 0;
}

static int archive_referrers(struct kml *k, struct scope *s, void *self, struct str digest,
                             struct descriptor **out, size_t *n)
{
	const struct archive *a = self;
	const struct store_kind kind = { .document = archive_document };
	const struct store st = { &kind, self, a->path };
	struct descriptor *v = news(s, struct descriptor, a->nimages);

	for (size_t i = 0; i < a->nimages; i++)
		v[i] = a->images[i].d;
	return subject_find(k, s, &st, v, a->docker ? 0 : a->nimages, digest, out, n);
}

static const struct store_kind archive_kind = {
	.resolve = archive_resolve, .document = archive_document, .blob = archive_blob,
	.tags = archive_tags, .referrers = archive_referrers,
};

/* Open the archive `path` to read from; `docker` says which way it is to be read, if
 * it can be both. */
static int archive_open(struct kml *k, struct scope *s, const char *path, bool docker,
                        struct store *out)
{
	struct archive *a = new(s, struct archive);
	uint64_t size;
	int r = sys_open_file(k, s, path, 0, &a->fd, &size);

	a->s = a->blobs.s = s;
	a->path = scope_text(s, str_of(path));
	*out = (struct store){ &archive_kind, a, a->path };
	if (r == 0)
		r = archive_read(k, s, a, docker, size);
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

#endif
