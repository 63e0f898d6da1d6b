/* syntax.c - regular expressions in the syntax of RE2, as Go reads it, to a tree.
 *
 * kml answers what Go's regexp.MatchString answers, or refuses the pattern
 * with its position and the reason: a silent difference would give a kernel
 * the wrong driver.  Refused beyond what Go refuses are (?<name>...), which
 * came with Go 1.22, characters that Go itself does not treat alike everywhere
 * (U+FFFD and the surrogates), and patterns far larger or deeper than anyone
 * writes.  Where a set rests on Unicode's tables, of which kml has the ASCII
 * part, the pattern is good for ASCII subjects only, and says so.
 */
#ifndef KML_SYNTAX_C
#define KML_SYNTAX_C

#include "../ground/base.c"
#include "rune.c"
#include "spell.c"

enum {
	SYNTAX_BYTES = 2000,           /* length of the text */
	SYNTAX_HEIGHT = 150,           /* of the tree; Go's limit is 1000, over other trees */
	SYNTAX_REPEAT = 1000,          /* as in Go, for all nested {n,m} together */
};

enum syntax_op {
	SYNTAX_RUNE, SYNTAX_SET, SYNTAX_EMPTY, SYNTAX_AND, SYNTAX_OR,
	SYNTAX_STAR, SYNTAX_PLUS, SYNTAX_MAYBE, SYNTAX_TIMES,
	SYNTAX_BEGIN, SYNTAX_END, SYNTAX_LINE_BEGIN, SYNTAX_LINE_END,
	SYNTAX_WORD, SYNTAX_NO_WORD,
};

struct syntax_node {
	enum syntax_op op;
	uint32_t x;                     /* rune, or number of the set */
	int min, max;                   /* max < 0: any number */
	int height;
	struct syntax_node *child, *last, *next;       /* of a list of children */
};

/* A group that is still open. */
struct syntax_frame {
	struct syntax_frame *up;
	struct syntax_node *either, *list;      /* branches; what the newest holds */
	struct str at;
	unsigned flags;                         /* to return to */
};

struct syntax {
	struct spell in;
	struct scope *s;                /* for the tree */
	struct syntax_frame *top;
	int depth;
	struct buf sets;                /* of struct rune_set */
	struct buf names;               /* of groups, "<like><this>" */
};

/* ---- the tree ------------------------------------------------------------ */

static struct syntax_node *syntax_node(struct syntax *p, enum syntax_op op)
{
	struct syntax_node *n = new(p->s, struct syntax_node);

	n->op = op;
	n->height = 1;
	return n;
}

static int syntax_append(struct syntax *p, struct syntax_node *parent,
                          struct syntax_node *child)
{
	if (child->height >= SYNTAX_HEIGHT)
		return spell_bad(&p->in, p->in.rest, "groups and repetitions are nested too deeply");
	if (parent->height <= child->height)
		parent->height = child->height + 1;
	if (parent->last)
		parent->last->next = child;
	else
		parent->child = child;
	parent->last = child;
	return 0;
}

/* A node for the finished set.  One character that Go would turn into text is
 * refused where that text is ambiguous to Go. */
static int syntax_set(struct syntax *p, struct rune_set *set, struct str at,
                       struct syntax_node **out)
{
	size_t n;
	const struct rune_range *v = rune_ranges(set, &n);

	if (n == 1 && v[0].lo == v[0].hi && v[0].lo == RUNE_BAD)
		return spell_bad(&p->in, at, "U+FFFD stands for bytes that are no text; leave it out");
	*out = syntax_node(p, SYNTAX_SET);
	(*out)->x = (uint32_t)(p->sets.n / sizeof *set);
	buf_add(&p->sets, (struct str){ (char *)set, sizeof *set });
	return 0;
}

static int syntax_literal(struct syntax *p, uint32_t r, struct str at,
                           struct syntax_node **out)
{
	struct rune_set set = { .b.s = p->in.s };

	if (r == RUNE_BAD || (r >= 0xd800 && r <= 0xdfff))
		return spell_bad(&p->in, at, "this is no character that text can hold");
	if (p->in.flags & SPELL_FOLD) {
		rune_add(&set, r, r);
		rune_fold(&set);
		return syntax_set(p, &set, at, out);
	}
	*out = syntax_node(p, SYNTAX_RUNE);
	(*out)->x = r;
	return 0;
}

