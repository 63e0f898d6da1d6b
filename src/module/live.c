/* live.c - the modules of the running kernel, as /proc and /sys tell them.
 *
 *     /proc/modules                 name size users holders state address
 *     /sys/module/NAME/initstate    coming, live or going; not for built-in ones
 *     /sys/module/NAME/refcnt       how many use it
 *     /sys/module/NAME/holders/     the modules that do
 *
 * Early in a boot, and in many containers, nothing of that is there: then
 * nothing is known to be loaded, which is no failure; the kernel knows better
 * when it is asked to load.
 */
#ifndef KML_LIVE_C
#define KML_LIVE_C

#include "../ground/kernel.c"
#include "../ground/process.c"

/* The directory of the modules of kernel `version`, the running one's if that
 * is NULL, below `prefix` (may be NULL). */
static int live_directory(struct kml *k, struct scope *s, const char *prefix,
                          const char *version, const char **dir)
{
	int r = 0;

	if (!version && (r = kernel_release(k, s, &version)) < 0)
		return r;
	if (prefix && *prefix && (r = process_absolute(k, s, prefix, &prefix)) < 0)
		return r;
	*dir = scope_format(s, "%s/lib/modules/%s", prefix ? prefix : "", version);
	return 0;
}

enum live_state { LIVE_GONE, LIVE_COMING, LIVE_GOING, LIVE_THERE };

/* The path of `leaf` of module `name`; NULL when that can be no module's name. */
static const char *live_path(struct scope *s, struct str name, const char *leaf)
{
	if (!name.n || str_find(name, '/') < name.n || str_find(name, '\0') < name.n ||
	    name.p[0] == '.')
		return NULL;
	return scope_format(s, "/sys/module/%.*s%s", FMT(name), leaf);
}

/* The text of one attribute, trimmed; it lives in `s`. */
static int live_read(struct kml *k, struct scope *s, struct str name, const char *leaf,
                     struct str *out)
{
	const char *path = live_path(s, name, leaf);
	int r;

	if (!path)
		return fail(k, KML_NOTFOUND, "'%.*s' is no module's name", FMT(name));
	if ((r = sys_read_file(k, s, path, out)) == 0)
		*out = str_trim(*out);
	return r;
}

/* A directory without initstate is a module that is just coming, or part of
 * the kernel itself. */
static enum live_state live_state(struct kml *k, struct scope *s, struct str name)
{
	struct scope *t = scope_begin(s);
	enum live_state state = LIVE_GONE;
	struct str text;
	const char *dir;

	if (live_read(k, t, name, "/initstate", &text) == 0)
		state = str_eq(text, S("live")) ? LIVE_THERE :
		        str_eq(text, S("going")) ? LIVE_GOING : LIVE_COMING;
	else if ((dir = live_path(t, name, "")) && sys_exists(k, t, dir))
		state = LIVE_COMING;
	scope_end(t);
	return state;
}

/* Is the module there, and not just coming or going? */
static bool live_there(struct kml *k, struct scope *s, struct str name)
{
	struct scope *t = scope_begin(s);
	struct str text;
	bool there = live_read(k, t, name, "/initstate", &text) == 0 && str_eq(text, S("live"));

	scope_end(t);
	return there;
}

/* How many use the module; KML_NOTFOUND when the kernel does not say. */
static int live_users(struct kml *k, struct scope *s, struct str name, uint64_t *out)
{
	struct scope *t = scope_begin(s);
	struct str text;
	int r = live_read(k, t, name, "/refcnt", &text);

	if (r == 0 && !str_uint(text, out))
		r = fail(k, KML_BAD, "/sys/module/%.*s/refcnt is no number", FMT(name));
	scope_end(t);
	return r;
}

/* The modules that use the module, sorted by name; none when that is unknown. */
static void live_holders(struct kml *k, struct scope *s, struct str name,
                         struct sys_entry **out, size_t *n)
{
	const char *path = live_path(s, name, "/holders");

	if (!path || sys_list(k, s, path, out, n) < 0)
		*out = NULL, *n = 0;
}

struct live_module { struct str name; uint64_t size, users; };

/* All loaded modules, the newest first. */
static int live_list(struct kml *k, struct scope *s, struct live_module **out, size_t *n)
{
	struct str text;
	size_t lines = 0;
	int r = sys_read_file(k, s, "/proc/modules", &text);

	*n = 0;
	if (r < 0)
		return fail_in(k, r, "/proc/modules");
	for (struct str rest = text; rest.n; lines++)
		str_take(&rest, '\n');
	*out = news(s, struct live_module, lines);
	while (text.n) {
		struct str line = str_take(&text, '\n');
		struct live_module *m = &(*out)[*n];

		m->name = str_word(&line);
		if (!m->name.n || !str_uint(str_word(&line), &m->size))
			continue;
		if (!str_uint(str_word(&line), &m->users))
			m->users = 0;           /* "-": this kernel cannot unload */
		++*n;
	}
	return 0;
}

#endif
