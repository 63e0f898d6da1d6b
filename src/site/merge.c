/* merge.c - one image of many, and few layers of many.
 *
 *   by layers   the images' layers on each other, each blob once; nothing is read
 *   by files    what is in the images in the end (image/flat.c), in new layers
 *
 * To squash an image is to merge that one by its files.  The new layers are filled
 * in the order of the old ones, each up to a size: what comes on top later goes to
 * the last layer, and those below it stay the same blobs.  An old layer that fills a
 * new one alone, and of which everything is there in the end, stays as it is.
 *
 * The config is the first image's, with the labels and annotations on which all agree.
 */
#ifndef KML_MERGE_C
#define KML_MERGE_C

#include "../ground/base.c"
#include "../image/flat.c"
#include "derive.c"

enum { MERGE_IMAGES = 1000 };

struct merge_options {
	struct derive_options to;
	struct image_platform platform; /* of indexes this one */
	const char *const *images;      /* references */
	size_t nimages;
	bool files;
	size_t most;                    /* new layers; 0: as many as max_size makes */
	uint64_t max_size;              /* of the old layers that make a new one; 0: no limit */
	bool last;                      /* of names that differ the later image's are taken */
};

struct merge {
	struct derive d;
	const struct merge_options *o;
	struct scope *s;
	struct image *images;
	struct compose_layer *v;        /* the new image's */
	size_t n, room;
	struct flat flat;
	size_t *groups, ngroups;        /* of each blob of flat; SIZE_MAX: nothing is left of it */
};

static const char *merge_verb(const struct merge *m)
{
	return m->o->nimages > 1 ? "merge" : "squash";
}

static int merge_open(struct kml *k, struct merge *m)
{
	const struct merge_options *o = m->o;
	int r = 0;

	if (o->nimages > MERGE_IMAGES)
		return fail(k, KML_USAGE, "more than %d images", MERGE_IMAGES);
	m->images = news(m->s, struct image, o->nimages);
	for (size_t i = 0; r == 0 && i < o->nimages; i++) {
		struct transport_end *end = new(m->s, struct transport_end);
		const struct image *first = &m->images[0], *image = &m->images[i];

		if ((r = derive_open(k, &m->d, o->images[i], end)) < 0 ||
		    (r = image_open(k, m->s, &end->store, end->name, &o->platform,
		                    &m->images[i])) < 0)
			return r;
		if ((r = compose_check(k, image->config.json)) < 0)
			return fail_in(k, r, "%s", o->images[i]);
		m->room += image->manifest.nlayers;
		if (!str_eq(image->config.os, first->config.os) ||
		    !str_eq(image->config.arch, first->config.arch))
			return fail(k, KML_BAD, "%s: is for %.*s/%.*s, and %s for %.*s/%.*s",
			            o->images[i], FMT(image->config.os), FMT(image->config.arch),
			            o->images[0], FMT(first->config.os), FMT(first->config.arch));
	}
	m->v = news(m->s, struct compose_layer, m->room);
	return 0;
}

/* ---- by layers ----------------------------------------------------------- */

static void merge_old_layer(struct merge *m, const struct image *image, size_t i)
{
	struct compose_layer *l = &m->v[m->n++];

	derive_layer(&m->d, image->store, &image->manifest.layers[i], image->config.diff_ids[i], l);
	l->history = compose_said(image->config.json, i);
	l->by = str_of(scope_format(m->s, "kml %s: %s", merge_verb(m), image->store->name));
}

static int merge_layers(struct kml *k, struct merge *m)
{
	struct names seen = { .s = m->s };

	for (size_t i = 0; i < m->o->nimages; i++) {
		const struct image *image = &m->images[i];

		for (size_t j = 0; j < image->manifest.nlayers; j++) {
			struct name *known = names_make(&seen, image->manifest.layers[j].digest);

			if (known->came && known->came != (int)i + 1)
				continue;       /* in one image a layer may well come twice */
			merge_old_layer(m, image, j);
			known->came = (int)i + 1;
		}
	}
	return m->n <= MANIFEST_STACKED ? 0 :
		fail(k, KML_BAD, "that would be %zu layers, and engines stack %d; --by files makes "
		     "one of them, or as many as --max-size says", m->n, MANIFEST_STACKED);
}

