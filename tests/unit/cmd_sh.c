#define KML_TEST
#include "../../src/command/cmd_sh.c"
#include "../../src/command/cmd_xargs.c"
#include "../test.h"

#define OUT "build/unit-sh"

/* An applet that writes a line of its operands, and one that copies lines there. */
static int put_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	int fd = open(OUT "/out", O_WRONLY | O_CREAT | O_APPEND, 0600);

	(void)k, (void)s, (void)args;
	for (; *operands; operands++)
		dprintf(fd, "%s%s", *operands, operands[1] ? " " : "\n");
	close(fd);
	return 0;
}

static int say_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	(void)k, (void)s, (void)args;
	for (; *operands; operands++)
		puts(*operands);
	return 0;
}

static int end_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	(void)k, (void)s, (void)args;
	return **operands - '0';
}

static const struct applet put = { .name = "put", .max = -1, .run = put_run };
static const struct applet lines = { .name = "say", .max = -1, .run = say_run };
static const struct applet end = { .name = "end", .max = -1, .run = end_run };
static const struct applet *const all[] = { &put, &lines, &end, &applet_xargs, NULL };

/* Run `script`: its status if what was put is `want`, 1000 else, or the failure. */
static int run(struct kml *k, struct scope *s, const char *script, const char *want)
{
	const struct sh_args args = { script };
	struct shell sh = { .applets = all };
	char text[256] = "", *none = NULL;
	int fd, r;

	unlink(OUT "/out");
	k->log_arg = &sh;
	r = sh_run(k, s, &args, &none);
	k->log_arg = NULL;
	if ((fd = open(OUT "/out", O_RDONLY)) >= 0) {
		if (read(fd, text, sizeof text - 1) < 0)
			r = 1000;
		close(fd);
	}
	return r >= 0 && strcmp(text, want) ? 1000 : r;
}

TESTS
	mkdir(OUT, 0755);
	mkdir(OUT "/in", 0755);
	close(open(OUT "/in/b", O_CREAT | O_WRONLY, 0600));
	close(open(OUT "/in/a", O_CREAT | O_WRONLY, 0600));

	TEST("what runs next depends on what ran, and how it is joined") {
		CHECK(run(k, s, "put a && put b; end 3 && put c || put d; end 4", "a\nb\nd\n") == 4);
		CHECK(run(k, s, "end 3 && end 5 && put a", "") == 3);
		CHECK(run(k, s, "put a || put b && put c; put d", "a\nc\nd\n") == 0);
		CHECK(run(k, s, "end 3; exit; put a", "") == 3 && run(k, s, "exit 6; put a", "") == 6);
	}
	TEST("words are names of files in order, or themselves") {
		CHECK(run(k, s, "put " OUT "/in/* x*y '*'", OUT "/in/a " OUT "/in/b x*y *\n") == 0);
		CHECK(run(k, s, "put " OUT "/in/[!a]", OUT "/in/b\n") == 0);
	}
	TEST("pipes, and a command for each line") {
		CHECK(run(k, s, "say '  a b' '' c | xargs -I{} put {} x{}{}", "a b xa ba b\nc xcc\n") == 0);
		CHECK(run(k, s, "say 0 4 0 | xargs -I{} end {}", "") == 123);
		CHECK(run(k, s, "say 0 4 0 | xargs -I{} nothing {}", "") == 127);
		CHECK(run(k, s, "say a | exit 5", "") == 5 && run(k, s, "end 3 | end 4", "") == 4);
	}
	TEST("what is not known is no script, though it might not be reached") {
		CHECK(run(k, s, "put a; nothing", "") == 127 && run(k, s, "put a | nothing", "") == 127);
		CHECK(run(k, s, "put a || nothing", "") == 127 && run(k, s, "put a; no*", "") == 127);
		CHECK(run(k, s, "put a; put $b", "") == KML_USAGE && run(k, s, NULL, "") == KML_USAGE);
		CHECK(run(k, s, "cd /nowhere || put a", "a\n") == 0 && run(k, s, "cd", "") == 2);
	}
TESTS_END
