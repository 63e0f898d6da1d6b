/* language.c - is there a name that these patterns match, and those do not?
 *
 * All the automata walk together, a letter at a time.  What is looked for is a name of one
 * letter or more that each of `with` matches and none of `without`.  The walk takes first
 * what may need the fewest letters more, as far as `with` says, and never takes up the same
 * states twice: so it finds a short name, or that there is none.  It is exact, and gives
 * up where that takes too long.
 */
#ifndef KML_LANGUAGE_C
#define KML_LANGUAGE_C

#include "../ground/base.c"
#include "automaton.c"

enum language_answer { LANGUAGE_NONE, LANGUAGE_SOME, LANGUAGE_UNKNOWN };

enum {
	LANGUAGE_NODES = 4096,          /* places in a walk, before it gives up */
	LANGUAGE_WORK = 1 << 21,        /* steps of single automata, of all walks together */
	LANGUAGE_LONGEST = 256,         /* name, the same */
	LANGUAGE_FAR = 1 << 15,         /* more letters than there are: no way to a match */
};

struct language {
	const char *letters;            /* that names are made of; of equals the first is taken */
	const struct automaton *const *v;
	size_t nwith, n;                /* the first ones are `with` */
	size_t work;                    /* what earlier walks took; 0 at first */
	/* the answer */
	char *name;
	bool *used;                     /* [n]: which of `without` kept names out */
};

/* A place of the walk: where each automaton is, after the letters from the first place on. */
struct language_node {
	const struct language_node *up;
	struct language_node *below;    /* in the same stack */
	unsigned depth;
	char letter;
	const uint16_t *at;             /* [n] */
};

struct language_walk {
	struct language *l;
	struct scope *s;
	char letters[128];              /* no two of which all automata take alike */
	uint16_t **least;               /* [nwith][state]: letters to a match */
	struct language_node *stacks[LANGUAGE_LONGEST];  /* by length of names at least */
	const struct language_node *seen[2 * LANGUAGE_NODES];
	uint16_t *next;                 /* [n]: where a step leads */
	size_t nodes;
};

/* ---- what is known beforehand -------------------------------------------- */

static void language_letters(struct language_walk *w)
{
	const struct language *l = w->l;
	size_t n = 0;

	for (const char *c = l->letters; *c; c++) {
		bool alike = false;

		for (size_t i = 0; i < n && !alike; i++) {
			size_t j = 0;

			while (j < l->n && l->v[j]->class[(unsigned char)*c] ==
			                   l->v[j]->class[(unsigned char)w->letters[i]])
				j++;
			alike = j == l->n;
		}
		if (!alike)
			w->letters[n++] = *c;
	}
}

/* How many letters it is at least from each state to a match. */
static uint16_t *language_least(struct language_walk *w, const struct automaton *a)
{
	uint16_t *least = news(w->s, uint16_t, a->n);
	bool more = true;

	for (size_t i = 0; i < a->n; i++)
		least[i] = a->ends[i] ? 0 : LANGUAGE_FAR;
	while (more) {
		more = false;
		for (uint16_t i = a->n; i-- > 0;)
			for (const char *c = w->letters; *c; c++) {
				uint16_t to = least[automaton_step(a, i, *c)];

				if (to + 1 < least[i])
					least[i] = to + 1, more = true;
			}
	}
	return least;
}

/* ---- the walk ------------------------------------------------------------ */

/* Is the place, whose hash is given, a new one?  Then it is known from now on. */
static bool language_new(struct language_walk *w, const struct language_node *node, uint64_t hash)
{
	size_t i = (size_t)(hash ^ hash >> 32) % countof(w->seen);

	for (; w->seen[i]; i = (i + 1) % countof(w->seen))
		if (!memcmp(w->seen[i]->at, node->at, w->l->n * sizeof *node->at))
			return false;
	w->seen[i] = node;
	w->nodes++;
	return true;
}

/* How long a name through this place is at least; from LANGUAGE_FAR on there is none. */
static unsigned language_length(const struct language_walk *w, const uint16_t *at, unsigned depth)
{
	unsigned more = depth == 0;

	for (size_t i = 0; i < w->l->nwith; i++)
		if (w->least[i][at[i]] > more)
			more = w->least[i][at[i]];
	return depth + more;
}

