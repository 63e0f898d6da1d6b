/* wild.c - the files that a pattern names, as a shell would find them.
 *
 * '*', '?' and [...] stand for parts of one name and never for a '/'; a name that begins
 * with '.' is found only by a pattern that does.  What is found comes in byte order.
 */
#ifndef KML_WILD_C
#define KML_WILD_C

#include "../format/glob.c"
#include "../ground/base.c"
#include "../ground/sys.c"

/* Add to `out`, of const char *, what `rest` names below `dir`: "", or ending in '/'. */
static int wild_find(struct kml *k, struct scope *s, const char *dir, struct str rest,
                     struct buf *out)
{
	struct str part = str_take(&rest, '/');
	const char *name = scope_text(s, part);
	struct sys_entry one = { name, DT_UNKNOWN }, *v = &one;
	bool plain = !strpbrk(name, "*?[");
	size_t n = 1;
	int r = plain ? 0 : sys_list(k, s, *dir ? dir : ".", &v, &n);

	if (r < 0)
		return r == KML_NOTFOUND ? 0 : fail_in(k, r, "%s", dir);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *path = scope_format(s, "%s%s%s", dir, v[i].name, rest.n ? "/" : "");

		if (!plain && ((v[i].name[0] == '.' && *name != '.') ||
		               !glob_match(part, str_of(v[i].name))))
			continue;
		if (rest.n)
			r = wild_find(k, s, path, rest, out);
		else if (!plain || sys_exists(k, s, path))
			buf_add(out, (struct str){ (const char *)&path, sizeof path });
	}
	return r;
}

#endif
