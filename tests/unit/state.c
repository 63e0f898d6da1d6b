#define KML_TEST
#include "../../src/site/state.c"
#include "../test.h"

static int parse(struct kml *k, struct scope *s, struct str text, struct state *st)
{
	*st = (struct state){ .name = "x" };
	return state_parse(k, s, text, st);
}

#define HEAD "kml-state 1\nstatus loading\nkernel 6.1\nimage oci:i:t\ndigest sha256:00\n"

TESTS
	struct state st, again;
	struct state_names all;

	TEST("what is written is read again") {
		k->root = "build/unit-state";
		(void)rmdir("build/unit-state" STATE_DIR "/dir.state");
		CHECK(save_mkdirs(k, s, "build/unit-state") == 0);
		CHECK(state_lock(k, s) == 0);
		st = (struct state){ .name = "a-set", .loading = true, .kernel = "6.1.0",
		                     .image = "oci:images:6.1.0", .digest = "sha256:0", .dir = "/opt",
		                     .path = "/fw" };
		state_tell(s, &st.given, "kml", "");
		state_tell(s, &st.given, "kml_a", "x=1 y=\"a b\"");
		state_add(s, &st.needed, "mc");
		state_add(s, &st.firmware, "/run/kml/firmware/a b.bin");
		state_add(s, &st.replaced, "old");
		state_add(s, &st.modules, "kml_b");
		state_add(s, &st.modules, "kml_a");
		CHECK(state_write(k, s, &st) == 0);
		CHECK(state_read(k, s, "a-set", &again) == 0);
		CHECK(again.loading && !strcmp(again.image, st.image) && again.modules.n == 2);
		CHECK(again.needed.n == 1 && !strcmp(again.needed.v[0], "mc"));
		CHECK(again.firmware.n == 1 && !strcmp(again.firmware.v[0], st.firmware.v[0]));
		CHECK(!strcmp(again.modules.v[1], "kml_a") && !strcmp(again.replaced.v[0], "old"));
		CHECK(!strcmp(again.dir, "/opt") && !strcmp(again.path, "/fw") && !again.was);
		CHECK(!strcmp(state_about(&again.given, "kml"), ""));
		CHECK(!strcmp(state_about(&again.given, "kml_a"), "x=1 y=\"a b\""));
		CHECK(!state_about(&again.given, "kml_b"));
		CHECK(state_list(k, s, &all) == 0 && all.n == 1 && !strcmp(all.v[0], "a-set"));
		CHECK(state_forget(k, s, "a-set") == 0);
		CHECK(state_read(k, s, "a-set", &again) == KML_NOTFOUND);
		CHECK(save_mkdirs(k, s, STATE_DIR "/dir.state") == 0);
		CHECK(state_read(k, s, "dir", &again) < 0);
		CHECK(!strncmp(k->msg, STATE_DIR "/dir.state: ", sizeof STATE_DIR "/dir.state:"));
		k->root = NULL;
	}
	TEST("a set is called as the kernel calls the module, unless it was recorded otherwise") {
		k->root = "build/unit-state";
		CHECK(!strcmp(state_name(k, s, "kml-demo-b"), "kml_demo_b"));
		st.name = "a-set";
		CHECK(state_write(k, s, &st) == 0 && !strcmp(state_name(k, s, "a-set"), "a-set"));
		CHECK(state_forget(k, s, "a-set") == 0);
		CHECK(!strcmp(state_name(k, s, "a-set"), "a_set"));
		k->root = NULL;
	}
	TEST("a name that leads elsewhere is refused") {
		CHECK(state_read(k, s, "../x", &st) == KML_USAGE);
		CHECK(state_read(k, s, "", &st) == KML_USAGE);
		CHECK(parse(k, s, S(HEAD "module ../x\n"), &st) == KML_BAD);
		CHECK(!strcmp(k->msg, "line 6: '../x' is no module name"));
		CHECK(parse(k, s, S(HEAD "given ../x a=1\n"), &st) == KML_BAD);
		CHECK(parse(k, s, S(HEAD "firmware x\n"), &st) == KML_BAD);
		CHECK(!strcmp(k->msg, "line 6: 'x' is no path"));
		CHECK(parse(k, s, S(HEAD "colour red\n"), &st) == KML_BAD);
	}
	TEST("every truncation is refused or parses, and none crashes") {
		struct str whole = S(HEAD "replaced a\nmodule b\n");

		CHECK(parse(k, s, whole, &st) == 0 && st.modules.n == 1);
		for (size_t n = 0; n < sizeof HEAD - sizeof "digest sha256:00\n"; n += 7)
			CHECK(parse(k, s, scope_str(s, (struct str){ whole.p, n }), &st) == KML_BAD);
		CHECK(parse(k, s, S("kml-state 2\n"), &st) == KML_BAD);
		CHECK(parse(k, s, S("kml-state 1\nkernel 6.1\n"), &st) == KML_BAD);
	}
TESTS_END
