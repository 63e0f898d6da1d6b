/* firmware.c - the firmware of an image, where the kernel looks for it.
 *
 * The kernel asks for firmware by names like "vendor/chip.bin" and looks first
 * in the directory that /sys/module/firmware_class/parameters/path names.  If it
 * names none, it is pointed to /run/kml/firmware, which is ours; the root file
 * system may be read-only.  If somebody has set it, the files go there, and a
 * file that is there with another content is an error, never overwritten.
 *
 * What was not there before is recorded in the state of its set (state.c), and
 * goes with the last set that brought it.  What was there is not ours.
 */
#ifndef KML_FIRMWARE_C
#define KML_FIRMWARE_C

#include "../ground/base.c"
#include "../ground/save.c"
#include "../image/image.c"
#include "state.c"

#define FIRMWARE_PARAM "/sys/module/firmware_class/parameters/path"
#define FIRMWARE_DIR   STATE_DIR "/firmware"

enum { FIRMWARE_LINKS = 8 };

struct firmware {
	struct firmware_file { const char *path; struct str data; } *files;     /* to be written */
	size_t n;
	bool point;                     /* the kernel must be shown the way */
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

/* All firmware that other sets than `self` recorded. */
static int firmware_others(struct kml *k, struct scope *s, const char *self,
                           struct state_names *out)
{
	struct state_names all;
	int r = state_list(k, s, &all);

	*out = (struct state_names){ 0 };
	for (size_t i = 0; r == 0 && i < all.n; i++) {
		struct state other;

		if (!strcmp(all.v[i], self) || (r = state_read(k, s, all.v[i], &other)) < 0)
			continue;
		for (size_t j = 0; j < other.firmware.n; j++)
			state_add(s, out, other.firmware.v[j]);
	}
	return r;
}

/* What the link `f` means: a path from the directory it is in. */
static struct str firmware_target(struct scope *s, const struct layer_file *f)
{
	struct str dir = f->name, rest = f->link, part;
	struct buf b = { .s = s };

	dir.n -= str_base(dir).n;
	buf_add(&b, dir);
	while (rest.n) {
		part = str_take(&rest, '/');
		if (str_eq(part, S("..")))
			for (b.n -= b.n > 0; b.n && b.p[b.n - 1] != '/';)
				b.n--;
		else if (part.n && !str_eq(part, S(".")))
			buf_format(&b, "%.*s%s", FMT(part), rest.n ? "/" : "");
	}
	return buf_str(&b);
}

/* The content of `f`; a link has that of what it leads to among `files`. */
static int firmware_data(struct kml *k, struct scope *s, struct layer_file *files, size_t n,
                         const struct layer_file *f, struct str *out)
{
	const struct layer_file *at = f;

	for (int i = 0; at && at->type == TAR_SYMLINK && i < FIRMWARE_LINKS; i++)
		at = at->link.n && at->link.p[0] != '/' ?
			image_file(files, n, firmware_target(s, at)) : NULL;
	if (!at || at->type != TAR_FILE)
		return fail(k, KML_BAD, "%.*s: the link leads to no file of the firmware",
		            FMT(f->name));
	*out = at->data;
	return 0;
}

/* Decide about one file: to be written, there already, or in the way. */
static int firmware_decide(struct kml *k, struct scope *s, const char *path, struct str data,
                           const struct state_names *others, struct firmware *fw,
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
	if (r == KML_NOTFOUND)
		fw->files[fw->n++] = (struct firmware_file){ path, data };
	if (r == KML_NOTFOUND || state_has(others, path))
		state_add(s, &st->firmware, path);
	return 0;
}

/* Find out where the `n` files of the image, which are named below `below`, have
 * to go, and record in `st` those that will be the set's. */
static int firmware_plan(struct kml *k, struct scope *s, struct layer_file *files, size_t n,
                         struct str below, struct firmware *fw, struct state *st)
{
	struct state_names others;
	struct str dir, data;
	int r = firmware_path(k, s, &dir);

	if (r < 0 || (r = firmware_others(k, s, st->name, &others)) < 0)
		return r;
	*fw = (struct firmware){ .files = news(s, struct firmware_file, n), .point = !dir.n };
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str name = str_from(files[i].name, below.n + 1);

		if (files[i].type != TAR_FILE && files[i].type != TAR_SYMLINK)
			continue;
		r = firmware_data(k, s, files, n, &files[i], &data);
		if (r == 0)
			r = firmware_decide(k, s, scope_format(s, "%.*s/%.*s",
			                    FMT(dir.n ? dir : S(FIRMWARE_DIR)), FMT(name)), data,
			                    &others, fw, st);
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
	return r == 0 && fw->files && fw->point ? firmware_point(k, s, S(FIRMWARE_DIR)) : r;
}

/* Remove the files of `st` that no other set has; what is missing is no matter.
 * Without any firmware of ours left, the kernel looks where it always did. */
static int firmware_remove(struct kml *k, struct scope *s, const struct state *st)
{
	struct state_names others;
	struct str dir;
	int r = st->firmware.n ? firmware_others(k, s, st->name, &others) : 0;

	for (size_t i = 0; r == 0 && i < st->firmware.n; i++)
		if (!state_has(&others, st->firmware.v[i]) &&
		    (r = save_remove(k, s, st->firmware.v[i])) == KML_NOTFOUND)
			r = 0;
	if (r < 0 || !st->firmware.n || others.n || (r = firmware_path(k, s, &dir)) < 0)
		return r;
	return str_eq(dir, S(FIRMWARE_DIR)) ? firmware_point(k, s, S("")) : 0;
}

#endif
