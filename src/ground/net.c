/* net.c - connections: the only place that makes a socket or waits for one.
 *
 * Every socket is non-blocking, and every wait has a limit: a peer that stops ends
 * in a sentence, never in a hang.  A name has several addresses, of which some
 * may be dead; the next is tried a quarter of a second after the last without
 * waiting for that to fail, and the first to answer is it (RFC 8305).
 *
 * KML_UNREACHABLE is what may be otherwise next time.  A name that does not exist
 * is NET_NOBODY: who asks must not ask again, and says KML_UNREACHABLE.
 */
#ifndef KML_NET_C
#define KML_NET_C

#include "sys.c"
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

enum { NET_MOST = 12, NET_STAGGER = 250 };      /* addresses tried; ms between two */
enum { NET_NOBODY = -100 };

/* Milliseconds on a clock that nobody sets. */
static uint64_t net_now(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Seconds since 1970, as far as this machine knows. */
static int64_t net_date(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

/* Bytes that nobody can guess: from the kernel, or not at all. */
static int net_random(struct kml *k, char *p, size_t n)
{
	while (n) {
		ssize_t r;

		SYS_AGAIN(r, getrandom(p, SYS_SIZE(n), 0));
		if (r <= 0)
			return fail(k, KML_FAIL, "the kernel gives no random numbers: %s",
			            sys_error(errno));
		p += r;
		n -= (size_t)r;
	}
	return 0;
}

static void net_pause(int ms)
{
	poll(NULL, 0, ms);
}

static int net_fail(struct kml *k)
{
	int e = errno;

	return fail(k, KML_UNREACHABLE, "%s", sys_error(e));
}

static void net_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int net_silent(struct kml *k, int ms)
{
	return fail(k, KML_UNREACHABLE, "no answer for %d seconds", (ms + 999) / 1000);
}

/* ---- names --------------------------------------------------------------- */

struct net_names {
	struct sockaddr_storage at[NET_MOST];
	socklen_t size[NET_MOST];
	size_t n;
};

/* Take the addresses of one family, every other place from `at` on. */
static void net_names_take(struct net_names *out, const struct addrinfo *all, bool v6, size_t at)
{
	for (; all; all = all->ai_next) {
		if ((all->ai_family == AF_INET6) != v6 || all->ai_addrlen > sizeof *out->at)
			continue;
		for (; at < NET_MOST && out->size[at]; at++)
			;
		if (at == NET_MOST)
			return;
		memcpy(&out->at[at], all->ai_addr, all->ai_addrlen);
		out->size[at] = all->ai_addrlen;
		at += 2;
	}
}

/* The addresses of `host`, which may be one itself (an IPv6 one with or without its
 * brackets): IPv6 and IPv4 by turns. */
static int net_resolve(struct kml *k, struct str host, unsigned port, struct net_names *out)
{
	struct addrinfo hint = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *all = NULL;
	char name[256], number[8];
	bool brackets = str_starts(host, S("[")) && str_ends(host, S("]"));
	int r;

	*out = (struct net_names){ 0 };
	if (brackets)
		host = (struct str){ host.p + 1, host.n - 2 };
	if (!host.n || host.n >= sizeof name || memchr(host.p, '\0', host.n) || port > 65535)
		return fail(k, KML_FAIL, "\"%.*s\" is not the name of a host", FMT(host));
	snprintf(name, sizeof name, "%.*s", FMT(host));
	snprintf(number, sizeof number, "%u", port);
	r = SYS(getaddrinfo(name, number, &hint, &all));
	if (r == EAI_NONAME)
		return fail(k, NET_NOBODY, "no host is called %s", name);
#ifdef EAI_NODATA
	if (r == EAI_NODATA)
		return fail(k, NET_NOBODY, "%s has no address", name);
#endif
	if (r != 0)
		return fail(k, KML_UNREACHABLE, "cannot find out the address of %s: %s", name,
		            r == EAI_AGAIN ? "the name server does not answer" : gai_strerror(r));
	net_names_take(out, all, true, 0);
	net_names_take(out, all, false, out->size[0] ? 1 : 0);
	freeaddrinfo(all);
	for (size_t i = 0; i < NET_MOST; i++)
		if (out->size[i]) {
			out->at[out->n] = out->at[i];
			out->size[out->n++] = out->size[i];
		}
	return out->n ? 0 : fail(k, KML_FAIL, "no address of %s can be used", name);
}

/* ---- connecting ---------------------------------------------------------- */

struct net_race {
	const struct net_names *names;
	size_t begun;                   /* so many were tried */
	struct pollfd on[NET_MOST];     /* a descriptor below 0: this one lost */
	int *fd[NET_MOST];
	int error;                      /* of the last that lost */
};

static void net_race_lose(struct net_race *race, size_t i, int error)
{
	race->error = error;
	net_close(race->fd[i]);
	race->on[i].fd = -1;
}

/* Begin with the next address. */
static void net_race_begin(struct net_race *race)
{
	size_t i = race->begun++;
	const struct sockaddr *at = (const void *)&race->names->at[i];
	int fd, r;

	fd = *race->fd[i] = SYS(socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	race->on[i] = (struct pollfd){ fd, POLLOUT, 0 };
	if (fd < 0) {
		net_race_lose(race, i, errno);
		return;
	}
	r = SYS_SLOW(connect(fd, at, race->names->size[i]));
	if (r < 0 && errno == EINTR)
		r = connect(fd, at, race->names->size[i]);
	if (r < 0 && errno != EINPROGRESS && errno != EALREADY && errno != EISCONN)
		net_race_lose(race, i, errno);
}

/* Which has answered?  race->begun: none so far. */
static size_t net_race_look(struct net_race *race)
{
	for (size_t i = 0; i < race->begun; i++) {
		int error = 0;
		socklen_t n = sizeof error;

		if (race->on[i].fd < 0 || !race->on[i].revents)
			continue;
		if (SYS(getsockopt(race->on[i].fd, SOL_SOCKET, SO_ERROR, &error, &n)) < 0)
			error = errno;
		if (!error)
			return i;
		net_race_lose(race, i, error);
	}
	return race->begun;
}

static bool net_race_runs(const struct net_race *race)
{
	for (size_t i = 0; i < race->begun; i++)
		if (race->on[i].fd >= 0)
			return true;
	return false;
}

static int net_race_run(struct kml *k, struct net_race *race, int ms, size_t *winner)
{
	uint64_t now = net_now(), end = now + (uint64_t)ms, next = now;

	for (;; now = net_now()) {
		bool more = race->begun < race->names->n;
		uint64_t until = end;
		int n;

		if (now >= end)
			return net_silent(k, ms);
		if (more && (now >= next || !net_race_runs(race))) {
			net_race_begin(race);
			next = now + NET_STAGGER;
			continue;
		}
		if (!net_race_runs(race))
			return errno = race->error, net_fail(k);
		if (more && next < until)
			until = next;
		SYS_AGAIN(n, poll(race->on, race->begun, (int)(until - now)));
		if (n < 0)
			return net_fail(k);
		if ((*winner = net_race_look(race)) < race->begun)
			return 0;
	}
}

/* Connect to `host`; `*fd` is the connection, until `s` ends. */
static int net_connect(struct kml *k, struct scope *s, struct str host, unsigned port, int ms,
                       int **fd)
{
	struct scope *t = scope_begin(s);
	struct net_names *names = new(t, struct net_names);
	struct net_race *race = new(t, struct net_race);
	size_t winner = 0;
	int one = 1, r;

	*fd = scope_fd(s);
	for (size_t i = 0; i < NET_MOST; i++)
		race->fd[i] = scope_fd(t);
	race->names = names;
	if ((r = net_resolve(k, host, port, names)) == 0 &&
	    (r = net_race_run(k, race, ms, &winner)) < 0)
		r = fail_in(k, r, "cannot connect to %.*s port %u", FMT(host), port);
	if (r == 0) {
		**fd = *race->fd[winner];
		*race->fd[winner] = -1;
		setsockopt(**fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	}
	scope_end(t);
	return r;
}

/* ---- reading and writing ------------------------------------------------- */

/* Wait until one of `events` (POLLIN, POLLOUT) is there; *got says which. */
static int net_wait(struct kml *k, int fd, int events, int ms, int *got)
{
	struct pollfd on = { fd, (short)events, 0 };
	int n;

	SYS_AGAIN(n, poll(&on, 1, ms));
	*got = on.revents;
	return n < 0 ? net_fail(k) : n == 0 ? net_silent(k, ms) : 0;
}

static bool net_later(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }

/* Is there something to read now, the end or an error too? */
static bool net_ready(int fd)
{
	struct pollfd on = { fd, POLLIN, 0 };

	return poll(&on, 1, 0) > 0;
}

/* Read into the `n` pieces of `to` what there is, one byte at least; 0 is the end. */
static int net_readv(struct kml *k, int fd, struct iovec *to, int n, int ms, size_t *got)
{
	struct msghdr m = { .msg_iov = to, .msg_iovlen = n };
	ssize_t r;
	int events;

	if (SYS_SIZE(to[0].iov_len) == 1) {
		to[0].iov_len = 1;
		m.msg_iovlen = 1;
	}
	for (*got = 0;;) {
		SYS_AGAIN(r, recvmsg(fd, &m, 0));
		if (r >= 0)
			return *got = (size_t)r, 0;
		if (!net_later())
			return net_fail(k);
		if ((r = net_wait(k, fd, POLLIN, ms, &events)) < 0)
			return (int)r;
	}
}

static int net_read(struct kml *k, int fd, char *p, size_t n, int ms, size_t *got)
{
	struct iovec to = { p, n };

	return net_readv(k, fd, &to, 1, ms, got);
}

/* Write some of `bytes`, at least one; or, if `eager`, none when meanwhile there is
 * something to read. */
static int net_write_some(struct kml *k, int fd, struct str bytes, int ms, bool eager,
                          size_t *sent)
{
	ssize_t r;
	int events = 0;

	for (*sent = 0;;) {
		SYS_AGAIN(r, send(fd, bytes.p, SYS_SIZE(bytes.n), MSG_NOSIGNAL));
		if (r >= 0)
			return *sent = (size_t)r, 0;
		if (!net_later())
			return net_fail(k);
		if ((r = net_wait(k, fd, POLLOUT | (eager ? POLLIN : 0), ms, &events)) < 0)
			return (int)r;
		if (eager && events & POLLIN)
			return 0;
	}
}

static int net_write(struct kml *k, int fd, struct str bytes, int ms)
{
	size_t sent;
	int r = 0;

	for (; r == 0 && bytes.n; bytes = str_from(bytes, sent))
		r = net_write_some(k, fd, bytes, ms, false, &sent);
	return r;
}

#endif
