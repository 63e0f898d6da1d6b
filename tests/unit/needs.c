#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/format/trie.c"
#include "../../src/module/config.c"
#include "../../src/module/needs.c"
#include "../test.h"

#define DIR "build/unit-needs/lib/modules/1.0"

/* An index of pairs of key and value. */
static int put(struct kml *k, struct scope *s, const char *path, const char *const *pairs)
{
	struct trie index = { .s = s };
	struct str out;
	int r;

	for (uint32_t i = 0; pairs[2 * i]; i++)
		trie_add(&index, str_of(pairs[2 * i]), str_of(pairs[2 * i + 1]), i);
	r = trie_write(k, s, &index, &out);
	return r < 0 ? r : save_file(k, s, path, out);
}

static const struct needs_edge *edge(const struct needs_edge *e, const char *name)
{
	while (e && !str_eq(e->to->module->name, str_of(name)))
		e = e->next;
	return e;
}

/* top needs mid and low, mid needs low; and two that need each other.  No file of
 * them is a module, so all is by modules.dep. */
TESTS
	static const char *const dep[] = {
		"top", "top.ko: mid.ko low.ko", "mid", "mid.ko: low.ko", "low", "low.ko:",
		"yin", "yin.ko: yang.ko", "yang", "yang.ko: yin.ko", NULL };
	static const char *const alias[] = { "any*", "top", NULL };
	struct modconf conf = { 0 };
	struct order order;
	struct needs *g;
	const struct needs_edge *e;

	CHECK(save_mkdirs(k, s, DIR) == 0);
	CHECK(put(k, s, DIR "/modules.dep.bin", dep) == 0);
	CHECK(put(k, s, DIR "/modules.alias.bin", alias) == 0);
	CHECK(save_file(k, s, DIR "/top.ko", S("x")) == 0 && save_file(k, s, DIR "/mid.ko", S("x")) == 0);
	modconf_read(k, s, &conf, "t", S("softdep top pre: yin post: low\nweakdep low gone top\n"));
	order = order_begin(s, DIR, &conf);

	TEST("what stands in a line is left out where another needs it") {
		g = needs_new(s, &order, false);
		CHECK(needs_root(k, g, "any-thing") == 0 && needs_down(k, g) == 0);
		CHECK(g->first->root && g->first->guess && g->first->state == NEEDS_FILE);
		e = g->first->edges;
		CHECK(e && e->how == NEEDS_PRE && edge(e, "yin"));
		CHECK((e = e->next) && e->how == NEEDS_HARD && str_eq(e->to->module->name, S("mid")));
		CHECK((e = e->next) && e->how == NEEDS_POST && edge(e, "low") && !e->next);
		CHECK(e->to->state == NEEDS_MISSING && edge(e->to->edges, "gone")->how == NEEDS_WEAK);
		CHECK(edge(e->to->edges, "top")->to == g->first);
	}
	TEST("a circle ends") {
		g = needs_new(s, &order, false);
		CHECK(needs_root(k, g, "yin") == 0 && needs_down(k, g) == 0 && g->n == 2);
	}
	TEST("who needs it") {
		g = needs_new(s, &order, false);
		CHECK(needs_root(k, g, "low") == 0 && needs_up(k, g) == 0);
		CHECK(edge(g->first->users, "mid") && !edge(g->first->users, "top"));
		CHECK(edge(edge(g->first->users, "mid")->to->users, "top"));
		CHECK(!edge(g->first->users, "yin"));
	}
	TEST("what is not there") {
		g = needs_new(s, &order, false);
		CHECK(needs_root(k, g, "none") == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "no module none in " DIR));
	}
TESTS_END
