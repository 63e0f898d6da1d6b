/* headers.c - what modules are built against: a kernel's headers.
 *
 * They are a directory, as /lib/modules/KVER/build is, or an archive of one, compressed
 * or not.  In a bundle of collector's the file BUNDLE_UNAME says which kernel it is for,
 * and BUNDLE_BUILD_DIR where in it the directory is; in any other archive it is all, or
 * the one directory there is.
 *
 * Two trees are the same headers if their configuration and symbols are; an archive is
 * known by its digest.
 */
#ifndef KML_HEADERS_C
#define KML_HEADERS_C

#include "../format/codec.c"
#include "../format/digest.c"
#include "../format/kver.c"
#include "../format/tar.c"
#include "../ground/base.c"
#include "../ground/place.c"
#include "../ground/process.c"
#include "../ground/unpack.c"
#include "snapshot.c"
#include "resolved.c"

#define HEADERS_RELEASE "include/generated/utsrelease.h"
#define HEADERS_MOST (16ull << 30)      /* bytes that an archive may unpack to */

struct headers {
	const char *path;               /* of the directory or the archive */
	bool archive;
	const char *dir;                /* NULL: not unpacked yet */
	struct str digest;
};

/* ---- which they are ------------------------------------------------------ */

static int headers_differ(struct kml *k, struct str release, const char *kernel)
{
	if (kver_check(k, release) < 0)         /* what a link led to is not to be shown */
		return fail(k, KML_KERNEL, "headers of what is no kernel, not of %s", kernel);
	return str_eq(release, str_of(kernel)) ? 0 :
		fail(k, KML_KERNEL, "headers of the kernel %.*s, not of %s", FMT(release), kernel);
}

/* Are they for the kernel?  (include/config/kernel.release may be of another: Debian's is.) */
static int headers_check(struct kml *k, struct scope *s, const char *dir, const char *kernel)
{
	struct str text, release;
	int r = sys_read_file(k, s, scope_format(s, "%s/" HEADERS_RELEASE, dir), &text);

	if (r == KML_NOTFOUND)
		return fail(k, KML_NOTFOUND, "%s: no headers (no " HEADERS_RELEASE " in it)",
		            dir);
	if (r == 0) {
		release = text;
		str_take(&release, '"');
		r = headers_differ(k, str_take(&release, '"'), kernel);
	}
	return r < 0 ? fail_in(k, r, "%s", dir) : 0;
}

static int headers_tree(struct kml *k, struct scope *s, const char *kernel, struct headers *h)
{
	static const char *const files[] = {
		HEADERS_RELEASE, "include/generated/autoconf.h", "Module.symvers",
	};
	struct digest d;
	int r = headers_check(k, s, h->path, kernel);

	h->dir = h->path;
	digest_begin(&d);
	for (size_t i = 0; r == 0 && i < countof(files); i++) {
		struct scope *t = scope_begin(s);
		struct str text = { 0 };

		r = sys_read_file(k, t, scope_format(t, "%s/%s", h->dir, files[i]), &text);
		if (r == KML_NOTFOUND)
			r = 0;
		digest_add(&d, text);
		digest_add(&d, (struct str){ "", 1 });
		scope_end(t);
	}
	h->digest = digest_done(s, &d);
	return r;
}

static int headers_archive(struct kml *k, struct scope *s, struct headers *h)
{
	struct snapshot x = { .to = NULL };
	struct scope *t = scope_begin(s);
	uint64_t size;
	int fd, r = sys_open_file(k, t, h->path, 0, &fd, &size);

	digest_begin(&x.digest);
	if (r == 0)
		r = snapshot_bytes(k, t, &x, fd, -1);
	h->archive = true;
	h->digest = digest_done(s, &x.digest);
	scope_end(t);
	return r < 0 ? fail_in(k, r, "%s", h->path) : 0;
}

/* Find the headers that the rule names. */
static int headers_find(struct kml *k, struct scope *s, const struct resolved *rule,
                        struct headers *h)
{
	const char *text = rule->values[RESOLVED_HEADERS].text;
	struct stat st;
	int r;

	if (!text || !*text)
		text = scope_format(s, "/lib/modules/%s/build", rule->kernel);
	*h = (struct headers){ 0 };
	text = scope_format(s, "%s%s", *text == '/' ? "" : rule->base, text);
	if ((r = process_absolute(k, s, text, &h->path)) < 0)
		return r;
	if ((r = sys_stat(k, s, h->path, 0, &st)) == KML_NOTFOUND)
		return fail(k, KML_FAIL, "no headers: there is no %s; install linux-headers-%s (Debian, "
		            "Ubuntu) or kernel-devel-%s (Fedora, RHEL), or say headers = in [build]",
		            text, rule->kernel, rule->kernel);
	if (r < 0)
		return fail_in(k, r, "%s", h->path);
	return S_ISDIR(st.st_mode) ? headers_tree(k, s, rule->kernel, h) : headers_archive(k, s, h);
}

/* ---- archives ------------------------------------------------------------ */

