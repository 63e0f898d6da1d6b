/* batch.c - many modules at once, each as soon as what it needs is there.
 *
 * The plans of all modules that are wanted (order.c) are laid behind each other,
 * each module where it first stands: modprobe, called for one after the other,
 * would load them in that order.  What has to be kept of the order is the graph: a
 * module waits for those it needs, and without one of them is not tried; for the
 * soft dependencies around it, it only waits.  A module waits for none that stands
 * behind it, so there are no circles.  Along the graph all processors load.
 *
 * Plans are made by one thread.  Workers say nothing: what became of a module is
 * written into its node, and told afterwards in the order of the plan.
 */
#ifndef KML_BATCH_C
#define KML_BATCH_C

#include "../ground/pool.c"
#include "hook.c"
#include "live.c"
#include "loader.c"
#include "order.c"
#include "probe.c"
#include "refusal.c"

enum { BATCH_BUCKETS = 512 };

enum batch_state {
	BATCH_WAITS, BATCH_LOADED, BATCH_THERE, BATCH_BUILTIN, BATCH_BLACKLISTED,
	BATCH_FAILED, BATCH_SKIPPED
};

static const char *const batch_states[] = {
	"planned", "loaded", "there", "builtin", "blacklisted", "failed", "not tried",
};

struct batch_places { size_t *v, n, room; };

struct batch_node {
	struct batch_node *bucket;
	struct str name;
	struct order_module *m;
	struct str params;
	const struct modconf_line *install;     /* to be run instead of loading it */
	struct batch_reason { struct batch_reason *next; const void *by; } *reasons, **end;
	bool planned, required;         /* not only a soft dependency */
	size_t at;                      /* in the plan, if planned */
	struct batch_places needs, after;
	enum batch_state state;
	int verdict;                    /* errno; of what it needs, if it was not tried */
	const char *why;                /* the sentence, or the name of what it needs */
	struct loader_times times;
	int worker;
};

struct batch {
	struct scope *s;
	const struct probe *probe;
	/* Puts one module into the kernel, as loader_insert_timed() does. */
	int (*insert)(struct kml *k, struct scope *s, const char *path, const char *params,
	              int flags, int *verdict, struct loader_times *times);
	struct batch_node *known[BATCH_BUCKETS];
	struct batch_node **plan;
	size_t n, room, run;            /* plan[run] is the first not run yet */
	struct batch_node **refused;    /* blacklisted when they were wanted */
	size_t nrefused, refused_room;
};

static struct batch *batch_new(struct scope *s, const struct probe *p)
{
	struct batch *b = new(s, struct batch);

	b->s = s;
	b->probe = p;
	b->insert = loader_insert_timed;
	return b;
}

/* Memory for one element more, in powers of two. */
static void *batch_grow(struct scope *s, void *v, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return v;
	*room = 2 * *room + 4;
	more = scope_array(s, *room, size);
	if (n)
		memcpy(more, v, n * size);
	return more;
}

static struct batch_node *batch_node(struct batch *b, struct str name)
{
	struct batch_node **bucket = &b->known[str_hash(name) % BATCH_BUCKETS], *nd = *bucket;

	while (nd && !str_eq(nd->name, name))
		nd = nd->bucket;
	if (!nd) {
		nd = new(b->s, struct batch_node);
		nd->name = name;
		nd->end = &nd->reasons;
		nd->bucket = *bucket;
		*bucket = nd;
	}
	return nd;
}

/* ---- planning ------------------------------------------------------------ */

static enum batch_state batch_now(struct kml *k, const struct batch *b, struct str name)
{
	if (order_builtin(k, b->probe->order, name))
		return BATCH_BUILTIN;
	return live_state(k, b->s, name) == LIVE_THERE ? BATCH_THERE : BATCH_WAITS;
}

/* Take `m` into the plan, unless it is there. */
static void batch_add(struct kml *k, struct batch *b, struct order_module *m, bool required)
{
	struct batch_node *nd = batch_node(b, m->name);
	const struct modconf *conf = b->probe->order->conf;

	nd->required |= required;
	if (nd->planned)
		return;
	order_know(k, b->probe->order, m);
	nd->planned = true;
	nd->m = m;
	nd->at = b->n;
	nd->state = batch_now(k, b, m->name);
	nd->params = probe_params(b->s, b->probe, m, false);
	if (!m->bare)
		nd->install = modconf_find(conf, MODCONF_INSTALL, m->name);
	b->plan = batch_grow(b->s, b->plan, b->n, &b->room, sizeof *b->plan);
	b->plan[b->n++] = nd;
}

