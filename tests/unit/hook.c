#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/module/hook.c"
#include "../test.h"

static bool expands(struct scope *s, const char *command, const char *want)
{
	return str_eq(hook_expand(s, str_of(command), S("a=1 b=2")), str_of(want));
}

/* The words of `command`, with '|' between them; "" when it needs a shell. */
static bool words(struct scope *s, const char *command, const char *want)
{
	char **argv = hook_words(s, str_of(command));
	struct buf b = { .s = s };

	for (; argv && *argv; argv++)
		buf_format(&b, "%s%s", b.n ? "|" : "", *argv);
	return str_eq(buf_str(&b), str_of(want));
}

static int run(struct kml *k, struct scope *s, const char *command)
{
	int status, r = hook_run(k, s, S("mod"), str_of(command), NULL, &status);

	return r < 0 ? r : status;
}

TESTS
	int status;

	TEST("parameters go where they are asked for") {
		CHECK(expands(s, "x $CMDLINE_OPTS", "x a=1 b=2"));
		CHECK(expands(s, "$CMDLINE_OPTS$CMDLINE_OPTSx", "a=1 b=2a=1 b=2x"));
		CHECK(expands(s, "$CMDLINE $$ $", "$CMDLINE $$ $") && expands(s, "", ""));
	}
	TEST("plain words need no shell") {
		CHECK(words(s, "/sbin/modprobe  -i a\tb=1", "/sbin/modprobe|-i|a|b=1"));
		CHECK(words(s, "modprobe -i a", "modprobe|-i|a"));
	}
	TEST("what a shell would look at does, and what it does itself") {
		CHECK(words(s, "a; b", "") && words(s, "a \"b c\"", "") && words(s, "a $B", ""));
		CHECK(words(s, "a >b", "") && words(s, "a b*", "") && words(s, "a & ", ""));
		CHECK(words(s, "A=1 b", "") && words(s, "exit 3", "") && words(s, "cd /x", ""));
		CHECK(words(s, "exec a", "") && words(s, "echo a", "") && words(s, "", ""));
	}
	TEST("a command runs with the module's name, and its status counts") {
		CHECK(run(k, s, "test $MODPROBE_MODULE = mod") == 0);
		CHECK(run(k, s, "test $MODPROBE_MODULE = dom") == 1);
		CHECK(run(k, s, " true ") == 0 && run(k, s, "/bin/false") == 1);
		CHECK(run(k, s, "kill -9 $$") == 128 + 9);
		CHECK(run(k, s, "sh -c exit") == 0 && run(k, s, "exit 3") == 3);
		CHECK(hook_run(k, s, S("m"), S("test $MODPROBE_MODULE$X = m7"),
		               scope_format(s, "X=7"), &status) == 0 && status == 0);
	}
	TEST("without a shell that is told, and only where one is needed") {
		CHECK(save_mkdirs(k, s, "build/unit-hook") == 0);
		k->root = "build/unit-hook";
		CHECK(run(k, s, "exit 0") == HOOK_NO_SHELL && *hook_why(HOOK_NO_SHELL));
		CHECK(run(k, s, "true") == 0 && run(k, s, "env true") == 0 && !*hook_why(127));
		k->root = NULL;
	}
TESTS_END
