/* depmod.c - index a tree of modules: a directory as depmod(8) does, or in memory.
 *
 * In a directory the new files are written beside the old ones under temporary
 * names, all of them, and made durable; then they are renamed.  An error before
 * that leaves the old files as they are.  Two runs on one directory wait for each
 * other.
 */
#ifndef KML_DEPMOD_C
#define KML_DEPMOD_C

#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../ground/pool.c"
#include "../ground/save.c"
#include "../format/depconf.c"
#include "../format/modname.c"
#include "depcache.c"
#include "depfile.c"
#include "depindex.c"
#include "tree.c"

struct depmod_options {
	const char *base;               /* -b: what stands before moduledir; or NULL */
	const char *out;                /* -o: the same for the files written; or NULL */
	const char *moduledir;          /* -m: NULL is "/lib/modules" */
	const char *version;            /* NULL: the running kernel's */
	const char *const *config;      /* -C: files and directories; NULL: the usual ones */
	size_t nconfig;
	const char *symvers, *map;      /* -E, -F; or NULL */
	const char *const *only;        /* paths of the only modules to look at; or NULL */
	char prefix;                    /* -P, or '\0' */
	bool unknown;                   /* -e: warn of symbols that nobody has */
	bool duplicates;                /* -w */
	bool quick;                     /* -A: nothing, if no module is newer */
	bool dry;                       /* -n: write nothing */
	bool cache;                     /* --cache: use what was read before, see depcache.c */
	struct buf *resolved;           /* -v: who has each symbol; or NULL */
};

/* ---- depmod.d ------------------------------------------------------------ */

struct depmod_conf { const char *name, *path; };

struct depmod_confs { struct scope *s; struct depmod_conf *v; size_t n; };

/* Keep the list sorted by name; of one name the first stays. */
static void depmod_conf_add(struct depmod_confs *l, const char *name, const char *path)
{
	size_t at = l->n;

	while (at && strcmp(l->v[at - 1].name, name) > 0)
		at--;
	if (at && !strcmp(l->v[at - 1].name, name))
		return;
	if (l->n % 16 == 0) {
		struct depmod_conf *v = news(l->s, struct depmod_conf, l->n + 16);

		if (l->n)
			memcpy(v, l->v, l->n * sizeof *v);
		l->v = v;
	}
	memmove(l->v + at + 1, l->v + at, (l->n++ - at) * sizeof *l->v);
	l->v[at] = (struct depmod_conf){ name, path };
}

