/* command.c - a program that is asked something: text in, text out. */
#ifndef KML_COMMAND_C
#define KML_COMMAND_C

#include "net.c"
#include "sys.c"
#include <signal.h>
#include <sys/wait.h>

enum { COMMAND_MOST = 64 * 1024, COMMAND_MS = 60000 };

struct command_pipes { int *in[2], *out[2]; };

/* A socket, because writing to one that nobody reads is an error and no signal. */
static int command_pipe(struct kml *k, struct scope *s, int *ends[2])
{
	int fd[2];

	ends[0] = scope_fd(s);
	ends[1] = scope_fd(s);
	if (SYS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd)) < 0)
		return sys_fail(k);
	*ends[0] = fd[0];
	*ends[1] = fd[1];
	return 0;
}

/* In the child: nothing here returns. */
static void command_exec(const struct command_pipes *p, char *const argv[])
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(*p->in[0], 0) < 0 || dup2(*p->out[1], 1) < 0 || dup2(*p->out[1], 2) < 0)
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

/* Write `input`, close, and read all that comes back. */
static int command_talk(struct kml *k, struct scope *s, const struct command_pipes *p,
                        struct str input, struct str *output)
{
	struct buf b = { .s = s };
	uint64_t end = net_now() + COMMAND_MS;
	ssize_t n = 0;
	int got;

	SYS_AGAIN(n, send(*p->in[1], input.p, input.n, MSG_NOSIGNAL));
	net_close(p->in[1]);
	do {
		uint64_t now = net_now();
		int r = net_wait(k, *p->out[0], POLLIN, now < end ? (int)(end - now) : 0, &got);

		if (r < 0)
			return r;
		SYS_AGAIN(n, read(*p->out[0], buf_room(&b, 4096), 4096));
		if (n < 0)
			return sys_fail(k);
		b.n += (size_t)n;
		if (b.n > COMMAND_MOST)
			return fail(k, KML_FAIL, "says more than %d bytes", COMMAND_MOST);
	} while (n);
	*output = buf_str(&b);
	return 0;
}

/* Wait for its end, which is not far: it has closed its output. */
static int command_wait(pid_t child, bool kill_it)
{
	int how = 0;

	for (int ms = 0; !kill_it && ms < COMMAND_MS; ms += 5) {
		pid_t n = waitpid(child, &how, WNOHANG);

		if (n != 0)
			return n < 0 ? 0 : how;
		net_pause(5);
	}
	kill(child, SIGKILL);
	while (waitpid(child, &how, 0) < 0 && errno == EINTR)
		;
	return how;
}

/* Run argv[0], looked for in PATH, with `input` (at most 4 KiB) on its standard input.
 * *output is what it wrote, errors too; *status how it ended, below 0 by a signal. */
static int command_run(struct kml *k, struct scope *s, char *const argv[], struct str input,
                       struct str *output, int *status)
{
	struct scope *t = scope_begin(s);
	struct command_pipes p;
	pid_t child;
	int r, how;

	if ((r = command_pipe(k, t, p.in)) < 0 || (r = command_pipe(k, t, p.out)) < 0) {
		scope_end(t);
		return r;
	}
	if ((child = SYS(fork())) == 0)
		command_exec(&p, argv);
	if (child < 0) {
		r = sys_fail(k);
		scope_end(t);
		return r;
	}
	net_close(p.in[0]);
	net_close(p.out[1]);
	r = command_talk(k, s, &p, input, output);
	how = command_wait(child, r < 0);
	scope_end(t);
	*status = WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
	if (r == 0 && *status == 127)
		r = fail(k, KML_NOTFOUND, "no such program");
	return r < 0 ? fail_in(k, r, "%s", argv[0]) : 0;
}

#endif