static int headers_file(struct kml *k, struct scope *s, struct unpack *u, struct tar *tar,
                        const struct tar_entry *e)
{
	const struct unpack_meta meta = { .mode = e->mode, .mtime = e->mtime };
	char *p = scope_raw(s, UNPACK_STEP);
	int *fd = scope_fd(s), r = unpack_file(k, u, e->name, fd);
	size_t got = 1;

	while (r == 0 && got)
		if ((r = tar_read(k, tar, p, UNPACK_STEP, &got)) == 0)
			r = save_write(k, *fd, (struct str){ p, got });
	return r < 0 ? r : unpack_finish(k, *fd, &meta);
}

static int headers_entry(struct kml *k, struct scope *s, struct unpack *u, struct tar *tar,
                         const struct tar_entry *e)
{
	const struct unpack_meta meta = { .mode = e->mode, .mtime = e->mtime };
	struct str from;
	int r;

	switch (e->type) {
	case TAR_DIR:
		return unpack_mkdir(k, u, e->name);
	case TAR_FILE:
		return headers_file(k, s, u, tar, e);
	case TAR_SYMLINK:
		return unpack_symlink(k, u, e->name, scope_text(s, e->link), &meta);
	case TAR_HARDLINK:
		r = tar_name(k, s, e->link, &from);
		return r < 0 ? r : unpack_link(k, u, from, e->name);
	default:
		return fail(k, KML_BAD, "a device or a pipe among headers");
	}
}

static int headers_entries(struct kml *k, struct scope *s, struct unpack *u, struct reader *in)
{
	struct scope *t = scope_begin(s);
	struct tar tar = { .in = in };
	struct tar_entry e;
	uint64_t left = HEADERS_MOST;
	int r;

	while ((r = tar_next(k, t, &tar, &e)) > 0) {
		if (e.size > left)
			return fail(k, KML_BAD, "unpacks to more than %llu bytes", HEADERS_MOST);
		left -= e.size;
		if (e.name.n && (r = headers_entry(k, t, u, &tar, &e)) < 0)
			return fail_in(k, r, "%.*s", FMT(e.name));
		scope_clear(t);
	}
	return r;
}

/* Unpack the archive to the directory `to`. */
static int headers_open(struct kml *k, struct scope *s, const char *path, const char *to)
{
	struct place file = { 0 };
	struct reader packed = { place_next, &file }, in;
	char head[CODEC_MAGIC];
	struct unpack u;
	size_t got;
	int r;

	if ((r = snapshot_remove(k, s, to)) < 0)
		return r;
	if ((r = sys_open_file(k, s, path, 0, &file.fd, &file.left)) < 0 ||
	    (r = place_read(k, file.fd, 0, head, sizeof head, &got)) < 0 ||
	    (r = codec_reader(k, s, codec_of((struct str){ head, got }), &packed, &in)) < 0 ||
	    (r = unpack_begin(k, s, to, &u)) < 0)
		return fail_in(k, r, "%s", path);
	r = snapshot_show(k, s, &u, headers_entries(k, s, &u, &in));
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

/* Where in the unpacked archive the headers are: where a bundle says, or in the one
 * directory of the one directory... */
static int headers_within(struct kml *k, struct scope *s, const char *kernel, const char **dir)
{
	struct sys_entry *v;
	struct str text, name;
	size_t n = 0;
	int r = sys_read_file(k, s, scope_format(s, "%s/BUNDLE_UNAME", *dir), &text);

	if (r == 0 && (r = headers_differ(k, str_trim(text), kernel)) < 0)
		return r;
	r = sys_read_file(k, s, scope_format(s, "%s/BUNDLE_BUILD_DIR", *dir), &text);
	if (r == 0) {
		for (text = str_trim(text); str_starts(text, S("/"));)
			text = str_from(text, 1);
		r = text.n ? tar_name(k, s, text, &name) : 0;
		while (r == 0 && text.n && name.n) {
			struct str part = str_take(&name, '/');

			*dir = scope_format(s, "%s/%.*s", *dir, FMT(part));
			if (sys_readlink(k, s, *dir, &text) == 0)
				r = fail(k, KML_BAD, "%s is a link", *dir);
		}
		return r < 0 ? fail_in(k, r, "BUNDLE_BUILD_DIR") : 0;
	}
	while (!sys_exists(k, s, scope_format(s, "%s/" HEADERS_RELEASE, *dir)) &&
	       (r = sys_list(k, s, *dir, &v, &n)) == 0 && n == 1 && v->type == DT_DIR)
		*dir = scope_format(s, "%s/%s", *dir, v->name);
	return r == KML_NOTFOUND ? 0 : r;
}

/* Let the headers of an archive be below `to`. */
static int headers_unpack(struct kml *k, struct scope *s, const char *kernel, const char *to,
                          struct headers *h)
{
	const char *dir = to;
	int r;

	if ((r = headers_open(k, s, h->path, to)) < 0)
		return r;
	if ((r = headers_within(k, s, kernel, &dir)) < 0 || (r = headers_check(k, s, dir, kernel)) < 0)
		return fail_in(k, r, "%s", h->path);
	h->dir = dir;
	return 0;
}

#endif
