/* steps.c - what has to be loaded, and in which order, to bring a set of modules
 * into the kernel.
 *
 * What a module of the set needs is told by its modinfo: "depends" must be there
 * first, "softdep" should be before or after it.  A name that is not in the set
 * is looked for in the host's /lib/modules/KERNEL, with all that it needs in
 * turn; where one of those is in the set, the set's is taken.
 *
 * The set's modules are bytes in memory that were verified.  They are decoded
 * and looked into when something needs them, so that one of a thousand costs no
 * more than one.  A module that modprobe.d has an install line for is not to be
 * loaded as it is, and no command is run here: it is refused.
 */
#ifndef KML_STEPS_C
#define KML_STEPS_C

#include "../ground/base.c"
#include "../format/codec.c"
#include "../format/elf.c"
#include "../format/modconf.c"
#include "../format/modinfo.c"
#include "../format/modname.c"
#include "../module/config.c"
#include "../module/live.c"
#include "../module/order.c"

enum { STEPS_DEEPEST = 100, STEPS_LARGEST = 1 << 30 };

enum steps_need { STEPS_NOT, STEPS_SOFT, STEPS_HARD };

struct steps_module {
	struct str name, file;          /* the file is what messages name */
	struct str image;               /* decoded once it is known */
	struct modinfo info;
	struct str note;                /* its build-id; empty where it has none */
	bool known;
	enum steps_need visited;
};

struct steps_one {
	const char *name, *params;
	const struct steps_module *own; /* of the set; else */
	const char *path;               /* a file of the host */
	bool soft;                      /* that it fails is no matter */
};

struct steps {
	struct scope *s;
	const char *kernel, *tree;      /* the host's modules */
	const char *main, *params;      /* the module that gets these parameters */
	struct steps_module *own;
	size_t nown, own_room;
	struct modconf conf;
	struct order host;
	struct steps_one *v;
	size_t n, room;
};

static void steps_begin(struct kml *k, struct scope *s, struct steps *l, const char *kernel)
{
	*l = (struct steps){ .s = s, .kernel = kernel };
	l->tree = scope_format(s, "/lib/modules/%s", kernel);
	config_read(k, s, NULL, l->tree, &l->conf);
	l->host = order_begin(s, l->tree, &l->conf);
}

/* ---- the set's own modules ----------------------------------------------- */

static struct steps_module *steps_own(struct steps *l, struct str name)
{
	for (size_t i = 0; i < l->nown; i++)
		if (str_eq(l->own[i].name, name))
			return &l->own[i];
	return NULL;
}

/* Take a module into the set, of any compression.  All are taken in before the
 * first is asked for. */
static void steps_add(struct steps *l, struct str file, struct str image)
{
	if (l->nown == l->own_room) {
		struct steps_module *v;

		v = news(l->s, struct steps_module, l->own_room = 2 * l->own_room + 16);
		if (l->nown)
			memcpy(v, l->own, l->nown * sizeof *v);
		l->own = v;
	}
	l->own[l->nown++] = (struct steps_module){
		.name = modname_of_path(l->s, file), .file = file, .image = image,
	};
}

/* Is `m` a module, the one its file is called after, and for this kernel? */
static int steps_check(struct kml *k, const struct steps *l, const struct steps_module *m)
{
	size_t at = 0;
	struct str name = modinfo_next(&m->info, S("name"), &at), magic, built;

	at = 0;
	magic = modinfo_next(&m->info, S("vermagic"), &at);
	built = str_word(&magic);
	if (!built.n)
		return fail(k, KML_KERNEL, "has no vermagic, which would say what kernel it is for; "
		            "nothing was loaded");
	if (!str_eq(built, str_of(l->kernel)))
		return fail(k, KML_KERNEL, "built for kernel %.*s, and this is %s; nothing was "
		            "loaded", FMT(built), l->kernel);
	if (name.p && !str_eq(modname_of_path(l->s, name), m->name))
		return fail(k, KML_BAD, "holds the module %.*s: it must be called so", FMT(name));
	for (size_t i = 0; i < l->nown; i++)
		if (&l->own[i] != m && str_eq(l->own[i].name, m->name))
			return fail(k, KML_BAD, "the image has module %.*s twice", FMT(m->name));
	return 0;
}

static int steps_know(struct kml *k, struct steps *l, struct steps_module *m)
{
	const struct elf_section *at;
	struct source *src;
	struct elf e;
	int r = 0;

	if (m->known)
		return 0;
	m->known = true;
	if (codec_of(m->image) != CODEC_NONE)
		r = codec_decode(k, l->s, m->image, STEPS_LARGEST, &m->image);
	src = new(l->s, struct source);
	*src = source_of(m->image);
	if (r < 0 || (r = elf_open(k, l->s, src, &e)) < 0 ||
	    (r = modinfo_of(k, l->s, &e, &m->info)) < 0 || (r = steps_check(k, l, m)) < 0)
		return fail_in(k, r, "%.*s", FMT(m->file));
	if ((at = elf_find(&e, S(".note.gnu.build-id"))) && elf_body(k, &e, at, &m->note) < 0)
		m->note = S("");
	return 0;
}

/* ---- planning ------------------------------------------------------------ */

/* The options of modprobe.d for a module, and the set's parameters for its main one. */
static const char *steps_params(struct steps *l, struct str name)
{
	struct str conf = modconf_options(l->s, &l->conf, name, S(""));

	if (!l->main || !l->params || !str_eq(name, str_of(l->main)))
		return scope_text(l->s, conf);
	return scope_format(l->s, "%.*s%s%s", FMT(conf), conf.n ? " " : "", l->params);
}

