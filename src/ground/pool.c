/* pool.c - the same work on many things, on all processors.
 *
 * Every worker has its own struct kml and scope, so that work shares nothing
 * but what the caller hands it read-only.  A piece of work is known by its
 * index and puts its result at that index of an array the caller made: what
 * comes out never depends on timing.  Of several failures the one with the
 * lowest index is the call's.  What workers allocate to last goes over to the
 * caller's scope.
 *
 * pool_graph() does pieces that wait for others, each as soon as it can be done.
 */
#ifndef KML_POOL_C
#define KML_POOL_C

#include "sys.c"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

/* Do piece `i`.  `s` lives as long as the caller's; temporaries go into a
 * scope_begin() of their own.  No note(): record what is to be said. */
typedef int pool_fn(struct kml *k, struct scope *s, size_t i, void *arg);

struct pool_worker {
	void *work;                     /* struct pool or struct pool_graph */
	struct kml k;
	pthread_t thread;
	struct scope *home;             /* takes over what the worker allocated */
	int number;
	bool started;
	size_t at;                      /* the piece it is at */
	int r;
};

static int pool_jobs(const struct kml *k, size_t n)
{
	cpu_set_t set[8];               /* 8192 processors: a kernel has no more */
	int jobs = k->jobs;

	if (jobs <= 0)
		jobs = sched_getaffinity(0, sizeof set, set) == 0 ?
			CPU_COUNT_S(sizeof set, set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
	if (jobs < 1)
		jobs = 1;
	if (jobs > 64)
		jobs = 64;
	return n < (size_t)jobs ? (int)n : jobs;
}

/* Have `jobs` workers, the calling thread being one, do `fn`; all have ended on
 * return.  A thread that cannot be made is one worker less. */
static struct pool_worker *pool_crew(const struct kml *k, struct scope *s, int jobs,
                                     void *(*fn)(void *), void *work)
{
	struct pool_worker *crew = news(s, struct pool_worker, (size_t)jobs);

	for (int i = 0; i < jobs; i++)
		crew[i].home = scope_begin(s);
	for (int i = 0; i < jobs; i++) {
		struct pool_worker *w = &crew[i];

		w->work = work;
		w->number = i;
		w->k.root = k->root;
		w->k.jobs = 1;
		w->started = i && pthread_create(&w->thread, NULL, fn, w) == 0;
	}
	fn(&crew[0]);
	for (int i = 0; i < jobs; i++) {
		if (crew[i].started)
			pthread_join(crew[i].thread, NULL);
		crew[i].home->chunks = crew[i].k.keep.chunks;
		crew[i].home->held = crew[i].k.keep.held;
		crew[i].home->spare = crew[i].k.keep.spare;
	}
	return crew;
}

/* ---- pieces in any order ------------------------------------------------- */

struct pool {
	pool_fn *fn;
	void *arg;
	size_t n;
	_Atomic size_t next;
};

static int pool_work(struct kml *k, struct scope *s, void *arg)
{
	struct pool_worker *w = arg;
	struct pool *p = w->work;
	int r = 0;

	(void)s;
	while (r == 0 && (w->at = p->next++) < p->n)
		r = p->fn(k, &k->keep, w->at, p->arg);
	if (r < 0)
		p->next = p->n;         /* the others need not go on */
	return r;
}

static void *pool_thread(void *arg)
{
	struct pool_worker *w = arg;

	w->r = kml_run(&w->k, pool_work, w);
	return NULL;
}

/* Do pieces 0 to n-1, `fn` each, and return when all are done. */
static int pool_run(struct kml *k, struct scope *s, size_t n, pool_fn *fn, void *arg)
{
	struct pool p = { .fn = fn, .arg = arg, .n = n };
	const struct pool_worker *crew;
	int jobs = pool_jobs(k, n), r = 0;
	size_t at = n;

	if (!n)
		return 0;
	crew = pool_crew(k, s, jobs, pool_thread, &p);
	for (int i = 0; i < jobs; i++)
		if (crew[i].r < 0 && crew[i].at < at) {
			at = crew[i].at, r = crew[i].r;
			memcpy(k->msg, crew[i].k.msg, sizeof k->msg);
		}
	return r;
}

/* ---- pieces that wait for each other ------------------------------------- */

enum pool_end { POOL_WAITS, POOL_DONE, POOL_FAILED, POOL_SKIPPED };

/* A piece is begun when all it needs are done, and all it only comes after have
 * ended in whatever way; without one of the former it is skipped.  One that has an
 * end beforehand is not begun; one in a circle waits for ever, which is till the
 * others have ended. */
struct pool_piece {
	const size_t *needs, *after;    /* indexes of others */
	size_t nneeds, nafter;
	enum pool_end end;
};

/* As pool_fn; `worker` is a number from 0 on.  A failure is that of the piece only. */
typedef int pool_piece_fn(struct kml *k, struct scope *s, size_t i, int worker, void *arg);

struct pool_graph {
	pool_piece_fn *fn;
	void *arg;
	struct pool_piece *v;
	struct pool_node { size_t edges, left; bool doomed; } *nodes;
	struct pool_edge { size_t next, to; bool needed; } *edges;      /* [0] is none */
	size_t n, nedges, *ready, head, tail, running;
	_Atomic int lock, ends;         /* of the above; how many pieces ended */
};

/* A mutex and a condition, as far as they are needed: pthread's are 3 kB. */
static void pool_sleep(_Atomic int *at, int value)
{
	syscall(SYS_futex, at, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void pool_wake(_Atomic int *at)
{
	syscall(SYS_futex, at, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void pool_lock(struct pool_graph *g)
{
	int free = 0;

	while (!atomic_compare_exchange_strong(&g->lock, &free, 1)) {
		pool_sleep(&g->lock, 1);
		free = 0;
	}
}

static void pool_unlock(struct pool_graph *g)
{
	g->lock = 0;
	pool_wake(&g->lock);
}

static void pool_edge(struct pool_graph *g, size_t from, size_t to, bool needed)
{
	g->edges[++g->nedges] = (struct pool_edge){ g->nodes[from].edges, to, needed };
	g->nodes[from].edges = g->nedges;
	g->nodes[to].left++;
}

/* Piece `i` can be begun: of several the one with the lowest index is the next. */
static void pool_ready(struct pool_graph *g, size_t i)
{
	size_t at = g->tail++;

	for (; at > g->head && g->ready[at - 1] > i; at--)
		g->ready[at] = g->ready[at - 1];
	g->ready[at] = i;
}

/* Piece `i` has ended: those that waited for nothing else are ready. */
static void pool_release(struct pool_graph *g, size_t i)
{
	for (size_t e = g->nodes[i].edges; e; e = g->edges[e].next) {
		size_t to = g->edges[e].to;
		struct pool_node *nd = &g->nodes[to];

		nd->doomed |= g->edges[e].needed && g->v[i].end != POOL_DONE;
		if (!--nd->left && g->v[to].end == POOL_WAITS)
			pool_ready(g, to);
	}
}

static int pool_step(struct kml *k, struct scope *s, void *arg)
{
	const struct pool_worker *w = arg;
	const struct pool_graph *g = w->work;

	(void)s;
	return g->fn(k, &k->keep, w->at, w->number, g->arg);
}

static void *pool_graph_thread(void *arg)
{
	struct pool_worker *w = arg;
	struct pool_graph *g = w->work;

	pool_lock(g);
	for (;;) {
		bool skip;
		int r = 0;

		while (g->head == g->tail && g->running) {
			int ends = g->ends;

			pool_unlock(g);
			pool_sleep(&g->ends, ends);
			pool_lock(g);
		}
		if (g->head == g->tail)
			break;
		w->at = g->ready[g->head++];
		skip = g->nodes[w->at].doomed;
		g->running++;
		pool_unlock(g);
		if (!skip)
			r = kml_run(&w->k, pool_step, w);
		pool_lock(g);
		g->running--;
		g->v[w->at].end = skip ? POOL_SKIPPED : r < 0 ? POOL_FAILED : POOL_DONE;
		pool_release(g, w->at);
		g->ends++;
		pool_wake(&g->ends);
	}
	pool_unlock(g);
	return NULL;
}

/* Do `fn` for each of the `n` pieces that can be done; how each ended is in v. */
static void pool_graph(struct kml *k, struct scope *s, struct pool_piece *v, size_t n,
                       pool_piece_fn *fn, void *arg)
{
	struct pool_graph g = { .fn = fn, .arg = arg, .v = v, .n = n };
	size_t edges = 1, waiting = 0;

	for (size_t i = 0; i < n; i++) {
		edges += v[i].nneeds + v[i].nafter;
		waiting += v[i].end == POOL_WAITS;
	}
	if (!waiting)
		return;
	g.nodes = news(s, struct pool_node, n);
	g.edges = news(s, struct pool_edge, edges);
	g.ready = news(s, size_t, n);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < v[i].nneeds; j++)
			pool_edge(&g, v[i].needs[j], i, true);
		for (size_t j = 0; j < v[i].nafter; j++)
			pool_edge(&g, v[i].after[j], i, false);
	}
	for (size_t i = 0; i < n; i++)
		if (v[i].end == POOL_WAITS && !g.nodes[i].left)
			pool_ready(&g, i);
	for (size_t i = 0; i < n; i++)
		if (v[i].end != POOL_WAITS)
			pool_release(&g, i);
	pool_crew(k, s, pool_jobs(k, waiting), pool_graph_thread, &g);
}

#endif
