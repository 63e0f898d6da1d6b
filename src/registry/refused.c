/* refused.c - why TLS did not begin, in words, and what to do about it.
 *
 * BearSSL gives a number: 32 to 62 are of certificates, 256 + n is an alert that came
 * (RFC 5246, 7.2), the others are of the protocol.  Some mean several things, of
 * which what was sent first tells more.
 */
#ifndef KML_REFUSED_C
#define KML_REFUSED_C

#include "tls.c"

enum { REFUSED_ALERT = BR_ERR_RECV_FATAL_ALERT };

static int refused_issuer(struct kml *k, const struct chain *c)
{
	bool self = c->alone && str_eq(c->subject, c->issuer);
	const char *but = !c->trust->n ? " (there are no CA certificates on this machine)" :
		c->minimal.trust_anchors_num ? " (a CA of this name is trusted, but has another key)" : "";

	return fail(k, KML_UNTRUSTED, "the certificate of %.*s is %s \"%.*s\", which nothing here "
	            "says to trust%s; if you do, put %s into /etc/containers/certs.d/%s/ca.crt, or "
	            "give it with --ca FILE", FMT(c->host),
	            self ? "signed by itself," : "issued by", FMT(c->issuer), but,
	            self ? "it" : "that CA's certificate", c->trust->host_port);
}

static int refused_date(struct kml *k, const struct chain *c)
{
	struct tm tm = { 0 };
	time_t now = (time_t)net_date();
	char today[80] = "?";

	if (gmtime_r(&now, &tm))
		snprintf(today, sizeof today, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900,
		         tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return fail(k, KML_UNTRUSTED, "the certificate \"%.*s\" of %.*s is valid from %.*s to %.*s, and "
	            "here it is now %s (all UTC): %s", FMT(c->subject), FMT(c->host), FMT(c->from),
	            FMT(c->until), today, str_cmp(str_of(today), c->from) < 0 ?
	            "not valid yet; set this machine's clock if it is wrong" :
	            "expired; the server needs a new one, or this machine's clock is wrong");
}

static int refused_certificate(struct kml *k, const struct chain *c, int e)
{
	const char *why;

	switch (e) {
	case BR_ERR_X509_NOT_TRUSTED:        return refused_issuer(k, c);
	case BR_ERR_X509_EXPIRED:            return refused_date(k, c);
	case BR_ERR_X509_BAD_SERVER_NAME:
		return fail(k, KML_UNTRUSTED, "the certificate is not for %.*s but for %.*s; use a name "
		            "that is in it, or give the server one that has this", FMT(c->host),
		            FMT(c->names));
	case BR_ERR_X509_NOT_CA:             why = "its issuer is no CA"; break;
	case BR_ERR_X509_BAD_SIGNATURE:      why = "it was not signed by its issuer"; break;
	case BR_ERR_X509_CRITICAL_EXTENSION:
		why = "it has a critical extension that kml does not know, such as name constraints";
		break;
	case BR_ERR_X509_WEAK_PUBLIC_KEY:    why = "its key is too short (RSA of less than 2048 bits)";
		break;
	case BR_ERR_X509_FORBIDDEN_KEY_USAGE: why = "its key may not be used for this"; break;
	case BR_ERR_X509_DN_MISMATCH:        why = "those that come with it are in no order"; break;
	case BR_ERR_X509_UNSUPPORTED:
	case BR_ERR_X509_WRONG_KEY_TYPE:
		why = "its key or signature is of a kind that kml does not know (Ed25519, RSA-PSS, "
		      "SHA-1)";
		break;
	case BR_ERR_X509_LIMIT_EXCEEDED:     why = "it is too large"; break;
	case BR_ERR_X509_EMPTY_CHAIN:        why = "there is none"; break;
	default:                             why = "it is malformed"; break;
	}
	return fail(k, KML_UNTRUSTED, "the certificate \"%.*s\" of %.*s is refused: %s (error %d)",
	            FMT(c->subject), FMT(c->host), why, e);
}

static int refused_client(struct kml *k, const struct chain *c, int alert)
{
	if (c->trust->client.n)
		return fail(k, KML_UNTRUSTED, "%.*s does not take the client certificate of "
		            "certs.d/%s (alert %d)", FMT(c->host), c->trust->host_port, alert);
	return fail(k, KML_UNTRUSTED, "%.*s wants a client certificate: put it and its key into "
	            "/etc/containers/certs.d/%s/client.cert and client.key", FMT(c->host),
	            c->trust->host_port);
}

/* An alert that came.  40 stands for several, and none says for which. */
static int refused_alert(struct kml *k, const struct chain *c, bool asked, int alert)
{
	switch (alert) {
	case 70:
		return fail(k, KML_UNTRUSTED, "%.*s wants a newer TLS than 1.2, which is the newest kml "
		            "speaks; allow 1.2 there, or put a proxy in front of it", FMT(c->host));
	case 40: case 71:
		if (asked && !c->trust->client.n)
			return refused_client(k, c, alert);
		return fail(k, KML_UNTRUSTED, "%.*s refuses the TLS handshake (alert %d): it wants "
		            "another TLS than 1.2, a cipher other than ECDHE with AES-GCM or "
		            "ChaCha20, EMS (RFC 7627), or a client certificate "
		            "(client.cert and client.key in certs.d/%s)", FMT(c->host), alert,
		            c->trust->host_port);
	case 42: case 43: case 44: case 45: case 46: case 48: case 49: case 116:
		return refused_client(k, c, alert);
	case 112:
		return fail(k, KML_UNTRUSTED, "the server says that it is not %.*s", FMT(c->host));
	default:
		return fail(k, alert == 80 ? KML_UNREACHABLE : KML_UNTRUSTED,
		            "%.*s refuses the TLS handshake with alert %d", FMT(c->host), alert);
	}
}

/* What is not TLS at all, or an old one. */
static int refused_protocol(struct kml *k, const struct tls *t, const struct chain *c, int e)
{
	struct str first = { t->first, t->nfirst };

	if (str_starts(first, S("HTTP/")))
		return fail(k, KML_BAD, "%.*s speaks plain http on this port, not https; use "
		            "--plain-http, or insecure = true in registries.conf, if that is right",
		            FMT(c->host));
	if (first.n >= 3 && (first.p[0] == 0x15 || first.p[0] == 0x16) && first.p[1] == 3 &&
	    (unsigned char)first.p[2] < 3)
		return fail(k, KML_UNTRUSTED, "%.*s speaks only TLS older than 1.2, which is not safe",
		            FMT(c->host));
	if (!first.n || (first.p[0] != 0x15 && first.p[0] != 0x16))
		return fail(k, KML_BAD, "what answers as %.*s does not speak TLS", FMT(c->host));
	return fail(k, KML_UNTRUSTED, "the TLS handshake with %.*s failed (error %d)",
	            FMT(c->host), e);
}

/* The sentence for a handshake that the engine has given up.  `asked`: a client
 * certificate was asked for. */
static int refused_why(struct kml *k, const struct tls *t, const struct chain *c, bool asked)
{
	int e = br_ssl_engine_last_error(t->eng);

	if (e == BR_ERR_OK)
		return fail(k, KML_UNREACHABLE, "%.*s ended the connection instead of a TLS handshake",
		            FMT(c->host));
	if (e > BR_ERR_X509_OK && e <= BR_ERR_X509_NOT_TRUSTED)
		return refused_certificate(k, c, e);
	if (e >= REFUSED_ALERT && e < BR_ERR_SEND_FATAL_ALERT)
		return refused_alert(k, c, asked, e - REFUSED_ALERT);
	return refused_protocol(k, t, c, e);
}

#endif
