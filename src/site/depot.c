/* depot.c - what a node keeps of the images it loads from registries.
 *
 * The depot is a layout, /var/lib/kml/images unless told otherwise, and a store that
 * reads through it: the registry is asked which digest a tag has now, and everything
 * else comes from the layout, where what is missing or damaged is fetched into first,
 * whole or not at all.  So it holds the documents and the layers that this kernel
 * needed, and no more; of an index that may be one image of many.
 *
 * An image is there under the tag HOST/REPO:TAG.  The first is tagged when it was
 * fetched, the next one when it was loaded: a node that cannot reach the registry takes
 * the last one that worked.  Whether it was or not, what neither a tag nor that load named
 * is then removed, where the file "kml-store" says that the layout is the depot's own.
 *
 * Without a place to write, everything comes from the registry through memory.
 */
#ifndef KML_DEPOT_C
#define KML_DEPOT_C

#include "../format/digest.c"
#include "../format/manifest.c"
#include "../ground/base.c"
#include "../ground/save.c"
#include "../image/folder.c"
#include "../image/store.c"
#include "../image/transfer.c"

#define DEPOT_DIR  "/var/lib/kml/images"
#define DEPOT_MARK "kml-store"

enum { DEPOT_NESTING = 6 };

struct depot {
	const struct store *from;       /* the registry */
	struct store here;              /* the layout */
	struct str tag;                 /* of the image in it */
	bool writes;
	const char *away;               /* why the registry is not asked any more; NULL: it is */
	struct descriptor top;          /* what was asked for; no digest until it is known */
};

static const struct layout *depot_layout(const struct depot *dp) { return dp->here.self; }

/* ---- reading through it -------------------------------------------------- */

/* Go on without writing, because of the failure in kml_message(). */
static void depot_lost(struct kml *k, struct depot *dp)
{
	note(k, KML_WARNING, "%s; the image is not kept", k->msg);
	dp->writes = false;
}

/* The registry is needed for `what`: it may be known to be away. */
static int depot_ask(struct kml *k, const struct depot *dp, struct str what)
{
	return !dp->away ? 0 : fail(k, KML_UNREACHABLE, "%.*s is missing or damaged in %s, and the "
	                            "registry cannot be reached: %s", FMT(what), dp->here.name,
	                            dp->away);
}

/* Remove the blob, if it is there. */
static void depot_discard(struct kml *k, struct scope *s, struct depot *dp, struct str digest)
{
	const char *path = layout_blob_path(s, depot_layout(dp), digest);

	if (!dp->writes || !sys_exists(k, s, path))
		return;
	note(k, KML_WARNING, "%s is damaged; it is fetched again", path);
	if (save_remove(k, s, path) < 0)
		depot_lost(k, dp);
}

/* What the tag has now: as the registry says, or else as it was when it last did. */
static int depot_tag(struct kml *k, struct scope *s, struct depot *dp, struct str name)
{
	const struct store *from = dp->from;
	int r = from->kind->resolve(k, s, from->self, name, &dp->top);

	if (r != KML_UNREACHABLE)
		return r;
	dp->away = scope_text(s, str_of(k->msg));
	if (dp->here.kind->resolve(k, s, dp->here.self, dp->tag, &dp->top) < 0)
		return fail(k, r, "%s", dp->away);
	note(k, KML_WARNING, "%s; what was fetched earlier is used, %.*s", dp->away,
	     FMT(dp->top.digest));
	return 0;
}

static int depot_document(struct kml *k, struct scope *s, void *self, struct str name,
                          struct descriptor *d, struct str *bytes)
{
	struct depot *dp = self;
	int r = 0;

	if (str_starts(name, S("sha256:")))
		dp->top.digest = dp->top.digest.n ? dp->top.digest : name;
	else if ((r = depot_tag(k, s, dp, name)) == 0)
		name = dp->top.digest;
	if (r < 0)
		return r;
	if (dp->here.kind->document(k, s, dp->here.self, name, d, bytes) == 0)
		return 0;
	if ((r = depot_ask(k, dp, name)) < 0)
		return r;
	depot_discard(k, s, dp, name);
	r = store_document(k, s, dp->from, name, NULL, d, bytes);
	if (r == 0 && dp->writes &&
	    dp->here.kind->put(k, s, dp->here.self, d, *bytes, S("")) < 0)
		depot_lost(k, dp);
	return r;
}

