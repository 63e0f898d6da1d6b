#define KML_TEST
#include "../../src/site/initramfs.c"
#include "../test.h"

#define DIR "build/unit-initramfs"
#define TREE DIR "/lib/modules/6.1.0-x"
#define MAGIC "vermagic=6.1.0-x SMP "

/* The smallest module there is: a header, text, two sections. */
static struct str module(struct scope *s, struct str info)
{
	static const char names[] = "\0.modinfo";
	size_t text = 64 + sizeof names, heads = (text + info.n + 7) / 8 * 8;
	char *f = scope_alloc(s, heads + 128);

	memcpy(f, "\177ELF\2\1", 6);
	f[16] = 1, f[18] = 62, f[40] = (char)heads, f[41] = (char)(heads >> 8);
	f[58] = 64, f[60] = 2;
	memcpy(f + 64, names, sizeof names);
	memcpy(f + text, info.p, info.n);
	f[heads + 24] = 64, f[heads + 32] = sizeof names;
	f[heads + 64] = 1, f[heads + 68] = 1;
	f[heads + 88] = (char)text, f[heads + 96] = (char)info.n;
	return (struct str){ f, heads + 128 };
}

/* a needs b softly, may need c later, and names firmware; d is another. */
static int prepare(struct kml *k, struct scope *s)
{
	static const struct { const char *path; struct str info; } modules[] = {
		{ TREE "/a.ko", { "softdep=pre: b\0weakdep=c\0firmware=x.bin\0" MAGIC, 62 } },
		{ TREE "/b.ko", { "alias=bus:b*\0" MAGIC, 34 } },
		{ TREE "/c.ko", { MAGIC, 21 } },
		{ TREE "/d.ko", { MAGIC, 21 } },
	};
	struct depmod_options o = { .base = DIR, .version = "6.1.0-x" };
	struct str out[DEPFILES];
	int r = save_mkdirs(k, s, TREE);

	if (r == 0)
		r = save_mkdirs(k, s, DIR "/lib/firmware");
	for (size_t i = 0; r == 0 && i < countof(modules); i++)
		r = save_file(k, s, modules[i].path, module(s, modules[i].info));
	if (r < 0 || (r = save_file(k, s, DIR "/lib/firmware/x.bin", S("firmware"))) < 0)
		return r;
	return depmod_run(k, s, &o, out);
}

/* The archive of what is asked for, read back. */
static int make(struct kml *k, struct scope *s, const struct initramfs_options *o,
                struct str *out, size_t *n)
{
	struct reader in;
	struct save f;
	int r = initramfs_make(k, s, o, &in, n);

	if (r < 0 || (r = save_begin(k, s, DIR "/out", &f)) < 0 ||
	    (r = initramfs_write(k, s, &in, CODEC_NONE, f.fd)) < 0 || (r = save_done(k, &f)) < 0)
		return r;
	return sys_read_file(k, s, DIR "/out", out);
}

static bool has(struct kml *k, struct str text, const char *name, struct str want)
{
	struct cpio_entry e;
	struct str bytes;

	while (cpio_next(k, &text, &e, &bytes) > 0)
		if (str_eq(e.name, str_of(name)))
			return !want.n || str_eq(bytes, want);
	return false;
}

static bool prepared;

TESTS
	const char *modules[] = { "a" }, *aliases[] = { "bus:bx" };
	struct initramfs_options o = {
		.kernel = "6.1.0-x", .base = DIR, .lib = "usr/lib", .bare = true, .firmware = true,
		.want = { .modules = modules, .nmodules = 1 },
	};
	struct initrd base;
	struct str plain, text;
	size_t n;

	k->jobs = 1;
	if (!prepared)                  /* the first run, in which nothing fails */
		CHECK(prepare(k, s) == 0);
	prepared = true;
	TEST("a module comes with what it needs, now and later, and its firmware") {
		CHECK(make(k, s, &o, &plain, &n) == 0 && n == 3);
		CHECK(has(k, plain, "usr/lib/modules/6.1.0-x/a.ko", S("")));
		CHECK(has(k, plain, "usr/lib/modules/6.1.0-x/b.ko", S("")));
		CHECK(has(k, plain, "usr/lib/modules/6.1.0-x/c.ko", S("")));
		CHECK(!has(k, plain, "usr/lib/modules/6.1.0-x/d.ko", S("")));
		CHECK(has(k, plain, "usr/lib/firmware/x.bin", S("firmware")));
		CHECK(has(k, plain, "usr/lib/modules/6.1.0-x/modules.dep", S("")));
	}
	TEST("what it is appended to is known, and does not go in") {
		CHECK(save_file(k, s, DIR "/base", plain) == 0);
		CHECK(initrd_read(k, s, DIR "/base", "6.1.0-x", &base) == 0 && base.n == 3);
		CHECK(!strcmp(base.v[0].place, "a.ko"));
		o.want.base = &base;
		o.want.nmodules = 0;
		o.want.aliases = aliases;
		o.want.naliases = 1;
		CHECK(make(k, s, &o, &text, &n) == 0 && n == 3);
		while (text.n && !text.p[0])
			text = str_from(text, 1);
		CHECK(!has(k, text, "usr/lib/modules/6.1.0-x/b.ko", S("")));
		CHECK(has(k, text, "usr/lib/modules/6.1.0-x/modules.softdep", S("")));
		o.want.base = NULL;
	}
	TEST("a module that is not there") {
		modules[0] = "none";
		o.want.nmodules = 1;
		CHECK(initramfs_make(k, s, &o, &(struct reader){ 0 }, &n) == KML_NOTFOUND);
	}
TESTS_END
