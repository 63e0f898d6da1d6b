/* reach.c - the images that a kml.ini names, wherever they are.
 *
 * A relative directory or file is one beside the kml.ini.  Of a registry the
 * file may say more: [registry HOST] how each is reached, the rule's tls how the
 * one that has its image is.  What the command line says counts over both.
 */
#ifndef KML_REACH_C
#define KML_REACH_C

#include "../format/ref.c"
#include "../format/settings.c"
#include "../ground/base.c"
#include "../ground/process.c"
#include "../registry/remote.c"
#include "resolved.c"
#include "transport.c"

/* A path of the section, from where the file is; NULL where there is none. */
static const char *reach_path(struct scope *s, const struct resolved *rule,
                              const struct settings_section *c, const char *key)
{
	const struct settings_entry *e = settings_get(c, key);

	return !e ? NULL : scope_format(s, "%s%.*s", str_starts(e->value, S("/")) ? "" : rule->base,
	                                FMT(e->value));
}

static void reach_mirrors(struct scope *s, const struct settings_section *c,
                          struct remote_host *out)
{
	const struct settings_entry *e = settings_get(c, "mirror");
	struct resolved_list names = resolved_list_of(s, e ? scope_text(s, e->value) : "");
	struct str *v = news(s, struct str, names.n);

	for (size_t i = 0; i < names.n; i++)
		v[i] = str_of(names.v[i]);
	out->mirrors = v;
	out->nmirrors = names.n;
}

/* What the file says of `c`, a [registry HOST]. */
static struct remote_host reach_host(struct scope *s, const struct resolved *rule,
                                     const struct settings_section *c)
{
	const struct settings_entry *e = settings_get(c, "insecure");
	struct remote_host h = {
		.name = c->name, .ca = reach_path(s, rule, c, "ca"),
		.cert = reach_path(s, rule, c, "cert"), .key = reach_path(s, rule, c, "key"),
		.insecure = e && str_eq(e->value, S("yes")),
	};

	reach_mirrors(s, c, &h);
	return h;
}

/* The options for all registries, among them `image`, the one that has the rule's. */
static struct remote_options reach_options(struct scope *s, const struct resolved *rule,
                                           const struct remote_options *o, struct str image)
{
	struct remote_options out = *o;
	struct remote_host *v = news(s, struct remote_host, rule->set->n + 1), *own = NULL;
	const struct settings_section *c = rule->set->first;

	for (out.nhosts = 0; c; c = c->next)
		if (str_eq(c->kind, S("registry"))) {
			v[out.nhosts] = reach_host(s, rule, c);
			own = str_eq(c->name, image) ? &v[out.nhosts] : own;
			out.nhosts++;
		}
	if (image.n && (rule->plain || rule->unverified)) {
		own = own ? own : &v[out.nhosts++];
		own->name = image;
		own->plain = rule->plain;
		own->unverified = rule->unverified;
	}
	out.hosts = v;
	return out;
}

/* `text`, a reference of the file, with its path from where the file is. */
static const char *reach_reference(struct scope *s, const struct resolved *rule,
                                   const char *text, const struct ref *ref)
{
	struct str rest = str_of(text), kind = str_take(&rest, ':');

	if (ref->kind == REF_REGISTRY || ref->kind == REF_SCRATCH || str_starts(rest, S("/")))
		return text;
	return scope_format(s, "%.*s:%s%.*s", FMT(kind), rule->base, FMT(rest));
}

/* `path` as seen from the root, without "." and "..". */
static struct str reach_clean(struct kml *k, struct scope *s, const char *path)
{
	struct buf b = { .s = s };
	struct str rest, part;

	(void)process_absolute(k, s, path, &path);
	for (rest = str_of(path); rest.n;) {
		part = str_take(&rest, '/');
		if (part.n && !str_eq(part, S(".")) && !str_eq(part, S("..")))
			buf_format(&b, "/%.*s", FMT(part));
		while (str_eq(part, S("..")) && b.n && b.p[--b.n] != '/')
			;
	}
	return buf_str(&b);
}

/* `image` of a file in `base`, in words that all its spellings have in common, and all
 * images of one archive. */
static struct str reach_target(struct kml *k, struct scope *s, const char *base,
                               const char *image)
{
	static const char *const kinds[] = { "oci", "oci-archive", "docker-archive" };
	struct ref ref;
	struct str path, name;

	if (ref_parse(k, s, str_of(image), &ref) < 0 || ref.kind == REF_SCRATCH)
		return str_of(image);
	name = ref.digest.n ? ref.digest : ref_tag(&ref);
	if (ref.kind == REF_REGISTRY)
		return str_of(scope_format(s, "%.*s/%.*s:%.*s", FMT(ref.host), FMT(ref.path), FMT(name)));
	path = reach_clean(k, s, scope_format(s, "%s%.*s", *ref.path.p == '/' ? "" : base,
	                                      FMT(ref.path)));
	if (ref.kind != REF_LAYOUT)
		name.n = 0;
	return str_of(scope_format(s, "%s:%.*s%s%.*s", kinds[ref.kind], FMT(path), name.n ? ":" : "",
	                           FMT(name)));
}

/* What has to be known to open `text`, a reference of the rule's file, beside *o, the
 * options of the command: the reference as seen from here, and *options. */
static int reach_find(struct kml *k, struct scope *s, const struct resolved *rule,
                      const char *text, const struct remote_options *o, const char **reference,
                      const struct remote_options **options)
{
	struct remote_options *all = new(s, struct remote_options);
	struct ref ref, image;
	int r;

	if ((r = ref_parse(k, s, str_of(scope_text(s, str_of(text))), &ref)) < 0 ||
	    (r = ref_parse(k, s, str_of(scope_text(s, str_of(rule->image))), &image)) < 0)
		return r;
	*reference = reach_reference(s, rule, text, &ref);
	if (*reference != text && strchr(rule->base, ':'))
		return fail(k, KML_BAD, "%s: it is beside the kml.ini, and the name of that directory "
		            "has a ':' in it", text);
	*all = reach_options(s, rule, o, image.kind == REF_REGISTRY ? image.host : S(""));
	*options = all;
	return 0;
}

/* Open it. */
static int reach_open(struct kml *k, struct scope *s, const struct resolved *rule,
                      const char *text, const struct remote_options *o,
                      enum transport_use use, struct transport_end *out)
{
	const struct remote_options *options;
	const char *reference;
	int r = reach_find(k, s, rule, text, o, &reference, &options);

	return r < 0 ? r : transport_open(k, s, reference, options, use, out);
}

#endif
