/* load.c - a set of modules into the running kernel, all of them or none.
 *
 * The set's own modules are in memory, verified.  What they need is told by
 * their modinfo: "depends" must be there first, "softdep pre:" should.  A name
 * that is not in the set is looked for in the host's /lib/modules/KERNEL, with
 * all that it needs in turn.  So the steps are known before the first one is
 * taken, and the record (state.c) too:
 *
 *     record "loading" - write the firmware - take out what is replaced - put in -
 *     record "loaded"
 *
 * When a step fails, those before it are taken back in the reverse order.  A
 * module that is there already is left alone, and is not ours to take out.
 */
#ifndef KML_LOAD_C
#define KML_LOAD_C

#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../format/codec.c"
#include "../format/modconf.c"
#include "../format/modinfo.c"
#include "../format/modname.c"
#include "../module/config.c"
#include "../module/live.c"
#include "../module/loader.c"
#include "../module/order.c"
#include "firmware.c"
#include "state.c"

enum { LOAD_DEEPEST = 100 };

struct load_module {
	struct str name, file;          /* the file is what messages name */
	struct str image;
	struct modinfo info;
	bool visited;
};

struct load_step {
	const char *name, *params;
	struct str image;               /* the set's own; else */
	const char *path;               /* a file of the host */
};

struct load {
	struct scope *s;
	const char *kernel, *tree;      /* the host's modules */
	const char *main, *params;      /* the module that gets these parameters */
	struct load_module *own;
	size_t nown;
	const struct layer_file *firmware;
	size_t nfirmware;
	struct modconf conf;
	struct order host;
	struct load_step *steps;
	size_t n, room;
	bool stuck;                     /* something could not be taken back */
};

/* ---- what is to be done -------------------------------------------------- */

/* Begin a plan; load_add() gives it the set's own modules. */
static void load_begin(struct kml *k, struct scope *s, struct load *l, const char *kernel)
{
	*l = (struct load){ .s = s, .kernel = kernel };
	l->tree = scope_format(s, "/lib/modules/%s", kernel);
	config_read(k, s, NULL, l->tree, &l->conf);
	l->host = order_begin(s, l->tree, &l->conf);
}

static struct load_module *load_own(struct load *l, struct str name)
{
	for (size_t i = 0; i < l->nown; i++)
		if (str_eq(l->own[i].name, name))
			return &l->own[i];
	return NULL;
}

/* The kernel that a module was built for: the first word of its vermagic. */
static struct str load_built_for(const struct modinfo *info)
{
	size_t i = 0;
	struct str magic = modinfo_next(info, S("vermagic"), &i);

	return str_word(&magic);
}

/* Take a module into the set.  It must be one for this kernel. */
static int load_add(struct kml *k, struct load *l, struct str file, struct str image)
{
	struct load_module *own = news(l->s, struct load_module, l->nown + 1), *m;
	struct source *src = new(l->s, struct source);
	struct str built;
	struct elf e;
	int r = 0;

	if (codec_of(image) != CODEC_NONE)
		r = codec_decode(k, l->s, image, LOADER_LARGEST, &image);
	if (r < 0)
		return fail_in(k, r, "%.*s", FMT(file));
	if (l->nown)
		memcpy(own, l->own, l->nown * sizeof *own);
	m = &own[l->nown];
	*src = source_of(image);
	*m = (struct load_module){ modname_of_path(l->s, file), file, image, { 0 }, false };
	if (load_own(l, m->name))
		return fail(k, KML_BAD, "%.*s: the image has module %.*s twice", FMT(file),
		            FMT(m->name));
	if ((r = elf_open(k, l->s, src, &e)) < 0 ||
	    (r = modinfo_of(k, l->s, &e, &m->info)) < 0)
		return fail_in(k, r, "%.*s", FMT(file));
	built = load_built_for(&m->info);
	if (!str_eq(built, str_of(l->kernel)))
		return fail(k, KML_KERNEL, "%.*s was built for kernel %.*s, and this is %s; "
		            "nothing was loaded", FMT(file), FMT(built), l->kernel);
	l->own = own;
	l->nown++;
	return 0;
}

static void load_step(struct load *l, struct load_step step)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->steps[i].name, step.name))
			return;
	if (l->n == l->room) {
		struct load_step *v = news(l->s, struct load_step, l->room = 2 * l->room + 8);

		if (l->n)
			memcpy(v, l->steps, l->n * sizeof *v);
		l->steps = v;
	}
	l->steps[l->n++] = step;
}

