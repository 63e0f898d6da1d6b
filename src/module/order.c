/* order.c - which modules a name means, and what must be loaded before them.
 *
 * A name is looked up in turn, and the first step that knows it wins:
 *
 *     1  alias lines of the configuration      5  modules.alias.bin
 *     2  modules.dep.bin, names of modules     6  modules.builtin.bin
 *     3  modules.symbols.bin, "symbol:..."     7  modules.builtin.alias.bin
 *     4  names in install and remove lines
 *
 * An alias may mean several modules; 5 and 7 give them in depmod's order.
 *
 * The line of a module in modules.dep.bin has its path and those of all it
 * needs, the deepest last.  A plan is that line from its end, each module between
 * its own soft dependencies, which are looked up as names are and come with all
 * they need.  What a plan has visited is not planned again, so circles end.
 *
 * Indexes are opened when they are first asked.  One that is missing knows no
 * names; one that is damaged neither, but that is said once.
 */
#ifndef KML_ORDER_C
#define KML_ORDER_C

#include "../ground/sys.c"
#include "../format/index.c"
#include "../format/modconf.c"

enum order_which {
	ORDER_DEP, ORDER_SYMBOLS, ORDER_ALIAS, ORDER_BUILTIN, ORDER_BUILTIN_ALIAS, ORDER_INDEXES
};

static const char *const order_names[] = {
	"modules.dep.bin", "modules.symbols.bin", "modules.alias.bin",
	"modules.builtin.bin", "modules.builtin.alias.bin",
};

enum { ORDER_DEEPEST = 200 };           /* softdeps of softdeps of ... */
enum { ORDER_BUCKETS = 256 };

struct order_module {
	struct order_module *next;      /* in its bucket */
	struct str name;
	struct str alias;               /* through which it was found; empty: by name */
	const char *path;               /* NULL: not in modules.dep, or built in */
	struct order_module **deps;     /* all it needs, in the order of loading */
	size_t ndeps;
	bool known;                     /* modules.dep.bin was asked for path and deps */
	unsigned visited, required;     /* the number of the plan */
	bool bare;                      /* in this plan: no install command for it */
};

struct order_list { struct scope *s; struct order_module **v; size_t n, room; };

struct order {
	struct scope *s;
	const char *dir;                /* the module directory */
	const struct modconf *conf;
	/* How files of the directory are opened; NULL: as files, by path. */
	int (*open)(struct kml *k, struct scope *s, void *arg, const char *name,
	            struct source *out);
	void *arg;
	struct order_index { bool tried, there; struct index ix; } index[ORDER_INDEXES];
	struct order_module *known[ORDER_BUCKETS];     /* all that were ever named */
	unsigned plan;
};

static struct order order_begin(struct scope *s, const char *dir, const struct modconf *conf)
{
	return (struct order){ .s = s, .dir = dir, .conf = conf };
}

static void order_append(struct order_list *l, struct order_module *m)
{
	if (l->n == l->room) {
		struct order_module **v;

		v = news(l->s, struct order_module *, l->room = 2 * l->room + 8);
		if (l->n)
			memcpy(v, l->v, l->n * sizeof *v);
		l->v = v;
	}
	l->v[l->n++] = m;
}

/* ---- indexes ------------------------------------------------------------- */

static void order_broken(struct kml *k, struct order *o, enum order_which which, int r)
{
	o->index[which].there = false;
	if (r != KML_NOTFOUND)
		note(k, KML_ERROR, "%s/%s: %s", o->dir, order_names[which], k->msg);
}

static const struct index *order_index(struct kml *k, struct order *o, enum order_which which)
{
	struct order_index *x = &o->index[which];
	struct source src;
	int r;

	if (!x->tried) {
		x->tried = true;
		if (o->open)
			r = o->open(k, o->s, o->arg, order_names[which], &src);
		else
			r = sys_source(k, o->s, scope_format(o->s, "%s/%s", o->dir,
			                                     order_names[which]), &src);
		x->there = r == 0 && src.size && (r = index_open(k, &src, &x->ix)) == 0;
		if (r < 0)
			order_broken(k, o, which, r);
	}
	return x->there ? &x->ix : NULL;
}