/* ---- repetition ---------------------------------------------------------- */

/* All nested {n,m} together may ask for `left` repetitions. */
static bool syntax_repeat_fits(const struct syntax_node *n, int left)
{
	if (n->op == SYNTAX_TIMES) {
		int most = n->max < 0 ? n->min : n->max;

		if (n->max == 0)
			return true;
		if (most > left)
			return false;
		left = most ? left / most : left;
	}
	for (const struct syntax_node *c = n->child; c; c = c->next)
		if (!syntax_repeat_fits(c, left))
			return false;
	return true;
}

/* A number without needless zeros; one too large for any use is SYNTAX_REPEAT + 1. */
static bool syntax_number(struct str *t, int *out)
{
	if (!spell_digit(*t) || (t->p[0] == '0' && spell_digit(str_from(*t, 1))))
		return false;
	for (*out = 0; spell_digit(*t); *t = str_from(*t, 1))
		*out = *out > SYNTAX_REPEAT ? *out : *out * 10 + (t->p[0] - '0');
	return true;
}

/* {n}, {n,} or {n,m}; anything else that begins with a brace is text. */
static bool syntax_braces(struct str *t, int *min, int *max)
{
	struct str rest = str_from(*t, 1);

	if (!syntax_number(&rest, min))
		return false;
	*max = *min;
	if (rest.n && rest.p[0] == ',') {
		rest = str_from(rest, 1);
		*max = -1;
		if (rest.n && rest.p[0] != '}' && !syntax_number(&rest, max))
			return false;
	}
	if (!rest.n || rest.p[0] != '}')
		return false;
	*t = str_from(rest, 1);
	return true;
}

/* A repetition at the front of the rest?  Then it is read into *out. */
static bool syntax_repeat(struct syntax *p, struct syntax_node *out)
{
	static const char signs[] = "*+?";
	const char *sign = p->in.rest.n && p->in.rest.p[0] ? strchr(signs, p->in.rest.p[0]) : NULL;

	*out = (struct syntax_node){ .height = 1 };
	if (sign) {
		out->op = (enum syntax_op)(SYNTAX_STAR + (sign - signs));
		p->in.rest = str_from(p->in.rest, 1);
	} else if (p->in.rest.n && p->in.rest.p[0] == '{' &&
	           syntax_braces(&p->in.rest, &out->min, &out->max)) {
		out->op = SYNTAX_TIMES;
	} else {
		return false;
	}
	spell_eat(&p->in, S("?"));         /* lazy or not, the same texts match */
	return true;
}

/* Put the repetition around the last child of the list. */
static int syntax_repeat_last(struct syntax *p, struct str at,
                               struct syntax_node *list, struct syntax_node how)
{
	struct syntax_node *inner, *outer = list->last;
	int r;

	if (!outer)
		return spell_bad(&p->in, at, "there is nothing to repeat before it");
	if (how.min > SYNTAX_REPEAT || how.max > SYNTAX_REPEAT ||
	    (how.max >= 0 && how.max < how.min))
		return spell_bad(&p->in, at, "a repetition is {n,m} with n not above m, up to 1000");
	inner = new(p->s, struct syntax_node);
	*inner = *outer;
	inner->next = NULL;
	*outer = how;
	if ((r = syntax_append(p, outer, inner)) < 0)
		return r;
	if (list->height <= outer->height)
		list->height = outer->height + 1;
	if (how.op == SYNTAX_TIMES && (how.min > 1 || how.max > 1) &&
	    !syntax_repeat_fits(outer, SYNTAX_REPEAT))
		return spell_bad(&p->in, at, "nested repetitions make more than 1000 copies");
	return 0;
}

/* ---- groups, and what they hold ------------------------------------------ */

