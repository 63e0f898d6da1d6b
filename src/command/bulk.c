/* bulk.c - what the commands that load many modules at once share. */
#ifndef KML_BULK_C
#define KML_BULK_C

#include "../ground/opt.c"
#include "../ground/process.c"
#include "../format/modlist.c"
#include "../module/batch.c"
#include "../module/config.c"
#include "../module/live.c"
#include "../module/refusal.c"
#include "kmod.c"

struct bulk_args {
	bool dry, syslog, quiet;
	int verbose;
	opt_number jobs;
	const char *dir, *version;
	struct opt_list config;
};

/* The lines of a table for a `bulk` of struct T. */
#define BULK_OPTS(T) \
	OPT(T, bulk.dry, 'n', "dry-run", NULL, "load nothing, print what would be"), \
	OPT(T, bulk.jobs, 'j', "jobs", "N", "so many at the same time; else one a processor"), \
	OPT(T, bulk.config, 'C', "config", "FILE", "read FILE, not /etc/modprobe.d and its like"), \
	OPT(T, bulk.dir, 'd', "dirname", "DIR", "modules are in DIR/lib/modules/VERSION"), \
	OPT(T, bulk.version, 'S', "set-version", "VERSION", "instead of the running kernel's"), \
	OPT(T, bulk.syslog, 's', "syslog", NULL, "messages go to /dev/log, or to the kernel's log"), \
	OPT(T, bulk.quiet, 'q', "quiet", NULL, "no messages"), \
	OPT(T, bulk.verbose, 'v', "verbose", NULL, "say what is done")

struct bulk {
	const char *dir;
	struct modconf conf;
	struct order order;
	struct refusal refusal;
	struct probe probe;
	struct batch *batch;
	bool dry, curious;
};

static void bulk_show(const char *word, struct str what, const struct str *params)
{
	printf("%s %.*s %.*s\n", word, FMT(what), FMT(*params));
}

/* What the kernel was told to refuse is blacklisted too: it need not be tried. */
static void bulk_refused(struct kml *k, struct scope *s, struct modconf *conf)
{
	struct str text, list;

	if (sys_read_file(k, s, "/proc/cmdline", &text) < 0)
		return;
	text = str_take(&text, '\n');
	while ((list = modlist_kernel(&text, S("module_blacklist"), false)).p)
		modconf_blacklist(s, conf, list);
}

/* Get ready to plan; where there are no modules nothing can be. */
static int bulk_begin(struct kml *k, struct scope *s, const char *name,
                      const struct bulk_args *a, struct bulk *b)
{
	struct opt_list config = a->config;
	int r;

	if (a->jobs > 0)
		k->jobs = a->jobs < 64 ? (int)a->jobs : 64;
	if (a->syslog || !process_stderr())
		kmod_log(k, s, name);
	if (a->quiet)
		k->log = NULL;
	if ((r = live_directory(k, s, a->dir, a->version, &b->dir)) < 0)
		return r;
	if (!sys_exists(k, s, scope_format(s, "%s/modules.dep.bin", b->dir)))
		return fail(k, KML_NOTFOUND, "%s/modules.dep.bin: No such file or directory: are "
		            "the modules of this kernel there, and was depmod run?", b->dir);
	if (config.n)
		opt_append(s, &config, NULL);
	config_read(k, s, config.v, b->dir, &b->conf);
	bulk_refused(k, s, &b->conf);
	b->order = order_begin(s, b->dir, &b->conf);
	refusal_begin(k, s, &b->refusal, &b->order);
	b->dry = a->dry;
	b->curious = a->verbose > 0;
	b->probe = (struct probe){
		.order = &b->order, .params = "", .refusal = &b->refusal,
		.show = a->dry || (a->verbose && !a->quiet) ? bulk_show : NULL,
	};
	b->batch = batch_new(s, &b->probe);
	return 0;
}

/* Everything that `word` means shall be there, because of `by`; 0: it means nothing. */
static size_t bulk_want(struct kml *k, struct bulk *b, struct str word, const void *by)
{
	struct order_list found = order_lookup(k, &b->order, word);

	for (size_t i = 0; i < found.n; i++)
		if (batch_want(k, b->batch, found.v[i], by) < 0)
			note(k, KML_WARNING, "%s", k->msg);
	return found.n;
}

/* Load what was wanted since the last time, or only show it; how many were loaded. */
static size_t bulk_load(struct kml *k, struct bulk *b)
{
	if (b->probe.show)
		batch_show(b->batch, b->batch->run);
	if (!b->dry)
		return batch_run(k, b->batch);
	b->batch->run = b->batch->n;
	return 0;
}

/* Tell what failed, and end with it.  `idle`: a module may find nothing to drive. */
static int bulk_end(struct kml *k, const struct bulk *b, enum kml_level level, bool idle,
                    bool bad)
{
	fflush(stdout);
	return batch_tell(k, b->batch, level, idle, b->curious) || bad ? kmod_failed(k) : 0;
}

#endif