/* The value of exactly `key`. */
static bool order_find(struct kml *k, struct order *o, enum order_which which, struct str key,
                       struct str *value)
{
	const struct index *ix = order_index(k, o, which);
	int r = ix ? index_find(k, ix, key, value) : KML_NOTFOUND;

	if (r < 0 && r != KML_NOTFOUND)
		order_broken(k, o, which, r);
	return r == 0;
}

static bool order_builtin(struct kml *k, struct order *o, struct str name)
{
	struct str value;

	return order_find(k, o, ORDER_BUILTIN, name, &value);
}

/* ---- modules ------------------------------------------------------------- */

/* The one module of that name, as found through that alias. */
static struct order_module *order_module(struct order *o, struct str name, struct str alias)
{
	struct order_module **bucket = &o->known[str_hash(name) % ORDER_BUCKETS], *m = *bucket;

	while (m && (!str_eq(m->name, name) || !str_eq(m->alias, alias)))
		m = m->next;
	if (!m) {
		m = new(o->s, struct order_module);
		m->name = scope_str(o->s, name);
		m->alias = scope_str(o->s, alias);
		m->next = *bucket;
		*bucket = m;
	}
	return m;
}

/* A look-up makes dozens of these: they are put together by hand. */
static const char *order_path(const struct order *o, struct str path)
{
	struct buf b = { .s = o->s };

	if (path.p[0] != '/') {
		buf_room(&b, strlen(o->dir) + path.n + 2);
		buf_add(&b, str_of(o->dir));
		buf_byte(&b, '/');
	}
	buf_add(&b, path);
	buf_byte(&b, '\0');
	return b.p;
}

/* Fill in path and dependencies from a line of modules.dep. */
static void order_parse(struct order *o, struct order_module *m, struct str line)
{
	struct str own = str_trim(str_take(&line, ':')), rest = line, word;
	size_t n = 0;

	if (own.n && !m->path)
		m->path = order_path(o, own);
	while (str_word(&rest).n)
		n++;
	m->deps = news(o->s, struct order_module *, n);
	for (m->ndeps = n; n && (word = str_word(&line)).n;) {
		struct order_module *d = order_module(o, modname_of_path(o->s, word), S(""));

		if (!d->path)
			d->path = order_path(o, word);
		m->deps[--n] = d;
	}
}

/* See to it that path and dependencies of `m` are known, if there are any. */
static void order_know(struct kml *k, struct order *o, struct order_module *m)
{
	struct str line;

	if (!m->known && order_find(k, o, ORDER_DEP, m->name, &line))
		order_parse(o, m, line);
	m->known = true;
}

/* The module in the file `path`: what it needs is looked up by its name. */
static struct order_module *order_of_path(struct order *o, const char *path)
{
	struct order_module *m = order_module(o, modname_of_path(o->s, str_of(path)), S(""));

	m->path = scope_text(o->s, str_of(path));
	return m;
}

/* ---- looking up ---------------------------------------------------------- */

static void order_by_config(struct order *o, struct str name, struct order_list *out)
{
	const struct modconf_line *l = o->conf->of[MODCONF_ALIAS].first;

	for (; l; l = l->next)
		if (glob_match(l->name, name))
			order_append(out, order_module(o, l->text, l->name));
}

static void order_by_name(struct kml *k, struct order *o, enum order_which which,
                          struct str name, struct order_list *out)
{
	struct order_module *m;
	struct str line;

	if (!order_find(k, o, which, name, &line))
		return;
	m = order_module(o, name, S(""));
	if (which == ORDER_DEP && !m->known) {
		order_parse(o, m, line);
		m->known = true;
	}
	order_append(out, m);
}

static void order_by_alias(struct kml *k, struct order *o, enum order_which which,
                           struct str name, struct order_list *out)
{
	const struct index *ix = order_index(k, o, which);
	struct index_values found = { 0 };
	int r = ix ? index_search(k, o->s, ix, name, &found) : 0;

	if (r < 0)
		order_broken(k, o, which, r);
	for (size_t i = 0; r == 0 && i < found.n; i++)
		order_append(out, order_module(o, found.v[i].text, name));
}

