/* index.c - reading modules.dep.bin and its kin, the indexes depmod writes.
 *
 * A trie, all numbers big-endian:
 *
 *     0  4  b0 07 f4 57        4  4  version 2.1        8  4  the root
 *
 * A reference to a node is a u32: the low 28 bits its place in the file, above
 * them what it has, in this order: 8 a prefix, text ended by NUL; 2 children, the
 * first and last character that leads to one and a u32 reference for each from
 * first to last (0: none); 4 values, a u32 count and for each a u32 priority
 * and text ended by NUL.  A key is the prefixes and characters on the way.
 *
 * The keys of an index of aliases are patterns (glob.c): a search follows the
 * text while the trie has plain characters, and where a wildcard begins it
 * collects all keys below and matches them.
 *
 * One look-up touches a few pages of a megabyte; all access goes through
 * source_slice().  A good file is a tree, so it has fewer nodes and values than
 * quarters of its size: what visits more is a loop.
 */
#ifndef KML_INDEX_C
#define KML_INDEX_C

#include "../ground/base.c"
#include "../ground/source.c"
#include "glob.c"

enum { INDEX_CHILDREN = 2, INDEX_VALUES = 4, INDEX_PREFIX = 8 };

struct index { struct source src; uint32_t root; };

struct index_node {
	struct str prefix;
	unsigned first, last;           /* first > last: no children */
	uint64_t children, values;      /* where their lists are */
	uint32_t count;                 /* of values */
};

struct index_value { uint32_t priority, seen; struct str text; };
struct index_values { struct index_value *v; size_t n; };

static int index_u32(struct kml *k, const struct index *ix, uint64_t at, uint32_t *out)
{
	struct str b;
	int r = source_slice(k, &ix->src, at, 4, &b);

	if (r == 0)
		*out = (uint32_t)load_be(b.p, 4);
	return r;
}

static int index_open(struct kml *k, const struct source *src, struct index *ix)
{
	struct str head;
	int r = source_slice(k, src, 0, 12, &head);

	*ix = (struct index){ .src = *src };
	if (r < 0)
		return r;
	if (load_be(head.p, 4) != 0xb007f457)
		return fail(k, KML_BAD, "not an index of modules; run depmod");
	if (load_be(head.p + 4, 2) != 2)
		return fail(k, KML_BAD, "an index of version %u, not 2; run depmod",
		            (unsigned)load_be(head.p + 4, 2));
	ix->root = (uint32_t)load_be(head.p + 8, 4);
	return 0;
}

/* The text that begins at `at` and ends before the next NUL. */
static int index_text(struct kml *k, const struct index *ix, uint64_t at, struct str *out)
{
	uint64_t n = 0, step = 64, left;
	struct str part;
	size_t end;
	int r;

	do {
		left = at + n < ix->src.size ? ix->src.size - at - n : 0;
		if (!left)
			return fail(k, KML_BAD, "cut short in the middle of a text");
		step = step < left ? step : left;
		if ((r = source_slice(k, &ix->src, at + n, step, &part)) < 0)
			return r;
		end = str_find(part, '\0');
		n += end;
		step *= 2;
	} while (end == part.n);
	*out = (struct str){ ix->src.p + at, (size_t)n };
	return 0;
}

static int index_node(struct kml *k, const struct index *ix, uint32_t ref,
                      struct index_node *nd)
{
	uint64_t at = ref & 0x0fffffff;
	struct str b;
	int r = 0;

	*nd = (struct index_node){ .prefix = S(""), .first = 1 };
	if (ref >> 28 & INDEX_PREFIX) {
		if ((r = index_text(k, ix, at, &nd->prefix)) < 0)
			return r;
		at += nd->prefix.n + 1;
	}
	if (ref >> 28 & INDEX_CHILDREN) {
		if ((r = source_slice(k, &ix->src, at, 2, &b)) < 0)
			return r;
		nd->first = (unsigned char)b.p[0];
		nd->last = (unsigned char)b.p[1];
		if (nd->first > nd->last)
			return fail(k, KML_BAD, "a node has no sensible children");
		nd->children = at + 2;
		at += 2 + 4 * (uint64_t)(nd->last - nd->first + 1);
	}
	if (ref >> 28 & INDEX_VALUES) {
		r = index_u32(k, ix, at, &nd->count);
		nd->values = at + 4;
	}
	return r;
}

