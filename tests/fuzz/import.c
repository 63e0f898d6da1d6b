/* What import makes of a Module is a kml.ini, and means the same as a Module again. */
#include "../../src/site/export.c"
#include "../../src/site/import.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str ini, again;
	struct mapping m;
	struct export e = { .k = k, .s = s, .m = &m, .b = { .s = s } };
	struct resolved a, b;
	int r = import_module(k, s, *(struct str *)arg, &ini);

	if (r < 0)
		return r;
	if (mapping_parse(k, s, "kml.ini", ini, &m) < 0)
		abort();
	r = mapping_resolve(k, s, &m, "5.14.0-427.el9.x86_64+rt", &a);
	if (export_module(&e) < 0)
		return 0;
	if (import_module(k, s, buf_str(&e.b), &again) < 0)
		abort();
	if (mapping_parse(k, s, "kml.ini", again, &m) < 0 ||
	    r != mapping_resolve(k, s, &m, "5.14.0-427.el9.x86_64+rt", &b))
		abort();
	if (r == 0 && (strcmp(a.image, b.image) || strcmp(a.name, b.name)))
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
