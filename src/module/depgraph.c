/* depgraph.c - which module needs which, and the order of them all.
 *
 * A module needs another if it has an undefined symbol that the other exports; of
 * several that export it the last in the order of modules counts.  Symbols of the
 * kernel itself, where they are known, belong to nobody.
 *
 * The modules are numbered so that users stand before what they use: a stack holds
 * at first the modules that nobody uses, in order; the top is numbered, and those of
 * its direct dependencies that now have no user left without a number are pushed, in
 * the order of their first use.  What is left over is in a cycle, or below one.
 */
#ifndef KML_DEPGRAPH_C
#define KML_DEPGRAPH_C

#include "../ground/base.c"
#include "depscan.c"

enum { DEPGRAPH_NOBODY = -1 };

struct depgraph {
	struct scope *s;
	struct depscan_module *v;       /* in order */
	size_t n;
	char prefix;                    /* that symbols may have, or '\0' */

	struct depgraph_symbol {        /* all that is exported, by name */
		struct str name;
		uint32_t hash, crc;
		int32_t owner;          /* index of the module, or DEPGRAPH_NOBODY */
	} *symbols;
	size_t nsymbols, cap, mask;
	uint32_t *slots;                /* symbol + 1 */

	uint32_t *needs, *needs_at;     /* of module i: needs[needs_at[i]] up to [i + 1] */
	uint32_t *number;               /* of module i in the order of use */
};

/* ---- exported symbols ---------------------------------------------------- */

/* The name to look up: without the prefix. */
static struct str depgraph_plain(const struct depgraph *g, struct str name, uint32_t *hash)
{
	if (g->prefix && name.n && name.p[0] == g->prefix) {
		name = str_from(name, 1);
		*hash = symbols_hash(name);
	}
	return name;
}

static uint32_t *depgraph_slot(const struct depgraph *g, struct str name, uint32_t hash)
{
	size_t at = hash & g->mask;

	while (g->slots[at]) {
		const struct depgraph_symbol *sym = &g->symbols[g->slots[at] - 1];

		if (sym->hash == hash && str_eq(sym->name, name))
			break;
		at = (at + 1) & g->mask;
	}
	return &g->slots[at];
}

static const struct depgraph_symbol *depgraph_find(const struct depgraph *g, struct str name,
                                                   uint32_t hash)
{
	uint32_t i;

	if (name.n && name.p[0] == '.') {       /* the code of a function, on ppc64 */
		name = str_from(name, 1);
		hash = symbols_hash(name);
	}
	name = depgraph_plain(g, name, &hash);
	i = g->nsymbols ? *depgraph_slot(g, name, hash) : 0;
	return i ? &g->symbols[i - 1] : NULL;
}

static void depgraph_grow(struct depgraph *g)
{
	struct depgraph_symbol *old = g->symbols;

	g->cap = g->cap ? 2 * g->cap : 1024;
	g->symbols = news(g->s, struct depgraph_symbol, g->cap);
	if (g->nsymbols)
		memcpy(g->symbols, old, g->nsymbols * sizeof *old);
	g->mask = 2 * g->cap - 1;
	g->slots = news(g->s, uint32_t, g->mask + 1);
	for (size_t i = 0; i < g->nsymbols; i++)
		*depgraph_slot(g, g->symbols[i].name, g->symbols[i].hash) = (uint32_t)i + 1;
}

/* `name` must stay.  The last of two with one name counts. */
static void depgraph_export(struct depgraph *g, struct str name, uint32_t hash, uint32_t crc,
                            int32_t owner)
{
	uint32_t *slot;

	if (g->nsymbols == g->cap)
		depgraph_grow(g);
	name = depgraph_plain(g, name, &hash);
	slot = depgraph_slot(g, name, hash);
	if (!*slot)
		*slot = (uint32_t)++g->nsymbols;
	g->symbols[*slot - 1] = (struct depgraph_symbol){ name, hash, crc, owner };
}

/* What the kernel itself exports; before depgraph_build(). */
static void depgraph_kernel(struct depgraph *g, struct str name, uint32_t crc)
{
	depgraph_export(g, scope_str(g->s, name), symbols_hash(name), crc, DEPGRAPH_NOBODY);
}

/* A graph of the modules `v`, which are in order; `prefix` is what symbols may
 * have in front, or '\0'. */
