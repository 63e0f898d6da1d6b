/* kmod.c - what the commands that replace kmod's share: messages, parameters.
 *
 * -s sends them to the daemon at /dev/log or, where there is none as in an
 * initramfs, to the kernel's log; modprobe does so too when it is started
 * without a standard error, as the kernel starts it.
 */
#ifndef KML_KMOD_C
#define KML_KMOD_C

#include "../ground/opt.c"
#include "../ground/process.c"

struct kmod_log { const char *name; int fd; };

static void kmod_log_line(void *arg, enum kml_level level, const char *text)
{
	static const int priorities[] = { 2, 3, 4, 6, 7 };      /* critical to debug */
	enum { DAEMON = 3 << 3 };
	const struct kmod_log *l = arg;
	char line[1200];
	int n = snprintf(line, sizeof line, "<%d>%s: %s", DAEMON | priorities[level], l->name,
	                 text);

	if (n > 0)
		process_log_line(l->fd, (struct str){ line, (size_t)n < sizeof line ?
		                                      (size_t)n : sizeof line - 1 });
}

/* Messages of `name` go to the machine's log, if it has one. */
static void kmod_log(struct kml *k, struct scope *s, const char *name)
{
	struct kmod_log *l = new(s, struct kmod_log);

	l->name = name;
	if (process_log_open(k, s, &l->fd) < 0)
		return;
	k->log = kmod_log_line;
	k->log_arg = l;
}

/* The operands behind a module as one line of parameters; a value with blanks
 * gets the quotes that the shell took. */
static const char *kmod_params(struct scope *s, char **operands)
{
	struct buf b = { .s = s };

	for (; *operands; operands++) {
		const char *eq = strchr(*operands, '=');
		bool quote = eq && strchr(eq, ' ') && eq[1] != '"' && eq[1] != '\'';

		if (b.n)
			buf_byte(&b, ' ');
		if (quote)
			buf_format(&b, "%.*s=\"%s\"", (int)(eq - *operands), *operands, eq + 1);
		else
			buf_add(&b, str_of(*operands));
	}
	return scope_text(s, buf_str(&b));
}

/* All has been said in notes: what is left is the status. */
static int kmod_failed(struct kml *k)
{
	k->msg[0] = '\0';
	return KML_FAIL;
}

#endif
