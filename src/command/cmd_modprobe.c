/* cmd_modprobe.c - load a module with what it needs, or take it out again. */
#ifndef KML_CMD_MODPROBE_C
#define KML_CMD_MODPROBE_C

#include "../ground/env.c"
#include "../ground/opt.c"
#include "../format/symbols.c"
#include "../module/absent.c"
#include "../module/config.c"
#include "../module/modfile.c"
#include "../module/probe.c"
#include "../module/refusal.c"
#include "kmod.c"

struct modprobe_args {
	bool all, remove, holders, names, first, bare, strict, force, force_versions;
	bool force_vermagic, depends, dump, versions, exports, dry, syslog, quiet;
	int verbose;
	const char *dir, *version, *wait;
	struct opt_list config;
};

#define MODPROBE_OPT(field, letter, word, arg, help) \
	OPT(struct modprobe_args, field, letter, word, arg, help)

static const struct opt modprobe_opts[] = {
	MODPROBE_OPT(all, 'a', "all", NULL, "every operand is a module, none a parameter"),
	MODPROBE_OPT(remove, 'r', "remove", NULL, "unload, and what nothing else needs"),
	MODPROBE_OPT(holders, 0, "remove-holders", NULL, "unload those that hold the module too"),
	MODPROBE_OPT(holders, 0, "remove-dependencies", NULL, NULL),
	MODPROBE_OPT(wait, 'w', "wait", "MS", "with -r: wait so long for a module in use"),
	MODPROBE_OPT(names, 'R', "resolve-alias", NULL, "only print what the name means"),
	MODPROBE_OPT(names, 0, "show-alias", NULL, NULL),
	MODPROBE_OPT(first, 0, "first-time", NULL, "fail if there is nothing to do"),
	MODPROBE_OPT(bare, 'i', "ignore-install", NULL, "not the module's install or remove line"),
	MODPROBE_OPT(bare, 0, "ignore-remove", NULL, NULL),
	MODPROBE_OPT(strict, 'b', "use-blacklist", NULL, "the blacklist is for names too"),
	MODPROBE_OPT(force, 'f', "force", NULL, "load in spite of versions; unload what is in use"),
	MODPROBE_OPT(force_versions, 0, "force-modversion", NULL, "ignore symbol versions"),
	MODPROBE_OPT(force_vermagic, 0, "force-vermagic", NULL, "ignore the kernel's version"),
	MODPROBE_OPT(depends, 'D', "show-depends", NULL, "only print what loading would do"),
	MODPROBE_OPT(dump, 'c', "show-config", NULL, "print the configuration and the aliases"),
	MODPROBE_OPT(dump, 0, "showconfig", NULL, NULL),
	MODPROBE_OPT(versions, 0, "show-modversions", NULL, "print a file's symbol versions"),
	MODPROBE_OPT(versions, 0, "dump-modversions", NULL, NULL),
	MODPROBE_OPT(exports, 0, "show-exports", NULL, "print the symbols a file exports"),
	MODPROBE_OPT(dry, 'n', "dry-run", NULL, "do nothing; with -v say what would be done"),
	MODPROBE_OPT(dry, 0, "show", NULL, NULL),
	MODPROBE_OPT(config, 'C', "config", "FILE", "read FILE, not /etc/modprobe.d and its like"),
	MODPROBE_OPT(dir, 'd', "dirname", "DIR", "modules are in DIR/lib/modules/VERSION"),
	MODPROBE_OPT(version, 'S', "set-version", "VERSION", "instead of the running kernel's"),
	MODPROBE_OPT(syslog, 's', "syslog", NULL, "messages go to /dev/log, or to the kernel's log"),
	MODPROBE_OPT(quiet, 'q', "quiet", NULL, "no messages"),
	MODPROBE_OPT(verbose, 'v', "verbose", NULL, "say what is done"),
};

static void modprobe_show(const char *word, struct str what, const struct str *params)
{
	fputs(word, stdout);
	putchar(' ');
	fwrite(what.p, 1, what.n, stdout);
	if (params) {
		putchar(' ');
		fwrite(params->p, 1, params->n, stdout);
	}
	putchar('\n');
}

/* ---- MODPROBE_OPTIONS ---------------------------------------------------- */

