/* closure.c - modules and all they need, found without a running kernel.
 *
 * What is asked for are names and aliases.  With them come what they need, what
 * their softdeps name, and what their weakdeps name: that may become necessary
 * later, when there is no other place to take it from.  What is built into the
 * kernel is there.
 *
 * Modules are those of a tree with depmod's indexes.  Those of an image, whose
 * layers are verified, come before the tree's: tree and image are then indexed
 * together, in memory.  Nothing depends on the machine this runs on but the tree:
 * neither its configuration counts nor its kernel's command line.
 */
#ifndef KML_CLOSURE_C
#define KML_CLOSURE_C

#include "../format/ref.c"
#include "../ground/base.c"
#include "../image/folder.c"
#include "../image/image.c"
#include "../module/config.c"
#include "../module/depmod.c"
#include "../module/order.c"
#include "initrd.c"
#include "modset.c"

struct closure_module {
	struct str name;
	const char *place;              /* below the directory of the modules */
	const char *file;               /* NULL: `bytes` */
	struct str bytes;
	bool there;                     /* in the initramfs that the archive is appended to */
};

struct closure {
	struct scope *s;
	const char *kernel, *dir;       /* the directory is that of the kernel's modules */
	struct layer_file *own;         /* modules of the image */
	struct str *names;              /* of these */
	size_t nown;
	struct str made[DEPFILES];      /* with an image: indexes of its modules and the tree's */
	struct closure_text { const char *name; struct str text; } *texts;     /* configuration */
	size_t ntexts;
	struct modconf conf;
	struct order order;
	struct closure_module *v;       /* what was found */
	size_t n, cap;
	const char *arch;               /* what machine they are for, in OCI's words; or NULL */
};

/* ---- modules of an image ------------------------------------------------- */

/* A layer_want: the modules of a kernel, wherever the image has them. */
static bool closure_wants(const void *arg, const struct tar_entry *e)
{
	const char *dir = arg;

	return tree_stem(e->name).n && memmem(e->name.p, e->name.n, dir, strlen(dir));
}

static int closure_read_image(struct kml *k, struct closure *in, const char *ref)
{
	struct image_platform any = { .os = S("linux"), .kernel = str_of(in->kernel) };
	struct store *store = new(in->s, struct store);
	struct image image;
	struct ref at;
	size_t n, kept = 0;
	int r = ref_parse(k, in->s, str_of(ref), &at);

	if (r < 0)
		return r;
	if (at.kind != REF_LAYOUT)
		return fail(k, KML_USAGE, "%s: modules are taken from an OCI layout, oci:DIR[:TAG]",
		            ref);
	if ((r = folder_open(k, in->s, scope_text(in->s, at.path), store)) < 0 ||
	    (r = image_open(k, in->s, store, at.digest.n ? at.digest : at.tag, &any,
	                    &image)) < 0 ||
	    (r = image_read(k, in->s, &image, str_of(in->kernel), closure_wants,
	                    scope_format(in->s, "lib/modules/%s/", in->kernel), &in->own, &n)) < 0)
		return fail_in(k, r == KML_NOTFOUND ? KML_ABSENT : r, "image %s", ref);
	for (size_t i = 0; i < n; i++)
		if (in->own[i].type == TAR_FILE)
			in->own[kept++] = in->own[i];
	in->nown = kept;
	in->names = news(in->s, struct str, kept);
	for (size_t i = 0; i < kept; i++)
		in->names[i] = modname_of_path(in->s, in->own[i].name);
	return kept ? 0 : fail(k, KML_KERNEL, "image %s has no modules for kernel %s",
	                       ref, in->kernel);
}

static const struct layer_file *closure_own(const struct closure *in, struct str name)
{
	for (size_t i = 0; i < in->nown; i++)
		if (str_eq(in->names[i], name))
			return &in->own[i];
	return NULL;
}

/* Where a module from elsewhere goes: where depmod prefers it. */
static const char *closure_place(struct scope *s, struct str path)
{
	return scope_format(s, "updates/%.*s", FMT(str_base(path)));
}

