#include "../../src/registry/serve.c"

/* What a request is about. */
static void target(struct kml *k, struct scope *s, struct str text)
{
	static const char *const asked[] = { "n", "last", "digest", "mount", "artifactType" };
	struct route to;

	route_read(k, s, text, &to);
	for (size_t i = 0; i < countof(asked); i++)
		if (route_ask(s, &to, asked[i]).n > text.n)
			abort();
	if (to.kind == ROUTE_NONE || to.kind == ROUTE_BASE)
		return;
	if (ref_check_repository(k, to.name, S("")) < 0 || memchr(to.last.p, '/', to.last.n) ||
	    str_find(to.name, '\n') < to.name.n)
		abort();
}

static void range(struct str text, uint64_t size)
{
	uint64_t from, n;
	int r = caller_range(text, size, &from, &n);

	if (r >= 0 && (from > size || n > size - from || (r > 0 && !n)))
		abort();
	if (r == 0 && (from || n != size))
		abort();
}

/* The name of an image. */
static void name(struct kml *k, struct str text)
{
	struct shelf_place at = { .name = S("image") };
	struct shelf_entry e;

	shelf_name(k, &at, text, &e);
	if (e.tag.n && ref_check_tag(k, e.tag, false) < 0)
		abort();
	if (e.repo.n < e.brief.n || (!text.n) != (!e.repo.n && !e.tag.n && !text.n))
		abort();
	if (!str_ends(e.repo, e.brief))
		abort();
}

/* A target, a Range and a name, each a line. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str t = *(struct str *)arg, first = str_take(&t, '\n'), second = str_take(&t, '\n');

	target(k, s, first);
	range(second, 0);
	range(second, 10);
	range(second, UINT64_MAX >> 1);
	name(k, t);
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
