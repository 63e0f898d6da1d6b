/* privkey.c - a private key, RSA or on a curve, in one of its three forms.
 *
 *     RSA PRIVATE KEY  PKCS#1, RFC 8017   30 { 02 0, 02 n, e, d, p, q, dp, dq, qinv }
 *     EC PRIVATE KEY   SEC1, RFC 5915     30 { 02 1, 04 key, [a0 06 curve], ... }
 *     PRIVATE KEY      PKCS#8, RFC 5208   30 { 02 0, 30 { 06 kind, [06 curve] }, 04 one of these }
 *
 * No message says anything of a key but its form.
 */
#ifndef KML_PRIVKEY_C
#define KML_PRIVKEY_C

#include "pem.c"
#include "x509.c"

struct privkey {
	int type;                       /* BR_KEYTYPE_RSA or BR_KEYTYPE_EC */
	br_rsa_private_key rsa;
	br_ec_private_key ec;
};

static bool privkey_rsa(struct str in, struct privkey *out)
{
	struct str v[9];
	size_t bits;

	if (!pkcs7_take(&in, PKCS7_SEQUENCE, &in))
		return false;
	for (size_t i = 0; i < countof(v); i++)
		if (!x509_number(&in, &v[i]))
			return false;
	bits = v[1].n * 8;
	for (unsigned top = (unsigned char)v[1].p[0]; bits && top < 0x80; top = top << 1 | 1)
		bits--;
	out->type = BR_KEYTYPE_RSA;
	out->rsa = (br_rsa_private_key){
		(uint32_t)bits, x509_bytes(v[4]), v[4].n, x509_bytes(v[5]), v[5].n,
		x509_bytes(v[6]), v[6].n, x509_bytes(v[7]), v[7].n, x509_bytes(v[8]), v[8].n
	};
	return v[1].n >= 128 && v[1].n <= 512;
}

/* `curve` may be 0: it is said inside. */
static bool privkey_ec(struct str in, int curve, struct privkey *out)
{
	struct str version, key, oid;

	if (!pkcs7_take(&in, PKCS7_SEQUENCE, &in) || !x509_number(&in, &version) ||
	    !pkcs7_take(&in, PKCS7_OCTETS, &key))
		return false;
	if (pkcs7_take(&in, PKCS7_0, &in) && pkcs7_take(&in, PKCS7_OID, &oid))
		curve = x509_curve(oid);
	out->type = BR_KEYTYPE_EC;
	out->ec = (br_ec_private_key){ curve, x509_bytes(key), key.n };
	return curve && key.n > 0 && key.n <= 66;
}

static bool privkey_pkcs8(struct str in, struct privkey *out)
{
	struct str version, algorithm, kind, oid, inner;

	if (!pkcs7_take(&in, PKCS7_SEQUENCE, &in) || !x509_number(&in, &version) ||
	    !pkcs7_take(&in, PKCS7_SEQUENCE, &algorithm) || !pkcs7_take(&in, PKCS7_OCTETS, &inner) ||
	    !pkcs7_take(&algorithm, PKCS7_OID, &kind))
		return false;
	if (str_eq(kind, X509_OID_RSA))
		return privkey_rsa(inner, out);
	return str_eq(kind, X509_OID_EC) && pkcs7_take(&algorithm, PKCS7_OID, &oid) &&
	       privkey_ec(inner, x509_curve(oid), out);
}

/* The first private key in the PEM `text`; it lives in `s`. */
static int privkey_parse(struct kml *k, struct scope *s, struct str text, struct privkey *out)
{
	struct pem pem;
	bool ok;
	int r;

	do {
		if ((r = pem_next(k, s, &text, &pem)) == KML_NOTFOUND)
			return fail(k, KML_BAD, "no private key in it (PEM is needed)");
		if (r < 0)
			return r;
	} while (!str_ends(pem.label, S("PRIVATE KEY")));
	if (pem.headers || str_starts(pem.label, S("ENCRYPTED")))
		return fail(k, KML_BAD, "the private key is encrypted; kml needs it without a "
		            "passphrase: openssl pkey -in FILE -out NEW");
	if (str_starts(pem.label, S("RSA ")))
		ok = privkey_rsa(pem.der, out);
	else if (str_starts(pem.label, S("EC ")))
		ok = privkey_ec(pem.der, 0, out);
	else
		ok = privkey_pkcs8(pem.der, out);
	return ok ? 0 : fail(k, KML_BAD, "the private key is neither RSA of 1024 to 4096 bits nor "
	                     "of the curve P-256, P-384 or P-521");
}

#endif
