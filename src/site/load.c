/* load.c - a set of modules into the running kernel, all of them or none.
 *
 * The steps are known before the first one is taken (steps.c), and so is the
 * record (state.c):
 *
 *     record "loading" - write the firmware - take out what is replaced - put in -
 *     record "loaded"
 *
 * When a step fails, those before it are taken back in the reverse order.  A
 * module that is there already is left alone, and is not ours to take out; one
 * of the host that the kernel keeps, or that others came to use, stays.
 */
#ifndef KML_LOAD_C
#define KML_LOAD_C

#include "../ground/base.c"
#include "../module/live.c"
#include "../module/loader.c"
#include "../module/refusal.c"
#include "../module/who.c"
#include "drift.c"
#include "firmware.c"
#include "state.c"
#include "steps.c"

struct load {
	struct scope *s;
	struct steps *steps;
	struct firmware firmware;
	struct state *st;
	bool keep;                      /* there is a place for the record */
	bool stuck;                     /* something could not be taken back */
	size_t replaced, needed, modules;       /* how much of the record was done */
};

/* ---- one module ---------------------------------------------------------- */

/* What a refusal means to the caller. */
static int load_verdict(int verdict)
{
	switch (verdict) {
	case ENOEXEC:                                 return KML_KERNEL;
	case ENOKEY: case EKEYREJECTED: case EBADMSG: return KML_UNTRUSTED;
	case EBUSY:  case EAGAIN:                     return KML_BUSY;
	default:                                      return KML_FAIL;
	}
}

/* The sentence about a refusal; `why`, which may be NULL, is the reason. */
static int load_refused(struct kml *k, const struct steps_one *step, int verdict, const char *why)
{
	if (verdict == ENOEXEC)
		return fail(k, KML_KERNEL, "module %s: the kernel refuses its format: %s", step->name,
		            why ? why : "it was built for another one (the kernel's log says more)");
	if (verdict == EINVAL && *step->params)
		return fail(k, KML_FAIL, "module %s with \"%s\": Invalid argument%s%s", step->name,
		            step->params, why ? ": " : " (the kernel's log says which)",
		            why ? why : "");
	if (why)
		return fail(k, load_verdict(verdict), "module %s: %s: %s", step->name,
		            loader_text(verdict), why);
	return fail_in(k, load_verdict(verdict), "module %s", step->name);
}

/* Put one in: 1 when it was there already, so that it is not ours.  `host` is where
 * the modules of the machine are. */
static int load_insert(struct kml *k, struct scope *s, struct order *host,
                       const struct steps_one *step)
{
	struct scope *t = scope_begin(s);
	struct str image = step->path ? S("") : step->own->image;
	struct refusal f;
	int verdict, r;

	refusal_begin(k, t, &f, host);
	if (step->path)
		r = loader_insert_path(k, t, step->path, step->params, 0, &verdict);
	else
		r = loader_insert_bytes(k, t, image, step->params, 0, &verdict);
	if (r == 0 || verdict) {
		refusal_tried(k, &f, str_of(step->name), step->path, image, step->params, 0,
		              verdict);
		r = r == 0 || verdict == EEXIST ? r < 0 :
			load_refused(k, step, verdict, refusal_reason(k, &f));
	} else {
		r = fail_in(k, r, "module %s", step->name);
	}
	scope_end(t);
	return r;
}

static int load_remove(struct kml *k, const char *name)
{
	int verdict, r = loader_remove(k, name, false, &verdict);

	return r < 0 && verdict != ENOENT ? fail_in(k, r, "module %s", name) : 0;
}

/* Put a module of the host back that was taken out, with what it needs. */
static int load_restore(struct kml *k, struct scope *s, const char *kernel, const char *name)
{
	struct steps *l = new(s, struct steps);
	int r;

	steps_begin(k, s, l, kernel);
	if ((r = steps_want_host(k, l, str_of(name))) < 0)
		return fail_in(k, r, "module %s cannot be put back", name);
	for (size_t i = 0; r >= 0 && i < l->n; i++) {
		if (live_state(k, s, str_of(l->v[i].name)) == LIVE_THERE)
			continue;
		r = load_insert(k, s, &l->host, &l->v[i]);
		if (r < 0 && l->v[i].soft)
			r = 0;
	}
	return r < 0 ? fail_in(k, r, "module %s cannot be put back", name) : 0;
}

/* ---- taking back --------------------------------------------------------- */

static void load_complain(struct kml *k, struct load *l)
{
	l->stuck = true;
	note(k, KML_WARNING, "%s", k->msg);
}

