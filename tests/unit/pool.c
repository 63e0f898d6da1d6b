#define KML_TEST
#include "../../src/ground/sys.c"
#include <sched.h>

/* A machine that may have 4096 processors, and has 5: the kernel wants room for all. */
static bool large;

static int affinity(pid_t pid, size_t n, cpu_set_t *set)
{
	if (!large)
		return sched_getaffinity(pid, n, set);
	if (n < 4096 / 8)
		return errno = EINVAL, -1;
	memset(set, 0, n);
	*(char *)set = 3;
	((char *)set)[4096 / 8 - 1] = 0x70;
	return 0;
}
#define sched_getaffinity(pid, n, set) affinity(pid, n, set)
#include "../../src/ground/pool.c"
#include "../test.h"

struct job { const char *text[40]; int bad; };

static int job_one(struct kml *k, struct scope *s, size_t i, void *arg)
{
	struct job *j = arg;

	if ((int)i >= j->bad)
		return fail(k, KML_BAD, "number %zu", i);
	j->text[i] = scope_format(s, "result %zu", i);
	return 0;
}

/* A graph of pieces that know how they will end. */
enum { PIECES = 40 };
struct graph {
	struct pool_piece v[PIECES];
	size_t lists[PIECES][2][4];
	bool bad[PIECES], begun[PIECES];
	_Atomic int ended[PIECES], order, wrong;
};

static int graph_one(struct kml *k, struct scope *s, size_t i, int worker, void *arg)
{
	struct graph *g = arg;

	(void)s;
	g->wrong += g->begun[i] || worker < 0 || worker >= 3;
	g->begun[i] = true;
	for (size_t j = 0; j < g->v[i].nneeds; j++)
		g->wrong += !g->ended[g->v[i].needs[j]] || g->bad[g->v[i].needs[j]];
	g->ended[i] = ++g->order;
	return g->bad[i] ? fail(k, KML_BAD, "piece %zu", i) : 0;
}

static unsigned dice(unsigned *seed, unsigned sides)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % sides;
}

/* Random needs, most of them of pieces before, so that there are few circles. */
static struct graph *graph_random(struct scope *s, unsigned seed)
{
	struct graph *g = new(s, struct graph);

	for (size_t i = 0; i < PIECES; i++) {
		struct pool_piece *p = &g->v[i];

		p->needs = g->lists[i][0];
		p->after = g->lists[i][1];
		p->nneeds = dice(&seed, 4);
		p->nafter = dice(&seed, 3);
		for (size_t j = 0; j < 8; j++)
			g->lists[i][j / 4][j % 4] = i && dice(&seed, 40) ?
				dice(&seed, (unsigned)i) : dice(&seed, PIECES);
		if (!i)
			p->nneeds = p->nafter = 0;
		g->bad[i] = !dice(&seed, 9);
		if (!dice(&seed, 20))
			p->end = g->bad[i] ? POOL_FAILED : POOL_DONE;
		if (p->end)
			g->begun[i] = g->ended[i] = true;
	}
	return g;
}

/* How piece `i` has to end, told from how the others did. */
static enum pool_end graph_end(const struct graph *g, size_t i)
{
	bool waits = false, doomed = false;

	for (size_t j = 0; j < g->v[i].nneeds; j++) {
		waits |= g->v[g->v[i].needs[j]].end == POOL_WAITS;
		doomed |= g->v[g->v[i].needs[j]].end != POOL_DONE;
	}
	for (size_t j = 0; j < g->v[i].nafter; j++)
		waits |= g->v[g->v[i].after[j]].end == POOL_WAITS;
	return waits ? POOL_WAITS : doomed ? POOL_SKIPPED : g->bad[i] ? POOL_FAILED : POOL_DONE;
}

