#include "../../src/format/json.c"

/* What was read and written is read again, and written the same. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct buf once = { .s = s }, twice = { .s = s };
	yyjson_val *v;
	uint64_t n;
	struct str text;
	int r = json_read(k, s, *(struct str *)arg, &v);

	if (r < 0)
		return r;
	json_need_uint(k, v, "size", &n);
	json_need_text(k, v, "digest", &text);
	json_copy(&once, v);
	if (json_read(k, s, buf_str(&once), &v) < 0)
		abort();
	json_copy(&twice, v);
	if (!str_eq(buf_str(&once), buf_str(&twice)))
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
