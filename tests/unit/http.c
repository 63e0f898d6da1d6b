#define KML_TEST
#include "../../src/registry/retry.c"
#include "../play.c"
#include "../test.h"

static bool once;

static const struct http_options options = { .limits = { 500, 500 } };

static struct http *client(struct scope *s)
{
	struct http *h;

	http_new(s, &options, &h);
	return h;
}

static int ask(struct kml *k, struct scope *s, struct http *h, const char *method, unsigned port,
               const char *path, struct http_answer *a)
{
	struct http_request rq = { .method = method, .auth = S("Basic c2VjcmV0") };
	struct str text = str_of(scope_format(s, "http://127.0.0.1:%u%s", port, path));
	int r = url_parse(k, text, &rq.url);

	return r < 0 ? r : http_do(k, s, h, &rq, a);
}

/* The body, of ten bytes at most. */
static const char *body(struct kml *k, struct scope *s, struct http_answer *a)
{
	char *p = scope_raw(s, 11);
	size_t n;
	int r = reader_fill(k, &a->reader, p, 10, &n);

	http_done(k, a);
	p[n] = '\0';
	return r < 0 ? "cut" : p;
}

#define OK2 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"

static void bodies(struct kml *k, struct scope *s)
{
	struct http *h = client(s);
	struct http_answer a;
	unsigned port = serve(k, s, "\1HTTP/1.1 100 Continue\r\n\r\n" OK2 "ab"
		"\1HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\ncd\r\n1\r\ne\r\n0\r\nT: 1\r\n\r\n"
		"\1HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
		"\1HTTP/1.0 200 OK\r\n\r\nend\2\1" OK2 "x");

	TEST("one connection, bodies of every kind") {
		CHECK(ask(k, s, h, "GET", port, "/v2/", &a) == 0 && a.head.status == 200);
		CHECK(!strcmp(body(k, s, &a), "ab"));
		CHECK(strstr(seen, "GET /v2/ HTTP/1.1\r\nHost: 127.0.0.1:") == seen);
		CHECK(!strstr(seen, "Accept-Encoding") && !strstr(seen, "Expect"));
		CHECK(ask(k, s, h, "GET", port, "/", &a) == 0 && !strcmp(body(k, s, &a), "cde"));
		CHECK(ask(k, s, h, "HEAD", port, "/", &a) == 0 && !strcmp(body(k, s, &a), ""));
		CHECK(str_eq(httphead_get(&a.head, "content-length", 0), S("7")));
		CHECK(ask(k, s, h, "GET", port, "/", &a) == 0 && !strcmp(body(k, s, &a), "end"));
	}
	TEST("a body that ends too early is a broken connection") {
		CHECK(ask(k, s, h, "GET", port, "/", &a) == 0 && !strcmp(body(k, s, &a), "cut"));
		CHECK(strstr(k->msg, "1 bytes too early") != NULL);
	}
}

static void kept(struct kml *k, struct scope *s)
{
	struct http *h = client(s);
	struct http_answer a;
	unsigned port = serve(k, s, "\1" OK2 "ab\1\2\1" OK2 "cd\2");

	TEST("a kept connection that died is no failure, a new one is") {
		CHECK(ask(k, s, h, "GET", port, "/", &a) == 0 && !strcmp(body(k, s, &a), "ab"));
		CHECK(ask(k, s, h, "GET", port, "/", &a) == 0 && !strcmp(body(k, s, &a), "cd"));
	}
	port = serve(k, s, "\1\2");
	TEST("no answer on a new connection") {
		CHECK(ask(k, s, h, "GET", port, "/x?secret", &a) == KML_UNREACHABLE);
		CHECK(strstr(k->msg, "/x: ") && !strstr(k->msg, "secret"));
	}
}

