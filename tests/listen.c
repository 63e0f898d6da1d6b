/* listen.c - connections that others make. */
#ifndef KML_LISTEN_C
#define KML_LISTEN_C

#include "../src/ground/net.c"

/* Listen on `host` (empty: every address) and `port` (0: a free one). */
static int net_listen(struct kml *k, struct scope *s, struct str host, unsigned port, int *out)
{
	struct net_names names = { .n = 0 };
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int *fd = scope_fd(s), one = 1, r;

	if (host.n && (r = net_resolve(k, host, port, &names)) < 0)
		return r;
	if (!host.n) {
		names = (struct net_names){ .size = { sizeof any, sizeof any4 }, .n = 2 };
		memcpy(&names.at[0], &any, sizeof any);
		memcpy(&names.at[1], &any4, sizeof any4);
	}
	for (size_t i = 0; i < names.n; i++) {
		const struct sockaddr *at = (const void *)&names.at[i];

		*fd = SYS(socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
		if (*fd < 0)
			continue;
		setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		if (SYS(bind(*fd, at, names.size[i])) == 0 && SYS(listen(*fd, 128)) == 0)
			return *out = *fd, 0;
		r = errno;
		net_close(fd);
		errno = r;
	}
	r = errno;
	return fail(k, KML_FAIL, "cannot listen on %.*s port %u: %s", FMT(host), port, sys_error(r));
}

/* The port that `fd` listens on. */
static unsigned net_port(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t n = sizeof at;

	if (getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		return 0;
	return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&at)->sin6_port :
	             ((struct sockaddr_in *)(void *)&at)->sin_port);
}

/* The next connection that comes in within `ms` (below 0: at any time). */
static int net_accept(struct kml *k, struct scope *s, int fd, int ms, int **out)
{
	int one = 1, events, r;

	*out = scope_fd(s);
	for (;;) {
		SYS_AGAIN(**out, accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
		if (**out >= 0)
			break;
		if (!net_later() && errno != ECONNABORTED)
			return net_fail(k);
		if ((r = net_wait(k, fd, POLLIN, ms, &events)) < 0)
			return r;
	}
	setsockopt(**out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return 0;
}

#endif
