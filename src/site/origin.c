/* origin.c - what a reference to an image means on a command line that only reads. */
#ifndef KML_ORIGIN_C
#define KML_ORIGIN_C

#include "../format/ref.c"
#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../image/archive.c"
#include "../image/folder.c"
#include "../image/image.c"

/* Open what `text` refers to, and say which image of it: a tag, a digest, or empty. */
static int origin_open(struct kml *k, struct scope *s, const char *text, struct store *out,
                       struct str *name)
{
	struct ref ref;
	const char *path;
	int r = ref_parse(k, s, str_of(scope_text(s, str_of(text))), &ref);

	if (r < 0)
		return r;
	*name = ref.digest.n ? ref.digest : ref.tag;
	path = scope_text(s, ref.path);
	switch (ref.kind) {
	case REF_LAYOUT:         return folder_open(k, s, path, out);
	case REF_ARCHIVE:        return archive_open(k, s, path, false, out);
	case REF_DOCKER_ARCHIVE: return archive_open(k, s, path, true, out);
	default:
		return fail(k, KML_USAGE, "%s: not a layout or an archive (oci:DIR[:TAG], "
		            "oci-archive:FILE[:TAG], docker-archive:FILE[:TAG])", text);
	}
}

/* Read OS/ARCH[/VARIANT]; NULL is this machine's. */
static int origin_platform(struct kml *k, struct scope *s, const char *text,
                           struct image_platform *out)
{
	struct str rest = str_of(text ? text : "");
	const char *machine;
	int r;

	out->os = str_take(&rest, '/');
	out->arch = str_take(&rest, '/');
	out->variant = rest;
	if (text)
		return out->os.n && out->arch.n ? 0 :
			fail(k, KML_USAGE, "--platform %s: it is OS/ARCH or OS/ARCH/VARIANT", text);
	if ((r = kernel_machine(k, s, &machine)) < 0)
		return r;
	out->os = S("linux");
	out->arch = image_arch(str_of(machine));
	return 0;
}

#endif
