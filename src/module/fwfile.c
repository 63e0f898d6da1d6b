/* fwfile.c - where the kernel finds firmware.
 *
 * A driver asks for a name such as "vendor/chip.bin".  The kernel looks into the
 * directory that /sys/module/firmware_class/parameters/path names, if any, then into
 *
 *     /lib/firmware/updates/VERSION    /lib/firmware/updates
 *     /lib/firmware/VERSION            /lib/firmware
 *
 * for the file as it is; then, where it can decode it, for NAME.zst and NAME.xz in
 * the same order.  A module lists the names it may ask for in its modinfo; some are
 * patterns, which nothing can be said about.
 */
#ifndef KML_FWFILE_C
#define KML_FWFILE_C

#include "../ground/base.c"
#include "../ground/sys.c"

/* A path below the directories: no absolute one, none that leads out, no pattern. */
static bool fwfile_plain(struct str name)
{
	if (!name.n || name.p[0] == '/')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!name.p[i] || strchr("*?[", name.p[i]))
			return false;
	while (name.n)
		if (str_eq(str_take(&name, '/'), S("..")))
			return false;
	return true;
}

/* Find the file below `base`/lib/firmware that kernel `version` (may be NULL) gets for
 * `name`, but one in the directory `first` (may be empty) first of all; KML_NOTFOUND
 * when there is none, or `name` is no plain one. */
static int fwfile_below(struct kml *k, struct scope *s, struct str first, const char *base,
                        const char *version, struct str name, const char **path)
{
	static const char *const ends[] = { "", ".zst", ".xz" };
	bool odd = !version || !*version || *version == '.' || strchr(version, '/');
	const char *of = odd ? "." : version;
	const char *dirs[5];
	struct stat st;

	if (!fwfile_plain(name))
		return fail(k, KML_NOTFOUND, "'%.*s' is no name of a firmware file", FMT(name));
	dirs[0] = scope_text(s, first);
	dirs[1] = scope_format(s, "%s/lib/firmware/updates/%s", base, of);
	dirs[2] = scope_format(s, "%s/lib/firmware/updates", base);
	dirs[3] = scope_format(s, "%s/lib/firmware/%s", base, of);
	dirs[4] = scope_format(s, "%s/lib/firmware", base);
	for (size_t i = 0; i < countof(ends) * countof(dirs); i++) {
		const char *dir = dirs[i % countof(dirs)];

		if (!*dir)
			continue;
		*path = scope_format(s, "%s/%.*s%s", dir, FMT(name), ends[i / countof(dirs)]);
		if (sys_stat(k, s, *path, 0, &st) == 0 && S_ISREG(st.st_mode))
			return 0;
	}
	return fail(k, KML_NOTFOUND, "no firmware %.*s", FMT(name));
}

/* The file that the running kernel, or one that runs as this one does, gets. */
static int fwfile_find(struct kml *k, struct scope *s, const char *version, struct str name,
                       const char **path)
{
	struct str first = { 0 };

	if (sys_read_file(k, s, "/sys/module/firmware_class/parameters/path", &first) == 0)
		first.n = str_find(first, '\0');
	first = str_trim(first);
	if (!str_starts(first, S("/")))
		first.n = 0;
	return fwfile_below(k, s, first, "", version, name, path);
}

#endif
