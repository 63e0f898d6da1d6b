/* trie.c - write an index of modules (modules.*.bin), byte for byte as kmod 34 does.
 *
 *   header   magic b007f457, version 00020001, offset of the root node; big-endian
 *   node     [prefix, NUL] [first, last, an offset for each character between]
 *            [count, and for each value: priority, text, NUL]
 *
 * The top bits of an offset say which of the three parts the node has (8, 2, 4 in
 * the first digit); the offset 0 is no child.  A node stands before its children
 * and these follow each other.  An edge takes one character; what all keys below
 * have in common after it is the prefix of the child.  The root has no prefix.
 *
 * Such a trie is the same whatever the order its keys came in, so none is built:
 * the keys are sorted into groups, most significant character first, and a group
 * is written as soon as it is known.  The groups still to be written are disjoint
 * and not empty, so that there are never more of them than keys.
 */
#ifndef KML_TRIE_C
#define KML_TRIE_C

#include "../ground/base.c"

struct trie {
	struct scope *s;
	struct trie_item { struct str key, value; uint32_t priority; } *v;
	size_t n, cap;
};

enum { TRIE_HEADER = 12, TRIE_LARGEST = 0x0fffffff };
#define TRIE_PREFIX    0x80000000u
#define TRIE_VALUES    0x40000000u
#define TRIE_CHILDREN  0x20000000u

/* Make room for `n` keys in all; not needed, but saves memory. */
static void trie_room(struct trie *t, size_t n)
{
	struct trie_item *v = t->v;

	t->v = news(t->s, struct trie_item, n);
	t->cap = n;
	if (t->n)
		memcpy(t->v, v, t->n * sizeof *v);
}

static bool trie_ascii(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if ((unsigned char)key.p[i] - 1u >= 127)
			return false;
	return true;
}

/* Add a value; `key` and `value` must stay.  Values of one key come in ascending
 * priority.  The format has no place for a key that is not ASCII: false. */
static bool trie_add(struct trie *t, struct str key, struct str value, uint32_t priority)
{
	if (!trie_ascii(key))
		return false;
	if (t->n == t->cap)
		trie_room(t, t->cap + t->cap / 2 + 64);
	t->v[t->n++] = (struct trie_item){ key, value, priority };
	return true;
}

/* ---- writing ------------------------------------------------------------- */

/* The keys from `lo` to `hi` are equal up to `depth`; `slot` is where the
 * offset of their node goes. */
struct trie_group { size_t lo, hi, depth, slot; };

struct trie_out {
	const struct trie_item *v;
	uint32_t *order, *spare;        /* indexes into v */
	struct trie_group *todo;
	size_t ntodo;
	struct buf b;
};

static struct str trie_key(const struct trie_out *o, size_t i) { return o->v[o->order[i]].key; }

static void trie_put(struct trie_out *o, size_t v)
{
	store_be(buf_room(&o->b, 4), v, 4);
	o->b.n += 4;
}

/* How far the keys of a group are the same. */
static size_t trie_common(const struct trie_out *o, const struct trie_group *g)
{
	struct str first = trie_key(o, g->lo);
	size_t n = first.n;

	for (size_t i = g->lo + 1; i < g->hi; i++) {
		struct str key = trie_key(o, i);
		size_t at = g->depth;

		if (n > key.n)
			n = key.n;
		while (at < n && key.p[at] == first.p[at])
			at++;
		n = at;
	}
	return n;
}

/* The values of keys that end here: those of one priority newest first. */
static void trie_values(struct trie_out *o, size_t lo, size_t hi)
{
	size_t run = lo;

	if (lo == hi)
		return;
	trie_put(o, hi - lo);
	for (size_t i = lo; i < hi; i++) {
		bool last = i + 1 == hi ||
			o->v[o->order[i]].priority != o->v[o->order[i + 1]].priority;

		for (size_t j = i + 1; last && j-- > run;) {
			const struct trie_item *it = &o->v[o->order[j]];

			trie_put(o, it->priority);
			buf_add(&o->b, it->value);
			buf_byte(&o->b, '\0');
		}
		run = last ? i + 1 : run;
	}
}

