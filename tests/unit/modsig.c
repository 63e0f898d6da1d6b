#define KML_TEST
#include "../../src/format/modsig.c"
#include "../test.h"

/* One value in DER: a tag and what is in it, lengths of one byte or, from 128
 * on, of three. */
static struct str der(struct scope *s, int tag, struct str body)
{
	struct buf b = { .s = s };

	buf_byte(&b, (char)tag);
	if (body.n < 128)
		buf_byte(&b, (char)body.n);
	else
		buf_format(&b, "\x82%c%c", (int)(body.n >> 8), (int)(body.n & 255));
	buf_add(&b, body);
	return buf_str(&b);
}

static struct str cat(struct scope *s, struct str a, struct str b)
{
	struct buf all = { .s = s };

	buf_add(&all, a);
	buf_add(&all, b);
	return buf_str(&all);
}

static struct str signer(struct scope *s, struct str sid, struct str signature)
{
	struct str info = cat(s, S("\x02\1\1"), sid);

	info = cat(s, info, S("\x30\x0b\6\x09\x60\x86\x48\1\x65\3\4\2\1"));
	info = cat(s, info, S("\x30\x0d\6\x09\x2a\x86\x48\x86\xf7\x0d\1\1\1\5\0"));
	return der(s, 0x30, cat(s, info, der(s, 4, signature)));
}

static struct str pkcs7(struct scope *s, struct str sid, struct str signature)
{
	struct str d = cat(s, S("\2\1\1\x31\x0d\x30\x0b\6\x09\x60\x86\x48\1\x65\3\4\2\1"
	                        "\x30\x0b\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1"),
	                   der(s, 0x31, signer(s, sid, signature)));

	d = cat(s, S("\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\2"), der(s, 0xa0, der(s, 0x30, d)));
	return der(s, 0x30, d);
}

/* A module with `body` before the trailer that says `kind`, lengths and size. */
static struct source signed_with(struct scope *s, int kind, int name, int key, uint32_t size,
                                 struct str body)
{
	struct buf b = { .s = s };
	char trailer[12] = { 0, 4, (char)kind, (char)name, (char)key };

	store_be(trailer + 8, size, 4);
	buf_add(&b, S("\177ELF and so on"));
	buf_add(&b, body);
	buf_add(&b, (struct str){ trailer, sizeof trailer });
	buf_add(&b, S("~Module signature appended~\n"));
	return source_of(buf_str(&b));
}

TESTS
	struct str sid, sig, long_sig;
	struct modsig m;
	struct pkcs7 p;
	struct source src;

	sid = S("\x30\x16\x30\x0d\x31\x0b\x30\x09\6\3\x55\4\3\x0c\2me\2\5\0\xaa\xbb\xcc\xdd");
	long_sig = (struct str){ scope_alloc(s, 300), 300 };
	sig = pkcs7(s, sid, long_sig);

	TEST("name, serial number, digest and signature are found") {
		CHECK(pkcs7_parse(k, sig, &p) == 0);
		CHECK(str_eq(p.signer, S("me")) && str_eq(p.key, S("\xaa\xbb\xcc\xdd")));
		CHECK(!strcmp(p.digest, "sha256") && p.signature.n == 300);
	}
	TEST("a key identifier instead of a name") {
		CHECK(pkcs7_parse(k, pkcs7(s, S("\x80\2\1\2"), S("x")), &p) == 0);
		CHECK(!p.signer.n && str_eq(p.key, S("\1\2")) && str_eq(p.signature, S("x")));
	}
	TEST("what is cut short or something else is refused") {
		for (size_t n = 0; n < sig.n; n++) {
			struct str cut = { memcpy(scope_alloc(s, n), sig.p, n), n };

			CHECK(pkcs7_parse(k, cut, &p) == KML_BAD);
		}
		CHECK(pkcs7_parse(k, S("\x30\x80\6\0"), &p) == KML_BAD);
		CHECK(pkcs7_parse(k, S("\x30\x84\xff\xff\xff\xff"), &p) == KML_BAD);
		CHECK(pkcs7_parse(k, pkcs7(s, S("\5\0"), S("x")), &p) == KML_BAD);
	}
	TEST("a module of today") {
		src = signed_with(s, 2, 0, 0, (uint32_t)sig.n, sig);
		CHECK(modsig_read(k, &src, &m) == 0);
		CHECK(!strcmp(m.kind, "PKCS#7") && !strcmp(m.digest, "sha256"));
		CHECK(str_eq(m.signer, S("me")) && m.signature.n == 300);
	}
	TEST("a module of long ago") {
		src = signed_with(s, 1, 3, 2, 4, S("foo\1\2sign"));
		CHECK(modsig_read(k, &src, &m) == 0);
		CHECK(!strcmp(m.kind, "X509") && !strcmp(m.digest, "sha256"));
		CHECK(str_eq(m.signer, S("foo")) && str_eq(m.key, S("\1\2")));
		CHECK(str_eq(m.signature, S("sign")));
	}
	TEST("no signature, or one nobody knows, is none") {
		src = source_of(S("\177ELF"));
		CHECK(modsig_read(k, &src, &m) == KML_NOTFOUND);
		src = source_of(S("a file that is longer than a trailer, but not signed at all\n"));
		CHECK(modsig_read(k, &src, &m) == KML_NOTFOUND);
		src = signed_with(s, 3, 0, 0, 4, S("sign"));
		CHECK(modsig_read(k, &src, &m) == KML_NOTFOUND);
		src = signed_with(s, 2, 0, 0, 4, S("sign"));
		CHECK(modsig_read(k, &src, &m) == KML_NOTFOUND);
		src = signed_with(s, 1, 255, 255, 0xffffffff, S("sign"));
		CHECK(modsig_read(k, &src, &m) == KML_NOTFOUND);
		src = signed_with(s, 1, 0, 0, 0, S("sign"));
		CHECK(modsig_read(k, &src, &m) == KML_NOTFOUND);
	}
TESTS_END
