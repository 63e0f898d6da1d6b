/* cmd_login.c - log in to a registry: try the login, and keep it. */
#ifndef KML_CMD_LOGIN_C
#define KML_CMD_LOGIN_C

#include "../format/ref.c"
#include "../ground/base.c"
#include "../ground/opt.c"
#include "../ground/process.c"
#include "../registry/keep.c"
#include "../registry/registry.c"
#include "registries.c"

struct login_args {
	struct registries registries;
	const char *user;
	bool password_stdin, get, all;
};

static const struct opt login_opts[] = {
	OPT(struct login_args, user, 'u', "username", "NAME", "the user; else it is asked for"),
	OPT(struct login_args, password_stdin, 0, "password-stdin", NULL,
	    "read the password from standard input"),
	OPT(struct login_args, get, 0, "get-login", NULL, "print who is logged in there"),
	REGISTRIES_OPTS(struct login_args),
};

/* The key of a login: HOST, or HOST/PATH; what a browser would show is taken too. */
static int login_key(struct kml *k, struct scope *s, const char *text, struct str *key)
{
	struct str host;

	*key = creds_key(s, str_of(text));
	host = (struct str){ key->p, str_find(*key, '/') };
	return ref_check_host(k, host);
}

static int login_ask(struct kml *k, struct scope *s, const struct login_args *a,
                     struct creds *login)
{
	struct str line = { 0 };
	int r = 0;

	if (a->user)
		login->user = str_of(a->user);
	else if (a->password_stdin)
		return fail(k, KML_USAGE, "--password-stdin needs --username");
	else if ((r = process_ask(k, s, "Username: ", true, &login->user)) < 0)
		return r;
	if (a->password_stdin) {
		r = process_input(k, s, &line);
		line.n = str_find(line, '\n');
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		login->password = line;
	} else {
		r = process_ask(k, s, "Password: ", false, &login->password);
	}
	if (r == 0 && (!login->user.n || !login->password.n || str_find(login->user, ':') <
	               login->user.n))
		return fail(k, KML_USAGE, "a user, without a colon, and a password are needed");
	login->found = r == 0;
	return r;
}

/* See that the registry takes it. */
static int login_try(struct kml *k, struct scope *s, const struct login_args *a, struct str key,
                     const struct creds *login)
{
	struct remote_options *o = new(s, struct remote_options);
	struct auth_options with = { .login = login };
	struct http_request rq = { .method = "GET" };
	struct str rest = key, host = str_take(&rest, '/');
	struct http_answer answer;
	struct registry g;
	struct http *http;
	int r = registries_options(k, &a->registries, o);

	if (r < 0)
		return r;
	http_new(s, &o->http, &http);
	if ((r = registry_open(k, s, http, auth_new(s, &with), host, S(""), "", &g)) < 0)
		return r;
	rq.url = g.base;
	rq.url.path = S("/v2/");
	if ((r = registry_ask(k, s, &g, &rq, &answer)) < 0)
		return r;
	if (answer.head.status != 200)
		return registry_refused(k, s, &answer);
	http_done(k, &answer);
	return 0;
}

static int login_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct login_args *a = args;
	struct creds login = { 0 };
	struct str key, rest, host;
	const char *path;
	int r = login_key(k, s, operands[0], &key);

	if (r < 0)
		return r;
	rest = key;
	host = str_take(&rest, '/');
	if (a->get) {
		if ((r = creds_find(k, s, a->registries.authfile, host, rest, &login)) < 0)
			return r;
		if (!login.found)
			return fail(k, KML_NOTFOUND, "nobody is logged in to %.*s", FMT(key));
		return printf("%.*s\n", FMT(login.user)) < 0 ? KML_FAIL : 0;
	}
	if ((r = login_ask(k, s, a, &login)) < 0 || (r = login_try(k, s, a, key, &login)) < 0)
		return r;
	path = keep_file(s, a->registries.authfile);
	if ((r = keep_login(k, s, path, key, &login, false)) < 0)
		return r;
	note(k, KML_INFO, "logged in to %.*s; the login is in %s", FMT(key), path);
	return 0;
}

static const struct applet applet_login = {
	.name = "login",
	.synopsis = "[OPTION]... HOST[/PATH]",
	.brief = "Log in to a registry.",
	.detail =
		"The login is tried first. It is kept where podman, skopeo and buildah look for it: in "
		"the file of --authfile or REGISTRY_AUTH_FILE, else in containers/auth.json below "
		"XDG_RUNTIME_DIR, or by the credential helper that this file names. A password is "
		"never taken from the command line, where others can read it.",
	.opts = login_opts, .nopts = countof(login_opts), .argsize = sizeof(struct login_args),
	.min = 1, .max = 1,
	.run = login_command,
};

#endif
