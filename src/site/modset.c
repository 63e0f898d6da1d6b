/* modset.c - a set of modules to be packed: where they are, and for what.
 *
 * The set is files, and directories with files in them; a file's path below its
 * directory is its place in the image.  What the kernel's build left beside
 * them (modules.order and its like) comes along.
 *
 * A module says in its vermagic for which kernel it was built.  All must be for
 * one, and for the one that was asked for: the mistake that is found at run
 * time otherwise, on every node.
 */
#ifndef KML_MODSET_C
#define KML_MODSET_C

#include "../format/emit.c"
#include "../format/tar.c"
#include "../ground/base.c"
#include "../ground/sys.c"
#include "../module/depmod.c"

struct modset {
	struct scope *s;
	struct depmod_module *files;    /* as they are found */
	uint64_t *sizes;
	size_t n, cap;
	struct depfile_texts texts;
	struct depindex index;          /* as they are indexed */
	struct str kernel;              /* they are all for this one, */
	const char *arch;               /* and for this machine, in OCI's words */
};

enum { MODSET_DEPTH = 64, MODSET_MOST = 1 << 20 };

/* ---- what is given ------------------------------------------------------- */

static int modset_add(struct kml *k, struct modset *set, const char *file, const char *rel)
{
	struct stat st;
	int r = sys_stat(k, set->s, file, 0, &st);

	if (r < 0)
		return fail_in(k, r, "%s", file);
	if (!S_ISREG(st.st_mode))
		return fail(k, KML_USAGE, "%s: not a file", file);
	if (set->n == MODSET_MOST)
		return fail(k, KML_BAD, "more than %d modules", MODSET_MOST);
	if (set->n == set->cap) {
		struct depmod_module *v = news(set->s, struct depmod_module, 2 * set->cap + 64);
		uint64_t *sizes = news(set->s, uint64_t, 2 * set->cap + 64);

		if (set->n) {
			memcpy(v, set->files, set->n * sizeof *v);
			memcpy(sizes, set->sizes, set->n * sizeof *sizes);
		}
		set->files = v;
		set->sizes = sizes;
		set->cap = 2 * set->cap + 64;
	}
	set->files[set->n] = (struct depmod_module){ rel, file };
	set->sizes[set->n++] = (uint64_t)st.st_size;
	return 0;
}

/* A link to a directory; those of a kernel's own tree to its sources do not count. */
static bool modset_is_link(struct kml *k, struct modset *set, const char *path,
                           const struct sys_entry *e)
{
	struct stat st;

	return e->type == DT_LNK && strcmp(e->name, "build") && strcmp(e->name, "source") &&
	       sys_stat(k, set->s, path, 0, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Add the modules below `dir`, whose name in the image is `rel`.  Links to
 * directories are not followed: they lead to the kernel's own modules. */
static int modset_walk(struct kml *k, struct modset *set, const char *dir, const char *rel,
                       int depth)
{
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, set->s, dir, &v, &n);

	if (r == 0 && depth == MODSET_DEPTH)
		r = fail(k, KML_BAD, "directories in more than %d others", MODSET_DEPTH);
	if (r < 0)
		return fail_in(k, r, "%s", dir);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *path = scope_format(set->s, "%s/%s", dir, v[i].name);
		const char *name = scope_format(set->s, "%s%s%s", rel, *rel ? "/" : "", v[i].name);

		if (v[i].type == DT_DIR)
			r = modset_walk(k, set, path, name, depth + 1);
		else if (tree_stem(str_of(v[i].name)).n)
			r = modset_add(k, set, path, name);
		else if (modset_is_link(k, set, path, &v[i]))
			note(k, KML_WARNING, "%s is left out: a link to a directory", path);
	}
	return r;
}

/* What the kernel's build left beside its modules. */
static int modset_text(struct kml *k, struct modset *set, const char *dir, const char *name,
                     struct str *out)
{
	struct str text;
	int r = sys_read_file(k, set->s, scope_format(set->s, "%s/%s", dir, name), &text);

	if (r == KML_NOTFOUND || out->p)
		return 0;
	if (r == 0)
		*out = text.p ? text : S("");
	return r < 0 ? fail_in(k, r, "%s/%s", dir, name) : 0;
}

/* An order that the build of modules outside the kernel's tree left names them
 * by where they were built, which is nobody's business: keep the file's name. */
static struct str modset_order(struct scope *s, struct str text)
{
	struct buf b = { .s = s };

	while (text.n) {
		struct str line = str_take(&text, '\n');

		if (line.n && line.p[0] == '/')
			line = str_base(line);
		if (str_ends(line, S(".o")))
			buf_format(&b, "%.*s.ko\n", (int)line.n - 2, line.p);
		else
			buf_format(&b, "%.*s\n", FMT(line));
	}
	return b.p ? buf_str(&b) : S("");
}

