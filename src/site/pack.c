/* pack.c - modules for one kernel, made an image.
 *
 *   layer 1   usr/bin/kml, and links to it by the names of its commands
 *   layer 2   opt/lib/modules/KERNEL: the modules and depmod's files, made in memory
 *   layer 3   firmware/: the contents of a directory, if one is given
 *
 * Layers 2 and 3 say in an annotation which kernel they are for, so that a
 * loader finds its own in an image for many kernels; layer 1 is the same blob
 * in all of them.  The image depends on names and contents alone: packed
 * again, from another directory or on another machine, its digest is the same.
 */
#ifndef KML_PACK_C
#define KML_PACK_C

#include "../format/elf.c"
#include "../format/emit.c"
#include "../format/manifest.c"
#include "../format/modinfo.c"
#include "../format/ref.c"
#include "../ground/base.c"
#include "../ground/sys.c"
#include "../image/entries.c"
#include "../image/image.c"
#include "../image/layer.c"
#include "../image/layout.c"
#include "../module/depmod.c"
#include "../module/modfile.c"
#include "modset.c"
#include "program.c"
#include <time.h>

struct pack_pair { const char *key, *value; };

struct pack_options {
	const char *name;               /* the module to load */
	const char *kernel;             /* NULL: the modules' own */
	const char *const *modules;     /* files and directories */
	size_t nmodules;
	const char *firmware;           /* a directory; NULL: none */
	const char *dir;                /* prefix in the image; NULL: "/opt" */
	const char *output;             /* "oci:DIR[:TAG]" */
	const char *program;            /* the kml for it; NULL: this one */
	const char *const *order;       /* names, the first is loaded last */
	size_t norder;
	const struct pack_pair *labels, *annotations;
	size_t nlabels, nannotations;
	uint64_t epoch;                 /* the time of all files, in seconds since 1970 */
};

struct pack_result {
	const char *digest, *kernel, *arch;
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
	struct ref ref;
	struct layout layout;
	struct pack_result *out;
};

enum { PACK_DEPTH = 64 };

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
	*e = entries_begin(p->s, p->o->epoch);
	return e;
}

static int pack_write_layer(struct kml *k, struct pack *p, size_t i)
{
	struct layer *layer = &p->out->layers[i];
	struct reader in;
	int r;

	entries_reader(&p->entries[i], &in);
	if ((r = layer_write(k, p->s, &p->layout, &in, layer)) == 0 && p->out->kernels[i].n) {
		layer->blob.notes = new(p->s, struct descriptor_note);
		layer->blob.notes[0] = (struct descriptor_note){ IMAGE_KERNEL, p->out->kernels[i] };
		layer->blob.nnotes = 1;
	}
	return r;
}

