/* misfit.c - why a module does not fit the kernel: file, build, versions, symbols.
 *
 * A module says for which kernel it was built ("vermagic") and against which version
 * of each symbol; the kernel compares.  Its log has what differed.  Where that cannot
 * be read, a module that is loaded, and so fits, is compared instead; and each module
 * that exports a symbol says its version.
 *
 * A symbol that the kernel did not find is exported by a module that is not loaded
 * (modules.symbols.bin knows it), or by none; /proc/kallsyms lists what is in the
 * kernel, data only if it was built so.
 */
#ifndef KML_MISFIT_C
#define KML_MISFIT_C

#include "../ground/base.c"
#include "../format/symbols.c"
#include "attempt.c"

#define MISFIT_DISAGREES "@: disagrees about version of symbol %"

enum { MISFIT_LOADED = 8, MISFIT_SYMBOLS = 64, MISFIT_EXPORTERS = 32, MISFIT_SHOWN = 4 };

/* ---- the file ------------------------------------------------------------ */

static const char *misfit_machine(unsigned machine)
{
	static const struct { unsigned machine; const char *name; } known[] = {
		{ 3, "i686" }, { 8, "mips" }, { 20, "ppc" }, { 21, "ppc64le" }, { 22, "s390x" },
		{ 40, "armv7l" }, { 62, "x86_64" }, { 183, "aarch64" }, { 243, "riscv64" },
		{ 258, "loongarch64" },
	};

	for (size_t i = 0; i < countof(known); i++)
		if (known[i].machine == machine)
			return known[i].name;
	return NULL;
}

/* Is it no module, or one for another machine?  What uname calls a machine may be
 * another one of its family. */
static bool misfit_file(struct kml *k, struct scope *s, struct attempt *a)
{
	const char *its, *ours;

	if (!attempt_look(k, s, a)) {
		attempt_add(a, "%s: %s", a->path ? a->path : a->name.p, a->bad);
		return true;
	}
	its = misfit_machine(a->elf.machine);
	if (!its || kernel_machine(k, s, &ours) < 0 || its[0] == ours[0] ||
	    (its[0] == 'x' && ours[0] == 'i'))
		return false;
	attempt_add(a, "%.*s was built for %s, and this machine is %s", FMT(a->name), its, ours);
	return true;
}

/* ---- the build ----------------------------------------------------------- */

struct misfit_peer { struct source src; struct elf elf; struct str magic; };

static struct str misfit_magic_of(struct kml *k, struct scope *s, const struct elf *e)
{
	struct modinfo info;
	size_t i = 0;

	return modinfo_of(k, s, e, &info) < 0 ? S("") :
		str_trim(modinfo_next(&info, S("vermagic"), &i));
}

/* A loaded module of the tree, built for the running kernel. */
static bool misfit_peer(struct kml *k, struct scope *s, struct attempt *a,
                        struct misfit_peer *out)
{
	struct live_module *m;
	const char *release;
	size_t n;

	if (live_list(k, s, &m, &n) < 0 || kernel_release(k, s, &release) < 0)
		return false;
	for (size_t i = 0; i < n && i < MISFIT_LOADED; i++) {
		const char *path = attempt_path(k, a, m[i].name);
		struct str magic;

		if (!path || modfile_open(k, s, path, &out->src) < 0 ||
		    elf_open(k, s, &out->src, &out->elf) < 0)
			continue;
		magic = out->magic = misfit_magic_of(k, s, &out->elf);
		if (str_eq(str_word(&magic), str_of(release)))
			return true;
	}
	return false;
}

static bool misfit_magic(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str out[2], its = { 0 }, word;
	const char *release;
	struct misfit_peer peer;
	size_t i = 0;

	if (klog_next(&a->log, &i, a->name, "@: version magic '%' should be '%'", out)) {
		attempt_add(a, "%.*s was built for another kernel: '%.*s', and this one is '%.*s'",
		            FMT(a->name), FMT(str_trim(out[0])), FMT(str_trim(out[1])));
		return true;
	}
	i = 0;
	if (klog_next(&a->log, &i, a->name, MISFIT_DISAGREES, out) || !attempt_look(k, s, a) ||
	    kernel_release(k, s, &release) < 0)
		return false;
	its = word = misfit_magic_of(k, s, &a->elf);
	if (!its.n)
		return false;
	if (!str_eq(word = str_word(&word), str_of(release)))
		attempt_add(a, "%.*s was built for kernel %.*s, and this one is %s", FMT(a->name),
		            FMT(word), release);
	else if (!a->log.there && misfit_peer(k, s, a, &peer) && !str_eq(its, peer.magic))
		attempt_add(a, "%.*s was built for another kernel: '%.*s', and this one is '%.*s'",
		            FMT(a->name), FMT(its), FMT(peer.magic));
	return a->n > 0;
}

