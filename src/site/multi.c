/* multi.c - several images under one name: an index.
 *
 * Each entry says for which machine its image is, as the image's config does, and for
 * which kernel, where all of its layers that are for one are for the same: in an
 * annotation, and as the version of the system, for platforms are to be distinct.  No two
 * entries are for the same machine and kernel: of two such, readers would only ever
 * see the first.
 */
#ifndef KML_MULTI_C
#define KML_MULTI_C

#include "../ground/base.c"
#include "derive.c"

enum { MULTI_IMAGES = 2000 };

struct multi_options {
	struct derive_options to;
	const char *const *images;
	size_t nimages;
	bool append;                    /* to the index that the target is */
};

struct multi_entry { struct descriptor d; const char *text; };

struct multi {
	struct derive d;
	const struct multi_options *o;
	struct scope *s;
	struct multi_entry *v;
	size_t n;
	yyjson_val *old;                /* the index that the target was, or NULL */
};

/* The one kernel that the image's layers are for; empty: none, or several. */
static struct str multi_kernel(const struct image *image)
{
	struct str kernel = S(""), own;

	for (size_t i = 0; i < image->manifest.nlayers; i++) {
		own = image_kernel(image, i);
		if (own.n && kernel.n && !str_eq(own, kernel))
			return S("");
		kernel = own.n ? own : kernel;
	}
	return kernel;
}

/* Whether both are for the same machine and kernel. */
static bool multi_same(const struct descriptor *a, const struct descriptor *b)
{
	return str_eq(a->os, b->os) && str_eq(a->arch, b->arch) && str_eq(a->variant, b->variant) &&
		str_eq(a->version, b->version) &&
		str_eq(descriptor_note(a, IMAGE_KERNEL), descriptor_note(b, IMAGE_KERNEL));
}

/* A further entry; it takes the place of one that the target had for the same. */
static int multi_put(struct kml *k, struct multi *m, const struct descriptor *d, const char *text)
{
	size_t i = 0;

	while (i < m->n && !str_eq(m->v[i].d.digest, d->digest) &&
	       (!text || !multi_same(&m->v[i].d, d)))
		i++;
	if (i < m->n && m->v[i].text && !str_eq(m->v[i].d.digest, d->digest))
		return fail(k, KML_FAIL, "%s and %s are both for %.*s/%.*s%s%.*s%s%.*s: readers would "
		            "only see one of them", m->v[i].text, text, FMT(d->os), FMT(d->arch),
		            d->variant.n ? "/" : "", FMT(d->variant),
		            descriptor_note(d, IMAGE_KERNEL).n ? ", kernel " : "",
		            FMT(descriptor_note(d, IMAGE_KERNEL)));
	if (i >= MULTI_IMAGES)
		return fail(k, KML_BAD, "more than %d images", MULTI_IMAGES);
	m->v[i] = (struct multi_entry){ *d, text };
	m->n += i == m->n;
	return 0;
}

/* What `d` leads to stays where it is. */
static int multi_keep(struct kml *k, struct multi *m, const struct store *from,
                      const struct descriptor *d, int depth)
{
	struct descriptor self;
	struct manifest doc;
	struct str bytes;
	int r;

	if (depth > IMAGE_NESTING)
		return fail(k, KML_BAD, "%s: an index in %d others", from->name, depth);
	if ((r = store_manifest(k, m->s, from, d->digest, d, &self, &bytes, &doc)) < 0)
		return r;
	gather_from(&m->d.gather, from, d);
	if (!doc.is_index)
		gather_from(&m->d.gather, from, &doc.config);
	for (size_t i = 0; i < doc.nlayers; i++)
		gather_from(&m->d.gather, from, &doc.layers[i]);
	for (size_t i = 0; r == 0 && i < doc.nmanifests; i++)
		r = multi_keep(k, m, from, &doc.manifests[i], depth + 1);
	return r;
}

/* The index that the target is, if it is there: its entries stay as they are. */
static int multi_old(struct kml *k, struct multi *m)
{
	struct transport_end *end = new(m->s, struct transport_end);
	struct descriptor d;
	struct manifest index;
	struct str bytes;
	int r = derive_open(k, &m->d, m->o->to.target, end);

	if (r == 0)
		r = store_manifest(k, m->s, &end->store, end->name, NULL, &d, &bytes, &index);
	if (r < 0)
		return r == KML_NOTFOUND ? 0 : r;
	if (!index.is_index)
		return fail(k, KML_FAIL, "%s is an image, and no index to put others into",
		            m->o->to.target);
	m->old = index.json;
	for (size_t i = 0; r == 0 && i < index.nmanifests; i++)
		if ((r = multi_keep(k, m, &end->store, &index.manifests[i], 1)) == 0)
			r = multi_put(k, m, &index.manifests[i], NULL);
	return r;
}

