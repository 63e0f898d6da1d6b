/* mirrors.c - where a repository is read from: registries.conf (containers-registries.conf(5)).
 *
 * The file is $CONTAINERS_REGISTRIES_CONF, or ~/.config/containers/registries.conf, or
 * /etc/containers/registries.conf; after it, in the order of their names, *.conf of
 * registries.conf.d beside the latter two, whose entries replace those of the same
 * prefix.  Of all [[registry]] entries the one with the longest prefix counts, by
 * whole components; "*.example.org" stands for every host below.
 *
 * Mirrors are for reading only, and come before the registry itself, which may be
 * blocked and have mirrors nevertheless.
 */
#ifndef KML_MIRRORS_C
#define KML_MIRRORS_C

#include "../format/ref.c"
#include "../format/toml.c"
#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/sys.c"

struct mirrors_way { struct str host, repo; bool insecure; };

struct mirrors {
	struct mirrors_way *ways;       /* in the order to try */
	size_t n;
	bool insecure;                  /* the registry itself, when it is written to */
};

/* An entry of a file, and what of a name it stands for. */
struct mirrors_entry {
	struct toml *table;
	struct str prefix;
	size_t taken;                   /* bytes of the name that it stands for; 0: none */
	const char *file;
};

static struct str mirrors_text(const struct toml *table, const char *key)
{
	const struct toml *v = toml_get(table, str_of(key));

	return v && v->kind == TOML_TEXT ? v->text : (struct str){ 0 };
}

static bool mirrors_yes(const struct toml *table, const char *key)
{
	const struct toml *v = toml_get(table, str_of(key));

	return v && v->kind == TOML_BOOL && v->yes;
}

/* How much of `name` ("host/repo") `prefix` stands for; 0: it does not. */
static size_t mirrors_taken(struct str name, struct str prefix)
{
	struct str host = { name.p, str_find(name, '/') };

	if (str_starts(prefix, S("*."))) {
		struct str domain = str_from(prefix, 1);

		return host.n > domain.n && str_ends(host, domain) ? host.n : 0;
	}
	return prefix.n && str_starts(name, prefix) &&
		(prefix.n == name.n || name.p[prefix.n] == '/') ? prefix.n : 0;
}

/* Take the entries of one file that fit better than *best. */
static int mirrors_look(struct kml *k, struct scope *s, const char *file, struct str name,
                        struct mirrors_entry *best)
{
	struct toml *root, *all;
	struct str text;
	int r = sys_read_file(k, s, file, &text);

	if (r == 0)
		r = toml_read(k, s, text, &root);
	if (r < 0)
		return fail_in(k, r, "%s", file);
	all = toml_get(root, S("registry"));
	if (toml_get(root, S("registries")))
		return fail(k, KML_BAD, "%s: is in the old form, version 1; write [[registry]] tables",
		            file);
	if (all && all->kind != TOML_ARRAY)
		return fail(k, KML_BAD, "%s: registry is no array of tables ([[registry]])", file);
	for (struct toml *v = all ? all->first : NULL; v; v = v->next) {
		struct str prefix = mirrors_text(v, "prefix");
		size_t taken;

		if (!prefix.n)
			prefix = mirrors_text(v, "location");
		while (prefix.n && prefix.p[prefix.n - 1] == '/')
			prefix.n--;
		taken = mirrors_taken(name, prefix);
		if (taken && (prefix.n > best->prefix.n || str_eq(prefix, best->prefix) ||
		              (prefix.n == best->prefix.n && !str_starts(prefix, S("*.")))))
			*best = (struct mirrors_entry){ v, prefix, taken, file };
	}
	return 0;
}

static int mirrors_drop_ins(struct kml *k, struct scope *s, const char *dir, struct str name,
                            struct mirrors_entry *best)
{
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, s, dir, &v, &n);

	if (r == KML_NOTFOUND)
		return 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (str_ends(str_of(v[i].name), S(".conf")))
			r = mirrors_look(k, s, scope_format(s, "%s/%s", dir, v[i].name), name, best);
	return r;
}