static struct depgraph depgraph_new(struct scope *s, struct depscan_module *v, size_t n,
                                    char prefix)
{
	return (struct depgraph){ .s = s, .v = v, .n = n, .prefix = prefix };
}

/* ---- needs --------------------------------------------------------------- */

/* The symbols that the names of each worker stand for, looked up once. */
struct depgraph_map {
	struct depgraph_map *next;
	const struct depscan_names *names;
	uint32_t *symbol;               /* index + 1; 0: nobody exports it */
};

static const uint32_t *depgraph_mapped(const struct depgraph *g, struct scope *t,
                                       struct depgraph_map **maps,
                                       const struct depscan_names *names)
{
	struct depgraph_map *m = *maps;

	while (m && m->names != names)
		m = m->next;
	if (m)
		return m->symbol;
	m = new(t, struct depgraph_map);
	*m = (struct depgraph_map){ *maps, names, news(t, uint32_t, names->n) };
	for (size_t i = 0; i < names->n; i++) {
		const struct depgraph_symbol *sym =
			depgraph_find(g, names->v[i].text, names->v[i].hash);

		m->symbol[i] = sym ? (uint32_t)(sym - g->symbols) + 1 : 0;
	}
	return (*maps = m)->symbol;
}

/* The owner of each symbol that module `i` needs, once, in order of first use.
 * `seen` has, for each module, i + 1 when i needs it. */
static void depgraph_needs(struct depgraph *g, size_t i, const uint32_t *symbol,
                           uint32_t *seen, struct buf *out)
{
	const struct depscan_module *m = &g->v[i];

	for (uint32_t j = 0; j < m->nneeds; j++) {
		uint32_t at = symbol[m->needs[j].name & ~DEPSCAN_WEAK];
		int32_t owner = at ? g->symbols[at - 1].owner : DEPGRAPH_NOBODY;

		if (owner < 0 || seen[owner] == i + 1)
			continue;
		seen[owner] = (uint32_t)i + 1;
		buf_add(out, (struct str){ (const char *)&owner, sizeof owner });
	}
}

static void depgraph_edges(struct depgraph *g, struct scope *t)
{
	struct depgraph_map *maps = NULL;
	uint32_t *seen = news(t, uint32_t, g->n);
	struct buf b = { .s = t };

	g->needs_at = news(g->s, uint32_t, g->n + 1);
	for (size_t i = 0; i < g->n; i++) {
		if (g->v[i].nneeds)
			depgraph_needs(g, i, depgraph_mapped(g, t, &maps, g->v[i].names), seen, &b);
		g->needs_at[i + 1] = (uint32_t)(b.n / sizeof *g->needs);
	}
	g->needs = scope_array(g->s, g->needs_at[g->n], sizeof *g->needs);
	if (b.n)
		memcpy(g->needs, b.p, b.n);
}

/* ---- order --------------------------------------------------------------- */

/* Number the modules; how many there were. */
static size_t depgraph_number(struct depgraph *g, struct scope *t)
{
	uint32_t *users = news(t, uint32_t, g->n), *stack = news(t, uint32_t, g->n);
	size_t top = 0, n = 0;

	g->number = news(g->s, uint32_t, g->n);
	for (size_t i = 0; i < g->needs_at[g->n]; i++)
		users[g->needs[i]]++;
	for (size_t i = 0; i < g->n; i++)
		if (!users[i])
			stack[top++] = (uint32_t)i;
	while (top) {
		uint32_t m = stack[--top];

		g->number[m] = (uint32_t)++n;
		for (uint32_t i = g->needs_at[m]; i < g->needs_at[m + 1]; i++)
			if (!--users[g->needs[i]])
				stack[top++] = g->needs[i];
	}
	return n;
}

/* ---- cycles -------------------------------------------------------------- */

enum { DEPGRAPH_NEW, DEPGRAPH_OPEN, DEPGRAPH_DONE };

/* Walking down from module to module: `path` are those being looked at, and
 * at[m] is the next need of m to look at. */
struct depgraph_walk { uint32_t *path, *at; size_t depth; char *state; bool *cyclic; };

/* Tell of the cycle that closes when the top of the path needs `m`. */
static void depgraph_tell(struct kml *k, const struct depgraph *g, struct scope *t,
                          struct depgraph_walk *w, uint32_t m)
{
	struct buf b = { .s = t };
	size_t i = w->depth;