/* The words of `text`; quotes keep blanks together. */
static char **modprobe_words(struct scope *s, const char *text)
{
	char **argv = news(s, char *, strlen(text) + 2), *to;
	size_t n = 0;

	argv[n++] = scope_text(s, S("modprobe"));
	while (*(text += strspn(text, " "))) {
		char quote = '\0';

		argv[n++] = to = scope_raw(s, strlen(text) + 1);
		for (; *text && (quote || *text != ' '); text++) {
			if (quote ? *text == quote : *text == '"' || *text == '\'')
				quote = quote ? '\0' : *text;
			else
				*to++ = *text;
		}
		*to = '\0';
	}
	return argv;
}

/* Put what `a` says before what `b` says, into *b: switches add up, of texts the
 * later one counts. */
static void modprobe_merge(struct scope *s, const struct modprobe_args *a,
                           struct modprobe_args *b)
{
	struct opt_list config = a->config;

	for (size_t i = 0; i < countof(modprobe_opts); i++) {
		const char *from = (const char *)a + modprobe_opts[i].at;
		char *to = (char *)b + modprobe_opts[i].at;

		if (modprobe_opts[i].kind == OPT_BOOL)
			*(bool *)to |= *(const bool *)from;
		else if (modprobe_opts[i].kind == OPT_TEXT && !*(const char **)to)
			*(const char **)to = *(const char *const *)from;
	}
	b->verbose += a->verbose;
	for (size_t i = 0; i < b->config.n; i++)
		opt_append(s, &config, b->config.v[i]);
	b->config = config;
}

/* Read the variable as if it stood before the operands. */
static int modprobe_environment(struct kml *k, struct scope *s, struct modprobe_args *o,
                                char ***operands)
{
	const struct applet like = {
		.name = "modprobe", .opts = modprobe_opts, .nopts = countof(modprobe_opts),
		.argsize = sizeof *o, .max = -1,
	};
	const char *text = env_get("MODPROBE_OPTIONS");
	struct modprobe_args *first;
	size_t na = 0, nb = 0;
	char **before, **both;
	enum opt_ask ask;
	int r;

	if (!text)
		return 0;
	first = new(s, struct modprobe_args);
	r = opt_parse(k, s, &like, modprobe_words(s, text), first, &before, &ask);
	if (r < 0)
		return fail_in(k, r, "MODPROBE_OPTIONS");
	modprobe_merge(s, first, o);
	while (before[na])
		na++;
	while ((*operands)[nb])
		nb++;
	both = news(s, char *, na + nb + 1);
	memcpy(both, before, na * sizeof *both);
	memcpy(both + na, *operands, nb * sizeof *both);
	*operands = both;
	return 0;
}

/* The variable for commands that call modprobe again; NULL to leave it alone. */
static char *modprobe_export(struct scope *s, const struct modprobe_args *o)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < o->config.n; i++) {
		const char *quote = strpbrk(o->config.v[i], " '") ? "\"" : "";

		buf_format(&b, " -C %s%s%s", quote, o->config.v[i], quote);
	}
	buf_format(&b, "%s%s%s", o->quiet ? " -q" : "", o->syslog ? " -s" : "",
	           o->verbose ? " -v" : "");
	return b.n ? scope_format(s, "MODPROBE_OPTIONS=%.*s", (int)b.n - 1, b.p + 1) : NULL;
}

/* ---- in and out ---------------------------------------------------------- */

/* What the operand `word` means: the module of a file, or all of that name. */
static int modprobe_find(struct kml *k, struct scope *s, const struct probe *p,
                         const char *word, bool file, struct order_list *out)
{
	struct stat st;
	int r;

	if (!file || (word[0] != '/' && strncmp(word, "./", 2))) {
		*out = order_lookup(k, p->order, str_of(word));
		return 0;
	}
	if ((r = sys_stat(k, s, word, 0, &st)) < 0 ||
	    (r = process_absolute(k, s, word, &word)) < 0) {
		note(k, p->level, "Failed to get module from path %s: %s", word, k->msg);
		return r;
	}
	*out = (struct order_list){ .s = p->order->s };
	order_append(out, order_of_path(p->order, word));
	return 0;
}

