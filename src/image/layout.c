/* layout.c - a directory of images: the OCI image layout.
 *
 *     DIR/oci-layout         {"imageLayoutVersion":"1.0.0"}
 *     DIR/index.json         an index; a tag is the annotation ref.name of an entry
 *     DIR/blobs/sha256/HEX   everything else, each file named by its digest
 *
 * Blobs come first, index.json last and by rename, so that whoever reads the
 * layout, or comes back after a kill, finds the older images whole or the new
 * one too.  A blob is written as DIR/.blob.kml until its digest is known;
 * layout_create() holds the lock that this one name needs.
 *
 * Nothing read from a layout is trusted before its digest was compared.
 */
#ifndef KML_LAYOUT_C
#define KML_LAYOUT_C

#include "../format/descriptor.c"
#include "../format/digest.c"
#include "../format/emit.c"
#include "../format/json.c"
#include "../format/manifest.c"
#include "../ground/base.c"
#include "../ground/save.c"
#include "../ground/sys.c"

struct layout { const char *dir; };

#define LAYOUT_TAG S("org.opencontainers.image.ref.name")
#define LAYOUT_MARK S("{\"imageLayoutVersion\":\"1.0.0\"}")

static const char *layout_path(struct scope *s, const struct layout *l, const char *name)
{
	return scope_format(s, "%s/%s", l->dir, name);
}

static const char *layout_blob_path(struct scope *s, const struct layout *l, struct str digest)
{
	return scope_format(s, "%s/blobs/sha256/%.*s", l->dir, FMT(digest_hex(digest)));
}

/* ---- names --------------------------------------------------------------- */

/* The tag sha256-HEX`end` of the repository that `name` is of: HOST/REPO:TAG becomes
 * HOST/REPO:sha256-HEX.sig.  Signatures of the document with that digest are there. */
static struct str layout_beside(struct scope *s, struct str name, struct str digest,
                                const char *end)
{
	struct str base = str_base(name);
	size_t at = str_find(base, '@'), tag = str_find(base, ':');
	bool full = base.n < name.n;

	return str_of(scope_format(s, "%.*s%ssha256-%.*s%s",
	                           full ? (int)(name.n - base.n + (tag < at ? tag : at)) : 0, name.p,
	                           full ? ":" : "", FMT(digest_hex(digest)), end));
}

/* Whether this entry of an index is an image, and not what only points at one. */
static bool layout_is_image(const struct descriptor *d)
{
	struct str tag = descriptor_note(d, LAYOUT_TAG), base = str_base(tag);

	if (base.n < tag.n)
		base = str_from(base, str_find(base, ':') + 1);
	return tag.n && !(str_starts(base, S("sha256-")) && base.n >= 71);
}

/* ---- reading ------------------------------------------------------------- */

static int layout_read_mark(struct kml *k, struct scope *s, const struct layout *l)
{
	yyjson_val *mark;
	struct str text, version;
	int r = sys_read_file(k, s, layout_path(s, l, "oci-layout"), &text);

	if (r == KML_NOTFOUND)
		return fail(k, KML_NOTFOUND, sys_exists(k, s, l->dir) ?
		            "%s: not an OCI layout (no oci-layout file)" :
		            "%s: no such directory", l->dir);
	if (r == 0 && (r = json_read(k, s, text, &mark)) == 0 &&
	    (r = json_need_text(k, mark, "imageLayoutVersion", &version)) == 0 &&
	    !str_eq(version, S("1.0.0")))
		r = fail(k, KML_BAD, "version \"%.*s\" is not 1.0.0", FMT(version));
	return r < 0 ? fail_in(k, r, "%s/oci-layout", l->dir) : 0;
}

/* Open the layout that is the directory `dir`. */
static int layout_open(struct kml *k, struct scope *s, const char *dir, struct layout *l)
{
	*l = (struct layout){ scope_text(s, str_of(dir)) };
	return layout_read_mark(k, s, l);
}

/* Read index.json; KML_NOTFOUND when there is none yet. */
static int layout_index(struct kml *k, struct scope *s, const struct layout *l,
                        struct manifest *index)
{
	struct str text;
	int r = sys_read_file(k, s, layout_path(s, l, "index.json"), &text);

	if (r == 0)
		r = manifest_read(k, s, text, DESCRIPTOR_INDEX, index);
	return r < 0 ? fail_in(k, r, "%s/index.json", l->dir) : 0;
}

