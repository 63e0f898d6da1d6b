#include "../../src/format/settings.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct settings set;

	return settings_parse(k, s, "f", *(struct str *)arg, &set);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
