/* who.c - who uses a module, so that it cannot be taken out.
 *
 * The kernel counts users and names only those that are modules.  The others are
 * looked for where they leave traces:
 *
 *     /proc/PID/mountinfo       a file system of the module, or on a device of it
 *     /proc/PID/fd              an open device of it
 *     /proc/swaps, /sys/block   swap on a device of it, other devices on top of it
 *
 * A device is the module's if an alias of the module has its number, if its major
 * number is registered under the module's name (/proc/devices), or if sysfs links it
 * to a driver of the module.  What may not be read is passed over; the search ends
 * after WHO_TIME, or when there is enough to say.
 */
#ifndef KML_WHO_C
#define KML_WHO_C

#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../format/glob.c"
#include "attempt.c"
#include "forbid.c"
#include "live.c"

enum { WHO_TIME = 1000000 };            /* microseconds */
enum { WHO_SPACES = 32, WHO_KNOWN = 64, WHO_DEEPEST = 8 };

struct who {
	struct attempt a;               /* the module and what is said of it */
	struct str devices;             /* /proc/devices */
	uint64_t end;                   /* of the search, by kernel_clock() */
	struct who_known { bool block, own; unsigned major, minor; } known[WHO_KNOWN];
	size_t nknown;
	struct str spaces[WHO_SPACES];  /* mount namespaces that were looked at */
	size_t nspaces;
};

/* Enough said, or looked long enough? */
static bool who_done(const struct who *w)
{
	return w->a.n == ATTEMPT_LINES || kernel_clock() > w->end;
}

/* ---- whose device is it? ------------------------------------------------- */

static bool who_alias(const struct who *w, struct str text)
{
	struct str alias;

	for (size_t i = 0; (alias = modinfo_next(&w->a.info, S("alias"), &i)).p;)
		if (glob_match(alias, text))
			return true;
	return false;
}

/* The name that /proc/devices has for a major number. */
static struct str who_registered(const struct who *w, bool block, unsigned major)
{
	struct str text = w->devices, line, number;
	bool in = false;
	uint64_t n;

	while (text.n) {
		line = str_take(&text, '\n');
		if (str_ends(line, S("devices:")))
			in = str_starts(line, S("Block")) == block;
		number = str_word(&line);
		if (in && str_uint(number, &n) && n == major)
			return str_trim(line);
	}
	return S("");
}

/* Does `text`, once '-' is '_', read as the module's name? */
static bool who_called(const struct who *w, struct scope *s, struct str text)
{
	struct str name;

	return modname_normal(s, text, &name) && str_eq(name, w->a.name);
}

static bool who_driver(struct kml *k, struct scope *s, const struct who *w, const char *dir)
{
	static const char *const ways[] = { "device", "device/device", "../device" };
	struct str link;

	for (size_t i = 0; i < countof(ways); i++)
		if (sys_readlink(k, s, scope_format(s, "%s/%s/driver/module", dir, ways[i]),
		                 &link) == 0 && who_called(w, s, str_base(link)))
			return true;
	return false;
}

static bool who_owns(struct kml *k, struct scope *s, struct who *w, bool block, unsigned major,
                     unsigned minor)
{
	const char *kind = block ? "block" : "char";
	struct who_known *x;

	for (size_t i = 0; i < w->nknown; i++)
		if (w->known[i].block == block && w->known[i].major == major &&
		    w->known[i].minor == minor)
			return w->known[i].own;
	x = &w->known[w->nknown < WHO_KNOWN ? w->nknown++ : WHO_KNOWN - 1];
	*x = (struct who_known){ .block = block, .major = major, .minor = minor };
	x->own = who_alias(w, str_of(scope_format(s, "%s-major-%u-%u", kind, major, minor))) ||
		who_called(w, s, who_registered(w, block, major)) ||
		who_driver(k, s, w, scope_format(s, "/sys/dev/%s/%u:%u", kind, major, minor));
	return x->own;
}

/* "MAJOR:MINOR" of a block device. */
static bool who_owns_text(struct kml *k, struct scope *s, struct who *w, struct str text)
{
	struct str head = str_take(&text, ':');
	uint64_t major, minor;

	return str_uint(head, &major) && str_uint(str_trim(text), &minor) &&
		who_owns(k, s, w, true, (unsigned)major, (unsigned)minor);
}

