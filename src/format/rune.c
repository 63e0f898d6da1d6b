/* rune.c - characters, and sets of them, as regular expressions need them.
 *
 * Text is UTF-8; a byte that belongs to no character counts as one U+FFFD, as
 * in Go.  A set is a list of ranges.  Of what Unicode says of a character kml
 * knows only the ASCII part: a set made from it has `ascii` set, and whoever
 * asks it about any other character must refuse instead.
 */
#ifndef KML_RUNE_C
#define KML_RUNE_C

#include "../ground/base.c"

enum { RUNE_BAD = 0xfffd, RUNE_MAX = 0x10ffff };

/* The two characters outside ASCII that are another case of a letter in it. */
enum { RUNE_LONG_S = 0x17f, RUNE_KELVIN = 0x212a };

/* Take the first character off the front of *t, which is not empty.  *valid
 * says whether it was one. */
static uint32_t rune_take(struct str *t, bool *valid)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)t->p[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	uint32_t r = n < 2 ? c : c & (0xffu >> (n + 1));

	*valid = n && n <= t->n;
	for (size_t i = 1; *valid && i < n; i++) {
		c = (unsigned char)t->p[i];
		*valid = (c & 0xc0) == 0x80;
		r = r << 6 | (c & 0x3f);
	}
	if (*valid)
		*valid = r >= least[n] && r <= RUNE_MAX && (r < 0xd800 || r > 0xdfff);
	*t = str_from(*t, *valid ? n : 1);
	return *valid ? r : RUNE_BAD;
}

/* Is all of it UTF-8? */
static bool rune_is_text(struct str t)
{
	bool valid = true;

	while (t.n && valid)
		rune_take(&t, &valid);
	return valid;
}

/* ---- sets ---------------------------------------------------------------- */

struct rune_range { uint32_t lo, hi; };

struct rune_set {
	struct buf b;                   /* of struct rune_range */
	bool ascii;                     /* right for ASCII characters only */
};

static struct rune_range *rune_ranges(const struct rune_set *set, size_t *n)
{
	*n = set->b.n / sizeof(struct rune_range);
	return (struct rune_range *)(void *)set->b.p;
}

static void rune_add(struct rune_set *set, uint32_t lo, uint32_t hi)
{
	struct rune_range r = { lo, hi };

	buf_add(&set->b, (struct str){ (char *)&r, sizeof r });
}

static int rune_cmp(const void *a, const void *b)
{
	const struct rune_range *x = a, *y = b;

	return x->lo != y->lo ? (x->lo > y->lo ? 1 : -1) : (x->hi > y->hi) - (x->hi < y->hi);
}

/* Sort the ranges and join those that touch. */
static void rune_tidy(struct rune_set *set)
{
	size_t n, kept = 0;
	struct rune_range *v = rune_ranges(set, &n);

	if (n)
		qsort(v, n, sizeof *v, rune_cmp);
	for (size_t i = 0; i < n; i++) {
		if (!kept || v[i].lo > v[kept - 1].hi + 1)
			v[kept++] = v[i];
		else if (v[i].hi > v[kept - 1].hi)
			v[kept - 1].hi = v[i].hi;
	}
	set->b.n = kept * sizeof *v;
}

/* All other characters; the set is tidy, and stays so. */
static void rune_negate(struct rune_set *set)
{
	struct rune_set out = { { .s = set->b.s }, set->ascii };
	size_t n;
	const struct rune_range *v = rune_ranges(set, &n);
	uint32_t next = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].lo > next)
			rune_add(&out, next, v[i].lo - 1);
		next = v[i].hi + 1;
	}
	if (next <= RUNE_MAX)
		rune_add(&out, next, RUNE_MAX);
	*set = out;
}

static void rune_add_set(struct rune_set *set, const struct rune_set *more)
{
	buf_add(&set->b, buf_str(&more->b));
	set->ascii |= more->ascii;
}

/* The other cases of the characters of one range. */
static void rune_fold_range(struct rune_set *set, struct rune_range r)
{
	for (uint32_t c = r.lo; c <= r.hi && c < 0x80; c++) {
		uint32_t low = c | 0x20;

		if (low < 'a' || low > 'z')
			continue;
		rune_add(set, c ^ 0x20, c ^ 0x20);
		if (low == 's' || low == 'k')
			rune_add(set, low == 's' ? RUNE_LONG_S : RUNE_KELVIN,
			         low == 's' ? RUNE_LONG_S : RUNE_KELVIN);
	}
	if (r.lo <= RUNE_LONG_S && r.hi >= RUNE_LONG_S)
		rune_add(set, 'S', 'S'), rune_add(set, 's', 's');
	if (r.lo <= RUNE_KELVIN && r.hi >= RUNE_KELVIN)
		rune_add(set, 'K', 'K'), rune_add(set, 'k', 'k');
}

