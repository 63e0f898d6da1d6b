#define KML_TEST
#define net_pause net_pause_really
#include "../../src/ground/net.c"
#undef net_pause
static void net_pause(int ms) { (void)ms; }
#include "../../src/registry/auth.c"
#include "../play.c"
#include "../test.h"

#define FORTY "\3\3\3\3\3\3\3\3"     /* bytes of a body */
#define TOKEN "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"token\":\"T\"}"

static const struct http_options options = { .limits = { 300, 300 } };
static const struct creds nobody, user = { true, { "u", 1 }, { "p", 1 }, { NULL, 0 } },
	identity = { true, { "<token>", 7 }, { "I&=", 3 }, { "I&=", 3 } };
static unsigned port;

/* Start the server; what it is asked for is in `seen`. */
static void begin(struct kml *k, struct scope *s, const char *script)
{
	port = serve(k, s, script);
}

/* Answer the challenge of `from` for the repository a/b: what to send, or "error".  In
 * the fields, # is the token server. */
static const char *answer(struct kml *k, struct scope *s, struct auth *a, const char *from,
                          const char *fields)
{
	struct http_answer an = { .method = "GET" };
	struct buf b = { .s = s };
	struct str value;
	struct http *h;

	http_new(s, &options, &h);
	buf_add(&b, S("HTTP/1.1 401 No\r\n"));
	for (const char *p = fields; *p; p++)
		if (*p == '#')
			buf_format(&b, "http://127.0.0.1:%u", port);
		else
			buf_byte(&b, *p);
	buf_add(&b, S("\r\n\r\n"));
	if (httphead_parse(k, s, buf_str(&b), false, &an.head) < 0 ||
	    url_parse(k, str_of(from), &an.url) < 0 ||
	    auth_challenged(k, s, a, h, &an, S("r.test"), S("a/b"), "pull", &value) < 0)
		return "error";
	return scope_text(s, value);
}

static bool is(struct kml *k, struct scope *s, const struct creds *c, const char *fields,
               const char *want)
{
	struct auth_options o = { .login = c };
	const char *got = answer(k, s, auth_new(s, &o), "http://r.test/v2/", fields);

	return !strcmp(got, want);
}

/* It fails, and says this. */
static bool fails(struct kml *k, struct scope *s, const struct creds *c, const char *fields,
                  const char *words)
{
	return is(k, s, c, fields, "error") && strstr(k->msg, "r.test: ") == k->msg && strstr(k->msg, words);
}

