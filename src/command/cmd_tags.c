/* cmd_tags.c - which images there are. */
#ifndef KML_CMD_TAGS_C
#define KML_CMD_TAGS_C

#include "../format/emit.c"
#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/transport.c"
#include "registries.c"

struct tags_args {
	struct registries registries;
	bool json;
};

static const struct opt tags_opts[] = {
	OPT(struct tags_args, json, 0, "json", NULL, "print JSON"),
	REGISTRIES_OPTS(struct tags_args),
};

static int tags_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int tags_open(struct kml *k, struct scope *s, const struct tags_args *a, const char *text,
                     enum transport_use use, struct transport_end *out)
{
	struct remote_options *o = new(s, struct remote_options);
	int r = registries_options(k, &a->registries, o);

	return r < 0 ? r : transport_open(k, s, text, o, use, out);
}

static int tags_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct tags_args *a = args;
	struct buf b = { .s = s };
	struct transport_end end;
	struct str *tags;
	size_t n;
	int r = tags_open(k, s, a, operands[0], TRANSPORT_READ, &end);

	if (r < 0 || (r = end.store.kind->tags(k, s, end.store.self, &tags, &n)) < 0)
		return r;
	if (n)
		qsort(tags, n, sizeof *tags, tags_cmp);
	if (!a->json) {
		for (size_t i = 0; i < n; i++)
			printf("%.*s\n", FMT(tags[i]));
		return 0;
	}
	emit_open(&b, '{');
	emit_pair(&b, "repository", str_of(end.store.name));
	emit_key(&b, S("tags"));
	emit_open(&b, '[');
	for (size_t i = 0; i < n; i++)
		emit_text(&b, tags[i]);
	emit_close(&b, ']');
	emit_close(&b, '}');
	printf("%.*s\n", FMT(buf_str(&b)));
	return 0;
}

static const struct applet applet_tags = {
	.name = "tags",
	.synopsis = "[OPTION]... REPOSITORY",
	.brief = "List the tags of a repository, a layout or an archive.",
	.opts = tags_opts, .nopts = countof(tags_opts), .argsize = sizeof(struct tags_args),
	.min = 1, .max = 1,
	.run = tags_command,
};

#endif
