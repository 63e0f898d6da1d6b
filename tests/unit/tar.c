#define KML_TEST
#include "../../src/format/tar.c"
#include "../test.h"

struct memory { struct str left; };

static int memory_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct memory *m = arg;

	(void)k;
	*got = m->left.n < n ? m->left.n : n;
	if (*got)
		memcpy(p, m->left.p, *got);
	m->left = str_from(m->left, *got);
	return 0;
}

/* Read all of `archive`; the last entry stays in *e, its bytes in *body. */
static int read_all(struct kml *k, struct scope *s, struct str archive, size_t *count,
                    struct tar_entry *e, struct str *body)
{
	struct memory m = { archive };
	struct reader in = { memory_read, &m };
	struct tar t = { .in = &in };
	struct tar_entry next;
	int r;

	*count = 0;
	while ((r = tar_next(k, s, &t, &next)) > 0) {
		*e = next;
		++*count;
		if ((r = tar_read_all(k, s, &t, body)) < 0)
			return r;
	}
	return r;
}

static struct str archive_of(struct scope *s, struct tar_entry e, struct str body)
{
	struct buf b = { .s = s };

	e.size = body.n;
	tar_put_entry(&b, s, &e);
	buf_add(&b, body);
	buf_add(&b, (struct str){ tar_zeros, tar_padding(body.n) });
	buf_add(&b, (struct str){ tar_zeros, sizeof tar_zeros });
	return buf_str(&b);
}

/* The checksum of the header at `h`, made anew after it was changed. */
static void sum_again(char *h)
{
	unsigned sum = 0;

	memset(h + 148, ' ', 8);
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	tar_put_octal(h + 148, sum, 7);
}

/* An archive of one file named `name`, in a header that no one checked. */
static struct str named(struct scope *s, struct str name)
{
	struct str a = archive_of(s, (struct tar_entry){ .name = S("x"), .type = TAR_FILE }, S(""));

	memset((char *)(uintptr_t)a.p, 0, TAR_NAME);
	memcpy((char *)(uintptr_t)a.p, name.p, name.n);
	sum_again((char *)(uintptr_t)a.p);
	return a;
}

static struct str pax_archive(struct scope *s, struct str records)
{
	struct buf b = { .s = s };

	tar_put_header(&b, &(struct tar_entry){ .name = S("pax"), .size = records.n }, 'x');
	buf_add(&b, records);
	buf_add(&b, (struct str){ tar_zeros, tar_padding(records.n) });
	buf_add(&b, archive_of(s, (struct tar_entry){ .name = S("x"), .type = TAR_FILE }, S("")));
	return buf_str(&b);
}

