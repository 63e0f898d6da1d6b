/* cmd_sleep.c - let time pass: what keeps a container that did its work alive. */
#ifndef KML_CMD_SLEEP_C
#define KML_CMD_SLEEP_C

#include "../ground/base.c"
#include "../ground/machine.c"
#include "../ground/opt.c"

enum { SLEEP_SECOND = 1000000000 };

/* Nanoseconds, as many as there can be if it is more. */
static uint64_t sleep_times(uint64_t n, uint64_t by)
{
	return n > UINT64_MAX / by ? UINT64_MAX : n * by;
}

/* The seconds in the unit `text`; 0 if it is none. */
static uint64_t sleep_unit(struct str text)
{
	switch (text.n == 1 ? text.p[0] : text.n ? 0 : 's') {
	case 's': return 1;
	case 'm': return 60;
	case 'h': return 3600;
	case 'd': return 86400;
	default:  return 0;
	}
}

/* "1", "0.5", ".5h", "2d", "infinity" in nanoseconds. */
static bool sleep_time(struct str text, uint64_t *ns)
{
	uint64_t whole = 0, part = 0, weight = SLEEP_SECOND, seconds;
	size_t digits = 0;
	bool point = false;

	if (str_eq(text, S("infinity")) || str_eq(text, S("inf")))
		return *ns = UINT64_MAX, true;
	for (; text.n; text = str_from(text, 1)) {
		unsigned d = (unsigned char)text.p[0] - (unsigned)'0';

		if (text.p[0] == '.' && !point) {
			point = true;
		} else if (d > 9) {
			break;
		} else if (point) {
			digits++;
			part += d * (weight /= 10);
		} else {
			digits++;
			whole = sleep_times(whole, 10);
			whole += d < UINT64_MAX - whole ? d : UINT64_MAX - whole;
		}
	}
	seconds = sleep_unit(text);
	if (!digits || !seconds)
		return false;
	whole = sleep_times(sleep_times(whole, SLEEP_SECOND), seconds);
	part *= seconds;
	*ns = whole > UINT64_MAX - part ? UINT64_MAX : whole + part;
	return true;
}

static int sleep_run(struct kml *k, struct scope *s, const void *args, char **times)
{
	uint64_t sum = 0, ns;
	int r;

	(void)s;
	(void)args;
	for (; *times; times++) {
		if (!sleep_time(str_of(*times), &ns))
			return fail(k, KML_USAGE, "not a time: '%s' (a number with s, m, h or d, "
			            "or infinity)", *times);
		sum = ns > UINT64_MAX - sum ? UINT64_MAX : sum + ns;
	}
	r = machine_sleep(k, sum);
	return r > 0 ? 128 + r : r;
}

static const struct applet applet_sleep = {
	.name = "sleep", .synopsis = "NUMBER[smhd]...|infinity",
	.brief = "Let time pass.",
	.detail = "The times are added up; they may have fractions.\n"
	          "SIGTERM and SIGINT end it at once, also when it is process 1 of a container,\n"
	          "which does not get signals that it does not handle.",
	.min = 1, .max = -1,
	.run = sleep_run,
};

#endif
