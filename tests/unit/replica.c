#define KML_TEST
#include "../../src/ground/replica.c"
#include "../../src/ground/unpack.c"
#include "../test.h"

#define DIR "build/unit-replica"

static bool holds(struct kml *k, struct scope *s, const char *path, const char *want)
{
	struct str text;

	return sys_read_file(k, s, path, &text) == 0 && str_eq(text, str_of(want));
}

static bool leads(struct kml *k, struct scope *s, const char *path, const char *want)
{
	struct str text;

	return sys_readlink(k, s, path, &text) == 0 && str_eq(text, str_of(want));
}

static unsigned mode(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

/* A directory with all kinds of things, and a place for copies. */
static int prepare(struct kml *k, struct scope *s)
{
	int r;

	unpack_delete(AT_FDCWD, DIR, 0);
	if ((r = save_mkdirs(k, s, DIR "/in/sub/deep")) < 0 ||
	    (r = save_mkdirs(k, s, DIR "/out")) < 0 ||
	    (r = save_file(k, s, DIR "/in/a", S("one"))) < 0 ||
	    (r = save_file(k, s, DIR "/in/sub/b", S("two"))) < 0)
		return -1;
	return chmod(DIR "/in/a", 04755) || chmod(DIR "/in/sub/b", 0666) || chmod(DIR "/in/sub", 0555) ||
	       symlink("sub/b", DIR "/in/link") || symlink("/nowhere", DIR "/in/none");
}

static bool is_whole(struct kml *k, struct scope *s, const char *dir)
{
	return holds(k, s, scope_format(s, "%s/a", dir), "one") &&
	       holds(k, s, scope_format(s, "%s/sub/b", dir), "two") &&
	       leads(k, s, scope_format(s, "%s/link", dir), "sub/b") &&
	       leads(k, s, scope_format(s, "%s/none", dir), "/nowhere") &&
	       mode(scope_format(s, "%s/a", dir)) == 0755 &&
	       mode(scope_format(s, "%s/sub", dir)) == 0555 &&
	       mode(scope_format(s, "%s/sub/b", dir)) == 0644 &&
	       mode(scope_format(s, "%s/sub/deep", dir)) == 0755;
}

static int copy_as(struct kml *k, struct scope *s, const char *from, const char *to, bool into,
                   bool deep)
{
	struct scope *t = scope_begin(s);       /* the lock ends with it */
	int r = replica_copy(k, t, from, to, into, deep);

	scope_end(t);
	return r;
}

static int copy(struct kml *k, struct scope *s, const char *from, const char *to, bool into)
{
	return copy_as(k, s, from, to, into, true);
}

/* The other who copies to a directory below: done when it is noted that somebody waits. */
static int other = -1, waits;

static void let_go(void *arg, enum kml_level level, const char *text)
{
	(void)arg, (void)level;
	waits += !strcmp(text, "waiting for another kml in " DIR "/out/in/sub");
	unlink(DIR "/out/in/sub/.kml.lock");
	close(other);
}

/* Those whose faults are those of the others. */
static void once(struct kml *k, struct scope *s)
{
	char large[REPLICA_STEP + 1];

	TEST("to a new name, and what is in it") {
		CHECK(copy(k, s, DIR "/in", DIR "/out/new", false) == 0 && is_whole(k, s, DIR "/out/new"));
		CHECK(copy(k, s, DIR "/in/.", DIR "/out", true) == 0 && is_whole(k, s, DIR "/out"));
		CHECK(copy(k, s, DIR "/in/sub/..", DIR "/out/new", true) == 0);
	}
	TEST("who copies to a directory below is waited for, and none to another") {
		other = open(DIR "/out/in/sub/.kml.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
		CHECK(other >= 0 && flock(other, LOCK_EX) == 0);
		alarm(60);      /* it would wait for ever */
		CHECK(copy(k, s, DIR "/in/a", DIR "/out/in", true) == 0 && waits == 0);
		k->log = let_go;
		CHECK(copy(k, s, DIR "/in", DIR "/out", true) == 0 && waits == 1);
		k->log = NULL;
		alarm(0);
		CHECK(is_whole(k, s, DIR "/out/in"));
		CHECK(access(DIR "/out/in/sub/.kml.lock", F_OK) < 0 && access(DIR "/out/in/.kml.lock", F_OK) < 0);
	}
	TEST("more than is read at once") {
		memset(large, 'x', sizeof large - 1);
		large[sizeof large - 1] = '\0';
		CHECK(save_file(k, s, DIR "/large", str_of(large)) == 0);
		CHECK(copy(k, s, DIR "/large", DIR "/out/large", false) == 0);
		CHECK(holds(k, s, DIR "/out/large", large));
	}
	TEST("what is written goes through no link") {
		CHECK(save_file(k, s, DIR "/other", S("mine")) == 0 && unlink(DIR "/out/a") == 0);
		CHECK(symlink("../other", DIR "/out/a") == 0 && unlink(DIR "/out/link") == 0);
		CHECK(save_file(k, s, DIR "/out/link", S("a file")) == 0);
		CHECK(copy(k, s, DIR "/in/.", DIR "/out", true) == 0 && is_whole(k, s, DIR "/out"));
		CHECK(holds(k, s, DIR "/other", "mine"));
		CHECK(unpack_delete(AT_FDCWD, DIR "/out/sub", 0) == 0 && symlink("../large", DIR "/out/sub") == 0);
		CHECK(copy(k, s, DIR "/in/.", DIR "/out", true) == KML_FAIL);
		CHECK(strstr(k->msg, "out/./sub: is a link there, and a directory in the source"));
	}
	TEST("a file is no directory, and a directory no file") {
		CHECK(save_file(k, s, DIR "/out/deep", S("a file")) == 0);
		CHECK(copy(k, s, DIR "/in/sub/deep", DIR "/out", true) == KML_FAIL);
		CHECK(strstr(k->msg, "is a file there, and a directory in the source"));
		CHECK(unlink(DIR "/out/a") == 0 && mkdir(DIR "/out/a", 0755) == 0);
		CHECK(copy(k, s, DIR "/in/a", DIR "/out", true) == KML_FAIL);
		CHECK(strstr(k->msg, "is a directory there, and no directory in the source"));
		CHECK(copy_as(k, s, DIR "/in", DIR "/out", true, false) == KML_FAIL);
		CHECK(strstr(k->msg, "/out/in: a directory is copied with -r"));
	}
	TEST("links are followed where directories are not copied") {
		CHECK(copy_as(k, s, DIR "/in/link", DIR "/out/b", false, false) == 0);
		CHECK(holds(k, s, DIR "/out/b", "two") && mode(DIR "/out/b") == 0644);
	}
	TEST("nothing is copied to or into itself") {
		CHECK(copy(k, s, DIR "/in/a", DIR "/in", true) == KML_FAIL && strstr(k->msg, "itself"));
		CHECK(copy(k, s, DIR "/in", DIR, true) == KML_FAIL && strstr(k->msg, "itself"));
		CHECK(copy(k, s, DIR "/in", DIR "/in/sub/deep", true) == KML_FAIL);
		CHECK(strstr(k->msg, "itself") && holds(k, s, DIR "/in/a", "one"));
	}
	TEST("what is no file, not there, or where nothing can be") {
		CHECK(mkfifo(DIR "/pipe", 0600) == 0);
		CHECK(copy(k, s, DIR "/pipe", DIR "/out", true) == KML_FAIL);
		CHECK(strstr(k->msg, "/out/pipe: neither a file, a directory nor a link"));
		CHECK(copy(k, s, DIR "/gone", DIR "/out", true) == KML_NOTFOUND);
		CHECK(copy(k, s, DIR "/gone/x", DIR "/out", true) == KML_NOTFOUND);
		CHECK(copy(k, s, DIR "/in", DIR "/gone/x", false) == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, DIR "/gone/x: No such file or directory"));
	}
}

TESTS
	static bool done;
	struct sys_entry *v;
	size_t n;

	umask(022);
	CHECK(prepare(k, s) == 0);
	TEST("into a directory, and again over what is there") {
		CHECK(copy(k, s, DIR "/in/", DIR "/out", true) == 0 && is_whole(k, s, DIR "/out/in"));
		CHECK(save_file(k, s, DIR "/out/in/a", S("old")) == 0);
		CHECK(save_file(k, s, DIR "/out/in/more", S("stays")) == 0);
		CHECK(copy(k, s, DIR "/in", DIR "/out", true) == 0 && is_whole(k, s, DIR "/out/in"));
		CHECK(holds(k, s, DIR "/out/in/more", "stays"));
		CHECK(sys_list(k, s, DIR "/out/in", &v, &n) == 0 && n == 5);
		CHECK(sys_list(k, s, DIR "/out", &v, &n) == 0 && n == 1);
	}
	if (!done)
		once(k, s);
	done = true;
TESTS_END
