/* make.c - modules from their sources, for one kernel.
 *
 *     WORK/KERNEL/SET/sources     a copy of the sources; it is gone when all went well
 *     WORK/KERNEL/SET/modules     the modules that came of it, side by side
 *     WORK/KERNEL/SET/stamp       digests: of all that went in, and of these modules
 *     WORK/KERNEL/.headers        an archive of headers, while it is needed
 *     WORK/logs/SET-KERNEL.log    what make said
 *
 * Where a Makefile has a rule for `all`, it is `make all` that is run; other sources are
 * those of kbuild, and built as the kernel's documentation says, from its headers.  Both
 * are told where these are under all the names that Makefiles know, and arg.NAME as
 * NAME=VALUE.  As long as all that goes in is the same, make is not run again.
 */
#ifndef KML_MAKE_C
#define KML_MAKE_C

#include "../format/rune.c"
#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/process.c"
#include "../ground/save.c"
#include "../ground/job.c"
#include "headers.c"
#include "snapshot.c"
#include "resolved.c"

/* What is kept for all sets of one kernel. */
struct make_room {
	const char *work;
	const char *dir;                /* WORK/KERNEL; NULL: not made yet */
	struct headers unpacked;        /* its path is NULL: none */
};

struct make {
	struct make_room *room;
	const struct resolved *rule;
	const char *log;                /* what make said; NULL: it was not run */
	bool again;                     /* whatever the stamp says */
	const char *modules;            /* the directory they are in, when it is done */
	/* its own */
	const char *from, *here;        /* the sources; WORK/KERNEL/SET */
	struct headers headers;
	struct buf vars;                /* of char *, "NAME=value" */
	bool all;
};

/* The kernel as the name of a directory: its own, or the normalised one and what tells
 * that from its like. */
static const char *make_name(struct scope *s, const struct resolved *rule)
{
	if (!strcmp(rule->kernel, rule->normal))
		return rule->normal;
	return scope_format(s, "%s-%.8s", rule->normal,
	                    digest_hex(digest_of(s, str_of(rule->kernel))).p);
}

/* ---- what make is told --------------------------------------------------- */

/* A variable, for the environment as it is; make itself would look at each '$'. */
static void make_set(struct make *m, const char *name, const char *value)
{
	char *text = scope_format(m->vars.s, "%s=%s", name, value ? value : "");

	buf_add(&m->vars, (struct str){ (char *)&text, sizeof text });
}

/* Of two with the same name the last counts: the user's over most, some over these. */
static int make_vars(struct kml *k, struct scope *s, struct make *m)
{
	static const char *const headers[] = { "KERNEL_SRC_DIR", "KERNELDIR", "KDIR" };
	static const char *const kernel[] = { "KERNEL_VERSION", "KERNEL_FULL_VERSION" };
	const struct resolved *rule = m->rule;

	m->vars = (struct buf){ .s = s };
	for (size_t i = 0; i < countof(headers); i++)
		make_set(m, headers[i], m->headers.dir);
	make_set(m, "KVER", rule->kernel);
	for (size_t i = 0; i < rule->nargs; i++) {
		const struct resolved_arg *arg = &rule->args[i];

		if (!resolved_is_variable(arg->name))
			return fail(k, KML_USAGE, "arg.%.*s is no name for a variable of make",
			            FMT(arg->name));
		make_set(m, scope_text(s, arg->name), arg->value.text);
	}
	for (size_t i = 0; i < countof(kernel); i++)
		make_set(m, kernel[i], rule->kernel);
	make_set(m, "MOD_NAME", rule->name);
	if (rule->values[RESOLVED_NAMESPACE].text)
		make_set(m, "MOD_NAMESPACE", rule->values[RESOLVED_NAMESPACE].text);
	return 0;
}

static char *make_escape(struct scope *s, const char *text)
{
	struct buf b = { .s = s };

	for (; *text; text++) {
		if (*text == '$')
			buf_byte(&b, '$');
		buf_byte(&b, *text);
	}
	return scope_text(s, buf_str(&b));
}

/* make, in the copy of the sources `dir`. */
static char **make_command(struct scope *s, const struct make *m, const char *dir)
{
	char *const *vars = (char *const *)(const void *)m->vars.p;
	size_t nvars = m->vars.n / sizeof *vars, n = 0;
	char **argv = news(s, char *, nvars + 6);

	argv[n++] = scope_text(s, S("make"));
	if (!m->all) {
		argv[n++] = scope_text(s, S("-C"));
		argv[n++] = scope_text(s, str_of(m->headers.dir));
		argv[n++] = scope_format(s, "M=%s", dir);
	}
	argv[n++] = scope_text(s, m->all ? S("all") : S("modules"));
	for (size_t i = 0; i < nvars; i++)
		argv[n++] = make_escape(s, vars[i]);
	return argv;
}

