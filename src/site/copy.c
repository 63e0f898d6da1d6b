/* copy.c - an image from one store to another, whole or not at all.
 *
 * First every document is read and checked: the manifest, or an index and what it
 * lists.  Then the blobs go over, several at once, each once however often it is
 * named; then the documents, those that are pointed to before those that point;
 * the tag last of all.  Whoever reads the target meanwhile sees the old image or
 * the new one.
 *
 * Bytes of documents stay as they are, so that digests do; but layouts and
 * archives hold OCI's types alone, for readers do not find others there: an image
 * with Docker's types is written anew for them, its layers unchanged.
 */
#ifndef KML_COPY_C
#define KML_COPY_C

#include "../format/manifest.c"
#include "../ground/base.c"
#include "../ground/pool.c"
#include "../ground/progress.c"
#include "../image/image.c"
#include "../image/layout.c"
#include "../image/store.c"
#include "../image/transfer.c"

enum { COPY_JOBS = 4, COPY_DOCUMENTS = 2000, COPY_BYTES = 64 << 20 };

struct copy_options {
	bool all;                       /* of an index everything, not one platform */
	const struct image_platform *platforms; /* of an index these; none: the machine's own */
	size_t nplatforms;
	bool oci;                       /* the target holds OCI's types only */
	bool preserve;                  /* fail rather than change a digest */
	bool referrers;                 /* with what points at it: signatures and the like */
	int jobs;                       /* blobs at the same time; 0: as usual */
	const char *label;              /* before the line of progress; may be NULL */
};

struct copy_result {
	struct descriptor d;            /* what the tag names now */
	uint64_t bytes, blobs, there, mounted, pointing;
	bool converted;
};

struct copy_document {
	struct descriptor d;
	struct str bytes;
	struct str of;                  /* has the tag of what is beside this digest, */
	const char *end;                /* with this end; NULL: it has none */
};

struct copy {
	struct scope *s;
	const struct copy_options *o;
	const struct store *from, *to;
	struct descriptor top;          /* what the tag will name */
	struct buf documents;           /* of struct copy_document, in the order to put them */
	struct buf blobs;               /* of struct descriptor */
	size_t bytes;                   /* of documents */
	size_t pointing;                /* so many documents only point at the image */
	bool converted, all;
	/* the transfer */
	struct transfer_count count;
	struct copy_worker { struct kml *_Atomic k; struct store from, to; } *workers;
};

/* ---- what there is to copy ----------------------------------------------- */

static int copy_add_blob(struct kml *k, struct copy *c, const struct descriptor *d)
{
	const struct descriptor *have = (const struct descriptor *)(void *)c->blobs.p;
	size_t n = c->blobs.n / sizeof *have;

	for (size_t i = 0; i < n; i++)
		if (str_eq(have[i].digest, d->digest))
			return have[i].size == d->size ? 0 :
				fail(k, KML_BAD, "blob %.*s has two sizes", FMT(d->digest));
	buf_add(&c->blobs, (struct str){ (const char *)d, sizeof *d });
	return 0;
}

static int copy_add_document(struct kml *k, struct copy *c, const struct descriptor *d,
                             struct str bytes)
{
	struct copy_document doc = { .d = *d, .bytes = bytes };

	c->bytes += bytes.n;
	if (c->documents.n / sizeof doc >= COPY_DOCUMENTS || c->bytes > COPY_BYTES)
		return fail(k, KML_BAD, "%s: more than %d manifests, or too large ones",
		            c->from->name, COPY_DOCUMENTS);
	buf_add(&c->documents, (struct str){ (const char *)&doc, sizeof doc });
	return 0;
}

static bool copy_is_docker(struct str type) { return str_starts(type, S(DESCRIPTOR_DOCKER)); }

/* The document is changed: `b` has its new bytes. */
static int copy_changed(struct kml *k, struct copy *c, const struct buf *b, struct descriptor *d,
                        struct str *bytes)
{
	if (c->o->preserve)
		return fail(k, KML_FAIL, "%s: %.*s would have another digest in the target; "
		            "leave out --preserve-digests, or copy to a registry", c->from->name,
		            FMT(d->digest));
	*bytes = buf_str(b);
	d->digest = digest_of(c->s, *bytes);
	d->size = bytes->n;
	d->json = NULL;
	return 0;
}

/* Write an image with Docker's types anew, with OCI's. */
static int copy_convert(struct kml *k, struct copy *c, struct manifest *m, struct descriptor *d,
                        struct str *bytes)
{
	struct buf b = { .s = c->s };

