/* node.c - a node's part: the running kernel, its image, the modules in it.
 *
 *     uname -r ─ kml.ini ─ image ─ layers of this kernel ─ modules ─ the kernel
 *
 * The modules go from the verified layer through memory into the kernel.  Written
 * are the record in /run/kml, firmware, and what came from a registry (depot.c); a
 * machine that has no place for them is told so and served all the same.
 *
 * What is loaded and is not what the kernel's image would bring (drift.c) stays as it
 * is, and is an error; to reload is to take it out and load anew, and what was there
 * before is loaded again when that fails.
 */
#ifndef KML_NODE_C
#define KML_NODE_C

#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../format/kver.c"
#include "../image/image.c"
#include "../module/forbid.c"
#include "../module/tree.c"
#include "depot.c"
#include "drift.c"
#include "firmware.c"
#include "load.c"
#include "lock.c"
#include "mapping.c"
#include "reach.c"
#include "state.c"

enum { NODE_TRIES = 2 };        /* to ask a registry, when there is an image for it here */

struct node_options {
	const struct remote_options *remote;
	const char *depot;              /* where images of registries are kept; NULL: nowhere */
	const char *firmware;           /* point the kernel there; NULL: only if it looks nowhere */
	bool reload;
	bool plan;                      /* that is all: nothing is written */
};

/* What says what the kernel is to load: a kml.ini, or an entry of a lock, and then what the
 * kml.ini, which may be NULL, says of registries. */
struct node_what {
	const struct mapping *m;
	const struct lock *lock;
	const struct lock_entry *e;
};

struct node {
	const struct node_options *o;
	const char *kernel;
	struct resolved rule;
	struct transport_end end;
	struct depot depot;
	struct store store;             /* what the image is read from */
	struct image image;
	struct steps steps;
	struct layer_file *firmware;
	size_t nfirmware;
	struct str firmware_dir;
};

/* ---- from the mapping to a plan ------------------------------------------ */

/* The image's tag in the depot: its reference, or, as one with a digest is another each
 * time, what it is for. */
static struct str node_tag(struct scope *s, const struct node *n, const struct ref *ref)
{
	return str_of(ref->digest.n ?
		scope_format(s, "%.*s/%.*s@%s@%s", FMT(ref->host), FMT(ref->path), n->rule.name,
		             n->kernel) :
		scope_format(s, "%.*s/%.*s:%.*s", FMT(ref->host), FMT(ref->path), FMT(ref_tag(ref))));
}

/* Open the image that the rule names, or of its store the one with the digest `name`,
 * for this machine. */
static int node_open(struct kml *k, struct scope *s, struct node *n, struct str name)
{
	struct image_platform here = { .os = S("linux"), .kernel = str_of(n->kernel) };
	struct remote_options remote = *n->o->remote;
	const char *machine = "", *depot = NULL;
	struct ref ref;
	int r = ref_parse(k, s, str_of(n->rule.image), &ref);

	if (r == 0 && ref.kind == REF_REGISTRY)
		depot = n->o->depot;
	if (depot && depot_has(k, s, depot, node_tag(s, n, &ref)))
		remote.http.tries = NODE_TRIES;
	if (r < 0 || (r = kernel_machine(k, s, &machine)) < 0 ||
	    (r = reach_open(k, s, &n->rule, n->rule.image, &remote, TRANSPORT_READ, &n->end)) < 0)
		return r != KML_NOTFOUND ? r :
			fail_in(k, KML_ABSENT, "image %s is not there", n->rule.image);
	here.arch = image_arch(str_of(machine));
	n->store = n->end.store;
	if (depot)
		depot_open(k, s, depot, !n->o->plan, &n->end.store, node_tag(s, n, &ref),
		           &n->depot, &n->store);
	r = image_open(k, s, &n->store, name.n ? name : n->end.name, &here, &n->image);
	if (r == KML_NOTFOUND)
		return fail_in(k, KML_ABSENT, "image %s is not there", n->rule.image);
	return r < 0 ? fail_in(k, r, "image %s", n->rule.image) : 0;
}

/* A directory as the image names it: without a slash at either end. */
static struct str node_inside(const char *path)
{
	struct str dir = str_of(path);

	while (dir.n && dir.p[0] == '/')
		dir = str_from(dir, 1);
	while (dir.n && dir.p[dir.n - 1] == '/')
		dir.n--;
	return dir;
}

/* Where the image has the modules of `kernel`, without a slash at either end. */
static struct str node_modules_dir(struct scope *s, const struct node *n, struct str kernel)
{
	struct str dir = node_inside(n->rule.dir);

