#include "../../src/site/kernels.c"
#include <stdlib.h>

/* Names are those of directories, and all shards of a list are the list. */
static int one(struct kml *k, struct scope *s, void *text)
{
	struct buf b = { .s = s };
	struct kernels all, part;
	size_t at = 0;

	if (kernels_parse(k, "list", *(struct str *)text, &b) < 0)
		return 0;
	all = (struct kernels){ (const char **)(void *)b.p, b.n / sizeof *all.v };
	kernels_unique(s, &all);
	for (size_t i = 0; i < all.n; i++)
		if (!*all.v[i] || strpbrk(all.v[i], "/ \n\t#") || !strcmp(all.v[i], ".."))
			abort();
	for (int i = 0; i < 3; i++, at += part.n) {
		part = all;
		if (kernels_shard(k, scope_format(s, "%d/3", i), &part) < 0 || (all.n && part.v != all.v + at))
			abort();
	}
	if (at != all.n)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct kml k;

	kml_run(&k, one, &(struct str){ (const char *)p, n });
	return 0;
}
