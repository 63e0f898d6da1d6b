/* opt.c - one table per applet: it parses, it prints help, it writes the
 * manual and the completions.
 *
 * Options and operands may be mixed, as with getopt_long: "--" ends the
 * options, a long name may be shortened while it is unambiguous, letters may
 * stand together.  An option is told what to do by the type of its field; a text
 * without an argument is the option's own word, so of several such the last counts.
 */
#ifndef KML_OPT_C
#define KML_OPT_C

#include "base.c"

enum opt_kind { OPT_BOOL, OPT_COUNT, OPT_TEXT, OPT_NUMBER, OPT_LIST };

struct opt_list { const char **v; size_t n; };  /* an option given several times */
typedef long opt_number;                        /* -1 when it was not given */

struct opt {
	char letter;
	const char *word, *arg, *help;  /* no help: another name, not shown */
	size_t at;                      /* where the value goes in the arguments */
	enum opt_kind kind;
};

/* The kind of an option is the type of the field it fills. */
#define OPT(T, field, letter, word, arg, help) \
	{ letter, word, arg, help, offsetof(T, field), \
	  _Generic(((T *)0)->field, bool: OPT_BOOL, int: OPT_COUNT, opt_number: OPT_NUMBER, \
	           const char *: OPT_TEXT, struct opt_list: OPT_LIST) }

struct applet {
	const char *name, *synopsis, *brief;
	const char *detail;             /* paragraphs for the manual; may be NULL */
	const struct opt *opts;
	size_t nopts, argsize;
	int min, max;                   /* operands; max < 0: any number */
	bool kmod;                      /* messages and statuses are those of kmod */
	bool leads;                     /* the first operand is a command with its own options */
	int (*run)(struct kml *k, struct scope *s, const void *args, char **operands);
};

/* ---- parsing ------------------------------------------------------------- */

/* What every applet is asked for in the same way. */
enum opt_ask { OPT_RUN, OPT_HELP, OPT_VERSION, OPT_MAN };

struct opt_state {
	const struct applet *applet;
	struct scope *s;
	void *args;
	char **argv;                    /* the argument being read */
	enum opt_ask ask;
};

/* These work everywhere, below what the applet's own table says. */
static const struct opt opt_common[] = {
	{ 'h', "help", NULL, "print this help", OPT_HELP, OPT_BOOL },
	{ 'V', "version", NULL, "print the version", OPT_VERSION, OPT_BOOL },
	{ 0, "man", NULL, NULL, OPT_MAN, OPT_BOOL },
	{ 0, "root", "DIR", "resolve every absolute path inside DIR", 0, OPT_TEXT },
};

static const struct opt *opt_letter(const struct applet *a, char letter)
{
	for (size_t i = 0; i < a->nopts; i++)
		if (a->opts[i].letter == letter)
			return &a->opts[i];
	for (size_t i = 0; i < countof(opt_common); i++)
		if (opt_common[i].letter == letter)
			return &opt_common[i];
	return NULL;
}

/* The option that `word` names or begins; none if it begins several that are not
 * names of the same thing. */
static const struct opt *opt_word(const struct applet *a, struct str word, bool *several)
{
	const struct opt *found = NULL;

	*several = false;
	for (size_t i = 0; i < a->nopts + countof(opt_common); i++) {
		const struct opt *o = i < a->nopts ? &a->opts[i] : &opt_common[i - a->nopts];

		if (!o->word || !str_starts(str_of(o->word), word))
			continue;
		if (strlen(o->word) == word.n)
			return *several = false, o;
		*several |= found && (i >= a->nopts || found->at != o->at ||
		                      found->kind != o->kind || !found->arg != !o->arg);
		found = o;
	}
	return *several ? NULL : found;
}

static bool opt_is_common(const struct opt *o)
{
	return o >= opt_common && o < opt_common + countof(opt_common);
}

static void *opt_field(const struct opt_state *st, const struct opt *o)
{
	return (char *)st->args + o->at;
}

