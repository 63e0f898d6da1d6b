/* probe.c - a module with all it needs, in and out of the kernel.
 *
 * This is modprobe's idea of both, with its messages.  Loading follows the plan of
 * order.c: what is in the kernel already is passed over, install lines are
 * run instead of loading, and only the module itself and what it cannot do
 * without may fail the whole.  Unloading goes the other way: what depends softly
 * on the module, those that hold it if that is asked for, the module, and then
 * what nothing else uses any more.
 */
#ifndef KML_PROBE_C
#define KML_PROBE_C

#include "../ground/machine.c"
#include "hook.c"
#include "live.c"
#include "loader.c"
#include "order.c"
#include "refusal.c"
#include "who.c"

struct probe {
	struct order *order;
	const char *params;             /* for the module asked for; "" for none */
	char *env;                      /* for commands: "NAME=value", or NULL */
	int flags;                      /* LOADER_FORCE... */
	bool dry;                       /* do nothing */
	bool all;                       /* also what is in the kernel already */
	bool first;                     /* that nothing is left to do is an error */
	bool bare;                      /* neither commands nor softdeps of the module itself */
	bool strict;                    /* the blacklist is for names too, not only for aliases */
	bool holders;                   /* take out those that hold the module as well */
	bool patient;                   /* it may be in use: wait for up to `wait` ms */
	uint64_t wait;
	enum kml_level level;           /* of what is said about a module */
	struct refusal *refusal;        /* learns what was refused; may be NULL */
	/* Called for each step: "insmod" and a path, "install" and a command, ... and
	 * the parameters, NULL where there can be none.  May be NULL. */
	void (*show)(const char *word, struct str what, const struct str *params);
};

static void probe_show(const struct probe *p, const char *word, struct str what,
                       const struct str *params)
{
	if (p->show)
		p->show(word, what, params);
}

/* ---- in ------------------------------------------------------------------ */

static bool probe_there(struct kml *k, struct scope *s, const struct probe *p, struct str name)
{
	return order_builtin(k, p->order, name) || live_there(k, s, name);
}

/* What the configuration says, a blank, and what the command line says. */
static struct str probe_params(struct scope *s, const struct probe *p,
                               const struct order_module *m, bool asked)
{
	struct str own = modconf_options(s, p->order->conf, m->name, m->alias);
	const char *more = asked ? p->params : "";

	return own.n ? str_of(scope_format(s, "%.*s %s", FMT(own), more)) : str_of(more);
}

static int probe_install(struct kml *k, struct scope *s, const struct probe *p,
                         const struct order_module *m, struct str command, struct str params,
                         int *verdict)
{
	int status, r;

	probe_show(p, "install", command, &params);
	if (p->dry)
		return 0;
	command = hook_expand(s, command, params);
	if ((r = hook_run(k, s, m->name, command, p->env, &status)) < 0)
		return r;
	if (!status)
		return 0;
	note(k, KML_ERROR, "Error running install command '%.*s' for module %.*s: retcode %d%s",
	     FMT(command), FMT(m->name), status & 0xff, hook_why(status));
	return loader_done(k, -EINVAL, verdict);
}

/* One module of a plan. */
static int probe_step(struct kml *k, struct scope *s, const struct probe *p,
                      struct order_module *m, bool asked, int *verdict)
{
	struct str params = probe_params(s, p, m, asked);
	const struct modconf_line *l = NULL;
	int r;

	*verdict = 0;
	refusal_forget(p->refusal);
	if (!p->all && probe_there(k, s, p, m->name))
		return loader_done(k, -EEXIST, verdict);
	if (!m->bare)
		l = modconf_find(p->order->conf, MODCONF_INSTALL, m->name);
	if (l)
		return probe_install(k, s, p, m, l->text, params, verdict);
	if (!m->path)
		order_know(k, p->order, m);
	if (m->path)
		probe_show(p, "insmod", str_of(m->path), &params);
	else if (p->show && order_builtin(k, p->order, m->name))
		probe_show(p, "builtin", m->name, NULL);
	if (p->dry)
		return 0;
	if (m->path) {
		const char *text = scope_text(s, params);

		r = loader_insert_path(k, s, m->path, text, p->flags, verdict);
		if (r == 0 || *verdict)
			refusal_tried(k, p->refusal, m->name, m->path, S(""), text, p->flags,
			              *verdict);
		return r;
	}
	note(k, KML_ERROR, "could not find module by name='%.*s'", FMT(m->name));
	return loader_done(k, -ENOENT, verdict);
}

/* Load `m` and what it needs.  On failure *verdict is what the kernel said, 0
 * if it was not its fault. */
static int probe_insert(struct kml *k, struct scope *s, const struct probe *p,
                        struct order_module *m, int *verdict)
{
	struct order *o = p->order;
	struct order_list plan;
	int r;

	*verdict = 0;
	if (!p->all && probe_there(k, s, p, m->name))
		return p->first ? loader_done(k, -EEXIST, verdict) : 0;
	if ((m->alias.n || p->strict) && modconf_blacklisted(o->conf, m->name))
		return 0;
	if ((r = order_plan(k, o, m, p->bare, &plan)) < 0)
		return r;
	for (size_t i = 0; i < plan.n; i++) {
		struct order_module *x = plan.v[i];
		struct scope *t = scope_begin(s);

		r = probe_step(k, t, p, x, x == m, verdict);
		scope_end(t);
		if (r < 0 && (*verdict == EEXIST ? x == m && p->first : x->required == o->plan))
			return r;
	}
	*verdict = 0;
	return 0;
}

/* ---- out ----------------------------------------------------------------- */