/* Every module that `word`, as a person or a device says it, means; there may
 * be none. */
static struct order_list order_lookup(struct kml *k, struct order *o, struct str word)
{
	struct order_list out = { .s = o->s };
	struct str name;

	if (!modname_normal(o->s, word, &name) || !name.n)
		return out;
	order_by_config(o, name, &out);
	if (!out.n && str_find(name, ':') == name.n)
		order_by_name(k, o, ORDER_DEP, name, &out);
	if (!out.n && str_starts(name, S("symbol:")))
		order_by_alias(k, o, ORDER_SYMBOLS, name, &out);
	if (!out.n && (modconf_named(o->conf, MODCONF_INSTALL, name) ||
	               modconf_named(o->conf, MODCONF_REMOVE, name)))
		order_append(&out, order_module(o, name, S("")));
	if (!out.n)
		order_by_alias(k, o, ORDER_ALIAS, name, &out);
	if (!out.n)
		order_by_name(k, o, ORDER_BUILTIN, name, &out);
	if (!out.n)
		order_by_alias(k, o, ORDER_BUILTIN_ALIAS, name, &out);
	return out;
}

/* ---- soft dependencies --------------------------------------------------- */

static void order_softdep_line(struct kml *k, struct order *o, struct str text,
                               struct order_list *pre, struct order_list *post)
{
	bool after = false, begun = false;
	struct str word;

	while ((word = modconf_softdep(&text, &after, &begun)).n) {
		struct order_list found = order_lookup(k, o, word);

		for (size_t i = 0; i < found.n; i++)
			order_append(after ? post : pre, found.v[i]);
	}
}

/* The modules that shall be there before and after `name`.  Of lines in the
 * configuration the first counts, as it always did; a module's own, which
 * depmod wrote, count together. */
static void order_softdeps(struct kml *k, struct order *o, struct str name,
                           struct order_list *pre, struct order_list *post)
{
	const struct modconf_line *l = modconf_find(o->conf, MODCONF_SOFTDEP, name);
	const char *file = l ? l->file : NULL;
	bool own = l && str_ends(str_of(file), S("/modules.softdep"));

	*pre = *post = (struct order_list){ .s = o->s };
	if (l)
		order_softdep_line(k, o, l->text, pre, post);
	while (own && (l = l->next) && l->file == file)
		if (str_eq(l->name, name))
			order_softdep_line(k, o, l->text, pre, post);
}

/* ---- plans --------------------------------------------------------------- */

/* Everything `m` needs, then `m`, each between the soft dependencies of its own. */
static int order_visit(struct kml *k, struct order *o, struct order_module *m, bool bare,
                       int depth, struct order_list *out)
{
	int r = 0;

	if (m->visited == o->plan)
		return 0;
	if (depth > ORDER_DEEPEST)
		return fail(k, KML_BAD, "soft dependencies go deeper than %d modules",
		            ORDER_DEEPEST);
	m->visited = o->plan;
	order_know(k, o, m);
	for (size_t i = 0; i <= m->ndeps && r == 0; i++) {
		struct order_module *x = i < m->ndeps ? m->deps[i] : m;
		struct order_list pre = { 0 }, post = { 0 };

		if (!depth)
			x->required = o->plan;
		if (x != m || !bare)
			order_softdeps(k, o, x->name, &pre, &post);
		x->bare = x == m && bare;
		for (size_t j = 0; j < pre.n && r == 0; j++)
			r = order_visit(k, o, pre.v[j], false, depth + 1, out);
		order_append(out, x);
		for (size_t j = 0; j < post.n && r == 0; j++)
			r = order_visit(k, o, post.v[j], false, depth + 1, out);
	}
	return r;
}

/* All that is to be loaded for `m`, in order; what it needs only softly has
 * another number than o->plan in `required`.  `bare`: neither the softdeps nor
 * the install command of `m` itself. */
static int order_plan(struct kml *k, struct order *o, struct order_module *m, bool bare,
                      struct order_list *out)
{
	*out = (struct order_list){ .s = o->s };
	o->plan++;
	return order_visit(k, o, m, bare, 0, out);
}

#endif
