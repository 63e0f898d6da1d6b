/* proxy.c - which proxy a request goes through, as the environment says.
 *
 *     https_proxy, HTTPS_PROXY    for https, by CONNECT
 *     http_proxy                  for http, by whole addresses in the request
 *     no_proxy, NO_PROXY          for these none: a name and all below it, .suffix,
 *                                 address, CIDR, each also with :port; * for all
 *
 * This machine itself is never reached through a proxy.  HTTP_PROXY in capitals
 * is read too: kml is no CGI program.  A user and password in the address of a
 * proxy are for the proxy alone.
 */
#ifndef KML_PROXY_C
#define KML_PROXY_C

#include "../format/base64.c"
#include "../format/url.c"
#include "../ground/base.c"
#include "../ground/env.c"
#include <arpa/inet.h>

struct proxy { struct str https, http, none; };

struct proxy_way {
	struct str host;                /* empty: straight */
	unsigned port;
	struct str login;               /* value of Proxy-Authorization; may be empty */
	const char *name;               /* for messages */
};

static struct str proxy_env(struct scope *s, const char *lower, const char *upper)
{
	const char *v = env_get(lower);

	if (!v || !*v)
		v = env_get(upper);
	return v ? scope_str(s, str_trim(str_of(v))) : (struct str){ 0 };
}

static const struct proxy *proxy_new(struct scope *s)
{
	struct proxy *p = new(s, struct proxy);

	p->https = proxy_env(s, "https_proxy", "HTTPS_PROXY");
	p->http = proxy_env(s, "http_proxy", "HTTP_PROXY");
	p->none = proxy_env(s, "no_proxy", "NO_PROXY");
	return p;
}

/* An address as 16 bytes, IPv4 ones mapped. */
static bool proxy_address(struct str text, unsigned char out[16])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	char c[64];

	if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = (struct str){ text.p + 1, text.n - 2 };
	if (!text.n || text.n >= sizeof c)
		return false;
	memcpy(c, text.p, text.n);
	c[text.n] = '\0';
	memcpy(out, mapped, sizeof mapped);
	return inet_pton(AF_INET, c, out + 12) == 1 || inet_pton(AF_INET6, c, out) == 1;
}

/* Whether the host is this machine. */
static bool proxy_is_local(struct str host)
{
	static const unsigned char one[16] = { [15] = 1 };
	unsigned char a[16];

	if (proxy_address(host, a))
		return memcmp(a, one, 16) == 0 || (a[10] == 0xff && a[12] == 127 && !a[0]);
	return (host.n == 9 && strncasecmp(host.p, "localhost", 9) == 0) ||
		(host.n > 10 && strncasecmp(host.p + host.n - 10, ".localhost", 10) == 0);
}

static bool proxy_in_range(struct str range, const unsigned char a[16])
{
	struct str base = str_take(&range, '/');
	unsigned char b[16];
	uint64_t bits;

	if (!proxy_address(base, b) || !str_uint(range, &bits))
		return false;
	bits += str_find(base, ':') == base.n ? 96 : 0;
	if (bits > 128)
		return false;
	for (unsigned i = 0; i < bits; i++)
		if ((a[i / 8] ^ b[i / 8]) & (0x80 >> i % 8))
			return false;
	return true;
}

/* Whether an item of no_proxy means this host. */
static bool proxy_item(struct str item, const struct url *u)
{
	unsigned char a[16], b[16];
	struct str host = item;
	size_t colon = str_starts(item, S("[")) ? str_find(item, ']') + 1 : str_find(item, ':');
	uint64_t port;

	if (str_eq(item, S("*")))
		return true;
	if (colon < item.n && str_uint(str_from(item, colon + 1), &port)) {
		if (port != u->port)
			return false;
		host.n = colon;
	}
	if (proxy_address(u->host, a))
		return (proxy_address(host, b) && memcmp(a, b, 16) == 0) || proxy_in_range(item, a);
	if (str_starts(host, S("*.")))
		host = str_from(host, 1);
	if (str_starts(host, S(".")))
		host = str_from(host, 1);
	else if (host.n == u->host.n)
		return strncasecmp(host.p, u->host.p, host.n) == 0;
	return host.n && u->host.n > host.n && u->host.p[u->host.n - host.n - 1] == '.' &&
		strncasecmp(u->host.p + u->host.n - host.n, host.p, host.n) == 0;
}

static bool proxy_none(const struct proxy *p, const struct url *u)
{
	struct str rest = p->none;

	if (proxy_is_local(u->host))
		return true;
	while (rest.n) {
		struct str item = str_trim(str_take(&rest, ','));

		if (item.n && proxy_item(item, u))
			return true;
	}
	return false;
}

static struct str proxy_unescape(struct scope *s, struct str t)
{
	char *p = scope_raw(s, t.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < t.n; i++) {
		char hex[3] = { 0 }, *end;

		if (t.p[i] == '%' && t.n - i > 2) {
			memcpy(hex, t.p + i + 1, 2);
			p[n] = (char)strtoul(hex, &end, 16);
			if (end == hex + 2) {
				n++, i += 2;
				continue;
			}
		}
		p[n++] = t.p[i];
	}
	return (struct str){ p, n };
}

/* How to reach `u`. */
static int proxy_for(struct kml *k, struct scope *s, const struct proxy *p, const struct url *u,
                     struct proxy_way *out)
{
	struct str text = u->tls ? p->https : p->http, rest, login;
	struct url at;
	int r;

	*out = (struct proxy_way){ 0 };
	if (!text.n || proxy_none(p, u))
		return 0;
	if (str_find(text, ':') + 2 >= text.n || memcmp(text.p + str_find(text, ':'), "://", 3) != 0)
		text = str_of(scope_format(s, "http://%.*s", FMT(text)));
	if ((r = url_parse(k, text, &at)) < 0)
		return fail(k, KML_USAGE, "%s_proxy is no address of a proxy (http://HOST:PORT)",
		            u->tls ? "https" : "http");
	if (at.tls)
		return fail(k, KML_USAGE, "%s_proxy: a proxy that is itself reached by https is not "
		            "supported; use http://HOST:PORT", u->tls ? "https" : "http");
	out->host = at.host;
	out->port = at.port;
	out->name = scope_text(s, url_host(s, &at));
	rest = str_from(text, 7);
	rest.n = str_find(rest, '/');
	login = (struct str){ rest.p, 0 };
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] == '@')
			login.n = i;
	if (login.n)
		out->login = str_of(scope_format(s, "Basic %.*s",
			FMT(base64_encode(s, proxy_unescape(s, login)))));
	return 0;
}

#endif
