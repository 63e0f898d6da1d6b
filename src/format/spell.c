/* spell.c - how a regular expression spells characters: escapes and classes.
 *
 * The syntax is RE2's as Go has it: \f is a form feed and \e nothing at all,
 * a class may hold classes by name (\d, \pL, [:alpha:]), and with (?i) a class
 * has the other cases of its members before it is negated.
 */
#ifndef KML_SPELL_C
#define KML_SPELL_C

#include "../ground/base.c"
#include "rune.c"

/* A place in a pattern. */
struct spell {
	struct kml *k;
	struct scope *s;                /* for sets */
	struct str text, rest;          /* all of it, and what is to be read */
	unsigned flags;                 /* SPELL_... of (?imsU) */
};

enum { SPELL_FOLD = 1, SPELL_MULTI = 2, SPELL_DOTALL = 4, SPELL_LAZY = 8 };

/* ---- saying where -------------------------------------------------------- */

/* As much of a pattern, or of any text, as a sentence has room for. */
static struct str spell_shown(struct str t, size_t most)
{
	bool valid;
	struct str rest = t;

	while (rest.n && t.n - rest.n < most)
		rune_take(&rest, &valid);
	t.n -= rest.n;
	return t;
}

/* Refuse what stands at `at`, up to where the parser is. */
static int spell_bad(const struct spell *p, struct str at, const char *why)
{
	struct str before = { p->text.p, p->text.n - at.n };
	size_t count = 1;
	bool valid;

	for (; before.n; count++)
		rune_take(&before, &valid);
	at.n -= p->rest.n;
	return fail(p->k, KML_BAD, "character %zu of '%.*s', '%.*s': %s", count,
	            FMT(spell_shown(p->text, 200)), FMT(spell_shown(at, 24)), why);
}

static int spell_next(struct spell *p, uint32_t *r)
{
	struct str at = p->rest;
	bool valid;

	if (!p->rest.n)
		return *r = UINT32_MAX, 0;
	*r = rune_take(&p->rest, &valid);
	return valid ? 0 : spell_bad(p, at, "the pattern is not UTF-8 text");
}

static bool spell_eat(struct spell *p, struct str token)
{
	bool there = str_starts(p->rest, token);

	if (there)
		p->rest = str_from(p->rest, token.n);
	return there;
}

static bool spell_digit(struct str t) { return t.n && t.p[0] >= '0' && t.p[0] <= '9'; }

static bool spell_word(uint32_t r)
{
	return (r >= '0' && r <= '9') || (r >= 'A' && r <= 'Z') || (r >= 'a' && r <= 'z') ||
	       r == '_';
}

/* ---- escapes and classes ------------------------------------------------- */

static int spell_hex_digit(uint32_t r)
{
	return r >= '0' && r <= '9' ? (int)r - '0' : r >= 'a' && r <= 'f' ? (int)r - 'a' + 10 :
	       r >= 'A' && r <= 'F' ? (int)r - 'A' + 10 : -1;
}

/* What follows "\x": two digits, or any number of them in braces. */
static int spell_hex(struct spell *p, struct str at, uint32_t *out)
{
	static const char *why = "\\x wants two hexadecimal digits, or some in braces, "
	                         "up to \\x{10FFFF}";
	bool braces = spell_eat(p, S("{"));
	int digits = 0;

	for (*out = 0; braces || digits < 2; digits++) {
		uint32_t c;
		int v, r = spell_next(p, &c);

		if (r < 0)
			return r;
		if (braces && c == '}' && digits)
			return 0;
		if ((v = spell_hex_digit(c)) < 0 || (*out = *out * 16 + (uint32_t)v) > RUNE_MAX)
			return spell_bad(p, at, why);
	}
	return 0;
}

/* The character that the escape at the front of the rest stands for. */
static int spell_escape(struct spell *p, uint32_t *out)
{
	static const char from[] = "afnrtv", to[] = "\a\f\n\r\t\v";
	struct str at = p->rest;
	const char *known;
	uint32_t c;
	int r;

	p->rest = str_from(p->rest, 1);
	if ((r = spell_next(p, &c)) < 0)
		return r;
	if (c == 'x')
		return spell_hex(p, at, out);
	if (c == '0' || (c >= '1' && c <= '7' && spell_digit(p->rest) && p->rest.p[0] < '8')) {
		*out = c - '0';
		for (int i = 0; i < 2 && spell_digit(p->rest) && p->rest.p[0] < '8'; i++) {
			*out = *out * 8 + (uint32_t)(p->rest.p[0] - '0');
			p->rest = str_from(p->rest, 1);
		}
		return 0;
	}
	known = c && c < 0x80 ? strchr(from, (int)c) : NULL;
	*out = known ? (uint32_t)(unsigned char)to[known - from] : c;
	if (known || (c < 0x80 && (c == '_' || !spell_word(c))))
		return 0;
	if (c == UINT32_MAX)
		return spell_bad(p, at, "a backslash at the end escapes nothing");
	return spell_bad(p, at, c >= '1' && c <= '9' ? "RE2 has no references to groups" :
	                   "no such escape in RE2 (a dot is written \\.)");
}

