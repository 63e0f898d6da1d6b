/* plan.c - the matrix: which image each kernel of a list is to have, and is it there?
 *
 * For each kernel and each kml.ini there is a row.  What a rule maps a kernel to is asked
 * of the store that the image is in: a layout or an archive is read once, a registry is
 * asked by several workers at the same time, each with connections of its own, for each
 * image once, however many rows have it.
 *
 * A store that refuses, or does not answer, is not asked again for the rows behind that
 * one: a dead registry costs one timeout, a wrong password one refusal, and what comes
 * out does not depend on which worker was faster.  That a tag is absent is no failure.
 */
#ifndef KML_PLAN_C
#define KML_PLAN_C

#include "../ground/base.c"
#include "../ground/pool.c"
#include "../format/ref.c"
#include "../image/folder.c"
#include "kernels.c"
#include "mapping.c"
#include "reach.c"
#include "resolved.c"

enum plan_state {
	PLAN_MAPPED,                    /* nobody has looked */
	PLAN_EXISTS, PLAN_MISSING, PLAN_BUILT, PLAN_SKIPPED, PLAN_UNMAPPED, PLAN_FAILED, PLAN_STATES
};

static const char *const plan_words[PLAN_STATES] = {
	"mapped", "exists", "missing", "built", "skipped", "unmapped", "error",
};

struct plan_row {
	const struct mapping *m;
	const char *kernel, *normal;
	const char *set;                /* the module to load, or where none is said the file */
	const char *rule, *image;       /* NULL where none is for the kernel */
	const char *way, *from;         /* how it is made: "modules" and where; NULL: unsaid */
	const char *reason;             /* why it is not there; NULL where that is plain */
	const char *twin;               /* another kernel that has the image, normalised alike */
	struct str digest;              /* what the image's tag names */
	bool plain, unverified;         /* tls, as in struct resolved */
	enum plan_state state;
	int error;                      /* of PLAN_FAILED */
};

struct plan {
	struct plan_row *v;
	size_t n, count[PLAN_STATES];
};

/* ---- what the rules say -------------------------------------------------- */

static void plan_way(struct scope *s, const struct resolved *rule, struct plan_row *row)
{
	for (int i = RESOLVED_MODULES; i <= RESOLVED_DOCKERFILE; i++)
		if (rule->values[i].text && *rule->values[i].text) {
			row->way = resolved_fields[i].key;
			row->from = scope_text(s, str_of(rule->values[i].text));
		}
}

/* The name of the set: where no rule says, that of the file. */
static const char *plan_set(struct scope *s, const struct mapping *m, const struct resolved *rule)
{
	const struct settings_entry *name = settings_get(settings_find(&m->set, "module"), "name");

	return rule->name ? scope_text(s, str_of(rule->name)) :
		name ? scope_text(s, name->value) : m->file;
}

static void plan_resolve(struct kml *k, struct scope *s, struct plan_row *row)
{
	struct scope *t = scope_begin(s);
	struct resolved rule;
	struct ref ref;
	int r = mapping_resolve(k, t, row->m, row->kernel, &rule);
	const struct settings_entry *skip;

	if (r == 0 && ref_parse(k, t, str_of(rule.image), &ref) < 0)
		r = settings_at(k, KML_BAD, &row->m->set, rule.values[RESOLVED_IMAGE].from.line);

	row->rule = rule.rule;
	row->set = plan_set(s, row->m, &rule);
	if (r == 0) {
		row->normal = scope_text(s, str_of(rule.normal));
		row->image = scope_text(s, str_of(rule.image));
		row->plain = rule.plain;
		row->unverified = rule.unverified;
		plan_way(s, &rule, row);
	} else if (r != KML_UNMAPPED) {
		row->state = PLAN_FAILED;
		row->error = r;
		row->reason = scope_text(s, str_of(k->msg));
	} else if (rule.rule) {
		skip = rule.tried[rule.ntried - 1].rule->skip;
		row->state = PLAN_SKIPPED;
		row->reason = skip->value.p;
	} else {
		row->state = PLAN_UNMAPPED;
		row->reason = "no rule covers it";
	}
	scope_end(t);
}

/* ---- images, by the store that they are in ------------------------------- */

