/* depindex.c - from modules to depmod's files: order, symbols, warnings.
 *
 * The order of modules decides which of several exporters of a symbol counts and
 * which of several modules with an alias comes first.  It is that of modules.order,
 * where a module has the extension .ko whatever its file has; those not named there
 * follow in the order of kmod's table of module names (kmodhash.c).
 */
#ifndef KML_DEPINDEX_C
#define KML_DEPINDEX_C

#include "../ground/base.c"
#include "../format/kmodhash.c"
#include "../format/modname.c"
#include "depfile.c"
#include "depgraph.c"
#include "depscan.c"
#include "tree.c"

enum { DEPINDEX_BUCKETS = 512 };

struct depindex {
	struct tree *tree;              /* the files, each with another name */
	struct depscan_module *modules; /* for each file; depindex_order() orders them */
	struct depfile_texts texts;
	struct depgraph graph;
	char prefix;                    /* what symbols may have in front, or '\0' */
	bool duplicates;                /* warn of double aliases */
	bool unknown;                   /* warn of symbols that nobody has */
	bool versions;                  /* and of those with another version */
	bool stamp;                     /* see depscan_run() */
	struct buf *resolved;           /* may be NULL: who has each symbol */
};

/* What messages call a module. */
static const char *depindex_path(const struct depscan_module *m)
{
	return m->path ? m->path : m->rel.p;
}

/* Modules for the files of `t`, to be opened by their paths. */
static struct depscan_module *depindex_modules(struct scope *s, const struct tree *t)
{
	struct depscan_module *v = news(s, struct depscan_module, t->n);

	for (size_t i = 0; i < t->n; i++)
		v[i] = (struct depscan_module){ .path = t->files[i].path, .rel = t->files[i].rel,
		                                .name = t->files[i].name };
	return v;
}

/* ---- order --------------------------------------------------------------- */

/* rank[i]: the first line of modules.order that names file i, from 1; or 0.  False
 * when the list does not end with a newline: then kmod believes none of it. */
static bool depindex_ranks(const struct depindex *d, struct scope *t, uint32_t *rank)
{
	struct str rest = d->texts.order;
	uint32_t line = 0;

	if (rest.n && rest.p[rest.n - 1] != '\n')
		return false;
	while (rest.n) {
		struct str path = str_take(&rest, '\n');
		const struct tree_file *f = tree_find(d->tree, modname_of_path(t, path));

		line++;
		if (f && str_ends(path, S(".ko")) && !rank[f - d->tree->files] &&
		    str_eq(tree_stem(f->rel), tree_stem(path)))
			rank[f - d->tree->files] = line;
	}
	return true;
}

/* Put d->modules, which are those of the tree's files, in order. */
static void depindex_order(struct kml *k, struct scope *s, struct depindex *d)
{
	struct scope *t = scope_begin(s);
	size_t n = d->tree->n, lines = 1, at = 0;
	uint32_t *rank = news(t, uint32_t, n), *order, *line;
	struct str *keys = news(t, struct str, n);
	struct depscan_module *v = news(s, struct depscan_module, n);

	for (size_t i = 0; i < d->texts.order.n; i++)
		lines += d->texts.order.p[i] == '\n';
	if (!depindex_ranks(d, t, rank)) {
		note(k, KML_ERROR, "%s/modules.order:%zu corrupted line misses '\\n'", d->tree->dir,
		     lines);
		memset(rank, 0, n * sizeof *rank);
	}
	line = news(t, uint32_t, lines + 1);
	for (size_t i = 0; i < n; i++) {
		line[rank[i]] = rank[i] ? (uint32_t)i + 1 : 0;
		keys[i] = d->tree->files[i].name;
	}
	for (size_t i = 1; i <= lines; i++)
		if (line[i])
			v[at++] = d->modules[line[i] - 1];
	order = kmodhash_order(t, keys, n, DEPINDEX_BUCKETS);
	for (size_t i = 0; i < n; i++)
		if (!rank[order[i]])
			v[at++] = d->modules[order[i]];
	d->modules = v;
	scope_end(t);
}

/* ---- what the kernel exports --------------------------------------------- */

/* Symbols that the kernel's loader knows of itself. */
static void depindex_magic(struct depgraph *g)
{
	depgraph_kernel(g, S("__this_module"), 0);
	depgraph_kernel(g, S("_GLOBAL_OFFSET_TABLE_"), 0);
	depgraph_kernel(g, S("TOC."), 0);      /* .TOC. */
}

static bool depindex_hex(struct str s, uint32_t *out)
{
	uint32_t v = 0;

	if (str_starts(s, S("0x")) || str_starts(s, S("0X")))
		s = str_from(s, 2);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		int d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ?
			(c | 32) - 'a' + 10 : -1;

		if (d < 0)
			return false;
		v = v << 4 | (uint32_t)d;
	}
	*out = v;
	return s.n > 0;
}