static void batch_refuse(struct batch *b, struct batch_node *nd)
{
	if (nd->state == BATCH_BLACKLISTED)
		return;
	nd->state = BATCH_BLACKLISTED;
	b->refused = batch_grow(b->s, b->refused, b->nrefused, &b->refused_room,
	                        sizeof *b->refused);
	b->refused[b->nrefused++] = nd;
}

/* `m` shall be there, because of `by`: all it needs comes into the plan, unless it
 * is there or blacklisted. */
static int batch_want(struct kml *k, struct batch *b, struct order_module *m, const void *by)
{
	struct order *o = b->probe->order;
	struct batch_node *nd = batch_node(b, m->name);
	struct batch_reason *reason = new(b->s, struct batch_reason);
	struct order_list plan;
	int r;

	reason->by = by;
	*nd->end = reason;
	nd->end = &reason->next;
	if (nd->planned) {
		nd->required = true;
		for (size_t i = 0; i < nd->m->ndeps; i++)
			batch_node(b, nd->m->deps[i]->name)->required = true;
		return 0;
	}
	if (batch_now(k, b, m->name) != BATCH_WAITS)
		return batch_add(k, b, m, true), 0;
	if (modconf_blacklisted(o->conf, m->name))
		return batch_refuse(b, nd), 0;
	if ((r = order_plan(k, o, m, false, &plan)) < 0)
		return fail_in(k, r, "%.*s", FMT(m->name));
	for (size_t i = 0; i < plan.n; i++)
		batch_add(k, b, plan.v[i], plan.v[i]->required == o->plan);
	return 0;
}

/* ---- the graph ----------------------------------------------------------- */

/* `nd` waits for the module called `name`, if that comes before it. */
static void batch_edge(struct batch *b, struct batch_node *nd, struct batch_places *list,
                       struct str name)
{
	const struct batch_node *other = batch_node(b, name);

	if (!other->planned || other->at >= nd->at)
		return;
	list->v = batch_grow(b->s, list->v, list->n, &list->room, sizeof *list->v);
	list->v[list->n++] = other->at;
}

static void batch_edges(struct kml *k, struct batch *b, struct batch_node *nd)
{
	struct order_list pre, post;

	for (size_t i = 0; i < nd->m->ndeps; i++)
		batch_edge(b, nd, &nd->needs, nd->m->deps[i]->name);
	order_softdeps(k, b->probe->order, nd->name, &pre, &post);
	for (size_t i = 0; i < pre.n; i++)
		batch_edge(b, nd, &nd->after, pre.v[i]->name);
	for (size_t i = 0; i < post.n; i++) {
		struct batch_node *other = batch_node(b, post.v[i]->name);

		if (other->planned)
			batch_edge(b, other, &other->after, nd->name);
	}
}

/* ---- loading ------------------------------------------------------------- */

static int batch_command(struct kml *k, struct scope *s, const struct batch *b,
                         const struct batch_node *nd, int *verdict)
{
	struct str command = hook_expand(s, nd->install->text, nd->params);
	int status, r = hook_run(k, s, nd->name, command, b->probe->env, &status);

	if (r < 0 || !status)
		return r;
	loader_done(k, -EINVAL, verdict);
	return fail(k, KML_FAIL, "its install command '%.*s' ended with status %d%s",
	            FMT(command), status & 0xff, hook_why(status));
}

static int batch_insert(struct kml *k, struct scope *s, const struct batch *b,
                        struct batch_node *nd)
{
	if (nd->install)
		return batch_command(k, s, b, nd, &nd->verdict);
	if (nd->m->path)
		return b->insert(k, s, nd->m->path, scope_text(s, nd->params), b->probe->flags,
		                 &nd->verdict, &nd->times);
	loader_done(k, -ENOENT, &nd->verdict);
	return fail(k, KML_NOTFOUND, "there is no module of that name");
}

static int batch_piece(struct kml *k, struct scope *s, size_t i, int worker, void *arg)
{
	struct batch *b = arg;
	struct batch_node *nd = b->plan[i];
	struct scope *t = scope_begin(s);
	int r;

	nd->worker = worker;
	nd->state = BATCH_FAILED;       /* also when memory runs out */
	nd->why = "out of memory";
	loader_now(&nd->times, LOADER_READ);
	r = batch_insert(k, t, b, nd);
	nd->times.at[LOADER_END] = kernel_clock();
	scope_end(t);
	if (r < 0 && nd->verdict != EEXIST)
		return nd->why = scope_text(s, str_of(k->msg)), r;
	nd->state = r < 0 ? BATCH_THERE : BATCH_LOADED;
	nd->verdict = 0;
	return 0;
}

