#include "../../src/format/codec.c"

enum { LIMIT = 1 << 20 };

struct input { struct str rest; };

/* Give three bytes at a time, so that every boundary is met. */
static int input_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct input *in = arg;

	(void)k;
	*got = in->rest.n < 3 ? in->rest.n : 3;
	*got = *got < n ? *got : n;
	memcpy(p, in->rest.p, *got);
	in->rest = str_from(in->rest, *got);
	return 0;
}

/* The stream must give what the buffer gave, or fail like it. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct input in = { *(struct str *)arg };
	struct reader from = { input_read, &in }, rd;
	struct buf b = { .s = s };
	struct str whole, rest = in.rest;
	uint64_t at;
	size_t got = 1;
	int r = codec_decode(k, s, in.rest, LIMIT, &whole), q;

	q = codec_reader(k, s, codec_of(in.rest), &from, &rd);
	for (; q == 0 && got && b.n <= LIMIT; b.n += got)
		q = rd.read(k, rd.arg, buf_room(&b, 5000), 5000, &got);
	if (r == 0 && (q < 0 || !str_eq(whole, buf_str(&b))))
		abort();
	if (r < 0 && q == 0 && b.n <= LIMIT)
		abort();
	if (codec_of(rest) != CODEC_NONE)
		codec_seek(k, codec_new(s), codec_size(rest) / 2, &at, &rest);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
