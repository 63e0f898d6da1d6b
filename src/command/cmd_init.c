/* cmd_init.c - process 1 of a machine in which kml is the only program.
 *
 * An initramfs mounts /proc, /sys, /dev and /run, and then either goes to the root
 * file system that the command line names (boot.c), or is one for a rescue, a
 * demonstration or a test: it runs a few commands and switches the machine off.  The commands
 * are lines of a file; what is written to the console is a transcript:
 *
 *     # a comment, as it is
 *     $ modprobe -v loop              "$ " and the line
 *     insmod /lib/modules/...         what it prints
 *     [1]                             its status, unless that is 0
 *
 * A line is a kml command, with or without the word kml before it, or one of
 * the two words below that show what a kml command does not.  Words are split
 * at blanks; '...' and "..." keep them together.  Nothing else is special:
 * this is no shell.
 */
#ifndef KML_CMD_INIT_C
#define KML_CMD_INIT_C

#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../ground/machine.c"
#include "../ground/opt.c"
#include "../ground/sys.c"
#include "../module/boot.c"

/* A built-in word of a line; `words` are those after it. */
typedef int init_fn(struct kml *k, struct scope *s, char **words);

static int init_cat(struct kml *k, struct scope *s, char **words)
{
	struct str text;
	int r;

	for (; *words; words++) {
		if ((r = sys_read_file(k, s, *words, &text)) < 0)
			return fail_in(k, r, "%s", *words);
		fwrite(text.p, 1, text.n, stdout);
	}
	return 0;
}

/* The lines of the kernel's log that contain one of the words. */
static int init_dmesg(struct kml *k, struct scope *s, char **words)
{
	struct str log;
	int r = machine_log(k, s, &log);

	while (r == 0 && log.n) {
		struct str line = str_take(&log, '\n');
		bool show = !*words;

		if (str_starts(line, S("<")))
			str_take(&line, '>');
		for (char **w = words; *w && !show; w++)
			show = memmem(line.p, line.n, *w, strlen(*w)) != NULL;
		if (show)
			printf("%.*s\n", FMT(line));
	}
	return r;
}

/* The next word of *line without its quotes; false at the end. */
static bool init_word(struct scope *s, struct str *line, char **out)
{
	struct buf b = { .s = s };
	char quote = 0;
	size_t i = 0;

	*line = str_trim(*line);
	if (!line->n)
		return false;
	for (; i < line->n && (quote || !str_blank(line->p[i])); i++) {
		char c = line->p[i];

		if (c == quote)
			quote = 0;
		else if (!quote && (c == '\'' || c == '"'))
			quote = c;
		else
			buf_byte(&b, c);
	}
	*line = str_from(*line, i);
	*out = scope_text(s, buf_str(&b));
	return true;
}

/* The words of a command line, ended by NULL, after a first one that is kml's
 * own path. */
static char **init_words(struct scope *s, struct str line)
{
	char **words = news(s, char *, line.n + 3);
	size_t n = 0;

	words[n++] = scope_text(s, S("/proc/self/exe"));
	while (init_word(s, &line, &words[n]))
		n += n > 1 || strcmp(words[n], "kml") != 0;
	words[n] = NULL;
	return words;
}

static int init_command(struct kml *k, struct scope *s, struct str line, int *status)
{
	static const struct { const char *name; init_fn *fn; } own[] = {
		{ "cat", init_cat }, { "dmesg", init_dmesg },
	};
	char **words = init_words(s, line);

	*status = 0;
	for (size_t i = 0; words[1] && i < countof(own); i++)
		if (!strcmp(words[1], own[i].name)) {
			int r = own[i].fn(k, s, words + 2);

			return r < 0 ? fail_in(k, r, "%s", words[1]) : 0;
		}
	return kernel_run(k, words, NULL, status);
}

