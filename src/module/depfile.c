/* depfile.c - what depmod's files say.
 *
 * The texts are for people and small programs, the indexes (trie.c) for modprobe.
 * A value of an index and, where it can be, a key are borrowed from the text.  The
 * files do not depend on each other and are made in parallel; what is to be said of
 * a strange module is said afterwards, in the order of the files.
 */
#ifndef KML_DEPFILE_C
#define KML_DEPFILE_C

#include "../ground/base.c"
#include "../ground/pool.c"
#include "../format/kmodhash.c"
#include "../format/modname.c"
#include "../format/trie.c"
#include "depgraph.c"

/* In the order in which they are put in place. */
enum {
	DEPFILE_DEP, DEPFILE_DEP_BIN, DEPFILE_ALIAS, DEPFILE_ALIAS_BIN, DEPFILE_SOFTDEP,
	DEPFILE_WEAKDEP, DEPFILE_SYMBOLS, DEPFILE_SYMBOLS_BIN, DEPFILE_BUILTIN_BIN,
	DEPFILE_BUILTIN_ALIAS_BIN, DEPFILE_DEVNAME, DEPFILES
};

static const char *const depfile_names[DEPFILES] = {
	"modules.dep", "modules.dep.bin", "modules.alias", "modules.alias.bin",
	"modules.softdep", "modules.weakdep", "modules.symbols", "modules.symbols.bin",
	"modules.builtin.bin", "modules.builtin.alias.bin", "modules.devname",
};

/* What comes with a kernel's modules; a NULL pointer: there is none. */
struct depfile_texts { struct str order, builtin, builtin_modinfo; };

struct depfile_note {
	struct depfile_note *next;
	enum kml_level level;
	const char *text;
};

struct depfile {
	const struct depgraph *g;
	struct depfile_texts texts;
	bool duplicates;                /* tell of an alias that a module has twice */
	struct str out[DEPFILES];
	struct depfile_note *notes[DEPFILES], **last[DEPFILES];
};

static void depfile_say(struct depfile *d, struct scope *s, int file, enum kml_level level,
                        const char *text)
{
	struct depfile_note *n = new(s, struct depfile_note);

	*n = (struct depfile_note){ NULL, level, text };
	if (!d->last[file])
		d->last[file] = &d->notes[file];
	*d->last[file] = n;
	d->last[file] = &n->next;
}

/* ---- modules.dep --------------------------------------------------------- */

static int depfile_dep(struct kml *k, struct scope *s, struct depfile *d)
{
	struct scope *t = scope_begin(s);
	struct depgraph_closure c = depgraph_closure_new(t, d->g);
	struct trie index = { .s = t };
	struct buf b = { .s = s };
	size_t *ends = news(t, size_t, d->g->n), start = 0, room = 0;
	int r;

	for (size_t i = 0; i < d->g->n; i++)
		room += 2 * d->g->v[i].rel.n + 8;
	buf_room(&b, room);
	for (size_t i = 0; i < d->g->n; i++) {
		depgraph_closure_of(&c, i);
		buf_add(&b, d->g->v[i].rel);
		buf_byte(&b, ':');
		for (uint32_t j = 0; j < c.n; j++) {
			buf_byte(&b, ' ');
			buf_add(&b, d->g->v[c.v[j]].rel);
		}
		ends[i] = b.n;
		buf_byte(&b, '\n');
	}
	trie_room(&index, d->g->n);
	for (size_t i = 0; i < d->g->n; start = ends[i++] + 1)
		trie_add(&index, d->g->v[i].name, (struct str){ b.p + start, ends[i] - start },
		         (uint32_t)i);
	d->out[DEPFILE_DEP] = buf_str(&b);
	r = trie_write(k, s, &index, &d->out[DEPFILE_DEP_BIN]);
	scope_end(t);
	return r;
}

/* ---- modules.alias, .softdep, .weakdep ----------------------------------- */

/* Tell of the aliases that module `i` has twice. */
static void depfile_twice(struct depfile *d, struct scope *s, size_t i, struct str *keys,
                          size_t n)
{
	uint32_t *order = kmodhash_order(s, keys, n, 1);

	for (size_t j = 1; j < n; j++)
		if (str_eq(keys[order[j - 1]], keys[order[j]]))
			depfile_say(d, s, DEPFILE_ALIAS_BIN, KML_WARNING,
			            scope_format(s, "duplicate module alias:\n%.*s %.*s",
			                         FMT(keys[order[j]]), FMT(d->g->v[i].name)));
}

static void depfile_alias_keys(struct depfile *d, struct scope *s, struct scope *t,
                               struct trie *index, size_t i)
{
	size_t first = index->n, n;
	struct str rest = d->g->v[i].info, text, key, *keys;

