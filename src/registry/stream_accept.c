/* stream_accept.c - the other end of TLS: the server's. */
#ifndef KML_STREAM_ACCEPT_C
#define KML_STREAM_ACCEPT_C

#include "stream.c"
#include "tls.c"
#include "trust.c"

static int stream_accept_begin(struct kml *k, struct tls *t, const struct trust_pair *p)
{
	br_ssl_server_context *c = &t->u.server;
	int r;

	br_ssl_server_zero(c);
	if ((r = tls_engine(k, t, &c->eng, NULL)) < 0)
		return r;
	if (p->key.type == BR_KEYTYPE_RSA)
		br_ssl_server_set_single_rsa(c, p->chain, p->n, &p->key.rsa, BR_KEYTYPE_SIGN,
		                             br_rsa_i31_private, br_rsa_i31_pkcs1_sign);
	else
		br_ssl_server_set_single_ec(c, p->chain, p->n, &p->key.ec, BR_KEYTYPE_SIGN,
		                            BR_KEYTYPE_EC, &br_ec_all_m31,
		                            br_ecdsa_i31_sign_asn1);
	if (!br_ssl_server_reset(c))
		return fail(k, KML_FAIL, "TLS does not begin (%d)", br_ssl_engine_last_error(&c->eng));
	return 0;
}

/* Begin TLS as the server that has the certificate and key `pair`. */
static int stream_accept_tls(struct kml *k, struct scope *s, struct stream *st,
                             const struct trust_pair *pair)
{
	struct tls *t = stream_tls(k, s, st);
	int r;

	if ((r = stream_accept_begin(k, t, pair)) < 0 || (r = tls_handshake(k, t, 2 * st->idle_ms)) < 0)
		return fail_in(k, r, "TLS");
	if (!(br_ssl_engine_current_state(t->eng) & BR_SSL_SENDAPP))
		return tls_broke(k, t);
	st->tls = t;
	return 0;
}

#endif