static int pack_program_layer(struct kml *k, struct pack *p)
{
	static const char *const links[] = {
		"depmod", "insmod", "lsmod", "modinfo", "modprobe", "rmmod", "sleep", NULL
	};
	struct entries *e = pack_layer(p, S(""));
	int r = program_add(k, e, p->o->program, p->out->arch, links);

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

/* Add what is in the directory `dir` as `name`.  Links stay links, and must
 * lead to something in the directory. */
static int pack_firmware(struct kml *k, struct pack *p, struct entries *e, const char *dir,
                         const char *name, int depth)
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
		struct str target, inside = str_from(str_of(at), sizeof "firmware");
		struct stat st;

		if (v[i].type == DT_DIR) {
			r = pack_firmware(k, p, e, path, at, depth + 1);
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
	int r = pack_firmware(k, p, e, p->o->firmware, "firmware", 0);

	if (r == 0 && !e->n)
		r = fail(k, KML_NOTFOUND, "%s: no firmware in it", p->o->firmware);
	return r < 0 ? r : entries_finish(k, e);
}

/* ---- documents ----------------------------------------------------------- */

static int pack_pair_cmp(const void *a, const void *b)
{
	return strcmp(((const struct pack_pair *)a)->key, ((const struct pack_pair *)b)->key);
}

/* The labels, by name; what the user says counts over what the module says. */
static int pack_labels(struct kml *k, struct pack *p, struct pack_pair **out, size_t *n)
{
	static const char *const fields[][2] = {
		{ "org.opencontainers.image.description", "description" },
		{ "org.opencontainers.image.version", "version" },
	};
	struct pack_pair *v = news(p->s, struct pack_pair, p->o->nlabels + countof(fields) + 2);
	struct source src;
	struct modinfo info;
	struct elf e;
	size_t own = p->o->nlabels, kept = 0;
	int r;

	if ((r = modfile_open(k, p->s, p->main->path, &src)) < 0 ||
	    (r = elf_open(k, p->s, &src, &e)) < 0 || (r = modinfo_of(k, p->s, &e, &info)) < 0)
		return fail_in(k, r, "%s", p->main->path);
	if (own)
		memcpy(v, p->o->labels, own * sizeof *v);
	*n = own;
	v[(*n)++] = (struct pack_pair){ "org.opencontainers.image.title",
	                                scope_text(p->s, p->main->name) };
	v[(*n)++] = (struct pack_pair){ "io.kml.kernel", p->out->kernel };
	for (size_t i = 0; i < countof(fields); i++) {
		size_t at = 0;
		struct str text = modinfo_next(&info, str_of(fields[i][1]), &at);

		if (text.n && emit_is_utf8(text))
			v[(*n)++] = (struct pack_pair){ fields[i][0], scope_text(p->s, text) };
	}
	for (size_t i = 0; i < *n; i++) {
		bool twice = false;

		for (size_t j = 0; j < kept; j++)
			twice = twice || !strcmp(v[j].key, v[i].key);
		if (twice && i < own)
			return fail(k, KML_USAGE, "the label %s is given twice", v[i].key);
		if (!twice)
			v[kept++] = v[i];
	}
	qsort(v, kept, sizeof *v, pack_pair_cmp);
	*out = v;
	*n = kept;
	return 0;
}

static struct str pack_time(struct scope *s, uint64_t epoch)
{
	time_t t = (time_t)epoch;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	return str_of(scope_format(s, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
	                           tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec));
}

static void pack_put_command(struct buf *b, const struct pack *p)
{
	const char *dir = scope_format(p->s, "/%.*s", FMT(p->prefix));
	size_t base = strlen(dir) - strlen("/lib/modules/") - p->set.kernel.n;

	emit_key(b, S("Cmd"));
	emit_open(b, '[');
	emit_text(b, S("modprobe"));
	emit_text(b, S("-d"));
	emit_text(b, base ? (struct str){ dir, base } : S("/"));
	emit_text(b, p->main->name);
	emit_close(b, ']');
}

static void pack_put_history(struct buf *b, const struct pack *p, struct str created)
{
	static const char *const what[] = { "kml", "modules", "firmware" };

	emit_key(b, S("history"));
	emit_open(b, '[');
	for (size_t i = 0; i < p->out->nlayers; i++) {
		emit_open(b, '{');
		emit_pair(b, "created", created);
		emit_pair(b, "created_by", str_of(scope_format(p->s, "kml pack: %s", what[i])));
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

static int pack_config(struct kml *k, struct pack *p, struct descriptor *d)
{
	struct buf b = { .s = p->s };
	struct str created = pack_time(p->s, p->o->epoch);
	struct pack_pair *labels;
	size_t n;
	int r = pack_labels(k, p, &labels, &n);

	if (r < 0)
		return r;
	emit_open(&b, '{');
	emit_pair(&b, "created", created);
	emit_pair(&b, "architecture", str_of(p->out->arch));
	emit_pair(&b, "os", S("linux"));
	emit_key(&b, S("config"));
	emit_open(&b, '{');
	emit_key(&b, S("Env"));
	emit_open(&b, '[');
	emit_text(&b, S("PATH=/usr/bin"));
	emit_close(&b, ']');
	pack_put_command(&b, p);
	emit_key(&b, S("Labels"));
	emit_open(&b, '{');
	for (size_t i = 0; i < n; i++)
		emit_pair(&b, labels[i].key, str_of(labels[i].value));
	emit_close(&b, '}');
	emit_close(&b, '}');
	emit_key(&b, S("rootfs"));
	emit_open(&b, '{');
	emit_pair(&b, "type", S("layers"));
	emit_key(&b, S("diff_ids"));
	emit_open(&b, '[');
	for (size_t i = 0; i < p->out->nlayers; i++)
		emit_text(&b, p->out->layers[i].diff_id);
	emit_close(&b, ']');
	emit_close(&b, '}');
	pack_put_history(&b, p, created);
	emit_close(&b, '}');
	*d = (struct descriptor){ .type = DESCRIPTOR_CONFIG };
	return layout_put(k, p->s, &p->layout, buf_str(&b), d);
}

static int pack_manifest(struct kml *k, struct pack *p, struct descriptor *d)
{
	struct descriptor layers[countof(p->out->layers)];
	struct manifest m = { .layers = layers, .nlayers = p->out->nlayers };
	struct descriptor_note *notes = news(p->s, struct descriptor_note, p->o->nannotations);
	struct pack_pair *sorted = news(p->s, struct pack_pair, p->o->nannotations);
	struct buf b = { .s = p->s };
	size_t n = p->o->nannotations;
	int r = pack_config(k, p, &m.config);

	if (r < 0)
		return r;
	for (size_t i = 0; i < m.nlayers; i++)
		layers[i] = p->out->layers[i].blob;
	if (n)
		memcpy(sorted, p->o->annotations, n * sizeof *sorted);
	if (n)
		qsort(sorted, n, sizeof *sorted, pack_pair_cmp);
	for (size_t i = 0; i < n; i++) {
		if (i && !strcmp(sorted[i].key, sorted[i - 1].key))
			return fail(k, KML_USAGE, "the annotation %s is given twice", sorted[i].key);
		notes[i] = (struct descriptor_note){ str_of(sorted[i].key), str_of(sorted[i].value) };
	}
	manifest_write(&b, &m, notes, n);
	*d = (struct descriptor){ .type = DESCRIPTOR_MANIFEST };
	return layout_put(k, p->s, &p->layout, buf_str(&b), d);
}

/* ---- all of it ----------------------------------------------------------- */

static int pack_check_pairs(struct kml *k, const struct pack_pair *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!*v[i].key || !emit_is_utf8(str_of(v[i].key)) || !emit_is_utf8(str_of(v[i].value)))
			return fail(k, KML_USAGE, "\"%s\" is no label", v[i].key);
	return 0;
}

static int pack_check_options(struct kml *k, struct pack *p)
{
	const struct pack_options *o = p->o;
	int r;

	if (!o->output)
		return fail(k, KML_USAGE, "where to? say -o oci:DIR[:TAG]");
	if ((r = ref_parse(k, p->s, str_of(o->output), &p->ref)) < 0)
		return r;
	if (p->ref.kind != REF_LAYOUT || p->ref.digest.n)
		return fail(k, KML_USAGE, "%s: an image is packed into oci:DIR[:TAG]", o->output);
	if (o->kernel && !*o->kernel)
		return fail(k, KML_USAGE, "the kernel's name is empty");
	if (o->epoch > 253402300799)
		return fail(k, KML_USAGE, "the time %llu is after the year 9999",
		            (unsigned long long)o->epoch);
	if ((r = pack_check_pairs(k, o->labels, o->nlabels)) < 0)
		return r;
	return pack_check_pairs(k, o->annotations, o->nannotations);
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

static int pack_write(struct kml *k, struct pack *p)
{
	struct descriptor d;
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->out->nlayers; i++)
		r = pack_write_layer(k, p, i);
	if (r < 0 || (r = pack_manifest(k, p, &d)) < 0)
		return r;
	p->out->digest = scope_text(p->s, d.digest);
	return layout_tag(k, p->s, &p->layout, ref_tag(&p->ref), &d);
}

/* Make the image and put it into the layout; *out lives as long as `s`. */
static int pack_run(struct kml *k, struct scope *s, const struct pack_options *o,
                    struct pack_result *out)
{
	struct pack *p = new(s, struct pack);
	struct scope *locked;
	int r;

	*out = (struct pack_result){ 0 };
	*p = (struct pack){ .o = o, .s = s, .out = out, .set = { .s = s } };
	if ((r = pack_check_options(k, p)) < 0 ||
	    (r = modset_find(k, &p->set, o->modules, o->nmodules)) < 0 ||
	    (r = modset_read(k, &p->set, o->kernel)) < 0 ||
	    (r = pack_check_names(k, p)) < 0 || (r = pack_prefix(k, p)) < 0)
		return r;
	out->arch = p->set.arch;
	out->kernel = scope_text(s, p->set.kernel);
	out->nmodules = p->set.n;
	if ((r = pack_program_layer(k, p)) < 0 || (r = pack_modules_layer(k, p)) < 0 ||
	    (o->firmware && (r = pack_firmware_layer(k, p)) < 0))
		return r;
	locked = scope_begin(s);
	if ((r = layout_create(k, locked, scope_text(s, p->ref.path), &p->layout)) == 0)
		r = pack_write(k, p);
	scope_end(locked);
	return r;
}

#endif
