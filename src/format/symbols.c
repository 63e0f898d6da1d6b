/* symbols.c - what a module gives to others and what it wants from them.
 *
 * Exported: for each symbol NAME the kernel's build makes a symbol __crc_NAME
 * of the version of NAME, absolute or (since Linux 5.19) the place of 32 bits
 * in a section.  A kernel without versions has none of these; then the names
 * are those in the section __ksymtab_strings, and the versions are 0.
 *
 * Needed: the undefined symbols of .symtab.  __versions lists them with the
 * versions they were built against, in entries of 64 bytes:
 *
 *     64 bit    crc 8, name 56        32 bit    crc 4, name 60
 *
 * Names too long for that are since Linux 6.14 in __version_ext_names, each
 * ended by NUL, their versions in __version_ext_crcs, 32 bits each.  What is
 * listed there and not undefined (module_layout) is needed all the same.
 */
#ifndef KML_SYMBOLS_C
#define KML_SYMBOLS_C

#include "../ground/base.c"
#include "elf.c"

/* Names are borrowed from the source of the module. */
struct symbols {
	struct symbols_item {
		struct str name;
		uint64_t crc;           /* its low 32 bits are printed and compared */
		uint32_t hash;          /* symbols_hash(name) */
		bool weak;
	} *v;
	size_t n;
};

