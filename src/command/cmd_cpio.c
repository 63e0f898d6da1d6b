/* cmd_cpio.c - modules and all they need as an archive for the early boot. */
#ifndef KML_CMD_CPIO_C
#define KML_CMD_CPIO_C

#include "../ground/base.c"
#include "../ground/env.c"
#include "../ground/opt.c"
#include "../ground/process.c"
#include "../ground/save.c"
#include "../site/initramfs.c"

struct cpio_args {
	const char *kernel, *base, *from, *onto, *lib, *program, *compress, *output;
	struct opt_list modules, aliases, config;
	bool firmware, init, bare, quiet;
};

static const struct opt cpio_opts[] = {
	OPT(struct cpio_args, kernel, 'k', "kernel", "KVER", "the kernel (the running one)"),
	OPT(struct cpio_args, modules, 'm', "module", "NAME", "put this module in; may be given again"),
	OPT(struct cpio_args, aliases, 'a', "alias", "MODALIAS",
	    "put in what this alias means; - reads aliases, one a line, from standard input"),
	OPT(struct cpio_args, output, 'o', "output", "FILE", "write to FILE, not to standard output"),
	OPT(struct cpio_args, compress, 'z', "compress", "HOW", "none (the default), gzip or zstd"),
	OPT(struct cpio_args, init, 'i', "init", NULL,
	    "make it an initramfs of its own: kml is its /init and boots the root= device"),
	OPT(struct cpio_args, firmware, 'f', "firmware", NULL,
	    "put in the firmware that these modules name"),
	OPT(struct cpio_args, onto, 0, "onto", "INITRD",
	    "the initramfs that it will be appended to, whose modules stay known"),
	OPT(struct cpio_args, from, 0, "from", "REF",
	    "take modules from this image first: oci:DIR[:TAG]"),
	OPT(struct cpio_args, base, 'b', "base", "DIR",
	    "what stands before /lib/modules and /lib/firmware"),
	OPT(struct cpio_args, config, 'C', "config", "PATH",
	    "a file, or a directory, of modprobe.d to put in and to follow"),
	OPT(struct cpio_args, lib, 0, "lib", "DIR", "where modules and firmware go (usr/lib)"),
	OPT(struct cpio_args, program, 0, "kml", "FILE", "the kml to put in (this program)"),
	OPT(struct cpio_args, bare, 0, "no-kml", NULL, "put in no program, only modules"),
	OPT(struct cpio_args, quiet, 'q', "quiet", NULL, "say nothing but errors"),
};

static int cpio_codec(struct kml *k, const char *word, enum codec *out)
{
	static const enum codec known[] = { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD };

	*out = CODEC_NONE;
	if (!word || !strcmp(word, "none"))
		return 0;
	for (size_t i = 1; i < countof(known); i++)
		if (!strcmp(word, codec_name(known[i])))
			return *out = known[i], 0;
	return fail(k, KML_USAGE, "--compress %s: it is none, gzip or zstd", word);
}

/* SOURCE_DATE_EPOCH: the time to write instead of 1970. */
static int cpio_epoch(struct kml *k, uint64_t *out)
{
	const char *text = env_get("SOURCE_DATE_EPOCH");

	if (text && !str_uint(str_of(text), out))
		return fail(k, KML_USAGE, "SOURCE_DATE_EPOCH is \"%s\", not seconds since 1970", text);
	return 0;
}

/* The aliases of the command line; "-" stands for those on standard input. */
static int cpio_aliases(struct kml *k, struct scope *s, const struct opt_list *from,
                        struct closure_want *w)
{
	const char **v = news(s, const char *, from->n);

	for (size_t i = 0; i < from->n; i++) {
		int r = strcmp(from->v[i], "-") ? 0 : process_input(k, s, &w->lines);

		if (r < 0)
			return fail_in(k, r, "standard input");
		if (strcmp(from->v[i], "-"))
			v[w->naliases++] = from->v[i];
	}
	w->aliases = v;
	return 0;
}

static int cpio_check(struct kml *k, const struct cpio_args *a)
{
	if (!a->modules.n && !a->aliases.n)
		return fail(k, KML_USAGE, "which modules? say -m NAME or -a MODALIAS");
	if (a->init && a->bare)
		return fail(k, KML_USAGE, "--init without kml: it is the /init");
	if (a->init && a->lib)
		return fail(k, KML_USAGE, "--lib is for another initramfs, --init makes one");
	if (a->init && a->onto)
		return fail(k, KML_USAGE, "--onto is for another initramfs, --init makes one");
	if (!a->output && process_terminal(STDOUT_FILENO))
		return fail(k, KML_USAGE, "an archive is not for a terminal; say -o FILE");
	return 0;
}

/* Look at what it will be appended to. */
static int cpio_onto(struct kml *k, struct scope *s, const char *path,
                     struct initramfs_options *o)
{
	struct initrd *base = new(s, struct initrd);
	int r = o->kernel ? 0 : kernel_release(k, s, &o->kernel);

