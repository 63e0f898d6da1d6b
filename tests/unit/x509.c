#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/registry/trust.c"
#include "../test.h"

#define AT "tests/fuzz/corpus/x509/"

static int key_of(struct kml *k, struct scope *s, const char *path, struct privkey *key)
{
	struct str text;
	int r = sys_read_file(k, s, path, &text);

	return r < 0 ? KML_NOTFOUND : privkey_parse(k, s, text, key);
}

TESTS
	struct str der, text;
	struct privkey key;
	struct trust_pair pair;
	struct trust *t;
	struct pem pem;
	struct x509 x;
	br_x509_pkey public;

	TEST("a certificate is for the names and addresses in it, and no others") {
		CHECK(sys_read_file(k, s, AT "names.der", &der) == 0 && x509_parse(der, &x));
		CHECK(x509_is_for(&x, S("localhost")) && x509_is_for(&x, S("LOCALHOST.")));
		CHECK(x509_is_for(&x, S("registry.test")) && x509_is_for(&x, S("a.Example.org")));
		CHECK(x509_is_for(&x, S("127.0.0.1")) && x509_is_for(&x, S("::1")));
		CHECK(x509_is_for(&x, S("[0:0::1]")));
		CHECK(!x509_is_for(&x, S("example.org")) && !x509_is_for(&x, S("a.b.example.org")));
		CHECK(!x509_is_for(&x, S(".example.org")) && !x509_is_for(&x, S("")));
		CHECK(!x509_is_for(&x, S("127.0.0.2")) && !x509_is_for(&x, S("::2")));
		CHECK(!x509_is_for(&x, S("names")));    /* common names: not if there are others */
		CHECK(!x509_is_for(&x, S("localhos")) && !x509_is_for(&x, S("localhost\0x")));
	}
	TEST("its common name counts if it has no other, and only for names") {
		CHECK(sys_read_file(k, s, AT "common.der", &der) == 0 && x509_parse(der, &x));
		CHECK(x509_is_for(&x, S("host.example.org")) && !x509_is_for(&x, S("example.org")));
		CHECK(str_eq(x509_list(s, &x), S("host.example.org")));
	}
	TEST("a pattern stands for one label, the first") {
		CHECK(x509_covers(S("*.a"), S("b.a")) && !x509_covers(S("*.a"), S("c.b.a")));
		CHECK(!x509_covers(S("*"), S("a")) && !x509_covers(S("b*.a"), S("bb.a")));
		CHECK(!x509_covers(S("*.*"), S("b.a")) && !x509_covers(S(""), S("")));
	}
	TEST("what it says is shown as text") {
		CHECK(sys_read_file(k, s, AT "names.der", &der) == 0 && x509_parse(der, &x));
		CHECK(str_eq(x509_list(s, &x), S("*.example.org, Registry.Test, localhost, 127.0.0.1, ::1")));
		CHECK(str_eq(x509_title(s, x.issuer), S("kml unit test CA")));
		CHECK(str_eq(x509_time(s, x.not_before), S("2000-01-01 00:00:00")));
		CHECK(str_eq(x509_time(s, x.not_after), S("2099-12-31 23:59:59")));
		CHECK(x.ca == X509_NO_CA && x509_key(x.key, &public));
		CHECK(public.key_type == BR_KEYTYPE_EC && public.key.ec.qlen == 65);
		CHECK(sys_read_file(k, s, AT "rsa.der", &der) == 0 && x509_parse(der, &x));
		CHECK(str_eq(x509_title(s, x.subject), S("Only an organization")));
		CHECK(str_eq(x509_list(s, &x), S("no name")) && x509_key(x.key, &public));
		CHECK(public.key_type == BR_KEYTYPE_RSA && public.key.rsa.nlen == 128);
	}
	TEST("a certificate that is cut short says less, or nothing") {
		CHECK(sys_read_file(k, s, AT "names.der", &der) == 0);
		for (size_t n = 0; n < der.n; n += 7)
			if (x509_parse((struct str){ scope_text(s, (struct str){ der.p, n }), n }, &x))
				CHECK(false);
	}
	TEST("times of both kinds") {
		CHECK(str_eq(x509_time(s, S("\x17\x0d" "491231235959Z")), S("2049-12-31 23:59:59")));
		CHECK(str_eq(x509_time(s, S("\x17\x0d" "500101000000Z")), S("1950-01-01 00:00:00")));
		CHECK(x509_time(s, S("\x17\x0d" "50x101000000Z")).n == 0);
		CHECK(x509_time(s, S("\x17\x02" "50")).n == 0 && x509_time(s, S("")).n == 0);
	}
	TEST("private keys in their three forms") {
		CHECK(key_of(k, s, AT "rsa.pem", &key) == 0 && key.rsa.n_bitlen == 1024);
		CHECK(key_of(k, s, AT "rsa8.pem", &key) == 0 && key.type == BR_KEYTYPE_RSA);
		CHECK(key_of(k, s, AT "ec.pem", &key) == 0 && key.ec.curve == BR_EC_secp256r1);
		CHECK(key_of(k, s, AT "ec8.pem", &key) == 0 && key.ec.curve == BR_EC_secp384r1);
	}
	TEST("one that cannot be used is refused in words") {
		CHECK(key_of(k, s, AT "locked.pem", &key) == KML_BAD && strstr(k->msg, "encrypted"));
		CHECK(key_of(k, s, AT "locked8.pem", &key) == KML_BAD && strstr(k->msg, "encrypted"));
		CHECK(key_of(k, s, AT "ed.pem", &key) == KML_BAD && strstr(k->msg, "neither RSA"));
		CHECK(key_of(k, s, AT "ca.pem", &key) == KML_BAD && strstr(k->msg, "no private key"));
	}
	TEST("text between lines of dashes") {
		text = S("note\n-----BEGIN A-----\r\nQU\n JD\r\n-----END A-----\n-----BEGIN B-----\n"
		         "Q!==\n-----END B-----\n");
		CHECK(pem_next(k, s, &text, &pem) == 0 && str_eq(pem.label, S("A")));
		CHECK(str_eq(pem.der, S("ABC")));
		CHECK(pem_next(k, s, &text, &pem) == KML_BAD && strstr(k->msg, "not base64"));
		CHECK(pem_next(k, s, &text, &pem) == KML_NOTFOUND);
		text = S("-----BEGIN A-----\nQUJD\n");
		CHECK(pem_next(k, s, &text, &pem) == KML_BAD && strstr(k->msg, "cut short"));
		text = S("-----BEGIN A\n-----\nQUJD\n-----END A-----\n");
		CHECK(pem_next(k, s, &text, &pem) == KML_BAD);
	}
	TEST("CAs come from where the user and the system say") {
		struct trust_options o = { .ca = AT "ca.pem" };

		unsetenv("SSL_CERT_DIR");
		setenv("SSL_CERT_FILE", AT "server.pem", 1);
		setenv("HOME", "build/unit-x509", 1);
		CHECK(trust_load(k, s, &o, S("localhost:1"), &t) == 0 && t->n == 2);
		CHECK(t->cas[0].ca == X509_CA && t->cas[1].ca == X509_NO_CA && !t->client.n);
		setenv("SSL_CERT_FILE", AT "ca.pem", 1);
		CHECK(trust_load(k, s, &o, S("localhost:1"), &t) == 0 && t->n == 1);
		o.ca = AT "rsa.pem";
		CHECK(trust_load(k, s, &o, S("localhost:1"), &t) == KML_BAD);
		CHECK(strstr(k->msg, "no certificate in it") != NULL);
		o.ca = AT "no such file";
		CHECK(trust_load(k, s, &o, S("localhost:1"), &t) == KML_FAIL);
		o = (struct trust_options){ .unverified = true };
		CHECK(trust_load(k, s, &o, S("localhost:1"), &t) == 0 && t->n == 0);
		unsetenv("SSL_CERT_FILE");
		setenv("SSL_CERT_DIR", "tests/fuzz/corpus/x509", 1);
		o.unverified = false;
		CHECK(trust_load(k, s, &o, S("localhost:1"), &t) == 0 && t->n == 8);
		unsetenv("SSL_CERT_DIR");
	}
	TEST("a server's own directory adds CAs, and a pair to show; half a pair is an error") {
		struct trust_options o = { .unverified = true };
		const char *at = "build/unit-x509/.config/containers/certs.d/localhost:5000";

		CHECK(save_mkdirs(k, s, at) == 0);
		CHECK(sys_read_file(k, s, AT "ca.pem", &text) == 0);
		CHECK(save_file(k, s, scope_format(s, "%s/my.crt", at), text) == 0);
		unlink("build/unit-x509/.config/containers/certs.d/localhost:5000/a.key");
		unlink("build/unit-x509/.config/containers/certs.d/localhost:5000/a.cert");
		CHECK(trust_load(k, s, &o, S("localhost:5000"), &t) == 0 && t->n == 1 && !t->client.n);
		CHECK(trust_load(k, s, &o, S("localhost:5001"), &t) == 0 && t->n == 0);
		CHECK(trust_load(k, s, &o, S("../certs.d/localhost:5000"), &t) == 0 && t->n == 0);
		CHECK(sys_read_file(k, s, AT "server.pem", &text) == 0);
		CHECK(save_file(k, s, scope_format(s, "%s/a.cert", at), text) == 0);
		CHECK(trust_load(k, s, &o, S("localhost:5000"), &t) == KML_FAIL);
		CHECK(strstr(k->msg, "its key is missing") != NULL);
		CHECK(save_file(k, s, scope_format(s, "%s/a.key", at), text) == 0);
		CHECK(trust_load(k, s, &o, S("localhost:5000"), &t) == 0 && t->client.n == 1);
		CHECK(t->client.key.type == BR_KEYTYPE_EC);
		unlink("build/unit-x509/.config/containers/certs.d/localhost:5000/a.cert");
		CHECK(trust_load(k, s, &o, S("localhost:5000"), &t) == KML_FAIL);
		CHECK(strstr(k->msg, "its certificate is missing") != NULL);
		CHECK(trust_pair(k, s, AT "ec.pem", AT "ec.pem", &pair) == KML_BAD);
	}
TESTS_END
