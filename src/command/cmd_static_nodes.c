/* cmd_static_nodes.c - print the device nodes that stand for modules not loaded yet. */
#ifndef KML_CMD_STATIC_NODES_C
#define KML_CMD_STATIC_NODES_C

#include "../ground/opt.c"
#include "../ground/save.c"
#include "../format/devname.c"
#include "../module/live.c"
#include "kmod.c"

struct static_nodes_args { const char *format, *output; };

#define STATIC_NODES_OPT(field, letter, word, arg, help) \
	OPT(struct static_nodes_args, field, letter, word, arg, help)

static const struct opt static_nodes_opts[] = {
	STATIC_NODES_OPT(format, 'f', "format", "FORMAT", "human, tmpfiles or devname"),
	STATIC_NODES_OPT(output, 'o', "output", "FILE", "write there; its directory is made"),
};

typedef void static_nodes_fn(struct buf *b, const struct devname *d);

static void static_nodes_human(struct buf *b, const struct devname *d)
{
	buf_format(b, "Module: %.*s\n\tDevice node: /dev/%.*s\n\t\tType: %s device\n"
	           "\t\tMajor: %u\n\t\tMinor: %u\n", FMT(d->module), FMT(d->node),
	           d->type == 'c' ? "character" : "block", (unsigned)d->major,
	           (unsigned)d->minor);
}

/* As tmpfiles.d(5) has it: each node after the directory that it is in. */
static void static_nodes_tmpfiles(struct buf *b, const struct devname *d)
{
	size_t dir = d->node.n - str_base(d->node).n;

	if (dir)
		buf_format(b, "d /dev/%.*s 0755 - - -\n", (int)dir - 1, d->node.p);
	buf_format(b, "%c! /dev/%.*s 0600 - - - %u:%u\n", d->type, FMT(d->node),
	           (unsigned)d->major, (unsigned)d->minor);
}

static void static_nodes_devname(struct buf *b, const struct devname *d)
{
	buf_format(b, "%.*s %.*s %c%u:%u\n", FMT(d->module), FMT(d->node), d->type,
	           (unsigned)d->major, (unsigned)d->minor);
}

static static_nodes_fn *static_nodes_format(const char *name)
{
	static const struct { const char *name; static_nodes_fn *fn; } formats[] = {
		{ "human", static_nodes_human }, { "tmpfiles", static_nodes_tmpfiles },
		{ "devname", static_nodes_devname },
	};

	for (size_t i = 0; i < countof(formats); i++)
		if (!name || !strcmp(name, formats[i].name))
			return formats[i].fn;
	return NULL;
}

/* All lines of the file `path` in the form `fn` gives them; false if some are bad,
 * which has been said. */
static bool static_nodes_lines(struct kml *k, const char *path, struct str text,
                               static_nodes_fn *fn, struct buf *b)
{
	unsigned number = 0;
	bool good = true;

	while (text.n) {
		struct devname d;
		int r = devname_line(k, str_take(&text, '\n'), &d);

		number++;
		if (r > 0)
			fn(b, &d);
		if (r < 0) {
			note(k, KML_ERROR, "%s:%u: %s", path, number, k->msg);
			good = false;
		}
	}
	return good;
}

/* To the file `path`: whole, unless it is a device or a link, which must stay. */
static int static_nodes_write(struct kml *k, struct scope *s, const char *path, struct str text)
{
	struct str dir = { path, strlen(path) - str_base(str_of(path)).n };
	struct stat st;
	int fd, r = sys_stat(k, s, path, O_NOFOLLOW, &st);

	if (r == 0 && !S_ISREG(st.st_mode)) {
		r = sys_open(k, s, path, O_WRONLY | O_TRUNC | O_NOCTTY, &fd);
		return r < 0 ? r : save_write(k, fd, text);
	}
	if (dir.n && (r = save_mkdirs(k, s, scope_text(s, dir))) < 0)
		return r;
	return save_file(k, s, path, text);
}

static int static_nodes_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct static_nodes_args *o = args;
	static_nodes_fn *fn = static_nodes_format(o->format);
	struct buf b = { .s = s };
	const char *path;
	struct str text;
	bool good;
	int r;

	(void)operands;
	if (!fn)
		return fail(k, KML_USAGE, "Unknown format: '%s'.", o->format);
	if ((r = live_directory(k, s, NULL, NULL, &path)) < 0)
		return r;
	path = scope_format(s, "%s/modules.devname", path);
	r = sys_read_file(k, s, path, &text);
	if (r == KML_NOTFOUND) {
		fprintf(stderr, "Warning: %s not found - ignoring\n", path);
		return 0;
	}
	if (r < 0)
		return fail_in(k, r, "%s", path);
	good = static_nodes_lines(k, path, text, fn, &b);
	if (!o->output)
		fwrite(b.p, 1, b.n, stdout);
	else if ((r = static_nodes_write(k, s, o->output, buf_str(&b))) < 0)
		return fail_in(k, r, "%s", o->output);
	return good ? 0 : kmod_failed(k);
}

static const struct applet applet_static_nodes = {
	.name = "static-nodes", .synopsis = "[-f FORMAT] [-o FILE]",
	.brief = "Print the device nodes that stand for modules not loaded yet.",
	.detail = "They are those of modules.devname of the running kernel: opening one loads its "
	          "module.  The format tmpfiles is that of tmpfiles.d(5), devname that of the file "
	          "itself, and human, which is for people, may change.",
	.opts = static_nodes_opts, .nopts = countof(static_nodes_opts),
	.argsize = sizeof(struct static_nodes_args), .max = -1, .kmod = true,
	.run = static_nodes_run,
};

#endif
