/* automaton.c - a pattern as a table: of ASCII text, one look-up a character.
 *
 * What a pattern's program can be at together after some text is one state here.  Of
 * places only those stay in a state that the next character decides, as $ and \b do, and
 * with them what the last character was.  So two states are final: no match is possible
 * any more, or there is one whatever follows.
 *
 * The whole table is made at once, and then only read.  Repetitions can make it large
 * beyond all use: such a pattern has none, and pattern_match() answers for it.
 */
#ifndef KML_AUTOMATON_C
#define KML_AUTOMATON_C

#include "../ground/base.c"
#include "pattern.c"

enum { AUTOMATON_NEVER, AUTOMATON_MATCH };

enum {                                  /* what is too large */
	AUTOMATON_CODE = 2000,
	AUTOMATON_STATES = 256,
	AUTOMATON_WORK = 1 << 19,       /* instructions looked at, roughly */
};

struct automaton {
	unsigned char class[128];       /* characters that no step tells apart */
	unsigned classes;
	uint16_t first, n;              /* the state to begin with; how many there are */
	const uint16_t *next;           /* [state * classes + class] */
	const bool *ends;               /* does a text that ends here match? */
};

/* What a state stands for. */
struct automaton_state { uint32_t *v; size_t n; int before; };

struct automaton_build {
	struct scope *s;
	struct pattern_run run;
	struct automaton_state states[AUTOMATON_STATES];
	size_t work;
};

/* Set apart the characters of each class for which `in` differs. */
static void automaton_split(struct automaton *a, const bool in[128])
{
	unsigned char to[128] = { 0 };  /* the new class of those that are in, if not 0 */
	bool out[128] = { false };

	for (int c = 0; c < 128; c++)
		out[a->class[c]] |= !in[c];
	for (int c = 0; c < 128; c++) {
		unsigned char *class = &a->class[c];

		if (!in[c] || !out[*class])
			continue;
		if (!to[*class])
			to[*class] = (unsigned char)a->classes++;
		*class = to[*class];
	}
}

static void automaton_classes(struct automaton *a, const struct pattern *p)
{
	a->classes = 1;
	for (size_t i = 0; i < p->n; i++) {
		const struct pattern_code *code = &p->code[i];
		bool in[128], word = code->op == SYNTAX_WORD || code->op == SYNTAX_NO_WORD;

		for (uint32_t c = 0; c < 128; c++)
			in[c] = word ? spell_word(c) : pattern_takes(p, code, c) ||
				((code->op == SYNTAX_LINE_BEGIN || code->op == SYNTAX_LINE_END) &&
				 c == '\n');
		automaton_split(a, in);
	}
}

