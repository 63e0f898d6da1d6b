#include "../../src/format/challenge.c"

/* Every challenge takes something off the field, and what it holds came from there. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str field = *(struct str *)arg, before = field;
	struct challenge c;
	size_t all = field.n, held = 0;

	(void)k;
	while (challenge_next(s, &field, &c)) {
		if (field.n >= before.n || !c.scheme.n)
			abort();
		for (size_t i = 0; i < c.scheme.n; i++)
			if (strchr(" \t,=\"", c.scheme.p[i]) && c.scheme.p[i])
				abort();
		held += c.scheme.n + c.realm.n + c.service.n + c.scope.n + c.error.n;
		before = field;
	}
	if (held > all)
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