/* ---- indexes ------------------------------------------------------------- */

/* What the kernel's build left beside its modules. */
static struct depfile_texts closure_texts(struct kml *k, struct closure *in)
{
	return (struct depfile_texts){
		.order = depmod_text(k, in->s, in->dir, "modules.order", false),
		.builtin = depmod_text(k, in->s, in->dir, "modules.builtin", false),
		.builtin_modinfo = depmod_text(k, in->s, in->dir, "modules.builtin.modinfo", false),
	};
}

/* Is it a module, and one of the image built for the kernel? */
static int closure_check(struct kml *k, const struct closure *in, bool own,
                         const struct depscan_module *m)
{
	struct str built = modset_built_for(m);

	if (m->failed)
		return fail(k, KML_BAD, "%.*s: %s", FMT(m->rel), m->failed);
	if (own && !str_eq(built, str_of(in->kernel)))
		return fail(k, KML_KERNEL, "%.*s of the image was built for kernel %.*s, not for %s",
		            FMT(str_base(m->rel)), FMT(built), in->kernel);
	return 0;
}

static struct closure_module *closure_module(const struct closure *in, struct str name)
{
	for (size_t i = 0; i < in->n; i++)
		if (str_eq(in->v[i].name, name))
			return &in->v[i];
	return NULL;
}

/* Where to read the module `m`: what was found, or what the image has of that name. */
static void closure_source(const struct closure *in, struct depscan_module *m)
{
	const struct closure_module *found = closure_module(in, m->name);
	const struct layer_file *own = closure_own(in, m->name);

	if (found || own) {
		m->path = found ? found->file : NULL;
		m->bytes = source_of(found ? found->bytes : own->data);
	}
}

/* Index the files of `t`: those that were found, or before that, the tree's with
 * the image's instead of files of the same name. */
static int closure_index(struct kml *k, struct closure *in, struct tree *t,
                         struct depfile_texts texts, struct str out[DEPFILES])
{
	struct depindex *d = new(in->s, struct depindex);
	int r;

	*d = (struct depindex){ .tree = t, .texts = texts };
	d->modules = depindex_modules(in->s, t);
	for (size_t i = 0; i < t->n; i++)
		closure_source(in, &d->modules[i]);
	depindex_order(k, in->s, d);
	if ((r = depindex_read(k, in->s, d)) < 0)
		return r;
	for (size_t i = 0; i < t->n; i++) {
		const struct closure_module *m = closure_module(in, d->modules[i].name);
		bool own = closure_own(in, d->modules[i].name);

		if ((own || (m && !m->there)) &&
		    (r = closure_check(k, in, own, &d->modules[i])) < 0)
			return r;
	}
	if (t->n)
		in->arch = modset_arch(d->modules[0].machine, d->modules[0].wide,
		                       d->modules[0].big);
	return depindex_make(k, in->s, d, out);
}

/* Index the tree with the image's modules in it: those count, and what they need
 * is found. */
static int closure_union(struct kml *k, struct closure *in)
{
	struct depconf *conf = new(in->s, struct depconf);
	struct tree *t = new(in->s, struct tree);
	int r = 0;

	*t = (struct tree){ .s = in->s, .dir = in->dir, .conf = conf };
	for (size_t i = 0; r == 0 && i < in->nown; i++)
		r = tree_add(k, t, scope_format(in->s, "%s/%s", in->dir,
		                                closure_place(in->s, in->own[i].name)));
	if (r == 0 && sys_exists(k, in->s, in->dir))
		r = tree_walk(k, t, in->dir);
	return r < 0 ? r : closure_index(k, in, t, closure_texts(k, in), in->made);
}

/* An index of in->made[], for order.c. */
static int closure_open(struct kml *k, struct scope *s, void *arg, const char *name,
                          struct source *out)
{
	const struct closure *in = arg;

