#define KML_TEST
#include "../../src/format/index.c"
#include "../../src/format/trie.c"
#include "../test.h"

static struct trie begin(struct scope *s) { return (struct trie){ .s = s }; }

static struct index finish(struct kml *k, struct scope *s, const struct trie *t)
{
	struct index ix;
	struct source src;
	struct str bytes;

	CHECK(trie_write(k, s, t, &bytes) == 0);
	src = source_of(bytes);
	CHECK(index_open(k, &src, &ix) == 0);
	return ix;
}

static void put(struct trie *t, const char *key, const char *value, uint32_t priority)
{
	CHECK(trie_add(t, str_of(key), str_of(value), priority));
}

/* All that is found, joined by blanks. */
static struct str search(struct kml *k, struct scope *s, const struct index *ix, const char *text)
{
	struct index_values found;
	struct buf b = { .s = s };

	CHECK(index_search(k, s, ix, str_of(text), &found) == 0);
	for (size_t i = 0; i < found.n; i++)
		buf_format(&b, "%s%.*s", i ? " " : "", FMT(found.v[i].text));
	return buf_str(&b);
}

static int each(struct kml *k, void *arg, struct str key, struct str value)
{
	(void)k;
	buf_format(arg, "%.*s=%.*s ", FMT(key), FMT(value));
	return 0;
}

/* A header and one node at 12, which `flags` describe. */
static int damaged(struct kml *k, struct scope *s, unsigned flags, struct str node)
{
	struct buf b = { .s = s };
	struct index_values found;
	struct source src;
	struct index ix;
	struct str value;
	int r;

	buf_add(&b, S("\xb0\x07\xf4\x57\0\2\0\1"));
	buf_byte(&b, (char)(flags << 4));
	buf_add(&b, S("\0\0\x0c"));
	buf_add(&b, node);
	src = source_of(buf_str(&b));
	CHECK(index_open(k, &src, &ix) == 0);
	r = index_search(k, s, &ix, S("aaaa"), &found);
	if (r == 0)
		r = index_find(k, &ix, S("aaaa"), &value);
	return r;
}

TESTS
	struct trie t = begin(s);
	struct buf all = { .s = s };
	struct source src;
	struct index ix;
	struct str v;

	TEST("exactly what was asked for is found") {
		put(&t, "ext4", "ext4.ko: jbd2.ko", 1);
		put(&t, "ext", "ext.ko:", 2);
		put(&t, "ext4dev", "dev.ko:", 3);
		put(&t, "zzz", "first", 8);
		put(&t, "zzz", "second", 9);
		ix = finish(k, s, &t);
		CHECK(index_find(k, &ix, S("ext4"), &v) == 0 && str_eq(v, S("ext4.ko: jbd2.ko")));
		CHECK(index_find(k, &ix, S("ext"), &v) == 0 && str_eq(v, S("ext.ko:")));
		CHECK(index_find(k, &ix, S("zzz"), &v) == 0 && str_eq(v, S("first")));
		CHECK(index_find(k, &ix, S("ex"), &v) == KML_NOTFOUND);
		CHECK(index_find(k, &ix, S("ext4d"), &v) == KML_NOTFOUND);
		CHECK(index_find(k, &ix, S("ext4deve"), &v) == KML_NOTFOUND);
		CHECK(index_find(k, &ix, S(""), &v) == KML_NOTFOUND);
	}
	TEST("keys are patterns in a search, and results are in order of priority") {
		t = begin(s);
		put(&t, "pci:v*d0002*", "late", 30);
		put(&t, "pci:v0001d*", "early", 10);
		put(&t, "pci:v0001d0002", "exact", 20);
		put(&t, "pci:v000[12]d000?", "set", 15);
		put(&t, "*:v0001*", "star", 12);
		put(&t, "usb:*", "other", 1);
		ix = finish(k, s, &t);
		CHECK(str_eq(search(k, s, &ix, "pci:v0001d0002"), S("early star set exact late")));
		CHECK(str_eq(search(k, s, &ix, "pci:v0002d0009"), S("set")));
		CHECK(str_eq(search(k, s, &ix, "usb:"), S("other")));
		CHECK(!search(k, s, &ix, "usb").n && !search(k, s, &ix, "").n);
	}
	TEST("of equal priorities the last is the first, as with kmod") {
		t = begin(s);
		put(&t, "a*", "one", 0);
		put(&t, "a?", "two", 0);
		put(&t, "ab", "three", 0);
		ix = finish(k, s, &t);
		CHECK(str_eq(search(k, s, &ix, "ab"), S("three two one")));
	}
	TEST("a listing is in byte order") {
		t = begin(s);
		put(&t, "b", "2", 0);
		put(&t, "a", "1", 0);
		put(&t, "ba*", "4", 0);
		put(&t, "b", "3", 1);
		ix = finish(k, s, &t);
		CHECK(index_each(k, s, &ix, each, &all) == 0);
		CHECK(str_eq(buf_str(&all), S("a=1 b=2 b=3 ba*=4 ")));
	}
	TEST("an empty index knows nothing") {
		src = source_of(S("\xb0\x07\xf4\x57\0\2\0\1\0\0\0\x0c"));
		CHECK(index_open(k, &src, &ix) == 0);
		CHECK(index_find(k, &ix, S("x"), &v) == KML_NOTFOUND);
		CHECK(!search(k, s, &ix, "x").n && index_each(k, s, &ix, each, &all) == 0);
	}
	TEST("what is no index is refused") {
		src = source_of(S("\xb0\x07\xf4\x57\0\3\0\1\0\0\0\x0c"));
		CHECK(index_open(k, &src, &ix) == KML_BAD);
		src = source_of(S("alias a b\nalias c d\n"));
		CHECK(index_open(k, &src, &ix) == KML_BAD);
		src = source_of(S("\xb0\x07\xf4\x57"));
		CHECK(index_open(k, &src, &ix) == KML_BAD);
	}
	TEST("nodes outside the file, without end or in a circle are refused") {
		CHECK(damaged(k, s, INDEX_PREFIX, S("aa")) == KML_BAD);
		CHECK(damaged(k, s, INDEX_CHILDREN, S("ba")) == KML_BAD);
		CHECK(damaged(k, s, INDEX_CHILDREN, S("a")) == KML_BAD);
		CHECK(damaged(k, s, INDEX_CHILDREN, S("aa\xff\xff\xff\xff")) == KML_BAD);
		CHECK(damaged(k, s, INDEX_CHILDREN, S("**\x20\0\0\x0c")) == KML_BAD);
		CHECK(damaged(k, s, INDEX_VALUES | INDEX_PREFIX, S("aaaa\0\xff\xff\xff\xff")) == KML_BAD);
		CHECK(damaged(k, s, INDEX_CHILDREN, S("*?\x20\0\0\x0c\x20\0\0\x0c")) == KML_BAD);
	}
TESTS_END
