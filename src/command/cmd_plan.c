/* cmd_plan.c - which image each kernel is to have, and whether it is there. */
#ifndef KML_CMD_PLAN_C
#define KML_CMD_PLAN_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../format/emit.c"
#include "../site/plan.c"
#include "kernel_list.c"
#include "registries.c"

struct plan_args {
	struct registries registries;
	struct kernels_from kernels;
	const char *config;
	bool json, matrix, no_check;
	opt_number jobs;
};

static const struct opt plan_opts[] = {
	OPT(struct plan_args, config, 'c', "config", "FILE", "read this kml.ini"),
	KERNEL_LIST_OPTS(struct plan_args),
	OPT(struct plan_args, no_check, 0, "no-check", NULL, "look for no image"),
	OPT(struct plan_args, jobs, 'j', "jobs", "N", "ask for so many images at a time (16)"),
	OPT(struct plan_args, json, 0, "json", NULL, "print JSON"),
	OPT(struct plan_args, matrix, 0, "matrix", NULL,
	    "print what is missing as a matrix for GitHub's workflows, on one line"),
	REGISTRIES_OPTS(struct plan_args),
};

enum { PLAN_MATRIX = 256, PLAN_DIGEST = 19 };

/* ---- for people ---------------------------------------------------------- */

static void plan_print(const struct plan *p)
{
	int kernel = 0, set = 0;

	for (size_t i = 0; i < p->n; i++) {
		int n = (int)strlen(p->v[i].kernel), m = (int)strlen(p->v[i].set);

		kernel = n > kernel ? n : kernel;
		set = m > set ? m : set;
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_row *row = &p->v[i];

		printf("%-*s  %-*s  %-8s ", kernel, row->kernel, set, row->set, plan_words[row->state]);
		if (row->image)
			printf(" %s", row->image);
		if (row->digest.n)
			printf("  %.*s", PLAN_DIGEST, row->digest.p);
		if (row->state == PLAN_MISSING)
			printf("  (%s%s%s)", row->way ? row->way : "nothing says how it is made",
			       row->way ? " " : "", row->way ? row->from : "");
		else if (row->reason)
			printf("%s%s", row->image ? "  " : " ", row->reason);
		putchar('\n');
	}
}

/* ---- for programs -------------------------------------------------------- */

static void plan_json(struct scope *s, const struct plan *p)
{
	struct buf b = { .s = s };

	emit_open(&b, '[');
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_row *row = &p->v[i];

		emit_open(&b, '{');
		emit_known(&b, "kernel", row->kernel);
		emit_known(&b, "set", row->set);
		emit_known(&b, "file", row->m->file);
		emit_known(&b, "state", plan_words[row->state]);
		emit_known(&b, "rule", row->rule);
		emit_known(&b, "image", row->image);
		if (row->digest.n)
			emit_pair(&b, "digest", row->digest);
		if (row->way)
			emit_known(&b, row->way, row->from);
		emit_known(&b, "reason", row->reason);
		emit_known(&b, "twin", row->twin);
		emit_close(&b, '}');
	}
	emit_close(&b, ']');
	printf("%.*s\n", FMT(buf_str(&b)));
}

/* What is to be made: all that is missing, or, where nobody looked, all. */
static void plan_matrix(struct kml *k, struct scope *s, const struct plan *p)
{
	struct buf b = { .s = s };
	size_t n = p->count[PLAN_MISSING] + p->count[PLAN_MAPPED];

	emit_open(&b, '{');
	emit_key(&b, S("include"));
	emit_open(&b, '[');
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_row *row = &p->v[i];

		if (row->state != PLAN_MISSING && row->state != PLAN_MAPPED)
			continue;
		emit_open(&b, '{');
		emit_known(&b, "kernel", row->kernel);
		emit_known(&b, "image", row->image);
		emit_known(&b, "module", row->set);
		emit_close(&b, '}');
	}
	emit_close(&b, ']');
	emit_close(&b, '}');
	printf("%.*s\n", FMT(buf_str(&b)));
	if (n > PLAN_MATRIX)
		note(k, KML_WARNING, "a matrix of %zu jobs, and GitHub takes %d: use --shard", n,
		     PLAN_MATRIX);
}

/* ---- the applet ---------------------------------------------------------- */

static int plan_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct plan_args *a = args;
	struct remote_options o;
	struct mappings all;
	struct kernels kernels;
	struct plan p;
	int r;

	(void)operands;
	if (a->json && a->matrix)
		return fail(k, KML_USAGE, "--json and --matrix together make no sense");
	if ((r = registries_options(k, &a->registries, &o)) < 0 ||
	    (r = mapping_load_config(k, s, a->config ? a->config : env_get("KML_CONFIG"), &all)) < 0 ||
	    (r = kernel_list_find(k, s, &a->kernels, &all, &o, &kernels)) < 0 ||
	    (r = plan_make(k, s, &all, &kernels, &o, a->no_check ? 0 :
	                   plan_jobs(a->jobs), &p)) < 0)
		return r;
	r = plan_result(k, &p, "cannot be told");
	if (a->json)
		plan_json(s, &p);
	else if (a->matrix && r == 0)
		plan_matrix(k, s, &p);
	else if (!a->matrix)
		plan_print(&p);
	fflush(stdout);
	plan_sum(k, s, &p);
	return r;
}

static const struct applet applet_plan = {
	.name = "plan", .synopsis = "[-c FILE] [OPTION]...",
	.brief = "Show which image each kernel of a list is to have, and whether it is there.",
	.detail =
		"Each kernel is mapped by the rules of kml.ini, and the image is looked for where it "
		"should be: exists, missing (and how it would be made), skipped (and why), unmapped, or "
		"error, when it cannot be told. A tag that exists is not looked into. A registry that "
		"refuses or does not answer is not asked again. Without a list it is the running kernel.\n\n"
		"--matrix is for a workflow: `echo \"matrix=$(kml plan --matrix)\" >>\"$GITHUB_OUTPUT\"`. "
		"It has the kernel, the image and the module of each job, nothing if all is there, and "
		"is not printed at all if something cannot be told.\n\n"
		"Exit status: 5 when a registry does not answer, 7 when none is trusted, 1 when something "
		"else cannot be told; "
		"that images are missing is no failure.",
	.opts = plan_opts, .nopts = countof(plan_opts), .argsize = sizeof(struct plan_args),
	.run = plan_run,
};

#endif
