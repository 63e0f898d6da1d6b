#define KML_TEST
#include "../../src/registry/stream.c"
#include "../../src/ground/listen.c"
#include "../../src/registry/stream_accept.c"
#include "../test.h"
#include <signal.h>
#include <sys/wait.h>

#define AT "tests/fuzz/corpus/x509/"

static const struct stream_limits quick = { 2000, 2000 };

static int accepted(struct kml *k, struct scope *s, int fd, struct stream *st)
{
	*st = (struct stream){ .fd = scope_fd(s), .idle_ms = 5000 };
	return net_accept(k, fd, 5000, st->fd);
}

/* Read `n` bytes at most, to the end. */
static struct str all(struct kml *k, struct scope *s, struct stream *st, int *r)
{
	struct buf b = { .s = s };
	size_t got = 1;

	while ((*r = stream_read(k, st, buf_room(&b, 64), 64, &got)) == 0 && got)
		b.n += got;
	return buf_str(&b);
}

enum how { ECHO, CUT, LARGE };

/* The other side, a process of its own and without faults: says back what it reads up
 * to a line's end, or ends without a word. */
static int serve(struct kml *k, struct scope *s, int fd, enum how how)
{
	static char much[20000];
	struct trust_pair pair;
	struct stream st;
	char c = 0;
	size_t got = 1;
	int r = trust_pair(k, s, AT "server.pem", AT "server.pem", &pair);

	if (r < 0 || (r = accepted(k, s, fd, &st)) < 0 ||
	    (r = stream_accept_tls(k, s, &st, &pair)) < 0)
		return r;
	while (r == 0 && c != '\n' && got)
		if ((r = stream_read(k, &st, &c, 1, &got)) == 0 && got)
			r = stream_write(k, &st, (struct str){ &c, 1 });
	if (r == 0 && how == LARGE)
		r = stream_write(k, &st, (struct str){ much, sizeof much });
	if (r == 0)
		r = stream_flush(k, &st);
	if (how == CUT)
		_exit(0);
	stream_close(&st);
	return r;
}

static int served_fd;
static enum how served_how;
static int serve_entry(struct kml *k, struct scope *s, void *arg)
{
	(void)arg;
	return serve(k, s, served_fd, served_how);
}

/* Have a child serve one connection of a new port. */
static unsigned begin(struct kml *k, struct scope *s, enum how how)
{
	if (net_listen(k, s, S("127.0.0.1"), 0, &served_fd) < 0)
		return 0;
	served_how = how;
	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0) {
		struct kml mine = { 0 };

		test_sys_at = test_fail_at = -1;
		_exit(kml_run(&mine, serve_entry, NULL) < 0);
	}
	return net_port(served_fd);
}

static int client(struct kml *k, struct scope *s, enum how how, struct str name, struct stream *st)
{
	struct trust_options o = { .ca = AT "ca.pem" };
	struct trust *t;
	unsigned port = begin(k, s, how);
	int r = port ? stream_dial(k, s, S("127.0.0.1"), port, &quick, st) : KML_FAIL;

	if (r < 0 || (r = trust_load(k, s, &o, S("localhost"), &t)) < 0)
		return r;
	return stream_secure(k, s, st, name, t);
}

static bool once;

