/* tls.c - TLS over a connection: BearSSL's engine, and the bytes it wants moved.
 *
 * TLS 1.2, with a key for each connection (ECDHE), and of the ciphers those that also
 * say whether a byte was changed.  The processor's AES is used where there is one,
 * else code that takes the same time for every key.
 *
 * The engine decrypts in place, record by record; with the body of one record the
 * head of the next is read, so that each costs one system call.
 */
#ifndef KML_TLS_C
#define KML_TLS_C

#include "../ground/net.c"
#include "chain.c"

enum { TLS_HEAD = 5 };                  /* bytes before a record */

struct tls {
	struct kml *k;                  /* of the thread that has it */
	br_ssl_engine_context *eng;     /* of one of these */
	union { br_ssl_client_context client; br_ssl_server_context server; } u;
	int fd, idle_ms;
	char first[TLS_HEAD];           /* that came: for messages */
	size_t nfirst;
	char head[TLS_HEAD];            /* of the next record, read with the last */
	size_t nhead;
	bool cut;                       /* the connection ended, and TLS had not */
	bool asked;                     /* for a client certificate, and there is none */
	const br_ssl_client_certificate_class *nobody;
	unsigned char in[BR_SSL_BUFSIZE_INPUT], out[BR_SSL_BUFSIZE_OUTPUT];
};

/* ---- what it can --------------------------------------------------------- */

#ifdef __SSE2__
#define TLS_CHACHA20 br_chacha20_sse2_run
#else
#define TLS_CHACHA20 br_chacha20_ct_run
#endif
#ifdef __SIZEOF_INT128__
#define TLS_POLY1305 br_poly1305_ctmulq_run
#else
#define TLS_POLY1305 br_poly1305_ctmul_run
#endif

