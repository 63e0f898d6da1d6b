#define KML_TEST
#include "../../src/command/cmd_init.c"
#include "../test.h"

static bool words(struct scope *s, const char *line, const char *want)
{
	struct buf b = { .s = s };

	for (char **w = init_words(s, str_of(line)) + 1; *w; w++)
		buf_format(&b, "<%s>", *w);
	return str_eq(buf_str(&b), str_of(want));
}

TESTS
	int status;

	TEST("words are split at blanks") {
		CHECK(words(s, "", ""));
		CHECK(words(s, "  modprobe\t-v  loop ", "<modprobe><-v><loop>"));
	}
	TEST("the first word need not be kml") {
		CHECK(words(s, "kml load", "<load>"));
		CHECK(words(s, "kml cat kml", "<cat><kml>"));
	}
	TEST("quotes keep words together, and may be in a word") {
		CHECK(words(s, "a 'b  c' \"d 'e\"", "<a><b  c><d 'e>"));
		CHECK(words(s, "insmod x.ko p=\"a b\"c '' z", "<insmod><x.ko><p=a bc><><z>"));
		CHECK(words(s, "a 'no end", "<a><no end>"));
	}
	TEST("cat says what it cannot read") {
		CHECK(init_command(k, s, S("cat /proc/self/none"), &status) == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "cat: /proc/self/none: No such file or directory"));
	}
	TEST("any other process is refused") {
		CHECK(init_run(k, s, NULL, NULL) == KML_USAGE);
	}
TESTS_END
