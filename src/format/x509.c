/* x509.c - what a certificate says of whom: names, dates, key (RFC 5280).
 *
 *     SEQUENCE {
 *       SEQUENCE {
 *         [a0 version], 02 serial number, 30 algorithm,
 *         30 issuer, 30 { not before, not after }, 30 subject,
 *         30 { 30 { 06 algorithm, [06 curve] }, 03 key },
 *         [81 id], [82 id], [a3 30 { 30 { 06 oid, [01 critical], 04 value } ... }]
 *       }, 30 algorithm, 03 signature }
 *
 * Whether to believe any of it is for br_x509_minimal to say, which reads the same
 * bytes; here is what that does not tell: the names, for one, since it knows no
 * addresses (iPAddress).  All is borrowed from the input; what is not there is empty.
 */
#ifndef KML_X509_C
#define KML_X509_C

#include "pkcs7.c"
#include <arpa/inet.h>
#include <bearssl.h>

enum x509_ca { X509_UNSAID, X509_CA, X509_NO_CA };

struct x509 {
	struct str issuer, subject;             /* with their tag and length */
	struct str not_before, not_after;       /* with their tag and length */
	struct str key;                         /* SubjectPublicKeyInfo, without */
	struct str names;                       /* of subjectAltName: GeneralNames, without */
	bool has_names;
	enum x509_ca ca;
};

enum { X509_BITS = 0x03, X509_BOOLEAN = 0x01, X509_DNS = 0x82, X509_IP = 0x87 };

/* The next value of that tag, with its tag and length. */
static bool x509_whole(struct str *in, unsigned tag, struct str *out)
{
	const char *p = in->p;
	struct str body;

	if (!pkcs7_take(in, tag, &body))
		return false;
	*out = (struct str){ p, (size_t)(body.p + body.n - p) };
	return true;
}

/* A value of any tag. */
static bool x509_any(struct str *in, unsigned *tag, struct str *body)
{
	*tag = in->n ? (unsigned char)in->p[0] : 0;
	return pkcs7_take(in, *tag, body);
}

static void x509_extension(struct x509 *x, struct str oid, struct str value)
{
	struct str yes;

	if (str_eq(oid, S("\x55\x1d\x11"))) {
		x->has_names = true;
		pkcs7_take(&value, PKCS7_SEQUENCE, &x->names);
	} else if (str_eq(oid, S("\x55\x1d\x13")) && pkcs7_take(&value, PKCS7_SEQUENCE, &value)) {
		x->ca = pkcs7_take(&value, X509_BOOLEAN, &yes) && yes.n && yes.p[0] ?
			X509_CA : X509_NO_CA;
	}
}

static void x509_extensions(struct x509 *x, struct str in)
{
	struct str one, oid, value;

	if (!pkcs7_take(&in, 0xa3, &in) || !pkcs7_take(&in, PKCS7_SEQUENCE, &in))
		return;
	while (pkcs7_take(&in, PKCS7_SEQUENCE, &one)) {
		if (!pkcs7_take(&one, PKCS7_OID, &oid))
			return;
		pkcs7_pass(&one, X509_BOOLEAN);
		if (pkcs7_take(&one, PKCS7_OCTETS, &value))
			x509_extension(x, oid, value);
	}
}

static bool x509_parse(struct str der, struct x509 *x)
{
	struct str in = der, body;
	unsigned tag;

	*x = (struct x509){ .ca = X509_UNSAID };
	if (!pkcs7_take(&in, PKCS7_SEQUENCE, &in) || !pkcs7_take(&in, PKCS7_SEQUENCE, &in))
		return false;
	pkcs7_pass(&in, PKCS7_0);
	if (!pkcs7_take(&in, PKCS7_INTEGER, &body) || !pkcs7_take(&in, PKCS7_SEQUENCE, &body) ||
	    !x509_whole(&in, PKCS7_SEQUENCE, &x->issuer) ||
	    !pkcs7_take(&in, PKCS7_SEQUENCE, &body) ||
	    !x509_whole(&in, PKCS7_SEQUENCE, &x->subject) ||
	    !pkcs7_take(&in, PKCS7_SEQUENCE, &x->key))
		return false;
	x->not_before = (struct str){ body.p, body.n };
	if (!x509_any(&body, &tag, &in))
		return false;
	x->not_before.n -= body.n;
	x->not_after = body;
	in = (struct str){ x->key.p + x->key.n, (size_t)(der.p + der.n - x->key.p - x->key.n) };
	pkcs7_pass(&in, 0x81);
	pkcs7_pass(&in, 0x82);
	x509_extensions(x, in);
	return true;
}