	return str_of(scope_format(s, "%.*s%slib/modules/%.*s", FMT(dir), dir.n ? "/" : "",
	                           FMT(kernel)));
}

/* Read the modules, and take them into the plan.  A kernel whose name ends in
 * '+' may have them under its name with it or without. */
static int node_read(struct kml *k, struct scope *s, struct node *n)
{
	struct str raw = str_of(n->kernel), names[2] = { raw, kver_matched(raw) };
	struct layer_file *files;
	size_t count = 0, found = 0, tries = str_eq(names[0], names[1]) ? 1 : 2;
	int r = 0;

	for (size_t i = 0; i < tries && r == 0 && !count; i++) {
		struct str below = node_modules_dir(s, n, names[i]);

		r = image_read(k, s, &n->image, raw, image_want_below, &below, &files, &count);
	}
	for (size_t i = 0; i < count && r == 0; i++)
		if (files[i].type == TAR_FILE && tree_stem(files[i].name).n) {
			steps_add(&n->steps, files[i].name, files[i].data);
			found++;
		}
	if (r == 0 && !found)
		return fail(k, KML_KERNEL, "image %s has no modules for kernel %s (nothing below "
		            "/%.*s)", n->rule.image, n->kernel,
		            FMT(node_modules_dir(s, n, names[0])));
	if (r == KML_NOTFOUND)          /* one of its blobs */
		r = KML_ABSENT;
	return r < 0 ? fail_in(k, r, "image %s", n->rule.image) : 0;
}

/* Read the firmware, if the rule names a directory with some. */
static int node_read_firmware(struct kml *k, struct scope *s, struct node *n)
{
	struct str *below = &n->firmware_dir;
	int r;

	*below = node_inside(n->rule.firmware);
	if (!below->n)
		return fail(k, KML_USAGE, "rule %s: firmware must be a directory of the image, not "
		            "all of it", n->rule.rule);
	r = image_read(k, s, &n->image, str_of(n->kernel), image_want_below, below, &n->firmware,
	               &n->nfirmware);
	if (r == 0 && !n->nfirmware)
		return fail(k, KML_FAIL, "image %s has no firmware below %s", n->rule.image,
		            n->rule.firmware);
	return r < 0 ? fail_in(k, r, "image %s", n->rule.image) : 0;
}

/* Find out all that loading the image of the rule would do; `digest` as above. */
static int node_prepare(struct kml *k, struct scope *s, struct node *n, struct str digest)
{
	int r = node_open(k, s, n, digest);

	if (r < 0)
		return r;
	steps_begin(k, s, &n->steps, n->kernel);
	n->steps.main = modname_of_path(s, str_of(n->rule.name)).p;
	n->steps.params = n->rule.parameters;
	if ((r = node_read(k, s, n)) < 0)
		return r;
	for (size_t i = n->rule.order.n; i-- > 0 && r == 0;)
		r = steps_want(k, &n->steps, n->rule.order.v[i]);
	if (r < 0)
		return fail_in(k, r, "image %s", n->rule.image);
	if (n->rule.firmware && (r = node_read_firmware(k, s, n)) < 0)
		return r;
	depot_keep(k, s, &n->depot, false);
	return 0;
}

/* ---- a lock -------------------------------------------------------------- */

static int node_lock_rule(struct kml *k, struct scope *s, const struct node_what *w,
                          struct node *n)
{
	struct ref ref;
	int r = lock_rule(k, s, w->lock, w->e, &n->rule);

	if (r < 0 || !w->m || (r = ref_parse(k, s, str_of(n->rule.image), &ref)) < 0)
		return r;
	if (ref.kind == REF_REGISTRY) {
		n->rule.set = &w->m->set;
		n->rule.base = w->m->base;
	}
	return 0;
}

/* Is the module in the image as the lock says? */
static int node_check_module(struct kml *k, struct node *n, const struct lock_module *want)
{
	struct steps_module *m = steps_own(&n->steps, str_of(want->name));
	size_t at = 0;
	struct str version;
	int r;

	if (!m || !str_eq(m->file, str_of(want->file)))
		return fail(k, KML_BAD, "has no %s", want->file);
	if ((r = steps_know(k, &n->steps, m)) < 0)
		return r;
	version = modinfo_next(&m->info, S("srcversion"), &at);
	return str_eq(version, str_of(want->srcversion)) ? 0 :
		fail(k, KML_BAD, "%s has srcversion '%.*s', not '%s'", want->file, FMT(version),
		     want->srcversion);
}

