/* auth.c - what to answer when a registry says 401.
 *
 *     Basic     the login itself, for this registry
 *     Bearer    a token that the server named in the challenge (the realm) gives for
 *               the login, or to anybody, for one repository and what is done there
 *
 * The realm may be another host, as docker.io's is; the login goes there as Basic
 * and to no host that it redirects to.  Over https a realm of plain http is
 * refused.  A token that has characters of a header's end in it is none.
 */
#ifndef KML_AUTH_C
#define KML_AUTH_C

#include "../format/base64.c"
#include "../format/challenge.c"
#include "../format/json.c"
#include "../format/url.c"
#include "../ground/base.c"
#include "creds.c"
#include "retry.c"

enum { AUTH_TOKEN = 64 * 1024 };

struct auth_options {
	const char *authfile;           /* may be NULL */
	const struct creds *login;      /* use this one; may be NULL */
};

/* What helped before: one thread's. */
struct auth {
	struct scope *s;
	const struct auth_options *o;
	struct auth_known { struct auth_known *next; struct str to, value; } *known;
};

/* What a login is needed for. */
struct auth_need {
	struct str host;                /* as the user wrote it, with its port */
	struct str repo;                /* empty: the registry itself */
	const char *actions;            /* "pull", "pull,push", "*" */
};

static struct auth *auth_new(struct scope *s, const struct auth_options *o)
{
	struct auth *a = new(s, struct auth);

	*a = (struct auth){ .s = s, .o = o };
	return a;
}

/* The like for another thread, which begins with what is known here. */
static struct auth *auth_fork(struct scope *s, const struct auth *from)
{
	struct auth *a = auth_new(s, from->o);

	for (const struct auth_known *at = from->known; at; at = at->next) {
		struct auth_known *copy = new(s, struct auth_known);

		*copy = (struct auth_known){ a->known, scope_str(s, at->to), scope_str(s, at->value) };
		a->known = copy;
	}
	return a;
}

/* What is unreserved goes as it is, all else as %XX. */
static void auth_escape(struct buf *b, struct str t)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~:/,", c))
			buf_byte(b, (char)c);
		else
			buf_format(b, "%%%02X", c);
	}
}

static void auth_field(struct buf *b, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_format(b, "&%s=", name);
	auth_escape(b, value);
}

/* What the token is to be good for: what the challenge says, else what is to be done. */
static void auth_scope(struct buf *b, struct scope *s, const struct auth_need *need,
                       const struct challenge *c)
{
	struct str own = c->scope;

	if (!own.n && need->repo.n)
		own = str_of(scope_format(s, "repository:%.*s:%s", FMT(need->repo), need->actions));
	auth_field(b, "scope", own);
}

static struct str auth_basic(struct scope *s, const struct creds *c)
{
	return str_of(scope_format(s, "Basic %.*s", FMT(base64_encode(s, str_of(
		scope_format(s, "%.*s:%.*s", FMT(c->user), FMT(c->password)))))));
}

/* The token in the answer of a token server, as the value of Authorization. */
static int auth_token(struct kml *k, struct scope *s, struct http_answer *an, struct str *value)
{
	struct str text, token = { 0 };
	yyjson_val *json;
	size_t got;
	char *p = scope_raw(s, AUTH_TOKEN);
	int r;

	if (an->head.status < 200 || an->head.status > 299)
		return retry_refused(k, s, an);
	r = reader_fill(k, &an->reader, p, AUTH_TOKEN, &got);
	http_done(k, an);
	text = (struct str){ p, got };
	if (r < 0)
		return r;
	if (got == AUTH_TOKEN)
		return fail(k, KML_BAD, "the token is longer than %d kB", AUTH_TOKEN >> 10);
	if (json_read(k, s, text, &json) < 0 || !yyjson_is_obj(json))
		return fail(k, KML_BAD, "what came is no token");
	if (json_text(k, json, "token", &token) < 0 ||
	    (!token.n && json_text(k, json, "access_token", &token) < 0) || !token.n)
		return fail(k, KML_BAD, "there is no token in the answer");
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] <= ' ' || token.p[i] >= 0x7f)
			return fail(k, KML_BAD, "the token has characters that no token has");
	*value = str_of(scope_format(s, "Bearer %.*s", FMT(token)));
	return 0;
}

/* POST with the identity token; 1: the server does not do that. */
static int auth_identity(struct kml *k, struct scope *s, struct http *h,
                         const struct auth_need *need, const struct challenge *c,
                         const struct url *realm, struct str identity, struct str *value)
{
	struct http_request rq = { .method = "POST", .url = *realm, .has_body = true, .stay = true };
	struct buf b = { .s = s };
	struct http_answer an;
	int r;

	buf_add(&b, S("grant_type=refresh_token&client_id=kml"));
	auth_field(&b, "service", c->service);
	auth_scope(&b, s, need, c);
	auth_field(&b, "refresh_token", identity);
	rq.body = buf_str(&b);
	rq.fields[0] = (struct httphead_field){ S("Content-Type"),
	                                        S("application/x-www-form-urlencoded") };
	if ((r = retry_do(k, s, h, &rq, &an)) < 0)
		return r;
	if (an.head.status == 404 || an.head.status == 405)
		return http_done(k, &an), 1;
	return auth_token(k, s, &an, value);
}

static int auth_bearer(struct kml *k, struct scope *s, struct http *h, const struct auth_need *need,
                       const struct challenge *c, bool tls, const struct creds *login,
                       struct str *value)
{
	struct http_request rq = { .method = "GET" };
	struct buf b = { .s = s };
	struct http_answer an;
	int r;

