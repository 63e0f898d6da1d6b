#define KML_TEST
#include "../../src/image/extract.c"
#include "../../src/image/folder.c"
#include "../../src/image/layer.c"
#include "../test.h"

#define DIR "build/unit-extract"

static struct image_platform any;
static const char *from_dir = DIR "/from";

static int memory_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct str *left = arg;

	(void)k;
	*got = left->n < n ? left->n : n;
	if (*got)
		memcpy(p, left->p, *got);
	*left = str_from(*left, *got);
	return 0;
}

static void add(struct buf *b, const char *name, enum tar_type type, unsigned mode,
                const char *text)
{
	struct tar_entry e = { .name = str_of(name), .type = type, .mode = mode, .mtime = 1000 };

	if (type == TAR_FILE)
		e.size = strlen(text);
	else
		e.link = str_of(text);
	tar_put_entry(b, b->s, &e);
	buf_add(b, (struct str){ text, (size_t)e.size });
	buf_add(b, (struct str){ tar_zeros, tar_padding(e.size) });
}

/* An image "t" of two layers, given as archives without an end. */
static int make(struct kml *k, struct scope *s, struct buf *layers)
{
	struct descriptor blobs[2] = { 0 }, d = { .type = DESCRIPTOR_MANIFEST };
	struct manifest m = { .layers = blobs, .nlayers = 2 };
	struct buf b = { .s = s };
	struct scope *locked = scope_begin(s);
	struct layout l;
	int r = layout_create(k, locked, from_dir, &l);

	buf_add(&b, S("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":"
	              "{\"type\":\"layers\",\"diff_ids\":["));
	for (int i = 0; r == 0 && i < 2; i++) {
		struct str bytes = buf_str(&layers[i]);
		struct reader in = { memory_read, &bytes };
		struct layer layer;

		r = layer_write(k, s, &l, &in, &layer);
		blobs[i] = layer.blob;
		if (r == 0)
			emit_text(&b, layer.diff_id);
	}
	buf_add(&b, S("]}}"));
	m.config.type = DESCRIPTOR_CONFIG;
	if (r == 0)
		r = layout_put(k, s, &l, buf_str(&b), &m.config);
	b.n = 0;
	if (r == 0)
		manifest_write(&b, &m, NULL, 0);
	if (r == 0 && (r = layout_put(k, s, &l, buf_str(&b), &d)) == 0)
		r = layout_tag(k, s, &l, S("t"), &d);
	scope_end(locked);
	return r;
}

static int unpack(struct kml *k, struct scope *s, const char *dir, const char *const *paths)
{
	struct extract_options o = { .paths = paths, .most = 1 << 20 };
	struct store from;
	struct image image;
	struct extract x;
	int r;

	while (paths && paths[o.npaths])
		o.npaths++;
	if ((r = folder_open(k, s, from_dir, &from)) < 0 ||
	    (r = image_open(k, s, &from, S("t"), &any, &image)) < 0)
		return r;
	return extract_image(k, s, &image, &o, dir, &x);
}

static bool holds(struct kml *k, struct scope *s, const char *path, const char *text)
{
	struct str is;

	return sys_read_file(k, s, path, &is) == 0 && str_eq(is, str_of(text));
}

static void clean(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	if (fd >= 0) {
		unpack_empty(fd, 0);
		close(fd);
		rmdir(dir);
	}
}

/* Does the layer fail, and leave nothing? */
static bool refused(struct kml *k, struct scope *s, struct buf *v)
{
	struct sys_entry *e;
	size_t n;

	bool ok;

	clean(DIR "/no");
	from_dir = DIR "/bad";
	ok = make(k, s, v) == 0 && unpack(k, s, DIR "/no", NULL) == KML_BAD &&
	     sys_list(k, s, DIR "/no", &e, &n) == KML_NOTFOUND;
	from_dir = DIR "/from";
	return ok;
}

