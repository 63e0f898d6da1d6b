/* subject.c - what points at a document, in a layout.
 *
 * A document with a "subject", a signature say, points at that.  In a layout it is an
 * entry of the index that has no tag: no name at all or, as kml serve names what came by
 * its digest, REPOSITORY@DIGEST.  Some tools keep an index of such documents instead, with
 * the tag that they have in registries which know of no subjects: sha256-HEX.  All are
 * found.
 */
#ifndef KML_SUBJECT_C
#define KML_SUBJECT_C

#include "../ground/base.c"
#include "layout.c"
#include "store.c"

/* Whether the document has a subject: its digest; else empty. */
static int subject_of(struct kml *k, struct scope *s, struct str bytes, struct str *out)
{
	struct descriptor to = { .size = 0 };
	yyjson_val *json, *subject;
	int r = 0;

	if (memmem(bytes.p, bytes.n, "\"subject\"", 9) && (r = json_read(k, s, bytes, &json)) == 0 &&
	    (r = json_object(k, json, "subject", &subject)) == 0 && subject)
		r = descriptor_read(k, s, subject, &to);
	*out = to.digest;
	return r;
}

/* Add what the index `d` lists. */
static int subject_listed(struct kml *k, struct scope *s, const struct store *st,
                          const struct descriptor *d, struct buf *all)
{
	struct descriptor self;
	struct manifest m;
	struct str bytes;
	int r = store_manifest(k, s, st, d->digest, d, &self, &bytes, &m);

	if (r == 0)
		buf_add(all, (struct str){ (const char *)m.manifests, m.nmanifests * sizeof *d });
	return r;
}

/* store_kind.referrers for the layout `st`, whose entries are v[0..n). */
static int subject_find(struct kml *k, struct scope *s, const struct store *st,
                        const struct descriptor *v, size_t n, struct str digest,
                        struct descriptor **out, size_t *count)
{
	struct str tag = layout_beside(s, S(""), digest, ""), bytes, subject;
	struct buf all = { .s = s };
	struct descriptor self;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str name = descriptor_note(&v[i], LAYOUT_TAG);
		enum descriptor_kind kind = descriptor_kind(v[i].type);

		if (kind != DESCRIPTOR_IS_INDEX && kind != DESCRIPTOR_IS_MANIFEST)
			continue;
		if (str_find(name, '@') == name.n && name.n) {
			if (kind == DESCRIPTOR_IS_INDEX && str_ends(name, tag))
				r = subject_listed(k, s, st, &v[i], &all);
		} else if ((r = store_document(k, s, st, v[i].digest, &v[i], &self, &bytes)) == 0 &&
		           (r = subject_of(k, s, bytes, &subject)) == 0 && str_eq(subject, digest)) {
			buf_add(&all, (struct str){ (const char *)&v[i], sizeof v[i] });
		}
	}
	*out = (struct descriptor *)(void *)all.p;
	*count = all.n / sizeof **out;
	return r;
}

#endif
