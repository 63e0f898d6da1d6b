#define KML_TEST
#include "../../src/format/toml.c"
#include "../test.h"

static const struct toml *get(const struct toml *t, const char *key)
{
	return t ? toml_get(t, str_of(key)) : NULL;
}

/* The text under `key` of the file `text`. */
static const char *text(struct kml *k, struct scope *s, const char *file, const char *key)
{
	struct toml *root;
	const struct toml *v;

	if (toml_read(k, s, str_of(file), &root) < 0)
		return "bad";
	v = get(root, key);
	return v ? scope_text(s, v->text) : "none";
}

static bool is(struct kml *k, struct scope *s, const char *file, const char *want)
{
	return !strcmp(text(k, s, file, "a"), want);
}

/* It is refused, at this line. */
static bool bad(struct kml *k, struct scope *s, const char *file, int line)
{
	struct toml *root;

	return toml_read(k, s, str_of(file), &root) == KML_BAD &&
	       strstr(k->msg, scope_format(s, "line %d: ", line)) == k->msg;
}

static void values(struct kml *k, struct scope *s)
{
	TEST("strings of all four kinds") {
		CHECK(is(k, s, "a = \"x # y\" # z", "x # y") && is(k, s, "a = 'C:\\x'", "C:\\x"));
		CHECK(is(k, s, "a = \"\\t\\\"\\\\\\u00e9\\U0001F600\"", "\t\"\\\xc3\xa9\xf0\x9f\x98\x80"));
		CHECK(is(k, s, "a = \"\\u20ac\\u0041\"", "\xe2\x82\xac" "A"));
		CHECK(is(k, s, "a = \"\"\"\nl\n\"m\"\"\"\"", "l\n\"m\""));
		CHECK(is(k, s, "a = \"\"\"x\\  \n\n   y\"\"\"", "xy") && is(k, s, "a = '''\r\n'q\\'''", "'q\\"));
		CHECK(is(k, s, "a = \"\"", "") && is(k, s, "\"a\" = ''", "") && is(k, s, "'a' = 'b'", "b"));
	}
	TEST("numbers and dates stay text; true is true") {
		CHECK(is(k, s, "a = -1_000.5e3", "-1_000.5e3"));
		CHECK(is(k, s, "a = 1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z"));
		CHECK(is(k, s, "a = inf", "inf") && is(k, s, "a=true#", "true"));
	}
	TEST("strings that are none") {
		CHECK(bad(k, s, "\na = \"x\ny\"", 2) && bad(k, s, "a = \"x", 1) && bad(k, s, "a = '''x''", 1));
		CHECK(bad(k, s, "a = \"\\x\"", 1) && bad(k, s, "a = \"\\ud800\"", 1));
		CHECK(bad(k, s, "a = \"\\u12g4\"", 1) && bad(k, s, "a = \"\001\"", 1));
		CHECK(bad(k, s, "a = \"\\U00110000\"", 1) && bad(k, s, "a = \"\\u-123\"", 1));
		CHECK(bad(k, s, "a = \"\\u+123\"", 1) && bad(k, s, "a = \"\\u0x12\"", 1));
		CHECK(bad(k, s, "a = ", 1) && bad(k, s, "a = yes", 1) && bad(k, s, "a = 1 2", 1));
	}
}

static void tables(struct kml *k, struct scope *s)
{
	static const char file[] = "\xef\xbb\xbf" "top = [ 'x', # one\r\n 'y', ]\r\n"
		"[[r]]\nlocation = 'a'\n[[r.m]]\nl = '1'\n[[r.m]]\nl = '2'\n"
		"[[ r ]]\nlocation = 'b'\n[r.t]\nx.y = true\n[q.'p.o']\ni = { j = [], k = { l = 1 }, }\n";
	struct toml *root = NULL;
	const struct toml *r, *m;

	TEST("tables, arrays of them, and tables in the last of those") {
		CHECK(toml_read(k, s, str_of(file), &root) == 0);
		r = get(root, "top");
		CHECK(r && r->kind == TOML_ARRAY && str_eq(r->last->text, S("y")));
		r = get(root, "r");
		CHECK(r && r->kind == TOML_ARRAY && r->first && r->first->next == r->last);
		CHECK(r && str_eq(get(r->last, "location")->text, S("b")));
		m = r ? get(r->first, "m") : NULL;
		CHECK(m && str_eq(get(m->first, "l")->text, S("1")) && str_eq(get(m->last, "l")->text, S("2")));
		CHECK(r && !get(r->last, "m") && get(get(get(r->last, "t"), "x"), "y")->yes);
		CHECK(get(get(get(get(get(root, "q"), "p.o"), "i"), "k"), "l") != NULL);
	}
	TEST("tables that contradict") {
		CHECK(bad(k, s, "a = 1\n\na = 2", 3) && bad(k, s, "a = 1\n[a]", 2));
		CHECK(bad(k, s, "a = 1\na.b = 2", 2) && bad(k, s, "[a]\n[[a]]", 2));
		CHECK(bad(k, s, "a = { b = 1 }\n[a.c]", 2) && bad(k, s, "a = []\n[[a]]", 2));
		CHECK(bad(k, s, "a = {}\na.b = 1", 2));
	}
	TEST("lines that are none") {
		CHECK(bad(k, s, "[a", 1) && bad(k, s, "[[a]\n", 1) && bad(k, s, "[]", 1) && bad(k, s, "= 1", 1));
		CHECK(bad(k, s, "a", 1) && bad(k, s, "[a] b = 1", 1) && bad(k, s, "a = [1", 1));
		CHECK(bad(k, s, "a = [1 2]", 1) && bad(k, s, "a = { b }", 1) && bad(k, s, "a. = 1", 1));
		CHECK(toml_read(k, s, S("a = 1\n\0"), &root) == KML_BAD);
		CHECK(toml_read(k, s, S("a = 'x\0'"), &root) == KML_BAD);
	}
}

static void limits(struct kml *k, struct scope *s)
{
	struct buf deep = { .s = s }, many = { .s = s };
	struct toml *root;

	buf_add(&deep, S("a = "));
	for (int i = 0; i < 40; i++)
		buf_byte(&deep, '[');
	buf_add(&many, S("a = ["));
	for (int i = 0; i <= TOML_NODES; i++)
		buf_add(&many, S("1,"));
	TEST("depth and size end") {
		CHECK(toml_read(k, s, buf_str(&deep), &root) == KML_BAD && strstr(k->msg, "nested too deep"));
		CHECK(toml_read(k, s, buf_str(&many), &root) == KML_BAD && strstr(k->msg, "far too much"));
		CHECK(toml_read(k, s, S(""), &root) == 0 && !root->first);
	}
}

TESTS
	values(k, s);
	tables(k, s);
	if (test_fail_at < 0)   /* many allocations, all alike */
		limits(k, s);
TESTS_END
