#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/format/trie.c"
#include "../../src/module/batch.c"
#include "../test.h"
#include <sched.h>

static int open_index(struct kml *k, struct scope *s, void *arg, const char *name,
                      struct source *out)
{
	static const struct { const char *name, *line; } deps[] = {
		{ "base", "base.ko:" }, { "mid", "mid.ko: base.ko" }, { "far", "far.ko: base.ko" },
		{ "top", "top.ko: mid.ko base.ko" }, { "soft", "soft.ko:" }, { "post", "post.ko:" },
		{ "no_device", "no-device.ko:" }, { "user", "user.ko: no-device.ko" },
		{ "bad", "bad.ko:" }, { "bad_user", "bad-user.ko: bad.ko" },
		{ "bad_top", "bad-top.ko: bad-user.ko bad.ko" }, { "live", "live.ko:" },
		{ "there", "there.ko:" }, { "run", "run.ko:" },
	};
	struct trie t = { .s = s };
	struct str bytes;
	int r;

	(void)arg;
	for (uint32_t i = 0; !strcmp(name, "modules.dep.bin") && i < countof(deps); i++)
		CHECK(trie_add(&t, str_of(deps[i].name), str_of(deps[i].line), i));
	if (!strcmp(name, "modules.builtin.bin"))
		CHECK(trie_add(&t, S("unix"), S(""), 0));
	if (!strcmp(name, "modules.alias.bin")) {
		CHECK(trie_add(&t, S("pci:top"), S("top"), 0));
		CHECK(trie_add(&t, S("pci:mid"), S("mid"), 1));
	}
	if ((r = trie_write(k, s, &t, &bytes)) == 0)
		*out = source_of(bytes);
	return r;
}

/* The kernel: what it was given, and in which order. */
static struct { _Atomic int turn; _Atomic int began[32], ended[32]; } kernel;

static const struct { const char *path; int verdict; } answers[] = {
	{ "/m/base.ko", 0 }, { "/m/mid.ko", 0 }, { "/m/far.ko", 0 }, { "/m/top.ko", 0 },
	{ "/m/soft.ko", 0 }, { "/m/post.ko", 0 }, { "/m/no-device.ko", ENODEV },
	{ "/m/bad.ko", ENOEXEC }, { "/m/there.ko", EEXIST }, { "/m/user.ko", 0 },
	{ "/m/bad-user.ko", 0 }, { "/m/bad-top.ko", 0 },
};
enum { BASE, MID, WIDE, TOP, SOFT, POST, NO_DEVICE, BAD, THERE, USER, BAD_USER, BAD_TOP };

static int fake_insert(struct kml *k, struct scope *s, const char *path, const char *params,
                       int flags, int *verdict, struct loader_times *times)
{
	size_t i = 0;

	(void)s, (void)flags, (void)params;
	while (i < countof(answers) && strcmp(answers[i].path, path))
		i++;
	if (i == countof(answers))
		return fail(k, KML_NOTFOUND, "%s: not here", path);
	kernel.began[i] = ++kernel.turn;
	for (int j = 0; j < 50; j++)
		sched_yield();
	loader_now(times, LOADER_CALL);
	kernel.ended[i] = ++kernel.turn;
	return loader_done(k, -answers[i].verdict, verdict);
}

static struct buf shown, said;

static void show(const char *word, struct str what, const struct str *params)
{
	buf_format(&shown, "%s %.*s %.*s\n", word, FMT(what), FMT(*params));
}

static void hear(void *arg, enum kml_level level, const char *text)
{
	(void)arg;
	buf_format(&said, "%d %s\n", (int)level, text);
}

static struct batch *begin(struct kml *k, struct scope *s, const char *conf)
{
	struct modconf *c = new(s, struct modconf);
	struct order *o = new(s, struct order);
	struct probe *p = new(s, struct probe);
	struct batch *b;

	modconf_read(k, s, c, "x.conf", str_of(conf));
	*o = order_begin(s, "/m", c);
	o->open = open_index;
	*p = (struct probe){ .order = o, .params = "", .show = show };
	b = batch_new(s, p);
	b->insert = fake_insert;
	memset(&kernel, 0, sizeof kernel);
	shown = said = (struct buf){ .s = s };
	return b;
}

static bool want(struct kml *k, struct batch *b, const char *words)
{
	struct str rest = str_of(words), word;
	int r = 0;

	while (r == 0 && (word = str_word(&rest)).n) {
		struct order_list found = order_lookup(k, b->probe->order, word);

		for (size_t i = 0; i < found.n && r == 0; i++)
			r = batch_want(k, b, found.v[i], NULL);
	}
	return r == 0;
}

static bool before(int a, int b) { return kernel.ended[a] && kernel.ended[a] < kernel.began[b]; }

static enum batch_state state(struct batch *b, const char *name)
{
	return batch_node(b, str_of(name))->state;
}

