/* modsig.c - the signature at the end of a module file.
 *
 *     ... module ... | name | key id | signature | 12 bytes | "~Module signature appended~\n"
 *
 *      0  1  algorithm      2  1  kind: 0 PGP, 1 X509, 2 PKCS#7    4  1  length of key id
 *      1  1  digest         3  1  length of name                   8  4  of signature (big)
 *
 * Kernels since 4.7 write kind 2, all other fields 0, and have the rest in the
 * signature (pkcs7.c).  This is what modinfo prints; it proves nothing.
 */
#ifndef KML_MODSIG_C
#define KML_MODSIG_C

#include "../ground/base.c"
#include "../ground/source.c"
#include "pkcs7.c"

struct modsig {
	const char *kind, *digest;
	struct str signer, key, signature;
};

enum { MODSIG_TRAILER = 12, MODSIG_PKCS7 = 2 };

/* The signature of the module `src`; KML_NOTFOUND if it has none that is known. */
static int modsig_read(struct kml *k, const struct source *src, struct modsig *out)
{
	static const char *const kinds[] = { "PGP", "X509", "PKCS#7" };
	static const char *const digests[] = { "md4", "md5", "sha1", "rmd160", "sha256",
	                                       "sha384", "sha512", "sha224", "sm3" };
	struct str magic = S("~Module signature appended~\n"), t, body;
	uint64_t end = src->size, size, name, key;
	unsigned kind, digest;
	struct pkcs7 p;
	int r;

	if (end < magic.n + MODSIG_TRAILER)
		return fail(k, KML_NOTFOUND, "not signed");
	end -= magic.n + MODSIG_TRAILER;
	if ((r = source_slice(k, src, end, MODSIG_TRAILER + magic.n, &t)) < 0)
		return r;
	if (!str_ends(t, magic))
		return fail(k, KML_NOTFOUND, "not signed");
	digest = (unsigned char)t.p[1], kind = (unsigned char)t.p[2];
	name = (unsigned char)t.p[3], key = (unsigned char)t.p[4];
	size = load_be(t.p + 8, 4);
	if (kind >= countof(kinds) || digest >= countof(digests) || !size ||
	    size + name + key > end)
		return fail(k, KML_NOTFOUND, "signed in an unknown way");
	if ((r = source_slice(k, src, end - size - key - name, size + key + name, &body)) < 0)
		return r;
	*out = (struct modsig){
		.kind = kinds[kind], .digest = digests[digest],
		.signer = { body.p, (size_t)name }, .key = { body.p + name, (size_t)key },
		.signature = str_from(body, (size_t)(name + key)),
	};
	if (kind != MODSIG_PKCS7)
		return 0;
	if (pkcs7_parse(k, out->signature, &p) < 0)
		return fail(k, KML_NOTFOUND, "signed in an unknown way");
	out->digest = p.digest;
	out->signer = p.signer;
	out->key = p.key;
	out->signature = p.signature;
	return 0;
}

#endif
