#define KML_TEST
#include "../../src/site/lock.c"
#include "../test.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ENTRY(kernel, name, more) "{\"kernel\":\"" kernel "\",\"name\":\"" name "\",\"rule\":\"lab\"," \
	"\"image\":\"oci:images:t\",\"digest\":\"sha256:" HEX "\",\"tls\":\"insecure\",\"dir\":\"/opt\"," \
	"\"parameters\":\"a=\\\"b c\\\"\",\"firmware\":\"\",\"vermagic\":\"6.1.0 SMP \"," \
	"\"order\":[\"" name "\"],\"replaces\":[],\"size\":12," more \
	"\"modules\":[{\"name\":\"m\",\"file\":\"opt/m.ko\",\"srcversion\":\"\"}]}"
#define HEAD "{\"version\":1,\"entries\":[\n"

static int parse(struct kml *k, struct scope *s, const char *text, struct lock *l)
{
	*l = (struct lock){ .file = "d/kml.lock", .base = "d/" };
	return lock_parse(k, s, str_of(text), l);
}

/* The entry with `from` changed into `to` is refused, and why. */
static bool refuses(struct kml *k, struct scope *s, const char *from, const char *to, const char *why)
{
	const char *text = HEAD ENTRY("6.1.0", "m", "") "]}", *at = strstr(text, from);
	struct lock l;

	if (!at)
		return false;
	text = scope_format(s, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return parse(k, s, text, &l) == KML_BAD &&
	       !strcmp(k->msg, scope_format(s, "entry 1: %s", why));
}

/* That of thousands of kernels is longer than other documents may be. */
static void large(struct kml *k, struct scope *s)
{
	const size_t n = JSON_LIMIT;
	char *blanks = scope_raw(s, n + 1);
	struct lock l;

	memset(blanks, ' ', n);
	blanks[n] = '\0';
	TEST("a lock may be long, but not as long as one likes") {
		CHECK(parse(k, s, scope_format(s, HEAD "%s" ENTRY("6.1.0", "a", "") "]}", blanks), &l) == 0);
		CHECK(l.n == 1);
		CHECK(lock_parse(k, s, (struct str){ blanks, LOCK_LIMIT + 1 }, &l) == KML_BAD);
		CHECK(strstr(k->msg, "longer than 67108864 bytes") && strstr(k->msg, "--shard"));
	}
}

TESTS
	static bool done;
	struct lock l;

	if (!done)
		large(k, s);
	done = true;

	TEST("what is written is read, and written again the same") {
		const char *text = HEAD ENTRY("6.1.0", "a", "") ",\n" ENTRY("6.1.0", "b", "") ",\n"
			ENTRY("6.1.0+", "a", "") "\n]}\n";
		const struct lock_entry *e;

		CHECK(parse(k, s, text, &l) == 0 && l.n == 3 && str_eq(lock_write(s, &l), str_of(text)));
		e = &l.v[2];
		CHECK(!strcmp(e->kernel, "6.1.0+") && !strcmp(e->parameters, "a=\"b c\"") && e->size == 12);
		CHECK(e->nmodules == 1 && !strcmp(e->modules[0].file, "opt/m.ko") && e->order.n == 1);
		CHECK(lock_find(&l, "6.1.0", "b") == &l.v[1] && lock_find(&l, "6.1.0", NULL) == &l.v[0]);
		CHECK(!lock_find(&l, "6.1.0", "c") && !lock_find(&l, "6.1", NULL) && !lock_find(&l, "7", NULL));
		CHECK(parse(k, s, HEAD "]}", &l) == 0 && !l.n && str_eq(lock_write(s, &l), S(HEAD "]}\n")));
	}
	TEST("an entry is a rule") {
		struct resolved rule;

		CHECK(parse(k, s, HEAD ENTRY("6.1.0+", "a", "") "]}", &l) == 0);
		CHECK(lock_rule(k, s, &l, &l.v[0], &rule) == 0 && !strcmp(rule.kernel, "6.1.0+"));
		CHECK(!strcmp(rule.matched, "6.1.0") && !strcmp(rule.base, "d/") && !strcmp(rule.dir, "/opt"));
		CHECK(rule.plain && !rule.unverified && !rule.firmware && !strcmp(rule.name, "a"));
		CHECK(!settings_find(rule.set, "registry"));
	}
	TEST("a lock of another version, or none") {
		CHECK(parse(k, s, "{\"version\":2,\"entries\":[]}", &l) == KML_BAD && strstr(k->msg, "version 2, and"));
		CHECK(parse(k, s, "{\"entries\":[]}", &l) == KML_BAD && !strcmp(k->msg, "\"version\" is missing"));
		CHECK(parse(k, s, "{\"version\":1}", &l) == KML_BAD && !strcmp(k->msg, "\"entries\" is missing"));
		CHECK(parse(k, s, "{\"version\":1,\"entries\":[1]}", &l) == KML_BAD);
		CHECK(parse(k, s, "[]", &l) == KML_BAD && parse(k, s, "", &l) == KML_BAD);
	}
	TEST("what is wrong is named with its place") {
		CHECK(refuses(k, s, "\"dir\":\"/opt\",", "", "\"dir\" is missing"));
		CHECK(refuses(k, s, "\"dir\":\"/opt\"", "\"dir\":\"\"", "\"dir\" is empty"));
		CHECK(refuses(k, s, "\"dir\":\"/opt\"", "\"dir\":1", "\"dir\" is not a string"));
		CHECK(refuses(k, s, "/opt\"", "/opt/../..\"", "'/opt/../..' leads up with '..'; name the directory itself"));
		CHECK(refuses(k, s, "\"firmware\":\"", "\"firmware\":\"/..", "'/..' leads up with '..'; name the directory itself"));
		CHECK(refuses(k, s, ":\"6.1.0\"", ":\"../6\"", "'../6' is no name of a kernel"));
		CHECK(refuses(k, s, "sha256:0", "sha256:A", "\"sha256:A" "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
		              "\" is no digest (sha256: and 64 lower-case hex digits)"));
		CHECK(refuses(k, s, "insecure", "lax", "'lax' is neither insecure (http) nor skip-verify (any certificate)"));
		CHECK(refuses(k, s, "oci:images:t", "oci::", "'oci::' is no reference to an image"));
		CHECK(refuses(k, s, "oci:images:t", "scratch", "'scratch' is no reference to an image"));
		CHECK(refuses(k, s, "[\"m\"]", "[\"n\"]", "order begins with 'n', not with 'm'"));
		CHECK(refuses(k, s, "[\"m\"]", "[]", "\"order\" is empty"));
		CHECK(refuses(k, s, "[\"m\"]", "[1]", "\"order\" has what is no text"));
		CHECK(refuses(k, s, "\"replaces\":[]", "\"replaces\":[\"-r\"]", "'-r' in replaces is no name of a module"));
		CHECK(refuses(k, s, "6.1.0 SMP", "6.1.0\\nSMP", "\"vermagic\" has a control character in it"));
		CHECK(refuses(k, s, "6.1.0 SMP", "6.1.0\\u0000SMP", "\"vermagic\" has a control character in it"));
		CHECK(refuses(k, s, "\"size\":12", "\"size\":-1", "\"size\" is -1, not a whole number of 0 to 2^63-1"));
		CHECK(refuses(k, s, "\"file\":\"opt/m.ko\",", "", "module 1: \"file\" is missing"));
		CHECK(refuses(k, s, "{\"name\":\"m\",\"file\":\"opt/m.ko\",\"srcversion\":\"\"}", "", "\"modules\" is empty"));
	}
	TEST("a key that is not known is refused, wherever it is") {
		const char *why = "a key that this kml does not know: write the lock anew with `kml lock`";

		CHECK(refuses(k, s, "\"size\":12", "\"size\":12,\"verify\":\"x\"", why));
		CHECK(refuses(k, s, "\"file\":", "\"sha\":\"x\",\"file\":", scope_format(s, "module 1: %s",
		              why)));
		CHECK(parse(k, s, "{\"version\":1,\"more\":1,\"entries\":[]}", &l) == KML_BAD);
	}
	TEST("entries are sorted, each once") {
		CHECK(parse(k, s, HEAD ENTRY("6.1.0", "a", "") "," ENTRY("6.1.0", "a", "") "]}", &l) == KML_BAD);
		CHECK(!strcmp(k->msg, "entry 2: a for 6.1.0 is there twice, or not sorted by kernel and name"));
		CHECK(parse(k, s, HEAD ENTRY("6.1.0", "a", "") "," ENTRY("5.1.0", "a", "") "]}", &l) == KML_BAD);
	}
	TEST("a file that is not there is named") {
		CHECK(lock_read(k, s, "build/no/kml.lock", &l) == KML_NOTFOUND);
		CHECK(str_starts(str_of(k->msg), S("build/no/kml.lock: ")));
	}
TESTS_END
