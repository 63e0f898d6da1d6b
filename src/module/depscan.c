/* depscan.c - read what depmod wants to know of each module, on all processors.
 *
 * What is kept is small: a module's aliases and soft dependencies as text, and its
 * symbols as numbers.  Each worker numbers the names it meets in a table of its
 * own, so that workers share nothing; the numbers of all of them are brought
 * together afterwards, once for each name and not for each use.  Which worker
 * reads which module depends on timing, and nothing that comes out does.
 *
 * A file that is no module is one without symbols, and what was wrong is recorded.
 */
#ifndef KML_DEPSCAN_C
#define KML_DEPSCAN_C

#include "../ground/base.c"
#include "../ground/pool.c"
#include "../ground/stamp.c"
#include "../format/elf.c"
#include "../format/modinfo.c"
#include "../format/symbols.c"
#include "modfile.c"

/* The names that one worker met, numbered. */
struct depscan_names {
	struct scope *s;
	struct depscan_name { struct str text; uint32_t hash; } *v;
	size_t n, cap, mask;
	uint32_t *slots;                /* number + 1 */
};

struct depscan_symbol { uint32_t name, crc; };

#define DEPSCAN_WEAK  0x80000000u       /* in the name of a needed symbol */

struct depscan_module {
	const char *path;               /* to open it; NULL: `bytes` are the file */
	struct source bytes;
	struct str rel, name;
	bool known;                     /* what follows is there, and need not be read */

	/* what was read */
	const char *failed;             /* why there are no symbols; or NULL */
	struct depscan_names *names;
	const struct depscan_symbol *exports, *needs;
	uint32_t nexports, nneeds;
	struct str info;                /* entries: a letter, text, NUL; see below */
	unsigned machine;               /* as its ELF header says, with these two */
	bool wide, big;
	bool sound;                     /* all of it was read, and while the file was: */
	struct stamp stamp;
};

/* The entries of modinfo that are kept. */
enum {
	DEPSCAN_ALIAS = 'a', DEPSCAN_SOFTDEP = 's', DEPSCAN_WEAKDEP = 'w',
	DEPSCAN_VERMAGIC = 'v',
};

/* ---- names --------------------------------------------------------------- */

static void depscan_grow(struct depscan_names *t)
{
	struct depscan_name *old = t->v;

	t->cap = t->cap ? 2 * t->cap : 2048;
	t->v = news(t->s, struct depscan_name, t->cap);
	if (t->n)
		memcpy(t->v, old, t->n * sizeof *old);
	t->mask = 2 * t->cap - 1;
	t->slots = news(t->s, uint32_t, t->mask + 1);
	for (size_t i = 0; i < t->n; i++) {
		size_t at = t->v[i].hash & t->mask;

		while (t->slots[at])
			at = (at + 1) & t->mask;
		t->slots[at] = (uint32_t)i + 1;
	}
}

/* The number of a name, which is copied if it is new. */
static uint32_t depscan_number(struct depscan_names *t, struct str text, uint32_t hash)
{
	size_t at;

	if (t->n == t->cap)
		depscan_grow(t);
	for (at = hash & t->mask; t->slots[at]; at = (at + 1) & t->mask) {
		const struct depscan_name *name = &t->v[t->slots[at] - 1];

		if (name->hash == hash && str_eq(name->text, text))
			return t->slots[at] - 1;
	}
	t->v[t->n] = (struct depscan_name){ scope_str(t->s, text), hash };
	t->slots[at] = (uint32_t)++t->n;
	return (uint32_t)t->n - 1;
}

/* ---- one module ---------------------------------------------------------- */

static struct depscan_symbol *depscan_symbols(struct scope *s, struct depscan_names *names,
                                              const struct symbols *from, uint32_t *n)
{
	struct depscan_symbol *v = news(s, struct depscan_symbol, from->n);

	for (size_t i = 0; i < from->n; i++) {
		const struct symbols_item *it = &from->v[i];

		v[i].name = depscan_number(names, it->name, it->hash);
		v[i].name |= it->weak ? DEPSCAN_WEAK : 0;
		v[i].crc = (uint32_t)it->crc;
	}
	*n = (uint32_t)from->n;
	return v;
}

static char depscan_kind(struct str key)
{
	return str_eq(key, S("alias")) ? DEPSCAN_ALIAS :
	       str_eq(key, S("softdep")) ? DEPSCAN_SOFTDEP :
	       str_eq(key, S("weakdep")) ? DEPSCAN_WEAKDEP :
	       str_eq(key, S("vermagic")) ? DEPSCAN_VERMAGIC : 0;
}

static struct str depscan_info(struct scope *s, const struct modinfo *info)
{
	size_t n = 0;
	char *p, *start;

