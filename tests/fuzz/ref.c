#include "../../src/format/ref.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct ref r;

	return ref_parse(k, s, *(struct str *)arg, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
