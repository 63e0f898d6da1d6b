/* machine.c - run a program on a machine that is not there.
 *
 *     machine ROOT RELEASE [SETTING]... -- PROGRAM NAME [ARGUMENT]...
 *
 * PROGRAM runs as NAME in the root directory ROOT, and so do its children, but
 * what they ask a kernel about modules is answered here: uname's release, and
 * loading and unloading, which leave in ROOT/sys/module and ROOT/proc/modules,
 * if those are there, what the kernel would.  Each such call is a line on
 * descriptor 3.  A program needs no help and may be static: a seccomp filter
 * hands its calls over.
 *
 *     load:MODULE=ERRNO       loading MODULE fails; with ERRNO*N the first N times
 *     unload:MODULE=ERRNO     the same for unloading
 *     old                     there is no finit_module
 *     in:DIR                  the working directory, else /
 *     mute                    descriptor 2 is closed
 *     NAME=VALUE              the environment, which is empty else
 *
 * The status is the program's; 128 and the signal that ended it; 126 if it
 * could not be started.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BROKEN = 126, CALLS = 3, COMPRESSED = 4, KNOWN_FLAGS = 7, PAGE = 4096 };

static struct {
	const char *root, *release, *where;
	bool old, mute;
	char *env[32];
	int nenv, nrules;
	struct rule { const char *call, *module; int error, left; } rules[32];
} it = { .where = "/" };

static void die(const char *what)
{
	fprintf(stderr, "machine: %s: %s\n", what, strerror(errno));
	_exit(BROKEN);
}

/* ---- errors by name ------------------------------------------------------ */

static const struct { const char *name; int e; } errors[] = {
	{ "EPERM", EPERM }, { "ENOENT", ENOENT }, { "ESRCH", ESRCH }, { "EINTR", EINTR },
	{ "ENOEXEC", ENOEXEC }, { "EAGAIN", EAGAIN }, { "ENOMEM", ENOMEM }, { "EFAULT", EFAULT },
	{ "EBUSY", EBUSY }, { "EEXIST", EEXIST }, { "ENODEV", ENODEV }, { "EINVAL", EINVAL },
	{ "ENOSYS", ENOSYS }, { "EBADMSG", EBADMSG }, { "EOPNOTSUPP", EOPNOTSUPP }, { "EIO", EIO },
	{ "ENOKEY", ENOKEY }, { "EKEYREJECTED", EKEYREJECTED }, { "EBADF", EBADF },
	{ "ENXIO", ENXIO }, { "EACCES", EACCES }, { "ENOSPC", ENOSPC }, { "ELIBBAD", ELIBBAD },
};

static int error_of(const char *name)
{
	size_t n = strcspn(name, "*");

	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (strlen(errors[i].name) == n && !strncmp(errors[i].name, name, n))
			return errors[i].e;
	fprintf(stderr, "machine: no error is called %s\n", name);
	_exit(BROKEN);
}

static const char *name_of(int e)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].e == e)
			return errors[i].name;
	return e ? "?" : "0";
}

/* What the settings say of this call; 0 if nothing. */
static int ruled(const char *call, const char *module)
{
	for (int i = 0; i < it.nrules; i++) {
		struct rule *r = &it.rules[i];

		if (!strcmp(r->call, call) && !strcmp(r->module, module) && r->left) {
			r->left--;
			return r->error;
		}
	}
	return 0;
}

/* ---- files of the root --------------------------------------------------- */

__attribute__((format(printf, 1, 2)))
static char *below(const char *fmt, ...)
{
	static char path[8][PATH_MAX];
	static unsigned turn;
	char *p = path[turn++ % 8];
	int n = snprintf(p, PATH_MAX, "%s/", it.root);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p + n, PATH_MAX - (size_t)n, fmt, ap);
	va_end(ap);
	return p;
}

static bool there(const char *path) { return access(path, F_OK) == 0; }

/* The file's text, in memory of the caller's; empty if there is none. */
static char *text_of(const char *path)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = fopen(path, "r");

	if (!f || getdelim(&text, &n, '\0', f) < 0)
		text = strdup("");
	if (f)
		fclose(f);
	return text;
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f && fputs(text, f) >= 0)
		fclose(f);
}

static void add_to(const char *path, int more)
{
	char *old = text_of(path), now[32];

	snprintf(now, sizeof now, "%d\n", atoi(old) + more);
	write_text(path, now);
	free(old);
}

/* ---- modules ------------------------------------------------------------- */

struct module {
	char name[64], depends[1024];
	bool elf, vermagic, versions;   /* versions: the kernel would look at them */
	size_t size;
};

