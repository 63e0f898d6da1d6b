/* build.c - the images that kernels lack are made.
 *
 * The plan (plan.c) says which these are.  For each the modules are found, or made from
 * their sources (make.c), and packed straight to where the rule says.  Kernels are worked
 * on at the same time, the sets of one in order.  What one of them fails with is its own
 * affair: it is told in its row of the plan, and the others go on.
 */
#ifndef KML_BUILD_C
#define KML_BUILD_C

#include "../ground/base.c"
#include "../ground/job.c"
#include "../ground/pool.c"
#include "../ground/process.c"
#include "../ground/progress.c"
#include "make.c"
#include "mapping.c"
#include "pack.c"
#include "plan.c"
#include "reach.c"
#include "wild.c"

struct build_options {
	const struct remote_options *remote;
	const char *work;               /* NULL: .kml beside the kml.ini */
	const char *program;            /* the kml for the images; NULL: this one */
	uint64_t epoch;
	bool again;                     /* make modules anew, whatever is there */
};

/* One image to be made; a worker may keep nothing but what it writes here. */
struct build_image {
	struct plan_row *row;
	struct str target;              /* what no other may write to: the image, or its archive */
	int r;
	char digest[DIGEST_TEXT + 1], why[sizeof ((struct kml *)0)->msg];
};

struct build {
	const struct build_options *o;
	struct plan *plan;
	struct build_image *v;          /* those for one kernel are neighbours */
	size_t *kernels, n;             /* where those of each begin, and an end */
	struct progress progress;
	_Atomic uint64_t nothing;       /* bytes that were moved */
};

/* ---- one image ----------------------------------------------------------- */

/* The modules that are there already. */
static int build_find(struct kml *k, struct scope *s, const struct resolved *rule,
                      struct pack_options *o)
{
	struct resolved_list list = resolved_list_of(s, rule->values[RESOLVED_MODULES].text);
	struct buf found = { .s = s };

	for (size_t i = 0; i < list.n; i++) {
		const char *dir = *list.v[i] == '/' ? "" : rule->base;
		size_t before = found.n;
		int r = wild_find(k, s, dir, str_of(list.v[i]), &found);

		if (r < 0)
			return r;
		if (found.n == before)
			return fail(k, KML_FAIL, "no modules: there is no %s%s", dir, list.v[i]);
	}
	o->modules = (const char *const *)(void *)found.p;
	o->nmodules = found.n / sizeof *o->modules;
	return 0;
}

static int build_make(struct kml *k, struct scope *s, const struct build *b,
                      struct make_room *room, const struct resolved *rule,
                      struct pack_options *o)
{
	const char *work = b->o->work ? b->o->work : scope_format(s, "%s.kml", rule->base);
	const char **v = news(s, const char *, 1);
	struct make m = { .room = room, .rule = rule, .again = b->o->again };
	int r;

	if ((r = process_absolute(k, s, work, &room->work)) < 0)
		return r;
	if ((r = make_run(k, s, &m)) < 0 && m.log) {
		const char *why = scope_text(s, str_of(k->msg));

		say(k, "%s (see %s)", why, m.log);
	}
	v[0] = m.modules;
	o->modules = v;
	o->nmodules = 1;
	return r;
}

/* Where the modules of the image come from. */
static int build_modules(struct kml *k, struct scope *s, const struct build *b,
                         struct make_room *room, const struct resolved *rule,
                         struct pack_options *o)
{
	const struct resolved_value *from = rule->values;

	if (from[RESOLVED_MODULES].text)
		return build_find(k, s, rule, o);
	if (from[RESOLVED_SOURCES].text)
		return build_make(k, s, b, room, rule, o);
	if (from[RESOLVED_DOCKERFILE].text)     /* the place for images of builders */
		return fail(k, KML_USAGE, "kml runs no Dockerfile yet; say sources = DIR in [build], or "
		            "modules = FILES for what another builder made");
	return fail(k, KML_USAGE, "[build] says neither modules nor sources to make it from");
}

static int build_pack(struct kml *k, struct scope *s, const struct build *b,
                      const struct resolved *rule, struct pack_options *o, struct str *digest)
{
	struct pack_result result;
	const char *base = rule->values[RESOLVED_BASE].text;
	const char *firmware = rule->values[RESOLVED_FIRMWARE_FILES].text;
	int r;

	if (firmware && (!rule->firmware || !rule->firmware[1]))
		return fail(k, KML_USAGE, "firmware-files need a directory of the image: say firmware = /DIR");
	if (rule->firmware && !firmware && (!base || !strcmp(base, "scratch")))
		return fail(k, KML_USAGE, "the image would have no firmware in %s: say firmware-files = "
		            "DIR in [build], or a base that has some", rule->firmware);
	if (firmware)
		o->firmware = scope_format(s, "%s%s", *firmware == '/' ? "" : rule->base, firmware);
	o->firmware_dir = rule->firmware;
	o->name = rule->name;
	o->kernel = rule->kernel;
	o->dir = rule->dir;
	o->program = b->o->program;
	o->order = rule->order.v;
	o->norder = rule->order.n;
	o->to.epoch = b->o->epoch;
	if ((base && (r = reach_find(k, s, rule, base, b->o->remote, &o->base,
	                             &o->to.remote)) < 0) ||
	    (r = reach_find(k, s, rule, rule->image, b->o->remote, &o->to.target,
	                    &o->to.remote)) < 0 ||
	    (r = pack_run(k, s, o, &result)) < 0)
		return r;
	*digest = result.done.d.digest;
	return 0;
}