	for (size_t i = 0; i < info->n; i++)
		if (depscan_kind(info->fields[i].key))
			n += info->fields[i].value.n + 2;
	p = start = scope_raw(s, n);
	for (size_t i = 0; i < info->n; i++) {
		struct str text = info->fields[i].value;
		char kind = depscan_kind(info->fields[i].key);

		if (!kind)
			continue;
		*p++ = kind;
		if (text.n)
			memcpy(p, text.p, text.n);
		p += text.n;
		*p++ = '\0';
	}
	return (struct str){ start, n };
}

/* Take the next entry of m->info off *rest; its kind is returned, 0 at the end. */
static char depscan_next(struct str *rest, struct str *text)
{
	char kind = rest->n ? rest->p[0] : '\0';

	*rest = str_from(*rest, 1);
	*text = str_take(rest, '\0');
	return kind;
}

/* Read `src` into *m, whose parts live in `s`. */
static int depscan_parse(struct kml *k, struct scope *s, struct scope *temp,
                         const struct source *src, struct depscan_module *m)
{
	struct elf e;
	struct symbols exports, needs;
	struct modinfo info;
	int r = elf_open(k, temp, src, &e);

	if (r < 0 || (r = symbols_exports(k, temp, &e, &exports)) < 0)
		return r;
	m->machine = e.machine;
	m->wide = e.wide;
	m->big = e.big;
	m->exports = depscan_symbols(s, m->names, &exports, &m->nexports);
	if (symbols_needs(k, temp, &e, &needs) == 0)
		m->needs = depscan_symbols(s, m->names, &needs, &m->nneeds);
	if (modinfo_of(k, temp, &e, &info) == 0)
		m->info = depscan_info(s, &info);
	return 0;
}

static int depscan_bytes(struct kml *k, struct scope *s, struct scope *temp,
                         struct modfile *file, const struct source *raw,
                         struct depscan_module *m)
{
	struct source src;
	int r = modfile_read(k, file, temp, raw, &src);

	return r < 0 ? r : depscan_parse(k, s, temp, &src, m);
}

/* Read the file m->path; `stamp`: see whether it stays the same meanwhile. */
static int depscan_file(struct kml *k, struct scope *s, struct scope *temp,
                        struct modfile *file, bool stamp, struct depscan_module *m)
{
	struct source *raw = new(temp, struct source);
	struct stamp after;
	int fd, r = modfile_raw(k, file, temp, m->path, &fd, raw);

	if (r == 0 && stamp)
		r = stamp_file(k, fd, &m->stamp);
	if (r == 0)
		r = depscan_bytes(k, s, temp, file, raw, m);
	m->sound = r == 0 && stamp && !sys_source_failed(raw) &&
		stamp_file(k, fd, &after) == 0 && stamp_same(m->stamp, after);
	return r;
}

static void depscan_one(struct kml *k, struct scope *s, struct scope *temp,
                        struct modfile *file, bool stamp, struct depscan_module *m)
{
	int r = m->path ? depscan_file(k, s, temp, file, stamp, m) :
	                  depscan_bytes(k, s, temp, file, &m->bytes, m);

	if (r < 0)
		m->failed = scope_text(s, str_of(k->msg));
}

/* ---- all of them --------------------------------------------------------- */

enum { DEPSCAN_ROOM = 256 << 10 };      /* the temporaries of nearly any module */

struct depscan {
	struct depscan_module *v;
	size_t n;
	bool stamp;
	_Atomic size_t next;
};

static int depscan_work(struct kml *k, struct scope *s, size_t worker, void *arg)
{
	struct depscan *d = arg;
	struct scope *own = scope_begin(s);     /* what decodes; gone when this is done */
	struct modfile *file = modfile_new(own);
	struct scope *temp = scope_begin(own);  /* cleared after each module */
	struct depscan_names *names = new(s, struct depscan_names);
	size_t i;

	(void)worker;
	names->s = s;
	scope_raw(temp, DEPSCAN_ROOM);
	scope_clear(temp);
	while ((i = d->next++) < d->n) {
		if (d->v[i].known)
			continue;
		d->v[i].names = names;
		depscan_one(k, s, temp, file, d->stamp, &d->v[i]);
		scope_clear(temp);
	}
	scope_end(own);
	return 0;
}

/* Read the modules `v` that are not known; `stamp` those that were sound. */
static int depscan_run(struct kml *k, struct scope *s, struct depscan_module *v, size_t n,
                       bool stamp)
{
	struct depscan d = { .v = v, .n = n, .stamp = stamp };

	return pool_run(k, s, (size_t)pool_jobs(k, n), depscan_work, &d);
}

#endif