/* The token server sends `sent`. */
static bool gets(struct kml *k, struct scope *s, const char *sent, const char *want)
{
	char head[100], script[300];

	snprintf(head, sizeof head, "\1HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(sent));
	snprintf(script, sizeof script, "%s%s", head, sent);
	begin(k, s, script);
	return is(k, s, &user, "WWW-Authenticate: Bearer realm=\"#/t\"", want);
}

static bool saw(const char *what) { return strstr(seen, what) != NULL; }

#define BEARER "WWW-Authenticate: Bearer realm=\"#/t\",service=\"s x\",scope=\"repository:a/b:pull,push\""

static void kinds(struct kml *k, struct scope *s)
{
	TEST("basic, and what nobody can answer") {
		CHECK(is(k, s, &user, "WWW-Authenticate: Basic realm=x", "Basic dTpw"));
		CHECK(fails(k, s, &nobody, "WWW-Authenticate: Basic realm=x", "kml login r.test"));
		CHECK(fails(k, s, &user, "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Digest x=y",
		            "of a kind that kml does not know: Negotiate, Digest"));
		CHECK(fails(k, s, &user, "A: b", "does not say how to log in"));
		CHECK(fails(k, s, &user, "WWW-Authenticate: Bearer service=x", "where to get one"));
		CHECK(fails(k, s, &user, "WWW-Authenticate: Bearer realm=\"file:///etc/passwd\"", "where to get a token"));
	}
	TEST("bearer before basic, in whatever field it is") {
		begin(k, s, "\1" TOKEN);
		CHECK(is(k, s, &user, "WWW-Authenticate: Basic realm=x\r\nwww-authenticate: X, " "bearer realm=\"#/t\"",
		         "Bearer T"));
	}
	TEST("https never asks for a login to be sent in clear") {
		struct auth_options o = { .login = &user };

		begin(k, s, "\1" TOKEN);
		CHECK(!strcmp(answer(k, s, auth_new(s, &o), "https://r.test/v2/", BEARER), "error"));
		CHECK(strstr(k->msg, "in clear") && !*seen);
	}
}

static void requests(struct kml *k, struct scope *s)
{
	TEST("what a token server is asked") {
		begin(k, s, "\1" TOKEN);
		CHECK(is(k, s, &user, BEARER, "Bearer T"));
		CHECK(saw("GET /t?service=s%20x&scope=repository:a/b:pull,push&account=u HTTP/1.1\r\n"));
		CHECK(saw("Authorization: Basic dTpw\r\n"));
		begin(k, s, "\1" TOKEN);
		CHECK(is(k, s, &nobody, BEARER, "Bearer T"));
		CHECK(!saw("account") && !saw("Authorization"));
		begin(k, s, "\1" TOKEN);
		CHECK(is(k, s, &nobody, "WWW-Authenticate: Bearer realm=\"#/t?x=%20y\"", "Bearer T"));
		CHECK(saw("GET /t?x=%20y&scope=repository:a/b:pull HTTP/1.1\r\n"));
		begin(k, s, "\1" TOKEN);
		CHECK(is(k, s, &nobody, "WWW-Authenticate: Bearer realm=\"#\",scope=\"a&b=c d\"", "Bearer T"));
		CHECK(saw("GET /?scope=a%26b%3Dc%20d HTTP/1.1\r\n"));
	}
	TEST("with an identity token, and where that is not known") {
		begin(k, s, "\1" FORTY FORTY "\3\3\3\3\3" TOKEN);
		CHECK(is(k, s, &identity, BEARER, "Bearer T"));
		CHECK(saw("POST /t HTTP/1.1\r\n") && !saw("Authorization"));
		CHECK(saw("\r\n\r\ngrant_type=refresh_token&client_id=kml&service=s%20x"
		          "&scope=repository:a/b:pull,push&refresh_token=I%26%3D"));
		begin(k, s, "\1HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n\1" TOKEN);
		CHECK(is(k, s, &identity, BEARER, "Bearer T") && saw("GET /t?"));
	}
	TEST("on to another origin without the login") {
		begin(k, s, "\1HTTP/1.1 307 There\r\nLocation: http://localhost:\4/u\r\nContent-Length: 0\r\n\r\n"
		      "\2\1" TOKEN);
		CHECK(is(k, s, &user, BEARER, "Bearer T") && saw("GET /u"));
		CHECK(!strstr(strstr(seen, "GET /u"), "Authorization"));
	}
}

static void tokens(struct kml *k, struct scope *s)
{
	TEST("what is a token") {
		CHECK(gets(k, s, "{\"token\":\"x.y_z-~+/=\",\"access_token\":\"b\"}", "Bearer x.y_z-~+/="));
		CHECK(gets(k, s, "{\"access_token\":\"b\",\"expires_in\":1}", "Bearer b"));
		CHECK(gets(k, s, "{\"token\":\"\",\"access_token\":\"b\"}", "Bearer b"));
	}
	TEST("what is none, and is not shown") {
		CHECK(gets(k, s, "{\"token\":\"secret\\r\\nX: y\"}", "error") && !strstr(k->msg, "secret"));
		CHECK(gets(k, s, "{\"token\":\"se cret\"}", "error") && gets(k, s, "{\"token\":1}", "error"));
		CHECK(gets(k, s, "{}", "error") && strstr(k->msg, "there is no token"));
		CHECK(gets(k, s, "<html>", "error") && strstr(k->msg, "what came is no token"));
		CHECK(gets(k, s, "[]", "error") && gets(k, s, "", "error"));
	}
	TEST("more of it than any token has") {
		char *most = scope_raw(s, AUTH_TOKEN + 1000);

		snprintf(most, 100, "\1HTTP/1.1 200 OK\r\n\r\n{\"token\":\"");
		memset(most + strlen(most), 'x', AUTH_TOKEN + 10);
		most[AUTH_TOKEN + 20] = '\0';
		begin(k, s, most);
		CHECK(fails(k, s, &user, BEARER, "longer than 64 kB"));
	}
	TEST("a token server that refuses, and one in trouble") {
		begin(k, s, "\1HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
		CHECK(fails(k, s, &user, BEARER, "the login for r.test was refused") && !strstr(k->msg, "service"));
		begin(k, s, "\1HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
		CHECK(fails(k, s, &nobody, BEARER, "no login for r.test is known"));
		begin(k, s, "\1HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n\1" TOKEN);
		CHECK(is(k, s, &user, BEARER, "Bearer T"));
	}
}

static void again(struct kml *k, struct scope *s)
{
	struct auth_options o = { .login = &user };
	struct auth *a = auth_new(s, &o), *b;
	struct str value;

	TEST("what helped is sent at first, for the same, by other threads too") {
		CHECK(auth_apply(k, s, a, NULL, S("r.test"), S("a/b"), "pull", &value) == 0 && !value.n);
		CHECK(!strcmp(answer(k, s, a, "http://r.test/", "WWW-Authenticate: Basic"), "Basic dTpw"));
		CHECK(auth_apply(k, s, a, NULL, S("r.test"), S("a/b"), "pull", &value) == 0);
		CHECK(str_eq(value, S("Basic dTpw")));
		b = auth_fork(s, a);
		CHECK(auth_apply(k, s, b, NULL, S("r.test"), S("a/b"), "pull", &value) == 0 && value.n);
		CHECK(auth_apply(k, s, b, NULL, S("r.test"), S("a/c"), "pull", &value) == 0 && !value.n);
		CHECK(auth_apply(k, s, b, NULL, S("x.test"), S("a/b"), "pull", &value) == 0 && !value.n);
		CHECK(auth_apply(k, s, b, NULL, S("r.test"), S("a/b"), "pull,push", &value) == 0 && !value.n);
	}
	TEST("the same once more is the end") {
		CHECK(!strcmp(answer(k, s, a, "http://r.test/", "WWW-Authenticate: Basic"), "error"));
		CHECK(strstr(k->msg, "r.test: the login for it was refused"));
	}
}

TESTS
	static bool once;

	unsetenv("http_proxy");
	unsetenv("HTTP_PROXY");
	again(k, s);
	TEST("a token") {
		begin(k, s, "\1" TOKEN);
		CHECK(is(k, s, &user, BEARER, "Bearer T"));
	}
	if (once)               /* of the others the faults are much the same */
		return 0;
	once = true;
	kinds(k, s);
	requests(k, s);
	tokens(k, s);
TESTS_END
