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
		str_eq(descriptor_note(a, IMAGE_KERNEL), descriptor_note(b, IMAGE_KERNEL));
}

/* A further entry; a later one for the same takes the place of one the target had. */
static int multi_put(struct kml *k, struct multi *m, const struct descriptor *d, const char *text)
{
	size_t i = 0;

	while (i < m->n && !str_eq(m->v[i].d.digest, d->digest) && !multi_same(&m->v[i].d, d))
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

/* All images of what `text` refers to; with `old` it need not be there. */
static int multi_add(struct kml *k, struct multi *m, const char *text, bool old)
{
	struct transport_end *end = new(m->s, struct transport_end);
	struct descriptor d;
	struct manifest index;
	struct str bytes;
	int r = derive_open(k, &m->d, text, end);

	if (r == 0)
		r = store_manifest(k, m->s, &end->store, end->name, NULL, &d, &bytes, &index);
	if (r < 0)
		return r == KML_NOTFOUND && old ? 0 : r;
	if (!index.is_index)
		return multi_image(k, m, &end->store, d.digest, old ? NULL : text);
	for (size_t i = 0; r == 0 && i < index.nmanifests; i++)
		if (descriptor_kind(index.manifests[i].type) == DESCRIPTOR_IS_MANIFEST &&
		    !str_eq(index.manifests[i].os, S("unknown")))
			r = multi_image(k, m, &end->store, index.manifests[i].digest,
			                old ? NULL : text);
	return r;
}

static void multi_write(struct multi *m, struct descriptor *out)
{
	struct descriptor *v = news(m->s, struct descriptor, m->n);
	struct buf b = { .s = m->s };

	for (size_t i = 0; i < m->n; i++)
		v[i] = m->v[i].d;
	manifest_write_head(&b, DESCRIPTOR_INDEX);
	manifest_write_list(&b, "manifests", v, m->n);
	if (m->o->to.nannotations)
		descriptor_write_notes(&b, derive_notes(&m->d, 0), m->o->to.nannotations);
	emit_close(&b, '}');
	*out = (struct descriptor){ .type = DESCRIPTOR_INDEX };
	gather_document(&m->d.gather, buf_str(&b), out);
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
	    (o->append && (r = multi_add(k, m, o->to.target, true)) < 0))
		return r;
	for (size_t i = 0; i < o->nimages; i++)
		if ((r = multi_add(k, m, o->images[i], false)) < 0)
			return r;
	multi_write(m, &top);
	return derive_finish(k, &m->d, &top, out);
}

#endif
