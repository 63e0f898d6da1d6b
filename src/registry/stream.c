/* stream.c - a connection, with TLS over it or not, as bytes in both directions. */
#ifndef KML_STREAM_C
#define KML_STREAM_C

#include "../ground/net.c"
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

/* The next connection to the socket `fd`; ms below 0: whenever it comes. */
static int stream_accept(struct kml *k, struct scope *s, int fd, int ms,
                         const struct stream_limits *l, struct stream *st)
{
	*st = (struct stream){ .idle_ms = l->idle_ms ? l->idle_ms : STREAM_USUAL };
	return net_accept(k, s, fd, ms, &st->fd);
}

/* Begin TLS as the client of the server `name`, over what is open. */
static int stream_secure(struct kml *k, struct scope *s, struct stream *st, struct str name,
                         const struct trust *t)
{
	(void)s, (void)st, (void)t;
	return fail(k, KML_FAIL, "%.*s: TLS is not there yet", FMT(name));
}

/* Read what there is, up to `n` bytes; none is the orderly end. */
static int stream_read(struct kml *k, struct stream *st, char *p, size_t n, size_t *got)
{
	return net_read(k, *st->fd, p, n, st->idle_ms, got);
}

/* Write some of `bytes`; none when there is something to read before any could be. */
static int stream_send(struct kml *k, struct stream *st, struct str bytes, size_t *sent)
{
	return net_write_some(k, *st->fd, bytes, st->idle_ms, true, sent);
}

/* Write all of it.  It may wait here until stream_flush(). */
static int stream_write(struct kml *k, struct stream *st, struct str bytes)
{
	return net_write(k, *st->fd, bytes, st->idle_ms);
}

static int stream_flush(struct kml *k, struct stream *st)
{
	(void)k, (void)st;
	return 0;
}

/* Is there something to read without waiting, the end too? */
static bool stream_pending(struct stream *st) { return net_ready(*st->fd); }

static void stream_close(struct stream *st)
{
	if (st->fd)
		net_close(st->fd);
}

#endif
