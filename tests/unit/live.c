#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/module/live.c"
#include "../test.h"

static void prepare(struct kml *k, struct scope *s)
{
	static const struct { const char *path, *text; } files[] = {
		{ "/proc/modules", "top 4096 0 - Live 0x0\nbase 8192 2 top,mid, Live 0x0 (O)\n"
		                   "odd 12 - - Live 0x0\ntorn\n" },
		{ "/sys/module/base/initstate", "live\n" }, { "/sys/module/base/refcnt", "2\n" },
		{ "/sys/module/base/holders/top/x", "" }, { "/sys/module/base/holders/mid/x", "" },
		{ "/sys/module/top/initstate", "going\n" }, { "/sys/module/top/refcnt", "-1\n" },
		{ "/sys/module/new/initstate", "coming\n" }, { "/sys/module/odd/parameters", "" },
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

TESTS
	struct live_module *m;
	struct sys_entry *e;
	const char *dir;
	uint64_t users;
	size_t n;

	CHECK(save_mkdirs(k, s, "build/unit-live") == 0);
	k->root = "build/unit-live";
	prepare(k, s);
	TEST("a module is there when it says so itself") {
		CHECK(live_state(k, s, S("base")) == LIVE_THERE);
		CHECK(live_state(k, s, S("top")) == LIVE_GOING);
		CHECK(live_state(k, s, S("new")) == LIVE_COMING);
		CHECK(live_state(k, s, S("odd")) == LIVE_COMING);
		CHECK(live_state(k, s, S("nope")) == LIVE_GONE);
	}
	TEST("what can be no name is no module") {
		CHECK(live_state(k, s, S("base/../base")) == LIVE_GONE);
		CHECK(live_state(k, s, S("")) == LIVE_GONE && live_state(k, s, S("..")) == LIVE_GONE);
		CHECK(live_state(k, s, S("base\0x")) == LIVE_GONE);
	}
	TEST("who uses it") {
		CHECK(live_users(k, s, S("base"), &users) == 0 && users == 2);
		CHECK(live_users(k, s, S("top"), &users) == KML_BAD);
		CHECK(live_users(k, s, S("nope"), &users) == KML_NOTFOUND);
		live_holders(k, s, S("base"), &e, &n);
		CHECK(n == 2 && !strcmp(e[0].name, "mid") && !strcmp(e[1].name, "top"));
		live_holders(k, s, S("nope"), &e, &n);
		CHECK(n == 0);
	}
	TEST("all modules, the newest first") {
		CHECK(live_list(k, s, &m, &n) == 0 && n == 3);
		CHECK(str_eq(m[1].name, S("base")) && m[1].size == 8192 && m[1].users == 2);
		CHECK(str_eq(m[2].name, S("odd")) && m[2].users == 0);
	}
	TEST("the directory of modules") {
		CHECK(live_directory(k, s, NULL, "5.0", &dir) == 0);
		CHECK(!strcmp(dir, "/lib/modules/5.0"));
		CHECK(live_directory(k, s, "/opt", "5.0", &dir) == 0);
		CHECK(!strcmp(dir, "/opt/lib/modules/5.0"));
		CHECK(live_directory(k, s, "opt", NULL, &dir) == 0);
		CHECK(dir[0] == '/' && strstr(dir, "/opt/lib/modules/"));
	}
	TEST("without /proc and /sys nothing is loaded") {
		k->root = "build/unit-live/sys";
		CHECK(live_list(k, s, &m, &n) == KML_NOTFOUND);
		CHECK(live_state(k, s, S("base")) == LIVE_GONE);
	}
	k->root = NULL;
TESTS_END
