/* kmodhash.c - the order in which kmod's hash tables list what they hold.
 *
 * It shows in two of depmod's files: modules.symbols, and the place of modules that
 * modules.order does not name.  A table has a power of two of buckets; a bucket is
 * kept sorted.  The hash is Paul Hsieh's SuperFastHash over 16 bits at a time, here
 * always in little-endian order, with bytes left over taken as signed.
 */
#ifndef KML_KMODHASH_C
#define KML_KMODHASH_C

#include "../ground/base.c"

static uint32_t kmodhash_of(struct str key)
{
	uint32_t h = (uint32_t)key.n;

	for (; key.n >= 4; key = str_from(key, 4)) {
		h += (uint32_t)load_le(key.p, 2);
		h = h << 16 ^ (uint32_t)load_le(key.p + 2, 2) << 11 ^ h;
		h += h >> 11;
	}
	if (key.n >= 2)
		h += (uint32_t)load_le(key.p, 2);
	if (key.n == 3) {
		h ^= h << 16;
		h ^= (uint32_t)(int)(signed char)key.p[2] << 18;
		h += h >> 11;
	} else if (key.n == 2) {
		h ^= h << 11;
		h += h >> 17;
	} else if (key.n == 1) {
		h += (uint32_t)(int)(signed char)key.p[0];
		h ^= h << 10;
		h += h >> 1;
	}
	h ^= h << 3;
	h += h >> 5;
	h ^= h << 4;
	h += h >> 17;
	h ^= h << 25;
	h += h >> 6;
	return h;
}

/* The indexes of `keys` as a table of `buckets` lists them, in `s`. */
static uint32_t *kmodhash_order(struct scope *s, const struct str *keys, size_t n,
                                uint32_t buckets)
{
	struct scope *t = scope_begin(s);
	uint32_t *order = news(s, uint32_t, n), *bucket = news(t, uint32_t, n);
	uint32_t *start = news(t, uint32_t, (size_t)buckets + 1);
	uint32_t *used = news(t, uint32_t, buckets);

	for (size_t i = 0; i < n; i++) {
		bucket[i] = kmodhash_of(keys[i]) & (buckets - 1);
		start[bucket[i] + 1]++;
	}
	for (uint32_t b = 0; b < buckets; b++)
		start[b + 1] += start[b];
	for (size_t i = 0; i < n; i++) {
		uint32_t *v = order + start[bucket[i]], at = used[bucket[i]]++;

		for (; at && str_cmp(keys[v[at - 1]], keys[i]) > 0; at--)
			v[at] = v[at - 1];
		v[at] = (uint32_t)i;
	}
	scope_end(t);
	return order;
}

#endif
