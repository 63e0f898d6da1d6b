#include "../../src/format/language.c"

enum { MOST = 6 };

/* A pattern a line: what is found must be a name that the first matches and no other does. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg;
	const struct automaton *a[MOST];
	struct pattern p[MOST];
	struct language l = { .letters = "0123456789abcdefghijklmnopqrstuvwxyz.-_+~^", .v = a, .nwith = 1 };

	for (; text.n && l.n < MOST; l.n++) {
		int r = pattern_of(k, s, str_take(&text, '\n'), &p[l.n]);

		if (r < 0 || !(a[l.n] = automaton_of(s, &p[l.n])))
			return r;
	}
	if (!l.n || language_find(s, &l) != LANGUAGE_SOME)
		return 0;
	for (size_t i = 0; i < l.n; i++) {
		bool is;

		if (pattern_match(k, s, &p[i], str_of(l.name), &is) < 0 || is != (i < l.nwith))
			abort();
	}
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
