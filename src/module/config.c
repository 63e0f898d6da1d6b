/* config.c - which files of modprobe.d count, and in which order.
 *
 * Directories from the highest precedence to the lowest:
 *
 *     /etc/modprobe.d  /run/modprobe.d  /usr/local/lib/modprobe.d
 *     /usr/lib/modprobe.d  /lib/modprobe.d
 *
 * The same goes for modules-load.d.
 *
 * Only names that end in .conf and do not begin with '.' count; a name hides the
 * same name in the directories below it, so an empty file or a link to
 * /dev/null masks.  What is left is read in byte order of the names, wherever
 * it is; depmod's modules.softdep and modules.weakdep take their place there by
 * name, so a.conf comes before a module's own softdeps, and z.conf too late.
 *
 * A machine without any of these directories is fine.
 */
#ifndef KML_CONFIG_C
#define KML_CONFIG_C

#include "../ground/sys.c"
#include "../format/modconf.c"

static const char *const config_above[] = {
	"/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib",
};

struct config_file { struct config_file *next; const char *path; struct str name; };

/* Insert `path` by its name, unless the name is there already. */
static void config_insert(struct scope *s, struct config_file **list, const char *path)
{
	struct config_file *f = new(s, struct config_file);
	int order = 1;

	f->path = path;
	f->name = str_base(str_of(path));
	while (*list && (order = str_cmp(f->name, (*list)->name)) > 0)
		list = &(*list)->next;
	if (*list && order == 0)
		return;
	f->next = *list;
	*list = f;
}

/* Can the entry `path` of a directory be a file of configuration?  Else it is told.
 * A link to /dev/null hides others also where there is no such device. */
static bool config_is_file(struct kml *k, struct scope *s, const char *path, unsigned char type)
{
	struct stat st = { 0 };
	struct str to;

	if ((type == DT_LNK || type == DT_UNKNOWN) && sys_stat(k, s, path, 0, &st) < 0) {
		if (sys_readlink(k, s, path, &to) == 0 && str_eq(to, S("/dev/null")))
			return true;
		note(k, KML_ERROR, "Cannot stat directory entry: %s", path);
		return false;
	}
	if (type == DT_DIR || S_ISDIR(st.st_mode)) {
		note(k, KML_ERROR, "Directories inside directories are not supported: %s", path);
		return false;
	}
	return true;
}

/* All files of the directory `dir`; KML_NOTFOUND when it is none. */
static int config_insert_dir(struct kml *k, struct scope *s, struct config_file **list,
                             const char *dir)
{
	struct sys_entry *e;
	size_t n;
	int r = sys_list(k, s, dir, &e, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *path;

		if (e[i].name[0] == '.' || !str_ends(str_of(e[i].name), S(".conf")))
			continue;
		path = scope_format(s, "%s/%s", dir, e[i].name);
		if (config_is_file(k, s, path, e[i].type))
			config_insert(s, list, path);
	}
	return r;
}

/* The files that count of the machine's directories called `name`. */
static struct config_file *config_list(struct kml *k, struct scope *s, const char *name)
{
	struct config_file *list = NULL;

	for (size_t i = 0; i < countof(config_above); i++)
		(void)config_insert_dir(k, s, &list, scope_format(s, "%s/%s", config_above[i],
		                                                  name));
	return list;
}

/* A file that is missing says nothing; that one cannot be read is told. */
static int config_text(struct kml *k, struct scope *t, const char *path, struct str *text)
{
	int r = sys_read_file(k, t, path, text);

	if (r < 0 && r != KML_NOTFOUND)
		note(k, KML_ERROR, "%s: %s", path, k->msg);
	return r;
}

static void config_read_some(struct kml *k, struct scope *s, const char *const *files,
                             const char *dir, bool weak, struct modconf *out)
{
	struct scope *t = scope_begin(s);
	struct config_file *list = files ? NULL : config_list(k, s, "modprobe.d");
	struct str text;

	*out = (struct modconf){ 0 };
	for (; files && *files; files++)
		if (config_insert_dir(k, s, &list, *files) < 0)
			config_insert(s, &list, *files);
	config_insert(s, &list, scope_format(s, "%s/modules.softdep", dir));
	if (weak)
		config_insert(s, &list, scope_format(s, "%s/modules.weakdep", dir));
	for (; list; list = list->next) {
		if (config_text(k, t, list->path, &text) == 0)
			modconf_read(k, s, out, list->path, text);
		scope_clear(t);
	}
	if (config_text(k, t, "/proc/cmdline", &text) == 0)
		modconf_kernel(s, out, text);
	scope_end(t);
}

/* Read the configuration: `files` (files or directories, ended by NULL) instead
 * of the machine's own if there are any; the soft and weak dependencies of the
 * module directory `dir`; the kernel's command line. */
static void config_read(struct kml *k, struct scope *s, const char *const *files,
                        const char *dir, struct modconf *out)
{
	config_read_some(k, s, files, dir, true, out);
}

/* The same for who only loads: modules' own weak dependencies are not for that. */
static void config_read_loading(struct kml *k, struct scope *s, const char *const *files,
                                const char *dir, struct modconf *out)
{
	config_read_some(k, s, files, dir, false, out);
}

#endif
