#define KML_TEST
#include "../../src/format/trie.c"
#include "../test.h"

static void add(struct trie *t, const char *key, const char *value, uint32_t priority)
{
	CHECK(trie_add(t, str_of(key), str_of(value), priority));
}

#define HEAD "\xb0\x07\xf4\x57\x00\x02\x00\x01"

TESTS
	struct trie t = { .s = s };
	struct str out;

	TEST("no keys are a header alone") {
		CHECK(trie_write(k, s, &t, &out) == 0);
		CHECK(str_eq(out, S(HEAD "\0\0\0\x0c")));
	}
	TEST("the root has no prefix, its child has the rest of the key") {
		add(&t, "abc", "v", 7);
		CHECK(trie_write(k, s, &t, &out) == 0);
		CHECK(str_eq(out, S(HEAD "\x20\0\0\x0c" "aa\xc0\0\0\x12"
		                    "bc\0" "\0\0\0\1" "\0\0\0\7" "v\0")));
	}
	TEST("a key that ends in a node has its values after the children") {
		add(&t, "ab", "w", 8);
		CHECK(trie_write(k, s, &t, &out) == 0);
		CHECK(str_eq(out, S(HEAD "\x20\0\0\x0c" "aa\xe0\0\0\x12"
		                    "b\0" "cc\x40\0\0\x24" "\0\0\0\1" "\0\0\0\x08" "w\0"
		                    "\0\0\0\1" "\0\0\0\7" "v\0")));
	}
	TEST("characters without a child have offset 0") {
		t = (struct trie){ .s = s };
		add(&t, "c", "", 0);
		add(&t, "a", "", 0);
		CHECK(trie_write(k, s, &t, &out) == 0);
		CHECK(str_eq(out, S(HEAD "\x20\0\0\x0c" "ac" "\x40\0\0\x1a" "\0\0\0\0" "\x40\0\0\x23"
		                    "\0\0\0\1\0\0\0\0\0" "\0\0\0\1\0\0\0\0\0")));
	}
	TEST("values ascend by priority, of one priority the newest is first") {
		t = (struct trie){ .s = s };
		add(&t, "", "a", 1);
		add(&t, "", "b", 1);
		add(&t, "", "c", 2);
		CHECK(trie_write(k, s, &t, &out) == 0);
		CHECK(str_eq(out, S(HEAD "\x40\0\0\x0c" "\0\0\0\3" "\0\0\0\1b\0" "\0\0\0\1a\0"
		                    "\0\0\0\2c\0")));
	}
	TEST("a key that is not ASCII has no place") {
		CHECK(!trie_add(&t, S("\x80"), S(""), 0) && !trie_add(&t, S("a\0"), S(""), 0));
		CHECK(t.n == 3);
	}
	TEST("the order of keys does not matter") {
		static const char *const keys[] = { "pci:v1", "pci:v2", "pci", "usb", "pci:v1d2", "u" };
		struct trie a = { .s = s }, b = { .s = s };
		struct str other;

		for (size_t i = 0; i < countof(keys); i++) {
			add(&a, keys[i], "m", 1);
			add(&b, keys[countof(keys) - 1 - i], "m", 1);
		}
		CHECK(trie_write(k, s, &a, &out) == 0 && trie_write(k, s, &b, &other) == 0);
		CHECK(str_eq(out, other));
	}
TESTS_END
