/* pin.c - what goes into kml.lock: the images of a plan, looked into.
 *
 * For each row whose image is there, the manifest for its kernel and a machine is found,
 * and the layers of that kernel are read as kml load reads them: to the last byte, against
 * their digests, each module against its name and the kernel's.  What the lock says is
 * what was seen so.
 */
#ifndef KML_PIN_C
#define KML_PIN_C

#include "../ground/base.c"
#include "../ground/process.c"
#include "../image/image.c"
#include "lock.c"
#include "mapping.c"
#include "node.c"
#include "plan.c"
#include "steps.c"

struct pin {
	const struct image_platform *platform;
	const char *base;               /* of the lock's file: "" or ending in '/' */
	struct lock_entry *v;           /* by image */
};

static const char *pin_field(struct scope *s, const struct modinfo *info, struct str key)
{
	size_t at = 0;

	return scope_text(s, modinfo_next(info, key, &at));
}

static int pin_modules(struct kml *k, struct scope *s, struct node *n, struct lock_entry *e)
{
	struct steps *l = &n->steps;
	int r = 0;

	e->modules = news(s, struct lock_module, l->nown);
	for (size_t i = 0; r == 0 && i < l->nown; i++) {
		struct steps_module *m = &l->own[i];

		if ((r = steps_know(k, l, m)) < 0)
			break;
		e->modules[e->nmodules++] = (struct lock_module){ scope_text(s, m->name),
			scope_text(s, m->file), pin_field(s, &m->info, S("srcversion")) };
		if (str_eq(m->name, modname_of_path(l->s, str_of(e->name))))
			e->vermagic = pin_field(s, &m->info, S("vermagic"));
	}
	for (size_t i = 0; r == 0 && i < e->order.n; i++)
		if (!steps_own(l, modname_of_path(l->s, str_of(e->order.v[i]))))
			r = fail(k, KML_BAD, "image %s has no module %s", e->image, e->order.v[i]);
	return r;
}

static struct resolved_list pin_list(struct scope *s, const struct resolved_list *from)
{
	struct resolved_list l = { news(s, const char *, from->n), from->n };

	for (size_t i = 0; i < l.n; i++)
		l.v[i] = scope_text(s, str_of(from->v[i]));
	return l;
}

/* The reference as seen from the lock, where it is not beside the kml.ini. */
static const char *pin_reference(struct kml *k, struct scope *s, const struct pin *p,
                                 const struct plan_image *image)
{
	const struct plan_row *row = image->row;
	struct str rest = str_of(row->image), kind;
	const char *path;

	if (image->ref.kind == REF_REGISTRY || image->ref.path.p[0] == '/' ||
	    !strcmp(row->m->base, p->base))
		return row->image;
	kind = str_take(&rest, ':');
	path = scope_format(s, "%s%.*s", row->m->base, FMT(rest));
	(void)process_absolute(k, s, path, &path);
	return scope_format(s, "%.*s:%s", FMT(kind), path);
}

static void pin_rule(struct kml *k, struct scope *s, const struct pin *p,
                     const struct plan_image *image, const struct resolved *rule,
                     struct lock_entry *e)
{
	*e = (struct lock_entry){
		.kernel = image->row->kernel, .name = image->row->set, .rule = image->row->rule,
		.image = pin_reference(k, s, p, image), .dir = scope_text(s, str_of(rule->dir)),
		.tls = rule->plain ? rule->unverified ? "insecure skip-verify" : "insecure" :
			rule->unverified ? "skip-verify" : "",
		.parameters = scope_text(s, str_of(rule->parameters)),
		.firmware = scope_text(s, str_of(rule->firmware ? rule->firmware : "")),
		.order = pin_list(s, &rule->order), .replaces = pin_list(s, &rule->replaces),
		.vermagic = "",
	};
}

/* Look into one image. */
static int pin_image(struct kml *k, struct scope *s, struct scope *t, const struct store *st,
                     struct plan_look *l, size_t i)
{
	const struct pin *p = l->arg;
	const struct plan_image *image = &l->images[i];
	struct image_platform want = *p->platform;
	struct lock_entry *e = &p->v[i];
	struct node *n = new(t, struct node);
	int r = mapping_resolve(k, t, image->row->m, image->row->kernel, &n->rule);

	if (r < 0)
		return r;
	pin_rule(k, s, p, image, &n->rule, e);
	n->kernel = e->kernel;
	n->steps = (struct steps){ .s = t, .kernel = e->kernel };
	want.kernel = str_of(e->kernel);
	if ((r = image_open(k, t, st, image->row->digest, &want, &n->image)) < 0)
		return r;
	e->digest = scope_text(s, n->image.self.digest);
	e->size = node_size(n);
	if ((r = node_read(k, t, n)) < 0 || (r = pin_modules(k, s, n, e)) < 0)
		return r;
	return 0;
}

/* Make the entries of a lock, sorted, of the rows whose images are there; `base` is where
 * its file will be.  All are looked into; the first in order that fails is the failure. */
static int pin_plan(struct kml *k, struct scope *s, const struct plan *plan, const char *base,
                    const struct image_platform *platform, const struct remote_options *o,
                    int jobs, struct lock *out)
{
	struct pin p = { .platform = platform, .base = base };
	struct plan_look look = { .o = o, .fn = pin_image, .arg = &p };
	struct plan_row **rows;
	size_t n;
	int r;

	rows = plan_sort(s, plan, &n);
	if ((r = plan_images(k, s, rows, n, false, &look)) < 0)
		return r;
	*out = (struct lock){ .v = news(s, struct lock_entry, n), .n = n };
	p.v = out->v;
	if ((r = plan_each(k, s, &look, jobs)) < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		const struct plan_image *image = plan_outcome(&look, i);

		if (image->r < 0)
			return fail(k, image->r == KML_NOTFOUND ? KML_ABSENT : image->r, "kernel %s: %s",
			            image->row->kernel, image->why);
	}
	if (n)
		qsort(out->v, n, sizeof *out->v, lock_cmp);
	return 0;
}

#endif
