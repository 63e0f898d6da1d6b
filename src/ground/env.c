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

#endif