struct plan_image {
	struct plan_row *row;           /* one that has it */
	struct ref ref;
	size_t store;
	int r;
	const char *why;
	struct str digest;
};

struct plan_store {
	bool done;                      /* all its images were asked for */
	size_t from, to;                /* which they are */
	_Atomic size_t failed;          /* the first of them that was refused; `to`: none */
};

struct plan_look;

/* Do what is to be done with image `i` of the list, in its store.  `s` lives as long as
 * that list, `t` does not. */
typedef int plan_fn(struct kml *k, struct scope *s, struct scope *t, const struct store *st,
                    struct plan_look *l, size_t i);

struct plan_look {
	const struct remote_options *o;
	plan_fn *fn;
	void *arg;                      /* for it */
	struct plan_image *images;
	struct plan_store *stores;
	size_t n, nstores;
	_Atomic size_t next;
};

static int plan_row_cmp(const void *a, const void *b)
{
	const struct plan_row *x = *(struct plan_row *const *)a, *y = *(struct plan_row *const *)b;
	int r = x->m != y->m ? (x->m < y->m ? -1 : 1) : strcmp(x->image, y->image);

	if (!r)
		r = 2 * (x->plain - y->plain) + x->unverified - y->unverified;
	if (!r)
		r = strcmp(x->normal, y->normal);
	return r ? r : (x > y) - (x < y);
}

static bool plan_same_image(const struct plan_row *a, const struct plan_row *b)
{
	return a->m == b->m && !strcmp(a->image, b->image) && a->plain == b->plain &&
	       a->unverified == b->unverified;
}

static bool plan_same_store(const struct plan_image *a, const struct plan_image *b)
{
	return a->row->m == b->row->m && a->row->plain == b->row->plain &&
	       a->row->unverified == b->row->unverified && a->ref.kind == b->ref.kind &&
	       !a->ref.digest.n == !b->ref.digest.n && str_eq(a->ref.host, b->ref.host) &&
	       str_eq(a->ref.path, b->ref.path);
}

/* Sort the rows that have an image by it; name those that normalisation made alike. */
static struct plan_row **plan_sort(struct scope *s, const struct plan *p, size_t *n)
{
	struct plan_row **v = news(s, struct plan_row *, p->n);

	*n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].image)
			v[(*n)++] = &p->v[i];
	if (*n)
		qsort(v, *n, sizeof *v, plan_row_cmp);
	for (size_t i = 1; i < *n; i++)
		if (plan_same_image(v[i - 1], v[i]) && !strcmp(v[i - 1]->normal, v[i]->normal))
			v[i]->twin = v[i - 1]->twin ? v[i - 1]->twin : v[i - 1]->kernel;
	return v;
}

/* List the images of the rows, which are sorted; `once`: each once. */
static int plan_images(struct kml *k, struct scope *s, struct plan_row **rows, size_t n,
                       bool once, struct plan_look *out)
{
	out->images = news(s, struct plan_image, n);
	out->stores = news(s, struct plan_store, n);
	for (size_t i = 0; i < n; i++) {
		struct plan_image *image = &out->images[out->n];
		int r;

		if (i && once && plan_same_image(rows[i - 1], rows[i]))
			continue;
		image->row = rows[i];
		if ((r = ref_parse(k, s, str_of(rows[i]->image), &image->ref)) < 0)
			return r;
		if (!out->n || !plan_same_store(image - 1, image))
			out->stores[out->nstores++].from = out->n;
		image->store = out->nstores - 1;
		out->stores[image->store].to = ++out->n;
		out->stores[image->store].failed = out->n;
	}
	return 0;
}

static struct str plan_name(const struct plan_image *image)
{
	return image->ref.digest.n ? image->ref.digest : image->ref.tag;
}

static int plan_open(struct kml *k, struct scope *s, const struct plan_look *l, size_t i,
                     struct transport_end *out)
{
	const struct plan_row *row = l->images[i].row;
	const struct resolved rule = { .set = &row->m->set, .base = row->m->base,
		.image = row->image, .plain = row->plain, .unverified = row->unverified };

	return reach_open(k, s, &rule, row->image, l->o, TRANSPORT_READ, out);
}

