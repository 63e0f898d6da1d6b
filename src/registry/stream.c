/* stream.c - a connection, with TLS over it or not, as bytes in both directions. */
#ifndef KML_STREAM_C
#define KML_STREAM_C

#include "../ground/net.c"
#include "refused.c"
#include "tls.c"
#include "trust.c"

/* 0: as usual, which is 30 seconds each. */
struct stream_limits { int connect_ms, idle_ms; };

struct stream {
	int *fd;                        /* in the scope that it was opened in */
	int idle_ms;
	struct tls *tls;                /* NULL: TCP only */
};

enum { STREAM_USUAL = 30000 };

/* Connect to `host`, TCP only. */
static int stream_dial(struct kml *k, struct scope *s, struct str host, unsigned port,
                       const struct stream_limits *l, struct stream *st)
{
	*st = (struct stream){ .idle_ms = l->idle_ms ? l->idle_ms : STREAM_USUAL };
	return net_connect(k, s, host, port, l->connect_ms ? l->connect_ms : STREAM_USUAL, &st->fd);
}

/* ---- TLS ----------------------------------------------------------------- */

/* In the scope of the connection; not zeroed, for it is mostly buffers. */
static struct tls *stream_tls(struct kml *k, struct scope *s, const struct stream *st)
{
	struct tls *t = scope_raw(s, sizeof *t);

	memset(t, 0, offsetof(struct tls, in));
	t->k = k;
	t->fd = *st->fd;
	t->idle_ms = st->idle_ms;
	return t;
}

/* As the client of `name`, which is said to the server unless it is an address. */
static int stream_begin(struct kml *k, struct scope *s, struct stream *st, struct tls *t,
                        struct str name, const struct trust *trust)
{
	struct chain *c = chain_new(s, trust, name);
	const char *sni = scope_text(s, name);
	char address[16];
	size_t n;
	int r;

	if (x509_address(name, address, &n))
		sni = NULL;
	else if (str_ends(name, S(".")))
		sni = scope_text(s, (struct str){ name.p, name.n - 1 });
	if ((r = tls_client(k, t, c, sni)) < 0)
		return r;
	if ((r = tls_handshake(k, t, 2 * st->idle_ms)) < 0)
		return t->nfirst && str_starts(S("HTTP/"), (struct str){ t->first, t->nfirst }) ?
			refused_why(k, t, c, t->asked) : fail_in(k, r, "TLS with %.*s", FMT(name));
	if (br_ssl_engine_current_state(t->eng) & BR_SSL_SENDAPP)
		return 0;
	return refused_why(k, t, c, t->asked);
}

/* Begin TLS as the client of the server `name`, over what is open. */
static int stream_secure(struct kml *k, struct scope *s, struct stream *st, struct str name,
                         const struct trust *trust)
{
	struct tls *t = stream_tls(k, s, st);
	struct scope *tmp = scope_begin(s);
	int r = stream_begin(k, tmp, st, t, name, trust);

	scope_end(tmp);
	if (r == 0)
		st->tls = t;
	return r;
}

/* ---- bytes --------------------------------------------------------------- */

/* Read what there is, up to `n` bytes; none is the orderly end. */
static int stream_read(struct kml *k, struct stream *st, char *p, size_t n, size_t *got)
{
	if (st->tls)
		return tls_read(k, st->tls, p, n, got);
	return net_read(k, *st->fd, p, n, st->idle_ms, got);
}

/* Write some of `bytes`, which with TLS may wait for stream_flush(); none when there is
 * something to read before any could be. */
static int stream_send(struct kml *k, struct stream *st, struct str bytes, size_t *sent)
{
	if (st->tls)
		return tls_write(k, st->tls, bytes, true, sent);
	return net_write_some(k, *st->fd, bytes, st->idle_ms, true, sent);
}

/* Write all of `bytes`; the last of it may wait for stream_flush(). */
static int stream_write(struct kml *k, struct stream *st, struct str bytes)
{
	size_t sent;
	int r = 0;

	if (!st->tls)
		return net_write(k, *st->fd, bytes, st->idle_ms);
	for (; r == 0 && bytes.n; bytes = str_from(bytes, sent))
		r = tls_write(k, st->tls, bytes, false, &sent);
	return r;
}

static int stream_flush(struct kml *k, struct stream *st)
{
	return st->tls ? tls_flush(k, st->tls) : 0;
}

/* Is there something to read without waiting, the end too? */
static bool stream_pending(struct stream *st)
{
	return st->tls ? tls_pending(st->tls) : net_ready(*st->fd);
}

static void stream_close(struct stream *st)
{
	if (!st->fd || *st->fd < 0)
		return;
	if (st->tls)
		tls_close(st->tls);
	net_close(st->fd);
}

#endif