/* ---- keys ---------------------------------------------------------------- */

/* The curve of an object identifier; 0 for one that is not known. */
static int x509_curve(struct str oid)
{
	if (str_eq(oid, S("\x2a\x86\x48\xce\x3d\x03\x01\x07")))
		return BR_EC_secp256r1;
	if (str_eq(oid, S("\x2b\x81\x04\x00\x22")))
		return BR_EC_secp384r1;
	return str_eq(oid, S("\x2b\x81\x04\x00\x23")) ? BR_EC_secp521r1 : 0;
}

/* A positive INTEGER, without zeros before it. */
static bool x509_number(struct str *in, struct str *out)
{
	if (!pkcs7_take(in, PKCS7_INTEGER, out))
		return false;
	while (out->n > 1 && !out->p[0])
		*out = str_from(*out, 1);
	return out->n > 0;
}

/* BearSSL's buffers are not const; it does not write into these. */
static unsigned char *x509_bytes(struct str t)
{
	return (unsigned char *)(uintptr_t)t.p;
}

#define X509_OID_RSA S("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
#define X509_OID_EC  S("\x2a\x86\x48\xce\x3d\x02\x01")

/* The public key in a SubjectPublicKeyInfo: RSA, or on a curve that is known. */
static bool x509_key(struct str in, br_x509_pkey *out)
{
	struct str algorithm, oid, bits, n, e;

	if (!pkcs7_take(&in, PKCS7_SEQUENCE, &algorithm) || !pkcs7_take(&in, X509_BITS, &bits) ||
	    !pkcs7_take(&algorithm, PKCS7_OID, &oid) || bits.n < 2 || bits.p[0])
		return false;
	bits = str_from(bits, 1);
	if (str_eq(oid, X509_OID_RSA)) {
		if (!pkcs7_take(&bits, PKCS7_SEQUENCE, &bits) || !x509_number(&bits, &n) ||
		    !x509_number(&bits, &e))
			return false;
		out->key_type = BR_KEYTYPE_RSA;
		out->key.rsa = (br_rsa_public_key){ x509_bytes(n), n.n, x509_bytes(e), e.n };
		return true;
	}
	if (!str_eq(oid, X509_OID_EC) || !pkcs7_take(&algorithm, PKCS7_OID, &oid) || !x509_curve(oid))
		return false;
	out->key_type = BR_KEYTYPE_EC;
	out->key.ec = (br_ec_public_key){ x509_curve(oid), x509_bytes(bits), bits.n };
	return true;
}

/* ---- names --------------------------------------------------------------- */

/* Take the next name off *names; its kind is the tag. */
static bool x509_name(struct str *names, unsigned *kind, struct str *name)
{
	return x509_any(names, kind, name);
}

static char x509_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool x509_same(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (x509_lower(a.p[i]) != x509_lower(b.p[i]))
			return false;
	return a.n > 0;
}

/* Does the name in a certificate, whose first label may be "*", mean `host`? */
static bool x509_covers(struct str pattern, struct str host)
{
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	if (!str_starts(pattern, S("*.")))
		return x509_same(pattern, host);
	return str_find(host, '.') > 0 &&
	       x509_same(str_from(pattern, 2), str_from(host, str_find(host, '.') + 1));
}

