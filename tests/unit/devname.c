#define KML_TEST
#include "../../src/format/devname.c"
#include "../test.h"

static int line(struct kml *k, const char *text, struct devname *d)
{
	return devname_line(k, str_of(text), d);
}

TESTS
	struct devname d;

	(void)s;
	TEST("a line has a module, its node and the numbers") {
		CHECK(line(k, "snd_timer snd/timer c116:33", &d) == 1);
		CHECK(str_eq(d.module, S("snd_timer")) && str_eq(d.node, S("snd/timer")));
		CHECK(d.type == 'c' && d.major == 116 && d.minor == 33);
		CHECK(line(k, "\tx ...y b4095:1048575 \r", &d) == 1 && d.type == 'b');
	}
	TEST("comments and empty lines have none") {
		CHECK(line(k, "", &d) == 0 && line(k, " \t", &d) == 0);
		CHECK(line(k, "# Device nodes", &d) == 0);
	}
	TEST("numbers that no device has") {
		CHECK(line(k, "a b c4096:0", &d) == KML_BAD && line(k, "a b c0:1048576", &d) == KML_BAD);
		CHECK(line(k, "a b x1:1", &d) == KML_BAD && line(k, "a b c1", &d) == KML_BAD);
		CHECK(line(k, "a b c-1:1", &d) == KML_BAD && line(k, "a b c1:1:1", &d) == KML_BAD);
		CHECK(line(k, "a b c18446744073709551617:1", &d) == KML_BAD);
	}
	TEST("fewer words, or more") {
		CHECK(line(k, "a", &d) == KML_BAD && line(k, "a b", &d) == KML_BAD);
		CHECK(line(k, "a b c1:1 d", &d) == KML_BAD);
	}
	TEST("nodes that are not below /dev") {
		CHECK(line(k, "a ../b c1:1", &d) == KML_BAD && line(k, "a b/../c c1:1", &d) == KML_BAD);
		CHECK(line(k, "a /b c1:1", &d) == KML_BAD && line(k, "a b/ c1:1", &d) == KML_BAD);
		CHECK(line(k, "a b/. c1:1", &d) == KML_BAD && line(k, "a .. c1:1", &d) == KML_BAD);
	}
	TEST("signs that mean something to who reads it") {
		CHECK(line(k, "a b%c c1:1", &d) == KML_BAD && line(k, "a b\\c c1:1", &d) == KML_BAD);
		CHECK(line(k, "a \"b c1:1", &d) == KML_BAD && line(k, "a b\x1b c1:1", &d) == KML_BAD);
		CHECK(line(k, "a b\xc3\xa4 c1:1", &d) == KML_BAD && line(k, "a%b c c1:1", &d) == KML_BAD);
	}
TESTS_END
