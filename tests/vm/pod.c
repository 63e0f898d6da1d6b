/* pod.c - process 1 of a guest that runs lines as Kernel Module Management's pods do.
 *
 * Each line of /etc/kml/init is what /bin/sh -c gets in a container: /image is its root
 * directory, with the guest's /lib/modules, a /tmp of its own and no other program;
 * it is process 1 of its own. What is still running after five seconds is ended as a
 * pod is, by SIGTERM; ten seconds later by SIGKILL.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void place(const char *from, const char *to, const char *type, unsigned long flags)
{
	char path[256];

	for (const char *p = to + 1; (p = strchr(p, '/')); p++) {
		snprintf(path, sizeof path, "%.*s", (int)(p - to), to);
		mkdir(path, 0755);
	}
	mkdir(to, 0755);
	if (mount(from, to, type, flags, NULL) < 0)
		perror(to);
}

static int run(char *line)
{
	char sh[] = "/bin/sh", c[] = "-c", path[] = "PATH=/usr/bin";
	char *argv[] = { sh, c, line, NULL }, *env[] = { path, NULL };
	int pid = (int)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0), how = 0;

	if (pid == 0) {
		if (chroot("/image") < 0 || chdir("/") < 0 || execve(sh, argv, env) < 0)
			perror(sh);
		_exit(255);
	}
	for (int tenths = 0; pid > 0 && waitpid(pid, &how, WNOHANG) == 0; tenths++) {
		if (tenths == 50 || tenths == 150)
			kill(pid, tenths == 50 ? SIGTERM : SIGKILL);
		usleep(100000);
	}
	return WIFSIGNALED(how) ? -WTERMSIG(how) : WEXITSTATUS(how);
}

int main(void)
{
	char line[1024];
	FILE *in;
	int status;

	place("dev", "/dev", "devtmpfs", 0);
	for (int fd = 0; fd < 3; fd++) {
		close(fd);
		if (open("/dev/console", O_RDWR) != fd)
			return 1;
	}
	place("proc", "/image/proc", "proc", 0);
	place("sys", "/image/sys", "sysfs", 0);
	place("tmp", "/image/tmp", "tmpfs", 0);
	place("host", "/image/var/lib/firmware", "tmpfs", 0);
	place("/lib/modules", "/image/lib/modules", NULL, MS_BIND);
	setvbuf(stdout, NULL, _IONBF, 0);
	in = fopen("/etc/kml/init", "r");
	while (in && fgets(line, sizeof line, in)) {
		line[strcspn(line, "\n")] = '\0';
		printf("%s%s\n", *line && *line != '#' ? "$ " : "", line);
		if (*line && *line != '#' && (status = run(line)) != 0)
			printf("[%d]\n", status);
	}
	reboot(RB_POWER_OFF);
	return 1;
}