/* Is what `path` leads to a device of the module? */
static bool who_owns_path(struct kml *k, struct scope *s, struct who *w, const char *path)
{
	struct stat st;

	return sys_stat(k, s, path, 0, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) &&
		who_owns(k, s, w, S_ISBLK(st.st_mode), major(st.st_rdev), minor(st.st_rdev));
}

/* ---- mounts and devices -------------------------------------------------- */

/* The mounts that a process sees; those of this one with `pid` NULL. */
static void who_mounts(struct kml *k, struct scope *s, struct who *w, const char *pid)
{
	struct str text = attempt_text(k, s, scope_format(s, "/proc/%s/mountinfo",
	                                                  pid ? pid : "self"));

	while (text.n && !who_done(w)) {
		struct str line = str_take(&text, '\n'), device, where, type, source, plain;

		str_word(&line);
		str_word(&line);
		device = str_word(&line);
		str_word(&line);
		where = str_word(&line);
		while (line.n && !str_eq(str_word(&line), S("-")))
			;
		type = plain = str_word(&line);
		source = str_word(&line);
		plain = str_take(&plain, '.');  /* fuse.sshfs */
		if (!type.n || (!who_called(w, s, plain) && !who_owns_text(k, s, w, device) &&
		    !who_alias(w, str_of(scope_format(s, "fs-%.*s", FMT(plain))))))
			continue;
		attempt_add(&w->a, "%.*s is used by the mount of %.*s on %.*s%s%s%s", FMT(w->a.name),
		            FMT(source), FMT(where), pid ? " (as process " : "", pid ? pid : "",
		            pid ? " sees it)" : "");
	}
}

static void who_swaps(struct kml *k, struct scope *s, struct who *w)
{
	struct str text = attempt_text(k, s, "/proc/swaps");

	while (text.n && !who_done(w)) {
		struct str line = str_take(&text, '\n'), path = str_word(&line);

		if (str_starts(path, S("/dev/")) && who_owns_path(k, s, w, scope_text(s, path)))
			attempt_add(&w->a, "%.*s is used by the swap on %.*s", FMT(w->a.name),
			            FMT(path));
	}
}

/* What is built on block devices of the module: other devices, files behind loops. */
static void who_blocks(struct kml *k, struct scope *s, struct who *w)
{
	struct sys_entry *e = NULL, *on;
	size_t n = 0, m;

	if (sys_list(k, s, "/sys/block", &e, &n) < 0)
		n = 0;
	for (size_t i = 0; i < n && !who_done(w); i++) {
		const char *dir = scope_format(s, "/sys/block/%s", e[i].name);
		struct str dev = attempt_text(k, s, scope_format(s, "%s/dev", dir)), file;

		if (!who_owns_text(k, s, w, dev))
			continue;
		file = attempt_text(k, s, scope_format(s, "%s/loop/backing_file", dir));
		if (file.n)
			attempt_add(&w->a, "%.*s is used by %s, which is set up on %.*s",
			            FMT(w->a.name), e[i].name, FMT(file));
		if (sys_list(k, s, scope_format(s, "%s/holders", dir), &on, &m) == 0 && m)
			attempt_add(&w->a, "%.*s is used by the device %s on top of %s", FMT(w->a.name),
			            on[0].name, e[i].name);
	}
}

/* ---- processes ----------------------------------------------------------- */

/* A mount namespace that was not looked at yet? */
static bool who_space(struct kml *k, struct scope *s, struct who *w, const char *pid)
{
	struct str link;

	if (w->nspaces == WHO_SPACES ||
	    sys_readlink(k, s, scope_format(s, "/proc/%s/ns/mnt", pid), &link) < 0)
		return false;
	for (size_t i = 0; i < w->nspaces; i++)
		if (str_eq(w->spaces[i], link))
			return false;
	w->spaces[w->nspaces++] = scope_str(w->a.s, link);
	return true;
}

/* The first of its open files that is a device of the module. */
static void who_process(struct kml *k, struct scope *s, struct who *w, const char *pid)
{
	const char *dir = scope_format(s, "/proc/%s/fd", pid), *path;
	struct sys_entry *e;
	struct str link;
	size_t n;

	if (sys_list(k, s, dir, &e, &n) < 0)
		return;
	for (size_t i = 0; i < n && !who_done(w); i++) {
		path = scope_format(s, "%s/%s", dir, e[i].name);
		if (sys_readlink(k, s, path, &link) < 0 || !str_starts(link, S("/dev/")) ||
		    !who_owns_path(k, s, w, path))
			continue;
		attempt_add(&w->a, "%.*s is used by process %s (%.*s) through %.*s", FMT(w->a.name),
		            pid, FMT(attempt_text(k, s, scope_format(s, "/proc/%s/comm", pid))),
		            FMT(link));
		return;
	}
}

