/* absent.c - why a module is not found: no tree, no index, an old index, another name.
 *
 * modprobe looks in the indexes that depmod wrote into /lib/modules/VERSION, and says
 * only that a name is not there.  After an update of the kernel the directory of the
 * running one may be gone; a module may have been copied there without depmod; a name
 * may be misspelt.
 */
#ifndef KML_ABSENT_C
#define KML_ABSENT_C

#include "../ground/base.c"
#include "../format/nearest.c"
#include "attempt.c"
#include "order.c"
#include "tree.c"

enum { ABSENT_SHOWN = 4, ABSENT_NEAR = 2 };

/* Which kernels' modules there are instead. */
static void absent_versions(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str dir = str_of(a->order->dir), base = str_base(dir);
	const char *up = scope_text(s, (struct str){ dir.p, dir.n - base.n });
	struct buf b = { .s = s };
	struct sys_entry *e;
	size_t n = 0;

	if (sys_list(k, s, up, &e, &n) < 0)
		n = 0;
	for (size_t i = 0; i < n && i < ABSENT_SHOWN; i++)
		buf_format(&b, "%s%s", i ? ", " : "", e[i].name);
	if (n > ABSENT_SHOWN)
		buf_format(&b, " and %zu more", n - ABSENT_SHOWN);
	attempt_add(a, "there is no directory %s%s%.*s", a->order->dir, n ? "; there is " : "",
	            (int)b.n, b.p);
}

/* The file of that module, if there is one that the index does not know. */
static const char *absent_file(struct kml *k, struct scope *s, const char *dir, struct str name)
{
	static const struct depconf none;
	kml_log_fn *log = k->log;
	struct tree_file *f;
	struct tree t;
	int r;

	k->log = NULL;          /* what is odd in the tree is not the question */
	r = tree_list(k, s, dir, &none, &t);
	k->log = log;
	f = r == 0 ? tree_find(&t, name) : NULL;
	return f ? f->path : NULL;
}

struct absent_near { struct scope *s; struct nearest near; };

static int absent_offer(struct kml *k, void *arg, struct str key, struct str value)
{
	struct absent_near *o = arg;
	const char *before = o->near.best.p;

	(void)k, (void)value;
	if (key.n + ABSENT_NEAR < o->near.word.n || key.n > o->near.word.n + ABSENT_NEAR)
		return 0;
	nearest_offer(&o->near, key);
	if (o->near.best.p != before)   /* the key is good during the call only */
		o->near.best = scope_str(o->s, key);
	return 0;
}

static void absent_near(struct kml *k, struct scope *s, struct attempt *a, struct str name)
{
	const struct index *ix = order_index(k, a->order, ORDER_DEP);
	struct absent_near o = { .s = s, .near.word = name };

	if (ix && index_each(k, s, ix, absent_offer, &o) == 0 && o.near.best.n &&
	    o.near.distance <= (name.n < 6 ? 1 : ABSENT_NEAR))
		attempt_add(a, "did you mean %.*s?", FMT(o.near.best));
}

/* Say why `word` means no module of the tree. */
static void absent_explain(struct kml *k, struct scope *s, struct order *order, const char *word)
{
	struct attempt a = { .s = s, .order = order };
	const char *dep, *file;
	struct str name;

	if (!k->log)
		return;
	dep = scope_format(s, "%s/%s", order->dir, order_names[ORDER_DEP]);
	if (!sys_exists(k, s, order->dir))
		absent_versions(k, s, &a);
	else if (!sys_exists(k, s, dep))
		attempt_add(&a, "there is no %s: run depmod, which makes it", dep);
	else if (!ATTEMPT_THOROUGH || strpbrk(word, ":/*?[.") || !modname_normal(s, str_of(word), &name))
		;
	else if ((file = absent_file(k, s, order->dir, name)))
		attempt_add(&a, "%s is there, but %s does not know it: run depmod", file,
		            order_names[ORDER_DEP]);
	else
		absent_near(k, s, &a, name);
	for (size_t i = 0; i < a.n; i++)
		note(k, KML_INFO, "%s", a.lines[i]);
}

#endif
