/* cmd_lock.c - write down what each kernel loads; compare two such locks. */
#ifndef KML_CMD_LOCK_C
#define KML_CMD_LOCK_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../ground/save.c"
#include "../format/emit.c"
#include "../site/lock.c"
#include "../site/pin.c"
#include "../site/plan.c"
#include "kernel_list.c"
#include "registries.c"

struct lock_args {
	struct registries registries;
	struct kernels_from kernels;
	const char *config, *output, *platform;
	bool diff, json;
	opt_number jobs;
};

static const struct opt lock_opts[] = {
	OPT(struct lock_args, config, 'c', "config", "FILE", "read this kml.ini"),
	OPT(struct lock_args, output, 'o', "output", "FILE", "write this file, not kml.lock"),
	KERNEL_LIST_OPTS(struct lock_args),
	OPT(struct lock_args, platform, 0, "platform", "OS/ARCH", "of an index the image for it"),
	OPT(struct lock_args, jobs, 'j', "jobs", "N", "read so many images at a time (16)"),
	OPT(struct lock_args, diff, 0, "diff", NULL, "say what lock B changes in lock A"),
	OPT(struct lock_args, json, 0, "json", NULL, "with --diff: print JSON"),
	REGISTRIES_OPTS(struct lock_args),
};

/* ---- two locks ----------------------------------------------------------- */

static void lock_print(struct scope *s, const struct lock_change *c)
{
	const struct lock_entry *e = c->to ? c->to : c->from;
	const char *key, *modules;

	printf("%-7s  %s  %s\n", !c->from ? "added" : !c->to ? "removed" : "changed", e->kernel,
	       e->name);
	if (!c->from || !c->to)
		return;
	for (size_t i = 0; i < LOCK_KEYS; i++) {
		const char *from = lock_value(s, c->from, i, &key), *to = lock_value(s, c->to, i, &key);

		if (strcmp(from, to))
			printf("         %s: %s -> %s\n", key, *from ? from : "(none)",
			       *to ? to : "(none)");
	}
	if (*(modules = lock_modules(s, c->from, c->to)))
		printf("         modules: %s\n", modules);
}

static void lock_json(struct scope *s, struct buf *b, const struct lock_change *c)
{
	const struct lock_entry *e = c->to ? c->to : c->from;
	const char *key;

	emit_open(b, '{');
	emit_pair(b, "change", !c->from ? S("added") : !c->to ? S("removed") : S("changed"));
	emit_pair(b, "kernel", str_of(e->kernel));
	emit_pair(b, "name", str_of(e->name));
	for (size_t i = 0; c->from && c->to && i < LOCK_KEYS; i++) {
		const char *from = lock_value(s, c->from, i, &key), *to = lock_value(s, c->to, i, &key);

		if (!strcmp(from, to))
			continue;
		emit_key(b, str_of(key));
		emit_open(b, '{');
		emit_pair(b, "from", str_of(from));
		emit_pair(b, "to", str_of(to));
		emit_close(b, '}');
	}
	if (c->from && c->to)
		emit_pair(b, "modules", str_of(lock_modules(s, c->from, c->to)));
	emit_close(b, '}');
}

static int lock_compare(struct kml *k, struct scope *s, char **files, bool json)
{
	struct lock a, b;
	struct lock_change *v;
	struct buf text = { .s = s };
	size_t n, count[3] = { 0 };
	int r;

	if (!files[0] || !files[1])
		return fail(k, KML_USAGE, "--diff needs two files");
	if ((r = lock_read(k, s, files[0], &a)) < 0 || (r = lock_read(k, s, files[1], &b)) < 0)
		return r;
	n = lock_diff(s, &a, &b, &v);
	emit_open(&text, '[');
	for (size_t i = 0; i < n; i++) {
		count[!v[i].from ? 0 : !v[i].to ? 1 : 2]++;
		if (json)
			lock_json(s, &text, &v[i]);
		else
			lock_print(s, &v[i]);
	}
	emit_close(&text, ']');
	if (json)
		printf("%.*s\n", FMT(buf_str(&text)));
	fflush(stdout);
	note(k, KML_INFO, "%zu added, %zu removed, %zu changed, %zu the same", count[0], count[1],
	     count[2], b.n - count[0] - count[2]);
	return 0;
}

