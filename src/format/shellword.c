/* shellword.c - words that a shell does not look for among the programs.
 *
 * They are the keywords and builtins of the usual ones.  A program can have such a name,
 * as `kml export` has; in a line for a shell it is the shell that is meant.
 */
#ifndef KML_SHELLWORD_C
#define KML_SHELLWORD_C

#include "../ground/base.c"

/* Would other shells, in place of a command, take this for something of their own?  Not
 * for : cd exit false and true, which mean the same everywhere. */
static bool shellword_is(struct str word)
{
	static const char *const own[] = {
		"!", ".", "[", "[[", "alias", "bg", "break", "case", "command", "continue", "do", "done",
		"echo", "elif", "else", "esac", "eval", "exec", "export", "fc", "fg", "fi", "for",
		"function", "getopts", "hash", "if", "jobs", "kill", "local", "printf", "pwd", "read",
		"readonly", "return", "select", "set", "shift", "source", "test", "then", "time", "times",
		"trap", "type", "ulimit", "umask", "unalias", "unset", "until", "wait", "while", "{", "}",
	};

	for (size_t i = 0; i < countof(own); i++)
		if (str_eq(word, str_of(own[i])))
			return true;
	return str_find(word, '=') < word.n;
}

#endif
