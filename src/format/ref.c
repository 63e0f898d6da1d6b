/* ref.c - references to images, as containers-transports(5) writes them.
 *
 *     oci:DIR[:TAG]  oci:DIR@sha256:HEX      a layout directory
 *     oci-archive:FILE[:TAG]                 the same in a tar archive
 *     docker-archive:FILE[:TAG]              what docker save writes
 *     docker://HOST/REPO[:TAG][@sha256:HEX]  a registry
 *     HOST/REPO[:TAG][@sha256:HEX]           the same
 *     scratch                                the empty image
 *
 * A name without a host is one of docker.io, where a single component stands
 * for library/NAME.  Every part is checked by its grammar before it can reach
 * a path or a URL.  With a tag and a digest the digest decides.
 */
#ifndef KML_REF_C
#define KML_REF_C

#include "../ground/base.c"
#include "digest.c"

enum ref_kind { REF_LAYOUT, REF_ARCHIVE, REF_DOCKER_ARCHIVE, REF_REGISTRY, REF_SCRATCH };

struct ref {
	enum ref_kind kind;
	struct str path;                /* directory or file; of a registry the repository */
	struct str host;                /* of a registry, with its port */
	struct str tag, digest;         /* empty where not given */
};

static bool ref_is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

static bool ref_is_alnum(char c) { return ref_is_lower(c) || (c >= 'A' && c <= 'Z'); }

/* [A-Za-z0-9_][A-Za-z0-9._-]{0,127}; in a layout also what its names may hold. */
static int ref_check_tag(struct kml *k, struct str tag, bool layout)
{
	bool ok = tag.n >= 1 && tag.n <= (layout ? 255 : 128) &&
		(ref_is_alnum(tag.p[0]) || tag.p[0] == '_');

	for (size_t i = 1; ok && i < tag.n; i++)
		ok = ref_is_alnum(tag.p[i]) || memchr("._-", tag.p[i], 3) ||
			(layout && memchr(":@+/", tag.p[i], 4));
	return ok ? 0 : fail(k, KML_USAGE, "\"%.*s\" is no tag (letters, digits, . _ -)", FMT(tag));
}

/* One component: runs of lower-case letters and digits with . or _ or __ or
 * any number of - between them. */
static bool ref_is_component(struct str c)
{
	size_t i = 0, run;

	if (!c.n || !ref_is_lower(c.p[0]) || !ref_is_lower(c.p[c.n - 1]))
		return false;
	while (i < c.n) {
		for (run = i; run < c.n && !ref_is_lower(c.p[run]); run++)
			if (!memchr("._-", c.p[run], 3) || c.p[run] != c.p[i])
				return false;
		if (run - i > 1 && c.p[i] != '-' && (c.p[i] != '_' || run - i > 2))
			return false;
		i = run + 1;
	}
	return true;
}

static int ref_check_repository(struct kml *k, struct str repo, struct str host)
{
	struct str rest = repo;
	bool ok = repo.n > 0 && repo.n + host.n + 1 <= 255 && repo.p[repo.n - 1] != '/';

	while (ok && rest.n)
		ok = ref_is_component(str_take(&rest, '/'));
	return ok ? 0 : fail(k, KML_USAGE, "\"%.*s\" is no name of a repository (lower-case letters, "
	                     "digits, and single . _ - / between them)", FMT(repo));
}

/* name[:port] or [address][:port] */
static int ref_check_host(struct kml *k, struct str host)
{
	struct str rest = host, name;
	uint64_t port = 1;
	bool ok, literal = host.n && host.p[0] == '[';

	name = literal ? str_take(&rest, ']') : str_take(&rest, ':');
	if (literal) {
		name = str_from(name, 1);
		ok = host.p[host.n - 1] == ']' || (rest.n && rest.p[0] == ':');
		rest = str_from(rest, 1);
	} else {
		ok = name.n < host.n ? rest.n > 0 : true;
	}
	ok = ok && name.n && (literal || ref_is_alnum(name.p[0])) && (!rest.n ||
		(str_uint(rest, &port) && port && port < 65536));
	for (size_t i = 0; ok && i < name.n; i++)
		ok = ref_is_alnum(name.p[i]) || memchr(literal ? ".:%" : "-_-", name.p[i], 3) ||
			(name.p[i] == '.' && i + 1 < name.n && ref_is_alnum(name.p[i + 1]));
	return ok ? 0 : fail(k, KML_USAGE, "\"%.*s\" is no host", FMT(host));
}

