/* append.c - more layers on an image.
 *
 * A layer is given as an archive, as a directory, or as another image, all of whose
 * layers it is then.  The base's blobs stay where they are until the copy, which moves
 * only what the target has not.
 *
 * In a base whose lib is a link to usr/lib, a layer with a directory lib would take the
 * link away, and with it the program loader.  Where a layer has a name whose upper
 * directories may be links in a base, those of the base's layers are read, and its
 * names are changed to where the links lead.
 */
#ifndef KML_APPEND_C
#define KML_APPEND_C

#include "../ground/attrs.c"
#include "../ground/base.c"
#include "../ground/sys.c"
#include "../image/entries.c"
#include "../image/spool.c"
#include "derive.c"

struct append_options {
	struct derive_options to;
	const char *base;               /* a reference, or "scratch" */
	struct image_platform platform; /* of an index this one */
	bool all;                       /* or all of them */
	const char *const *layers;
	size_t nlayers;
};

enum { APPEND_DEPTH = 64 };

struct append {
	struct derive d;
	const struct append_options *o;
	struct scope *s;
	struct image image;             /* the base; its store is NULL: there is none */
	struct str os, arch, variant;
	struct compose_layer *v;        /* the base's layers, and those that come on them */
	const struct store **from;      /* where each is */
	size_t n, nold;
	struct names names;             /* what all of them have */
	bool unsafe;                    /* a name that may be below a link of the base */
};

/* ---- a directory --------------------------------------------------------- */

struct append_tree { struct scope *s; struct entries e; struct names inodes; };

/* A file that has the inode of one before is a link to it. */
static void append_file(struct append_tree *t, struct str name, const char *path,
                        const struct stat *st)
{
	struct name *known = st->st_nlink < 2 ? NULL :
		names_make(&t->inodes, str_of(scope_format(t->s, "%llu:%llu",
		                                           (unsigned long long)st->st_dev,
		                                           (unsigned long long)st->st_ino)));

	if (known && known->came) {
		entries_add(&t->e, name, TAR_HARDLINK, 0644)->head.link = known->link;
		return;
	}
	entries_file(&t->e, name, path, (uint64_t)st->st_size, st->st_mode & 07777);
	if (known)
		known->came = 1, known->link = scope_str(t->s, name);
}

/* The extended attributes of the entry that was added last. */
static int append_attrs(struct kml *k, struct append_tree *t, const char *path)
{
	struct tar_entry *head = &t->e.v[t->e.n - 1].head;
	struct tar_xattr *v;
	struct attr *attrs;
	size_t n;
	int r = attrs_read(k, t->s, path, &attrs, &n);

	if (r < 0 || !n)
		return r;
	v = news(t->s, struct tar_xattr, n);
	for (size_t i = 0; i < n; i++)
		v[i] = (struct tar_xattr){ attrs[i].key, attrs[i].value };
	head->xattrs = v;
	head->nxattrs = n;
	return 0;
}

static int append_directory(struct kml *k, struct append_tree *t, const char *dir, struct str name,
                            int depth);

static int append_entry(struct kml *k, struct append_tree *t, const char *path, struct str name,
                        int depth)
{
	struct str target;
	struct stat st;
	int r = sys_stat(k, t->s, path, O_NOFOLLOW, &st);

	if (r < 0)
		return fail_in(k, r, "%s", path);
	if (t->e.n >= NAMES_MOST)
		return fail(k, KML_USAGE, "%s: more than %d names", path, NAMES_MOST);
	if (S_ISDIR(st.st_mode)) {
		entries_add(&t->e, name, TAR_DIR, st.st_mode & 07777);
		if ((r = append_attrs(k, t, path)) < 0)
			return r;
		return append_directory(k, t, path, name, depth + 1);
	}
	if (S_ISLNK(st.st_mode)) {
		if ((r = sys_readlink(k, t->s, path, &target)) == 0)
			entries_link(&t->e, name, target);
	} else if (S_ISREG(st.st_mode)) {
		append_file(t, name, path, &st);
		return t->e.v[t->e.n - 1].head.type == TAR_FILE ? append_attrs(k, t, path) : 0;
	} else {
		r = fail(k, KML_USAGE, "neither a file nor a directory nor a link");
	}
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

static int append_directory(struct kml *k, struct append_tree *t, const char *dir, struct str name,
                            int depth)
{
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, t->s, dir, &v, &n);

	if (r == 0 && depth == APPEND_DEPTH)
		r = fail(k, KML_USAGE, "directories in more than %d others", APPEND_DEPTH);
	if (r < 0)
		return fail_in(k, r, "%s", dir);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = append_entry(k, t, scope_format(t->s, "%s/%s", dir, v[i].name),
		                 str_of(scope_format(t->s, "%.*s%s%s", FMT(name), name.n ? "/" : "",
		                                     v[i].name)), depth);
	return r;
}