static void who_processes(struct kml *k, struct scope *s, struct who *w)
{
	struct sys_entry *e;
	struct scope *t = scope_begin(s);
	size_t n;

	if (sys_list(k, s, "/proc", &e, &n) < 0)
		return;
	(void)who_space(k, t, w, "self");
	for (size_t i = 0; i < n && !who_done(w); i++) {
		uint64_t pid;

		if (!str_uint(str_of(e[i].name), &pid))
			continue;
		who_process(k, t, w, e[i].name);
		if (who_space(k, t, w, e[i].name))
			who_mounts(k, t, w, e[i].name);
		scope_clear(t);
	}
}

/* ---- modules ------------------------------------------------------------- */

/* The holders of `name`, each with its own in brackets. */
static void who_holders(struct kml *k, struct scope *s, struct str name, struct buf *b,
                        int depth)
{
	struct sys_entry *e;
	size_t n;

	live_holders(k, s, name, &e, &n);
	for (size_t i = 0; i < n && b->n < ATTEMPT_LONGEST; i++) {
		size_t before;

		buf_format(b, "%s%s", i ? ", " : "", e[i].name);
		before = b->n;
		buf_format(b, " (used by ");
		if (depth < WHO_DEEPEST)
			who_holders(k, s, str_of(e[i].name), b, depth + 1);
		if (b->n == before + 10)
			b->n = before;
		else
			buf_byte(b, ')');
	}
}

/* Modules first; `told`: those that hold it directly have been named. */
static void who_modules(struct kml *k, struct scope *s, struct who *w, bool told)
{
	struct buf b = { .s = s };

	who_holders(k, s, w->a.name, &b, 0);
	if (b.n && (!told || memchr(b.p, '(', b.n)))
		attempt_add(&w->a, "%.*s is used by %.*s", FMT(w->a.name), (int)b.n, b.p);
}

/* ---- all ----------------------------------------------------------------- */

/* Has the module no way out? */
static bool who_permanent(struct kml *k, struct scope *s, struct str name)
{
	struct str text = attempt_text(k, s, "/proc/modules");

	while (text.n) {
		struct str line = str_take(&text, '\n');

		if (str_eq(str_word(&line), name))
			return memmem(line.p, line.n, "[permanent]", 11) != NULL;
	}
	return false;
}

static void who_search(struct kml *k, struct scope *s, struct who *w, bool told)
{
	struct sys_entry *e;
	uint64_t users = UINT64_MAX;
	size_t holders;

	who_modules(k, s, w, told);
	live_holders(k, s, w->a.name, &e, &holders);
	(void)live_users(k, s, w->a.name, &users);
	if (!ATTEMPT_THOROUGH || users <= holders)
		return;
	(void)attempt_look(k, s, &w->a);
	w->devices = attempt_text(k, s, "/proc/devices");
	who_mounts(k, s, w, NULL);
	who_swaps(k, s, w);
	who_blocks(k, s, w);
	who_processes(k, s, w);
}

/* Say why the module `name` cannot be taken out: `verdict` is what the kernel said,
 * or EAGAIN if it was not asked because the module is in use.  `order` may be NULL. */
static void who_explain(struct kml *k, struct scope *s, struct order *order, struct str name,
                        int verdict, bool told)
{
	struct scope *t;
	const char *all = NULL;
	struct who *w;

	if (!k->log)
		return;
	t = scope_begin(s);
	w = new(t, struct who);
	w->a = (struct attempt){ .s = t, .order = order, .name = name, .log.fd = -1 };
	w->end = kernel_clock() + WHO_TIME;
	if (verdict == EPERM && (all = forbid_all(k, t)))
		attempt_add(&w->a, "%s", all);
	else if (verdict == EBUSY && who_permanent(k, t, name))
		attempt_add(&w->a, "%.*s cannot be unloaded: it has no exit function", FMT(name));
	else if (verdict == EAGAIN || verdict == EBUSY) {
		w->a.path = attempt_path(k, &w->a, name);
		w->a.tried = !w->a.path;
		who_search(k, t, w, told);
	}
	for (size_t i = 0; i < w->a.n; i++)
		note(k, KML_INFO, "%s", w->a.lines[i]);
	scope_end(t);
}

#endif
