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
		note(k, KML_ERROR, "could not look at %s: %s", path, k->msg);
	for (size_t i = 0; fresh && i < t->n; i++) {
		struct scope *one = scope_begin(temp);

		fresh = sys_stat(k, one, t->files[i].path, 0, &st) == 0 && !depmod_newer(&st, &dep);
		scope_end(one);
	}
	scope_end(temp);
	return fresh;
}

static int depmod_kernel(struct kml *k, struct scope *s, const struct depmod_options *o,
                         struct depgraph *g)
{
	const char *path = o->symvers ? o->symvers : o->map;
	struct str text;
	int r;

	if (!path)
		return 0;
	if ((r = sys_read_file(k, s, path, &text)) < 0)
		return fail_in(k, r, "could not load %s", path);
	if (o->symvers)
		depindex_symvers(g, text);
	else
		depindex_map(k, g, path, text);
	return 0;
}

/* ---- writing ------------------------------------------------------------- */

struct depmod_save { const char *dir; const struct str *out; struct save f[DEPFILES]; };

/* Write one file, under its temporary name, and make it durable. */
static int depmod_save_one(struct kml *k, struct scope *s, size_t i, void *arg)
{
	struct depmod_save *d = arg;
	const char *path = scope_format(s, "%s/%s", d->dir, depfile_names[i]);
	struct stat st;
	int r = 0;

	if (sys_stat(k, s, path, O_NOFOLLOW, &st) == 0 && S_ISDIR(st.st_mode))
		r = fail(k, KML_FAIL, "Is a directory");        /* now, not when renaming */
	if (r == 0)
		r = save_begin(k, s, path, &d->f[i]);
	if (r == 0 && (r = save_write(k, d->f[i].fd, d->out[i])) == 0)
		r = save_sync(k, &d->f[i]);
	return r < 0 ? fail_in(k, r, "could not write %s", path) : 0;
}

/* Put the files in place, all or, as far as renaming goes, none. */
static int depmod_save(struct kml *k, struct scope *s, const char *dir,
                       const struct str out[DEPFILES])
{
	struct scope *t = scope_begin(s);
	struct depmod_save d = { .dir = dir, .out = out };
	int r = save_lock(k, t, dir);

	if (r < 0)
		r = fail_in(k, r, "could not lock %s", dir);
	if (r == 0)
		r = pool_run(k, t, DEPFILES, depmod_save_one, &d);
	for (int i = 0; r == 0 && i < DEPFILES; i++)
		if ((r = save_done(k, &d.f[i])) < 0)
			r = fail_in(k, r, "could not rename %s/.%s.kml", dir, depfile_names[i]);
	scope_end(t);
	return r;
}

/* ---- the two ways in ----------------------------------------------------- */

static const char *depmod_dir(struct scope *s, const struct depmod_options *o,
                              const char *base)
{
	return scope_format(s, "%s%s/%s", base ? base : "",
	                    o->moduledir ? o->moduledir : "/lib/modules", o->version);
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

/* Index the directory that `options` name, into out[] and, unless o->dry, into
 * the files. */
static int depmod_run(struct kml *k, struct scope *s, const struct depmod_options *options,
                      struct str out[DEPFILES])
{
	struct depmod_options o = *options;
	struct tree t;
	struct depindex d = { .tree = &t, .prefix = o.prefix, .duplicates = o.duplicates,
	                      .unknown = o.unknown, .versions = o.symvers != NULL,
	                      .resolved = o.resolved };
	const char *dir, *to;
	int r = o.version ? 0 : kernel_release(k, s, &o.version);

	if (r < 0)
		return r;
	dir = depmod_dir(s, &o, o.base);
	to = depmod_dir(s, &o, o.out ? o.out : o.base);
	if ((r = depmod_list(k, s, &o, dir, &t)) < 0 ||
	    (o.quick && depmod_fresh(k, s, &t)))
		return r;
	d.texts.order = depmod_text(k, s, dir, "modules.order", true);
	d.texts.builtin = depmod_text(k, s, dir, "modules.builtin", !o.dry);
	d.texts.builtin_modinfo = depmod_text(k, s, dir, "modules.builtin.modinfo", !o.dry);
	d.modules = depindex_modules(s, &t);
	depindex_order(k, s, &d);
	if ((r = depindex_read(k, s, &d)) < 0 || (r = depmod_kernel(k, s, &o, &d.graph)) < 0 ||
	    (r = depindex_make(k, s, &d, out)) < 0 || o.dry)
		return r;
	if (o.out && (r = save_mkdirs(k, s, to)) < 0)
		return fail_in(k, r, "could not make %s", to);
	return depmod_save(k, s, to, out);
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
