/* cmd_copy.c - images between registries, layouts and archives: copy, pull, push. */
#ifndef KML_CMD_COPY_C
#define KML_CMD_COPY_C

#include "../format/emit.c"
#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/copy.c"
#include "../site/transport.c"
#include "registries.c"

struct copy_args {
	struct registries registries;
	struct opt_list platforms;
	const char *kernel;
	opt_number jobs;
	bool all, preserve, referrers, json, quiet;
};

static const struct opt copy_opts[] = {
	OPT(struct copy_args, all, 'a', "all", NULL, "of an index everything, not one platform"),
	OPT(struct copy_args, platforms, 'p', "platform", "OS/ARCH[/VARIANT]",
	    "of an index this image; given again, an index of these"),
	REGISTRIES_KERNEL(struct copy_args),
	OPT(struct copy_args, preserve, 0, "preserve-digests", NULL,
	    "fail rather than write a manifest anew"),
	OPT(struct copy_args, referrers, 'R', "referrers", NULL,
	    "with what points at it: signatures, attestations, lists of parts"),
	OPT(struct copy_args, jobs, 'j', "jobs", "N", "so many blobs at the same time (4)"),
	OPT(struct copy_args, json, 0, "json", NULL, "print what was done as JSON"),
	OPT(struct copy_args, quiet, 'q', "quiet", NULL, "say nothing but errors"),
	REGISTRIES_OPTS(struct copy_args),
};

static void copy_print_json(struct scope *s, const char *from, const char *to,
                            const struct copy_result *r, uint64_t ms)
{
	struct buf b = { .s = s };

	emit_open(&b, '{');
	emit_pair(&b, "source", str_of(from));
	emit_pair(&b, "target", str_of(to));
	copy_emit(&b, r);
	emit_key(&b, S("milliseconds"));
	emit_uint(&b, ms);
	emit_close(&b, '}');
	printf("%.*s\n", FMT(buf_str(&b)));
}

static int copy_platforms(struct kml *k, struct scope *s, const struct copy_args *a,
                          struct copy_options *o)
{
	struct image_platform *v = news(s, struct image_platform, a->platforms.n + 1);
	int r = 0;

	if (a->all && (a->platforms.n || a->kernel))
		return fail(k, KML_USAGE, "--all and --platform or --kernel together make no sense");
	o->platforms = v;
	o->nplatforms = a->platforms.n ? a->platforms.n : 1;
	for (size_t i = 0; r == 0 && i < o->nplatforms; i++)
		r = transport_platform(k, s, a->platforms.n ? a->platforms.v[i] : NULL,
		                       a->kernel, &v[i]);
	return r;
}

static int copy_from_to(struct kml *k, struct scope *s, const struct copy_args *a,
                        const char *from, const char *to)
{
	struct copy_options o = { .all = a->all, .preserve = a->preserve, .referrers = a->referrers,
		.jobs = a->jobs > 0 ? a->jobs > 64 ? 64 : (int)a->jobs : 0 };
	struct remote_options t;
	struct transport_end src, dst;
	struct copy_result result;
	struct copy c;
	uint64_t begun = net_now();
	int r;

	if (a->quiet)
		k->log = NULL;
	if ((r = copy_platforms(k, s, a, &o)) < 0 ||
	    (r = registries_options(k, &a->registries, &t)) < 0 ||
	    (r = transport_holds_oci(k, s, to, &o.oci)) < 0 ||
	    (r = transport_open(k, s, from, &t, TRANSPORT_READ, &src)) < 0 ||
	    (r = copy_plan(k, s, &o, &src.store, src.name, &c)) < 0 ||
	    (r = transport_open(k, s, to, &t, TRANSPORT_WRITE, &dst)) < 0 ||
	    (r = copy_run(k, &c, &dst.store, dst.name, &result)) < 0)
		return r;
	if (result.converted)
		note(k, KML_INFO, "the types are OCI's now, and so the digest is another: %.*s",
		     FMT(result.d.digest));
	if (a->json)
		copy_print_json(s, from, to, &result, net_now() - begun);
	else if (!a->quiet)
		printf("%.*s\n", FMT(result.d.digest));
	return 0;
}

static int copy_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	return copy_from_to(k, s, args, operands[0], operands[1]);
}

/* A directory needs no "oci:" where nothing else can be meant. */
static const char *copy_layout(struct scope *s, const char *text)
{
	static const char *const known[] = { "oci:", "oci-archive:", "docker-archive:" };

	for (size_t i = 0; i < countof(known); i++)
		if (str_starts(str_of(text), str_of(known[i])))
			return text;
	return scope_format(s, "oci:%s", text);
}

static const struct applet applet_copy = {
	.name = "copy",
	.synopsis = "[OPTION]... SOURCE TARGET",
	.brief = "Copy an image between registries, layouts and archives.",
	.detail =
		"A reference is [docker://]HOST/REPOSITORY[:TAG][@DIGEST], oci:DIR[:TAG], "
		"oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]. Without a tag a registry's "
		"is \"latest\". The digest of what was copied is printed.\n\n"
		"Every blob is checked against its digest while it passes; what is there already is "
		"not sent again, what another repository of the same registry has is mounted from "
		"there. A transfer that breaks goes on where it was, in the same run or the next. The "
		"tag is written last: until then the target shows what it had.\n\n"
		"What points at an image is other documents: those with it as their subject, which a "
		"registry lists or keeps under the tag sha256-HEX, and the tags sha256-HEX.sig, .att and "
		".sbom. With --referrers they go along, before the tag; a layout and an oci-archive keep "
		"them, too. They are of a digest: with --all those of an index and of its images. A "
		"mirror that has the image is asked for them; --no-mirrors asks the registry itself.",
	.opts = copy_opts, .nopts = countof(copy_opts), .argsize = sizeof(struct copy_args),
	.min = 2, .max = 2,
	.run = copy_command,
};

#endif