/* ---- what is appended ---------------------------------------------------- */

static void append_add(struct append *a, const struct store *from,
                       const struct compose_layer *layer)
{
	a->v[a->n] = *layer;
	a->from[a->n++] = from;
}

static struct str append_by(struct append *a, const char *path)
{
	struct str base = str_base(str_of(path));

	return str_of(scope_format(a->s, "kml append: %.*s",
	                           FMT(emit_is_utf8(base) ? base : S("a file"))));
}

static int append_tree(struct kml *k, struct append *a, const char *path)
{
	struct scope *t = scope_begin(a->s);
	struct append_tree tree = { t, entries_begin(t, a->o->to.epoch), { .s = t } };
	struct layer layer;
	struct reader in;
	int r = append_directory(k, &tree, path, S(""), 0);

	if (r == 0 && (r = entries_finish(k, &tree.e)) == 0) {
		entries_reader(&tree.e, &in);
		r = gather_layer(k, &a->d.gather, &in, &layer);
	}
	scope_end(t);
	if (r < 0)
		return r;
	append_add(a, &a->d.made, &(struct compose_layer){
		.d = layer.blob, .diff_id = layer.diff_id, .by = append_by(a, path) });
	return 0;
}

/* What is no layer yet, for OCI has no type for it, becomes one: gzip. */
static int append_recode(struct kml *k, struct append *a, const struct descriptor *d,
                         enum codec kind, struct layer *out)
{
	struct scope *t = scope_begin(a->s);
	struct reader packed, in;
	int r = gather_blob(k, t, &a->d.gather, d, 0, &packed);

	if (r == 0 && (r = codec_reader(k, t, kind, &packed, &in)) == 0)
		r = gather_layer(k, &a->d.gather, &in, out);
	scope_end(t);
	return r;
}

static int append_archive(struct kml *k, struct append *a, const char *path)
{
	struct compose_layer layer = { .by = append_by(a, path) };
	char first[CODEC_MAGIC];
	struct layer made;
	struct place at;
	size_t got;
	enum codec kind;
	int r = gather_path(k, &a->d.gather, path, &layer.d);

	if (r < 0)
		return r;
	at = (struct place){ gather_find(&a->d.gather, layer.d.digest)->fd, 0, sizeof first };
	if ((r = place_next(k, &at, first, sizeof first, &got)) < 0)
		return fail_in(k, r, "%s", path);
	kind = codec_of((struct str){ first, got });
	if (kind == CODEC_GZIP || kind == CODEC_ZSTD) {
		layer.d.type = kind == CODEC_GZIP ? DESCRIPTOR_LAYER_GZIP : DESCRIPTOR_LAYER_ZSTD;
	} else {
		if ((r = append_recode(k, a, &layer.d, kind, &made)) < 0)
			return fail_in(k, r, "%s", path);
		layer.d = made.blob;
		layer.diff_id = made.diff_id;
	}
	append_add(a, &a->d.made, &layer);
	return 0;
}

