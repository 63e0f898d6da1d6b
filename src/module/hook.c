/* hook.c - the commands of install and remove lines.
 *
 * A command is a line for a shell, run instead of loading or unloading, with
 * the module's name in MODPROBE_MODULE.  Where there is no shell, as in a
 * container from scratch, the common ones must work all the same: "true" and
 * "false" are known here, and a path with plain words behind it is run as it
 * is.  All else goes to /bin/sh.
 */
#ifndef KML_HOOK_C
#define KML_HOOK_C

#include "../ground/kernel.c"

enum { HOOK_NO_SHELL = 127 };           /* the status a shell has for "not found" */

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

/* The words of a command that begins with a path and has nothing in it that
 * means something to a shell; NULL for all others. */
static char **hook_words(struct scope *s, struct str command)
{
	struct str rest = command;
	size_t n = 0;
	char **argv;

	for (size_t i = 0; i < command.n; i++)
		if (strchr("\"'`$\\|&;<>()[]{}*?#~!=\n", command.p[i]))
			return NULL;
	while (str_word(&rest).n)
		n++;
	argv = news(s, char *, n + 1);
	for (size_t i = 0; i < n; i++)
		argv[i] = scope_text(s, str_word(&command));
	return n && argv[0][0] == '/' ? argv : NULL;
}

/* Run `command` for `module`; `env` is one more "NAME=value", or NULL.  *status
 * is what a shell would show. */
static int hook_run(struct kml *k, struct scope *s, struct str module, struct str command,
                    char *env, int *status)
{
	static const struct { struct str word; int status; } known[] = {
		{ { "/bin/true", 9 }, 0 }, { { "true", 4 }, 0 }, { { ":", 1 }, 0 },
		{ { "/usr/bin/true", 13 }, 0 }, { { "/bin/false", 10 }, 1 },
		{ { "false", 5 }, 1 }, { { "/usr/bin/false", 14 }, 1 },
	};
	struct str plain = str_trim(command);
	char *shell[] = { scope_text(s, S("/bin/sh")), scope_text(s, S("-c")),
	                  scope_text(s, command), NULL };
	char *extra[] = { scope_format(s, "MODPROBE_MODULE=%.*s", FMT(module)), env, NULL };
	char **argv = hook_words(s, plain);
	int r;

	for (size_t i = 0; i < countof(known); i++)
		if (str_eq(plain, known[i].word))
			return *status = known[i].status, 0;
	if ((r = kernel_run(k, argv ? argv : shell, extra, status)) < 0)
		return r;
	if (!argv && *status == HOOK_NO_SHELL && !sys_exists(k, s, shell[0]))
		note(k, KML_ERROR, "there is no /bin/sh to run '%.*s'", FMT(plain));
	return 0;
}

#endif
