/* cmd_pack.c - make an image of modules for one kernel. */
#ifndef KML_CMD_PACK_C
#define KML_CMD_PACK_C

#include "../format/emit.c"
#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/pack.c"
#include "derived.c"

struct pack_args {
	struct derived to;
	struct registries registries;
	const char *name, *kernel, *firmware, *dir, *base, *order, *program;
	struct opt_list modules;
};

static const struct opt pack_opts[] = {
	OPT(struct pack_args, name, 'n', "name", "NAME", "the module that the image loads"),
	OPT(struct pack_args, modules, 'm', "modules", "PATH",
	    "a module file, or a directory of them; may be given again"),
	OPT(struct pack_args, kernel, 'k', "kernel", "KVER",
	    "refuse modules that were not built for this kernel"),
	OPT(struct pack_args, firmware, 'f', "firmware", "DIR", "put its contents into /firmware"),
	OPT(struct pack_args, dir, 'd', "dir", "DIR", "prefix of lib/modules in the image (/opt)"),
	OPT(struct pack_args, order, 0, "order", "A,B", "A needs B to be loaded before it"),
	OPT(struct pack_args, program, 0, "kml", "FILE", "the kml to put in (this program)"),
	OPT(struct pack_args, base, 'b', "base", "REF", "an image to put the layers on (scratch)"),
	DERIVED_LABELS(struct pack_args),
	DERIVED_OPTS(struct pack_args),
};

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
	emit_pair(&b, "image", str_of(o->to.target));
	emit_pair(&b, "digest", r->done.d.digest);
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
		.base = a->base, .program = a->program,
	};
	struct pack_result result;
	int r;

	pack_paths(s, &a->modules, operands, &o);
	pack_split(s, a->order, &o);
	if ((r = derived_options(k, s, &a->to, &a->registries, &o.to)) < 0 ||
	    (r = pack_run(k, s, &o, &result)) < 0)
		return r;
	if (a->to.json)
		pack_print_json(s, &o, &result);
	else
		printf("%.*s\n", FMT(result.done.d.digest));
	return 0;
}

static const struct applet applet_pack = {
	.name = "pack", .synopsis = "-n NAME -o REF [OPTION]... -m PATH...",
	.brief = "Make an image of modules for one kernel.",
	.detail =
		"The image holds this program, with links by the names of its commands, the\n"
		"modules below /opt/lib/modules with the files of\n.Xr kml-depmod 8 ,\n"
		"and firmware.  It goes to a registry, into an OCI layout beside the images that\n"
		"are there, or into an archive, and its digest is printed.  With --base the layers\n"
		"are put on another image, whose blobs stay where they are if the target has them.\n"
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