/* The options of modprobe.d for a module, and the set's parameters for its main one. */
static const char *load_params(struct load *l, struct str name)
{
	struct str conf = modconf_options(l->s, &l->conf, name, S(""));

	if (!l->main || !l->params || !str_eq(name, str_of(l->main)))
		return scope_text(l->s, conf);
	return scope_format(l->s, "%.*s%s%s", FMT(conf), conf.n ? " " : "", l->params);
}

/* Plan a module of the host's, with all it needs.  KML_NOTFOUND: no such. */
static int load_visit_host(struct kml *k, struct load *l, struct str name)
{
	struct order_list found = order_lookup(k, &l->host, name), plan;
	int r = 0;

	for (size_t i = 0; i < found.n && r == 0; i++) {
		r = order_plan(k, &l->host, found.v[i], true, &plan);
		for (size_t j = 0; r == 0 && j < plan.n; j++) {
			const struct order_module *m = plan.v[j];

			if (m->path && !load_own(l, m->name))
				load_step(l, (struct load_step){
					.name = scope_text(l->s, m->name), .path = m->path,
					.params = load_params(l, m->name) });
		}
	}
	if (r == 0 && !found.n && live_state(k, l->s, name) == LIVE_GONE)
		r = KML_NOTFOUND;
	return r;
}

static int load_visit(struct kml *k, struct load *l, struct str raw, int depth);

/* Plan what the softdeps of `m` name, before (`post` false) or after it.  One
 * that does not exist is no matter. */
static int load_visit_soft(struct kml *k, struct load *l, const struct load_module *m,
                           bool post, int depth)
{
	struct str text, word;
	int r = 0;

	for (size_t i = 0; r == 0 && (text = modinfo_next(&m->info, S("softdep"), &i)).p;) {
		bool after = false, begun = false;

		while (r == 0 && (word = modconf_softdep(&text, &after, &begun)).n) {
			if (after == post)
				r = load_visit(k, l, word, depth + 1);
			if (r == KML_NOTFOUND)
				r = 0;
		}
	}
	return r;
}

static int load_visit_own(struct kml *k, struct load *l, struct load_module *m, int depth)
{
	size_t at = 0;
	struct str depends = modinfo_next(&m->info, S("depends"), &at), one;
	int r = load_visit_soft(k, l, m, false, depth);

	while (r == 0 && depends.n) {
		one = str_trim(str_take(&depends, ','));
		if (one.n && (r = load_visit(k, l, one, depth + 1)) == KML_NOTFOUND)
			r = fail(k, KML_NOTFOUND, "%.*s needs module %.*s, which is neither in the "
			         "image nor in %s", FMT(m->file), FMT(one), l->tree);
	}
	if (r == 0)
		load_step(l, (struct load_step){
			.name = scope_text(l->s, m->name), .image = m->image,
			.params = load_params(l, m->name) });
	return r < 0 ? r : load_visit_soft(k, l, m, true, depth);
}

/* Plan the module `raw` and what it needs.  KML_NOTFOUND: nobody has it. */
static int load_visit(struct kml *k, struct load *l, struct str raw, int depth)
{
	struct load_module *m;
	struct str name;

	if (!modname_normal(l->s, raw, &name))
		return KML_NOTFOUND;
	if (depth > LOAD_DEEPEST)
		return fail(k, KML_BAD, "dependencies go deeper than %d modules", LOAD_DEEPEST);
	if (!(m = load_own(l, name)))
		return load_visit_host(k, l, name);
	if (m->visited)
		return 0;
	m->visited = true;
	return load_visit_own(k, l, m, depth);
}

/* Plan to load the module `name` of the set. */
static int load_want(struct kml *k, struct load *l, const char *name)
{
	struct str plain;

	if (!modname_normal(l->s, str_of(name), &plain) || !load_own(l, plain))
		return fail(k, KML_NOTFOUND, "the image has no module %s for kernel %s", name,
		            l->kernel);
	return load_visit(k, l, plain, 0);
}

/* ---- doing it ------------------------------------------------------------ */

/* What a refusal means to the caller. */
static int load_verdict(int verdict)
{
	switch (verdict) {
	case ENOEXEC:                               return KML_KERNEL;
	case ENOKEY: case EKEYREJECTED: case EBADMSG: return KML_UNTRUSTED;
	case EBUSY:  case EAGAIN:                   return KML_BUSY;
	default:                                    return KML_FAIL;
	}
}

