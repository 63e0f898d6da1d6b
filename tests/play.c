/* play.c - a server that follows a script.
 *
 * The other side plays a script: \1 waits for a request, \2 for the next connection, \3
 * for five more bytes, \4 is its port; the rest is sent.  What it is asked is kept in `seen`.
 */
#ifndef KML_PLAY_C
#define KML_PLAY_C

#include "../src/ground/listen.c"
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static char *seen;
static int listener;
static pid_t player;

static void hear(int fd, const char *until, size_t n)
{
	size_t at = strlen(seen), begun = at;

	while (at < 8000 && (n ? at - begun < n : !strstr(seen + begun, until)))
		if (read(fd, seen + at++, 1) != 1)
			_exit(1);
}

static void play(const char *script)
{
	int fd = -1, one = 1;

	alarm(3);
	fcntl(listener, F_SETFL, 0);
	for (size_t n; *script; script += n ? n : 1) {
		n = strcspn(script, "\1\2\3\4");
		if (fd < 0 || *script == '\2') {
			close(fd);
			if ((fd = accept(listener, NULL, NULL)) < 0)
				_exit(1);
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		}
		if (*script == '\1')
			hear(fd, "\r\n\r\n", 0);
		else if (*script == '\3')
			hear(fd, "", 5);
		else if (*script == '\4')
			dprintf(fd, "%u", net_port(listener));
		else if (write(fd, script, n) != (ssize_t)n)
			_exit(1);
	}
	shutdown(fd, SHUT_WR);
	while (read(fd, seen + 8001, 1) > 0)
		;
	_exit(0);
}

/* The port where `script` is played. */
static unsigned serve(struct kml *k, struct scope *s, const char *script)
{
	if (player > 0) {
		kill(player, SIGKILL);
		waitpid(player, NULL, 0);
	}
	player = 0;
	if (!seen)
		seen = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (net_listen(k, s, S("127.0.0.1"), 0, &listener) < 0)
		return 0;
	memset(seen, 0, 8192);
	if ((player = fork()) == 0)
		play(script);
	return net_port(listener);
}

#endif
