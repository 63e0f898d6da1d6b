#define KML_TEST
#include "../../src/ground/spawn.c"
#include "../test.h"

#define OUT "build/unit-spawn"

static int status_of(struct kml *k, struct scope *s, void *arg)
{
	(void)k, (void)s;
	return *(int *)arg;
}

static int fails(struct kml *k, struct scope *s, void *arg)
{
	(void)s, (void)arg;
	return fail(k, KML_BAD, "not so");
}

static int killed(struct kml *k, struct scope *s, void *arg)
{
	(void)k, (void)s;
	return kill(getpid(), *(int *)arg);
}

/* Copy input to output, or to a file, with one character changed. */
static int change(struct kml *k, struct scope *s, void *arg)
{
	const char *to = arg;
	int fd = to[1] ? open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600) : 1;
	char c;

	(void)k, (void)s;
	while (read(0, &c, 1) == 1) {
		c = c == *to ? 'x' : c;
		if (write(fd, &c, 1) != 1)
			return 9;
	}
	return 0;
}

static int say_much(struct kml *k, struct scope *s, void *arg)
{
	(void)k, (void)s;
	for (;;)
		if (write(1, arg, 3) != 3)
			return 9;
}

static int step(struct kml *k, struct scope *s, void *arg)
{
	return (*(kml_fn *const *)arg)(k, s, (kml_fn **)arg + 1);
}

TESTS
	struct { kml_fn *fn; char with[32]; } one = { change, "a" }, two = { change, "b" },
		three = { change, OUT }, much = { say_much, "abc" }, none = { status_of, "" };
	void *line[] = { &much, &none }, *three_of[] = { &one, &two, &three };
	int status = -1, seven = 7, term = 15, in, *keep;
	char text[8] = "";

	TEST("its status, or its end by a signal") {
		arg = &seven;
		CHECK(spawn_run(k, s, status_of, &arg, 1, &status) == 0 && status == 7);
		CHECK(spawn_run(k, s, fails, &arg, 1, &status) == 0 && status == 1);
		arg = &term;
		CHECK(spawn_run(k, s, killed, &arg, 1, &status) == 0 && status == 143);
	}
	TEST("the output of one is the input of the next, and all end") {
		keep = scope_fd(s);
		*keep = dup(0);
		in = open("build", O_TMPFILE | O_RDWR, 0600);
		CHECK(write(in, "abcd", 4) == 4 && lseek(in, 0, SEEK_SET) == 0 && dup2(in, 0) == 0);
		close(in);
		status = spawn_run(k, s, step, three_of, 3, &seven) == 0 ? seven : -1;
		dup2(*keep, 0);
		CHECK(status == 0 && (in = open(OUT, O_RDONLY)) >= 0);
		CHECK(read(in, text, 8) == 4);
		close(in);
		CHECK(!memcmp(text, "xxcd", 4));
	}
	TEST("one that nobody reads ends") {
		CHECK(spawn_run(k, s, step, line, 2, &status) == 0 && status == 0);
	}
TESTS_END
