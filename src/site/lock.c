/* lock.c - kml.lock: what each kernel loads, to the byte.
 *
 *     {"version":1,"entries":[
 *     {"kernel":"6.1.0-56-cloud-amd64","name":"kmm_ci_a","rule":"lab",
 *      "image":"quay.io/org/kmod:6.1.0-56-cloud-amd64","digest":"sha256:...","tls":"",
 *      "dir":"/opt","parameters":"debug=1","firmware":"","vermagic":"6.1.0-56-cloud-amd64 SMP ",
 *      "order":["kmm_ci_a","kmm_ci_b"],"replaces":[],"size":123456,
 *      "modules":[{"name":"kmm_ci_a","file":"opt/lib/modules/.../kmm_ci_a.ko","srcversion":"..."}]}
 *     ]}
 *
 * An entry is one line, and they are sorted by kernel, then by name, in byte order, so that
 * the same images give the same file and `diff` can be used.  Who loads by it needs neither
 * rules nor tags: the digest is that of the manifest for this kernel and machine, size what
 * there is to fetch (config and layers), a relative directory of an image one beside the lock.
 *
 * A lock is as hostile as any file: all keys must be there, all values are checked as those
 * of a kml.ini are, and what a later version may add is no guess: it has another number.
 */
#ifndef KML_LOCK_C
#define KML_LOCK_C

#include "../ground/base.c"
#include "../ground/sys.c"
#include "../format/digest.c"
#include "../format/emit.c"
#include "../format/json.c"
#include "../format/kver.c"
#include "../format/ref.c"
#include "resolved.c"

enum { LOCK_LIMIT = 64 << 20 };         /* bytes: tens of thousands of kernels */

struct lock_module { const char *name, *file, *srcversion; };   /* "": it has none */

struct lock_entry {
	const char *kernel, *name;      /* as uname -r has it; the module to load */
	const char *rule;               /* "lab" of [kernel lab] */
	const char *image, *digest;     /* where it is; its manifest */
	const char *tls;                /* as in kml.ini; "" for none */
	const char *dir, *parameters, *firmware;        /* "" for none */
	const char *vermagic;           /* of the module to load */
	struct resolved_list order, replaces;
	uint64_t size;
	struct lock_module *modules;
	size_t nmodules;
};

struct lock {
	const char *file, *base;        /* the latter "" or ending in '/' */
	struct lock_entry *v;
	size_t n;
};

static const struct lock_field { const char *key; size_t at; bool empty; } lock_fields[] = {
	{ "kernel", offsetof(struct lock_entry, kernel), false },
	{ "name", offsetof(struct lock_entry, name), false },
	{ "rule", offsetof(struct lock_entry, rule), true },
	{ "image", offsetof(struct lock_entry, image), false },
	{ "digest", offsetof(struct lock_entry, digest), false },
	{ "tls", offsetof(struct lock_entry, tls), true },
	{ "dir", offsetof(struct lock_entry, dir), false },
	{ "parameters", offsetof(struct lock_entry, parameters), true },
	{ "firmware", offsetof(struct lock_entry, firmware), true },
	{ "vermagic", offsetof(struct lock_entry, vermagic), false },
}, lock_lists[] = {
	{ "order", offsetof(struct lock_entry, order), false },
	{ "replaces", offsetof(struct lock_entry, replaces), true },
}, lock_module_fields[] = {
	{ "name", offsetof(struct lock_module, name), false },
	{ "file", offsetof(struct lock_module, file), false },
	{ "srcversion", offsetof(struct lock_module, srcversion), true },
};

static const char *lock_text(const void *of, const struct lock_field *f)
{
	return *(const char *const *)(const void *)((const char *)of + f->at);
}

/* The order of the entries. */
static int lock_cmp(const void *a, const void *b)
{
	const struct lock_entry *x = a, *y = b;
	int r = strcmp(x->kernel, y->kernel);

	return r ? r : strcmp(x->name, y->name);
}

/* ---- reading ------------------------------------------------------------- */

/* Text of one line. */
static int lock_take(struct kml *k, struct scope *s, struct str text, const char *key,
                     const char **out)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == '\177')
			return fail(k, KML_BAD, "\"%s\" has a control character in it", key);
	*out = scope_text(s, text);
	return 0;
}

