/* race.c - process 1 of a guest in which programs load and unload modules by turns.
 *
 * /race has a line for each contender and step, "NAME STEP COMMAND [ARGUMENT]...", the steps
 * of one contender together; the first line is the number of rounds.  In each round every
 * contender does its steps, each of them the first in turn; what is still loaded
 * after that is taken out.  Printed are "race NAME STEP NANOSECONDS" for every
 * step of every round but the first, and "race-failed ..." where a status is not 0.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 64, WORDS = 32 };

static struct step { char *name, *what, *argv[WORDS]; } steps[STEPS];
static int nsteps, nnames, rounds;
static char *names[STEPS];

static void read_steps(void)
{
	static char text[16384];
	FILE *f = fopen("/race", "r");
	char *rest = text, *line;

	if (!f || fread(text, 1, sizeof text - 1, f) == 0)
		return;
	rounds = atoi(strsep(&rest, "\n"));
	while ((line = strsep(&rest, "\n")) && nsteps < STEPS) {
		struct step *s = &steps[nsteps];
		int n = 0;

		if (!(s->name = strtok(line, " ")) || !(s->what = strtok(NULL, " ")))
			continue;
		while (n < WORDS - 1 && (s->argv[n] = strtok(NULL, " ")))
			n++;
		if (!nnames || strcmp(names[nnames - 1], s->name))
			names[nnames++] = s->name;
		nsteps++;
	}
}

/* Start, wait, and say how long it took. */
static long run(struct step *s)
{
	struct timespec a, b;
	int status;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &a);
	if ((pid = vfork()) == 0) {
		execv(s->argv[0], s->argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (status)
		printf("race-failed %s %s: status %x\n", s->name, s->what, (unsigned)status);
	return (b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec;
}

/* Take out all modules: those that nobody uses, until none is left to take. */
static void clean(void)
{
	char name[128], rest[512];
	int gone = 1;

	while (gone) {
		FILE *f = fopen("/proc/modules", "r");

		for (gone = 0; f && fscanf(f, "%127s%511[^\n]", name, rest) == 2;)
			gone |= syscall(SYS_delete_module, name, O_NONBLOCK) == 0;
		if (f)
			fclose(f);
	}
}

int main(void)
{
	char *const env[] = { "HOME=/", "TERM=linux", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL };

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	environ = (char **)env;
	setvbuf(stdout, NULL, _IOLBF, 0);
	read_steps();
	for (int r = 0; r <= rounds; r++)
		for (int i = 0; i < nnames; i++) {
			const char *name = names[(i + r) % nnames];

			for (int j = 0; j < nsteps; j++) {
				long ns;

				if (strcmp(steps[j].name, name))
					continue;
				ns = run(&steps[j]);
				if (r)
					printf("race %s %s %ld\n", name, steps[j].what, ns);
			}
			clean();
		}
	reboot(RB_POWER_OFF);
	return 0;
}
