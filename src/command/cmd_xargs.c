/* cmd_xargs.c - run a command for each line of standard input. */
#ifndef KML_CMD_XARGS_C
#define KML_CMD_XARGS_C

#include "../ground/opt.c"
#include "../ground/process.c"
#include "../ground/spawn.c"
#include "runner.c"

struct xargs_args { const char *mark; };

static const struct opt xargs_opts[] = {
	OPT(struct xargs_args, mark, 'I', NULL, "TEXT", "what stands for the line, as {}"),
};

enum { XARGS_FAILED = 123 };

/* `word` with the line in place of each mark. */
static char *xargs_word(struct scope *s, const char *word, const char *mark, struct str line)
{
	struct buf b = { .s = s };

	for (const char *at; (at = strstr(word, mark)); word = at + strlen(mark)) {
		buf_add(&b, (struct str){ word, (size_t)(at - word) });
		buf_add(&b, line);
	}
	buf_add(&b, str_of(word));
	return scope_text(s, buf_str(&b));
}

static int xargs_line(struct kml *k, struct scope *s, char **words, const char *mark,
                      struct str line, int *status)
{
	size_t n = 0;
	char **argv;
	void *arg;

	while (words[n])
		n++;
	arg = argv = news(s, char *, n + 1);
	argv[0] = words[0];
	for (size_t i = 1; i < n; i++)
		argv[i] = xargs_word(s, words[i], mark, line);
	return spawn_run(k, s, runner_call, &arg, 1, status);
}

static int xargs_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const char *mark = ((const struct xargs_args *)args)->mark;
	int r, status = 0, end = 0;
	struct str text;

	if (!mark || !*mark)
		return fail(k, KML_USAGE, "say -I TEXT: one command is run for each line");
	if ((r = process_input(k, s, &text)) < 0)
		return fail_in(k, r, "standard input");
	while (r == 0 && text.n && status != RUNNER_UNKNOWN) {
		struct scope *t = scope_begin(s);
		struct str line = str_take(&text, '\n');

		while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
			line = str_from(line, 1);
		if (line.n)
			r = xargs_line(k, t, operands, mark, line, &status);
		if (status)
			end = status == RUNNER_UNKNOWN ? status : XARGS_FAILED;
		scope_end(t);
	}
	return r < 0 ? r : end;
}

static const struct applet applet_xargs = {
	.name = "xargs", .synopsis = "-I TEXT COMMAND [ARGUMENT]...",
	.brief = "Run a command of kml for each line of standard input.",
	.detail = "When one failed the others are still run, and the exit status is 123.",
	.opts = xargs_opts, .nopts = countof(xargs_opts), .argsize = sizeof(struct xargs_args),
	.min = 1, .max = -1, .leads = true, .run = xargs_run,
};

#endif