	while (w->path[--i] != m)
		;
	for (; i < w->depth; i++) {
		buf_format(&b, "%.*s -> ", FMT(g->v[w->path[i]].name));
		w->cyclic[w->path[i]] = true;
	}
	buf_add(&b, g->v[m].name);
	note(k, KML_ERROR, "Cycle detected: %.*s", FMT(buf_str(&b)));
}

static void depgraph_open(const struct depgraph *g, struct depgraph_walk *w, uint32_t m)
{
	w->path[w->depth++] = m;
	w->at[m] = g->needs_at[m];
	w->state[m] = DEPGRAPH_OPEN;
}

/* Tell of the cycles among the modules without a number. */
static int depgraph_cycles(struct kml *k, const struct depgraph *g, struct scope *t)
{
	struct depgraph_walk w = { news(t, uint32_t, g->n), news(t, uint32_t, g->n), 0,
	                           news(t, char, g->n), news(t, bool, g->n) };
	unsigned n = 0;

	for (size_t i = 0; i < g->n; i++) {
		if (g->number[i] || w.state[i] != DEPGRAPH_NEW)
			continue;
		depgraph_open(g, &w, (uint32_t)i);
		while (w.depth) {
			uint32_t top = w.path[w.depth - 1], m;

			if (w.at[top] == g->needs_at[top + 1]) {
				w.state[top] = DEPGRAPH_DONE;
				w.depth--;
				continue;
			}
			m = g->needs[w.at[top]++];
			if (w.state[m] == DEPGRAPH_OPEN)
				depgraph_tell(k, g, t, &w, m);
			else if (w.state[m] == DEPGRAPH_NEW)
				depgraph_open(g, &w, m);
		}
	}
	for (size_t i = 0; i < g->n; i++)
		n += w.cyclic[i];
	note(k, KML_ERROR, "Found %u modules in dependency cycles!", n);
	return fail(k, KML_BAD, "modules depend on each other in a circle");
}

/* ---- building and asking ------------------------------------------------- */

/* Find out what needs what.  A cycle is told of and is KML_BAD. */
static int depgraph_build(struct kml *k, struct depgraph *g)
{
	struct scope *t = scope_begin(g->s);
	int r = 0;

	for (size_t i = 0; i < g->n; i++)
		for (uint32_t j = 0; j < g->v[i].nexports; j++) {
			struct depscan_symbol sym = g->v[i].exports[j];
			struct depscan_name name = g->v[i].names->v[sym.name];

			depgraph_export(g, name.text, name.hash, sym.crc, (int32_t)i);
		}
	depgraph_edges(g, t);
	if (depgraph_number(g, t) < g->n)
		r = depgraph_cycles(k, g, t);
	scope_end(t);
	return r;
}

/* Room to ask for closures in. */
struct depgraph_closure { const struct depgraph *g; uint32_t *v, *seen, n, mark; };

static struct depgraph_closure depgraph_closure_new(struct scope *s, const struct depgraph *g)
{
	return (struct depgraph_closure){ g, news(s, uint32_t, g->n), news(s, uint32_t, g->n),
	                                  0, 0 };
}

/* Users before what they use.  The lists are short: most have less than ten. */
static void depgraph_sort(struct depgraph_closure *c)
{
	for (uint32_t i = 1; i < c->n; i++) {
		uint32_t m = c->v[i], j = i;

		for (; j && c->g->number[c->v[j - 1]] > c->g->number[m]; j--)
			c->v[j] = c->v[j - 1];
		c->v[j] = m;
	}
}

/* All that module `i` needs, directly or not, in c->v: c->n of them. */
static void depgraph_closure_of(struct depgraph_closure *c, size_t i)
{
	const struct depgraph *g = c->g;
	uint32_t m = (uint32_t)i;

	c->n = 0;
	c->mark++;
	for (uint32_t next = 0;; m = c->v[next++]) {
		for (uint32_t j = g->needs_at[m]; j < g->needs_at[m + 1]; j++) {
			uint32_t need = g->needs[j];

			if (c->seen[need] != c->mark) {
				c->seen[need] = c->mark;
				c->v[c->n++] = need;
			}
		}
		if (next == c->n)
			break;
	}
	depgraph_sort(c);
}

#endif
