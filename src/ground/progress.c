/* progress.c - how far long work has come, on a terminal.
 *
 * Workers count with atomic steps; a thread of its own paints one line, some times a
 * second, so that it moves also while they wait.  There is none of it where stderr is no
 * terminal, where notes are not wanted, and for work that is soon done.
 */
#ifndef KML_PROGRESS_C
#define KML_PROGRESS_C

#include "net.c"
#include "sys.c"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

enum {
	PROGRESS_WIDTH = 160,
#ifdef KML_TEST
	PROGRESS_FIRST = 1, PROGRESS_STEP = 1,
#else
	PROGRESS_FIRST = 1000, PROGRESS_STEP = 250,     /* ms */
#endif
	PROGRESS_MEMORY = 16,           /* steps that the rate looks back */
};

struct progress {
	const char *label;              /* before all */
	const char *unit;               /* of the things: "blobs" */
	uint64_t bytes, things;         /* to do; 0 bytes: they are not counted */
	_Atomic uint64_t done, ended;   /* of these, there before or brought */
	const _Atomic uint64_t *moved;  /* bytes brought, some perhaps twice */
	uint64_t begun;
	/* the painter's */
	pthread_t thread;
	int fd, stop;                   /* the terminal; readable: it is over */
	bool painting;
	uint64_t old[PROGRESS_MEMORY], when[PROGRESS_MEMORY];
	unsigned steps;
};

/* "12.3 MB" */
static int progress_size(char *p, size_t n, uint64_t bytes)
{
	static const char units[] = "kMGT";
	uint64_t tenths = bytes / 100;
	size_t i = 0;

	for (; tenths >= 10000 && i < 3; i++)
		tenths /= 1000;
	return snprintf(p, n, "%llu.%llu %cB", (unsigned long long)tenths / 10,
	                (unsigned long long)tenths % 10, units[i]);
}

/* Bytes a second, as it was of late; 0: nobody knows. */
static uint64_t progress_rate(struct progress *p, uint64_t now)
{
	uint64_t moved = *p->moved;
	unsigned at = p->steps % PROGRESS_MEMORY;
	unsigned from = p->steps < PROGRESS_MEMORY ? 0 : at;
	uint64_t ms = now - p->when[from], old = p->old[from];

	if (!p->steps)
		ms = now - p->begun, old = 0;
	p->old[at] = moved;
	p->when[at] = now;
	p->steps++;
	return ms ? (moved - old) * 1000 / ms : 0;
}

/* The line for this moment. */
static void progress_line(struct progress *p, uint64_t now, char *line, size_t n)
{
	uint64_t done = p->done, all = p->bytes, rate = progress_rate(p, now), left;
	char size[2][24], speed[24];

	if (!all) {
		snprintf(line, n, "%s%llu/%llu %s", p->label, (unsigned long long)p->ended,
		         (unsigned long long)p->things, p->unit);
		return;
	}
	progress_size(size[0], sizeof size[0], done);
	progress_size(size[1], sizeof size[1], all);
	progress_size(speed, sizeof speed, rate);
	left = rate && all > done ? (all - done + rate - 1) / rate : 0;
	snprintf(line, n, "%s%llu/%llu %s, %s of %s, %s/s, ", p->label, (unsigned long long)p->ended,
	         (unsigned long long)p->things, p->unit, size[0], size[1], speed);
	if (rate && left < 360000)
		snprintf(line + strlen(line), n - strlen(line), "%s%llu:%02llu left",
		         left < 600 ? " " : "", (unsigned long long)left / 60, (unsigned long long)left % 60);
	else
		snprintf(line + strlen(line), n - strlen(line), " -:-- left");
}

/* Paint `line`, cut to the terminal, and blanks over what was there. */
static bool progress_paint(const struct progress *p, const char *line)
{
	char out[PROGRESS_WIDTH + 2];
	struct winsize w = { 0 };
	size_t width = 80, n = strlen(line);

	if (ioctl(p->fd, TIOCGWINSZ, &w) == 0 && w.ws_col)
		width = w.ws_col;
	if (width > PROGRESS_WIDTH)
		width = PROGRESS_WIDTH;
	out[0] = '\r';
	memset(out + 1, ' ', width - 1);
	memcpy(out + 1, line, n < width - 1 ? n : width - 1);
	out[width] = '\r';
	return write(p->fd, out, width + 1) > 0;
}

static void *progress_thread(void *arg)
{
	struct progress *p = arg;
	struct pollfd on = { p->stop, POLLIN, 0 };
	char line[PROGRESS_WIDTH];
	bool painted = false;

	while (poll(&on, 1, painted ? PROGRESS_STEP : PROGRESS_FIRST) == 0) {
		progress_line(p, net_now(), line, sizeof line);
		painted = progress_paint(p, line);
	}
	if (painted)
		progress_paint(p, "");
	return NULL;
}

static void progress_begin(const struct kml *k, struct progress *p, int fd)
{
	p->fd = fd;
	p->begun = net_now();
	p->stop = k->log && isatty(fd) ? eventfd(0, EFD_CLOEXEC) : -1;
	p->painting = p->stop >= 0 && pthread_create(&p->thread, NULL, progress_thread, p) == 0;
}

static void progress_end(struct progress *p)
{
	uint64_t one = 1;

	if (p->painting && write(p->stop, &one, sizeof one) > 0)
		pthread_join(p->thread, NULL);
	net_close(&p->stop);
}

/* Do `fn` in a scope of its own, and show on the terminal `fd` how far it is: *p, with its
 * label, unit, bytes and things, is what `fn` counts in.  Running out of memory ends `fn`
 * and not what is around it: the painter has to end first. */
static int progress_run(struct kml *k, struct progress *p, int fd, kml_fn *fn, void *arg)
{
	struct kml inner = { .root = k->root, .jobs = k->jobs, .log = k->log, .log_arg = k->log_arg };
	int r;

	progress_begin(k, p, fd);
	r = kml_run(&inner, fn, arg);
	progress_end(p);
	scope_end(&inner.keep);
	memcpy(k->msg, inner.msg, sizeof k->msg);
	return r;
}

/* One line when something that was long is over. */
static void progress_note(struct kml *k, const struct progress *p)
{
	uint64_t ms = net_now() - p->begun, bytes = *p->moved;
	char size[24], speed[24];

	if (ms < PROGRESS_FIRST)
		return;
	progress_size(size, sizeof size, bytes);
	progress_size(speed, sizeof speed, bytes * 1000 / (ms + !ms));
	note(k, KML_INFO, "%s%llu %s, %s in %llu s, %s/s", p->label, (unsigned long long)p->ended,
	     p->unit, size, (unsigned long long)(ms / 1000), speed);
}

#endif
