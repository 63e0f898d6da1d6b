/* cmd_export.c - write what a cluster takes for a kml.ini. */
#ifndef KML_CMD_EXPORT_C
#define KML_CMD_EXPORT_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../format/emit.c"
#include "../site/cluster.c"
#include "../site/export.c"
#include "../site/kernels.c"
#include "cmd_import.c"
#include "kernel_list.c"

struct export_args {
	const char *config, *output, *name, *space, *image, *pull_secret;
	struct opt_list nodes;
	opt_number completions, parallelism;
	struct kernels_from kernels;
};

#define EXPORT_OPT(field, letter, word, arg, help) \
	OPT(struct export_args, field, letter, word, arg, help)

static const struct opt export_opts[] = {
	EXPORT_OPT(config, 'c', "config", "FILE", "read this kml.ini"),
	EXPORT_OPT(output, 'o', "output", "FILE", "write this file, not standard output"),
	EXPORT_OPT(name, 0, "name", "NAME", "of the objects; else made of the module's"),
	EXPORT_OPT(space, 0, "namespace", "NAME", "of the objects; else what kml.ini says"),
	EXPORT_OPT(nodes, 0, "node-selector", "KEY=VALUE", "only for nodes with this label"),
	EXPORT_OPT(pull_secret, 0, "pull-secret", "NAME", "the Secret with the login for registries"),
	EXPORT_OPT(image, 0, "image", "REF", "of daemonset and job: an image with kml in it"),
	EXPORT_OPT(completions, 0, "completions", "N", "of job: in how many parts"),
	EXPORT_OPT(parallelism, 0, "parallelism", "N", "of job: how many of them at once"),
	KERNEL_LIST_OPTS(struct export_args),
};

static int export_kernels(struct kml *k, struct scope *s, const struct export_args *o,
                          struct cluster *c)
{
	struct kernels *list = new(s, struct kernels);
	const struct remote_options remote = { 0 };
	int r;

	c->kernels = list;
	c->parts = o->completions < 0 ? 1 : o->completions;
	c->parallel = o->parallelism < 0 ? c->parts : o->parallelism;
	if ((r = kernels_find(k, s, &o->kernels, &remote, list)) < 0)
		return r;
	return c->parts && c->parallel ? 0 : fail(k, KML_USAGE, "a job has at least one part");
}

/* Was anything given that only a job has? */
static bool export_is_job(const struct export_args *o)
{
	const struct kernels_from *f = &o->kernels;

	return o->completions >= 0 || o->parallelism >= 0 || f->shard ||
	       f->names.n + f->files.n + f->installed.n + f->tags.n;
}

static int export_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct export_args *o = args;
	const char *config = o->config ? o->config : env_get("KML_CONFIG");
	bool module = !strcmp(*operands, "module"), job = !strcmp(*operands, "job");
	struct cluster c = { .e = {
		.k = k, .s = s, .name = o->name, .space = o->space, .pull_secret = o->pull_secret,
		.nodes = o->nodes, .b = { .s = s },
	}, .image = o->image };
	struct buf out = { .s = s };
	struct mappings all;
	int r;

	if (!module && !job && strcmp(*operands, "daemonset"))
		return fail(k, KML_USAGE, "'%s' is none of module, daemonset and job", *operands);
	if ((!job && export_is_job(o)) || (module && o->image))
		return fail(k, KML_USAGE, "kernels, --completions and --parallelism are for a job, and "
		            "--image is not for a module");
	if ((r = mapping_load_config(k, s, config, &all)) < 0)
		return r;
	if (all.n > 1)
		return fail(k, KML_USAGE, "there are %zu files; name one with -c", all.n);
	c.e.m = &all.v[0];
	if ((job && (r = export_kernels(k, s, o, &c)) < 0) ||
	    (r = module ? export_module(&c.e) : cluster_export(&c)) < 0)
		return r;
	emit_indented(&out, buf_str(&c.e.b));
	return import_give(k, s, o->output, buf_str(&out));
}

static const struct applet applet_export = {
	.name = "export", .synopsis = "module|daemonset|job [OPTION]... [-o FILE]",
	.brief = "Write kml.ini as what a Kubernetes cluster takes.",
	.detail = "A module is for Kernel Module Management; what it has no word for is named in\n"
	          "a warning.  A daemonset loads the modules on each node, without KMM, and\n"
	          "unloads them when it is deleted.  A job builds the images of the kernels that\n"
	          "are given: each of its pods takes one part of the list.\n"
	          "All are JSON:\n"
	          ".Dl kml export module | kubectl apply -f -",
	.opts = export_opts, .nopts = countof(export_opts), .argsize = sizeof(struct export_args),
	.min = 1, .max = 1, .run = export_run,
};

#endif
