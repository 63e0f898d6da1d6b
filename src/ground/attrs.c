/* attrs.c - a file's extended attributes that an archive of it holds.
 *
 * They are those of the user and the capabilities; what else there is, is about the
 * machine: labels, access lists, what a file system notes for itself.
 */
#ifndef KML_ATTRS_C
#define KML_ATTRS_C

#include "sys.c"
#include <sys/xattr.h>

struct attr { struct str key, value; };

enum { ATTRS_LIST = 65536, ATTRS_MOST = 32 };

static int attrs_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct attr *)a)->key, ((const struct attr *)b)->key);
}

/* Of the file `path`, which is not followed if it is a link; sorted by key.  A file
 * system that has none has none. */
static int attrs_read(struct kml *k, struct scope *s, const char *path, struct attr **out,
                      size_t *count)
{
	struct scope *t = scope_begin(s);
	char *keys = scope_raw(t, ATTRS_LIST), *room = scope_raw(t, ATTRS_LIST);
	ssize_t n = SYS(llistxattr(path, keys, ATTRS_LIST)), size;
	int r = n < 0 && errno != EOPNOTSUPP ? sys_fail(k) : 0;

	*out = NULL;
	*count = 0;
	for (ssize_t at = 0; r == 0 && at < n; at += (ssize_t)strlen(keys + at) + 1) {
		struct str key = str_of(keys + at);

		if (!str_starts(key, S("user.")) && !str_eq(key, S("security.capability")))
			continue;
		if (str_find(key, '=') < key.n)
			r = fail(k, KML_FAIL, "no archive can hold the attribute \"%.*s\"", FMT(key));
		else if (*count == ATTRS_MOST)
			r = fail(k, KML_FAIL, "more than %d extended attributes", ATTRS_MOST);
		else if ((size = SYS(lgetxattr(path, key.p, room, ATTRS_LIST))) < 0)
			r = sys_fail(k);
		if (r < 0)
			break;
		if (!*out)
			*out = news(s, struct attr, ATTRS_MOST);
		(*out)[(*count)++] = (struct attr){
			scope_str(s, key), scope_str(s, (struct str){ room, (size_t)size }) };
	}
	scope_end(t);
	if (*count)
		qsort(*out, *count, sizeof **out, attrs_cmp);
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

#endif
