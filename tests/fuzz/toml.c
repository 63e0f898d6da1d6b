#include "../../src/registry/mirrors.c"
#include <sys/mman.h>

/* Everything is in its table once, and an array's values have no names. */
static void walk(const struct toml *up, int depth)
{
	size_t n = 0;

	if (depth > 100000)
		abort();
	for (const struct toml *v = up->first; v; v = v->next) {
		if (up->kind != TOML_TABLE && up->kind != TOML_ARRAY)
			abort();
		if (up->kind == TOML_TABLE && ++n < 50 && toml_get(up, v->key) != v)
			abort();
		if ((up->kind == TOML_ARRAY && v->key.n) || (!v->next && up->last != v))
			abort();
		walk(v, depth + 1);
	}
}

/* What is asked for goes to hosts and repositories, and nowhere else. */
static int look(struct kml *k, struct scope *s, const char *host, const char *repo, bool digest)
{
	struct mirrors m;
	int r = mirrors_find(k, s, str_of(host), str_of(repo), digest, false, &m);

	if (r < 0)
		return k->msg[0] ? r : abort(), r;
	if (!m.n)
		abort();
	for (size_t i = 0; i < m.n; i++)
		if (ref_check_host(k, m.ways[i].host) < 0 ||
		    ref_check_repository(k, m.ways[i].repo, m.ways[i].host) < 0)
			abort();
	return 0;
}

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct toml *root;

	if (toml_read(k, s, *(struct str *)arg, &root) < 0)
		return 0;
	walk(root, 0);
	(void)look(k, s, "a.io", "b/c", false);
	(void)look(k, s, "a.io", "b/c", true);
	(void)look(k, s, "a.b.example.org:5000", "b", false);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	int fd = memfd_create("registries.conf", 0);
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	setenv("CONTAINERS_REGISTRIES_CONF", path, 1);
	if (n && write(fd, p, n) != (ssize_t)n)
		abort();
	kml_run(&k, one, &text);
	scope_end(&k.keep);
	close(fd);
	return 0;
}
