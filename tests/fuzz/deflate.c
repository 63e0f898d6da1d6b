#include "../../src/format/deflate.c"
#include <zlib.h>

/* What is taken for a whole stream inflates, and goes on afterwards. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str in = *(struct str *)arg;
	char *p = scope_raw(s, in.n + DEFLATE_SLACK), room[4096];
	z_stream z = { 0 };
	size_t n;
	int r;

	(void)k;
	if (in.n)
		memcpy(p, in.p, in.n);
	if (!(n = deflate_go_on(p, in.n)) || inflateInit2(&z, -15) != Z_OK)
		return 0;
	z.next_in = (unsigned char *)p;
	z.avail_in = (unsigned)n;
	do {
		z.next_out = (unsigned char *)room;
		z.avail_out = sizeof room;
		r = inflate(&z, Z_NO_FLUSH);
	} while (r == Z_OK && !z.avail_out);
	if (r == Z_STREAM_END)          /* the end is what was taken out */
		abort();
	inflateEnd(&z);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str in = { (const char *)p, n };

	kml_run(&k, one, &in);
	scope_end(&k.keep);
	return 0;
}
