/* ere.c - extended regular expressions of POSIX: does one match somewhere in a text?
 *
 *   expression   branch|branch...           branch    piece piece..., or nothing
 *   piece        atom, and any of * + ? {n} {n,} {,m} {n,m}
 *   atom         c  .  [set]  (expression)  \c       and ^ $, which no * may follow
 *   set          '^' for what is not in it; c  c-c  [:alpha:]  [=c=]  [.c.]
 *
 * and, as in the GNU C library, \w \W \s \S and the places \b \B \< \> \` \'.  A
 * character is a byte.
 *
 * An expression becomes nodes, of which a text is at several at a time: what it costs
 * to match is at most nodes times bytes, whatever the expression.  Back-references
 * cannot be matched so, and are refused.
 */
#ifndef KML_ERE_C
#define KML_ERE_C

#include "../ground/base.c"

enum { ERE_NODES = 4096, ERE_DEPTH = 64, ERE_TIMES = 0x7fff };

enum { ERE_SPLIT, ERE_SET, ERE_PLACE };

struct ere_node {
	unsigned char op, place;        /* ERE_PLACE: one of ^ $ b B < > */
	int next, alt;                  /* nodes, or -1; alt of ERE_SPLIT only */
	uint32_t set[8];
};

struct ere {
	struct buf nodes;
	int n, start, end;
	struct str rest;                /* what is still to be understood */
	int depth;
	bool over;                      /* it needs more than ERE_NODES */
};

/* Nodes from `lo` on, entered at `in`; only out->next leads out of them. */
struct ere_part { int lo, in, out; };

static struct ere_node *ere_at(const struct ere *e, int i)
{
	return (struct ere_node *)(void *)e->nodes.p + i;
}

/* A new node.  When there are too many it is one that is used already: nothing comes
 * of it, as e->over is set. */
static int ere_node(struct ere *e, unsigned char op)
{
	const struct ere_node fresh = { .op = op, .next = -1, .alt = -1 };

	e->over |= e->n == ERE_NODES;
	if (e->over)
		return 0;
	buf_add(&e->nodes, (struct str){ (const char *)&fresh, sizeof fresh });
	return e->n++;
}

static void ere_link(struct ere *e, int from, int to) { ere_at(e, from)->next = to; }

static bool ere_take(struct ere *e, char c)
{
	bool is = e->rest.n && e->rest.p[0] == c;

	if (is)
		e->rest = str_from(e->rest, 1);
	return is;
}

/* ---- sets of bytes ------------------------------------------------------- */

static void ere_range(uint32_t set[8], unsigned char lo, unsigned char hi)
{
	for (unsigned c = lo; c <= hi; c++)
		set[c / 32] |= (uint32_t)1 << c % 32;
}

static void ere_invert(uint32_t set[8])
{
	for (int i = 0; i < 8; i++)
		set[i] = ~set[i];
}

/* Add a class by its name; false if there is none of it. */
static bool ere_class(uint32_t set[8], struct str name)
{
	static const struct { const char *name, *ranges; } classes[] = {
		{ "alpha", "AZaz" }, { "digit", "09" }, { "alnum", "09AZaz" }, { "upper", "AZ" },
		{ "lower", "az" }, { "space", "\t\r  " }, { "blank", "\t\t  " },
		{ "punct", "!/:@[`{~" }, { "print", " ~" }, { "graph", "!~" },
		{ "cntrl", "\1\37\177\177" }, { "xdigit", "09AFaf" }, { "w", "09AZ__az" },
		{ "s", "\t\r  " },
	};

	for (size_t i = 0; i < countof(classes); i++)
		if (str_eq(str_of(classes[i].name), name)) {
			for (const char *p = classes[i].ranges; *p; p += 2)
				ere_range(set, (unsigned char)p[0], (unsigned char)p[1]);
			return true;
		}
	return false;
}

