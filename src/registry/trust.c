/* trust.c - whom to believe that it is the server, and who to be: CAs, client certificates.
 *
 * The CAs are those of the system, or of SSL_CERT_FILE and SSL_CERT_DIR, and added to
 * them those of --ca and of the server's own directory, which is --cert-dir or the
 * first of these that exists (containers-certs.d(5)):
 *
 *     ~/.config/containers/certs.d/HOST:PORT
 *     /etc/containers/certs.d/HOST:PORT
 *     /etc/docker/certs.d/HOST:PORT
 *         *.crt           CAs
 *         NAME.cert       what the client shows, with
 *         NAME.key        its key
 *
 * Of a CA only its name and key are kept: a system has 150, in 220 kB.
 */
#ifndef KML_TRUST_C
#define KML_TRUST_C

#include "../format/pem.c"
#include "../format/privkey.c"
#include "../format/x509.c"
#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/sys.c"

struct trust_options {
	const char *ca;                 /* a file of certificates in PEM; may be NULL */
	const char *cert_dir;           /* instead of certs.d/HOST:PORT; may be NULL */
	const char *cert, *key;         /* to show; NULL: those of the directory */
	bool unverified;                /* believe everyone */
};

struct trust_ca { struct str dn, spki; br_x509_pkey key; enum x509_ca ca; };

/* A certificate to show, with those above it, and its key. */
struct trust_pair {
	br_x509_certificate *chain;
	size_t n;                       /* 0: none */
	struct privkey key;
};

struct trust {
	const char *host_port;
	bool unverified;
	struct trust_ca *cas;
	size_t n;
	struct trust_pair client;
};

enum { TRUST_CHAIN = 16 };              /* the most certificates that show one */

/* ---- certificate authorities --------------------------------------------- */

/* The same authority may be in a bundle, a directory and behind a link. */
static bool trust_knows(const struct buf *cas, const struct x509 *x)
{
	const struct trust_ca *ca = (const void *)cas->p;

	for (size_t n = cas->n / sizeof *ca; n-- > 0; ca++)
		if (str_eq(ca->dn, x->subject) && str_eq(ca->spki, x->key))
			return true;
	return false;
}

/* Add the CA of a certificate; false: it is none that could be used. */
static bool trust_add_der(struct scope *s, struct buf *cas, struct str der)
{
	struct trust_ca ca = { .ca = X509_UNSAID };
	struct x509 x;

	if (!x509_parse(der, &x) || !x509_key(x.key, &ca.key))
		return false;
	if (trust_knows(cas, &x))
		return true;
	ca.ca = x.ca == X509_UNSAID && !str_eq(x.issuer, x.subject) ? X509_NO_CA : x.ca;
	ca.dn = scope_str(s, x.subject);
	ca.spki = scope_str(s, x.key);
	x509_key(ca.spki, &ca.key);             /* which borrows from it */
	buf_add(cas, (struct str){ (const char *)&ca, sizeof ca });
	return true;
}

/* Add all in the file; *found becomes true if there was one. */
static int trust_add_text(struct kml *k, struct scope *s, struct buf *cas, struct str text,
                          bool *found)
{
	struct scope *t = scope_begin(s);
	struct pem pem;
	int r = 0;

	if (str_starts(text, S("\x30\x82")))
		*found |= trust_add_der(s, cas, text);
	while (text.n && (r = pem_next(k, t, &text, &pem)) == 0) {
		if (str_ends(pem.label, S("CERTIFICATE")) && !pem.headers)
			*found |= trust_add_der(s, cas, pem.der);
		scope_clear(t);
	}
	scope_end(t);
	return r == KML_NOTFOUND ? 0 : r;
}

/* A file that the user named or put there: there is a CA in it, or that is an error. */
static int trust_add_file(struct kml *k, struct scope *s, struct buf *cas, const char *path)
{
	struct scope *t = scope_begin(s);
	struct str text;
	bool found = false;
	int r = sys_read_file(k, t, path, &text);

	if (r == 0)
		r = trust_add_text(k, s, cas, text, &found);
	if (r == 0 && !found)
		r = fail(k, KML_BAD, "no certificate in it that kml can use (PEM; RSA, P-256, "
		         "P-384 or P-521)");
	scope_end(t);
	return r < 0 ? fail_in(k, r == KML_NOTFOUND ? KML_FAIL : r, "%s", path) : 0;
}