/* Several modules of one alias: all are tried, the last one's end is the end. */
static int modprobe_insert(struct kml *k, struct scope *s, const struct probe *p,
                           const char *word, bool names)
{
	struct order_list found;
	int r = modprobe_find(k, s, p, word, true, &found), verdict;

	if (r < 0)
		return r;
	if (!found.n) {
		note(k, p->level, "Module %s not found in directory %s", word, p->order->dir);
		absent_explain(k, s, p->order, word);
		return KML_NOTFOUND;
	}
	for (size_t i = 0; i < found.n; i++) {
		struct str name = found.v[i]->name;

		if (names) {
			printf("%.*s\n", FMT(name));
			continue;
		}
		r = probe_insert(k, s, p, found.v[i], &verdict);
		if (r < 0)
			note(k, KML_ERROR, "could not insert '%.*s': %s", FMT(name),
			     verdict ? loader_text(verdict) : k->msg);
		if (r < 0 && verdict != EEXIST)
			refusal_explain(k, p->refusal);
	}
	return r;
}

static int modprobe_remove(struct kml *k, struct scope *s, const struct probe *p,
                           const char *word)
{
	struct order_list found;
	int r = modprobe_find(k, s, p, word, false, &found);

	if (r == 0 && !found.n) {
		note(k, p->level, "Module %s not found.", word);
		r = KML_NOTFOUND;
	}
	for (size_t i = 0; r == 0 && i < found.n; i++)
		r = probe_remove(k, s, p, found.v[i]);
	return r;
}

static int modprobe_each(struct kml *k, struct scope *s, const struct probe *p,
                         const struct modprobe_args *o, char **operands)
{
	bool bad = false;

	for (; *operands; operands++) {
		struct scope *t = scope_begin(s);
		int r = o->remove ? modprobe_remove(k, t, p, *operands) :
		        modprobe_insert(k, t, p, *operands, o->names);

		scope_end(t);
		bad |= r < 0;
		if (!o->all && (bad || !o->remove))
			break;
	}
	return bad ? kmod_failed(k) : 0;
}

/* ---- what is asked without a module -------------------------------------- */

/* The modules of one side of a softdep line; false if there are none. */
static bool modprobe_dump_side(struct str text, bool side)
{
	bool post = false, begun = false, any = false;
	struct str word;

	while ((word = modconf_softdep(&text, &post, &begun)).n) {
		if (post != side)
			continue;
		printf("%s %.*s", any ? "" : post ? " post:" : " pre:", FMT(word));
		any = true;
	}
	return any;
}

static void modprobe_dump_line(enum modconf_kind kind, const struct modconf_line *l)
{
	printf("%s %.*s", modconf_words[kind], FMT(l->name));
	if (kind == MODCONF_SOFTDEP) {
		if (!modprobe_dump_side(l->text, false) + !modprobe_dump_side(l->text, true) == 2)
			putchar(' ');
	} else if (l->text.n) {
		printf(" %.*s", FMT(l->text));
	}
	putchar('\n');
}

static int modprobe_dump_alias(struct kml *k, void *arg, struct str key, struct str value)
{
	(void)k, (void)arg;
	printf("alias %.*s %.*s\n", FMT(key), FMT(value));
	return 0;
}

static int modprobe_dump(struct kml *k, struct scope *s, struct order *o)
{
	static const enum order_which which[] = { ORDER_ALIAS, ORDER_SYMBOLS };
	bool bad = false;

	for (int kind = 0; kind < MODCONF_KINDS; kind++) {
		const struct modconf_line *l = o->conf->of[kind].first;

		for (; l; l = l->next)
			modprobe_dump_line((enum modconf_kind)kind, l);
	}
	puts("\n# End of configuration files. Dumping indexes now:\n");
	for (size_t i = 0; i < countof(which); i++) {
		const struct index *ix = order_index(k, o, which[i]);

		if (ix && index_each(k, s, ix, modprobe_dump_alias, NULL) < 0) {
			note(k, KML_ERROR, "%s/%s: %s", o->dir, order_names[which[i]], k->msg);
			bad = true;
		}
	}
	return bad ? kmod_failed(k) : 0;
}

