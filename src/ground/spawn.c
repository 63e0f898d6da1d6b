/* spawn.c - functions in processes of their own, the output of each the input of the next. */
#ifndef KML_SPAWN_C
#define KML_SPAWN_C

#include "sys.c"
#include <sys/wait.h>

/* Without a standard input, say, a pipe may be what becomes it. */
static void spawn_close(int fd)
{
	if (fd > 2)
		close(fd);
}

/* In the child: nothing here returns. */
static void spawn_child(const struct kml *k, int in, const int out[2], kml_fn *fn, void *arg)
{
	struct kml own = { .root = k->root, .log = k->log, .log_arg = k->log_arg };
	int r;

	if ((in >= 0 && dup2(in, 0) < 0) || (out[1] >= 0 && dup2(out[1], 1) < 0))
		_exit(126);
	spawn_close(in);
	spawn_close(out[0]);    /* or it would never be told that nobody reads */
	spawn_close(out[1]);
	if ((r = kml_run(&own, fn, arg)) < 0)
		note(&own, KML_ERROR, "%s", own.msg);
	_exit(r < 0 ? 1 : r);
}

/* What a shell shows of a process when it has ended: its status, or 128 and the signal. */
static int spawn_wait(pid_t pid)
{
	int raw = 0;

	while (waitpid(pid, &raw, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

/* Call fn for each of the `n` arguments, and wait for all.  What the last returns, is
 * *status; one that fails says why, and that is 1. */
static int spawn_run(struct kml *k, struct scope *s, kml_fn *fn, void *const *args, size_t n,
                     int *status)
{
	pid_t *pids = news(s, pid_t, n);
	size_t begun = 0;
	int in = -1, r = 0;

	fflush(stdout);
	while (r == 0 && begun < n) {
		int out[2] = { -1, -1 };

		if (begun + 1 < n && SYS(syscall(SYS_pipe2, out, O_CLOEXEC)) < 0)
			r = sys_fail(k);
		else if ((pids[begun] = SYS(fork())) < 0)
			r = sys_fail(k);
		else if (!pids[begun++])
			spawn_child(k, in, out, fn, args[begun - 1]);
		close(in);
		close(out[1]);
		in = out[0];
	}
	close(in);
	for (size_t i = 0; i < begun; i++)
		*status = spawn_wait(pids[i]);
	return r;
}

#endif
