/* initramfs.c - modules for the time before there is a root file system.
 *
 *   usr/lib/modules/KERNEL   the modules asked for and all they need, with depmod's
 *                            files for exactly these
 *   usr/lib/firmware         what these modules name and the machine has
 *   usr/bin/kml              with links by the names of its commands
 *   etc/modprobe.d           the configuration that was given
 *
 * The kernel unpacks several archives over each other, and an entry of another
 * type replaces what is there: a directory `lib` would replace the link that many
 * initramfs have of that name.  So names begin with usr/, which is a directory
 * everywhere.  An archive that is to be booted alone has those links itself, and
 * /init, which is kml too (boot.c).
 *
 * What comes out depends on the tree, the image and the options alone: not on
 * the running kernel, nor on the configuration of the machine it is made on.
 */
#ifndef KML_INITRAMFS_C
#define KML_INITRAMFS_C

#include "../format/cpio.c"
#include "../format/modinfo.c"
#include "../format/zstd.c"
#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../image/entries.c"
#include "../image/layer.c"
#include "../module/fwfile.c"
#include "../module/modfile.c"
#include "closure.c"
#include "program.c"

struct initramfs_options {
	const char *kernel;             /* NULL: the running one */
	const char *base;               /* what stands before /lib; "" for nothing */
	const char *lib;                /* where modules and firmware go: "usr/lib" */
	const char *program;            /* the kml for it; NULL: this one */
	struct closure_want want;
	bool firmware, init, bare, compressed;
	uint64_t epoch;                 /* the time of all files, in seconds since 1970 */
};

struct initramfs {
	const struct initramfs_options *o;
	struct scope *s;
	struct closure of;
	struct entries entries;
};

/* ---- entries ------------------------------------------------------------- */

static struct str initramfs_path(const struct initramfs *in, const char *place)
{
	return str_of(scope_format(in->s, "%s/modules/%s/%s", in->o->lib, in->of.kernel, place));
}

static int initramfs_file(struct kml *k, struct initramfs *in, struct str name, const char *path)
{
	struct stat st;
	int r = sys_stat(k, in->s, path, 0, &st);

	if (r == 0 && !S_ISREG(st.st_mode))
		r = fail(k, KML_BAD, "not a regular file");
	if (r == 0)
		r = cpio_fits(k, (uint64_t)st.st_size, in->o->epoch);
	if (r < 0)
		return fail_in(k, r, "%s", path);
	entries_file(&in->entries, name, path, (uint64_t)st.st_size, 0644);
	return 0;
}

static void initramfs_beside(struct initramfs *in, const char *name, struct str text)
{
	if (text.p)
		entries_bytes(&in->entries, initramfs_path(in, name), text);
}

/* The lines of modules.order for what goes in. */
static struct str initramfs_order(const struct initramfs *in, const struct tree *t,
                                  struct str text)
{
	struct buf b = { .s = in->s };

	while (text.n) {
		struct str line = str_take(&text, '\n');
		const struct tree_file *f = tree_find(t, modname_of_path(in->s, line));

		if (f && str_eq(tree_stem(f->rel), tree_stem(line)))
			buf_format(&b, "%.*s\n", FMT(line));
	}
	return b.p ? buf_str(&b) : S("");
}

/* The modules, and depmod's files for them. */
static int initramfs_modules(struct kml *k, struct initramfs *in)
{
	struct depconf *conf = new(in->s, struct depconf);
	struct tree *t = new(in->s, struct tree);
	struct depfile_texts texts = closure_texts(k, &in->of);
	struct str files[DEPFILES];
	int r = 0;

	*t = (struct tree){ .s = in->s, .dir = in->of.dir, .conf = conf };
	for (size_t i = 0; r == 0 && i < in->of.n; i++) {
		struct closure_module *m = &in->of.v[i];

		r = tree_add(k, t, scope_format(in->s, "%s/%s", in->of.dir, m->place));
		if (m->there)
			continue;
		if (r == 0 && m->file)
			r = initramfs_file(k, in, initramfs_path(in, m->place), m->file);
		else if (r == 0)
			entries_bytes(&in->entries, initramfs_path(in, m->place), m->bytes);
	}
	if (r < 0)
		return r;
	if (texts.order.p)
		texts.order = initramfs_order(in, t, texts.order);
	if ((r = closure_index(k, &in->of, t, texts, files)) < 0)
		return r;
	for (size_t i = 0; i < DEPFILES; i++)
		initramfs_beside(in, depfile_names[i], files[i]);
	initramfs_beside(in, "modules.order", texts.order);
	initramfs_beside(in, "modules.builtin", texts.builtin);
	initramfs_beside(in, "modules.builtin.modinfo", texts.builtin_modinfo);
	return 0;
}

