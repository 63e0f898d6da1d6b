#include "../../src/format/httphead.c"

/* The first byte: which way the head goes. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str t = *(struct str *)arg, value;
	bool request = t.n && t.p[0] & 1, empty = t.n && t.p[0] & 2;
	struct httphead h;
	struct httphead_body body;
	size_t size;

	t = str_from(t, 1);
	size = httphead_size(t, 0);
	for (size_t i = 0; i < t.n && i < 64; i++)
		if (httphead_size((struct str){ t.p, i }, i / 2) && size != httphead_size((struct str){ t.p, i }, 0))
			abort();
	if (size)
		t.n = size;
	if (httphead_parse(k, s, t, request, &h) < 0)
		return 0;
	for (size_t i = 0; i < h.n; i++)
		if (!httphead_is_token(h.fields[i].name) || !httphead_is_value(h.fields[i].value))
			abort();
	value = httphead_clean(s, httphead_get(&h, "Warning", 0));
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
			abort();
	if (!rune_is_text(value))
		abort();
	return httphead_body(k, &h, request, empty, &body);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
