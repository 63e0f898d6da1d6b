#include "../../src/site/mapping.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct mapping m;
	struct resolved out;
	int r = mapping_parse(k, s, "f", *(struct str *)arg, &m);

	return r < 0 ? r : mapping_resolve(k, s, &m, "5.14.0-427.el9.x86_64+rt", &out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
