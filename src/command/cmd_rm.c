/* cmd_rm.c - remove files and empty directories. */
#ifndef KML_CMD_RM_C
#define KML_CMD_RM_C

#include "../ground/opt.c"
#include "../ground/save.c"

struct rm_args { bool dirs, force; };

static const struct opt rm_opts[] = {
	OPT(struct rm_args, dirs, 'd', "dir", NULL, "empty directories too"),
	OPT(struct rm_args, force, 'f', "force", NULL, "not what is not there"),
};

static int rm_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct rm_args *a = args;
	bool bad = false;

	for (; *operands; operands++) {
		struct stat st;
		int r = sys_stat(k, s, *operands, O_NOFOLLOW, &st);
		bool dir = r == 0 && S_ISDIR(st.st_mode);

		if (dir && !a->dirs)
			r = fail(k, KML_FAIL, "a directory; with -d it is removed if it is empty");
		if (r == 0)
			r = save_unlink(k, s, scope_text(s, str_unslash(str_of(*operands))),
			                dir ? AT_REMOVEDIR : 0);
		if (r == 0 || (r == KML_NOTFOUND && a->force))
			continue;
		note(k, KML_ERROR, "%s: %s", *operands, k->msg);
		bad = true;
	}
	return bad;
}

static const struct applet applet_rm = {
	.name = "rm", .synopsis = "[-d] [-f] NAME...",
	.brief = "Remove files, links and empty directories.",
	.opts = rm_opts, .nopts = countof(rm_opts), .argsize = sizeof(struct rm_args),
	.min = 1, .max = -1, .run = rm_run,
};

#endif