/* ---- a new one ----------------------------------------------------------- */

/* A lock is of all kernels or it is none. */
static int lock_complete(struct kml *k, const struct plan *p)
{
	int r = plan_result(k, p, "cannot be told");

	if (r < 0)
		return r;
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].state == PLAN_MISSING)
			note(k, KML_ERROR, "kernel %s: there is no %s", p->v[i].kernel, p->v[i].image);
	if (p->count[PLAN_MISSING])
		return fail(k, KML_ABSENT, "%zu of %zu images are absent, and no lock was written",
		            p->count[PLAN_MISSING], p->count[PLAN_MISSING] + p->count[PLAN_EXISTS]);
	return p->count[PLAN_EXISTS] ? 0 : fail(k, KML_UNMAPPED, "no kernel of these is mapped");
}

static int lock_save(struct kml *k, struct scope *s, const char *file, const struct lock *l)
{
	struct str text = lock_write(s, l);
	struct lock again = { .file = file, .base = "" };
	int r = lock_parse(k, s, text, &again);         /* nothing that cannot be read is written */

	if (r == 0 && !strcmp(file, "-"))
		return fwrite(text.p, 1, text.n, stdout), 0;
	if (r == 0)
		r = save_file(k, s, file, text);
	if (r == 0)
		note(k, KML_INFO, "%s: %zu locked", file, l->n);
	return r < 0 ? fail_in(k, r, "%s", file) : 0;
}

static int lock_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct lock_args *a = args;
	const char *config = a->config ? a->config : env_get("KML_CONFIG");
	const char *file = a->output ? a->output : "kml.lock";
	struct str base = str_of(file);
	struct image_platform platform;
	struct remote_options o;
	struct mappings all;
	struct kernels kernels;
	struct plan p;
	struct lock l;
	int r;

	if (a->diff && (a->output || a->config || a->platform || a->jobs >= 0 || a->kernels.shard ||
	                a->kernels.names.n + a->kernels.files.n + a->kernels.installed.n +
	                a->kernels.tags.n))
		return fail(k, KML_USAGE, "--diff compares two files; it takes no kernels, -c, -o, -j or "
		            "--platform");
	if (a->diff)
		return lock_compare(k, s, operands, a->json);
	if (operands[0] || a->json)
		return fail(k, KML_USAGE, "files to read and --json are for --diff");
	base.n -= str_base(base).n;
	if ((r = transport_platform(k, s, a->platform, NULL, &platform)) < 0 ||
	    (r = registries_options(k, &a->registries, &o)) < 0 ||
	    (r = mapping_load_config(k, s, config, &all)) < 0 ||
	    (r = kernel_list_find(k, s, &a->kernels, &all, &o, &kernels)) < 0 ||
	    (r = plan_make(k, s, &all, &kernels, &o, plan_jobs(a->jobs), &p)) < 0)
		return r;
	plan_sum(k, s, &p);
	if ((r = lock_complete(k, &p)) < 0 ||
	    (r = pin_plan(k, s, &p, scope_text(s, base), &platform, &o, plan_jobs(a->jobs), &l)) < 0)
		return r;
	return lock_save(k, s, file, &l);
}

static const struct applet applet_lock = {
	.name = "lock", .synopsis = "[-c FILE] [OPTION]... [--diff A B]",
	.brief = "Write down what each kernel of a list loads, to the byte; compare two such locks.",
	.detail =
		"Each kernel is mapped by the rules of kml.ini, its image is looked up, and the layers for "
		"the kernel are read and checked. kml.lock then has all that kml load --locked needs: the "
		"digest, and what the rule says; and for people the modules in it. It is written when all "
		"images are there, or not at all. The same images give the same file. Without a list of "
		"kernels it is the running one. A directory of images "
		"is named from where the lock is.\n\n"
		"--diff says what an upgrade from one lock to another does: which kernels come, go, or get "
		"another image, modules (+ new, ~ another, - gone) or parameters. That there are "
		"differences is no failure.\n\n"
		"Exit status: 3 when no kernel is mapped, 4 when images are absent, 5 when a registry does "
		"not answer, 6 when a module is for another kernel.",
	.opts = lock_opts, .nopts = countof(lock_opts), .argsize = sizeof(struct lock_args),
	.max = 2, .run = lock_run,
};

#endif