static int build_image(struct kml *k, struct scope *s, const struct build *b,
                       struct make_room *room, struct build_image *image)
{
	struct pack_options o = { 0 };
	struct resolved *rule = new(s, struct resolved);
	struct str digest = { 0 };
	int r;

	if ((r = mapping_resolve(k, s, image->row->m, image->row->kernel, rule)) < 0 ||
	    (r = build_modules(k, s, b, room, rule, &o)) < 0 ||
	    (r = build_pack(k, s, b, rule, &o, &digest)) < 0)
		return r;
	snprintf(image->digest, sizeof image->digest, "%.*s", FMT(digest));
	return 0;
}

/* All that is missing for a kernel. */
static int build_kernel(struct kml *k, struct scope *s, size_t i, void *arg)
{
	struct build *b = arg;
	struct scope *t = scope_begin(s);
	struct make_room room = { 0 };

	for (size_t j = b->kernels[i]; j < b->kernels[i + 1]; j++) {
		struct build_image *image = &b->v[j];

		if (image->r == 0 && (image->r = build_image(k, t, b, &room, image)) < 0)
			memcpy(image->why, k->msg, sizeof image->why);
	}
	(void)make_leave(k, t, &room);
	scope_end(t);
	b->progress.ended++;
	return 0;
}

/* ---- all of them --------------------------------------------------------- */

static int build_target_cmp(const void *a, const void *b)
{
	const struct build_image *x = *(struct build_image *const *)a;
	const struct build_image *y = *(struct build_image *const *)b;
	int r = str_cmp(x->target, y->target);

	return r ? r : (x > y) - (x < y);
}

/* Refuse what would be written over an image of the same run. */
static void build_collisions(struct kml *k, struct scope *s, struct build *b)
{
	struct build_image **v = news(s, struct build_image *, b->n);

	for (size_t i = 0; i < b->n; i++) {
		v[i] = &b->v[i];
		v[i]->target = reach_target(k, s, v[i]->row->m->base, v[i]->row->image);
	}
	if (b->n)
		qsort(v, b->n, sizeof *v, build_target_cmp);
	for (size_t i = 1; i < b->n; i++) {
		const struct build_image *x = v[i - 1];
		struct str rest = x->target, kind = str_take(&rest, ':');

		if (!str_eq(x->target, v[i]->target))
			continue;
		v[i]->r = fail(k, KML_BAD, "%.*s is also for kernel %s; %s", FMT(x->target),
		               x->row->kernel, str_ends(kind, S("-archive")) ? "an archive holds "
		               "one image: let its name have ${KERNEL_FULL_VERSION} in it" :
		               "an image is for one kernel");
		memcpy(v[i]->why, k->msg, sizeof v[i]->why);
	}
}

static int build_all(struct kml *k, struct scope *s, void *arg)
{
	struct build *b = arg;

	return pool_run(k, s, (size_t)b->progress.things, build_kernel, b);
}

/* Tell the rows what became of them. */
static void build_settle(struct build *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct plan_row *row = b->v[i].row;

		b->plan->count[row->state]--;
		row->state = b->v[i].r < 0 ? PLAN_FAILED : PLAN_BUILT;
		b->plan->count[row->state]++;
		row->error = b->v[i].r;
		row->reason = *b->v[i].why ? b->v[i].why : NULL;
		row->digest = str_of(b->v[i].digest);
	}
}

/* Make all images that are missing in the plan, or of which it does not know. */
static int build_run(struct kml *k, struct scope *s, const struct build_options *o,
                     struct plan *plan)
{
	struct build b = { .o = o, .plan = plan };
	size_t most = plan->count[PLAN_MISSING] + plan->count[PLAN_MAPPED];
	int r;

	b.v = news(s, struct build_image, most);
	b.kernels = news(s, size_t, most + 1);
	b.progress = (struct progress){ .label = "", .unit = "kernels", .moved = &b.nothing };
	for (size_t i = 0; i < plan->n; i++) {
		struct plan_row *row = &plan->v[i];

		if (row->state != PLAN_MISSING && row->state != PLAN_MAPPED)
			continue;
		if (!b.n || b.v[b.n - 1].row->kernel != row->kernel)
			b.kernels[b.progress.things++] = b.n;
		b.v[b.n++].row = row;
	}
	b.kernels[b.progress.things] = b.n;
	build_collisions(k, s, &b);
	job_guard();
	if ((r = progress_run(k, &b.progress, STDERR_FILENO, build_all, &b)) == 0)
		build_settle(&b);
	return r;
}

#endif
