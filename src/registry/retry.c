/* retry.c - a server in trouble is asked again; what it says in the end is shown.
 *
 * Asked again is after 408, 429, 5xx of a passing kind, and a connection that broke:
 * a few times, after a second, two, four ..., or when Retry-After says.  A server
 * that wants more than two minutes is left.  Silence is believed the second time.
 *
 * The sentence of a refusal is the method, the address without its query, the
 * status and the message of the registry's JSON, of which control characters,
 * those beyond ASCII too, never reach a terminal.
 */
#ifndef KML_RETRY_C
#define KML_RETRY_C

#include "../format/json.c"
#include "../ground/base.c"
#include "../ground/net.c"
#include "http.c"

enum {
	RETRY_TRIES = 5, RETRY_LONGEST = 30000, RETRY_PATIENCE = 120,
	RETRY_STALL = 10000, RETRY_TEXT = 64 * 1024,
};

static bool retry_is_passing(int status)
{
	return status == 408 || status == 429 || status == 499 || (status >= 500 && status <= 504 &&
	       status != 501) || (status >= 520 && status <= 524);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" as seconds since 1970; below 0: it is no date. */
static int64_t retry_date(struct str t)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	uint64_t v[5];
	struct str part[5];
	int64_t y, m = -1;

	str_word(&t);
	part[0] = str_word(&t);
	for (struct str name = str_word(&t); m < 0 && name.n == 3;) {
		for (m = 0; m < 12 && strncmp(months + 3 * m, name.p, 3) != 0; m++)
			;
	}
	part[1] = str_word(&t);
	t = str_trim(t);
	part[2] = str_take(&t, ':');
	part[3] = str_take(&t, ':');
	part[4] = str_word(&t);
	for (int i = 0; i < 5; i++)
		if (!str_uint(part[i], &v[i]) || v[i] > 9999)
			return -1;
	if (m < 0 || m > 11 || v[1] < 1970)
		return -1;
	/* days since 1 March 0000 of a calendar whose years begin in March */
	y = (int64_t)v[1] - (m < 2);
	m = (m + 10) % 12;
	return ((365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + (int64_t)v[0] - 1 - 719468) *
	        24 + (int64_t)v[2]) * 3600 + (int64_t)(60 * v[3] + v[4]);
}

/* How many ms the answer asks for; -1: it does not say. */
static int64_t retry_after(const struct http_answer *a)
{
	struct str text = httphead_get(&a->head, "Retry-After", 0);
	uint64_t seconds;
	int64_t date;

	if (str_uint(text, &seconds))
		return seconds > 1000000 ? 1000000000 : (int64_t)seconds * 1000;
	if ((date = retry_date(text)) < 0)
		return -1;
	date -= net_date();
	return date < 0 ? 0 : date > 1000000 ? 1000000000 : 1000 * date + 1000;
}

/* ms before the `n`th try, from 1: doubling, and not all clients at once. */
static int64_t retry_wait(struct kml *k, int n)
{
	int64_t ms = 1000ll << (n - 1);
	unsigned char some = 0;

	if (net_random(k, (char *)&some, 1) < 0)
		some = 128;
	ms = ms > RETRY_LONGEST ? RETRY_LONGEST : ms;
	return ms - ms / 4 + ms * some / 512;
}

/* A text from a server, safe to print. */
static struct str retry_clean(struct scope *s, struct str t) { return httphead_clean(s, t); }

/* As much of the body as an error may have. */
static struct str retry_text(struct kml *k, struct scope *s, struct http_answer *a)
{
	char *p = scope_raw(s, RETRY_TEXT);
	size_t got = 0;

	if (reader_fill(k, &a->reader, p, RETRY_TEXT, &got) < 0)
		got = 0;
	return (struct str){ p, got };
}

/* code: message; code: message */
static struct str retry_messages(struct kml *k, struct scope *s, struct str text)
{
	struct buf b = { .s = s };
	yyjson_val *json, *errors, *e;
	size_t i, max;

	if (json_read(k, s, text, &json) < 0)
		return (struct str){ 0 };
	errors = json_get(json, "errors");
	yyjson_arr_foreach(errors, i, max, e) {
		struct str code = { 0 }, message = { 0 };

		if (!yyjson_is_obj(e) || i > 3)
			break;
		if (json_text(k, e, "code", &code) < 0 || json_text(k, e, "message", &message) < 0)
			continue;
		buf_format(&b, "%s%.*s%s%.*s", i ? "; " : "", FMT(code), code.n && message.n ? ": " : "",
		           FMT(message));
	}
	return buf_str(&b);
}

/* Fail with the answer `a`, which is then done with. */
static int retry_refused(struct kml *k, struct scope *s, struct http_answer *a)
{
	struct scope *t = scope_begin(s);
	struct str text = retry_text(k, t, a), why = retry_messages(k, t, text);
	int status = a->head.status;
	int r = status == 404 ? KML_NOTFOUND : retry_is_passing(status) ? KML_UNREACHABLE : KML_FAIL;

	if (!why.n && str_starts(str_trim(text), S("<")))
		why = S("the answer is a web page, not a registry's");
	why = retry_clean(t, why);
	http_done(k, a);
	r = fail(k, r, "%s %s: %d%s%.*s%s%.*s", a->method, url_text(t, &a->url), status,
	         a->head.reason.n ? " " : "", FMT(retry_clean(t, a->head.reason)),
	         why.n ? ": " : "", FMT(why));
	scope_end(t);
	return r;
}

/* Whether the answer is worth another try: after how many ms; -1: no. */
static int64_t retry_passes(struct kml *k, const struct http_answer *a, int n)
{
	int64_t ms;

	if (!retry_is_passing(a->head.status) || n >= RETRY_TRIES)
		return -1;
	ms = retry_after(a);
	return ms < 0 ? retry_wait(k, n) : ms > 1000 * RETRY_PATIENCE ? -1 : ms;
}

/* http_do() until it comes to something: 0 and an answer of whatever status. */
static int retry_do(struct kml *k, struct scope *s, struct http *h, const struct http_request *rq,
                    struct http_answer *a)
{
	int stalls = 0;

	for (int n = 1;; n++) {
		uint64_t begun = net_now();
		int r = http_do(k, s, h, rq, a);
		int64_t ms;

		if (r < 0) {
			if (r == NET_NOBODY)
				return KML_UNREACHABLE;
			stalls += net_now() - begun > RETRY_STALL;
			if (r != KML_UNREACHABLE || n >= (h->tries ? h->tries : RETRY_TRIES) || stalls > 1)
				return r;
			ms = retry_wait(k, n);
		} else if ((ms = retry_passes(k, a, n)) < 0) {
			if (retry_after(a) <= 1000 * RETRY_PATIENCE || !retry_is_passing(a->head.status))
				return 0;
			ms = retry_after(a);
			http_done(k, a);
			return fail(k, KML_UNREACHABLE, "%s %s: %d: the server wants to be asked again "
			            "in %lld seconds", rq->method, url_text(s, &rq->url), a->head.status,
			            (long long)ms / 1000);
		} else {
			http_done(k, a);
		}
		net_pause((int)ms);
	}
}

#endif