/* The environment.  A make that runs kml has nothing to say to this one. */
static char **make_environment(struct scope *s, const struct make *m, const char *dir)
{
	char *const *vars = (char *const *)(const void *)m->vars.p;
	size_t nvars = m->vars.n / sizeof *vars, n = 0;
	char **own = news(s, char *, nvars + 5);

	for (size_t i = 0; i < nvars; i++)
		own[n++] = vars[i];
	own[n++] = scope_format(s, "PWD=%s", dir);
	if (env_get("MAKELEVEL")) {
		own[n++] = scope_text(s, S("MAKELEVEL"));
		own[n++] = scope_text(s, S("MAKEFLAGS"));
		own[n++] = scope_text(s, S("MFLAGS"));
	}
	return env_with(s, own);
}

/* Does the Makefile have a rule for `all`? */
static bool make_has_all(struct str text)
{
	while (text.n) {
		struct str line = str_take(&text, '\n'), targets = str_take(&line, ':');
		bool all = targets.n && !memchr("\t #", targets.p[0], 3) && line.p > targets.p + targets.n &&
		           !str_starts(line, S("=")) && !str_starts(line, S(":="));

		for (struct str word; all && (word = str_word(&targets)).n;)
			if (str_eq(word, S("all")))
				return true;
	}
	return false;
}

static int make_how(struct kml *k, struct scope *s, struct make *m)
{
	static const char *const files[] = { "GNUmakefile", "makefile", "Makefile", "Kbuild" };
	size_t found = 0;

	m->all = false;
	if (!sys_exists(k, s, m->from))
		return fail(k, KML_NOTFOUND, "%s: there are no sources", m->from);
	for (size_t i = 0; i < countof(files); i++) {
		struct str text;
		int r = sys_read_file(k, s, scope_format(s, "%s/%s", m->from, files[i]), &text);

		if (r < 0 && r != KML_NOTFOUND)
			return fail_in(k, r, "%s/%s", m->from, files[i]);
		found += r == 0;
		m->all |= r == 0 && i < 3 && make_has_all(text);
	}
	return found ? 0 : fail(k, KML_USAGE, "%s: there is no Makefile and no Kbuild in it", m->from);
}

/* ---- stamps -------------------------------------------------------------- */

/* What the stamp says when modules of the digest `made` came of `sources`. */
static struct str make_stamp(struct scope *s, const struct make *m, struct str sources,
                             struct str made)
{
	char *const *vars = (char *const *)(const void *)m->vars.p;
	struct buf b = { .s = s };

	buf_format(&b, KML_VERSION " %d %.*s %.*s %s", m->all, FMT(sources), FMT(m->headers.digest),
	           m->headers.archive ? "" : m->headers.path);
	for (size_t i = 3; i < m->vars.n / sizeof *vars; i++)   /* all but where headers are */
		buf_add(&b, (struct str){ vars[i], strlen(vars[i]) + 1 });
	return str_of(scope_format(s, "%.*s\n%.*s\n", FMT(digest_of(s, buf_str(&b))), FMT(made)));
}

static const char *make_stamp_path(struct scope *s, const struct make *m)
{
	return scope_format(s, "%s/stamp", m->here);
}

/* Are the modules there, and what they would be again? */
static bool make_is_done(struct kml *k, struct scope *s, const struct make *m, struct str sources)
{
	struct snapshot x = { .modules = true };
	struct str made, text;

	return !m->again && sys_read_file(k, s, make_stamp_path(s, m), &text) == 0 &&
	       snapshot_digest(k, s, &x, m->modules, &made) == 0 &&
	       str_eq(text, make_stamp(s, m, sources, made));
}

/* ---- running it ---------------------------------------------------------- */

/* The line of the log that most likely says why: the first that speaks of an error. */
static const char *make_why(struct kml *k, struct scope *s, const char *log)
{
	static const char *const signs[] = { "error:", "*** ", "Error " };
	struct str text, last = S("it said nothing"), why = { 0 };
	char *out;

	if (sys_read_file(k, s, log, &text) < 0)
		return "its log is gone";
	while (text.n && !why.n) {
		struct str line = str_trim(str_take(&text, '\n'));

		for (size_t i = 0; i < countof(signs); i++)
			if (memmem(line.p, line.n, signs[i], strlen(signs[i])))
				why = line;
		if (line.n)
			last = line;
	}
	why = why.n ? why : last;
	if (why.n > 300)
		why.n = 300;
	out = scope_text(s, why);
	for (char *p = out; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f || ((unsigned char)*p > 0x7f && !rune_is_text(why)))
			*p = '?';
	return out;
}

static int make_ended(struct kml *k, struct scope *s, const struct make *m, int status)
{
	if (status == 127)
		return fail(k, KML_FAIL, "there is no make to run; install make and a compiler "
		            "(build-essential on Debian, make and gcc elsewhere)");
	if (status > 128)
		return fail(k, KML_FAIL, "make was ended by signal %d%s", status - 128,
		            status == 128 + SIGKILL ? ", perhaps for want of memory" : "");
	if (status)
		return fail(k, KML_FAIL, "make: %s", make_why(k, s, m->log));
	return 0;
}