	m->config.type = descriptor_oci(m->config.type);
	m->config.json = NULL;
	for (size_t i = 0; i < m->nlayers; i++) {
		m->layers[i].type = descriptor_oci(m->layers[i].type);
		m->layers[i].json = NULL;
	}
	manifest_write(&b, m, NULL, 0);
	d->type = DESCRIPTOR_MANIFEST;
	c->converted = true;
	return copy_changed(k, c, &b, d, bytes);
}

static bool copy_is_foreign(const struct descriptor *d)
{
	return str_starts(d->type, S(DESCRIPTOR_OCI "layer.nondistributable.")) ||
		str_starts(d->type, S(DESCRIPTOR_DOCKER "image.rootfs.foreign."));
}

/* One image: its blobs, and its manifest.  *d may change. */
static int copy_image(struct kml *k, struct copy *c, struct manifest *m, struct descriptor *d,
                      struct str bytes)
{
	int r = copy_add_blob(k, c, &m->config);

	for (size_t i = 0; r == 0 && i < m->nlayers; i++)
		if (copy_is_foreign(&m->layers[i]))
			note(k, KML_WARNING, "%s: layer %.*s is not for distribution, and left out",
			     c->from->name, FMT(m->layers[i].digest));
		else
			r = copy_add_blob(k, c, &m->layers[i]);
	if (r == 0 && c->o->oci && copy_is_docker(m->type))
		r = copy_convert(k, c, m, d, &bytes);
	return r < 0 ? r : copy_add_document(k, c, d, bytes);
}

static bool copy_wants(const struct copy *c, const struct descriptor *d)
{
	if (c->all)
		return true;
	for (size_t i = 0; i < c->o->nplatforms; i++)
		if (image_fits(&c->o->platforms[i], d))
			return true;
	return false;
}

/* See that the index that was named has something for each platform. */
static int copy_check_platforms(struct kml *k, struct copy *c, const struct manifest *m,
                                struct str digest)
{
	for (size_t i = 0; i < c->o->nplatforms; i++) {
		bool found = false;

		for (size_t j = 0; !found && j < m->nmanifests; j++)
			found = image_fits(&c->o->platforms[i], &m->manifests[j]);
		if (!found)
			return image_lacks(k, c->s, digest, m, &c->o->platforms[i]);
	}
	return 0;
}

static int copy_read(struct kml *k, struct copy *c, struct str name, struct descriptor *want,
                     struct descriptor *d, int depth);

/* An index, with those of its images that are wanted.  *d may change. */
static int copy_index(struct kml *k, struct copy *c, struct manifest *m, struct descriptor *d,
                      struct str bytes, int depth)
{
	struct buf b = { .s = c->s };
	size_t n = 0;
	bool changed = c->o->oci && copy_is_docker(m->type);
	int r = depth || c->all ? 0 : copy_check_platforms(k, c, m, d->digest);

	if (r < 0)
		return fail_in(k, r, "%s", c->from->name);
	for (size_t i = 0; i < m->nmanifests; i++) {
		struct descriptor *sub = &m->manifests[i], got;
		bool other = descriptor_kind(sub->type) == DESCRIPTOR_IS_OTHER;

		if (!copy_wants(c, sub) || (other && !c->all)) {
			changed = true;
			continue;
		}
		if ((r = copy_read(k, c, sub->digest, sub, &got, depth + 1)) < 0)
			return r;
		if (!str_eq(got.digest, sub->digest)) {
			sub->digest = got.digest, sub->size = got.size, sub->type = got.type;
			sub->json = NULL;
			changed = true;
		}
		m->manifests[n++] = *sub;
	}
	if (!n && !c->all)
		return fail_in(k, image_lacks(k, c->s, d->digest, m, &c->o->platforms[0]), "%s",
		               c->from->name);
	if (changed) {
		manifest_write_head(&b, DESCRIPTOR_INDEX);
		manifest_write_list(&b, "manifests", m->manifests, n);
		emit_close(&b, '}');
		d->type = DESCRIPTOR_INDEX;
		if ((r = copy_changed(k, c, &b, d, &bytes)) < 0)
			return r;
	}
	return copy_add_document(k, c, d, bytes);
}

/* Read what `name` names, and add it, with what it leads to; *d is what came of it. */
static int copy_read(struct kml *k, struct copy *c, struct str name, struct descriptor *want,
                     struct descriptor *d, int depth)
{
	struct manifest m;
	struct str bytes;
	int r;

