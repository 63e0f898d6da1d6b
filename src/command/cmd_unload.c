/* cmd_unload.c - take out what kml load put in. */
#ifndef KML_CMD_UNLOAD_C
#define KML_CMD_UNLOAD_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../api.c"
#include "../site/state.c"

struct unload_args { bool quiet; };

static const struct opt unload_opts[] = {
	OPT(struct unload_args, quiet, 'q', "quiet", NULL, "say nothing but errors"),
};

/* Without a name: all there are. */
static int unload_command(struct kml *k, struct scope *s, const void *args, char **names)
{
	const struct unload_args *o = args;
	struct state_names all = { 0 };
	int r = 0;

	if (o->quiet)
		k->log = NULL;
	if (!*names && (r = state_list(k, s, &all)) == 0 && !all.n)
		return fail(k, KML_NOTFOUND, "nothing is recorded in %s", STATE_DIR);
	for (; r == 0 && *names; names++)
		r = kml_image_unload(k, *names);
	for (size_t i = 0; r == 0 && i < all.n; i++)
		r = kml_image_unload(k, all.v[i]);
	return r;
}

static const struct applet applet_unload = {
	.name = "unload", .synopsis = "[-q] [NAME...]",
	.brief = "Take out the modules that kml load put in.",
	.detail = "NAME is that of a module set, the name in the [module] section of its kml.ini;\n"
	          "without one all sets are taken out.  Only the record in /run/kml is needed.\n"
	          "Modules that were replaced are put back.  When a module is in use nothing is\n"
	          "touched, and the exit status is 8.",
	.opts = unload_opts, .nopts = countof(unload_opts), .argsize = sizeof(struct unload_args),
	.max = -1, .run = unload_command,
};

#endif
