#define KML_TEST
#include "../../src/image/names.c"
#include "../test.h"

/* Apply layers written as text: a word an entry, "|" between layers; NAME/ is
 * a directory, NAME>TARGET a symbolic link, NAME=TARGET a hard link, NAME! a
 * device; all else files.  The sign of what the last entry gave. */
static int apply(struct kml *k, struct scope *s, struct names *t, const char *text)
{
	struct str rest = str_of(text), word;
	int r = 0;

	*t = (struct names){ .s = s, .layer = 1 };
	while (r >= 0 && (word = str_word(&rest)).n) {
		struct tar_entry e = { .name = word, .type = TAR_FILE };

		if (str_eq(word, S("|"))) {
			t->layer++;
			continue;
		}
		if (word.p[word.n - 1] == '/')
			e.type = TAR_DIR, e.name.n--;
		else if (word.p[word.n - 1] == '!')
			e.type = TAR_CHAR, e.name.n--;
		else if (memchr(word.p, '>', word.n))
			e.type = TAR_SYMLINK, e.link = word, e.name = str_take(&e.link, '>');
		else if (memchr(word.p, '=', word.n))
			e.type = TAR_HARDLINK, e.link = word, e.name = str_take(&e.link, '=');
		r = names_add(k, s, t, &e);
	}
	return r < 0 ? r : 0;
}

/* (Asking makes the directories above it.) */
static bool there(struct kml *k, struct names *t, const char *name)
{
	const struct name *e;

	return names_enter(k, t, str_of(name), &e) == 0 && e;
}

TESTS
	struct names t;

	TEST("what an ordinary image has") {
		CHECK(apply(k, s, &t, "etc/ etc/passwd lib>usr/lib usr/ usr/lib/ usr/lib/a "
			"b=etc/passwd | usr/ usr/lib/ usr/lib/b c/d/e") == 0);
		CHECK(there(k, &t, "usr/lib/a") && there(k, &t, "usr/lib/b") && there(k, &t, "c/d"));
		CHECK(!there(k, &t, "usr/lib/c"));
	}
	TEST("a deletion takes what is below, of lower layers only") {
		CHECK(apply(k, s, &t, "a/ a/b/ a/b/c a/d | a/ a/.wh.b") == 0);
		CHECK(!there(k, &t, "a/b") && !there(k, &t, "a/b/c") && there(k, &t, "a/d"));
		CHECK(apply(k, s, &t, "a/ a/b/ a/b/c | a/.wh.b | a/b/ a/b/d") == 0);
		CHECK(!there(k, &t, "a/b/c") && there(k, &t, "a/b/d"));
		CHECK(apply(k, s, &t, "a/ a/b a/c | a/ a/new a/.wh..wh..opq") == 0);
		CHECK(!there(k, &t, "a/b") && there(k, &t, "a/new") && there(k, &t, "a"));
		CHECK(apply(k, s, &t, "a/ a/b | a | | a/ ") == 0);
		CHECK(!there(k, &t, "a/b"));
	}
	TEST("a deletion is empty, names something, and deletes nothing of its layer") {
		CHECK(apply(k, s, &t, "a/ | a/.wh.") == KML_BAD);
		CHECK(apply(k, s, &t, "a/ | a/.wh..") == KML_BAD);
		CHECK(apply(k, s, &t, "a/ | a/.wh...") == KML_BAD);
		CHECK(apply(k, s, &t, "a/ | a/.wh..wh.plnk") == KML_BAD);
		CHECK(apply(k, s, &t, "a/ | a/.wh.b/") == KML_BAD);
		CHECK(apply(k, s, &t, "a/b | a/.wh.b a/b") == KML_BAD);
		CHECK(apply(k, s, &t, "a/b | a/b a/.wh.b") == KML_BAD);
	}
	TEST("nothing is below a link or a file") {
		CHECK(apply(k, s, &t, "d>/tmp d/x") == KML_BAD);
		CHECK(apply(k, s, &t, "d>/tmp | d/x") == KML_BAD);
		CHECK(apply(k, s, &t, "d/x d>/tmp") == KML_BAD);
		CHECK(apply(k, s, &t, "a | a/b") == KML_BAD);
		CHECK(apply(k, s, &t, "lib>usr/lib | lib/") == KML_BAD);
		CHECK(apply(k, s, &t, "lib>usr/lib | .wh.lib | lib/ lib/x") == 0);
	}
	TEST("links stay inside, hard links in their layer") {
		CHECK(apply(k, s, &t, "a/b>../c a/d>/etc a/e>../../x") == KML_BAD);
		CHECK(apply(k, s, &t, "a/b>../c a/d>/etc e>a/../x") == 0);
		CHECK(apply(k, s, &t, "a=b") == KML_BAD);
		CHECK(apply(k, s, &t, "b | a=b") == KML_BAD);
		CHECK(apply(k, s, &t, "b>c a=b") == KML_BAD);
		CHECK(apply(k, s, &t, "a=../b") == KML_BAD);
		CHECK(apply(k, s, &t, "a=/etc/passwd") == KML_BAD);
	}
	TEST("no name twice, no devices, no endless depth") {
		char deep[2 * NAMES_DEPTH + 8];

		CHECK(apply(k, s, &t, "a a") == KML_BAD);
		CHECK(apply(k, s, &t, "a/ a/") == KML_BAD);
		CHECK(apply(k, s, &t, "a/b a/") == 0);
		CHECK(apply(k, s, &t, "mem!") == KML_BAD);
		for (size_t i = 0; i < sizeof deep; i += 2)
			deep[i] = 'a', deep[i + 1] = '/';
		deep[sizeof deep - 1] = '\0';
		CHECK(apply(k, s, &t, deep) == KML_BAD);
	}
	TEST("the table grows") {
		t = (struct names){ .s = s, .layer = 1 };
		for (int i = 0; i < 300; i++) {
			struct tar_entry e = { .name = str_of(scope_format(s, "d/%d", i)), .type = TAR_FILE };

			CHECK(names_add(k, s, &t, &e) == 0);
		}
		CHECK(there(k, &t, "d/0") && there(k, &t, "d/299") && !there(k, &t, "d/300"));
	}
TESTS_END