/* What is to be fetched to load: the config, and the layers for this kernel. */
static uint64_t node_size(const struct node *n)
{
	uint64_t size = n->image.manifest.config.size;

	for (size_t i = 0; i < n->image.manifest.nlayers; i++)
		if (image_is_for(&n->image, i, str_of(n->kernel)))
			size += n->image.manifest.layers[i].size;
	return size;
}

/* Does the image hold what the lock says, and no more? */
static int node_check_lock(struct kml *k, struct node *n, const struct lock_entry *e)
{
	const struct steps_module *m = steps_own(&n->steps, modname_of_path(n->steps.s,
	                                                                    str_of(e->name)));
	size_t at = 0;
	int r = 0;

	if (n->steps.nown != e->nmodules)
		r = fail(k, KML_BAD, "has %zu modules, not %zu", n->steps.nown, e->nmodules);
	for (size_t i = 0; r == 0 && i < e->nmodules; i++)
		if (lock_module(e, e->modules[i].name) != &e->modules[i])
			r = fail(k, KML_BAD, "does not have %s twice", e->modules[i].name);
		else
			r = node_check_module(k, n, &e->modules[i]);
	if (r == 0 && node_size(n) != e->size)
		r = fail(k, KML_BAD, "has %llu bytes to fetch, not %llu",
		         (unsigned long long)node_size(n), (unsigned long long)e->size);
	if (r == 0 && m && !str_eq(modinfo_next(&m->info, S("vermagic"), &at), str_of(e->vermagic)))
		r = fail(k, KML_BAD, "%s has another vermagic than '%s'", e->name, e->vermagic);
	return r < 0 ? fail_in(k, r, "image %s (%s) is not what the lock says", e->image,
	                       e->digest) : 0;
}

/* ---- a plan -------------------------------------------------------------- */

/* Find out all that loading what `w` says would do, and touch nothing but the depot. */
static int node_plan(struct kml *k, struct scope *s, const struct node_what *w,
                     const struct node_options *o, struct node *n)
{
	int r = kernel_release(k, s, &n->kernel);

	n->o = o;
	if (r < 0)
		return r;
	r = w->e ? node_lock_rule(k, s, w, n) : mapping_resolve(k, s, w->m, n->kernel, &n->rule);
	if (r == 0)
		n->rule.name = state_name(k, s, n->rule.name);
	if (r < 0 || (r = node_prepare(k, s, n, str_of(w->e ? w->e->digest : ""))) < 0)
		return r;
	return w->e ? node_check_lock(k, n, w->e) : 0;
}

/* What there is to load: for each kml.ini, or for each entry of the lock `file` (may be
 * NULL) for the running kernel. */
static int node_find(struct kml *k, struct scope *s, const struct mappings *all, const char *file,
                     struct node_what **out, size_t *n)
{
	struct lock *lock = new(s, struct lock);
	const struct lock_entry *e;
	const char *kernel;
	int r = file ? lock_read(k, s, file, lock) : 0;

	*n = 0;
	*out = news(s, struct node_what, file ? lock->n : all->n);
	for (; !file && *n < all->n; ++*n)
		(*out)[*n] = (struct node_what){ .m = &all->v[*n] };
	if (r < 0 || !file || (r = kernel_release(k, s, &kernel)) < 0)
		return r;
	e = lock_find(lock, kernel, NULL);
	for (; e && e < lock->v + lock->n && !strcmp(e->kernel, kernel); e++)
		(*out)[(*n)++] = (struct node_what){ all->n ? &all->v[0] : NULL, lock, e };
	return *n ? 0 : fail(k, KML_UNMAPPED, "%s: has no entry for kernel %s", file, kernel);
}

/* The same for loading again what is loaded now, as `st` says. */
static int node_recall(struct kml *k, struct scope *s, const struct node *now,
                       const struct state *st, struct node *n)
{
	struct resolved_list order = { news(s, const char *, st->modules.n), st->modules.n };
	int r;

	if (!st->dir)
		return fail(k, KML_FAIL, "an older kml did not record how it was loaded");
	for (size_t i = 0; i < order.n; i++)
		order.v[i] = st->modules.v[order.n - 1 - i];
	*n = (struct node){ .o = now->o, .kernel = now->kernel, .rule = now->rule };
	n->rule.image = st->image;
	n->rule.dir = st->dir;
	n->rule.firmware = st->source;
	n->rule.parameters = "";
	n->rule.order = order;
	n->rule.replaces = (struct resolved_list){ st->replaced.v, st->replaced.n };
	r = node_prepare(k, s, n, str_of(st->digest));
	for (size_t i = 0; r == 0 && i < n->steps.n; i++) {
		const char *given = state_about(&st->given, n->steps.v[i].name);

		n->steps.v[i].params = given ? given : n->steps.v[i].params;
	}
	return r;
}