static void redirects(struct kml *k, struct scope *s)
{
	struct http *h = client(s);
	struct http_answer a;
	unsigned port = serve(k, s, "\1HTTP/1.1 307 X\r\nLocation: ../b?c=%2F\r\nContent-Length: 0\r\n\r\n"
		"\1" OK2 "ab\1HTTP/1.1 302 X\r\nLocation: sha256:ab\r\nContent-Length: 0\r\n\r\n"
		"\1HTTP/1.1 303 X\r\nContent-Length: 0\r\n\r\n");

	TEST("a redirect within an origin keeps Authorization") {
		CHECK(ask(k, s, h, "GET", port, "/v2/a", &a) == 0 && !strcmp(body(k, s, &a), "ab"));
		CHECK(strstr(seen, "GET /b?c=%2F HTTP/1.1\r\n") != NULL);
		CHECK(strstr(strstr(seen, "GET /b"), "Authorization: Basic c2VjcmV0") != NULL);
		CHECK(ask(k, s, h, "GET", port, "/v2/a", &a) == KML_BAD);
		CHECK(ask(k, s, h, "GET", port, "/v2/a", &a) == KML_BAD);
		CHECK(strstr(k->msg, "without a Location") != NULL);
	}
	/* it leads to itself by another name */
	port = serve(k, s, "\1HTTP/1.1 308 X\r\nLocation: http://a:b@localhost:\4/\r\n\r\n\2\1" OK2 "ab");
	TEST("elsewhere nobody's credentials go") {
		CHECK(ask(k, s, h, "GET", port, "/", &a) == 0 && !strcmp(body(k, s, &a), "ab"));
		CHECK(strstr(seen, "Host: localhost") != NULL);
		CHECK(!strstr(strstr(seen, "Host: localhost"), "Authorization"));
	}
}

static void uploads(struct kml *k, struct scope *s)
{
	struct http *h = client(s);
	struct http_upload up;
	struct http_answer a;
	struct http_request rq = { .method = "PUT", .has_body = true, .length = 10 };
	unsigned port = serve(k, s, "\1\3HTTP/1.1 102 Wait\r\n\r\n\3HTTP/1.1 201 Created\r\n"
	                      "Content-Length: 0\r\n\r\n");

	TEST("a body that is pushed") {
		CHECK(url_parse(k, str_of(scope_format(s, "http://127.0.0.1:%u/", port)), &rq.url) == 0);
		CHECK(http_begin(k, h, &rq, &up) == 0 && http_push(k, &up, S("hello")) == 0);
		CHECK(http_push(k, &up, S("world")) == 0);
		CHECK(http_finish(k, s, &up, true, &a) == 0 && a.head.status == 201);
		CHECK(strstr(seen, "Content-Length: 10\r\n\r\nhelloworld") != NULL);
		http_done(k, &a);
	}
	rq.length = 1 << 30;
	port = serve(k, s, "\1HTTP/1.1 403 No\r\n\r\n{\"errors\":[{\"code\":\"DENIED\","
		"\"message\":\"not \\u009byou\"}]}");
	TEST("an answer that comes before the body is sent") {
		int r = 0;

		CHECK(url_parse(k, str_of(scope_format(s, "http://127.0.0.1:%u/u?s", port)), &rq.url) == 0);
		CHECK(http_begin(k, h, &rq, &up) == 0);
		for (int i = 0; i < 2000 && r == 0; i++, net_pause(1))
			r = http_push(k, &up, S("hello"));
		CHECK(r == 1 && http_finish(k, s, &up, false, &a) == 0);
		CHECK(retry_refused(k, s, &a) == KML_FAIL);
		CHECK(strstr(k->msg, "/u: 403 No: DENIED: not  you") != NULL);
	}
	TEST("nothing gets into a head that is not meant to") {
		rq.auth = S("a\r\nX: b");
		CHECK(http_begin(k, h, &rq, &up) < 0);
	}
}

static bool past(struct kml *k, struct scope *s, const char *none, const char *url)
{
	struct proxy p = { S("http://p:3128"), S("u%40x:p%2fw@p"), str_of(none) };
	struct proxy_way way;
	struct url u;

	return url_parse(k, str_of(url), &u) == 0 && proxy_for(k, s, &p, &u, &way) == 0 && !way.host.n;
}

