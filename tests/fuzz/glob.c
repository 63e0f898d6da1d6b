/* The first line is the pattern, the rest the text. */
#include "../../src/format/glob.c"
#include "../../src/format/modname.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg, pattern = str_take(&text, '\n'), name;

	(void)k;
	(void)glob_match(pattern, text);
	(void)modname_normal(s, text, &name);
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