/* Copy what is behind `key` in the entry `p` of .modinfo. */
static void entry(const char *p, const char *key, char *to, size_t room)
{
	size_t n = strlen(key);

	if (!strncmp(p, key, n) && !*to)
		snprintf(to, room, "%s", p + n);
}

static void look_at_info(struct module *m, const char *p, const char *end)
{
	for (; p < end; p += strnlen(p, (size_t)(end - p)) + 1) {
		if (!memchr(p, '\0', (size_t)(end - p)))
			return;
		entry(p, "name=", m->name, sizeof m->name);
		entry(p, "depends=", m->depends, sizeof m->depends);
		m->vermagic |= !strncmp(p, "vermagic=", 9);
	}
}

/* The image is a test's own: sound enough where it says that it is ELF. */
static void look_at(struct module *m, const char *image, size_t n, const char *path)
{
	const char *base = path && strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const Elf64_Ehdr *e = (const void *)image;
	const Elf64_Shdr *s;

	*m = (struct module){ .size = n };
	m->elf = n > sizeof *e && !memcmp(image, ELFMAG, SELFMAG) && image[EI_CLASS] == ELFCLASS64 &&
		e->e_shoff + (size_t)e->e_shnum * sizeof *s <= n && e->e_shstrndx < e->e_shnum;
	s = (const void *)(image + (m->elf ? e->e_shoff : 0));
	for (int i = 0; m->elf && i < e->e_shnum; i++) {
		const char *name = image + s[e->e_shstrndx].sh_offset + s[i].sh_name;

		if (!strcmp(name, ".modinfo"))
			look_at_info(m, image + s[i].sh_offset, image + s[i].sh_offset + s[i].sh_size);
		if (!strcmp(name, "__versions"))
			m->versions = s[i].sh_flags & SHF_ALLOC;
	}
	if (!*m->name && base)
		snprintf(m->name, sizeof m->name, "%.*s", (int)strcspn(base, "."), base);
	for (char *p = m->name; *p; p++)
		*p = *p == '-' ? '_' : *p;
	for (char *p = m->depends; *p; p++)
		*p = *p == '-' ? '_' : *p;
}

/* What the root does not show is remembered beside it. */
static char *memory_of(const char *module) { return below("../loaded.%s", module); }

static bool loaded(const char *module)
{
	return there(below("sys/module/%s/initstate", module)) || there(memory_of(module));
}

static void list_first(const struct module *m)
{
	const char *list = below("proc/modules");
	char *old = text_of(list), *all;

	if (there(list) && asprintf(&all, "%s %zu 0 - Live 0x0000000000000000\n%s", m->name,
	                            (m->size / PAGE + 1) * PAGE, old) > 0) {
		write_text(list, all);
		free(all);
	}
	free(old);
}

static void unlist(const char *module)
{
	const char *list = below("proc/modules");
	char *old = text_of(list), *line, *rest = old;
	size_t n = strlen(module);
	FILE *f = there(list) ? fopen(list, "w") : NULL;

	while (f && (line = strsep(&rest, "\n")) && *line)
		if (strncmp(line, module, n) || line[n] != ' ')
			fprintf(f, "%s\n", line);
	if (f)
		fclose(f);
	free(old);
}

/* `module` begins (or stops) to use each of the modules in `depends`. */
static void use(const char *depends, const char *module, int more)
{
	char all[1024], *rest = all, *one;

	snprintf(all, sizeof all, "%s", depends);
	while ((one = strsep(&rest, ","))) {
		const char *holder = below("sys/module/%s/holders/%s", one, module);

		if (!*one || !there(below("sys/module/%s/holders", one)))
			continue;
		if (more > 0 ? mkdir(holder, 0755) == 0 : rmdir(holder) == 0)
			add_to(below("sys/module/%s/refcnt", one), more);
	}
}

static void put_in(const struct module *m)
{
	write_text(memory_of(m->name), m->depends);
	if (there(below("sys/module"))) {
		mkdir(below("sys/module/%s", m->name), 0755);
		mkdir(below("sys/module/%s/holders", m->name), 0755);
		write_text(below("sys/module/%s/initstate", m->name), "live\n");
		write_text(below("sys/module/%s/refcnt", m->name), "0\n");
		use(m->depends, m->name, 1);
	}
	list_first(m);
}

static void take_out(const char *module)
{
	char *depends = text_of(memory_of(module));

	use(depends, module, -1);
	free(depends);
	unlink(memory_of(module));
	unlink(below("sys/module/%s/initstate", module));
	unlink(below("sys/module/%s/refcnt", module));
	rmdir(below("sys/module/%s/holders", module));
	rmdir(below("sys/module/%s", module));
	unlist(module);
}

