/* registry.c - one registry, one repository of it: where it is, and asking it.
 *
 *     GET https://HOST/v2/REPOSITORY/...          (OCI distribution-spec 1.1)
 *
 * Nobody is asked for a login before the registry wants one: the answer 401 says
 * how, and comes again when a token ran out, at any time.  A login and a token
 * go to the registry itself, wherever its answers lead.
 *
 * A registry that may be insecure is tried by https, whose certificate then
 * proves nothing, and by http only if that cannot be had.
 */
#ifndef KML_REGISTRY_C
#define KML_REGISTRY_C

#include "../format/digest.c"
#include "../format/url.c"
#include "../ground/base.c"
#include "auth.c"
#include "http.c"
#include "retry.c"

struct registry {
	struct scope *s;
	struct http *http;
	struct auth *auth;
	struct str host, repo;          /* as the user knows them */
	const char *actions;            /* what a token has to be good for */
	struct url base;                /* where it is: no path */
	bool insecure;                  /* and it is not yet known whether it speaks https */
	bool silent;                    /* it did not answer, and others can */
	const struct http_warning *said;        /* the newest warning that was passed on */
};

/* docker.io is a name; this is where it is. */
static struct str registry_api(struct str host)
{
	return str_eq(host, S("docker.io")) || str_eq(host, S("index.docker.io")) ?
		S("registry-1.docker.io") : host;
}

static int registry_open(struct kml *k, struct scope *s, struct http *http, struct auth *auth,
                         struct str host, struct str repo, const char *actions,
                         struct registry *out)
{
	const struct http_options *o = http->o;
	const char *text = scope_format(s, "%s://%.*s", o->plain ? "http" : "https",
	                                FMT(registry_api(host)));

	*out = (struct registry){ .s = s, .http = http, .auth = auth, .host = scope_str(s, host),
		.repo = scope_str(s, repo), .actions = actions, .insecure = o->insecure && !o->plain };
	return url_parse(k, str_of(text), &out->base);
}

/* The like for another thread. */
static void registry_fork(struct scope *s, const struct registry *g, struct registry *out)
{
	*out = *g;
	out->s = s;
	out->http = http_fork(s, g->http);
	out->auth = auth_fork(s, g->auth);
	out->said = NULL;
}

__attribute__((format(printf, 3, 4)))
static struct url registry_url(struct scope *s, const struct registry *g, const char *fmt, ...)
{
	struct url u = g->base;
	char rest[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof rest, fmt, ap);
	va_end(ap);
	u.path = str_of(scope_format(s, "/v2/%.*s/%s", FMT(g->repo), rest));
	return u;
}

/* Fail with the answer, which is then done with. */
static int registry_refused(struct kml *k, struct scope *s, struct http_answer *a)
{
	return retry_refused(k, s, a);
}

/* Find out whether a registry that may be insecure speaks https. */
static void registry_sound(struct kml *k, struct registry *g)
{
	struct scope *t = scope_begin(g->s);
	struct http_request rq = { .method = "GET", .url = g->base, .stay = true };
	struct http_answer a;
	uint64_t port = 80;
	struct str host = registry_api(g->host);

	g->insecure = false;
	rq.url.path = S("/v2/");
	if (http_do(k, t, g->http, &rq, &a) == 0) {
		http_done(k, &a);
	} else {
		g->base.tls = false;
		host = str_from(host, g->base.host.n + (host.p[0] == '[' ? 2 : 0));
		if (host.n > 1 && !str_uint(str_from(host, 1), &port))
			port = 80;
		g->base.port = (unsigned)port;
	}
	scope_end(t);
}

/* What to send as Authorization to `u`: nothing to any but the registry itself. */
static int registry_known(struct kml *k, struct scope *s, struct registry *g,
                          const struct url *u, struct str *value)
{
	*value = (struct str){ 0 };
	return !url_same_origin(u, &g->base) ? 0 :
		auth_apply(k, s, g->auth, g->http, g->host, g->repo, g->actions, value);
}

/* Log in as the answer `a`, 401, wants it, which is then done with.  A registry that does
 * not say there what it wants says it at its root. */
static int registry_login(struct kml *k, struct scope *s, struct registry *g,
                          struct http_answer *a)
{
	struct http_request rq = { .method = "GET", .url = g->base };
	struct http_answer root;
	struct str value;
	int r;

	if (!httphead_get(&a->head, "WWW-Authenticate", 0).p) {
		rq.url.path = S("/v2/");
		http_done(k, a);
		if ((r = retry_do(k, s, g->http, &rq, &root)) < 0)
			return r;
		if (root.head.status != 401)
			return registry_refused(k, s, &root);
		a = &root;
	}
	r = auth_challenged(k, s, g->auth, g->http, a, g->host, g->repo, g->actions, &value);
	http_done(k, a);
	return r;
}

/* Ask, with what the registry needs to know of us, and again while it is in trouble: 0
 * and an answer of any other status. */
static int registry_ask(struct kml *k, struct scope *s, struct registry *g,
                        struct http_request *rq, struct http_answer *a)
{
	int r;

	if (g->insecure && url_same_origin(&rq->url, &g->base)) {
		registry_sound(k, g);
		rq->url.tls = g->base.tls;
		rq->url.port = g->base.port;
	}
	for (int logins = 0;; logins++) {
		if ((r = registry_known(k, s, g, &rq->url, &rq->auth)) < 0 ||
		    (r = retry_do(k, s, g->http, rq, a)) < 0 || a->head.status != 401)
			return r;
		if (logins > 0 || !url_same_origin(&a->url, &g->base)) {
			r = registry_refused(k, s, a);
			return logins == 0 ? r : fail_in(k, r, "the login for %.*s was refused (kml "
			                                 "login %.*s)", FMT(g->host), FMT(g->host));
		}
		if ((r = registry_login(k, s, g, a)) < 0)
			return r;
	}
}

/* Pass on what the registry warned of.  Only the thread that began may. */
static void registry_warn(struct kml *k, struct registry *g)
{
	const struct http_warning *newest = g->http->warnings;

	for (const struct http_warning *w = newest; w && w != g->said; w = w->next)
		note(k, KML_WARNING, "%.*s: %s", FMT(g->host), w->text);
	g->said = newest;
}

/* The whole body, at most `limit` bytes. */
static int registry_text(struct kml *k, struct scope *s, struct http_answer *a, size_t limit,
                         struct str *out)
{
	struct buf b = { .s = s };
	size_t got = 1;
	int r = 0;

	while (got && b.n <= limit) {
		char *p = buf_room(&b, 16384);

		if ((r = a->reader.read(k, a->reader.arg, p, 16384, &got)) < 0)
			break;
		b.n += got;
	}
	*out = buf_str(&b);
	if (r == 0 && b.n > limit)
		r = fail(k, KML_BAD, "%s %s: the answer has more than %zu bytes", a->method,
		         url_text(s, &a->url), limit);
	http_done(k, a);
	return r;
}

/* A media type without its parameters. */
static struct str registry_type(struct scope *s, const struct http_answer *a)
{
	struct str type = httphead_get(&a->head, "Content-Type", 0);
	char *p;

	type = str_trim(str_take(&type, ';'));
	p = scope_text(s, type);
	for (size_t i = 0; i < type.n; i++)
		p[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i];
	return (struct str){ p, type.n };
}

#endif
