#define KML_TEST
#include "../../src/format/codec.c"
#include "../../src/ground/sys.c"
#include "../test.h"

static struct str file(struct kml *k, struct scope *s, const char *name)
{
	struct str text = { 0 };

	CHECK(sys_read_file(k, s, scope_format(s, "tests/fuzz/corpus/codec/%s", name), &text) == 0);
	return scope_str(s, text);
}

struct input { struct str rest; size_t step; };

static int input_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct input *in = arg;

	(void)k;
	*got = in->rest.n < in->step ? in->rest.n : in->step;
	*got = *got < n ? *got : n;
	memcpy(p, in->rest.p, *got);
	in->rest = str_from(in->rest, *got);
	return 0;
}

static int streamed(struct kml *k, struct scope *s, struct str in, size_t step, struct buf *b)
{
	struct input from = { in, step };
	struct reader rd = { input_read, &from }, out;
	size_t got = 1;
	int r = codec_reader(k, s, codec_of(in), &rd, &out);

	for (; r == 0 && got; b->n += got)
		r = out.read(k, out.arg, buf_room(b, 100), 100, &got);
	return r;
}

/* 40 times the same words, as the files of the corpus have them. */
static bool expected(struct str out, size_t n)
{
	static const char words[] = "the quick brown module ";

	for (size_t i = 0; i < out.n && i < 920; i++)
		if (out.p[i] != words[i % 23])
			return false;
	return out.n == n;
}

TESTS
	static const struct { const char *name; size_t n; } good[] = {
		{ "one.gz", 920 }, { "two.gz", 928 }, { "crc32.xz", 920 }, { "crc64.xz", 920 },
		{ "sha256.xz", 920 }, { "none.xz", 920 }, { "two.xz", 924 }, { "one.zst", 920 },
		{ "nosize.zst", 920 }, { "two.zst", 1840 }, { "blocks.xz", 46000 },
	};
	static const char *const bad[] = { "cut.gz", "cut.xz", "cut.zst", "tail.gz" };
	struct codec_state *c = codec_new(s);
	struct buf b = { .s = s };
	struct str in, out;
	uint64_t at;

	TEST("a kind is known by its first bytes") {
		CHECK(codec_of(S("\x1f\x8b")) == CODEC_GZIP && codec_of(S("\x1f")) == CODEC_NONE);
		CHECK(codec_of(S("\xfd" "7zXZ\0")) == CODEC_XZ && codec_of(S("")) == CODEC_NONE);
		CHECK(!strcmp(codec_name(codec_of(S("\x28\xb5\x2f\xfd"))), "zstd"));
	}
	TEST("buffers and streams of all kinds are decoded, all members") {
		for (size_t i = 0; i < countof(good); i++) {
			in = file(k, s, good[i].name);
			CHECK(codec_decode(k, s, in, 1 << 20, &out) == 0);
			CHECK(expected(out, good[i].n));
			for (size_t step = 1; step < 5000; step = step * 60 + 1) {
				b.n = 0;
				CHECK(streamed(k, s, in, step, &b) == 0);
				CHECK(str_eq(buf_str(&b), out));
			}
		}
	}
	TEST("one decoder does them one after the other") {
		for (size_t i = 0; i < countof(good); i++) {
			b.n = 0;
			CHECK(codec_into(k, c, file(k, s, good[i].name), 1 << 20, &b) == 0);
			CHECK(b.n == good[i].n && !c->over);
		}
	}
	TEST("what is cut short, damaged or followed by junk is refused") {
		for (size_t i = 0; i < countof(bad); i++) {
			in = file(k, s, bad[i]);
			CHECK(codec_decode(k, s, in, 1 << 20, &out) == KML_BAD);
			b.n = 0;
			CHECK(streamed(k, s, in, 7, &b) == KML_BAD);
		}
		in = file(k, s, "crc32.xz");
		((char *)(uintptr_t)in.p)[60] ^= 1;
		CHECK(codec_decode(k, s, in, 1 << 20, &out) == KML_BAD);
		CHECK(!strcmp(k->msg, "xz data is damaged"));
	}
	TEST("what is not encoded stays as it is") {
		in = file(k, s, "plain.txt");
		CHECK(codec_decode(k, s, in, 1, &out) == 0 && str_eq(in, out));
		b.n = 0;
		CHECK(streamed(k, s, in, 7, &b) == 0 && str_eq(in, buf_str(&b)));
	}
	TEST("the limit holds, to the byte") {
		for (size_t i = 0; i < countof(good); i++) {
			in = file(k, s, good[i].name);
			CHECK(codec_decode(k, s, in, good[i].n, &out) == 0);
			CHECK(codec_decode(k, s, in, good[i].n - 1, &out) == KML_BAD);
		}
		b.n = 0;
		CHECK(codec_into(k, c, file(k, s, "bomb.gz"), 5000, &b) == KML_BAD);
		CHECK(c->over && b.n == 5000);
	}
	TEST("sizes are told where the format tells them") {
		CHECK(codec_size(file(k, s, "one.gz")) == 920);
		CHECK(codec_size(file(k, s, "one.zst")) == 920);
		CHECK(codec_size(file(k, s, "nosize.zst")) == 0);
		CHECK(codec_size(file(k, s, "crc64.xz")) == 920);
		CHECK(codec_size(file(k, s, "blocks.xz")) == 46000);
		CHECK(codec_size(file(k, s, "two.xz")) == 0);
		CHECK(codec_size(file(k, s, "cut.xz")) == 0);
	}
	TEST("decoding begins with the block that has the byte") {
		struct codec_io io = { .in = &in, .p = buf_room(&b, 12000), .room = 12000 };

		in = file(k, s, "blocks.xz");
		CHECK(codec_seek(k, c, 24000, &at, &in) == 0 && at == 24000);
		CHECK(codec_step(k, c, &io) == 0 && io.got == 12000);
		CHECK(!memcmp(io.p, "the quick brown module " + 24000 % 23, 23 - 24000 % 23));
		in = file(k, s, "blocks.xz");
		CHECK(codec_seek(k, c, 23999, &at, &in) == 0 && at == 12000);
		in = file(k, s, "one.gz");
		CHECK(codec_seek(k, c, 500, &at, &in) == 0 && at == 0);
	}
TESTS_END
