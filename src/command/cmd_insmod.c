/* cmd_insmod.c - load one module file, and nothing else. */
#ifndef KML_CMD_INSMOD_C
#define KML_CMD_INSMOD_C

#include "../ground/opt.c"
#include "../module/loader.c"
#include "../module/refusal.c"
#include "kmod.c"

struct insmod_args { bool force, force_versions, force_vermagic, syslog; int verbose; };

static const struct opt insmod_opts[] = {
	OPT(struct insmod_args, force, 'f', "force", NULL, "load in spite of versions"),
	OPT(struct insmod_args, force_versions, 0, "force-modversion", NULL,
	    "ignore symbol versions"),
	OPT(struct insmod_args, force_vermagic, 0, "force-vermagic", NULL,
	    "ignore the kernel's version"),
	OPT(struct insmod_args, syslog, 's', "syslog", NULL,
	    "messages go to /dev/log, or to the kernel's log"),
	OPT(struct insmod_args, verbose, 'v', "verbose", NULL, "say more of a refusal"),
};

static int insmod_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct insmod_args *o = args;
	const char *path = *operands;
	struct refusal refusal;
	const char *params;
	int flags, verdict, r;

	if (o->syslog)
		kmod_log(k, s, "insmod");
	if (!path || !strcmp(path, "-")) {
		note(k, KML_ERROR, path ? "this tool does not support loading from stdin!" :
		     "missing filename.");
		return kmod_failed(k);
	}
	params = kmod_params(s, operands + 1);
	flags = (o->force ? LOADER_FORCE : 0) | (o->force_versions ? LOADER_FORCE_VERSIONS : 0) |
		(o->force_vermagic ? LOADER_FORCE_VERMAGIC : 0);
	refusal_begin(k, s, &refusal, refusal_tree(k, s));
	refusal.more = o->verbose > 0;
	r = loader_insert_path(k, s, path, params, flags, &verdict);
	if (r == 0 || verdict)
		refusal_tried(k, &refusal, modname_of_path(s, str_of(path)), path, S(""), params,
		              flags, verdict);
	if (r == 0)
		return 0;
	if (verdict)
		note(k, KML_ERROR, "could not insert module %s: %s", path,
		     loader_text_insmod(verdict));
	else
		note(k, KML_ERROR, "could not load module %s", k->msg);
	refusal_explain(k, &refusal);
	return kmod_failed(k);
}

static const struct applet applet_insmod = {
	.name = "insmod", .synopsis = "[OPTION]... FILE [PARAMETER=VALUE]...",
	.brief = "Load a module file into the kernel.",
	.detail = "Nothing else is looked at: what the module needs must be there.",
	.opts = insmod_opts, .nopts = countof(insmod_opts),
	.argsize = sizeof(struct insmod_args), .max = -1, .kmod = true,
	.run = insmod_run,
};

#endif
