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
	struct sys_entry *v;
	size_t n;
	int r;

	if (!memchr(part.p, '*', part.n) && !memchr(part.p, '?', part.n) &&
	    !memchr(part.p, '[', part.n)) {
		const char *path = scope_format(s, "%s%.*s%s", dir, FMT(part), rest.n ? "/" : "");

		if (rest.n)
			return wild_find(k, s, path, rest, out);
		if (sys_exists(k, s, path))
			buf_add(out, (struct str){ (const char *)&path, sizeof path });
		return 0;
	}
	r = sys_list(k, s, *dir ? dir : ".", &v, &n);
	if (r < 0)
		return r == KML_NOTFOUND ? 0 : fail_in(k, r, "%s", dir);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *path = scope_format(s, "%s%s%s", dir, v[i].name, rest.n ? "/" : "");

		if ((v[i].name[0] == '.' && part.p[0] != '.') || !glob_match(part, str_of(v[i].name)))
			continue;
		if (rest.n)
			r = wild_find(k, s, path, rest, out);
		else
			buf_add(out, (struct str){ (const char *)&path, sizeof path });
	}
	return r;
}

#endif
