/* creds.c - the login for a registry, from the files where logins are kept.
 *
 *     {"auths": {"quay.io/org": {"auth": "base64 of user:password"}},
 *      "credHelpers": {"gcr.io": "gcloud"}, "credsStore": "pass"}
 *
 * Where such a file is: as --authfile or REGISTRY_AUTH_FILE says, and then nowhere
 * else; or the first of these that knows the registry (containers-auth.json(5)):
 *
 *     $XDG_RUNTIME_DIR/containers/auth.json, or /run/containers/UID/auth.json
 *     $XDG_CONFIG_HOME/containers/auth.json, or ~/.config/containers/auth.json
 *     $DOCKER_CONFIG/config.json, or ~/.docker/config.json
 *     ~/.dockercfg                    the inner object alone
 *
 * A directory is searched for the names that Kubernetes gives the file of a secret.
 * The longest key counts that is the registry, or a path in it, as whole
 * components.  A file that cannot be read is an error: never silently nobody.
 */
#ifndef KML_CREDS_C
#define KML_CREDS_C

#include "../format/base64.c"
#include "../format/glob.c"
#include "../format/json.c"
#include "../ground/base.c"
#include "../ground/command.c"
#include "../ground/env.c"
#include "../ground/process.c"
#include "../ground/sys.c"

struct creds {
	bool found;
	struct str user, password;
	struct str identity;            /* a token to get tokens with, instead of a password */
};

/* docker.io's other names. */
static struct str creds_host(struct str host)
{
	return str_eq(host, S("index.docker.io")) || str_eq(host, S("registry-1.docker.io")) ?
		S("docker.io") : host;
}

/* The key of an auth file without scheme, and without the path of old docker's. */
static struct str creds_key(struct scope *s, struct str key)
{
	bool http = str_starts(key, S("http://")), https = str_starts(key, S("https://"));
	struct str host;

	if (http || https) {
		key = str_from(key, http ? 7 : 8);
		key.n = str_find(key, '/');
	}
	while (key.n && key.p[key.n - 1] == '/')
		key.n--;
	host = (struct str){ key.p, str_find(key, '/') };
	return str_of(scope_format(s, "%.*s%.*s", FMT(creds_host(host)),
	                           FMT(str_from(key, host.n))));
}

/* Whether `key` is the repository `full`, or what it is in. */
static bool creds_fits(struct scope *s, struct str key, struct str full)
{
	struct str host = { full.p, str_find(full, '/') }, pattern;

	key = creds_key(s, key);
	pattern = (struct str){ key.p, str_find(key, '/') };
	if (str_find(pattern, '*') < pattern.n && pattern.n < host.n + 64) {
		size_t labels = 0, dots = 0;

		for (size_t i = 0; i < host.n; i++)
			dots += host.p[i] == '.';
		for (size_t i = 0; i < pattern.n; i++)
			labels += pattern.p[i] == '.';
		if (labels != dots || !glob_match(pattern, host))
			return false;
		key = str_from(key, pattern.n);
		full = str_from(full, host.n);
	}
	return str_starts(full, key) && (key.n == full.n || full.p[key.n] == '/');
}

/* "user:password" in base64 */
static int creds_auth(struct kml *k, struct scope *s, struct str text, struct creds *out)
{
	struct str both;
	size_t colon;

	if (base64_decode(k, s, text, &both) < 0)
		return fail(k, KML_BAD, "\"auth\" is not base64");
	while (both.n && !both.p[both.n - 1])
		both.n--;
	colon = str_find(both, ':');
	if (colon == both.n)
		return fail(k, KML_BAD, "\"auth\" is not user:password in base64");
	out->user = (struct str){ both.p, colon };
	out->password = str_from(both, colon + 1);
	return 0;
}

/* What one entry of "auths" says; an empty one says nothing. */
static int creds_entry(struct kml *k, struct scope *s, yyjson_val *entry, struct creds *out)
{
	struct str auth = { 0 };
	int r;

	*out = (struct creds){ 0 };
	if (!yyjson_is_obj(entry))
		return 0;
	if ((r = json_text(k, entry, "auth", &auth)) < 0 ||
	    (r = json_text(k, entry, "username", &out->user)) < 0 ||
	    (r = json_text(k, entry, "password", &out->password)) < 0 ||
	    (r = json_text(k, entry, "identitytoken", &out->identity)) < 0)
		return r;
	if (auth.n && (r = creds_auth(k, s, auth, out)) < 0)
		return r;
	out->found = out->identity.n || (out->user.n && out->password.n);
	return 0;
}

/* ---- helpers ------------------------------------------------------------- */

static bool creds_is_helper(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_'))
			return false;
	}
	return name.n > 0;
}

/* What helpers know a registry as. */
static struct str creds_server(struct str host)
{
	return str_eq(host, S("docker.io")) ? S("https://index.docker.io/v1/") : host;
}

/* Ask, or tell, the helper `name`: "get", "store" or "erase".  1: it knows of no login. */
static int creds_helper(struct kml *k, struct scope *s, struct str name, const char *what,
                        struct str input, struct str *output)
{
	char *program = scope_format(s, "docker-credential-%.*s", FMT(name));
	char *argv[] = { program, scope_text(s, str_of(what)), NULL };
	int status, r;

	if (!creds_is_helper(name))
		return fail(k, KML_BAD, "\"%.*s\" is no name of a credential helper", FMT(name));
	if ((r = command_run(k, s, argv, input, output, &status)) < 0)
		return r;
	*output = str_trim(*output);
	if (!status)
		return 0;
	if (strstr(scope_text(s, *output), "credentials not found"))
		return 1;
	return fail(k, KML_FAIL, "the credential helper %s failed (status %d)", program, status);
}

