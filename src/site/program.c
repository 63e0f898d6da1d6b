/* program.c - kml itself, put into what is made to run it.
 *
 *     usr/bin/kml, and links to it beside it by the names of its commands
 *
 * It has to run where the modules do, so it is for the same machine.  This program is
 * where the kernel started it from, whatever root everything else is below.
 */
#ifndef KML_PROGRAM_C
#define KML_PROGRAM_C

#include "../format/elf.c"
#include "../ground/base.c"
#include "../ground/sys.c"
#include "../image/entries.c"
#include "modset.c"

static int program_read(struct kml *k, struct scope *s, const char *path, struct str *out)
{
	const char *root = k->root;
	int r;

	if (!path)
		k->root = NULL;
	r = sys_read_file(k, s, path ? path : "/proc/self/exe", out);
	k->root = root;
	return r;
}

/* Does it run on `arch` (NULL: anything does)? */
static int program_check(struct kml *k, struct scope *s, struct str text, const char *arch)
{
	struct source src = source_of(text);
	const char *own;
	struct elf e;
	int r = elf_open(k, s, &src, &e);

	if (r < 0)
		return r;
	own = modset_arch(e.machine, e.wide, e.big);
	if (arch && (!own || strcmp(arch, own)))
		return fail(k, KML_USAGE, "this program is for %s and the modules are for %s; give one "
		            "for that with --kml FILE", own ? own : "another machine", arch);
	return 0;
}

/* Add the program in the file `path`, or this one if that is NULL, and the links that
 * are named, up to NULL. */
static int program_add(struct kml *k, struct entries *e, const char *path, const char *arch,
                       const char *const *links)
{
	struct str text;
	int r = program_read(k, e->s, path, &text);

	if (r == 0)
		r = program_check(k, e->s, text, arch);
	if (r < 0)
		return r == KML_USAGE ? r : fail_in(k, r, "%s", path ? path : "kml");
	entries_bytes(e, S("usr/bin/kml"), text);
	e->v[e->n - 1].head.mode = 0755;
	for (; *links; links++)
		entries_link(e, str_of(scope_format(e->s, "usr/bin/%s", *links)), S("kml"));
	return 0;
}

#endif
