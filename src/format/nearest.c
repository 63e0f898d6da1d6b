/* nearest.c - which of the known words did somebody mean?
 *
 * Counts the letters to put in, take out, change or swap.  A guess is worth
 * saying when it is at most a third of the word away.
 */
#ifndef KML_NEAREST_C
#define KML_NEAREST_C

#include "../ground/base.c"

enum { NEAREST_MAX = 32 };      /* longer words are not guessed at */

static size_t nearest_min(size_t a, size_t b) { return a < b ? a : b; }

static size_t nearest_distance(struct str a, struct str b)
{
	size_t rows[3][NEAREST_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2], *old;

	if (a.n > NEAREST_MAX || b.n > NEAREST_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		last[j] = before[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			row[j] = nearest_min(nearest_min(last[j], row[j - 1]) + 1,
			                     last[j - 1] + (a.p[i - 1] != b.p[j - 1]));
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				row[j] = nearest_min(row[j], before[j - 2] + 1);
		}
		old = before;
		before = last;
		last = row;
		row = old;
	}
	return last[b.n];
}

struct nearest { struct str word, best; size_t distance; };

/* Offer one of the known words. */
static void nearest_offer(struct nearest *n, struct str known)
{
	size_t d = nearest_distance(n->word, known);

	if (d <= n->word.n / 3 + 1 && (!n->best.n || d < n->distance)) {
		n->best = known;
		n->distance = d;
	}
}

#endif