/* It was not tried: say because of which. */
static void batch_skip(const struct batch *b, struct batch_node *nd)
{
	nd->state = BATCH_SKIPPED;
	for (size_t i = 0; i < nd->needs.n; i++) {
		const struct batch_node *other = b->plan[nd->needs.v[i]];

		if (other->state != BATCH_FAILED && other->state != BATCH_SKIPPED)
			continue;
		nd->verdict = other->verdict;
		nd->why = other->state == BATCH_SKIPPED ? other->why : other->name.p;
		return;
	}
}

/* Load what was planned since the last call; how many were. */
static size_t batch_run(struct kml *k, struct batch *b)
{
	struct pool_piece *v = news(b->s, struct pool_piece, b->n);
	size_t loaded = 0;

	for (size_t i = b->run; i < b->n; i++)
		if (b->plan[i]->state == BATCH_WAITS)
			batch_edges(k, b, b->plan[i]);
	for (size_t i = 0; i < b->n; i++) {
		const struct batch_node *nd = b->plan[i];

		v[i] = (struct pool_piece){
			.needs = nd->needs.v, .nneeds = nd->needs.n,
			.after = nd->after.v, .nafter = nd->after.n,
			.end = nd->state == BATCH_WAITS ? POOL_WAITS :
			       nd->state < BATCH_FAILED ? POOL_DONE : POOL_FAILED,
		};
	}
	pool_graph(k, b->s, v, b->n, batch_piece, b);
	for (; b->run < b->n; b->run++) {
		struct batch_node *nd = b->plan[b->run];

		if (v[b->run].end == POOL_SKIPPED)
			batch_skip(b, nd);
		loaded += nd->state == BATCH_LOADED;
	}
	return loaded;
}

/* ---- saying -------------------------------------------------------------- */

/* What would be done from plan[from] on, by the probe's show(). */
static void batch_show(const struct batch *b, size_t from)
{
	const struct probe *p = b->probe;

	for (; from < b->n; from++) {
		const struct batch_node *nd = b->plan[from];

		if (nd->state != BATCH_WAITS)
			continue;
		if (nd->install)
			probe_show(p, "install", nd->install->text, &nd->params);
		else if (nd->m->path)
			probe_show(p, "insmod", str_of(nd->m->path), &nd->params);
	}
}

/* Behind the message about `nd`: why.  The kernel's log was read for all before. */
static void batch_explain(struct kml *k, const struct batch *b, const struct batch_node *nd,
                          const struct klog *log)
{
	struct refusal *f = b->probe->refusal;

	if (!f || nd->state != BATCH_FAILED || !nd->verdict || nd->install || !nd->m->path)
		return;
	f->a.log = *log;
	refusal_tried(k, f, nd->name, nd->m->path, S(""), scope_text(b->s, nd->params),
	              b->probe->flags, nd->verdict);
	refusal_explain(k, f);
}

/* Tell what went wrong, at `level`; how many that were.  That a soft dependency does
 * not load, or a module finds no device if none need be (`idle`), is for the curious
 * (`all`) only, and so is what was on the way to a module that was wanted. */
static size_t batch_tell(struct kml *k, const struct batch *b, enum kml_level level, bool idle,
                         bool all)
{
	struct klog log = { .fd = -1 };
	size_t bad = 0;

	if (b->probe->refusal)
		log = b->probe->refusal->a.log;
	klog_read(k, b->s, &log);
	log.fd = -1;
	for (size_t i = 0; i < b->n; i++) {
		const struct batch_node *nd = b->plan[i];
		bool counts = nd->required && !(idle && nd->verdict == ENODEV);
		enum kml_level l = counts ? level : KML_INFO;

		if (nd->state < BATCH_FAILED)
			continue;
		bad += counts;
		if (!all && (!counts || (nd->state == BATCH_SKIPPED && !nd->reasons)))
			continue;
		if (nd->state == BATCH_SKIPPED)
			note(k, l, "could not insert '%.*s': it needs '%s'", FMT(nd->name),
			     nd->why);
		else
			note(k, l, "could not insert '%.*s': %s", FMT(nd->name),
			     nd->verdict && !nd->install && nd->m->path ?
			     loader_text(nd->verdict) : nd->why);
		batch_explain(k, b, nd, &log);
	}
	return bad;
}

#endif