/* ---- what is there already ----------------------------------------------- */

static bool node_all_there(struct kml *k, struct scope *s, const struct state_names *modules)
{
	for (size_t i = 0; i < modules->n; i++)
		if (live_state(k, s, str_of(modules->v[i])) != LIVE_THERE)
			return false;
	return true;
}

/* How what is loaded, as `st` says, differs from what would be; empty: it does not. */
static struct str node_drift(struct kml *k, struct scope *s, struct node *n,
                             const struct state *st)
{
	struct buf b = { .s = s };
	struct str path;

	if (!str_eq(str_of(st->digest), n->image.self.digest)) {
		drift_say(&b, "it is loaded from another image (%s)", st->digest);
		return buf_str(&b);
	}
	for (size_t i = 0; i < st->modules.n; i++)
		drift_of_state(k, s, st, st->modules.v[i], &b);
	(void)drift_of_firmware(k, s, st, &b);
	drift_of_rule(k, s, st, &n->rule, &n->steps, &b);
	if (n->rule.firmware && n->o->firmware && firmware_path(k, s, &path) == 0 &&
	    !str_eq(path, str_of(n->o->firmware)))
		drift_say(&b, "the kernel looks for firmware in \"%.*s\", not in %s", FMT(path),
		          n->o->firmware);
	for (size_t i = 0; i < n->steps.n && !b.n; i++)
		if (n->steps.v[i].own)
			drift_of_step(k, s, st, &n->steps.v[i], &b);
	return buf_str(&b);
}

/* What an earlier load left: 1 when there is nothing more to do.  One that was
 * cut short is taken back first; one that is to be reloaded is *old, else that has no
 * digest. */
static int node_before(struct kml *k, struct scope *s, struct node *n, struct state *old)
{
	struct str drift;
	int r = state_read(k, s, n->rule.name, old);

	if (r < 0) {
		old->digest = NULL;
		return r == KML_NOTFOUND ? 0 : r;
	}
	if (!old->loading && node_all_there(k, s, &old->modules)) {
		drift = node_drift(k, s, n, old);
		if (!drift.n)
			return note(k, KML_INFO, "%s is loaded already", n->rule.name), 1;
		if (!n->o->reload)
			return fail(k, KML_FAIL, "%s: %.*s; `kml load --reload` loads it anew",
			            n->rule.name, FMT(drift));
		return note(k, KML_INFO, "%s: %.*s", n->rule.name, FMT(drift)), 0;
	}
	note(k, KML_WARNING, "an earlier load of %s is not whole; what is left of it is taken "
	     "out first", n->rule.name);
	r = load_reverse(k, s, old);
	old->digest = NULL;
	return r;
}

/* Modules of the image that others loaded, and not as the image has them, are replaced
 * like those that the rule says so of, if that is wanted. */
static int node_foreign(struct kml *k, struct scope *s, struct node *n)
{
	struct state_names all = { 0 };
	struct state none = { .name = "" };

	for (size_t i = 0; i < n->rule.replaces.n; i++)
		state_add(s, &all, modname_of_path(s, str_of(n->rule.replaces.v[i])).p);
	for (size_t i = 0; i < n->steps.n; i++) {
		const struct steps_one *step = &n->steps.v[i];
		struct buf b = { .s = s };

		if (step->own && live_state(k, s, str_of(step->name)) == LIVE_THERE &&
		    !state_has(&all, step->name))
			drift_of_step(k, s, &none, step, &b);
		if (!b.n)
			continue;
		if (!n->o->reload)
			return fail(k, KML_FAIL, "%.*s; `kml load --reload` replaces it",
			            FMT(buf_str(&b)));
		if (!order_lookup(k, &n->steps.host, str_of(step->name)).n)
			return fail(k, KML_FAIL, "%.*s, and could not be put back: it is not in %s; "
			            "take it out yourself", FMT(buf_str(&b)), n->steps.tree);
		state_add(s, &all, step->name);
	}
	n->rule.replaces = (struct resolved_list){ all.v, all.n };
	return 0;
}

/* ---- loading and unloading ----------------------------------------------- */

