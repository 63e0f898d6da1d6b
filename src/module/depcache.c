/* depcache.c - what depmod read of each module, kept in a file for the next time.
 *
 * The file stands beside the indexes and has two halves, each with a sum of its own:
 *
 *     head    counts; for each module its path, its stamp, and where its part of the
 *             body is, sorted by path; sums of what went in and what came out
 *     body    symbols; where the names of symbols end; aliases and the like, names
 *
 * all in the byte order of the machine.  Nothing in it needs to be right: a file of
 * another kml, a damaged one, and one that somebody made up are found out by sums and
 * bounds, and are as good as none.  Who can write a cache with right sums and wrong
 * content into that directory can write modules.dep, too.
 *
 * A module is taken from it while path, size, inode and times are the same.  One that
 * was changed just before it was read is not put in: see stamp.c.
 */
#ifndef KML_DEPCACHE_C
#define KML_DEPCACHE_C

#include "../ground/base.c"
#include "../ground/pool.c"
#include "../ground/save.c"
#include "../ground/stamp.c"
#include "depscan.c"

#define DEPCACHE_NAME "modules.kml-cache"

enum {
	DEPCACHE_FORMAT = 1,            /* another one when anything is read in another way */
	DEPCACHE_ORDER = 0x01020304,
	DEPCACHE_LARGEST = 1 << 28,
	DEPCACHE_PIECE = 64,            /* files that a worker looks at in one go */
};

struct depcache_head {
	char magic[8], version[16];
	uint64_t sum;                   /* of the rest of the head, from here on */
	uint64_t body_sum, inputs, outputs;
	uint32_t order, format, files, paths, symbols, names, texts, infos;
};

struct depcache_file {
	struct stamp stamp;
	uint32_t path, path_n;          /* where it is in the paths, and its size */
	uint32_t exports, nexports, needs, nneeds;      /* in the symbols */
	uint32_t info, info_n;          /* in the texts */
	uint32_t machine;
	unsigned char wide, big, spare[2];
};

struct depcache {
	struct source src;
	struct depcache_head head;
	const struct depcache_file *files;
	struct str paths, texts;
	const struct depscan_symbol *symbols;
	struct depscan_names names;
	uint32_t *hits;                 /* for each module asked for its file + 1, or 0 */
	size_t nhits;
	bool there;
};

static uint64_t depcache_up(uint64_t n) { return (n + 7) & ~(uint64_t)7; }

