/* folder.c - a layout as a store to read from.
 *
 * What a store's functions give is checked by who called them; a layout adds only
 * that its files are regular ones, of the size that is expected.
 */
#ifndef KML_FOLDER_C
#define KML_FOLDER_C

#include "layout.c"
#include "store.c"

static int folder_resolve(struct kml *k, struct scope *s, void *self, struct str name,
                          struct descriptor *d)
{
	const struct layout *l = self;
	struct stat st;
	int r = layout_find(k, s, l, name, d);

	if (r != KML_NOTFOUND || !str_starts(name, S("sha256:")))
		return r;
	*d = (struct descriptor){ .digest = name };
	if ((r = digest_check(k, name)) == 0 &&
	    (r = sys_stat(k, s, layout_blob_path(s, l, name), O_NOFOLLOW, &st)) == 0)
		d->size = (uint64_t)st.st_size;
	return r < 0 ? fail_in(k, r, "%s: %.*s", l->dir, FMT(name)) : 0;
}

static int folder_document(struct kml *k, struct scope *s, void *self, struct str name,
                           struct descriptor *d, struct str *bytes)
{
	int fd, r = folder_resolve(k, s, self, name, d);

	if (r == 0 && d->size > JSON_LIMIT)
		r = fail(k, KML_BAD, "a document of more than %d bytes", JSON_LIMIT);
	if (r < 0 || (r = layout_blob(k, s, self, d, &fd)) < 0)
		return r;
	if ((r = sys_read_fd(k, s, fd, bytes)) < 0)
		return fail_in(k, r, "%.*s", FMT(d->digest));
	d->digest = digest_of(s, *bytes);
	d->size = bytes->n;
	return 0;
}

struct folder_blob { int fd; };

static int folder_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	return sys_read(k, ((struct folder_blob *)arg)->fd, p, n, got);
}

static int folder_blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                       uint64_t from, struct reader *out)
{
	struct folder_blob *b = new(s, struct folder_blob);
	int r = layout_blob(k, s, self, d, &b->fd);

	*out = (struct reader){ folder_read, b };
	return r < 0 || !from ? r : fail(k, KML_FAIL, "cannot go on in the middle");
}

static int folder_tags(struct kml *k, struct scope *s, void *self, struct str **tags, size_t *n)
{
	struct manifest index;
	int r = layout_index(k, s, self, &index);

	if (r < 0)
		return r;
	*tags = news(s, struct str, index.nmanifests);
	*n = 0;
	for (size_t i = 0; i < index.nmanifests; i++) {
		struct str tag = descriptor_note(&index.manifests[i], LAYOUT_TAG);

		if (tag.n)
			(*tags)[(*n)++] = tag;
	}
	return 0;
}

static const struct store_kind folder_kind = {
	.resolve = folder_resolve, .document = folder_document, .blob = folder_blob,
	.tags = folder_tags,
};

/* Open the layout that is the directory `dir`. */
static int folder_open(struct kml *k, struct scope *s, const char *dir, struct store *out)
{
	struct layout *l = new(s, struct layout);
	int r = layout_open(k, s, dir, l);

	*out = (struct store){ &folder_kind, l, l->dir };
	return r;
}

#endif
