/* pool.c - the same work on many things, on all processors.
 *
 * Every worker has its own struct kml and scope, so that work shares nothing
 * but what the caller hands it read-only.  A piece of work is known by its
 * index and puts its result at that index of an array the caller made: what
 * comes out never depends on timing.  Of several failures the one with the
 * lowest index is the call's.  What workers allocate to last goes over to the
 * caller's scope.
 */
#ifndef KML_POOL_C
#define KML_POOL_C

#include "sys.c"
#include <pthread.h>
#include <sched.h>

/* Do piece `i`.  `s` lives as long as the caller's; temporaries go into a
 * scope_begin() of their own.  No note(): record what is to be said. */
typedef int pool_fn(struct kml *k, struct scope *s, size_t i, void *arg);

struct pool {
	pool_fn *fn;
	void *arg;
	size_t n;
	_Atomic size_t next;
	struct pool_worker {
		struct pool *pool;
		struct kml k;
		pthread_t thread;
		struct scope *home;     /* takes over what the worker allocated */
		bool started;
		size_t at;              /* of the failure, if r < 0 */
		int r;
	} *workers;
};

static int pool_work(struct kml *k, struct scope *s, void *arg)
{
	struct pool_worker *w = arg;
	struct pool *p = w->pool;
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

/* Do pieces 0 to n-1, `fn` each, and return when all are done. */
static int pool_run(struct kml *k, struct scope *s, size_t n, pool_fn *fn, void *arg)
{
	struct pool p = { .fn = fn, .arg = arg, .n = n };
	int jobs = pool_jobs(k, n), r = 0;
	size_t at = n;

	if (!n)
		return 0;
	p.workers = news(s, struct pool_worker, (size_t)jobs);
	for (int i = 0; i < jobs; i++)
		p.workers[i].home = scope_begin(s);
	for (int i = 0; i < jobs; i++) {
		struct pool_worker *w = &p.workers[i];

		w->pool = &p;
		w->k.root = k->root;
		w->k.jobs = 1;
		w->started = i && pthread_create(&w->thread, NULL, pool_thread, w) == 0;
	}
	pool_thread(&p.workers[0]);
	for (int i = 0; i < jobs; i++) {
		struct pool_worker *w = &p.workers[i];

		if (w->started)
			pthread_join(w->thread, NULL);
		w->home->chunks = w->k.keep.chunks;
		w->home->held = w->k.keep.held;
		if (w->r < 0 && w->at < at) {
			at = w->at, r = w->r;
			memcpy(k->msg, w->k.msg, sizeof k->msg);
		}
	}
	return r;
}

#endif
