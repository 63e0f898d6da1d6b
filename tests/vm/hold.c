/* hold.c - what keeps a guest from doing what is asked of it.
 *
 *     hold open DEVICE...         a process, "holder", that has them open from now on
 *     hold mount TYPE DIR [DEVICE]  a mount of that file system, which may need no device
 *     hold readonly DIR           the file system there cannot be written from now on
 *     hold lock FILE SECONDS      a process that has the file locked for so long
 *     hold drop PROGRAM WORD...   run it without CAP_SYS_MODULE
 *     hold only PROGRAM WORD...   run it as user 1000 with no other capability than that one
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SYS_MODULE = 16 };        /* CAP_SYS_MODULE */

static int lock(const char *path, unsigned seconds)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || flock(fd, LOCK_EX))
		return perror(path), 1;
	if (fork() == 0) {
		sleep(seconds);
		_exit(0);
	}
	return 0;
}

/* Be user 1000, with CAP_SYS_MODULE also after exec. */
static int only(void)
{
	const unsigned head[2] = { 0x20080522, 0 }, bit = 1 << SYS_MODULE;
	const unsigned sets[6] = { bit, bit, bit, 0, 0, 0 };

	return prctl(PR_SET_KEEPCAPS, 1) || setgid(1000) || setuid(1000) ||
	       syscall(SYS_capset, head, sets) ||
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, SYS_MODULE, 0, 0);
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "mount")) {
		const char *device = argc > 4 ? argv[4] : "none";

		mkdir(argv[3], 0755);
		for (int i = 0; i < 50 && argc > 4 && access(device, F_OK); i++)
			usleep(100000);         /* it is just coming */
		return mount(device, argv[3], argv[2], 0, NULL) && (perror(argv[2]), 1);
	}
	if (argc == 3 && !strcmp(argv[1], "readonly"))
		return mount(NULL, argv[2], NULL, MS_REMOUNT | MS_RDONLY, NULL) && (perror(argv[2]), 1);
	if (argc == 4 && !strcmp(argv[1], "lock"))
		return lock(argv[2], (unsigned)atoi(argv[3]));
	if (argc > 2 && (!strcmp(argv[1], "drop") || !strcmp(argv[1], "only"))) {
		if (argv[1][0] == 'd' ? prctl(PR_CAPBSET_DROP, SYS_MODULE) : only())
			return perror(argv[1]), 1;
		execv(argv[2], argv + 2);
		return perror(argv[2]), 1;
	}
	for (int i = 2; i < argc; i++)
		if (open(argv[i], O_RDONLY) < 0)
			return perror(argv[i]), 1;
	prctl(PR_SET_NAME, "holder");
	if (fork() == 0)
		for (;;)
			pause();
	return 0;
}