/* Sort a group by the character at `depth`, keys that end there first, each
 * class in the order it had.  at[c] is then where those with the character c end,
 * and at[0] where those without one do. */
static void trie_sort(struct trie_out *o, size_t lo, size_t hi, size_t depth, size_t at[130])
{
	memset(at, 0, 130 * sizeof *at);
	for (size_t i = lo; i < hi; i++) {
		struct str key = trie_key(o, i);

		at[key.n > depth ? (unsigned char)key.p[depth] + 1 : 1]++;
	}
	for (int c = 1; c < 130; c++)
		at[c] += at[c - 1];
	memcpy(o->spare + lo, o->order + lo, (hi - lo) * sizeof *o->order);
	for (size_t i = lo; i < hi; i++) {
		struct str key = o->v[o->spare[i]].key;

		o->order[lo + at[key.n > depth ? (unsigned char)key.p[depth] : 0]++] = o->spare[i];
	}
}

/* The table of children, to be filled in when they are written. */
static void trie_children(struct trie_out *o, size_t lo, size_t depth, const size_t at[130])
{
	int first = 1, last = 127;
	size_t slots, width;

	while (at[first] == at[first - 1])
		first++;
	while (at[last] == at[last - 1])
		last--;
	width = (size_t)(last - first + 1);
	buf_byte(&o->b, (char)first);
	buf_byte(&o->b, (char)last);
	slots = o->b.n;
	memset(buf_room(&o->b, 4 * width), 0, 4 * width);
	o->b.n += 4 * width;
	for (int c = last; c >= first; c--)
		if (at[c] != at[c - 1])
			o->todo[o->ntodo++] = (struct trie_group){
				lo + at[c - 1], lo + at[c], depth + 1,
				slots + 4 * (size_t)(c - first) };
}

static void trie_node(struct trie_out *o, struct trie_group g)
{
	size_t depth = g.depth ? trie_common(o, &g) : 0, at[130], ends = 0;
	size_t where = o->b.n;
	struct str prefix = trie_key(o, g.lo);
	uint32_t flags = 0;

	prefix = (struct str){ prefix.p + g.depth, depth - g.depth };
	if (prefix.n) {
		flags |= TRIE_PREFIX;
		buf_add(&o->b, prefix);
		buf_byte(&o->b, '\0');
	}
	if (g.hi - g.lo == 1 && trie_key(o, g.lo).n == depth) {
		ends = 1;
	} else {
		trie_sort(o, g.lo, g.hi, depth, at);
		ends = at[0];
		if (ends < g.hi - g.lo) {
			flags |= TRIE_CHILDREN;
			trie_children(o, g.lo, depth, at);
		}
	}
	trie_values(o, g.lo, g.lo + ends);
	flags |= ends ? TRIE_VALUES : 0;
	store_be(o->b.p + g.slot, flags | where, 4);
}

/* The index as a file, in *out. */
static int trie_write(struct kml *k, struct scope *s, const struct trie *t, struct str *out)
{
	struct scope *temp = scope_begin(s);
	struct trie_out o = { .v = t->v, .b = { .s = temp } };
	size_t room = 64;

	for (size_t i = 0; i < t->n; i++)
		room += t->v[i].key.n + t->v[i].value.n + 12;
	buf_room(&o.b, room);
	o.order = news(temp, uint32_t, t->n);
	o.spare = news(temp, uint32_t, t->n);
	o.todo = news(temp, struct trie_group, t->n + 1);
	for (size_t i = 0; i < t->n; i++)
		o.order[i] = (uint32_t)i;

	trie_put(&o, 0xb007f457u);
	trie_put(&o, 0x00020001u);
	trie_put(&o, TRIE_HEADER);
	if (t->n)
		o.todo[o.ntodo++] = (struct trie_group){ 0, t->n, 0, 8 };
	while (o.ntodo && o.b.n <= TRIE_LARGEST)
		trie_node(&o, o.todo[--o.ntodo]);
	*out = o.b.n <= TRIE_LARGEST ? scope_str(s, buf_str(&o.b)) : S("");
	scope_end(temp);
	return out->n ? 0 : fail(k, KML_FAIL, "an index cannot be larger than 256 MiB");
}

#endif
