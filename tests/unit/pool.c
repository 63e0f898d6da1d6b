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
	TEST("all processors of a large machine are used") {
		k->jobs = 0;
		large = true;
		CHECK(pool_jobs(k, 1000) == 5 && pool_jobs(k, 3) == 3);
		large = false;
		CHECK(pool_jobs(k, 1000) >= 1);
	}
TESTS_END