/* ---- calls --------------------------------------------------------------- */

static struct seccomp_notif ask;
static struct seccomp_notif_resp answer;

/* Read from the caller's memory; short where that ends. */
static size_t fetch(uint64_t at, char *to, size_t n)
{
	size_t got = 0;

	while (got < n) {
		size_t step = PAGE - (at + got) % PAGE;
		struct iovec mine = { to + got, step < n - got ? step : n - got };
		struct iovec its = { (void *)(uintptr_t)(at + got), mine.iov_len };

		if (process_vm_readv((pid_t)ask.pid, &mine, 1, &its, 1, 0) <= 0)
			break;
		got += mine.iov_len;
	}
	return got;
}

static void fetch_text(uint64_t at, char *to, size_t room)
{
	to[fetch(at, to, room - 1)] = '\0';
}

static int load(const struct module *m, int flags)
{
	int e = ruled("load", m->name);

	if (e)
		return e;
	if (loaded(m->name))
		return EEXIST;
	if (flags & ~KNOWN_FLAGS)
		return EINVAL;
	if (flags & COMPRESSED && !there(below("sys/module/compression")))
		return EOPNOTSUPP;
	if (!m->elf && !(flags & COMPRESSED))
		return ENOEXEC;
	put_in(m);
	return 0;
}

static int do_finit(void)
{
	char link[64], path[PATH_MAX] = "?", params[65536];
	int flags = (int)ask.data.args[2], fd, e;
	struct module m;
	struct stat st;
	char *image;
	ssize_t n;

	if (it.old)
		return ENOSYS;
	snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)ask.pid, (int)ask.data.args[0]);
	if ((n = readlink(link, path, sizeof path - 1)) > 0)
		path[n] = '\0';
	fetch_text(ask.data.args[1], params, sizeof params);
	if ((fd = open(link, O_RDONLY | O_CLOEXEC)) < 0 || fstat(fd, &st) < 0)
		return EBADF;
	image = malloc((size_t)st.st_size + 1);
	n = pread(fd, image, (size_t)st.st_size, 0);
	close(fd);
	look_at(&m, image, n > 0 ? (size_t)n : 0, path);
	free(image);
	e = load(&m, flags);
	dprintf(CALLS, "finit_module %s \"%s\" %d = %s\n",
	        path + (strncmp(path, it.root, strlen(it.root)) ? 0 : strlen(it.root)), params, flags,
	        name_of(e));
	return e;
}

static int do_init(void)
{
	size_t n = ask.data.args[1] < 1 << 26 ? ask.data.args[1] : 1 << 26;
	char *image = malloc(n + 1), params[65536];
	struct module m;
	int e;

	look_at(&m, image, fetch(ask.data.args[0], image, n), NULL);
	fetch_text(ask.data.args[2], params, sizeof params);
	free(image);
	e = load(&m, 0);
	dprintf(CALLS, "init_module %s \"%s\"%s%s = %s\n", m.name, params,
	        m.elf && !m.vermagic ? " without vermagic" : "",
	        m.elf && !m.versions ? " without versions" : "", name_of(e));
	return e;
}

static int unload(const char *module, int flags)
{
	char *users = text_of(below("sys/module/%s/refcnt", module));
	int e = ruled("unload", module), n = atoi(users);

	free(users);
	if (!e && !loaded(module))
		e = ENOENT;
	if (!e && n > 0 && !(flags & O_TRUNC))
		e = EAGAIN;
	if (!e)
		take_out(module);
	return e;
}

static int do_delete(void)
{
	int flags = (int)ask.data.args[1], e;
	char module[64];

	fetch_text(ask.data.args[0], module, sizeof module);
	e = unload(module, flags);
	dprintf(CALLS, "delete_module %s%s%s = %s\n", module, flags & O_NONBLOCK ? " nonblock" : "",
	        flags & O_TRUNC ? " force" : "", name_of(e));
	return e;
}

static int do_uname(void)
{
	struct utsname u;
	struct iovec mine = { &u, sizeof u }, its = { (void *)(uintptr_t)ask.data.args[0], sizeof u };

	uname(&u);
	memset(u.release, 0, sizeof u.release);
	snprintf(u.release, sizeof u.release, "%s", it.release);
	return process_vm_writev((pid_t)ask.pid, &mine, 1, &its, 1, 0) == sizeof u ? 0 : EFAULT;
}

