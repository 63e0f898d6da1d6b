/* pattern.c - does a regular expression match anywhere in a text?
 *
 * The tree of a pattern becomes a program, and the program runs on all its
 * possible states at once (Thompson), so that time is bounded by the product
 * of both lengths whatever the pattern.  Only match or no match is of
 * interest, so groups leave no trace and lazy is as good as greedy.
 */
#ifndef KML_PATTERN_C
#define KML_PATTERN_C

#include "../ground/base.c"
#include "rune.c"
#include "spell.c"
#include "syntax.c"

enum { PATTERN_CODE = 50000 };          /* instructions */

enum { PATTERN_SPLIT = SYNTAX_NO_WORD + 1, PATTERN_JUMP, PATTERN_MATCH };

/* SPLIT goes on at x and at y, JUMP at x; all others at the next.  The other
 * operations are those of the tree that have no children. */
struct pattern_code { unsigned op; uint32_t x, y; };

struct pattern {
	struct str text;
	const struct pattern_code *code;
	size_t n;
	const struct rune_set *sets;
	bool ascii;                     /* can judge ASCII subjects only */
};

/* ---- from the tree to a program ------------------------------------------ */

/* Without a place for the code it is only counted. */
struct pattern_build { struct pattern_code *v; size_t n; bool full; };

static uint32_t pattern_emit(struct pattern_build *b, unsigned op, uint32_t x, uint32_t y)
{
	if (b->n == PATTERN_CODE) {
		b->full = true;
		return 0;
	}
	if (b->v)
		b->v[b->n] = (struct pattern_code){ op, x, y };
	return (uint32_t)b->n++;
}

static uint32_t pattern_here(const struct pattern_build *b) { return (uint32_t)b->n; }

/* Let the forks and jumps of a list, linked by y, lead to here. */
static void pattern_patch(struct pattern_build *b, uint32_t list)
{
	for (uint32_t next; list != UINT32_MAX && b->v; list = next) {
		struct pattern_code *c = &b->v[list];

		next = c->y;
		*(c->op == PATTERN_JUMP ? &c->x : &c->y) = pattern_here(b);
	}
}

/* A fork to the next instruction and to where the list will lead. */
static uint32_t pattern_fork(struct pattern_build *b, uint32_t list)
{
	return pattern_emit(b, PATTERN_SPLIT, pattern_here(b) + 1, list);
}

/* Code for `node`; the tree is no deeper than SYNTAX_HEIGHT. */
static void pattern_node(struct pattern_build *b, const struct syntax_node *node)
{
	const struct syntax_node *c = node->child;
	uint32_t out = UINT32_MAX, from = pattern_here(b), fork;

	if (b->full)
		return;
	switch (node->op) {
	case SYNTAX_EMPTY:
		break;
	case SYNTAX_AND:
		for (; c; c = c->next)
			pattern_node(b, c);
		break;
	case SYNTAX_OR:
		for (; c->next; c = c->next) {
			fork = pattern_fork(b, UINT32_MAX);
			pattern_node(b, c);
			out = pattern_emit(b, PATTERN_JUMP, 0, out);
			pattern_patch(b, fork);
		}
		pattern_node(b, c);
		break;
	case SYNTAX_STAR:
	case SYNTAX_MAYBE:
		out = pattern_fork(b, out);
		pattern_node(b, c);
		if (node->op == SYNTAX_STAR)
			pattern_emit(b, PATTERN_JUMP, from, 0);
		break;
	case SYNTAX_PLUS:
		pattern_node(b, c);
		pattern_emit(b, PATTERN_SPLIT, from, pattern_here(b) + 1);
		break;
	case SYNTAX_TIMES:
		for (int i = 0; i < node->min; i++)
			pattern_node(b, c);
		from = pattern_here(b);
		for (int i = node->min; i < node->max || (node->max < 0 && i == node->min); i++) {
			out = pattern_fork(b, out);
			pattern_node(b, c);
		}
		if (node->max < 0)
			pattern_emit(b, PATTERN_JUMP, from, 0);
		break;
	default:
		pattern_emit(b, node->op, node->x, 0);
	}
	pattern_patch(b, out);
}

/* Compile `text`, which must live as long as *out. */
static int pattern_of(struct kml *k, struct scope *s, struct str text, struct pattern *out)
{
	struct scope *t = scope_begin(s);
	struct pattern_build b = { 0 };
	struct syntax p;
	struct syntax_node *tree;
	int r = syntax_parse(k, s, t, text, &p, &tree);

	for (int pass = 0; r == 0 && pass < 2; pass++) {
		b = (struct pattern_build){ .v = pass ? news(s, struct pattern_code, b.n) : NULL };
		pattern_node(&b, tree);
		pattern_emit(&b, PATTERN_MATCH, 0, 0);
		if (b.full)
			r = fail(k, KML_BAD, "'%.*s' repeats too much; use several patterns",
			         FMT(spell_shown(text, 200)));
	}
	*out = (struct pattern){ .text = text, .code = b.v, .n = b.n };
	out->sets = (const struct rune_set *)(const void *)p.sets.p;
	for (size_t i = 0; i < p.sets.n / sizeof *out->sets; i++)
		out->ascii |= out->sets[i].ascii;
	scope_end(t);
	return r;
}

