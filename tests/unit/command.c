#define KML_TEST
#include "../../src/ground/command.c"
#include "../test.h"

/* Run `script` with `input`: its output, or "error". */
static const char *run(struct kml *k, struct scope *s, char *script, const char *input, int *status)
{
	char sh[] = "sh", c[] = "-c";
	char *argv[] = { sh, c, script, NULL };
	struct str out;

	*status = -99;
	return command_run(k, s, argv, str_of(input), &out, status) < 0 ? "error" : scope_text(s, out);
}

static bool is(struct kml *k, struct scope *s, const char *script, const char *input,
               const char *want, int status)
{
	int how;
	const char *got = run(k, s, scope_text(s, str_of(script)), input, &how);

	return !strcmp(got, want) && how == status;
}

/* Those that are slow, and whose faults are those of the others. */
static void slow(struct kml *k, struct scope *s)
{
	char none[] = "kml-no-such-program";
	char *argv[] = { none, NULL };
	struct str out;
	int status;

	TEST("how it ends") {
		CHECK(is(k, s, "exit 3", "", "", 3) && is(k, s, "kill -9 $$", "", "", -9));
		CHECK(command_run(k, s, argv, S("x"), &out, &status) == KML_NOTFOUND);
		CHECK(strstr(k->msg, "kml-no-such-program: no such program") == k->msg);
	}
	TEST("one that does not read, and none of our files are its own") {
		CHECK(is(k, s, "exec <&-; echo a", "some input", "a\n", 0));
		CHECK(is(k, s, "exec <&-; sleep .1; exit 1", "some input", "", 1));
		CHECK(is(k, s, "ls -l /proc/self/fd | grep -c socket", "", "2\n", 0));
	}
	TEST("one that says too much is ended") {
		CHECK(!strcmp(run(k, s, scope_text(s, S("while :; do echo aaaaaaaaaaaaaaaaa; done")), "",
		                  &status), "error"));
		CHECK(strstr(k->msg, "sh: says more than 65536 bytes") == k->msg);
	}
}

TESTS
	static bool once;

	TEST("in goes the input and its end, out comes all, errors too") {
		CHECK(is(k, s, "cat; echo e >&2; echo o", "a\nb", "a\nbe\no\n", 0));
	}
	if (once)
		return 0;
	once = true;
	slow(k, s);
TESTS_END
