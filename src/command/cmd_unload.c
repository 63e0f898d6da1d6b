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

/* Take out all sets there are.  One may use modules of another, so those that
 * fail are tried again while any other went; the first failure is told. */
static int unload_all(struct kml *k, struct scope *s)
{
	struct state_names left;
	int r = state_list(k, s, &left);

	if (r == 0 && !left.n)
		return fail(k, KML_NOTFOUND, "nothing is recorded in %s", STATE_DIR);
	for (size_t before = left.n + 1; left.n && left.n < before;) {
		const char *first = NULL;
		int why = 0;

		before = left.n;
		for (size_t i = 0; i < left.n;) {
			if ((r = kml_image_unload(k, left.v[i])) == 0) {
				state_drop(&left, i);
				continue;
			}
			if (!first)
				first = scope_text(s, str_of(k->msg)), why = r;
			i++;
		}
		if (left.n)
			r = fail(k, why, "%s", first);
	}
	return left.n ? r : 0;
}

static int unload_command(struct kml *k, struct scope *s, const void *args, char **names)
{
	const struct unload_args *o = args;
	int r = 0;

	if (o->quiet)
		k->log = NULL;
	if (!*names)
		return unload_all(k, s);
	for (; r == 0 && *names; names++)
		r = kml_image_unload(k, *names);
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