/* Note what came of image `i`. */
static void plan_answer(struct kml *k, struct scope *s, struct plan_look *l, size_t i, int r)
{
	struct plan_image *image = &l->images[i];
	_Atomic size_t *failed = &l->stores[image->store].failed;
	size_t first = *failed;

	image->r = r;
	if (r < 0)
		image->why = scope_text(s, str_of(k->msg));
	if (r == KML_FAIL || r == KML_UNREACHABLE || r == KML_UNTRUSTED)
		while (i < first && !atomic_compare_exchange_strong(failed, &first, i))
			;
}

/* One worker: it takes images until there are no more, and has one store open. */
static int plan_worker(struct kml *k, struct scope *s, size_t number, void *arg)
{
	struct plan_look *l = arg;
	const struct plan_store *at = NULL;
	struct scope *home = scope_begin(s);
	struct transport_end end;
	size_t i;
	int opened = 0;

	(void)number;
	while ((i = l->next++) < l->n) {
		const struct plan_store *st = &l->stores[l->images[i].store];
		struct scope *t;

		if (st->done || st->failed < i)
			continue;
		if (at != st || opened < 0) {
			scope_clear(home);
			opened = plan_open(k, home, l, i, &end);
			at = st;
		}
		t = scope_begin(home);
		plan_answer(k, s, l, i, opened < 0 ? opened : l->fn(k, s, t, &end.store, l, i));
		scope_end(t);
	}
	return 0;
}

enum { PLAN_JOBS = 16, PLAN_JOBS_MOST = 64 };

/* How many workers there are to be when a user wants `n`; below 1: as many as usual. */
static int plan_jobs(long n)
{
	return n < 1 ? PLAN_JOBS : n > PLAN_JOBS_MOST ? PLAN_JOBS_MOST : (int)n;
}

/* Do what is to be done with all images, `jobs` at a time. */
static int plan_each(struct kml *k, struct scope *s, struct plan_look *l, int jobs)
{
	int was = k->jobs, r;

	k->jobs = jobs;
	r = pool_run(k, s, (size_t)jobs < l->n ? (size_t)jobs : l->n, plan_worker, l);
	k->jobs = was;
	return r;
}

/* What came of image `i`, or of the one before it at which its store failed. */
static const struct plan_image *plan_outcome(const struct plan_look *l, size_t i)
{
	size_t first = l->stores[l->images[i].store].failed;

	return &l->images[first < i ? first : i];
}

/* ---- is it there? -------------------------------------------------------- */

static int plan_tag_cmp(const void *a, const void *b)
{
	return str_cmp(descriptor_note(a, LAYOUT_TAG), descriptor_note(b, LAYOUT_TAG));
}

/* All images of a layout, in one look at its index. */
static void plan_ask_layout(struct kml *k, struct scope *s, struct plan_look *l,
                            struct plan_store *st, const struct layout *layout)
{
	struct manifest index = { 0 };
	int r = layout_index(k, s, layout, &index);

	if (r == 0 && index.nmanifests)
		qsort(index.manifests, index.nmanifests, sizeof *index.manifests, plan_tag_cmp);
	for (size_t i = st->from; i < st->to; i++) {
		struct descriptor_note note = { LAYOUT_TAG, l->images[i].ref.tag };
		struct descriptor key = { .notes = &note, .nnotes = 1 }, *d = NULL;

		if (r == 0 && index.nmanifests)
			d = bsearch(&key, index.manifests, index.nmanifests, sizeof *d, plan_tag_cmp);
		if (d)
			l->images[i].digest = d->digest;
		plan_answer(k, s, l, i, r < 0 ? r : d ? 0 :
		            fail(k, KML_NOTFOUND, "%s: no such tag", layout->dir));
	}
}

static int plan_ask(struct kml *k, struct scope *s, struct scope *t, const struct store *st,
                    struct plan_look *l, size_t i)
{
	struct descriptor d;
	int r = st->kind->resolve(k, t, st->self, plan_name(&l->images[i]), &d);

	if (r == 0)
		l->images[i].digest = scope_str(s, d.digest);
	return r;
}

/* Ask a store that is here for all its images. */
static void plan_ask_here(struct kml *k, struct scope *s, struct plan_look *l,
                          struct plan_store *st)
{
	const struct ref *ref = &l->images[st->from].ref;
	struct transport_end end;
	int r;