/* The name of (?P<name>...), which must be a new one. */
static int syntax_group_name(struct syntax *p, struct str at)
{
	struct str name = { p->in.rest.p, str_find(p->in.rest, '>') };
	struct buf all = p->names;
	size_t from = all.n;

	if (!name.n || name.n == p->in.rest.n)
		return spell_bad(&p->in, at, "a named group is written (?P<name>...)");
	for (size_t i = 0; i < name.n; i++)
		if (!spell_word((unsigned char)name.p[i]))
			return spell_bad(&p->in, at, "the name of a group has letters, digits and '_' only");
	p->in.rest = str_from(p->in.rest, name.n + 1);
	buf_byte(&all, '<');
	buf_add(&all, name);
	buf_byte(&all, '>');
	if (from && memmem(all.p, from, all.p + from, all.n - from))
		return spell_bad(&p->in, at, "two groups have the same name");
	p->names = all;
	return 0;
}

/* The flags behind "(?", up to ':' or ')'; *group says which of these. */
static int syntax_flags(struct syntax *p, struct str at, bool *group)
{
	static const char letters[] = "imsU";
	static const unsigned bits[] = { SPELL_FOLD, SPELL_MULTI, SPELL_DOTALL, SPELL_LAZY };
	bool off = false, seen = false;
	unsigned flags = p->in.flags;

	for (;;) {
		uint32_t c;
		const char *flag;
		int r = spell_next(&p->in, &c);

		if (r < 0)
			return r;
		flag = c && c < 0x80 ? strchr(letters, (int)c) : NULL;
		if (flag) {
			unsigned bit = bits[flag - letters];

			flags = off ? flags & ~bit : flags | bit;
			seen = true;
		} else if (c == '-' && !off) {
			off = true;
			seen = false;
		} else if ((c == ':' || c == ')') && (!off || seen)) {
			*group = c == ':';
			p->in.flags = flags;
			return 0;
		} else {
			return spell_bad(&p->in, at, "RE2 has groups (...), (?:...), (?P<name>...), "
			                  "(?i) and (?i:...), with the flags i m s U");
		}
	}
}

static void syntax_open(struct syntax *p, struct str at, unsigned flags)
{
	struct syntax_frame *f = new(p->s, struct syntax_frame);

	*f = (struct syntax_frame){ p->top, syntax_node(p, SYNTAX_OR), NULL, at, flags };
	f->list = syntax_node(p, SYNTAX_AND);
	p->top = f;
	p->depth++;
}

/* End a branch: what it holds becomes a child of the alternation. */
static int syntax_branch(struct syntax *p)
{
	struct syntax_frame *f = p->top;
	struct syntax_node *list = f->list;

	f->list = syntax_node(p, SYNTAX_AND);
	if (!list->child)
		list->op = SYNTAX_EMPTY;
	return syntax_append(p, f->either, list->child && !list->child->next ? list->child : list);
}

/* End the innermost group. */
static int syntax_close(struct syntax *p, struct syntax_node **out)
{
	struct syntax_node *either = p->top->either;
	int r = syntax_branch(p);

	p->in.flags = p->top->flags;
	p->top = p->top->up;
	p->depth--;
	*out = either->child && !either->child->next ? either->child : either;
	return r;
}

/* '(': a group, or flags for the rest of the group they stand in. */
static int syntax_group(struct syntax *p)
{
	unsigned flags = p->in.flags;
	struct str at = p->in.rest;
	bool group = true;
	int r = 0;

	p->in.rest = str_from(p->in.rest, 1);
	if (spell_eat(&p->in, S("?P<")))
		r = syntax_group_name(p, at);
	else if (spell_eat(&p->in, S("?")))
		r = syntax_flags(p, at, &group);
	if (r < 0 || !group)
		return r;
	if (p->depth >= SYNTAX_HEIGHT)
		return spell_bad(&p->in, at, "groups are nested too deeply");
	syntax_open(p, at, flags);
	return 0;
}

static int syntax_group_end(struct syntax *p)
{
	struct syntax_node *node;
	struct str at = p->in.rest;
	int r;

	p->in.rest = str_from(p->in.rest, 1);
	if (!p->top->up)
		return spell_bad(&p->in, at, "a ')' that closes no group");
	if ((r = syntax_close(p, &node)) < 0)
		return r;
	return syntax_append(p, p->top->list, node);
}

