/* snapshot.c - the files of a directory: their digest, and a copy of them.
 *
 * The digest is of names, contents, links and of who may run a file, in byte order of
 * the names; not of times, which the copy has all the same, since make looks at them.
 * A link that leads out of the directory is refused: what it leads to is not in the
 * digest.  A layout of images is left out, since others write to it meanwhile; and since
 * one begins as an empty directory, such are not in the digest.  The copy appears when it
 * is whole (ground/unpack.c).
 */
#ifndef KML_SNAPSHOT_C
#define KML_SNAPSHOT_C

#include "../format/digest.c"
#include "../ground/base.c"
#include "../ground/unpack.c"
#include "../image/names.c"
#include "../module/tree.c"

enum { SNAPSHOT_DEPTH = 64, SNAPSHOT_STEP = 64 << 10 };

struct snapshot {
	const char *without;            /* a directory that is left out; NULL: none */
	bool modules;                   /* only these, whatever directory they are in, side by side */
	size_t n;                       /* files that were met */
	/* its own */
	struct unpack *to;              /* NULL: only the digest */
	struct digest digest;
	struct stat out;
};

static int snapshot_bytes(struct kml *k, struct scope *s, struct snapshot *x, int from, int to)
{
	char *p = scope_raw(s, SNAPSHOT_STEP);
	size_t got;
	int r;

	do {
		if ((r = sys_read(k, from, p, SNAPSHOT_STEP, &got)) < 0)
			return r;
		digest_add(&x->digest, (struct str){ p, got });
		if (to >= 0 && (r = save_write(k, to, (struct str){ p, got })) < 0)
			return fail_in(k, r, "its copy");
	} while (got == SNAPSHOT_STEP);
	return 0;
}

static void snapshot_note(struct snapshot *x, struct scope *s, const char *what, const char *name,
                         uint64_t size)
{
	const char *head = scope_format(s, "%s %llu %s", what, (unsigned long long)size, name);

	digest_add(&x->digest, (struct str){ head, strlen(head) + 1 });
}

static int snapshot_file(struct kml *k, struct scope *s, struct snapshot *x, const char *path,
                        const char *name)
{
	struct unpack_meta meta = { .mode = 0644 };
	struct stat st;
	uint64_t size;
	int from, *to = scope_fd(s), r = sys_open_file(k, s, path, O_NOFOLLOW, &from, &size);

	if (r < 0 || (r = sys_stat(k, s, path, O_NOFOLLOW, &st)) < 0)
		return r;
	if (st.st_mode & 0111)
		meta.mode = 0755;
	meta.mtime = st.st_mtim.tv_sec < 0 ? 0 : (uint64_t)st.st_mtim.tv_sec;
	x->n++;
	snapshot_note(x, s, meta.mode & 1 ? "program" : "file", name, size);
	if (x->to && (r = unpack_file(k, x->to, str_of(name), to)) < 0)
		return errno == EEXIST ? fail(k, KML_BAD, "the second of this name") : r;
	if ((r = snapshot_bytes(k, s, x, from, *to)) < 0 || !x->to)
		return r;
	return unpack_finish(k, *to, &meta);
}

static int snapshot_link(struct kml *k, struct scope *s, struct snapshot *x, const char *path,
                        const char *name)
{
	const struct unpack_meta meta = { 0 };
	struct str target;
	int r = sys_readlink(k, s, path, &target);

	if (r < 0)
		return r;
	if (str_starts(target, S("/")) || names_climbs(str_of(name), target))
		return fail(k, KML_USAGE, "the link leads out of the directory; name one that has both");
	snapshot_note(x, s, "link", name, target.n);
	digest_add(&x->digest, target);
	return x->to ? unpack_symlink(k, x->to, str_of(name), target.p, &meta) : 0;
}

static int snapshot_walk(struct kml *k, struct scope *s, struct snapshot *x, const char *dir,
                        const char *below, int depth);

static int snapshot_directory(struct kml *k, struct scope *s, struct snapshot *x, const char *path,
                             const char *name, int depth)
{
	struct stat st;
	int r = sys_stat(k, s, path, O_NOFOLLOW, &st);

	if (r < 0 || (x->without && st.st_dev == x->out.st_dev && st.st_ino == x->out.st_ino))
		return r;
	if (x->to && !x->modules && (r = unpack_mkdir(k, x->to, str_of(name))) < 0)
		return r;
	return snapshot_walk(k, s, x, path, name, depth + 1);
}