static void serve(int listener)
{
	memset(&ask, 0, sizeof ask);
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask) < 0)
		return;
	answer = (struct seccomp_notif_resp){ .id = ask.id };
	switch (ask.data.nr) {
	case SYS_uname:         answer.error = -do_uname(); break;
	case SYS_finit_module:  answer.error = -do_finit(); break;
	case SYS_init_module:   answer.error = -do_init(); break;
	case SYS_delete_module: answer.error = -do_delete(); break;
	}
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* ---- the program --------------------------------------------------------- */

/* From here on the four calls go to whoever holds the descriptor returned. */
static int hand_over(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_uname, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_init_module, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_finit_module, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_delete_module, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof code / sizeof *code, code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
	                    &program);
}

/* Root in a user namespace, who has no power outside of it. */
static void become_root(void)
{
	char map[32];
	uid_t uid = getuid();

	if (uid == 0)
		return;
	if (unshare(CLONE_NEWUSER) < 0)
		die("unshare");
	snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
	write_text("/proc/self/uid_map", map);
}

/* In the child: all is as it was asked for, then the program. */
static void become(char **argv, int tell, int wait)
{
	int listener;
	char go;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	become_root();
	if (chroot(it.root) < 0 || chdir(it.where) < 0)
		die(it.where);
	if ((listener = hand_over()) < 0)
		die("seccomp");
	if (write(tell, &listener, sizeof listener) < 0 || read(wait, &go, 1) != 1)
		die("the supervisor");
	close(listener);
	close(CALLS);
	if (it.mute)
		close(2);
	execve(argv[0], argv + 1, it.env);
	die(argv[0]);
}

/* Start the program: its listener, which is copied out of it, is the result. */
static int start(char **argv, pid_t *pid)
{
	int tell[2], go[2], number, listener = -1, child;

	if (pipe2(tell, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0 || (*pid = fork()) < 0)
		die("fork");
	if (*pid == 0)
		become(argv, tell[1], go[0]);
	close(tell[1]);
	if (read(tell[0], &number, sizeof number) == sizeof number) {
		child = (int)syscall(SYS_pidfd_open, *pid, 0);
		listener = (int)syscall(SYS_pidfd_getfd, child, number, 0);
		if (listener < 0)
			die("pidfd_getfd");
		close(child);
	}
	if (write(go[1], "", 1) < 0)
		die("the program");
	return listener;
}

static void set(const char *text)
{
	struct rule *r = &it.rules[it.nrules];
	bool in = !strncmp(text, "load:", 5), out = !strncmp(text, "unload:", 7);
	const char *eq = strchr(text, '='), *times = strchr(text, '*');

	if (!strcmp(text, "old")) {
		it.old = true;
	} else if (!strcmp(text, "mute")) {
		it.mute = true;
	} else if (!strncmp(text, "in:", 3)) {
		it.where = text + 3;
	} else if ((in || out) && eq && it.nrules < 32) {
		r->call = in ? "load" : "unload";
		r->module = strndup(text + (in ? 5 : 7), (size_t)(eq - text - (in ? 5 : 7)));
		r->error = error_of(eq + 1);
		r->left = times ? atoi(times + 1) : -1;
		it.nrules++;
	} else if (eq && it.nenv < 31) {
		it.env[it.nenv++] = (char *)text;
	} else {
		fprintf(stderr, "machine: what is %s?\n", text);
		_exit(BROKEN);
	}
}

int main(int argc, char **argv)
{
	int i = 3, listener, status = 0, ended;
	pid_t pid;

	for (; i < argc && strcmp(argv[i], "--"); i++)
		if (i > 2)
			set(argv[i]);
	if (i + 2 >= argc || fcntl(CALLS, F_SETFD, FD_CLOEXEC) < 0)
		return fprintf(stderr, "usage: machine ROOT RELEASE [SETTING]... -- PROGRAM NAME "
		               "[ARGUMENT]... 3>CALLS\n"), BROKEN;
	it.root = realpath(argv[1], NULL);
	it.release = argv[2];
	if (!it.root)
		die(argv[1]);
	listener = start(argv + i + 1, &pid);
	ended = (int)syscall(SYS_pidfd_open, pid, 0);
	for (;;) {
		struct pollfd at[] = { { listener, POLLIN, 0 }, { ended, POLLIN, 0 } };

		if (poll(at, 2, -1) < 0 && errno != EINTR)
			die("poll");
		if (at[0].revents & POLLIN)
			serve(listener);
		else if (at[1].revents)
			break;
	}
	waitpid(pid, &status, 0);
	kill(-pid, SIGKILL);            /* what it left behind */
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
