#include "../../src/format/url.c"

static void look(struct scope *s, const struct url *u)
{
	if (!u->host.n || !u->port || u->port > 65535 || !url_is_plain(u->host) || !url_is_plain(u->path))
		abort();
	for (size_t i = 0; i < u->host.n; i++)
		if (strchr("/@?#[]\\", u->host.p[i]))
			abort();
	if (strchr(url_text(s, u), '?'))
		abort();
}

/* A base, a line's end, and a reference. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str t = *(struct str *)arg, first = str_take(&t, '\n');
	struct url base, to, again;

	if (url_parse(k, first, &base) < 0)
		return 0;
	look(s, &base);
	if (url_resolve(k, s, &base, t, &to) < 0)
		return 0;
	look(s, &to);
	if (!to.path.n || to.path.p[0] != '/')
		return str_trim(t).n && str_trim(t).p[0] != '#' ? abort(), 0 : 0;
	if (!str_trim(t).n || str_trim(t).p[0] == '#')
		return 0;
	/* what was resolved is what it says it is */
	if (url_parse(k, str_of(scope_format(s, "%s://%.*s%.*s", to.tls ? "https" : "http",
	    FMT(url_host(s, &to)), FMT(to.path))), &again) < 0)
		return 0;
	if (!url_same_origin(&to, &again) || !str_eq(to.path, again.path))
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
