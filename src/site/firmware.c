/* firmware.c - the firmware of an image, where the kernel looks for it.
 *
 * The kernel asks for firmware by names like "vendor/chip.bin" and looks first
 * in the directory that /sys/module/firmware_class/parameters/path names.  If it
 * names none, it is pointed to /run/kml/firmware, which is ours; the root file
 * system may be read-only.  If somebody has set it, the files go there, unless the
 * user names another directory, which the kernel is then pointed to.  A file that is
 * there with another content is an error, never overwritten.  A link has what it leads to in
 * the image, be it a file or a directory.
 *
 * What was not there before is recorded in the state of its set (state.c), and
 * goes with the last set that brought it.  What was there is not ours.  With the last
 * firmware of all sets the kernel is pointed to where it was before.
 */
#ifndef KML_FIRMWARE_C
#define KML_FIRMWARE_C

#include "../ground/base.c"
#include "../ground/save.c"
#include "../image/image.c"
#include "state.c"

#define FIRMWARE_PARAM "/sys/module/firmware_class/parameters/path"
#define FIRMWARE_DIR   STATE_DIR "/firmware"

enum { FIRMWARE_LINKS = 8, FIRMWARE_LINKED = 1 << 14 };

struct firmware {
	struct firmware_file { const char *path; struct str data; } *files;     /* to be written */
	size_t n, room;
	const char *point;              /* where the kernel must be pointed to; may be NULL */
};

/* The directory that the kernel was told to look in first; "" for none. */
static int firmware_path(struct kml *k, struct scope *s, struct str *out)
{
	int r = sys_read_file(k, s, FIRMWARE_PARAM, out);

	if (r < 0)
		return fail_in(k, r, "%s", FIRMWARE_PARAM);
	out->n = str_find(*out, '\0');
	*out = str_trim(*out);
	return 0;
}

/* Tell the kernel to look in `dir`; "" for its usual places only.  The NUL is
 * written too: a file of /sys takes no empty write. */
static int firmware_point(struct kml *k, struct scope *s, struct str dir)
{
	struct scope *t = scope_begin(s);
	int fd, r = sys_open(k, t, FIRMWARE_PARAM, O_WRONLY, &fd);

	if (r == 0)
		r = save_write(k, fd, dir.n ? dir : (struct str){ "", 1 });
	scope_end(t);
	return r < 0 ? fail_in(k, r, "%s", FIRMWARE_PARAM) : 0;
}

/* ---- what there is to do ------------------------------------------------- */

/* What other sets than `self` recorded: all firmware, and where the kernel was pointed
 * to.  `out` is otherwise empty. */
static int firmware_others(struct kml *k, struct scope *s, const char *self, struct state *out)
{
	struct state_names all;
	int r = state_list(k, s, &all);

	*out = (struct state){ .name = "" };
	for (size_t i = 0; r == 0 && i < all.n; i++) {
		struct state other;

		if (!strcmp(all.v[i], self))
			continue;
		if (state_read(k, s, all.v[i], &other) < 0) {
			note(k, KML_WARNING, "%s; what firmware the set has is not known", k->msg);
			continue;
		}
		for (size_t j = 0; j < other.firmware.n; j++)
			state_add(s, &out->firmware, other.firmware.v[j]);
		if (other.path || other.firmware.n) {
			out->path = other.path ? other.path : FIRMWARE_DIR;
			out->was = other.was;
		}
	}
	return r;
}

/* What the link `f` means: a path of the image, or one from the directory it is in. */
static struct str firmware_target(struct scope *s, const struct layer_file *f)
{
	struct str dir = f->name, rest = f->link, part;
	struct buf b = { .s = s };

	dir.n -= str_base(dir).n;
	if (!str_starts(rest, S("/")))
		buf_add(&b, dir);
	while (rest.n) {
		part = str_take(&rest, '/');
		if (str_eq(part, S("..")))
			for (b.n -= b.n > 0; b.n && b.p[b.n - 1] != '/';)
				b.n--;
		else if (part.n && !str_eq(part, S(".")))
			buf_format(&b, "%.*s%s", FMT(part), rest.n ? "/" : "");
	}
	b.n -= b.n && b.p[b.n - 1] == '/';
	return buf_str(&b);
}

/* Decide about one file: to be written, there already, or in the way. */
static int firmware_decide(struct kml *k, struct scope *s, const char *path, struct str data,
                           const struct state *others, struct firmware *fw,
                           struct state *st)
{
	struct scope *t = scope_begin(s);
	struct str there;
	int r = sys_read_file(k, t, path, &there);
	bool same = r == 0 && str_eq(there, data);

	scope_end(t);
	if (r == 0 && !same)
		return fail(k, KML_FAIL, "firmware %s is there already, with another content", path);
	if (r < 0 && r != KML_NOTFOUND)
		return fail_in(k, r, "firmware %s", path);
	if (r == KML_NOTFOUND && fw->n == fw->room) {
		struct firmware_file *v;

		v = news(s, struct firmware_file, fw->room = 2 * fw->room + 8);
		if (fw->n)
			memcpy(v, fw->files, fw->n * sizeof *v);
		fw->files = v;
	}
	if (r == KML_NOTFOUND)
		fw->files[fw->n++] = (struct firmware_file){ path, data };
	if (r == KML_NOTFOUND || state_has(&others->firmware, path))
		state_add(s, &st->firmware, path);
	return 0;
}