static int append_image(struct kml *k, struct append *a, const char *text)
{
	struct image_platform want = { a->os, a->arch, a->variant, { 0 } };
	struct transport_end *end = new(a->s, struct transport_end);
	struct image image;
	struct compose_layer layer;
	int r = derive_open(k, &a->d, text, end);

	if (r < 0 || (r = image_open(k, a->s, &end->store, end->name, &want, &image)) < 0)
		return r;
	if ((image.config.os.n && !str_eq(image.config.os, a->os)) ||
	    (image.config.arch.n && !str_eq(image.config.arch, a->arch)))
		return fail(k, KML_BAD, "%s: is for %.*s/%.*s, the base for %.*s/%.*s", text,
		            FMT(image.config.os), FMT(image.config.arch), FMT(a->os), FMT(a->arch));
	if (a->n + image.manifest.nlayers > MANIFEST_LAYERS)
		return fail(k, KML_BAD, "%s: more than %d layers", text, MANIFEST_LAYERS);
	for (size_t i = 0; i < image.manifest.nlayers; i++) {
		derive_layer(&a->d, &end->store, &image.manifest.layers[i], image.config.diff_ids[i],
		             &layer);
		layer.history = compose_said(image.config.json, i);
		layer.by = str_of(scope_format(a->s, "kml append: %s", text));
		append_add(a, &end->store, &layer);
	}
	return 0;
}

/* An operand that is there as a file is that; another one is an image. */
static int append_layer(struct kml *k, struct append *a, const char *text)
{
	struct str first = str_of(text), rest = first;
	struct stat st;
	int r = sys_stat(k, a->s, text, 0, &st);

	if (a->n >= MANIFEST_LAYERS)
		return fail(k, KML_BAD, "more than %d layers", MANIFEST_LAYERS);
	if (r == 0)
		return S_ISDIR(st.st_mode) ? append_tree(k, a, text) : append_archive(k, a, text);
	first = str_take(&rest, '/');
	if (r == KML_NOTFOUND && (str_find(first, ':') < first.n || ref_is_host(first)) &&
	    first.n && first.p[0] != '.')
		return append_image(k, a, text);
	return fail_in(k, r, "%s", text);
}

/* ---- names --------------------------------------------------------------- */

/* Note a name of the base or of what is appended. */
static int append_look(struct kml *k, struct scope *s, struct tar *tar,
                       const struct tar_entry *e, void *arg)
{
	struct append *a = arg;
	int r = names_add(k, s, &a->names, e);

	(void)tar;
	a->unsafe = a->unsafe || !derive_is_safe(e->name);
	return r < 0 ? r : 0;
}

/* The entry as it is to be: its name, and that of what a hard link is to. */
static int append_rename(struct kml *k, struct scope *s, const struct append *a,
                         const struct tar_entry *e, struct tar_entry *out, bool *changed)
{
	int r;

	*out = *e;
	if ((r = names_follow(k, s, &a->names, e->name, e->type == TAR_DIR, &out->name)) < 0)
		return r;
	if (e->type == TAR_HARDLINK &&
	    ((r = tar_name(k, s, e->link, &out->link)) < 0 ||
	     (r = names_follow(k, s, &a->names, out->link, false, &out->link)) < 0))
		return r;
	*changed = *changed || !str_eq(out->name, e->name);
	return 0;
}

struct append_renaming {
	struct append *a;
	struct spool spool;
	struct entries *e;              /* NULL: only see whether there is something to do */
	struct scope *s;
	bool changed;
};

static int append_rename_entry(struct kml *k, struct scope *s, struct tar *tar,
                               const struct tar_entry *e, void *arg)
{
	struct append_renaming *ren = arg;
	struct tar_entry to;
	bool changed = false;
	uint64_t at;
	int r = append_rename(k, s, ren->a, e, &to, &changed);

	ren->changed = ren->changed || changed;
	if (r < 0 || !ren->e)
		return r;
	if (!to.name.n || (changed && to.type == TAR_DIR && names_look(&ren->a->names, to.name)))
		return 0;
	if ((r = spool_add(k, s, &ren->spool, tar, &at, NULL)) < 0)
		return r;
	to = tar_copy(ren->s, &to);
	entries_part(ren->e, &to, ren->spool.fd, at);
	return 0;
}

