#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/format/trie.c"
#include "../../src/module/probe.c"
#include "../test.h"

static struct buf shown, said;

static void show(const char *word, struct str what, const struct str *params)
{
	buf_format(&shown, "%s %.*s", word, FMT(str_base(what)));
	if (params)
		buf_format(&shown, "|%.*s", FMT(*params));
	buf_byte(&shown, '\n');
}

static void hear(void *arg, enum kml_level level, const char *text)
{
	(void)arg;
	buf_format(&said, "%d %s\n", (int)level, text);
}

static int open_index(struct kml *k, struct scope *s, void *arg, const char *name,
                      struct source *out)
{
	struct trie t = { .s = s };
	struct str bytes;
	int r;

	(void)arg;
	if (!strcmp(name, "modules.dep.bin")) {
		CHECK(trie_add(&t, S("base"), S("base.ko:"), 0));
		CHECK(trie_add(&t, S("mid"), S("mid.ko: base.ko"), 1));
		CHECK(trie_add(&t, S("top"), S("top.ko: mid.ko base.ko"), 2));
		CHECK(trie_add(&t, S("soft"), S("soft.ko:"), 3));
	} else if (!strcmp(name, "modules.builtin.bin")) {
		CHECK(trie_add(&t, S("unix"), S(""), 0));
	}
	if ((r = trie_write(k, s, &t, &bytes)) == 0)
		*out = source_of(bytes);
	return r;
}

/* base is in use by mid and top, which nobody uses; nothing else is loaded. */
static void prepare(struct kml *k, struct scope *s)
{
	static const struct { const char *path, *text; } files[] = {
		{ "/sys/module/base/initstate", "live\n" }, { "/sys/module/base/refcnt", "2\n" },
		{ "/sys/module/base/holders/top/x", "" }, { "/sys/module/base/holders/mid/x", "" },
		{ "/sys/module/mid/initstate", "live\n" }, { "/sys/module/mid/refcnt", "1\n" },
		{ "/sys/module/mid/holders/top/x", "" },
		{ "/sys/module/top/initstate", "live\n" }, { "/sys/module/top/refcnt", "0\n" },
	};
	static bool done;

	for (size_t i = 0; i < countof(files) && !done; i++) {
		struct str path = str_of(files[i].path);
		struct str up = { path.p, path.n - str_base(path).n - 1 };

		CHECK(save_mkdirs(k, s, scope_text(s, up)) == 0);
		CHECK(save_file(k, s, path.p, str_of(files[i].text)) == 0);
	}
	done = true;
}

static struct probe begin(struct kml *k, struct scope *s, const char *conf)
{
	struct modconf *c = new(s, struct modconf);
	struct order *o = new(s, struct order);

	modconf_read(k, s, c, "x.conf", str_of(conf));
	*o = order_begin(s, "/m", c);
	o->open = open_index;
	shown = said = (struct buf){ .s = s };
	return (struct probe){ .order = o, .params = "", .dry = true, .show = show,
	                       .level = KML_FATAL };
}

static int insert(struct kml *k, struct scope *s, const struct probe *p, const char *name,
                  const char *alias)
{
	int verdict;

	return probe_insert(k, s, p, order_module(p->order, str_of(name), str_of(alias)), &verdict);
}

static int take_out(struct kml *k, struct scope *s, const struct probe *p, const char *name)
{
	return probe_remove(k, s, p, order_module(p->order, str_of(name), S("")));
}

