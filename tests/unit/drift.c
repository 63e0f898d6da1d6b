#define KML_TEST
#include "../../src/site/drift.c"
#include "../test.h"

#define ROOT "build/unit-drift"
#define NOTE "\4\0\0\0\24\0\0\0\3\0\0\0GNU\0"

static void sysfs(struct kml *k, struct scope *s, const char *leaf, struct str text)
{
	CHECK(save_file(k, s, scope_format(s, ROOT "/sys/module/m/%s", leaf), text) == 0);
}

static bool is(const struct buf *b, const char *text) { return str_eq(buf_str(b), str_of(text)); }

TESTS
	struct state st = { .name = "set" }, none = { .name = "" };
	struct steps_module m = { .name = S("m"), .note = S(NOTE "\xab\xcd\1") };
	struct steps_one step = { "m", "flag size=16 who=me odd=3", &m, NULL, false };
	struct buf b = { .s = s };

	modinfo_parse(s, S("srcversion=AAA\0parmtype=flag:bool\0parmtype=size:int\0"
	                   "parmtype=who:charp\0parmtype=odd:mode"), &m.info);
	CHECK(save_mkdirs(k, s, ROOT "/sys/module/m/parameters") == 0);
	CHECK(save_mkdirs(k, s, ROOT "/sys/module/m/notes") == 0);
	k->root = ROOT;
	state_add(s, &st.modules, "m");
	state_tell(s, &st.given, "m", step.params);
	state_tell(s, &st.builds, "m", drift_own(s, &m));
	k->root = NULL;
	sysfs(k, s, "initstate", S("live\n"));
	sysfs(k, s, "srcversion", S("AAA\n"));
	sysfs(k, s, "notes/.note.gnu.build-id", S(NOTE "\xab\xcd\1"));
	sysfs(k, s, "parameters/flag", S("Y\n"));
	sysfs(k, s, "parameters/size", S("16\n"));
	sysfs(k, s, "parameters/who", S("me\n"));
	sysfs(k, s, "parameters/odd", S("three\n"));
	k->root = ROOT;
	state_tell(s, &st.shown, "m", drift_shown(k, s, "m", step.params));

	TEST("what is as it was has not drifted, whoever loaded it") {
		CHECK(!strcmp(drift_own(s, &m), "AAA abcd01"));
		CHECK(!strcmp(drift_live(k, s, "m"), "AAA abcd01"));
		CHECK(!strcmp(st.shown.v[0], "m flag=Y size=16 who=me odd=three"));
		drift_of_state(k, s, &st, "m", &b);
		drift_of_step(k, s, &st, &step, &b);
		drift_of_step(k, s, &none, &step, &b);
		CHECK(!b.n);
	}
	TEST("another build is told, and what is not known differs from nothing") {
		b.n = 0;
		m.note = S(NOTE "\xab\xcd\2");
		drift_of_step(k, s, &st, &step, &b);
		CHECK(is(&b, "module m in the kernel is another build than the image's "
		         "(build-id abcd01, not abcd02)"));
		CHECK(!drift_between(s, "AAA -", "AAA abcd02") && !drift_between(s, "- -", "A B"));
		CHECK(drift_between(s, "AAA ab", "BBB ab"));
		m.note = S("short");
		b.n = 0;
		drift_of_step(k, s, &st, &step, &b);
		CHECK(!b.n);
	}
	TEST("other parameters are told") {
		struct steps_one other = step;

		b.n = 0;
		other.params = "flag=0 size=0x10 who=you odd=4";
		drift_of_step(k, s, &none, &other, &b);
		CHECK(is(&b, "module m in the kernel has flag=Y, not flag=0; module m in the kernel has "
		         "who=me, not who=you"));
		b.n = 0;
		drift_of_step(k, s, &st, &other, &b);
		CHECK(b.n && str_starts(buf_str(&b), S("module m was loaded with \"flag size=16")));
		b.n = 0;
		other.name = "no_such";
		drift_of_step(k, s, &st, &other, &b);
		CHECK(is(&b, "module no_such is not loaded"));
		other.soft = true;
		b.n = 0;
		drift_of_step(k, s, &st, &other, &b);
		CHECK(!b.n);
	}
	TEST("a parameter that was changed since is told") {
		b.n = 0;
		k->root = NULL;
		sysfs(k, s, "parameters/size", S("17\n"));
		k->root = ROOT;
		drift_of_state(k, s, &st, "m", &b);
		CHECK(is(&b, "module m has the parameters \"flag=Y size=17 who=me odd=three\" now, and "
		         "had \"flag=Y size=16 who=me odd=three\" when it was loaded"));
	}
	TEST("other firmware, and a module that is to be replaced, are told") {
		struct resolved rule = { .name = "m", .kernel = "6" };
		const char *replaces[] = { "no_such", "old-a" };
		struct steps l;

		CHECK(save_mkdirs(k, s, "/etc/modprobe.d") == 0);
		CHECK(save_file(k, s, "/etc/modprobe.d/x.conf",         /* kml knows of these */
		                S("install old_a x\ninstall m x\n")) == 0);
		CHECK(save_mkdirs(k, s, "/sys/module/old_a") == 0);
		CHECK(save_file(k, s, "/sys/module/old_a/initstate", S("live\n")) == 0);
		steps_begin(k, s, &l, "6");
		b.n = 0;
		st.dir = "/opt";
		drift_of_rule(k, s, &st, &rule, &l, &b);
		CHECK(!b.n);
		rule.firmware = "/firmware";
		drift_of_rule(k, s, &st, &rule, &l, &b);
		CHECK(is(&b, "it was loaded with the firmware \"\", and \"/firmware\" is wanted"));
		b.n = 0;
		st.source = "/firmware";
		rule.replaces = (struct resolved_list){ replaces, 2 };
		drift_of_rule(k, s, &st, &rule, &l, &b);
		CHECK(is(&b, "module old_a, which is to be replaced, is in the kernel"));
		b.n = 0;
		replaces[1] = "m";      /* the image's own takes its place */
		drift_of_rule(k, s, &st, &rule, &l, &b);
		CHECK(!b.n);
	}
	k->root = NULL;
TESTS_END
