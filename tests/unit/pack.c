#define KML_TEST
#include "../../src/site/pack.c"
#include "../test.h"

#define DIR "build/unit-pack"
#define MAGIC "vermagic=6.1.0-x SMP "

/* The smallest module there is: a header, text, two sections. */
static struct str module(struct scope *s, struct str info)
{
	static const char names[] = "\0.modinfo";
	size_t text = 64 + sizeof names, heads = (text + info.n + 7) / 8 * 8;
	char *f = scope_alloc(s, heads + 128);

	memcpy(f, "\177ELF\2\1", 6);
	f[16] = 1, f[18] = 62, f[40] = (char)heads, f[41] = (char)(heads >> 8);
	f[58] = 64, f[60] = 2;
	memcpy(f + 64, names, sizeof names);
	memcpy(f + text, info.p, info.n);
	f[heads + 24] = 64, f[heads + 32] = sizeof names;
	f[heads + 64] = 1, f[heads + 68] = 1;
	f[heads + 88] = (char)text, f[heads + 96] = (char)info.n;
	return (struct str){ f, heads + 128 };
}

static int prepare(struct kml *k, struct scope *s)
{
	int r = save_mkdirs(k, s, DIR "/in");

	if (r == 0)
		r = save_file(k, s, DIR "/in/a.ko", module(s, S("name=a\0" MAGIC)));
	if (r == 0)
		r = save_file(k, s, DIR "/in/b-b.ko", module(s, S("alias=x\0" MAGIC)));
	if (r == 0)
		r = save_file(k, s, DIR "/old.ko", module(s, S("vermagic=5.0 SMP ")));
	return r == 0 ? save_file(k, s, DIR "/text.ko", S("text")) : r;
}

TESTS
	const char *in[] = { DIR "/in", NULL };
	const struct remote_options remote = { .authfile = NULL };
	struct pack_options o = {
		.name = "b_b", .modules = in, .nmodules = 1,
		.to = { .target = "oci:" DIR "/out:t", .remote = &remote },
		.program = DIR "/in/a.ko",
	}, other;
	struct pack_result one, two;

	k->jobs = 1;
	CHECK(prepare(k, s) == 0);
	TEST("modules of another kernel and files of another kind are refused") {
		other = o;
		other.kernel = "6.1.0-y";
		CHECK(pack_run(k, s, &other, &two) == KML_KERNEL);
		other = o;
		in[1] = DIR "/old.ko";
		other.nmodules = 2;
		CHECK(pack_run(k, s, &other, &two) == KML_KERNEL);
		in[1] = DIR "/text.ko";
		CHECK(pack_run(k, s, &other, &two) == KML_BAD);
		in[1] = DIR "/nowhere.ko";
		CHECK(pack_run(k, s, &other, &two) == KML_NOTFOUND);
	}
	TEST("what is not there, twice, or leads out is refused") {
		other = o;
		other.name = "c";
		CHECK(pack_run(k, s, &other, &two) == KML_NOTFOUND);
		other.name = NULL;
		CHECK(pack_run(k, s, &other, &two) == KML_USAGE);
		other = o;
		in[1] = DIR "/in/a.ko";
		other.nmodules = 2;
		CHECK(pack_run(k, s, &other, &two) == KML_USAGE);
		other = o;
		other.dir = "/a/../..";
		CHECK(pack_run(k, s, &other, &two) == KML_USAGE);
	}
	TEST("a name that no document can have is refused") {
		const char *odd[] = { DIR "/a\xff.ko" };

		CHECK(save_file(k, s, odd[0], module(s, S("name=a\0" MAGIC))) == 0);
		other = o;
		other.modules = odd;
		other.name = NULL;
		CHECK(pack_run(k, s, &other, &two) == KML_BAD && strstr(k->msg, "not UTF-8"));
	}
	TEST("an image is made") {
		CHECK(pack_run(k, s, &o, &one) == 0 && one.nlayers == 2 && one.nmodules == 2);
		CHECK(!strcmp(one.kernel, "6.1.0-x") && !strcmp(one.arch, "amd64"));
	}
TESTS_END
