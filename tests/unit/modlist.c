#define KML_TEST
#include "../../src/format/modlist.c"
#include "../test.h"

static bool next(struct str *text, const char *want)
{
	return str_eq(modlist_next(text), str_of(want));
}

static bool lists(struct scope *s, const char *cmdline, bool initramfs, const char *want)
{
	struct str rest = str_of(cmdline), list;
	struct buf b = { .s = s };

	while ((list = modlist_kernel(&rest, S("modules_load"), initramfs)).p)
		buf_format(&b, "%.*s;", FMT(list));
	return str_eq(buf_str(&b), str_of(want));
}

TESTS
	TEST("a name a line, and nothing else") {
		struct str text = S("# no\n\n  a-b \r\n;no\n\tpci:v1 d2#\nlast"), empty = { 0 };

		CHECK(next(&text, "a-b") && next(&text, "pci:v1 d2#") && next(&text, "last"));
		CHECK(next(&text, "") && next(&empty, ""));
	}
	TEST("what is too long is nobody's name") {
		struct buf b = { .s = s };
		struct str text;

		for (int i = 0; i <= MODLIST_LONGEST; i++)
			buf_byte(&b, 'x');
		buf_add(&b, S("\nname\n"));
		text = buf_str(&b);
		CHECK(next(&text, "name") && next(&text, ""));
	}
	TEST("the kernel's command line") {
		CHECK(lists(s, "ro modules_load=a,b x.modules_load=c modules-load=d", false, "a,b;d;"));
		CHECK(lists(s, "rd.modules_load=a modules_load=b", false, "b;"));
		CHECK(lists(s, "rd.modules_load=a modules_load=b", true, "a;b;"));
		CHECK(lists(s, "\"modules_load=a,b\" modules_load=\"c\" modules_load= modules_load", true,
		            "a,b;c;"));
		CHECK(lists(s, "", true, "") && lists(s, "\" \"\" modules_load=\"", true, ""));
	}
TESTS_END
