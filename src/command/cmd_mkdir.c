/* cmd_mkdir.c - make directories. */
#ifndef KML_CMD_MKDIR_C
#define KML_CMD_MKDIR_C

#include "../ground/opt.c"
#include "../ground/save.c"

struct mkdir_args { bool parents; };

static const struct opt mkdir_opts[] = {
	OPT(struct mkdir_args, parents, 'p', "parents", NULL,
	    "those above it too, and none that is there"),
};

static int mkdir_one(struct kml *k, struct scope *s, const char *path, bool parents)
{
	struct stat st;
	const char *name;
	int dir, r;

	path = scope_text(s, str_unslash(str_of(path)));
	if (!parents && (r = sys_parent(k, s, path, &dir, &name)) < 0)
		return fail_in(k, r, "%s", path);
	if (!parents && sys_stat(k, s, path, O_NOFOLLOW, &st) == 0)
		return fail(k, KML_FAIL, "%s: is there already", path);
	if ((r = save_mkdirs(k, s, path)) < 0)
		return r;
	if ((r = sys_stat(k, s, path, 0, &st)) < 0)
		return fail_in(k, r, "%s", path);
	return S_ISDIR(st.st_mode) ? 0 : fail(k, KML_FAIL, "%s: is there, and no directory", path);
}

static int mkdir_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	int r = 0;

	for (; r == 0 && *operands; operands++)
		r = mkdir_one(k, s, *operands, ((const struct mkdir_args *)args)->parents);
	return r;
}

static const struct applet applet_mkdir = {
	.name = "mkdir", .synopsis = "[-p] DIR...", .brief = "Make directories.",
	.opts = mkdir_opts, .nopts = countof(mkdir_opts), .argsize = sizeof(struct mkdir_args),
	.min = 1, .max = -1, .run = mkdir_run,
};

#endif
