/* modinfo.c - what a module says of itself.
 *
 * A module carries its metadata as text in the ELF section .modinfo:
 *
 *     license=GPL\0  author=...\0\0\0  alias=pci:v00008086d*\0  parm=...\0
 *
 * that is, key=value strings, each ended by one or more NULs (the linker pads
 * between objects), keys in link order and free to repeat.  An entry without
 * '=' is a key with an empty value.  Nothing in it can be trusted to be text.
 */
#ifndef KML_MODINFO_C
#define KML_MODINFO_C

#include "../ground/base.c"
#include "elf.c"

struct modinfo {
	struct modinfo_field { struct str key, value; } *fields;
	size_t n;
};

/* Parse the bytes of a .modinfo section, which *info then borrows from. */
static void modinfo_parse(struct scope *s, struct str sec, struct modinfo *info)
{
	size_t max = 0;

	/* Count, then fill: the array is allocated once and never moves. */
	for (struct str rest = sec; rest.n;)
		max += str_take(&rest, '\0').n > 0;
	*info = (struct modinfo){ news(s, struct modinfo_field, max), 0 };

	for (struct str rest = sec; rest.n;) {
		struct str entry = str_take(&rest, '\0');

		if (entry.n) {
			struct str key = str_take(&entry, '=');

			info->fields[info->n++] = (struct modinfo_field){ key, entry };
		}
	}
}

/* What the module `e` says, borrowed from its source. */
static int modinfo_of(struct kml *k, struct scope *s, const struct elf *e, struct modinfo *info)
{
	const struct elf_section *at = elf_find(e, S(".modinfo"));
	struct str sec;
	int r;

	if (!at)
		return fail(k, KML_BAD, "not a kernel module (no .modinfo section)");
	if ((r = elf_body(k, e, at, &sec)) < 0)
		return r;
	modinfo_parse(s, sec, info);
	return 0;
}

/* The first value of `key` at or after *i; step *i past it.  A NULL pointer
 * when there is none. */
static struct str modinfo_next(const struct modinfo *info, struct str key, size_t *i)
{
	while (*i < info->n)
		if (str_eq(info->fields[(*i)++].key, key))
			return info->fields[*i - 1].value;
	return (struct str){ 0 };
}

#endif