	for (char kind; (kind = depscan_next(&rest, &text));) {
		const char *wrong = NULL;

		if (kind != DEPSCAN_ALIAS)
			continue;
		if (!modname_normal(t, text, &key))
			wrong = "Unmatched bracket in";
		else if (!trie_add(index, key, d->g->v[i].name, (uint32_t)i))
			wrong = "What is not ASCII cannot be indexed:";
		if (wrong)
			depfile_say(d, s, DEPFILE_ALIAS_BIN, KML_WARNING,
			            scope_format(s, "%s %.*s", wrong, FMT(text)));
	}
	n = index->n - first;
	if (!d->duplicates || n < 2)
		return;
	keys = news(t, struct str, n);
	for (size_t j = 0; j < n; j++)
		keys[j] = index->v[first + j].key;
	depfile_twice(d, s, i, keys, n);
}

/* The lines of one kind: WORD TEXT NAME, or WORD NAME TEXT. */
static void depfile_lines(const struct depgraph *g, char kind, const char *word, bool last,
                          struct buf *b)
{
	for (size_t i = 0; i < g->n; i++) {
		struct str rest = g->v[i].info, name = g->v[i].name, text;

		for (char is; (is = depscan_next(&rest, &text));) {
			if (is != kind)
				continue;
			buf_add(b, str_of(word));
			buf_add(b, last ? text : name);
			buf_byte(b, ' ');
			buf_add(b, last ? name : text);
			buf_byte(b, '\n');
		}
	}
}

static int depfile_alias(struct kml *k, struct scope *s, struct depfile *d)
{
	struct scope *t = scope_begin(s);
	struct trie index = { .s = t };
	struct buf b = { .s = s };
	size_t n = 0, room = 64;
	int r;

	for (size_t i = 0; i < d->g->n; i++) {
		struct str rest = d->g->v[i].info, text;

		for (char kind; (kind = depscan_next(&rest, &text));)
			if (kind == DEPSCAN_ALIAS)
				n++, room += text.n + d->g->v[i].name.n + 8;
	}
	buf_room(&b, room);
	buf_add(&b, S("# Aliases extracted from modules themselves.\n"));
	depfile_lines(d->g, DEPSCAN_ALIAS, "alias ", true, &b);
	d->out[DEPFILE_ALIAS] = buf_str(&b);

	trie_room(&index, n);
	for (size_t i = 0; i < d->g->n; i++)
		depfile_alias_keys(d, s, t, &index, i);
	r = trie_write(k, s, &index, &d->out[DEPFILE_ALIAS_BIN]);
	scope_end(t);
	return r;
}

static void depfile_deps(struct scope *s, struct depfile *d)
{
	struct buf soft = { .s = s }, weak = { .s = s };

	buf_add(&soft, S("# Soft dependencies extracted from modules themselves.\n"));
	depfile_lines(d->g, DEPSCAN_SOFTDEP, "softdep ", false, &soft);
	d->out[DEPFILE_SOFTDEP] = buf_str(&soft);
	buf_add(&weak, S("# Weak dependencies extracted from modules themselves.\n"));
	depfile_lines(d->g, DEPSCAN_WEAKDEP, "weakdep ", false, &weak);
	d->out[DEPFILE_WEAKDEP] = buf_str(&weak);
}

/* ---- modules.devname ----------------------------------------------------- */

struct depfile_device { struct str name; char type; unsigned major, minor; };

/* "char-major-10-200" and the like. */
static void depfile_number(struct str alias, struct depfile_device *dev)
{
	static const struct { struct str start; char type; } kinds[] = {
		{ { "char-major-", 11 }, 'c' }, { { "block-major-", 12 }, 'b' },
	};

	for (size_t i = 0; i < countof(kinds); i++) {
		uint64_t major, minor;
		struct str rest = alias, word;

		if (!str_starts(alias, kinds[i].start))
			continue;
		rest = str_from(alias, kinds[i].start.n);
		word = str_take(&rest, '-');
		if (!str_uint(word, &major) || !str_uint(rest, &minor) ||
		    major > UINT_MAX || minor > UINT_MAX)
			continue;
		*dev = (struct depfile_device){ dev->name, kinds[i].type, (unsigned)major,
		                                (unsigned)minor };
	}
}

static void depfile_devname(struct scope *s, struct depfile *d)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < d->g->n; i++) {
		struct str rest = d->g->v[i].info, text, name = d->g->v[i].name;
		struct depfile_device dev = { 0 };

		for (char kind; (kind = depscan_next(&rest, &text));) {
			if (kind != DEPSCAN_ALIAS)
				continue;
			if (str_starts(text, S("devname:")))
				dev.name = str_from(text, 8);
			depfile_number(text, &dev);
			if (dev.name.n && dev.type)
				break;          /* the last of each, until both are known */
		}
		if (!dev.name.n)
			continue;
		if (!dev.type) {
			depfile_say(d, s, DEPFILE_DEVNAME, KML_ERROR,
			            scope_format(s, "Module '%.*s' has devname (%.*s) but lacks "
			                         "major and minor information. Ignoring.",
			                         FMT(name), FMT(dev.name)));
			continue;
		}
		if (!b.n)
			buf_add(&b, S("# Device nodes to trigger on-demand module loading.\n"));
		buf_format(&b, "%.*s %.*s %c%u:%u\n", FMT(name), FMT(dev.name), dev.type,
		           dev.major, dev.minor);
	}
	d->out[DEPFILE_DEVNAME] = buf_str(&b);
}