static int append_rewrite(struct kml *k, struct append *a, size_t i)
{
	struct scope *t = scope_begin(a->s);
	struct entries e = entries_begin(t, 0);
	struct append_renaming ren = { .a = a, .e = &e, .s = t };
	struct layer made;
	struct reader in;
	int r = spool_open(k, t, &a->d.gather, &ren.spool);

	e.bare = true;
	if (r == 0 && (r = layer_scan(k, t, a->from[i], &a->v[i].d, a->v[i].diff_id, NULL,
	                              append_rename_entry, &ren)) == 0 &&
	    (r = entries_finish(k, &e)) == 0) {
		entries_reader(&e, &in);
		r = gather_layer(k, &a->d.gather, &in, &made);
	}
	scope_end(t);
	if (r < 0)
		return r;
	made.blob.notes = a->v[i].d.notes;
	made.blob.nnotes = a->v[i].d.nnotes;
	a->v[i].d = made.blob;
	a->v[i].diff_id = made.diff_id;
	a->from[i] = &a->d.made;
	return 0;
}

/* Bring the names of one layer to where the base's links lead, and note them. */
static int append_fit(struct kml *k, struct append *a, size_t i)
{
	struct append_renaming ren = { .a = a };
	int r = layer_scan(k, a->s, a->from[i], &a->v[i].d, a->v[i].diff_id, NULL,
	                   append_rename_entry, &ren);

	if (r == 0 && ren.changed)
		r = append_rewrite(k, a, i);
	a->names.layer = (int)i + 1;
	return r < 0 ? r : layer_scan(k, a->s, a->from[i], &a->v[i].d, a->v[i].diff_id, NULL,
	                              append_look, a);
}

/* Every layer that is appended is read: its names are checked, its digests found. */
static int append_check(struct kml *k, struct append *a)
{
	int r = 0;

	a->names = (struct names){ .s = a->s };
	for (size_t i = a->nold; r == 0 && i < a->n; i++) {
		a->names.layer = (int)i + 1;
		r = layer_look(k, a->s, a->from[i], &a->v[i].d, &a->v[i].diff_id, NULL, append_look,
		               a);
		if (r < 0 && a->v[i].by.n)
			r = fail_in(k, r, "%.*s", FMT(str_from(a->v[i].by, sizeof "kml append: " - 1)));
	}
	if (r < 0 || !a->unsafe || !a->nold)
		return r;
	a->names = (struct names){ .s = a->s, .devices = true };
	for (size_t i = 0; r == 0 && i < a->nold; i++) {
		a->names.layer = (int)i + 1;
		r = layer_scan(k, a->s, a->from[i], &a->v[i].d, a->v[i].diff_id, NULL,
		               append_look, a);
	}
	a->names.devices = false;
	for (size_t i = a->nold; r == 0 && i < a->n; i++)
		r = append_fit(k, a, i);
	return r;
}

/* ---- all of it ----------------------------------------------------------- */

static int append_base_layers(struct kml *k, struct append *a)
{
	const struct image *b = &a->image;
	int r;

	a->v = news(a->s, struct compose_layer, 2 * MANIFEST_LAYERS);
	a->from = news(a->s, const struct store *, 2 * MANIFEST_LAYERS);
	a->n = a->nold = 0;
	if (!b->store)
		return 0;
	if ((r = compose_check(k, b->config.json)) < 0)
		return fail_in(k, r, "%s: config %.*s", b->store->name, FMT(b->manifest.config.digest));
	a->os = b->config.os;
	a->arch = b->config.arch;
	a->variant = b->config.variant;
	for (; a->n < b->manifest.nlayers; a->n++) {
		derive_layer(&a->d, b->store, &b->manifest.layers[a->n], b->config.diff_ids[a->n],
		             &a->v[a->n]);
		a->from[a->n] = b->store;
	}
	a->nold = a->n;
	return 0;
}