/* One element of a set, in `c`; *whole is set for one that no range may have. */
static int ere_element(struct kml *k, struct ere *e, bool first, uint32_t set[8],
                       unsigned char *c, bool *whole)
{
	char kind = e->rest.n > 1 && e->rest.p[0] == '[' ? e->rest.p[1] : '\0';
	size_t n = 2;

	*whole = kind == ':' || kind == '=';
	if (kind == ':' || kind == '=' || kind == '.') {
		struct str name;

		while (n + 1 < e->rest.n && (e->rest.p[n] != kind || e->rest.p[n + 1] != ']'))
			n++;
		name = (struct str){ e->rest.p + 2, n - 2 };
		if (n + 1 >= e->rest.n)
			return fail(k, KML_BAD, "a '[%c' does not end", kind);
		e->rest = str_from(e->rest, n + 2);
		if (kind == ':' ? name.n < 2 || !ere_class(set, name) : name.n != 1)
			return fail(k, KML_BAD, "'[%c%.*s%c]' is not known", kind, FMT(name), kind);
		*c = (unsigned char)name.p[0];
		if (kind == '=')
			ere_range(set, *c, *c);
		return 0;
	}
	if (!e->rest.n)
		return fail(k, KML_BAD, "a '[' has no ']'");
	if (!first && e->rest.p[0] == '-' && e->rest.n > 1 && e->rest.p[1] != ']')
		return fail(k, KML_BAD, "a '-' inside [] has nothing before it");
	*c = (unsigned char)e->rest.p[0];
	e->rest = str_from(e->rest, 1);
	return 0;
}

/* What follows a '['. */
static int ere_set(struct kml *k, struct ere *e, uint32_t set[8])
{
	bool inverted = ere_take(e, '^'), first = true, whole;
	unsigned char lo, hi;

	do {
		int r = ere_element(k, e, first, set, &lo, &whole);

		if (r < 0)
			return r;
		first = false;
		hi = lo;
		if (e->rest.n > 1 && e->rest.p[0] == '-' && e->rest.p[1] != ']') {
			bool also;

			e->rest = str_from(e->rest, 1);
			if ((r = ere_element(k, e, true, set, &hi, &also)) < 0)
				return r;
			if (whole || also || lo > hi)
				return fail(k, KML_BAD, "a range inside [] ends before it begins");
		}
		if (!whole)
			ere_range(set, lo, hi);
	} while (!ere_take(e, ']'));
	if (inverted)
		ere_invert(set);
	return 0;
}

/* ---- atoms --------------------------------------------------------------- */

static int ere_expression(struct kml *k, struct ere *e, struct ere_part *out);

/* What follows a '\'. */
static int ere_escape(struct kml *k, struct ere *e, struct ere_node *node)
{
	static const char places[] = "bB<>`'";
	char c = e->rest.n ? e->rest.p[0] : '\0', low = (char)(c | 32);
	const char *place = c ? strchr(places, c) : NULL;

	if (!e->rest.n)
		return fail(k, KML_BAD, "it ends with '\\'");
	if (c >= '1' && c <= '9')
		return fail(k, KML_BAD, "back-references as '\\%c' are not known", c);
	e->rest = str_from(e->rest, 1);
	if (place) {
		node->op = ERE_PLACE;
		node->place = (unsigned char)"bB<>^$"[place - places];
	} else if ((low == 'w' || low == 's') && c != '\0') {
		ere_class(node->set, (struct str){ &low, 1 });
		if (c != low)
			ere_invert(node->set);
	} else {
		ere_range(node->set, (unsigned char)c, (unsigned char)c);
	}
	return 0;
}

static int ere_group(struct kml *k, struct ere *e, struct ere_part *out)
{
	int r;

	if (++e->depth > ERE_DEPTH)
		return fail(k, KML_BAD, "more than %d '(' within each other", ERE_DEPTH);
	if ((r = ere_expression(k, e, out)) < 0)
		return r;
	e->depth--;
	return ere_take(e, ')') ? 0 : fail(k, KML_BAD, "a '(' has no ')'");
}

