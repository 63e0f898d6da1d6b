/* pack.c - modules for one kernel, made an image.
 *
 *   layer 1   usr/bin/kml, and links to it by the names of its commands; without a
 *             base also by those of what Kernel Module Management runs, and bin -> usr/bin
 *   layer 2   opt/lib/modules/KERNEL: the modules and depmod's files, made in memory
 *   layer 3   firmware/: the contents of a directory, if one is given
 *
 * Layers 2 and 3 say in an annotation which kernel they are for, so that a loader
 * finds its own in an image for many kernels; layer 1 is the same blob in all of them.
 * They may be put on a base.  The image depends on names and contents alone: packed
 * again, from another directory or on another machine, its digest is the same.
 */
#ifndef KML_PACK_C
#define KML_PACK_C

#include "../format/elf.c"
#include "../format/emit.c"
#include "../format/modinfo.c"
#include "../ground/base.c"
#include "../ground/sys.c"
#include "../image/entries.c"
#include "../image/image.c"
#include "../image/layer.c"
#include "../module/depmod.c"
#include "../module/modfile.c"
#include "derive.c"
#include "modset.c"
#include "program.c"

struct pack_options {
	const char *name;               /* the module to load */
	const char *kernel;             /* NULL: the modules' own */
	const char *const *modules;     /* files and directories */
	size_t nmodules;
	const char *firmware;           /* a directory; NULL: none */
	const char *firmware_dir;       /* where it goes in the image; NULL: "/firmware" */
	const char *dir;                /* prefix in the image; NULL: "/opt" */
	const char *base;               /* an image to put the layers on; NULL: none */
	const char *program;            /* the kml for it; NULL: this one */
	const char *const *order;       /* names, the first is loaded last */
	size_t norder;
	struct derive_options to;       /* its epoch is the time of all files */
};

struct pack_result {
	const char *kernel, *arch;
	struct copy_result done;
	size_t nmodules;
	struct layer layers[3];
	struct str kernels[3];          /* each layer's annotation; empty: none */
	size_t nlayers;
};

struct pack {
	const struct pack_options *o;
	struct scope *s;
	struct modset set;
	struct str prefix;              /* "opt/lib/modules/KERNEL" */
	const struct depscan_module *main;
	struct entries entries[3];
	struct derive d;
	struct image base;              /* its store is NULL: there is none */
	struct pack_result *out;
};

enum { PACK_DEPTH = 64 };

/* Is there a base, which has a shell of its own or wants none? */
static bool pack_is_based(const struct pack_options *o)
{
	return o->base && strcmp(o->base, "scratch");
}

/* The module to load, whose name the image says, and those to order are in the set. */
static int pack_check_names(struct kml *k, struct pack *p)
{
	const struct pack_options *o = p->o;

	p->main = o->name ? modset_module(&p->set, str_of(o->name)) :
		p->set.n == 1 ? p->set.index.modules : NULL;
	if (!p->main && !o->name)
		return fail(k, KML_USAGE, "which of %zu modules is to be loaded? say -n NAME", p->set.n);
	if (!p->main)
		return fail(k, KML_NOTFOUND, "no module %s among those given", o->name);
	if (!emit_is_utf8(p->main->name))
		return fail(k, KML_BAD, "%s: the module's name is not UTF-8, as an image's must be",
		            p->main->path);
	for (size_t i = 0; i < o->norder; i++)
		if (!modset_module(&p->set, str_of(o->order[i])))
			return fail(k, KML_NOTFOUND, "no module %s among those given, to be ordered",
			            o->order[i]);
	return 0;
}

/* ---- layers -------------------------------------------------------------- */

/* A further layer, for `kernel` unless that is empty.  Layers are collected
 * first and written when all is known to be in order. */
static struct entries *pack_layer(struct pack *p, struct str kernel)
{
	struct entries *e = &p->entries[p->out->nlayers];

	p->out->kernels[p->out->nlayers++] = kernel;
	*e = entries_begin(p->s, p->o->to.epoch);
	return e;
}

static int pack_write_layer(struct kml *k, struct pack *p, size_t i)
{
	struct layer *layer = &p->out->layers[i];
	struct reader in;
	int r;

	entries_reader(&p->entries[i], &in);
	if ((r = gather_layer(k, &p->d.gather, &in, layer)) == 0 && p->out->kernels[i].n) {
		layer->blob.notes = new(p->s, struct descriptor_note);
		layer->blob.notes[0] = (struct descriptor_note){ IMAGE_KERNEL, p->out->kernels[i] };
		layer->blob.nnotes = 1;
	}
	return r;
}