/* The symbols of the file `path`: those it exports, or those it was built with. */
static int modprobe_symbols(struct kml *k, struct scope *s, const char *path, bool exports)
{
	struct symbols found = { 0 };
	struct source src;
	struct elf e;
	int r = modfile_open(k, s, path, &src);

	if (r == KML_NOTFOUND) {
		note(k, KML_FATAL, "Module %s not found.", path);
		return kmod_failed(k);
	}
	if (r == 0 && (r = elf_open(k, s, &src, &e)) == 0)
		r = exports ? symbols_exports(k, s, &e, &found) :
			symbols_versions(k, s, &e, &found);
	if (r == 0 && !found.n && !exports)
		r = fail(k, KML_NOTFOUND, "No data available");
	if (r < 0) {
		note(k, KML_FATAL, "could not get %s of %s: %s",
		     exports ? "symbols" : "modversions", path, k->msg);
		return kmod_failed(k);
	}
	for (size_t i = 0; i < found.n; i++)
		printf("0x%08lx\t%.*s\n", (unsigned long)(found.v[i].crc & 0xffffffff),
		       FMT(found.v[i].name));
	return 0;
}

/* ---- the command --------------------------------------------------------- */

/* What `o` wants of probe.c; false if it makes no sense, which has been said. */
static bool modprobe_probe(struct kml *k, struct scope *s, const struct modprobe_args *o,
                           char **operands, struct order *order, struct probe *p)
{
	*p = (struct probe){
		.order = order, .dry = o->dry || o->depends, .all = o->depends,
		.first = o->first, .bare = o->bare, .strict = o->strict, .holders = o->holders,
		.params = o->all || o->remove || !*operands ? "" :
			kmod_params(s, operands + 1),
		.env = modprobe_export(s, o),
		.level = o->all ? KML_WARNING : KML_FATAL,
		.flags = (o->force ? LOADER_FORCE : 0) |
			(o->force_versions ? LOADER_FORCE_VERSIONS : 0) |
			(o->force_vermagic ? LOADER_FORCE_VERMAGIC : 0),
		.show = (o->verbose && !o->quiet) || o->depends ? modprobe_show : NULL,
	};
	if (o->wait) {
		char *end;

		p->patient = true;
		errno = 0;
		p->wait = strtoul(o->wait, &end, 0);
		if (errno || *end || end == o->wait || *o->wait == '-') {
			note(k, KML_ERROR, "unexpected wait value '%s'.", o->wait);
			return false;
		}
	}
	if (!*operands && !o->dump) {
		note(k, KML_ERROR, "missing parameters. See -h.");
		return false;
	}
	return true;
}

static int modprobe_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	struct modprobe_args o = *(const struct modprobe_args *)args;
	struct refusal refusal;
	struct modconf conf;
	struct order order;
	struct probe p;
	const char *dir;
	int r = modprobe_environment(k, s, &o, &operands);

	if (r < 0)
		return r;
	o.remove |= o.holders;
	if (o.syslog || !process_stderr())
		kmod_log(k, s, "modprobe");
	if (o.depends || o.names || o.dump)
		setvbuf(stdout, NULL, _IOFBF, 0);       /* nobody waits for a line of it */
	if (!modprobe_probe(k, s, &o, operands, &order, &p))
		return kmod_failed(k);
	if (o.quiet)
		k->log = NULL;
	if (o.versions || o.exports)
		return modprobe_symbols(k, s, *operands, !o.versions);
	if ((r = live_directory(k, s, o.dir, o.version, &dir)) < 0)
		return r;
	if (o.config.n)
		opt_append(s, &o.config, NULL);
	(o.dump ? config_read : config_read_loading)(k, s, o.config.v, dir, &conf);
	order = order_begin(s, dir, &conf);
	if (o.dump)
		return modprobe_dump(k, s, &order);
	if (!p.dry && !o.remove && !o.names) {
		refusal_begin(k, s, &refusal, &order);
		refusal.more = o.verbose > 0;
		p.refusal = &refusal;
	}
	return modprobe_each(k, s, &p, &o, operands);
}

static const struct applet applet_modprobe = {
	.name = "modprobe", .synopsis = "[OPTION]... MODULE [PARAMETER=VALUE]...",
	.brief = "Load a module with all it needs, or unload it.",
	.detail = "MODULE is a name, an alias such as a device's modalias, or the path of a file, "
	          "which begins with / or ./.  The environment variable MODPROBE_OPTIONS may hold "
	          "more options.  Configuration is read as modprobe.d(5) tells; /proc, /sys and "
	          "/etc may all be missing.",
	.opts = modprobe_opts, .nopts = countof(modprobe_opts),
	.argsize = sizeof(struct modprobe_args), .max = -1, .kmod = true,
	.run = modprobe_run,
};

#endif