/* Open the blob of `d`, a regular file of the size that `d` says. */
static int layout_blob(struct kml *k, struct scope *s, const struct layout *l,
                       const struct descriptor *d, int *fd)
{
	const char *path = layout_blob_path(s, l, d->digest);
	uint64_t size;
	int r = sys_open_file(k, s, path, O_NOFOLLOW, fd, &size);

	if (r == 0 && size != d->size)
		r = fail(k, KML_BAD, "has %llu bytes, its descriptor says %llu",
		         (unsigned long long)size, (unsigned long long)d->size);
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

/* The one entry of the layout that has the tag or digest `name`; empty: the
 * only image there is, else the only entry. */
static int layout_find(struct kml *k, struct scope *s, const struct layout *l, struct str name,
                       struct descriptor *out)
{
	struct manifest index;
	size_t found = 0, images = 0;
	int r = layout_index(k, s, l, &index);

	if (r < 0)
		return r;
	for (size_t i = 0; i < index.nmanifests; i++)
		images += layout_is_image(&index.manifests[i]);
	for (size_t i = 0; i < index.nmanifests; i++) {
		struct descriptor *d = &index.manifests[i];

		if (str_eq(d->digest, name))
			return *out = *d, 0;
		if (name.n ? !str_eq(descriptor_note(d, LAYOUT_TAG), name) :
		    images && !layout_is_image(d))
			continue;
		*out = *d;
		found++;
	}
	if (found == 1)
		return 0;
	if (found && !name.n)
		return fail(k, KML_NOTFOUND, "%s: holds %zu images; name one: oci:%s:TAG", l->dir,
		            found, l->dir);
	return found ?
		fail(k, KML_BAD, "%s: %zu entries are named \"%.*s\"", l->dir, found, FMT(name)) :
		fail(k, KML_NOTFOUND, "%s: no image \"%.*s\"", l->dir, FMT(name));
}

/* ---- writing ------------------------------------------------------------- */

/* An index that cannot be read will not be written over: say so before there
 * are blobs that nothing refers to. */
static int layout_check_index(struct kml *k, struct scope *s, const struct layout *l)
{
	struct scope *t = scope_begin(s);
	struct manifest index;
	int r = layout_index(k, t, l, &index);

	scope_end(t);
	return r == KML_NOTFOUND ? 0 : r;
}

/* Nothing but what a kill, or this run, left on the way to a first layout. */
static bool layout_is_empty(const struct sys_entry *v, size_t n)
{
	while (n && (!strcmp(v[n - 1].name, SAVE_LOCK) ||
	             !strcmp(v[n - 1].name, ".oci-layout.kml")))
		n--;
	return n == 0;
}

/* The layout `dir`, made if it is missing, ours alone until `s` ends.  A
 * directory that holds anything else is left as it is. */
static int layout_create(struct kml *k, struct scope *s, const char *dir, struct layout *l)
{
	struct sys_entry *entries;
	size_t n;
	int r;

	*l = (struct layout){ scope_text(s, str_of(dir)) };
	if ((r = save_mkdirs(k, s, dir)) < 0)
		return r;
	if ((r = save_lock(k, s, dir)) < 0 || (r = sys_list(k, s, dir, &entries, &n)) < 0)
		return fail_in(k, r, "%s", dir);
	if (sys_exists(k, s, layout_path(s, l, "oci-layout"))) {
		if ((r = layout_read_mark(k, s, l)) == 0)
			r = layout_check_index(k, s, l);
	} else if (!layout_is_empty(entries, n)) {
		r = fail(k, KML_FAIL, "%s: not an OCI layout, and not empty", dir);
	} else {
		r = save_file(k, s, layout_path(s, l, "oci-layout"), LAYOUT_MARK);
	}
	return r < 0 ? r : save_mkdirs(k, s, layout_path(s, l, "blobs/sha256"));
}

/* Begin a blob: layout_blob_write(), then layout_blob_end(). */
static int layout_blob_begin(struct kml *k, struct scope *s, const struct layout *l,
                             struct save *f)
{
	int r = save_begin(k, s, layout_path(s, l, "blob"), f);

	return r < 0 ? fail_in(k, r, "%s/.blob.kml", l->dir) : 0;
}

static int layout_blob_write(struct kml *k, const struct layout *l, const struct save *f,
                             struct str bytes)
{
	int r = save_write(k, f->fd, bytes);

	return r < 0 ? fail_in(k, r, "%s/.blob.kml", l->dir) : 0;
}

static int layout_blob_end(struct kml *k, struct scope *s, struct save *f, struct str digest)
{
	int r = save_sync(k, f);

	f->name = scope_format(s, "blobs/sha256/%.*s", FMT(digest_hex(digest)));
	if (r == 0)
		r = save_done(k, f);
	return r < 0 ? fail_in(k, r, "%s", f->name) : 0;
}

/* Put `bytes` in; d->type is set, the rest of *d is filled in. */
static int layout_put(struct kml *k, struct scope *s, const struct layout *l, struct str bytes,
                      struct descriptor *d)
{
	struct save f;
	int r = layout_blob_begin(k, s, l, &f);

	d->digest = digest_of(s, bytes);
	d->size = bytes.n;
	if (r == 0)
		r = layout_blob_write(k, l, &f, bytes);
	return r < 0 ? r : layout_blob_end(k, s, &f, d->digest);
}

/* What an index.json has beside the fields that are written anew. */
static void layout_copy_rest(struct buf *b, yyjson_val *index)
{
	size_t i, max;
	yyjson_val *key, *v;

	yyjson_obj_foreach(index, i, max, key, v) {
		struct str name = json_slice(key);

		if (str_eq(name, S("schemaVersion")) || str_eq(name, S("mediaType")) ||
		    str_eq(name, S("manifests")))
			continue;
		emit_key(b, name);
		json_copy(b, v);
	}
}

static void layout_write_index(struct buf *b, const struct manifest *index)
{
	manifest_write_head(b, DESCRIPTOR_INDEX);
	manifest_write_list(b, "manifests", index->manifests, index->nmanifests);
	if (index->json)
		layout_copy_rest(b, index->json);
	emit_close(b, '}');
}

/* Write index.json anew. */
static int layout_save_index(struct kml *k, struct scope *s, const struct layout *l,
                             const struct manifest *index)
{
	struct buf b = { .s = s };
	const char *path = layout_path(s, l, "index.json");
	int r;

	layout_write_index(&b, index);
	r = save_file(k, s, path, buf_str(&b));
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

/* The entries of `old` with `d` as `tag`: in the place of the one that had the tag, or
 * behind all. */
static void layout_retag(struct scope *s, struct manifest *old, struct str tag,
                         const struct descriptor *d)
{
	struct descriptor *v = news(s, struct descriptor, old->nmanifests + 1);
	struct descriptor_note *note = new(s, struct descriptor_note);
	struct descriptor tagged = *d;
	size_t n = 0;
	bool done = false;

	*note = (struct descriptor_note){ LAYOUT_TAG, tag };
	tagged.notes = note;
	tagged.nnotes = 1;
	tagged.json = NULL;
	for (size_t i = 0; i < old->nmanifests; i++) {
		bool same = str_eq(descriptor_note(&old->manifests[i], LAYOUT_TAG), tag);

		if (!same || !done)
			v[n++] = same ? tagged : old->manifests[i];
		done = done || same;
	}
	if (!done)
		v[n++] = tagged;
	old->manifests = v;
	old->nmanifests = n;
}

/* The index; one without entries when there is none yet. */
static int layout_old_index(struct kml *k, struct scope *s, const struct layout *l,
                            struct manifest *out)
{
	struct stat st;
	int r = sys_stat(k, s, layout_path(s, l, "index.json"), 0, &st);

	*out = (struct manifest){ 0 };
	if (r < 0)
		return r == KML_NOTFOUND ? 0 : r;
	return layout_index(k, s, l, out);
}

/* Make `tag` name the image `d`, whose blobs are all there.  What else the
 * index says stays; one that cannot be read is an error and stays too. */
static int layout_tag(struct kml *k, struct scope *s, const struct layout *l, struct str tag,
                      const struct descriptor *d)
{
	struct manifest index;
	int r = layout_old_index(k, s, l, &index);

	if (r < 0)
		return r;
	layout_retag(s, &index, tag, d);
	return layout_save_index(k, s, l, &index);
}

/* Keep `d`, which points at another document, as an entry without a tag. */
static int layout_refer(struct kml *k, struct scope *s, const struct layout *l,
                        const struct descriptor *d)
{
	const struct descriptor plain = { .type = d->type, .digest = d->digest, .size = d->size };
	struct manifest index;
	struct descriptor *v;
	int r = layout_old_index(k, s, l, &index);

	if (r < 0)
		return r;
	v = news(s, struct descriptor, index.nmanifests + 1);
	for (size_t i = 0; i < index.nmanifests; i++)
		if (str_eq((v[i] = index.manifests[i]).digest, d->digest))
			return 0;
	v[index.nmanifests++] = plain;
	index.manifests = v;
	return layout_save_index(k, s, l, &index);
}

/* Take out the entries that have the tag or digest `name`; their blobs stay. */
static int layout_untag(struct kml *k, struct scope *s, const struct layout *l, struct str name)
{
	struct manifest index;
	size_t n = 0;
	int r = layout_old_index(k, s, l, &index);

	if (r < 0)
		return r;
	for (size_t i = 0; i < index.nmanifests; i++)
		if (!str_eq(index.manifests[i].digest, name) &&
		    !str_eq(descriptor_note(&index.manifests[i], LAYOUT_TAG), name))
			index.manifests[n++] = index.manifests[i];
	if (n == index.nmanifests || !name.n)
		return fail(k, KML_NOTFOUND, "%s: no image \"%.*s\"", l->dir, FMT(name));
	index.nmanifests = n;
	return layout_save_index(k, s, l, &index);
}

#endif
