/* cmd_sh.c - the shell of a container in which kml is the only program. */
#ifndef KML_CMD_SH_C
#define KML_CMD_SH_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../ground/process.c"
#include "../format/glob.c"
#include "../format/script.c"
#include "runner.c"

struct sh_args { const char *script; };

static const struct opt sh_opts[] = {
	OPT(struct sh_args, script, 'c', NULL, "STRING", "run the commands in STRING"),
};

/* What the shell does itself: it changes the shell, or costs nothing. */
enum sh_own { SH_CD, SH_EXIT, SH_TRUE, SH_FALSE, SH_COLON, SH_NONE };

struct sh { int status; bool ended; };

/* A command of a pipeline, or the only one. */
struct sh_part { struct sh *sh; char **argv; };

static enum sh_own sh_own(const char *word)
{
	static const char *const own[] = { "cd", "exit", "true", "false", ":" };
	enum sh_own i = SH_CD;

	while (i < SH_NONE && strcmp(word, own[i]))
		i++;
	return i;
}

static int sh_cd(struct kml *k, struct scope *s, char **argv)
{
	int r;

	if (!argv[1] || argv[2])
		r = fail(k, KML_USAGE, "say one directory");
	else if ((r = process_enter(k, s, argv[1])) < 0)
		r = fail_in(k, r, "%s", argv[1]);
	if (r < 0)
		note(k, KML_ERROR, "cd: %s", k->msg);
	return r < 0 ? 2 : 0;
}

static int sh_exit(struct kml *k, struct sh *sh, const char *word)
{
	uint64_t n = (uint64_t)sh->status;

	sh->ended = true;
	if (!word || str_uint(str_of(word), &n))
		return n & 255;
	note(k, KML_ERROR, "exit: '%s' is no number", word);
	return 2;
}

/* Run one command in this process; its status. */
static int sh_call(struct kml *k, struct scope *s, void *arg)
{
	struct sh_part *p = arg;
	enum sh_own own = sh_own(p->argv[0]);

	switch (own) {
	case SH_CD:   return sh_cd(k, s, p->argv);
	case SH_EXIT: return sh_exit(k, p->sh, p->argv[1]);
	case SH_NONE: return runner_call(k, s, p->argv);
	default:      return own == SH_FALSE;
	}
}

/* ---- words --------------------------------------------------------------- */

static void sh_add(struct buf *argv, const char *word)
{
	buf_add(argv, (struct str){ (const char *)&word, sizeof word });
}

/* Add the names that the word stands for, in byte order; of none, it stands for itself. */
static void sh_expand(struct kml *k, struct buf *argv, const struct script_word *w)
{
	struct str text = str_of(w->text), dir = { text.p, text.n - str_base(text).n };
	struct sys_entry *v = NULL;
	size_t n = 0, before = argv->n;

	if (w->pattern.p)
		(void)sys_list(k, argv->s, dir.n ? scope_text(argv->s, dir) : ".", &v, &n);
	for (size_t i = 0; i < n; i++)
		if ((v[i].name[0] != '.' || w->pattern.p[0] == '.') &&
		    glob_match(w->pattern, str_of(v[i].name)))
			sh_add(argv, scope_format(argv->s, "%.*s%s", FMT(dir), v[i].name));
	if (argv->n == before)
		sh_add(argv, w->text);
}

static char **sh_words(struct kml *k, struct scope *s, const struct script_command *c)
{
	struct buf argv = { .s = s };

	for (size_t i = 0; i < c->n; i++)
		sh_expand(k, &argv, &c->words[i]);
	sh_add(&argv, NULL);
	return (void *)argv.p;
}

/* ---- commands ------------------------------------------------------------ */

/* Run commands joined by |.  The last of the script takes the place of the shell:
 * a signal to it, as to process 1 of a container, is one to that. */
static int sh_pipeline(struct kml *k, struct scope *s, struct sh *sh,
                       const struct script_command *v, size_t n, bool last)
{
	struct sh_part *parts = news(s, struct sh_part, n);
	void **args = news(s, void *, n);

	for (size_t i = 0; i < n; i++) {
		parts[i] = (struct sh_part){ sh, sh_words(k, s, &v[i]) };
		args[i] = &parts[i];
	}
	if (n > 1 || (!last && sh_own(parts[0].argv[0]) == SH_NONE))
		return spawn_run(k, s, sh_call, args, n, &sh->status);
	sh->status = sh_call(k, s, &parts[0]);
	return 0;
}

static int sh_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const char *text = ((const struct sh_args *)args)->script;
	struct script script;
	struct sh sh = { 0 };
	size_t end;
	int r;

	(void)operands;
	if (!text)
		return fail(k, KML_USAGE, "only -c STRING is run, no file and no terminal");
	if ((r = script_parse(k, s, str_of(text), &script)) < 0 ||
	    (k->root && (r = process_absolute(k, s, k->root, &k->root)) < 0))
		return r;
	for (size_t i = 0; i < script.n; i++)
		if (sh_own(script.v[i].words->text) == SH_NONE &&
		    !runner_knows(k, script.v[i].words->text))
			return RUNNER_UNKNOWN;
	for (size_t i = 0; r == 0 && i < script.n && !sh.ended; i = end) {
		enum script_join join = script.v[i].join;
		struct scope *t = scope_begin(s);

		for (end = i + 1; end < script.n && script.v[end].join == SCRIPT_PIPE;)
			end++;
		if (join == SCRIPT_THEN || (join == SCRIPT_AND) == !sh.status)
			r = sh_pipeline(k, t, &sh, &script.v[i], end - i, end == script.n);
		scope_end(t);
	}
	return r < 0 ? r : sh.status;
}

static const struct applet applet_sh = {
	.name = "sh", .synopsis = "-c STRING [NAME]...",
	.brief = "Run commands of kml as a shell does.",
	.detail = "It is for a container in which kml is the only program. Known are all commands\n"
	          "of kml, cd, exit, true and false, joined by && || ; or |, quotes, and * ? [...]\n"
	          "behind the last / of a word. Before anything is run, all else that shells know\n"
	          "is refused with status 2, and a string with a command that is not there with 127.",
	.opts = sh_opts, .nopts = countof(sh_opts), .argsize = sizeof(struct sh_args),
	.max = -1, .leads = true, .run = sh_run,
};

#endif
