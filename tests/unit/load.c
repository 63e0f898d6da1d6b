#define KML_TEST
#include "../../src/site/load.c"
#include "../test.h"

/* No module of these names is in any kernel, so nothing is touched. */
TESTS
	struct state st, again;

	k->root = "build/unit-load";
	CHECK(save_mkdirs(k, s, "build/unit-load/lib/modules/6.1.0") == 0);
	CHECK(state_lock(k, s) == 0);
	st = (struct state){ .name = "set", .loading = true, .kernel = "6.1.0",
	                     .image = "oci:i", .digest = "sha256:0" };

	TEST("a record of modules that are gone by now is dropped") {
		state_add(s, &st.modules, "kml_no_such_module");
		state_add(s, &st.needed, "kml_no_such_either");
		CHECK(state_write(k, s, &st) == 0);
		CHECK(load_reverse(k, s, &st) == 0);
		CHECK(state_read(k, s, "set", &st) == KML_NOTFOUND);
	}
	TEST("what cannot be put back is told, and the record does not stand in the way") {
		st = (struct state){ .name = "set", .kernel = "6.1.0", .image = "oci:i",
		                     .digest = "sha256:0" };
		state_add(s, &st.replaced, "kml_no_such_old");
		CHECK(state_write(k, s, &st) == 0);
		CHECK(load_reverse(k, s, &st) == KML_FAIL);
		CHECK(!strcmp(k->msg, "module kml_no_such_old cannot be put back: no module "
		              "kml_no_such_old in /lib/modules/6.1.0"));
		CHECK(state_read(k, s, "set", &again) == KML_NOTFOUND);
	}
	TEST("a name is dropped out of the middle of a list") {
		struct state_names l = { 0 };

		state_add(s, &l, "a");
		state_add(s, &l, "b");
		state_add(s, &l, "c");
		state_drop(&l, 1);
		CHECK(l.n == 2 && !strcmp(l.v[0], "a") && !strcmp(l.v[1], "c"));
		CHECK(state_has(&l, "c") && !state_has(&l, "b"));
	}
	k->root = NULL;
TESTS_END
