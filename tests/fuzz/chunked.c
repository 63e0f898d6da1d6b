#include "../../src/format/chunked.c"

/* All content of `t`, looked at `step` bytes at a time; -1 when it is malformed. */
static long content(struct kml *k, struct str t, size_t step, uint32_t *sum)
{
	struct chunked c = { 0 };
	long all = 0;

	*sum = 0;
	for (size_t at = 0; at < t.n && c.at != CHUNKED_END;) {
		struct str in = { t.p + at, t.n - at < step ? t.n - at : step };
		size_t n, most = in.n;

		if (chunked_step(k, &c, &in, &n) < 0)
			return -1;
		if (n > in.n || in.n > most || (!n && in.n == most && c.at != CHUNKED_END))
			abort();
		for (size_t i = 0; i < n; i++)
			*sum = *sum * 31 + (unsigned char)in.p[i];
		chunked_took(&c, n);
		all += (long)n;
		at = (size_t)(in.p - t.p) + n;
	}
	return all * 2 + (c.at == CHUNKED_END);
}

/* However it comes in, it is the same. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str t = *(struct str *)arg;
	uint32_t a, b, c;
	long n = content(k, t, t.n, &a);

	(void)s;
	if (content(k, t, 1, &b) != n || content(k, t, 7, &c) != n)
		abort();
	if (n >= 0 && (a != b || b != c))
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
