/* gather.c - an image in the making: what it is of, wherever that is, as one store.
 *
 * Some of its blobs are in other stores and stay there until they are copied, or need
 * not be: the target has them, or mounts them.  Layers that are made go to a file
 * without a name, which nothing is left of after a kill, or at once into the layout
 * that is the target.  Documents are few and in memory.
 */
#ifndef KML_GATHER_C
#define KML_GATHER_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/place.c"
#include "folder.c"
#include "layer.c"
#include "layout.c"
#include "store.c"

struct gather_blob {
	struct descriptor d;
	size_t store;                   /* where it is, from 1 on; 0: in a file, or in memory */
	struct str bytes;               /* in memory; else a NULL pointer */
	int fd;                         /* in this file, */
	uint64_t at;                    /* here */
};

struct gather {
	struct scope *s;
	const char *near;               /* a directory for the file, if it is one */
	const struct layout *layout;    /* new layers go there; NULL: into the file */
	struct buf stores, blobs;       /* of struct store, struct gather_blob */
	int fd;
	uint64_t end;                   /* of what is in the file */
	const char *file;               /* its directory; NULL: there is none yet */
};

static const struct store *gather_stores(const struct gather *g)
{
	return (const struct store *)(const void *)g->stores.p;
}

static const struct gather_blob *gather_find(const struct gather *g, struct str digest)
{
	const struct gather_blob *v = (const struct gather_blob *)(const void *)g->blobs.p;

	for (size_t i = 0; i < g->blobs.n / sizeof *v; i++)
		if (str_eq(v[i].d.digest, digest))
			return &v[i];
	return NULL;
}

static void gather_add(struct gather *g, struct gather_blob blob)
{
	if (!gather_find(g, blob.d.digest))
		buf_add(&g->blobs, (struct str){ (const char *)&blob, sizeof blob });
}

/* ---- what belongs to it -------------------------------------------------- */

/* The blob or document of `d` is in `from`.  Both live as long as the gather. */
static void gather_from(struct gather *g, const struct store *from, const struct descriptor *d)
{
	size_t i, n = g->stores.n / sizeof *from;

	for (i = 0; i < n && gather_stores(g)[i].self != from->self; i++)
		;
	if (i == n)
		buf_add(&g->stores, (struct str){ (const char *)from, sizeof *from });
	gather_add(g, (struct gather_blob){ .d = *d, .store = i + 1 });
}

/* A document or config of ours; d->type is set, the rest of *d is filled in. */
static void gather_document(struct gather *g, struct str bytes, struct descriptor *d)
{
	d->digest = digest_of(g->s, bytes);
	d->size = bytes.n;
	gather_add(g, (struct gather_blob){ .d = *d, .bytes = bytes });
}

/* The file `path` as it is; d->type is set, the rest of *d is filled in. */
static int gather_path(struct kml *k, struct gather *g, const char *path, struct descriptor *d)
{
	struct scope *t = scope_begin(g->s);
	struct gather_blob blob = { .at = 0 };
	struct digest hash;
	struct place at;
	char *p = scope_raw(t, 1 << 16);
	size_t got;
	int r = sys_open_file(k, g->s, path, 0, &blob.fd, &d->size);

	digest_begin(&hash);
	at = (struct place){ blob.fd, 0, d->size };
	while (r == 0 && (r = place_next(k, &at, p, 1 << 16, &got)) == 0 && got)
		digest_add(&hash, (struct str){ p, got });
	scope_end(t);
	if (r < 0)
		return fail_in(k, r, "%s", path);
	d->digest = digest_done(g->s, &hash);
	blob.d = *d;
	gather_add(g, blob);
	return 0;
}

/* A file without a name, where there is room for one; *where is its directory. */
static int gather_unnamed(struct kml *k, struct scope *s, const struct gather *g, int *fd,
                          const char **where)
{
	const char *places[] = { g->near, env_get("TMPDIR"), "/var/tmp", "/tmp" };
	int r = KML_NOTFOUND;

	for (size_t i = 0; i < countof(places); i++)
		if (places[i] && (r = place_unnamed(k, s, places[i], fd)) == 0)
			return *where = places[i], 0;
	return fail_in(k, r, "no room for a temporary file; let TMPDIR name a directory");
}