/* A class by its name: which, all but it, or every character there is. */
struct spell_name { const struct rune_class *class; bool negate, unicode, any; };

/* [:alpha:], inside brackets; without an end it is no name. */
static bool spell_posix(struct spell *p, struct spell_name *out)
{
	struct str at = p->rest, name = str_from(at, 2);

	if (at.n < 3 || at.p[0] != '[' || at.p[1] != ':')
		return false;
	name.n = 0;
	while (name.n + 4 <= at.n && memcmp(name.p + name.n, ":]", 2))
		name.n++;
	if (name.n + 4 > at.n)
		return false;
	p->rest = str_from(at, name.n + 4);
	out->negate = name.n && name.p[0] == '^';
	out->class = rune_class_find(rune_posix, countof(rune_posix), str_from(name, out->negate));
	return true;
}

/* \d \s \w, and \D \S \W. */
static bool spell_perl(struct spell *p, struct spell_name *out)
{
	char c = p->rest.n > 1 && p->rest.p[0] == '\\' ? p->rest.p[1] : '\0';
	char low = (char)(c | 0x20);

	out->class = c ? rune_class_find(rune_perl, countof(rune_perl), (struct str){ &low, 1 }) : NULL;
	if (!out->class)
		return false;
	out->negate = c < 'a';
	p->rest = str_from(p->rest, 2);
	return true;
}

/* \pL \p{Greek} \p{^Greek}, and \P for all others. */
static int spell_unicode(struct spell *p, struct spell_name *out)
{
	struct str at = p->rest, name = str_from(at, 2);
	uint32_t c;
	int r;

	out->unicode = at.n > 1 && at.p[0] == '\\' && (at.p[1] | 0x20) == 'p';
	if (!out->unicode)
		return 0;
	p->rest = name;
	if ((r = spell_next(p, &c)) < 0)
		return r;
	name.n -= p->rest.n;
	if (c == '{') {
		name = str_take(&p->rest, '}');
		if (name.p + name.n == at.p + at.n)
			name.n = 0;
	}
	out->negate = (at.p[1] == 'P') != (name.n && name.p[0] == '^');
	name = str_from(name, name.n && name.p[0] == '^');
	out->class = rune_class_find(rune_unicode, countof(rune_unicode), name);
	out->any = str_eq(name, S("Any"));
	return 0;
}

/* A class by name at the front of the rest is added to the set; *is says
 * whether there was one. */
static int spell_class(struct spell *p, struct rune_set *set, bool brackets, bool *is)
{
	struct spell_name name = { 0 };
	struct str at = p->rest;
	int r = 0;

	*is = (brackets && spell_posix(p, &name)) || spell_perl(p, &name);
	if (!*is && (r = spell_unicode(p, &name)) == 0)
		*is = name.unicode;
	if (r < 0 || !*is)
		return r;
	if (name.any && !name.negate)
		rune_add(set, 0, RUNE_MAX);
	else if (!name.any && !name.class)
		return spell_bad(p, at, name.unicode ? "no class of Unicode that kml knows" :
		                  "no such class; there are [[:alpha:]], [[:digit:]] and others");
	if (name.class)
		rune_add_class(set, name.class, p->flags & SPELL_FOLD, name.negate, name.unicode);
	return 0;
}

static int spell_class_char(struct spell *p, struct str open, uint32_t *out)
{
	if (!p->rest.n)
		return spell_bad(p, open, "the class is not closed by ']'");
	return p->rest.p[0] == '\\' ? spell_escape(p, out) : spell_next(p, out);
}

/* One character or range of a class. */
static int spell_class_range(struct spell *p, struct str open, struct rune_set *set)
{
	struct rune_set one = { .b.s = p->s };
	struct str at = p->rest;
	uint32_t lo, hi;
	int r = spell_class_char(p, open, &lo);

	hi = lo;
	if (r == 0 && p->rest.n > 1 && p->rest.p[0] == '-' && p->rest.p[1] != ']') {
		p->rest = str_from(p->rest, 1);
		r = spell_class_char(p, open, &hi);
	}
	if (r < 0)
		return r;
	if (hi < lo)
		return spell_bad(p, at, "the range ends before it begins");
	rune_add(&one, lo, hi);
	if (p->flags & SPELL_FOLD)
		rune_fold(&one);
	rune_add_set(set, &one);
	return 0;
}

/* A class in brackets, added to the empty set *set. */
static int spell_brackets(struct spell *p, struct rune_set *set)
{
	struct str open = p->rest;
	bool negate, first = true, class;
	int r = 0;

	p->rest = str_from(p->rest, 1);
	negate = spell_eat(p, S("^"));
	for (; r == 0 && (first || !p->rest.n || p->rest.p[0] != ']'); first = false) {
		if ((r = spell_class(p, set, true, &class)) == 0 && !class)
			r = spell_class_range(p, open, set);
	}
	if (r < 0)
		return r;
	p->rest = str_from(p->rest, 1);
	rune_tidy(set);
	if (negate)
		rune_negate(set);
	return 0;
}

#endif
