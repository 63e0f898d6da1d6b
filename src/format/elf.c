/* elf.c - the sections of an ELF file: 32 or 64 bit, of either byte order.
 *
 *                      64 bit    32 bit
 *   file header          64        52     bytes
 *     e_machine        18  2     18  2
 *     e_shoff          40  8     32  4    where the section headers are
 *     e_shentsize      58  2     46  2    64 or 40, nothing else is known
 *     e_shnum          60  2     48  2    0: sh_size of section 0 says it
 *     e_shstrndx       62  2     50  2    ffff: sh_link of section 0 says it
 *   section header       64        40     bytes
 *     sh_name           0  4      0  4    offset into the table of names
 *     sh_type           4  4      4  4
 *     sh_flags          8  8      8  4
 *     sh_offset        24  8     16  4
 *     sh_size          32  8     20  4
 *     sh_link          40  4     24  4
 *     sh_info          44  4     28  4
 *
 * The file is untrusted and need not be in memory: each range goes through
 * source_slice(), which checks it and reads what is not there yet.
 */
#ifndef KML_ELF_C
#define KML_ELF_C

#include "../ground/base.c"
#include "../ground/source.c"

struct elf {
	const struct source *src;
	bool wide, big;                 /* 64 bit; big-endian */
	unsigned machine;
	struct elf_section {
		struct str name;
		uint32_t type, link, info;
		uint64_t flags, offset, size;
	} *sections;
	size_t n;
};

enum { ELF_NOBITS = 8, ELF_XINDEX = 0xffff };

/* A number of 1, 2, 4 or 8 bytes in the byte order of the file. */
static uint64_t elf_load(const struct elf *e, const char *p, int bytes)
{
	return e->big ? load_be(p, bytes) : load_le(p, bytes);
}

/* The same for what is read a million times; compilers make it one load. */
static inline uint32_t elf_load4(const struct elf *e, const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	uint32_t v = u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;

	return e->big ? __builtin_bswap32(v) : v;
}

static inline uint32_t elf_load2(const struct elf *e, const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return e->big ? (uint32_t)u[0] << 8 | u[1] : (uint32_t)u[1] << 8 | u[0];
}

/* A field that is `wide` bytes in at 64 bit and `narrow` at 32. */
static uint64_t elf_field(const struct elf *e, const char *p, int wide, int narrow)
{
	return e->wide ? elf_load(e, p + wide, 8) : elf_load(e, p + narrow, 4);
}

static struct elf_section elf_header(const struct elf *e, const char *p)
{
	return (struct elf_section){
		.type = (uint32_t)elf_load(e, p + 4, 4),
		.flags = elf_field(e, p, 8, 8),
		.offset = elf_field(e, p, 24, 16),
		.size = elf_field(e, p, 32, 20),
		.link = (uint32_t)elf_load(e, p + (e->wide ? 40 : 24), 4),
		.info = (uint32_t)elf_load(e, p + (e->wide ? 44 : 28), 4),
	};
}

/* Borrow the bytes of `sec`; they live as long as the source. */
static int elf_body(struct kml *k, const struct elf *e, const struct elf_section *sec,
                    struct str *out)
{
	int r;

	*out = S("");
	if (sec->type == ELF_NOBITS)
		return 0;
	r = source_slice(k, e->src, sec->offset, sec->size, out);
	return r < 0 ? fail_in(k, r, "section %.*s", FMT(sec->name)) : 0;
}

/* The section headers, and the one that has the names, which may both be told
 * by section 0 when their numbers do not fit the file header. */
static int elf_heads(struct kml *k, const struct elf *e, struct str head, struct str *heads,
                     struct elf_section *names)
{
	const char *p = head.p + (e->wide ? 58 : 46);
	uint64_t size = e->wide ? 64 : 40, at = elf_field(e, head.p, 40, 32);
	uint64_t n = elf_load(e, p + 2, 2), index = elf_load(e, p + 4, 2);
	struct str zero;
	int r;

	if (!at || elf_load(e, p, 2) != size)
		return fail(k, KML_BAD, "ELF file without section headers");
	if (!n || index == ELF_XINDEX) {
		struct elf_section z;

		if ((r = source_slice(k, e->src, at, size, &zero)) < 0)
			return fail_in(k, r, "section headers");
		z = elf_header(e, zero.p);
		n = n ? n : z.size;
		index = index == ELF_XINDEX ? z.link : index;
	}
	if (n > e->src->size / size)
		return fail(k, KML_BAD, "section headers: there is no room for %llu",
		            (unsigned long long)n);
	if ((r = source_slice(k, e->src, at, n * size, heads)) < 0)
		return fail_in(k, r, "section headers");
	if (index >= n)
		return fail(k, KML_BAD, "ELF file without section names");
	*names = elf_header(e, heads->p + index * size);
	return 0;
}

/* Read the headers of the file `src`, which must stay. */
static int elf_open(struct kml *k, struct scope *s, const struct source *src, struct elf *e)
{
	struct str head, heads, names;
	struct elf_section sec;
	size_t size;
	int r;

	*e = (struct elf){ .src = src };
	if (src->size < 52 || source_slice(k, src, 0, 16, &head) < 0 ||
	    memcmp(head.p, "\177ELF", 4) || head.p[4] < 1 || head.p[4] > 2 ||
	    head.p[5] < 1 || head.p[5] > 2)
		return fail(k, KML_BAD, "not an ELF file");
	e->wide = head.p[4] == 2;
	e->big = head.p[5] == 2;
	if ((r = source_slice(k, src, 0, e->wide ? 64 : 52, &head)) < 0)
		return fail_in(k, r, "ELF header");
	e->machine = (unsigned)elf_load(e, head.p + 18, 2);
	if ((r = elf_heads(k, e, head, &heads, &sec)) < 0 ||
	    (r = elf_body(k, e, &sec, &names)) < 0)
		return r;

	size = e->wide ? 64 : 40;
	e->sections = news(s, struct elf_section, heads.n / size);
	for (e->n = 0; e->n < heads.n / size; e->n++) {
		const char *p = heads.p + e->n * size;
		struct str rest = str_from(names, (size_t)elf_load(e, p, 4));

		e->sections[e->n] = elf_header(e, p);
		e->sections[e->n].name = str_take(&rest, '\0');
	}
	return 0;
}

/* The first section of that name, or NULL. */
static const struct elf_section *elf_find(const struct elf *e, struct str name)
{
	for (size_t i = 1; i < e->n; i++)
		if (str_eq(e->sections[i].name, name))
			return &e->sections[i];
	return NULL;
}

#endif
