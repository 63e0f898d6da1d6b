#define KML_TEST
#include "../../src/ground/env.c"
#include "../../src/ground/job.c"
#include "../../src/ground/save.c"
#include "../test.h"

#define DIR "build/unit-job"

/* Run `script` in DIR with what it says in DIR/log. */
static int run(struct kml *k, struct scope *s, const char *script, const char *set, int *status)
{
	char *own[] = { scope_text(s, str_of(set)), NULL };
	char *argv[] = { scope_text(s, S("sh")), scope_text(s, S("-c")),
		scope_text(s, str_of(script)), NULL };
	struct job j = { .dir = DIR, .argv = argv, .env = env_with(s, own) };
	int r = sys_open(k, s, DIR "/log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, &j.output);

	*status = -1;
	return r < 0 ? r : job_run(k, &j, status);
}

static bool says(struct kml *k, struct scope *s, const char *want)
{
	struct str text;

	return sys_read_file(k, s, DIR "/log", &text) == 0 && str_eq(text, str_of(want));
}

static bool waited(struct kml *k, struct scope *s, pid_t *out)
{
	struct timespec step = { .tv_nsec = 10000000 };
	struct str text = { 0 };
	uint64_t pid = 0;

	for (int i = 0; i < 500 && !pid; i++) {
		nanosleep(&step, NULL);
		if (sys_read_file(k, s, DIR "/log", &text) == 0 && str_ends(text, S("\n")))
			str_uint((struct str){ text.p, text.n - 1 }, &pid);
	}
	*out = (pid_t)pid;
	return pid > 0;
}

/* Gone, or nothing but a zombie that nobody asks for. */
static bool gone(struct kml *k, struct scope *s, pid_t pid)
{
	struct timespec step = { .tv_nsec = 10000000 };
	struct str text;

	for (int i = 0; i < 500; i++) {
		if (sys_read_file(k, s, scope_format(s, "/proc/%ld/stat", (long)pid), &text) < 0 ||
		    memmem(text.p, text.n, ") Z ", 4))
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

/* Those that are slow, and whose faults are those of the others. */
static void slow(struct kml *k, struct scope *s)
{
	int status;
	pid_t child, in;

	TEST("how it ends") {
		CHECK(run(k, s, "exit 3", "A=", &status) == 0 && status == 3);
		CHECK(run(k, s, "kill -9 $$", "A=", &status) == 0 && status == 128 + 9);
		CHECK(run(k, s, "exec no-such-program", "A=", &status) == 0 && status == 127);
		CHECK(run(k, s, "ls -l /proc/self/fd | grep -c unit-job", "A=", &status) == 0 && says(k, s, "1\n"));
	}
	for (int sig = SIGTERM; sig; sig = sig == SIGTERM ? SIGINT : 0) {
		TEST("a signal that ends kml ends all that it runs") {
			unlink(DIR "/log");
			if ((child = fork()) == 0) {
				job_guard();
				run(k, s, "sleep 100 & echo $!; wait; exit 0", "A=", &status);
				_exit(0);
			}
			CHECK(waited(k, s, &in) && kill(child, sig) == 0);
			CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
			      WTERMSIG(status) == sig);
			CHECK(gone(k, s, in));
		}
	}
	TEST("one that is ignored does not") {
		unlink(DIR "/log");
		if ((child = fork()) == 0) {
			signal(SIGHUP, SIG_IGN);
			job_guard();
			raise(SIGHUP);
			_exit(7);
		}
		CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
	}
}

TESTS
	static bool once;
	int status;

	CHECK(save_mkdirs(k, s, DIR) == 0);
	TEST("where it works, what it is told, and where its words go") {
		CHECK(run(k, s, "read x; basename \"$PWD$X\"; echo b >&2", "X=y", &status) == 0);
		CHECK(status == 0 && says(k, s, "unit-joby\nb\n"));
	}
	TEST("an environment of its own") {
		char *own[] = { scope_text(s, S("HOME")), scope_text(s, S("PATH=/x")), NULL }, **v;
		size_t home = 0, path = 0, n = 0;

		for (v = env_with(s, own); v[n]; n++) {
			home += !strncmp(v[n], "HOME=", 5);
			path += !strncmp(v[n], "PATH=", 5);
		}
		CHECK(!home && path == 1 && n && !strcmp(v[n - 1], "PATH=/x"));
	}
	if (once)
		return 0;
	once = true;
	slow(k, s);
TESTS_END
