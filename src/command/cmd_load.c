/* cmd_load.c - bring this kernel's modules from their image into the kernel. */
#ifndef KML_CMD_LOAD_C
#define KML_CMD_LOAD_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../api.c"
#include "../site/node.c"

struct load_args { const char *config; bool dry_run, quiet; };

static const struct opt load_opts[] = {
	OPT(struct load_args, config,  'c', "config",  "FILE", "read this kml.ini"),
	OPT(struct load_args, dry_run, 'n', "dry-run", NULL,
	    "print what would be loaded, in order, and load nothing"),
	OPT(struct load_args, quiet,   'q', "quiet",   NULL,   "say nothing but errors"),
};

static int load_show(struct kml *k, struct scope *s, const struct mapping *m)
{
	struct node *n = new(s, struct node);
	int r = node_plan(k, s, m, n);

	for (size_t i = 0; r == 0 && i < n->steps.n; i++) {
		const struct steps_one *step = &n->steps.v[i];

		printf("%s %s%s%s\n", step->path ? step->path : n->rule.image, step->name,
		       *step->params ? " " : "", step->params);
	}
	return r;
}

static int load_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct load_args *o = args;
	const char *named = o->config ? o->config : env_get("KML_CONFIG");
	struct mappings all;
	int r;

	(void)operands;
	if (o->quiet)
		k->log = NULL;
	if (!o->dry_run)
		return kml_image_load(k, named);
	r = mapping_load_config(k, s, named, &all);
	for (size_t i = 0; r == 0 && i < all.n; i++)
		r = load_show(k, s, &all.v[i]);
	return r;
}

static const struct applet applet_load = {
	.name = "load", .synopsis = "[-c FILE] [-n] [-q]",
	.brief = "Load the modules that kml.ini maps the running kernel to.",
	.detail = "The image is looked up by the rules of kml.ini, its layers for this kernel are\n"
	          "checked against their digests while they are read, and the modules are ordered\n"
	          "and given to the kernel from memory.  When one fails, those before it are taken\n"
	          "out again.  What was done is recorded in /run/kml for\n.Xr kml-unload 8 .\n"
	          "Options of modprobe.d count; a module that has an install line there is refused.\n"
	          "Exit status: 3 no rule covers the kernel, 4 the image is absent, 6 a module is\n"
	          "for another kernel, 7 its signature is missing or of an unknown key, 8 in use,\n"
	          "9 failed half-way and taken back.",
	.opts = load_opts, .nopts = countof(load_opts), .argsize = sizeof(struct load_args),
	.run = load_command,
};

#endif
