/* depconf.c - the lines of depmod.d: which of several modules of a name counts.
 *
 *   search DIR...               directories, the first ranks highest; "built-in" stands
 *                               for all that is not named, "external" for those of the
 *                               next kind of line; later lines rank below earlier ones
 *   external VERSION DIR        a directory outside the tree, for kernels VERSION
 *   override NAME VERSION DIR   for these, the module NAME is that in DIR
 *   exclude NAME...             files and directories of that name are not looked at
 *
 * VERSION is "*" or an extended regular expression.  `include` and
 * `make_map_files` are accepted and mean nothing.  A '\' before a newline joins
 * lines; '#' begins a comment in the first column.
 */
#ifndef KML_DEPCONF_C
#define KML_DEPCONF_C

#include "../ground/base.c"
#include <regex.h>

enum { DEPCONF_LARGEST = 4096 };        /* lines of one kind */

struct depconf_list { struct str *v; size_t n; };

struct depconf {
	struct scope *s;
	const char *version;            /* of the kernel whose modules these are */
	struct depconf_list search, external, exclude;
	struct depconf_list override;   /* DIR/NAME; the last counts first */
};

static void depconf_add(struct depconf *c, struct depconf_list *l, struct str text)
{
	if (l->n % 16 == 0) {
		struct str *v = news(c->s, struct str, l->n + 16);

		if (l->n)
			memcpy(v, l->v, l->n * sizeof *v);
		l->v = v;
	}
	l->v[l->n++] = scope_str(c->s, text);
}

/* Does VERSION of a line mean this kernel?  An expression that is none does not. */
static bool depconf_matches(const struct depconf *c, struct str version)
{
	const char *text = scope_text(c->s, version);
	regex_t re;
	bool yes;

	if (str_eq(version, S("*")))
		return true;
	if (regcomp(&re, text, REG_EXTENDED | REG_NOSUB))
		return false;
	yes = regexec(&re, c->version, 0, NULL, 0) == 0;
	regfree(&re);
	return yes;
}

/* One line, already joined; false when it is not understood. */
static bool depconf_line(struct depconf *c, struct str line)
{
	struct str word = str_word(&line), a, b, dir;

	if (str_eq(word, S("search"))) {
		while ((a = str_word(&line)).n && c->search.n < DEPCONF_LARGEST)
			depconf_add(c, &c->search, a);
	} else if (str_eq(word, S("exclude"))) {
		while ((a = str_word(&line)).n && c->exclude.n < DEPCONF_LARGEST)
			depconf_add(c, &c->exclude, a);
	} else if (str_eq(word, S("external"))) {
		a = str_word(&line), dir = str_word(&line);
		if (!dir.n || c->external.n >= DEPCONF_LARGEST)
			return false;
		if (depconf_matches(c, a))
			depconf_add(c, &c->external, dir);
	} else if (str_eq(word, S("override"))) {
		a = str_word(&line), b = str_word(&line), dir = str_word(&line);
		if (!dir.n || c->override.n >= DEPCONF_LARGEST)
			return false;
		dir = str_of(scope_format(c->s, "%.*s/%.*s", FMT(dir), FMT(a)));
		if (depconf_matches(c, b))
			depconf_add(c, &c->override, dir);
	} else {
		return str_eq(word, S("include")) || str_eq(word, S("make_map_files"));
	}
	return true;
}

/* Read the file `name` with the content `text` into *c; say what is odd. */
static void depconf_parse(struct kml *k, struct depconf *c, const char *name, struct str text)
{
	struct scope *t = scope_begin(c->s);
	unsigned number = 0;

	while (text.n) {
		struct buf b = { .s = t };
		unsigned first = ++number;
		struct str line = str_take(&text, '\n'), word;

		for (; str_ends(line, S("\\")) && text.n; number++) {
			buf_add(&b, (struct str){ line.p, line.n - 1 });
			line = str_take(&text, '\n');
		}
		buf_add(&b, line);
		line = buf_str(&b);
		if (!str_trim(line).n || line.p[0] == '#')
			continue;
		word = line;
		word = str_word(&word);
		if (!depconf_line(c, line))
			note(k, KML_ERROR, "%s:%u: ignoring bad line starting with '%.*s'", name,
			     first, FMT(word));
	}
	scope_end(t);
}

/* ---- what it decides ----------------------------------------------------- */

/* Is `path` the directory `dir` or below it? */
static bool depconf_below(struct str path, struct str dir)
{
	while (dir.n && dir.p[dir.n - 1] == '/')
		dir.n--;
	return dir.n && str_starts(path, dir) && (path.n == dir.n || path.p[dir.n] == '/');
}

/* The place of a module in the order of the search lines: the lowest wins.
 * `path` is relative to the module directory, or absolute for an external one. */
static size_t depconf_rank(const struct depconf *c, struct str path)
{
	static const struct str usual[] = { { "updates", 7 }, { "built-in", 8 } };
	const struct str *v = c->search.n ? c->search.v : usual;
	size_t n = c->search.n ? c->search.n : countof(usual), rest = n;
	struct str other = path.n && path.p[0] == '/' ? S("external") : S("built-in");

	for (size_t i = 0; i < n; i++) {
		if (depconf_below(path, v[i]))
			return i;
		if (rest == n && str_eq(v[i], other))
			rest = i;
	}
	return rest;
}

/* Does the module at `a` (a path without .ko and what follows) beat the one of
 * the same name at `b`, which was found first? */
static bool depconf_beats(const struct depconf *c, struct str a, struct str b)
{
	for (size_t i = c->override.n; i-- > 0;) {
		if (str_eq(c->override.v[i], a))
			return true;
		if (str_eq(c->override.v[i], b))
			return false;
	}
	return depconf_rank(c, a) < depconf_rank(c, b);
}

static bool depconf_excludes(const struct depconf *c, struct str name)
{
	for (size_t i = 0; i < c->exclude.n; i++)
		if (str_eq(c->exclude.v[i], name))
			return true;
	return false;
}

#endif
