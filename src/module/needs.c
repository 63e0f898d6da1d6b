/* needs.c - which modules a module needs itself, and which need it: a graph.
 *
 * A line of modules.dep has all that is needed in the end.  What a module needs
 * itself are the owners of its undefined symbols: its file has the one, and
 * modules.symbols.bin knows the other.  Where one of the two cannot be read, the line
 * is taken without what another module of the line needs, and the node is a guess.
 *
 * Nodes are looked at in the order in which they were met, not by recursion, so
 * that data that runs in a circle, or very deep, ends like any other.
 */
#ifndef KML_NEEDS_C
#define KML_NEEDS_C

#include "../ground/sys.c"
#include "../format/symbols.c"
#include "live.c"
#include "modfile.c"
#include "order.c"

enum needs_how { NEEDS_PRE, NEEDS_HARD, NEEDS_POST, NEEDS_WEAK };

enum needs_state { NEEDS_MISSING, NEEDS_BUILTIN, NEEDS_FILE, NEEDS_LOADED };

struct needs_edge {
	struct needs_edge *next;
	struct needs_node *to;
	enum needs_how how;
	struct needs_symbol { struct needs_symbol *next; struct str name; } *first, **last;
};

struct needs_node {
	struct needs_node *next;        /* in the order in which they were met */
	struct needs_node *twin;        /* in its bucket */
	struct order_module *module;
	enum needs_state state;
	struct needs_edge *edges;       /* what it needs, by kind and name */
	struct needs_edge *users;       /* the same, reversed; `to` is who needs it */
	bool root, user, guess;
	unsigned mark;                  /* for who walks */
};

enum { NEEDS_BUCKETS = 1024, NEEDS_NODES = 1 << 14 };

struct needs {
	struct scope *s;
	struct order *order;
	bool live;                      /* the kernel runs: ask it what is loaded */
	struct needs_node *first, **last, *buckets[NEEDS_BUCKETS];
	size_t n;
};

static struct needs *needs_new(struct scope *s, struct order *order, bool live)
{
	struct needs *g = new(s, struct needs);

	*g = (struct needs){ .s = s, .order = order, .live = live };
	g->last = &g->first;
	return g;
}

static enum needs_state needs_state(struct kml *k, struct needs *g, struct order_module *m)
{
	if (g->live && live_state(k, g->s, m->name) == LIVE_THERE)
		return NEEDS_LOADED;
	order_know(k, g->order, m);
	if (m->path)
		return sys_exists(k, g->s, m->path) ? NEEDS_FILE : NEEDS_MISSING;
	return order_builtin(k, g->order, m->name) ? NEEDS_BUILTIN : NEEDS_MISSING;
}

/* The node of that name; NULL when there are too many. */
static struct needs_node *needs_node(struct kml *k, struct needs *g, struct str name)
{
	struct needs_node **bucket = &g->buckets[str_hash(name) % NEEDS_BUCKETS], *n = *bucket;

	while (n && !str_eq(n->module->name, name))
		n = n->twin;
	if (n || g->n >= NEEDS_NODES)
		return n;
	n = new(g->s, struct needs_node);
	n->module = order_module(g->order, name, S(""));
	n->state = needs_state(k, g, n->module);
	n->twin = *bucket;
	*bucket = n;
	*g->last = n;
	g->last = &n->next;
	g->n++;
	return n;
}

/* The edge of that kind to `to` in the list *at, made if it is not there. */
static struct needs_edge *needs_edge(struct needs *g, struct needs_edge **at,
                                     struct needs_node *to, enum needs_how how)
{
	struct needs_edge *e;

	for (; (e = *at); at = &e->next) {
		if (e->to == to && e->how == how)
			return e;
		if (e->how > how || (e->how == how &&
		                     str_cmp(e->to->module->name, to->module->name) > 0))
			break;
	}
	e = new(g->s, struct needs_edge);
	*e = (struct needs_edge){ .next = *at, .to = to, .how = how };
	e->last = &e->first;
	return *at = e;
}

/* ---- one module ---------------------------------------------------------- */

static void needs_symbol(struct kml *k, struct needs *g, struct needs_node *n, struct str name)
{
	struct needs_symbol *sym;
	struct needs_node *to;
	struct needs_edge *e;
	struct scope *t = scope_begin(g->s);
	struct str key = str_of(scope_format(t, "symbol:%.*s", FMT(name))), owner;
	bool found = order_find(k, g->order, ORDER_SYMBOLS, key, &owner);

	scope_end(t);
	if (!found || str_eq(owner, n->module->name) || !(to = needs_node(k, g, owner)))
		return;
	e = needs_edge(g, &n->edges, to, NEEDS_HARD);
	sym = new(g->s, struct needs_symbol);
	sym->name = scope_str(g->s, name);
	*e->last = sym;
	e->last = &sym->next;
}

/* By its file. */
static int needs_by_symbols(struct kml *k, struct needs *g, struct needs_node *n)
{
	struct scope *t = scope_begin(g->s);
	struct symbols wants;
	struct source src;
	struct elf e;
	int r = order_index(k, g->order, ORDER_SYMBOLS) ? 0 :
		fail(k, KML_NOTFOUND, "there is no modules.symbols.bin");

	if (r == 0 && (r = modfile_open(k, t, n->module->path, &src)) == 0 &&
	    (r = elf_open(k, t, &src, &e)) == 0 && (r = symbols_needs(k, t, &e, &wants)) == 0)
		for (size_t i = 0; i < wants.n; i++)
			needs_symbol(k, g, n, wants.v[i].name);
	scope_end(t);
	return r;
}

