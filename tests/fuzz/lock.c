#include "../../src/site/lock.c"
#include <stdlib.h>

/* What is read is written so that it is read again, and then the same. */
static int one(struct kml *k, struct scope *s, void *text)
{
	struct lock l = { .file = "kml.lock", .base = "" }, again = l;
	struct str first;

	if (lock_parse(k, s, *(struct str *)text, &l) < 0)
		return 0;
	first = lock_write(s, &l);
	if (lock_parse(k, s, first, &again) < 0 || !str_eq(lock_write(s, &again), first))
		abort();
	for (size_t i = 0; i < l.n; i++)
		if (lock_find(&l, l.v[i].kernel, l.v[i].name) != &l.v[i])
			abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct kml k;

	kml_run(&k, one, &(struct str){ (const char *)p, n });
	return 0;
}
