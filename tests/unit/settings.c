#define KML_TEST
#include "../../src/format/settings.c"
#include "../test.h"

static bool refuses(struct kml *k, struct scope *s, struct str text, const char *why)
{
	struct settings set;

	return settings_parse(k, s, "f.ini", text, &set) == KML_BAD && !strcmp(k->msg, why);
}

/* A file of one line that is one byte too long. */
static struct str long_line(struct scope *s, size_t n)
{
	char *p = scope_alloc(s, n + 10);

	memset(p, 'a', n + 10);
	memcpy(p, "[module]\n", 9);
	memcpy(p + 9, "name=", 5);
	p[9 + n] = '\n';
	return (struct str){ p, 10 + n };
}

TESTS
	struct settings set;
	const struct settings_entry *e;

	TEST("sections and keys, with their lines") {
		CHECK(settings_parse(k, s, "f.ini", S("\xef\xbb\xbf# first\n[module] ; one\r\n name = a b\t\n\n"
		      "[kernel el9]\nregexp=^a;b#c ; d\nskip =\n"), &set) == 0);
		CHECK(set.n == 2 && set.first->line == 2 && str_eq(set.last->title, S("[kernel el9]")));
		e = settings_get(settings_find(&set, "module"), "name");
		CHECK(e && str_eq(e->value, S("a b")) && e->line == 3);
		e = settings_get(set.last, "regexp");
		CHECK(e && str_eq(e->value, S("^a;b#c")) && e->line == 6);
		e = settings_get(set.last, "skip");
		CHECK(e && !e->value.n && !settings_get(set.last, "literal") && !settings_get(NULL, "x"));
		CHECK(settings_parse(k, s, "f.ini", S(""), &set) == 0 && !set.n);
	}
	TEST("a long name of a section stays whole") {
		CHECK(settings_parse(k, s, "f.ini", S("[registry 123456789012.dkr.ecr.eu-central-1.amazonaws.example]\n"
		      "insecure = no"), &set) == 0);
		CHECK(str_eq(set.first->name, S("123456789012.dkr.ecr.eu-central-1.amazonaws.example")));
	}
	TEST("what is unknown is refused, with the nearest that is known") {
		CHECK(refuses(k, s, S("[modul]\n"), "f.ini:1: no section is called 'modul'; did you mean 'module'?"));
		CHECK(refuses(k, s, S("[x]\n"), "f.ini:1: no section is called 'x'; there are [module], [build], "
		      "[kernel NAME] and [registry HOST]"));
		CHECK(refuses(k, s, S("[module]\nimgae = x\n"), "f.ini:2: [module] has no key 'imgae'; "
		      "did you mean 'image'?"));
		CHECK(refuses(k, s, S("[module]\nregexp = x\n"), "f.ini:2: 'regexp' does not belong in [module] "
		      "but in [kernel NAME]"));
		CHECK(refuses(k, s, S("[registry h]\nabcdefghi = x\n"), "f.ini:2: [registry h] has no key 'abcdefghi'"));
		CHECK(refuses(k, s, S("[build]\narg. = x\n"), "f.ini:2: [build] has no key 'arg.'; "
		      "did you mean 'arg.NAME'?"));
	}
	TEST("what stands twice is refused, with the line of the first") {
		CHECK(refuses(k, s, S("[module]\nname=a\nname=b\n"), "f.ini:3: 'name' is already at line 2 of [module]"));
		CHECK(refuses(k, s, S("[kernel a]\n[kernel b]\n[kernel a]\n"), "f.ini:3: [kernel a] is already at line 1"));
	}
	TEST("names of sections") {
		CHECK(refuses(k, s, S("[kernel]\n"), "f.ini:1: [kernel] takes a name of one word: [kernel NAME]"));
		CHECK(refuses(k, s, S("[kernel a b]\n"), "f.ini:1: [kernel] takes a name of one word: [kernel NAME]"));
		CHECK(refuses(k, s, S("[module a]\n"), "f.ini:1: a [module] has no name; there is only one"));
		CHECK(refuses(k, s, S("[module\n"), "f.ini:1: the section is not closed by ']'"));
		CHECK(refuses(k, s, S("[module] name = a\n"), "f.ini:1: 'name = a' after the section; it belongs on "
		      "a line of its own"));
	}
	TEST("lines that are no KEY = VALUE") {
		CHECK(refuses(k, s, S("[module]\n\nname\n"), "f.ini:3: neither a [section] nor KEY = VALUE"));
		CHECK(refuses(k, s, S("[module]\nname: a\n"), "f.ini:2: a key and its value have '=' between them, not ':'"));
		CHECK(refuses(k, s, S("[module]\n= a\n"), "f.ini:2: there is no key before the '='"));
		CHECK(refuses(k, s, S("name = a\n"), "f.ini:1: 'name' stands in no section; begin with [module]"));
	}
	TEST("nothing is cut silently") {
		CHECK(settings_parse(k, s, "f.ini", long_line(s, SETTINGS_LINE), &set) == 0);
		CHECK(set.first->first->value.n == SETTINGS_LINE - 5);
		CHECK(refuses(k, s, long_line(s, SETTINGS_LINE + 1), "f.ini:2: the line has 4001 bytes; the most is 4000"));
		CHECK(refuses(k, s, S("[module]\nname = a ;b\n"), "f.ini:2: is ';b' a comment? Then put a blank behind "
		      "its ';'; in a regexp write \\x3b for a ';' after a blank"));
		CHECK(refuses(k, s, S("[module]\nname = a\0b\n"), "f.ini:2: a NUL byte; kml.ini is text"));
		CHECK(refuses(k, s, S("[module]\nname = a\x1b[0m\n"), "f.ini:2: byte 9 is a control character (0x1b); "
		      "take it out"));
		CHECK(refuses(k, s, S("# \xff\n"), "f.ini:1: the line is not UTF-8 text"));
	}
	TEST("there is an end to everything") {
		size_t n = SETTINGS_BYTES + 1;
		char *p = memset(scope_alloc(s, n), '\n', n);
		struct buf b = { .s = s };

		CHECK(refuses(k, s, (struct str){ p, n }, "f.ini: the file has more than 1048576 bytes; use several"));
		buf_add(&b, S("[build]\n"));
		for (int i = 0; i <= SETTINGS_ENTRIES; i++)
			buf_format(&b, "arg.%d = 1\n", i);
		CHECK(refuses(k, s, buf_str(&b), "f.ini:514: [build] has more than 512 keys"));
	}
TESTS_END