static int pack_program_layer(struct kml *k, struct pack *p)
{
	enum { OTHERS = 7 };            /* of these, a base has its own */
	static const char *const links[] = {
		"cp", "find", "mkdir", "rm", "sh", "sort", "xargs",
		"depmod", "insmod", "lsmod", "modinfo", "modprobe", "rmmod", "sleep", NULL
	};
	struct entries *e = pack_layer(p, S(""));
	bool based = pack_is_based(p->o);
	int r = program_add(k, e, p->o->program, p->out->arch, based ? links + OTHERS : links);

	if (!based)
		entries_link(e, S("bin"), S("usr/bin"));

	return r < 0 ? r : entries_finish(k, e);
}

/* The order as modprobe reads it: of two neighbours the second goes first. */
static struct str pack_softdeps(struct pack *p)
{
	struct buf b = { .s = p->s };

	for (size_t i = 0; i + 1 < p->o->norder; i++)
		buf_format(&b, "softdep %s pre: %s\n", p->o->order[i], p->o->order[i + 1]);
	return buf_str(&b);
}

static void pack_beside(struct pack *p, struct entries *e, const char *name, struct str text)
{
	entries_bytes(e, str_of(scope_format(p->s, "%.*s/%s", FMT(p->prefix), name)), text);
}

static int pack_modules_layer(struct kml *k, struct pack *p)
{
	struct entries *e = pack_layer(p, p->set.kernel);
	struct str files[DEPFILES], softdeps = pack_softdeps(p);
	int r = depindex_make(k, p->s, &p->set.index, files);

	if (r < 0)
		return r;
	for (size_t i = 0; i < p->set.n; i++)
		entries_file(e, str_of(scope_format(p->s, "%.*s/%s", FMT(p->prefix),
		                                     p->set.files[i].path)),
		             p->set.files[i].file, p->set.sizes[i], 0644);
	for (size_t i = 0; i < DEPFILES; i++)
		pack_beside(p, e, depfile_names[i], files[i]);
	if (p->set.texts.order.p)
		pack_beside(p, e, "modules.order", p->set.texts.order);
	if (p->set.texts.builtin.p)
		pack_beside(p, e, "modules.builtin", p->set.texts.builtin);
	if (p->set.texts.builtin_modinfo.p)
		pack_beside(p, e, "modules.builtin.modinfo", p->set.texts.builtin_modinfo);
	if (softdeps.n)
		entries_bytes(e, S("etc/modprobe.d/kml-order.conf"), softdeps);
	return entries_finish(k, e);
}

/* Add what is in the directory `dir` as `name`, whose first `top` bytes are where all of it
 * goes.  Links stay links, and must lead to something in the directory. */
static int pack_firmware(struct kml *k, struct pack *p, struct entries *e, const char *dir,
                         const char *name, size_t top, int depth)
{
	struct sys_entry *v;
	size_t n;
	int r = sys_list(k, p->s, dir, &v, &n);

	if (r == 0 && depth == PACK_DEPTH)
		r = fail(k, KML_BAD, "directories in more than %d others", PACK_DEPTH);
	if (r < 0)
		return fail_in(k, r, "%s", dir);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *path = scope_format(p->s, "%s/%s", dir, v[i].name);
		const char *at = scope_format(p->s, "%s/%s", name, v[i].name);
		struct str target, inside = str_from(str_of(at), top + 1);
		struct stat st;

		if (v[i].type == DT_DIR) {
			r = pack_firmware(k, p, e, path, at, top, depth + 1);
		} else if (v[i].type == DT_LNK) {
			if ((r = sys_readlink(k, p->s, path, &target)) < 0)
				return fail_in(k, r, "%s", path);
			if (target.p[0] == '/' || names_climbs(inside, target))
				return fail(k, KML_USAGE, "%s: the link leads out of the directory", path);
			entries_link(e, str_of(at), target);
		} else if ((r = sys_stat(k, p->s, path, 0, &st)) == 0) {
			if (!S_ISREG(st.st_mode))
				return fail(k, KML_USAGE, "%s: not a file", path);
			entries_file(e, str_of(at), path, (uint64_t)st.st_size, 0644);
		} else {
			r = fail_in(k, r, "%s", path);
		}
	}
	return r;
}