/* ---- by files ------------------------------------------------------------ */

/* Which old layers make which new one. */
static int merge_group(struct kml *k, struct merge *m)
{
	const struct flat_blob *b = flat_blobs(&m->flat);
	size_t n = flat_nblobs(&m->flat), most = m->o->most ? m->o->most : MANIFEST_STACKED;
	uint64_t total = 0, filled = 0, cap = m->o->max_size;
	bool whole;

	m->groups = news(m->s, size_t, n);
	for (size_t i = 0; i < n; i++)
		total += flat_live(&m->flat, &b[i], &whole) ? b[i].d->size : 0;
	if (!cap)
		cap = m->o->most ? total / m->o->most + 1 : UINT64_MAX;
	for (size_t i = 0; i < n; i++) {
		m->groups[i] = SIZE_MAX;
		if (!flat_live(&m->flat, &b[i], &whole))
			continue;
		if (!m->ngroups || (filled + b[i].d->size > cap && (m->ngroups < most || !m->o->most))) {
			m->ngroups++;
			filled = 0;
		}
		filled += b[i].d->size;
		m->groups[i] = m->ngroups - 1;
	}
	if (!m->ngroups)
		return fail(k, KML_BAD, "nothing is left in the image");
	return m->ngroups <= MANIFEST_STACKED ? 0 :
		fail(k, KML_BAD, "that would be %zu layers, and engines stack %d; let --max-size be "
		     "more than %llu", m->ngroups, MANIFEST_STACKED, (unsigned long long)cap);
}

/* The kernel that blob `i` is for; a NULL pointer: for all. */
static struct str merge_kernel(const struct merge *m, size_t i)
{
	return descriptor_note(flat_blobs(&m->flat)[i].d, IMAGE_KERNEL);
}

/* Whether a new layer may say that it is for `kernel`: nothing that is for it is in a
 * layer with something else, or a loader would miss that. */
static bool merge_is_apart(const struct merge *m, struct str kernel)
{
	size_t n = flat_nblobs(&m->flat);

	for (size_t i = 0; i < n; i++) {
		if (m->groups[i] == SIZE_MAX || !str_eq(merge_kernel(m, i), kernel))
			continue;
		for (size_t j = 0; j < n; j++)
			if (m->groups[j] == m->groups[i] && !str_eq(merge_kernel(m, j), kernel))
				return false;
	}
	return true;
}

/* The new layer `group`; `only` is the blob that makes it alone, or SIZE_MAX. */
static int merge_new_layer(struct kml *k, struct merge *m, size_t group, size_t first, size_t only)
{
	const struct flat_blob *b = flat_blobs(&m->flat) + first;
	struct str kernel = merge_kernel(m, first);
	struct compose_layer *out = &m->v[m->n];
	struct layer made;
	size_t old = 0;
	bool whole = false;
	int r;

	if (only != SIZE_MAX)
		flat_live(&m->flat, b, &whole);
	if (whole) {
		merge_old_layer(m, &m->images[b->image], b->layer);
	} else {
		if ((r = flat_layer(k, &m->flat, m->groups, group, &m->d.gather, &made)) < 0)
			return r;
		for (size_t i = 0; i < flat_nblobs(&m->flat); i++)
			old += m->groups[i] == group;
		*out = (struct compose_layer){ .d = made.blob, .diff_id = made.diff_id };
		out->by = str_of(scope_format(m->s, "kml %s: %zu layer%s", merge_verb(m), old,
		                               old == 1 ? "" : "s"));
		m->n++;
	}
	if (kernel.p && !whole && merge_is_apart(m, kernel)) {
		out->d.notes = new(m->s, struct descriptor_note);
		*out->d.notes = (struct descriptor_note){ IMAGE_KERNEL, kernel };
		out->d.nnotes = 1;
	} else if (kernel.p && !merge_is_apart(m, kernel)) {
		out->d.nnotes = 0;
		out->d.json = NULL;
	}
	return 0;
}

