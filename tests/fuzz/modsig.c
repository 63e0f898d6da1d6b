/* The end of a module file, or the PKCS#7 in it. */
#include "../../src/format/modsig.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct source src = source_of(*(struct str *)arg);
	struct modsig sig;
	struct pkcs7 p;

	(void)s;
	(void)modsig_read(k, &src, &sig);
	(void)pkcs7_parse(k, *(struct str *)arg, &p);
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