static void init_line(struct kml *k, struct scope *s, struct str line)
{
	int status, r;

	if (!line.n || line.p[0] == '#') {
		printf("%.*s\n", FMT(line));
		return;
	}
	printf("$ %.*s\n", FMT(line));
	if ((r = init_command(k, s, line, &status)) < 0) {
		printf("%s\n", k->msg);
		status = 1;
	}
	if (status)
		printf("[%d]\n", status);
	machine_reap();
}

static int init_mounts(struct kml *k)
{
	static const struct { const char *type, *where; } own[] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" }, { "tmpfs", "/run" },
	};

	for (size_t i = 0; i < countof(own); i++) {
		int r = machine_mount(k, own[i].type, own[i].where);

		if (r < 0)
			return fail_in(k, r, "%s", own[i].where);
	}
	return 0;
}

static int init_script(struct kml *k, struct scope *s, const char *path)
{
	struct str text;
	int r = sys_read_file(k, s, path, &text);

	if (r < 0)
		return fail_in(k, r, "%s", path);
	while (text.n) {
		struct scope *t = scope_begin(s);

		init_line(k, t, str_take(&text, '\n'));
		scope_end(t);
	}
	return 0;
}

/* There are no commands: go to the root file system, if the command line names
 * one.  This returns with the failure there was before, if it does not. */
static int init_boot(struct kml *k, struct scope *s, char **operands)
{
	const char *reason = scope_text(s, str_of(k->msg));
	struct boot b;

	if (boot_read(k, s, &b) < 0 || !b.root.n)
		return fail(k, KML_NOTFOUND, "%s, and no root= on the kernel's command line", reason);
	(void)boot_go(k, &b, operands);
	note(k, KML_ERROR, "%s", k->msg);
	return boot_stay(k, &b);
}

static int init_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const char *path = "/etc/kml/init";
	int r;

	(void)args;
	if (!machine_first())
		return fail(k, KML_USAGE, "not process 1: it is started by the kernel, as the "
		            "/init of an initramfs");
	if (operands[0] && operands[0][0] == '/')
		path = operands[0];
	if ((r = init_mounts(k)) == 0 && (r = machine_console(k)) == 0 &&
	    (r = init_script(k, s, path)) == KML_NOTFOUND)
		(void)init_boot(k, s, operands);
	if (r < 0)
		fprintf(stderr, "init: %s\n", k->msg);
	fflush(stdout);
	return machine_off(k);
}

static const struct applet applet_init = {
	.name = "init", .synopsis = "[FILE]",
	.brief = "Be process 1: go to the root file system, or run the commands of a file.",
	.detail =
		"For an initramfs with kml as /init and no other program, as\n.Xr kml-cpio 8\n"
		"makes it with --init.  It mounts /proc, /sys, /dev and /run.\n"
		".Pp\n"
		"If there is FILE, an absolute path, or /etc/kml/init, each line of it is run as a\n"
		"kml command; the line is shown, what it printed and its exit status, and after the\n"
		"last the machine is switched off.  The lines cat FILE... and dmesg [TEXT]... are\n"
		"understood too.  That is for tests, demonstrations and rescue systems.\n"
		".Pp\n"
		"If there is no such file, kml modules-load and kml coldplug are run, the device\n"
		"that root= on the kernel's command line names is waited for and mounted, what is in\n"
		"the initramfs is deleted, and init= or /sbin/init, /etc/init, /bin/init or /bin/sh\n"
		"is started as process 1 of that file system.  Understood are root=/dev/NAME,\n"
		"MAJOR:MINOR, UUID=, LABEL=, PARTUUID= and PARTLABEL=; rootfstype=, which is seldom\n"
		"needed; rootflags=, ro and rw; rootwait and rootdelay=, since else 30 seconds are\n"
		"waited.  Nothing is checked or repaired.  When it cannot be done, it says why and\n"
		"what devices there are, and starts the machine again after panic= seconds; without\n"
		"panic= it stays.\n"
		"The kernel hands over as operands what stands after -- on its command line: they\n"
		"are those of that program too.",
	.max = -1,
	.run = init_run,
};

#endif
