#define KML_TEST
#include "../../src/format/kver.c"
#include "../test.h"

static bool order(const char *below, const char *above)
{
	return kver_compare(str_of(below), str_of(above), false) < 0 &&
	       kver_compare(str_of(above), str_of(below), false) > 0;
}

static bool in_range(struct kml *k, const char *range, const char *kernel)
{
	struct kver_range r;

	return kver_range_of(k, str_of(range), &r) == 0 && !kver_range_unmet(&r, str_of(kernel));
}

TESTS
	struct template_var v[KVER_VARS];
	struct kver_range range;

	TEST("every character that a tag cannot hold becomes one underscore") {
		CHECK(str_eq(kver_normal(s, S("5.14.0-427.el9_4.x86_64+rt")), S("5.14.0-427.el9_4.x86_64_rt")));
		CHECK(str_eq(kver_normal(s, S("5.15~\xc3\xa9\xff z")), S("5.15____z")));
		CHECK(str_eq(kver_normal(s, S("")), S("")));
	}
	TEST("one plus at the end is dropped before rules are tried") {
		CHECK(str_eq(kver_matched(S("5.10.68+")), S("5.10.68")));
		CHECK(str_eq(kver_matched(S("1.2.3++")), S("1.2.3+")));
		CHECK(str_eq(kver_matched(S("1.2+3")), S("1.2+3")));
	}
	TEST("a DNS-safe name has no edge and no capital") {
		CHECK(str_eq(kver_dns_safe(s, S("-A.B_C+")), S("a-b-c")));
		CHECK(str_eq(kver_dns_safe(s, S("+")), S("")));
	}
	TEST("the variables are the fields of the normalised name") {
		CHECK(kver_vars(k, s, S("6.0.15-300.fc37+x"), v) == 0);
		CHECK(str_eq(v[0].value, S("6.0.15-300.fc37_x")) && str_eq(v[1].value, v[0].value));
		CHECK(str_eq(v[2].value, S("6.0.15")) && str_eq(v[3].value, S("6")));
		CHECK(str_eq(v[4].value, S("0")) && str_eq(v[5].value, S("15")));
		CHECK(kver_vars(k, s, S("1..3"), v) == 0 && !v[4].value.n);
		CHECK(kver_vars(k, s, S("1-2-3"), v) == 0 && str_eq(v[2].value, S("1.2.3")));
	}
	TEST("fewer than three fields are refused") {
		CHECK(kver_vars(k, s, S("4.19+105"), v) == KML_BAD);
		CHECK(!strcmp(k->msg, "kernel '4.19+105' has no version of three numbers, as in 6.1.0"));
		CHECK(kver_vars(k, s, S(""), v) == KML_BAD && kver_vars(k, s, S("5,4,0"), v) == KML_BAD);
		CHECK(kver_vars(k, s, S("6.10."), v) == 0);
	}
	TEST("names are ordered as rpm orders versions") {
		CHECK(order("6.2", "6.10") && order("6.2", "6.2.0") && order("6.2.a", "6.2.1"));
		CHECK(order("6.2-1", "6.2-2") && order("6.2-9", "6.10-1") && order("5.14.0-427", "5.14.0.1-3"));
		CHECK(order("6.2~rc1", "6.2") && order("6.2", "6.2^git1") && order("6.2^git1", "6.2.1"));
		CHECK(order("6.2~rc1", "6.2~rc2") && order("6.2^1", "6.2^2") && order("6.2", "6.2-1"));
		CHECK(!kver_compare(S("6.02"), S("6.2"), false) && !kver_compare(S("6_2"), S("6.2"), false));
		CHECK(!kver_compare(S("6.2"), S("6.2-39-generic"), true));
	}
	TEST("a range holds when all of it does") {
		CHECK(in_range(k, ">=6.2 <6.3", "6.2.0-39-generic"));
		CHECK(!in_range(k, ">=6.2 <6.3", "6.3.0") && !in_range(k, ">=6.2 <6.3", "6.1.9"));
		CHECK(in_range(k, "=6.2.0", "6.2.0-39") && in_range(k, "==6.2.0-39", "6.2.0-39"));
		CHECK(in_range(k, "!=6.2.0", "6.2.1") && in_range(k, ">5", "6") && in_range(k, "<=6", "6"));
	}
	TEST("what is no range is told so") {
		CHECK(kver_range_of(k, S(">= 6.2"), &range) == KML_BAD);
		CHECK(str_starts(str_of(k->msg), S("'>=' is no condition; a range is as in '>=6.2 <6.3'")));
		CHECK(kver_range_of(k, S("6.2"), &range) == KML_BAD);
		CHECK(kver_range_of(k, S(">=6.2,<6.3"), &range) == KML_BAD);
		CHECK(kver_range_of(k, S(">=6.2<6.3"), &range) == KML_BAD);
		CHECK(kver_range_of(k, S("=6.2.*"), &range) == KML_BAD);
		CHECK(kver_range_of(k, S(">=x"), &range) == KML_BAD);
		CHECK(kver_range_of(k, S("  "), &range) == KML_BAD);
		CHECK(kver_range_of(k, S(">1 >1 >1 >1 >1 >1 >1 >1 >1"), &range) == KML_BAD);
	}
TESTS_END