static struct language_node *language_place(struct language_walk *w, const struct language_node *up,
                                            char letter)
{
	struct language_node *node = new(w->s, struct language_node);
	size_t size = w->l->n * sizeof *w->next;

	*node = (struct language_node){ up, NULL, up ? up->depth + 1 : 0, letter,
		memcpy(scope_raw(w->s, size), w->next, size) };
	return node;
}

/* Where the letter leads; NULL: to no such name, or nowhere new. */
static struct language_node *language_step(struct language_walk *w,
                                           const struct language_node *node, char letter)
{
	struct language *l = w->l;
	struct language_node *to;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < l->n; i++) {
		w->next[i] = automaton_step(l->v[i], node->at[i], letter);
		hash = (hash ^ w->next[i]) * 0x100000001b3;
		l->work++;
		if (i >= l->nwith && w->next[i] == AUTOMATON_MATCH) {
			l->used[i] = true;
			return NULL;
		}
		if (i + 1 == l->nwith && language_length(w, w->next, 1) >= LANGUAGE_FAR)
			return NULL;
	}
	to = language_place(w, node, letter);
	return language_new(w, to, hash) ? to : NULL;
}

/* Go on from here later. */
static void language_push(struct language_walk *w, struct language_node *node)
{
	unsigned length = language_length(w, node->at, node->depth);

	if (length >= LANGUAGE_LONGEST) {
		w->l->work = LANGUAGE_WORK;
		return;
	}
	node->below = w->stacks[length];
	w->stacks[length] = node;
}

/* Go on by each letter; the first ones are taken up first. */
static void language_spread(struct language_walk *w, const struct language_node *node)
{
	struct language_node *to[countof(w->letters)];
	size_t n = 0;

	for (const char *c = w->letters; *c; c++)
		if ((to[n] = language_step(w, node, *c)))
			n++;
	while (n-- > 0)
		language_push(w, to[n]);
}

/* Is what led here such a name? */
static bool language_is(struct language *l, const struct language_node *node)
{
	for (size_t i = 0; i < l->n; i++) {
		bool ends = l->v[i]->ends[node->at[i]];

		if (i >= l->nwith)
			l->used[i] |= ends;
		if (ends != (i < l->nwith))
			return false;
	}
	return node->depth > 0;
}

static enum language_answer language_walk(struct language_walk *w)
{
	unsigned length = 0;

	while (length < LANGUAGE_LONGEST) {
		const struct language_node *node = w->stacks[length];

		if (!node) {
			length++;
			continue;
		}
		w->stacks[length] = node->below;
		if (language_is(w->l, node)) {
			for (w->l->name[node->depth] = '\0'; node->depth; node = node->up)
				w->l->name[node->depth - 1] = node->letter;
			return LANGUAGE_SOME;
		}
		language_spread(w, node);
		if (w->nodes > LANGUAGE_NODES || w->l->work >= LANGUAGE_WORK)
			return LANGUAGE_UNKNOWN;
	}
	return LANGUAGE_NONE;
}

/* There is at least one `with`; the parts of the answer live in `s`. */
static enum language_answer language_find(struct scope *s, struct language *l)
{
	struct scope *t = scope_begin(s);
	struct language_walk *w = new(t, struct language_walk);
	enum language_answer answer;

	w->l = l;
	w->s = t;
	l->name = news(s, char, LANGUAGE_LONGEST + 1);
	l->used = news(s, bool, l->n);
	language_letters(w);
	w->least = news(t, uint16_t *, l->nwith);
	for (size_t i = 0; i < l->nwith; i++)
		w->least[i] = language_least(w, l->v[i]);
	w->next = news(t, uint16_t, l->n);
	for (size_t i = 0; i < l->n; i++)
		w->next[i] = l->v[i]->first;
	if (language_length(w, w->next, 0) < LANGUAGE_FAR)
		language_push(w, language_place(w, NULL, 0));   /* no name: it may come again */
	answer = language_walk(w);
	scope_end(t);
	return answer;
}

#endif
