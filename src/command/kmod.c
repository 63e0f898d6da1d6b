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

struct kmod_log {
	struct kml *k;
	struct scope *s;
	const char *name;
	kml_log_fn *before;             /* for when there is no log */
	void *before_arg;
	bool tried;
	int fd;
};

/* The log is opened for the first message: most runs have none. */
static void kmod_log_line(void *arg, enum kml_level level, const char *text)
{
	static const struct { int priority; const char *word; } as[] = {
		{ 2, "FATAL" }, { 3, "ERROR" }, { 4, "WARNING" }, { 6, "INFO" }, { 7, "DEBUG" },
	};
	enum { DAEMON = 3 << 3 };
	struct kmod_log *l = arg;
	char line[1200], why[sizeof l->k->msg];
	int n;

	if (!l->tried) {
		memcpy(why, l->k->msg, sizeof why);     /* what is told may be said again */
		l->tried = true;
		if (process_log_open(l->k, l->s, &l->fd) < 0)
			l->fd = -1;
		memcpy(l->k->msg, why, sizeof why);
	}
	if (l->fd < 0) {
		l->before(l->before_arg, level, text);
		return;
	}
	n = snprintf(line, sizeof line, "<%d>%s: %s: %s", DAEMON | as[level].priority, l->name,
	             as[level].word, text);
	if (n > 0)
		process_log_line(l->fd, (struct str){ line, (size_t)n < sizeof line ?
		                                      (size_t)n : sizeof line - 1 });
}

/* Messages of `name` go to the machine's log, if it has one. */
static void kmod_log(struct kml *k, struct scope *s, const char *name)
{
	struct kmod_log *l = new(s, struct kmod_log);

	*l = (struct kmod_log){ k, s, name, k->log, k->log_arg, false, -1 };
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