/* ---- firmware ------------------------------------------------------------ */

/* One file that a module names; what is there already goes in once. */
static int initramfs_firmware_file(struct kml *k, struct initramfs *in, struct names *known,
                                   const struct closure_module *m, struct str name)
{
	struct str below = str_of(scope_format(in->s, "%s/lib/firmware/", in->o->base));
	const char *path;

	if (!name.n || names_find(known, name))
		return 0;
	names_make(known, name);
	if (fwfile_below(k, in->s, S(""), in->o->base, in->of.kernel, name, &path) < 0) {
		note(k, KML_WARNING, "module %.*s may want firmware %.*s, which is not in "
		     "%s/lib/firmware", FMT(m->name), FMT(name), in->o->base);
		return 0;
	}
	return initramfs_file(k, in, str_of(scope_format(in->s, "%s/firmware/%s", in->o->lib,
	                                                 path + below.n)), path);
}

/* What one module names. */
static int initramfs_firmware_of(struct kml *k, struct initramfs *in, struct names *known,
                                 const struct closure_module *m)
{
	struct scope *t = scope_begin(in->s);
	struct source raw = source_of(m->bytes), src;
	struct modinfo info;
	struct elf e;
	size_t at = 0;
	struct str name;
	int r = m->file ? modfile_open(k, t, m->file, &src) :
	                  modfile_read(k, modfile_new(t), t, &raw, &src);

	if (r == 0 && (r = elf_open(k, t, &src, &e)) == 0)
		r = modinfo_of(k, t, &e, &info);
	if (r < 0)
		r = fail_in(k, r, "%s", m->place);
	while (r == 0 && (name = modinfo_next(&info, S("firmware"), &at)).p)
		r = initramfs_firmware_file(k, in, known, m, name);
	scope_end(t);
	return r;
}

static int initramfs_firmware(struct kml *k, struct initramfs *in)
{
	struct names known = { .s = in->s };
	int r = 0;

	for (size_t i = 0; r == 0 && i < in->of.n; i++)
		if (!in->of.v[i].there)
			r = initramfs_firmware_of(k, in, &known, &in->of.v[i]);
	return r;
}

/* ---- what else is in it --------------------------------------------------- */

static int initramfs_program(struct kml *k, struct initramfs *in)
{
	static const char *const links[] = {
		"depmod", "insmod", "kmod", "lsmod", "modinfo", "modprobe", "rmmod", NULL
	};

	return program_add(k, &in->entries, in->o->program, in->of.arch, links);
}

/* What an archive has that is booted alone. */
static void initramfs_alone(struct initramfs *in)
{
	static const char *const dirs[] = { "dev", "proc", "run", "sys" };
	static const char *const links[][2] = {
		{ "bin", "usr/bin" }, { "init", "usr/bin/kml" }, { "lib", "usr/lib" },
		{ "sbin", "usr/bin" }, { "usr/sbin", "bin" },
	};
	struct entries *e = &in->entries;
	struct buf b = { .s = in->s };

	for (size_t i = 0; i < countof(dirs); i++)
		entries_add(e, str_of(dirs[i]), TAR_DIR, 0755);
	for (size_t i = 0; i < countof(links); i++)
		entries_link(e, str_of(links[i][0]), str_of(links[i][1]));
	entries_add(e, S("dev/console"), TAR_CHAR, 0600);
	for (size_t i = 0; i < in->o->want.nmodules; i++)
		buf_format(&b, "%s\n", in->o->want.modules[i]);
	if (b.n)
		entries_bytes(e, S("etc/modules-load.d/kml.conf"), buf_str(&b));
}

