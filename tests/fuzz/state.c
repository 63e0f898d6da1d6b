#include "../../src/site/state.c"

static int one(struct kml *k, struct scope *s, void *text)
{
	struct state st = { .name = "x" };

	return state_parse(k, s, *(struct str *)text, &st);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct kml k;

	kml_run(&k, one, &(struct str){ (const char *)p, n });
	return 0;
}
