#define KML_TEST
#include "../../src/image/compose.c"
#include "../test.h"

static yyjson_val *json(struct kml *k, struct scope *s, const char *text)
{
	yyjson_val *v = NULL;

	CHECK(json_read(k, s, str_of(text), &v) == 0);
	return v;
}

#define BASE "{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\",\"created\":\"old\"," \
	"\"author\":\"a\",\"config\":{\"User\":\"1\",\"Env\":[\"PATH=/bin\",\"A=1\",\"A=2\"]," \
	"\"Cmd\":[\"sh\"],\"Entrypoint\":[\"e\"],\"Labels\":{\"x\":\"1\",\"y\":\"2\"}}," \
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:0\"]}," \
	"\"history\":[{\"created_by\":\"base\"},{\"empty_layer\":true}]}"

static bool is(const struct compose *c, const char *want)
{
	struct str got = compose_config(c);

	return str_eq(got, str_of(want));
}

TESTS
	const struct compose_pair env[] = { { S("A"), S("3") }, { S("B"), S("=") } };
	const struct compose_pair labels[] = { { S("y"), S("3") } };
	const struct str cmd[] = { S("it") };
	struct compose_layer layers[] = {
		{ .diff_id = S("sha256:0") }, { .diff_id = S("sha256:1"), .by = S("test") },
	};
	struct compose c = { .s = s, .created = S("now"), .layers = layers, .nlayers = 2 };

	TEST("without a base there is what was given") {
		layers[0].by = S("first");
		c.os = S("linux"), c.arch = S("amd64");
		CHECK(is(&c, "{\"created\":\"now\",\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},"
		         "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:0\",\"sha256:1\"]},"
		         "\"history\":[{\"created\":\"now\",\"created_by\":\"first\"},"
		         "{\"created\":\"now\",\"created_by\":\"test\"}]}"));
	}
	TEST("what a base says stays, and what is new comes in its place or behind") {
		c.base = json(k, s, BASE);
		c.nold = 1;
		c.env = env, c.nenv = 2, c.labels = labels, c.nlabels = 1;
		c.cmd = cmd, c.ncmd = 1, c.new_cmd = true;
		CHECK(compose_check(k, c.base) == 0);
		CHECK(is(&c, "{\"author\":\"a\",\"created\":\"now\",\"architecture\":\"arm64\","
		         "\"variant\":\"v8\",\"os\":\"linux\",\"config\":{\"User\":\"1\","
		         "\"Env\":[\"PATH=/bin\",\"A=3\",\"B==\"],\"Entrypoint\":[\"e\"],"
		         "\"Cmd\":[\"it\"],\"Labels\":{\"x\":\"1\",\"y\":\"3\"}},"
		         "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:0\",\"sha256:1\"]},"
		         "\"history\":[{\"created_by\":\"base\"},{\"empty_layer\":true},"
		         "{\"created\":\"now\",\"created_by\":\"test\"}]}"));
		CHECK(compose_said(c.base, 0) && !compose_said(c.base, 1));
	}
	TEST("a new entrypoint of no words takes the old one away; labels may all be new") {
		c.new_entrypoint = c.only_labels = c.old_created = true;
		CHECK(is(&c, "{\"author\":\"a\",\"created\":\"old\",\"architecture\":\"arm64\","
		         "\"variant\":\"v8\",\"os\":\"linux\",\"config\":{\"User\":\"1\","
		         "\"Env\":[\"PATH=/bin\",\"A=3\",\"B==\"],\"Cmd\":[\"it\"],\"Labels\":{\"y\":\"3\"}},"
		         "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:0\",\"sha256:1\"]},"
		         "\"history\":[{\"created_by\":\"base\"},{\"empty_layer\":true},"
		         "{\"created\":\"now\",\"created_by\":\"test\"}]}"));
	}
	TEST("a base without a history gets none, nor does a layer of which nothing is known") {
		c.base = json(k, s, "{\"os\":\"linux\",\"architecture\":\"arm64\"}");
		CHECK(!memmem(compose_config(&c).p, compose_config(&c).n, "history", 7));
		c.nold = 0;
		CHECK(memmem(compose_config(&c).p, compose_config(&c).n, "history", 7));
		layers[0].by.n = 0;
		CHECK(!memmem(compose_config(&c).p, compose_config(&c).n, "history", 7));
	}
	TEST("a base whose parts have other types is refused") {
		CHECK(compose_check(k, json(k, s, "{\"config\":[]}")) == KML_BAD);
		CHECK(compose_check(k, json(k, s, "{\"config\":{\"Env\":{}}}")) == KML_BAD);
		CHECK(compose_check(k, json(k, s, "{\"config\":{\"Labels\":{\"a\":1}}}")) == KML_BAD);
		CHECK(compose_check(k, json(k, s, "{\"history\":[1]}")) == KML_BAD);
		CHECK(compose_check(k, json(k, s, "{\"config\":null}")) == 0);
	}
	TEST("annotations: those of the same key are replaced") {
		const struct descriptor_note old[] = { { S("a"), S("1") }, { S("b"), S("2") } };
		const struct descriptor_note more[] = { { S("b"), S("3") }, { S("c"), S("4") } };
		struct descriptor_note *v;
		size_t n;

		compose_notes(s, old, 2, more, 2, &v, &n);
		CHECK(n == 3 && str_eq(v[1].value, S("3")) && str_eq(v[2].key, S("c")));
	}
	TEST("times") {
		CHECK(str_eq(compose_time(s, 0), S("1970-01-01T00:00:00Z")));
		CHECK(str_eq(compose_time(s, 951827696), S("2000-02-29T12:34:56Z")));
	}
TESTS_END