struct firmware_walk {
	struct layer_file *files;
	size_t n, linked;               /* how many were found by links to directories */
	const struct state *others;
	struct firmware *fw;
	struct state *st;
};

/* Take `f` in, as `path`: of a link what it leads to, a file or all below a directory. */
static int firmware_take(struct kml *k, struct scope *s, struct firmware_walk *w,
                         const struct layer_file *f, const char *path, int depth)
{
	const struct layer_file *at = f;
	struct str to = f->name;
	bool found = false;
	int r = 0;

	for (int i = 0; at && at->type == TAR_SYMLINK && i < FIRMWARE_LINKS; i++) {
		to = firmware_target(s, at);
		at = image_file(w->files, w->n, to);
	}
	if (at && at->type == TAR_FILE)
		return firmware_decide(k, s, path, at->data, w->others, w->fw, w->st);
	if (f->type != TAR_SYMLINK)
		return 0;
	for (size_t i = 0; r == 0 && i < w->n; i++) {
		const struct layer_file *sub = &w->files[i];

		if (!str_starts(sub->name, to) || sub->name.n <= to.n || sub->name.p[to.n] != '/')
			continue;
		found = true;
		if (depth == FIRMWARE_LINKS || w->linked++ == FIRMWARE_LINKED)
			return fail(k, KML_BAD, "%.*s: links to directories lead in a circle, or to "
			            "too many files", FMT(f->name));
		r = firmware_take(k, s, w, sub, scope_format(s, "%s%.*s", path,
		                  FMT(str_from(sub->name, to.n))), depth + 1);
	}
	return found ? r : fail(k, KML_BAD, "%.*s: the link leads to no file of the firmware",
	                        FMT(f->name));
}

/* The directory for the files: `told` (may be NULL), else the one that the kernel looks
 * in, else ours.  Other sets may need the one that it looks in. */
static int firmware_dir(struct kml *k, struct scope *s, const char *told,
                        const struct state *others, struct firmware *fw, struct state *st,
                        const char **out)
{
	struct str now;
	int r = firmware_path(k, s, &now);

	if (r < 0)
		return r;
	*out = told ? told : now.n ? scope_text(s, now) : FIRMWARE_DIR;
	st->path = others->path;
	st->was = others->was;
	if (str_eq(now, str_of(*out)))
		return 0;
	if (now.n && others->path)
		return fail(k, KML_USAGE, "the kernel finds the firmware of other module sets in "
		            "%.*s, so it cannot be pointed to %s", FMT(now), *out);
	st->path = fw->point = *out;
	st->was = scope_text(s, now);
	return 0;
}

/* Find out where the `n` files of the image, which are named below `below`, have
 * to go, and record in `st` those that will be the set's. */
static int firmware_plan(struct kml *k, struct scope *s, struct layer_file *files, size_t n,
                         struct str below, const char *told, struct firmware *fw,
                         struct state *st)
{
	struct state others;
	struct firmware_walk w = { files, n, 0, &others, fw, st };
	const char *dir;
	int r = firmware_others(k, s, st->name, &others);

	*fw = (struct firmware){ 0 };
	if (r < 0 || (r = firmware_dir(k, s, told, &others, fw, st, &dir)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str name = str_from(files[i].name, below.n + 1);

		if (str_starts(str_base(name), S(".")) && str_ends(name, S(".kml")))
			return fail(k, KML_BAD, "firmware %.*s: kml writes its own files under such "
			            "names; rename it", FMT(name));
		r = firmware_take(k, s, &w, &files[i], scope_format(s, "%s/%.*s", dir, FMT(name)),
		                  0);
	}
	return r;
}

/* ---- doing and undoing it ------------------------------------------------ */

static int firmware_put(struct kml *k, struct scope *s, const struct firmware_file *f)
{
	struct scope *t = scope_begin(s);
	struct str up = str_of(f->path);
	int r;

	up.n -= str_base(up).n + 1;
	if ((r = save_mkdirs(k, t, scope_text(t, up))) == 0)
		r = save_file(k, t, f->path, f->data);
	scope_end(t);
	return r < 0 ? fail_in(k, r, "firmware %s", f->path) : 0;
}

/* Write what firmware_plan() found missing, and show the kernel the way. */
static int firmware_install(struct kml *k, struct scope *s, const struct firmware *fw)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < fw->n; i++)
		r = firmware_put(k, s, &fw->files[i]);
	return r == 0 && fw->point ? firmware_point(k, s, str_of(fw->point)) : r;
}

/* Remove the files of `st` that no other set has; what is missing is no matter.
 * Without any firmware of ours left, the kernel looks where it did before. */
static int firmware_remove(struct kml *k, struct scope *s, const struct state *st)
{
	const char *path = st->path ? st->path : FIRMWARE_DIR;
	struct state others;
	struct str now;
	int r;

	if (!st->firmware.n && !st->path)
		return 0;
	r = firmware_others(k, s, st->name, &others);
	for (size_t i = 0; r == 0 && i < st->firmware.n; i++)
		if (!state_has(&others.firmware, st->firmware.v[i]) &&
		    (r = save_remove(k, s, st->firmware.v[i])) == KML_NOTFOUND)
			r = 0;
	if (r < 0 || others.path || (r = firmware_path(k, s, &now)) < 0)
		return r;
	return str_eq(now, str_of(path)) ? firmware_point(k, s, str_of(st->was ? st->was : "")) : 0;
}

#endif