/* Load what was planned, all of it or nothing. */
static int node_put(struct kml *k, struct scope *s, struct node *n, bool keep)
{
	struct state *st = new(s, struct state);
	struct load l = { .s = s, .steps = &n->steps, .st = st, .keep = keep };
	int r;

	*st = (struct state){ .name = n->rule.name, .image = n->rule.image, .dir = n->rule.dir,
	                      .source = n->rule.firmware,
	                      .digest = scope_text(s, n->image.self.digest) };
	if ((r = node_foreign(k, s, n)) < 0)
		return r;
	if (n->rule.firmware &&
	    (r = firmware_plan(k, s, n->firmware, n->nfirmware, n->firmware_dir, n->o->firmware,
	                       &l.firmware, st)) < 0)
		return r;
	return load_run(k, &l, n->rule.replaces.v, n->rule.replaces.n);
}

/* Take out what `old` says, and load what was planned; if that fails, load it again. */
static int node_reload(struct kml *k, struct scope *s, struct node *n, struct state *old)
{
	struct node *back = new(s, struct node);
	const char *name = n->rule.name, *reason;
	bool can = node_recall(k, s, n, old, back) == 0;
	int r;

	if (!can)
		note(k, KML_WARNING, "if this fails, %s cannot be loaded again as it is now: %s", name,
		     k->msg);
	if ((r = load_reverse(k, s, old)) < 0 || (r = node_put(k, s, n, true)) == 0)
		return r;
	reason = scope_text(s, str_of(k->msg));
	if (can && (r = node_put(k, s, back, true)) == 0)
		return fail(k, KML_UNDONE, "%s; %s is loaded again from %s (%s)", reason, name,
		            back->rule.image, old->digest);
	if (can)
		note(k, KML_ERROR, "%s: %s", name, k->msg);
	return fail(k, KML_FAIL, "%s; %s could not be loaded again as it was, so that it is "
	            "not loaded now", reason, name);
}

/* Say early what would stop the first step. */
static int node_allowed(struct kml *k, struct scope *s)
{
	const char *why = forbid_all(k, s);

	return why ? fail(k, KML_FAIL, "%s", why) : 0;
}

/* Load it, unless it is there. */
static int node_do(struct kml *k, struct scope *s, struct node *n, bool keep)
{
	struct state old = { .digest = NULL };
	int r = keep ? node_before(k, s, n, &old) : 0;

	if (r != 0 || (r = node_allowed(k, s)) < 0)
		return r;
	return old.digest ? node_reload(k, s, n, &old) : node_put(k, s, n, keep);
}

/* Load what `w` says for the running kernel, all of it or nothing. */
static int node_load(struct kml *k, struct scope *s, const struct node_what *w,
                     const struct node_options *o)
{
	struct node *n = new(s, struct node);
	bool keep = state_lock(k, s) == 0;
	const char *reason;
	int r;

	if (!keep)
		note(k, KML_WARNING, "%s; kml unload will not know what was loaded", k->msg);
	if ((r = node_plan(k, s, w, o, n)) == 0 && (r = node_do(k, s, n, keep)) >= 0)
		depot_keep(k, s, &n->depot, true);
	reason = scope_text(s, str_of(k->msg));
	if (r <= 0)
		depot_sweep(k, s, &n->depot);
	return r < 0 ? fail(k, r, "%s", reason) : 0;
}

/* The same for each of several.  All are tried; the first failure is
 * the result, the others are told on the way. */
static int node_load_all(struct kml *k, struct scope *s, const struct node_what *all, size_t n,
                         const struct node_options *o)
{
	const char *first = NULL;
	int result = 0;

	for (size_t i = 0; i < n; i++) {
		struct scope *t = scope_begin(s);
		int r = node_load(k, t, &all[i], o);

		scope_end(t);
		if (r < 0 && first)
			note(k, KML_ERROR, "%s", k->msg);
		else if (r < 0)
			first = scope_text(s, str_of(k->msg)), result = r;
	}
	return result < 0 ? fail(k, result, "%s", first) : 0;
}

/* Take out what was recorded of the set `name`. */
static int node_unload(struct kml *k, struct scope *s, const char *name)
{
	struct state st;
	int r = state_check_name(k, name);

	if (r < 0 || (r = state_lock(k, s)) < 0)
		return r;
	r = state_read(k, s, state_name(k, s, name), &st);
	if (r == KML_NOTFOUND)
		return fail(k, r, "nothing is recorded of %s in %s", name, STATE_DIR);
	if (r == 0)
		r = node_allowed(k, s);
	return r < 0 ? r : load_reverse(k, s, &st);
}

#endif