/* Append a step; one that is there already stays where it is, and is needed as
 * much as the stronger of the two says. */
static int steps_put(struct kml *k, struct steps *l, struct str name,
                     const struct steps_module *own, const char *path, bool soft)
{
	const struct modconf_line *install = modconf_find(&l->conf, MODCONF_INSTALL, name);

	for (size_t i = 0; i < l->n; i++)
		if (str_eq(str_of(l->v[i].name), name)) {
			l->v[i].soft &= soft;
			return 0;
		}
	if (install && soft)
		return 0;
	if (install)
		return fail(k, KML_FAIL, "module %.*s is not to be loaded as it is: %s has an install "
		            "line for it", FMT(name), install->file);
	if (l->n == l->room) {
		struct steps_one *v = news(l->s, struct steps_one, l->room = 2 * l->room + 8);

		if (l->n)
			memcpy(v, l->v, l->n * sizeof *v);
		l->v = v;
	}
	l->v[l->n++] = (struct steps_one){ scope_text(l->s, name), steps_params(l, name), own, path,
	                              soft };
	return 0;
}

static int steps_visit_own(struct kml *k, struct steps *l, struct steps_module *m, bool soft,
                           int depth);

/* Plan a module of the host's, with all it needs.  KML_NOTFOUND: no such. */
static int steps_visit_host(struct kml *k, struct steps *l, struct str name, bool soft,
                            int depth)
{
	struct order_list found = order_lookup(k, &l->host, name), plan;
	int r = 0;

	for (size_t i = 0; i < found.n && r == 0; i++) {
		unsigned number;

		r = order_plan(k, &l->host, found.v[i], false, &plan);
		number = l->host.plan;  /* a visit below makes plans of its own */
		for (size_t j = 0; r == 0 && j < plan.n; j++) {
			const struct order_module *m = plan.v[j];
			struct steps_module *own = steps_own(l, m->name);
			bool wish = soft || m->required < number;

			if (own)
				r = steps_visit_own(k, l, own, wish, depth + 1);
			else if (m->path)
				r = steps_put(k, l, m->name, NULL, m->path, wish);
		}
	}
	if (r == 0 && !found.n && live_state(k, l->s, name) == LIVE_GONE)
		r = fail(k, KML_NOTFOUND, "no module %.*s in %s", FMT(name), l->tree);
	return r;
}

/* Plan the module `raw` and what it needs.  KML_NOTFOUND: nobody has it. */
static int steps_visit(struct kml *k, struct steps *l, struct str raw, bool soft, int depth)
{
	struct steps_module *m;
	struct str name;

	if (!modname_normal(l->s, raw, &name))
		return fail(k, KML_NOTFOUND, "'%.*s' is no module's name", FMT(raw));
	m = steps_own(l, name);
	return m ? steps_visit_own(k, l, m, soft, depth) : steps_visit_host(k, l, name, soft, depth);
}

/* Plan what the softdeps of `m` name, before (`post` false) or after it.  One
 * that does not exist is no matter. */
static int steps_visit_soft(struct kml *k, struct steps *l, const struct steps_module *m,
                            bool post, int depth)
{
	struct str text, word;
	int r = 0;

	for (size_t i = 0; r == 0 && (text = modinfo_next(&m->info, S("softdep"), &i)).p;) {
		bool after = false, begun = false;

		while (r == 0 && (word = modconf_softdep(&text, &after, &begun)).n) {
			if (after == post)
				r = steps_visit(k, l, word, true, depth + 1);
			if (r == KML_NOTFOUND)
				r = 0;
		}
	}
	return r;
}

static int steps_visit_depends(struct kml *k, struct steps *l, const struct steps_module *m,
                               bool soft, int depth)
{
	size_t at = 0;
	struct str depends = modinfo_next(&m->info, S("depends"), &at);
	int r = 0;

	while (r == 0 && depends.n) {
		struct str one = str_trim(str_take(&depends, ','));

		if (one.n && (r = steps_visit(k, l, one, soft, depth + 1)) == KML_NOTFOUND)
			r = fail(k, KML_NOTFOUND, "%.*s needs module %.*s, which is neither in the "
			         "image nor in %s", FMT(m->file), FMT(one), l->tree);
	}
	return r;
}

static int steps_visit_own(struct kml *k, struct steps *l, struct steps_module *m, bool soft,
                           int depth)
{
	enum steps_need need = soft ? STEPS_SOFT : STEPS_HARD;
	int r;

	if (depth > STEPS_DEEPEST)
		return fail(k, KML_BAD, "dependencies go deeper than %d modules", STEPS_DEEPEST);
	if (m->visited >= need)
		return 0;
	m->visited = need;
	if ((r = steps_know(k, l, m)) < 0 ||
	    (r = steps_visit_soft(k, l, m, false, depth)) < 0 ||
	    (r = steps_visit_depends(k, l, m, soft, depth)) < 0 ||
	    (r = steps_put(k, l, m->name, m, NULL, soft)) < 0)
		return r;
	return steps_visit_soft(k, l, m, true, depth);
}

/* Plan to load the module `name` of the set. */
static int steps_want(struct kml *k, struct steps *l, const char *name)
{
	struct str plain = modname_of_path(l->s, str_of(name));
	struct steps_module *m = steps_own(l, plain);

	return m ? steps_visit_own(k, l, m, false, 0) :
		fail(k, KML_NOTFOUND, "the image has no module %s for kernel %s", name, l->kernel);
}

/* Plan to load the module `name` of the host. */
static int steps_want_host(struct kml *k, struct steps *l, struct str name)
{
	return steps_visit_host(k, l, name, false, 0);
}

#endif