	if (!c->realm.n)
		return fail(k, KML_BAD, "it asks for a token and does not say where to get one");
	if ((r = url_parse(k, c->realm, &rq.url)) < 0)
		return fail_in(k, r, "where to get a token");
	if (tls && !rq.url.tls)
		return fail(k, KML_FAIL, "it wants the login to be sent to %s, in clear",
		            url_text(s, &rq.url));
	if (!rq.url.path.n || rq.url.path.p[0] != '/')
		rq.url.path = str_of(scope_format(s, "/%.*s", FMT(rq.url.path)));
	if (login->identity.n) {
		r = auth_identity(k, s, h, need, c, &rq.url, login->identity, value);
		if (r <= 0)
			return r;
	}
	auth_field(&b, "service", c->service);
	auth_scope(&b, s, need, c);
	if (login->found && login->user.n && !login->identity.n)
		auth_field(&b, "account", login->user);
	if (b.n && str_find(rq.url.path, '?') == rq.url.path.n)
		b.p[0] = '?';
	rq.url.path = str_of(scope_format(s, "%.*s%.*s", FMT(rq.url.path), FMT(buf_str(&b))));
	if (login->found && login->password.n)
		rq.auth = auth_basic(s, login);
	if ((r = retry_do(k, s, h, &rq, &an)) < 0)
		return r;
	if (an.head.status == 401 || an.head.status == 403) {
		http_done(k, &an);
		return fail(k, KML_FAIL, login->found ? "%s: the login for %.*s was refused" :
		            "%s: no login for %.*s is known, and nobody else may (kml login)",
		            url_text(s, &an.url), FMT(need->host));
	}
	return auth_token(k, s, &an, value);
}

/* The challenge to answer: Bearer rather than Basic. */
static bool auth_choose(struct scope *s, const struct http_answer *an, struct challenge *out,
                        struct buf *offered)
{
	struct str field;
	struct challenge c;
	bool found = false;

	for (size_t i = 0; (field = httphead_get(&an->head, "WWW-Authenticate", i)).p; i++)
		while (challenge_next(s, &field, &c)) {
			bool bearer = challenge_is(c.scheme, "bearer");

			buf_format(offered, "%s%.*s", offered->n ? ", " : "", FMT(c.scheme));
			if (bearer || (!found && challenge_is(c.scheme, "basic"))) {
				*out = c;
				found = true;
			}
			if (bearer)
				return true;
		}
	return found;
}

static struct str auth_to(struct scope *s, const struct auth_need *need)
{
	return str_of(scope_format(s, "%.*s/%.*s %s", FMT(need->host), FMT(need->repo),
	                           need->actions));
}

static struct auth_known *auth_known(struct auth *a, struct str to)
{
	for (struct auth_known *at = a->known; at; at = at->next)
		if (str_eq(at->to, to))
			return at;
	return NULL;
}

/* What to send as Authorization at first: what helped the last time, or nothing. */
static int auth_apply(struct kml *k, struct scope *s, struct auth *a, struct http *h,
                      struct str host, struct str repo, const char *actions, struct str *value)
{
	const struct auth_need need = { host, repo, actions };
	const struct auth_known *known = auth_known(a, auth_to(s, &need));

	(void)k, (void)h;
	*value = known ? known->value : (struct str){ 0 };
	return 0;
}

static int auth_find(struct kml *k, struct scope *s, const struct auth *a, struct http *h,
                     const struct http_answer *an, const struct auth_need *need,
                     struct str *value)
{
	struct buf offered = { .s = s };
	struct challenge c;
	struct creds login;
	int r;

	if (!auth_choose(s, an, &c, &offered))
		return !offered.n ? fail(k, KML_BAD, "it does not say how to log in") :
			fail(k, KML_FAIL, "it asks for a login of a kind that kml does not know: %.*s",
			     FMT(retry_clean(s, buf_str(&offered))));
	if (a->o->login)
		login = *a->o->login;
	else if ((r = creds_find(k, s, a->o->authfile, need->host, need->repo, &login)) < 0)
		return r;
	if (challenge_is(c.scheme, "bearer"))
		return auth_bearer(k, s, h, need, &c, an->url.tls, &login, value);
	if (!login.found || !login.user.n)
		return fail(k, KML_FAIL, "it asks for a login, and none is known (kml login %.*s)",
		            FMT(need->host));
	*value = auth_basic(s, &login);
	return 0;
}

/* The registry said 401 in the answer `an`: *value becomes what to send as Authorization
 * instead.  The same login once more is none. */
static int auth_challenged(struct kml *k, struct scope *s, struct auth *a, struct http *h,
                           const struct http_answer *an, struct str host, struct str repo,
                           const char *actions, struct str *value)
{
	const struct auth_need need = { host, repo, actions };
	struct auth_known *known = auth_known(a, auth_to(s, &need));
	int r = auth_find(k, s, a, h, an, &need, value);

	if (r == 0 && known && str_eq(known->value, *value))
		r = fail(k, KML_FAIL, "the login for it was refused (kml login %.*s)", FMT(host));
	if (r < 0)
		return fail_in(k, r, "%.*s", FMT(host));
	if (!known) {
		known = new(a->s, struct auth_known);
		known->to = scope_str(a->s, auth_to(s, &need));
		known->next = a->known;
		a->known = known;
	}
	*value = known->value = scope_str(a->s, *value);
	return 0;
}

#endif
