/* bundle.c - many images in one file, for a site that has no network.
 *
 * It is an oci-archive in which each image is named by its whole reference.  Nothing is
 * changed on the way: indexes are whole, types and digests as they were, and what points
 * at an image (signatures, say) goes along.  kml.lock in the archive says what is in it:
 *
 *     {"version":1,"images":[{"reference":"quay.io/org/app:1","digest":"sha256:...",
 *      "mediaType":"...","size":856,"bytes":4096000,"platforms":["linux/amd64"],"referrers":2}]}
 *
 * "size" is that of the document, "bytes" that of all that belongs to the image.  Images
 * are in order of their names: the same images give the same bytes, and a run that was
 * broken off is taken up by the next, since archives are (image/archiver.c).
 */
#ifndef KML_BUNDLE_C
#define KML_BUNDLE_C

#include "../format/emit.c"
#include "../format/httphead.c"
#include "../format/ref.c"
#include "../ground/base.c"
#include "../ground/save.c"
#include "../image/archive.c"
#include "../image/archiver.c"
#include "copy.c"
#include "mapping.c"
#include "transport.c"

enum { BUNDLE_IMAGES = 10000 };

struct bundle_image {
	struct str name;                /* in the archive */
	const char *from;
	struct descriptor d;
	uint64_t bytes, referrers;
	struct buf platforms;           /* their JSON */
};

struct bundle {
	struct scope *s;
	struct buf images;              /* of struct bundle_image, in order of their names */
};

static struct bundle_image *bundle_images(const struct bundle *b, size_t *n)
{
	*n = b->images.n / sizeof(struct bundle_image);
	return (struct bundle_image *)(void *)b->images.p;
}

/* ---- which images -------------------------------------------------------- */

/* An image of a registry has its whole reference as its name, another its tag. */
static int bundle_name(struct kml *k, struct scope *s, struct bundle_image *image)
{
	struct ref ref;
	bool exact;
	int r = ref_parse(k, s, str_of(image->from), &ref);

	if (r < 0)
		return r;
	exact = ref.digest.n && !ref.tag.n;
	image->name = ref.tag;
	if (ref.kind == REF_REGISTRY)
		image->name = str_of(scope_format(s, "%.*s/%.*s%c%.*s", FMT(ref.host), FMT(ref.path),
		                                  exact ? '@' : ':', FMT(exact ? ref.digest : ref_tag(&ref))));
	else if (!ref.tag.n)
		return fail(k, KML_USAGE, "%s: name an image in it by its tag", image->from);
	return ref_check_tag(k, image->name, true);
}

static int bundle_add(struct kml *k, struct bundle *b, const char *text)
{
	struct bundle_image image = { .from = scope_text(b->s, str_of(text)) }, *v;
	int r = bundle_name(k, b->s, &image);
	size_t n, at;

	if (r < 0)
		return r;
	v = bundle_images(b, &n);
	for (at = n; at && str_cmp(v[at - 1].name, image.name) >= 0; at--)
		if (str_eq(v[at - 1].name, image.name))
			return !strcmp(v[at - 1].from, image.from) ? 0 :
				fail(k, KML_USAGE, "%s and %s have the same name", v[at - 1].from, text);
	if (n == BUNDLE_IMAGES)
		return fail(k, KML_USAGE, "more than %d images", BUNDLE_IMAGES);
	buf_add(&b->images, (struct str){ (const char *)&image, sizeof image });
	v = bundle_images(b, &n);
	memmove(v + at + 1, v + at, (n - 1 - at) * sizeof *v);
	v[at] = image;
	return 0;
}

/* The image that a rule has for this kernel. */
static int bundle_add_resolved(struct kml *k, struct bundle *b, const struct resolved *out)
{
	struct ref ref;
	int r = ref_parse(k, b->s, str_of(out->image), &ref);

	if (r == 0 && ref.kind != REF_REGISTRY)
		return fail(k, KML_USAGE, "%s: %s: an image that is a file needs no bundle", out->file,
		            out->image);
	return r < 0 ? fail_in(k, r, "%s", out->file) : bundle_add(k, b, out->image);
}

/* The image that one rule has for any kernel; *one: it is the same for all that it covers. */
static int bundle_rule(struct kml *k, struct bundle *b, const struct mapping *m,
                       const struct rule *rule, bool *one)
{
	struct resolved out[2] = {
		{ .kernel = "1.2.3", .matched = "1.2.3", .normal = "1.2.3", .file = m->file },
		{ .kernel = "4.5.6", .matched = "4.5.6", .normal = "4.5.6", .file = m->file },
	};
	const char *literal;
	int r;

	*one = true;
	if (rule->skip)
		return 0;
	if (rule->kind == RULE_LITERAL) {
		literal = scope_text(b->s, rule->test->value);
		r = mapping_resolve(k, b->s, m, literal, &out[0]);
		return r == KML_UNMAPPED ? 0 : r < 0 ? r : bundle_add_resolved(k, b, &out[0]);
	}
	for (size_t i = 0; i < countof(out); i++)
		if ((r = resolved_fill(k, b->s, &m->set, rule, &out[i])) < 0)
			return r;
	*one = !strcmp(out[0].image, out[1].image);
	return *one ? bundle_add_resolved(k, b, &out[0]) : 0;
}

/* The images of all rules; those that have one for each kernel are for the kernels that
 * are named. */
