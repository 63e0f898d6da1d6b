/* cmd_import.c - turn a Module of KMM into kml.ini. */
#ifndef KML_CMD_IMPORT_C
#define KML_CMD_IMPORT_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../ground/process.c"
#include "../ground/save.c"
#include "../ground/sys.c"
#include "../site/import.c"

struct import_args { const char *output; };

static const struct opt import_opts[] = {
	OPT(struct import_args, output, 'o', "output", "FILE", "write this file, not standard output"),
};

/* Data for `path`, or for standard output. */
static int import_give(struct kml *k, struct scope *s, const char *path, struct str text)
{
	if (!path || !strcmp(path, "-"))
		return fwrite(text.p, 1, text.n, stdout), 0;
	return save_file(k, s, path, text);
}

static int import_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct import_args *o = args;
	const char *file = *operands && strcmp(*operands, "-") ? *operands : NULL;
	struct str text, ini;
	int r = file ? sys_read_file(k, s, file, &text) : process_input(k, s, &text);

	if (r < 0 || (r = import_module(k, s, text, &ini)) < 0)
		return fail_in(k, r, "%s", file ? file : "standard input");
	return import_give(k, s, o->output, ini);
}

static const struct applet applet_import = {
	.name = "import", .synopsis = "[-o FILE] [MODULE]",
	.brief = "Turn a Module of Kernel Module Management into kml.ini.",
	.detail = "MODULE is a file, or standard input:\n"
	          ".Dl kubectl get module NAME -o json | kml import >kml.ini\n"
	          "The rules mean what they meant.  What KMM would refuse is refused, and what\n"
	          "kml.ini has no word for is named in a warning and left out.",
	.opts = import_opts, .nopts = countof(import_opts), .argsize = sizeof(struct import_args),
	.max = 1, .run = import_run,
};

#endif
