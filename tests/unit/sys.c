#define KML_TEST
#include "../../src/ground/sys.c"
#include "../test.h"

#define DIR "build/unit-sys"

/* A directory to walk in, made once. */
static void prepare(void)
{
	static const char *const dirs[] = { DIR, DIR "/d", DIR "/d/e" };
	static const char *const links[][2] = {
		{ "d/e/.", DIR "/dot" }, { "d/e/..", DIR "/up" }, { "/d/f", DIR "/d/absolute" },
		{ "../d/e", DIR "/d/relative" }, { "../../../../f", DIR "/d/beyond" },
		{ "loop", DIR "/loop" }, { "nowhere", DIR "/dangling" }, { "f", DIR "/tofile" },
		{ "f/", DIR "/toslash" }, { "/", DIR "/toroot" }, { "d/", DIR "/todir" },
	};
	static char deep[2048] = DIR "/";
	static bool done;

	for (size_t i = 0; i < countof(dirs) && !done; i++)
		mkdir(dirs[i], 0755);
	for (size_t i = 0; i < countof(links) && !done; i++)
		if (symlink(links[i][0], links[i][1])) {}
	for (size_t i = strlen(deep); !done && i < strlen(DIR) + 300; i += 2) {
		strcpy(deep + i, "n/");
		mkdir(deep, 0755);
	}
	if (!done) {
		close(open(DIR "/f", O_CREAT | O_RDWR, 0644));
		close(open(DIR "/d/f", O_CREAT | O_RDWR, 0644));
		mkfifo(DIR "/fifo", 0644);
		if (truncate(DIR "/d/f", SYS_LARGEST + 1L)) {}
	}
	done = true;
}

/* Take away what O_CREAT made. */
static void unmake(int root)
{
	static const char *const names[] = { "new", "none", "nowhere", "d/none" };

	for (size_t i = 0; i < countof(names); i++)
		unlinkat(root, names[i], 0);
}

/* Does sys_walk() open what openat2() does, in the same way, or fail alike? */
static bool walks(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC), .mode = flags & O_CREAT ? 0644 : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	struct stat a = { 0 }, b = { 0 };
	int want, got, bad, e;

	unmake(root);
	do {    /* EAGAIN: somebody renamed something, anywhere */
		want = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
	} while (want < 0 && errno == EAGAIN);
	e = errno;
	if (want < 0 && e == ENOSYS)
		return true;
	if (want >= 0)
		fstat(want, &a);
	unmake(root);
	got = sys_walk(root, path, flags | O_CLOEXEC, 0644);
	bad = got < 0 ? want >= 0 || e != errno : want < 0 || fstat(got, &b) < 0 ||
		((fcntl(got, F_GETFL) ^ fcntl(want, F_GETFL)) & (O_ACCMODE | O_PATH | O_NONBLOCK)) || a.st_mode != b.st_mode ||
		(!(flags & O_CREAT) && a.st_ino != b.st_ino);
	if (bad)
		fprintf(stderr, "%s, flags %o: %d (%s), not %d (%s)\n", path, (unsigned)flags, got,
		        strerror(errno), want, strerror(e));
	unmake(root);
	if (want >= 0)
		close(want);
	if (got >= 0)
		close(got);
	return !bad;
}

