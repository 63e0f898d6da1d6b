#include "../../src/module/depcache.c"

/* A cache with right sums, asked for all that it has. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str bytes = scope_str(s, *(struct str *)arg);
	struct depcache c = { .src = source_of(bytes) };
	struct depcache_head ours = depcache_ours(), *h = (void *)(uintptr_t)bytes.p;
	struct depscan_module *v;
	uint64_t size;

	if (bytes.n < sizeof ours)
		return 0;
	memcpy(h, &ours, offsetof(struct depcache_head, sum));
	h->order = ours.order;
	h->format = ours.format;
	size = depcache_head_size(h);
	if (size + depcache_body_size(h) != bytes.n)
		return 0;
	h->body_sum = depcache_sum(0, str_from(bytes, size));
	h->sum = depcache_sum(0, depcache_summed((struct str){ bytes.p, size }));
	if (!(c.there = depcache_read_head(k, &c)))
		abort();
	v = news(s, struct depscan_module, h->files);
	c.hits = news(s, uint32_t, h->files);
	c.nhits = h->files;
	for (uint32_t i = 0; i < h->files; i++) {
		depcache_find(&c, depcache_path(&c, &c.files[i]));
		c.hits[i] = i + 1;
	}
	depcache_take(k, s, &c, v);
	for (uint32_t i = 0; i < h->files; i++) {
		for (uint32_t j = 0; j < v[i].nexports; j++)
			if (v[i].exports[j].name >= v[i].names->n)
				abort();
		for (uint32_t j = 0; j < v[i].nneeds; j++)
			if ((v[i].needs[j].name & ~DEPSCAN_WEAK) >= v[i].names->n)
				abort();
		v[i].path = v[i].known ? "" : NULL;
	}
	depcache_make(s, v, h->files, INT64_MAX, 1, 2);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str file = { (const char *)p, n };

	kml_run(&k, one, &file);
	scope_end(&k.keep);
	return 0;
}