/* One image on the base that is open. */
static int append_one(struct kml *k, struct append *a, struct descriptor *out)
{
	struct compose c = derive_compose(&a->d);
	struct descriptor_note *notes;
	size_t n;
	int r = append_base_layers(k, a);

	for (size_t i = 0; r == 0 && i < a->o->nlayers; i++)
		r = append_layer(k, a, a->o->layers[i]);
	if (r < 0 || (r = append_check(k, a)) < 0 ||
	    (r = derive_base_notes(k, &a->d, a->image.store ? &a->image : NULL, a->o->base,
	                            &notes, &n)) < 0)
		return r;
	if (a->n > MANIFEST_STACKED)
		return fail(k, KML_BAD, "that would be %zu layers, and engines stack %d; make them "
		            "fewer with kml squash", a->n, MANIFEST_STACKED);
	c.base = a->image.store ? a->image.config.json : NULL;
	c.os = a->os, c.arch = a->arch, c.variant = a->variant;
	c.layers = a->v;
	c.nlayers = a->n;
	c.nold = a->nold;
	compose_image(&c, &a->d.gather, notes, n, out);
	return 0;
}

/* Each image of the index `m`, and an index of what came of them. */
static int append_each(struct kml *k, struct append *a, const struct store *from,
                       struct manifest *m, struct descriptor *out)
{
	const struct image_platform any = { .os = S("") };
	struct buf b = { .s = a->s };
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->nmanifests; i++) {
		struct descriptor d = m->manifests[i], made;

		if (descriptor_kind(d.type) != DESCRIPTOR_IS_MANIFEST || str_eq(d.os, S("unknown")))
			continue;
		if ((r = image_open(k, a->s, from, d.digest, &any, &a->image)) == 0 &&
		    (r = append_one(k, a, &made)) == 0) {
			d.digest = made.digest, d.size = made.size, d.type = made.type, d.json = NULL;
			m->manifests[n++] = d;
		}
	}
	if (r == 0 && !n)
		r = fail(k, KML_NOTFOUND, "%s: an index without images", from->name);
	if (r < 0)
		return r;
	manifest_write_head(&b, DESCRIPTOR_INDEX);
	manifest_write_list(&b, "manifests", m->manifests, n);
	emit_close(&b, '}');
	*out = (struct descriptor){ .type = DESCRIPTOR_INDEX };
	gather_document(&a->d.gather, buf_str(&b), out);
	return 0;
}

static int append_made(struct kml *k, struct append *a, struct descriptor *out)
{
	const struct append_options *o = a->o;
	struct transport_end *base = new(a->s, struct transport_end);
	struct descriptor d;
	struct manifest m;
	struct str bytes;
	int r;

	a->os = o->platform.os, a->arch = o->platform.arch, a->variant = o->platform.variant;
	if (str_eq(str_of(o->base), S("scratch")))
		return append_one(k, a, out);
	if ((r = derive_open(k, &a->d, o->base, base)) < 0)
		return r;
	if (!o->all) {
		r = image_open(k, a->s, &base->store, base->name, &o->platform, &a->image);
		return r < 0 ? r : append_one(k, a, out);
	}
	if ((r = store_manifest(k, a->s, &base->store, base->name, NULL, &d, &bytes, &m)) < 0)
		return r;
	if (m.is_index)
		return append_each(k, a, &base->store, &m, out);
	r = image_open(k, a->s, &base->store, d.digest, &o->platform, &a->image);
	return r < 0 ? r : append_one(k, a, out);
}

/* Make the image and bring it to the target. */
static int append_run(struct kml *k, struct scope *s, const struct append_options *o,
                      struct copy_result *out)
{
	struct append *a = new(s, struct append);
	struct descriptor top;
	int r;

	a->o = o;
	a->s = s;
	if ((r = derive_begin(k, s, &o->to, &a->d)) < 0 || (r = append_made(k, a, &top)) < 0)
		return r;
	return derive_finish(k, &a->d, &top, out);
}

#endif