TESTS
	struct net_names names;
	struct stream st, other;
	struct str text;
	size_t got;
	char c;
	int fd = -1, r;

	unsetenv("SSL_CERT_DIR");
	setenv("SSL_CERT_FILE", AT "ca.pem", 1);
	TEST("addresses are taken as they are, with brackets or not") {
		CHECK(net_resolve(k, S("127.0.0.1"), 80, &names) == 0 && names.n == 1);
		CHECK(net_resolve(k, S("[::1]"), 80, &names) == 0 && names.n == 1);
		CHECK(names.at[0].ss_family == AF_INET6);
		CHECK(net_resolve(k, S(""), 80, &names) == KML_FAIL);
		CHECK(net_resolve(k, S("a\0b"), 80, &names) == KML_FAIL);
		CHECK(net_resolve(k, S("127.0.0.1"), 65536, &names) == KML_FAIL);
	}
	TEST("bytes go both ways, and the end is seen") {
		CHECK(net_listen(k, s, S("127.0.0.1"), 0, &fd) == 0);
		CHECK(stream_dial(k, s, S("127.0.0.1"), net_port(fd), &quick, &st) == 0);
		CHECK(accepted(k, s, fd, &other) == 0);
		CHECK(!stream_pending(&st));
		CHECK(stream_write(k, &other, S("hello")) == 0 && stream_flush(k, &other) == 0);
		stream_close(&other);
		CHECK(stream_pending(&st));
		text = all(k, s, &st, &r);
		CHECK(r == 0 && str_eq(text, S("hello")));
		stream_close(&st);
		stream_close(&st);
	}
	TEST("nobody there, or nobody who speaks: a sentence, in time") {
		struct stream_limits l = { 300, 1 };
		unsigned port = net_port(fd);

		CHECK(stream_dial(k, s, S("127.0.0.1"), port, &l, &st) == 0);
		CHECK(stream_read(k, &st, &c, 1, &got) == KML_UNREACHABLE);
		CHECK(!strcmp(k->msg, "no answer for 1 seconds"));
		stream_close(&st);
		CHECK(net_listen(k, s, S("127.0.0.1"), 0, &fd) == 0);
		port = net_port(fd);
		close(fd);
		CHECK(stream_dial(k, s, S("127.0.0.1"), port, &l, &st) == KML_UNREACHABLE);
		CHECK(strstr(k->msg, "Connection refused") != NULL);
	}
	TEST("of several addresses the first that answers is taken") {
		struct net_race race = { .names = &names };
		size_t winner = 9;

		CHECK(net_resolve(k, S("127.0.0.1"), 1, &names) == 0);      /* refused */
		CHECK(net_listen(k, s, S("127.0.0.1"), 0, &fd) == 0);
		names.n = 3;
		names.at[1] = names.at[2] = names.at[0];
		names.size[1] = names.size[2] = names.size[0];
		((struct sockaddr_in *)(void *)&names.at[1])->sin_port = htons((uint16_t)net_port(fd));
		for (size_t i = 0; i < NET_MOST; i++)
			race.fd[i] = scope_fd(s);
		CHECK(net_race_run(k, &race, 2000, &winner) == 0 && winner == 1);
	}
	TEST("with TLS as well") {
		CHECK(client(k, s, ECHO, S("localhost"), &st) == 0);
		CHECK(stream_write(k, &st, S("hello\n")) == 0 && stream_flush(k, &st) == 0);
		text = all(k, s, &st, &r);
		CHECK(r == 0 && str_eq(text, S("hello\n")));
		CHECK(stream_pending(&st));
		stream_close(&st);
	}
	TEST("an end that TLS does not know of is no end") {
		CHECK(client(k, s, CUT, S("127.0.0.1"), &st) == 0);
		CHECK(stream_write(k, &st, S("hello\n")) == 0);
		text = all(k, s, &st, &r);
		CHECK(r == KML_UNREACHABLE && str_eq(text, S("hello\n")));
		CHECK(!strcmp(k->msg, "the connection was cut") || test_faulty);
		stream_close(&st);
	}
	if (once)               /* what follows takes long, and was all called above */
		return 0;
	once = true;
	TEST("what waits to be read does not keep it from being sent") {
		CHECK(client(k, s, LARGE, S("[::1]"), &st) == 0);
		CHECK(stream_send(k, &st, S("hello\n"), &got) == 0 && got == 6);
		CHECK(stream_flush(k, &st) == 0);
		text = all(k, s, &st, &r);
		CHECK(r == 0 && text.n == 20006);
		stream_close(&st);
	}
	TEST("another name is refused, in words") {
		CHECK(client(k, s, ECHO, S("elsewhere.test"), &st) == KML_UNTRUSTED);
		CHECK(strstr(k->msg, "not for elsewhere.test but for *.example.org, Registry.Test"));
		stream_close(&st);
	}
TESTS_END
