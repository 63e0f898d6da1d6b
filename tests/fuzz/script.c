/* A script, and every pattern in it against a name. */
#include "../../src/format/script.c"
#include "../../src/format/glob.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct script script;

	if (script_parse(k, s, *(struct str *)arg, &script) < 0)
		return 0;
	for (size_t i = 0; i < script.n; i++) {
		if (!script.v[i].n || (!i && script.v[i].join != SCRIPT_THEN))
			__builtin_trap();
		for (size_t j = 0; j < script.v[i].n; j++) {
			const struct script_word *w = &script.v[i].words[j];

			if (w->pattern.p && strlen(w->text) > ((struct str *)arg)->n)
				__builtin_trap();
			if (w->pattern.p)
				(void)glob_match(w->pattern, str_base(str_of(w->text)));
		}
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
