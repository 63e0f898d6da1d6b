#define KML_TEST
#include "../../src/site/headers.c"
#include "../test.h"

#define DIR "build/unit-headers"

/* An entry of the archive, and its bytes. */
static void add(struct buf *b, char type, const char *name, const char *link, const char *text)
{
	struct tar_entry e = { .name = str_of(name), .link = str_of(link), .type = (enum tar_type)type,
		.mode = 0755, .size = strlen(text), .mtime = 1000000000 };

	tar_put_entry(b, b->s, &e);
	buf_add(b, str_of(text));
	buf_add(b, (struct str){ tar_zeros, tar_padding(e.size) });
}

static int unpack(struct kml *k, struct scope *s, struct buf *b, struct headers *h)
{
	buf_add(b, (struct str){ tar_zeros, sizeof tar_zeros });
	*h = (struct headers){ .path = DIR "/a.tar" };
	if (save_file(k, s, h->path, buf_str(b)) < 0)
		return KML_NOMEM;
	*b = (struct buf){ .s = s };
	return headers_unpack(k, s, "6.1.0", DIR "/to", h);
}

/* Directories in each other, more than can be taken away again. */
static int deep(struct kml *k, struct scope *s, struct buf *b, struct headers *h)
{
	char name[2 * 1000 + 2];

	for (size_t i = 0; i < sizeof name; i += 2)
		memcpy(name + i, "d/", 2);
	name[sizeof name - 1] = '\0';
	add(b, '0', name, "", "");
	return unpack(k, s, b, h);
}

static int find(struct kml *k, struct scope *s, const char *text, struct headers *h)
{
	struct resolved rule = { .kernel = "6.1.0", .base = DIR "/" };

	rule.values[RESOLVED_HEADERS].text = text;
	return headers_find(k, s, &rule, h);
}

#define RELEASE "#define UTS_RELEASE \"6.1.0\"\n"

static void archives(struct kml *k, struct scope *s)
{
	struct buf b = { .s = s };
	struct headers h;
	struct stat st;

	TEST("an archive, with links and programs") {
		add(&b, '5', "usr/src", "", "");
		add(&b, '0', "usr/src/" HEADERS_RELEASE, "", RELEASE);
		add(&b, '0', "usr/src/scripts/modpost", "", "#!");
		add(&b, '1', "usr/src/scripts/again", "usr/src/scripts/modpost", "");
		add(&b, '2', "usr/src/tools", "scripts", "");
		CHECK(unpack(k, s, &b, &h) == 0 && !strcmp(h.dir, DIR "/to/usr/src"));
		CHECK(sys_stat(k, s, DIR "/to/usr/src/tools/again", 0, &st) == 0);
		CHECK((st.st_mode & 0111) && st.st_nlink == 2 && st.st_mtime == 1000000000);
	}
}

