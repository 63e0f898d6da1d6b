/* job.c - programs that work for long, and end when kml does.
 *
 * What one prints goes to a file.  Each is the head of a process group, and whoever
 * ends kml with a signal ends these groups first, so that nothing works on behind the
 * user's back.  Where kml is killed outright, the kernel at least tells the head.
 */
#ifndef KML_JOB_C
#define KML_JOB_C

#include "kernel.c"
#include "sys.c"
#include <stdatomic.h>
#include <sys/prctl.h>

enum { JOB_MOST = 64 };       /* at the same time: as many as a pool has workers */

struct job {
	const char *dir;                /* where it begins to work */
	char *const *argv;              /* NULL ends it; argv[0] is looked for in PATH */
	char *const *env;               /* all of its environment */
	int output;                     /* a file for what it prints, errors too */
};

static _Atomic pid_t job_groups[JOB_MOST];

/* Back from here, kml ends by the signal. */
static void job_signal(int sig)
{
	for (size_t i = 0; i < JOB_MOST; i++)
		if (job_groups[i] > 0)
			kill(-job_groups[i], SIGKILL);
	raise(sig);
}

/* From now on a signal that ends kml ends these programs too; one that is ignored stays so. */
static void job_guard(void)
{
	for (const char *p = (char[]){ SIGINT, SIGTERM, SIGHUP, 0 }; *p; p++) {
		struct sigaction now, then = { .sa_flags = (int)SA_RESETHAND };

		then.sa_handler = job_signal;
		if (sigaction(*p, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			sigaction(*p, &then, NULL);
	}
}

/* In the child, which shares nothing with other threads but memory: it only calls. */
static void job_exec(const struct job *p, pid_t parent)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || dup2(nothing, 0) < 0 || dup2(p->output, 1) < 0 ||
	    dup2(p->output, 2) < 0 || chdir(p->dir) < 0)
		_exit(126);
	execvpe(p->argv[0], p->argv, p->env);
	_exit(127);
}

/* Run it to its end.  *status is as kernel_run() has it. */
static int job_run(struct kml *k, const struct job *p, int *status)
{
	pid_t self = getpid(), none, pid;
	size_t i = 0;
	int r;

	for (none = 0; !atomic_compare_exchange_strong(&job_groups[i], &none, -1); none = 0)
		if (++i == JOB_MOST)
			return fail(k, KML_FAIL, "more than %d programs at once", JOB_MOST);
	pid = SYS(fork());
	if (pid == 0)
		job_exec(p, self);
	if (pid < 0) {
		job_groups[i] = 0;
		return sys_fail(k);
	}
	setpgid(pid, pid);      /* whoever of the two is first */
	job_groups[i] = pid;
	r = kernel_wait(k, pid, status);
	job_groups[i] = 0;
	return r;
}

#endif
