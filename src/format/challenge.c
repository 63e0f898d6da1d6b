/* challenge.c - what a server asks for when it says 401: WWW-Authenticate (RFC 9110 §11).
 *
 *     Bearer realm="https://auth.example/token",service="reg",scope="repository:a:pull,push"
 *     Basic realm="x", Negotiate
 *
 * One field may hold several challenges, and there may be several fields.  Schemes
 * and names compare without case; a value is a token or a quoted string, in which
 * commas are no separators.  What is not known is passed over.
 */
#ifndef KML_CHALLENGE_C
#define KML_CHALLENGE_C

#include "../ground/base.c"

struct challenge {
	struct str scheme;
	struct str realm, service, scope, error;
};

static bool challenge_is(struct str a, const char *lower)
{
	return a.n == strlen(lower) && strncasecmp(a.p, lower, a.n) == 0;
}

static struct str challenge_token(struct str *t)
{
	size_t n = 0;

	while (n < t->n && !memchr(" \t,=\"", t->p[n], 5))
		n++;
	*t = str_from(*t, n);
	return (struct str){ t->p - n, n };
}

static void challenge_skip(struct str *t, const char *what)
{
	while (t->n && t->p[0] && strchr(what, t->p[0]))
		*t = str_from(*t, 1);
}

/* A quoted string, or a token with what base64 ends in. */
static struct str challenge_value(struct scope *s, struct str *t)
{
	struct buf b = { .s = s };
	struct str token;

	if (!t->n || t->p[0] != '"') {
		token = challenge_token(t);
		challenge_skip(t, "=");
		return token;
	}
	for (*t = str_from(*t, 1); t->n && t->p[0] != '"'; *t = str_from(*t, 1)) {
		if (t->p[0] == '\\')
			*t = str_from(*t, 1);
		if (t->n)
			buf_byte(&b, t->p[0]);
	}
	*t = str_from(*t, 1);
	return buf_str(&b);
}

static void challenge_set(struct challenge *c, struct str name, struct str value)
{
	if (challenge_is(name, "realm"))
		c->realm = value;
	else if (challenge_is(name, "service"))
		c->service = value;
	else if (challenge_is(name, "scope"))
		c->scope = value;
	else if (challenge_is(name, "error"))
		c->error = value;
}

/* Take the next challenge off the front of *field; false: there is none. */
static bool challenge_next(struct scope *s, struct str *field, struct challenge *out)
{
	struct str after, name;

	challenge_skip(field, " \t,=\"");
	*out = (struct challenge){ .scheme = challenge_token(field) };
	if (!out->scheme.n)
		return false;
	for (;;) {
		after = *field;
		challenge_skip(&after, " \t,");
		name = challenge_token(&after);
		challenge_skip(&after, " \t");
		if (!name.n || !after.n || after.p[0] != '=')
			return true;
		after = str_from(after, 1);
		challenge_skip(&after, " \t");
		if (after.n && after.p[0] == '=') {     /* a lone token of base64 */
			challenge_skip(&after, "=");
			*field = after;
			continue;
		}
		challenge_set(out, name, challenge_value(s, &after));
		*field = after;
	}
}

#endif
