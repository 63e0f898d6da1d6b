#define KML_TEST
#define net_pause net_pause_really
#define net_date net_date_really
#include "../../src/ground/net.c"
#undef net_pause
#undef net_date
static int pauses[8], npauses;
static void net_pause(int ms) { pauses[npauses++ & 7] = ms; }
static int64_t net_date(void) { return 784111777; }     /* Sun, 06 Nov 1994 08:49:37 GMT */
#include "../../src/registry/retry.c"
#include "../play.c"
#include "../test.h"

#define EMPTY "\r\nContent-Length: 0\r\n\r\n"
#define BUSY "\1HTTP/1.1 503 Busy" EMPTY
#define OK2 "\1HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"

static const struct http_options options = { .limits = { 300, 300 } };

/* Ask the server that plays `script`; the status, or the failure. */
static int ask(struct kml *k, struct scope *s, const char *script, struct http_answer *a)
{
	struct http_request rq = { .method = "GET" };
	struct http *h;
	unsigned port = serve(k, s, script);
	int r;

	http_new(s, &options, &h);
	npauses = 0;
	if ((r = url_parse(k, str_of(scope_format(s, "http://127.0.0.1:%u/v2/x?secret=1", port)), &rq.url)) < 0)
		return r;
	r = retry_do(k, s, h, &rq, a);
	return r < 0 ? r : a->head.status;
}

/* Its sentence. */
static bool refused(struct kml *k, struct scope *s, const char *script, int code, const char *words)
{
	struct http_answer a;

	return ask(k, s, script, &a) > 0 && retry_refused(k, s, &a) == code && strstr(k->msg, words) &&
	       strstr(k->msg, "GET http://127.0.0.1:") == k->msg && !strstr(k->msg, "secret");
}

static bool paused(int from, int to, int n)
{
	return pauses[n] >= from && pauses[n] <= to;
}

static void tries(struct kml *k, struct scope *s)
{
	struct http_answer a;

	TEST("five times, after longer and longer waits, that are not all the same") {
		CHECK(ask(k, s, BUSY BUSY BUSY BUSY OK2, &a) == 200 && npauses == 4);
		CHECK(paused(750, 1250, 0) && paused(1500, 2500, 1) && paused(3000, 5000, 2) && paused(6000, 10000, 3));
		CHECK(ask(k, s, BUSY BUSY BUSY BUSY BUSY OK2, &a) == 503 && npauses == 4);
		CHECK(retry_wait(k, 9) <= 37500);
	}
	TEST("connections that break, too; what is no passing trouble at once") {
		CHECK(ask(k, s, "\1\2" OK2, &a) == 200 && npauses == 1);
		CHECK(ask(k, s, "\1HTTP/1.1 404 No" EMPTY OK2, &a) == 404 && npauses == 0);
		CHECK(ask(k, s, "\1HTTP/1.1 501 No" EMPTY OK2, &a) == 501 && npauses == 0);
		CHECK(ask(k, s, "\1HTP/1.1 200 OK\r\n\r\n", &a) == KML_BAD && npauses == 0);
	}
}

static void later(struct kml *k, struct scope *s)
{
	struct http_answer a;

	TEST("when the server says") {
		CHECK(ask(k, s, "\1HTTP/1.1 429 Slow\r\nRetry-After: 7" EMPTY OK2, &a) == 200 && paused(7000, 7000, 0));
		CHECK(ask(k, s, "\1HTTP/1.1 429 Slow\r\nRetry-After: Sun, 06 Nov 1994 08:49:47 GMT" EMPTY OK2, &a) == 200);
		CHECK(npauses == 1 && paused(10000, 11000, 0));
		CHECK(ask(k, s, "\1HTTP/1.1 503 Slow\r\nRetry-After: Sun, 06 Nov 1994 08:00:00 GMT" EMPTY OK2, &a) == 200);
		CHECK(paused(0, 0, 0));
		CHECK(ask(k, s, "\1HTTP/1.1 503 Slow\r\nRetry-After: tomorrow" EMPTY OK2, &a) == 200 && paused(750, 1250, 0));
	}
	TEST("but not more than two minutes") {
		CHECK(ask(k, s, "\1HTTP/1.1 429 Slow\r\nRetry-After: 120" EMPTY OK2, &a) == 200);
		CHECK(ask(k, s, "\1HTTP/1.1 429 Slow\r\nRetry-After: 3600" EMPTY OK2, &a) == KML_UNREACHABLE);
		CHECK(npauses == 0 && strstr(k->msg, "/v2/x: 429: the server wants to be asked again in 3600 seconds"));
		CHECK(!strstr(k->msg, "secret"));
	}
}

static void words(struct kml *k, struct scope *s)
{
	TEST("what a registry says, clean") {
		CHECK(refused(k, s, "\1HTTP/1.1 403 No\r\nContent-Length: 96\r\n\r\n"
			"{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not\\u001b[31m you\"},{\"code\":\"X\"},{\"message\":\"y\"},{}]}    ",
			KML_FAIL, "/v2/x: 403 No: DENIED: not"));
		CHECK(!strchr(k->msg, 27) && strstr(k->msg, " you; X; y"));
		CHECK(refused(k, s, "\1HTTP/1.1 404 Not Found" EMPTY, KML_NOTFOUND, "404 Not Found"));
		CHECK(refused(k, s, "\1HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\n<html>", KML_FAIL, "a web page"));
		CHECK(refused(k, s, "\1HTTP/1.1 403 \x1b[1m" EMPTY, KML_FAIL, "403") && !strchr(k->msg, 27));
		CHECK(refused(k, s, "\1HTTP/1.1 400 No\r\nContent-Length: 9\r\n\r\n{\"errors\"", KML_FAIL, "400 No"));
		CHECK(refused(k, s, BUSY BUSY BUSY BUSY BUSY, KML_UNREACHABLE, "503 Busy"));
	}
}

TESTS
	static bool once;
	struct http_answer a;

	unsetenv("http_proxy");
	unsetenv("HTTP_PROXY");
	TEST("once more") {
		CHECK(ask(k, s, BUSY OK2, &a) == 200 && npauses == 1);
	}
	if (once)               /* of the others the faults are much the same */
		return 0;
	once = true;
	tries(k, s);
	later(k, s);
	words(k, s);
TESTS_END
