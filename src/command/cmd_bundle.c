/* cmd_bundle.c - many images in one file, for a site that has no network. */
#ifndef KML_CMD_BUNDLE_C
#define KML_CMD_BUNDLE_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../site/bundle.c"
#include "cmd_copy.c"
#include "registries.c"

struct bundle_args {
	struct registries registries;
	const char *output, *config, *lock, *list;
	struct opt_list kernels, platforms;
	opt_number jobs;
	bool all, json, quiet;
};

static const struct opt bundle_opts[] = {
	OPT(struct bundle_args, output, 'o', "output", "FILE", "the archive to write"),
	OPT(struct bundle_args, all, 'a', "all", NULL, "the images of all rules of a kml.ini"),
	OPT(struct bundle_args, kernels, 'k', "kernel", "KVER",
	    "the image that a kml.ini has for this kernel; may be given again"),
	OPT(struct bundle_args, config, 'c', "config", "FILE", "read this kml.ini"),
	OPT(struct bundle_args, platforms, 'p', "platform", "OS/ARCH[/VARIANT]",
	    "of an index this image, not all; given again, an index of these"),
	OPT(struct bundle_args, lock, 0, "lock", "FILE", "write kml.lock here, too"),
	OPT(struct bundle_args, list, 'l', "list", "FILE", "say what is in this bundle"),
	OPT(struct bundle_args, jobs, 'j', "jobs", "N", "so many blobs at the same time (4)"),
	OPT(struct bundle_args, json, 0, "json", NULL, "print kml.lock"),
	OPT(struct bundle_args, quiet, 'q', "quiet", NULL, "say nothing but errors"),
	REGISTRIES_OPTS(struct bundle_args),
};

/* One line: REFERENCE DIGEST SIZE PLATFORM... */
static int bundle_print_image(struct kml *k, struct scope *s, yyjson_val *image)
{
	struct str name, digest;
	yyjson_val *platforms, *v;
	size_t i, max;
	uint64_t bytes;
	char size[24];
	int r;

	if ((r = json_need_text(k, image, "reference", &name)) < 0 ||
	    (r = json_need_text(k, image, "digest", &digest)) < 0 ||
	    (r = json_need_uint(k, image, "bytes", &bytes)) < 0 ||
	    (r = json_array(k, image, "platforms", &platforms)) < 0)
		return r;
	name = httphead_clean(s, name);
	digest = httphead_clean(s, digest);
	if ((r = ref_check_tag(k, name, true)) < 0 || (r = digest_check(k, digest)) < 0)
		return r;
	progress_size(size, sizeof size, bytes);
	printf("%.*s %.*s %s", FMT(name), FMT(digest), size);
	yyjson_arr_foreach(platforms, i, max, v)
		if (yyjson_is_str(v))
			printf(" %.*s", FMT(httphead_clean(s, json_slice(v))));
	putchar('\n');
	return 0;
}

static int bundle_print(struct kml *k, struct scope *s, struct str lock, bool as_json)
{
	yyjson_val *json, *images, *v;
	size_t i, max;
	int r;

	if ((r = json_read(k, s, lock, &json)) < 0 ||
	    (r = json_array(k, json, "images", &images)) < 0)
		return fail_in(k, r, "kml.lock");
	if (as_json) {
		printf("%.*s\n", FMT(lock));
		return 0;
	}
	yyjson_arr_foreach(images, i, max, v)
		if (bundle_print_image(k, s, v) < 0)
			return fail_in(k, KML_BAD, "kml.lock: images[%zu]", i);
	return 0;
}

static int bundle_collect(struct kml *k, struct scope *s, const struct bundle_args *a,
                          char **operands, struct bundle *b)
{
	struct mappings all;
	size_t n;
	int r = 0;

	*b = (struct bundle){ .s = s, .images = { .s = s } };
	for (size_t i = 0; r == 0 && operands[i]; i++)
		r = bundle_add(k, b, operands[i]);
	if (r == 0 && (a->all || a->kernels.n)) {
		r = mapping_load_config(k, s, a->config ? a->config : env_get("KML_CONFIG"), &all);
		if (r == 0 && a->all)
			r = bundle_add_rules(k, b, &all, a->kernels.n > 0);
		for (size_t i = 0; r == 0 && i < a->kernels.n; i++)
			r = bundle_add_kernel(k, b, &all, a->kernels.v[i]);
	}
	bundle_images(b, &n);
	return r < 0 || n ? r : fail(k, KML_USAGE, "there is no image to take; name some, or --all or "
	                             "-k KVER of a kml.ini");
}

static int bundle_write(struct kml *k, struct scope *s, const struct bundle_args *a,
                        char **operands)
{
	const struct copy_args how = { .platforms = a->platforms, .all = !a->platforms.n };
	struct copy_options o = { .all = how.all, .referrers = true,
		.jobs = a->jobs > 0 ? a->jobs > 64 ? 64 : (int)a->jobs : 0 };
	struct remote_options remote;
	struct bundle b;
	struct str lock;
	int r;

	if (a->quiet)
		k->log = NULL;
	if ((r = copy_platforms(k, s, &how, &o)) < 0 ||
	    (r = registries_options(k, &a->registries, &remote)) < 0 ||
	    (r = bundle_collect(k, s, a, operands, &b)) < 0 ||
	    (r = bundle_make(k, s, &b, &o, &remote, a->output, &lock)) < 0)
		return r;
	if (a->lock && (r = save_file(k, s, a->lock, lock)) < 0)
		return fail_in(k, r, "%s", a->lock);
	return a->quiet && !a->json ? 0 : bundle_print(k, s, lock, a->json);
}

static int bundle_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct bundle_args *a = args;
	struct str lock;
	int r;

	if (!a->output == !a->list)
		return fail(k, KML_USAGE, "-o FILE writes a bundle, --list FILE says what is in one");
	if (a->output)
		return bundle_write(k, s, a, operands);
	r = bundle_read(k, s, a->list, &lock);
	return r < 0 ? r : bundle_print(k, s, lock, a->json);
}

static const struct applet applet_bundle = {
	.name = "bundle",
	.synopsis = "-o FILE [OPTION]... [REFERENCE]...",
	.brief = "Put many images into one archive, for a site that has no network.",
	.detail =
		"The archive is an oci-archive in which each image is named by its whole reference, so "
		"that kml copy oci-archive:FILE:HOST/REPOSITORY:TAG and other tools find it, and kml "
		"serve is a registry that has it. Indexes are whole, digests as they were; signatures "
		"and what else points at an image go along (see --referrers of kml copy). What images "
		"share is in it once.\n\n"
		"Of a kml.ini --all takes the images of rules whose reference has no kernel in it, or "
		"that are for one kernel; of the others those for the kernels that -k names.\n\n"
		"kml.lock in the archive says what it holds: for each image its reference, digest, type, "
		"size and platforms. A run that was broken off leaves FILE.partial, and the next goes on "
		"with it.",
	.opts = bundle_opts, .nopts = countof(bundle_opts), .argsize = sizeof(struct bundle_args),
	.min = 0, .max = -1,
	.run = bundle_command,
};

#endif
