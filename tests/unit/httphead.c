#define KML_TEST
#include "../../src/format/chunked.c"
#include "../../src/format/httphead.c"
#include "../../src/format/url.c"
#include "../test.h"

static int head(struct kml *k, struct scope *s, const char *text, struct httphead *h,
                struct httphead_body *body)
{
	int r = httphead_parse(k, s, str_of(text), text[0] != 'H', h);

	return r < 0 ? r : httphead_body(k, h, text[0] != 'H', false, body);
}

/* What the reference leads to, or NULL. */
static const char *leads(struct kml *k, struct scope *s, const char *base, const char *to)
{
	struct url a, b;

	if (url_parse(k, str_of(base), &a) < 0 || url_resolve(k, s, &a, str_of(to), &b) < 0)
		return NULL;
	return scope_format(s, "%s://%.*s%.*s", b.tls ? "https" : "http", FMT(url_host(s, &b)),
	                    FMT(b.path));
}

static bool is(const char *a, const char *b) { return a && !strcmp(a, b); }

static const char *content(struct kml *k, struct scope *s, const char *text, size_t step)
{
	struct str rest = str_of(text);
	struct buf b = { .s = s };
	struct chunked c = { 0 };
	size_t n;

	while (rest.n && c.at != CHUNKED_END) {
		struct str in = { rest.p, rest.n < step ? rest.n : step };

		if (chunked_step(k, &c, &in, &n) < 0)
			return "bad";
		buf_add(&b, (struct str){ in.p, n });
		chunked_took(&c, n);
		rest = str_from(rest, (size_t)(in.p - rest.p) + n);
	}
	return c.at == CHUNKED_END ? scope_text(s, buf_str(&b)) : "cut";
}

