/* kill.c - run a program and kill it when it enters its Nth system call.
 *
 *     kill N PROGRAM [ARGUMENT]...
 *
 * System calls of all its threads and children are counted, from the moment
 * the program itself begins.  Then all of them are killed together, with
 * SIGKILL, before that call has any effect.  The status is 250 if it was
 * killed, else that of the program, which ended before; with N = 0 it is never
 * killed, and the number of its system calls is written to stderr.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLED = 250, BROKEN = 251 };

struct trace {
	pid_t main, all[4096];          /* processes and threads seen */
	int n, status;
	long calls, at;
	bool begun, killed;
};

static void die(const char *what)
{
	perror(what);
	exit(BROKEN);
}

static void see(struct trace *t, pid_t pid)
{
	for (int i = 0; i < t->n; i++)
		if (t->all[i] == pid)
			return;
	if (t->n == (int)(sizeof t->all / sizeof *t->all))
		die("too many threads");
	t->all[t->n++] = pid;
}

static bool enters(pid_t pid)
{
	struct __ptrace_syscall_info info = { 0 };

	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

/* A thread stopped: count, and let it go on, or end it all. */
static void stopped(struct trace *t, pid_t pid, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	see(t, pid);
	t->begun |= event == PTRACE_EVENT_EXEC;
	if (sig == (SIGTRAP | 0x80) && t->begun && enters(pid) && ++t->calls == t->at) {
		t->killed = true;
		for (int i = 0; i < t->n; i++)
			kill(t->all[i], SIGKILL);
		return;
	}
	if (event || sig == (SIGTRAP | 0x80) || sig == SIGSTOP || sig == SIGTRAP)
		sig = 0;
	if (ptrace(PTRACE_SYSCALL, pid, 0, sig) < 0 && errno != ESRCH)
		die("ptrace");
}

static void start(struct trace *t, char **argv)
{
	int status;

	if ((t->main = fork()) < 0)
		die("fork");
	if (t->main == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	if (waitpid(t->main, &status, 0) < 0 || !WIFSTOPPED(status))
		die("waitpid");
	if (ptrace(PTRACE_SETOPTIONS, t->main, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD |
	           PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
	           PTRACE_O_TRACEEXEC) < 0)
		die("ptrace");
	stopped(t, t->main, status);
}

int main(int argc, char **argv)
{
	static struct trace t;
	int status;
	pid_t pid;

	if (argc < 3)
		return fprintf(stderr, "usage: kill N PROGRAM [ARGUMENT]...\n"), BROKEN;
	t.at = atol(argv[1]);
	start(&t, argv + 2);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			stopped(&t, pid, status);
		else if (pid == t.main)
			t.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	if (!t.at)
		fprintf(stderr, "%ld\n", t.calls);
	return t.killed ? KILLED : t.status;
}