	if (ref->kind == REF_REGISTRY)
		return;
	st->done = true;
	r = plan_open(k, s, l, st->from, &end);
	if (r == 0 && ref->kind == REF_LAYOUT && !ref->digest.n) {
		plan_ask_layout(k, s, l, st, end.store.self);
		return;
	}
	for (size_t i = st->from; i < st->to; i++)
		plan_answer(k, s, l, i, r < 0 ? r : plan_ask(k, s, s, &end.store, l, i));
}

/* Find out which of the images of the rows are there, by `jobs` workers. */
static int plan_check(struct kml *k, struct scope *s, struct plan_row **rows, size_t n,
                      const struct remote_options *o, int jobs)
{
	struct plan_look look = { .o = o, .fn = plan_ask };
	int r = plan_images(k, s, rows, n, true, &look);

	for (size_t i = 0; r == 0 && i < look.nstores; i++)
		plan_ask_here(k, s, &look, &look.stores[i]);
	if (r == 0)
		r = plan_each(k, s, &look, jobs);
	for (size_t i = 0, at = 0; r == 0 && i < n; i++) {
		const struct plan_image *image;

		at += i && !plan_same_image(rows[i - 1], rows[i]);
		image = plan_outcome(&look, at);
		rows[i]->state = image->r == 0 ? PLAN_EXISTS :
			image->r == KML_NOTFOUND ? PLAN_MISSING : PLAN_FAILED;
		rows[i]->error = rows[i]->state == PLAN_FAILED ? image->r : 0;
		rows[i]->digest = image->digest;
		rows[i]->reason = image->why;
	}
	return r;
}

/* Fill *out with what all kernels are to have; with `jobs`, as many at a time, look
 * whether it is there.  That some could not be told is for their rows to say. */
static int plan_make(struct kml *k, struct scope *s, const struct mappings *all,
                     const struct kernels *kernels, const struct remote_options *o, int jobs,
                     struct plan *out)
{
	struct plan_row **rows;
	size_t n;
	int r = 0;

	*out = (struct plan){ .v = news(s, struct plan_row, all->n * kernels->n) };
	mapping_prepare(s, all, kernels->n);
	for (size_t i = 0; i < kernels->n; i++)
		for (size_t j = 0; j < all->n; j++) {
			out->v[out->n].m = &all->v[j];
			out->v[out->n].kernel = kernels->v[i];
			plan_resolve(k, s, &out->v[out->n++]);
		}
	rows = plan_sort(s, out, &n);
	if (jobs)
		r = plan_check(k, s, rows, n, o, jobs);
	for (size_t i = 0; i < out->n; i++)
		out->count[out->v[i].state]++;
	return r;
}

/* Say how many rows there are of each state, and which kernels have one tag. */
static void plan_sum(struct kml *k, struct scope *s, const struct plan *p)
{
	struct buf b = { .s = s };

	for (int i = 0; i < PLAN_STATES; i++)
		if (p->count[i])
			buf_format(&b, "%s%s: %zu", b.n ? ", " : "", plan_words[i], p->count[i]);
	note(k, KML_INFO, "%.*s", FMT(b.n ? buf_str(&b) : S("no kernels")));
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].twin)
			note(k, KML_WARNING, "kernels %s and %s have one tag when they are normalised: %s",
			     p->v[i].twin, p->v[i].kernel, p->v[i].image);
}

/* What a row failed with: first of all that a registry does not answer.  `what` says what
 * failing is. */
static int plan_result(struct kml *k, const struct plan *p, const char *what)
{
	const struct plan_row *worst = NULL;
	bool mixed = false;

	for (size_t i = 0; i < p->n; i++) {
		const struct plan_row *row = &p->v[i];

		mixed |= row->error && worst && row->error != worst->error;
		if (row->error && (!worst || (row->error == KML_UNREACHABLE &&
		                              worst->error != KML_UNREACHABLE)))
			worst = row;
	}
	if (!worst)
		return 0;
	mixed |= worst->error < KML_UNDONE || worst->error == KML_USAGE;
	return fail(k, worst->error == KML_UNREACHABLE || !mixed ? worst->error : KML_FAIL,
	            "%zu of %zu %s; the first: kernel %s: %s", p->count[PLAN_FAILED], p->n, what,
	            worst->kernel, worst->reason);
}

#endif