/* Add the other cases of all that is in the set. */
static void rune_fold(struct rune_set *set)
{
	size_t n;
	const struct rune_range *v = rune_ranges(set, &n);

	for (size_t i = 0; i < n; i++) {
		struct rune_range r = v[i];
		bool known = r.hi < 0x80 || (r.lo <= 0x80 && r.hi == RUNE_MAX) ||
		             (r.lo == r.hi && (r.lo == RUNE_LONG_S || r.lo == RUNE_KELVIN));

		set->ascii |= !known;
		rune_fold_range(set, r);
	}
	rune_tidy(set);
}

static bool rune_in(const struct rune_set *set, uint32_t r)
{
	size_t lo = 0, hi;
	const struct rune_range *v = rune_ranges(set, &hi);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r > v[mid].hi)
			lo = mid + 1;
		else if (r < v[mid].lo)
			hi = mid;
		else
			return true;
	}
	return false;
}

/* ---- sets that have a name ----------------------------------------------- */

/* `ranges` is written "AZaz__": pairs of first and last. */
struct rune_class { const char *name, *ranges; };

#define RUNE_PUNCT "!/:@[`{~"
#define RUNE_CONTROL "\001\037\177\177"        /* and U+0000, which text cannot hold */

static const struct rune_class rune_posix[] = {
	{ "alnum", "09AZaz" }, { "alpha", "AZaz" }, { "ascii", "\001\177" },
	{ "blank", "\t\t  " }, { "cntrl", RUNE_CONTROL }, { "digit", "09" },
	{ "graph", "!~" }, { "lower", "az" }, { "print", " ~" }, { "punct", RUNE_PUNCT },
	{ "space", "\t\r  " }, { "upper", "AZ" }, { "word", "09AZaz__" },
	{ "xdigit", "09AFaf" },
};

static const struct rune_class rune_perl[] = {
	{ "d", "09" }, { "s", "\t\n\f\r  " }, { "w", "09AZaz__" },
};

/* The ASCII part of the categories and scripts of Unicode; "" is none of it. */
static const struct rune_class rune_unicode[] = {
	{ "C", RUNE_CONTROL }, { "Cc", RUNE_CONTROL }, { "Cf", "" }, { "Co", "" }, { "Cs", "" },
	{ "L", "AZaz" }, { "Ll", "az" }, { "Lm", "" }, { "Lo", "" }, { "Lt", "" }, { "Lu", "AZ" },
	{ "M", "" }, { "Mc", "" }, { "Me", "" }, { "Mn", "" },
	{ "N", "09" }, { "Nd", "09" }, { "Nl", "" }, { "No", "" },
	{ "P", "!#%*,/:;?@[]__{{}}" }, { "Pc", "__" }, { "Pd", "--" }, { "Pe", "))]]}}" },
	{ "Pf", "" }, { "Pi", "" }, { "Po", "!#%'**,,./:;?@\\\\" }, { "Ps", "(([[{{" },
	{ "S", "$$++<>^^``||~~" }, { "Sc", "$$" }, { "Sk", "^^``" }, { "Sm", "++<>||~~" },
	{ "So", "" }, { "Z", "  " }, { "Zl", "" }, { "Zp", "" }, { "Zs", "  " },
	{ "Latin", "AZaz" }, { "Common", "\001@[`{\177" }, { "Inherited", "" },
	{ "Arabic", "" }, { "Armenian", "" }, { "Bengali", "" }, { "Cyrillic", "" },
	{ "Devanagari", "" }, { "Georgian", "" }, { "Greek", "" }, { "Han", "" },
	{ "Hangul", "" }, { "Hebrew", "" }, { "Hiragana", "" }, { "Katakana", "" },
	{ "Tamil", "" }, { "Thai", "" }, { "Tibetan", "" },
};

static const struct rune_class *rune_class_find(const struct rune_class *v, size_t n,
                                                struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_of(v[i].name), name))
			return &v[i];
	return NULL;
}

/* Add the class, or with `negate` all that is not in it; with `fold` the other
 * cases too, which come before the negation. */
static void rune_add_class(struct rune_set *set, const struct rune_class *class,
                           bool fold, bool negate, bool ascii)
{
	struct rune_set one = { { .s = set->b.s }, ascii };

	for (const char *p = class->ranges; *p; p += 2)
		rune_add(&one, p[0] == '\001' ? 0 : (unsigned char)p[0], (unsigned char)p[1]);
	rune_tidy(&one);
	if (fold)
		rune_fold(&one);
	if (negate)
		rune_negate(&one);
	rune_add_set(set, &one);
}

#endif
