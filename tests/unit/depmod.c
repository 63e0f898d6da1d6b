#define KML_TEST
#include "../../src/module/depmod.c"
#include "../test.h"

#define TOP "build/test-depmod"
#define DIR TOP "/lib/modules/1.0"

static const char *const modules[] = { "le64.ko", "be64.ko", "be32.ko", "nocrc.ko", "cut.ko" };

static void put(const char *path, struct str text)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	CHECK(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
	close(fd);
}

static void lay(struct kml *k, struct scope *s)
{
	struct str text = { 0 };

	mkdir(TOP, 0755), mkdir(TOP "/lib", 0755), mkdir(TOP "/lib/modules", 0755);
	mkdir(DIR, 0755), mkdir(DIR "/kernel", 0755);
	for (size_t i = 0; i < countof(modules); i++) {
		CHECK(sys_read_file(k, s, scope_format(s, "tests/fuzz/corpus/module/%s",
		                                       modules[i]), &text) == 0);
		put(scope_format(s, DIR "/kernel/%s", modules[i]), text);
	}
	put(DIR "/modules.order", S("kernel/nocrc.ko\nkernel/le64.ko\n"));
	put(DIR "/modules.builtin", S("kernel/fs/ext4.ko\n"));
	for (int i = 0; i < DEPFILES; i++)
		unlink(scope_format(s, DIR "/%s", depfile_names[i]));
}

/* How many of depmod's files are there; none under its temporary name.  In a run
 * with faults a CHECK says nothing, so this does not use one. */
static int present(struct scope *s)
{
	int n = 0;

	for (int i = 0; i < DEPFILES; i++) {
		n += access(scope_format(s, DIR "/%s", depfile_names[i]), F_OK) == 0;
		if (access(scope_format(s, DIR "/.%s.kml", depfile_names[i]), F_OK) == 0)
			abort();
	}
	return n;
}

TESTS
	struct depmod_options o = { .base = TOP, .version = "1.0" };
	struct depmod_module some[] = { { "kernel/a.ko", "tests/fuzz/corpus/module/le64.ko" },
	                                { "updates/a.ko", "tests/fuzz/corpus/module/be64.ko" } };
	struct depfile_texts texts = { 0 };
	struct depindex d;
	struct str out[DEPFILES], text;
	struct stat st;
	int r;

	k->jobs = 1;
	lay(k, s);
	TEST("all files are written, or none") {
		r = depmod_run(k, s, &o, out);
		if (present(s) != (r == 0 ? DEPFILES : 0) && !strstr(k->msg, "could not rename"))
			abort();
		CHECK(r == 0);
	}
	TEST("they say what the modules say, in the order of modules.order") {
		CHECK(sys_read_file(k, s, DIR "/modules.dep", &text) == 0);
		CHECK(str_starts(text, S("kernel/nocrc.ko:\nkernel/le64.ko:\n")));
		CHECK(str_eq(text, out[DEPFILE_DEP]));
		CHECK(str_eq(out[DEPFILE_DEVNAME], S("# Device nodes to trigger on-demand module "
		                                     "loading.\nnocrc a c1:2\n")));
		CHECK(str_eq(out[DEPFILE_SOFTDEP], S("# Soft dependencies extracted from modules "
		                                     "themselves.\nsoftdep nocrc pre: a\n")));
		CHECK(out[DEPFILE_BUILTIN_BIN].n > 12 && out[DEPFILE_BUILTIN_ALIAS_BIN].n == 0);
	}
	TEST("nothing is done when all is new") {
		unlink(DIR "/modules.alias");
		o.quick = true;
		CHECK(depmod_run(k, s, &o, out) == 0 && stat(DIR "/modules.alias", &st) < 0);
		o.quick = false;
	}
	TEST("a dry run writes nothing") {
		o.dry = true;
		CHECK(depmod_run(k, s, &o, out) == 0 && present(s) == DEPFILES - 1);
		CHECK(out[DEPFILE_ALIAS].n > 60);
	}
	TEST("a tree that is missing is an error") {
		o.version = "2.0";
		CHECK(depmod_run(k, s, &o, out) == KML_NOTFOUND);
		CHECK(!strncmp(k->msg, "could not search modules: could not open directory ", 50));
	}
	TEST("files from anywhere are indexed as if they were in one directory") {
		CHECK(depmod_scan(k, s, some, countof(some), texts, &d) == 0);
		CHECK(depindex_make(k, s, &d, out) == 0);
		CHECK(str_eq(out[DEPFILE_DEP], S("updates/a.ko:\n")));
		CHECK(out[DEPFILE_BUILTIN_BIN].n == 0 && out[DEPFILE_DEP_BIN].n > 12);
	}
TESTS_END
