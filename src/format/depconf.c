/* depconf.c - the lines of depmod.d: which of several modules of a name counts.
 *
 *   search DIR...               directories, the first ranks highest; "built-in" stands
 *                               for all that is not named, "external" for those of the
 *                               next kind of line; later lines rank below earlier ones
 *   external VERSION DIR        a directory outside the tree, for kernels VERSION
 *   override NAME VERSION DIR   for these, the module NAME is that in DIR
 *   exclude NAME...             files and directories of that name are not looked at
 *
 * VERSION is "*" or an extended regular expression (ere.c).  `include` and
 * `make_map_files` are accepted and mean nothing.  A '\' before a newline joins
 * lines, and before anything else is dropped: an expression has it twice.  '#' begins
 * a comment in the first column.
 */
#ifndef KML_DEPCONF_C
#define KML_DEPCONF_C

#include "../ground/base.c"
#include "ere.c"
#include "modconf.c"

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

/* Does VERSION of a line mean this kernel?  1 or 0; KML_BAD for no expression. */
static int depconf_matches(struct kml *k, const struct depconf *c, struct str version)
{
	struct scope *t;
	struct ere e;
	int r;

	if (str_eq(version, S("*")))
		return 1;
	t = scope_begin(c->s);
	r = ere_of(k, t, version, &e);
	r = r < 0 ? fail_in(k, r, "'%.*s' is not a regular expression", FMT(version)) :
	            ere_match(t, &e, str_of(c->version));
	scope_end(t);
	return r;
}

static int depconf_words(struct depconf *c, struct depconf_list *l, struct str words)
{
	for (struct str word; (word = str_word(&words)).n && l->n < DEPCONF_LARGEST;)
		depconf_add(c, l, word);
	return 0;
}

/* VERSION DIR for one kind of line; for the other, whose first word is `name`, too. */
static int depconf_for(struct kml *k, struct depconf *c, struct depconf_list *l,
                       struct str name, struct str words)
{
	struct str version = str_word(&words), dir = str_word(&words);
	int r;

	if (!dir.n || l->n >= DEPCONF_LARGEST)
		return fail(k, KML_BAD, "%s", "");
	if (name.n)
		dir = str_of(scope_format(c->s, "%.*s/%.*s", FMT(dir), FMT(name)));
	if ((r = depconf_matches(k, c, version)) > 0)
		depconf_add(c, l, dir);
	return r < 0 ? r : 0;
}

/* One line, already joined, after its first word; what there is to say of a bad one
 * beside that is said. */
static int depconf_line(struct kml *k, struct depconf *c, struct str word, struct str line)
{
	if (str_eq(word, S("search")))
		return depconf_words(c, &c->search, line);
	if (str_eq(word, S("exclude")))
		return depconf_words(c, &c->exclude, line);
	if (str_eq(word, S("external")))
		return depconf_for(k, c, &c->external, S(""), line);
	if (str_eq(word, S("override"))) {
		word = str_word(&line);
		return depconf_for(k, c, &c->override, word, line);
	}
	return str_eq(word, S("include")) || str_eq(word, S("make_map_files")) ? 0 :
		fail(k, KML_BAD, "%s", "");
}

/* Read the file `name` with the content `text` into *c; say what is odd. */
static void depconf_parse(struct kml *k, struct depconf *c, const char *name, struct str text)
{
	struct scope *t = scope_begin(c->s);
	unsigned number = 0;

	while (text.n) {
		struct str line = modconf_join(t, &text, &number), word;

		if (!str_trim(line).n || line.p[0] == '#')
			continue;
		word = str_word(&line);
		if (depconf_line(k, c, word, line) < 0)
			note(k, KML_ERROR, "%s:%u: ignoring bad line starting with '%.*s'%s%s",
			     name, number, FMT(word), *k->msg ? ": " : "", k->msg);
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
