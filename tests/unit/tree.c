#define KML_TEST
#include "../../src/module/tree.c"
#include "../../src/ground/save.c"
#include "../test.h"
#include <ftw.h>

static void heard(void *arg, enum kml_level level, const char *text)
{
	(void)level;
	buf_add(arg, str_of(text));
	buf_byte(arg, '\n');
}

static int gone(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st; (void)type; (void)w;
	return remove(path);
}

/* The directory TOP with these files; what ends in '/' is a directory. */
static void lay(const char *top, const char *const *paths)
{
	char path[256];

	nftw(top, gone, 8, FTW_DEPTH | FTW_PHYS);
	mkdir(top, 0755);
	for (; *paths; paths++) {
		for (const char *p = strchr(*paths, '/'); p; p = strchr(p + 1, '/')) {
			snprintf(path, sizeof path, "%s/%.*s", top, (int)(p - *paths), *paths);
			mkdir(path, 0755);
		}
		snprintf(path, sizeof path, "%s/%s", top, *paths);
		if (path[strlen(path) - 1] != '/')
			close(open(path, O_CREAT | O_WRONLY, 0644));
	}
}

static const char *rel(const struct tree *t, const char *name)
{
	const struct tree_file *f = tree_find(t, str_of(name));

	return f ? f->rel.p : "";
}

TESTS
	static const char *const files[] = {
		"kernel/a-b.ko", "kernel/c.ko.xz", "kernel/sub/d.e.ko.zst", "kernel/f.ko.gz",
		"kernel/README", "kernel/x.ko.bz2", "build/no.ko", "kernel/source/no.ko",
		"updates/deep/c.ko", "kernel/sub/a-b.ko", "skip/no.ko", "../elsewhere/c.ko", "../elsewhere/e.ko",
		"../outside/g.ko", "empty/", NULL,
	};
	static const char *const top = "build/test-tree";
	struct depconf conf = { .s = s, .version = "1.0" };
	struct buf said = { .s = s };
	struct tree t;

	lay(top, files);
	symlink("../../kernel/f.ko.gz", "build/test-tree/updates/deep/linked.ko");
	symlink("nowhere", "build/test-tree/kernel/dangling.ko");
	symlink("..", "build/test-tree/kernel/sub/loop");
	symlink("../elsewhere", "build/test-tree/zz");
	k->log = heard;
	k->log_arg = &said;
	TEST("modules are found by their names, links followed, loops not") {
		CHECK(tree_list(k, s, top, &conf, &t) == 0 && t.n == 7);
		CHECK(!strcmp(rel(&t, "a_b"), "kernel/a-b.ko"));
		CHECK(!strcmp(rel(&t, "d"), "kernel/sub/d.e.ko.zst"));
		CHECK(!strcmp(rel(&t, "f"), "kernel/f.ko.gz"));
		CHECK(!strcmp(rel(&t, "linked"), "updates/deep/linked.ko"));
		CHECK(!strcmp(rel(&t, "no"), "skip/no.ko"));
		CHECK(!strcmp(rel(&t, "e"), "zz/e.ko"));
		buf_byte(&said, '\0');
		CHECK(strstr(said.p, "kernel/dangling.ko is left out: No such file"));
		CHECK(strstr(said.p, "kernel/sub/loop is left out: it leads back"));
	}
	TEST("updates win") {
		CHECK(!strcmp(rel(&t, "c"), "updates/deep/c.ko"));
	}
	TEST("the configuration changes what counts") {
		depconf_parse(k, &conf, "conf", S("exclude updates skip\nexternal * build/outside"));
		CHECK(tree_list(k, s, top, &conf, &t) == 0 && t.n == 6);
		CHECK(!strcmp(rel(&t, "c"), "kernel/c.ko.xz") && !tree_find(&t, S("no")));
		CHECK(!strcmp(rel(&t, "g"), "build/outside/g.ko"));
	}
	k->log = NULL;
	TEST("a directory that is missing is an error, an empty one is not") {
		CHECK(tree_list(k, s, "build/no-such", &conf, &t) == KML_NOTFOUND);
		conf = (struct depconf){ .s = s, .version = "1.0" };
		CHECK(tree_list(k, s, "build/test-tree/empty", &conf, &t) == 0 && t.n == 0);
		CHECK(!tree_find(&t, S("a")));
	}
	TEST("a stem ends before the extension") {
		CHECK(str_eq(tree_stem(S("a/b.ko.xz")), S("a/b")));
		CHECK(tree_stem(S("a/b.ko.bz2")).n == 0 && tree_stem(S("b.o")).n == 0);
	}
TESTS_END