/* Module.symvers: lines CRC NAME WHERE and more; the kernel's own are in vmlinux. */
static void depindex_symvers(struct depgraph *g, struct str text)
{
	while (text.n) {
		struct str line = str_take(&text, '\n'), crc = str_word(&line);
		struct str name = str_word(&line), where = str_word(&line);
		uint32_t v;

		if (str_eq(where, S("vmlinux")) && depindex_hex(crc, &v))
			depgraph_kernel(g, name, v);
	}
	depindex_magic(g);
}

/* System.map: lines ADDRESS TYPE NAME; what is exported is a __ksymtab_NAME. */
static void depindex_map(struct kml *k, struct depgraph *g, const char *path, struct str text)
{
	unsigned number = 0;

	while (text.n) {
		struct str line = str_take(&text, '\n'), rest = line;
		size_t at;

		number++;
		str_take(&rest, ' ');
		at = str_find(rest, ' ');
		if (at == rest.n) {
			note(k, KML_ERROR, "%s:%u: invalid line: %.*s", path, number, FMT(line));
			continue;
		}
		rest = str_from(rest, at + 1);
		if (str_starts(rest, S("__ksymtab_")))
			depgraph_kernel(g, str_from(rest, 10), 0);
	}
	depindex_magic(g);
}

/* ---- what there is to say of symbols ------------------------------------- */

/* That module `i` needs `sym`: of several of one owner the first is told, with -v. */
static void depindex_told(struct depindex *d, size_t i, const struct depgraph_symbol *sym,
                          uint32_t *seen)
{
	if (sym->owner == DEPGRAPH_NOBODY || seen[sym->owner] == i + 1)
		return;
	seen[sym->owner] = (uint32_t)i + 1;
	buf_format(d->resolved, "%s needs \"%.*s\": %s\n", depindex_path(&d->graph.v[i]),
	           FMT(sym->name), depindex_path(&d->graph.v[sym->owner]));
}

static void depindex_symbol(struct kml *k, struct depindex *d, size_t i,
                            struct depscan_symbol need, uint32_t *seen)
{
	const struct depscan_module *m = &d->graph.v[i];
	const struct depscan_name *name = &m->names->v[need.name & ~DEPSCAN_WEAK];
	const struct depgraph_symbol *sym = depgraph_find(&d->graph, name->text, name->hash);
	bool weak = need.name & DEPSCAN_WEAK;

	if (!sym) {
		if (d->unknown && !weak)
			note(k, KML_WARNING, "%s needs unknown symbol %.*s", depindex_path(m),
			     FMT(name->text));
		return;
	}
	if (d->unknown && d->versions && sym->crc != need.crc && !weak)
		note(k, KML_WARNING, "%s disagrees about version of symbol %.*s",
		     depindex_path(m), FMT(name->text));
	if (d->resolved)
		depindex_told(d, i, sym, seen);
}

static void depindex_symbols(struct kml *k, struct scope *s, struct depindex *d)
{
	struct scope *t = scope_begin(s);
	uint32_t *seen = news(t, uint32_t, d->graph.n);

	for (size_t i = 0; i < d->graph.n && (d->unknown || d->resolved); i++)
		for (uint32_t j = 0; j < d->graph.v[i].nneeds; j++)
			depindex_symbol(k, d, i, d->graph.v[i].needs[j], seen);
	scope_end(t);
}

/* ---- all of it ----------------------------------------------------------- */

/* Read d->modules, which depindex_order() ordered, and make d->graph for them. */
static int depindex_read(struct kml *k, struct scope *s, struct depindex *d)
{
	size_t n = d->tree->n;
	int r = depscan_run(k, s, d->modules, n, d->stamp);

	for (size_t i = 0; r == 0 && i < n; i++)
		if (d->modules[i].failed)
			note(k, KML_ERROR, "failed to load symbols from %s: %s",
			     depindex_path(&d->modules[i]), d->modules[i].failed);
	d->graph = depgraph_new(s, d->modules, n, d->prefix);
	return r;
}

/* After that, and after the kernel's symbols: the files, in out[]. */
static int depindex_make(struct kml *k, struct scope *s, struct depindex *d,
                         struct str out[DEPFILES])
{
	struct depfile f = { .g = &d->graph, .texts = d->texts, .duplicates = d->duplicates };
	int r = depgraph_build(k, &d->graph);

	if (r < 0)
		return r;
	depindex_symbols(k, s, d);
	r = depfile_make(k, s, &f);
	memcpy(out, f.out, sizeof f.out);
	return r;
}

#endif