static int creds_from_helper(struct kml *k, struct scope *s, struct str name, struct str host,
                             struct creds *out)
{
	struct str server = creds_server(host), output;
	yyjson_val *json;
	int r = creds_helper(k, s, name, "get", str_of(scope_format(s, "%.*s\n", FMT(server))),
	                     &output);

	if (r != 0)
		return r == KML_NOTFOUND ? KML_FAIL : r < 0 ? r : 0;
	if ((r = json_read(k, s, output, &json)) < 0 ||
	    (r = json_need_text(k, json, "Username", &out->user)) < 0 ||
	    (r = json_need_text(k, json, "Secret", &out->password)) < 0)
		return fail(k, KML_BAD, "the credential helper docker-credential-%.*s gave no login",
		            FMT(name));
	out->found = true;
	if (str_eq(out->user, S("<token>")))
		out->identity = out->password;
	return 0;
}

/* ---- files --------------------------------------------------------------- */

/* The login for `full` ("host/repository") that the parsed file says. */
static int creds_from(struct kml *k, struct scope *s, yyjson_val *json, bool bare,
                      struct str full, struct creds *out)
{
	struct str host = { full.p, str_find(full, '/') }, name;
	yyjson_val *auths = json, *helpers = NULL, *key, *v, *best = NULL;
	size_t i, max, longest = 0;
	int r;

	if (!bare && ((r = json_object(k, json, "auths", &auths)) < 0 ||
	              (r = json_object(k, json, "credHelpers", &helpers)) < 0))
		return r;
	JSON_EACH(helpers, i, max, key, v)
		if (yyjson_is_str(v) && str_eq(creds_key(s, json_slice(key)), host))
			return creds_from_helper(k, s, json_slice(v), host, out);
	JSON_EACH(auths, i, max, key, v) {
		struct str text = json_slice(key);
		struct creds c;

		if (!creds_fits(s, text, full) || creds_key(s, text).n < longest)
			continue;
		if ((r = creds_entry(k, s, v, &c)) < 0)
			return fail_in(k, r, "%.*s", FMT(text));
		if (c.found) {
			longest = creds_key(s, text).n;
			best = v;
		}
	}
	if (best)
		return creds_entry(k, s, best, out);
	if (bare || (r = json_text(k, json, "credsStore", &name)) < 0 || !name.n)
		return bare ? 0 : r;
	return creds_from_helper(k, s, name, host, out);
}

/* The file that `path` is, or, of a directory, that is in it. */
static const char *creds_file(struct kml *k, struct scope *s, const char *path)
{
	static const char *const names[] = { ".dockerconfigjson", ".dockercfg", "config.json",
	                                     "auth.json" };
	struct stat st;

	if (sys_stat(k, s, path, 0, &st) < 0 || !S_ISDIR(st.st_mode))
		return path;
	for (size_t i = 0; i < countof(names); i++) {
		const char *in = scope_format(s, "%s/%s", path, names[i]);

		if (sys_exists(k, s, in))
			return in;
	}
	return path;
}

/* Look into one file; KML_NOTFOUND when it is not there. */
static int creds_look(struct kml *k, struct scope *s, const char *path, struct str full,
                      struct creds *out)
{
	const char *file = creds_file(k, s, path);
	yyjson_val *json;
	struct str text;
	int r = sys_read_file(k, s, file, &text);

	if (r == 0 && !str_trim(text).n)
		return 0;
	if (r == 0)
		r = json_read(k, s, text, &json);
	if (r == 0)
		r = creds_from(k, s, json, str_ends(str_of(file), S(".dockercfg")), full, out);
	return r < 0 ? fail_in(k, r, "%s", file) : 0;
}

static const char *creds_env(struct scope *s, const char *name, const char *rest)
{
	const char *dir = env_get(name);

	return dir && *dir ? scope_format(s, "%s/%s", dir, rest) : NULL;
}

/* The files to search, in order, at most 5; the first is the one that is written. */
static size_t creds_paths(struct scope *s, const char *paths[5])
{
	const char *runtime = creds_env(s, "XDG_RUNTIME_DIR", "containers/auth.json");
	const char *config = creds_env(s, "XDG_CONFIG_HOME", "containers/auth.json");
	const char *docker = creds_env(s, "DOCKER_CONFIG", "config.json");
	size_t n = 0;

	paths[n++] = runtime ? runtime :
		scope_format(s, "/run/containers/%u/auth.json", process_user());
	if (!config)
		config = creds_env(s, "HOME", ".config/containers/auth.json");
	if (config)
		paths[n++] = config;
	if (!docker)
		docker = creds_env(s, "HOME", ".docker/config.json");
	if (docker)
		paths[n++] = docker;
	if (creds_env(s, "HOME", ".dockercfg"))
		paths[n++] = creds_env(s, "HOME", ".dockercfg");
	return n;
}

/* Find the login for the repository `repo` at `host`.  `authfile` may be NULL. */
static int creds_find(struct kml *k, struct scope *s, const char *authfile, struct str host,
                      struct str repo, struct creds *out)
{
	struct str full = str_of(scope_format(s, "%.*s/%.*s", FMT(creds_host(host)), FMT(repo)));
	const char *paths[5], *env = env_get("REGISTRY_AUTH_FILE");
	size_t n;
	int r = 0;

	*out = (struct creds){ 0 };
	if (!authfile && env && *env)
		authfile = env;
	if (authfile)
		return creds_look(k, s, authfile, full, out);
	n = creds_paths(s, paths);
	for (size_t i = 0; r == 0 && i < n && !out->found; i++)
		if ((r = creds_look(k, s, paths[i], full, out)) == KML_NOTFOUND)
			r = 0;
	return r;
}

#endif
