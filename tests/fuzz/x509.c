#include "../../src/registry/trust.c"

/* As DER, and as text with such in it: everything that is asked of a certificate or a key. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str in = *(struct str *)arg;
	struct buf cas = { .s = s };
	br_x509_trust_anchor anchors[4];
	struct trust t = { 0 };
	struct privkey key;
	struct x509 x;
	bool found = false;

	if (x509_parse(in, &x)) {
		x509_is_for(&x, S("www.example.org"));
		x509_is_for(&x, S("[::1]"));
		x509_list(s, &x);
		x509_title(s, x.issuer);
		x509_time(s, x.not_before);
		x509_time(s, x.not_after);
	}
	trust_add_text(k, s, &cas, in, &found);
	t.cas = (struct trust_ca *)(void *)cas.p;
	t.n = cas.n / sizeof *t.cas;
	if (found && x509_parse(in, &x))
		trust_anchors(&t, &x, true, anchors, countof(anchors));
	return privkey_parse(k, s, in, &key);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
