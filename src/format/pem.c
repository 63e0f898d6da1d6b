/* pem.c - DER in text (RFC 7468): certificates and keys as files have them.
 *
 *     -----BEGIN CERTIFICATE-----
 *     base64, any white space in it
 *     -----END CERTIFICATE-----
 *
 * What is between two such blocks is anybody's comment.  The old form of a key
 * may begin with header lines ("Proc-Type: 4,ENCRYPTED"); none of it is read, but
 * that there is one is told.
 */
#ifndef KML_PEM_C
#define KML_PEM_C

#include "../ground/base.c"

struct pem { struct str label, der; bool headers; };

/* The offset of `what` in `in`, or in.n. */
static size_t pem_find(struct str in, struct str what)
{
	const char *at = in.n ? memmem(in.p, in.n, what.p, what.n) : NULL;

	return at ? (size_t)(at - in.p) : in.n;
}

/* The value of a digit of base64; 64 for white space, 65 for anything else. */
static unsigned pem_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0') + 52;
	return c == '+' ? 62 : c == '/' ? 63 : str_blank(c) ? 64 : 65;
}

static bool pem_decode(struct scope *s, struct str text, struct str *out)
{
	char *p = scope_raw(s, text.n / 4 * 3 + 3);
	unsigned bits = 0, have = 0;
	size_t n = 0, i = 0;

	for (; i < text.n && text.p[i] != '='; i++) {
		unsigned d = pem_digit(text.p[i]);

		if (d > 64)
			return false;
		if (d == 64)
			continue;
		bits = bits << 6 | d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			p[n++] = (char)(unsigned char)(bits >> have);
		}
	}
	for (; i < text.n; i++)
		if (text.p[i] != '=' && !str_blank(text.p[i]))
			return false;
	*out = (struct str){ p, n };
	return n > 0;
}

/* Take the next block off *text.  KML_NOTFOUND: there is none any more. */
static int pem_next(struct kml *k, struct scope *s, struct str *text, struct pem *out)
{
	struct str body, line;
	size_t end;

	*text = str_from(*text, pem_find(*text, S("-----BEGIN ")));
	if (!text->n)
		return fail(k, KML_NOTFOUND, "nothing in it between lines of -----BEGIN and -----END");
	*text = str_from(*text, 11);
	end = pem_find(*text, S("-----"));
	*out = (struct pem){ .label = { text->p, end } };
	*text = str_from(*text, end + 5);
	if (memchr(out->label.p, '\n', end))
		return fail(k, KML_BAD, "a line of -----BEGIN that does not end with -----");
	body = (struct str){ text->p, pem_find(*text, S("-----END ")) };
	if (body.n == text->n)
		return fail(k, KML_BAD, "cut short: no line of -----END");
	*text = str_from(*text, body.n);
	body = str_trim(body);
	while (line = (struct str){ body.p, str_find(body, '\n') }, str_find(line, ':') < line.n) {
		out->headers = true;
		body = str_trim(str_from(body, line.n));
	}
	if (!out->headers && !pem_decode(s, body, &out->der))
		return fail(k, KML_BAD, "what follows a line of -----BEGIN is not base64");
	return 0;
}

#endif
