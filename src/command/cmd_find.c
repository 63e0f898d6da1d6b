/* cmd_find.c - print the names of all that is below a directory. */
#ifndef KML_CMD_FIND_C
#define KML_CMD_FIND_C

#include "../ground/opt.c"
#include "../ground/sys.c"

enum { FIND_DEPTH = 130 };

/* Print `path` and what is below it; false if that, which is said, was not possible. */
static bool find_below(struct kml *k, struct scope *s, const char *path, bool dir, int depth)
{
	struct scope *t = scope_begin(s);
	struct sys_entry *v = NULL;
	bool good = true;
	size_t n = 0;

	puts(path);
	if (dir && (depth == FIND_DEPTH ?
	            fail(k, KML_BAD, "directories in more than %d others", FIND_DEPTH) :
	            sys_list(k, t, path, &v, &n)) < 0) {
		note(k, KML_ERROR, "%s: %s", path, k->msg);
		good = false;
	}
	for (size_t i = 0; i < n; i++)
		good &= find_below(k, t, scope_format(t, "%s%s%s", path, str_ends(str_of(path), S("/")) ?
		                                      "" : "/", v[i].name),
		                   v[i].type == DT_DIR, depth + 1);
	scope_end(t);
	return good;
}

static int find_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	char here[] = ".";
	char *only[] = { here, NULL };
	bool good = true;

	(void)args;
	for (char **o = *operands ? operands : only; *o; o++) {
		struct stat st;

		if (sys_stat(k, s, *o, O_NOFOLLOW, &st) < 0) {
			note(k, KML_ERROR, "%s: %s", *o, k->msg);
			good = false;
		} else {
			good &= find_below(k, s, *o, S_ISDIR(st.st_mode), 0);
		}
	}
	return !good;
}

static const struct applet applet_find = {
	.name = "find", .synopsis = "[DIR]...",
	.brief = "Print the names of all that is below a directory.",
	.detail = "Without DIR that is the working directory. Links are not followed.",
	.max = -1, .run = find_run,
};

#endif