/* Is the blob there, and what it is called? */
static bool depot_sound(struct kml *k, struct scope *s, const struct depot *dp,
                        const struct descriptor *d)
{
	struct scope *t = scope_begin(s);
	char *p = scope_raw(t, 1 << 16);
	struct digest digest;
	struct reader rd;
	size_t got = 1;
	int r = dp->here.kind->blob(k, t, dp->here.self, d, 0, &rd);

	digest_begin(&digest);
	while (r == 0 && got)
		if ((r = rd.read(k, rd.arg, p, 1 << 16, &got)) == 0)
			digest_add(&digest, (struct str){ p, got });
	if (r == 0 && !str_eq(digest_done(t, &digest), d->digest))
		r = KML_BAD;
	scope_end(t);
	return r == 0;
}

static int depot_blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                      uint64_t from, struct reader *out)
{
	struct transfer_count *count = new(s, struct transfer_count);
	struct depot *dp = self;
	int r = 0;

	if (depot_sound(k, s, dp, d))
		return dp->here.kind->blob(k, s, dp->here.self, d, from, out);
	if ((r = depot_ask(k, dp, d->digest)) < 0)
		return r;
	depot_discard(k, s, dp, d->digest);
	if (dp->writes) {
		r = transfer_blob(k, s, dp->from, &dp->here, d, count);
		if (r == 0)
			return dp->here.kind->blob(k, s, dp->here.self, d, from, out);
		if (r == KML_FAIL)      /* the disk is full, say; the registry says it again */
			depot_lost(k, dp);
		else
			return r;
	}
	return dp->from->kind->blob(k, s, dp->from->self, d, from, out);
}

static const struct store_kind depot_kind = { .document = depot_document, .blob = depot_blob };

/* ---- opening ------------------------------------------------------------- */

/* Make the layout if it is missing; one that is, or has nothing in it, is the depot's own.
 * Such a one is begun anew when its index is damaged. */
static int depot_create(struct kml *k, struct scope *s, const char *dir, struct store *out)
{
	int r = folder_create(k, s, dir, out);
	const struct layout *l = out->self;
	const char *index = layout_path(s, l, "index.json"), *mark = layout_path(s, l, DEPOT_MARK);

	if (r == KML_BAD && sys_exists(k, s, mark)) {
		note(k, KML_WARNING, "%s; the store is begun anew", k->msg);
		(void)save_remove(k, s, index);
		r = folder_create(k, s, dir, out);
	}
	if (r == 0 && !sys_exists(k, s, index))
		r = save_file(k, s, mark, S("images that no tag names are removed by kml load\n"));
	return r;
}

/* Is there an image of that tag, for when the registry is away? */
static bool depot_has(struct kml *k, struct scope *s, const char *dir, struct str tag)
{
	struct descriptor d;
	struct store st;

	return folder_open(k, s, dir, &st) == 0 && st.kind->resolve(k, s, st.self, tag, &d) == 0;
}

/* Read what `from` has through the layout `dir`; `tag` is the image's there.  `write`: what
 * is missing is kept.  Where there is no such layout *out is *from. */
static void depot_open(struct kml *k, struct scope *s, const char *dir, bool write,
                       const struct store *from, struct str tag, struct depot *dp,
                       struct store *out)
{
	int r = write ? depot_create(k, s, dir, &dp->here) : 0;

	*dp = (struct depot){ .from = from, .tag = tag, .here = dp->here, .writes = write && r == 0 };
	*out = *from;
	if (r < 0)
		note(k, r == KML_BAD || strcmp(dir, DEPOT_DIR) ? KML_WARNING : KML_INFO,
		     "%s; the image is not kept", k->msg);
	if (dp->writes || folder_open(k, s, dir, &dp->here) == 0)
		*out = (struct store){ &depot_kind, dp, from->name };
}

/* ---- keeping and removing ------------------------------------------------ */

/* Everything that was wanted has been read: let the tag name it, if there is no such
 * tag, or when it was loaded. */
static void depot_keep(struct kml *k, struct scope *s, struct depot *dp, bool loaded)
{
	struct descriptor d;
	struct manifest m;
	struct str bytes;
	int r;

	if (!dp->writes || dp->away || !dp->top.digest.n)
		return;
	r = dp->here.kind->resolve(k, s, dp->here.self, dp->tag, &d);
	if (r == 0 && (!loaded || str_eq(d.digest, dp->top.digest)))
		return;
	if (r == 0 || r == KML_NOTFOUND)
		r = store_manifest(k, s, &dp->here, dp->top.digest, NULL, &d, &bytes, &m);
	if (r == 0) {
		d.type = m.type;
		r = dp->here.kind->put(k, s, dp->here.self, &d, bytes, dp->tag);
	}
	if (r < 0)
		depot_lost(k, dp);
}