/* Take back what was done, because of the failure in kml_message(), which stays. */
static int load_undo(struct kml *k, struct load *l)
{
	const char *reason = scope_text(l->s, str_of(k->msg));

	while (l->modules)
		if (load_remove(k, l->st->modules.v[--l->modules]) < 0)
			load_complain(k, l);
	while (l->needed)
		if (load_remove(k, l->st->needed.v[--l->needed]) < 0)
			note(k, KML_WARNING, "%s; it stays", k->msg);
	while (l->replaced)
		if (load_restore(k, l->s, l->steps->kernel, l->st->replaced.v[--l->replaced]) < 0)
			load_complain(k, l);
	if (l->stuck)
		return fail(k, KML_FAIL, "%s; not everything could be taken back", reason);
	return fail(k, KML_UNDONE, "%s; what was done before that was taken back", reason);
}

/* ---- loading ------------------------------------------------------------- */

/* The next step, if it is in the record: those that are not were there already. */
static int load_step(struct kml *k, struct load *l, const struct steps_one *step)
{
	struct state_names *names = step->path ? &l->st->needed : &l->st->modules;
	size_t *at = step->path ? &l->needed : &l->modules;
	int r;

	if (*at == names->n || strcmp(step->name, names->v[*at]))
		return 0;
	r = load_insert(k, l->s, &l->steps->host, step);
	if (r < 0 && step->soft) {
		note(k, KML_WARNING, "%s; it is not needed", k->msg);
		r = 1;
	}
	if (r == 0) {
		note(k, KML_INFO, "loaded %s", step->name);
		++*at;
	} else if (r > 0) {
		state_drop(names, *at);
	}
	return r < 0 ? r : 0;
}

static int load_steps(struct kml *k, struct load *l)
{
	int r = 0;

	for (; r == 0 && l->replaced < l->st->replaced.n; l->replaced += r == 0)
		r = load_remove(k, l->st->replaced.v[l->replaced]);
	for (size_t i = 0; r == 0 && i < l->steps->n; i++)
		r = load_step(k, l, &l->steps->v[i]);
	return r < 0 && (l->replaced || l->needed || l->modules) ? load_undo(k, l) : r;
}

/* A module is only taken out if it can be put back. */
static void load_record_replaced(struct kml *k, struct load *l, const char *replaced)
{
	struct str name = modname_of_path(l->s, str_of(replaced));

	if (live_state(k, l->s, name) != LIVE_THERE)
		return;
	if (order_lookup(k, &l->steps->host, name).n)
		state_add(l->s, &l->st->replaced, name.p);
	else
		note(k, KML_WARNING, "module %.*s is not of this kernel's own in %s: it stays",
		     FMT(name), l->steps->tree);
}

/* What this load is going to change, as the record has it. */
static void load_record(struct kml *k, struct load *l, const char *const *replaces, size_t n)
{
	struct state *st = l->st;

	st->loading = true;
	st->kernel = l->steps->kernel;
	for (size_t i = 0; i < n; i++)
		load_record_replaced(k, l, replaces[i]);
	for (size_t i = 0; i < l->steps->n; i++) {
		const struct steps_one *step = &l->steps->v[i];
		bool there = live_state(k, l->s, str_of(step->name)) == LIVE_THERE;

		if (!there || state_has(&st->replaced, step->name)) {
			state_add(l->s, step->path ? &st->needed : &st->modules, step->name);
			if (step->own)
				state_tell(l->s, &st->given, step->name, step->params);
			if (step->own)
				state_tell(l->s, &st->builds, step->name, drift_own(l->s, step->own));
		} else if (step->own)
			note(k, KML_WARNING, "module %s is in the kernel already, from elsewhere: it "
			     "stays as it is", step->name);
	}
}

/* How the kernel shows the parameters of what was loaded. */
static void load_record_shown(struct kml *k, struct load *l)
{
	struct state *st = l->st;

	for (size_t i = 0; i < st->modules.n; i++) {
		const char *name = st->modules.v[i], *given = state_about(&st->given, name);
		const char *shown = drift_shown(k, l->s, name, given ? given : "");

		if (*shown)
			state_tell(l->s, &st->shown, name, shown);
	}
}

