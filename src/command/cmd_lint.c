/* cmd_lint.c - say what is wrong with a kml.ini. */
#ifndef KML_CMD_LINT_C
#define KML_CMD_LINT_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../format/emit.c"
#include "../site/kernels.c"
#include "../site/lint.c"
#include "../site/mapping.c"
#include "kernel_list.c"
#include "registries.c"

struct lint_args {
	struct kernels_from kernels;
	struct registries registries;
	struct opt_list config;
	bool json;
};

static const struct opt lint_opts[] = {
	OPT(struct lint_args, config, 'c', "config", "FILE", "read this kml.ini"),
	OPT(struct lint_args, json,   0,   "json",   NULL,   "print JSON"),
	KERNEL_LIST_OPTS(struct lint_args),
	REGISTRIES_OPTS(struct lint_args),
};

static void lint_print(struct scope *s, const struct lint_finding *v, size_t n, bool json)
{
	struct buf b = { .s = s };

	if (json)
		emit_open(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (!json) {
			buf_format(&b, "%s:%d: %s\n", v[i].file, v[i].line, v[i].text);
			continue;
		}
		emit_open(&b, '{');
		emit_pair(&b, "file", str_of(v[i].file));
		emit_key(&b, S("line"));
		emit_uint(&b, (uint64_t)v[i].line);
		emit_pair(&b, "kind", str_of(v[i].kind));
		emit_key(&b, S("text"));
		emit_bytes(&b, str_of(v[i].text));
		emit_close(&b, '}');
	}
	if (json)
		buf_add(&b, S("]\n"));
	if (b.n)
		fwrite(b.p, 1, b.n, stdout);
}

static int lint_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct lint_args *o = args;
	const char *const one[] = { env_get("KML_CONFIG"), NULL };
	const char **files = news(s, const char *, o->config.n + 1);
	struct remote_options remote;
	struct kernels kernels = { 0 };
	struct lint_finding *v;
	struct mappings all;
	size_t n;
	int r = registries_options(k, &o->registries, &remote);

	(void)operands;
	if (o->config.n)
		memcpy(files, o->config.v, o->config.n * sizeof *files);
	if (r == 0)
		r = mapping_load(k, s, o->config.n ? files : one[0] ? one : NULL, &all);
	if (r == 0 && (o->kernels.names.n || o->kernels.files.n || o->kernels.installed.n ||
	               o->kernels.tags.n || o->kernels.shard))
		r = kernels_find(k, s, &o->kernels, &remote, &kernels);
	if (r < 0)
		return r;
	v = lint_all(k, s, &all, &kernels, &n);
	lint_print(s, v, n, o->json);
	return n > 0;
}

static const struct applet applet_lint = {
	.name = "lint", .synopsis = "[-c FILE]... [-k KVER]... [--json]",
	.brief = "Say what is wrong with a kml.ini, and how to mend it.",
	.detail = "Found are rules that are never reached, as those before them match all that they "
	          "do, or that match no kernel's name, variables that are not used, and images that "
	          "several kernels or files have by mistake.\n"
	          "With a list of kernels also those that no rule covers, and rules that cover none.\n"
	          "Exit status: 0 when nothing is wrong, 1 when something is.",
	.opts = lint_opts, .nopts = countof(lint_opts),
	.argsize = sizeof(struct lint_args), .run = lint_run,
};

#endif