TESTS
	struct buf v[2] = { { .s = s }, { .s = s } };
	struct stat st, other;
	bool plain = test_fail_at < 0 && test_sys_at < 0;       /* compressing 2,000 times takes minutes */

	clean(DIR "/to");
	TEST("what upper layers delete or replace is not there") {
		add(&v[0], "a", TAR_DIR, 0700, "");
		add(&v[0], "a/one", TAR_FILE, 0640, "1");
		add(&v[0], "a/two", TAR_FILE, 04755, "2");
		add(&v[0], "a/link", TAR_HARDLINK, 0644, "a/two");
		add(&v[0], "a/again", TAR_HARDLINK, 0644, "a/link");
		add(&v[0], "b", TAR_DIR, 0500, "");
		add(&v[0], "b/old", TAR_FILE, 0644, "old");
		add(&v[0], "c", TAR_SYMLINK, 0777, "/etc");
		add(&v[1], "a/.wh.two", TAR_FILE, 0, "");
		add(&v[1], "b/new", TAR_FILE, 0644, "new");
		add(&v[1], "b/.wh..wh..opq", TAR_FILE, 0, "");
		CHECK((!plain || make(k, s, v) == 0) && unpack(k, s, DIR "/to", NULL) == 0);
		CHECK(holds(k, s, DIR "/to/a/one", "1") && holds(k, s, DIR "/to/b/new", "new"));
		CHECK(!sys_exists(k, s, DIR "/to/a/two") && !sys_exists(k, s, DIR "/to/b/old"));
		CHECK(!sys_exists(k, s, DIR "/to/" UNPACK_TEMP));
	}
	TEST("names of one file are that, though its first is gone; set-id bits are, too") {
		CHECK(sys_stat(k, s, DIR "/to/a/link", O_NOFOLLOW, &st) == 0);
		CHECK(sys_stat(k, s, DIR "/to/a/again", O_NOFOLLOW, &other) == 0);
		CHECK(st.st_ino == other.st_ino && st.st_size == 1 && (st.st_mode & 07777) == 0755);
	}
	TEST("modes and times are those of the image, of directories too") {
		CHECK(sys_stat(k, s, DIR "/to/a", 0, &st) == 0 && (st.st_mode & 07777) == 0700);
		CHECK(st.st_mtime == 1000);
		CHECK(sys_stat(k, s, DIR "/to/b", 0, &st) == 0 && (st.st_mode & 07777) == 0500);
		CHECK(sys_stat(k, s, DIR "/to/c", O_NOFOLLOW, &st) == 0 && S_ISLNK(st.st_mode));
		CHECK(st.st_mtime == 1000);
	}
	if (!plain)
		return clean(DIR "/to"), 0;
	TEST("only what is asked for comes, and it must be there") {
		clean(DIR "/part");
		CHECK(unpack(k, s, DIR "/part", (const char *const[]){ "/a/one", "b/", NULL }) == 0);
		CHECK(holds(k, s, DIR "/part/a/one", "1") && holds(k, s, DIR "/part/b/new", "new"));
		CHECK(!sys_exists(k, s, DIR "/part/a/link"));
		CHECK(sys_stat(k, s, DIR "/part/a", 0, &st) == 0 && (st.st_mode & 07777) == 0700);
		clean(DIR "/none");
		CHECK(unpack(k, s, DIR "/none", (const char *const[]){ "a/two", NULL }) == KML_NOTFOUND);
		CHECK(!sys_exists(k, s, DIR "/none"));
		CHECK(unpack(k, s, DIR "/none", (const char *const[]){ "../x", NULL }) == KML_USAGE);
	}
	TEST("what was there stays, is replaced as files are, and no link is followed") {
		clean(DIR "/old/a");
		clean(DIR "/old");
		CHECK(save_mkdirs(k, s, DIR "/old/a") == 0);
		CHECK(save_file(k, s, DIR "/old/a/mine", S("mine")) == 0);
		CHECK(save_file(k, s, DIR "/old/a/one", S("mine")) == 0);
		CHECK(unpack(k, s, DIR "/old", NULL) == 0);
		CHECK(holds(k, s, DIR "/old/a/mine", "mine") && holds(k, s, DIR "/old/a/one", "1"));
		clean(DIR "/old");
		CHECK(save_mkdirs(k, s, DIR "/old") == 0 && symlink("../to", DIR "/old/a") == 0);
		CHECK(unpack(k, s, DIR "/old", NULL) == KML_FAIL);
		CHECK(!sys_exists(k, s, DIR "/old/b") && !sys_exists(k, s, DIR "/old/" UNPACK_TEMP));
		clean(DIR "/old");
	}
	TEST("what leads out, is there twice or is a device leaves nothing") {
		v[1].n = 0;
		add(&v[1], "c/passwd", TAR_FILE, 0644, "x");
		CHECK(refused(k, s, v));
		v[1].n = 0;
		add(&v[1], "d", TAR_SYMLINK, 0777, "../../x");
		CHECK(refused(k, s, v));
		v[1].n = 0;
		add(&v[1], "d", TAR_HARDLINK, 0644, "b/old");
		CHECK(refused(k, s, v));
		v[1].n = 0;
		add(&v[1], "d", TAR_CHAR, 0644, "");
		CHECK(refused(k, s, v));
		v[1].n = 0;
		add(&v[1], "d", TAR_FILE, 0644, "x");
		add(&v[1], "d", TAR_FILE, 0644, "x");
		CHECK(refused(k, s, v));
	}
	clean(DIR "/no");
	clean(DIR "/to");
	clean(DIR "/part");
TESTS_END
