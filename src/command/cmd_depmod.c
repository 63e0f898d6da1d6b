/* cmd_depmod.c - index a kernel's modules for modprobe. */
#ifndef KML_CMD_DEPMOD_C
#define KML_CMD_DEPMOD_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../module/depmod.c"
#include "kmod.c"

struct depmod_args {
	bool all, quick, errors, dry, verbose, warn, cache;
	const char *base, *moduledir, *out, *symvers, *map, *prefix;
	struct opt_list config;
};

static const struct opt depmod_opts[] = {
	OPT(struct depmod_args, all, 'a', "all", NULL, "look at all modules (the default)"),
	OPT(struct depmod_args, quick, 'A', "quick", NULL,
	    "do nothing if no module is newer than modules.dep"),
	OPT(struct depmod_args, base, 'b', "basedir", "DIR", "what stands before /lib/modules"),
	OPT(struct depmod_args, moduledir, 'm', "moduledir", "DIR", "instead of /lib/modules"),
	OPT(struct depmod_args, out, 'o', "outdir", "DIR", "write below DIR, not below the -b one"),
	OPT(struct depmod_args, config, 'C', "config", "PATH",
	    "a file or directory to read instead of depmod.d"),
	OPT(struct depmod_args, errors, 'e', "errsyms", NULL,
	    "warn of symbols that nobody has (with -E or -F)"),
	OPT(struct depmod_args, symvers, 'E', "symvers", "FILE",
	    "the kernel's symbols with their versions (Module.symvers)"),
	OPT(struct depmod_args, map, 'F', "filesyms", "FILE", "the kernel's symbols (System.map)"),
	OPT(struct depmod_args, prefix, 'P', "symbol-prefix", "C", "what symbols have in front"),
	OPT(struct depmod_args, dry, 'n', "show", NULL, "print the texts, write no file"),
	OPT(struct depmod_args, dry, 0, "dry-run", NULL, NULL),
	OPT(struct depmod_args, verbose, 'v', "verbose", NULL, "print who has each symbol"),
	OPT(struct depmod_args, warn, 'w', "warn", NULL, "warn of aliases a module has twice"),
	OPT(struct depmod_args, cache, 0, "cache", NULL,
	    "keep what modules say in modules.kml-cache, and read only those that changed"),
};

static bool depmod_is_version(struct str text)
{
	struct str major = str_take(&text, '.');
	size_t n = 0;
	uint64_t v;

	while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
		n++;
	return str_uint(major, &v) && n;
}

/* What the command line means; the operands are a version and paths. */
static int depmod_read_args(struct kml *k, const struct depmod_args *a, char **operands,
                            struct depmod_options *o)
{
	*o = (struct depmod_options){
		.base = a->base, .out = a->out, .moduledir = a->moduledir,
		.config = a->config.v, .nconfig = a->config.n, .symvers = a->symvers,
		.map = a->map, .unknown = a->errors, .duplicates = a->warn, .quick = a->quick,
		.dry = a->dry, .cache = a->cache,
	};
	if (a->prefix && strlen(a->prefix) != 1)
		return fail(k, KML_FAIL, "-P only takes a single char");
	o->prefix = a->prefix ? *a->prefix : '\0';
	if (a->errors && !a->symvers && !a->map) {
		note(k, KML_WARNING, "-e needs -E or -F");
		o->unknown = false;
	}
	if (!*operands)
		return 0;
	o->version = *operands++;
	if (*operands && !a->all)
		o->only = (const char *const *)operands;
	return 0;
}

/* Say what failed.  Of a directory kmod says it in two lines. */
static int depmod_tell(struct kml *k, struct scope *s)
{
	const struct str search = S("could not search modules: ");
	const char *text = scope_text(s, str_of(k->msg)), *why = strrchr(text, ':');

	if (str_starts(str_of(text), search)) {
		note(k, KML_ERROR, "%s", text + search.n);
		note(k, KML_FATAL, "could not search modules%s", why);
	} else {
		note(k, KML_FATAL, "%s", text);
	}
	return kmod_failed(k);
}

static void depmod_print(struct str text)
{
	if (text.n)
		fwrite(text.p, 1, text.n, stdout);
}

static int depmod_main(struct kml *k, struct scope *s, const void *args, char **operands)
{
	static const int texts[] = { DEPFILE_DEP, DEPFILE_ALIAS, DEPFILE_SOFTDEP, DEPFILE_WEAKDEP,
	                             DEPFILE_SYMBOLS, DEPFILE_DEVNAME };
	const struct depmod_args *a = args;
	struct buf resolved = { .s = s };
	struct depmod_options o;
	struct str out[DEPFILES] = { 0 };
	int r;

	if (*operands && !depmod_is_version(str_of(*operands))) {
		note(k, KML_ERROR, "Bad version passed %s", *operands);
		return kmod_failed(k);
	}
	r = depmod_read_args(k, a, operands, &o);
	if (r == 0 && a->quick && a->dry)
		return 0;
	o.resolved = a->verbose ? &resolved : NULL;
	if (r == 0)
		r = depmod_run(k, s, &o, out);
	if (r == KML_NOMEM || r == KML_USAGE)
		return r;
	if (r < 0)
		return depmod_tell(k, s);
	depmod_print(buf_str(&resolved));
	for (size_t i = 0; i < countof(texts) && a->dry; i++)
		depmod_print(out[texts[i]]);
	return 0;
}

static const struct applet applet_depmod = {
	.name = "depmod", .synopsis = "[OPTION]... [VERSION [FILE]...]",
	.brief = "Index a kernel's modules for modprobe.",
	.detail = "All modules of /lib/modules/VERSION, or of the running kernel, are read, and\n"
	          "modules.dep, modules.alias, modules.symbols, modules.softdep, modules.weakdep,\n"
	          "modules.devname and the indexes *.bin are written: all of them, or, when\n"
	          "anything fails, none.\n.Pp\n"
	          "With\n.Fl -cache ,\nwhat the modules say is kept in modules.kml-cache beside the "
	          "indexes.  The next run\nwith it reads the modules whose size, times or inode have "
	          "changed, writes the files\nwhose content changes, and leaves the same bytes as a run "
	          "without it.  A module that\nwas changed in the three seconds before depmod looked is "
	          "read again the next time.\nA cache that is damaged, or of another version of kml, "
	          "is ignored and replaced.",
	.opts = depmod_opts, .nopts = countof(depmod_opts),
	.argsize = sizeof(struct depmod_args), .max = -1, .kmod = true,
	.run = depmod_main,
};

#endif
