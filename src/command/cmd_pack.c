/* cmd_pack.c - make an image of modules for one kernel. */
#ifndef KML_CMD_PACK_C
#define KML_CMD_PACK_C

#include "../format/emit.c"
#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../site/pack.c"

struct pack_args {
	const char *name, *kernel, *firmware, *dir, *output, *order, *program;
	struct opt_list modules, labels, annotations;
	bool json, quiet;
};

static const struct opt pack_opts[] = {
	OPT(struct pack_args, name, 'n', "name", "NAME", "the module that the image loads"),
	OPT(struct pack_args, modules, 'm', "modules", "PATH",
	    "a module file, or a directory of them; may be given again"),
	OPT(struct pack_args, output, 'o', "output", "REF", "where to put the image: oci:DIR[:TAG]"),
	OPT(struct pack_args, kernel, 'k', "kernel", "KVER",
	    "refuse modules that were not built for this kernel"),
	OPT(struct pack_args, firmware, 'f', "firmware", "DIR", "put its contents into /firmware"),
	OPT(struct pack_args, dir, 'd', "dir", "DIR", "prefix of lib/modules in the image (/opt)"),
	OPT(struct pack_args, order, 0, "order", "A,B", "A needs B to be loaded before it"),
	OPT(struct pack_args, program, 0, "kml", "FILE", "the kml to put in (this program)"),
	OPT(struct pack_args, labels, 0, "label", "K=V", "a label of the image"),
	OPT(struct pack_args, annotations, 0, "annotation", "K=V", "an annotation of its manifest"),
	OPT(struct pack_args, json, 0, "json", NULL, "print what was made as JSON"),
	OPT(struct pack_args, quiet, 'q', "quiet", NULL, "say nothing but errors"),
};

static int pack_pairs(struct kml *k, struct scope *s, const struct opt_list *list,
                      const struct pack_pair **out)
{
	struct pack_pair *v = news(s, struct pack_pair, list->n);

	for (size_t i = 0; i < list->n; i++) {
		struct str rest = str_of(list->v[i]), key = str_take(&rest, '=');

		if (!key.n || key.p + key.n == rest.p)
			return fail(k, KML_USAGE, "\"%s\" is not KEY=VALUE", list->v[i]);
		v[i] = (struct pack_pair){ scope_text(s, key), rest.p };
	}
	*out = v;
	return 0;
}

/* A pattern that the shell expanded gives -m its first file, and operands. */
static void pack_paths(struct scope *s, const struct opt_list *list, char **operands,
                       struct pack_options *o)
{
	const char **v;

	while (operands[o->nmodules])
		o->nmodules++;
	v = news(s, const char *, list->n + o->nmodules);
	for (size_t i = 0; i < list->n; i++)
		v[i] = list->v[i];
	for (size_t i = 0; i < o->nmodules; i++)
		v[list->n + i] = operands[i];
	o->modules = v;
	o->nmodules += list->n;
}

static void pack_split(struct scope *s, const char *list, struct pack_options *o)
{
	struct str rest = str_of(list ? list : ""), name;
	const char **v = news(s, const char *, rest.n);

	while (rest.n)
		if ((name = str_trim(str_take(&rest, ','))).n)
			v[o->norder++] = scope_text(s, name);
	o->order = v;
}

/* SOURCE_DATE_EPOCH: the time to write instead of the present one. */
static int pack_epoch(struct kml *k, uint64_t *out)
{
	const char *text = env_get("SOURCE_DATE_EPOCH");

	*out = 0;
	if (text && !str_uint(str_of(text), out))
		return fail(k, KML_USAGE, "SOURCE_DATE_EPOCH is \"%s\", not seconds since 1970", text);
	return 0;
}

static void pack_json_layer(struct buf *b, const struct pack_result *r, size_t i)
{
	emit_open(b, '{');
	emit_pair(b, "digest", r->layers[i].blob.digest);
	emit_pair(b, "diffId", r->layers[i].diff_id);
	emit_key(b, S("size"));
	emit_uint(b, r->layers[i].blob.size);
	emit_key(b, S("unpackedSize"));
	emit_uint(b, r->layers[i].size);
	if (r->kernels[i].n)
		emit_pair(b, "kernel", r->kernels[i]);
	emit_close(b, '}');
}

static void pack_print_json(struct scope *s, const struct pack_options *o,
                            const struct pack_result *r)
{
	struct buf b = { .s = s };

	emit_open(&b, '{');
	emit_pair(&b, "image", str_of(o->output));
	emit_pair(&b, "digest", str_of(r->digest));
	emit_pair(&b, "kernel", str_of(r->kernel));
	emit_pair(&b, "architecture", str_of(r->arch));
	emit_key(&b, S("modules"));
	emit_uint(&b, r->nmodules);
	emit_key(&b, S("layers"));
	emit_open(&b, '[');
	for (size_t i = 0; i < r->nlayers; i++)
		pack_json_layer(&b, r, i);
	emit_close(&b, ']');
	emit_close(&b, '}');
	printf("%.*s\n", FMT(buf_str(&b)));
}

static int pack_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct pack_args *a = args;
	struct pack_options o = {
		.name = a->name, .kernel = a->kernel, .firmware = a->firmware, .dir = a->dir,
		.output = a->output, .program = a->program, .nlabels = a->labels.n,
		.nannotations = a->annotations.n,
	};
	struct pack_result result;
	int r;

	if (a->quiet)
		k->log = NULL;
	pack_paths(s, &a->modules, operands, &o);
	pack_split(s, a->order, &o);
	if ((r = pack_pairs(k, s, &a->labels, &o.labels)) < 0 ||
	    (r = pack_pairs(k, s, &a->annotations, &o.annotations)) < 0 ||
	    (r = pack_epoch(k, &o.epoch)) < 0 || (r = pack_run(k, s, &o, &result)) < 0)
		return r;
	if (a->json)
		pack_print_json(s, &o, &result);
	else
		puts(result.digest);
	return 0;
}

static const struct applet applet_pack = {
	.name = "pack", .synopsis = "-n NAME -o oci:DIR[:TAG] [OPTION]... -m PATH...",
	.brief = "Make an image of modules for one kernel.",
	.detail =
		"The image holds this program, with links by the names of its commands, the\n"
		"modules below /opt/lib/modules with the files of\n.Xr kml-depmod 8 ,\n"
		"and firmware.  It is put into an OCI image layout, beside the images that\n"
		"are there, and its digest is printed.\n"
		".Pp\n"
		"The kernel is the one that the modules say they were built for; modules for\n"
		"two kernels are refused.  The image depends on names and contents alone: all\n"
		"times are\n.Ev SOURCE_DATE_EPOCH ,\nor 1970.\n"
		"Exit status: 6 a module is for another kernel or machine.",
	.opts = pack_opts, .nopts = countof(pack_opts),
	.argsize = sizeof(struct pack_args), .min = 0, .max = -1,
	.run = pack_command,
};

#endif
