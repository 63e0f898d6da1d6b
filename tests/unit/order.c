#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/format/trie.c"
#include "../../src/module/config.c"
#include "../../src/module/order.c"
#include "../test.h"

static void put(struct trie *t, const char *key, const char *value, uint32_t priority)
{
	CHECK(trie_add(t, str_of(key), str_of(value), priority));
}

/* The index that order.c asks for, made in memory. */
static int open_index(struct kml *k, struct scope *s, void *arg, const char *name,
                      struct source *out)
{
	struct trie t = { .s = s };
	struct str bytes;
	int r;

	(void)arg;
	if (!strcmp(name, "modules.dep.bin")) {
		put(&t, "base", "a/base.ko:", 0);
		put(&t, "mid", "a/mid.ko.xz: a/base.ko", 1);
		put(&t, "top", "/far/top.ko: a/mid.ko.xz a/base.ko", 2);
		put(&t, "soft", "a/soft.ko: a/base.ko", 3);
		put(&t, "after", "a/after.ko:", 4);
		put(&t, "ring", "a/ring.ko:", 5);
		put(&t, "gnir", "a/gnir.ko:", 6);
	} else if (!strcmp(name, "modules.alias.bin")) {
		put(&t, "pci:v1*", "top", 2);
		put(&t, "pci:v*", "mid", 1);
	} else if (!strcmp(name, "modules.symbols.bin")) {
		put(&t, "symbol:base_do", "base", 0);
	} else if (!strcmp(name, "modules.builtin.bin")) {
		put(&t, "unix", "", 0);
	} else if (!strcmp(name, "modules.builtin.alias.bin")) {
		return fail(k, KML_NOTFOUND, "No such file or directory");
	}
	if ((r = trie_write(k, s, &t, &bytes)) == 0)
		*out = source_of(bytes);
	return r;
}

static struct order begin(struct kml *k, struct scope *s, const char *conf)
{
	struct modconf *c = new(s, struct modconf);
	struct order o;

	modconf_read(k, s, c, "/m/modules.softdep", str_of(conf));
	o = order_begin(s, "/m", c);
	o.open = open_index;
	return o;
}

static bool found(struct kml *k, struct order *o, const char *word, const char *names)
{
	struct order_list l = order_lookup(k, o, str_of(word));
	struct buf b = { .s = o->s };

	for (size_t i = 0; i < l.n; i++)
		buf_format(&b, "%s%.*s", i ? " " : "", FMT(l.v[i]->name));
	return str_eq(buf_str(&b), str_of(names));
}

/* The plan for `word`: names, "!" where no command may run, "?" where not required. */
static bool plan(struct kml *k, struct order *o, const char *word, bool bare, const char *want)
{
	struct order_list found = order_lookup(k, o, str_of(word)), l;
	struct buf b = { .s = o->s };

	if (found.n != 1 || order_plan(k, o, found.v[0], bare, &l) < 0)
		return false;
	for (size_t i = 0; i < l.n; i++)
		buf_format(&b, "%s%.*s%s%s", i ? " " : "", FMT(l.v[i]->name),
		           l.v[i]->bare ? "!" : "", l.v[i]->required == o->plan ? "" : "?");
	return str_eq(buf_str(&b), str_of(want));
}

/* An index whose root is outside the file. */
static int no_index(struct kml *k, struct scope *s, void *arg, const char *name,
                    struct source *out)
{
	(void)s, (void)arg, (void)name;
	*out = source_of(S("\xb0\x07\xf4\x57\0\2\0\1\x8f\xff\xff\xff"));
	return k->msg[0] = '\0', 0;
}

static void count(void *arg, enum kml_level level, const char *text)
{
	(void)level, (void)text;
	++*(int *)arg;
}

