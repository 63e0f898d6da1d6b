/* runner.c - kml's own commands, called by one that runs others.
 *
 * They are found by name, a path counts by its last component: a container from
 * scratch needs neither links nor PATH nor /proc for that.  Each runs in a process of its
 * own, so that it ends alone.
 */
#ifndef KML_RUNNER_C
#define KML_RUNNER_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../ground/spawn.c"
#include "shell.c"

enum { RUNNER_UNKNOWN = 127 };

/* Can `word` begin a command?  If not, that is told. */
static bool runner_knows(struct kml *k, const char *word)
{
	const char *base = str_base(str_of(word)).p;

	if (!strcmp(base, "kml") || shell_find(shell_of(k), base))
		return true;
	note(k, KML_ERROR, "no command '%s': there are only those that kml --help lists", word);
	return false;
}

/* Run `argv` here; its exit status. */
static int runner_call(struct kml *k, struct scope *s, void *argv)
{
	char **v = argv;
	int n = 0;

	(void)s;
	while (v[n])
		n++;
	return runner_knows(k, v[0]) ? shell_main(shell_of(k)->applets, k->root, n, v) :
		RUNNER_UNKNOWN;
}

#endif
