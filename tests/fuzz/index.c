/* The first line is what to look for, the rest the index. */
#include "../../src/format/index.c"

static int each(struct kml *k, void *arg, struct str key, struct str value)
{
	(void)k, (void)arg, (void)key, (void)value;
	return 0;
}

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg, word = str_take(&text, '\n'), value;
	struct source src = source_of(text);
	struct index_values found;
	struct index ix;

	if (index_open(k, &src, &ix) < 0)
		return 0;
	(void)index_find(k, &ix, word, &value);
	(void)index_search(k, s, &ix, word, &found);
	(void)index_each(k, s, &ix, each, NULL);
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
