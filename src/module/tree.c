/* tree.c - the modules of a directory: what counts as one, and which of several.
 *
 * Every directory below is looked at, except those called "build" or "source"
 * (they lead to the kernel's own) and what depmod.d excludes.  Symbolic links are
 * followed, to files and to directories, but not to a directory that the link is
 * in.  A module is a regular file NAME.ko, NAME.ko.gz, NAME.ko.xz or NAME.ko.zst;
 * its name is what stands before the first '.', with '_' for '-'.  Of several with
 * one name the rules of depconf.c decide, and between equals the path that comes
 * first in byte order of its components: kmod takes what the file system lists
 * first.
 */
#ifndef KML_TREE_C
#define KML_TREE_C

#include "../ground/base.c"
#include "../ground/sys.c"
#include "../format/depconf.c"
#include "../format/modname.c"

enum { TREE_DIRECTORIES = 1 << 16, TREE_FILES = 1 << 20 };

struct tree {
	struct scope *s;
	const char *dir;                /* the module directory */
	const struct depconf *conf;
	struct tree_file {
		const char *path;       /* to open it */
		struct str rel;         /* below `dir`, or all of it for an external one */
		struct str name;        /* of the module */
	} *files;
	size_t n, cap, dirs;
	uint32_t *slots;                /* file + 1, by name */
	size_t mask;
};

/* The part of a path before ".ko" and what may follow it; 0 bytes if it has none. */
static struct str tree_stem(struct str path)
{
	static const struct str ends[] = { { ".ko", 3 }, { ".ko.xz", 6 }, { ".ko.zst", 7 },
	                                   { ".ko.gz", 6 } };

	for (size_t i = 0; i < countof(ends); i++)
		if (str_ends(path, ends[i]))
			return (struct str){ path.p, path.n - ends[i].n };
	return (struct str){ path.p, 0 };
}

/* ---- the files found so far ---------------------------------------------- */

/* Where the file of that name is, or would be. */
static uint32_t *tree_slot(const struct tree *t, struct str name)
{
	size_t at = str_hash(name) & t->mask;

	while (t->slots[at] && !str_eq(t->files[t->slots[at] - 1].name, name))
		at = (at + 1) & t->mask;
	return &t->slots[at];
}

static void tree_grow(struct tree *t)
{
	struct tree_file *old = t->files;

	t->cap = t->cap ? 2 * t->cap : 512;
	t->files = news(t->s, struct tree_file, t->cap);
	if (t->n)
		memcpy(t->files, old, t->n * sizeof *old);
	t->mask = 2 * t->cap - 1;
	t->slots = news(t->s, uint32_t, t->mask + 1);
	for (size_t i = 0; i < t->n; i++)
		*tree_slot(t, t->files[i].name) = (uint32_t)i + 1;
}

static struct tree_file *tree_find(const struct tree *t, struct str name)
{
	uint32_t i = t->n ? *tree_slot(t, name) : 0;

	return i ? &t->files[i - 1] : NULL;
}

/* Take the module at `path` in, unless one that beats it is there. */
static int tree_add(struct kml *k, struct tree *t, const char *path)
{
	struct tree_file f = { .path = path, .rel = str_of(path) }, *old;
	struct str dir = str_of(t->dir);

	if (str_starts(f.rel, dir) && f.rel.p[dir.n] == '/')
		f.rel = str_from(f.rel, dir.n + 1);
	f.name = modname_of_path(t->s, f.rel);
	if (t->n == TREE_FILES)
		return fail(k, KML_BAD, "more than %d modules", TREE_FILES);
	if (t->n == t->cap)
		tree_grow(t);
	if (!(old = tree_find(t, f.name))) {
		t->files[t->n++] = f;
		*tree_slot(t, f.name) = (uint32_t)t->n;
	} else if (depconf_beats(t->conf, tree_stem(f.rel), tree_stem(old->rel))) {
		*old = f;
	}
	return 0;
}

/* ---- walking ------------------------------------------------------------- */

/* Is the directory `st` one that the file `path` is in? */
static bool tree_above(struct kml *k, struct tree *t, const char *path, const struct stat *st)
{
	struct scope *temp = scope_begin(t->s);
	struct str up = str_of(path), base;
	bool found = false;

	while (!found && (base = str_base(up)).n && base.n < up.n) {
		struct stat is;

		up.n -= base.n + 1;
		found = up.n && sys_stat(k, temp, scope_text(temp, up), 0, &is) == 0 &&
			is.st_dev == st->st_dev && is.st_ino == st->st_ino;
	}
	scope_end(temp);
	return found;
}

/* What an entry is, links followed: DT_REG, DT_DIR or another. */
static unsigned char tree_type(struct kml *k, struct tree *t, const char *path,
                               unsigned char type)
{
	struct stat st;

	if (type != DT_LNK)
		return type;
	if (sys_stat(k, t->s, path, 0, &st) < 0) {
		note(k, KML_WARNING, "%s is left out: %s", path, k->msg);
		return DT_UNKNOWN;
	}
	if (S_ISDIR(st.st_mode) && tree_above(k, t, path, &st)) {
		note(k, KML_WARNING, "%s is left out: it leads back to where it is", path);
		return DT_UNKNOWN;
	}
	return S_ISREG(st.st_mode) ? DT_REG : S_ISDIR(st.st_mode) ? DT_DIR : DT_UNKNOWN;
}

static int tree_walk(struct kml *k, struct tree *t, const char *dir)
{
	struct scope *temp = scope_begin(t->s);
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, temp, dir, &v, &n);

	if (r < 0)
		r = fail_in(k, r, "could not open directory %s", dir);
	else if (++t->dirs > TREE_DIRECTORIES || strlen(dir) > PATH_MAX - NAME_MAX - 2)
		r = fail(k, KML_BAD, "%s: too many directories, or too deep", t->dir);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str name = str_of(v[i].name);
		bool module = tree_stem(name).n > 0;
		const char *path;
		unsigned char type;

		if (str_eq(name, S("build")) || str_eq(name, S("source")) ||
		    depconf_excludes(t->conf, name) || (v[i].type == DT_REG && !module))
			continue;
		path = scope_format(module ? t->s : temp, "%s/%s", dir, v[i].name);
		type = tree_type(k, t, path, v[i].type);
		if (type == DT_DIR)
			r = tree_walk(k, t, path);
		else if (type == DT_REG && module)
			r = tree_add(k, t, path);
	}
	scope_end(temp);
	return r;
}

/* List the modules of `dir` and of the external directories of `conf`.  `dir`
 * and `conf` must stay. */
static int tree_list(struct kml *k, struct scope *s, const char *dir,
                     const struct depconf *conf, struct tree *t)
{
	int r;

	*t = (struct tree){ .s = s, .dir = dir, .conf = conf };
	if ((r = tree_walk(k, t, dir)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < conf->external.n; i++)
		if (sys_exists(k, s, conf->external.v[i].p))
			r = tree_walk(k, t, conf->external.v[i].p);
	return r;
}

#endif