/* Only another name of a file in the same directory, as c_rehash makes them? */
static bool trust_alias(struct kml *k, struct scope *s, const char *path, unsigned char type)
{
	struct str to;

	return type == DT_LNK && sys_readlink(k, s, path, &to) == 0 && str_find(to, '/') == to.n;
}

/* A directory of the system's: what is no CA is passed over. */
static int trust_add_dir(struct kml *k, struct scope *s, struct buf *cas, const char *dir)
{
	struct scope *t = scope_begin(s);
	struct sys_entry *e;
	size_t n;
	int r = sys_list(k, t, dir, &e, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *path = scope_format(t, "%s/%s", dir, e[i].name);
		struct str text;
		bool found = false;

		if (!trust_alias(k, t, path, e[i].type) && sys_read_file(k, t, path, &text) == 0)
			trust_add_text(k, s, cas, text, &found);
	}
	scope_end(t);
	return r < 0 ? fail_in(k, r == KML_NOTFOUND ? KML_FAIL : r, "%s", dir) : 0;
}

/* Those of the system.  None is no error here: the server's own may be enough. */
static int trust_add_system(struct kml *k, struct scope *s, struct buf *cas)
{
	static const char *const usual[] = {
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
	};
	const char *file = env_get("SSL_CERT_FILE"), *dirs = env_get("SSL_CERT_DIR");
	struct str list;
	int r = 0;

	if (file && (r = trust_add_file(k, s, cas, file)) < 0)
		return fail_in(k, r, "SSL_CERT_FILE");
	for (list = str_of(dirs ? dirs : ""); r == 0 && list.n;) {
		struct str dir = str_take(&list, ':');

		if (dir.n && (r = trust_add_dir(k, s, cas, scope_text(s, dir))) < 0)
			return fail_in(k, r, "SSL_CERT_DIR");
	}
	if (file || dirs)
		return r;
	for (size_t i = 0; i < countof(usual); i++)
		if (sys_exists(k, s, usual[i]))
			return trust_add_file(k, s, cas, usual[i]);
	return 0;
}

/* ---- what to show -------------------------------------------------------- */

/* The certificates and the key in two files, which may be one. */
static int trust_pair(struct kml *k, struct scope *s, const char *cert, const char *key,
                      struct trust_pair *out)
{
	struct str text;
	struct pem pem;
	int r = sys_read_file(k, s, cert, &text);

	*out = (struct trust_pair){ .chain = news(s, br_x509_certificate, TRUST_CHAIN) };
	while (r == 0 && (r = pem_next(k, s, &text, &pem)) == 0)
		if (str_ends(pem.label, S("CERTIFICATE")) && out->n < TRUST_CHAIN)
			out->chain[out->n++] = (br_x509_certificate){ x509_bytes(pem.der), pem.der.n };
	if (r == KML_NOTFOUND && out->n)
		r = 0;
	else if (r == 0 || (r == KML_NOTFOUND && sys_exists(k, s, cert)))
		r = fail(k, KML_BAD, "no certificate in it (PEM is needed)");
	if (r < 0)
		return fail_in(k, r == KML_NOTFOUND ? KML_FAIL : r, "%s", cert);
	if ((r = sys_read_file(k, s, key, &text)) == 0)
		r = privkey_parse(k, s, text, &out->key);
	return r < 0 ? fail_in(k, r == KML_NOTFOUND ? KML_FAIL : r, "%s", key) : 0;
}

static bool trust_has(const struct sys_entry *e, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(e[i].name, name))
			return true;
	return false;
}

/* One file of a server's directory. */
static int trust_entry(struct kml *k, struct scope *s, const char *dir,
                       const struct sys_entry *all, size_t n, struct str name, struct buf *cas,
                       struct trust_pair *client)
{
	const char *path = scope_format(s, "%s/%.*s", dir, FMT(name));
	bool cert = str_ends(name, S(".cert")), key = str_ends(name, S(".key"));
	struct str stem = { name.p, name.n - (cert ? 5 : 4) };
	const char *other;