	(void)s;
	for (size_t i = 0; i < DEPFILES; i++)
		if (!strcmp(depfile_names[i], name)) {
			*out = source_of(in->made[i]);
			return 0;
		}
	return fail(k, KML_NOTFOUND, "no index %s", name);
}

/* ---- configuration ------------------------------------------------------- */

/* The text that depmod made of softdeps or weakdeps. */
static void closure_deps(struct kml *k, struct closure *in, const char *name)
{
	const char *path = scope_format(in->s, "%s/%s", in->dir, name);
	struct source src;
	struct str text;

	if (in->nown && closure_open(k, in->s, in, name, &src) == 0)
		modconf_read(k, in->s, &in->conf, path, (struct str){ src.p, (size_t)src.size });
	else if (config_text(k, in->s, path, &text) == 0)
		modconf_read(k, in->s, &in->conf, path, text);
}

/* Read `n` files and directories, and what depmod wrote.  Each file's name ends
 * in .conf, or nobody would read it. */
static int closure_config(struct kml *k, struct closure *in, const char *const *paths, size_t n)
{
	struct config_file *list = NULL;
	struct closure_text *text;
	size_t most = 0;
	int r;

	for (size_t i = 0; i < n; i++) {
		struct stat st;

		if ((r = sys_stat(k, in->s, paths[i], 0, &st)) < 0)
			return fail_in(k, r, "%s", paths[i]);
		if (!S_ISDIR(st.st_mode))
			config_insert(in->s, &list, paths[i]);
		else if ((r = config_insert_dir(k, in->s, &list, paths[i])) < 0)
			return fail_in(k, r, "%s", paths[i]);
	}
	for (const struct config_file *f = list; f; f = f->next)
		most++;
	in->texts = news(in->s, struct closure_text, most);
	for (; list; list = list->next) {
		text = &in->texts[in->ntexts++];
		text->name = scope_format(in->s, "%.*s%s", FMT(list->name),
		                          str_ends(list->name, S(".conf")) ? "" : ".conf");
		if ((r = sys_read_file(k, in->s, list->path, &text->text)) < 0)
			return fail_in(k, r, "%s", list->path);
		modconf_read(k, in->s, &in->conf, list->path, text->text);
	}
	closure_deps(k, in, "modules.softdep");
	closure_deps(k, in, "modules.weakdep");
	return 0;
}

/* ---- what goes in -------------------------------------------------------- */

static struct closure_module *closure_add(struct closure *in)
{
	if (in->n == in->cap) {
		struct closure_module *v = news(in->s, struct closure_module, 2 * in->cap + 64);

		if (in->n)
			memcpy(v, in->v, in->n * sizeof *v);
		in->v = v;
		in->cap = 2 * in->cap + 64;
	}
	return &in->v[in->n++];
}

/* One module of a plan; what is built in is there. */
static int closure_put(struct kml *k, struct closure *in, struct order_module *m, bool hard)
{
	const struct layer_file *own = closure_own(in, m->name);
	const struct modconf_line *install = modconf_find(&in->conf, MODCONF_INSTALL, m->name);
	struct closure_module *x;
	struct str path, dir = str_of(in->dir);

	order_know(k, &in->order, m);
	if (closure_module(in, m->name) || (!m->path && order_builtin(k, &in->order, m->name)))
		return 0;
	if (install)
		note(k, KML_WARNING, "%s has an install line for %.*s: it is not run here, and what "
		     "it runs is not in the archive", install->file, FMT(m->name));
	if (!m->path)
		return hard && !install ? fail(k, KML_NOTFOUND, "no module %.*s in %s",
		                               FMT(m->name), in->dir) : 0;
	x = closure_add(in);
	path = str_of(m->path);
	*x = (struct closure_module){ .name = m->name, .file = m->path };
	if (own)
		*x = (struct closure_module){ .name = m->name, .bytes = own->data };
	if (!own && str_starts(path, dir) && path.p[dir.n] == '/')
		x->place = path.p + dir.n + 1;
	else
		x->place = closure_place(in->s, own ? own->name : path);
	return 0;
}

