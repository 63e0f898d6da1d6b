/* hold.c - what keeps a module in a guest from being taken out.
 *
 *     hold open DEVICE...         a process, "holder", that has them open from now on
 *     hold mount TYPE DIR         a mount of that file system, which needs no device
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "mount")) {
		mkdir(argv[3], 0755);
		return mount("none", argv[3], argv[2], 0, NULL) && (perror(argv[2]), 1);
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