static int lock_read_texts(struct kml *k, struct scope *s, yyjson_val *json,
                           const struct lock_field *f, size_t n, void *to)
{
	for (; n; f++, n--) {
		struct str text;
		int r = json_text(k, json, f->key, &text);

		if (r == 0 && (!text.p || (!text.n && !f->empty)))
			r = fail(k, KML_BAD, "\"%s\" is %s", f->key, text.p ? "empty" : "missing");
		if (r < 0 || (r = lock_take(k, s, text, f->key,
		              (const char **)(void *)((char *)to + f->at))) < 0)
			return r;
	}
	return 0;
}

/* The `n` keys that must be there are: is there no other? */
static int lock_keys(struct kml *k, yyjson_val *json, size_t n)
{
	return yyjson_obj_size(json) == n ? 0 :
		fail(k, KML_BAD, "a key that this kml does not know: write the lock anew with `kml "
		     "lock`");
}

/* An array that must be there, of objects or of texts. */
static int lock_array(struct kml *k, yyjson_val *json, const char *key, bool objects, bool empty,
                      yyjson_val **out)
{
	size_t i, max;
	yyjson_val *v;
	int r = json_array(k, json, key, out);

	if (r == 0 && (!*out || (!empty && !yyjson_arr_size(*out))))
		r = fail(k, KML_BAD, "\"%s\" is %s", key, *out ? "empty" : "missing");
	if (r < 0)
		return r;
	yyjson_arr_foreach(*out, i, max, v)
		if (objects ? !yyjson_is_obj(v) : !yyjson_is_str(v))
			return fail(k, KML_BAD, "\"%s\" has what is no %s", key,
			            objects ? "object" : "text");
	return 0;
}

static int lock_read_list(struct kml *k, struct scope *s, yyjson_val *json,
                          const struct lock_field *f, struct lock_entry *e)
{
	struct resolved_list *l = (struct resolved_list *)(void *)((char *)e + f->at);
	yyjson_val *array, *v;
	size_t i, max;
	int r = lock_array(k, json, f->key, false, f->empty, &array);

	if (r < 0)
		return r;
	l->v = news(s, const char *, yyjson_arr_size(array));
	yyjson_arr_foreach(array, i, max, v)
		if ((r = lock_take(k, s, json_slice(v), f->key, &l->v[l->n++])) < 0)
			return r;
	return resolved_check_names(k, l, f->key);
}

static int lock_read_modules(struct kml *k, struct scope *s, yyjson_val *json,
                             struct lock_entry *e)
{
	yyjson_val *array, *v;
	size_t i, max;
	int r = lock_array(k, json, "modules", true, false, &array);

	if (r < 0)
		return r;
	e->modules = news(s, struct lock_module, yyjson_arr_size(array));
	yyjson_arr_foreach(array, i, max, v)
		if ((r = lock_read_texts(k, s, v, lock_module_fields, countof(lock_module_fields),
		                         &e->modules[e->nmodules++])) < 0 ||
		    (r = lock_keys(k, v, countof(lock_module_fields))) < 0)
			return fail_in(k, r, "module %zu", i + 1);
	return 0;
}

/* What the entry says as a rule of a kml.ini would: it is checked as one.  The image has
 * the tag that it had; what is to be opened of its store is the digest. */
static int lock_rule(struct kml *k, struct scope *s, const struct lock *l,
                     const struct lock_entry *e, struct resolved *out)
{
	static const struct settings none;
	const struct resolved_list name = { (const char **)(uintptr_t)&e->name, 1 };
	struct resolved_value dir = { .text = e->dir }, firmware = { .text = e->firmware };
	struct ref ref;
	int r;

	*out = (struct resolved){ .kernel = e->kernel, .file = l->file, .base = l->base, .set = &none,
		.rule = e->rule, .name = e->name, .parameters = e->parameters, .image = e->image,
		.order = e->order, .replaces = e->replaces };
	if ((r = kver_check(k, str_of(e->kernel))) < 0 ||
	    (r = resolved_check_names(k, &name, "name")) < 0 ||
	    (r = digest_check(k, str_of(e->digest))) < 0 ||
	    (r = resolved_directory(k, s, &dir)) < 0 ||
	    (r = resolved_directory(k, s, &firmware)) < 0 || (r = resolved_tls(k, e->tls, out)) < 0)
		return r;
	if (ref_parse(k, s, str_of(e->image), &ref) < 0 || ref.kind == REF_SCRATCH)
		return fail(k, KML_BAD, "'%s' is no reference to an image", e->image);
	if (strcmp(e->order.v[0], e->name))
		return fail(k, KML_BAD, "order begins with '%s', not with '%s'", e->order.v[0], e->name);
	out->matched = scope_text(s, kver_matched(str_of(e->kernel)));
	out->normal = kver_normal(s, str_of(out->matched)).p;
	out->dir = dir.text;
	out->firmware = *e->firmware ? firmware.text : NULL;
	return 0;
}

