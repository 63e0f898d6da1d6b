#define KML_TEST
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
TESTS_END