	if (str_ends(name, S(".crt")))
		return trust_add_file(k, s, cas, path);
	if (!cert && !key)
		return 0;
	other = scope_format(s, "%.*s%s", FMT(stem), cert ? ".key" : ".cert");
	if (!trust_has(all, n, other))
		return fail(k, KML_FAIL, "%s: its %s is missing: %s/%s", path,
		            cert ? "key" : "certificate", dir, other);
	if (!cert || client->n)
		return 0;
	return trust_pair(k, s, path, scope_format(s, "%s/%s", dir, other), client);
}

static int trust_dir(struct kml *k, struct scope *s, const char *dir, struct buf *cas,
                     struct trust_pair *client)
{
	struct sys_entry *e;
	size_t n;
	int r = sys_list(k, s, dir, &e, &n);

	if (r < 0)
		return fail_in(k, r == KML_NOTFOUND ? KML_FAIL : r, "%s", dir);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = trust_entry(k, s, dir, e, n, str_of(e[i].name), cas, client);
	return r;
}

/* The directory of a server, or NULL.  Port 443 may be written or not. */
static const char *trust_find(struct kml *k, struct scope *s, struct str name)
{
	const char *home = env_get("HOME"), *bases[] = {
		home ? scope_format(s, "%s/.config/containers", home) : NULL,
		"/etc/containers", "/etc/docker",
	};
	bool https = str_ends(name, S(":443"));
	struct str other = { name.p, https ? name.n - 4 : name.n };

	if (!name.n || name.p[0] == '.' || memchr(name.p, '/', name.n))
		return NULL;
	for (size_t i = 0; i < countof(bases) * 2; i++) {
		const char *base = bases[i / 2];
		struct str n = i % 2 ? other : name;
		const char *dir;

		if (!base)
			continue;
		dir = scope_format(s, "%s/certs.d/%.*s", base, FMT(n));
		if (sys_exists(k, s, dir))
			return dir;
	}
	return NULL;
}

/* What is to be believed of `host_port` ("quay.io", "[::1]:5000"), and what is shown to
 * it.  The result is only read from then on: threads may share it. */
static int trust_load(struct kml *k, struct scope *s, const struct trust_options *o,
                      struct str host_port, struct trust **out)
{
	struct trust *t = *out = new(s, struct trust);
	struct buf cas = { .s = s };
	const char *dir = o->cert_dir ? o->cert_dir : trust_find(k, s, host_port);
	int r = 0;

	t->host_port = scope_text(s, host_port);
	t->unverified = o->unverified;
	if (o->cert)
		r = trust_pair(k, s, o->cert, o->key, &t->client);
	if (r == 0 && dir)
		r = trust_dir(k, s, dir, &cas, &t->client);
	if (r == 0 && o->ca)
		r = trust_add_file(k, s, &cas, o->ca);
	if (r == 0 && !o->unverified)
		r = trust_add_system(k, s, &cas);
	t->cas = (struct trust_ca *)(void *)cas.p;
	t->n = cas.n / sizeof *t->cas;
	return r;
}

/* ---- for br_x509_minimal ------------------------------------------------- */

static void trust_anchor(br_x509_trust_anchor *to, const struct trust_ca *ca, unsigned flags)
{
	to->dn = (br_x500_name){ x509_bytes(ca->dn), ca->dn.n };
	to->flags = flags;
	to->pkey = ca->key;
}

/* The anchors, `most` of them, that can end a chain with the certificate `x`: the
 * CAs called as its issuer, or, if it is the first, itself. */
static size_t trust_anchors(const struct trust *t, const struct x509 *x, bool first,
                            br_x509_trust_anchor *to, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n && n < most; i++) {
		const struct trust_ca *ca = &t->cas[i];

		if (ca->ca != X509_NO_CA && str_eq(ca->dn, x->issuer))
			trust_anchor(&to[n++], ca, BR_X509_TA_CA);
		if (n < most && first && str_eq(ca->dn, x->subject))
			trust_anchor(&to[n++], ca, 0);
	}
	return n;
}

#endif
