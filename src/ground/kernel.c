/* kernel.c - what only the kernel does: its name, its modules, and programs.
 *
 * The module calls return 0 or -errno: the same number means different things
 * to modprobe, insmod and a user of kml load, so the callers find the words.
 */
#ifndef KML_KERNEL_C
#define KML_KERNEL_C

#include "sys.c"
#include <signal.h>
#include <sys/utsname.h>
#include <sys/wait.h>

/* Flags of finit_module(2). */
enum {
	KERNEL_IGNORE_MODVERSIONS = 1,
	KERNEL_IGNORE_VERMAGIC = 2,
	KERNEL_COMPRESSED_FILE = 4,
};

/* The running kernel's release, as `uname -r` prints it; it lives in `s`. */
static int kernel_release(struct kml *k, struct scope *s, const char **release)
{
	struct utsname u;

	if (SYS(uname(&u)) < 0)
		return sys_fail(k);
	*release = scope_text(s, str_of(u.release));
	return 0;
}

/* The hardware name, as `uname -m` prints it: "x86_64", "aarch64". */
static int kernel_machine(struct kml *k, struct scope *s, const char **machine)
{
	struct utsname u;

	if (SYS(uname(&u)) < 0)
		return sys_fail(k);
	*machine = scope_text(s, str_of(u.machine));
	return 0;
}

/* Microseconds on a clock that only goes forward. */
static uint64_t kernel_clock(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Load the module that `fd` holds. */
static int kernel_finit(int fd, const char *params, int flags)
{
	return SYS(syscall(SYS_finit_module, fd, params, flags)) < 0 ? -errno : 0;
}

/* Load the module image `image`. */
static int kernel_init(struct str image, const char *params)
{
	return SYS(syscall(SYS_init_module, image.p, image.n, params)) < 0 ? -errno : 0;
}

/* Unload `name`; flags are O_NONBLOCK (do not wait), O_TRUNC (force). */
static int kernel_delete(const char *name, int flags)
{
	return SYS(syscall(SYS_delete_module, name, flags)) < 0 ? -errno : 0;
}

/* Wait for the end of a child.  *status is what a shell would show: the exit status,
 * or 128 and the signal. */
static int kernel_wait(struct kml *k, pid_t pid, int *status)
{
	int r, raw = 0;

	do
		r = waitpid(pid, &raw, 0);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return sys_fail(k);
	*status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
	return 0;
}

/* Run `file`, looked for in PATH, with `env` ("NAME=value", ended by NULL; may
 * be NULL) added to the environment, and wait.  *status is as above; 127 if it
 * cannot run. */
static int kernel_run_as(struct kml *k, const char *file, char *const argv[],
                         char *const env[], int *status)
{
	pid_t pid;

	fflush(stdout);
	fflush(stderr);
	pid = SYS(fork());
	if (pid < 0)
		return sys_fail(k);
	if (pid == 0) {
		for (; env && *env; env++)
			putenv(*env);
		execvp(file, argv);
		dprintf(2, "%s: %s\n", file, sys_error(errno));
		_exit(127);
	}
	return kernel_wait(k, pid, status);
}

static int kernel_run(struct kml *k, char *const argv[], char *const env[], int *status)
{
	return kernel_run_as(k, argv[0], argv, env, status);
}

#endif