/* ---- modules.symbols ----------------------------------------------------- */

enum { DEPFILE_BUCKETS = 2048 };

static int depfile_symbols(struct kml *k, struct scope *s, struct depfile *d)
{
	const struct depgraph *g = d->g;
	struct scope *t = scope_begin(s);
	struct str *names = news(t, struct str, g->nsymbols);
	uint32_t *owned = news(t, uint32_t, g->nsymbols);
	struct trie index = { .s = t };
	struct buf b = { .s = s };
	size_t n = 0, room = 64;
	uint32_t *order;
	int r;

	for (size_t i = 0; i < g->nsymbols; i++)
		if (g->symbols[i].owner != DEPGRAPH_NOBODY) {
			owned[n] = (uint32_t)i;
			names[n++] = g->symbols[i].name;
			room += g->symbols[i].name.n + g->v[g->symbols[i].owner].name.n + 16;
		}
	order = kmodhash_order(t, names, n, DEPFILE_BUCKETS);
	buf_room(&b, room);             /* all of it: the keys are borrowed from there */
	trie_room(&index, n);
	buf_add(&b, S("# Aliases for symbols, used by symbol_request().\n"));
	for (size_t i = 0; i < n; i++) {
		const struct depgraph_symbol *sym = &g->symbols[owned[order[i]]];
		size_t at = b.n + 6;

		buf_add(&b, S("alias symbol:"));
		buf_add(&b, sym->name);
		trie_add(&index, (struct str){ b.p + at, b.n - at }, g->v[sym->owner].name,
		         (uint32_t)sym->owner);
		buf_byte(&b, ' ');
		buf_add(&b, g->v[sym->owner].name);
		buf_byte(&b, '\n');
	}
	d->out[DEPFILE_SYMBOLS] = buf_str(&b);
	r = trie_write(k, s, &index, &d->out[DEPFILE_SYMBOLS_BIN]);
	scope_end(t);
	return r;
}

/* ---- modules.builtin.bin, modules.builtin.alias.bin ---------------------- */

static int depfile_builtin(struct kml *k, struct scope *s, struct depfile *d)
{
	struct scope *t = scope_begin(s);
	struct trie names = { .s = t }, aliases = { .s = t };
	struct str rest = d->texts.builtin, line, key;
	int r = 0;

	while (rest.n) {
		line = str_take(&rest, '\n');
		if (line.n && (line.p[0] | 32) >= 'a' && (line.p[0] | 32) <= 'z')
			trie_add(&names, modname_of_path(t, line), S(""), 0);
		else
			depfile_say(d, s, DEPFILE_BUILTIN_BIN, KML_ERROR,
			            scope_format(s, "Invalid modules.builtin line: %.*s",
			                         FMT(line)));
	}
	for (rest = d->texts.builtin_modinfo; rest.n;) {
		struct str entry = str_take(&rest, '\0'), name = str_take(&entry, '.');

		if (!str_starts(entry, S("alias=")))
			continue;
		entry = str_from(entry, 6);
		if (modname_normal(t, entry, &key))
			trie_add(&aliases, key, name, 0);
		else
			depfile_say(d, s, DEPFILE_BUILTIN_ALIAS_BIN, KML_WARNING,
			            scope_format(s, "Unmatched bracket in %.*s", FMT(entry)));
	}
	if (d->texts.builtin.p)
		r = trie_write(k, s, &names, &d->out[DEPFILE_BUILTIN_BIN]);
	if (r == 0 && d->texts.builtin_modinfo.p)
		r = trie_write(k, s, &aliases, &d->out[DEPFILE_BUILTIN_ALIAS_BIN]);
	scope_end(t);
	return r;
}

/* ---- all of them --------------------------------------------------------- */

enum { DEPFILE_PIECES = 5 };

static int depfile_piece(struct kml *k, struct scope *s, size_t i, void *arg)
{
	struct depfile *d = arg;

	switch (i) {
	case 0: return depfile_alias(k, s, d);
	case 1: return depfile_symbols(k, s, d);
	case 2: return depfile_dep(k, s, d);
	case 3: return depfile_builtin(k, s, d);
	default: depfile_deps(s, d), depfile_devname(s, d);
	}
	return 0;
}

/* Fill d->out from the graph and the texts. */
static int depfile_make(struct kml *k, struct scope *s, struct depfile *d)
{
	int r = pool_run(k, s, DEPFILE_PIECES, depfile_piece, d);

	for (int i = 0; r == 0 && i < DEPFILES; i++)
		for (const struct depfile_note *n = d->notes[i]; n; n = n->next)
			note(k, n->level, "%s", n->text);
	return r;
}

#endif
