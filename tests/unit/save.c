#define KML_TEST
#include "../../src/ground/save.c"
#include "../test.h"

/* The other who has the lock: lets go when it is noted that somebody waits. */
static int *other;

static void let_go(void *arg, enum kml_level level, const char *text)
{
	(void)level;
	*(int *)arg += !strcmp(text, "waiting for another kml in build/unit-save");
	unlink("build/unit-save/.kml.lock");
	close(*other);
	*other = -1;
}

TESTS
	static bool done;       /* what faults leave would be counted */
	struct stat st;
	int notes = 0, dir;

	struct sys_entry *e;
	struct str text;
	struct save f;
	size_t n;

	TEST("a file and the directories above it are made whole") {
		CHECK(save_mkdirs(k, s, "build/unit-save/a/b") == 0);
		CHECK(save_file(k, s, "build/unit-save/a/b/file", S("one")) == 0);
		CHECK(save_file(k, s, "build/unit-save/a/b/file", S("two two")) == 0);
		CHECK(sys_read_file(k, s, "build/unit-save/a/b/file", &text) == 0);
		CHECK(str_eq(text, S("two two")));
	}
	TEST("what is not finished leaves the old file and nothing else") {
		struct scope *t = scope_begin(s);

		CHECK(save_begin(k, t, "build/unit-save/a/b/file", &f) == 0);
		CHECK(save_write(k, f.fd, S("torn")) == 0);
		scope_end(t);
		CHECK(sys_read_file(k, s, "build/unit-save/a/b/file", &text) == 0);
		CHECK(str_eq(text, S("two two")));
		CHECK(sys_list(k, s, "build/unit-save/a/b", &e, &n) == 0 && n == 1);
	}
	TEST("a name may be as long as names can be, and has one temporary name") {
		for (int len = 250; !done && len <= 255; len += len == 250 ? 1 : 4) {
			const char *path = scope_format(s, "build/unit-save/a/b/%0*d", len, 1);
			const char *near = scope_format(s, "build/unit-save/a/b/%0*d", len, 2);
			struct scope *t = scope_begin(s);
			struct save g;

			CHECK(save_begin(k, t, path, &f) == 0 && save_begin(k, t, near, &g) == 0);
			CHECK(strcmp(f.from, g.from) && save_begin(k, t, path, &g) == 0);
			CHECK(!strcmp(f.from, g.from));
			CHECK(save_resume(k, t, near, &g) == 0 && save_done(k, &g) == 0);
			scope_end(t);
			CHECK(save_file(k, s, path, S("x")) == 0);
			CHECK(sys_list(k, s, "build/unit-save/a/b", &e, &n) == 0 && n == 3);
			CHECK(save_remove(k, s, path) == 0 && save_remove(k, s, near) == 0);
		}
		done = true;
	}
	TEST("a directory is no file name") {
		CHECK(save_file(k, s, "build/unit-save/", S("x")) == KML_FAIL);
		CHECK(save_file(k, s, "build/unit-save/nowhere/x", S("x")) == KML_NOTFOUND);
	}
	TEST("the lock is had, and had again by the next") {
		struct scope *t = scope_begin(s);

		alarm(60);      /* it would wait for ever */
		CHECK(save_lock(k, t, "build/unit-save") == 0);
		CHECK(sys_stat(k, t, "build/unit-save/.kml.lock", 0, &st) == 0);
		CHECK((st.st_mode & 07777) == 0600);
		scope_end(t);
		CHECK(!sys_exists(k, s, "build/unit-save/.kml.lock"));
		t = scope_begin(s);
		CHECK(save_lock(k, t, "build/unit-save") == 0);
		CHECK(save_remove(k, s, "build/unit-save/a/b/file") == 0);
		scope_end(t);
	}
	TEST("who can only read the directory cannot keep the lock from others") {
		struct scope *t = scope_begin(s);

		CHECK(sys_open(k, t, "build/unit-save", O_RDONLY | O_DIRECTORY, &dir) == 0);
		CHECK(flock(dir, LOCK_EX) == 0);
		CHECK(save_lock(k, t, "build/unit-save") == 0);
		scope_end(t);
	}
	TEST("waiting is told, and what the other took away is made again") {
		struct scope *t = scope_begin(s);

		other = scope_fd(s);
		*other = open("build/unit-save/.kml.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
		CHECK(flock(*other, LOCK_EX) == 0);
		k->log = let_go;
		k->log_arg = &notes;
		CHECK(save_lock(k, t, "build/unit-save") == 0 && notes == 1);
		k->log = NULL;
		CHECK(sys_exists(k, t, "build/unit-save/.kml.lock"));
		scope_end(t);
		CHECK(!sys_exists(k, s, "build/unit-save/.kml.lock"));
		alarm(0);
	}
TESTS_END