static void opt_append(struct scope *s, struct opt_list *l, const char *text)
{
	const char **v = news(s, const char *, l->n + 1);

	if (l->n)
		memcpy(v, l->v, l->n * sizeof *v);
	v[l->n] = text;
	*l = (struct opt_list){ v, l->n + 1 };
}

/* `text` is NULL for an option that takes no argument. */
static int opt_store(struct kml *k, struct opt_state *st, const struct opt *o,
                     const char *text)
{
	void *to = opt_field(st, o);
	uint64_t n;

	if (opt_is_common(o)) {
		if (o->kind == OPT_TEXT)
			k->root = text;
		else
			st->ask = (enum opt_ask)o->at;
		return 0;
	}
	switch (o->kind) {
	case OPT_BOOL:  *(bool *)to = true; break;
	case OPT_COUNT: ++*(int *)to; break;
	case OPT_TEXT:  *(const char **)to = text ? text : o->word; break;
	case OPT_LIST:  opt_append(st->s, to, text); break;
	case OPT_NUMBER:
		if (!str_uint(str_of(text), &n) || n > LONG_MAX)
			return fail(k, KML_USAGE, "--%s needs a number, not '%s'", o->word, text);
		*(opt_number *)to = (opt_number)n;
	}
	return 0;
}

static bool opt_has_arg(const struct opt *o)
{
	return o->arg && o->kind != OPT_BOOL && o->kind != OPT_COUNT;
}

static int opt_parse_word(struct kml *k, struct opt_state *st)
{
	struct str rest = str_of(*st->argv + 2), word = str_take(&rest, '=');
	bool several;
	const struct opt *o = opt_word(st->applet, word, &several);
	bool has_value = word.p[word.n] == '=';
	const char *text = has_value ? rest.p : NULL;

	if (!o)
		return fail(k, KML_USAGE, several ? "option '--%.*s' is ambiguous" :
		            "unrecognized option '--%.*s'", FMT(word));
	if (!opt_has_arg(o) && has_value)
		return fail(k, KML_USAGE, "option '--%s' doesn't allow an argument", o->word);
	if (opt_has_arg(o) && !text && !(text = *++st->argv))
		return fail(k, KML_USAGE, "option '--%s' requires an argument", o->word);
	return opt_store(k, st, o, text);
}

static int opt_parse_letters(struct kml *k, struct opt_state *st)
{
	int r = 0;

	for (const char *p = *st->argv + 1; r == 0 && *p; p++) {
		const struct opt *o = opt_letter(st->applet, *p);
		const char *text;

		if (!o)
			return fail(k, KML_USAGE, "invalid option -- '%c'", *p);
		if (!opt_has_arg(o)) {
			r = opt_store(k, st, o, NULL);
			continue;
		}
		text = p[1] ? p + 1 : *++st->argv;
		return text ? opt_store(k, st, o, text) :
			fail(k, KML_USAGE, "option requires an argument -- '%c'", *p);
	}
	return r;
}

/* Fill `args` (applet->argsize zeroed bytes) from argv; *operands is what is
 * left, ended by NULL.  argv[0] is the applet's name.  Asked for help or the
 * like, *ask says so and the number of operands does not matter. */