/* ---- running it ---------------------------------------------------------- */

/* States, each once: `seen` holds the number of the step that added it. */
struct pattern_states { uint32_t *v; size_t n; uint32_t *seen, step; };

enum { PATTERN_EDGE = -1, PATTERN_OPEN = -2 };  /* no character; not known yet */

struct pattern_run {
	const struct pattern *p;
	struct pattern_states now, next;
	int before, after;              /* bytes beside the place it is at, or as above */
};

static void pattern_add(struct pattern_states *to, uint32_t pc)
{
	if (to->seen[pc] == to->step)
		return;
	to->seen[pc] = to->step;
	to->v[to->n++] = pc;
}

static void pattern_clear(struct pattern_states *states)
{
	states->n = 0;
	states->step++;
}

/* A place that depends on what is not known yet does not hold. */
static bool pattern_holds(const struct pattern_run *run, unsigned op)
{
	int before = run->before, after = run->after;
	bool word = (before >= 0 && spell_word((uint32_t)before)) !=
	            (after >= 0 && spell_word((uint32_t)after));

	switch (op) {
	case SYNTAX_BEGIN:      return before == PATTERN_EDGE;
	case SYNTAX_END:        return after == PATTERN_EDGE;
	case SYNTAX_LINE_BEGIN: return before == PATTERN_EDGE || before == '\n';
	case SYNTAX_LINE_END:   return after == PATTERN_EDGE || after == '\n';
	case SYNTAX_WORD:       return word && after != PATTERN_OPEN;
	default:                return !word && after != PATTERN_OPEN;
	}
}

/* Follow all that takes no character; true when the end of the program is reached. */
static bool pattern_follow(struct pattern_run *run)
{
	struct pattern_states *now = &run->now;

	for (size_t i = 0; i < now->n; i++) {   /* which grows on the way */
		uint32_t pc = now->v[i];
		const struct pattern_code *c = &run->p->code[pc];

		switch (c->op) {
		case PATTERN_MATCH: return true;
		case PATTERN_SPLIT: pattern_add(now, c->y); /* fall through */
		case PATTERN_JUMP:  pattern_add(now, c->x); break;
		case SYNTAX_RUNE:
		case SYNTAX_SET:    break;
		default:
			if (pattern_holds(run, c->op))
				pattern_add(now, pc + 1);
		}
	}
	return false;
}

/* Does the instruction take the character? */
static bool pattern_takes(const struct pattern *p, const struct pattern_code *c, uint32_t r)
{
	return c->op == SYNTAX_RUNE ? c->x == r : c->op == SYNTAX_SET && rune_in(&p->sets[c->x], r);
}

/* Take one character; a match may begin behind it. */
static void pattern_step(struct pattern_run *run, uint32_t r)
{
	struct pattern_states done = run->now;

	pattern_clear(&run->next);
	for (size_t i = 0; i < run->now.n; i++) {
		uint32_t pc = run->now.v[i];

		if (pattern_takes(run->p, &run->p->code[pc], r))
			pattern_add(&run->next, pc + 1);
	}
	pattern_add(&run->next, 0);
	run->now = run->next;
	run->next = done;
}

/* At the beginning of a text. */
static void pattern_start(struct scope *s, const struct pattern *p, struct pattern_run *run)
{
	uint32_t *v = news(s, uint32_t, 4 * p->n);

	*run = (struct pattern_run){ p, { v, 0, v + p->n, 1 }, { v + 2 * p->n, 0, v + 3 * p->n, 1 },
	                             PATTERN_EDGE, PATTERN_OPEN };
	pattern_add(&run->now, 0);
}

/* Is there a match anywhere in `text`?  Fails only where kml would have to guess. */
static int pattern_match(struct kml *k, struct scope *s, const struct pattern *p, struct str text,
                         bool *out)
{
	struct scope *t = scope_begin(s);
	struct pattern_run run;

	for (size_t i = 0; i < text.n && p->ascii; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return fail(k, KML_BAD, "'%.*s' cannot be judged of '%.*s': kml knows classes of "
			            "Unicode for ASCII text only", FMT(spell_shown(p->text, 200)),
			            FMT(spell_shown(text, 200)));
	for (pattern_start(t, p, &run);;) {
		uint32_t r;
		bool valid;

		run.after = text.n ? (unsigned char)text.p[0] : PATTERN_EDGE;
		*out = pattern_follow(&run);
		if (*out || !text.n)
			break;
		r = rune_take(&text, &valid);
		pattern_step(&run, r);
		run.before = (unsigned char)text.p[-1];
	}
	scope_end(t);
	return 0;
}

#endif