/* The *.conf files of a directory, or the file itself; nothing if it is missing. */
static void depmod_conf_list(struct kml *k, struct depmod_confs *l, const char *path)
{
	struct sys_entry *v;
	struct stat st;
	size_t n;

	if (sys_stat(k, l->s, path, 0, &st) < 0)
		return;
	if (!S_ISDIR(st.st_mode)) {
		depmod_conf_add(l, str_base(str_of(path)).p, path);
		return;
	}
	if (sys_list(k, l->s, path, &v, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (v[i].name[0] != '.' && str_ends(str_of(v[i].name), S(".conf")))
			depmod_conf_add(l, v[i].name, scope_format(l->s, "%s/%s", path, v[i].name));
}

static void depmod_config(struct kml *k, struct scope *s, const struct depmod_options *o,
                          struct depconf *conf)
{
	static const char *const usual[] = {
		"/etc/depmod.d", "/run/depmod.d", "/usr/local/lib/depmod.d", "/usr/lib/depmod.d",
		"/lib/depmod.d",
	};
	const char *const *v = o->nconfig ? o->config : usual;
	struct depmod_confs l = { .s = s };

	for (size_t i = 0; i < (o->nconfig ? o->nconfig : countof(usual)); i++)
		depmod_conf_list(k, &l, v[i]);
	for (size_t i = 0; i < l.n; i++) {
		struct str text;

		if (sys_read_file(k, s, l.v[i].path, &text) == 0)
			depconf_parse(k, conf, l.v[i].path, text);
		else
			note(k, KML_ERROR, "could not read %s: %s", l.v[i].path, k->msg);
	}
}

/* ---- what is in the directory -------------------------------------------- */

/* A text beside the modules; a NULL pointer if it is not there, which is said. */
static struct str depmod_text(struct kml *k, struct scope *s, const char *dir,
                              const char *name, bool say)
{
	struct scope *t = scope_begin(s);
	struct str text = { 0 };

	if (sys_read_file(k, s, scope_format(t, "%s/%s", dir, name), &text) < 0) {
		text = (struct str){ 0 };
		if (say)
			note(k, KML_WARNING, "could not open %s at %s: %s", name, dir, k->msg);
	} else if (!text.p) {
		text = S("");
	}
	scope_end(t);
	return text;
}

/* The modules that the command line names. */
static int depmod_only(struct kml *k, struct tree *t, const char *const *paths)
{
	int r = 0;

	for (; r == 0 && *paths; paths++) {
		if ((*paths)[0] != '/')
			return fail(k, KML_FAIL, "%s: not absolute path.", *paths);
		if (!sys_exists(k, t->s, *paths))
			return fail_in(k, KML_FAIL, "could not create module %s", *paths);
		r = tree_add(k, t, *paths);
	}
	return r;
}

static bool depmod_newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec > b->st_mtim.tv_sec :
	       a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* Is no module newer than modules.dep? */
static bool depmod_fresh(struct kml *k, struct scope *s, const struct tree *t)
{
	struct scope *temp = scope_begin(s);
	const char *path = scope_format(temp, "%s/modules.dep", t->dir);
	struct stat dep, st;
	bool fresh = sys_stat(k, temp, path, 0, &dep) == 0;

	if (!fresh)
		note(k, KML_ERROR, "could not fstatat(%s, modules.dep): %s", t->dir, k->msg);
	for (size_t i = 0; fresh && i < t->n; i++) {
		struct scope *one = scope_begin(temp);

		fresh = sys_stat(k, one, t->files[i].path, 0, &st) == 0 && !depmod_newer(&st, &dep);
		scope_end(one);
	}
	scope_end(temp);
	return fresh;
}

/* The text of -E or -F; a NULL pointer if there is none. */
static int depmod_kernel_text(struct kml *k, struct scope *s, const struct depmod_options *o,
                              struct str *text)
{
	const char *path = o->symvers ? o->symvers : o->map;
	int r = path ? sys_read_file(k, s, path, text) : 0;

	return r < 0 ? fail_in(k, r, "could not load %s", path) : 0;
}

static void depmod_kernel(struct kml *k, const struct depmod_options *o, struct str text,
                          struct depgraph *g)
{
	if (o->symvers)
		depindex_symvers(g, text);
	else if (o->map)
		depindex_map(k, g, o->map, text);
}

/* ---- writing ------------------------------------------------------------- */

struct depmod_save {
	const char *dir;
	const struct str *out;
	bool keep;                      /* what is the same already stays */
	struct save f[DEPFILES];        /* .temp is NULL for one that stays */
};

/* Is `text` the content of the file `path`?  If so, it is durable, too. */
static bool depmod_is(struct kml *k, struct scope *s, const char *path, struct str text,
                      bool touch)
{
	struct scope *t = scope_begin(s);
	struct save f = { 0 };
	struct str now;
	bool same = sys_open(k, t, path, O_RDWR | O_NOFOLLOW | O_NONBLOCK, &f.fd) == 0 &&
		sys_read_fd(k, t, f.fd, &now) == 0 && str_eq(now, text) &&
		(!touch || save_touch(k, &f) == 0) && save_sync(k, &f) == 0;

	scope_end(t);
	return same;
}

/* Write one file, under its temporary name, and make it durable. */
static int depmod_save_one(struct kml *k, struct scope *s, size_t i, void *arg)
{
	struct depmod_save *d = arg;
	const char *path = scope_format(s, "%s/%s", d->dir, depfile_names[i]);
	struct stat st;
	int r = 0;

	/* -A looks at the time of modules.dep */
	if (d->keep && depmod_is(k, s, path, d->out[i], i == DEPFILE_DEP))
		return 0;
	if (sys_stat(k, s, path, O_NOFOLLOW, &st) == 0 && S_ISDIR(st.st_mode))
		r = fail(k, KML_FAIL, "Is a directory");        /* now, not when renaming */
	if (r == 0)
		r = save_begin(k, s, path, &d->f[i]);
	if (r == 0 && (r = save_write(k, d->f[i].fd, d->out[i])) == 0)
		r = save_sync(k, &d->f[i]);
	return r < 0 ? fail_in(k, r, "could not write %s", path) : 0;
}

/* Put the files in place, all or, as far as renaming goes, none. */
static int depmod_save(struct kml *k, struct scope *s, const char *dir, bool keep,
                       const struct str out[DEPFILES])
{
	struct scope *t = scope_begin(s);
	struct depmod_save d = { .dir = dir, .out = out, .keep = keep };
	int r = save_lock(k, t, dir);

	if (r < 0)
		r = fail_in(k, r, "could not lock %s", dir);
	if (r == 0)
		r = pool_run(k, t, DEPFILES, depmod_save_one, &d);
	for (int i = 0; r == 0 && i < DEPFILES; i++)
		if (d.f[i].temp && (r = save_done(k, &d.f[i])) < 0)
			r = fail_in(k, r, "could not rename %s/.%s.kml", dir, depfile_names[i]);
	scope_end(t);
	return r;
}

/* ---- the cache ----------------------------------------------------------- */

/* What a run with a cache knows beside what one without it does. */
struct depmod_memory {
	struct depcache cache;
	const char *dir;                /* where the files are written, and the cache is */
	int64_t start;
	uint64_t inputs;                /* a sum of all but the modules' content */
	bool all;                       /* no module has changed, and none is new */
	kml_log_fn *log;                /* the caller's, with its argument */
	void *log_arg;
	unsigned said;                  /* how much there was to say */
};

static void depmod_heard(void *arg, enum kml_level level, const char *text)
{
	struct depmod_memory *m = arg;

	m->said++;
	if (m->log)
		m->log(m->log_arg, level, text);
}

static uint64_t depmod_inputs(const struct depmod_options *o, const struct depindex *d,
                              struct str kernel)
{
	const struct str texts[] = { d->texts.order, d->texts.builtin, d->texts.builtin_modinfo,
	                             kernel };
	const char more[] = { o->prefix, o->symvers != NULL, o->map != NULL, texts[0].p != NULL,
	                      texts[1].p != NULL, texts[2].p != NULL };
	uint64_t sum = depcache_sum(0, (struct str){ more, sizeof more });

	for (size_t i = 0; i < countof(texts); i++)
		sum = depcache_sum(sum, texts[i]);
	for (size_t i = 0; i < d->tree->n; i++)
		sum = depcache_sum(sum, d->tree->files[i].rel);
	return sum;
}

static uint64_t depmod_outputs(const struct str out[DEPFILES])
{
	uint64_t sum = 0;

	for (int i = 0; i < DEPFILES; i++)
		sum = depcache_sum(sum, out[i]);
	return sum;
}

/* Are the files what was made of the very same modules the last time?  Then
 * modules.dep is of now, which is what -A looks at. */
static bool depmod_same(struct kml *k, struct scope *s, const struct depmod_memory *m)
{
	struct scope *t = scope_begin(s);
	struct save dep = { 0 };
	struct str out[DEPFILES];
	bool same = m->all && m->cache.head.inputs == m->inputs && m->inputs;

	for (int i = 0; same && i < DEPFILES; i++) {
		const char *path = scope_format(t, "%s/%s", m->dir, depfile_names[i]);
		int fd, how = i == DEPFILE_DEP ? O_RDWR : O_RDONLY;

		same = sys_open(k, t, path, how | O_NOFOLLOW | O_NONBLOCK, &fd) == 0 &&
			sys_read_fd(k, t, fd, &out[i]) == 0;
		if (i == DEPFILE_DEP)
			dep.fd = fd;
	}
	same = same && depmod_outputs(out) == m->cache.head.outputs && save_touch(k, &dep) == 0;
	scope_end(t);
	return same;
}

/* Have what is known of d->modules filled in. */
static void depmod_remember(struct kml *k, struct scope *s, const struct depmod_options *o,
                            const struct depindex *d, struct str kernel,
                            struct depmod_memory *m)
{
	depcache_open(k, s, m->dir, &m->cache);
	m->inputs = depmod_inputs(o, d, kernel);
	m->all = depcache_ask(k, s, &m->cache, d->modules, d->tree->n) == d->tree->n;
	m->log = k->log;
	m->log_arg = k->log_arg;
}

/* Keep what was read, unless there was something to say that must be said again.  A
 * cache that cannot be written is missed the next time, no more. */
static void depmod_keep(struct kml *k, struct scope *s, const struct depindex *d,
                        struct depmod_memory *m, const struct str out[DEPFILES])
{
	struct scope *t = scope_begin(s);
	struct str text = depcache_make(t, d->modules, d->tree->n, m->start,
	                                m->said ? 0 : m->inputs, depmod_outputs(out));

	if (depcache_save(k, t, m->dir, text) < 0)
		note(k, KML_WARNING, "could not write %s/" DEPCACHE_NAME ": %s", m->dir, k->msg);
	scope_end(t);
}

/* ---- the two ways in ----------------------------------------------------- */

static const char *depmod_dir(struct scope *s, const struct depmod_options *o,
                              const char *base)
{
	const char *dir = o->moduledir ? o->moduledir : "/lib/modules";

	return scope_format(s, "%s%s%s/%s", base ? base : "", *dir == '/' ? "" : "/", dir,
	                    o->version);
}

static int depmod_list(struct kml *k, struct scope *s, const struct depmod_options *o,
                       const char *dir, struct tree *t)
{
	struct depconf *conf = new(s, struct depconf);
	int r;

	*conf = (struct depconf){ .s = s, .version = o->version };
	depmod_config(k, s, o, conf);
	if (o->only) {
		*t = (struct tree){ .s = s, .dir = dir, .conf = conf };
		return depmod_only(k, t, o->only);
	}
	if ((r = tree_list(k, s, dir, conf, t)) < 0)
		return fail_in(k, r, "could not search modules");
	return 0;
}

/* Read the texts beside the modules and list those. */
static int depmod_begin(struct kml *k, struct scope *s, const struct depmod_options *o,
                        const char *dir, struct depindex *d, struct str *kernel)
{
	int r = depmod_kernel_text(k, s, o, kernel);

	if (r < 0)
		return r;
	d->texts.order = depmod_text(k, s, dir, "modules.order", true);
	d->texts.builtin = depmod_text(k, s, dir, "modules.builtin", !o->dry);
	d->texts.builtin_modinfo = depmod_text(k, s, dir, "modules.builtin.modinfo", !o->dry);
	d->modules = depindex_modules(s, d->tree);
	return 0;
}

/* Read the modules, unless they are known, and make out[] of them. */
static int depmod_make(struct kml *k, struct scope *s, const struct depmod_options *o,
                       struct depindex *d, struct str kernel, struct str out[DEPFILES])
{
	int r;

	depindex_order(k, s, d);
	if ((r = depindex_read(k, s, d)) < 0)
		return r;
	depmod_kernel(k, o, kernel, &d->graph);
	return depindex_make(k, s, d, out);
}

/* The same with a cache; 1 if there is nothing to do, as nothing has changed. */
static int depmod_make_again(struct kml *k, struct scope *s, const struct depmod_options *o,
                             struct depindex *d, struct str kernel, struct depmod_memory *m,
                             struct str out[DEPFILES])
{
	int r;

	depmod_remember(k, s, o, d, kernel, m);
	if (!o->dry && !o->unknown && !o->duplicates && !o->resolved && depmod_same(k, s, m))
		return 1;
	depcache_take(k, s, &m->cache, d->modules);
	d->stamp = true;
	k->log = depmod_heard;
	k->log_arg = m;
	r = depmod_make(k, s, o, d, kernel, out);
	k->log = m->log;
	k->log_arg = m->log_arg;
	return r;
}

/* Index the directory that `options` name, into out[] and, unless o->dry, into
 * the files.  With a cache that knows it all, out[] stays empty. */
static int depmod_run(struct kml *k, struct scope *s, const struct depmod_options *options,
                      struct str out[DEPFILES])
{
	struct depmod_options o = *options;
	struct depmod_memory memory = { .start = stamp_now() };
	struct tree t;
	struct depindex d = { .tree = &t, .prefix = o.prefix, .duplicates = o.duplicates,
	                      .unknown = o.unknown, .versions = o.symvers != NULL,
	                      .resolved = o.resolved };
	struct str kernel = { 0 };
	const char *dir, *to;
	int r = o.version ? 0 : kernel_release(k, s, &o.version);

	if (r < 0)
		return r;
	dir = depmod_dir(s, &o, o.base);
	memory.dir = to = depmod_dir(s, &o, o.out ? o.out : o.base);
	if ((r = depmod_list(k, s, &o, dir, &t)) < 0 ||
	    (o.quick && depmod_fresh(k, s, &t)) ||
	    (r = depmod_begin(k, s, &o, dir, &d, &kernel)) < 0)
		return r;
	r = o.cache ? depmod_make_again(k, s, &o, &d, kernel, &memory, out) :
	              depmod_make(k, s, &o, &d, kernel, out);
	if (r || o.dry)
		return r < 0 ? r : 0;
	if (o.out && (r = save_mkdirs(k, s, to)) < 0)
		return fail_in(k, r, "could not create directory %s", to);
	r = depmod_save(k, s, to, o.cache, out);
	if (r == 0 && o.cache && !o.only)
		depmod_keep(k, s, &d, &memory, out);
	return r;
}

/* A module for an image: its path below the module directory, and the file it is now. */
struct depmod_module { const char *path, *file; };

/* Read `n` modules as if they were in one directory, into d->modules.  After it,
 * depindex_make() gives the contents of the files depfile_names[] names.  Of two
 * modules with one name the usual one counts. */
static int depmod_scan(struct kml *k, struct scope *s, const struct depmod_module *modules,
                       size_t n, struct depfile_texts texts, struct depindex *d)
{
	struct depconf *conf = new(s, struct depconf);
	struct tree *t = new(s, struct tree);
	int r = 0;

	*t = (struct tree){ .s = s, .dir = "", .conf = conf };
	*d = (struct depindex){ .tree = t, .texts = texts };
	for (size_t i = 0; r == 0 && i < n; i++)
		r = tree_add(k, t, modules[i].path);
	if (r < 0)
		return r;
	d->modules = depindex_modules(s, t);
	for (size_t i = 0; i < n; i++) {
		struct tree_file *f = tree_find(t, modname_of_path(s, str_of(modules[i].path)));

		if (f->path == modules[i].path)
			d->modules[f - t->files].path = modules[i].file;
	}
	depindex_order(k, s, d);
	return depindex_read(k, s, d);
}

#endif