static int opt_parse(struct kml *k, struct scope *s, const struct applet *a, char **argv,
                     void *args, char ***operands, enum opt_ask *ask)
{
	struct opt_state st = { a, s, args, argv, OPT_RUN };
	size_t argc = 0, n = 0;
	bool only = false;
	int r = 0;

	while (argv[argc])
		argc++;
	*operands = news(s, char *, argc + 1);
	for (size_t i = 0; i < a->nopts; i++)
		if (a->opts[i].kind == OPT_NUMBER)
			*(opt_number *)opt_field(&st, &a->opts[i]) = -1;
	for (st.argv++; *st.argv && r == 0; st.argv++) {
		const char *p = *st.argv;

		if (only || p[0] != '-' || !p[1])
			(*operands)[n++] = *st.argv, only |= a->leads;
		else if (!strcmp(p, "--"))
			only = true;
		else
			r = p[1] == '-' ? opt_parse_word(k, &st) : opt_parse_letters(k, &st);
		if (!*st.argv)
			break;
	}
	*ask = st.ask;
	if (r == 0 && !st.ask && (n < (size_t)a->min || (a->max >= 0 && n > (size_t)a->max)))
		return fail(k, KML_USAGE, "expected: %s%s%s%s", a->kmod ? "" : "kml ", a->name,
		            *a->synopsis ? " " : "", a->synopsis);
	return r;
}

/* ---- what the table says to people --------------------------------------- */

static void opt_help_line(const struct opt *o, FILE *out)
{
	int n = o->letter ? fprintf(out, "  -%c", o->letter) : fprintf(out, "    ");

	if (o->word)
		n += fprintf(out, "%s--%s", o->letter ? ", " : "  ", o->word);
	if (o->arg)
		n += fprintf(out, " %s", o->arg);
	fprintf(out, "%*s%s\n", n < 30 ? 30 - n : 1, "", o->help);
}

static void opt_help(const struct applet *a, FILE *out)
{
	fprintf(out, "usage: %s%s%s%s\n\n%s\n\n", a->kmod ? "" : "kml ", a->name,
	        *a->synopsis ? " " : "", a->synopsis, a->brief);
	for (size_t i = 0; i < a->nopts; i++)
		if (a->opts[i].help)
			opt_help_line(&a->opts[i], out);
	for (size_t i = 0; i < countof(opt_common); i++)
		if (opt_common[i].help)
			opt_help_line(&opt_common[i], out);
}

static void opt_man_option(const struct opt *o, FILE *out)
{
	fputs(".It", out);
	if (o->letter)
		fprintf(out, " Fl %c%s", o->letter, o->word ? " ," : "");
	if (o->word)
		fprintf(out, " Fl -%s", o->word);
	if (o->arg)
		fprintf(out, " Ar %s", o->arg);
	fprintf(out, "\n%c%s.\n", o->help[0] >= 'a' && o->help[0] <= 'z' ?
	        o->help[0] - 'a' + 'A' : o->help[0], o->help + 1);
}

/* The same table as a manual page; man/ is written by this and kept in git. */
static void opt_man(const struct applet *a, FILE *out)
{
	size_t brief = strlen(a->brief);

	fprintf(out, ".\\\" written by `make man` from the option table of %s\n"
	        ".Dd $Mdocdate$\n.Dt KML-%s 8\n.Os\n.Sh NAME\n.Nm kml-%s\n.Nd %.*s\n"
	        ".Sh SYNOPSIS\n.Nm kml %s\n%s\n", a->name, a->name, a->name,
	        (int)(brief && a->brief[brief - 1] == '.' ? brief - 1 : brief), a->brief,
	        a->name, a->synopsis);
	fprintf(out, ".Sh DESCRIPTION\n%s\n", a->brief);
	if (a->detail)
		fprintf(out, ".Pp\n%s\n", a->detail);
	fputs(".Sh OPTIONS\n.Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < a->nopts; i++)
		if (a->opts[i].help)
			opt_man_option(&a->opts[i], out);
	for (size_t i = 0; i < countof(opt_common); i++)
		if (opt_common[i].help)
			opt_man_option(&opt_common[i], out);
	fputs(".El\n.Sh SEE ALSO\n.Xr kml 8\n", out);
}

/* The words that a shell may complete after `kml NAME`, on one line. */
static void opt_words(const struct applet *a, FILE *out)
{
	for (size_t i = 0; i < a->nopts; i++)
		if (a->opts[i].help && a->opts[i].word)
			fprintf(out, "--%s ", a->opts[i].word);
	fputs("--help --version --root", out);
}

#endif