/* The reference to the child that `c` leads to; 0 when there is none. */
static int index_child(struct kml *k, const struct index *ix, const struct index_node *nd,
                       unsigned c, uint32_t *ref)
{
	*ref = 0;
	if (c < nd->first || c > nd->last)
		return 0;
	return index_u32(k, ix, nd->children + 4 * (uint64_t)(c - nd->first), ref);
}

/* Read the value at *at and step past it. */
static int index_value(struct kml *k, const struct index *ix, uint64_t *at,
                       struct index_value *v)
{
	int r = index_u32(k, ix, *at, &v->priority);

	if (r == 0 && (r = index_text(k, ix, *at + 4, &v->text)) == 0)
		*at += 5 + v->text.n;
	return r;
}

/* The first value of exactly `key`; KML_NOTFOUND when there is none. */
static int index_find(struct kml *k, const struct index *ix, struct str key, struct str *value)
{
	uint32_t ref = ix->root;
	struct index_value v;
	struct index_node nd;
	int r;

	while (ref) {
		if ((r = index_node(k, ix, ref, &nd)) < 0)
			return r;
		if (!str_starts(key, nd.prefix))
			break;
		key = str_from(key, nd.prefix.n);
		if (!key.n) {
			if (!nd.count)
				break;
			if ((r = index_value(k, ix, &nd.values, &v)) == 0)
				*value = v.text;
			return r;
		}
		if ((r = index_child(k, ix, &nd, (unsigned char)key.p[0], &ref)) < 0)
			return r;
		key = str_from(key, 1);
	}
	return fail(k, KML_NOTFOUND, "not in the index");
}

/* ---- all nodes below one ------------------------------------------------- */

struct index_frame { struct index_node nd; unsigned next; size_t key; };

struct index_walk {
	const struct index *ix;
	struct scope *s;
	struct buf key;                 /* the way from where the walk began */
	struct index_frame *stack;
	size_t depth, room;
	uint64_t left;                  /* how much may still be visited */
	struct str text;                /* what a search looks for */
	struct buf found;
	int (*each)(struct kml *k, void *arg, struct str key, struct str value);
	void *arg;
};

static struct index_walk index_begin(struct scope *s, const struct index *ix)
{
	return (struct index_walk){ .ix = ix, .s = s, .key.s = s, .found.s = s,
	                            .left = ix->src.size / 4 + 1 };
}

static int index_spend(struct kml *k, struct index_walk *w)
{
	return w->left-- ? 0 : fail(k, KML_BAD, "the index runs in a circle");
}

/* What to do with each value of `nd`, whose key is w->key. */
static int index_visit(struct kml *k, struct index_walk *w, const struct index_node *nd)
{
	uint64_t at = nd->values;
	struct index_value v;
	int r = 0;

	for (uint32_t i = 0; i < nd->count && r == 0; i++) {
		if ((r = index_spend(k, w)) < 0 || (r = index_value(k, w->ix, &at, &v)) < 0)
			return r;
		if (w->each) {
			r = w->each(k, w->arg, buf_str(&w->key), v.text);
			continue;
		}
		v.seen = (uint32_t)(w->found.n / sizeof v);
		buf_add(&w->found, (struct str){ (char *)&v, sizeof v });
	}
	return r;
}

static int index_push(struct kml *k, struct index_walk *w, const struct index_node *nd,
                      size_t key)
{
	if (index_spend(k, w) < 0)
		return KML_BAD;
	if (w->depth == w->room) {
		struct index_frame *more;

		more = news(w->s, struct index_frame, w->room = 2 * w->room + 16);
		if (w->depth)
			memcpy(more, w->stack, w->depth * sizeof *more);
		w->stack = more;
	}
	buf_add(&w->key, nd->prefix);
	w->stack[w->depth++] = (struct index_frame){ *nd, nd->first, key };
	return w->each ? index_visit(k, w, nd) : 0;
}