static int pack_firmware_layer(struct kml *k, struct pack *p)
{
	struct entries *e = pack_layer(p, p->set.kernel);
	const char *name = p->o->firmware_dir ? p->o->firmware_dir + 1 : "firmware";
	int r = p->base.store && !derive_is_safe(str_of(name)) ?
		fail(k, KML_USAGE, "firmware in /%s may be below a link of the base", name) :
		pack_firmware(k, p, e, p->o->firmware, name, strlen(name), 0);

	if (r == 0 && !e->n)
		r = fail(k, KML_NOTFOUND, "%s: no firmware in it", p->o->firmware);
	return r < 0 ? r : entries_finish(k, e);
}

/* ---- documents ----------------------------------------------------------- */

/* The labels; what the user says counts over what the module says. */
static int pack_labels(struct kml *k, struct pack *p, struct compose_pair **out, size_t *n)
{
	static const char *const fields[][2] = {
		{ "org.opencontainers.image.description", "description" },
		{ "org.opencontainers.image.version", "version" },
	};
	const struct derive_options *to = &p->o->to;
	struct compose_pair *v = news(p->s, struct compose_pair, to->nlabels + countof(fields) + 2);
	struct source src;
	struct modinfo info;
	struct elf e;
	int r;

	if ((r = modfile_open(k, p->s, p->main->path, &src)) < 0 ||
	    (r = elf_open(k, p->s, &src, &e)) < 0 || (r = modinfo_of(k, p->s, &e, &info)) < 0)
		return fail_in(k, r, "%s", p->main->path);
	*n = 0;
	v[(*n)++] = (struct compose_pair){ S("io.kml.kernel"), str_of(p->out->kernel) };
	for (size_t i = 0; i < countof(fields); i++) {
		size_t at = 0;
		struct str text = modinfo_next(&info, str_of(fields[i][1]), &at);

		if (text.n && emit_is_utf8(text))
			v[(*n)++] = (struct compose_pair){ str_of(fields[i][0]), text };
	}
	v[(*n)++] = (struct compose_pair){ S("org.opencontainers.image.title"), p->main->name };
	for (size_t i = 0; i < to->nlabels; i++)
		*n += compose_set(v, *n, to->labels[i]);
	compose_sort(v, *n);
	*out = v;
	return 0;
}

/* The layers of the base, if there is one, and those of the modules on it. */
static void pack_layers(struct pack *p, struct compose *c)
{
	static const char *const what[] = { "kml", "modules", "firmware" };
	const struct image *base = &p->base;

	c->nold = base->store ? base->manifest.nlayers : 0;
	c->nlayers = c->nold + p->out->nlayers;
	c->layers = news(p->s, struct compose_layer, c->nlayers);
	for (size_t i = 0; i < c->nold; i++)
		derive_layer(&p->d, base->store, &base->manifest.layers[i], base->config.diff_ids[i],
		             &c->layers[i]);
	for (size_t i = 0; i < p->out->nlayers; i++)
		c->layers[c->nold + i] = (struct compose_layer){
			.d = p->out->layers[i].blob, .diff_id = p->out->layers[i].diff_id,
			.by = str_of(scope_format(p->s, "kml pack: %s", what[i])) };
}

static int pack_image(struct kml *k, struct pack *p, struct descriptor *out)
{
	const struct compose_pair path = { S("PATH"), S("/usr/bin") };
	const char *dir = scope_format(p->s, "/%.*s", FMT(p->prefix));
	size_t above = strlen(dir) - strlen("/lib/modules/") - p->set.kernel.n, n;
	struct str cmd[] = { S("modprobe"), S("-d"), above ? (struct str){ dir, above } : S("/"),
	                     p->main->name };
	struct compose c = derive_compose(&p->d);
	struct descriptor_note *notes;
	struct compose_pair *labels;
	int r = pack_labels(k, p, &labels, &c.nlabels);

	if (r < 0 || (r = derive_base_notes(k, &p->d, p->base.store ? &p->base : NULL, p->o->base,
	                                    &notes, &n)) < 0)
		return r;
	c.labels = labels;
	c.base = p->base.store ? p->base.config.json : NULL;
	c.os = S("linux");
	c.arch = str_of(p->out->arch);
	c.cmd = cmd, c.ncmd = countof(cmd);
	c.new_cmd = c.new_entrypoint = true;
	c.env = &path;
	c.nenv = !p->base.store;
	pack_layers(p, &c);
	if (c.nlayers > MANIFEST_STACKED)
		return fail(k, KML_BAD, "that would be %zu layers, and engines stack %d", c.nlayers,
		            MANIFEST_STACKED);
	compose_image(&c, &p->d.gather, notes, n, out);
	return 0;
}

