#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/ground/kernel.c"

/* A kernel that answers what it is told to, and remembers what it was asked. */
static int finit_says, finit_flags, finits, inits;
static char init_image[16];

static int finit(int fd, const char *params, int flags)
{
	(void)fd, (void)params;
	finits++;
	finit_flags = flags;
	return finit_says;
}

static int init(struct str image, const char *params)
{
	(void)params;
	inits++;
	snprintf(init_image, sizeof init_image, "%.*s", FMT(image));
	return 0;
}

#define kernel_finit finit
#define kernel_init init
#include "../../src/module/loader.c"
#include "../test.h"

/* The smallest module with the sections that forcing changes: names, .modinfo,
 * __versions.  Returns where the flags of the latter are. */
static size_t module(struct scope *s, bool wide, bool big, struct str *out)
{
	static const char names[] = "\0.modinfo\0__versions";
	static const char info[] = "license=GPL\0vermagic=5.0 SMP\0name=x";
	size_t head = wide ? 64 : 52, entry = wide ? 64 : 40, at = 128, heads = 256, flags;
	char *p = scope_alloc(s, heads + 4 * entry);
	const struct { size_t name, offset, size; } sections[] = {
		{ 0, 0, 0 }, { 0, at, sizeof names }, { 1, at + 32, sizeof info },
		{ 10, at, 4 },
	};

	memcpy(p, "\177ELF", 4);
	p[4] = wide ? 2 : 1;
	p[5] = big ? 2 : 1;
#define PUT(where, value, n) do { \
	for (size_t i_ = 0; i_ < (n); i_++) \
		p[(where) + (big ? (n) - 1 - i_ : i_)] = (char)((uint64_t)(value) >> 8 * i_); \
} while (0)
	PUT(wide ? 40u : 32u, heads, wide ? 8u : 4u);
	PUT(head - 6, entry, 2u);
	PUT(head - 4, 4, 2u);
	PUT(head - 2, 1, 2u);
	memcpy(p + at, names, sizeof names);
	memcpy(p + at + 32, info, sizeof info);
	for (size_t i = 1; i < 4; i++) {
		size_t h = heads + i * entry;

		PUT(h, sections[i].name, 4u);
		PUT(h + 4, 1, 4u);
		PUT(h + 8, 3, wide ? 8u : 4u);
		PUT(h + (wide ? 24 : 16), sections[i].offset, wide ? 8u : 4u);
		PUT(h + (wide ? 32 : 20), sections[i].size, wide ? 8u : 4u);
	}
#undef PUT
	*out = (struct str){ p, heads + 4 * entry };
	flags = heads + 3 * entry + 8;
	return big ? flags + (wide ? 7 : 3) : flags;
}

/* "kml test" in all ways: xz as the kernel's build makes it, with CRC64, SHA-256, and a
 * dictionary of 64 MiB; zstd as usual; gzip. */
