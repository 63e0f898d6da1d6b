/* cmd_load.c - bring this kernel's modules from their image into the kernel. */
#ifndef KML_CMD_LOAD_C
#define KML_CMD_LOAD_C

#include "../format/emit.c"
#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../site/node.c"
#include "registries.c"

struct load_args {
	const char *config, *locked, *store, *firmware;
	struct registries registries;
	bool dry_run, json, no_store, reload, quiet;
};

static const struct opt load_opts[] = {
	OPT(struct load_args, config,   'c', "config",  "FILE", "read this kml.ini"),
	OPT(struct load_args, locked,   0,   "locked",  "FILE",
	    "load what this kml.lock says, whatever the tags mean now; of kml.ini, only with -c, "
	    "the registries count"),
	OPT(struct load_args, dry_run,  'n', "dry-run", NULL,
	    "print what would be loaded, in order, and load nothing"),
	OPT(struct load_args, json,     0,   "json",    NULL,   "with -n: print JSON"),
	OPT(struct load_args, reload,   0,   "reload",  NULL,
	    "take out what is loaded and is not what the image has, and load anew"),
	OPT(struct load_args, firmware, 0,   "firmware-path", "DIR",
	    "put firmware there, and let the kernel look there first, wherever it looks now"),
	OPT(struct load_args, store,    0,   "store",   "DIR",
	    "keep images of registries in the layout DIR (" DEPOT_DIR ")"),
	OPT(struct load_args, no_store, 0,   "no-store", NULL,  "keep them nowhere"),
	OPT(struct load_args, quiet,    'q', "quiet",   NULL,   "say nothing but errors"),
	REGISTRIES_OPTS(struct load_args),
};

/* The plan, as an object. */
static void load_emit(struct buf *b, const struct node *n)
{
	emit_open(b, '{');
	emit_pair(b, "name", str_of(n->rule.name));
	emit_pair(b, "kernel", str_of(n->kernel));
	emit_pair(b, "rule", str_of(n->rule.rule));
	emit_pair(b, "image", str_of(n->rule.image));
	emit_pair(b, "digest", n->image.self.digest);
	emit_key(b, S("replaces"));
	emit_open(b, '[');
	for (size_t i = 0; i < n->rule.replaces.n; i++)
		emit_bytes(b, str_of(n->rule.replaces.v[i]));
	emit_close(b, ']');
	emit_key(b, S("modules"));
	emit_open(b, '[');
	for (size_t i = 0; i < n->steps.n; i++) {
		const struct steps_one *step = &n->steps.v[i];

		emit_open(b, '{');
		emit_pair(b, "name", str_of(step->name));
		emit_key(b, S("file"));
		emit_bytes(b, step->path ? str_of(step->path) : step->own->file);
		emit_key(b, S("parameters"));
		emit_bytes(b, str_of(step->params));
		emit_pair(b, "from", step->path ? S("host") : S("image"));
		emit_close(b, '}');
	}
	emit_close(b, ']');
	emit_key(b, S("firmware"));
	emit_open(b, '[');
	for (size_t i = 0; i < n->nfirmware; i++)
		if (n->firmware[i].type == TAR_FILE || n->firmware[i].type == TAR_SYMLINK)
			emit_bytes(b, str_from(n->firmware[i].name, n->firmware_dir.n + 1));
	emit_close(b, ']');
	emit_close(b, '}');
}

static void load_print(const struct node *n)
{
	for (size_t i = 0; i < n->steps.n; i++) {
		const struct steps_one *step = &n->steps.v[i];

		printf("%s %s%s%s\n", step->path ? step->path : n->rule.image, step->name,
		       *step->params ? " " : "", step->params);
	}
}

static int load_show(struct kml *k, struct scope *s, const struct node_what *what, size_t n,
                     const struct node_options *o, bool json)
{
	struct buf b = { .s = s };
	int r = 0;

	emit_open(&b, '[');
	for (size_t i = 0; i < n; i++) {
		struct node *one = new(s, struct node);

		if ((r = node_plan(k, s, &what[i], o, one)) < 0)
			return r;
		if (json)
			load_emit(&b, one);
		else
			load_print(one);
	}
	if (json)
		printf("%.*s]\n", FMT(buf_str(&b)));
	return 0;
}

static int load_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct load_args *a = args;
	const char *named = a->config || a->locked ? a->config : env_get("KML_CONFIG");
	struct remote_options remote;
	struct node_options o = {
		.remote = &remote, .depot = a->no_store ? NULL : a->store ? a->store : DEPOT_DIR,
		.firmware = a->firmware, .reload = a->reload, .plan = a->dry_run,
	};
	struct mappings all = { 0 };
	struct node_what *what;
	size_t n;
	int r = registries_options(k, &a->registries, &remote);

	(void)operands;
	if (r == 0 && a->json && !a->dry_run)
		r = fail(k, KML_USAGE, "--json is for -n");
	if (r == 0 && a->firmware && a->firmware[0] != '/')
		r = fail(k, KML_USAGE, "--firmware-path %s: it must begin with '/'", a->firmware);
	if (a->quiet)
		k->log = NULL;
	if (r == 0 && (named || !a->locked))
		r = mapping_load_config(k, s, named, &all);
	if (r < 0 || (r = node_find(k, s, &all, a->locked, &what, &n)) < 0)
		return r;
	return a->dry_run ? load_show(k, s, what, n, &o, a->json) :
		node_load_all(k, s, what, n, &o);
}

static const struct applet applet_load = {
	.name = "load", .synopsis = "[OPTION]...",
	.brief = "Load the modules that kml.ini maps the running kernel to.",
	.detail = "The image is looked up by the rules of kml.ini, its layers for this kernel are\n"
	          "checked against their digests while they are read, and the modules are ordered\n"
	          "and given to the kernel from memory. When one fails, those before it are taken\n"
	          "out again. What was done is recorded in /run/kml for\n.Xr kml-unload 8 .\n"
	          "Options of modprobe.d count; a module that has an install line there is refused.\n"
	          ".Pp\n"
	          "Of an image in a registry, what this kernel needs is kept in the store, and is\n"
	          "not fetched again while the registry has the same digest; when it cannot be\n"
	          "reached, what is in the store is loaded.\n"
	          ".Pp\n"
	          "When the same build is loaded already, with the same parameters, nothing is\n"
	          "done. When another is, that is said, and is an error without --reload.\n"
	          ".Pp\n"
	          "Exit status: 3 no rule covers the kernel, 4 the image is absent, 5 its registry\n"
	          "cannot be reached, 6 a module is for another kernel, 7 its signature, or the\n"
	          "registry's certificate, is not trusted, 8 in use, 9 failed half-way and taken\n"
	          "back.",
	.opts = load_opts, .nopts = countof(load_opts), .argsize = sizeof(struct load_args),
	.run = load_command,
};

#endif