/* The image that `name` names in `from`: its entry says what its config does. */
static int multi_image(struct kml *k, struct multi *m, const struct store *from, struct str name,
                       const char *text)
{
	const struct image_platform any = { .os = S("") };
	struct descriptor d = { 0 };
	struct descriptor_note *note;
	struct image image;
	int r = image_open(k, m->s, from, name, &any, &image);

	if (r < 0)
		return r;
	d.type = image.self.type, d.digest = image.self.digest, d.size = image.self.size;
	d.os = image.config.os, d.arch = image.config.arch, d.variant = image.config.variant;
	if ((r = json_text(k, image.config.json, "os.version", &d.version)) < 0)
		return r;
	if (multi_kernel(&image).n) {
		note = new(m->s, struct descriptor_note);
		*note = (struct descriptor_note){ IMAGE_KERNEL, multi_kernel(&image) };
		d.notes = note;
		d.nnotes = 1;
		d.version = note->value;
	}
	gather_from(&m->d.gather, from, &d);
	gather_from(&m->d.gather, from, &image.manifest.config);
	for (size_t i = 0; i < image.manifest.nlayers; i++)
		gather_from(&m->d.gather, from, &image.manifest.layers[i]);
	return multi_put(k, m, &d, text);
}

/* All images of what `text` refers to. */
static int multi_add(struct kml *k, struct multi *m, const char *text)
{
	struct transport_end *end = new(m->s, struct transport_end);
	struct descriptor d;
	struct manifest index;
	struct str bytes;
	int r = derive_open(k, &m->d, text, end);

	if (r == 0)
		r = store_manifest(k, m->s, &end->store, end->name, NULL, &d, &bytes, &index);
	if (r < 0 || !index.is_index)
		return r < 0 ? r : multi_image(k, m, &end->store, d.digest, text);
	for (size_t i = 0; r == 0 && i < index.nmanifests; i++)
		if (descriptor_kind(index.manifests[i].type) == DESCRIPTOR_IS_MANIFEST &&
		    !str_eq(index.manifests[i].os, S("unknown")))
			r = multi_image(k, m, &end->store, index.manifests[i].digest, text);
	return r;
}

static int multi_write(struct kml *k, struct multi *m, struct descriptor *out)
{
	struct descriptor *v = news(m->s, struct descriptor, m->n), old = { 0 };
	struct descriptor_note *notes;
	struct buf b = { .s = m->s };
	size_t n;
	int r = m->old ? descriptor_read_notes(k, m->s, m->old, &old) : 0;

	if (r < 0)
		return r;
	for (size_t i = 0; i < m->n; i++)
		v[i] = m->v[i].d;
	compose_notes(m->s, old.notes, old.nnotes, derive_notes(&m->d, 0), m->o->to.nannotations,
	              &notes, &n);
	manifest_write_head(&b, DESCRIPTOR_INDEX);
	manifest_write_list(&b, "manifests", v, m->n);
	if (n)
		descriptor_write_notes(&b, notes, n);
	emit_close(&b, '}');
	*out = (struct descriptor){ .type = DESCRIPTOR_INDEX };
	gather_document(&m->d.gather, buf_str(&b), out);
	return 0;
}

/* Make the index and bring it, with its images, to the target. */
static int multi_run(struct kml *k, struct scope *s, const struct multi_options *o,
                     struct copy_result *out)
{
	struct multi *m = new(s, struct multi);
	struct descriptor top;
	int r;

	m->o = o;
	m->s = s;
	m->v = news(s, struct multi_entry, MULTI_IMAGES);
	if ((r = derive_begin(k, s, &o->to, &m->d)) < 0 ||
	    (o->append && (r = multi_old(k, m)) < 0))
		return r;
	for (size_t i = 0; i < o->nimages; i++)
		if ((r = multi_add(k, m, o->images[i])) < 0)
			return r;
	if ((r = multi_write(k, m, &top)) < 0)
		return r;
	return derive_finish(k, &m->d, &top, out);
}

#endif