/* Take all steps.  `st` has the set's name, image, digest and firmware. */
static int load_run(struct kml *k, struct load *l, const char *const *replaces, size_t n)
{
	int r;

	load_record(k, l, replaces, n);
	if (l->keep && (r = state_write(k, l->s, l->st)) < 0)
		return r;
	if ((r = firmware_install(k, l->s, &l->firmware)) == 0)
		r = load_steps(k, l);
	if (r < 0 && !l->stuck) {
		char *reason = scope_text(l->s, str_of(k->msg));

		if (firmware_remove(k, l->s, l->st) < 0)
			note(k, KML_WARNING, "%s", k->msg);
		if (l->keep)
			(void)state_forget(k, l->s, l->st->name);
		return fail(k, r, "%s", reason);
	}
	if (r < 0 || !l->keep)
		return r;
	l->st->loading = false;
	load_record_shown(k, l);
	if (state_write(k, l->s, l->st) < 0)    /* what is there says all but "loaded" */
		note(k, KML_WARNING, "%s; all is loaded", k->msg);
	return 0;
}

/* ---- taking it out again ------------------------------------------------- */

/* A module may go when nobody uses it but modules that go before it. */
static int load_check_unused(struct kml *k, struct scope *s, const struct state *st, size_t at)
{
	struct state_names later = { st->modules.v + at + 1, st->modules.n - at - 1, 0 };
	const char *name = st->modules.v[at];
	struct sys_entry *holders;
	uint64_t users = 0;
	size_t n;

	live_holders(k, s, str_of(name), &holders, &n);
	for (size_t i = 0; i < n; i++)
		if (!state_has(&later, holders[i].name))
			return fail(k, KML_BUSY, "module %s is in use by module %s", name,
			            holders[i].name);
	if (live_users(k, s, str_of(name), &users) == 0 && users > n) {
		who_explain(k, s, refusal_tree(k, s), str_of(name), EAGAIN, true);
		return fail(k, KML_BUSY, "module %s is in use %llu times", name,
		            (unsigned long long)(users - n));
	}
	return 0;
}

/* Take the last of `names` out, if it is there. */
static int load_take_last(struct kml *k, struct scope *s, struct state_names *names)
{
	const char *name = names->v[names->n - 1];
	int r = 0;

	if (live_state(k, s, str_of(name)) != LIVE_GONE && (r = load_remove(k, name)) == 0)
		note(k, KML_INFO, "unloaded %s", name);
	return r;
}

/* Take out the set's own modules of `st`, then those of the host that nobody
 * else uses, and that the kernel lets go. */
static int load_take_out(struct kml *k, struct scope *s, struct state *st)
{
	uint64_t users;
	int r = 0;

	for (size_t i = 0; r == 0 && i < st->modules.n; i++)
		r = load_check_unused(k, s, st, i);
	for (; r == 0 && st->modules.n; st->modules.n -= r == 0)
		r = load_take_last(k, s, &st->modules);
	for (; r == 0 && st->needed.n; st->needed.n--) {
		struct str name = str_of(st->needed.v[st->needed.n - 1]);

		if (live_users(k, s, name, &users) == 0 && users)
			continue;
		if (load_take_last(k, s, &st->needed) < 0)
			note(k, KML_WARNING, "%s; it stays", k->msg);
	}
	return r;
}

/* Put back what was replaced.  What cannot be is told, and not tried for ever. */
static int load_put_back(struct kml *k, struct scope *s, const struct state *st)
{
	const char *first = NULL;
	int r = 0;

	for (size_t i = st->replaced.n; i--;) {
		if (load_restore(k, s, st->kernel, st->replaced.v[i]) == 0)
			note(k, KML_INFO, "loaded %s again", st->replaced.v[i]);
		else if (first)
			note(k, KML_ERROR, "%s", k->msg);
		else
			first = scope_text(s, str_of(k->msg)), r = KML_FAIL;
	}
	return r < 0 ? fail(k, r, "%s", first) : 0;
}

/* Undo what `st` records.  Nothing is touched when one of the set's own modules
 * is in use; what stays in the kernel stays in the record. */
static int load_reverse(struct kml *k, struct scope *s, struct state *st)
{
	const size_t before = st->modules.n;
	int r = load_take_out(k, s, st), back;
	const char *reason;

	if (r < 0) {
		reason = scope_text(s, str_of(k->msg));
		st->loading = true;     /* what is left is not the whole set */
		if (st->modules.n < before)
			(void)state_write(k, s, st);
		return fail(k, r, "%s", reason);
	}
	back = load_put_back(k, s, st);
	reason = scope_text(s, str_of(k->msg));
	if ((r = firmware_remove(k, s, st)) == 0)
		r = state_forget(k, s, st->name);
	return back < 0 ? fail(k, back, "%s", reason) : r;
}

#endif