/* Is it one of the modules, or, of the directory itself, their order? */
static bool snapshot_is_module(const struct sys_entry *e, const char *below)
{
	return e->type == DT_REG && (tree_stem(str_of(e->name)).n ||
	                             (!*below && !strcmp(e->name, "modules.order")));
}

static int snapshot_walk(struct kml *k, struct scope *s, struct snapshot *x, const char *dir,
                        const char *below, int depth)
{
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, s, dir, &v, &n);

	if (r == 0 && depth == SNAPSHOT_DEPTH)
		r = fail(k, KML_BAD, "directories in more than %d others", SNAPSHOT_DEPTH);
	if (r < 0)
		return fail_in(k, r, "%s", dir);
	/* a layout that is begun after this had nothing but the files that are left out below */
	if (depth && sys_exists(k, s, scope_format(s, "%s/oci-layout", dir)))
		return 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct scope *t = scope_begin(s);
		const char *path = scope_format(t, "%s/%s", dir, v[i].name);
		const char *name = x->modules ? v[i].name :
			scope_format(t, "%s%s%s", below, *below ? "/" : "", v[i].name);

		if (!strcmp(v[i].name, SAVE_LOCK) || !strcmp(v[i].name, ".oci-layout.kml"))
			;
		else if (v[i].type == DT_DIR)
			r = snapshot_directory(k, t, x, path, name, depth);
		else if (x->modules && !snapshot_is_module(&v[i], below))
			;
		else if (v[i].type == DT_LNK)
			r = snapshot_link(k, t, x, path, name);
		else
			r = snapshot_file(k, t, x, path, name);
		if (r < 0 && v[i].type != DT_DIR)
			r = fail_in(k, r, "%s", path);
		scope_end(t);
	}
	return r;
}

static int snapshot_run(struct kml *k, struct scope *s, struct snapshot *x, const char *dir,
                       struct str *digest)
{
	int r = x->without ? sys_stat(k, s, x->without, 0, &x->out) : 0;

	x->n = 0;
	digest_begin(&x->digest);
	if (r == KML_NOTFOUND)
		x->without = NULL;
	else if (r < 0)
		return fail_in(k, r, "%s", x->without);
	r = snapshot_walk(k, s, x, dir, "", 0);
	*digest = digest_done(s, &x->digest);
	return r;
}

/* The digest of what is in `dir`. */
static int snapshot_digest(struct kml *k, struct scope *s, struct snapshot *x, const char *dir,
                          struct str *digest)
{
	x->to = NULL;
	return snapshot_run(k, s, x, dir, digest);
}

/* Take away `path` and all below it, if it is there. */
static int snapshot_remove(struct kml *k, struct scope *s, const char *path)
{
	const char *name;
	int dir, r = sys_parent(k, s, path, &dir, &name);

	if (r == KML_NOTFOUND)
		return 0;
	if (r == 0 && unpack_delete(dir, name, 0) < 0 && errno != ENOENT)
		r = sys_fail(k);
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

/* Show what was unpacked; after a failure, that is, where `r` is one, take it away. */
static int snapshot_show(struct kml *k, struct scope *s, struct unpack *u, int r)
{
	struct kml aside = { .root = k->root };

	if (r == 0)
		r = unpack_show(k, s, u);
	if (r < 0)
		unpack_drop(&aside, u);
	return r;
}

/* Let `to` be a copy of `dir`, and nothing else; *digest is of what was copied. */
static int snapshot_copy(struct kml *k, struct scope *s, struct snapshot *x, const char *dir,
                        const char *to, struct str *digest)
{
	struct unpack u;
	int r;

	if ((r = snapshot_remove(k, s, to)) < 0)
		return r;
	if ((r = unpack_begin(k, s, to, &u)) < 0)
		return fail_in(k, r, "%s", to);
	x->to = &u;
	return snapshot_show(k, s, &u, snapshot_run(k, s, x, dir, digest));
}

#endif
