/* pkcs7.c - who made a PKCS#7 signature, and with what; it is not verified.
 *
 * A signature is DER (X.690): each value a tag, a length and so many bytes, of
 * which those of a SEQUENCE (30) or SET (31) are values again.  The path to what
 * is wanted is fixed (RFC 5652), so nothing here recurses:
 *
 *     30 ContentInfo
 *       06 signedData
 *       a0 30 SignedData
 *         02 version, 31 digests, 30 content, [a0 certificates], [a1 lists]
 *         31 30 SignerInfo, the first
 *           02 version
 *           30 { 30 name of the issuer, 02 serial number }, or 80 key id
 *           30 { 06 digest }
 *           [a0 attributes], 30 algorithm, 04 signature
 *
 * All is borrowed from the input; what is not there is empty.
 */
#ifndef KML_PKCS7_C
#define KML_PKCS7_C

#include "../ground/base.c"

enum {
	PKCS7_INTEGER = 0x02, PKCS7_OCTETS = 0x04, PKCS7_OID = 0x06, PKCS7_SEQUENCE = 0x30,
	PKCS7_SET = 0x31, PKCS7_ID = 0x80, PKCS7_0 = 0xa0, PKCS7_1 = 0xa1
};

struct pkcs7 {
	struct str signer;              /* common name of the issuer */
	struct str key;                 /* serial number, or key identifier */
	struct str signature;
	const char *digest;             /* "sha256"; "unknown" */
};

/* Take the next value, which must have the tag `tag`, off *in; *body may be *in. */
static bool pkcs7_take(struct str *in, unsigned tag, struct str *body)
{
	size_t n, more = 0;
	struct str value;

	if (in->n < 2 || (unsigned char)in->p[0] != tag)
		return false;
	n = (unsigned char)in->p[1];
	if (n > 0x7f) {
		more = n & 0x7f;
		if (!more || more > 4 || in->n - 2 < more)
			return false;
		n = (size_t)load_be(in->p + 2, (int)more);
	}
	if (n > in->n - 2 - more)
		return false;
	value = (struct str){ in->p + 2 + more, n };
	*in = str_from(*in, 2 + more + n);
	*body = value;
	return true;
}

/* Step over a value of that tag if there is one. */
static void pkcs7_pass(struct str *in, unsigned tag)
{
	struct str body;

	(void)pkcs7_take(in, tag, &body);
}

static const char *pkcs7_digest(struct str oid)
{
	static const struct { struct str oid; const char *name; } known[] = {
		{ { "\x2a\x86\x48\x86\xf7\x0d\x02\x04", 8 }, "md4" },
		{ { "\x2a\x86\x48\x86\xf7\x0d\x02\x05", 8 }, "md5" },
		{ { "\x2b\x0e\x03\x02\x1a", 5 }, "sha1" },
		{ { "\x2b\x24\x03\x02\x01", 5 }, "rmd160" },
		{ { "\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9 }, "sha256" },
		{ { "\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9 }, "sha384" },
		{ { "\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9 }, "sha512" },
		{ { "\x60\x86\x48\x01\x65\x03\x04\x02\x04", 9 }, "sha224" },
		{ { "\x60\x86\x48\x01\x65\x03\x04\x02\x08", 9 }, "sha3-256" },
		{ { "\x60\x86\x48\x01\x65\x03\x04\x02\x09", 9 }, "sha3-384" },
		{ { "\x60\x86\x48\x01\x65\x03\x04\x02\x0a", 9 }, "sha3-512" },
		{ { "\x2a\x81\x1c\xcf\x55\x01\x83\x11", 8 }, "sm3" },
	};

	for (size_t i = 0; i < countof(known); i++)
		if (str_eq(known[i].oid, oid))
			return known[i].name;
	return "unknown";
}

/* The first common name in a Name: SEQUENCE of SET of SEQUENCE { type, text }. */
static struct str pkcs7_common(struct str name)
{
	struct str set, pair, oid;

	while (pkcs7_take(&name, PKCS7_SET, &set))
		while (pkcs7_take(&set, PKCS7_SEQUENCE, &pair))
			if (pkcs7_take(&pair, PKCS7_OID, &oid) && str_eq(oid, S("\x55\x04\x03")) &&
			    pair.n && pkcs7_take(&pair, (unsigned char)pair.p[0], &oid))
				return oid;
	return S("");
}

/* The first SignerInfo in `in`. */
static bool pkcs7_signer(struct str in, struct str *info)
{
	struct str body;

	if (!pkcs7_take(&in, PKCS7_SEQUENCE, &in) || !pkcs7_take(&in, PKCS7_OID, &body) ||
	    !str_eq(body, S("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")) ||
	    !pkcs7_take(&in, PKCS7_0, &in) || !pkcs7_take(&in, PKCS7_SEQUENCE, &in))
		return false;
	pkcs7_pass(&in, PKCS7_INTEGER);
	pkcs7_pass(&in, PKCS7_SET);
	pkcs7_pass(&in, PKCS7_SEQUENCE);
	pkcs7_pass(&in, PKCS7_0);
	pkcs7_pass(&in, PKCS7_1);
	return pkcs7_take(&in, PKCS7_SET, &in) && pkcs7_take(&in, PKCS7_SEQUENCE, info);
}

static int pkcs7_parse(struct kml *k, struct str in, struct pkcs7 *out)
{
	struct str info, id, name, digest, oid;

	*out = (struct pkcs7){ .signer = S(""), .key = S(""), .digest = "unknown" };
	if (!pkcs7_signer(in, &info))
		return fail(k, KML_BAD, "no signature in PKCS#7");
	pkcs7_pass(&info, PKCS7_INTEGER);
	if (pkcs7_take(&info, PKCS7_SEQUENCE, &id)) {
		if (pkcs7_take(&id, PKCS7_SEQUENCE, &name))
			out->signer = pkcs7_common(name);
		if (pkcs7_take(&id, PKCS7_INTEGER, &out->key) && out->key.n > 1 && !out->key.p[0])
			out->key = str_from(out->key, 1);       /* only says "not negative" */
	} else if (!pkcs7_take(&info, PKCS7_ID, &out->key)) {
		return fail(k, KML_BAD, "no signer in PKCS#7");
	}
	if (!pkcs7_take(&info, PKCS7_SEQUENCE, &digest) || !pkcs7_take(&digest, PKCS7_OID, &oid))
		return fail(k, KML_BAD, "no digest in PKCS#7");
	out->digest = pkcs7_digest(oid);
	pkcs7_pass(&info, PKCS7_0);
	pkcs7_pass(&info, PKCS7_SEQUENCE);
	if (!pkcs7_take(&info, PKCS7_OCTETS, &out->signature))
		return fail(k, KML_BAD, "PKCS#7 without a signature");
	return 0;
}

#endif