static int ere_atom(struct kml *k, struct ere *e, struct ere_part *out)
{
	char c = e->rest.p[0];
	struct ere_node node = { .op = ERE_SET, .next = -1, .alt = -1 };
	int r = 0;

	if (memchr("*+?{", c, 4))
		return fail(k, KML_BAD, "there is nothing that '%c' could repeat", c);
	e->rest = str_from(e->rest, 1);
	if (c == '(')
		return ere_group(k, e, out);
	if (c == '[') {
		r = ere_set(k, e, node.set);
	} else if (c == '\\') {
		r = ere_escape(k, e, &node);
	} else if (c == '^' || c == '$') {
		node.op = ERE_PLACE;
		node.place = (unsigned char)c;
	} else if (c == '.') {
		ere_invert(node.set);
	} else {
		ere_range(node.set, (unsigned char)c, (unsigned char)c);
	}
	out->lo = out->in = out->out = ere_node(e, node.op);
	if (!e->over)
		*ere_at(e, out->in) = node;
	return r;
}

/* ---- pieces -------------------------------------------------------------- */

/* A copy of the nodes of `p`, which nothing has linked yet, up to `end`. */
static struct ere_part ere_copy(struct ere *e, struct ere_part p, int end)
{
	int by = e->n - p.lo;

	for (int i = p.lo; i < end && !e->over; i++) {
		int to = ere_node(e, ERE_SPLIT);
		struct ere_node *node = ere_at(e, to);

		*node = *ere_at(e, i);
		node->next += node->next >= 0 ? by : 0;
		node->alt += node->alt >= 0 ? by : 0;
	}
	return e->over ? p : (struct ere_part){ p.lo + by, p.in + by, p.out + by };
}

/* *p, `min` to `max` times; max < 0 is without end. */
static void ere_repeat(struct ere *e, struct ere_part *p, int min, int max)
{
	int count = max < 0 ? min + 1 : max, mark = e->n;
	int in = ere_node(e, ERE_SPLIT), out = in, end = ere_node(e, ERE_SPLIT);

	for (int i = 0; i < count && !e->over; i++) {
		struct ere_part q = i == count - 1 ? *p : ere_copy(e, *p, mark);

		if (i >= min) {
			int gate = ere_node(e, ERE_SPLIT);

			ere_link(e, out, gate);
			ere_at(e, gate)->alt = end;
			out = gate;
		}
		ere_link(e, out, q.in);
		if (max < 0 && i == min)
			ere_link(e, q.out, out);
		out = q.out;
	}
	if (max >= 0)
		ere_link(e, out, end);
	*p = (struct ere_part){ p->lo, in, end };
}

/* A number up to ERE_TIMES; -1 if there is none. */
static int ere_number(struct ere *e)
{
	int v = -1;

	for (; e->rest.n && e->rest.p[0] >= '0' && e->rest.p[0] <= '9'; e->rest = str_from(e->rest, 1))
		v = v > ERE_TIMES ? v : (v < 0 ? 0 : v * 10) + (e->rest.p[0] - '0');
	return v;
}

/* What follows a '{'. */
static int ere_bounds(struct kml *k, struct ere *e, int *min, int *max)
{
	bool comma;

	*max = *min = ere_number(e);
	comma = ere_take(e, ',');
	if (comma) {
		*max = ere_number(e);
		*min = *min < 0 ? 0 : *min;
	}
	if (*min < 0 || (*max >= 0 && *min > *max) || *min > ERE_TIMES || *max > ERE_TIMES ||
	    !ere_take(e, '}'))
		return fail(k, KML_BAD, "a '{' is not followed by numbers and '}'");
	return 0;
}

static int ere_piece(struct kml *k, struct ere *e, struct ere_part *out)
{
	int r = ere_atom(k, e, out), min, max;

	if (r < 0 || (!e->over && ere_at(e, out->in)->op == ERE_PLACE))
		return r;
	for (;;) {
		if (ere_take(e, '*')) {
			min = 0, max = -1;
		} else if (ere_take(e, '+')) {
			min = 1, max = -1;
		} else if (ere_take(e, '?')) {
			min = 0, max = 1;
		} else if (ere_take(e, '{')) {
			if ((r = ere_bounds(k, e, &min, &max)) < 0)
				return r;
		} else {
			return 0;
		}
		ere_repeat(e, out, min, max);
	}
}