/* ---- versions of symbols ------------------------------------------------- */

static void misfit_differs(struct kml *k, struct scope *s, struct attempt *a, struct str symbol)
{
	struct str from = attempt_provider(k, s, a, symbol);

	attempt_add(a, "%.*s was built against another version of the symbol %.*s than %s%.*s has",
	            FMT(a->name), FMT(symbol), from.n ? "module " : "this kernel", FMT(from));
}

/* The version of `symbol` that `list` has differs from `crc`. */
static bool misfit_other(const struct symbols *list, struct str symbol, uint64_t crc)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].name, symbol))
			return (list->v[i].crc ^ crc) & 0xffffffff;
	return false;
}

/* Does the module that exports the symbol have another version of it? */
static bool misfit_exporter(struct kml *k, struct scope *s, struct attempt *a,
                            const struct symbols_item *item)
{
	struct str from = attempt_provider(k, s, a, item->name);
	const char *path = from.n ? attempt_path(k, a, from) : NULL;
	struct scope *t = scope_begin(s);
	struct symbols list = { 0 };
	struct source src;
	struct elf e;
	bool other = false;

	if (path && modfile_open(k, t, path, &src) == 0 && elf_open(k, t, &src, &e) == 0 &&
	    symbols_exports(k, t, &e, &list) == 0)
		other = misfit_other(&list, item->name, item->crc);
	scope_end(t);
	return other;
}

/* Without a log: compare with a module that fits, and with those that export. */
static bool misfit_compare(struct kml *k, struct scope *s, struct attempt *a)
{
	struct symbols own, fits = { 0 };
	struct misfit_peer peer;
	int exporters = 0;

	if (!attempt_look(k, s, a) || symbols_versions(k, s, &a->elf, &own) < 0)
		return false;
	if (misfit_peer(k, s, a, &peer))
		(void)symbols_versions(k, s, &peer.elf, &fits);
	for (size_t i = 0; i < own.n && a->n == 0; i++) {
		bool other = fits.n && misfit_other(&fits, own.v[i].name, own.v[i].crc);

		if (!other && exporters < MISFIT_EXPORTERS &&
		    attempt_provider(k, s, a, own.v[i].name).n) {
			exporters++;
			other = misfit_exporter(k, s, a, &own.v[i]);
		}
		if (other)
			misfit_differs(k, s, a, own.v[i].name);
	}
	return a->n > 0;
}

static bool misfit_versions(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str symbol;
	size_t i = 0;

	if (klog_next(&a->log, &i, a->name, MISFIT_DISAGREES, &symbol))
		misfit_differs(k, s, a, symbol);
	else if (!a->log.there)
		(void)misfit_compare(k, s, a);
	return a->n > 0;
}

/* ---- symbols that are not there ------------------------------------------ */

struct misfit_names { struct misfit_name { struct str name, from; bool there; } *v; size_t n; };

static void misfit_want(struct misfit_names *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i].name, name))
			return;
	if (l->n < MISFIT_SYMBOLS)
		l->v[l->n++] = (struct misfit_name){ .name = name };
}

/* Mark what /proc/kallsyms has; does it list data at all? */
static bool misfit_kallsyms(struct kml *k, struct scope *s, struct symbols_map *m)
{
	enum { ROOM = 64 << 10, LARGEST = 64 << 20 };
	char *p = scope_raw(s, ROOM);
	size_t have = 0, got = 1, all = 0;
	bool data = false;
	int fd;

	if (sys_open(k, s, "/proc/kallsyms", O_RDONLY | O_NONBLOCK, &fd) < 0)
		return false;
	while (got && all < LARGEST && sys_read(k, fd, p + have, ROOM - have, &got) == 0) {
		struct str text = { p, have + got };

		all += got;
		while (str_find(text, '\n') < text.n) {
			struct str line = str_take(&text, '\n'), kind, name;

			str_word(&line);
			kind = str_word(&line);
			name = str_word(&line);
			data |= kind.n == 1 && strchr("dDbB", kind.p[0]) && !line.n;
			(void)symbols_find(m, symbols_hash(name), name);
		}
		have = text.n < ROOM ? text.n : 0;
		memmove(p, text.p, have);
	}
	return data;
}