static int bundle_add_rules(struct kml *k, struct bundle *b, const struct mappings *all,
                            bool kernels)
{
	bool one;
	int r = 0;

	for (size_t i = 0; r == 0 && i < all->n; i++) {
		const struct mapping *m = &all->v[i];

		for (size_t j = 0; r == 0 && j < m->rules.n; j++) {
			const struct rule *rule = &m->rules.v[j];

			if ((r = bundle_rule(k, b, m, rule, &one)) == 0 && !one && !kernels)
				note(k, KML_WARNING, "%s:%d: %.*s has an image for each kernel; say for which "
				     "with -k", m->file, rule->section->line, FMT(rule->section->title));
		}
	}
	return r;
}

/* The images for this kernel; of several files it is enough that one covers it. */
static int bundle_add_kernel(struct kml *k, struct bundle *b, const struct mappings *all,
                             const char *kernel)
{
	size_t mapped = 0;
	int r = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct resolved out;

		if ((r = mapping_resolve(k, b->s, &all->v[i], kernel, &out)) == 0)
			r = bundle_add_resolved(k, b, &out);
		if (r < 0 && r != KML_UNMAPPED)
			return r;
		mapped += r == 0;
	}
	return mapped ? 0 : r;
}

/* ---- the lock file ------------------------------------------------------- */

static struct str bundle_lock(const struct bundle *b, struct scope *s)
{
	struct buf out = { .s = s };
	const struct bundle_image *v;
	size_t n;

	v = bundle_images(b, &n);
	emit_open(&out, '{');
	emit_key(&out, S("version"));
	emit_uint(&out, 1);
	emit_key(&out, S("images"));
	emit_open(&out, '[');
	for (size_t i = 0; i < n; i++) {
		emit_open(&out, '{');
		emit_pair(&out, "reference", v[i].name);
		emit_pair(&out, "digest", v[i].d.digest);
		emit_pair(&out, "mediaType", v[i].d.type);
		emit_key(&out, S("size"));
		emit_uint(&out, v[i].d.size);
		emit_key(&out, S("bytes"));
		emit_uint(&out, v[i].bytes);
		emit_key(&out, S("platforms"));
		emit_word(&out, buf_str(&v[i].platforms));
		emit_key(&out, S("referrers"));
		emit_uint(&out, v[i].referrers);
		emit_close(&out, '}');
	}
	emit_close(&out, ']');
	emit_close(&out, '}');
	return buf_str(&out);
}

/* kml.lock of the bundle `path`. */
static int bundle_read(struct kml *k, struct scope *s, const char *path, struct str *out)
{
	struct store st;
	int r = archive_open(k, s, path, false, &st);

	if (r < 0)
		return r;
	r = archive_text(k, s, st.self, ARCHIVER_LOCK, out);
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

/* ---- making it ----------------------------------------------------------- */

static void bundle_platform(struct buf *b, struct str os, struct str arch, struct str variant)
{
	if (os.n && !str_eq(os, S("unknown")))
		emit_bytes(b, str_of(scope_format(b->s, "%.*s/%.*s%s%.*s", FMT(os), FMT(arch),
		                                  variant.n ? "/" : "", FMT(variant))));
}

/* What the image, or an index of several, says that it runs on. */
static int bundle_platforms(struct kml *k, struct scope *s, const struct copy *c, struct buf *b)
{
	const struct copy_document *top = copy_document(c, copy_ndocuments(c) - 1);
	struct manifest_config config;
	struct manifest m;
	struct str text;
	int r = manifest_read(k, s, top->bytes, top->d.type, &m);

	emit_open(b, '[');
	for (size_t i = 0; r == 0 && i < m.nmanifests; i++)
		bundle_platform(b, m.manifests[i].os, m.manifests[i].arch, m.manifests[i].variant);
	if (r == 0 && manifest_is_image(&m) &&
	    (r = store_small(k, s, c->from, &m.config, &text)) == 0 &&
	    manifest_read_config(k, s, text, m.nlayers, &config) == 0)
		bundle_platform(b, config.os, config.arch, config.variant);
	emit_close(b, ']');
	return r;
}

static int bundle_one(struct kml *k, struct scope *s, const struct bundle *b,
                      const struct copy_options *o, const struct remote_options *remote,
                      struct bundle_image *image, const struct store *to)
{
	struct transport_end src;
	struct copy_result result;
	struct copy c;
	int r;

	if ((r = transport_open(k, s, image->from, remote, TRANSPORT_READ, &src)) < 0 ||
	    (r = copy_plan(k, s, o, &src.store, src.name, &c)) < 0)
		return r;
	image->platforms.s = b->s;
	if ((r = bundle_platforms(k, s, &c, &image->platforms)) < 0 ||
	    (r = copy_into(k, &c, to, image->name, &result)) < 0)
		return r;
	image->d = (struct descriptor){
		.type = scope_str(b->s, result.d.type), .digest = scope_str(b->s, result.d.digest),
		.size = result.d.size,
	};
	image->bytes = c.count.progress.bytes + c.bytes;
	image->referrers = result.pointing;
	return 0;
}

/* Write the images of `b` into the archive `path`, which appears when it is whole.  *lock
 * is what its kml.lock says. */
static int bundle_make(struct kml *k, struct scope *s, const struct bundle *b,
                       const struct copy_options *o, const struct remote_options *remote,
                       const char *path, struct str *lock)
{
	struct copy_options own = *o;
	struct bundle_image *v;
	struct store to;
	size_t n;
	int r = archiver_open(k, s, path, false, &to);

	v = bundle_images(b, &n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct scope *t = scope_begin(s);

		own.label = scope_format(t, "%zu/%zu %.*s: ", i + 1, n, FMT(str_base(v[i].name)));
		r = bundle_one(k, t, b, &own, remote, &v[i], &to);
		scope_end(t);
	}
	if (r < 0)
		return r;
	*lock = bundle_lock(b, s);
	archiver_lock(&to, *lock);
	return to.kind->finish(k, s, to.self);
}

#endif
