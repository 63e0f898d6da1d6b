/* cmd_logout.c - forget a login to a registry. */
#ifndef KML_CMD_LOGOUT_C
#define KML_CMD_LOGOUT_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../registry/keep.c"
#include "cmd_login.c"

struct logout_args {
	const char *authfile;
	bool all;
};

static const struct opt logout_opts[] = {
	OPT(struct logout_args, all, 'a', "all", NULL, "forget every login of the file"),
	OPT(struct logout_args, authfile, 0, "authfile", "FILE", "the file that the login is in"),
};

static int logout_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct logout_args *a = args;
	const char *path = keep_file(s, a->authfile);
	struct str key = { 0 };
	int r;

	if (a->all == (operands[0] != NULL))
		return fail(k, KML_USAGE, "name one registry, or say --all");
	if (operands[0] && (r = login_key(k, s, operands[0], &key)) < 0)
		return r;
	return keep_login(k, s, path, key, NULL, a->all);
}

static const struct applet applet_logout = {
	.name = "logout",
	.synopsis = "[OPTION]... HOST[/PATH]",
	.brief = "Forget the login to a registry.",
	.detail = "Of the file that kml login writes into, or by the credential helper it names.",
	.opts = logout_opts, .nopts = countof(logout_opts), .argsize = sizeof(struct logout_args),
	.min = 0, .max = 1,
	.run = logout_command,
};

#endif
