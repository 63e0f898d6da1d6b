/* env.c - what the environment says. */
#ifndef KML_ENV_C
#define KML_ENV_C

#include "base.c"

/* The value of a variable; an empty one counts as none, which is NULL. */
static const char *env_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* The environment with `own` over it, "NAME=value" each, or "NAME" for one that is left
 * out; NULL ends both. */
static char **env_with(struct scope *s, char *const own[])
{
	size_t all = 0, n = 0, nown = 0;
	char **v;

	while (environ[all])
		all++;
	while (own[nown])
		nown++;
	v = news(s, char *, all + nown + 1);
	for (size_t i = 0; i < all; i++) {
		size_t name = strcspn(environ[i], "="), j = 0;

		while (own[j] && (strncmp(own[j], environ[i], name) ||
		                  (own[j][name] && own[j][name] != '=')))
			j++;
		if (!own[j])
			v[n++] = environ[i];
	}
	for (size_t i = 0; i < nown; i++)
		if (strchr(own[i], '='))
			v[n++] = own[i];
	return v;
}

#endif
