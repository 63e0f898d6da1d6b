#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/module/config.c"
#include "../test.h"
#include <sys/resource.h>

/* A root with configuration in it, made once. */
static void prepare(struct kml *k, struct scope *s)
{
	static const struct { const char *path, *text; } files[] = {
		{ "/etc/modprobe.d/b.conf", "options etc 1\n" },
		{ "/etc/modprobe.d/masked.conf", "" },
		{ "/etc/modprobe.d/.hidden.conf", "options hidden 1\n" },
		{ "/etc/modprobe.d/no.txt", "options text 1\n" },
		{ "/etc/modprobe.d/dir.conf/x.conf", "options deep 1\n" },
		{ "/run/modprobe.d/a.conf", "options run 1\n" },
		{ "/lib/modprobe.d/b.conf", "options lib 1\n" },
		{ "/lib/modprobe.d/masked.conf", "options masked 1\n" },
		{ "/lib/modprobe.d/n.conf", "options late 1\n" },
		{ "/own/2.conf", "options two 1\n" }, { "/own/1.conf", "options one 1\n" },
		{ "/m/modules.softdep", "softdep a pre: b\noptions soft 1\n" },
		{ "/m/modules.weakdep", "weakdep a b\noptions weak 1\n" },
		{ "/proc/cmdline", "x.y=1\n" },
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

static bool options(struct scope *s, const struct modconf *c, const char *want)
{
	struct buf b = { .s = s };

	for (const struct modconf_line *l = c->of[MODCONF_OPTIONS].first; l; l = l->next)
		buf_format(&b, "%s%.*s", b.n ? " " : "", FMT(l->name));
	return str_eq(buf_str(&b), str_of(want));
}

static void count(void *arg, enum kml_level level, const char *text)
{
	(void)level;
	*(int *)arg += !!strstr(text, "/etc/modprobe.d/dir.conf");
}

TESTS
	static const char *const own[] = { "/own/2.conf", "/nowhere", "/own/1.conf", NULL };
	static const char *const dir[] = { "/own", "/etc/modprobe.d/b.conf", NULL };
	struct modconf c;
	int notes = 0;

	CHECK(save_mkdirs(k, s, "build/unit-config") == 0);
	k->root = "build/unit-config";
	prepare(k, s);
	TEST("files are read in order of their names, hiding those of lower directories") {
		k->log = count;
		k->log_arg = &notes;
		config_read(k, s, NULL, "/m", &c);
		CHECK(options(s, &c, "run etc soft weak late x"));
		CHECK(notes == 1);
		k->log = NULL;
		config_read_loading(k, s, NULL, "/m", &c);
		CHECK(options(s, &c, "run etc soft late x"));
	}
	TEST("files of one's own replace all directories, and are sorted too") {
		config_read(k, s, own, "/m", &c);
		CHECK(options(s, &c, "one two soft weak x"));
		config_read(k, s, dir, "/nowhere", &c);
		CHECK(options(s, &c, "one two etc x"));
	}
	TEST("more files than may be open are all read") {
		struct rlimit old, few;

		CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
		few = old;
		few.rlim_cur = (rlim_t)dup(0) + 4;      /* room for four */
		close((int)few.rlim_cur - 4);
		setrlimit(RLIMIT_NOFILE, &few);
		config_read(k, s, NULL, "/m", &c);
		setrlimit(RLIMIT_NOFILE, &old);
		CHECK(options(s, &c, "run etc soft weak late x"));
	}
	TEST("a machine without any configuration is fine") {
		k->root = "build/unit-config/own";
		config_read(k, s, NULL, "/m", &c);
		CHECK(options(s, &c, ""));
	}
	k->root = NULL;
TESTS_END
