#define KML_TEST
#include "../../src/registry/serve.c"
#include "../test.h"
#include <sys/socket.h>

#define DIR "build/unit-serve"
#define CONFIG "{\"os\":\"linux\",\"architecture\":\"amd64\"}"

static struct intake_known known[INTAKE_KNOWN];
static int signs;

/* Two ends of a connection: a pair of local sockets has no room for many small writes. */
static void ends(int fd[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof at;
	int one = 1, l = socket(AF_INET, SOCK_STREAM, 0);

	fd[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(l, (void *)&at, n) < 0 || listen(l, 1) < 0 || getsockname(l, (void *)&at, &n) < 0 ||
	    connect(fd[0], (void *)&at, n) < 0 || (fd[1] = accept4(l, NULL, NULL, SOCK_NONBLOCK)) < 0)
		abort();
	setsockopt(fd[1], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	close(l);
}

/* What is answered to `text`, all that one client sends. */
static const char *ask(struct kml *k, struct scope *s, const struct serve *sv, const char *text)
{
	struct listen_guest g = { .place = -1 };
	int fd[2], *mine = scope_fd(s), *theirs = scope_fd(s);
	struct buf b = { .s = s };
	size_t n = strlen(text);
	ssize_t got;

	ends(fd);
	*mine = fd[0];
	*theirs = g.fd = fd[1];
	if (write(*mine, text, n) != (ssize_t)n)
		abort();
	shutdown(*mine, SHUT_WR);
	serve_guest(k, s, &g, (void *)(uintptr_t)sv);
	*theirs = g.fd;
	net_close(theirs);
	while ((got = read(*mine, buf_room(&b, 4096), 4096)) > 0)
		b.n += (size_t)got;
	net_close(mine);
	buf_byte(&b, '\0');
	return b.p;
}

/* A request with a body. */
static const char *send_(struct kml *k, struct scope *s, const struct serve *sv, const char *what,
                         const char *type, const char *body)
{
	return ask(k, s, sv, scope_format(s, "%s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n"
		"Content-Length: %zu\r\n\r\n%s", what, type, strlen(body), body));
}

static bool is(const char *answer, int status)
{
	return strlen(answer) > 12 && !strncmp(answer, "HTTP/1.1 ", 9) && atoi(answer + 9) == status;
}

static const char *get(struct kml *k, struct scope *s, const struct serve *sv, const char *path)
{
	return ask(k, s, sv, scope_format(s, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path));
}

static void remove_all(void) { signs += system("rm -rf " DIR); }

static void count(void *arg, enum kml_level level, const char *text)
{
	(void)arg, (void)text;
	signs += level == KML_WARNING;
}

static struct shelf_entry named(struct kml *k, const char *text)
{
	struct shelf_place at = { .name = S("own") };
	struct shelf_entry e;

	shelf_name(k, &at, str_of(text), &e);
	return e;
}

static bool splits(struct kml *k, const char *text, const char *repo, const char *brief, const char *tag)
{
	struct shelf_entry e = named(k, text);

	return str_eq(e.repo, str_of(repo)) && str_eq(e.brief, str_of(brief)) && str_eq(e.tag, str_of(tag));
}

static bool leads(struct kml *k, struct scope *s, const char *target, enum route_kind kind,
                  const char *name, const char *last)
{
	struct route r;

	route_read(k, s, str_of(target), &r);
	return r.kind == kind && str_eq(r.name, str_of(name)) && str_eq(r.last, str_of(last));
}

static bool part(const char *text, uint64_t size, int want, uint64_t want_from, uint64_t want_n)
{
	uint64_t from, n;
	int r = caller_range(str_of(text), size, &from, &n);

	return r == want && (r < 0 || (from == want_from && n == want_n));
}

static bool once;

#define POINTS "{\"schemaVersion\":2,\"mediaType\":\"" DESCRIPTOR_OCI "index.v1+json\",\"manifests\":[]," \
	"\"subject\":{\"mediaType\":\"x/y\",\"size\":1,\"digest\":\"%.*s\"}%s}"

TESTS
	struct kml log = { .log = count };
	struct serve sv = { .k = &log, .known = known };
	struct store store;
	const char *a, *image;
	struct str digest;
	int r;

	TEST("whose image it is") {
		CHECK(splits(k, "v1", "own", "own", "v1"));
		CHECK(splits(k, "app:v1", "app", "app", "v1"));
		CHECK(splits(k, "org/app:v1", "org/app", "org/app", "v1"));
		CHECK(splits(k, "quay.io/org/app:v1", "quay.io/org/app", "org/app", "v1"));
		CHECK(splits(k, "localhost:5/app", "localhost:5/app", "app", "latest"));
		CHECK(splits(k, "org/app@sha256:00", "org/app", "org/app", ""));
		CHECK(splits(k, "quay.io/org/app:v1@sha256:00", "quay.io/org/app", "org/app", "v1"));
		CHECK(splits(k, "org/app:.", "org/app", "org/app", ""));
		CHECK(splits(k, "", "", "", ""));
	}
	TEST("what a request is about") {
		CHECK(leads(k, s, "/v2/", ROUTE_BASE, "", ""));
		CHECK(leads(k, s, "http://h:1/v2/", ROUTE_BASE, "", ""));
		CHECK(leads(k, s, "/v2/a/manifests/v1", ROUTE_MANIFEST, "a", "v1"));
		CHECK(leads(k, s, "/v2/a/blobs/uploads/manifests/v1", ROUTE_MANIFEST, "a/blobs/uploads", "v1"));
		CHECK(leads(k, s, "/v2/a/b/blobs/uploads/?x", ROUTE_UPLOAD, "a/b", ""));
		CHECK(leads(k, s, "/v2/a/blobs/sha256%3a00", ROUTE_BLOB, "a", "sha256:00"));
		CHECK(leads(k, s, "/v2/a/tags/list", ROUTE_TAGS, "a", "list"));
		CHECK(leads(k, s, "/v2/a/tags/lost", ROUTE_NONE, "a", "lost"));
		CHECK(leads(k, s, "/v2/../tags/list", ROUTE_NONE, "..", "list"));
		CHECK(leads(k, s, "/v2/tags/list", ROUTE_NONE, "", "list"));
		CHECK(leads(k, s, "x", ROUTE_NONE, "", ""));
	}
	TEST("which part of a file") {
		CHECK(part("", 10, 0, 0, 10) && part("bytes=0-0", 10, 1, 0, 1));
		CHECK(part("bytes=9-", 10, 1, 9, 1) && part("bytes=10-", 10, -1, 0, 0));
		CHECK(part("bytes=-3", 10, 1, 7, 3) && part("bytes=-30", 10, 1, 0, 10));
		CHECK(part("bytes=-0", 10, -1, 0, 0) && part("bytes=-", 10, 0, 0, 10));
		CHECK(part("bytes=2-1", 10, 0, 0, 10) && part("bytes=0-1,3-4", 10, 0, 0, 10));
		CHECK(part("bytes=2-99999999999999999999", 10, 0, 0, 10) && part("bits=0-1", 10, 0, 0, 10));
		CHECK(part("bytes=0-0", 0, -1, 0, 0) && part("bytes=2-18446744073709551615", 10, 1, 2, 8));
	}
	remove_all();
	sv.place = (struct shelf_place){ .path = DIR, .push = true, .name = S("own") };
	CHECK(folder_create(k, s, DIR, &store) == 0);
	TEST("a push, and a pull") {
		digest = digest_of(s, S(CONFIG));
		a = send_(k, s, &sv, scope_format(s, "POST /v2/org/app/blobs/uploads/?digest=%.*s",
		          FMT(digest)), "x", CONFIG);
		CHECK(is(a, 201));
		a = get(k, s, &sv, scope_format(s, "/v2/org/app/blobs/%.*s", FMT(digest)));
		CHECK(is(a, 200) && strstr(a, "\r\n\r\n" CONFIG));
		image = scope_format(s, "{\"schemaVersion\":2,\"mediaType\":\"" DESCRIPTOR_OCI "manifest.v1+json\","
			"\"config\":{\"mediaType\":\"" DESCRIPTOR_OCI "config.v1+json\",\"digest\":\"%.*s\",\"size\":%zu},"
			"\"layers\":[]}", FMT(digest), strlen(CONFIG));
		a = send_(k, s, &sv, "PUT /v2/org/app/manifests/v1", DESCRIPTOR_OCI "manifest.v1+json", image);
		CHECK(is(a, 201));
		a = get(k, s, &sv, "/v2/org/app/manifests/v1");
		CHECK(is(a, 200) && strstr(a, image));
		a = get(k, s, &sv, "/v2/org/app/tags/list");
		CHECK(is(a, 200) && strstr(a, "{\"name\":\"org/app\",\"tags\":[\"v1\"]}"));
	}
	TEST("an upload in two parts, of which one was forgotten") {
		a = send_(k, s, &sv, "POST /v2/a/blobs/uploads/", "x", "");
		CHECK(is(a, 202) && strstr(a, "Docker-Upload-UUID: "));
		image = scope_text(s, (struct str){ strstr(a, "UUID: ") + 6, INTAKE_ID });
		a = send_(k, s, &sv, scope_format(s, "PATCH /v2/a/blobs/uploads/%s", image), "x", "hel");
		CHECK(is(a, 202) && strstr(a, "Range: 0-2"));
		memset(known, 0, sizeof known);
		a = send_(k, s, &sv, scope_format(s, "PUT /v2/a/blobs/uploads/%s?digest=%.*s", image,
		          FMT(digest_of(s, S("hello")))), "x", "lo");
		CHECK(is(a, 201));
	}
	TEST("a wrong digest, and then nothing is left") {
		a = send_(k, s, &sv, scope_format(s, "POST /v2/a/blobs/uploads/?digest=%.*s",
		          FMT(digest_of(s, S("other")))), "x", "hello");
		CHECK(is(a, 400) && strstr(a, "DIGEST_INVALID"));
		intake_clean(k, s, DIR, 1 << 30);
		r = system("test \"$(ls -A " DIR " | grep -c upload)\" = 0");
		CHECK(r == 0);
	}
	TEST("images of one name at several hosts") {
		const char *body = "{\"schemaVersion\":2,\"mediaType\":\"" DESCRIPTOR_OCI "index.v1+json\",\"manifests\":[]}";

		for (const char *const *p = (const char *const []){ "", "quay.io/", "docker.io/", NULL }; *p; p++)
			CHECK(is(send_(k, s, &sv, scope_format(s, "PUT /v2/%sx/y/manifests/v1", *p),
			               DESCRIPTOR_OCI "index.v1+json", body), 201));
		a = send_(k, s, &sv, "PUT /v2/x/y/manifests/v1", DESCRIPTOR_OCI "index.v1+json", scope_format(s, "%s\n", body));
		CHECK(is(a, 201));
		a = get(k, s, &sv, "/v2/x/y/manifests/v1");
		CHECK(is(a, 200) && strstr(a, "]}\n"));
		a = get(k, s, &sv, "/v2/quay.io/x/y/manifests/v1");
		CHECK(is(a, 200) && !strstr(a, "]}\n"));
		CHECK(is(send_(k, s, &sv, "DELETE /v2/x/y/manifests/v1", "x", ""), 202));
		CHECK(is(get(k, s, &sv, "/v2/docker.io/x/y/manifests/v1"), 200));
	}
	TEST("what points at an image, whatever its annotations say") {
		const char *first = scope_format(s, POINTS, FMT(digest), ""), *second;
		struct str one = digest_of(s, str_of(first)), two;

		second = scope_format(s, POINTS, FMT(digest), scope_format(s, ",\"annotations\":{\"digest\":\"%.*s\"}", FMT(one)));
		two = digest_of(s, str_of(second));
		CHECK(is(send_(k, s, &sv, "PUT /v2/p/manifests/2", DESCRIPTOR_OCI "index.v1+json", second), 201));
		CHECK(is(send_(k, s, &sv, "PUT /v2/p/manifests/1", DESCRIPTOR_OCI "index.v1+json", first), 201));
		a = get(k, s, &sv, scope_format(s, "/v2/p/referrers/%.*s", FMT(digest)));
		CHECK(strstr(a, scope_format(s, "\"digest\":\"%.*s\",\"size\"", FMT(one))));
		CHECK(strstr(a, scope_format(s, "\"digest\":\"%.*s\",\"size\"", FMT(two))));
		a = get(k, s, &sv, scope_format(s, "/v2/q/referrers/%.*s", FMT(digest)));
		CHECK(is(a, 200) && strstr(a, "\"manifests\":[]}"));
	}
	if (once)               /* of the rest the faults are much the same */
		return 0;
	once = true;
	TEST("one connection, and its end") {
		a = ask(k, s, &sv, "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
			"\r\nGET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
		CHECK(is(a, 200) && strstr(a, "HTTP/1.1 404") && !strstr(strstr(a, "HTTP/1.1 404"), "HTTP/1.1 200"));
		CHECK(!*ask(k, s, &sv, ""));
		CHECK(is(ask(k, s, &sv, "\x16\x03\x01"), 400));
	}
	TEST("a tag that is there keeps its name") {
		struct descriptor d = { DESCRIPTOR_MANIFEST, digest_of(s, S("hello")), 5, .notes = NULL };
		struct layout l = { DIR };
		struct str text;

		CHECK(layout_tag(k, s, &l, S("quay.io/org/app:v2"), &d) == 0);
		CHECK(layout_tag(k, s, &l, S("v2"), &d) == 0);
		a = get(k, s, &sv, "/v2/org/app/manifests/v1");
		image = strstr(a, "\r\n\r\n") + 4;
		CHECK(is(send_(k, s, &sv, "PUT /v2/org/app/manifests/v2", DESCRIPTOR_OCI "manifest.v1+json", image), 201));
		CHECK(is(send_(k, s, &sv, "PUT /v2/own/manifests/v2", DESCRIPTOR_OCI "manifest.v1+json", image), 201));
		CHECK(sys_read_file(k, s, DIR "/index.json", &text) == 0);
		CHECK(!memmem(text.p, text.n, "hello", 5) && !memmem(text.p, text.n, d.digest.p, d.digest.n));
		CHECK(memmem(text.p, text.n, "\"quay.io/org/app:v2\"", 20) && memmem(text.p, text.n, "\"v2\"", 4));
		CHECK(!memmem(text.p, text.n, "\"org/app:v2\"", 12) && !memmem(text.p, text.n, "\"own:v2\"", 8));
	}
	TEST("a manifest that came by its digest is an entry until an index leads to it") {
		struct str text;
		const char *all;

		digest = digest_of(s, str_of(image));
		CHECK(is(send_(k, s, &sv, scope_format(s, "PUT /v2/new/manifests/%.*s", FMT(digest)),
		               DESCRIPTOR_OCI "manifest.v1+json", image), 201));
		CHECK(sys_read_file(k, s, DIR "/index.json", &text) == 0 && memmem(text.p, text.n, "new@", 4));
		all = scope_format(s, "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" DESCRIPTOR_OCI
			"manifest.v1+json\",\"digest\":\"%.*s\",\"size\":%zu}]}", FMT(digest), strlen(image));
		CHECK(is(send_(k, s, &sv, "PUT /v2/new/manifests/all", DESCRIPTOR_OCI "index.v1+json", all), 201));
		CHECK(sys_read_file(k, s, DIR "/index.json", &text) == 0 && !memmem(text.p, text.n, "new@", 4));
		CHECK(is(get(k, s, &sv, scope_format(s, "/v2/new/manifests/%.*s", FMT(digest))), 200));
	}
	TEST("what goes wrong here is for the log alone") {
		r = signs;
		CHECK(sys_exists(k, s, DIR "/index.json") && truncate(DIR "/index.json", 3) == 0);
		a = get(k, s, &sv, "/v2/org/app/tags/list");
		CHECK(is(a, 500) && !strstr(a, DIR) && signs == r + 1);
	}
	TEST("without leave nothing is written") {
		sv.place.push = false;
		CHECK(is(send_(k, s, &sv, "POST /v2/a/blobs/uploads/", "x", ""), 405));
		CHECK(is(send_(k, s, &sv, "PUT /v2/a/manifests/v1", "x", "{}"), 405));
		CHECK(is(send_(k, s, &sv, "DELETE /v2/a/manifests/v1", "x", ""), 405));
	}
	remove_all();
TESTS_END
