#define KML_TEST
#include "../../src/format/kmodhash.c"
#include "../test.h"

TESTS
	TEST("names have the buckets that kmod 34 shows") {
		static const struct { struct str key; uint32_t bucket; } known[] = {
			{ { "empty", 5 }, 81 }, { { "un", 2 }, 199 }, { { "b", 1 }, 225 },
			{ { "un2", 3 }, 341 }, { { "d", 1 }, 353 }, { { "a", 1 }, 386 },
		};

		for (size_t i = 0; i < countof(known); i++)
			CHECK((kmodhash_of(known[i].key) & 511) == known[i].bucket);
	}
	TEST("a bucket is sorted, and buckets follow each other") {
		struct str keys[] = { S("d"), S("un"), S("b"), S("empty"), S("a") };
		uint32_t *order = kmodhash_order(s, keys, countof(keys), 512);

		CHECK(order[0] == 3 && order[1] == 1 && order[2] == 2);
		CHECK(order[3] == 0 && order[4] == 4);
		order = kmodhash_order(s, keys, countof(keys), 1);
		CHECK(order[0] == 4 && order[1] == 2 && order[2] == 0 && order[4] == 1);
	}
TESTS_END