/* What is nowhere in the kernel, of all that the module needs. */
static void misfit_absent(struct kml *k, struct scope *s, struct attempt *a,
                          struct misfit_names *l)
{
	struct symbols needs;
	struct symbols_map m;
	bool all;

	if (!attempt_look(k, s, a) || symbols_needs(k, s, &a->elf, &needs) < 0)
		return;
	m = symbols_index(s, needs);
	all = misfit_kallsyms(k, s, &m);
	for (size_t i = 0; i < needs.n; i++) {
		struct str name = needs.v[i].name, from;

		if (m.used[i] || needs.v[i].weak || str_eq(name, S("module_layout")))
			continue;
		from = attempt_provider(k, s, a, name);
		if (from.n ? live_state(k, s, from) == LIVE_GONE : all)
			misfit_want(l, name);
	}
}

/* The symbols that were missed, of the log or else of what is not there; who has
 * them, and are they in the kernel all the same? */
static void misfit_missing(struct kml *k, struct scope *s, struct attempt *a,
                           struct misfit_names *l)
{
	struct symbols_map m = { .list.v = news(s, struct symbols_item, MISFIT_SYMBOLS) };
	struct str out[2];
	bool odd = false;
	size_t i = 0;

	l->v = news(s, struct misfit_name, MISFIT_SYMBOLS);
	while (klog_next(&a->log, &i, a->name, "@: Unknown symbol % (err %)", out))
		misfit_want(l, out[0]);
	if (!l->n)
		misfit_absent(k, s, a, l);
	for (i = 0; i < l->n; i++) {
		l->v[i].from = attempt_provider(k, s, a, l->v[i].name);
		odd |= !l->v[i].from.n;
		symbols_add(&m.list, l->v[i].name, 0);
	}
	if (!odd)
		return;
	m = symbols_index(s, m.list);
	(void)misfit_kallsyms(k, s, &m);
	for (i = 0; i < m.list.n; i++)
		l->v[i].there = m.used[i];
}

/* One line for all that have the same reason as the first of them, which it takes
 * off the list. */
static void misfit_group(struct kml *k, struct scope *s, struct attempt *a,
                         struct misfit_names *l)
{
	const struct misfit_name first = l->v[0];
	struct buf names = { .s = s };
	size_t n = 0, left = 0;
	const char *what;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].there != first.there || !str_eq(l->v[i].from, first.from))
			l->v[left++] = l->v[i];
		else if (n++ < MISFIT_SHOWN)
			buf_format(&names, "%s%.*s", n > 1 ? ", " : "", FMT(l->v[i].name));
	l->n = left;
	if (n > MISFIT_SHOWN)
		buf_format(&names, " and %zu more", n - MISFIT_SHOWN);
	what = scope_format(s, "%.*s needs the symbol%s %.*s", FMT(a->name), n > 1 ? "s" : "",
	                    (int)names.n, names.p);
	if (first.from.n && live_state(k, s, first.from) != LIVE_THERE)
		attempt_add(a, "%s of module %.*s, which is not loaded", what, FMT(first.from));
	else if (first.there)
		attempt_add(a, "%s, which is in the kernel, but not exported to it", what);
	else if (a->order && order_index(k, a->order, ORDER_SYMBOLS))
		attempt_add(a, "%s, which neither the kernel nor a module in %s has", what,
		            a->order->dir);
	else
		attempt_add(a, "%s, which the kernel does not have", what);
}

static bool misfit_symbols(struct kml *k, struct scope *s, struct attempt *a)
{
	struct misfit_names l = { 0 };

	misfit_missing(k, s, a, &l);
	while (l.n)
		misfit_group(k, s, a, &l);
	return a->n > 0;
}

#endif
