/* modconf.c - modprobe.d: what the machine's owner wants of its modules.
 *
 *     alias WILD NAME         WILD is also called NAME
 *     blacklist NAME          not for its aliases' sake
 *     options NAME TEXT       parameters
 *     install NAME COMMAND    run this instead of loading it
 *     remove NAME COMMAND     run this instead of unloading it
 *     softdep NAME pre: A B post: C
 *     weakdep NAME A B        for makers of an initramfs; nothing is loaded
 *
 * One line each; a backslash at its end joins the next.  '#' begins a comment in
 * the first column only.  A bad line is told and skipped: a machine must boot
 * with what is left.  The kernel's command line adds options and blacklists:
 * MODULE.PARAM=VALUE and modprobe.blacklist=A,B (modprobe.d(5)).
 *
 * Lists keep the order of reading; all names are normalised (modname.c).
 */
#ifndef KML_MODCONF_C
#define KML_MODCONF_C

#include "../ground/base.c"
#include "glob.c"
#include "modname.c"

/* In the order in which `modprobe -c` prints them. */
enum modconf_kind {
	MODCONF_BLACKLIST, MODCONF_INSTALL, MODCONF_REMOVE, MODCONF_ALIAS, MODCONF_OPTIONS,
	MODCONF_SOFTDEP, MODCONF_WEAKDEP, MODCONF_KINDS
};

static const char *const modconf_words[] = {
	"blacklist", "install", "remove", "alias", "options", "softdep", "weakdep",
};

struct modconf_line {
	struct modconf_line *next;
	struct str name, text;
	const char *file;               /* the same pointer for all lines of a file */
};

struct modconf_list { struct modconf_line *first, *last; };

struct modconf { struct modconf_list of[MODCONF_KINDS]; };

static void modconf_add(struct scope *s, struct modconf *c, enum modconf_kind kind,
                        struct modconf_line line)
{
	struct modconf_line *l = new(s, struct modconf_line);

	*l = line;
	*(c->of[kind].last ? &c->of[kind].last->next : &c->of[kind].first) = l;
	c->of[kind].last = l;
}

/* ---- lines --------------------------------------------------------------- */

/* The next line of *text, joined; *number counts those of the file.  A
 * backslash before anything but the end of the line is dropped, as ever. */
static struct str modconf_join(struct scope *s, struct str *text, unsigned *number)
{
	struct str raw = { text->p, str_find(*text, '\n') };
	bool plain = str_find(raw, '\\') == raw.n;
	char *p;
	size_t n = 0, i;

	for (i = plain ? raw.n : 0; i < text->n && text->p[i] != '\n'; i++)
		i += text->p[i] == '\\' && i + 1 < text->n;
	raw.n = i < text->n ? i : text->n;
	*text = str_from(*text, raw.n + 1);
	++*number;
	if (plain)
		return raw;
	p = scope_raw(s, raw.n);
	for (i = 0; i < raw.n; i++) {
		if (raw.p[i] == '\\' && (++i == raw.n || raw.p[i] == '\n'))
			*number += i < raw.n;
		else
			p[n++] = raw.p[i];
	}
	return (struct str){ p, n };
}

static bool modconf_space(char c) { return c == ' ' || c == '\t'; }

/* Take a word off the front of *rest and one of the blanks behind it. */
static struct str modconf_word(struct str *rest)
{
	struct str word;

	while (rest->n && modconf_space(rest->p[0]))
		*rest = str_from(*rest, 1);
	word = (struct str){ rest->p, 0 };
	while (word.n < rest->n && !modconf_space(rest->p[word.n]))
		word.n++;
	*rest = str_from(*rest, word.n + 1);
	return word;
}

/* Parameters as the kernel takes them: a tab is a blank. */
static struct str modconf_blanks(struct scope *s, struct str t)
{
	char *p = scope_text(s, t);

	for (size_t i = 0; i < t.n; i++)
		if (p[i] == '\t')
			p[i] = ' ';
	return (struct str){ p, t.n };
}

/* Store a line of `kind`; false when it lacks something. */
static bool modconf_take(struct scope *s, struct modconf *c, enum modconf_kind kind,
                         struct str rest, const char *file)
{
	struct modconf_line l = { .text = S(""), .file = file };

	if (!modname_normal(s, modconf_word(&rest), &l.name) || !l.name.n)
		return false;
	if (kind == MODCONF_ALIAS) {
		if (!modname_normal(s, modconf_word(&rest), &l.text) || !l.text.n)
			return false;
	} else if (kind == MODCONF_OPTIONS) {
		l.text = modconf_blanks(s, rest);
	} else {
		l.text = scope_str(s, rest);
	}
	if (!l.text.n && kind != MODCONF_BLACKLIST)
		return false;
	modconf_add(s, c, kind, l);
	return true;
}

/* Add what the file `file` says; its `text` may go away afterwards. */
static void modconf_read(struct kml *k, struct scope *s, struct modconf *c, const char *file,
                         struct str text)
{
	unsigned number = 0;