/* All that `word` means, each with all it needs; *found says whether that is any. */
static int closure_add_word(struct kml *k, struct closure *in, struct str word, bool *found)
{
	struct order_list means = order_lookup(k, &in->order, word), plan;
	int r = 0;

	*found = means.n > 0;
	for (size_t i = 0; r == 0 && i < means.n; i++) {
		struct order_module *m = means.v[i];

		if (m->alias.n && modconf_blacklisted(&in->conf, m->name))
			continue;
		r = order_plan(k, &in->order, m, false, &plan);
		for (size_t j = 0; r == 0 && j < plan.n; j++)
			r = closure_put(k, in, plan.v[j], plan.v[j]->required == in->order.plan);
	}
	return r;
}

/* What may become necessary later, as weakdeps say: then there is no other
 * place to take it from. */
static int closure_weak(struct kml *k, struct closure *in)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < in->n; i++) {
		const struct modconf_line *l = in->conf.of[MODCONF_WEAKDEP].first;

		for (; r == 0 && l; l = l->next) {
			struct str rest = l->text, word;
			bool found;

			if (!glob_match(l->name, in->v[i].name))
				continue;
			while (r == 0 && (word = str_word(&rest)).n)
				r = closure_add_word(k, in, word, &found);
		}
	}
	return r;
}

struct closure_want {
	const char *image;              /* "oci:DIR[:TAG]", or NULL */
	const struct initrd *base;      /* what it will be appended to, or NULL */
	const char *const *config, *const *modules, *const *aliases;
	size_t nconfig, nmodules, naliases;
	struct str lines;               /* aliases too; that one means nothing is no matter */
};

/* The modules of the initramfs that this will be appended to. */
static void closure_there(struct closure *in, const struct initrd *base)
{
	for (size_t i = 0; i < base->n; i++) {
		struct str name = modname_of_path(in->s, str_of(base->v[i].place));

		if (!closure_own(in, name) && !closure_module(in, name))
			*closure_add(in) = (struct closure_module){
				.name = name, .place = base->v[i].place, .bytes = base->v[i].bytes,
				.there = true,
			};
	}
}

static int closure_choose(struct kml *k, struct closure *in, const struct closure_want *w)
{
	struct str rest = w->lines;
	bool found;
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->nmodules; i++) {
		r = closure_add_word(k, in, str_of(w->modules[i]), &found);
		if (r == 0 && !found)
			r = fail(k, KML_NOTFOUND, "no module %s in %s", w->modules[i], in->dir);
	}
	for (size_t i = 0; r == 0 && i < w->naliases; i++) {
		r = closure_add_word(k, in, str_of(w->aliases[i]), &found);
		if (r == 0 && !found)
			note(k, KML_WARNING, "no module for %s in %s", w->aliases[i], in->dir);
	}
	while (r == 0 && rest.n) {
		struct str alias = str_trim(str_take(&rest, '\n'));

		if (alias.n)
			r = closure_add_word(k, in, alias, &found);
	}
	return r < 0 ? r : closure_weak(k, in);
}

/* Find what `w` asks for; in->s, in->kernel and in->dir are set. */
static int closure_find(struct kml *k, struct closure *in, const struct closure_want *w)
{
	int r;

	if (!w->image &&
	    !sys_exists(k, in->s, scope_format(in->s, "%s/modules.dep.bin", in->dir)))
		return fail(k, KML_NOTFOUND, "%s has no modules.dep.bin: is %s the kernel's name? "
		            "else run `kml depmod` first", in->dir, in->kernel);
	if (w->image && ((r = closure_read_image(k, in, w->image)) < 0 ||
	                 (r = closure_union(k, in)) < 0))
		return r;
	if ((r = closure_config(k, in, w->config, w->nconfig)) < 0)
		return r;
	in->order = order_begin(in->s, in->dir, &in->conf);
	if (w->image)
		in->order.open = closure_open, in->order.arg = in;
	if (w->base)
		closure_there(in, w->base);
	return closure_choose(k, in, w);
}

#endif
