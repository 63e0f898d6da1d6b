/* derived.c - the options of all commands that make an image from others.
 *
 * They are rows of each such command's table, and fill the field `to` of its arguments.
 */
#ifndef KML_DERIVED_C
#define KML_DERIVED_C

#include "../format/emit.c"
#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../site/derive.c"
#include "registries.c"

struct derived {
	const char *output;
	struct opt_list labels, annotations;
	opt_number jobs;
	bool json, quiet;
};

#define DERIVED_OPTS(T) \
	OPT(T, to.output, 'o', "output", "REF", "where to put the image: a registry, oci:DIR[:TAG], " \
	    "oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]"), \
	OPT(T, to.annotations, 0, "annotation", "K=V", \
	    "an annotation of its manifest; may be given again"), \
	OPT(T, to.jobs, 'j', "jobs", "N", "so many blobs at the same time (4)"), \
	OPT(T, to.json, 0, "json", NULL, "print what was made as JSON"), \
	OPT(T, to.quiet, 'q', "quiet", NULL, "say nothing but errors"), \
	REGISTRIES_OPTS(T)

#define DERIVED_LABELS(T) \
	OPT(T, to.labels, 0, "label", "K=V", "a label of the image; may be given again")

/* KEY=VALUE, sorted by key. */
static int derived_pairs(struct kml *k, struct scope *s, const struct opt_list *list,
                         const struct compose_pair **out)
{
	struct compose_pair *v = news(s, struct compose_pair, list->n + 1);

	for (size_t i = 0; i < list->n; i++) {
		struct str rest = str_of(list->v[i]), key = str_take(&rest, '=');
		size_t at = i;

		if (!key.n || key.p + key.n == rest.p)
			return fail(k, KML_USAGE, "\"%s\" is not KEY=VALUE", list->v[i]);
		if (!emit_is_utf8(str_of(list->v[i])))
			return fail(k, KML_USAGE, "\"%s\" is not UTF-8", list->v[i]);
		for (; at && str_cmp(v[at - 1].key, key) > 0; at--)
			v[at] = v[at - 1];
		if (at && str_eq(v[at - 1].key, key))
			return fail(k, KML_USAGE, "\"%.*s\" is given twice", FMT(key));
		v[at] = (struct compose_pair){ key, rest };
	}
	*out = v;
	return 0;
}

/* SOURCE_DATE_EPOCH: the time to write instead of 1970. */
static int derived_epoch(struct kml *k, uint64_t *out)
{
	const char *text = env_get("SOURCE_DATE_EPOCH");

	*out = 0;
	if (text && !str_uint(str_of(text), out))
		return fail(k, KML_USAGE, "SOURCE_DATE_EPOCH is \"%s\", not seconds since 1970", text);
	return 0;
}

static int derived_options(struct kml *k, struct scope *s, const struct derived *a,
                           const struct registries *registries, struct derive_options *o)
{
	struct remote_options *remote = new(s, struct remote_options);
	int r;

	if (a->quiet)
		k->log = NULL;
	*o = (struct derive_options){
		.target = a->output, .remote = remote, .nlabels = a->labels.n,
		.nannotations = a->annotations.n,
		.jobs = a->jobs > 0 ? a->jobs > 64 ? 64 : (int)a->jobs : 0,
	};
	if ((r = derived_pairs(k, s, &a->labels, &o->labels)) < 0 ||
	    (r = derived_pairs(k, s, &a->annotations, &o->annotations)) < 0 ||
	    (r = derived_epoch(k, &o->epoch)) < 0)
		return r;
	return registries_options(k, registries, remote);
}

/* The operands; *n says how many. */
static const char *const *derived_operands(char **operands, size_t *n)
{
	for (*n = 0; operands[*n]; ++*n)
		;
	return (const char *const *)operands;
}

static void derived_print(struct scope *s, const struct derived *a, const struct copy_result *r)
{
	struct buf b = { .s = s };

	if (a->json) {
		emit_open(&b, '{');
		emit_pair(&b, "image", str_of(a->output));
		copy_emit(&b, r);
		emit_close(&b, '}');
		printf("%.*s\n", FMT(buf_str(&b)));
	} else if (!a->quiet) {
		printf("%.*s\n", FMT(r->d.digest));
	}
}

#endif