static bool is(struct buf *b, const char *text)
{
	bool same = str_eq(buf_str(b), str_of(text));

	b->n = 0;
	return same;
}

TESTS
	struct batch *b;
	struct batch_node *nd;

	k->jobs = 3;
	k->log = hear;
	CHECK(save_mkdirs(k, s, "build/unit-batch/sys/module/live") == 0);
	CHECK(save_file(k, s, "build/unit-batch/sys/module/live/initstate", S("live\n")) == 0);
	k->root = "build/unit-batch";
	TEST("all that is wanted, in the order of modprobe, and each once") {
		b = begin(k, s, "softdep far pre: soft post: post\noptions mid a=1\n");
		CHECK(want(k, b, "far pci:top live unix top mid"));
		batch_show(b, 0);
		CHECK(is(&shown, "insmod /m/base.ko \ninsmod /m/soft.ko \ninsmod /m/far.ko \n"
		         "insmod /m/post.ko \ninsmod /m/mid.ko a=1 \ninsmod /m/top.ko \n"));
		CHECK(state(b, "live") == BATCH_THERE && state(b, "unix") == BATCH_BUILTIN);
	}
	TEST("what a module needs is in before it begins") {
		CHECK(batch_run(k, b) == 6);
		CHECK(before(BASE, MID) && before(BASE, WIDE) && before(MID, TOP) && before(BASE, TOP));
		CHECK(before(SOFT, WIDE) && before(WIDE, POST));
		CHECK(state(b, "top") == BATCH_LOADED && batch_tell(k, b, KML_WARNING, true, true) == 0);
		CHECK(is(&said, ""));
		nd = batch_node(b, S("top"));
		CHECK(nd->times.at[LOADER_READ] && nd->times.at[LOADER_CALL] <= nd->times.at[LOADER_END]);
	}
	TEST("a second round knows the first") {
		CHECK(want(k, b, "top there far") && b->n == 9);
		CHECK(batch_run(k, b) == 0 && state(b, "there") == BATCH_THERE);
		CHECK(!kernel.began[BAD] && batch_run(k, b) == 0);
	}
	TEST("without what it needs a module is not tried; the others go on") {
		b = begin(k, s, "");
		CHECK(want(k, b, "bad-top top") && want(k, b, "user") && batch_run(k, b) == 3);
		CHECK(state(b, "bad") == BATCH_FAILED && state(b, "bad_top") == BATCH_SKIPPED);
		CHECK(!kernel.began[BAD_USER] && !kernel.began[BAD_TOP] && !kernel.began[USER]);
		CHECK(batch_tell(k, b, KML_WARNING, true, false) == 3);
		CHECK(is(&said, "2 could not insert 'bad': Exec format error\n"
		         "2 could not insert 'bad_top': it needs 'bad'\n"));
		CHECK(batch_tell(k, b, KML_WARNING, true, true) == 3 && memmem(said.p, said.n,
		      "3 could not insert 'no_device': No such device\n"
		      "3 could not insert 'user': it needs 'no_device'\n", 95));
		CHECK(want(k, b, "bad_user") && batch_run(k, b) == 0);
		CHECK(batch_tell(k, b, KML_WARNING, false, false) == 5);
	}
	TEST("soft dependencies may fail, and wait for nobody in a circle") {
		b = begin(k, s, "softdep top pre: bad post: base\nsoftdep bad pre: top\n");
		CHECK(want(k, b, "top") && batch_run(k, b) == 3 && before(BAD, TOP));
		CHECK(batch_tell(k, b, KML_WARNING, true, false) == 0 && is(&said, ""));
		CHECK(want(k, b, "bad") && batch_tell(k, b, KML_ERROR, true, false) == 1);
		CHECK(is(&said, "1 could not insert 'bad': Exec format error\n"));
	}
	TEST("the blacklist is for what is wanted, not for what that needs") {
		b = begin(k, s, "blacklist mid\nblacklist far\n");
		CHECK(want(k, b, "far mid pci:mid") && b->n == 0 && b->nrefused == 2);
		CHECK(state(b, "mid") == BATCH_BLACKLISTED);
		CHECK(want(k, b, "top mid") && state(b, "mid") == BATCH_WAITS);
		CHECK(batch_run(k, b) == 3 && state(b, "mid") == BATCH_LOADED);
	}
	TEST("commands, and names of nothing") {
		b = begin(k, s, "install run false\ninstall soft true\nalias gone-x gone\n");
		CHECK(want(k, b, "run soft gone-x"));
		batch_show(b, 0);
		CHECK(is(&shown, "install false \ninstall true \n"));
		CHECK(batch_run(k, b) == 1 && state(b, "soft") == BATCH_LOADED);
		CHECK(batch_tell(k, b, KML_WARNING, true, false) == 2);
		CHECK(is(&said, "2 could not insert 'run': its install command 'false' ended with "
		         "status 1\n2 could not insert 'gone': there is no module of that name\n"));
	}
TESTS_END