/* A sum that goes on from `h`. */
static uint64_t depcache_sum(uint64_t h, struct str bytes)
{
	uint64_t w = bytes.n;

	for (;; memcpy(&w, bytes.p, 8), bytes.p += 8, bytes.n -= 8) {
		h = (h ^ w) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
		if (bytes.n < 8)
			break;
	}
	w = 0;
	if (bytes.n)
		memcpy(&w, bytes.p, bytes.n);
	h = (h ^ w) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* ---- reading ------------------------------------------------------------- */

static uint64_t depcache_head_size(const struct depcache_head *h)
{
	return sizeof *h + h->files * (uint64_t)sizeof(struct depcache_file) +
	       depcache_up(h->paths);
}

static uint64_t depcache_body_size(const struct depcache_head *h)
{
	return h->symbols * (uint64_t)sizeof(struct depscan_symbol) +
	       depcache_up(h->names * (uint64_t)sizeof(uint32_t)) + h->texts;
}

static struct depcache_head depcache_ours(void)
{
	struct depcache_head h = { .order = DEPCACHE_ORDER, .format = DEPCACHE_FORMAT };

	memcpy(h.magic, "kmlcache", sizeof h.magic);
	snprintf(h.version, sizeof h.version, "%s", KML_VERSION);
	return h;
}

/* What of the head the sum is of. */
static struct str depcache_summed(struct str head)
{
	return str_from(head, offsetof(struct depcache_head, body_sum));
}

static bool depcache_read_head(struct kml *k, struct depcache *c)
{
	struct depcache_head ours = depcache_ours(), *h = &c->head;
	struct str text;

	if (c->src.size > DEPCACHE_LARGEST || source_slice(k, &c->src, 0, sizeof *h, &text) < 0)
		return false;
	memcpy(h, text.p, sizeof *h);
	if (memcmp(h->magic, ours.magic, sizeof h->magic) || h->order != ours.order ||
	    memcmp(h->version, ours.version, sizeof h->version) || h->format != ours.format ||
	    depcache_head_size(h) + depcache_body_size(h) != c->src.size ||
	    source_slice(k, &c->src, 0, depcache_head_size(h), &text) < 0 ||
	    depcache_sum(0, depcache_summed(text)) != h->sum)
		return false;
	c->files = (const void *)(text.p + sizeof *h);
	c->paths = str_from(text, sizeof *h + h->files * sizeof *c->files);
	return true;
}

/* Look at the cache in `dir`.  One that is of no use is as good as none, and so is one
 * that another user could put into a directory as /tmp is. */
static void depcache_open(struct kml *k, struct scope *s, const char *dir, struct depcache *c)
{
	const char *path = scope_format(s, "%s/" DEPCACHE_NAME, dir);
	int fd;

	*c = (struct depcache){ 0 };
	c->there = sys_open(k, s, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, &fd) == 0 &&
		sys_is_ours(fd) && sys_source_fd(k, s, fd, &c->src) == 0 &&
		depcache_read_head(k, c);
}

/* The names of the body; false if they are not what they should be. */
static bool depcache_read_names(struct scope *s, struct depcache *c, const uint32_t *ends)
{
	uint32_t start = c->head.infos;      /* the names follow those */

	c->names.s = s;
	c->names.v = news(s, struct depscan_name, c->head.names);
	for (c->names.n = 0; c->names.n < c->head.names; c->names.n++) {
		struct depscan_name *name = &c->names.v[c->names.n];
		uint32_t end = ends[c->names.n];

		if (end < start || end > c->texts.n)
			return false;
		name->text = (struct str){ c->texts.p + start, end - start };
		name->hash = symbols_hash(name->text);
		start = end;
	}
	return true;
}

static bool depcache_read_body(struct kml *k, struct scope *s, struct depcache *c)
{
	const struct depcache_head *h = &c->head;
	struct str body;
	size_t ends = h->symbols * sizeof(struct depscan_symbol);

	if (source_slice(k, &c->src, depcache_head_size(h), depcache_body_size(h), &body) < 0 ||
	    depcache_sum(0, body) != h->body_sum)
		return false;
	c->symbols = (const void *)body.p;
	c->texts = str_from(body, body.n - h->texts);
	return depcache_read_names(s, c, (const void *)(body.p + ends));
}

/* ---- asking -------------------------------------------------------------- */

static bool depcache_within(uint32_t at, uint32_t n, uint64_t all)
{
	return at <= all && n <= all - at;
}

static struct str depcache_path(const struct depcache *c, const struct depcache_file *f)
{
	return depcache_within(f->path, f->path_n, c->head.paths) ?
		(struct str){ c->paths.p + f->path, f->path_n } : S("");
}

/* The file of that path + 1, or 0. */
static uint32_t depcache_find(const struct depcache *c, struct str path)
{
	uint32_t lo = 0, hi = c->head.files;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int r = str_cmp(depcache_path(c, &c->files[mid]), path);

		if (r == 0)
			return mid + 1;
		if (r < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

struct depcache_look { struct depcache *c; const struct depscan_module *v; };

static int depcache_look(struct kml *k, struct scope *s, size_t piece, void *arg)
{
	struct depcache_look *look = arg;
	struct depcache *c = look->c;
	struct scope *t = scope_begin(s);
	size_t end = (piece + 1) * DEPCACHE_PIECE;

	for (size_t i = piece * DEPCACHE_PIECE; i < end && i < c->nhits; i++) {
		const struct depscan_module *m = &look->v[i];
		uint32_t at = m->path ? depcache_find(c, m->rel) : 0;
		struct stamp stamp;

		if (at && stamp_path(k, t, m->path, &stamp) == 0 &&
		    stamp_same(stamp, c->files[at - 1].stamp))
			c->hits[i] = at;
	}
	scope_end(t);
	return 0;
}

/* See which of the modules `v` are still what the cache knows; how many are. */
static size_t depcache_ask(struct kml *k, struct scope *s, struct depcache *c,
                           const struct depscan_module *v, size_t n)
{
	struct depcache_look look = { c, v };
	size_t hits = 0;

	if (!c->there)
		return 0;
	c->hits = news(s, uint32_t, n);
	c->nhits = n;
	if (pool_run(k, s, (n + DEPCACHE_PIECE - 1) / DEPCACHE_PIECE, depcache_look, &look) < 0)
		return c->there = false;
	for (size_t i = 0; i < n; i++)
		hits += c->hits[i] > 0;
	return hits;
}

static bool depcache_symbols(const struct depcache *c, uint32_t at, uint32_t n, uint32_t mask)
{
	if (!depcache_within(at, n, c->head.symbols))
		return false;
	for (uint32_t i = at; i < at + n; i++)
		if ((c->symbols[i].name & mask) >= c->names.n)
			return false;
	return true;
}

static void depcache_fill(struct depcache *c, const struct depcache_file *f,
                          struct depscan_module *m)
{
	if (!depcache_symbols(c, f->exports, f->nexports, UINT32_MAX) ||
	    !depcache_symbols(c, f->needs, f->nneeds, ~DEPSCAN_WEAK) ||
	    !depcache_within(f->info, f->info_n, c->texts.n))
		return;
	m->names = &c->names;
	m->exports = c->symbols + f->exports;
	m->nexports = f->nexports;
	m->needs = c->symbols + f->needs;
	m->nneeds = f->nneeds;
	m->info = (struct str){ c->texts.p + f->info, f->info_n };
	m->machine = f->machine;
	m->wide = f->wide;
	m->big = f->big;
	m->stamp = f->stamp;
	m->known = m->sound = true;
}

/* Fill in the modules that depcache_ask() found, which are the same ones. */
static void depcache_take(struct kml *k, struct scope *s, struct depcache *c,
                          struct depscan_module *v)
{
	if (!c->there || !depcache_read_body(k, s, c))
		return;
	for (size_t i = 0; i < c->nhits; i++)
		if (c->hits[i])
			depcache_fill(c, &c->files[c->hits[i] - 1], &v[i]);
}

/* ---- writing ------------------------------------------------------------- */

/* What the numbers of one table of names are in the new one. */
struct depcache_map {
	struct depcache_map *next;
	const struct depscan_names *names;
	uint32_t *number;               /* + 1 */
};

struct depcache_new {
	struct scope *s;
	struct depcache_head head;
	struct buf files, paths, symbols, ends, texts;
	struct depcache_map *maps;
};

static uint32_t *depcache_mapped(struct depcache_new *w, const struct depscan_names *names)
{
	struct depcache_map *m = w->maps;

	while (m && m->names != names)
		m = m->next;
	if (!m) {
		m = new(w->s, struct depcache_map);
		*m = (struct depcache_map){ w->maps, names, news(w->s, uint32_t, names->n) };
		w->maps = m;
	}
	return m->number;
}

static uint32_t depcache_add_symbols(struct depcache_new *w, const struct depscan_names *names,
                                     struct depscan_names *all,
                                     const struct depscan_symbol *v, uint32_t n)
{
	uint32_t at = w->head.symbols, *number = n ? depcache_mapped(w, names) : NULL;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t name = v[i].name & ~DEPSCAN_WEAK;
		struct depscan_symbol to = { v[i].name & DEPSCAN_WEAK, v[i].crc };

		if (!number[name])
			number[name] = depscan_number(all, names->v[name].text,
			                              names->v[name].hash) + 1;
		to.name |= number[name] - 1;
		buf_add(&w->symbols, (struct str){ (const char *)&to, sizeof to });
	}
	w->head.symbols += n;
	return at;
}

static uint32_t depcache_add_text(struct buf *b, struct str text)
{
	uint32_t at = (uint32_t)b->n;

	buf_add(b, text);
	return at;
}

static void depcache_add(struct depcache_new *w, struct depscan_names *all,
                         const struct depscan_module *m)
{
	struct depcache_file f = {
		.stamp = m->stamp, .path = depcache_add_text(&w->paths, m->rel),
		.path_n = (uint32_t)m->rel.n, .nexports = m->nexports, .nneeds = m->nneeds,
		.info = depcache_add_text(&w->texts, m->info), .info_n = (uint32_t)m->info.n,
		.machine = m->machine, .wide = m->wide, .big = m->big,
	};

	f.exports = depcache_add_symbols(w, m->names, all, m->exports, m->nexports);
	f.needs = depcache_add_symbols(w, m->names, all, m->needs, m->nneeds);
	buf_add(&w->files, (struct str){ (const char *)&f, sizeof f });
	w->head.files++;
}

static void depcache_pad(struct buf *b)
{
	while (b->n % 8)
		buf_byte(b, '\0');
}

/* Both halves, one after the other; empty if it would be too large. */
static struct str depcache_text(struct depcache_new *w, const struct depscan_names *all)
{
	struct buf head = { .s = w->s }, body = { .s = w->s };

	w->head.infos = (uint32_t)w->texts.n;
	for (size_t i = 0; i < all->n; i++) {
		uint32_t end = (uint32_t)(w->texts.n + all->v[i].text.n);

		buf_add(&w->texts, all->v[i].text);
		buf_add(&w->ends, (struct str){ (const char *)&end, sizeof end });
	}
	if (w->texts.n + w->symbols.n + w->paths.n > DEPCACHE_LARGEST / 2)
		return S("");
	w->head.paths = (uint32_t)w->paths.n;
	w->head.names = (uint32_t)all->n;
	w->head.texts = (uint32_t)w->texts.n;
	buf_room(&body, w->symbols.n + w->ends.n + w->texts.n + 8);
	buf_add(&body, buf_str(&w->symbols));
	buf_add(&body, buf_str(&w->ends));
	depcache_pad(&body);
	buf_add(&body, buf_str(&w->texts));
	w->head.body_sum = depcache_sum(0, buf_str(&body));

	buf_room(&head, sizeof w->head + w->files.n + w->paths.n + body.n + 8);
	buf_add(&head, (struct str){ (const char *)&w->head, sizeof w->head });
	buf_add(&head, buf_str(&w->files));
	buf_add(&head, buf_str(&w->paths));
	depcache_pad(&head);
	w->head.sum = depcache_sum(0, depcache_summed(buf_str(&head)));
	memcpy(head.p, &w->head, sizeof w->head);
	buf_add(&head, buf_str(&body));
	return buf_str(&head);
}

static int depcache_by_path(const void *a, const void *b)
{
	return str_cmp((*(const struct depscan_module *const *)a)->rel,
	               (*(const struct depscan_module *const *)b)->rel);
}

/* What is worth keeping of the modules `v`, as a file, in `s`.  `now` is a time before
 * any of them was looked at. */
static struct str depcache_make(struct scope *s, const struct depscan_module *v, size_t n,
                                int64_t now, uint64_t inputs, uint64_t outputs)
{
	struct depcache_new w = { s, depcache_ours(), { .s = s }, { .s = s }, { .s = s },
	                          { .s = s }, { .s = s }, NULL };
	struct depscan_names all = { .s = s };
	const struct depscan_module **list = news(s, const struct depscan_module *, n);
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].sound && !v[i].failed && stamp_settled(v[i].stamp, now))
			list[count++] = &v[i];
	if (count)
		qsort(list, count, sizeof *list, depcache_by_path);
	for (size_t i = 0; i < count; i++)
		depcache_add(&w, &all, list[i]);
	w.head.inputs = inputs;
	w.head.outputs = outputs;
	return depcache_text(&w, &all);
}

/* Put the cache `text` into `dir`.  It need not survive a power cut: it is found out. */
static int depcache_save(struct kml *k, struct scope *s, const char *dir, struct str text)
{
	struct scope *t = scope_begin(s);
	struct save f;
	int r = save_begin(k, t, scope_format(t, "%s/" DEPCACHE_NAME, dir), &f);

	if (r == 0 && (r = save_write(k, f.fd, text)) == 0)
		r = save_done(k, &f);
	scope_end(t);
	return r;
}

#endif