/* \Q...\E, or \Q to the end: text, whatever is in it. */
static int syntax_quote(struct syntax *p)
{
	struct syntax_node *node;
	int r = 0;

	while (r == 0 && p->in.rest.n && !spell_eat(&p->in, S("\\E"))) {
		struct str at = p->in.rest;
		uint32_t c;

		if ((r = spell_next(&p->in, &c)) == 0 && (r = syntax_literal(p, c, at, &node)) == 0)
			r = syntax_append(p, p->top->list, node);
	}
	return r;
}

/* What stands for a place, not a character; SYNTAX_EMPTY when there is none. */
static enum syntax_op syntax_place(struct syntax *p)
{
	bool multi = p->in.flags & SPELL_MULTI;

	return spell_eat(&p->in, S("^")) ? multi ? SYNTAX_LINE_BEGIN : SYNTAX_BEGIN :
	       spell_eat(&p->in, S("$")) ? multi ? SYNTAX_LINE_END : SYNTAX_END :
	       spell_eat(&p->in, S("\\A")) ? SYNTAX_BEGIN : spell_eat(&p->in, S("\\z")) ? SYNTAX_END :
	       spell_eat(&p->in, S("\\b")) ? SYNTAX_WORD : spell_eat(&p->in, S("\\B")) ? SYNTAX_NO_WORD :
	       SYNTAX_EMPTY;
}

/* One character, by itself, by an escape, by a class or by a dot. */
static int syntax_character(struct syntax *p, struct syntax_node **out)
{
	struct rune_set set = { .b.s = p->in.s };
	struct str at = p->in.rest;
	bool is = spell_eat(&p->in, S("."));
	uint32_t c;
	int r;

	if (at.p[0] == '[') {
		r = spell_brackets(&p->in, &set);
		return r < 0 ? r : syntax_set(p, &set, at, out);
	}
	if (is && (p->in.flags & SPELL_DOTALL)) {
		rune_add(&set, 0, RUNE_MAX);
	} else if (is) {
		rune_add(&set, 0, '\n' - 1);
		rune_add(&set, '\n' + 1, RUNE_MAX);
	} else if ((r = spell_class(&p->in, &set, false, &is)) < 0) {
		return r;
	}
	rune_tidy(&set);
	if (is)
		return syntax_set(p, &set, at, out);
	r = at.p[0] == '\\' ? spell_escape(&p->in, &c) : spell_next(&p->in, &c);
	return r < 0 ? r : syntax_literal(p, c, at, out);
}

/* One step of the text; *repeated says that the step before was a repetition. */
static int syntax_step(struct syntax *p, bool *repeated)
{
	struct str at = p->in.rest;
	struct syntax_node how, *node;
	bool again = *repeated;
	enum syntax_op place;
	int r;

	*repeated = syntax_repeat(p, &how);
	if (*repeated && again)
		return spell_bad(&p->in, at, "a repetition of a repetition; put the inner one in (?:...)");
	if (*repeated)
		return syntax_repeat_last(p, at, p->top->list, how);
	if (at.p[0] == '(')
		return syntax_group(p);
	if (at.p[0] == ')')
		return syntax_group_end(p);
	if (spell_eat(&p->in, S("|")))
		return syntax_branch(p);
	if (spell_eat(&p->in, S("\\Q")))
		return syntax_quote(p);
	place = syntax_place(p);
	if (place != SYNTAX_EMPTY)
		node = syntax_node(p, place);
	else if ((r = syntax_character(p, &node)) < 0)
		return r;
	return syntax_append(p, p->top->list, node);
}

/* The tree of `text`; it lives in `s`, the sets that it names in `keep`. */
static int syntax_parse(struct kml *k, struct scope *keep, struct scope *s, struct str text,
                        struct syntax *p, struct syntax_node **out)
{
	bool repeated = false;
	int r = 0;

	*p = (struct syntax){ .in = { k, keep, text, text, 0 }, .s = s };
	p->sets.s = keep;
	p->names.s = s;
	if (text.n > SYNTAX_BYTES)
		return fail(k, KML_BAD, "a pattern of more than %d bytes; use several", SYNTAX_BYTES);
	syntax_open(p, text, 0);
	while (r == 0 && p->in.rest.n)
		r = syntax_step(p, &repeated);
	if (r == 0 && p->top->up)
		r = spell_bad(&p->in, p->top->at, "the group is not closed by ')'");
	return r < 0 ? r : syntax_close(p, out);
}

#endif
