/* cmd_cp.c - copy files and directories. */
#ifndef KML_CMD_CP_C
#define KML_CMD_CP_C

#include "../ground/opt.c"
#include "../ground/replica.c"

struct cp_args { bool deep; };

static const struct opt cp_opts[] = {
	OPT(struct cp_args, deep, 'r', "recursive", NULL, "directories too, and links as links"),
	OPT(struct cp_args, deep, 'R', NULL, NULL, "the same"),
};

/* Is `path` a directory to copy into?  Else it is a name that will be replaced. */
static int cp_into(struct kml *k, struct scope *s, const char *path, bool *into)
{
	struct stat st;
	int r = sys_stat(k, s, path, 0, &st);

	*into = r == 0 && S_ISDIR(st.st_mode);
	if (r == KML_NOTFOUND && sys_stat(k, s, path, O_NOFOLLOW, &st) == 0)
		return fail(k, KML_FAIL, "%s: a link to nothing", path);
	return r < 0 && r != KML_NOTFOUND ? fail_in(k, r, "%s", path) : 0;
}

static int cp_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	char **to = operands;
	bool into;
	int r;

	while (to[1])
		to++;
	if ((r = cp_into(k, s, *to, &into)) == 0 && !into && to - operands > 1)
		r = fail(k, KML_FAIL, "%s: no directory", *to);
	for (; r >= 0 && operands < to; operands++) {
		struct scope *t = scope_begin(s);

		if (replica_copy(k, t, *operands, *to, into, ((const struct cp_args *)args)->deep) < 0) {
			note(k, KML_ERROR, "%s", k->msg);
			r = 1;
		}
		scope_end(t);
	}
	return r;
}

static const struct applet applet_cp = {
	.name = "cp", .synopsis = "[-r] FROM... TO",
	.brief = "Copy files and directories.",
	.detail = "They are copied into TO if that is a directory, and with what is there in\n"
	          "directories of their names. A file or link replaces the file or link that has\n"
	          "its name; modes are kept.",
	.opts = cp_opts, .nopts = countof(cp_opts), .argsize = sizeof(struct cp_args),
	.min = 2, .max = -1, .run = cp_run,
};

#endif
