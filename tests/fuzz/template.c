#include "../../src/format/template.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	static const struct template_var vars[] = { { { "A", 1 }, { "$B", 2 } }, { { "E", 1 }, { "", 0 } } };
	struct template t = { .vars = vars, .nvars = countof(vars) };
	struct str out;

	return template_expand(k, s, *(struct str *)arg, &t, &out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