static int lock_read_entry(struct kml *k, struct scope *s, yyjson_val *json, const struct lock *l,
                           struct lock_entry *e)
{
	struct resolved rule;
	int r = lock_read_texts(k, s, json, lock_fields, countof(lock_fields), e);

	for (size_t i = 0; r == 0 && i < countof(lock_lists); i++)
		r = lock_read_list(k, s, json, &lock_lists[i], e);
	if (r < 0 || (r = json_need_uint(k, json, "size", &e->size)) < 0 ||
	    (r = lock_read_modules(k, s, json, e)) < 0 ||
	    (r = lock_keys(k, json, countof(lock_fields) + countof(lock_lists) + 2)) < 0)
		return r;
	return lock_rule(k, s, l, e, &rule);
}

static int lock_parse(struct kml *k, struct scope *s, struct str text, struct lock *out)
{
	yyjson_val *json, *array, *v;
	size_t i, max;
	uint64_t version;
	int r;

	if (text.n > LOCK_LIMIT)
		return fail(k, KML_BAD, "longer than %d bytes; with --shard of kml lock there are "
		            "several", LOCK_LIMIT);
	if ((r = json_read_long(k, s, text, &json)) < 0 ||
	    (r = json_need_uint(k, json, "version", &version)) < 0)
		return r;
	if (version != 1)
		return fail(k, KML_BAD, "version %llu, and this kml knows 1: write the lock anew with "
		            "`kml lock`", (unsigned long long)version);
	if ((r = lock_array(k, json, "entries", true, true, &array)) < 0 ||
	    (r = lock_keys(k, json, 2)) < 0)
		return r;
	out->v = news(s, struct lock_entry, yyjson_arr_size(array));
	yyjson_arr_foreach(array, i, max, v) {
		struct lock_entry *e = &out->v[out->n];

		if ((r = lock_read_entry(k, s, v, out, e)) == 0 && out->n && lock_cmp(e - 1, e) >= 0)
			r = fail(k, KML_BAD, "%s for %s is there twice, or not sorted by kernel and name",
			         e->name, e->kernel);
		if (r < 0)
			return fail_in(k, r, "entry %zu", i + 1);
		out->n++;
	}
	return 0;
}

/* Read the file `file`. */
static int lock_read(struct kml *k, struct scope *s, const char *file, struct lock *out)
{
	struct str text, base = str_of(file);
	int r = sys_read_file(k, s, file, &text);

	base.n -= str_base(base).n;
	*out = (struct lock){ .file = file, .base = scope_text(s, base) };
	if (r == 0)
		r = lock_parse(k, s, text, out);
	return r < 0 ? fail_in(k, r, "%s", file) : 0;
}

/* The entry of `kernel` for the set `name`; with `name` NULL the first of the kernel's,
 * which the others follow.  NULL: there is none. */
static const struct lock_entry *lock_find(const struct lock *l, const char *kernel,
                                          const char *name)
{
	const struct lock_entry key = { .kernel = kernel, .name = name ? name : "" };
	size_t from = 0, to = l->n;

	while (from < to) {
		size_t at = from + (to - from) / 2;

		if (lock_cmp(&l->v[at], &key) < 0)
			from = at + 1;
		else
			to = at;
	}
	return from < l->n && !strcmp(l->v[from].kernel, kernel) &&
	       (!name || !strcmp(l->v[from].name, name)) ? &l->v[from] : NULL;
}

/* ---- writing ------------------------------------------------------------- */

static void lock_write_texts(struct buf *b, const void *of, const struct lock_field *f, size_t n)
{
	emit_open(b, '{');
	for (; n; f++, n--) {
		emit_key(b, str_of(f->key));
		emit_bytes(b, str_of(lock_text(of, f)));
	}
}

