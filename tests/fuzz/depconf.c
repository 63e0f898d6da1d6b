#include "../../src/format/depconf.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct depconf c = { .s = s, .version = "6.1.0-amd64" };

	depconf_parse(k, &c, "fuzz", *(struct str *)arg);
	depconf_beats(&c, S("updates/a"), S("kernel/a"));
	depconf_excludes(&c, S("build"));
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
