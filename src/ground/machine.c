/* machine.c - what the first process of a machine does: mounts, console, power.
 *
 * The kernel starts one program, as process 1, and panics when it ends.  All
 * others are its children, or become so when their parent ends; it must wait
 * for them, and a signal it has no handler for does not reach it.
 */
#ifndef KML_MACHINE_C
#define KML_MACHINE_C

#include "kernel.c"
#include <signal.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>

static bool machine_first(void) { return getpid() == 1; }

/* Mount a file system of the kernel's, one without a device, on the directory
 * `where` of the root directory, unless something is mounted there. */
static int machine_mount(struct kml *k, const char *type, const char *where)
{
	struct stat top, st;
	int r = SYS(mkdir(where, 0755));

	if (r < 0 && errno != EEXIST)
		return sys_fail(k);
	if (SYS(stat("/", &top)) < 0 || SYS(stat(where, &st)) < 0)
		return sys_fail(k);
	if (st.st_dev != top.st_dev)
		return 0;
	return SYS(mount(type, where, type, MS_NOSUID, NULL)) < 0 ? sys_fail(k) : 0;
}

/* Give standard input, output and error, where they are not open, to the console. */
static int machine_console(struct kml *k)
{
	int fd = 0;

	while (fd < 3 && fcntl(fd, F_GETFD) >= 0)
		fd++;
	if (fd == 3)
		return 0;
	SYS_AGAIN(fd, open("/dev/console", O_RDWR));
	if (fd < 0)
		return sys_fail(k);
	for (int to = 0; to < 3; to++)
		if (fcntl(to, F_GETFD) < 0 && SYS(dup2(fd, to)) < 0)
			return sys_fail(k);
	if (fd > 2)
		close(fd);
	return 0;
}

/* Wait for the children that have ended, and whose parent does not. */
static void machine_reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* Write what is not on the disk yet, and switch the machine off; this only
 * returns if the kernel refuses. */
static int machine_off(struct kml *k)
{
	sync();
	return SYS(reboot(RB_POWER_OFF)) < 0 ? sys_fail(k) : 0;
}

/* What the kernel wrote into its log: lines that begin with "<LEVEL>". */
static int machine_log(struct kml *k, struct scope *s, struct str *out)
{
	enum { READ_ALL = 3, SIZE = 10 };
	int room = SYS(klogctl(SIZE, NULL, 0)), n = -1;
	char *p = scope_raw(s, room > 0 ? (size_t)room : 0);

	if (room >= 0)
		n = SYS(klogctl(READ_ALL, p, room));
	if (n < 0)
		return sys_fail(k);
	*out = (struct str){ p, (size_t)n };
	return 0;
}

/* The kernel's log from now on, to be read until `s` ends. */
static int machine_follow(struct kml *k, struct scope *s, int *fd)
{
	int r = sys_open(k, s, "/dev/kmsg", O_RDONLY | O_NONBLOCK | O_NOCTTY, fd);

	if (r == 0 && SYS(lseek(*fd, 0, SEEK_END)) < 0)
		r = sys_fail(k);
	return r;
}

/* Its next record, "LEVEL,NUMBER,TIME,...;TEXT" and a new line, behind which more may
 * follow in lines that begin with a blank.  *got is 0 when there is none yet. */
static int machine_record(struct kml *k, int fd, char *p, size_t room, size_t *got)
{
	ssize_t n = -1;

	for (int left = SYS_PATIENCE; n < 0 && left; left--) {
		n = SYS_SLOW(read(fd, p, room));
		if (n < 0 && errno != EPIPE && errno != EINTR)  /* EPIPE: some were lost */
			break;
	}
	*got = n > 0 ? (size_t)n : 0;
	return n < 0 && errno != EAGAIN ? sys_fail(k) : 0;
}

/* Wait up to `ns` nanoseconds for a signal of `set`: its number, or 0. */
static int machine_wait(struct kml *k, const sigset_t *set, uint64_t ns)
{
	enum { SECOND = 1000000000 };
	const struct timespec t = { .tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND) };
	int r;

	SYS_AGAIN(r, sigtimedwait(set, NULL, &t));
	return r >= 0 ? r : errno == EAGAIN ? 0 : sys_fail(k);
}

/* Let `ns` nanoseconds pass, or all time when that is UINT64_MAX.  SIGTERM or
 * SIGINT ends it at once, in process 1 too: the return value is its number.
 * Process 1 waits for children that end meanwhile. */
static int machine_sleep(struct kml *k, uint64_t ns)
{
	const uint64_t longest = 1000000 * (uint64_t)1000000000, start = kernel_clock();
	sigset_t set, old;
	uint64_t past = 0;
	int r = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (machine_first())
		sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	if (machine_first())
		machine_reap();         /* those whose signal came before */
	for (; r == 0 && past < ns; past = 1000 * (kernel_clock() - start)) {
		r = machine_wait(k, &set, ns - past < longest ? ns - past : longest);
		if (r == SIGCHLD) {
			machine_reap();
			r = 0;
		}
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

#endif
