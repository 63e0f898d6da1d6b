#define KML_TEST
#include "../../src/site/snapshot.c"
#include "../test.h"

#define DIR "build/unit-snapshot"

static bool digest(struct kml *k, struct scope *s, const char *dir, struct str *out)
{
	struct snapshot x = { .without = DIR "/from/work" };

	return snapshot_digest(k, s, &x, dir, out) == 0;
}

static bool differs(struct kml *k, struct scope *s, struct str before)
{
	struct str now;

	CHECK(digest(k, s, DIR "/from", &now));
	return !str_eq(now, before);
}

static void fill(struct kml *k, struct scope *s)
{
	CHECK(snapshot_remove(k, s, DIR) == 0 && save_mkdirs(k, s, DIR "/from/sub/deep") == 0);
	CHECK(save_mkdirs(k, s, DIR "/from/work") == 0);
	CHECK(save_file(k, s, DIR "/from/a", S("text")) == 0);
	CHECK(save_file(k, s, DIR "/from/sub/run", S("#!")) == 0);
	CHECK(save_file(k, s, DIR "/from/work/log", S("x")) == 0);
	CHECK(chmod(DIR "/from/sub/run", 0700) == 0 && symlink("../a", DIR "/from/sub/link") == 0);
}

static void copies(struct kml *k, struct scope *s)
{
	struct snapshot x = { .without = DIR "/from/work" };
	struct str one, two, text;
	struct stat st;

	TEST("a copy has what is there, but for what is left out, and the same digest") {
		CHECK(digest(k, s, DIR "/from", &one));
		CHECK(snapshot_copy(k, s, &x, DIR "/from", DIR "/to", &two) == 0 && str_eq(one, two));
		CHECK(x.n == 2 && digest(k, s, DIR "/to", &two) && str_eq(one, two));
		CHECK(sys_stat(k, s, DIR "/to/sub/run", 0, &st) == 0 && (st.st_mode & 0777) == 0755);
		CHECK(sys_readlink(k, s, DIR "/to/sub/link", &text) == 0 && str_eq(text, S("../a")));
		CHECK(sys_exists(k, s, DIR "/to/sub/deep") && !sys_exists(k, s, DIR "/to/work"));
	}
	TEST("images are no sources") {
		CHECK(save_mkdirs(k, s, DIR "/from/images/blobs") == 0);
		CHECK(save_file(k, s, DIR "/from/images/oci-layout", S("{}")) == 0);
		CHECK(digest(k, s, DIR "/from", &two) && str_eq(one, two));
		CHECK(save_mkdirs(k, s, DIR "/from/begun") == 0 && save_mkdirs(k, s, DIR "/from/marked") == 0);
		CHECK(save_file(k, s, DIR "/from/marked/.oci-layout.kml", S("")) == 0 &&
		      save_file(k, s, DIR "/from/marked/" SAVE_LOCK, S("")) == 0);
		CHECK(digest(k, s, DIR "/from", &two) && str_eq(one, two));
	}
	TEST("what was there before is not there any more") {
		CHECK(save_file(k, s, DIR "/to/old", S("x")) == 0);
		CHECK(snapshot_copy(k, s, &x, DIR "/from", DIR "/to", &two) == 0 && str_eq(one, two));
		CHECK(!sys_exists(k, s, DIR "/to/old") && snapshot_remove(k, s, DIR "/none/x") == 0);
	}
}

/* Those whose faults are those of the others. */
static void more(struct kml *k, struct scope *s)
{
	struct snapshot x = { .modules = true };
	struct timespec past[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct str one, two;
	struct stat st;

	TEST("a digest is of names, contents, links and of who may run it; not of times") {
		CHECK(digest(k, s, DIR "/from", &one) && !differs(k, s, one));
		CHECK(utimensat(AT_FDCWD, DIR "/from/a", past, 0) == 0 && !differs(k, s, one));
		CHECK(save_file(k, s, DIR "/from/a", S("tex")) == 0 && differs(k, s, one));
		CHECK(save_file(k, s, DIR "/from/a", S("text")) == 0 && !differs(k, s, one));
		CHECK(chmod(DIR "/from/a", 0755) == 0 && differs(k, s, one));
		CHECK(chmod(DIR "/from/a", 0600) == 0 && !differs(k, s, one));
		CHECK(rename(DIR "/from/a", DIR "/from/b") == 0 && differs(k, s, one));
		CHECK(rename(DIR "/from/b", DIR "/from/a") == 0 && mkdir(DIR "/from/d", 0755) == 0);
		CHECK(!differs(k, s, one) && rmdir(DIR "/from/d") == 0);
		CHECK(unlink(DIR "/from/sub/link") == 0 && symlink("run", DIR "/from/sub/link") == 0);
		CHECK(differs(k, s, one));
	}
	TEST("a copy keeps times, to the second") {
		CHECK(utimensat(AT_FDCWD, DIR "/from/a", past, 0) == 0);
		CHECK(snapshot_copy(k, s, &(struct snapshot){ 0 }, DIR "/from", DIR "/to", &two) == 0);
		CHECK(sys_stat(k, s, DIR "/to/a", 0, &st) == 0 && st.st_mtime == 1000000000);
	}
	TEST("modules alone, side by side") {
		CHECK(save_file(k, s, DIR "/from/sub/deep/x.ko", S("x")) == 0);
		CHECK(save_file(k, s, DIR "/from/y.ko.xz", S("y")) == 0);
		CHECK(save_file(k, s, DIR "/from/modules.order", S("z")) == 0);
		CHECK(save_file(k, s, DIR "/from/sub/modules.order", S("w")) == 0);
		CHECK(snapshot_copy(k, s, &x, DIR "/from", DIR "/to", &two) == 0 && x.n == 3);
		CHECK(sys_exists(k, s, DIR "/to/x.ko") && sys_exists(k, s, DIR "/to/y.ko.xz"));
		CHECK(sys_exists(k, s, DIR "/to/modules.order") && !sys_exists(k, s, DIR "/to/sub"));
		CHECK(save_file(k, s, DIR "/from/x.ko", S("x")) == 0);
		CHECK(snapshot_copy(k, s, &x, DIR "/from", DIR "/to", &two) == KML_BAD);
		CHECK(strstr(k->msg, "/from/x.ko: the second of this name"));
		CHECK(!sys_exists(k, s, DIR "/to/" UNPACK_TEMP));
	}
	TEST("what leads out, or is no file, is refused") {
		CHECK(symlink("../../x", DIR "/from/sub/up") == 0);
		CHECK(snapshot_digest(k, s, &(struct snapshot){ 0 }, DIR "/from", &one) == KML_USAGE);
		CHECK(strstr(k->msg, "/from/sub/up: the link leads out of the directory"));
		CHECK(unlink(DIR "/from/sub/up") == 0 && symlink("/x", DIR "/from/sub/up") == 0);
		CHECK(snapshot_digest(k, s, &(struct snapshot){ 0 }, DIR "/from", &one) == KML_USAGE);
		CHECK(unlink(DIR "/from/sub/up") == 0 && mkfifo(DIR "/from/pipe", 0600) == 0);
		CHECK(snapshot_digest(k, s, &(struct snapshot){ 0 }, DIR "/from", &one) == KML_BAD);
		CHECK(snapshot_digest(k, s, &(struct snapshot){ 0 }, DIR "/none", &one) == KML_NOTFOUND);
	}
}

TESTS
	static bool once;

	fill(k, s);
	copies(k, s);
	if (once)
		return 0;
	once = true;
	more(k, s);
TESTS_END
