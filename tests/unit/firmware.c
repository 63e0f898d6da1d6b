#define KML_TEST
#include "../../src/site/firmware.c"
#include "../test.h"

#define ROOT "build/unit-firmware"

static struct layer_file made(const char *name, enum tar_type type, const char *what)
{
	struct layer_file f = { .name = str_of(name), .type = type };

	*(type == TAR_FILE ? &f.data : &f.link) = str_of(what);
	return f;
}

static struct str param(struct kml *k, struct scope *s)
{
	struct str dir = { 0 };

	CHECK(firmware_path(k, s, &dir) == 0);
	return dir;
}

TESTS
	struct layer_file files[] = {
		made("fw", TAR_DIR, ""), made("fw/alias.bin", TAR_SYMLINK, "v/../v/./chip.bin"),
		made("fw/v", TAR_DIR, ""), made("fw/v/chip.bin", TAR_FILE, "microcode"),
	}, bad[] = { made("fw/x", TAR_SYMLINK, "../../etc/passwd") };
	struct state st = { .name = "one", .kernel = "6", .image = "i", .digest = "d" };
	struct state other = { .name = "two", .kernel = "6", .image = "i", .digest = "d" };
	struct firmware fw;
	struct str text;

	k->root = ROOT;
	CHECK(save_mkdirs(k, s, ROOT "/sys/module/firmware_class/parameters") == 0);
	CHECK(save_mkdirs(k, s, ROOT "/run/kml") == 0 && save_mkdirs(k, s, ROOT "/fw/v") == 0);
	(void)state_forget(k, s, "two");
	(void)state_forget(k, s, "one");
	(void)save_remove(k, s, "/my/alias.bin");
	(void)save_remove(k, s, "/my/v/chip.bin");
	(void)save_remove(k, s, "/fw/alias.bin");
	(void)save_remove(k, s, "/run/kml/firmware/alias.bin");
	(void)save_remove(k, s, "/run/kml/firmware/v/chip.bin");
	CHECK(save_file(k, s, ROOT FIRMWARE_PARAM, S("\n")) == 0);
	TEST("files and links go where the kernel is shown, and away again") {
		CHECK(firmware_plan(k, s, files, 4, S("fw"), NULL, &fw, &st) == 0);
		CHECK(fw.n == 2 && fw.point && !strcmp(fw.point, FIRMWARE_DIR) && st.firmware.n == 2);
		CHECK(firmware_install(k, s, &fw) == 0);
		CHECK(sys_read_file(k, s, "/run/kml/firmware/alias.bin", &text) == 0);
		CHECK(str_eq(text, S("microcode")) && str_eq(param(k, s), S(FIRMWARE_DIR)));
		CHECK(firmware_remove(k, s, &st) == 0 && !param(k, s).n);
		CHECK(!sys_exists(k, s, "/run/kml/firmware/alias.bin"));
		CHECK(firmware_remove(k, s, &st) == 0);
	}
	TEST("what another set has too stays for it") {
		state_add(s, &other.firmware, "/run/kml/firmware/v/chip.bin");
		CHECK(state_write(k, s, &other) == 0 && firmware_install(k, s, &fw) == 0);
		CHECK(firmware_remove(k, s, &st) == 0);
		CHECK(sys_exists(k, s, "/run/kml/firmware/v/chip.bin"));
		CHECK(str_eq(param(k, s), S(FIRMWARE_DIR)) && state_forget(k, s, "two") == 0);
	}
	TEST("a file of the administrator's is neither replaced nor removed") {
		CHECK(save_file(k, s, ROOT FIRMWARE_PARAM, S("/fw\n")) == 0);
		CHECK(save_file(k, s, ROOT "/fw/v/chip.bin", S("another")) == 0);
		st.firmware.n = 0;
		CHECK(firmware_plan(k, s, files, 4, S("fw"), NULL, &fw, &st) == KML_FAIL);
		CHECK(!strcmp(k->msg, "firmware /fw/v/chip.bin is there already, with another content"));
		CHECK(save_file(k, s, ROOT "/fw/v/chip.bin", S("microcode")) == 0);
		st.firmware.n = 0;
		CHECK(firmware_plan(k, s, files, 4, S("fw"), NULL, &fw, &st) == 0 && st.firmware.n == 1);
		CHECK(firmware_install(k, s, &fw) == 0 && firmware_remove(k, s, &st) == 0);
		CHECK(sys_exists(k, s, "/fw/v/chip.bin") && !sys_exists(k, s, "/fw/alias.bin"));
	}
	TEST("the kernel is pointed elsewhere when that is wanted, and back") {
		st = (struct state){ .name = "one", .kernel = "6", .image = "i", .digest = "d" };
		CHECK(firmware_plan(k, s, files, 4, S("fw"), "/my", &fw, &st) == 0);
		CHECK(fw.n == 2 && !strcmp(st.was, "/fw") && firmware_install(k, s, &fw) == 0);
		CHECK(str_eq(param(k, s), S("/my")) && sys_exists(k, s, "/my/v/chip.bin"));
		CHECK(state_write(k, s, &st) == 0);
		st.name = "three";
		CHECK(firmware_plan(k, s, files, 4, S("fw"), "/other", &fw, &st) == KML_USAGE);
		CHECK(firmware_plan(k, s, files, 4, S("fw"), NULL, &fw, &st) == 0 && !fw.point);
		CHECK(st.path && !strcmp(st.path, "/my") && st.was && !strcmp(st.was, "/fw"));
		CHECK(state_forget(k, s, "one") == 0 && firmware_remove(k, s, &st) == 0);
		CHECK(str_eq(param(k, s), S("/fw")) && !sys_exists(k, s, "/my/v/chip.bin"));
	}
	TEST("what other sets have that cannot be read is passed over") {
		CHECK(save_file(k, s, STATE_DIR "/bad.state", S("nonsense\n")) == 0);
		(void)symlink("nowhere", ROOT STATE_DIR "/z.state");
		CHECK(firmware_plan(k, s, files, 4, S("fw"), NULL, &fw, &st) == 0);
		CHECK(save_remove(k, s, STATE_DIR "/bad.state") == 0);
		CHECK(unlink(ROOT STATE_DIR "/z.state") == 0);
	}
	TEST("a file that is called as those that save_file() writes first is refused") {
		struct layer_file twin = made("fw/v/.chip.bin.kml", TAR_FILE, "x");

		CHECK(firmware_plan(k, s, &twin, 1, S("fw"), NULL, &fw, &st) == KML_BAD);
		CHECK(!strcmp(k->msg, "firmware v/.chip.bin.kml: kml writes its own files under such "
		              "names; rename it"));
	}
	TEST("a link to a directory has the files in it, and one of the image's root is found") {
		struct layer_file links[] = {
			made("fw/a", TAR_SYMLINK, "/fw/v/chip.bin"), made("fw/d", TAR_SYMLINK, "./v/."),
			made("fw/v/chip.bin", TAR_FILE, "microcode"), made("fw/v/s/x", TAR_FILE, "x"),
		}, round[] = { made("fw/a", TAR_SYMLINK, "."), made("fw/b", TAR_FILE, "b") };

		CHECK(firmware_plan(k, s, links, 4, S("fw"), "/linked", &fw, &st) == 0 && fw.n == 5);
		CHECK(!strcmp(fw.files[0].path, "/linked/a") &&
		      str_eq(fw.files[0].data, S("microcode")));
		CHECK(!strcmp(fw.files[1].path, "/linked/d/chip.bin") &&
		      !strcmp(fw.files[2].path, "/linked/d/s/x") && str_eq(fw.files[2].data, S("x")));
		CHECK(firmware_plan(k, s, round, 2, S("fw"), "/linked", &fw, &st) == KML_BAD);
		CHECK(!strcmp(k->msg, "fw/a: links to directories lead in a circle, or to too many "
		              "files"));
	}
	TEST("a link out of the firmware is refused") {
		CHECK(firmware_plan(k, s, bad, 1, S("fw"), NULL, &fw, &st) == KML_BAD);
		CHECK(!strcmp(k->msg, "fw/x: the link leads to no file of the firmware"));
	}
	k->root = NULL;
TESTS_END