/* Those whose faults are those of the others. */
static void more(struct kml *k, struct scope *s)
{
	struct buf b = { .s = s };
	struct headers h, again;

	TEST("a bundle says what it is for and where its headers are") {
		add(&b, '0', "BUNDLE_UNAME", "", "6.1.0\n");
		add(&b, '0', "BUNDLE_BUILD_DIR", "", "/./h/\n");
		add(&b, '0', "h/" HEADERS_RELEASE, "", RELEASE);
		CHECK(unpack(k, s, &b, &h) == 0 && !strcmp(h.dir, DIR "/to/h"));
		CHECK(!sys_exists(k, s, DIR "/to/usr"));
		add(&b, '0', "BUNDLE_UNAME", "", "6.1.1\n");
		CHECK(unpack(k, s, &b, &h) == KML_KERNEL && !h.dir);
		CHECK(strstr(k->msg, "a.tar: headers of the kernel 6.1.1, not of 6.1.0"));
		add(&b, '0', "BUNDLE_BUILD_DIR", "", "x/h");
		add(&b, '2', "x", "../other", "");
		CHECK(unpack(k, s, &b, &h) == KML_BAD && strstr(k->msg, "BUNDLE_BUILD_DIR: " DIR "/to/x is a link"));
		add(&b, '0', "BUNDLE_BUILD_DIR", "", "../..");
		CHECK(unpack(k, s, &b, &h) == KML_BAD && strstr(k->msg, "leads out of the archive"));
	}
	TEST("what is none") {
		CHECK(unpack(k, s, &b, &h) == KML_NOTFOUND && strstr(k->msg, "no headers"));
		add(&b, '0', "a", "", "");
		CHECK(unpack(k, s, &b, &h) == KML_NOTFOUND);
		add(&b, '0', HEADERS_RELEASE, "", "#define UTS_RELEASE \"6.1.2\"");
		CHECK(unpack(k, s, &b, &h) == KML_KERNEL && strstr(k->msg, "of the kernel 6.1.2"));
		add(&b, '0', "../a", "", "");
		CHECK(unpack(k, s, &b, &h) == KML_BAD);
		add(&b, '6', "pipe", "", "");
		CHECK(unpack(k, s, &b, &h) == KML_BAD && strstr(k->msg, "pipe: a device or a pipe"));
		add(&b, '0', "BUNDLE_UNAME", "", "6.1.0\n\033[31mroot:*:0");
		CHECK(unpack(k, s, &b, &h) == KML_KERNEL && strstr(k->msg, ": headers of what is no kernel,"));
		CHECK(deep(k, s, &b, &h) == KML_BAD && strstr(k->msg, "too many directories"));
		CHECK(!sys_exists(k, s, DIR "/to/" UNPACK_TEMP));
		add(&b, '2', "a", "/etc", "");
		add(&b, '0', "a/kml-test", "", "x");
		CHECK(unpack(k, s, &b, &h) < 0 && !sys_exists(k, s, "/etc/kml-test"));
		CHECK(save_file(k, s, DIR "/a.tar", S("no archive")) == 0);
		CHECK(headers_unpack(k, s, "6.1.0", DIR "/to", &h) == KML_BAD);
	}
	TEST("a tree is known by its symbols and its configuration, an archive by its bytes") {
		CHECK(save_mkdirs(k, s, DIR "/tree/include/generated") == 0);
		CHECK(save_file(k, s, DIR "/tree/" HEADERS_RELEASE, S(RELEASE)) == 0);
		CHECK(find(k, s, "tree", &h) == 0 && h.dir && !h.archive && h.dir[0] == '/');
		CHECK(save_file(k, s, DIR "/tree/x", S("x")) == 0 && find(k, s, "tree", &again) == 0);
		CHECK(str_eq(h.digest, again.digest));
		CHECK(save_file(k, s, DIR "/tree/Module.symvers", S("x")) == 0);
		CHECK(find(k, s, "tree", &again) == 0 && !str_eq(h.digest, again.digest));
		CHECK(find(k, s, "a.tar", &h) == 0 && h.archive && !h.dir);
		CHECK(str_eq(h.digest, digest_of(s, S("no archive"))));
	}
	TEST("none, or those of another kernel") {
		CHECK(find(k, s, "none", &h) == KML_FAIL && strstr(k->msg, "install linux-headers-6.1.0"));
		CHECK(find(k, s, NULL, &h) == KML_FAIL && strstr(k->msg, " /lib/modules/6.1.0/build;"));
		CHECK(save_file(k, s, DIR "/tree/" HEADERS_RELEASE, S("#define UTS_RELEASE \"5\"")) == 0);
		CHECK(find(k, s, "tree", &h) == KML_KERNEL && strstr(k->msg, "/tree: headers of the kernel 5,"));
		CHECK(find(k, s, ".", &h) == KML_NOTFOUND && strstr(k->msg, "no headers"));
	}
}

TESTS
	static bool once;

	CHECK(snapshot_remove(k, s, DIR) == 0 && save_mkdirs(k, s, DIR) == 0);
	archives(k, s);
	if (once)
		return 0;
	once = true;
	more(k, s);
TESTS_END