	if (depth > IMAGE_NESTING)
		return fail(k, KML_BAD, "%s: an index in %d others", c->from->name, depth - 1);
	if ((r = store_manifest(k, c->s, c->from, name, want, d, &bytes, &m)) < 0)
		return r;
	d->type = m.type;
	if (m.is_index)
		return copy_index(k, c, &m, d, bytes, depth);
	return copy_image(k, c, &m, d, bytes);
}

/* The one image of an index for the machine's, or the one, platform. */
static int copy_choose(struct kml *k, struct copy *c, struct str name, struct descriptor *d)
{
	struct image image = { .store = c->from };
	struct str bytes;
	int r = image_find(k, c->s, &image, name, NULL, &c->o->platforms[0], 0);

	if (r < 0)
		return r;
	*d = image.self;
	d->json = NULL;
	if ((r = store_document(k, c->s, c->from, d->digest, d, d, &bytes)) < 0)
		return r;
	d->type = image.manifest.type;
	return copy_image(k, c, &image.manifest, d, bytes);
}

/* ---- what points at it --------------------------------------------------- */

static struct copy_document *copy_document(const struct copy *c, size_t i)
{
	return (struct copy_document *)(void *)c->documents.p + i;
}

static size_t copy_ndocuments(const struct copy *c)
{
	return c->documents.n / sizeof(struct copy_document);
}

/* The documents whose subject is `digest`. */
static int copy_referrers(struct kml *k, struct copy *c, struct str digest)
{
	struct descriptor *v, got;
	size_t n;
	int r = c->from->kind->referrers(k, c->s, c->from->self, digest, &v, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		enum descriptor_kind kind = descriptor_kind(v[i].type);
		bool known = false;

		for (size_t j = 0; j < copy_ndocuments(c); j++)
			known = known || str_eq(copy_document(c, j)->d.digest, v[i].digest);
		if (kind == DESCRIPTOR_IS_INDEX || kind == DESCRIPTOR_IS_MANIFEST)
			r = known ? 0 : copy_read(k, c, v[i].digest, &v[i], &got, 0);
		else
			note(k, KML_WARNING, "%s: %.*s points at the image, but is of the type \"%.*s\", "
			     "and left out", c->from->name, FMT(v[i].digest), FMT(v[i].type));
	}
	return r;
}

/* What has the tags of signatures, attestations and lists of parts of `digest`, beside
 * `name`. */
static int copy_tagged(struct kml *k, struct copy *c, struct str name, struct str digest)
{
	static const char *const ends[] = { ".sig", ".att", ".sbom" };
	struct descriptor d;
	int r = 0;

	for (size_t i = 0; r == 0 && i < countof(ends); i++) {
		struct copy_document *doc;

		r = c->from->kind->resolve(k, c->s, c->from->self,
		                           layout_beside(c->s, name, digest, ends[i]), &d);
		if (r == KML_NOTFOUND) {
			r = 0;
		} else if (r == 0 && (r = copy_read(k, c, d.digest, NULL, &d, 0)) == 0) {
			doc = copy_document(c, copy_ndocuments(c) - 1);
			doc->of = digest;
			doc->end = ends[i];
		}
	}
	return r;
}

/* Add what points at the documents that are there, and at what is added.  The image
 * itself, now the last of them, remains the last. */
static int copy_pointing(struct kml *k, struct copy *c, struct str name)
{
	size_t n = copy_ndocuments(c), last;
	struct copy_document top = *copy_document(c, n - 1);
	int r = 0;

	if (!c->from->kind->referrers)
		return 0;
	c->all = true;
	for (size_t i = 0; r == 0 && i < copy_ndocuments(c); i++) {
		struct str digest = copy_document(c, i)->d.digest;

		if ((r = copy_referrers(k, c, digest)) == 0 && i < n)
			r = copy_tagged(k, c, name, digest);
	}
	last = copy_ndocuments(c) - 1;
	memmove(copy_document(c, n - 1), copy_document(c, n), (last + 1 - n) * sizeof top);
	*copy_document(c, last) = top;
	c->pointing = last + 1 - n;
	if (r == 0 && c->converted)
		note(k, KML_WARNING, "%s: the image is written anew for a layout, so what points at "
		     "it as it was (signatures, say) is left out; registries and bundles keep it",
		     c->from->name);
	return r;
}

/* ---- the copy ------------------------------------------------------------ */

/* The stores of the thread that `k` belongs to, made by it and in its own scope: nothing
 * that allocates is shared. */
