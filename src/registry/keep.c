/* keep.c - logins as they are written: into a file that nobody else reads, or a helper.
 *
 * What else the file says stays, other logins and keys that mean nothing here.  Where
 * it names a helper for the registry, or one for all, the login goes to that.
 */
#ifndef KML_KEEP_C
#define KML_KEEP_C

#include "../format/emit.c"
#include "../format/json.c"
#include "../ground/base.c"
#include "../ground/save.c"
#include "creds.c"

/* The file that a login is written into. */
static const char *keep_file(struct scope *s, const char *authfile)
{
	const char *paths[5], *env = env_get("REGISTRY_AUTH_FILE");

	if (authfile || (env && *env))
		return authfile ? authfile : env;
	creds_paths(s, paths);
	return paths[0];
}

static int keep_read(struct kml *k, struct scope *s, const char *path, yyjson_val **json)
{
	yyjson_val *part;
	struct str text;
	int r = sys_read_file(k, s, path, &text);

	*json = NULL;
	if (r == KML_NOTFOUND || (r == 0 && !str_trim(text).n))
		return 0;
	if (r == 0)
		r = json_read(k, s, text, json);
	if (r == 0 && !yyjson_is_obj(*json))
		r = fail(k, KML_BAD, "is no object of JSON");
	if (r == 0 && (r = json_object(k, *json, "auths", &part)) == 0)
		r = json_object(k, *json, "credHelpers", &part);
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

/* The helper for `host`; empty: none. */
static struct str keep_helper(struct kml *k, struct scope *s, yyjson_val *json, struct str host)
{
	yyjson_val *key, *v, *helpers = json_get(json, "credHelpers");
	struct str name = { 0 };
	size_t i, max;

	JSON_EACH(helpers, i, max, key, v)
		if (yyjson_is_str(v) && str_eq(creds_key(s, json_slice(key)), host))
			return json_slice(v);
	if (json && json_text(k, json, "credsStore", &name) < 0)
		name.n = 0;
	return name;
}

static void keep_auths(struct buf *b, struct scope *s, yyjson_val *json, struct str key,
                       const struct creds *login, bool all)
{
	yyjson_val *name, *v, *auths = json_get(json, "auths");
	size_t i, max;

	emit_open(b, '{');
	if (!all)
		JSON_EACH(auths, i, max, name, v) {
			if (str_eq(creds_key(s, json_slice(name)), key))
				continue;
			emit_key(b, json_slice(name));
			json_copy(b, v);
		}
	if (login) {
		emit_key(b, key);
		emit_open(b, '{');
		emit_pair(b, "auth", base64_encode(s, str_of(scope_format(s, "%.*s:%.*s",
			FMT(login->user), FMT(login->password)))));
		emit_close(b, '}');
	}
	emit_close(b, '}');
}

static int keep_write(struct kml *k, struct scope *s, const char *path, struct str text)
{
	struct save f;
	const char *name = strrchr(path, '/');
	int r = name && name > path ?
		save_mkdirs(k, s, scope_text(s, (struct str){ path, (size_t)(name - path) })) : 0;

	if (r == 0 && (r = save_begin(k, s, path, &f)) == 0 && (r = save_private(k, &f)) == 0 &&
	    (r = save_write(k, f.fd, text)) == 0 && (r = save_sync(k, &f)) == 0)
		r = save_done(k, &f);
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

/* Keep the login for `key`, a host or what is below it; NULL: forget it; `all`: forget all
 * that the file has. */
static int keep_login(struct kml *k, struct scope *s, const char *path, struct str key,
                      const struct creds *login, bool all)
{
	struct str host = { key.p, str_find(key, '/') }, helper, output;
	struct buf b = { .s = s }, in = { .s = s };
	yyjson_val *json, *name, *v;
	size_t i, max;
	int r = keep_read(k, s, path, &json);

	if (r < 0)
		return r;
	helper = all ? (struct str){ 0 } : keep_helper(k, s, json, host);
	if (helper.n && login) {
		emit_open(&in, '{');
		emit_pair(&in, "ServerURL", creds_server(host));
		emit_pair(&in, "Username", login->user);
		emit_pair(&in, "Secret", login->password);
		emit_close(&in, '}');
		r = creds_helper(k, s, helper, "store", buf_str(&in), &output);
		return r > 0 ? fail(k, KML_FAIL, "the credential helper refuses the login") : r;
	}
	if (helper.n) {
		r = creds_helper(k, s, helper, "erase", creds_server(host), &output);
		return r > 0 ? 0 : r;
	}
	emit_open(&b, '{');
	emit_key(&b, S("auths"));
	keep_auths(&b, s, json, key, login, all);
	JSON_EACH(json, i, max, name, v)
		if (!str_eq(json_slice(name), S("auths"))) {
			emit_key(&b, json_slice(name));
			json_copy(&b, v);
		}
	emit_close(&b, '}');
	buf_byte(&b, '\n');
	return keep_write(k, s, path, buf_str(&b));
}

#endif