/* The entry for `name`; best->table is NULL when there is none. */
static int mirrors_entry(struct kml *k, struct scope *s, struct str name,
                         struct mirrors_entry *best)
{
	const char *env = env_get("CONTAINERS_REGISTRIES_CONF"), *home = env_get("HOME");
	const char *config = env_get("XDG_CONFIG_HOME"), *own = NULL, *main = NULL;
	int r = 0;

	if (config && *config)
		own = scope_format(s, "%s/containers/registries.conf", config);
	else if (home && *home)
		own = scope_format(s, "%s/.config/containers/registries.conf", home);
	if (env && *env)
		main = env;
	else if (own && sys_exists(k, s, own))
		main = own;
	else if (sys_exists(k, s, "/etc/containers/registries.conf"))
		main = "/etc/containers/registries.conf";
	*best = (struct mirrors_entry){ 0 };
	if (main)
		r = mirrors_look(k, s, main, name, best);
	if (r == 0 && !(env && *env)) {
		r = mirrors_drop_ins(k, s, "/etc/containers/registries.conf.d", name, best);
		if (r == 0 && own)
			r = mirrors_drop_ins(k, s, scope_format(s, "%s.d", own), name, best);
	}
	return r;
}

/* The place that `location` and what is left of the name make. */
static int mirrors_way(struct kml *k, struct scope *s, struct str location, struct str rest,
                       const struct toml *table, struct mirrors *m)
{
	struct mirrors_way *way = &m->ways[m->n];
	struct str all;
	int r;

	while (location.n && location.p[location.n - 1] == '/')
		location.n--;
	all = str_of(scope_format(s, "%.*s%.*s", FMT(location), FMT(rest)));
	way->host = str_take(&all, '/');
	way->repo = all;
	way->insecure = mirrors_yes(table, "insecure");
	if ((r = ref_check_host(k, way->host)) < 0 ||
	    (r = ref_check_repository(k, way->repo, way->host)) < 0)
		return fail_in(k, KML_BAD, "location \"%.*s\"", FMT(location));
	m->n++;
	return 0;
}

static int mirrors_add(struct kml *k, struct scope *s, const struct mirrors_entry *e,
                       struct str name, bool digest, struct mirrors *m)
{
	const struct toml *list = toml_get(e->table, S("mirror"));
	struct str rest = str_from(name, e->taken), location = mirrors_text(e->table, "location");
	bool only = mirrors_yes(e->table, "mirror-by-digest-only");
	size_t n = 1;
	int r = 0;

	for (const struct toml *v = list ? list->first : NULL; v; v = v->next)
		n++;
	m->ways = news(s, struct mirrors_way, n);
	for (const struct toml *v = list ? list->first : NULL; r == 0 && v; v = v->next) {
		struct str when = mirrors_text(v, "pull-from-mirror");

		if ((only && !digest) || (str_eq(when, S("digest-only")) && !digest) ||
		    (str_eq(when, S("tag-only")) && digest))
			continue;
		r = mirrors_way(k, s, mirrors_text(v, "location"), rest, v, m);
	}
	if (r < 0 || mirrors_yes(e->table, "blocked"))
		return r;
	if (!location.n)
		location = (struct str){ name.p, e->taken };
	return mirrors_way(k, s, location, rest, e->table, m);
}

/* Where to read the repository `repo` of `host`, for a digest or for a tag.  With
 * `none`, or where nothing is said of it, that is the registry itself. */
static int mirrors_find(struct kml *k, struct scope *s, struct str host, struct str repo,
                        bool digest, bool none, struct mirrors *out)
{
	struct str name = str_of(scope_format(s, "%.*s/%.*s", FMT(host), FMT(repo)));
	struct mirrors_entry e;
	int r = mirrors_entry(k, s, name, &e);

	*out = (struct mirrors){ 0 };
	if (r < 0)
		return r;
	out->insecure = e.table && mirrors_yes(e.table, "insecure");
	if (e.table && !none) {
		if ((r = mirrors_add(k, s, &e, name, digest, out)) < 0)
			return fail_in(k, r, "%s", e.file);
		return out->n ? 0 : fail(k, KML_FAIL, "%s: %.*s is blocked", e.file, FMT(e.prefix));
	}
	out->ways = new(s, struct mirrors_way);
	out->ways[0] = (struct mirrors_way){ host, repo, out->insecure };
	out->n = 1;
	return 0;
}

#endif