/* The file for new layers. */
static int gather_file(struct kml *k, struct gather *g)
{
	return g->file ? 0 : gather_unnamed(k, g->s, g, &g->fd, &g->file);
}

/* The archive that `in` reads becomes a layer. */
static int gather_layer(struct kml *k, struct gather *g, struct reader *in, struct layer *out)
{
	struct scope *t;
	int r;

	if (g->layout)
		return layer_write(k, g->s, g->layout, in, out);
	if ((r = gather_file(k, g)) < 0)
		return r;
	t = scope_begin(g->s);
	r = layer_gzip(k, g->s, g->fd, scope_format(t, "a temporary file in %s", g->file), in, out);
	scope_end(t);
	if (r < 0)
		return r;
	gather_add(g, (struct gather_blob){ .d = out->blob, .fd = g->fd, .at = g->end });
	g->end += out->blob.size;
	return 0;
}

/* ---- as a store ---------------------------------------------------------- */

static const struct store *gather_origin(void *self, const struct descriptor *d)
{
	const struct gather *g = self;
	const struct gather_blob *b = gather_find(g, d->digest);

	return b && b->store ? &gather_stores(g)[b->store - 1] : NULL;
}

static int gather_read_document(struct kml *k, struct scope *s, void *self, struct str name,
                                struct descriptor *d, struct str *bytes)
{
	const struct gather *g = self;
	const struct gather_blob *b = gather_find(g, name);
	const struct store *from = b && b->store ? &gather_stores(g)[b->store - 1] : NULL;

	if (from)
		return from->kind->document(k, s, from->self, name, d, bytes);
	if (!b || !b->bytes.p)
		return fail(k, KML_NOTFOUND, "no document %.*s", FMT(name));
	*d = b->d;
	*bytes = b->bytes;
	return 0;
}

struct gather_rest { struct str rest; };

static int gather_read_bytes(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct gather_rest *b = arg;

	(void)k;
	*got = b->rest.n < n ? b->rest.n : n;
	if (*got)
		memcpy(p, b->rest.p, *got);
	b->rest = str_from(b->rest, *got);
	return 0;
}

static int gather_blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                       uint64_t from, struct reader *out)
{
	const struct gather *g = self;
	const struct gather_blob *b = gather_find(g, d->digest);
	const struct store *origin = b && b->store ? &gather_stores(g)[b->store - 1] : NULL;
	struct gather_rest *bytes;
	struct place *at;

	if (!b || from > b->d.size)
		return fail(k, KML_NOTFOUND, "no blob %.*s", FMT(d->digest));
	if (origin)
		return origin->kind->blob(k, s, origin->self, d, from, out);
	if (b->bytes.p) {
		bytes = new(s, struct gather_rest);
		bytes->rest = str_from(b->bytes, (size_t)from);
		*out = (struct reader){ gather_read_bytes, bytes };
	} else {
		at = new(s, struct place);
		*at = (struct place){ b->fd, b->at + from, b->d.size - from };
		*out = (struct reader){ place_next, at };
	}
	return 0;
}

static int gather_fork(struct kml *k, struct scope *s, void *self, void **out)
{
	const struct gather *from = self;
	struct gather *g = new(s, struct gather);
	size_t n = from->stores.n / sizeof(struct store);
	struct store *v = news(s, struct store, n);
	int r = 0;

	*g = *from;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = store_fork(k, s, &gather_stores(from)[i], &v[i]);
	g->stores.p = (char *)v;
	*out = g;
	return r;
}

static const struct store_kind gather_kind = {
	.document = gather_read_document, .blob = gather_blob, .origin = gather_origin,
	.fork = gather_fork,
};

/* Begin; `near`, which may be NULL, is a directory to write new layers in first. */
static struct store gather_open(struct scope *s, const char *near, struct gather *g)
{
	*g = (struct gather){ .s = s, .near = near, .stores = { .s = s }, .blobs = { .s = s } };
	return (struct store){ &gather_kind, g, "the new image" };
}

#endif