/* By its line, without what others of the line need. */
static void needs_by_line(struct kml *k, struct needs *g, struct needs_node *n)
{
	struct order_module *m = n->module;
	unsigned mark = ++g->order->plan;

	for (size_t i = 0; i < m->ndeps; i++) {
		struct order_module *d = m->deps[i];

		order_know(k, g->order, d);
		for (size_t j = 0; j < d->ndeps; j++)
			if (d->deps[j] != d)
				d->deps[j]->visited = mark;
	}
	for (size_t i = 0; i < m->ndeps; i++) {
		struct needs_node *to;

		if (m->deps[i]->visited != mark && m->deps[i] != m &&
		    (to = needs_node(k, g, m->deps[i]->name)))
			needs_edge(g, &n->edges, to, NEEDS_HARD);
	}
	n->guess = true;
}

static void needs_soft(struct kml *k, struct needs *g, struct needs_node *n,
                       const struct order_list *l, enum needs_how how)
{
	for (size_t i = 0; i < l->n; i++) {
		struct needs_node *to = needs_node(k, g, l->v[i]->name);

		if (to)
			needs_edge(g, &n->edges, to, how);
	}
}

/* Those that a maker of an initramfs shall not forget; they need not exist. */
static void needs_weak(struct kml *k, struct needs *g, struct needs_node *n)
{
	const struct modconf_line *l = modconf_find(g->order->conf, MODCONF_WEAKDEP,
	                                            n->module->name);
	struct str text = l ? l->text : S(""), word, name;

	while ((word = str_word(&text)).n) {
		struct order_list found = order_lookup(k, g->order, word);
		struct needs_node *to;

		needs_soft(k, g, n, &found, NEEDS_WEAK);
		if (!found.n && modname_normal(g->s, word, &name) &&
		    (to = needs_node(k, g, name)))
			needs_edge(g, &n->edges, to, NEEDS_WEAK);
	}
}

/* Find what `n` needs. */
static void needs_expand(struct kml *k, struct needs *g, struct needs_node *n)
{
	struct order_list pre, post;

	order_know(k, g->order, n->module);
	if (n->module->path && (n->state == NEEDS_MISSING || needs_by_symbols(k, g, n) < 0)) {
		if (n->state != NEEDS_MISSING)
			note(k, KML_WARNING, "%s: %s", n->module->path, k->msg);
		needs_by_line(k, g, n);
	}
	order_softdeps(k, g->order, n->module->name, &pre, &post);
	needs_soft(k, g, n, &pre, NEEDS_PRE);
	needs_soft(k, g, n, &post, NEEDS_POST);
	needs_weak(k, g, n);
}

/* ---- the graph ----------------------------------------------------------- */

/* Begin with what `word` means: a name or an alias. */
static int needs_root(struct kml *k, struct needs *g, const char *word)
{
	struct order_list found = order_lookup(k, g->order, str_of(word));

	if (!found.n)
		return fail(k, KML_NOTFOUND, "no module %s in %s", word, g->order->dir);
	for (size_t i = 0; i < found.n; i++) {
		struct needs_node *n = needs_node(k, g, found.v[i]->name);

		if (n)
			n->root = n->user = true;
	}
	return 0;
}

/* All that the roots need. */
static int needs_down(struct kml *k, struct needs *g)
{
	for (struct needs_node *n = g->first; n; n = n->next)
		needs_expand(k, g, n);
	return g->n < NEEDS_NODES ? 0 : fail(k, KML_BAD, "%s/modules.dep.bin: more than %d "
	                                     "modules hang together", g->order->dir, NEEDS_NODES);
}

struct needs_search { struct needs *g; struct buf users; };

/* A line of modules.dep: does one of the roots stand in it? */
static int needs_look(struct kml *k, void *arg, struct str key, struct str line)
{
	struct needs_search *q = arg;
	struct scope *t = scope_begin(q->g->s);
	struct str word, name = key;

	str_take(&line, ':');
	while ((word = str_word(&line)).n) {
		struct str need = modname_of_path(t, word);
		struct needs_node *n = q->g->first;

		while (n && !str_eq(n->module->name, need))
			n = n->next;
		if (!n)
			continue;
		name = scope_str(q->g->s, key);         /* the key is good for this call only */
		buf_add(&q->users, (struct str){ (char *)&name, sizeof name });
		break;
	}
	(void)k;
	scope_end(t);
	return 0;
}

/* The edges between those in question, backwards. */
static void needs_reverse(struct needs *g)
{
	for (struct needs_node *n = g->first; n; n = n->next)
		for (struct needs_edge *e = n->user ? n->edges : NULL; e; e = e->next)
			if (e->to->user && e->how == NEEDS_HARD) {
				struct needs_edge *back = needs_edge(g, &e->to->users, n, e->how);

				back->first = e->first;
			}
}

/* All that need one of the roots, in the end. */
static int needs_up(struct kml *k, struct needs *g)
{
	const struct index *ix = order_index(k, g->order, ORDER_DEP);
	struct needs_search q = { g, { .s = g->s } };
	struct str name;
	int r = ix ? index_each(k, g->s, ix, needs_look, &q) : 0;

	if (r < 0)
		return fail_in(k, r, "%s/modules.dep.bin", g->order->dir);
	for (size_t i = 0; i + sizeof name <= q.users.n; i += sizeof name) {
		struct needs_node *n;

		memcpy(&name, q.users.p + i, sizeof name);
		if ((n = needs_node(k, g, name)))
			n->user = true;
	}
	for (struct needs_node *n = g->first; n; n = n->next)
		if (n->user)
			needs_expand(k, g, n);
	needs_reverse(g);
	return 0;
}

#endif
