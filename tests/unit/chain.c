#define KML_TEST
#define net_date net_date_really
#include "../../src/ground/net.c"
#undef net_date
static int64_t today = 1700000000;
static int64_t net_date(void) { return today; }
#include "../../src/registry/chain.c"
#include "../test.h"

#define AT "tests/fuzz/corpus/x509/chain-"

/* What was trusted, and what the server shows: names of files, with blanks between. */
static struct chain *judged(struct kml *k, struct scope *s, const char *trusted, const char *shown,
                            const char *host, bool unverified, unsigned *error)
{
	struct str cas = str_of(trusted), list = str_of(shown), der, name;
	struct trust *t = new(s, struct trust);
	struct buf b = { .s = s };
	struct chain *c;
	const br_x509_class **class;

	while ((name = str_word(&cas)).n)
		if (sys_read_file(k, s, scope_format(s, AT "%.*s.der", FMT(name)), &der) < 0 ||
		    !trust_add_der(s, &b, der))
			return *error = 999, NULL;
	t->cas = (struct trust_ca *)(void *)b.p;
	t->n = b.n / sizeof *t->cas;
	t->unverified = unverified;
	c = chain_new(s, t, str_of(host));
	br_x509_minimal_set_hash(&c->minimal, br_sha256_ID, &br_sha256_vtable);         /* as tls.c does */
	br_x509_minimal_set_ecdsa(&c->minimal, &br_ec_all_m31, br_ecdsa_i31_vrfy_asn1);
	class = &c->class;
	(*class)->start_chain(class, host);
	while ((name = str_word(&list)).n) {
		if (str_eq(name, S("junk")))
			der = S("junk");
		else if (sys_read_file(k, s, scope_format(s, AT "%.*s.der", FMT(name)), &der) < 0)
			return *error = 999, NULL;
		(*class)->start_cert(class, (uint32_t)der.n);
		(*class)->append(class, x509_bytes(der), der.n / 2);
		(*class)->append(class, x509_bytes(str_from(der, der.n / 2)), der.n - der.n / 2);
		(*class)->end_cert(class);
	}
	*error = (*class)->end_chain(class);
	return c;
}

static unsigned judge(struct kml *k, struct scope *s, const char *trusted, const char *shown,
                      const char *host)
{
	unsigned error;

	judged(k, s, trusted, shown, host, false, &error);
	return error;
}

static void orders(struct kml *k, struct scope *s)
{
	TEST("a chain in any order, twice, with others among it") {
		CHECK(judge(k, s, "root", "leaf inter root", "localhost") == 0);
		CHECK(judge(k, s, "root", "leaf root inter", "localhost") == 0);
		CHECK(judge(k, s, "root", "leaf leaf inter inter root root", "localhost") == 0);
		CHECK(judge(k, s, "root", "leaf under junk inter", "localhost") == 0);
	}
	TEST("it ends at whatever is trusted, the certificate itself too") {
		CHECK(judge(k, s, "inter", "leaf", "localhost") == 0);
		CHECK(judge(k, s, "leaf", "leaf", "localhost") == 0);
		CHECK(judge(k, s, "leaf", "leaf", "other.test") == BR_ERR_X509_BAD_SERVER_NAME);
	}
}

static void refusals(struct kml *k, struct scope *s)
{
	struct buf many = { .s = s };

	TEST("nobody trusts it") {
		CHECK(judge(k, s, "", "leaf inter root", "localhost") == BR_ERR_X509_NOT_TRUSTED);
		CHECK(judge(k, s, "root", "leaf", "localhost") == BR_ERR_X509_NOT_TRUSTED);
		CHECK(judge(k, s, "root", "leaf root", "localhost") == BR_ERR_X509_NOT_TRUSTED);
		CHECK(judge(k, s, "", "leaf inter", "other.test") == BR_ERR_X509_NOT_TRUSTED);
	}
	TEST("one that is no CA signs nothing") {
		CHECK(judge(k, s, "root", "under leaf inter", "localhost") == BR_ERR_X509_NOT_CA);
		CHECK(judge(k, s, "leaf", "under leaf", "localhost") != 0);
	}
	TEST("another name, another time") {
		CHECK(judge(k, s, "root", "leaf inter", "127.0.0.1") == 0);
		CHECK(judge(k, s, "root", "leaf inter", "localhost.test") == BR_ERR_X509_BAD_SERVER_NAME);
		today = 900000000;
		CHECK(judge(k, s, "root", "leaf inter", "localhost") == BR_ERR_X509_EXPIRED);
		today = 4102444801;
		CHECK(judge(k, s, "root", "leaf inter", "localhost") == BR_ERR_X509_EXPIRED);
		today = 1700000000;
	}
	TEST("nothing, nonsense, too much") {
		CHECK(judge(k, s, "root", "", "localhost") == BR_ERR_X509_EMPTY_CHAIN);
		CHECK(judge(k, s, "root", "junk leaf inter", "localhost") == BR_ERR_X509_INVALID_VALUE);
		for (int i = 0; i <= TRUST_CHAIN; i++)
			buf_add(&many, S("leaf "));
		CHECK(judge(k, s, "root", scope_text(s, buf_str(&many)), "localhost") ==
		      BR_ERR_X509_LIMIT_EXCEEDED);
	}
}

static void words(struct kml *k, struct scope *s)
{
	unsigned error;
	struct chain *c;

	TEST("what a message needs") {
		c = judged(k, s, "", "leaf inter", "x.test", false, &error);
		CHECK(c && str_eq(c->names, S("localhost, 127.0.0.1")) && str_eq(c->subject, S("inter")));
		CHECK(c && str_eq(c->issuer, S("root")) && !c->alone);
		CHECK(c && str_eq(c->until, S("2099-12-31 00:00:00")));
		c = judged(k, s, "", "leaf", "localhost", false, &error);
		CHECK(c && str_eq(c->subject, S("leaf")) && c->alone);
	}
	TEST("unverified takes any key, but one that it has to have") {
		c = judged(k, s, "", "leaf", "x.test", true, &error);
		CHECK(c && !error && chain_key(&c->class, NULL)->key_type == BR_KEYTYPE_EC);
		c = judged(k, s, "", "junk", "x.test", true, &error);
		CHECK(c && error);
	}
}

TESTS
	static bool once;

	today = 1700000000;     /* a run may have broken off */
	words(k, s);
	if (once)               /* of the others the faults are the same */
		return 0;
	once = true;
	orders(k, s);
	refusals(k, s);
TESTS_END
