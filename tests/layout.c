/* layout.c - read an image whole, for tests: layout DIR TAG prints what is in it
 * as "NAME TYPE SIZE" and says on stderr why it refuses. */
#include "../src/image/folder.c"
#include "../src/image/image.c"

struct what { const char *dir, *tag; };

static int show(struct kml *k, struct scope *s, void *arg)
{
	const struct what *w = arg;
	struct image_platform here = { .os = S("linux"), .arch = S("amd64") };
	struct store from;
	struct image image;
	struct layer_file *f;
	struct str all = S("");
	size_t n;
	int r;

	if ((r = folder_open(k, s, w->dir, &from)) < 0 ||
	    (r = image_open(k, s, &from, str_of(w->tag), &here, &image)) < 0 ||
	    (r = image_read(k, s, &image, S(""), image_want_below, &all, &f, &n)) < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		printf("%.*s %c %zu\n", FMT(f[i].name), f[i].type, f[i].data.n);
	return 0;
}

int main(int argc, char **argv)
{
	struct kml k = { 0 };
	struct what w = { argv[1], argv[2] };
	int r = argc == 3 ? kml_run(&k, show, &w) : fail(&k, KML_USAGE, "layout DIR TAG");

	if (r < 0)
		fprintf(stderr, "%s\n", k.msg);
	scope_end(&k.keep);
	return r == KML_BAD ? 3 : r < 0;
}
