/* state.c - what kml load did to this machine since it started.
 *
 * One file for each module set, /run/kml/NAME.state, gone with the next boot
 * as the modules are, and called as the kernel calls the module, with '_' for '-':
 *
 *     kml-state 1
 *     status loaded                 or "loading": the run was cut short
 *     kernel 6.1.0-56-cloud-amd64
 *     image oci:/images:6.1.0-56-cloud-amd64
 *     digest sha256:...             of the image's manifest
 *     dir /opt                      where the image has the modules
 *     source /firmware              and the firmware
 *     path /run/kml/firmware        firmware_class.path now, and "was", before
 *     firmware /run/kml/firmware/a  written
 *     replaced old_a                taken out, in this order
 *     needed mc                     of the host, put in for the following, in this order
 *     module kmm_ci_b               the set's own, put in, in this order
 *     module kmm_ci_a
 *     build kmm_ci_a AF93 3c21      its srcversion and build-id, "-" for none
 *     given kmm_ci_a debug=1        its parameters, and as the kernel shows them:
 *     shown kmm_ci_a debug=1
 *
 * It is written with status "loading" before the first module is touched, so
 * that a killed load can be told from what was loaded by others.  kml unload
 * needs nothing else.
 */
#ifndef KML_STATE_C
#define KML_STATE_C

#include "../ground/base.c"
#include "../ground/save.c"
#include "../format/modname.c"

#define STATE_DIR "/run/kml"

struct state_names { const char **v; size_t n, room; };

struct state {
	const char *name;               /* of the module set */
	bool loading;
	const char *kernel, *image, *digest;
	const char *dir, *source, *path, *was;  /* NULL where there is none */
	struct state_names firmware, replaced, needed, modules;
	struct state_names builds, given, shown;        /* "MODULE TEXT" */
};

/* A set's name is the name of a file, and a module's that of a directory of
 * /sys/module: neither may lead elsewhere. */
static bool state_name_ok(struct str name)
{
	if (!name.n || name.n > 128 || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == '/' || name.p[i] == 0x7f)
			return false;
	return true;
}

static void state_add(struct scope *s, struct state_names *l, const char *name)
{
	if (l->n == l->room) {
		const char **v = news(s, const char *, l->room = 2 * l->room + 8);

		if (l->n)
			memcpy(v, l->v, l->n * sizeof *v);
		l->v = v;
	}
	l->v[l->n++] = name;
}

/* Take the name at `at` out of the list. */
static void state_drop(struct state_names *l, size_t at)
{
	memmove(l->v + at, l->v + at + 1, (--l->n - at) * sizeof *l->v);
}

static bool state_has(const struct state_names *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i], name))
			return true;
	return false;
}

static void state_tell(struct scope *s, struct state_names *l, const char *name, const char *text)
{
	state_add(s, l, scope_format(s, "%s%s%s", name, *text ? " " : "", text));
}

/* What the list tells of the module; NULL: nothing. */
static const char *state_about(const struct state_names *l, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < l->n; i++)
		if (!strncmp(l->v[i], name, n) && (!l->v[i][n] || l->v[i][n] == ' '))
			return l->v[i] + n + (l->v[i][n] == ' ');
	return NULL;
}

/* The list of the entries `key`, and the one text `key`; at most one of them is there. */
static struct state_names *state_key(struct state *st, struct str key, const char ***text)
{
	const struct { const char *key; struct state_names *list; const char **text; } all[] = {
		{ "kernel", NULL, &st->kernel }, { "image", NULL, &st->image },
		{ "digest", NULL, &st->digest }, { "dir", NULL, &st->dir },
		{ "source", NULL, &st->source }, { "path", NULL, &st->path },
		{ "was", NULL, &st->was }, { "firmware", &st->firmware, NULL },
		{ "replaced", &st->replaced, NULL }, { "needed", &st->needed, NULL },
		{ "module", &st->modules, NULL }, { "build", &st->builds, NULL },
		{ "given", &st->given, NULL }, { "shown", &st->shown, NULL },
	};

	*text = NULL;
	for (size_t i = 0; i < countof(all); i++)
		if (str_eq(key, str_of(all[i].key)))
			return *text = all[i].text, all[i].list;
	return NULL;
}