/* Find the modules that `paths` name; set->s must be set. */
static int modset_find(struct kml *k, struct modset *set, const char *const *paths, size_t n)
{
	struct stat st;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *path = paths[i];
		size_t before = set->n;

		if ((r = sys_stat(k, set->s, path, 0, &st)) < 0)
			return fail_in(k, r, "%s", path);
		if (!S_ISDIR(st.st_mode)) {
			r = modset_add(k, set, path, str_base(str_of(path)).p);
			continue;
		}
		if ((r = modset_walk(k, set, path, "", 0)) == 0 && set->n == before)
			r = fail(k, KML_NOTFOUND, "%s: no modules (*.ko) in it", path);
		if (r == 0 &&
		    (r = modset_text(k, set, path, "modules.order", &set->texts.order)) == 0 &&
		    (r = modset_text(k, set, path, "modules.builtin", &set->texts.builtin)) == 0)
			r = modset_text(k, set, path, "modules.builtin.modinfo",
			                &set->texts.builtin_modinfo);
	}
	if (set->texts.order.p)
		set->texts.order = modset_order(set->s, set->texts.order);
	if (r == 0 && !set->n)
		r = fail(k, KML_USAGE, "no modules given");
	return r;
}

/* ---- what it is for ------------------------------------------------------ */

static const char *modset_arch(unsigned machine, bool wide, bool big)
{
	static const struct { unsigned machine; bool wide, big; const char *name; } known[] = {
		{ 62, true, false, "amd64" }, { 183, true, false, "arm64" }, { 3, false, false, "386" },
		{ 40, false, false, "arm" }, { 21, true, false, "ppc64le" }, { 21, true, true, "ppc64" },
		{ 22, true, true, "s390x" }, { 243, true, false, "riscv64" },
		{ 258, true, false, "loong64" }, { 8, true, false, "mips64le" },
		{ 8, true, true, "mips64" }, { 8, false, false, "mipsle" }, { 8, false, true, "mips" },
	};

	for (size_t i = 0; i < countof(known); i++)
		if (known[i].machine == machine && known[i].wide == wide && known[i].big == big)
			return known[i].name;
	return NULL;
}

/* The first word of the module's vermagic; empty without one. */
static struct str modset_built_for(const struct depscan_module *m)
{
	struct str rest = m->info, text;

	for (char kind; (kind = depscan_next(&rest, &text));)
		if (kind == DEPSCAN_VERMAGIC)
			return str_word(&text);
	return S("");
}

/* The kernel becomes the name of a directory. */
static int modset_check_kernel(struct kml *k, struct str kernel)
{
	if (!kernel.n || kernel.n > 128 || !tar_is_plain(kernel) || !emit_is_utf8(kernel) ||
	    str_find(kernel, '/') < kernel.n || kernel.p[0] == '.')
		return fail(k, KML_BAD, "\"%.*s\" is no kernel version", FMT(kernel));
	return 0;
}

static int modset_check_module(struct kml *k, struct modset *set, bool asked,
                               const struct depscan_module *m)
{
	const char *arch = modset_arch(m->machine, m->wide, m->big);
	struct str built = modset_built_for(m);

	if (m->failed)
		return fail(k, KML_BAD, "%s: %s", m->path, m->failed);
	if (!built.n)
		return fail(k, KML_BAD, "%s: not a kernel module (no vermagic)", m->path);
	if (!arch)
		return fail(k, KML_BAD, "%s: for a machine that is not known (%u)", m->path, m->machine);
	if (!set->kernel.n)
		set->kernel = built;
	if (!str_eq(built, set->kernel) && asked)
		return fail(k, KML_KERNEL, "%s was built for kernel %.*s, not for %.*s", m->path,
		            FMT(built), FMT(set->kernel));
	if (!str_eq(built, set->kernel))
		return fail(k, KML_KERNEL, "%s was built for kernel %.*s, and %s for %.*s: an image is "
		            "for one kernel", m->path, FMT(built), set->index.modules[0].path,
		            FMT(set->kernel));
	if (!set->arch)
		set->arch = arch;
	if (strcmp(arch, set->arch))
		return fail(k, KML_KERNEL, "%s was built for %s, and %s for %s", m->path, arch,
		            set->index.modules[0].path, set->arch);
	return 0;
}

/* Each module is there once. */
static int modset_check_twins(struct kml *k, const struct modset *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const char *path = set->files[i].path;
		const struct tree_file *f = tree_find(set->index.tree,
		                                      modname_of_path(set->s, str_of(path)));

		if (f->path != path)
			return fail(k, KML_USAGE, "%s: there are two modules %.*s", set->files[i].file,
			            FMT(f->name));
	}
	return 0;
}

/* Read the modules that were found.  They must be for `kernel`; NULL: for one. */
static int modset_read(struct kml *k, struct modset *set, const char *kernel)
{
	int r = depmod_scan(k, set->s, set->files, set->n, set->texts, &set->index);

	set->kernel = kernel ? str_of(kernel) : S("");
	for (size_t i = 0; r == 0 && i < set->index.tree->n; i++)
		r = modset_check_module(k, set, kernel, &set->index.modules[i]);
	if (r < 0 || (r = modset_check_kernel(k, set->kernel)) < 0)
		return r;
	return modset_check_twins(k, set);
}

static bool modset_same_name(struct str a, struct str b)
{
	bool same = a.n == b.n;

	for (size_t i = 0; same && i < a.n; i++)
		same = (a.p[i] == '-' ? '_' : a.p[i]) == (b.p[i] == '-' ? '_' : b.p[i]);
	return same;
}

/* The module of that name, however it is spelled; or NULL. */
static const struct depscan_module *modset_module(const struct modset *set, struct str name)
{
	for (size_t i = 0; i < set->index.tree->n; i++)
		if (modset_same_name(set->index.modules[i].name, name))
			return &set->index.modules[i];
	return NULL;
}

#endif
