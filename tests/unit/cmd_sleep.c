#define KML_TEST
#include "../../src/command/cmd_sleep.c"
#include "../test.h"

static uint64_t ns(const char *text)
{
	uint64_t n = 0;

	return sleep_time(str_of(text), &n) ? n : 99;
}

TESTS
	char *soon[] = { "0", "0.000001", ".000001s", NULL }, *wrong[] = { "0", "1x", NULL };

	TEST("numbers, fractions and units") {
		CHECK(ns("0") == 0);
		CHECK(ns("2") == 2000000000);
		CHECK(ns("0.25") == 250000000);
		CHECK(ns(".5m") == 30000000000);
		CHECK(ns("1.h") == 3600000000000);
		CHECK(ns("1d") == 86400000000000);
		CHECK(ns("0.0000000019") == 1);
	}
	TEST("more than there is, is for ever") {
		CHECK(ns("infinity") == UINT64_MAX);
		CHECK(ns("99999999999999999999999") == UINT64_MAX);
		CHECK(ns("18446744073.9d") == UINT64_MAX);
	}
	TEST("what is no time is refused") {
		CHECK(ns("") == 99);
		CHECK(ns(".") == 99);
		CHECK(ns("s") == 99);
		CHECK(ns("-1") == 99);
		CHECK(ns("1.2.3") == 99);
		CHECK(ns("1 s") == 99);
		CHECK(ns("1ss") == 99);
	}
	TEST("the times are added up, and all are read first") {
		CHECK(sleep_run(k, s, NULL, soon) == 0);
		CHECK(sleep_run(k, s, NULL, wrong) == KML_USAGE);
	}
TESTS_END