/* ---- the archive --------------------------------------------------------- */

/* The entry as cpio has it; the only device is the console. */
static void initramfs_form_put(struct buf *b, const struct tar_entry *e, size_t number)
{
	struct cpio_entry c = {
		.name = e->name, .link = e->link, .size = e->size, .mtime = e->mtime,
		.ino = (unsigned)number, .mode = e->mode | CPIO_FILE,
	};

	if (e->type == TAR_DIR)
		c.mode = e->mode | CPIO_DIR;
	if (e->type == TAR_SYMLINK)
		c.mode = e->mode | CPIO_LINK;
	if (e->type == TAR_CHAR)
		c.mode = e->mode | CPIO_CHAR, c.major = 5, c.minor = 1;
	cpio_put_entry(b, &c);
}

static const struct entries_form initramfs_form = { initramfs_form_put, cpio_put_end, CPIO_UNIT };

static int initramfs_begin(struct kml *k, struct initramfs *in)
{
	const struct initramfs_options *o = in->o;
	int r;

	in->entries = entries_begin(in->s, o->epoch);
	in->entries.form = &initramfs_form;
	in->of.s = in->s;
	in->of.kernel = o->kernel;
	if (!o->kernel && (r = kernel_release(k, in->s, &in->of.kernel)) < 0)
		return r;
	in->of.dir = scope_format(in->s, "%s/lib/modules/%s", o->base, in->of.kernel);
	if ((r = modset_check_kernel(k, str_of(in->of.kernel))) < 0)
		return r;
	return cpio_fits(k, 0, o->epoch);
}

/* Collect what `o` asks for; *out reads the archive, and *n is how many modules
 * are in it.  Both live as long as `s`. */
static int initramfs_make(struct kml *k, struct scope *s, const struct initramfs_options *o,
                          struct reader *out, size_t *n)
{
	struct initramfs *in = new(s, struct initramfs);
	int r;

	*in = (struct initramfs){ .o = o, .s = s };
	if ((r = initramfs_begin(k, in)) < 0 || (r = closure_find(k, &in->of, &o->want)) < 0 ||
	    (r = initramfs_modules(k, in)) < 0 ||
	    (o->firmware && (r = initramfs_firmware(k, in)) < 0) ||
	    (!o->bare && (r = initramfs_program(k, in)) < 0))
		return r;
	for (size_t i = 0; i < in->of.ntexts; i++)
		entries_bytes(&in->entries, str_of(scope_format(s, "etc/modprobe.d/%s",
		              in->of.texts[i].name)), in->of.texts[i].text);
	if (o->init)
		initramfs_alone(in);
	*n = in->of.n;
	if ((r = entries_finish(k, &in->entries)) == 0)
		entries_reader(&in->entries, out);
	if (r == 0 && o->want.base && !o->compressed) {
		cpio_pad(&in->entries.ahead, o->want.base->size);
		in->entries.written = o->want.base->size;
	}
	return r;
}

/* Write what `in` reads to `fd`, compressed as `codec` says: not at all, gzip or zstd. */
static int initramfs_write(struct kml *k, struct scope *s, struct reader *in, enum codec codec,
                           int fd)
{
	enum { STEP = 1 << 18 };
	struct reader out = *in;
	struct layer done;
	char *p = scope_raw(s, STEP);
	size_t n = STEP;
	int r = 0;

	if (codec == CODEC_GZIP)
		return layer_gzip(k, s, fd, NULL, in, &done);
	if (codec == CODEC_ZSTD)
		r = zstd_reader(k, s, in, &out);
	while (r == 0 && n == STEP && (r = reader_fill(k, &out, p, STEP, &n)) == 0)
		r = save_write(k, fd, (struct str){ p, n });
	return r;
}

#endif
