#include "../../src/site/initrd.c"

/* What is kept lies in the place of a module, and nowhere else. */
static void judge(const struct initrd *in)
{
	for (size_t i = 0; i < in->n; i++) {
		struct str rest = str_of(in->v[i].place);

		while (rest.n) {
			struct str part = str_take(&rest, '/');

			if (!part.n || str_eq(part, S("..")))
				abort();
		}
		for (size_t j = 0; j < i; j++)
			if (!strcmp(in->v[i].place, in->v[j].place))
				abort();
	}
}

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct initrd in = { .s = s, .below = S("lib/modules/6/") };
	int r = initrd_all(k, &in, *(const struct str *)arg, false);

	judge(&in);
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
