/* base64.c - bytes as text (RFC 4648): logins in headers and in auth files. */
#ifndef KML_BASE64_C
#define KML_BASE64_C

#include "../ground/base.c"

static struct str base64_encode(struct scope *s, struct str t)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf b = { .s = s };

	for (size_t i = 0; i < t.n; i += 3) {
		unsigned v = 0;

		for (size_t j = i; j < i + 3; j++)
			v = v << 8 | (j < t.n ? (unsigned char)t.p[j] : 0);
		for (int j = 0; j < 4; j++)
			buf_byte(&b, i + (size_t)j <= t.n ? digits[v >> (18 - 6 * j) & 63] : '=');
	}
	return buf_str(&b);
}

static int base64_digit(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 :
		c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' || c == '-' ? 62 :
		c == '/' || c == '_' ? 63 : -1;
}

/* Both alphabets, with or without the padding. */
static int base64_decode(struct kml *k, struct scope *s, struct str t, struct str *out)
{
	struct buf b = { .s = s };
	unsigned v = 0;
	int bits = 0;

	while (t.n && t.p[t.n - 1] == '=')
		t.n--;
	for (size_t i = 0; i < t.n; i++) {
		int d = base64_digit(t.p[i]);

		if (d < 0)
			return fail(k, KML_BAD, "is not base64");
		v = v << 6 | (unsigned)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_byte(&b, (char)(v >> bits & 0xff));
		}
	}
	if (bits >= 6)
		return fail(k, KML_BAD, "is not base64");
	*out = buf_str(&b);
	return 0;
}

#endif
