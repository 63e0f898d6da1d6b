/* process.c - what this process is to the machine: where it stands, and the
 * machine's log, for when nobody reads standard error.
 */
#ifndef KML_PROCESS_C
#define KML_PROCESS_C

#include "sys.c"
#include <termios.h>
#include <sys/socket.h>
#include <sys/un.h>

/* `path` as seen from the root: a relative one begins at the working directory. */
static int process_absolute(struct kml *k, struct scope *s, const char *path, const char **out)
{
	char here[PATH_MAX];

	*out = path;
	if (path[0] == '/')
		return 0;
	if (SYS(syscall(SYS_getcwd, here, sizeof here)) < 0)
		return sys_fail(k);
	*out = scope_format(s, "%s/%s", here, path);
	return 0;
}

/* Let relative paths begin at the directory `path`. */
static int process_enter(struct kml *k, struct scope *s, const char *path)
{
	int fd, r = sys_open(k, s, path, O_RDONLY | O_DIRECTORY, &fd);

	return r == 0 && SYS(syscall(SYS_fchdir, fd)) < 0 ? sys_fail(k) : r;
}

/* The number of the user who runs this. */
static unsigned process_user(void) { return getuid(); }

/* Is there a standard error to write to? */
static bool process_stderr(void) { return fcntl(STDERR_FILENO, F_GETFD) >= 0; }

/* All that comes from standard input, whatever that is. */
static int process_input(struct kml *k, struct scope *s, struct str *out)
{
	enum { STEP = 64 << 10, MOST = 64 << 20 };
	struct buf b = { .s = s };
	size_t got = STEP;
	int r = 0;

	while (r == 0 && got == STEP) {
		r = sys_read(k, STDIN_FILENO, buf_room(&b, STEP), STEP, &got);
		b.n += got;
		if (r == 0 && b.n > MOST)
			return fail(k, KML_BAD, "more than %d MiB", MOST >> 20);
	}
	*out = buf_str(&b);
	return r;
}

/* Ask who sits at the terminal for a line, which is not shown unless `echo`. */
static int process_ask(struct kml *k, struct scope *s, const char *what, bool echo,
                       struct str *out)
{
	struct termios old, quiet;
	char line[1024];
	size_t n = 0, got = 1;
	int fd, r = sys_open(k, s, "/dev/tty", O_RDWR | O_NOCTTY, &fd);

	if (r < 0 || tcgetattr(fd, &old) < 0)
		return fail(k, KML_USAGE, "there is no terminal to ask at; use --username and "
		            "--password-stdin");
	quiet = old;
	if (!echo)
		quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	dprintf(fd, "%s", what);
	while (r == 0 && got && n < sizeof line && (!n || line[n - 1] != '\n'))
		if ((r = sys_read(k, fd, line + n, sizeof line - n, &got)) == 0)
			n += got;
	tcsetattr(fd, TCSAFLUSH, &old);
	if (!echo)
		dprintf(fd, "\n");
	*out = scope_str(s, str_trim((struct str){ line, n }));
	return r;
}

/* Would what is written to `fd` appear on a screen? */
static bool process_terminal(int fd) { return isatty(fd); }

/* Where log lines go: the daemon at /dev/log, else the kernel's own log. */
static int process_log_open(struct kml *k, struct scope *s, int *out)
{
	static const struct sockaddr_un daemon = { AF_UNIX, "/dev/log" };
	int *fd = scope_fd(s);

	*fd = SYS(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	if (*fd >= 0 && SYS(connect(*fd, (const void *)&daemon, sizeof daemon)) == 0)
		return *out = *fd, 0;
	return sys_open(k, s, "/dev/kmsg", O_WRONLY | O_NOCTTY, out);
}

/* Write one line; `text` begins with "<PRIORITY>", as both logs have it.  That
 * it cannot be told is nothing that could be told. */
static void process_log_line(int fd, struct str text)
{
	ssize_t r;

	SYS_AGAIN(r, write(fd, text.p, text.n));
	(void)r;
}

#endif
