#include "../../src/site/lint.c"

/* A kml.ini, alone and with two kernels; each finding is a line of its own. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	static const char *names[] = { "5.14.0-427.el9.x86_64+rt", "5.14.0-427.el9.x86_64_rt" };
	struct mapping m;
	struct mappings all = { &m, 1 };
	int r = mapping_parse(k, s, "f", *(struct str *)arg, &m);

	for (size_t n = 0; r == 0 && n <= countof(names); n += countof(names)) {
		struct kernels list = { names, n };
		struct lint_finding *f;
		size_t found;

		f = lint_all(k, s, &all, &list, &found);
		for (size_t i = 0; i < found; i++)
			if (!f[i].line || str_find(str_of(f[i].text), '\n') < strlen(f[i].text))
				abort();
	}
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
