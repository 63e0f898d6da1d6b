/* cmd_extract.c - unpack an image, or a part of it. */
#ifndef KML_CMD_EXTRACT_C
#define KML_CMD_EXTRACT_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../image/extract.c"
#include "../site/transport.c"
#include "registries.c"

struct extract_args {
	struct registries registries;
	const char *platform, *kernel;
	opt_number most;
	bool owner, devices, quiet;
};

static const struct opt extract_opts[] = {
	OPT(struct extract_args, platform, 'p', "platform", "OS/ARCH[/VARIANT]",
	    "of an image for several: this one (this machine's)"),
	REGISTRIES_KERNEL(struct extract_args),
	OPT(struct extract_args, most, 0, "max-size", "MIB",
	    "refuse to unpack more than this (65536)"),
	OPT(struct extract_args, owner, 0, "same-owner", NULL,
	    "as root: keep owners, set-id bits and capabilities"),
	OPT(struct extract_args, devices, 0, "devices", NULL,
	    "as root: make device nodes, which are refused otherwise"),
	OPT(struct extract_args, quiet, 'q', "quiet", NULL, "say nothing but errors"),
	REGISTRIES_OPTS(struct extract_args),
};

static int extract_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct extract_args *a = args;
	struct extract_options o = {
		.paths = (const char *const *)(operands + 2), .owner = a->owner,
		.devices = a->devices,
		.most = (uint64_t)(a->most < 0 ? 65536 : a->most > 1 << 30 ? 1 << 30 : a->most) << 20,
	};
	struct image_platform want;
	struct remote_options remote;
	struct transport_end from;
	struct image image;
	struct extract x;
	int r;

	while (o.paths[o.npaths])
		o.npaths++;
	if (a->quiet)
		k->log = NULL;
	if ((r = transport_platform(k, s, a->platform, a->kernel, &want)) < 0 ||
	    (r = registries_options(k, &a->registries, &remote)) < 0 ||
	    (r = transport_open(k, s, operands[0], &remote, TRANSPORT_READ, &from)) < 0 ||
	    (r = image_open(k, s, &from.store, from.name, &want, &image)) < 0 ||
	    (r = extract_image(k, s, &image, &o, operands[1], &x)) < 0)
		return r;
	note(k, KML_INFO, "%llu files, %llu bytes", (unsigned long long)x.files,
	     (unsigned long long)x.bytes);
	return 0;
}

static const struct applet applet_extract = {
	.name = "extract", .synopsis = "[OPTION]... REF DIR [PATH]...",
	.brief = "Unpack an image, or only some paths of it, into a directory.",
	.detail =
		"The layers are applied as a container engine does: what an upper layer deletes or\n"
		"replaces is not there.  Every blob is verified before the first file is written.\n"
		"The files appear in DIR when all of them are there; on failure none does.\n"
		".Pp\n"
		"DIR is made if it is missing.  What is in it stays, but for files that the image has\n"
		"too; a link in the place of a directory is not followed but refused.\n"
		".Pp\n"
		"Refused are images with names that lead out of DIR, links that do, files below links,\n"
		"names twice in a layer, sparse files, malformed deletions, and device nodes unless\n"
		"--devices is given.  Files belong to who calls this, without set-id bits, unless\n"
		"--same-owner is given.  Extended attributes user.* are kept where the file system has\n"
		"them.",
	.opts = extract_opts, .nopts = countof(extract_opts),
	.argsize = sizeof(struct extract_args), .min = 2, .max = -1, .run = extract_run,
};

#endif
