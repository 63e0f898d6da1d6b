/* cmd_status.c - what kml load loaded, and whether it is still as it should be. */
#ifndef KML_CMD_STATUS_C
#define KML_CMD_STATUS_C

#include "../format/emit.c"
#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/health.c"

struct status_args { const char *config; bool json; };

static const struct opt status_opts[] = {
	OPT(struct status_args, config, 'c', "config", "FILE",
	    "compare with what this kml.ini says for the running kernel"),
	OPT(struct status_args, json,   0,   "json",   NULL,   "print JSON"),
};

enum { STATUS_DIGEST = 12 };

/* How many use the module; "gone". */
static const char *status_users(struct kml *k, struct scope *s, const char *name)
{
	uint64_t n = 0;

	if (!live_there(k, s, str_of(name)))
		return "gone";
	(void)live_users(k, s, str_of(name), &n);
	return scope_format(s, "%llu", (unsigned long long)n);
}

static void status_print(struct kml *k, struct scope *s, const struct health_list *l)
{
	int width = 4;

	for (size_t i = 0; i < l->n; i++)
		width = (int)strlen(l->v[i].name) > width ? (int)strlen(l->v[i].name) : width;
	if (l->n)
		printf("%-*s  %-11s  %-*s  %s\n", width, "NAME", "STATE", STATUS_DIGEST, "DIGEST",
		       "IMAGE, MODULES (USERS)");
	for (size_t i = 0; i < l->n; i++) {
		const struct health *h = &l->v[i];
		const struct state *st = &h->st;

		printf("%-*s  %-11s  %-*.*s  %s", width, h->name, h->word, STATUS_DIGEST,
		       STATUS_DIGEST, st->digest ? digest_hex(str_of(st->digest)).p : "-",
		       st->image ? st->image : h->wanted ? h->wanted : "-");
		for (size_t j = 0; j < st->modules.n; j++)
			printf("%s%s (%s)", j ? ", " : "  ", st->modules.v[j],
			       status_users(k, s, st->modules.v[j]));
		if (st->firmware.n)
			printf(", %zu of firmware", st->firmware.n);
		printf("%s%.*s\n", h->why.n ? "\n    " : "", FMT(h->why));
	}
}

static void status_names(struct buf *b, const char *key, const struct state_names *l)
{
	emit_key(b, str_of(key));
	emit_open(b, '[');
	for (size_t i = 0; i < l->n; i++)
		emit_bytes(b, str_of(l->v[i]));
	emit_close(b, ']');
}

static void status_modules(struct kml *k, struct scope *s, struct buf *b, const struct state *st)
{
	emit_key(b, S("modules"));
	emit_open(b, '[');
	for (size_t i = 0; i < st->modules.n; i++) {
		const char *name = st->modules.v[i], *users = status_users(k, s, name);

		emit_open(b, '{');
		emit_known(b, "name", name);
		emit_key(b, S("users"));
		emit_word(b, *users == 'g' ? S("null") : str_of(users));
		emit_known(b, "parameters", state_about(&st->given, name));
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

static void status_json(struct kml *k, struct scope *s, const struct health_list *l)
{
	struct buf b = { .s = s };

	emit_open(&b, '[');
	for (size_t i = 0; i < l->n; i++) {
		const struct health *h = &l->v[i];

		emit_open(&b, '{');
		emit_known(&b, "name", h->name);
		emit_known(&b, "state", h->word);
		if (h->why.n)
			emit_known(&b, "reason", scope_text(s, h->why));
		emit_known(&b, "kernel", h->st.kernel);
		emit_known(&b, "image", h->st.image);
		emit_known(&b, "digest", h->st.digest);
		emit_known(&b, "wanted", h->wanted);
		status_modules(k, s, &b, &h->st);
		status_names(&b, "needed", &h->st.needed);
		status_names(&b, "replaced", &h->st.replaced);
		status_names(&b, "firmware", &h->st.firmware);
		emit_close(&b, '}');
	}
	emit_close(&b, ']');
	printf("%.*s\n", FMT(buf_str(&b)));
}

static int status_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct status_args *a = args;
	struct mappings all = { 0 };
	struct health_list l;
	size_t bad = 0;
	int r = a->config ? mapping_load_config(k, s, a->config, &all) : 0;

	if (r < 0 || (r = health_all(k, s, operands, &all, &l)) < 0)
		return r;
	if (a->json)
		status_json(k, s, &l);
	else
		status_print(k, s, &l);
	for (size_t i = 0; i < l.n; i++)
		bad += strcmp(l.v[i].word, "loaded") != 0;
	return !bad ? 0 : fail(k, KML_FAIL, "%zu of %zu module sets %s not as %s should be", bad, l.n,
	                       bad == 1 ? "is" : "are", bad == 1 ? "it" : "they");
}

static const struct applet applet_status = {
	.name = "status", .synopsis = "[-c FILE] [--json] [NAME]...",
	.brief = "Show what kml load loaded, and whether it is still as it should be.",
	.detail = "A set is loaded; or interrupted, when a load or unload was cut short; partial or\n"
	          "gone, when others took modules out; drifted, when a module is another build or\n"
	          "has other parameters than were loaded; with -c also outdated, when kml.ini maps\n"
	          "the running kernel to another image, or wants other parameters, firmware or\n"
	          "modules replaced, and unloaded. No registry is asked.\n"
	          "The exit status is 1 unless all are loaded.",
	.opts = status_opts, .nopts = countof(status_opts), .argsize = sizeof(struct status_args),
	.max = -1, .run = status_command,
};

#endif
