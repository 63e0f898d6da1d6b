/* transport.c - what a reference to an image means (containers-transports(5)).
 *
 * Whatever it names, a registry, a layout or an archive, it becomes a store and the
 * name of an image in it: nothing below needs to know which it is.
 */
#ifndef KML_TRANSPORT_C
#define KML_TRANSPORT_C

#include "../format/ref.c"
#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../ground/sys.c"
#include "../image/archive.c"
#include "../image/archiver.c"
#include "../image/folder.c"
#include "../image/image.c"
#include "../registry/remote.c"

enum transport_use { TRANSPORT_READ, TRANSPORT_WRITE };

struct transport_end {
	struct store store;
	struct str name;                /* a tag, a digest, or empty: the only image */
};

/* Whether readers of what `text` refers to find nothing but OCI's types there. */
static int transport_holds_oci(struct kml *k, struct scope *s, const char *text, bool *out)
{
	struct ref ref;
	int r = ref_parse(k, s, str_of(text), &ref);

	*out = r == 0 && ref.kind != REF_REGISTRY;
	return r;
}

/* A name without a host means docker.io, but hardly when it is that of a directory. */
static int transport_not_here(struct kml *k, struct scope *s, const char *text)
{
	struct str rest = str_of(text), path = str_take(&rest, ':'), first = path;
	struct stat st;

	first = str_take(&first, '/');
	if (str_find(first, '.') < first.n || str_eq(first, S("localhost")) ||
	    str_starts(rest, S("//")) || str_find(rest, '/') < rest.n ||
	    sys_stat(k, s, scope_text(s, path), 0, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	return fail(k, KML_USAGE, "%s would be an image of docker.io, and there is a directory %.*s: "
	            "say oci:%s or docker://%s", text, FMT(path), text, text);
}

/* Open what `text` refers to. */
static int transport_open(struct kml *k, struct scope *s, const char *text,
                          const struct remote_options *o, enum transport_use use,
                          struct transport_end *out)
{
	bool write = use == TRANSPORT_WRITE;
	struct ref ref;
	const char *path;
	int r = ref_parse(k, s, str_of(scope_text(s, str_of(text))), &ref);

	if (r < 0)
		return r;
	out->name = ref.digest.n ? ref.digest : ref.tag;
	path = scope_text(s, ref.path);
	switch (ref.kind) {
	case REF_LAYOUT:
		if (write && ref.digest.n)
			return fail(k, KML_USAGE, "%s: an image is put into a layout under a tag", text);
		if (write)
			out->name = ref_tag(&ref);
		return write ? folder_create(k, s, path, &out->store) :
			folder_open(k, s, path, &out->store);
	case REF_ARCHIVE:
	case REF_DOCKER_ARCHIVE:
		return write ? archiver_open(k, s, path, ref.kind == REF_DOCKER_ARCHIVE, &out->store) :
			archive_open(k, s, path, ref.kind == REF_DOCKER_ARCHIVE, &out->store);
	case REF_REGISTRY:
		if ((r = transport_not_here(k, s, text)) < 0)
			return r;
		if (!ref.digest.n)
			out->name = ref_tag(&ref);
		return remote_open(k, s, o, &ref, write, &out->store);
	default:
		return fail(k, KML_USAGE, "scratch is no image that can be copied");
	}
}

/* Read OS/ARCH[/VARIANT]; NULL is this machine's. */
static int transport_platform(struct kml *k, struct scope *s, const char *text,
                              const char *kernel, struct image_platform *out)
{
	struct str rest = str_of(text ? text : "");
	const char *machine;
	int r;

	*out = (struct image_platform){ .os = str_take(&rest, '/'),
		.kernel = str_of(kernel ? kernel : "") };
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
