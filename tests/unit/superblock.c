#define KML_TEST
#include "../../src/format/superblock.c"
#include "../test.h"

static char disk[SUPERBLOCK_SIZE];

static void put(size_t at, struct str t) { memcpy(disk + at, t.p, t.n); }

static bool is(const char *type, const char *uuid, const char *label)
{
	struct superblock b;
	bool known = superblock_read((struct str){ disk, sizeof disk }, &b);

	return known && !strcmp(b.type, type) && !strcmp(b.uuid, uuid) &&
	       str_eq(b.label, str_of(label));
}

static void clear(void) { memset(disk, 0, sizeof disk); }

static const struct str id = { "\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10", 16 };

#define TEXT "01234567-89ab-cdef-fedc-ba9876543210"

TESTS
	char uuid[SUPERBLOCK_UUID];
	struct superblock b;

	TEST("ext2, and what makes it ext3 and ext4") {
		clear();
		put(1080, S("\x53\xef"));
		put(1024 + 104, id);
		put(1024 + 120, S("my root"));
		CHECK(is("ext2", TEXT, "my root"));
		disk[1024 + 92] = 4;
		CHECK(is("ext3", TEXT, "my root"));
		disk[1024 + 96] = 0x42;
		CHECK(is("ext4", TEXT, "my root"));
	}
	TEST("a label may fill its field") {
		clear();
		put(0, S("XFSB"));
		put(32, id);
		put(108, S("twelve chars, and more"));
		CHECK(is("xfs", TEXT, "twelve chars"));
	}
	TEST("btrfs, at the very end") {
		clear();
		put(0x10040, S("_BHRfS_M"));
		put(0x10020, id);
		CHECK(is("btrfs", TEXT, ""));
	}
	TEST("FAT has a number, and a label with blanks behind it") {
		clear();
		put(82, S("FAT32   "));
		put(67, S("\x78\x56\x34\xab"));
		put(71, S("EFI        "));
		CHECK(is("vfat", "ab34-5678", "EFI"));
	}
	TEST("one without a UUID") {
		clear();
		put(0, S("hsqs"));
		CHECK(is("squashfs", "", ""));
	}
	TEST("nothing, or too little of it") {
		clear();
		CHECK(!superblock_read((struct str){ disk, sizeof disk }, &b));
		put(0, S("XFSB"));
		CHECK(!superblock_read((struct str){ disk, 40 }, &b));
		CHECK(!superblock_read((struct str){ 0 }, &b));
	}
	TEST("a partition of a GPT, with blocks of either size") {
		for (size_t block = 512; block <= 4096; block += 4096 - 512) {
			clear();
			put(block, S("EFI PART"));
			disk[block + 72] = 2;
			disk[block + 80] = 4;
			disk[block + 84] = (char)128;
			put(2 * block + 128 + 16, id);
			superblock_partition((struct str){ disk, sizeof disk }, 2, uuid);
			CHECK(!strcmp(uuid, "67452301-ab89-efcd-fedc-ba9876543210"));
			superblock_partition((struct str){ disk, sizeof disk }, 5, uuid);
			CHECK(!*uuid);
			superblock_partition((struct str){ disk, sizeof disk }, 0, uuid);
			CHECK(!*uuid);
			disk[block + 81] = 4;
			superblock_partition((struct str){ disk, sizeof disk }, 1000, uuid);
			CHECK(!*uuid);
			memset(disk + block + 72, 0xff, 16);
			superblock_partition((struct str){ disk, sizeof disk }, 2, uuid);
			CHECK(!*uuid);
		}
	}
	TEST("a partition of an old table") {
		clear();
		put(440, S("\x78\x56\x34\x12"));
		put(510, S("\x55\xaa"));
		superblock_partition((struct str){ disk, sizeof disk }, 5, uuid);
		CHECK(!strcmp(uuid, "12345678-05"));
	}
TESTS_END
