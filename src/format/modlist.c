/* modlist.c - lists of modules: files of modules-load.d, the kernel's command line,
 * what a pipe says.
 *
 * A line is a name or a modalias, whatever is in it; blanks around it do not count,
 * nor do empty lines and those that begin with '#' or ';' (modules-load.d(5)).
 *
 * On the command line it is modules_load=A,B; rd.modules_load=A,B is for an initramfs
 * only.  What the kernel shall refuse is in module_blacklist=A,B.  '-' may stand for '_'.
 */
#ifndef KML_MODLIST_C
#define KML_MODLIST_C

#include "../ground/base.c"
#include "modconf.c"

enum { MODLIST_LONGEST = 4096 };        /* no file of the kernel's has more */

/* The next name of *text; empty at the end.  What is too long is nobody's name. */
static struct str modlist_next(struct str *text)
{
	while (text->n) {
		struct str line = str_trim(str_take(text, '\n'));

		if (line.n && line.n <= MODLIST_LONGEST && line.p[0] != '#' && line.p[0] != ';')
			return line;
	}
	return (struct str){ 0 };
}

static bool modlist_is_key(struct str word, struct str key)
{
	if (word.n != key.n)
		return false;
	for (size_t i = 0; i < key.n; i++)
		if (word.p[i] != key.p[i] && !(word.p[i] == '-' && key.p[i] == '_'))
			return false;
	return true;
}

static struct str modlist_unquote(struct str t)
{
	if (t.n && t.p[0] == '"')
		t = str_from(t, 1);
	t.n -= t.n && t.p[t.n - 1] == '"';
	return t;
}

/* The next list KEY=A,B on the command line *rest, whose last line end is off, also as
 * rd.KEY=A,B in an initramfs; a NULL pointer at the end. */
static struct str modlist_kernel(struct str *rest, struct str want, bool initramfs)
{
	while (rest->n) {
		struct str value = modlist_unquote(modconf_argument(rest));
		struct str key = str_take(&value, '=');

		if (initramfs && str_starts(key, S("rd.")))
			key = str_from(key, 3);
		if (modlist_is_key(key, want) && value.n)
			return modlist_unquote(value);
	}
	return (struct str){ 0 };
}

#endif
