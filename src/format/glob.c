/* glob.c - the patterns of module aliases.
 *
 *     *        any text, also none          [abc] [a-f]  one of these
 *     ?        one character                [!abc]       one, but none of these
 *     \x       x itself
 *
 * That is fnmatch(3) without flags, where '/' and '.' are nothing special;
 * [[:class:]] cannot occur in a normalised alias and is not known.  A '[' that
 * is never closed stands for itself.  Matching takes at most pattern * text
 * steps: of several '*' only the last is ever tried again.
 */
#ifndef KML_GLOB_C
#define KML_GLOB_C

#include "../ground/base.c"

/* One member of a set at p[*at]: an escape takes two characters. */
static bool glob_member(struct str p, size_t *at, unsigned char *c)
{
	if (*at < p.n && p.p[*at] == '\\')
		++*at;
	if (*at >= p.n)
		return false;
	*c = (unsigned char)p.p[(*at)++];
	return true;
}

/* Is `c` in the set whose '[' is at p[at]?  *end is behind its ']', or 0 when
 * there is none. */
static bool glob_set(struct str p, size_t at, unsigned char c, size_t *end)
{
	bool not = ++at < p.n && (p.p[at] == '!' || p.p[at] == '^'), in = false;
	size_t first = at += not;

	for (*end = 0; at < p.n && (p.p[at] != ']' || at == first);) {
		unsigned char from, to;

		if (!glob_member(p, &at, &from))
			return false;
		to = from;
		if (at + 1 < p.n && p.p[at] == '-' && p.p[at + 1] != ']') {
			at++;
			if (!glob_member(p, &at, &to))
				return false;
		}
		in |= from <= c && c <= to;
	}
	if (at < p.n)
		*end = at + 1;
	return in != not;
}

/* Does the single item at p[*at], which is no '*', match `c`?  Steps past it. */
static bool glob_one(struct str p, size_t *at, char c)
{
	size_t end;
	bool in;

	switch (p.p[*at]) {
	case '?':
		return ++*at, true;
	case '[':
		in = glob_set(p, *at, (unsigned char)c, &end);
		if (end)
			return *at = end, in;
		break;
	case '\\':
		if (++*at == p.n)
			return false;
	}
	return p.p[(*at)++] == c;
}

static bool glob_match(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	for (;;) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = ++p, from = t;
			continue;
		}
		if (t == text.n)
			return p == pattern.n;
		if (p < pattern.n && glob_one(pattern, &p, text.p[t])) {
			t++;
			continue;
		}
		if (star == SIZE_MAX)
			return false;
		p = star, t = ++from;
	}
}

#endif
