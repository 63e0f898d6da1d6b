#define KML_TEST
#include "../../src/ground/progress.c"
#include "../test.h"

/* A terminal: *far is where what is painted on it is read. */
static int terminal(struct scope *s, int *far, unsigned short columns)
{
	struct winsize w = { .ws_col = columns };
	int *near = scope_fd(s), *pty = scope_fd(s), unlock = 0, number;
	char name[40];

	*far = *pty = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (*pty < 0 || ioctl(*pty, TIOCSPTLCK, &unlock) < 0 || ioctl(*pty, TIOCGPTN, &number) < 0)
		return -1;
	snprintf(name, sizeof name, "/dev/pts/%d", number);
	*near = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ioctl(*near, TIOCSWINSZ, &w);
	return *near;
}

static struct str painted(struct scope *s, int far)
{
	struct buf b = { .s = s };
	ssize_t n;

	while ((n = read(far, buf_room(&b, 4096), 4096)) > 0)
		b.n += (size_t)n;
	return buf_str(&b);
}

static _Atomic uint64_t moved;

struct work { struct progress *p; int how; };

static int work(struct kml *k, struct scope *s, void *arg)
{
	const struct work *w = arg;

	new(s, int);
	moved = 4500000;
	w->p->done = 5000000;
	w->p->ended = 2;
	net_pause(15);
	return w->how ? fail(k, KML_BAD, "no") : 0;
}

static void ready(struct progress *p)
{
	memset(p, 0, sizeof *p);
	moved = 0;
	p->label = "app: ";
	p->unit = "blobs";
	p->bytes = 20000000;
	p->things = 3;
	p->moved = &moved;
}

static void hear(void *arg, enum kml_level level, const char *text)
{
	(void)level;
	snprintf(arg, 100, "%s", text);
}

static char heard[100];
static const char seen[] = "\rapp: 2/3 blobs, 5.0 MB of 20.0 MB, ";

TESTS
	struct progress p;
	char line[PROGRESS_WIDTH];
	struct work w = { &p, 0 };
	int near, far;

	TEST("sizes") {
		progress_size(line, sizeof line, 0), CHECK(!strcmp(line, "0.0 kB"));
		progress_size(line, sizeof line, 999999), CHECK(!strcmp(line, "999.9 kB"));
		progress_size(line, sizeof line, 1000000), CHECK(!strcmp(line, "1.0 MB"));
		progress_size(line, sizeof line, 12345678901), CHECK(!strcmp(line, "12.3 GB"));
		progress_size(line, sizeof line, UINT64_MAX), CHECK(!strcmp(line, "18446744.0 TB"));
	}
	TEST("the line, with a rate of late and the time that is left") {
		ready(&p);
		p.begun = 1000;
		progress_line(&p, 1000, line, sizeof line);
		CHECK(!strcmp(line, "app: 0/3 blobs, 0.0 kB of 20.0 MB, 0.0 kB/s,  -:-- left"));
		moved = 1000000;
		p.done = 1000000;
		p.ended = 1;
		progress_line(&p, 2000, line, sizeof line);
		CHECK(!strcmp(line, "app: 1/3 blobs, 1.0 MB of 20.0 MB, 1.0 MB/s,  0:19 left"));
		for (uint64_t i = 0; i < 2 * PROGRESS_MEMORY; i++)
			progress_line(&p, 3000 + i * 100, line, sizeof line);
		CHECK(!strcmp(line, "app: 1/3 blobs, 1.0 MB of 20.0 MB, 0.0 kB/s,  -:-- left"));
		p.done = 15000000;
		moved += 14000000;
		progress_line(&p, 3000 + 2 * PROGRESS_MEMORY * 100, line, sizeof line);
		CHECK(!strcmp(line, "app: 1/3 blobs, 15.0 MB of 20.0 MB, 8.7 MB/s,  0:01 left"));
	}
	TEST("what was there before has no part in the rate") {
		ready(&p);
		p.done = 19000000;
		moved = 500;
		progress_line(&p, 1000, line, sizeof line);
		CHECK(!strcmp(line, "app: 0/3 blobs, 19.0 MB of 20.0 MB, 0.5 kB/s, 33:20 left"));
	}
	TEST("things without bytes are counted") {
		ready(&p);
		p.bytes = 0;
		p.ended = 2;
		progress_line(&p, 1000, line, sizeof line);
		CHECK(!strcmp(line, "app: 2/3 blobs"));
	}
	k->log = hear, k->log_arg = heard;
	if ((near = terminal(s, &far, 40)) >= 0) {
		TEST("on a terminal it is painted, cut to that, and taken away") {
			struct str text;

			ready(&p);
			CHECK(progress_run(k, &p, near, work, &w) == 0);
			text = painted(s, far);
			CHECK(str_starts(text, S("\rapp: ")));
			CHECK(memmem(text.p, text.n, seen, sizeof seen - 1));
			CHECK(text.n % 41 == 0 && text.n > 41);
			CHECK(str_ends(text, S("\r                                       \r")));
			progress_note(k, &p);
			CHECK(str_starts(str_of(heard), S("app: 2 blobs, 4.5 MB in 0 s, ")));
		}
		TEST("the failure of the work is the failure") {
			ready(&p);
			w.how = 1;
			CHECK(progress_run(k, &p, near, work, &w) == KML_BAD && !strcmp(k->msg, "no"));
			painted(s, far);
		}
		TEST("who wants no notes wants none of it") {
			ready(&p);
			w.how = 0;
			k->log = NULL;
			CHECK(progress_run(k, &p, near, work, &w) == 0 && !painted(s, far).n);
			k->log = hear;
		}
	}
	TEST("elsewhere there is nothing") {
		ready(&p);
		near = *scope_fd(s) = open("/dev/null", O_WRONLY | O_CLOEXEC);
		w.how = 0;
		CHECK(progress_run(k, &p, near, work, &w) == 0 && !p.painting);
	}
	k->log = NULL;
TESTS_END
