#include "../../src/format/kver.c"

/* Two names and a range, each on its line: order must be an order. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str range = *(struct str *)arg, a = str_take(&range, '\n'), b = str_take(&range, '\n');
	struct template_var v[KVER_VARS];
	struct kver_range r;
	int n = kver_compare(a, b, false);

	if (kver_compare(a, a, false) || (n > 0) - (n < 0) !=
	    (kver_compare(b, a, false) < 0) - (kver_compare(b, a, false) > 0))
		abort();
	kver_dns_safe(s, a);
	kver_vars(k, s, b, v);
	n = kver_range_of(k, range, &r);
	return n < 0 ? n : (kver_range_unmet(&r, a), 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