static void lock_write_entry(struct buf *b, const struct lock_entry *e)
{
	lock_write_texts(b, e, lock_fields, countof(lock_fields));
	for (size_t i = 0; i < countof(lock_lists); i++) {
		const struct resolved_list *l = (const void *)((const char *)e + lock_lists[i].at);

		emit_key(b, str_of(lock_lists[i].key));
		emit_open(b, '[');
		for (size_t j = 0; j < l->n; j++)
			emit_bytes(b, str_of(l->v[j]));
		emit_close(b, ']');
	}
	emit_key(b, S("size"));
	emit_uint(b, e->size);
	emit_key(b, S("modules"));
	emit_open(b, '[');
	for (size_t i = 0; i < e->nmodules; i++) {
		lock_write_texts(b, &e->modules[i], lock_module_fields, countof(lock_module_fields));
		emit_close(b, '}');
	}
	emit_close(b, ']');
	emit_close(b, '}');
}

/* The text of the lock, whose entries are sorted. */
static struct str lock_write(struct scope *s, const struct lock *l)
{
	struct buf b = { .s = s };

	buf_add(&b, S("{\"version\":1,\"entries\":["));
	for (size_t i = 0; i < l->n; i++) {
		struct buf one = { .s = s };

		lock_write_entry(&one, &l->v[i]);
		buf_add(&b, i ? S(",\n") : S("\n"));
		buf_add(&b, buf_str(&one));
	}
	buf_add(&b, S("\n]}\n"));
	return buf_str(&b);
}

/* ---- two locks ------------------------------------------------------------ */

enum { LOCK_KEYS = countof(lock_fields) + countof(lock_lists) + 1 };

/* Value `i` of an entry, but its modules, as a text. */
static const char *lock_value(struct scope *s, const struct lock_entry *e, size_t i,
                              const char **key)
{
	const struct resolved_list *l;
	struct buf b = { .s = s };

	if (i < countof(lock_fields)) {
		*key = lock_fields[i].key;
		return lock_text(e, &lock_fields[i]);
	}
	i -= countof(lock_fields);
	if (i == countof(lock_lists)) {
		*key = "size";
		return scope_format(s, "%llu", (unsigned long long)e->size);
	}
	*key = lock_lists[i].key;
	l = (const void *)((const char *)e + lock_lists[i].at);
	for (size_t j = 0; j < l->n; j++)
		buf_format(&b, "%s%s", j ? " " : "", l->v[j]);
	return scope_text(s, buf_str(&b));
}

static const struct lock_module *lock_module(const struct lock_entry *e, const char *name)
{
	for (size_t i = 0; i < e->nmodules; i++)
		if (!strcmp(e->modules[i].name, name))
			return &e->modules[i];
	return NULL;
}

/* "+a ~b -c": modules that came, are others, and went. */
static const char *lock_modules(struct scope *s, const struct lock_entry *from,
                                const struct lock_entry *to)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < to->nmodules; i++) {
		const struct lock_module *m = &to->modules[i], *old = lock_module(from, m->name);

		if (!old || strcmp(old->file, m->file) || strcmp(old->srcversion, m->srcversion))
			buf_format(&b, "%s%c%s", b.n ? " " : "", old ? '~' : '+', m->name);
	}
	for (size_t i = 0; i < from->nmodules; i++)
		if (!lock_module(to, from->modules[i].name))
			buf_format(&b, "%s-%s", b.n ? " " : "", from->modules[i].name);
	return scope_text(s, buf_str(&b));
}

struct lock_change { const struct lock_entry *from, *to; };     /* NULL: it is new, or gone */

static bool lock_same(struct scope *s, const struct lock_entry *a, const struct lock_entry *b)
{
	struct buf x = { .s = s }, y = { .s = s };

	lock_write_entry(&x, a);
	lock_write_entry(&y, b);
	return str_eq(buf_str(&x), buf_str(&y));
}

/* What is not in `b` as it is in `a`, and then what is not in it at all; how many. */
static size_t lock_diff(struct scope *s, const struct lock *a, const struct lock *b,
                        struct lock_change **out)
{
	struct lock_change *v = *out = news(s, struct lock_change, a->n + b->n);
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct lock_entry *to = &b->v[i], *from = lock_find(a, to->kernel, to->name);

		if (!from || !lock_same(s, from, to))
			v[n++] = (struct lock_change){ from, to };
	}
	for (size_t i = 0; i < a->n; i++)
		if (!lock_find(b, a->v[i].kernel, a->v[i].name))
			v[n++] = (struct lock_change){ &a->v[i], NULL };
	return n;
}

#endif
