#include "../../src/ground/command.c"

/* What helpers are called with, and what they answer: the first line of the input. */
static struct str answer;
static int helper_run(struct kml *k, struct scope *s, char *const argv[], struct str input,
                      struct str *output, int *status)
{
	const char *name = argv[0] + strlen("docker-credential-");

	(void)k, (void)s;
	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
	    strlen(name) || !input.n || input.p[input.n - 1] != '\n')
		abort();
	*output = answer;
	*status = answer.n && answer.p[0] != '{';
	return 0;
}
#define command_run helper_run
#include "../../src/registry/creds.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	static const char *const hosts[] = { "quay.io", "docker.io", "a.b:5000" };
	struct str text = *(struct str *)arg;
	yyjson_val *json;

	answer = str_take(&text, '\n');
	if (json_read(k, s, text, &json) < 0)
		return 0;
	for (size_t i = 0; i < countof(hosts); i++)
		for (int bare = 0; bare < 2; bare++) {
			struct str full = str_of(scope_format(s, "%s/org/app", hosts[i]));
			struct creds c = { 0 };
			int r = creds_from(k, s, json, bare, full, &c);

			if (r < 0 && (r == KML_NOTFOUND || !k->msg[0]))
				abort();
			if (r == 0 && c.found && !c.identity.n && (!c.user.n || !c.user.p))
				abort();
		}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
