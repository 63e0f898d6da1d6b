#include "../../src/format/manifest.c"

/* Both kinds of document; what is read is written and read again. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg;
	struct manifest m;
	struct manifest_config c;
	struct buf b = { .s = s };

	manifest_read_config(k, s, text, 2, &c);
	if (manifest_read(k, s, text, S(""), &m) < 0 || m.is_index)
		return 0;
	manifest_write(&b, &m, NULL, 0);
	if (descriptor_kind(m.type) == DESCRIPTOR_IS_MANIFEST &&
	    manifest_read(k, s, buf_str(&b), S(""), &m) < 0)
		abort();
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