static const char xz[] = "\xfd\x37\x7a\x58\x5a\x00\x00\x01\x69\x22\xde\x36\x02\x00\x21\x01\x10\x00\x00\x00\xa8\x70"
	"\x8e\x86\x01\x00\x07\x6b\x6d\x6c\x20\x74\x65\x73\x74\x00\x94\x0f\x0e\x45\x00\x01\x1c\x08"
	"\x44\x60\x2a\xc8\x90\x42\x99\x0d\x01\x00\x00\x00\x00\x01\x59\x5a", xz_crc64[] = "\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f"
	"\xe5\xa3\x01\x00\x07\x6b\x6d\x6c\x20\x74\x65\x73\x74\x00\xe9\xab\xaa\x2b\xa7\x54\x7c\xcd"
	"\x00\x01\x20\x08\xbb\x19\xd9\xbb\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a", xz_sha[] = "\xfd\x37\x7a\x58\x5a\x00\x00\x0a\xe1\xfb\x0c\xa1\x02\x00\x21\x01\x10\x00\x00\x00\xa8\x70"
	"\x8e\x86\x01\x00\x07\x6b\x6d\x6c\x20\x74\x65\x73\x74\x00\x70\x32\x49\x3c\x59\x1e\xb7\x51"
	"\x3f\x5a\x48\xef\x75\xa8\x54\x98\xb3\x6d\x73\x14\xfb\x4a\x6c\xb1\x78\xca\x27\x7d\xad\xf5"
	"\x05\xdb\x00\x01\x38\x08\xe2\x81\xc2\x39\x18\x9b\x4b\x9a\x01\x00\x00\x00\x00\x0a\x59\x5a", xz_dict[] = "\xfd\x37\x7a\x58\x5a\x00\x00\x01\x69\x22\xde\x36\x02\x00\x21\x01\x1c\x00\x00\x00\x10\xcf"
	"\x58\xcc\x01\x00\x07\x6b\x6d\x6c\x20\x74\x65\x73\x74\x00\x94\x0f\x0e\x45\x00\x01\x1c\x08"
	"\x44\x60\x2a\xc8\x90\x42\x99\x0d\x01\x00\x00\x00\x00\x01\x59\x5a", zst[] = "\x28\xb5\x2f\xfd\x24\x08\x41\x00\x00\x6b\x6d\x6c\x20\x74\x65\x73\x74\x44\x35\xa4\x9e", gz[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\xce\xcd\x51\x28\x49\x2d\x2e\x01\x00\x94\x0f"
	"\x0e\x45\x08\x00\x00\x00";
/* The start of zstd frames: a window of 256 MiB; a dictionary; and a gzip header with more. */
static const char zst_wide[] = "\x28\xb5\x2f\xfd\x04\x90", zst_dict[] = "\x28\xb5\x2f\xfd\x05\x48\x07\x01",
	gz_more[] = "\x1f\x8b\x08\x04\x00\x00";

#define BYTES(x) ((struct str){ x, sizeof x - 1 })

/* Load `file` when the kernel's own way is `kind` and it would say `says`. */
static int try(struct kml *k, struct scope *s, const char *kind, struct str file, int says,
               int *verdict)
{
	int r;

	finits = inits = 0;
	init_image[0] = '\0';
	finit_says = says;
	if (save_file(k, s, "/sys/module/compression", str_of(kind)) < 0 ||
	    save_file(k, s, "/x.ko", file) < 0)
		return 1;
	r = loader_insert_path(k, s, "/x.ko", "", 0, verdict);
	return r;
}

static bool decoded(void) { return inits == 1 && !strcmp(init_image, "kml test"); }

static bool has(struct str image, const char *text)
{
	return memmem(image.p, image.n, text, strlen(text));
}

TESTS
	struct str image;
	int verdict;
	size_t flags;

	TEST("forcing takes out the two things a kernel compares, and nothing else") {
		for (int kind = 0; kind < 4; kind++) {
			flags = module(s, kind & 1, kind & 2, &image);
			CHECK(image.p[flags] == 3 && has(image, "vermagic="));
			CHECK(loader_strip(k, s, (char *)image.p, image.n, LOADER_FORCE_VERSIONS) == 0);
			CHECK(image.p[flags] == 1 && has(image, "vermagic="));
			CHECK(loader_strip(k, s, (char *)image.p, image.n, LOADER_FORCE_VERMAGIC) == 0);
			CHECK(!has(image, "vermagic") && !has(image, "SMP"));
			CHECK(has(image, "license=GPL") && has(image, "name=x"));
		}
		CHECK(loader_strip(k, s, scope_alloc(s, 64), 64, LOADER_FORCE) == KML_BAD);
	}
	TEST("a missing file is no verdict of the kernel, a tiny one is") {
		CHECK(loader_insert_path(k, s, "/no/such.ko", "", 0, &verdict) == KML_NOTFOUND);
		CHECK(!verdict && !strcmp(k->msg, "/no/such.ko: No such file or directory"));
		CHECK(save_mkdirs(k, s, "build") == 0);
		CHECK(save_file(k, s, "build/unit-loader.ko", S("tiny")) == 0);
		CHECK(loader_insert_path(k, s, "build/unit-loader.ko", "", 0, &verdict) == KML_FAIL);
		CHECK(verdict == EINVAL);
	}
	TEST("the kernel's way of compression") {
		CHECK(save_mkdirs(k, s, "build/unit-loader/sys/module") == 0);
		k->root = "build/unit-loader";
		CHECK(save_file(k, s, "/sys/module/compression", S("xz\n")) == 0);
		CHECK(loader_kernel_codec(k, s) == CODEC_XZ);
		CHECK(save_file(k, s, "/sys/module/compression", S("gzip\n")) == 0);
		CHECK(loader_kernel_codec(k, s) == CODEC_GZIP);
		CHECK(save_file(k, s, "/sys/module/compression", S("none\n")) == 0);
		CHECK(loader_kernel_codec(k, s) == CODEC_NONE);
		k->root = "build";
		CHECK(loader_kernel_codec(k, s) == CODEC_NONE);
		k->root = NULL;
	}
	k->root = "build/unit-loader";
	TEST("the kernel decodes what it can, the rest is decoded here") {
		CHECK(try(k, s, "xz", BYTES(xz), 0, &verdict) == 0);
		CHECK(finits == 1 && !inits && finit_flags == KERNEL_COMPRESSED_FILE);
		CHECK(try(k, s, "xz", S("no ELF"), 0, &verdict) == 0);
		CHECK(finits == 1 && !inits && !finit_flags);
		CHECK(try(k, s, "xz", BYTES(zst), 0, &verdict) == 0 && !finits && decoded());
		CHECK(try(k, s, "zstd", BYTES(zst), 0, &verdict) == 0 && finits == 1 && !inits);
		CHECK(try(k, s, "gzip", BYTES(gz), 0, &verdict) == 0 && finits == 1 && !inits);
		CHECK(try(k, s, "zstd", BYTES(gz), 0, &verdict) == 0 && !finits && decoded());
		CHECK(try(k, s, "none", BYTES(xz), 0, &verdict) == 0 && !finits && decoded());
	}
	TEST("what its decoder cannot know, or has no memory for, is not offered to it") {
		CHECK(try(k, s, "xz", BYTES(xz_dict), 0, &verdict) == 0 && !finits && decoded());
		CHECK(try(k, s, "xz", BYTES(xz_crc64), 0, &verdict) == 0 && !finits && decoded());
		CHECK(try(k, s, "xz", BYTES(xz_sha), 0, &verdict) == 0 && !finits && decoded());
		CHECK(try(k, s, "zstd", BYTES(zst_wide), 0, &verdict) == KML_BAD && !finits);
		CHECK(try(k, s, "zstd", BYTES(zst_dict), 0, &verdict) == KML_BAD && !finits);
		CHECK(try(k, s, "gzip", BYTES(gz_more), 0, &verdict) == KML_BAD && !finits);
		CHECK(!inits && !verdict);
	}
	TEST("a kernel that has no decoder, an incomplete one, or no such call at all") {
		CHECK(try(k, s, "xz", BYTES(xz), -EINVAL, &verdict) == 0 && decoded());
		CHECK(try(k, s, "xz", BYTES(xz), -EOPNOTSUPP, &verdict) == 0 && decoded());
		CHECK(try(k, s, "xz", BYTES(xz), -ENOSYS, &verdict) == 0 && decoded());
		CHECK(try(k, s, "xz", S("no ELF"), -ENOSYS, &verdict) == 0 && inits == 1);
	}
	TEST("a module that is refused itself is not tried again") {
		CHECK(try(k, s, "xz", BYTES(xz), -ENODEV, &verdict) == KML_FAIL);
		CHECK(finits == 1 && !inits && verdict == ENODEV);
		CHECK(try(k, s, "zstd", BYTES(zst), -ENOMEM, &verdict) == KML_FAIL && !inits);
		CHECK(try(k, s, "xz", BYTES(xz), -ENOEXEC, &verdict) == KML_FAIL && !inits);
		CHECK(try(k, s, "xz", S("no ELF"), -EINVAL, &verdict) == KML_FAIL && !inits);
		CHECK(try(k, s, "xz", S("no ELF"), -EOPNOTSUPP, &verdict) == KML_FAIL && !inits);
	}
	TEST("what nobody can decode gets the kernel's answer") {
		CHECK(try(k, s, "xz", (struct str){ xz, 40 }, -EOPNOTSUPP, &verdict) == KML_FAIL);
		CHECK(finits == 1 && !inits && verdict == EOPNOTSUPP);
		CHECK(try(k, s, "xz", (struct str){ xz, 40 }, -EINVAL, &verdict) == KML_FAIL);
		CHECK(finits == 1 && !inits && verdict == EINVAL);
		CHECK(try(k, s, "xz", (struct str){ xz, 40 }, -EOPNOTSUPP, &verdict) == KML_FAIL);
		CHECK(!strcmp(k->msg, "Operation not supported"));
		CHECK(try(k, s, "gzip", (struct str){ xz_dict, 40 }, 0, &verdict) == KML_BAD);
		CHECK(!finits && !verdict && !strcmp(k->msg, "/x.ko: xz data is cut short"));
	}
	k->root = NULL;
	TEST("verdicts in the words of modprobe and of insmod") {
		CHECK(!strcmp(loader_text(EEXIST), "Module already in kernel"));
		CHECK(!strcmp(loader_text(ENOEXEC), "Exec format error"));
		CHECK(!strcmp(loader_text(EBUSY), "Device or resource busy"));
		CHECK(!strcmp(loader_text_insmod(ENOEXEC), "Invalid module format"));
		CHECK(!strcmp(loader_text_insmod(EEXIST), "File exists"));
	}
TESTS_END