static bool graph_holds(struct kml *k, struct scope *s, unsigned seed)
{
	struct graph *g = graph_random(s, seed);
	bool before[PIECES], ok = true;

	for (size_t i = 0; i < PIECES; i++)
		before[i] = g->v[i].end != POOL_WAITS;
	pool_graph(k, s, g->v, PIECES, graph_one, g);
	for (size_t i = 0; i < PIECES; i++) {
		enum pool_end end = g->v[i].end;

		if (before[i])
			continue;
		ok &= end == graph_end(g, i);
		ok &= g->begun[i] == (end == POOL_DONE || end == POOL_FAILED);
		for (size_t j = 0; j < g->v[i].nafter && g->begun[i]; j++) {
			size_t a = g->v[i].after[j];

			ok &= g->v[a].end == POOL_SKIPPED || before[a] ||
				g->ended[a] < g->ended[i];
		}
	}
	return ok && !g->wrong;
}

/* A piece that needs memory, of which there may be none. */
static int graph_greedy(struct kml *k, struct scope *s, size_t i, int worker, void *arg)
{
	(void)k, (void)worker;
	((const char **)arg)[i] = scope_format(s, "piece %zu", i);
	return 0;
}

TESTS
	struct job j = { .bad = 1000 };

	k->jobs = 3;
	TEST("results come back by index and live on") {
		CHECK(pool_run(k, s, 40, job_one, &j) == 0);
		CHECK(!strcmp(j.text[0], "result 0") && !strcmp(j.text[39], "result 39"));
	}
	TEST("of several failures the first by index is told") {
		j.bad = 7;
		CHECK(pool_run(k, s, 40, job_one, &j) == KML_BAD);
		CHECK(!strcmp(k->msg, "number 7"));
	}
	TEST("nothing to do is done") {
		CHECK(pool_run(k, s, 0, job_one, &j) == 0);
	}
	TEST("pieces begin when what they need is done, whatever the graph") {
		int most = test_faulty ? 1 : 3000;
		struct scope *t;

		for (int i = 0; i < most; i++) {
			t = scope_begin(s);
			CHECK(graph_holds(k, t, (unsigned)i));
			scope_end(t);
		}
	}
	TEST("what can be begun is begun in the order of the indexes") {
		static const size_t to[] = { 0 };
		struct graph *g = new(s, struct graph);

		k->jobs = 1;
		g->v[3] = g->v[1] = (struct pool_piece){ .needs = to, .nneeds = 1 };
		pool_graph(k, s, g->v, 5, graph_one, g);
		for (int i = 0; i < 5; i++)
			CHECK(g->ended[i] == i + 1);
		k->jobs = 3;
	}
	TEST("pieces of a circle are never begun, and nobody waits for them") {
		static const size_t to[] = { 1, 2, 0, 2 };
		struct graph *g = new(s, struct graph);

		for (size_t i = 0; i < 4; i++)
			g->v[i] = (struct pool_piece){ .needs = &to[i], .nneeds = 1 };
		pool_graph(k, s, g->v, 5, graph_one, g);
		CHECK(g->v[4].end == POOL_DONE && g->order == 1);
		CHECK(g->v[0].end == POOL_WAITS && g->v[3].end == POOL_WAITS);
	}
	TEST("what pieces leave lives on, and out of memory is one piece's failure") {
		struct pool_piece v[9] = { 0 };
		const char *text[9] = { 0 };
		size_t done = 0;

		pool_graph(k, s, v, 9, graph_greedy, text);
		for (size_t i = 0; i < 9; i++) {
			done += v[i].end == POOL_DONE;
			CHECK(v[i].end != POOL_DONE || text[i][6] == '0' + (char)i);
			CHECK(v[i].end == (text[i] ? POOL_DONE : POOL_FAILED));
		}
		CHECK(done >= 8);
	}
	TEST("all processors of a large machine are used") {
		k->jobs = 0;
		large = true;
		CHECK(pool_jobs(k, 1000) == 5 && pool_jobs(k, 3) == 3);
		large = false;
		CHECK(pool_jobs(k, 1000) >= 1);
	}
TESTS_END