enum { PROBE_FIRST_PAUSE = 1, PROBE_LONGEST_PAUSE = 500 };     /* ms */

/* delete_module(2) itself, again and again if we may wait. */
static int probe_delete(struct kml *k, struct scope *s, const struct probe *p, struct str name,
                        int *verdict)
{
	uint64_t left = p->patient ? p->wait : 0, pause = PROBE_FIRST_PAUSE;
	const char *text = scope_text(s, name);
	bool force = (p->flags & LOADER_FORCE) == LOADER_FORCE;
	int r;

	probe_show(p, "rmmod", name, NULL);
	if (p->dry)
		return 0;
	while ((r = loader_remove(k, text, force, verdict)) < 0 && *verdict == EAGAIN && left) {
		pause = pause < left ? pause : left;
		if (machine_sleep(k, pause * 1000000))
			break;
		left -= pause;
		pause = 2 * pause < PROBE_LONGEST_PAUSE ? 2 * pause : PROBE_LONGEST_PAUSE;
	}
	if (r == 0)
		return 0;
	note(k, KML_ERROR, "could not remove '%.*s': %s", FMT(name), k->msg);
	who_explain(k, s, p->order, name, *verdict, false);
	return r;
}

static int probe_command(struct kml *k, struct scope *s, const struct probe *p, struct str name,
                         struct str command)
{
	int status, r;

	command = hook_expand(s, command, S(""));
	probe_show(p, "remove", command, NULL);
	if (p->dry)
		return 0;
	if ((r = hook_run(k, s, name, command, p->env, &status)) < 0)
		return r;
	if (!status)
		return 0;
	note(k, p->level, "Error running remove command for %.*s%s", FMT(name), hook_why(status));
	return KML_FAIL;
}

/* Can `name` be taken out at all?  1 if there is nothing to do, also when it is
 * built in and only another's wish (`soft`). */
static int probe_removable(struct kml *k, struct scope *s, const struct probe *p,
                           struct str name, bool soft)
{
	if (order_builtin(k, p->order, name)) {
		if (soft)
			return 1;
		note(k, p->level, "Module %.*s is builtin.", FMT(name));
		return KML_FAIL;
	}
	if (live_state(k, s, name) != LIVE_GONE)
		return 0;
	if (!p->first || soft)
		return 1;
	note(k, p->level, "Module %.*s is not in kernel.", FMT(name));
	return KML_FAIL;
}

static int probe_in_use(struct kml *k, struct scope *s, const struct probe *p, struct str name)
{
	uint64_t users;

	if (p->patient || live_users(k, s, name, &users) < 0 || !users)
		return 0;
	note(k, p->level, "Module %.*s is in use.", FMT(name));
	who_explain(k, s, p->order, name, EAGAIN, false);
	return KML_BUSY;
}

/* What `m` needs and nobody uses any more, each looked at once, the deepest
 * first: what only the last of them used stays. */
static void probe_unused(struct kml *k, struct scope *s, const struct probe *p,
                         struct order_module *m)
{
	uint64_t users;
	int verdict;

	order_know(k, p->order, m);
	for (size_t i = 0; i < m->ndeps; i++)
		if (live_users(k, s, m->deps[i]->name, &users) == 0 && !users)
			(void)probe_delete(k, s, p, m->deps[i]->name, &verdict);
}

/* Whoever holds `m`, as modules. */
static void probe_holders(struct kml *k, struct scope *s, const struct probe *p,
                          const struct order_module *m, struct order_list *out)
{
	struct sys_entry *e;
	size_t n;

	live_holders(k, s, m->name, &e, &n);
	for (size_t i = 0; i < n; i++)
		order_append(out, order_module(p->order, str_of(e[i].name), S("")));
}

/* One module and what goes with it; each only once. */
static int probe_out(struct kml *k, struct scope *s, const struct probe *p,
                     struct order_module *m, bool soft, int depth)
{
	struct order *o = p->order;
	struct order_list pre = { 0 }, post = { 0 }, holders = { .s = s };
	const struct modconf_line *l = NULL;
	int r = 0, verdict;

	if (m->visited == o->plan || depth > ORDER_DEEPEST)
		return 0;
	m->visited = o->plan;
	if (!p->bare) {
		order_softdeps(k, o, m->name, &pre, &post);
		l = modconf_find(o->conf, MODCONF_REMOVE, m->name);
	}
	if (!l && (r = probe_removable(k, s, p, m->name, soft)))
		return r < 0 ? r : 0;
	for (size_t i = post.n; i-- > 0;)
		(void)probe_out(k, s, p, post.v[i], true, depth + 1);
	if (p->holders)
		probe_holders(k, s, p, m, &holders);
	for (size_t i = 0; i < holders.n; i++)
		if ((r = probe_out(k, s, p, holders.v[i], true, depth + 1)) < 0)
			return r;
	if (!l && !(p->dry && holders.n) && (r = probe_in_use(k, s, p, m->name)) < 0)
		return r;
	if (l)
		r = probe_command(k, s, p, m->name, l->text);
	else if (!holders.n || live_state(k, s, m->name) != LIVE_GONE)
		r = probe_delete(k, s, p, m->name, &verdict);
	if (r < 0)
		return r;
	if (!l)
		probe_unused(k, s, p, m);
	for (size_t i = pre.n; i-- > 0;)
		(void)probe_out(k, s, p, pre.v[i], true, depth + 1);
	return 0;
}

/* Take `m` out, and what was there only for it.  Everything has been said when
 * this fails. */
static int probe_remove(struct kml *k, struct scope *s, const struct probe *p,
                        struct order_module *m)
{
	p->order->plan++;
	return probe_out(k, s, p, m, false, 0);
}

#endif
