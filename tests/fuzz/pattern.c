#include "../../src/format/automaton.c"

/* A pattern, a newline, and a text to look at. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg, pattern = str_take(&text, '\n');
	struct pattern p;
	const struct automaton *a;
	bool first, again;
	int r = pattern_of(k, s, pattern, &p);

	if (text.n > 256)
		text.n = 256;
	if (r < 0 || (r = pattern_match(k, s, &p, text, &first)) < 0)
		return r;
	if (pattern_match(k, s, &p, text, &again) < 0 || first != again)
		abort();
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return 0;
	if ((a = automaton_of(s, &p)) && automaton_match(a, text) != first)
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
