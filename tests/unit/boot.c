#define KML_TEST
#include "../../src/module/boot.c"
#include "../test.h"

#define DIR_ "build/unit-boot"

static struct boot parse(struct scope *s, const char *text)
{
	struct boot b;

	boot_parse(s, str_of(text), &b);
	return b;
}

/* A machine with a disk of one partition, which holds an ext2. */
static void machine(struct kml *k, struct scope *s)
{
	static const struct { const char *path; struct str text; } files[] = {
		{ DIR_ "/sys/class/block/vda/uevent", { "DEVNAME=vda\n", 12 } },
		{ DIR_ "/sys/class/block/vda/size", { "100\n", 4 } },
		{ DIR_ "/sys/class/block/vda/vda1/uevent", { "DEVNAME=vda1\nPARTNAME=boot me\n", 30 } },
		{ DIR_ "/sys/class/block/vda/vda1/size", { "90\n", 3 } },
		{ DIR_ "/sys/class/block/vda/vda1/partition", { "1\n", 2 } },
		{ DIR_ "/sys/class/block/sr0/uevent", { "DEVNAME=sr0\n", 12 } },
		{ DIR_ "/sys/class/block/sr0/size", { "0\n", 2 } },
	};
	static char disk[2048], part[2048];

	CHECK(save_mkdirs(k, s, DIR_ "/sys/class/block/vda/vda1") == 0);
	CHECK(save_mkdirs(k, s, DIR_ "/sys/class/block/sr0") == 0);
	CHECK(save_mkdirs(k, s, DIR_ "/dev") == 0);
	(void)symlinkat("vda/vda1", AT_FDCWD, DIR_ "/sys/class/block/vda1");
	for (size_t i = 0; i < countof(files); i++)
		CHECK(save_file(k, s, files[i].path, files[i].text) == 0);
	memcpy(disk + 440, "\x01\0\0\0", 4);
	memcpy(disk + 510, "\x55\xaa", 2);
	memcpy(part + 1080, "\x53\xef", 2);
	memcpy(part + 1144, "my root", 7);
	CHECK(save_file(k, s, DIR_ "/dev/vda", (struct str){ disk, sizeof disk }) == 0);
	CHECK(save_file(k, s, DIR_ "/dev/vda1", (struct str){ part, sizeof part }) == 0);
}

static bool finds(struct kml *k, struct scope *s, const char *root)
{
	struct boot b = { .s = s, .root = str_of(root) };
	struct boot_device d;

	return boot_find(k, s, &b, &d) && !strcmp(d.path, "/dev/vda1");
}

static void count(void *arg, enum kml_level level, const char *text)
{
	(void)level;
	(void)text;
	++*(int *)arg;
}

TESTS
	int told = 0;
	struct boot b;

	TEST("a root is mounted read-only, unless that is not wanted") {
		b = parse(s, "quiet root=/dev/vda1 x=y\n");
		CHECK(str_eq(b.root, S("/dev/vda1")) && b.flags == MS_RDONLY && !b.init);
		CHECK(parse(s, "root=/dev/a rw").flags == 0);
		CHECK(parse(s, "rw ro").flags == MS_RDONLY);
	}
	TEST("the last one counts, quotes keep blanks, -- ends it") {
		b = parse(s, "root=/dev/a root=\"LABEL=my root\" \"init=/my init\" -- root=/dev/b");
		CHECK(str_eq(b.root, S("LABEL=my root")));
		CHECK(b.init && !strcmp(b.init, "/my init"));
	}
	TEST("flags are taken from what is for the file system") {
		b = parse(s, "rw rootflags=noatime,subvol=@,nosuid,compress rootfstype=btrfs,ext4");
		CHECK(b.flags == (MS_NOATIME | MS_NOSUID));
		CHECK(str_eq(b.data, S("subvol=@,compress")));
		CHECK(str_eq(b.types, S("btrfs,ext4")));
	}
	TEST("how long is waited") {
		CHECK(parse(s, "").limit == 30000);
		CHECK(parse(s, "rootdelay=5").limit == 5000);
		CHECK(parse(s, "rootwait=7").limit == 7000);
		CHECK(parse(s, "rootwait").limit == UINT64_MAX);
		CHECK(parse(s, "rootdelay=soon").limit == 30000);
		CHECK(parse(s, "rootdelay=99999999999999").limit == UINT64_MAX);
	}
	TEST("a label is shown, not obeyed") {
		CHECK(!strcmp(boot_shown(s, S("a\x1b[2Jb\n\x7f")), "a?[2Jb??"));
	}
	machine(k, s);
	k->root = DIR_;
	TEST("a device is found by what it holds and where it is") {
		CHECK(finds(k, s, "LABEL=my root"));
		CHECK(finds(k, s, "/dev/disk/by-label/my root"));
		CHECK(finds(k, s, "UUID=00000000-0000-0000-0000-000000000000"));
		CHECK(finds(k, s, "PARTUUID=00000001-01"));
		CHECK(finds(k, s, "PARTLABEL=boot me"));
	}
	TEST("others are not") {
		CHECK(!finds(k, s, "LABEL=my"));
		CHECK(!finds(k, s, "LABEL="));
		CHECK(!finds(k, s, "UUID="));
		CHECK(!finds(k, s, "PARTUUID=00000001-02"));
		CHECK(!finds(k, s, "NAME=vda1"));
		CHECK(!finds(k, s, "254:1"));
		CHECK(!finds(k, s, "/dev/vda1"));       /* here it is a file */
	}
	TEST("what is there instead is told, but not a drive with nothing in it") {
		b = parse(s, "root=/dev/sda");
		k->log = count;
		k->log_arg = &told;
		CHECK(boot_missing(k, s, &b) == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "root=/dev/sda has not appeared within 30 s"));
		CHECK(told == 2);
	}
TESTS_END