TESTS
	static const char *const paths[] = {
		"/", "/.", "/..", "/../..", "//f", "/f", "/f/", "/f/.", "/f/..", "/f/x", "/d", "/d/",
		"/d/.", "/d/..", "/d/e/../..", "/d/e/../../../f", "/../d/../../f", "/dot", "/dot/",
		"/dot/../f", "/up", "/up/f", "/up/..", "/d/absolute", "/d/absolute/", "/d/relative",
		"/d/relative/", "/d/relative/../f", "/d/beyond", "/loop", "/loop/", "/dangling",
		"/dangling/", "/tofile", "/tofile/", "/toslash", "/toroot", "/toroot/d", "/todir",
		"/todir/f", "/none", "/none/", "/none/f", "/none/..", "/d/none", "/new", "/new/",
		"/d/../new", "/todir/../new", "/n/n/n/n/n/n/n/n",
	};
	static const int flags[] = {
		O_RDONLY, O_RDONLY | O_DIRECTORY, O_PATH, O_PATH | O_NOFOLLOW, O_PATH | O_DIRECTORY,
		O_RDONLY | O_NOFOLLOW, O_RDONLY | O_NOFOLLOW | O_DIRECTORY, O_WRONLY,
		O_WRONLY | O_CREAT, O_WRONLY | O_CREAT | O_EXCL, O_RDONLY | O_NONBLOCK,
	};
	static char deep[600];
	int root;
	struct str text;
	struct sys_entry *e;
	struct source src;
	size_t n;

	TEST("a file is read whole, one without a size too") {
		CHECK(sys_read_file(k, s, "/proc/self/comm", &text) == 0 && text.n > 1);
		CHECK(sys_read_file(k, s, __FILE__, &text) == 0 && text.n > 100);
	}
	TEST("a missing file is NOTFOUND, with the reason") {
		CHECK(sys_read_file(k, s, "/no/such", &text) == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "No such file or directory"));
	}
	TEST("a source reads what is asked for, and nothing outside") {
		CHECK(sys_source(k, s, __FILE__, &src) == 0);
		CHECK(source_slice(k, &src, 0, 16, &text) == 0);
		CHECK(str_eq(text, S("#define KML_TEST")));
		CHECK(source_slice(k, &src, src.size, 1, &text) == KML_BAD);
		CHECK(source_slice(k, &src, 1, UINT64_MAX, &text) == KML_BAD);
	}
	TEST("a directory is listed in byte order") {
		CHECK(sys_list(k, s, "tests", &e, &n) == 0 && n > 1);
		for (size_t i = 1; i < n; i++)
			CHECK(strcmp(e[i - 1].name, e[i].name) < 0);
	}
	TEST("names stay inside the root") {
		k->root = "tests";
		CHECK(sys_read_file(k, s, "/../../unit/../test.h", &text) == 0);
		CHECK(sys_read_file(k, s, "/etc/passwd", &text) == KML_NOTFOUND);
		k->root = NULL;
	}
	TEST("without openat2 a path leads to the same place, opened in the same way") {
		prepare();
		root = *scope_fd(s) = open(DIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
		for (size_t i = 0; i < countof(paths); i++)
			for (size_t j = 0; j < countof(flags); j++)
				CHECK(walks(root, paths[i], flags[j]));
		for (size_t i = 0; i < 130; i++)
			memcpy(deep + 2 * i, "/n", 3);
		CHECK(sys_walk(root, deep, O_RDONLY, 0) == -1 && errno == ENAMETOOLONG);
		memset(deep + 1, 'x', NAME_MAX + 1);
		CHECK(sys_walk(root, deep, O_RDONLY, 0) == -1 && errno == ENAMETOOLONG);
	}
	TEST("what has no end, or may never begin, is not read") {
		alarm(60);      /* it would not begin */
		CHECK(sys_read_file(k, s, DIR "/fifo", &text) == KML_BAD);
		CHECK(sys_source(k, s, DIR "/fifo", &src) == KML_FAIL);
		CHECK(sys_read_file(k, s, "/dev/zero", &text) == KML_BAD);
		CHECK(!strcmp(k->msg, "not a regular file"));
		CHECK(sys_read_file(k, s, DIR "/d/f", &text) == KML_BAD);
		CHECK(!strcmp(k->msg, "more than 1024 MiB"));
		CHECK(sys_read_file(k, s, "/dev/null", &text) == 0 && !text.n);
		CHECK(sys_read_file(k, s, DIR, &text) == KML_FAIL);
		alarm(0);
	}
TESTS_END
