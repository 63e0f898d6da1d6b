/* hold.c - what keeps a guest from doing what is asked of it.
 *
 *     hold open DEVICE...         a process, "holder", that has them open from now on
 *     hold mount TYPE DIR         a mount of that file system, which needs no device
 *     hold readonly DIR           the file system there cannot be written from now on
 *     hold lock FILE SECONDS      a process that has the file locked for so long
 *     hold drop PROGRAM WORD...   run it without CAP_SYS_MODULE
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

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "mount")) {
		mkdir(argv[3], 0755);
		return mount("none", argv[3], argv[2], 0, NULL) && (perror(argv[2]), 1);
	}
	if (argc == 3 && !strcmp(argv[1], "readonly"))
		return mount(NULL, argv[2], NULL, MS_REMOUNT | MS_RDONLY, NULL) && (perror(argv[2]), 1);
	if (argc == 4 && !strcmp(argv[1], "lock"))
		return lock(argv[2], (unsigned)atoi(argv[3]));
	if (argc > 2 && !strcmp(argv[1], "drop")) {
		prctl(PR_CAPBSET_DROP, SYS_MODULE);
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
