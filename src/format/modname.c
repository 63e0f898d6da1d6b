/* modname.c - how modules are called.
 *
 * The kernel knows a module by its file name up to the first '.', with '_' for
 * every '-'.  People and tools mix the two, so whatever names a module or an
 * alias is normalised before it is compared.  Inside [...] of an alias a '-' is
 * a range and stays; brackets that do not pair make it no alias at all.
 */
#ifndef KML_MODNAME_C
#define KML_MODNAME_C

#include "../ground/base.c"

/* The normal form of a name or alias; false when a bracket is unmatched. */
static bool modname_normal(struct scope *s, struct str raw, struct str *out)
{
	char *p = scope_text(s, raw);

	for (size_t i = 0; i < raw.n; i++) {
		if (p[i] == '-')
			p[i] = '_';
		else if (p[i] == ']')
			return false;
		else if (p[i] == '[' && (i += str_find(str_from(raw, i), ']')) >= raw.n)
			return false;
	}
	*out = (struct str){ p, raw.n };
	return true;
}

/* The name of the module in the file `path`. */
static struct str modname_of_path(struct scope *s, struct str path)
{
	struct str base = str_base(path);
	char *p;

	base.n = str_find(base, '.');
	p = scope_text(s, base);
	for (size_t i = 0; i < base.n; i++)
		if (p[i] == '-')
			p[i] = '_';
	return (struct str){ p, base.n };
}

#endif
