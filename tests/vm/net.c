/* net.c - an address for a guest that has no other program.
 *
 *     net DEVICE ADDRESS MASK     the device is up, with this address
 *     net DEVICE                  it is down
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

static int fd;

static int address(const char *device, unsigned long call, const char *text)
{
	struct ifreq r = { 0 };
	struct sockaddr_in a = { .sin_family = AF_INET };

	strncpy(r.ifr_name, device, IFNAMSIZ - 1);
	if (inet_pton(AF_INET, text, &a.sin_addr) != 1)
		return -1;
	memcpy(&r.ifr_addr, &a, sizeof a);
	return ioctl(fd, call, &r);
}

static int flags(const char *device, short on)
{
	struct ifreq r = { 0 };

	strncpy(r.ifr_name, device, IFNAMSIZ - 1);
	r.ifr_flags = on;
	return ioctl(fd, SIOCSIFFLAGS, &r);
}

int main(int argc, char **argv)
{
	const struct timespec wait = { .tv_nsec = 50000000 };

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (int i = 0; argc == 4 && i < 100 && address(argv[1], SIOCSIFADDR, argv[2]); i++)
		nanosleep(&wait, NULL);         /* the device is just coming */
	if ((argc == 4 && address(argv[1], SIOCSIFNETMASK, argv[3])) ||
	    flags(argv[1], argc == 4 ? IFF_UP : 0))
		return perror(argv[1]), 1;
	return 0;
}