/* Take "@sha256:..." off the end of *text. */
static int ref_take_digest(struct kml *k, struct str *text, struct ref *out)
{
	size_t at = str_find(*text, '@');

	if (at == text->n)
		return 0;
	out->digest = str_from(*text, at + 1);
	text->n = at;
	return digest_check(k, out->digest) < 0 ? KML_USAGE : 0;
}

static int ref_parse_file(struct kml *k, struct str text, struct ref *out)
{
	bool layout = out->kind == REF_LAYOUT;
	struct str digest = S("@sha256:");
	size_t at = text.n > 71 ? text.n - 72 : text.n;
	int r = 0;

	if (layout && str_starts(str_from(text, at), digest)) {
		out->digest = str_from(text, at + 1);
		text.n = at;
		r = digest_check(k, out->digest) < 0 ? KML_USAGE : 0;
	}
	out->path = str_take(&text, ':');
	if (r == 0 && str_ends(out->path, S("@sha256")))
		return fail(k, KML_USAGE, "a digest is sha256: and 64 digits and letters a to f");
	if (r == 0 && !out->path.n)
		return fail(k, KML_USAGE, "names no %s", layout ? "directory" : "file");
	if (r < 0 || out->path.p + out->path.n == text.p)
		return r;
	out->tag = text;
	return ref_check_tag(k, text, true);
}

/* Whether the first component of a name is a host. */
static bool ref_is_host(struct str c)
{
	bool upper = false;

	for (size_t i = 0; i < c.n; i++)
		upper = upper || (c.p[i] >= 'A' && c.p[i] <= 'Z');
	return upper || str_find(c, '.') < c.n || str_find(c, ':') < c.n ||
		str_eq(c, S("localhost"));
}

static int ref_parse_registry(struct kml *k, struct scope *s, struct str text, struct ref *out)
{
	struct str repo = text, first;
	size_t colon;
	int r = ref_take_digest(k, &repo, out);

	if (r < 0)
		return r;
	first = (struct str){ repo.p, str_find(repo, '/') };
	if (first.n < repo.n && ref_is_host(first)) {
		out->host = first;
		repo = str_from(repo, first.n + 1);
	} else {
		out->host = S("docker.io");
	}
	colon = str_find(repo, ':');
	if (colon < repo.n) {
		out->tag = str_from(repo, colon + 1);
		repo.n = colon;
		if ((r = ref_check_tag(k, out->tag, false)) < 0)
			return r;
	}
	if (str_eq(out->host, S("index.docker.io")))
		out->host = S("docker.io");
	if (str_eq(out->host, S("docker.io")) && str_find(repo, '/') == repo.n)
		repo = str_of(scope_format(s, "library/%.*s", FMT(repo)));
	out->path = repo;
	if ((r = ref_check_host(k, out->host)) < 0)
		return r;
	return ref_check_repository(k, repo, out->host);
}

/* Parse `text`; *out borrows from it. */
static int ref_parse(struct kml *k, struct scope *s, struct str text, struct ref *out)
{
	static const struct { struct str prefix; enum ref_kind kind; } files[] = {
		{ { "oci:", 4 }, REF_LAYOUT }, { { "oci-archive:", 12 }, REF_ARCHIVE },
		{ { "docker-archive:", 15 }, REF_DOCKER_ARCHIVE },
	};
	static const char *const others[] = {
		"dir:", "docker-daemon:", "containers-storage:", "ostree:", "sif:", "tarball:",
	};
	int r = 1;

	*out = (struct ref){ .kind = REF_REGISTRY };
	for (size_t i = 0; i < countof(others); i++)
		if (str_starts(text, str_of(others[i])))
			return fail(k, KML_USAGE, "%.*s: there is no transport %s; there are docker://, "
			            "oci:, oci-archive: and docker-archive:", FMT(text), others[i]);
	for (size_t i = 0; r > 0 && i < countof(files); i++)
		if (str_starts(text, files[i].prefix)) {
			out->kind = files[i].kind;
			r = ref_parse_file(k, str_from(text, files[i].prefix.n), out);
		}
	if (str_eq(text, S("scratch")))
		return out->kind = REF_SCRATCH, 0;
	if (r > 0)
		r = ref_parse_registry(k, s, str_starts(text, S("docker://")) ?
		                       str_from(text, 9) : text, out);
	return r < 0 ? fail_in(k, r, "%.*s", FMT(text)) : 0;
}

/* The tag to use on a command line: "latest" when none was given. */
static struct str ref_tag(const struct ref *r) { return r->tag.n ? r->tag : S("latest"); }

#endif