static int copy_worker(struct kml *k, struct scope *s, struct copy *c, struct copy_worker **out)
{
	struct copy_worker *w = c->workers;
	struct kml *nobody = NULL;
	int r;

	for (; w->k != k; w++, nobody = NULL)
		if (!w->k && atomic_compare_exchange_strong(&w->k, &nobody, k)) {
			if ((r = store_fork(k, s, c->from, &w->from)) < 0 ||
			    (r = store_fork(k, s, c->to, &w->to)) < 0)
				return r;
			break;
		}
	*out = w;
	return 0;
}

static int copy_piece(struct kml *k, struct scope *s, size_t i, void *arg)
{
	struct copy *c = arg;
	const struct descriptor *d = (const struct descriptor *)(void *)c->blobs.p + i;
	struct copy_worker *w;
	int r = copy_worker(k, s, c, &w);

	return r < 0 ? r : transfer_blob(k, s, &w->from, &w->to, d, &c->count);
}

static int copy_all_pieces(struct kml *k, struct scope *s, void *arg)
{
	struct copy *c = arg;

	k->jobs = c->o->jobs ? c->o->jobs : COPY_JOBS;
	c->workers = news(s, struct copy_worker, (size_t)k->jobs);
	return pool_run(k, s, c->blobs.n / sizeof(struct descriptor), copy_piece, c);
}

static int copy_blobs(struct kml *k, struct copy *c)
{
	const struct descriptor *v = (const struct descriptor *)(void *)c->blobs.p;
	struct progress *p = &c->count.progress;
	int r;

	p->label = c->o->label ? c->o->label : "";
	p->unit = "blobs";
	p->moved = &c->count.bytes;
	p->things = c->blobs.n / sizeof *v;
	for (size_t i = 0; i < p->things; i++)
		p->bytes += v[i].size;
	if (c->to->kind->expect &&
	    (r = c->to->kind->expect(k, c->s, c->to->self, v, (size_t)p->things)) < 0)
		return r;
	r = progress_run(k, p, STDERR_FILENO, copy_all_pieces, c);
	if (r == 0)
		progress_note(k, p);
	return r;
}

static int copy_documents(struct kml *k, struct copy *c, struct str tag)
{
	size_t n = copy_ndocuments(c);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct copy_document *doc = copy_document(c, i);
		struct str own = { 0 };

		if (doc->end)
			own = layout_beside(c->s, tag, doc->of, doc->end);
		r = c->to->kind->put(k, c->s, c->to->self, &doc->d, doc->bytes,
		                     i + 1 == n ? tag : own);
	}
	return r;
}

/* Read what is to be copied: what `name` (a tag, a digest, or empty: the only one) names in
 * `from`.  The target need not be there yet.  *o and *from live as long as *c. */
static int copy_plan(struct kml *k, struct scope *s, const struct copy_options *o,
                     const struct store *from, struct str name, struct copy *c)
{
	int r;

	*c = (struct copy){
		.s = s, .o = o, .from = from, .all = o->all,
		.documents = { .s = s }, .blobs = { .s = s },
	};
	r = o->all || o->nplatforms > 1 ? copy_read(k, c, name, NULL, &c->top, 0) :
		copy_choose(k, c, name, &c->top);
	return r < 0 || !o->referrers ? r : copy_pointing(k, c, name);
}

/* Copy that to `to`, and let `tag`, which may be empty, name it there. */
static int copy_into(struct kml *k, struct copy *c, const struct store *to, struct str tag,
                     struct copy_result *out)
{
	int r;

	c->to = to;
	if ((r = copy_blobs(k, c)) < 0 || (r = copy_documents(k, c, tag)) < 0)
		return r;
	*out = (struct copy_result){
		.d = c->top, .bytes = c->count.bytes, .blobs = c->count.blobs,
		.there = c->count.there, .mounted = c->count.mounted, .pointing = c->pointing,
		.converted = c->converted,
	};
	return 0;
}

/* The same, and that is all. */
static int copy_run(struct kml *k, struct copy *c, const struct store *to, struct str tag,
                    struct copy_result *out)
{
	int r = copy_into(k, c, to, tag, out);

	return r < 0 || !to->kind->finish ? r : to->kind->finish(k, c->s, to->self);
}

/* What was done, as members of an object. */
static void copy_emit(struct buf *b, const struct copy_result *r)
{
	const struct { const char *key; uint64_t n; } counts[] = {
		{ "blobs", r->blobs }, { "present", r->there }, { "mounted", r->mounted },
		{ "referrers", r->pointing }, { "bytes", r->bytes },
	};

	emit_pair(b, "digest", r->d.digest);
	emit_pair(b, "mediaType", r->d.type);
	for (size_t i = 0; i < countof(counts); i++) {
		emit_key(b, str_of(counts[i].key));
		emit_uint(b, counts[i].n);
	}
}

#endif