/* A listing has the values of a node before those below it, a search after. */
static int index_pop(struct kml *k, struct index_walk *w)
{
	struct index_frame *f = &w->stack[--w->depth];
	int r = 0;

	if (!w->each && f->nd.count && glob_match(buf_str(&w->key), w->text))
		r = index_visit(k, w, &f->nd);
	w->key.n = f->key;
	return r;
}

/* Visit `nd` and all below it.  (No recursion: the file decides how deep.) */
static int index_below(struct kml *k, struct index_walk *w, const struct index_node *nd)
{
	int r = index_push(k, w, nd, w->key.n);

	while (r == 0 && w->depth) {
		struct index_frame *f = &w->stack[w->depth - 1];
		struct index_node child;
		unsigned c = f->next++;
		size_t key = w->key.n;
		uint32_t ref;

		if (c > f->nd.last) {
			r = index_pop(k, w);
			continue;
		}
		r = index_child(k, w->ix, &f->nd, c, &ref);
		if (r < 0 || !ref || (r = index_node(k, w->ix, ref, &child)) < 0)
			continue;
		buf_byte(&w->key, (char)c);
		r = index_push(k, w, &child, key);
	}
	return r;
}

/* Call `each` for every value, in byte order of the keys.  What it is given
 * is good during the call only. */
static int index_each(struct kml *k, struct scope *s, const struct index *ix,
                      int (*each)(struct kml *k, void *arg, struct str key, struct str value),
                      void *arg)
{
	struct index_walk w = index_begin(s, ix);
	struct index_node nd;
	int r;

	w.each = each;
	w.arg = arg;
	if (!(ix->root >> 28))
		return 0;               /* empty: a reference to nothing */
	r = index_node(k, ix, ix->root, &nd);
	return r < 0 ? r : index_below(k, &w, &nd);
}

/* ---- the patterns that match a text -------------------------------------- */

/* The children of `nd` that begin with a wildcard, and all below them. */
static int index_wild(struct kml *k, struct index_walk *w, const struct index_node *nd)
{
	int r = 0;

	for (const char *c = "*?["; *c && r == 0; c++) {
		struct index_node child;
		uint32_t ref;

		r = index_child(k, w->ix, nd, (unsigned char)*c, &ref);
		if (r < 0 || !ref || (r = index_node(k, w->ix, ref, &child)) < 0)
			continue;
		buf_byte(&w->key, *c);
		r = index_below(k, w, &child);
		w->key.n = 0;
	}
	return r;
}

/* Follow w->text through plain characters as far as they go. */
static int index_follow(struct kml *k, struct index_walk *w, uint32_t ref)
{
	struct index_node nd;
	int r = 0;

	while (r == 0 && ref) {
		size_t plain = 0;

		if ((r = index_node(k, w->ix, ref, &nd)) < 0)
			break;
		while (plain < nd.prefix.n && !memchr("*?[", nd.prefix.p[plain], 3))
			plain++;
		if (!str_starts(w->text, (struct str){ nd.prefix.p, plain }))
			break;
		w->text = str_from(w->text, plain);
		nd.prefix = str_from(nd.prefix, plain);
		if (nd.prefix.n)
			return index_below(k, w, &nd);
		if ((r = index_wild(k, w, &nd)) < 0)
			break;
		if (!w->text.n)
			return index_visit(k, w, &nd);
		r = index_child(k, w->ix, &nd, (unsigned char)w->text.p[0], &ref);
		w->text = str_from(w->text, 1);
	}
	return r;
}

/* Ascending priority; of equal ones the last found is the first. */
static int index_order(const void *a, const void *b)
{
	const struct index_value *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->seen > y->seen ? -1 : 1;
}

/* The values of all keys that, as patterns, match `text`: none is no failure. */
static int index_search(struct kml *k, struct scope *s, const struct index *ix,
                        struct str text, struct index_values *out)
{
	struct index_walk w = index_begin(s, ix);
	int r = 0;

	w.text = text;
	if (ix->root >> 28)
		r = index_follow(k, &w, ix->root);
	*out = (struct index_values){ (struct index_value *)(void *)w.found.p,
	                              w.found.n / sizeof *out->v };
	if (r == 0 && out->n > 1)
		qsort(out->v, out->n, sizeof *out->v, index_order);
	return r;
}

#endif