/* Is `host` an address, with or without the brackets of IPv6?  Its bytes. */
static bool x509_address(struct str host, char out[16], size_t *n)
{
	char text[64];

	if (str_starts(host, S("[")) && str_ends(host, S("]")))
		host = (struct str){ host.p + 1, host.n - 2 };
	if (host.n >= sizeof text || memchr(host.p, '\0', host.n))
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	*n = 16;
	if (inet_pton(AF_INET6, text, out) == 1)
		return true;
	*n = 4;
	return inet_pton(AF_INET, text, out) == 1;
}

/* Is it the certificate of `host`, a name or an address?  A common name counts only
 * for names, and only where there is no list of them. */
static bool x509_is_for(const struct x509 *x, struct str host)
{
	struct str names = x->names, name;
	char address[16];
	unsigned kind;
	size_t n = 0;
	bool is_address = host.n && x509_address(host, address, &n);

	while (x509_name(&names, &kind, &name))
		if (is_address ? kind == X509_IP && str_eq(name, (struct str){ address, n }) :
		    kind == X509_DNS && x509_covers(name, host))
			return true;
	if (x->has_names || is_address)
		return false;
	names = x->subject;
	return pkcs7_take(&names, PKCS7_SEQUENCE, &names) && x509_covers(pkcs7_common(names), host);
}

/* ---- in words: for messages, so whatever is not plain text becomes '?' ---- */

static void x509_plain(struct buf *b, struct str t)
{
	for (size_t i = 0; i < t.n && i < 80; i++)
		buf_byte(b, t.p[i] >= ' ' && t.p[i] <= '~' ? t.p[i] : '?');
}

/* The common name of a DN with tag and length; without one, its last value. */
static struct str x509_title(struct scope *s, struct str dn)
{
	struct buf b = { .s = s };
	struct str set, pair, oid, last = S("nobody");
	unsigned kind;

	if (pkcs7_take(&dn, PKCS7_SEQUENCE, &dn)) {
		struct str common = pkcs7_common(dn);

		while (pkcs7_take(&dn, PKCS7_SET, &set))
			if (pkcs7_take(&set, PKCS7_SEQUENCE, &pair) &&
			    pkcs7_take(&pair, PKCS7_OID, &oid))
				x509_any(&pair, &kind, &last);
		x509_plain(&b, common.n ? common : last);
	}
	return buf_str(&b);
}

/* "localhost, 127.0.0.1": the names of a certificate, the first eight. */
static struct str x509_list(struct scope *s, const struct x509 *x)
{
	struct buf b = { .s = s };
	struct str names = x->names, name;
	char address[INET6_ADDRSTRLEN];
	unsigned kind, n = 0;

	while (x509_name(&names, &kind, &name)) {
		bool ip = kind == X509_IP && (name.n == 4 || name.n == 16);

		if (!ip && kind != X509_DNS)
			continue;
		if (n++ == 8) {
			buf_add(&b, S(", ..."));
			break;
		}
		buf_add(&b, n > 1 ? S(", ") : S(""));
		if (ip && inet_ntop(name.n == 4 ? AF_INET : AF_INET6, name.p, address, sizeof address))
			name = str_of(address);
		x509_plain(&b, name);
	}
	if (!x->has_names)
		return x509_title(s, x->subject);
	return n ? buf_str(&b) : S("no name");
}

/* A UTCTime or GeneralizedTime as "2026-12-31 23:59:59", which sorts; empty if it is
 * neither. */
static struct str x509_time(struct scope *s, struct str time)
{
	unsigned kind;
	struct str t;
	uint64_t digits;
	bool old;

	if (!x509_any(&time, &kind, &t) || (kind != 0x17 && kind != 0x18))
		return S("");
	old = kind == 0x17;
	if (t.n < (old ? 12 : 14) || !str_uint((struct str){ t.p, old ? 12 : 14 }, &digits))
		return S("");
	return str_of(scope_format(s, "%.*s%.*s-%.2s-%.2s %.2s:%.2s:%.2s", old ? 2 : 0,
	                           t.p[0] < '5' ? "20" : "19", old ? 2 : 4, t.p,
	                           t.p + (old ? 2 : 4), t.p + (old ? 4 : 6), t.p + (old ? 6 : 8),
	                           t.p + (old ? 8 : 10), t.p + (old ? 10 : 12)));
}

#endif