TESTS
	struct tar_entry e;
	struct str a, body;
	size_t n;

	TEST("a file comes back as it went in") {
		a = archive_of(s, (struct tar_entry){ .name = S("opt/a.ko"), .type = TAR_FILE,
			.mode = 0644, .mtime = 7 }, S("hello"));
		CHECK(a.n == 4 * TAR_BLOCK);
		CHECK(read_all(k, s, a, &n, &e, &body) == 0 && n == 1);
		CHECK(str_eq(e.name, S("opt/a.ko")) && str_eq(body, S("hello")));
		CHECK(e.mode == 0644 && e.mtime == 7 && e.type == TAR_FILE);
	}
	TEST("directories end in a slash, inside the archive only") {
		a = archive_of(s, (struct tar_entry){ .name = S("opt"), .type = TAR_DIR }, S(""));
		CHECK(!strcmp(a.p, "opt/"));
		CHECK(read_all(k, s, a, &n, &e, &body) == 0 && str_eq(e.name, S("opt")));
	}
	TEST("long and foreign names, long links and great sizes go through PAX") {
		struct buf b = { .s = s };
		char name[300];

		memset(name, 'n', sizeof name);
		a = archive_of(s, (struct tar_entry){ .name = { name, 101 }, .type = TAR_SYMLINK,
			.link = { name, 300 } }, S(""));
		CHECK(a.p[156] == 'x');
		CHECK(read_all(k, s, a, &n, &e, &body) == 0 && n == 1);
		CHECK(e.name.n == 101 && e.link.n == 300);
		a = archive_of(s, (struct tar_entry){ .name = S("m\xc3\xb6"), .type = TAR_FILE }, S(""));
		CHECK(a.p[156] == 'x' && read_all(k, s, a, &n, &e, &body) == 0);
		CHECK(str_eq(e.name, S("m\xc3\xb6")));
		tar_put_entry(&b, s, &(struct tar_entry){ .name = S("x"), .type = TAR_FILE,
			.size = 8ull << 30 });
		CHECK(memmem(b.p, b.n, "19 size=8589934592\n", 19) != NULL);
	}
	TEST("a name that splits at a slash needs no PAX") {
		char name[200];

		memset(name, 'n', sizeof name);
		name[150] = '/';
		a = archive_of(s, (struct tar_entry){ .name = { name, 200 }, .type = TAR_FILE }, S(""));
		CHECK(a.p[156] == '0' && read_all(k, s, a, &n, &e, &body) == 0 && e.name.n == 200);
		name[99] = name[150] = 'n';
		name[100] = '/';
		a = archive_of(s, (struct tar_entry){ .name = { name, 101 }, .type = TAR_DIR }, S(""));
		CHECK(read_all(k, s, a, &n, &e, &body) == 0 && e.name.n == 100);
	}
	TEST("names come out in one form, and none leads out") {
		CHECK(read_all(k, s, named(s, S("./a//b/./c/")), &n, &e, &body) == 0);
		CHECK(str_eq(e.name, S("a/b/c")));
		CHECK(read_all(k, s, named(s, S("/etc/passwd")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, named(s, S("a/../../b")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, named(s, S("..")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, named(s, S("a\x1b[2J")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, named(s, S("")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, named(s, S("./")), &n, &e, &body) == KML_BAD);
	}
	TEST("PAX records are believed only whole") {
		CHECK(read_all(k, s, pax_archive(s, S("12 path=abc\n")), &n, &e, &body) == 0);
		CHECK(str_eq(e.name, S("abc")));
		CHECK(read_all(k, s, pax_archive(s, S("99 path=abc\n")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, pax_archive(s, S("3 \n")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, pax_archive(s, S("9 pathabc\n")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, pax_archive(s, S("15 path=../abc\n")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, pax_archive(s, S("24 path=/a\n")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, pax_archive(s, S("11 size=-1\n")), &n, &e, &body) == KML_BAD);
		CHECK(read_all(k, s, pax_archive(s, S("22 GNU.sparse.major=1\n")), &n, &e, &body) == KML_BAD);
	}
	TEST("GNU's long names are read") {
		struct buf b = { .s = s };
		char name[150];

		memset(name, 'g', sizeof name);
		tar_put_header(&b, &(struct tar_entry){ .name = S("././@LongLink"), .size = 150 }, 'L');
		buf_add(&b, (struct str){ name, sizeof name });
		buf_add(&b, (struct str){ tar_zeros, tar_padding(150) });
		buf_add(&b, archive_of(s, (struct tar_entry){ .name = S("x"), .type = TAR_FILE }, S("")));
		CHECK(read_all(k, s, buf_str(&b), &n, &e, &body) == 0 && e.name.n == 150);
	}
	TEST("an archive may end without padding, but not in the bytes of an entry") {
		a = archive_of(s, (struct tar_entry){ .name = S("x"), .type = TAR_FILE }, S("hello"));
		a.n = TAR_BLOCK + 5;
		CHECK(read_all(k, s, a, &n, &e, &body) == 0 && n == 1);
		a.n = TAR_BLOCK + 9;
		CHECK(read_all(k, s, a, &n, &e, &body) == KML_BAD);
		a.n = TAR_BLOCK + 4;
		CHECK(read_all(k, s, a, &n, &e, &body) == KML_BAD);
	}
	TEST("a wrong checksum, a foreign magic, a device with bytes are refused") {
		a = named(s, S("x"));
		((char *)(uintptr_t)a.p)[0] ^= 1;
		CHECK(read_all(k, s, a, &n, &e, &body) == KML_BAD);
		a = named(s, S("x"));
		memcpy((char *)(uintptr_t)a.p + 257, "hello!!!", 8);
		sum_again((char *)(uintptr_t)a.p);
		CHECK(read_all(k, s, a, &n, &e, &body) == KML_BAD);
		a = archive_of(s, (struct tar_entry){ .name = S("x"), .type = TAR_CHAR }, S("y"));
		CHECK(read_all(k, s, a, &n, &e, &body) == KML_BAD);
		a = archive_of(s, (struct tar_entry){ .name = S("x"), .type = (enum tar_type)'S' }, S("y"));
		CHECK(read_all(k, s, a, &n, &e, &body) == KML_BAD);
	}
	TEST("every truncation is refused but that of the end, and what follows the end too") {
		a = archive_of(s, (struct tar_entry){ .name = S("x"), .type = TAR_FILE }, S("hello"));
		for (size_t i = 0; i < a.n && test_fail_at < 0; i++)
			CHECK(read_all(k, s, (struct str){ a.p, i }, &n, &e, &body) ==
			      (i == 2 * TAR_BLOCK || i == TAR_BLOCK + 5 ? 0 : KML_BAD));
		((char *)(uintptr_t)a.p)[a.n - 1] = 1;
		CHECK(read_all(k, s, a, &n, &e, &body) == KML_BAD);
	}
	TEST("attributes of users and capabilities come back sorted, others do not") {
		static const struct tar_xattr v[] = { { { "user.b", 6 }, { "1\0\n2", 4 } },
			{ { "security.capability", 19 }, { "x", 1 } },
			{ { "security.selinux", 16 }, { "y", 1 } } };

		a = archive_of(s, (struct tar_entry){ .name = S("x"), .type = TAR_FILE,
			.xattrs = v, .nxattrs = countof(v), .uid = 3000000, .mtime = 1ull << 40 }, S("z"));
		CHECK(read_all(k, s, a, &n, &e, &body) == 0 && e.nxattrs == 2);
		CHECK(e.uid == 3000000 && e.mtime == 1ull << 40);
		CHECK(str_eq(e.xattrs[0].key, S("security.capability")) && str_eq(e.xattrs[1].value, v[0].value));
		a = archive_of(s, (struct tar_entry){ .name = S("x"), .type = TAR_FILE,
			.xattrs = (struct tar_xattr[]){ v[0], v[0] }, .nxattrs = 2 }, S("z"));
		CHECK(read_all(k, s, a, &n, &e, &body) == KML_BAD);
		a = archive_of(s, (struct tar_entry){ .name = S("d"), .type = TAR_CHAR, .major = 5,
			.minor = 1 }, S(""));
		CHECK(read_all(k, s, a, &n, &e, &body) == 0 && e.major == 5 && e.minor == 1);
	}
TESTS_END