static bool depot_marked(const struct buf *marks, struct str hex)
{
	const struct str *v = (const struct str *)(void *)marks->p;

	for (size_t n = marks->n / sizeof *v; n-- > 0; v++)
		if (str_eq(*v, hex))
			return true;
	return false;
}

/* Note `d` and all that it leads to.  What is not there leads nowhere. */
static int depot_mark(struct kml *k, struct scope *s, const struct depot *dp,
                      const struct descriptor *d, int depth, struct buf *marks)
{
	struct str hex = digest_hex(d->digest), bytes;
	enum descriptor_kind kind = descriptor_kind(d->type);
	struct descriptor got;
	struct manifest m;
	int r = 0;

	if (depot_marked(marks, hex))
		return 0;
	buf_add(marks, (struct str){ (const char *)&hex, sizeof hex });
	if (kind != DESCRIPTOR_IS_INDEX && kind != DESCRIPTOR_IS_MANIFEST)
		return 0;
	if (depth > DEPOT_NESTING)
		return fail(k, KML_BAD, "indexes in indexes");
	r = dp->here.kind->document(k, s, dp->here.self, d->digest, &got, &bytes);
	if (r < 0 || (r = manifest_read(k, s, bytes, d->type, &m)) < 0)
		return r == KML_NOTFOUND ? 0 : r;
	if (!m.is_index)
		r = depot_mark(k, s, dp, &m.config, depth + 1, marks);
	for (size_t i = 0; r == 0 && i < m.nmanifests; i++)
		r = depot_mark(k, s, dp, &m.manifests[i], depth + 1, marks);
	for (size_t i = 0; r == 0 && i < m.nlayers; i++)
		r = depot_mark(k, s, dp, &m.layers[i], depth + 1, marks);
	return r;
}

/* Remove the files of the directory `dir` whose names, without the `head` and `tail`
 * bytes around, are digests that nobody marked. */
static int depot_clear(struct kml *k, struct scope *s, const char *dir, size_t head, size_t tail,
                       const struct buf *marks)
{
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, s, dir, &v, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str name = str_of(v[i].name);

		if (name.n != head + 2 * DIGEST_SIZE + tail)
			continue;
		name = (struct str){ name.p + head, 2 * DIGEST_SIZE };
		if (!depot_marked(marks, name))
			r = save_remove(k, s, scope_format(s, "%s/%s", dir, v[i].name));
	}
	return r;
}

/* Remove what neither a tag names any more nor was just asked for, and what broken fetches
 * left. */
static void depot_sweep(struct kml *k, struct scope *s, const struct depot *dp)
{
	const struct layout *l = depot_layout(dp);
	struct scope *t = scope_begin(s);
	struct buf marks = { .s = t };
	struct manifest index = { 0 }, m;
	struct descriptor top;
	struct str bytes;
	int r;

	if (dp->writes && sys_exists(k, t, layout_path(t, l, DEPOT_MARK))) {
		r = save_lock(k, t, l->dir);
		if (r == 0 && (r = layout_index(k, t, l, &index)) == KML_NOTFOUND)
			r = 0;          /* nothing has been tagged */
		for (size_t i = 0; r == 0 && i < index.nmanifests; i++)
			r = depot_mark(k, t, dp, &index.manifests[i], 0, &marks);
		if (r == 0 && dp->top.digest.n && store_manifest(k, t, &dp->here, dp->top.digest,
		    NULL, &top, &bytes, &m) == 0) {
			top.type = m.type;
			r = depot_mark(k, t, dp, &top, 0, &marks);
		}
		if (r == 0 && (r = depot_clear(k, t, layout_path(t, l, "blobs/sha256"), 0, 0,
		                               &marks)) == 0)
			r = depot_clear(k, t, l->dir, 1, sizeof ".kml" - 1, &marks);
		if (r < 0)
			note(k, KML_WARNING, "%s: what is no longer needed stays: %s", l->dir, k->msg);
	}
	scope_end(t);
}

#endif
