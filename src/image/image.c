/* image.c - an image of a store: what its tag leads to, and its files.
 *
 * A tag names a manifest, or an index of manifests for several platforms,
 * which may hold indexes again.  Documents are verified when they are read,
 * layers when their files are: image_read() gives files only of layers that
 * were in order to the last byte.
 *
 * An image for many kernels says with the annotation io.kml.kernel which of
 * its layers belongs to which: of those with one, a loader reads only its own.
 * An image that others made has none, and all of it is read.
 */
#ifndef KML_IMAGE_C
#define KML_IMAGE_C

#include "../format/descriptor.c"
#include "../format/manifest.c"
#include "../ground/base.c"
#include "layer.c"
#include "names.c"
#include "store.c"

#define IMAGE_KERNEL S("io.kml.kernel")

enum { IMAGE_NESTING = 4 };

struct image_platform { struct str os, arch, variant, kernel; };        /* empty: any */

struct image {
	const struct store *store;
	struct descriptor self;         /* of the manifest */
	struct manifest manifest;
	struct manifest_config config;
};

/* OCI's name for the hardware that uname(2) calls `machine`. */
static struct str image_arch(struct str machine)
{
	static const char *const names[][2] = {
		{ "x86_64", "amd64" }, { "aarch64", "arm64" }, { "i386", "386" }, { "i486", "386" },
		{ "i586", "386" }, { "i686", "386" }, { "ppc64le", "ppc64le" }, { "s390x", "s390x" },
		{ "riscv64", "riscv64" }, { "loongarch64", "loong64" },
	};

	for (size_t i = 0; i < countof(names); i++)
		if (str_eq(machine, str_of(names[i][0])))
			return str_of(names[i][1]);
	return str_starts(machine, S("arm")) ? S("arm") : machine;
}

/* ---- opening ------------------------------------------------------------- */

/* Whether `want` runs what is for `d`: of its variants (v5 ... v8) it runs the
 * lower ones too. */
static bool image_fits(const struct image_platform *want, const struct descriptor *d)
{
	struct str kernel = descriptor_note(d, IMAGE_KERNEL);

	if (kernel.n && want->kernel.n && !str_eq(kernel, want->kernel))
		return false;
	if (!d->os.n)
		return true;
	return (!want->os.n || str_eq(d->os, want->os)) &&
	       (!want->arch.n || str_eq(d->arch, want->arch)) &&
	       (!want->variant.n || !d->variant.n || str_cmp(d->variant, want->variant) <= 0) &&
	       !str_eq(d->os, S("unknown"));
}

static void image_say(struct buf *b, struct str os, struct str arch, struct str variant,
                      struct str kernel)
{
	buf_format(b, "%s%.*s/%.*s%s%.*s%s%.*s", b->n ? ", " : "", FMT(os), FMT(arch),
	           variant.n ? "/" : "", FMT(variant), kernel.n ? " and kernel " : "", FMT(kernel));
}

/* The index has nothing that fits: say what it has. */
static int image_lacks(struct kml *k, struct scope *s, struct str digest,
                       const struct manifest *index, const struct image_platform *want)
{
	struct buf b = { .s = s }, wish = { .s = s };

	for (size_t i = 0; i < index->nmanifests && b.n < 400; i++) {
		const struct descriptor *d = &index->manifests[i];

		if (d->os.n && !str_eq(d->os, S("unknown")))
			image_say(&b, d->os, d->arch, d->variant, descriptor_note(d, IMAGE_KERNEL));
	}
	image_say(&wish, want->os, want->arch, want->variant, want->kernel);
	return fail(k, KML_NOTFOUND, "%.*s: has no image for %.*s, only for %.*s", FMT(digest),
	            FMT(buf_str(&wish)), FMT(b.n ? buf_str(&b) : S("none that is named")));
}

/* The entry for `want`, the first of several.  For one kernel it is the one that says so,
 * or else one that says nothing of kernels; which kernel is for the caller to say. */
static int image_pick(struct kml *k, struct scope *s, struct str digest,
                      const struct manifest *index, const struct image_platform *want,
                      const struct descriptor **out)
{
	const struct descriptor *plain = NULL, *own = NULL, *other = NULL;

	for (size_t i = 0; i < index->nmanifests; i++) {
		const struct descriptor *d = &index->manifests[i];
		struct str kernel = descriptor_note(d, IMAGE_KERNEL);

		if (descriptor_kind(d->type) == DESCRIPTOR_IS_OTHER || !image_fits(want, d))
			continue;
		if (!kernel.n)
			plain = plain ? plain : d;
		else if (!own)
			own = d;
		else if (!str_eq(descriptor_note(own, IMAGE_KERNEL), kernel))
			other = d;
	}
	*out = plain && !want->kernel.n ? plain : own ? own : plain;
	if (*out == own && other)
		return fail(k, KML_USAGE, "%.*s: has images for several kernels, %.*s and %.*s and so "
		            "on; say which with --kernel, or take one by its digest", FMT(digest),
		            FMT(descriptor_note(own, IMAGE_KERNEL)),
		            FMT(descriptor_note(other, IMAGE_KERNEL)));
	return *out ? 0 : image_lacks(k, s, digest, index, want);
}

/* Find the manifest for `want` in what `name` names; `d` is the descriptor that led
 * here, or NULL. */