/* Run make in `dir`; all it says goes to the log. */
static int make_build(struct kml *k, struct scope *s, struct make *m, const char *dir)
{
	struct job p = { .dir = dir, .argv = make_command(s, m, dir),
		.env = make_environment(s, m, dir) };
	const char *logs = scope_format(s, "%s/logs", m->room->work), *log;
	struct buf line = { .s = s };
	int status = 0, r = save_mkdirs(k, s, logs);

	if (r < 0)
		return r;
	log = scope_format(s, "%s/%s-%s.log", logs, m->rule->name, make_name(s, m->rule));
	buf_format(&line, "in %s:", dir);
	for (size_t i = 0; p.argv[i]; i++)
		buf_format(&line, " %s", p.argv[i]);
	buf_byte(&line, '\n');
	if ((r = sys_open(k, s, log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, &p.output)) < 0 ||
	    (r = save_write(k, p.output, buf_str(&line))) < 0)
		return fail_in(k, r, "%s", log);
	m->log = log;
	if ((r = job_run(k, &p, &status)) < 0)
		return fail_in(k, r, "make");
	return make_ended(k, s, m, status);
}

/* Copy the sources, build them, and keep the modules; then stamp them. */
static int make_again(struct kml *k, struct scope *s, struct make *m)
{
	struct snapshot x = { .without = m->room->work }, ko = { .modules = true };
	const char *dir = scope_format(s, "%s/sources", m->here);
	struct str sources, made;
	int r;

	if ((r = snapshot_copy(k, s, &x, m->from, dir, &sources)) < 0 ||
	    (r = make_build(k, s, m, dir)) < 0 ||
	    (r = snapshot_copy(k, s, &ko, dir, m->modules, &made)) < 0)
		return r;
	if (!ko.n)
		return fail(k, KML_FAIL, "make went well, but there is no module (*.ko) below %s", dir);
	if ((r = snapshot_digest(k, s, &ko, m->modules, &made)) < 0 ||
	    (r = save_file(k, s, make_stamp_path(s, m), make_stamp(s, m, sources, made))) < 0)
		return r;
	return snapshot_remove(k, s, dir);
}

/* Make the kernel's directory, and have it for this kml alone until `s` ends. */
static int make_enter(struct kml *k, struct scope *s, struct make_room *room,
                      const struct resolved *rule)
{
	int r;

	if (room->dir)
		return 0;
	room->dir = scope_format(s, "%s/%s", room->work, make_name(s, rule));
	if ((r = save_mkdirs(k, s, room->dir)) < 0)
		return r;
	return (r = save_lock(k, s, room->dir)) < 0 ? fail_in(k, r, "%s", room->dir) : 0;
}

/* Unpack the headers, if need be. */
static int make_headers(struct kml *k, struct scope *s, struct make *m)
{
	struct headers *h = &m->room->unpacked;
	int r;

	if (m->headers.dir)
		return 0;
	if (!h->path || !str_eq(h->digest, m->headers.digest)) {
		*h = m->headers;
		r = headers_unpack(k, s, m->rule->kernel,
		                   scope_format(s, "%s/.headers", m->room->dir), h);
		if (r < 0) {
			h->path = NULL;
			return r;
		}
	}
	m->headers.dir = h->dir;
	return 0;
}

/* Make the modules of the rule, unless they are there.  `s` lives as long as the room. */
static int make_run(struct kml *k, struct scope *s, struct make *m)
{
	const char *text = m->rule->values[RESOLVED_SOURCES].text;
	struct snapshot x = { .without = m->room->work };
	struct str sources;
	int r;

	if (k->root)
		return fail(k, KML_USAGE, "make does not run with --root");
	text = scope_format(s, "%s%s", *text == '/' ? "" : m->rule->base, text);
	if ((r = process_absolute(k, s, text, &m->from)) < 0 || (r = make_how(k, s, m)) < 0 ||
	    (r = headers_find(k, s, m->rule, &m->headers)) < 0 ||
	    (r = make_vars(k, s, m)) < 0 || (r = make_enter(k, s, m->room, m->rule)) < 0)
		return r;
	m->here = scope_format(s, "%s/%s", m->room->dir, m->rule->name);
	m->modules = scope_format(s, "%s/modules", m->here);
	if ((r = snapshot_digest(k, s, &x, m->from, &sources)) < 0 || make_is_done(k, s, m, sources))
		return r;
	if ((r = make_headers(k, s, m)) < 0 || (r = make_vars(k, s, m)) < 0)
		return r;
	return make_again(k, s, m);
}

/* Nothing more is built for this kernel. */
static int make_leave(struct kml *k, struct scope *s, const struct make_room *room)
{
	return room->dir ? snapshot_remove(k, s, scope_format(s, "%s/.headers", room->dir)) : 0;
}

#endif