TESTS
	struct probe p;
	int verdict;

	CHECK(save_mkdirs(k, s, "build/unit-probe") == 0);
	k->root = "build/unit-probe";
	k->log = hear;
	prepare(k, s);
	TEST("what is in the kernel is passed over, unless all is asked for") {
		p = begin(k, s, "");
		CHECK(insert(k, s, &p, "top", "") == 0 && !shown.n);
		CHECK(insert(k, s, &p, "unix", "") == 0 && !shown.n);
		p.first = true;
		CHECK(probe_insert(k, s, &p, order_module(p.order, S("top"), S("")), &verdict) < 0);
		CHECK(verdict == EEXIST);
		p.all = true;
		CHECK(insert(k, s, &p, "top", "") == 0 && insert(k, s, &p, "unix", "") == 0);
		CHECK(str_eq(buf_str(&shown), S("insmod base.ko|\ninsmod mid.ko|\ninsmod top.ko|\n"
		                                "builtin unix\n")));
	}
	TEST("parameters: the configuration's, and the ones given for the module itself") {
		p = begin(k, s, "options base a=1\noptions soft b=2\noptions al c=3\n");
		p.all = true;
		p.params = "d=4";
		CHECK(insert(k, s, &p, "mid", "") == 0 && insert(k, s, &p, "soft", "al") == 0);
		CHECK(str_eq(buf_str(&shown), S("insmod base.ko|a=1 \ninsmod mid.ko|d=4\n"
		                                "insmod soft.ko|b=2 c=3 d=4\n")));
	}
	TEST("the blacklist is for aliases, or for all") {
		p = begin(k, s, "blacklist soft\n");
		CHECK(insert(k, s, &p, "soft", "al") == 0 && !shown.n);
		CHECK(insert(k, s, &p, "soft", "") == 0 && shown.n);
		shown.n = 0;
		p.strict = true;
		CHECK(insert(k, s, &p, "soft", "") == 0 && !shown.n);
	}
	TEST("a command instead of a module, with softdeps around it, but not if told so") {
		p = begin(k, s, "install soft /bin/x $CMDLINE_OPTS\n");
		p.params = "y";
		CHECK(insert(k, s, &p, "soft", "") == 0);
		p.bare = true;
		CHECK(insert(k, s, &p, "soft", "") == 0);
		CHECK(str_eq(buf_str(&shown), S("install x $CMDLINE_OPTS|y\ninsmod soft.ko|y\n")));
		p = begin(k, s, "install soft tell\nsoftdep soft pre: top post: mid\n");
		p.all = true;
		CHECK(insert(k, s, &p, "soft", "") == 0);
		CHECK(str_eq(buf_str(&shown), S("insmod base.ko|\ninsmod mid.ko|\ninsmod top.ko|\n"
		                                "install tell|\ninsmod base.ko|\ninsmod mid.ko|\n")));
		p = begin(k, s, "install soft false\n");
		p.dry = false;
		CHECK(probe_insert(k, s, &p, order_module(p.order, S("soft"), S("")), &verdict) < 0);
		CHECK(verdict == EINVAL && str_eq(buf_str(&said), S(
			"1 Error running install command 'false' for module soft: retcode 1\n")));
	}
	TEST("a module that is nowhere, and one whose file is gone") {
		p = begin(k, s, "");
		p.dry = false;
		CHECK(probe_insert(k, s, &p, order_module(p.order, S("lost"), S("")), &verdict) < 0);
		CHECK(verdict == ENOENT && str_eq(buf_str(&said),
		      S("1 could not find module by name='lost'\n")));
		CHECK(probe_insert(k, s, &p, order_module(p.order, S("soft"), S("")), &verdict) ==
		      KML_NOTFOUND);
		CHECK(!verdict && !strcmp(k->msg, "/m/soft.ko: No such file or directory"));
	}
	TEST("what softly depends may fail") {
		p = begin(k, s, "softdep lost pre: soft\ninstall soft false\n");
		p.dry = false;
		CHECK(probe_insert(k, s, &p, order_module(p.order, S("lost"), S("")), &verdict) < 0);
		CHECK(str_eq(buf_str(&shown), S("install false|\n")) && verdict == ENOENT);
	}
	TEST("out: not what is in use, not what is built in") {
		p = begin(k, s, "");
		CHECK(take_out(k, s, &p, "top") == 0);
		CHECK(take_out(k, s, &p, "mid") == KML_BUSY && take_out(k, s, &p, "unix") < 0);
		CHECK(take_out(k, s, &p, "soft") == 0);
		p.first = true;
		CHECK(take_out(k, s, &p, "soft") < 0);
		CHECK(str_eq(buf_str(&shown), S("rmmod top\n")));
		CHECK(str_eq(buf_str(&said), S("0 Module mid is in use.\n3 mid is used by top\n0 Module unix is builtin.\n"
		                               "0 Module soft is not in kernel.\n")));
	}
	TEST("out with all that hold it, and those that hold them") {
		p = begin(k, s, "");
		p.holders = true;
		CHECK(take_out(k, s, &p, "base") == 0);
		CHECK(str_eq(buf_str(&shown), S("rmmod top\nrmmod mid\nrmmod base\n")));
	}
	TEST("out with its softdeps, the last first; circles end") {
		p = begin(k, s, "softdep top pre: unix mid post: soft top\nsoftdep mid post: top\n");
		CHECK(take_out(k, s, &p, "top") == 0);
		CHECK(str_eq(buf_str(&shown), S("rmmod top\n")));
		CHECK(str_eq(buf_str(&said), S("0 Module mid is in use.\n3 mid is used by top\n")));
		p = begin(k, s, "softdep top post: soft\n");
		p.first = true;
		CHECK(take_out(k, s, &p, "top") == 0 && !said.n);
	}
	TEST("a command instead of taking it out") {
		p = begin(k, s, "remove soft false\nremove top /bin/false\n");
		CHECK(take_out(k, s, &p, "soft") == 0);
		p.dry = false;
		CHECK(take_out(k, s, &p, "top") < 0);
		CHECK(str_eq(buf_str(&shown), S("remove false\nremove false\n")));
		CHECK(str_eq(buf_str(&said), S("0 Error running remove command for top\n")));
	}
	k->root = NULL;
TESTS_END
