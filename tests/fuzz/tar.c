#include "../../src/format/tar.c"

static int memory_read(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct str *left = arg;

	(void)k;
	*got = left->n < n ? left->n : n;
	if (*got)
		memcpy(p, left->p, *got);
	*left = str_from(*left, *got);
	return 0;
}

/* Names that come out are in one form, and lead nowhere. */
static void judge(const struct tar_entry *e)
{
	struct str rest = e->name;

	while (rest.n) {
		struct str part = str_take(&rest, '/');

		if (!part.n || str_eq(part, S(".")) || str_eq(part, S("..")))
			abort();
	}
	if (!tar_is_plain(e->name) || !tar_is_plain(e->link))
		abort();
}

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct reader in = { memory_read, arg };
	struct tar t = { .in = &in };
	struct tar_entry e;
	struct str body;
	int r;

	while ((r = tar_next(k, s, &t, &e)) > 0) {
		judge(&e);
		if (e.size % 2 && (r = tar_read_all(k, s, &t, &body)) < 0)
			return r;
	}
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str left = { (const char *)p, n };

	kml_run(&k, one, &left);
	scope_end(&k.keep);
	return 0;
}
