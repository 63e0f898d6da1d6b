/* hook.c - the commands of install and remove lines.
 *
 * A command is a line for a shell, run instead of loading or unloading, with
 * the module's name in MODPROBE_MODULE.  Most are a program and plain words,
 * "modprobe -i NAME" first of all: those are run as they are, which costs less and
 * works where there is no shell, as in a container from scratch.  "true" and
 * "false" are known here.  All else goes to /bin/sh: what has a character in it
 * that a shell would look at, and what a shell does itself.
 */
#ifndef KML_HOOK_C
#define KML_HOOK_C

#include "../ground/kernel.c"
#include "../format/shellword.c"

enum { HOOK_NO_SHELL = 0x17f };         /* its last byte is the status of "not found" */

/* `command` with `options` for each $CMDLINE_OPTS in it. */
static struct str hook_expand(struct scope *s, struct str command, struct str options)
{
	struct str mark = S("$CMDLINE_OPTS");
	struct buf b = { .s = s };

	while (command.n) {
		size_t n = str_find(command, '$');

		buf_add(&b, (struct str){ command.p, n });
		command = str_from(command, n);
		if (str_starts(command, mark)) {
			buf_add(&b, options);
			command = str_from(command, mark.n);
		} else if (command.n) {
			buf_byte(&b, '$');
			command = str_from(command, 1);
		}
	}
	return buf_str(&b);
}

/* Does a shell do this itself, or in another way than a program of that name? */
static bool hook_shells_own(const char *word)
{
	return !strcmp(word, ":") || !strcmp(word, "cd") || !strcmp(word, "exit") ||
	       shellword_is(str_of(word));
}

/* The words of a command that needs no shell; NULL for all others. */
static char **hook_words(struct scope *s, struct str command)
{
	struct str rest = command;
	size_t n = 0;
	char **argv;

	for (size_t i = 0; i < command.n; i++)
		if (!command.p[i] || strchr("\"'`$\\|&;<>()[]{}*?#~!\n", command.p[i]))
			return NULL;
	while (str_word(&rest).n)
		n++;
	argv = news(s, char *, n + 1);
	for (size_t i = 0; i < n; i++)
		argv[i] = scope_text(s, str_word(&command));
	return n && !hook_shells_own(argv[0]) ? argv : NULL;
}

/* Run `command` for `module`; `env` is one more "NAME=value", or NULL.  *status
 * is what a shell would show, HOOK_NO_SHELL if one is needed and not there. */
static int hook_run(struct kml *k, struct scope *s, struct str module, struct str command,
                    char *env, int *status)
{
	static const struct { struct str word; int status; } known[] = {
		{ { "/bin/true", 9 }, 0 }, { { "true", 4 }, 0 }, { { ":", 1 }, 0 },
		{ { "/usr/bin/true", 13 }, 0 }, { { "/bin/false", 10 }, 1 },
		{ { "false", 5 }, 1 }, { { "/usr/bin/false", 14 }, 1 },
	};
	const char *shell = "/bin/sh";
	char *line[] = { scope_text(s, S("sh")), scope_text(s, S("-c")), scope_text(s, command),
	                 NULL };
	char *extra[] = { scope_format(s, "MODPROBE_MODULE=%.*s", FMT(module)), env, NULL };
	struct str plain = str_trim(command);
	char **argv = hook_words(s, plain);

	for (size_t i = 0; i < countof(known); i++)
		if (str_eq(plain, known[i].word))
			return *status = known[i].status, 0;
	if (argv)
		return kernel_run(k, argv, extra, status);
	if (!sys_exists(k, s, shell))
		return *status = HOOK_NO_SHELL, 0;
	return kernel_run_as(k, shell, line, extra, status);
}

/* What there is to say of a status beside its number. */
static const char *hook_why(int status)
{
	return status == HOOK_NO_SHELL ? " (there is no /bin/sh to run it)" : "";
}

#endif
