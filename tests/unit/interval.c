#define KML_TEST
#include "../../src/format/interval.c"
#include "../test.h"

enum { MOST = 4 };

static bool find(struct kml *k, const char *const *texts, struct interval *in)
{
	static struct kver_range range[MOST];
	static const struct kver_range *const v[MOST] = { &range[0], &range[1], &range[2], &range[3] };

	*in = (struct interval){ .v = v };
	for (; texts[in->n]; in->n++)
		if (kver_range_of(k, str_of(texts[in->n]), &range[in->n]) < 0)
			return true;
	return interval_find(in);
}

#define FIND(...) find(k, (const char *const[]){ __VA_ARGS__, NULL }, &in)

static unsigned dice(unsigned *seed, unsigned n) { return ((*seed = *seed * 1103515245 + 12345) >> 16 & 0x7fff) % n; }

TESTS
	struct interval in;

	TEST("a range that no kernel meets") {
		CHECK(!FIND(">=6.3 <6.2") && !FIND(">6.2 <6.2") && !FIND("=6.2 !=6.2") && !FIND(">=6.2-5 <6.2-3") && !FIND(">6.2-5 <=6.2-5"));
		CHECK(FIND(">=6.2 <6.3") && FIND(">=6.2 <=6.2") && FIND(">6.2 <6.2.0") && FIND(">6.2-5 <6.2-5.0") && FIND(">6.2-3 <6.2-5") && FIND("!=6.2"));
		CHECK(FIND("<5.14.0-427 >=5.14.0-70") && FIND("<0.0") && !FIND("=6.2 =6.3") && FIND("=6.2 >=6.2-5"));
	}
	TEST("and one that others leave nothing of") {
		CHECK(!FIND(">=6.2 <6.3", ">=6") && !FIND(">=6.2 <6.4", "<6.3", ">=6.3") && !FIND("=6.2", ">=6.2 <6.2.1"));
		CHECK(FIND(">=6.2 <6.4", "<6.3", ">6.3") && FIND(">=6.2 <6.3", ">6.2-5") && FIND(">=6", ">=6.2", "<6.1"));
		CHECK(!FIND("=6.2", "<6.2-5", ">6.2-5", "=6.2-5") && FIND("=6.2", "<6.2-5", ">6.2-5"));
	}
	TEST("made up at random: what is found is one, and where nothing is found there is none") {
		static const char *const versions[] = { "5", "6.2", "6.2.0", "6.2-5", "6.2-5.el9", "6.02-7", "6.3", "6.3-1" };
		static const char *const names[] = { "5", "5.1", "5-1", "4.9", "6.2", "6.2-5", "6.2-4", "6.2-6", "6.2-5.el9", "6.2-5.el9.1", "6.2-5.1",
		                                     "6.2-9", "6.2-7", "6.2.0", "6.2.0-5", "6.2.1", "6.3", "6.3-0", "6.3-1", "6.3-2", "6.3.1", "6.2-7.1",
		                                     "7", "6.2-1", "6", "6.1.9-3", "6.2~rc1", "6.3~rc1-2" };
		static const char *const ops[] = { "<", "<=", "=", "!=", ">=", ">" };
		unsigned seed = 5;

		for (int i = 0; i < (test_faulty ? 10 : 20000); i++) {
			struct scope *t = scope_begin(s);
			const char *v[MOST + 1] = { 0 };

			for (unsigned n = 1 + dice(&seed, MOST); n--;) {
				struct buf b = { .s = t };

				for (unsigned m = 1 + dice(&seed, 2); m--;)
					buf_format(&b, "%s%s ", ops[dice(&seed, countof(ops))], versions[dice(&seed, countof(versions))]);
				v[n] = scope_text(t, buf_str(&b));
			}
			if (!find(k, v, &in))
				for (size_t j = 0; j < countof(names); j++) {
					snprintf(in.name, sizeof in.name, "%s", names[j]);
					CHECK(!interval_is(&in));
				}
			else
				CHECK(interval_is(&in));
			scope_end(t);
		}
	}
TESTS_END
