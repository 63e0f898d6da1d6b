#define KML_TEST
#include "../../src/site/health.c"
#include "../test.h"

#define ROOT "build/unit-health"
#define INI "[module]\nname = b\nparameters = x=1\nimage = oci:/i:${KERNEL_FULL_VERSION}\n" \
            "[kernel all]\nregexp = .\n"

static void live(struct kml *k, struct scope *s, const char *name)
{
	CHECK(save_mkdirs(k, s, scope_format(s, "/sys/module/%s", name)) == 0);
	CHECK(save_file(k, s, scope_format(s, "/sys/module/%s/initstate", name), S("live\n")) == 0);
}

static const struct health *one(struct kml *k, struct scope *s, const char *name,
                                const struct mappings *all)
{
	char *names[] = { scope_text(s, str_of(name)), NULL };
	struct health_list l = { 0 };

	CHECK(health_all(k, s, names, all, &l) == 0 && l.n == 1);
	return l.v;
}

static bool is(const struct health *h, const char *word, const char *why)
{
	return !strcmp(h->word, word) && str_eq(h->why, str_of(why));
}

TESTS
	struct state st = { .name = "b", .kernel = "6", .digest = "sha256:0" };
	struct mappings none = { 0 }, all = { new(s, struct mapping), 1 };
	char *nothing[] = { NULL };
	struct health_list l;
	const char *kernel;

	CHECK(kernel_release(k, s, &kernel) == 0);
	CHECK(save_mkdirs(k, s, ROOT) == 0);
	k->root = ROOT;
	(void)save_remove(k, s, "/sys/module/b/initstate");
	(void)rmdir(ROOT "/sys/module/b");
	(void)save_remove(k, s, STATE_DIR "/bad.state");
	CHECK(save_mkdirs(k, s, STATE_DIR) == 0);
	CHECK(mapping_parse(k, s, "kml.ini", S(INI), &all.v[0]) == 0);
	st.image = scope_format(s, "oci:/i:%s", kernel);
	live(k, s, "a");
	state_add(s, &st.modules, "a");
	state_add(s, &st.modules, "b");
	state_tell(s, &st.given, "b", "x=1");
	CHECK(state_write(k, s, &st) == 0);

	TEST("a set is whole, or a part of it is gone") {
		CHECK(is(one(k, s, "b", &none), "partial", "module b is not loaded"));
		live(k, s, "b");
		CHECK(is(one(k, s, "b", &none), "loaded", "") && is(one(k, s, "b", &all), "loaded", ""));
		state_add(s, &st.firmware, "/no/such.bin");
		CHECK(state_write(k, s, &st) == 0);
		CHECK(is(one(k, s, "b", &none), "partial", "firmware /no/such.bin is missing"));
		st.firmware.n = 0;
		st.loading = true;
		CHECK(state_write(k, s, &st) == 0);
		CHECK(is(one(k, s, "b", &none), "interrupted", "a load or unload was cut short"));
		st.loading = false;
	}
	TEST("kml.ini may want another") {
		st.image = "oci:/i:old";
		CHECK(state_write(k, s, &st) == 0);
		CHECK(is(one(k, s, "b", &all), "outdated",
		         scope_format(s, "kml.ini maps the kernel to oci:/i:%s", kernel)));
		st.image = scope_format(s, "oci:/i:%s", kernel);
		st.given.n = 0;
		state_tell(s, &st.given, "b", "x=2");
		CHECK(state_write(k, s, &st) == 0);
		CHECK(is(one(k, s, "b", &all), "outdated", "module b was loaded with \"x=2\", and "
		         "\"x=1\" is wanted"));
		st.given.n = 0;
		state_tell(s, &st.given, "b", "y=0 x=1");       /* "y=0" was modprobe.d's */
		CHECK(state_write(k, s, &st) == 0);
		CHECK(is(one(k, s, "b", &all), "outdated", "module b was loaded with \"y=0 x=1\", and "
		         "\"x=1\" is wanted"));
		st.given.n = 0;
		st.dir = "/opt";
		st.source = "/firmware";
		CHECK(state_write(k, s, &st) == 0);
		CHECK(is(one(k, s, "b", &all), "outdated", "it was loaded with the firmware "
		         "\"/firmware\", and \"\" is wanted"));
	}
	TEST("what is not there or cannot be read is told") {
		CHECK(is(one(k, s, "zz", &none), "unloaded", "nothing is recorded of it"));
		CHECK(save_file(k, s, STATE_DIR "/bad.state", S("nonsense\n")) == 0);
		CHECK(is(one(k, s, "bad", &none), "unreadable", STATE_DIR "/bad.state: not a state file "
		         "of this version of kml; unload with the one that wrote it, or remove the file "
		         "when its modules are out"));
		CHECK(state_forget(k, s, "b") == 0);
		CHECK(is(one(k, s, "no-one", &none), "unloaded", "nothing is recorded of it") &&
		      !strcmp(one(k, s, "no-one", &none)->name, "no_one"));
		CHECK(health_all(k, s, nothing, &all, &l) == 0 && l.n == 2);
		CHECK(!strcmp(l.v[0].name, "bad") && !strcmp(l.v[1].word, "unloaded"));
		CHECK(l.v[1].wanted && !strcmp(l.v[1].wanted, st.image));
	}
	k->root = NULL;
TESTS_END