	if (r < 0 || (r = initrd_read(k, s, path, o->kernel, base)) < 0)
		return r;
	o->want.base = base;
	if (!o->lib)
		o->lib = base->lib ? "lib" : "usr/lib";
	return 0;
}

static int cpio_write(struct kml *k, struct scope *s, const char *output, enum codec codec,
                      struct reader *in)
{
	struct save f;
	int r;

	if (!output)
		return initramfs_write(k, s, in, codec, STDOUT_FILENO);
	if ((r = save_begin(k, s, output, &f)) < 0 ||
	    (r = initramfs_write(k, s, in, codec, f.fd)) < 0 ||
	    (r = save_sync(k, &f)) < 0 || (r = save_done(k, &f)) < 0)
		return fail_in(k, r, "%s", output);
	return 0;
}

static int cpio_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct cpio_args *a = args;
	struct initramfs_options o = {
		.kernel = a->kernel, .base = a->base ? a->base : "", .lib = a->lib,
		.program = a->program, .firmware = a->firmware, .init = a->init, .bare = a->bare,
		.want = {
			.image = a->from, .config = a->config.v, .nconfig = a->config.n,
			.modules = a->modules.v, .nmodules = a->modules.n,
		},
	};
	const char *output = a->output && strcmp(a->output, "-") ? a->output : NULL;
	enum codec codec;
	struct reader in;
	size_t n;
	int r;

	(void)operands;
	if (a->quiet)
		k->log = NULL;
	if ((r = cpio_check(k, a)) < 0 || (r = cpio_codec(k, a->compress, &codec)) < 0 ||
	    (r = cpio_epoch(k, &o.epoch)) < 0 || (r = cpio_aliases(k, s, &a->aliases, &o.want)) < 0 ||
	    (a->onto && (r = cpio_onto(k, s, a->onto, &o)) < 0))
		return r;
	if (!o.lib)
		o.lib = "usr/lib";
	o.compressed = codec != CODEC_NONE;
	if ((r = initramfs_make(k, s, &o, &in, &n)) < 0)
		return r;
	if (!n)
		note(k, KML_INFO, "no modules go in: none is needed that is not built in");
	return cpio_write(k, s, output, codec, &in);
}

static const struct applet applet_cpio = {
	.name = "cpio", .synopsis = "[-k KVER] [-m NAME]... [-a MODALIAS]... [OPTION]... [-o FILE]",
	.brief = "Make an archive of modules for an initramfs.",
	.detail =
		"The archive is one that the kernel unpacks (cpio, newc).  It holds the modules\n"
		"that are named, those that the aliases mean, all that they need, and what their\n"
		"softdeps and weakdeps name; the files of\n.Xr kml-depmod 8\nfor exactly these; and\n"
		"kml, with links by the names of its commands.  What is built into the kernel is\n"
		"left out.  The same tree gives the same bytes on any machine: names are sorted, all\n"
		"is root's, and all times are\n.Ev SOURCE_DATE_EPOCH ,\nor 1970.\n"
		".Pp\n"
		"It may be appended to an initramfs of any maker, whose files it replaces where it\n"
		"has the same ones: above all the indexes of modules.  With --onto they are for the\n"
		"modules that are there too, which are not put in again:\n"
		".Dl kml cpio -k KVER -m nvme --onto initrd.img | cat initrd.img - >new.img\n"
		"Without it, all that the early boot needs must be named.  What is appended must\n"
		"begin at a multiple of four bytes, if it is not compressed: --onto sees to that.\n"
		"Names begin with usr/lib and usr/bin, which are directories everywhere: a directory\n"
		"lib would replace the link that most have.  Where /lib is a real directory, which\n"
		"--onto sees too, say --lib lib.\n"
		".Pp\n"
		"With --init it is booted alone.  The modules named with -m are loaded, as\n"
		"/etc/modules-load.d/kml.conf says, then those of the devices that are there, and\n"
		"the root file system is mounted and taken over, as\n.Xr kml-init 8\nsays.\n"
		".Pp\n"
		"The configuration of this machine does not count: what is to be followed and put\n"
		"in is given with --config.  The commands of install lines are not run, and what they\n"
		"run is not put in; that is told.  A weakdep names what may become necessary later,\n"
		"and is put in since it could then not be found elsewhere.\n"
		".Pp\n"
		"Firmware is looked for where the kernel does: updates/KVER, updates, KVER and then\n"
		"/lib/firmware itself, as it is or compressed with zstd or xz.  Exit status: 4 the\n"
		"image is absent, 6 its modules are for another kernel.",
	.opts = cpio_opts, .nopts = countof(cpio_opts), .argsize = sizeof(struct cpio_args),
	.run = cpio_command,
};

#endif
