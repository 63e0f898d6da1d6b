/* kernels.c - which kernels a command is about.
 *
 * They are named one by one, in files (one a line; '#' begins a comment), by the trees
 * of modules below a directory, or by tags: those of a repository that look like
 * kernels.  Without any of these it is the running one.  Their order is that in which
 * they are named; one that is named again is there already.
 *
 * A shard is one of N parts of such a list: blocks of ceil(n/N) kernels, in order, so
 * that the last ones may be short or empty.  Since the list is cut before anything is
 * looked up, all N together are the list, whatever happens meanwhile.
 */
#ifndef KML_KERNELS_C
#define KML_KERNELS_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/kernel.c"
#include "../ground/opt.c"
#include "../ground/process.c"
#include "../ground/sys.c"
#include "../format/kver.c"
#include "../module/tree.c"
#include "transport.c"

struct kernels { const char **v; size_t n; };

struct kernels_from {
	struct opt_list names, files, installed, tags;
	const char *shard;              /* "I/N" or "N"; NULL: all */
};

static int kernels_add(struct kml *k, struct buf *b, struct str name)
{
	const char *text;

	if (kver_check(k, name) < 0)
		return KML_BAD;
	text = scope_text(b->s, name);
	buf_add(b, (struct str){ (const char *)&text, sizeof text });
	return 0;
}

/* The lines of a file. */
static int kernels_parse(struct kml *k, const char *name, struct str text, struct buf *b)
{
	int r = 0;

	for (size_t n = 1; r == 0 && text.n; n++) {
		struct str line = str_take(&text, '\n');

		line.n = str_find(line, '#');
		line = str_trim(line);
		if (line.n && (r = kernels_add(k, b, line)) < 0)
			r = fail_in(k, r, "%s:%zu", name, n);
	}
	return r;
}

static int kernels_of_file(struct kml *k, const char *file, struct buf *b)
{
	bool input = !strcmp(file, "-");
	const char *name = input ? "standard input" : file;
	struct str text;
	int r = input ? process_input(k, b->s, &text) : sys_read_file(k, b->s, file, &text);

	return r < 0 ? fail_in(k, r, "%s", name) : kernels_parse(k, name, text, b);
}

/* Those that have modules below `dir`/lib/modules: a tree of headers alone has none. */
static int kernels_of_trees(struct kml *k, const char *dir, struct buf *b)
{
	static const struct depconf none;
	const char *modules = scope_format(b->s, "%s/lib/modules", strcmp(dir, "/") ? dir : "");
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, b->s, modules, &v, &n);

	if (r < 0)
		return fail_in(k, r, "%s", modules);
	for (size_t i = 0; i < n && r == 0; i++) {
		struct scope *t = scope_begin(b->s);
		struct tree tree = { 0 };

		if (v[i].type == DT_DIR)
			r = tree_list(k, t, scope_format(t, "%s/%s", modules, v[i].name), &none, &tree);
		scope_end(t);
		if (r == 0 && tree.n)
			r = kernels_add(k, b, str_of(v[i].name));
	}
	return r;
}

static int kernels_cmp(const void *a, const void *b)
{
	struct str x = *(const struct str *)a, y = *(const struct str *)b;
	int r = kver_compare(x, y, false);

	return r ? r : str_cmp(x, y);
}

static int kernels_of_tags(struct kml *k, const char *text, const struct remote_options *o,
                           struct buf *b)
{
	struct template_var vars[KVER_VARS];
	struct transport_end end;
	struct str *tags;
	size_t n;
	int r = transport_open(k, b->s, text, o, TRANSPORT_READ, &end);

	if (r < 0 || (r = end.store.kind->tags(k, b->s, end.store.self, &tags, &n)) < 0)
		return r;
	if (n)
		qsort(tags, n, sizeof *tags, kernels_cmp);
	for (size_t i = 0; i < n; i++)
		if (kver_digit(tags[i].p[0]) && kver_vars(k, b->s, tags[i], vars) == 0 &&
		    kver_check(k, tags[i]) == 0)
			(void)kernels_add(k, b, tags[i]);
	return 0;
}

/* ---- the list ------------------------------------------------------------ */

struct kernels_one { const char *name; size_t at; };

static int kernels_one_cmp(const void *a, const void *b)
{
	const struct kernels_one *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r ? r : (x->at > y->at) - (x->at < y->at);
}

/* Keep the first of those that are the same. */
static void kernels_unique(struct scope *s, struct kernels *list)
{
	struct kernels_one *v = news(s, struct kernels_one, list->n);
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		v[i] = (struct kernels_one){ list->v[i], i };
	if (list->n)
		qsort(v, list->n, sizeof *v, kernels_one_cmp);
	for (size_t i = 1; i < list->n; i++)
		if (!strcmp(v[i].name, v[i - 1].name))
			list->v[v[i].at] = NULL;
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i])
			list->v[n++] = list->v[i];
	list->n = n;
}

/* Leave of the list the part that `shard` names: I/N, where I is 0 to N-1, or 1 to N
 * with N standing for 0; or N, where JOB_COMPLETION_INDEX is I. */
static int kernels_shard(struct kml *k, const char *shard, struct kernels *list)
{
	struct str rest = str_of(shard), part = str_take(&rest, '/');
	uint64_t i, of, each, from;

	if (!rest.n) {
		const char *index = env_get("JOB_COMPLETION_INDEX");

		if (!index)
			return fail(k, KML_USAGE, "--shard %s: say which one, as in 0/%s, or set "
			            "JOB_COMPLETION_INDEX", shard, shard);
		rest = part;
		part = str_of(index);
	}
	if (!str_uint(part, &i) || !str_uint(rest, &of) || !of || i > of || of > UINT32_MAX)
		return fail(k, KML_USAGE, "--shard: %.*s/%.*s is no part; say I/N with I from 0 to "
		            "N-1, or from 1 to N", FMT(part), FMT(rest));
	each = (list->n + of - 1) / of;
	from = i % of * each < list->n ? i % of * each : list->n;
	list->v = from ? list->v + from : list->v;      /* an empty list has no array */
	list->n = list->n - from < each ? list->n - (size_t)from : (size_t)each;
	return 0;
}

/* Find out which kernels are meant; *o is for registries. */
static int kernels_find(struct kml *k, struct scope *s, const struct kernels_from *from,
                        const struct remote_options *o, struct kernels *out)
{
	struct buf b = { .s = s };
	const char *running;
	int r = 0;

	if (!from->names.n && !from->files.n && !from->installed.n && !from->tags.n &&
	    (r = kernel_release(k, s, &running)) == 0)
		r = kernels_add(k, &b, str_of(running));
	for (size_t i = 0; i < from->names.n && r == 0; i++)
		r = kernels_add(k, &b, str_of(from->names.v[i]));
	for (size_t i = 0; i < from->files.n && r == 0; i++)
		r = kernels_of_file(k, from->files.v[i], &b);
	for (size_t i = 0; i < from->installed.n && r == 0; i++)
		r = kernels_of_trees(k, from->installed.v[i], &b);
	for (size_t i = 0; i < from->tags.n && r == 0; i++)
		r = kernels_of_tags(k, from->tags.v[i], o, &b);
	if (r < 0)
		return r;
	*out = (struct kernels){ (const char **)(void *)b.p, b.n / sizeof *out->v };
	kernels_unique(s, out);
	return from->shard ? kernels_shard(k, from->shard, out) : 0;
}

#endif
