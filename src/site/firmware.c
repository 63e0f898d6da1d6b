/* firmware.c - the firmware of an image, where the kernel looks for it.
 *
 * The kernel asks for firmware by names like "vendor/chip.bin" and looks first
 * in the directory that /sys/module/firmware_class/parameters/path names.  If it
 * names none, it is pointed to /run/kml/firmware, which is ours; the root file
 * system may be read-only.  If somebody has set it, the files go there, and a
 * file that is there with another content is an error, never overwritten.
 *
 * Each file is recorded in the state of its set (state.c).  A file that several
 * sets brought goes with the last of them.
 */
#ifndef KML_FIRMWARE_C
#define KML_FIRMWARE_C

#include "../ground/base.c"
#include "../ground/save.c"
#include "../image/layer.c"
#include "state.c"

#define FIRMWARE_PARAM "/sys/module/firmware_class/parameters/path"
#define FIRMWARE_DIR   STATE_DIR "/firmware"

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

static int firmware_put(struct kml *k, struct scope *s, const char *path, struct str data)
{
	struct scope *t = scope_begin(s);
	struct str up = str_of(path), there;
	int r = sys_read_file(k, t, path, &there);

	if (r == 0 && !str_eq(there, data))
		r = fail(k, KML_FAIL, "is there already, with another content");
	if (r == KML_NOTFOUND) {
		up.n -= str_base(up).n + 1;
		if ((r = save_mkdirs(k, t, scope_text(t, up))) == 0)
			r = save_file(k, t, path, data);
	}
	scope_end(t);
	return r < 0 ? fail_in(k, r, "firmware %s", path) : 0;
}

/* Find the places of the `n` files, which are named below `below`, in the image,
 * and record them in `st`. */
static int firmware_plan(struct kml *k, struct scope *s, const struct layer_file *files,
                         size_t n, struct str below, struct state *st)
{
	struct str dir;
	int r = firmware_path(k, s, &dir);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str name = str_from(files[i].name, below.n + 1);

		if (files[i].type == TAR_FILE)
			state_add(s, &st->firmware, scope_format(s, "%.*s/%.*s",
			          FMT(dir.n ? dir : S(FIRMWARE_DIR)), FMT(name)));
	}
	return r;
}

/* Write the files that firmware_plan() recorded, and show the kernel the way. */
static int firmware_install(struct kml *k, struct scope *s, const struct layer_file *files,
                            size_t n, const struct state *st)
{
	size_t at = 0;
	struct str dir = { 0 };
	int r = n ? firmware_path(k, s, &dir) : 0;      /* not every kernel has it */

	for (size_t i = 0; r == 0 && i < n; i++)
		if (files[i].type == TAR_FILE)
			r = firmware_put(k, s, st->firmware.v[at++], files[i].data);
	return r == 0 && at && !dir.n ? firmware_point(k, s, S(FIRMWARE_DIR)) : r;
}

/* Does another set than `st` have the file?  Or any, if `path` is NULL? */
static int firmware_shared(struct kml *k, struct scope *s, const struct state *st,
                           const char *path, bool *is)
{
	struct state_names all;
	int r = state_list(k, s, &all);

	*is = false;
	for (size_t i = 0; r == 0 && i < all.n && !*is; i++) {
		struct state other;

		if (!strcmp(all.v[i], st->name))
			continue;
		if ((r = state_read(k, s, all.v[i], &other)) < 0)
			break;
		*is = path ? state_has(&other.firmware, path) : other.firmware.n > 0;
	}
	return r;
}

/* Remove the files of `st` that no other set has; what is missing is no matter. */
static int firmware_remove(struct kml *k, struct scope *s, const struct state *st)
{
	bool shared = false;
	struct str dir;
	int r = 0;

	for (size_t i = 0; r == 0 && i < st->firmware.n; i++) {
		if ((r = firmware_shared(k, s, st, st->firmware.v[i], &shared)) == 0 && !shared)
			r = save_remove(k, s, st->firmware.v[i]);
		if (r == KML_NOTFOUND)
			r = 0;
	}
	if (r < 0 || !st->firmware.n || (r = firmware_path(k, s, &dir)) < 0)
		return r;
	if (!str_eq(dir, S(FIRMWARE_DIR)) ||
	    (r = firmware_shared(k, s, st, NULL, &shared)) < 0 || shared)
		return r;
	return firmware_point(k, s, S(""));
}

#endif