static int state_line(struct kml *k, struct scope *s, struct str line, struct state *st)
{
	struct str rest = line, key = str_take(&rest, ' '), name;
	const char *value = scope_text(s, rest), **text;
	struct state_names *list;

	if (!rest.n || memchr(rest.p, '\0', rest.n))
		return fail(k, KML_BAD, "'%.*s' has no value", FMT(key));
	if (str_eq(key, S("status")))
		return st->loading = str_eq(rest, S("loading")), 0;
	list = state_key(st, key, &text);
	if (text)
		return *text = value, 0;
	if (!list)
		return fail(k, KML_BAD, "unknown entry '%.*s'", FMT(key));
	name = list >= &st->builds ? str_take(&rest, ' ') : rest;
	if (list == &st->firmware ? value[0] != '/' : !state_name_ok(name))
		return fail(k, KML_BAD, "'%s' is no %s", value,
		            list == &st->firmware ? "path" : "module name");
	state_add(s, list, value);
	return 0;
}

static int state_parse(struct kml *k, struct scope *s, struct str text, struct state *st)
{
	int r = 0;

	if (!str_eq(str_take(&text, '\n'), S("kml-state 1")))
		return fail(k, KML_BAD, "not a state file of this version of kml; unload with the one "
		            "that wrote it, or remove the file when its modules are out");
	for (int line = 2; r == 0 && text.n; line++) {
		struct str one = str_take(&text, '\n');

		if ((r = state_line(k, s, one, st)) < 0)
			r = fail_in(k, r, "line %d", line);
	}
	if (r == 0 && (!st->kernel || !st->image || !st->digest))
		r = fail(k, KML_BAD, "kernel, image or digest is missing");
	return r;
}

static const char *state_path(struct scope *s, const char *name)
{
	return scope_format(s, STATE_DIR "/%s.state", name);
}

/* What the set `name` is called here: as the kernel calls the module, unless an older kml
 * recorded it with a '-'. */
static const char *state_name(struct kml *k, struct scope *s, const char *name)
{
	struct str normal;

	return sys_exists(k, s, state_path(s, name)) ||
	       !modname_normal(s, str_of(name), &normal) ? name : normal.p;
}

static int state_check_name(struct kml *k, const char *name)
{
	return state_name_ok(str_of(name)) ? 0 :
		fail(k, KML_USAGE, "'%s' is no name of a module set", name);
}

/* KML_NOTFOUND when nothing is recorded of the set `name`. */
static int state_read(struct kml *k, struct scope *s, const char *name, struct state *st)
{
	struct str text;
	int r = state_check_name(k, name);

	*st = (struct state){ .name = name };
	if (r < 0)
		return r;
	if ((r = sys_read_file(k, s, state_path(s, name), &text)) == 0)
		r = state_parse(k, s, text, st);
	return r < 0 ? fail_in(k, r, "%s", state_path(s, name)) : 0;
}

static void state_put_text(struct buf *b, const char *key, const char *text)
{
	if (text && *text)
		buf_format(b, "%s %s\n", key, text);
}

static void state_put(struct buf *b, const char *key, const struct state_names *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_format(b, "%s %s\n", key, l->v[i]);
}

static int state_write(struct kml *k, struct scope *s, const struct state *st)
{
	struct buf b = { .s = s };
	int r;

	buf_format(&b, "kml-state 1\nstatus %s\nkernel %s\nimage %s\ndigest %s\n",
	           st->loading ? "loading" : "loaded", st->kernel, st->image, st->digest);
	state_put_text(&b, "dir", st->dir);
	state_put_text(&b, "source", st->source);
	state_put_text(&b, "path", st->path);
	state_put_text(&b, "was", st->was);
	state_put(&b, "firmware", &st->firmware);
	state_put(&b, "replaced", &st->replaced);
	state_put(&b, "needed", &st->needed);
	state_put(&b, "module", &st->modules);
	state_put(&b, "build", &st->builds);
	state_put(&b, "given", &st->given);
	state_put(&b, "shown", &st->shown);
	r = save_file(k, s, state_path(s, st->name), buf_str(&b));
	return r < 0 ? fail_in(k, r, "%s", state_path(s, st->name)) : 0;
}

static int state_forget(struct kml *k, struct scope *s, const char *name)
{
	return save_remove(k, s, state_path(s, name));
}

/* The names of all sets that are recorded, sorted. */
static int state_list(struct kml *k, struct scope *s, struct state_names *out)
{
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, s, STATE_DIR, &v, &n);

	*out = (struct state_names){ 0 };
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str file = str_of(v[i].name), end = S(".state");

		if (str_ends(file, end) && file.p[0] != '.')
			state_add(s, out, scope_text(s, (struct str){ file.p, file.n - end.n }));
	}
	return r == KML_NOTFOUND ? 0 : r;
}

/* Make the directory and keep all other loads and unloads out of it. */
static int state_lock(struct kml *k, struct scope *s)
{
	int r = save_mkdirs(k, s, STATE_DIR);

	if (r == 0)
		r = save_lock(k, s, STATE_DIR);
	return r < 0 ? fail_in(k, r, "%s", STATE_DIR) : 0;
}

#endif