TESTS
	struct order o = begin(k, s, "");
	struct order_module *m;
	struct order_list l;
	struct modconf c;
	int notes = 0;

	TEST("a name, an alias, a symbol, what is built in") {
		CHECK(found(k, &o, "mid", "mid") && found(k, &o, "nope", ""));
		CHECK(found(k, &o, "pci:v1d2", "mid top") && found(k, &o, "pci:v3", "mid"));
		CHECK(found(k, &o, "symbol:base_do", "base") && found(k, &o, "symbol:x", ""));
		CHECK(found(k, &o, "unix", "unix") && found(k, &o, "[x", "") && found(k, &o, "", ""));
		CHECK(order_builtin(k, &o, S("unix")) && !order_builtin(k, &o, S("mid")));
	}
	TEST("paths: below the directory, or absolute") {
		m = order_module(&o, S("top"), S(""));
		order_know(k, &o, m);
		CHECK(!strcmp(m->path, "/far/top.ko") && m->ndeps == 2);
		CHECK(!strcmp(m->deps[0]->path, "/m/a/base.ko"));
		CHECK(!strcmp(m->deps[1]->path, "/m/a/mid.ko.xz"));
		m = order_of_path(&o, "/x/mid.ko");
		order_know(k, &o, m);
		CHECK(!strcmp(order_of_path(&o, "/x/mid.ko")->path, "/x/mid.ko") && m->ndeps == 1);
	}
	TEST("dependencies come before, the deepest first") {
		CHECK(plan(k, &o, "top", false, "base mid top"));
		CHECK(plan(k, &o, "base", false, "base"));
		CHECK(plan(k, &o, "unix", false, "unix"));
	}
	TEST("the configuration's aliases win, and may mean what is not there") {
		o = begin(k, s, "alias mid base\nalias al-* gone\nalias al-x top\n");
		CHECK(found(k, &o, "mid", "base") && found(k, &o, "al_x", "gone top"));
		CHECK(found(k, &o, "al-y", "gone"));
	}
	TEST("a name that only a command knows") {
		o = begin(k, s, "install ghost true\nremove host-* true\n");
		CHECK(found(k, &o, "ghost", "ghost") && found(k, &o, "host-a", ""));
	}
	TEST("soft dependencies bring what they need, and a failure of theirs is none") {
		o = begin(k, s, "softdep top pre: soft lost post: after\n");
		CHECK(plan(k, &o, "top", false, "base mid base soft? top after?"));
		CHECK(plan(k, &o, "top", true, "base mid top!"));
		o = begin(k, s, "softdep base pre: after\n");
		CHECK(plan(k, &o, "mid", false, "after? base mid"));
	}
	TEST("circles end") {
		o = begin(k, s, "softdep ring pre: gnir\nsoftdep gnir pre: ring post: gnir\n");
		CHECK(plan(k, &o, "ring", false, "gnir? ring"));
	}
	TEST("a module's own softdep lines count together, the owner's only once") {
		o = begin(k, s, "softdep top pre: soft\nsoftdep top pre: after\n");
		CHECK(plan(k, &o, "top", false, "base mid base soft? after? top"));
		c = (struct modconf){ 0 };
		modconf_read(k, s, &c, "/etc/modprobe.d/a.conf",
		             S("softdep top pre: soft\nsoftdep top pre: after\n"));
		modconf_read(k, s, &c, "/m/modules.softdep", S("softdep top post: after\n"));
		o.conf = &c;
		CHECK(plan(k, &o, "top", false, "base mid base soft? top"));
	}
	TEST("softdeps of softdeps do not go on for ever") {
		struct buf b = { .s = s };

		for (int i = 0; i < 300; i++)
			buf_format(&b, "install d%d x\nsoftdep d%d pre: d%d\n", i, i, i + 1);
		buf_byte(&b, '\0');
		o = begin(k, s, b.p);
		CHECK(order_plan(k, &o, order_lookup(k, &o, S("d0")).v[0], false, &l) == KML_BAD);
		CHECK(plan(k, &o, "d299", false, "d299"));
	}
	TEST("a damaged index knows nothing, and is told once") {
		o = begin(k, s, "");
		o.open = no_index;
		k->log = count;
		k->log_arg = &notes;
		CHECK(found(k, &o, "mid", "") && found(k, &o, "mid", ""));
		CHECK(notes == 4);
		k->log = NULL;
	}
TESTS_END