/* ---- all of it ----------------------------------------------------------- */

/* The base, for the machine that the modules are for. */
static int pack_base(struct kml *k, struct pack *p)
{
	struct image_platform want = { .os = S("linux"), .arch = str_of(p->out->arch) };
	struct transport_end *end = new(p->s, struct transport_end);
	int r;

	if (!pack_is_based(p->o))
		return str_starts(p->prefix, S("bin/")) ?
			fail(k, KML_USAGE, "/bin is a link in the image; let --dir be another") : 0;
	if (!derive_is_safe(p->prefix))
		return fail(k, KML_USAGE, "/%.*s may be below a link of the base; let --dir be /usr or "
		            "below /opt, or put the image on the base with kml append",
		            FMT(p->prefix));
	if ((r = derive_open(k, &p->d, p->o->base, end)) < 0 ||
	    (r = image_open(k, p->s, &end->store, end->name, &want, &p->base)) < 0)
		return r;
	if ((r = compose_check(k, p->base.config.json)) < 0)
		return fail_in(k, r, "%s", p->o->base);
	return str_eq(p->base.config.arch, want.arch) ? 0 :
		fail(k, KML_KERNEL, "%s is for %.*s, the modules are for %.*s", p->o->base,
		     FMT(p->base.config.arch), FMT(want.arch));
}

/* Where the modules are in the image. */
static int pack_prefix(struct kml *k, struct pack *p)
{
	struct str dir = str_of(p->o->dir ? p->o->dir : "/opt"), rest = dir;
	struct buf b = { .s = p->s };

	if (!tar_is_plain(dir) || !emit_is_utf8(dir) || dir.n > 1024)
		return fail(k, KML_USAGE, "\"%.*s\" is no directory", FMT(dir));
	if (!str_starts(dir, S("/")))
		return fail(k, KML_USAGE, "\"%.*s\": a directory in the image begins with /", FMT(dir));
	while (rest.n) {
		struct str part = str_take(&rest, '/');

		if (str_eq(part, S("..")))
			return fail(k, KML_USAGE, "\"%.*s\": the directory must not have \"..\"", FMT(dir));
		if (part.n && !str_eq(part, S(".")))
			buf_format(&b, "%.*s/", FMT(part));
	}
	buf_format(&b, "lib/modules/%.*s", FMT(p->set.kernel));
	p->prefix = buf_str(&b);
	return 0;
}

/* Make the image and bring it to its target; *out lives as long as `s`. */
static int pack_run(struct kml *k, struct scope *s, const struct pack_options *o,
                    struct pack_result *out)
{
	struct pack *p = new(s, struct pack);
	struct descriptor top;
	int r;

	*out = (struct pack_result){ 0 };
	*p = (struct pack){ .o = o, .s = s, .out = out, .set = { .s = s } };
	if (o->kernel && !*o->kernel)
		return fail(k, KML_USAGE, "the kernel's name is empty");
	if ((r = derive_begin(k, s, &o->to, &p->d)) < 0 ||
	    (r = modset_find(k, &p->set, o->modules, o->nmodules)) < 0 ||
	    (r = modset_read(k, &p->set, o->kernel)) < 0 ||
	    (r = pack_check_names(k, p)) < 0 || (r = pack_prefix(k, p)) < 0)
		return r;
	out->arch = p->set.arch;
	out->kernel = scope_text(s, p->set.kernel);
	out->nmodules = p->set.n;
	if ((r = pack_base(k, p)) < 0 || (r = pack_program_layer(k, p)) < 0 ||
	    (r = pack_modules_layer(k, p)) < 0 ||
	    (o->firmware && (r = pack_firmware_layer(k, p)) < 0))
		return r;
	for (size_t i = 0; r == 0 && i < out->nlayers; i++)
		r = pack_write_layer(k, p, i);
	if (r < 0 || (r = pack_image(k, p, &top)) < 0)
		return r;
	return derive_finish(k, &p->d, &top, &out->done);
}

#endif