/* ---- expressions --------------------------------------------------------- */

/* Up to a '|', or the ')' of the group that this is in. */
static int ere_branch(struct kml *k, struct ere *e, struct ere_part *out)
{
	out->lo = out->in = out->out = ere_node(e, ERE_SPLIT);
	while (e->rest.n && e->rest.p[0] != '|' && (e->rest.p[0] != ')' || !e->depth)) {
		struct ere_part p;
		int r = ere_piece(k, e, &p);

		if (r == 0 && e->over)
			r = fail(k, KML_BAD, "it is too large");
		if (r < 0)
			return r;
		ere_link(e, out->out, p.in);
		out->out = p.out;
	}
	return 0;
}

static int ere_expression(struct kml *k, struct ere *e, struct ere_part *out)
{
	int split = ere_node(e, ERE_SPLIT), end = ere_node(e, ERE_SPLIT), r;

	*out = (struct ere_part){ split, split, end };
	for (;;) {
		struct ere_part p;
		int more;

		if ((r = ere_branch(k, e, &p)) < 0)
			return r;
		ere_link(e, split, p.in);
		ere_link(e, p.out, end);
		if (!ere_take(e, '|'))
			return 0;
		more = ere_node(e, ERE_SPLIT);
		ere_at(e, split)->alt = more;
		split = more;
	}
}

/* Understand `text`.  What is wrong with it is said of "it". */
static int ere_of(struct kml *k, struct scope *s, struct str text, struct ere *e)
{
	struct ere_part p = { 0 };
	int r;

	*e = (struct ere){ .nodes = { .s = s }, .rest = text };
	r = ere_expression(k, e, &p);
	if (r == 0 && e->over)
		r = fail(k, KML_BAD, "it is too large");
	e->start = p.in;
	e->end = p.out;
	return r;
}

/* ---- matching ------------------------------------------------------------ */

static bool ere_is_word(struct str text, size_t i)
{
	char c = i < text.n ? text.p[i] : ' ';

	return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Is that place of `text` the one before byte `i`? */
static bool ere_place(unsigned char place, struct str text, size_t i)
{
	bool before = i && ere_is_word(text, i - 1), after = ere_is_word(text, i);

	switch (place) {
	case '^': return i == 0;
	case '$': return i == text.n;
	case 'b': return before != after;
	case 'B': return before == after;
	case '<': return !before && after;
	default:  return before && !after;
	}
}

/* The nodes that a text is at: seen[] has the step in which each came in. */
struct ere_list { int *v, n; size_t *seen, step; };

static void ere_enter(struct ere_list *l, int node)
{
	if (node >= 0 && l->seen[node] != l->step) {
		l->seen[node] = l->step;
		l->v[l->n++] = node;
	}
}

/* Does it match a part of `text`? */
static bool ere_match(struct scope *s, const struct ere *e, struct str text)
{
	struct ere_list l = { news(s, int, e->n), 0, news(s, size_t, e->n), 0 };
	int *next = news(s, int, e->n), n = 0;

	for (size_t i = 0; i <= text.n; i++) {
		unsigned char c = i < text.n ? (unsigned char)text.p[i] : 0;

		l.n = 0;
		l.step = i + 1;
		ere_enter(&l, e->start);
		while (n)
			ere_enter(&l, next[--n]);
		for (int j = 0; j < l.n; j++) {
			const struct ere_node *node = ere_at(e, l.v[j]);

			if (l.v[j] == e->end)
				return true;
			if (node->op == ERE_SET) {
				if (i < text.n && node->set[c / 32] >> c % 32 & 1)
					next[n++] = node->next;
			} else if (node->op == ERE_SPLIT || ere_place(node->place, text, i)) {
				ere_enter(&l, node->next);
				ere_enter(&l, node->alt);
			}
		}
	}
	return false;
}

#endif