static int image_find(struct kml *k, struct scope *s, struct image *image, struct str name,
                      const struct descriptor *d, const struct image_platform *want, int depth)
{
	struct str text;
	int r = store_manifest(k, s, image->store, name, d, &image->self, &text,
	                       &image->manifest);

	if (r < 0)
		return r;
	image->self.type = image->manifest.type;
	if (!image->manifest.is_index)
		return 0;
	if (depth == IMAGE_NESTING)
		return fail(k, KML_BAD, "%.*s: an index in %d others", FMT(image->self.digest), depth);
	if ((r = image_pick(k, s, image->self.digest, &image->manifest, want, &d)) < 0)
		return r;
	return image_find(k, s, image, d->digest, d, want, depth + 1);
}

static int image_open_config(struct kml *k, struct scope *s, struct image *image)
{
	const struct manifest *m = &image->manifest;
	struct str text;
	int r;

	if (descriptor_kind(m->config.type) != DESCRIPTOR_IS_CONFIG)
		return fail(k, KML_BAD, "not an image (its config is of type \"%.*s\")",
		            FMT(m->config.type));
	if (!m->nlayers)
		return fail(k, KML_BAD, "has no layers");
	if ((r = store_small(k, s, image->store, &m->config, &text)) == 0)
		r = manifest_read_config(k, s, text, m->nlayers, &image->config);
	return r < 0 ? fail_in(k, r, "config %.*s", FMT(m->config.digest)) : 0;
}

/* Open the image that the tag or digest `name` (empty: the only one) leads to
 * for `want`.  *from must live as long as *image. */
static int image_open(struct kml *k, struct scope *s, const struct store *from, struct str name,
                      const struct image_platform *want, struct image *image)
{
	int r;

	*image = (struct image){ .store = from };
	if ((r = image_find(k, s, image, name, NULL, want, 0)) < 0)
		return r;
	return image_open_config(k, s, image);
}

/* ---- files --------------------------------------------------------------- */

/* The kernel that layer `i` is for; a NULL pointer: for all. */
static struct str image_kernel(const struct image *image, size_t i)
{
	return descriptor_note(&image->manifest.layers[i], IMAGE_KERNEL);
}

/* Whether layer `i` is to be read for `kernel`; empty: all are.  If any layer
 * says that it is for this kernel, only such are; else those that say nothing. */
static bool image_is_for(const struct image *image, size_t i, struct str kernel)
{
	struct str own = image_kernel(image, i);

	if (!kernel.n || (own.p && str_eq(own, kernel)))
		return true;
	if (own.p)
		return false;
	for (size_t j = 0; j < image->manifest.nlayers; j++)
		if ((own = image_kernel(image, j)).p && str_eq(own, kernel))
			return false;
	return true;
}

/* A layer_want: `arg` is a struct str, a directory without a slash at its end;
 * all that is below it is wanted. */
static bool image_want_below(const void *arg, const struct tar_entry *e)
{
	struct str dir = *(const struct str *)arg;

	return !dir.n || (str_starts(e->name, dir) && e->name.n > dir.n && e->name.p[dir.n] == '/');
}

static int image_file_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct layer_file *)a)->name, ((const struct layer_file *)b)->name);
}

static struct layer_file *image_file(struct layer_file *files, size_t n, struct str name)
{
	struct layer_file key = { .name = name };

	return n ? bsearch(&key, files, n, sizeof *files, image_file_cmp) : NULL;
}

/* Leave only what the layers above did not replace or delete; sort it; give
 * hard links the bytes of what they link to. */
static int image_settle(struct kml *k, struct names *names, struct layer_file *files, size_t *n)
{
	const struct name *e;
	size_t kept = 0;
	int r;

	for (size_t i = 0; i < *n; i++) {
		if ((r = names_enter(k, names, files[i].name, &e)) < 0)
			return r;
		if (e && e->came == files[i].layer)
			files[kept++] = files[i];
	}
	*n = kept;
	if (kept)
		qsort(files, kept, sizeof *files, image_file_cmp);
	for (size_t i = 0; i < kept; i++) {
		struct layer_file *f = &files[i], *to;

		if (f->type != TAR_HARDLINK)
			continue;
		to = image_file(files, kept, f->link);
		if (!to || to->type != TAR_FILE || to->layer != f->layer)
			return fail(k, KML_BAD, "the hard link \"%.*s\" is to a file that is not read",
			            FMT(f->name));
		f->type = TAR_FILE;
		f->data = to->data;
		f->mode = to->mode;
	}
	return 0;
}

/* Read what `want` wants of the layers for `kernel` (empty: of all), as an
 * unpacked image would show it: sorted by name, no name twice.  Every layer
 * that was read is verified when this returns 0. */
static int image_read(struct kml *k, struct scope *s, const struct image *image,
                      struct str kernel, layer_want *want, const void *arg,
                      struct layer_file **out, size_t *count)
{
	struct scope *t = scope_begin(s);
	struct layer_files files = { .all = { .s = s } };
	struct names names = { .s = t };
	int r = 0;

	for (size_t i = 0; r == 0 && i < image->manifest.nlayers; i++) {
		names.layer = (int)i + 1;
		if (image_is_for(image, i, kernel))
			r = layer_read(k, s, image->store, &image->manifest.layers[i],
			               image->config.diff_ids[i], &names, want, arg, &files);
	}
	*out = (struct layer_file *)(void *)files.all.p;
	*count = files.all.n / sizeof **out;
	if (r == 0)
		r = image_settle(k, &names, *out, count);
	scope_end(t);
	if (r < 0)
		*out = NULL, *count = 0;
	return r;
}

#endif