static int load_insert(struct kml *k, struct load *l, const struct load_step *step)
{
	int verdict, r;

	if (step->path)
		r = loader_insert_path(k, l->s, step->path, step->params, 0, &verdict);
	else
		r = loader_insert_bytes(k, l->s, step->image, step->params, 0, &verdict);
	if (r == 0 || verdict == EEXIST)
		return 0;
	if (verdict == ENOEXEC)
		return fail(k, KML_KERNEL, "module %s: the kernel refuses its format: it was built "
		            "for another one (the kernel's log says more)", step->name);
	return fail_in(k, verdict ? load_verdict(verdict) : r, "module %s", step->name);
}

/* Put a module of the host back that was taken out; the plan is lost. */
static int load_restore(struct kml *k, struct load *l, const char *name)
{
	int r;

	l->n = l->nown = 0;
	if ((r = load_visit_host(k, l, str_of(name))) < 0)
		return fail(k, r, "module %s cannot be put back: it is not in %s", name, l->tree);
	for (size_t i = 0; r == 0 && i < l->n; i++)
		if (live_state(k, l->s, str_of(l->steps[i].name)) != LIVE_THERE)
			r = load_insert(k, l, &l->steps[i]);
	return r;
}

static int load_remove(struct kml *k, const char *name)
{
	int verdict, r = loader_remove(k, name, false, &verdict);

	return r < 0 && verdict != ENOENT ? fail_in(k, r, "module %s", name) : 0;
}

/* How far the lists of a record were followed. */
struct load_done { size_t replaced, needed, modules; };

/* Take back the first `n` of a list, the last first. */
static void load_undo_list(struct kml *k, struct load *l, const struct state_names *names,
                           size_t n, bool restore)
{
	while (n--) {
		int r = restore ? load_restore(k, l, names->v[n]) : load_remove(k, names->v[n]);

		if (r == 0)
			continue;
		l->stuck = true;
		note(k, KML_WARNING, "%s", k->msg);
	}
}

/* Take back what was done of `st`, because of the failure in kml_message(),
 * which stays. */
static int load_undo(struct kml *k, struct load *l, const struct state *st,
                     const struct load_done *done)
{
	const char *reason = scope_text(l->s, str_of(k->msg));

	load_undo_list(k, l, &st->modules, done->modules, false);
	load_undo_list(k, l, &st->needed, done->needed, false);
	load_undo_list(k, l, &st->replaced, done->replaced, true);
	if (l->stuck)
		return fail(k, KML_FAIL, "%s; not everything could be taken back", reason);
	return fail(k, KML_UNDONE, "%s; what was done before that was taken back", reason);
}

/* Take the steps that `st` records; what it leaves out was there already. */
static int load_steps(struct kml *k, struct load *l, const struct state *st,
                      const struct load_step *steps, size_t n)
{
	struct load_done done = { 0 };
	int r = 0;

	for (; r == 0 && done.replaced < st->replaced.n; done.replaced += r == 0)
		r = load_remove(k, st->replaced.v[done.replaced]);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct state_names *names = steps[i].path ? &st->needed : &st->modules;
		size_t *at = steps[i].path ? &done.needed : &done.modules;

		if (*at == names->n || strcmp(steps[i].name, names->v[*at]))
			continue;
		if ((r = load_insert(k, l, &steps[i])) == 0) {
			note(k, KML_INFO, "loaded %s", steps[i].name);
			++*at;
		}
	}
	return r < 0 && (done.replaced || done.needed || done.modules) ?
		load_undo(k, l, st, &done) : r;
}

/* What this load is going to change, as the record has it. */
static void load_record(struct kml *k, struct load *l, const char *const *replaces, size_t n,
                        struct state *st)
{
	st->loading = true;
	st->kernel = l->kernel;
	for (size_t i = 0; i < n; i++) {
		struct str name = modname_of_path(l->s, str_of(replaces[i]));

		if (live_state(k, l->s, name) == LIVE_THERE)
			state_add(l->s, &st->replaced, name.p);
	}
	for (size_t i = 0; i < l->n; i++) {
		bool there = live_state(k, l->s, str_of(l->steps[i].name)) == LIVE_THERE;

		for (size_t j = 0; there && j < st->replaced.n; j++)
			there = strcmp(st->replaced.v[j], l->steps[i].name) != 0;
		if (!there)
			state_add(l->s, l->steps[i].path ? &st->needed : &st->modules,
			          l->steps[i].name);
	}
}