static void proxies(struct kml *k, struct scope *s)
{
	struct proxy p = { S("https://p:3128"), S("u%40x:p%2fw@p:1"), S("") };
	struct proxy_way way;
	struct http *h = client(s);
	struct http_request rq = { .method = "GET", .url = { false, S("r.test"), 80, S("/v2/") } };
	struct http_answer a;
	unsigned port = serve(k, s, "\1" OK2 "ab\2\1HTTP/1.1 403 N\033o\r\n\r\n\2\1HTTP/1.1 200 OK\r\n\r\nX");

	TEST("whom no_proxy means") {
		CHECK(past(k, s, "", "http://127.0.0.9/") && past(k, s, "", "http://localhost:5/"));
		CHECK(past(k, s, "", "http://[::1]/") && !past(k, s, "", "http://a.b/"));
		CHECK(past(k, s, "x, a.b", "http://a.b/") && past(k, s, "b", "http://a.b/"));
		CHECK(past(k, s, ".b", "http://a.b/") && past(k, s, "*.b", "http://a.b/"));
		CHECK(!past(k, s, ".b", "http://b/") && !past(k, s, "b", "http://ab/"));
		CHECK(past(k, s, "*", "http://a/") && past(k, s, "a:81", "http://a:81/"));
		CHECK(!past(k, s, "a:81", "http://a/") && past(k, s, "10.0.0.0/8", "http://10.9.9.9/"));
		CHECK(!past(k, s, "10.0.0.0/8", "http://11.0.0.1/") && past(k, s, "1.2.3.4", "http://1.2.3.4/"));
		CHECK(past(k, s, "fe80::/10", "http://[fe80::1]/"));
		CHECK(past(k, s, "[fe80::1]:81", "http://[fe80::1]:81/"));
		CHECK(!past(k, s, "[fe80::1]:81", "http://[fe80::1]/"));
	}
	TEST("a login is for the proxy, and a proxy by TLS is refused") {
		CHECK(proxy_for(k, s, &p, &rq.url, &way) == 0 && way.port == 1);
		CHECK(str_eq(way.login, S("Basic dUB4OnAvdw==")));
		rq.url.tls = true;
		CHECK(proxy_for(k, s, &p, &rq.url, &way) == KML_USAGE);
		rq.url.tls = false;
	}
	p.https = p.http = str_of(scope_format(s, "http://u:p@127.0.0.1:%u", port));
	h->proxy = &p;
	TEST("http by whole addresses, https by CONNECT") {
		CHECK(http_do(k, s, h, &rq, &a) == 0 && !strcmp(body(k, s, &a), "ab"));
		CHECK(strstr(seen, "GET http://r.test/v2/ HTTP/1.1\r\nHost: r.test\r\n") != NULL);
		CHECK(strstr(seen, "Proxy-Authorization: Basic dTpw\r\n") != NULL);
		rq.url.tls = true;
		rq.url.port = 443;
		CHECK(http_do(k, s, h, &rq, &a) == KML_FAIL);
		CHECK(strstr(seen, "CONNECT r.test:443 HTTP/1.1\r\n") != NULL);
		CHECK(strstr(k->msg, "refuses to connect to r.test:443: 403 N o") != NULL);
	}
	TEST("what a proxy says behind its answer is not the server's") {
		CHECK(http_do(k, s, h, &rq, &a) != 0);
	}
}

static int64_t after(const char *value)
{
	struct httphead_field f = { S("Retry-After"), str_of(value) };
	struct http_answer a = { .head = { .fields = &f, .n = 1 } };

	return retry_after(&a);
}

TESTS
	unsetenv("http_proxy");
	unsetenv("HTTP_PROXY");
	TEST("when to try again") {
		CHECK(retry_is_passing(429) && retry_is_passing(503) && retry_is_passing(524));
		CHECK(!retry_is_passing(404) && !retry_is_passing(501) && !retry_is_passing(401));
		CHECK(after("2") == 2000 && after("soon") == -1 && after("-1") == -1);
		CHECK(after("99999999999") == 1000000000 && after("") == -1);
		CHECK(retry_date(S("Sun, 06 Nov 1994 08:49:37 GMT")) == 784111777);
		CHECK(retry_date(S("Thu, 29 Feb 2024 00:00:00 GMT")) == 1709164800);
		CHECK(retry_date(S("Thu, 29 Foo 2024 00:00:00 GMT")) == -1);
		CHECK(after("Sun, 06 Nov 1994 08:49:37 GMT") == 0);
		CHECK(after("Sun, 06 Nov 2094 08:49:37 GMT") == 1000000000);
	}
	bodies(k, s);
	if (once)               /* of the others the faults are much the same */
		return 0;
	once = true;
	kept(k, s);
	redirects(k, s);
	uploads(k, s);
	proxies(k, s);
TESTS_END