TESTS
	struct httphead h;
	struct httphead_body b;
	const char *base = "http://a:5000/v2/x/blobs/sum?q=1";

	TEST("an answer and a request") {
		CHECK(head(k, s, "HTTP/1.1 200 OK fine\r\ncontent-LENGTH: \t5 \r\nX:\r\n\r\n", &h, &b) == 0);
		CHECK(h.status == 200 && str_eq(h.reason, S("OK fine")) && h.n == 2);
		CHECK(b.kind == HTTPHEAD_LENGTH && b.length == 5 && b.keep);
		CHECK(head(k, s, "GET /v2/?a=b HTTP/1.1\nHost: a\n\n", &h, &b) == 0);
		CHECK(str_eq(h.method, S("GET")) && str_eq(h.target, S("/v2/?a=b")));
		CHECK(b.kind == HTTPHEAD_NONE && b.keep);
		CHECK(str_eq(httphead_get(&h, "hOST", 0), S("a")));
	}
	TEST("where a head ends") {
		CHECK(httphead_size(S("a\r\nb\r\n\r\nbody"), 0) == 8);
		CHECK(httphead_size(S("a\nb\n\nbody"), 0) == 5);
		CHECK(httphead_size(S("a\r\nb\r\n\r"), 0) == 0);
		CHECK(httphead_size(S("a\r\nb\r\n\r\n"), 7) == 8);
	}
	TEST("how a body is framed") {
		CHECK(head(k, s, "HTTP/1.1 200 OK\n\n", &h, &b) == 0 && b.kind == HTTPHEAD_CLOSE && !b.keep);
		CHECK(head(k, s, "HTTP/1.0 200 OK\nContent-Length: 1\n\n", &h, &b) == 0 && !b.keep);
		CHECK(head(k, s, "HTTP/1.1 204 No\nContent-Length: 1\n\n", &h, &b) == 0);
		CHECK(b.kind == HTTPHEAD_NONE);
		CHECK(head(k, s, "HTTP/1.1 200 OK\nTransfer-Encoding: Chunked\n\n", &h, &b) == 0);
		CHECK(b.kind == HTTPHEAD_CHUNKED && b.keep);
		CHECK(head(k, s, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nContent-Length: 5\n\n", &h,
		           &b) == 0);
		CHECK(b.kind == HTTPHEAD_CHUNKED && !b.keep);
		CHECK(head(k, s, "HTTP/1.1 200 OK\nContent-Length: 5, 5\nConnection: x, Close\n\n", &h, &b) == 0);
		CHECK(b.length == 5 && !b.keep);
	}
	TEST("what two could read in two ways is refused") {
		static const char *const bad[] = {
			"HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6\n\n",
			"HTTP/1.1 200 OK\nContent-Length: -1\n\n",
			"HTTP/1.1 200 OK\nContent-Length: 99999999999999999999\n\n",
			"HTTP/1.1 200 OK\nContent-Length:\n 5\n\n",
			"HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n",
			"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n",
			"HTTP/1.1 200 OK\nTransfer-Encoding: identity\nTransfer-Encoding: chunked\n\n",
			"HTTP/1.1 200 OK\nX: a\rb\n\n",
			"HTTP/1.1 99999 OK\n\n", "HTTP/2 200\n\n", "HTTP/1.1 20\n\n",
			"GET / HTTP/1.1\nContent-Length : 5\n\n", "GET /\n\n", "G T / HTTP/1.1\n\n",
		};

		for (size_t i = 0; i < countof(bad); i++)
			CHECK(head(k, s, bad[i], &h, &b) == KML_BAD);
		CHECK(httphead_parse(k, s, S("HTTP/1.1 200 OK\nX: \0\n\n"), false, &h) == KML_BAD);
	}
	TEST("texts lose what a terminal would obey") {
		CHECK(str_eq(httphead_clean(s, S("a\033[1mb\x9b" "c\xc2\x9b" "d\xc3\xa9\n")),
		             S("a [1mb c d\xc3\xa9")));
	}
	TEST("chunks, in pieces of any size") {
		for (size_t step = 1; step < 40; step++) {
			CHECK(is(content(k, s, "4;x=y\r\nabcd\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n", step),
			         "abcd0123456789"));
			CHECK(is(content(k, s, "4\nabcd\n0\n\n", step), "abcd"));
			CHECK(is(content(k, s, "4\r\nabcd\r\n", step), "cut"));
			CHECK(is(content(k, s, "zz\r\nab", step), "bad"));
			CHECK(is(content(k, s, "-5\r\nab", step), "bad"));
			CHECK(is(content(k, s, "ffffffffffffffff\r\nab", step), "bad"));
			CHECK(is(content(k, s, "2\r\nabcd", step), "bad"));
		}
	}
	TEST("references lead where RFC 3986 says") {
		CHECK(is(leads(k, s, base, "./other?again=1"), "http://a:5000/v2/x/blobs/other?again=1"));
		CHECK(is(leads(k, s, base, "../../y/../z/."), "http://a:5000/v2/z/"));
		CHECK(is(leads(k, s, base, "/../../w"), "http://a:5000/w"));
		CHECK(is(leads(k, s, base, "?p=%2B/../"), "http://a:5000/v2/x/blobs/sum?p=%2B/../"));
		CHECK(is(leads(k, s, base, "//B:80/c#f"), "http://B/c"));
		CHECK(is(leads(k, s, base, "https://[::1]:443"), "https://[::1]/"));
		CHECK(is(leads(k, s, base, "http://a:5000@evil:81/x"), "http://evil:81/x"));
		CHECK(is(leads(k, s, base, "http://u:p@b/x?sig=a%2Bb%3D&e=1"), "http://b/x?sig=a%2Bb%3D&e=1"));
	}
	TEST("references that are not followed") {
		static const char *const bad[] = {
			"sha256:abc", "file:///etc/passwd", "ftp://a/", "http:/a", "http://", "http://a:0/",
			"http://a:70000/", "http://a b/", "/a\r\nX: y", "/a\033", "/\xc3\xa9", "http://a\\@b/",
			"http://[::1/", "http://[::1]x/", "http://a:b/", "http://%41/",
		};

		for (size_t i = 0; i < countof(bad); i++)
			CHECK(!leads(k, s, base, bad[i]));
	}
TESTS_END
