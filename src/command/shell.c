/* shell.c - from argv to an applet, and from its result to an exit status.
 *
 * kml answers to the names of its applets, by a link (modprobe -> kml) or by
 * its first argument (kml modprobe).  The tools that replace kmod speak and
 * end as kmod does: "modprobe: FATAL: ...", status 0 or 1.  All others say
 * "kml load: ..." and end with the status of design section 7: 2 for usage,
 * up to 9 as enum kml_err has it.
 */
#ifndef KML_SHELL_C
#define KML_SHELL_C

#include "../ground/base.c"
#include "../ground/opt.c"

struct shell {
	const struct applet *const *applets;    /* ended by NULL */
	const struct applet *applet;
	char **argv;
	const char *root;               /* as in struct kml */
};

/* Who runs the applet that `k` was given to. */
static const struct shell *shell_of(const struct kml *k) { return k->log_arg; }

static const struct applet *shell_find(const struct shell *sh, const char *name)
{
	for (size_t i = 0; sh->applets[i]; i++)
		if (!strcmp(sh->applets[i]->name, name))
			return sh->applets[i];
	return NULL;
}

/* A message, which may quote what came from outside: nothing in it controls the
 * terminal, in ASCII or as U+0080 to U+009F. */
struct shell_text { char p[4 * sizeof ((struct kml *)0)->msg + 8]; };

static const char *shell_clean(struct shell_text *out, const char *text)
{
	size_t n = 0;
	bool wide = false;

	for (const char *p = text; *p && n + 5 < sizeof out->p; p++) {
		unsigned char c = (unsigned char)*p;
		bool first = c == 0xc2 && (p[1] & 0xe0) == 0x80;

		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f || first || wide)
			n += (size_t)snprintf(out->p + n, 5, "\\x%02x", c);
		else
			out->p[n++] = *p;
		wide = first;
	}
	out->p[n] = '\0';
	return out->p;
}

/* Notes go to stderr; kmod's own tools give their level in kmod's words. */
static void shell_log(void *arg, enum kml_level level, const char *text)
{
	static const char *const words[] = { "FATAL", "ERROR", "WARNING", "INFO", "DEBUG" };
	const struct applet *a = ((const struct shell *)arg)->applet;
	struct shell_text clean;

	if (a->kmod)
		fprintf(stderr, "%s: %s: %s\n", a->name, words[level], shell_clean(&clean, text));
	else
		fprintf(stderr, "kml %s: %s%s\n", a->name, level == KML_WARNING ? "warning: " : "",
		        shell_clean(&clean, text));
}

static void shell_version(const struct applet *a)
{
	if (a && a->kmod)       /* scripts read kmod's version and the second line */
		puts("kmod version 34 (kml " KML_VERSION ")\n+ZSTD +XZ +ZLIB -OPENSSL");
	else
		puts("kml " KML_VERSION);
}

static int shell_call(struct kml *k, struct scope *s, void *arg)
{
	struct shell *sh = arg;
	const struct applet *a = sh->applet;
	void *args = scope_alloc(s, a->argsize);
	enum opt_ask ask = OPT_RUN;
	char **operands;
	int r = opt_parse(k, s, a, sh->argv, args, &operands, &ask);

	if (r < 0)
		return r;
	switch (ask) {
	case OPT_RUN:     return a->run(k, s, args, operands);
	case OPT_HELP:    opt_help(a, stdout); break;
	case OPT_VERSION: shell_version(a); break;
	case OPT_MAN:     opt_man(a, stdout); break;
	}
	return 0;
}

static int shell_run(struct shell *sh)
{
	struct kml k = { .root = sh->root, .log = shell_log, .log_arg = sh };
	const struct applet *a = sh->applet;
	struct shell_text clean;
	int r = kml_run(&k, shell_call, sh);

	if (fflush(stdout) || ferror(stdout)) {
		if (r == 0)
			r = fail(&k, KML_FAIL, "standard output: %s", strerror(errno));
	}
	scope_end(&k.keep);
	if (r < 0 && k.msg[0]) {
		if (a->kmod && r != KML_USAGE)
			shell_log(sh, KML_ERROR, k.msg);
		else
			fprintf(stderr, "%s%s: %s\n", a->kmod ? "" : "kml ", a->name,
			        shell_clean(&clean, k.msg));
	}
	if (r >= 0)
		return r;       /* an applet may end with a status of its own */
	return !a->kmod && r >= KML_UNDONE ? -r : 1;
}

static void shell_help(const struct shell *sh, FILE *out)
{
	fputs("usage: kml COMMAND [ARGUMENT]...\n\n", out);
	for (size_t i = 0; sh->applets[i]; i++)
		fprintf(out, "  %-14s%s\n", sh->applets[i]->name, sh->applets[i]->brief);
	fputs("\n`kml COMMAND --help` says more; a link named COMMAND is the command.\n", out);
}

/* Completions for bash, made from the option tables. */
static void shell_complete(const struct shell *sh, FILE *out)
{
	fputs("# written by `kml --completions` from the option tables\n"
	      "_kml() {\n\tlocal words=\n\tcase ${COMP_WORDS[1]} in\n", out);
	for (size_t i = 0; sh->applets[i]; i++) {
		fprintf(out, "\t%s) words=\"", sh->applets[i]->name);
		opt_words(sh->applets[i], out);
		fputs("\" ;;\n", out);
	}
	fputs("\tesac\n\t[ \"$COMP_CWORD\" = 1 ] && words=\"", out);
	for (size_t i = 0; sh->applets[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", sh->applets[i]->name);
	fputs("\"\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
	      "complete -o default -F _kml kml\n", out);
}

/* What kml itself is asked, without a command. */
static int shell_ask(const struct shell *sh, const char *word)
{
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		shell_version(NULL);
	else if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
		shell_help(sh, stdout);
	else if (!strcmp(word, "--completions"))
		shell_complete(sh, stdout);
	else if (!strcmp(word, "--list"))
		for (size_t i = 0; sh->applets[i]; i++)
			puts(sh->applets[i]->name);
	else
		return fprintf(stderr, "kml: no command '%s' (`kml --help` lists them)\n", word), 2;
	return fflush(stdout) || ferror(stdout);
}

/* The command argv[0], or argv[1] behind another name; its exit status. */
static int shell_main(const struct applet *const *applets, const char *root, int argc,
                      char **argv)
{
	struct shell sh = { .applets = applets, .argv = argv, .root = root };
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;

	if (!argc)
		return 2;
	sh.applet = shell_find(&sh, slash ? slash + 1 : argv[0]);
	if (!sh.applet && argc > 1) {
		sh.applet = shell_find(&sh, argv[1]);
		sh.argv = argv + 1;
	}
	if (sh.applet)
		return shell_run(&sh);
	if (argc > 1)
		return shell_ask(&sh, argv[1]);
	return shell_help(&sh, stderr), 2;
}

#endif
