/* cmd_build.c - make the images that kernels lack. */
#ifndef KML_CMD_BUILD_C
#define KML_CMD_BUILD_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../site/build.c"
#include "cmd_plan.c"
#include "derived.c"
#include "kernel_list.c"
#include "registries.c"

struct build_args {
	struct kernels_from kernels;
	struct registries registries;
	const char *config, *work, *program;
	opt_number jobs;
	bool force, dry_run, json, quiet;
};

static const struct opt build_opts[] = {
	OPT(struct build_args, config, 'c', "config", "FILE", "read this kml.ini"),
	KERNEL_LIST_OPTS(struct build_args),
	OPT(struct build_args, jobs, 'j', "jobs", "N",
	    "so many kernels at the same time (one a processor)"),
	OPT(struct build_args, force, 'f', "force", NULL, "make also what is there"),
	OPT(struct build_args, work, 0, "workdir", "DIR",
	    "where make works and its logs are (.kml beside kml.ini)"),
	OPT(struct build_args, program, 0, "kml", "FILE", "the kml to put in (this program)"),
	OPT(struct build_args, dry_run, 'n', "dry-run", NULL, "say what is missing, and make nothing"),
	OPT(struct build_args, json, 0, "json", NULL, "print JSON"),
	OPT(struct build_args, quiet, 'q', "quiet", NULL, "say nothing but errors"),
	REGISTRIES_OPTS(struct build_args),
};

/* The status: that of what failed; or that the one kernel that was asked for is not covered. */
static int build_result(struct kml *k, const struct build_args *a, const struct plan *p)
{
	int r = plan_result(k, p, "failed");

	if (r == 0 && p->n == 1 && !a->kernels.shard &&
	    p->count[PLAN_SKIPPED] + p->count[PLAN_UNMAPPED])
		r = fail(k, KML_UNMAPPED, "kernel %s: %s", p->v->kernel, p->v->reason);
	return r;
}

static int build_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct build_args *a = args;
	struct build_options o = { .work = a->work, .program = a->program, .again = a->force };
	struct remote_options remote;
	struct mappings all;
	struct kernels kernels;
	struct plan p;
	int r;

	(void)operands;
	if (a->quiet)
		k->log = NULL;
	if ((r = registries_options(k, &a->registries, &remote)) < 0 ||
	    (r = derived_epoch(k, &o.epoch)) < 0 ||
	    (r = mapping_load_config(k, s, a->config ? a->config : env_get("KML_CONFIG"),
	                             &all)) < 0 ||
	    (r = kernel_list_find(k, s, &a->kernels, &all, &remote, &kernels)) < 0 ||
	    (r = plan_make(k, s, &all, &kernels, &remote, a->force ? 0 : plan_jobs(-1), &p)) < 0)
		return r;
	o.remote = &remote;
	k->jobs = a->jobs > 0 ? plan_jobs(a->jobs) : 0;
	if (!a->dry_run && (r = build_run(k, s, &o, &p)) < 0)
		return r;
	r = build_result(k, a, &p);
	if (a->json)
		plan_json(s, &p);
	else if (!a->quiet)
		plan_print(&p);
	fflush(stdout);
	plan_sum(k, s, &p);
	return r;
}

static const struct applet applet_build = {
	.name = "build", .synopsis = "[-c FILE] [OPTION]...",
	.brief = "Make the images that kernels lack.",
	.detail =
		"What kml plan shows to be missing is made, of modules that are there or by make in a "
		"copy of their sources, and put where kml.ini says. One kernel that fails does not stop "
		"the others: the table has the reason, and the name of the file with all that make said.\n\n"
		"An image that is there is left alone, whatever has changed, but with --force. What make "
		"made stays in the work directory, and is not made again while sources, headers, arg.NAME "
		"and kml are the same. MAKEFLAGS (-j4, say) count. Without a list it is the running kernel.\n\n"
		"Exit status: 5 when a registry does not answer; 6 or 7 when all that fail have modules "
		"of another kernel, or a registry that is not trusted; 1 for other failures; 3 when the "
		"only kernel has no rule.",
	.opts = build_opts, .nopts = countof(build_opts), .argsize = sizeof(struct build_args),
	.run = build_command,
};

#endif
