/* url.c - addresses of http and https, and how a reference changes one (RFC 3986).
 *
 *     https://user:password@host:port/path?query
 *
 * A user and a password are passed over: what a server writes there must not
 * become a login.
 *
 * A URL comes from a server in Location, Link or realm, and goes out again in a
 * request line: whatever is no graphic character of ASCII is refused here, so
 * that nothing after this has to care.  A query stays byte for byte what it was,
 * for it may be signed.
 */
#ifndef KML_URL_C
#define KML_URL_C

#include "../ground/base.c"

struct url {
	bool tls;
	struct str host;                /* without brackets */
	unsigned port;
	struct str path;                /* from its '/' on, with the query */
};

enum { URL_LONGEST = 16 * 1024 };

static bool url_is_plain(struct str t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] >= 0x7f || strchr("\"<>\\^`{|}", t.p[i]))
			return false;
	return true;
}

static int url_bad(struct kml *k, struct str text, const char *why)
{
	return fail(k, KML_BAD, "\"%.*s\" is no address that can be followed: %s",
	            text.n > 200 ? 200 : (int)text.n, text.p, why);
}

/* host, host:port, [address] or [address]:port */
static int url_authority(struct kml *k, struct str text, struct url *out)
{
	struct str rest = text;
	uint64_t port = out->tls ? 443 : 80;
	bool literal = text.n && text.p[0] == '[', colon;

	if (literal) {
		rest = str_from(rest, 1);
		out->host = str_take(&rest, ']');
		colon = rest.n > 0;
		if (out->host.n + 2 > text.n || (colon && rest.p[0] != ':'))
			return url_bad(k, text, "it has a malformed host");
		rest = str_from(rest, 1);
	} else {
		out->host = str_take(&rest, ':');
		colon = out->host.n < text.n;
	}
	if (!out->host.n || (colon && rest.n && (!str_uint(rest, &port) || !port || port > 65535)))
		return url_bad(k, text, "it has a malformed host");
	for (size_t i = 0; i < out->host.n; i++)
		if (!(memchr(literal ? ":.%" : "-._", out->host.p[i], 3) ||
		      (out->host.p[i] >= '0' && out->host.p[i] <= '9') ||
		      (out->host.p[i] >= 'a' && out->host.p[i] <= 'z') ||
		      (out->host.p[i] >= 'A' && out->host.p[i] <= 'Z')))
			return url_bad(k, text, "it has a malformed host");
	out->port = (unsigned)port;
	return 0;
}

/* The length of "scheme:" at the beginning; 0 when there is none. */
static size_t url_scheme(struct str t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];

		if (c == ':' && i)
			return i + 1;
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (i && ((c >= '0' && c <= '9') || memchr("+-.", c, 3)))))
			break;
	}
	return 0;
}

static bool url_is_word(struct str t, const char *lower)
{
	for (size_t i = 0; i < t.n; i++)
		if ((t.p[i] | 0x20) != lower[i] || !lower[i])
			return false;
	return !lower[t.n];
}

/* Parse an absolute URL; *out borrows from `text`, without its fragment. */
static int url_parse(struct kml *k, struct str text, struct url *out)
{
	size_t scheme = url_scheme(text), at;
	struct str rest = str_from(text, scheme), authority;

	*out = (struct url){ .tls = url_is_word((struct str){ text.p, scheme }, "https:") };
	if (text.n > URL_LONGEST)
		return fail(k, KML_BAD, "an address of %zu bytes", text.n);
	if (!url_is_plain(text))
		return url_bad(k, S("..."), "it has blanks or control characters");
	if (!out->tls && !url_is_word((struct str){ text.p, scheme }, "http:"))
		return url_bad(k, text, "it is neither http nor https");
	if (!str_starts(rest, S("//")))
		return url_bad(k, text, "it names no host");
	rest = str_from(rest, 2);
	rest.n = str_find(rest, '#');
	for (at = 0; at < rest.n && rest.p[at] != '/' && rest.p[at] != '?'; at++)
		;
	authority = (struct str){ rest.p, at };
	out->path = str_from(rest, at);
	while (str_find(authority, '@') < authority.n)
		str_take(&authority, '@');
	return url_authority(k, authority, out);
}

/* "." and ".." taken out of a path, as far as its '?'. */
static struct str url_flat(struct scope *s, struct str path)
{
	char *p = scope_raw(s, path.n + 1);
	size_t n = 0, end = str_find(path, '?'), i = 0;

	while (i < end) {
		struct str part = { path.p + i, 1 + str_find((struct str){ path.p + i + 1, end - i - 1 }, '/') };
		bool last = i + part.n == end;

		i += part.n;
		if (str_eq(part, S("/.")) || str_eq(part, S("/.."))) {
			if (part.n == 3)
				while (n && p[--n] != '/')
					;
			if (last)
				p[n++] = '/';
			continue;
		}
		memcpy(p + n, part.p, part.n);
		n += part.n;
	}
	memcpy(p + n, path.p + end, path.n - end);
	return (struct str){ p, n + path.n - end };
}

/* What `text`, found in an answer to a request for `base`, points to. */
static int url_resolve(struct kml *k, struct scope *s, const struct url *base, struct str text,
                       struct url *out)
{
	struct str up = { base->path.p, str_find(base->path, '?') };
	int r = 0;

	text = scope_str(s, str_trim(text));
	if (text.n > URL_LONGEST || !url_is_plain(text))
		return fail(k, KML_BAD, "leads to an address with blanks or control characters, "
		            "or one that is too long");
	*out = *base;
	if (url_scheme(text)) {
		if ((r = url_parse(k, text, out)) < 0)
			return r;
	} else if (str_starts(text, S("//"))) {
		text = str_of(scope_format(s, "%s:%.*s", base->tls ? "https" : "http", FMT(text)));
		if ((r = url_parse(k, text, out)) < 0)
			return r;
	} else {
		text.n = str_find(text, '#');
		if (!text.n)
			return 0;
		if (text.p[0] == '?')
			out->path = str_of(scope_format(s, "%.*s%.*s", FMT(up), FMT(text)));
		else if (text.p[0] == '/')
			out->path = text;
		else
			out->path = str_of(scope_format(s, "%.*s%.*s",
				(int)(up.n - str_base(up).n), up.p, FMT(text)));
	}
	if (!out->path.n || out->path.p[0] != '/')
		out->path = str_of(scope_format(s, "/%.*s", FMT(out->path)));
	out->path = url_flat(s, out->path);
	return 0;
}

static bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->tls == b->tls && a->port == b->port && a->host.n == b->host.n &&
		strncasecmp(a->host.p, b->host.p, a->host.n) == 0;
}

/* "host", "host:port", "[address]:port": as a Host field has it. */
static struct str url_host(struct scope *s, const struct url *u)
{
	bool literal = str_find(u->host, ':') < u->host.n;
	bool usual = u->port == (u->tls ? 443u : 80u);
	const char *text = scope_format(s, "%s%.*s%s", literal ? "[" : "", FMT(u->host),
	                                literal ? "]" : "");

	return str_of(usual ? text : scope_format(s, "%s:%u", text, u->port));
}

/* For messages: without the query, which may be a secret. */
static const char *url_text(struct scope *s, const struct url *u)
{
	return scope_format(s, "%s://%.*s%.*s", u->tls ? "https" : "http", FMT(url_host(s, u)),
	                    (int)str_find(u->path, '?'), u->path.p);
}

#endif