/* Take all planned steps.  `st` has the set's name, image and digest; with
 * `keep` what was done is recorded in /run/kml. */
static int load_run(struct kml *k, struct load *l, const char *const *replaces,
                    size_t nreplaces, struct state *st, bool keep)
{
	const struct load_step *steps = l->steps;       /* load_undo() plans anew */
	const size_t n = l->n;
	int r;

	load_record(k, l, replaces, nreplaces, st);
	if (keep && (r = state_write(k, l->s, st)) < 0)
		return r;
	r = firmware_install(k, l->s, l->firmware, l->nfirmware, st);
	if (r == 0)
		r = load_steps(k, l, st, steps, n);
	if (r < 0 && !l->stuck) {
		char *reason = scope_text(l->s, str_of(k->msg));

		if (firmware_remove(k, l->s, st) < 0)
			note(k, KML_WARNING, "%s", k->msg);
		if (keep)
			(void)state_forget(k, l->s, st->name);
		return fail(k, r, "%s", reason);
	}
	st->loading = false;
	return r < 0 || !keep ? r : state_write(k, l->s, st);
}

/* ---- taking it out again ------------------------------------------------- */

/* A module may go when nobody uses it but modules that go before it. */
static int load_check_unused(struct kml *k, struct scope *s, const struct state *st, size_t at)
{
	struct state_names later = { st->modules.v + at + 1, st->modules.n - at - 1 };
	const char *name = st->modules.v[at];
	struct sys_entry *holders;
	uint64_t users = 0;
	size_t n;

	live_holders(k, s, str_of(name), &holders, &n);
	for (size_t i = 0; i < n; i++)
		if (!state_has(&later, holders[i].name))
			return fail(k, KML_BUSY, "module %s is in use by module %s", name,
			            holders[i].name);
	if (live_users(k, s, str_of(name), &users) == 0 && users > n)
		return fail(k, KML_BUSY, "module %s is in use %llu times", name,
		            (unsigned long long)(users - n));
	return 0;
}

/* Take out the last of `names`. */
static int load_take_last(struct kml *k, struct load *l, struct state_names *names)
{
	const char *name = names->v[names->n - 1];
	int r = 0;

	if (live_state(k, l->s, str_of(name)) != LIVE_GONE && (r = load_remove(k, name)) == 0)
		note(k, KML_INFO, "unloaded %s", name);
	names->n -= r == 0;
	return r;
}

/* Take out what `st` records, the last first, and put back what it replaced.
 * Nothing is touched when one of the set's own is in use; a module of the host
 * that others use by now stays. */
static int load_take_out(struct kml *k, struct load *l, struct state *st)
{
	uint64_t users;
	int r = 0;

	for (size_t i = 0; r == 0 && i < st->modules.n; i++)
		r = load_check_unused(k, l->s, st, i);
	while (r == 0 && st->modules.n)
		r = load_take_last(k, l, &st->modules);
	while (r == 0 && st->needed.n) {
		struct str name = str_of(st->needed.v[st->needed.n - 1]);

		if (live_users(k, l->s, name, &users) == 0 && users)
			st->needed.n--;
		else
			r = load_take_last(k, l, &st->needed);
	}
	while (r == 0 && st->replaced.n) {
		if ((r = load_restore(k, l, st->replaced.v[st->replaced.n - 1])) == 0)
			note(k, KML_INFO, "loaded %s again", st->replaced.v[st->replaced.n - 1]);
		st->replaced.n -= r == 0;
	}
	return r;
}

/* The same, and the record follows: what could not be undone stays in it. */
static int load_reverse(struct kml *k, struct load *l, struct state *st)
{
	const struct state before = *st;
	int r = load_take_out(k, l, st);
	const char *reason;

	if (r == 0)
		r = firmware_remove(k, l->s, st);
	if (r == 0)
		return state_forget(k, l->s, st->name);
	reason = scope_text(l->s, str_of(k->msg));
	if (st->modules.n < before.modules.n || st->replaced.n < before.replaced.n)
		(void)state_write(k, l->s, st);
	return fail(k, r, "%s", reason);
}

#endif
