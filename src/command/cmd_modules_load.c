/* cmd_modules_load.c - load the modules that are named in modules-load.d. */
#ifndef KML_CMD_MODULES_LOAD_C
#define KML_CMD_MODULES_LOAD_C

#include "../ground/opt.c"
#include "../format/modlist.c"
#include "../module/config.c"
#include "bulk.c"

struct modules_load_args { struct bulk_args bulk; };

static const struct opt modules_load_opts[] = { BULK_OPTS(struct modules_load_args) };

struct modules_load_names { struct buf lines; size_t n; bool bad; };

static void modules_load_add(struct modules_load_names *names, struct str text)
{
	struct str name;

	while ((name = modlist_next(&text)).n) {
		buf_add(&names->lines, name);
		buf_byte(&names->lines, '\n');
		names->n++;
	}
}

/* `listed`: it was in a directory, so it is gone by now, or a link to /dev/null on a
 * machine that has none. */
static void modules_load_file(struct kml *k, struct scope *s, const char *path, bool listed,
                              struct modules_load_names *names)
{
	struct str text;
	int r = sys_read_file(k, s, path, &text);

	if (r == 0) {
		modules_load_add(names, text);
	} else if (r != KML_NOTFOUND || !listed) {
		note(k, KML_ERROR, "%s: %s", path, k->msg);
		names->bad = true;
	}
}

/* What the kernel was booted with; without /proc that is nothing. */
static void modules_load_kernel(struct kml *k, struct scope *s,
                                struct modules_load_names *names)
{
	bool initramfs = sys_exists(k, s, "/etc/initrd-release");
	struct str text, list;

	if (sys_read_file(k, s, "/proc/cmdline", &text) < 0)
		return;
	text = str_take(&text, '\n');
	while ((list = modlist_kernel(&text, S("modules_load"), initramfs)).p)
		while (list.n)
			modules_load_add(names, str_take(&list, ','));
}

/* A name is looked for where the files are, a path is a path. */
static void modules_load_operand(struct kml *k, struct scope *s, const char *word,
                                 struct modules_load_names *names)
{
	const struct config_file *f = config_list(k, s, "modules-load.d");

	while (f && !str_eq(f->name, str_of(word)))
		f = f->next;
	modules_load_file(k, s, f ? f->path : word, f, names);
}

static int modules_load_all(struct kml *k, struct scope *s, const struct bulk_args *args,
                            struct modules_load_names *names)
{
	struct str all = buf_str(&names->lines), name;
	struct bulk b = { 0 };
	int r = bulk_begin(k, s, "modules-load", args, &b);

	if (r < 0)
		return r;
	while ((name = str_take(&all, '\n')).n)
		if (!bulk_want(k, &b, name, NULL)) {
			note(k, KML_ERROR, "Module %.*s not found in directory %s", FMT(name),
			     b.dir);
			names->bad = true;
		}
	bulk_load(k, &b);
	return bulk_end(k, &b, KML_ERROR, false, names->bad);
}

static int modules_load_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct modules_load_args *a = args;
	struct modules_load_names names = { .lines.s = s };

	if (a->bulk.quiet)
		k->log = NULL;
	for (char **o = operands; *o; o++)
		modules_load_operand(k, s, *o, &names);
	if (!*operands) {
		modules_load_kernel(k, s, &names);
		for (struct config_file *f = config_list(k, s, "modules-load.d"); f; f = f->next)
			modules_load_file(k, s, f->path, true, &names);
	}
	if (!names.n)
		return names.bad ? kmod_failed(k) : 0;
	return modules_load_all(k, s, &a->bulk, &names);
}

static const struct applet applet_modules_load = {
	.name = "modules-load", .synopsis = "[OPTION]... [FILE]...",
	.brief = "Load the modules that modules-load.d and the kernel's command line name.",
	.detail = "The files *.conf of /etc/modules-load.d, /run/modules-load.d,\n"
	          "/usr/local/lib/modules-load.d, /usr/lib/modules-load.d and /lib/modules-load.d\n"
	          "have a module or an alias on each line; a file hides those of its name in the\n"
	          "later directories, and lines that begin with # or ; are comments.  On the\n"
	          "kernel's command line it is modules_load=NAME,NAME and, for an initramfs,\n"
	          "rd.modules_load=.  With FILE only that is read, a name of the directories or a\n"
	          "path.  What does not depend on each other is loaded at the same time; the\n"
	          "blacklist counts.  One that fails is told, the others go on; then the exit\n"
	          "status is 1.",
	.opts = modules_load_opts, .nopts = countof(modules_load_opts),
	.argsize = sizeof(struct modules_load_args), .max = -1,
	.run = modules_load_run,
};

#endif