static uint32_t symbols_hash(struct str name)
{
	uint64_t h = name.n, w = 0;
	size_t i = 0;

	for (; i + 8 <= name.n; i += 8) {
		memcpy(&w, name.p + i, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	for (w = 0; i < name.n; i++)
		w = w << 8 | (unsigned char)name.p[i];
	h = (h ^ w) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h >> 32);
}

/* ---- the symbol table ---------------------------------------------------- */

struct symbols_table { const struct elf *e; struct str symtab, strtab; size_t size, n; };

static int symbols_open(struct kml *k, const struct elf *e, struct symbols_table *t)
{
	const struct elf_section *syms = elf_find(e, S(".symtab"));
	const struct elf_section *names = elf_find(e, S(".strtab"));
	int r;

	*t = (struct symbols_table){ .e = e, .size = e->wide ? 24 : 16 };
	if (!syms || !names)
		return fail(k, KML_BAD, "no symbol table");
	if ((r = elf_body(k, e, syms, &t->symtab)) < 0 ||
	    (r = elf_body(k, e, names, &t->strtab)) < 0)
		return r;
	t->n = t->symtab.n / t->size;
	return 0;
}

static const char *symbols_at(const struct symbols_table *t, size_t i)
{
	return t->symtab.p + i * t->size;
}

static unsigned symbols_section(const struct symbols_table *t, const char *p)
{
	return elf_load2(t->e, p + (t->e->wide ? 6 : 14));
}

static struct str symbols_name(const struct symbols_table *t, const char *p)
{
	struct str rest = str_from(t->strtab, elf_load4(t->e, p));

	return str_take(&rest, '\0');
}

static bool symbols_is_crc(const struct symbols_table *t, const char *p)
{
	struct str rest = str_from(t->strtab, elf_load4(t->e, p));

	return rest.n > 6 && !memcmp(rest.p, "__crc_", 6);
}

/* ---- exported ------------------------------------------------------------ */

/* What a __crc_ symbol says, directly or by pointing there. */
static uint64_t symbols_crc(struct kml *k, const struct symbols_table *t, const char *p)
{
	const struct elf *e = t->e;
	uint64_t value = e->wide ? elf_load(e, p + 8, 8) : elf_load(e, p + 4, 4);
	unsigned at = symbols_section(t, p);
	struct elf_section sec;
	struct str body;

	if (at == 0 || at >= 0xff00 || at >= e->n)
		return value;
	sec = e->sections[at];
	if (value > sec.size || sec.size - value < 4)
		return UINT64_MAX;
	sec.offset += value;
	sec.size = 4;
	return elf_body(k, e, &sec, &body) < 0 || body.n < 4 ? UINT64_MAX :
		elf_load(e, body.p, 4);
}

static int symbols_strings(struct kml *k, struct scope *s, const struct elf *e,
                           struct symbols *out)
{
	const struct elf_section *at = elf_find(e, S("__ksymtab_strings"));
	struct str sec, name;
	size_t n = 0;
	int r;

	if (!at)
		return 0;
	if ((r = elf_body(k, e, at, &sec)) < 0)
		return r;
	for (struct str rest = sec; rest.n;)
		n += str_take(&rest, '\0').n > 0;
	out->v = news(s, struct symbols_item, n);
	for (struct str rest = sec; rest.n;)
		if ((name = str_take(&rest, '\0')).n)
			out->v[out->n++] = (struct symbols_item){
				.name = name, .hash = symbols_hash(name) };
	return 0;
}

static int symbols_exports(struct kml *k, struct scope *s, const struct elf *e,
                           struct symbols *out)
{
	struct symbols_table t;
	size_t n = 0;

	*out = (struct symbols){ 0 };
	if (symbols_open(k, e, &t) < 0)
		return symbols_strings(k, s, e, out);
	for (size_t i = 1; i < t.n; i++)
		n += symbols_is_crc(&t, symbols_at(&t, i));
	if (!n)
		return symbols_strings(k, s, e, out);
	out->v = news(s, struct symbols_item, n);
	for (size_t i = 1; i < t.n; i++) {
		const char *p = symbols_at(&t, i);
		struct str name;

		if (!symbols_is_crc(&t, p))
			continue;
		name = str_from(symbols_name(&t, p), 6);
		out->v[out->n++] = (struct symbols_item){
			.name = name, .crc = symbols_crc(k, &t, p), .hash = symbols_hash(name) };
	}
	return 0;
}

/* ---- needed -------------------------------------------------------------- */

/* The bytes of a section that may be missing. */
static int symbols_body(struct kml *k, const struct elf *e, struct str name, struct str *out)
{
	const struct elf_section *at = elf_find(e, name);

	*out = S("");
	return at ? elf_body(k, e, at, out) : 0;
}

static void symbols_add(struct symbols *l, struct str name, uint64_t crc)
{
	if (name.n)
		l->v[l->n++] = (struct symbols_item){
			.name = name, .crc = crc, .hash = symbols_hash(name) };
}

/* The versions a module was built against, in the order of the file. */
static int symbols_versions(struct kml *k, struct scope *s, const struct elf *e,
                            struct symbols *out)
{
	size_t word = e->wide ? 8 : 4;
	struct str sec, names, crcs;
	int r;

	*out = (struct symbols){ 0 };
	if ((r = symbols_body(k, e, S("__versions"), &sec)) < 0 ||
	    (r = symbols_body(k, e, S("__version_ext_names"), &names)) < 0 ||
	    (r = symbols_body(k, e, S("__version_ext_crcs"), &crcs)) < 0)
		return r;
	out->v = news(s, struct symbols_item, sec.n / 64 + crcs.n / 4);
	for (; sec.n >= 64; sec = str_from(sec, 64)) {
		struct str name = { sec.p + word, 64 - word };

		symbols_add(out, str_take(&name, '\0'), elf_load(e, sec.p, (int)word));
	}
	for (; crcs.n >= 4 && names.n; crcs = str_from(crcs, 4))
		symbols_add(out, str_take(&names, '\0'), elf_load4(e, crcs.p));
	return 0;
}

/* Versions by name, for the undefined symbols to be looked up. */
struct symbols_map {
	struct symbols list;
	uint32_t *slots;                /* index + 1; 0 is none */
	bool *used;
	size_t mask;
};

static struct symbols_map symbols_index(struct scope *s, struct symbols list)
{
	struct symbols_map m = { .list = list, .mask = 7 };

	while (m.mask < 2 * list.n)
		m.mask = 2 * m.mask + 1;
	m.slots = news(s, uint32_t, m.mask + 1);
	m.used = news(s, bool, list.n);
	for (size_t i = list.n; i-- > 0;) {
		size_t at = list.v[i].hash & m.mask;

		while (m.slots[at] && !str_eq(list.v[m.slots[at] - 1].name, list.v[i].name))
			at = (at + 1) & m.mask;
		m.slots[at] = (uint32_t)i + 1;  /* of two, the first counts */
	}
	return m;
}

static const struct symbols_item *symbols_find(struct symbols_map *m, uint32_t hash,
                                               struct str name)
{
	for (size_t at = hash & m->mask; m->slots[at]; at = (at + 1) & m->mask) {
		uint32_t i = m->slots[at] - 1;

		if (m->list.v[i].hash == hash && str_eq(m->list.v[i].name, name)) {
			m->used[i] = true;
			return &m->list.v[i];
		}
	}
	return NULL;
}

/* Undefined symbols, in the order of the table, then what only __versions has. */
static int symbols_needs(struct kml *k, struct scope *s, const struct elf *e,
                         struct symbols *out)
{
	struct symbols_table t;
	struct symbols_map m;
	size_t n = 0;
	int r;

	*out = (struct symbols){ 0 };
	if ((r = symbols_open(k, e, &t)) < 0 ||
	    (r = symbols_versions(k, s, e, &m.list)) < 0)
		return r;
	m = symbols_index(s, m.list);
	for (size_t i = 1; i < t.n; i++)
		n += symbols_section(&t, symbols_at(&t, i)) == 0;
	out->v = news(s, struct symbols_item, n + m.list.n);
	for (size_t i = 1; i < t.n; i++) {
		const char *p = symbols_at(&t, i);
		unsigned char info = (unsigned char)p[e->wide ? 4 : 12];
		const struct symbols_item *version;
		struct symbols_item *it = &out->v[out->n];

		if (symbols_section(&t, p) || !(it->name = symbols_name(&t, p)).n)
			continue;
		it->hash = symbols_hash(it->name);
		it->weak = info >> 4 == 2;
		version = symbols_find(&m, it->hash, it->name);
		it->crc = version ? version->crc : 0;
		out->n++;
	}
	for (size_t i = 0; i < m.list.n; i++)
		if (!m.used[i])
			out->v[out->n++] = m.list.v[i];
	return 0;
}

#endif