static int merge_files(struct kml *k, struct merge *m)
{
	int r = flat_begin(k, m->s, &m->d.gather, &m->flat);

	m->flat.last = m->o->last;
	for (size_t i = 0; r == 0 && i < m->o->nimages; i++)
		r = flat_add(k, &m->flat, &m->images[i], m->o->images, i);
	if (r < 0 || (r = flat_finish(k, &m->flat, m->o->images)) < 0 ||
	    (r = merge_group(k, m)) < 0)
		return r;
	for (size_t g = 0; r == 0 && g < m->ngroups; g++) {
		size_t first = SIZE_MAX, n = 0;

		for (size_t i = 0; i < flat_nblobs(&m->flat); i++)
			if (m->groups[i] == g) {
				first = first == SIZE_MAX ? i : first;
				n++;
			}
		r = merge_new_layer(k, m, g, first, n == 1 ? first : SIZE_MAX);
	}
	return r;
}

/* ---- what all say -------------------------------------------------------- */

/* Of the pairs of `v`, those that `map`, an object of strings or NULL, has as well. */
static size_t merge_agreed(struct compose_pair *v, size_t n, yyjson_val *map)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		yyjson_val *other = yyjson_obj_getn(map, v[i].key.p, v[i].key.n);

		if (yyjson_is_str(other) && str_eq(json_slice(other), v[i].value))
			v[kept++] = v[i];
	}
	return kept;
}

static yyjson_val *merge_map(const struct image *image, bool labels)
{
	return labels ? json_get(json_get(image->config.json, "config"), "Labels") :
		json_get(image->manifest.json, "annotations");
}

/* The labels, or the annotations, that all have, and those of the command. */
static int merge_pairs(struct kml *k, struct merge *m, bool labels,
                       const struct compose_pair *given, size_t ngiven,
                       struct compose_pair **out, size_t *count)
{
	yyjson_val *map = merge_map(&m->images[0], labels), *key, *v;
	struct compose_pair *all = news(m->s, struct compose_pair, yyjson_obj_size(map) + ngiven);
	size_t i, max, n = 0;

	if (!json_is_map(map))
		return fail(k, KML_BAD, "%s: an annotation is not a string", m->o->images[0]);
	if (map)
		yyjson_obj_foreach(map, i, max, key, v)
			all[n++] = (struct compose_pair){ json_slice(key), json_slice(v) };
	for (i = 1; i < m->o->nimages; i++)
		n = merge_agreed(all, n, merge_map(&m->images[i], labels));
	for (i = 0; i < ngiven; i++)
		n += compose_set(all, n, given[i]);
	*out = all;
	*count = n;
	return 0;
}

static int merge_image(struct kml *k, struct merge *m, struct descriptor *out)
{
	struct compose c = derive_compose(&m->d);
	struct compose_pair *labels, *notes;
	struct descriptor_note *v;
	size_t n;
	int r = merge_pairs(k, m, true, c.labels, c.nlabels, &labels, &c.nlabels);

	if (r < 0 || (r = merge_pairs(k, m, false, m->o->to.annotations, m->o->to.nannotations,
	                              &notes, &n)) < 0)
		return r;
	v = news(m->s, struct descriptor_note, n + 1);
	for (size_t i = 0; i < n; i++)
		v[i] = (struct descriptor_note){ notes[i].key, notes[i].value };
	c.base = m->images[0].config.json;
	c.labels = labels;
	c.only_labels = true;
	c.old_created = m->o->nimages == 1;
	c.layers = m->v;
	c.nlayers = m->n;
	compose_image(&c, &m->d.gather, v, n, out);
	return 0;
}

/* Make the image and bring it to the target. */
static int merge_run(struct kml *k, struct scope *s, const struct merge_options *o,
                     struct copy_result *out)
{
	struct merge *m = new(s, struct merge);
	struct descriptor top;
	int r;

	m->o = o;
	m->s = s;
	if ((r = derive_begin(k, s, &o->to, &m->d)) < 0 || (r = merge_open(k, m)) < 0 ||
	    (r = o->files ? merge_files(k, m) : merge_layers(k, m)) < 0 ||
	    (r = merge_image(k, m, &top)) < 0)
		return r;
	return derive_finish(k, &m->d, &top, out);
}

#endif