static int automaton_cmp(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Leave of where the run is what takes a character or waits for one; only the beginning
 * of the text does not come again. */
static void automaton_settle(struct pattern_run *run)
{
	struct pattern_states *now = &run->now;
	bool waits = false;
	size_t n = 0;

	for (size_t i = 0; i < now->n; i++) {
		unsigned op = run->p->code[now->v[i]].op;
		bool place = op >= SYNTAX_END && op <= SYNTAX_NO_WORD;

		waits |= place;
		if (place || op == SYNTAX_RUNE || op == SYNTAX_SET)
			now->v[n++] = now->v[i];
	}
	now->n = n;
	if (n > 1)
		qsort(now->v, n, sizeof *now->v, automaton_cmp);
	if (run->before != PATTERN_EDGE && run->before != '\n')
		run->before = spell_word((uint32_t)run->before) ? 'a' : '.';
	if (!waits)
		run->before = '.';
}

/* The number of the state that the run is in, perhaps a new one. */
static uint16_t automaton_state(struct automaton_build *b, struct automaton *a)
{
	struct pattern_states *now = &b->run.now;

	b->run.after = PATTERN_OPEN;
	if (pattern_follow(&b->run))
		return AUTOMATON_MATCH;
	automaton_settle(&b->run);
	if (!now->n)
		return AUTOMATON_NEVER;
	for (uint16_t i = AUTOMATON_MATCH + 1; i < a->n; i++) {
		const struct automaton_state *old = &b->states[i];

		if (old->n == now->n && old->before == b->run.before &&
		    !memcmp(old->v, now->v, now->n * sizeof *now->v))
			return i;
	}
	b->work = a->n == AUTOMATON_STATES ? AUTOMATON_WORK : b->work;
	if (b->work == AUTOMATON_WORK)
		return AUTOMATON_NEVER;
	b->states[a->n] = (struct automaton_state){ scope_raw(b->s, now->n * sizeof *now->v),
	                                            now->n, b->run.before };
	memcpy(b->states[a->n].v, now->v, now->n * sizeof *now->v);
	return a->n++;
}

/* Be in a state, before the character `after`; true when there is a match now. */
static bool automaton_enter(struct automaton_build *b, uint16_t state, int after)
{
	const struct automaton_state *at = &b->states[state];

	pattern_clear(&b->run.now);
	for (size_t i = 0; i < at->n; i++)
		pattern_add(&b->run.now, at->v[i]);
	b->run.before = at->before;
	b->run.after = after;
	return pattern_follow(&b->run);
}

/* Where `state` leads by the character `c`. */
static uint16_t automaton_to(struct automaton_build *b, struct automaton *a, uint16_t state,
                             int c)
{
	if (automaton_enter(b, state, c))
		return AUTOMATON_MATCH;
	pattern_step(&b->run, (uint32_t)c);
	b->run.before = c;
	b->work += b->work < AUTOMATON_WORK ? 1 + b->run.now.n : 0;
	return automaton_state(b, a);
}

/* Find all states; false when that is too much. */
static bool automaton_fill(struct automaton_build *b, struct automaton *a, uint16_t *next,
                           bool *ends)
{
	int with[128];

	for (int c = 127; c >= 0; c--)
		with[a->class[c]] = c;
	for (unsigned c = 0; c < a->classes; c++)
		next[AUTOMATON_MATCH * a->classes + c] = AUTOMATON_MATCH;
	ends[AUTOMATON_MATCH] = true;
	a->n = AUTOMATON_MATCH + 1;
	a->first = automaton_state(b, a);
	for (uint16_t i = AUTOMATON_MATCH + 1; i < a->n; i++) {
		for (unsigned c = 0; c < a->classes; c++)
			next[i * a->classes + c] = automaton_to(b, a, i, with[c]);
		ends[i] = automaton_enter(b, i, PATTERN_EDGE);
	}
	return b->work < AUTOMATON_WORK;
}

/* The table of `p`, or NULL when it would be too large. */
static const struct automaton *automaton_of(struct scope *s, const struct pattern *p)
{
	struct scope *t = scope_begin(s);
	struct automaton *a = new(s, struct automaton);
	struct automaton_build *b = new(t, struct automaton_build);
	bool *ends = news(t, bool, AUTOMATON_STATES);
	uint16_t *next;

	b->s = t;
	if (p->n <= AUTOMATON_CODE) {
		automaton_classes(a, p);
		pattern_start(t, p, &b->run);
		next = news(t, uint16_t, AUTOMATON_STATES * a->classes);
		if (automaton_fill(b, a, next, ends)) {
			a->ends = memcpy(news(s, bool, a->n), ends, a->n);
			a->next = memcpy(news(s, uint16_t, a->n * a->classes), next,
			                 a->n * a->classes * sizeof *next);
		}
	}
	scope_end(t);
	return a->next ? a : NULL;
}

static uint16_t automaton_step(const struct automaton *a, uint16_t state, char c)
{
	return a->next[state * a->classes + a->class[(unsigned char)c]];
}

/* Is there a match anywhere in the text, which is ASCII? */
static bool automaton_match(const struct automaton *a, struct str text)
{
	uint16_t at = a->first;

	for (size_t i = 0; i < text.n && at > AUTOMATON_MATCH; i++)
		at = automaton_step(a, at, text.p[i]);
	return a->ends[at];
}

#endif
