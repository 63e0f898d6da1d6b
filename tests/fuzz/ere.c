#include "../../src/format/ere.c"

/* An expression, a newline, and a text to look at. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg, expression = str_take(&text, '\n');
	struct ere e;
	int r = ere_of(k, s, expression, &e);

	if (text.n > 256)
		text.n = 256;
	if (r == 0 && ere_match(s, &e, text) != ere_match(s, &e, text))
		abort();
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