	while (text.n) {
		struct str rest = modconf_join(s, &text, &number), word;
		int kind = 0;

		if (rest.n && rest.p[0] == '#')
			continue;
		word = modconf_word(&rest);
		if (!word.n)
			continue;
		while (kind < MODCONF_KINDS && !str_eq(word, str_of(modconf_words[kind])))
			kind++;
		if (str_eq(word, S("include")) || str_eq(word, S("config")))
			note(k, KML_ERROR, "%s: command %.*s is deprecated and not parsed anymore",
			     file, FMT(word));
		else if (kind == MODCONF_KINDS ||
		         !modconf_take(s, c, (enum modconf_kind)kind, rest, file))
			note(k, KML_ERROR, "%s line %u: ignoring bad line starting with '%.*s'",
			     file, number, FMT(word));
	}
}

/* ---- the kernel's command line ------------------------------------------- */

/* Take the next word of the command line; blanks inside quotes do not end it.  A
 * word whose quotes do not is no word. */
static struct str modconf_argument(struct str *rest)
{
	struct str word;
	bool quoted = false;

	*rest = str_trim(*rest);
	word = (struct str){ rest->p, 0 };
	for (; word.n < rest->n && (quoted || !str_blank(rest->p[word.n])); word.n++)
		quoted ^= rest->p[word.n] == '"';
	*rest = str_from(*rest, word.n + 1);
	return quoted ? S("") : word;
}

/* MODULE.PARAM or MODULE.PARAM=VALUE, and no quote before the value. */
static bool modconf_split(struct str word, struct str *module, struct str *param,
                          struct str *value)
{
	*value = word;
	*param = str_take(value, '=');
	if (str_find(*param, '"') < param->n)
		return false;
	*module = (struct str){ param->p, str_find(*param, '.') };
	if (module->n == param->n)
		return false;
	*param = str_from(*param, module->n + 1);
	return str_find(*param, '.') == param->n;
}

static void modconf_blacklist(struct scope *s, struct modconf *c, struct str names)
{
	while (names.n) {
		struct modconf_line l = { .text = S(""), .file = "/proc/cmdline" };

		if (modname_normal(s, str_take(&names, ','), &l.name) && l.name.n)
			modconf_add(s, c, MODCONF_BLACKLIST, l);
	}
}

/* Boot loaders quote a whole word, "mod.p=a b", where mod.p="a b" is meant. */
static void modconf_kernel_word(struct scope *s, struct modconf *c, struct str word)
{
	bool whole = word.n && word.p[0] == '"';
	struct modconf_line l = { .text = S(""), .file = "/proc/cmdline" };
	struct str module, param, value;

	if (!modconf_split(str_from(word, whole), &module, &param, &value) ||
	    !modname_normal(s, module, &l.name))
		return;
	if (whole && (!value.n || value.p[--value.n] != '"'))
		return;
	if (!param.n && !value.n)
		return;
	if (str_eq(module, S("modprobe")) && str_eq(param, S("blacklist"))) {
		if (value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = (struct str){ value.p + 1, value.n - 2 };
		modconf_blacklist(s, c, value);
		return;
	}
	if (whole)
		l.text = str_of(scope_format(s, "%.*s=\"%.*s\"", FMT(param), FMT(value)));
	else
		l.text = scope_str(s, str_from(word, module.n + 1));
	modconf_add(s, c, MODCONF_OPTIONS, l);
}

/* Add what the kernel was booted with, `text` as /proc/cmdline has it: after
 * the files, so that it wins. */
static void modconf_kernel(struct scope *s, struct modconf *c, struct str text)
{
	while (text.n)
		modconf_kernel_word(s, c, modconf_argument(&text));
}

/* ---- asking -------------------------------------------------------------- */

/* Is there a line of `kind` for exactly `name`? */
static bool modconf_named(const struct modconf *c, enum modconf_kind kind, struct str name)
{
	const struct modconf_line *l = c->of[kind].first;

	while (l && !str_eq(l->name, name))
		l = l->next;
	return l;
}

static bool modconf_blacklisted(const struct modconf *c, struct str name)
{
	return modconf_named(c, MODCONF_BLACKLIST, name);
}

/* The first line of `kind` whose pattern matches `name`; NULL if none does. */
static const struct modconf_line *modconf_find(const struct modconf *c, enum modconf_kind kind,
                                               struct str name)
{
	const struct modconf_line *l = c->of[kind].first;

	while (l && !glob_match(l->name, name))
		l = l->next;
	return l;
}

/* The parameters of module `name`, as it is loaded through `alias` (empty: by
 * name), joined by blanks. */
static struct str modconf_options(struct scope *s, const struct modconf *c, struct str name,
                                  struct str alias)
{
	const struct modconf_line *l = c->of[MODCONF_OPTIONS].first;
	struct buf b = { .s = s };

	for (; l; l = l->next) {
		if (!str_eq(l->name, name) && !(alias.n && str_eq(l->name, alias)))
			continue;
		if (b.n)
			buf_byte(&b, ' ');
		buf_add(&b, l->text);
	}
	return buf_str(&b);
}

/* The next module that softdep text *rest names, and when; empty at the end.
 * Words before the first "pre:" or "post:" mean nothing. */
static struct str modconf_softdep(struct str *rest, bool *post, bool *begun)
{
	struct str word;

	while ((word = str_word(rest)).n) {
		if (str_eq(word, S("pre:")) || str_eq(word, S("post:")))
			*begun = true, *post = word.n == 5;
		else if (*begun)
			break;
	}
	return word;
}

#endif
