#define KML_TEST
#include "../../src/site/make.c"
#include "../test.h"

#define DIR "build/unit-make"

static bool why(struct kml *k, struct scope *s, const char *log, const char *want)
{
	CHECK(save_file(k, s, DIR "/log", str_of(log)) == 0);
	return !strcmp(make_why(k, s, DIR "/log"), want);
}

/* The n-th thing that make is told. */
static const char *told(struct scope *s, const struct make *m, size_t n)
{
	char **v = make_command(s, m, "/src");

	for (size_t i = 0; i < n; i++)
		if (!v[i])
			return "";
	return v[n] ? v[n] : "";
}

TESTS
	struct resolved_arg args[] = {
		{ S("A"), { .text = "1 $x" } }, { S("MOD_NAME"), { .text = "other" } },
		{ S("KVER"), { .text = "mine" } },
	};
	struct resolved rule = { .kernel = "5.10.68+", .normal = "5.10.68", .name = "m", .args = args,
		.nargs = 3 };
	struct make m = { .rule = &rule, .headers = { .dir = "/h", .path = "/h", .digest = S("d") } };
	struct str one;

	CHECK(save_mkdirs(k, s, DIR) == 0);
	TEST("a Makefile with a rule for all") {
		CHECK(make_has_all(S("x:\nall: x\n")) && make_has_all(S("all :\n")) && make_has_all(S("all::")));
		CHECK(make_has_all(S("all install: x")) && make_has_all(S("clean all:")) && !make_has_all(S("# all: x")) &&
		      !make_has_all(S("all")) && !make_has_all(S("install: all")));
		CHECK(!make_has_all(S("all := 1\n")) && !make_has_all(S("allow: x\n")) &&
		      !make_has_all(S("obj-m := all.o\n\tall:")) && !make_has_all(S("all ::= 1")));
	}
	TEST("the line that says why") {
		CHECK(why(k, s, "CC x\nx.c:1: error: y\nmake: *** z\n", "x.c:1: error: y"));
		CHECK(why(k, s, "CC x\nmake[1]: *** [x] Error 2\n", "make[1]: *** [x] Error 2"));
		CHECK(why(k, s, "a\nb\n\n", "b") && why(k, s, "", "it said nothing"));
		CHECK(why(k, s, "\033[1merror: \xc3\xa4\n", "?[1merror: \xc3\xa4"));
		CHECK(why(k, s, "error: \xff\xc3\xa4\n", "error: ???"));
	}
	TEST("a kernel's directory is its own") {
		CHECK(!strcmp(make_name(s, &rule), "5.10.68-c21d3ae3"));
		rule.normal = rule.kernel;
		CHECK(!strcmp(make_name(s, &rule), "5.10.68+"));
	}
	TEST("what make is told: of two the last counts") {
		CHECK(make_vars(k, s, &m) == 0);
		CHECK(!strcmp(told(s, &m, 0), "make") && !strcmp(told(s, &m, 1), "-C"));
		CHECK(!strcmp(told(s, &m, 2), "/h") && !strcmp(told(s, &m, 3), "M=/src"));
		CHECK(!strcmp(told(s, &m, 4), "modules") && !strcmp(told(s, &m, 5), "KERNEL_SRC_DIR=/h"));
		CHECK(!strcmp(told(s, &m, 8), "KVER=5.10.68+") && !strcmp(told(s, &m, 9), "A=1 $$x"));
		CHECK(!strcmp(told(s, &m, 11), "KVER=mine"));
		CHECK(!strcmp(told(s, &m, 14), "MOD_NAME=m") && !*told(s, &m, 15));
		m.all = true;
		CHECK(!strcmp(told(s, &m, 1), "all"));
	}
	TEST("a stamp is of all that goes in") {
		one = make_stamp(s, &m, S("sources"), S("made"));
		CHECK(str_eq(one, make_stamp(s, &m, S("sources"), S("made"))));
		CHECK(!str_eq(one, make_stamp(s, &m, S("source"), S("made"))));
		m.headers.digest = S("e");
		CHECK(!str_eq(one, make_stamp(s, &m, S("sources"), S("made"))));
		m.headers = (struct headers){ .dir = "/h", .path = "/i", .digest = S("d") };
		CHECK(!str_eq(one, make_stamp(s, &m, S("sources"), S("made"))));
		m.headers.path = "/h";
		rule.args[0].value.text = "2";
		CHECK(make_vars(k, s, &m) == 0 && !str_eq(one, make_stamp(s, &m, S("sources"), S("made"))));
		m.headers.archive = true;
		one = make_stamp(s, &m, S("sources"), S("made"));
		m.headers.dir = m.headers.path = "/elsewhere";
		CHECK(make_vars(k, s, &m) == 0 && str_eq(one, make_stamp(s, &m, S("sources"), S("made"))));
	}
	TEST("how it ended") {
		m.log = DIR "/log";
		CHECK(save_file(k, s, m.log, S("x")) == 0 && make_ended(k, s, &m, 0) == 0);
		CHECK(make_ended(k, s, &m, 2) == KML_FAIL && !strcmp(k->msg, "make: x"));
		CHECK(make_ended(k, s, &m, 127) == KML_FAIL && strstr(k->msg, "there is no make"));
		CHECK(make_ended(k, s, &m, 128 + 9) == KML_FAIL && strstr(k->msg, "signal 9, perhaps"));
	}
TESTS_END