static void tls_ciphers(br_ssl_engine_context *e)
{
	static const uint16_t suites[] = {      /* those with AES first */
		BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	};
	const br_block_ctr_class *aes = br_aes_x86ni_ctr_get_vtable();
	br_ghash ghash = br_ghash_pclmul_get();
	bool fast = aes && ghash;

	br_ssl_engine_set_suites(e, suites + (fast ? 0 : 4), 6);
	br_ssl_engine_set_aes_ctr(e, aes ? aes : &br_aes_ct64_ctr_vtable);
	br_ssl_engine_set_ghash(e, ghash ? ghash : br_ghash_ctmul64);
	br_ssl_engine_set_chacha20(e, TLS_CHACHA20);
	br_ssl_engine_set_poly1305(e, TLS_POLY1305);
	br_ssl_engine_set_gcm(e, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
	br_ssl_engine_set_chapol(e, &br_sslrec_in_chapol_vtable, &br_sslrec_out_chapol_vtable);
}

/* The hashes, of what is signed and of what makes keys; `minimal` may be NULL. */
static void tls_hashes(br_ssl_engine_context *e, br_x509_minimal_context *minimal)
{
	static const br_hash_class *const known[] = {
		&br_sha256_vtable, &br_sha384_vtable, &br_sha512_vtable
	};

	for (size_t i = 0; i < countof(known); i++) {
		br_ssl_engine_set_hash(e, br_sha256_ID + (int)i, known[i]);
		if (minimal)
			br_x509_minimal_set_hash(minimal, br_sha256_ID + (int)i, known[i]);
	}
	br_ssl_engine_set_prf_sha256(e, br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(e, br_tls12_sha384_prf);
}

/* What client and server have in common. */
static int tls_engine(struct kml *k, struct tls *t, br_ssl_engine_context *e,
                      br_x509_minimal_context *minimal)
{
	char seed[48];
	int r = net_random(k, seed, sizeof seed);

	t->eng = e;
	if (r < 0)
		return r;
	br_ssl_engine_set_buffers_bidi(e, t->in, sizeof t->in, t->out, sizeof t->out);
	br_ssl_engine_set_versions(e, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_all_flags(e, BR_OPT_NO_RENEGOTIATION);
	tls_ciphers(e);
	tls_hashes(e, minimal);
	br_ssl_engine_inject_entropy(e, seed, sizeof seed);     /* which hashes it */
	br_ssl_engine_set_ec(e, &br_ec_all_m31);
	br_ssl_engine_set_rsavrfy(e, br_rsa_i31_pkcs1_vrfy);
	br_ssl_engine_set_ecdsa(e, br_ecdsa_i31_vrfy_asn1);
	return 0;
}

/* Who has no certificate: notices that one was asked for, and sends none. */
static void tls_nobody(const br_ssl_client_certificate_class **c)
{
	struct tls *t = (struct tls *)(void *)((char *)(void *)c - offsetof(struct tls, nobody));

	t->asked = true;
}

static void tls_nobody_name(const br_ssl_client_certificate_class **c, size_t n)
{
	(void)c, (void)n;
}

static void tls_nobody_bytes(const br_ssl_client_certificate_class **c, const unsigned char *p,
                             size_t n)
{
	(void)c, (void)p, (void)n;
}

static void tls_nobody_choose(const br_ssl_client_certificate_class **c,
                              const br_ssl_client_context *client, uint32_t types,
                              br_ssl_client_certificate *choice)
{
	(void)client, (void)types;
	tls_nobody(c);
	*choice = (br_ssl_client_certificate){ .chain_len = 0 };
}

static const br_ssl_client_certificate_class tls_nobody_class = {
	sizeof(br_ssl_client_certificate_class *), tls_nobody, tls_nobody_name, tls_nobody_bytes,
	tls_nobody, tls_nobody, tls_nobody_choose, NULL, NULL
};

static void tls_client_pair(struct tls *t, const struct trust_pair *p)
{
	br_ssl_client_context *c = &t->u.client;

	t->nobody = &tls_nobody_class;
	if (!p->n)
		br_ssl_client_set_client_certificate(c, &t->nobody);
	else if (p->key.type == BR_KEYTYPE_RSA)
		br_ssl_client_set_single_rsa(c, p->chain, p->n, &p->key.rsa, br_rsa_i31_pkcs1_sign);
	else
		br_ssl_client_set_single_ec(c, p->chain, p->n, &p->key.ec, BR_KEYTYPE_SIGN,
		                            BR_KEYTYPE_EC, &br_ec_all_m31,
		                            br_ecdsa_i31_sign_asn1);
}

static int tls_client(struct kml *k, struct tls *t, struct chain *chain, const char *sni)
{
	br_ssl_client_context *c = &t->u.client;
	int r;

	br_ssl_client_zero(c);
	if ((r = tls_engine(k, t, &c->eng, &chain->minimal)) < 0)
		return r;
	br_x509_minimal_set_ecdsa(&chain->minimal, &br_ec_all_m31, br_ecdsa_i31_vrfy_asn1);
	br_ssl_engine_set_x509(&c->eng, &chain->class);
	tls_client_pair(t, &chain->trust->client);
	if (!br_ssl_client_reset(c, sni, 0))
		return fail(k, KML_FAIL, "TLS does not begin (%d)", br_ssl_engine_last_error(&c->eng));
	return 0;
}

/* ---- moving bytes -------------------------------------------------------- */

/* Send what the engine wants sent.  If `eager`, stop when there is something to read. */
static int tls_push(struct kml *k, struct tls *t, bool eager, bool *stopped)
{
	size_t n, sent;
	int r;

	*stopped = false;
	while (br_ssl_engine_current_state(t->eng) & BR_SSL_SENDREC) {
		const unsigned char *p = br_ssl_engine_sendrec_buf(t->eng, &n);

		r = net_write_some(k, t->fd, (struct str){ (const char *)p, n }, t->idle_ms,
		                   eager, &sent);
		if (r < 0)
			return r;
		if (!sent)
			return *stopped = true, 0;
		br_ssl_engine_sendrec_ack(t->eng, sent);
	}
	return 0;
}

static void tls_first(struct tls *t, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n && t->nfirst < TLS_HEAD; i++)
		t->first[t->nfirst++] = (char)p[i];
}

/* Get what the engine wants got: some of a record. */
static int tls_pull(struct kml *k, struct tls *t)
{
	size_t n, got;
	unsigned char *p = br_ssl_engine_recvrec_buf(t->eng, &n);
	struct iovec to[2] = { { p, n }, { t->head, n > TLS_HEAD ? TLS_HEAD : 0 } };
	int r;

	if (t->nhead) {
		got = t->nhead < n ? t->nhead : n;
		memcpy(p, t->head, got);
		memmove(t->head, t->head + got, t->nhead -= got);
		br_ssl_engine_recvrec_ack(t->eng, got);
		return 0;
	}
	if ((r = net_readv(k, t->fd, to, n > TLS_HEAD ? 2 : 1, t->idle_ms, &got)) < 0)
		return r;
	if (!got) {
		t->cut = true;
		return fail(k, KML_UNREACHABLE, "the connection was cut");
	}
	t->nhead = got > n ? got - n : 0;
	got -= t->nhead;
	tls_first(t, p, got);
	br_ssl_engine_recvrec_ack(t->eng, got);
	return 0;
}

/* Until `ms` are over or the engine is ready or fails; 0: see its state. */
static int tls_handshake(struct kml *k, struct tls *t, int ms)
{
	uint64_t end = net_now() + (uint64_t)ms;
	bool stopped;
	int r = 0;

	while (r == 0) {
		unsigned state = br_ssl_engine_current_state(t->eng);

		if (state & (BR_SSL_CLOSED | BR_SSL_SENDAPP))
			return 0;
		if (net_now() >= end)
			return net_silent(k, ms);
		if (state & BR_SSL_SENDREC)
			r = tls_push(k, t, false, &stopped);
		else if (state & BR_SSL_RECVREC)
			r = tls_pull(k, t);
		else
			return 0;
	}
	return r;
}

/* ---- in use -------------------------------------------------------------- */

/* The engine gave up: what it says of it is of no use to a user. */
static int tls_broke(struct kml *k, const struct tls *t)
{
	int e = br_ssl_engine_last_error(t->eng);

	return fail(k, KML_UNREACHABLE, e >= BR_ERR_RECV_FATAL_ALERT && e < BR_ERR_SEND_FATAL_ALERT ?
	            "the other side ended TLS with alert %d" : "TLS broke off with error %d",
	            e >= BR_ERR_RECV_FATAL_ALERT ? e & 255 : e);
}

static int tls_read(struct kml *k, struct tls *t, char *p, size_t n, size_t *got)
{
	bool stopped;
	int r = 0;

	*got = 0;
	while (r == 0) {
		unsigned state = br_ssl_engine_current_state(t->eng);

		if (state & BR_SSL_RECVAPP) {
			const unsigned char *from = br_ssl_engine_recvapp_buf(t->eng, got);

			*got = *got < n ? *got : n;
			memcpy(p, from, *got);
			br_ssl_engine_recvapp_ack(t->eng, *got);
			return 0;
		}
		if (t->eng->shutdown_recv)
			return 0;
		if (state & BR_SSL_CLOSED)
			return tls_broke(k, t);
		if (state & BR_SSL_SENDAPP)
			br_ssl_engine_flush(t->eng, 0);
		if (br_ssl_engine_current_state(t->eng) & BR_SSL_SENDREC)
			r = tls_push(k, t, false, &stopped);
		else if (state & BR_SSL_RECVREC)
			r = tls_pull(k, t);
		else
			return tls_broke(k, t);
	}
	return r;
}

/* Take some of `bytes`; if `eager`, none when there is something to read and no room. */
static int tls_write(struct kml *k, struct tls *t, struct str bytes, bool eager, size_t *sent)
{
	bool stopped;
	int r;

	for (*sent = 0;;) {
		unsigned state = br_ssl_engine_current_state(t->eng);
		unsigned char *to;

		if (state & BR_SSL_CLOSED || t->eng->shutdown_recv)
			return t->eng->shutdown_recv ?
				fail(k, KML_UNREACHABLE, "the connection was closed") : tls_broke(k, t);
		if (state & BR_SSL_SENDAPP) {
			to = br_ssl_engine_sendapp_buf(t->eng, sent);
			*sent = *sent < bytes.n ? *sent : bytes.n;
			memcpy(to, bytes.p, *sent);
			br_ssl_engine_sendapp_ack(t->eng, *sent);
			return 0;
		}
		if (!(state & BR_SSL_SENDREC))
			return tls_broke(k, t);
		if ((r = tls_push(k, t, eager, &stopped)) < 0)
			return r;
		if (stopped && br_ssl_engine_current_state(t->eng) & BR_SSL_RECVAPP)
			return 0;
		if (stopped && (r = tls_pull(k, t)) < 0)
			return r;
	}
}

static int tls_flush(struct kml *k, struct tls *t)
{
	bool stopped;

	br_ssl_engine_flush(t->eng, 0);
	return tls_push(k, t, false, &stopped);
}

/* Is there something to read without waiting?  What came of a record is taken in. */
static bool tls_pending(struct tls *t)
{
	unsigned state = br_ssl_engine_current_state(t->eng);

	while (!(state & (BR_SSL_RECVAPP | BR_SSL_CLOSED)) && !t->eng->shutdown_recv && !t->cut) {
		if (!(state & BR_SSL_RECVREC) || (!t->nhead && !net_ready(t->fd)))
			return false;
		if (tls_pull(t->k, t) < 0)
			return true;
		state = br_ssl_engine_current_state(t->eng);
	}
	return true;
}

/* Say that this is the end, without waiting for anything. */
static void tls_close(struct tls *t)
{
	size_t n, sent;
	const unsigned char *p;

	br_ssl_engine_close(t->eng);
	if (t->cut || !(br_ssl_engine_current_state(t->eng) & BR_SSL_SENDREC))
		return;
	p = br_ssl_engine_sendrec_buf(t->eng, &n);
	net_write_some(t->k, t->fd, (struct str){ (const char *)p, n }, 0, false, &sent);
}

#endif
