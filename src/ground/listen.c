/* listen.c - connections that others make, each served by a thread of its own.
 *
 * There are so many places.  When all are taken, whoever asks for nothing has to go;
 * who is being served stays, and the others wait in the kernel's queue.  SIGTERM and
 * SIGINT end it: nothing more is read from anybody, answers under way are sent to their
 * ends, and a second signal ends even those.
 */
#ifndef KML_LISTEN_C
#define KML_LISTEN_C

#include "net.c"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>

enum { LISTEN_QUEUE = 1024, LISTEN_ROOM = 256, LISTEN_RUDE = 1000 };

/* ---- sockets ------------------------------------------------------------- */

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
		if (SYS(bind(*fd, at, names.size[i])) == 0 && SYS(listen(*fd, LISTEN_QUEUE)) == 0)
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

/* Can only this machine reach what `fd` listens on? */
static bool net_is_loopback(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t n = sizeof at;

	if (getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		return false;
	if (at.ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)(void *)&at)->sin6_addr);
	return ntohl(((struct sockaddr_in *)(void *)&at)->sin_addr.s_addr) >> 24 == 127;
}

/* The next connection that comes in within `ms` (below 0: at any time). */
static int net_accept(struct kml *k, int fd, int ms, int *out)
{
	int one = 1, events, r;

	for (;;) {
		SYS_AGAIN(*out, accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
		if (*out >= 0)
			break;
		if (!net_later() && errno != ECONNABORTED)
			return net_fail(k);
		if ((r = net_wait(k, fd, POLLIN, ms, &events)) < 0)
			return r;
	}
	setsockopt(*out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return 0;
}

/* Write `n` bytes of the file `from`, from `at` on, without their passing through here. */
static int net_send_file(struct kml *k, int fd, int from, uint64_t at, uint64_t n, int ms)
{
	off_t off = (off_t)at;
	ssize_t sent;
	int events, r;

	while (n) {
		size_t some = n < 1 << 30 ? (size_t)n : 1 << 30;

		SYS_AGAIN(sent, sendfile(fd, from, &off, SYS_SIZE(some)));
		if (sent == 0)
			return fail(k, KML_FAIL, "the file became shorter while it was sent");
		if (sent < 0 && !net_later())
			return net_fail(k);
		if (sent < 0 && (r = net_wait(k, fd, POLLOUT, ms, &events)) < 0)
			return r;
		n -= sent > 0 ? (uint64_t)sent : 0;
	}
	return 0;
}

/* The other side is to see the end; what it sends still comes. */
static void net_say_no_more(int fd) { shutdown(fd, SHUT_WR); }

/* ---- guests -------------------------------------------------------------- */

struct listen_guest;
typedef int listen_fn(struct kml *k, struct scope *s, struct listen_guest *g, void *arg);

struct listen {
	listen_fn *fn;
	void *arg;
	const char *root;
	int done;                       /* an event for each guest that left */
	int busy;                       /* guests less those */
	struct listen_guest {
		struct listen *l;
		int fd;                 /* the guest's own */
		_Atomic int place;      /* the same; -1: free, -2: leaving */
		_Atomic uint64_t idle;  /* since when he waits for a request; 0: he does not */
	} guests[LISTEN_ROOM];
};

static int listen_call(struct kml *k, struct scope *s, void *arg)
{
	struct listen_guest *g = arg;

	return g->l->fn(k, s, g, g->l->arg);
}

static void *listen_thread(void *arg)
{
	struct listen_guest *g = arg;
	struct kml k = { .root = g->l->root, .jobs = 1 };
	uint64_t one = 1;
	int done = g->l->done;
	ssize_t n;

	kml_run(&k, listen_call, g);
	scope_end(&k.keep);
	g->place = -2;
	net_close(&g->fd);
	g->place = -1;
	SYS_AGAIN(n, write(done, &one, sizeof one));    /* the last: g may be gone */
	(void)n;
	return NULL;
}

/* Hear no more of all guests, or of those who keep a place and ask for nothing. */
static void listen_deaf(struct listen *l, bool all)
{
	uint64_t now = net_now();

	for (size_t i = 0; i < LISTEN_ROOM; i++) {
		uint64_t idle = l->guests[i].idle;
		int fd = l->guests[i].place;

		if (fd >= 0 && (all || (idle && now > idle + LISTEN_RUDE)))
			shutdown(fd, SHUT_RD);
	}
}

/* Let the next one in: there is a place. */
static void listen_take(struct kml *k, struct listen *l, int fd)
{
	struct listen_guest *g = l->guests;
	pthread_t thread;

	while (g->place != -1)
		g++;
	if (net_accept(k, fd, 0, &g->fd) < 0) {
		if (!net_later())
			net_pause(100);         /* too many files are open, say */
		return;
	}
	g->idle = 0;
	g->place = g->fd;
	if (pthread_create(&thread, NULL, listen_thread, g) == 0) {
		pthread_detach(thread);
		l->busy++;
	} else {
		g->place = -1;
		net_close(&g->fd);
		net_pause(100);
	}
}

/* Wait for one who leaves. */
static int listen_left(struct kml *k, struct listen *l)
{
	uint64_t count;
	ssize_t n;

	SYS_AGAIN(n, read(l->done, &count, sizeof count));
	if (n < 0)
		return sys_fail(k);
	l->busy -= (int)count;
	return 0;
}

/* Until a signal ends it. */
static int listen_loop(struct kml *k, struct listen *l, int fd, int signals)
{
	struct pollfd on[3] = { { signals, POLLIN, 0 }, { l->done, POLLIN, 0 }, { fd, POLLIN, 0 } };
	struct signalfd_siginfo what = { .ssi_signo = 0 };
	int n, r = 0;

	while (r == 0) {
		bool room = l->busy < LISTEN_ROOM;

		SYS_AGAIN(n, poll(on, room ? 3 : 2, room ? -1 : LISTEN_RUDE));
		if (n < 0)
			return net_fail(k);
		if (!room)
			listen_deaf(l, false);
		if (on[0].revents && read(signals, &what, sizeof what) > 0 && what.ssi_signo != SIGHUP)
			break;
		if (on[1].revents)
			r = listen_left(k, l);
		if (room && on[2].revents)
			listen_take(k, l, fd);
	}
	return r;
}

/* Have `fn` serve whoever connects to `fd`, until SIGTERM or SIGINT; then all have left. */
static int listen_run(struct kml *k, struct scope *s, int fd, listen_fn *fn, void *arg)
{
	struct listen *l = new(s, struct listen);
	int *signals = scope_fd(s), *done = scope_fd(s), r;
	sigset_t set, old;

	*l = (struct listen){ .fn = fn, .arg = arg, .root = k->root };
	for (size_t i = 0; i < LISTEN_ROOM; i++) {
		l->guests[i].l = l;
		l->guests[i].place = -1;
	}
	sigemptyset(&set);
	for (const char *p = (char[]){ SIGTERM, SIGINT, SIGHUP, SIGPIPE, 0 }; *p; p++)
		sigaddset(&set, *p);
	pthread_sigmask(SIG_BLOCK, &set, &old);         /* sendfile() would raise SIGPIPE */
	sigdelset(&set, SIGPIPE);
	*signals = SYS(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
	*done = l->done = SYS(eventfd(0, EFD_CLOEXEC));
	r = *signals < 0 || *done < 0 ? sys_fail(k) : listen_loop(k, l, fd, *signals);
	listen_deaf(l, true);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);       /* the next one does not wait */
	while (l->busy && listen_left(k, l) == 0)
		;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

#endif
