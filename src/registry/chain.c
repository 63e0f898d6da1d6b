/* chain.c - is the server who it should be?  The certificates that it shows, judged.
 *
 * br_x509_minimal verifies signatures, dates and uses, of certificates that come in
 * order.  Servers send them twice, in any order, or with others among them; so all
 * are taken in first, and then it is given the server's, that of its issuer, and so
 * on, with only the anchors that could end the chain there.  From the same bytes
 * the names are checked here, since it knows no addresses, and what a message needs
 * is kept of the certificate that was refused.
 */
#ifndef KML_CHAIN_C
#define KML_CHAIN_C

#include "../ground/net.c"
#include "trust.c"

enum { CHAIN_LARGEST = 64 << 10, CHAIN_ANCHORS = 8 };

struct chain {
	const br_x509_class *class;     /* first: BearSSL knows no more of it */
	br_x509_minimal_context minimal;
	br_x509_trust_anchor anchors[CHAIN_ANCHORS];
	br_x509_pkey key;               /* of the first, as it is shown */
	struct scope *s;
	const struct trust *trust;
	struct str host;
	unsigned error;                 /* 0: none so far; BR_ERR_X509_... */
	struct str certs[TRUST_CHAIN];
	size_t n, want, room;           /* of them; what the last shall have; bytes taken */
	/* in words: of the first certificate, and of that which was refused or the last */
	struct str names, subject, issuer, from, until;
	bool alone;                     /* the first is the last */
	char bytes[CHAIN_LARGEST];
};

static struct chain *chain_of(const br_x509_class *const *class)
{
	return (struct chain *)(uintptr_t)class;
}

static void chain_start(const br_x509_class **class, const char *name)
{
	struct chain *c = chain_of(class);

	(void)name;
	c->minimal.vtable->start_chain(&c->minimal.vtable, NULL);
}

static void chain_start_cert(const br_x509_class **class, uint32_t n)
{
	struct chain *c = chain_of(class);

	c->want = n;
	if (c->n == TRUST_CHAIN || n > CHAIN_LARGEST - c->room)
		c->error = BR_ERR_X509_LIMIT_EXCEEDED;
	else
		c->certs[c->n] = (struct str){ c->bytes + c->room, 0 };
}

static void chain_append(const br_x509_class **class, const unsigned char *p, size_t n)
{
	struct chain *c = chain_of(class);

	if (c->error || n > c->want - c->certs[c->n].n)
		return;
	memcpy(c->bytes + c->room, p, n);
	c->room += n;
	c->certs[c->n].n += n;
}

static void chain_end_cert(const br_x509_class **class)
{
	struct chain *c = chain_of(class);

	if (!c->error)
		c->n++;
}

static void chain_describe(struct chain *c, const struct x509 *x)
{
	c->subject = x509_title(c->s, x->subject);
	c->issuer = x509_title(c->s, x->issuer);
	c->from = x509_time(c->s, x->not_before);
	c->until = x509_time(c->s, x->not_after);
}

/* Have BearSSL judge one certificate. */
static void chain_judge(struct chain *c, const struct x509 *x, struct str der, bool first)
{
	const br_x509_class **minimal = &c->minimal.vtable;

	chain_describe(c, x);
	c->alone = first;
	c->minimal.trust_anchors = c->anchors;
	c->minimal.trust_anchors_num = trust_anchors(c->trust, x, first, c->anchors, CHAIN_ANCHORS);
	(*minimal)->start_cert(minimal, (uint32_t)der.n);
	(*minimal)->append(minimal, x509_bytes(der), der.n);
	(*minimal)->end_cert(minimal);
}

/* The certificate of the issuer of `x`, which is not looked at again. */
static bool chain_next(struct chain *c, struct x509 *x, struct str *der)
{
	struct str issuer = x->issuer;

	for (size_t i = 0; i < c->n; i++)
		if (c->certs[i].n && x509_parse(c->certs[i], x) && str_eq(x->subject, issuer)) {
			*der = c->certs[i];
			c->certs[i].n = 0;
			return true;
		}
	return false;
}

/* From the first upwards, until one is trusted or refused. */
static unsigned chain_walk(struct chain *c, struct x509 *x)
{
	struct str der = c->certs[0];
	bool first = true;

	c->certs[0].n = 0;
	do {
		chain_judge(c, x, der, first);
		first = false;
	} while (!c->minimal.err && !str_eq(x->subject, x->issuer) && chain_next(c, x, &der));
	return c->minimal.vtable->end_chain(&c->minimal.vtable);
}

/* That nobody trusts it comes before that it is for another name. */
static unsigned chain_end(const br_x509_class **class)
{
	struct chain *c = chain_of(class);
	struct x509 x;
	unsigned e;

	if (c->error)
		return c->error;
	if (!c->n)
		return BR_ERR_X509_EMPTY_CHAIN;
	if (!x509_parse(c->certs[0], &x))
		return BR_ERR_X509_INVALID_VALUE;
	c->names = x509_list(c->s, &x);
	if (c->trust->unverified)
		return x509_key(x.key, &c->key) ? 0 : BR_ERR_X509_UNSUPPORTED;
	e = x509_is_for(&x, c->host) ? 0 : BR_ERR_X509_BAD_SERVER_NAME;
	c->error = chain_walk(c, &x);
	return c->error ? c->error : e;
}

static const br_x509_pkey *chain_key(const br_x509_class *const *class, unsigned *usages)
{
	struct chain *c = chain_of(class);

	if (!c->trust->unverified)
		return c->minimal.vtable->get_pkey(&c->minimal.vtable, usages);
	if (usages)
		*usages = BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX;
	return &c->key;
}

static const br_x509_class chain_class = {
	sizeof(struct chain), chain_start, chain_start_cert, chain_append, chain_end_cert,
	chain_end, chain_key
};

/* A judge for the certificates of `host`; it lives as long as `s`. */
static struct chain *chain_new(struct scope *s, const struct trust *t, struct str host)
{
	struct chain *c = scope_raw(s, sizeof *c);
	int64_t now = net_date();

	memset(c, 0, offsetof(struct chain, bytes));
	c->class = &chain_class;
	c->names = c->subject = c->issuer = c->from = c->until = S("");
	c->s = s;
	c->trust = t;
	c->host = host;
	br_x509_minimal_init(&c->minimal, &br_sha256_vtable, NULL, 0);
	br_x509_minimal_set_rsa(&c->minimal, br_rsa_i31_pkcs1_vrfy);
	br_x509_minimal_set_minrsa(&c->minimal, 2048 / 8);
	br_x509_minimal_set_time(&c->minimal, (uint32_t)(now / 86400 + 719528),
	                         (uint32_t)(now % 86400));
	return c;
}

#endif
