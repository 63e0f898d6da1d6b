/* cmd_inspect.c - what an image is, and whether all of it is right. */
#ifndef KML_CMD_INSPECT_C
#define KML_CMD_INSPECT_C

#include "../format/emit.c"
#include "../ground/base.c"
#include "../ground/opt.c"
#include "../image/image.c"
#include "../image/verify.c"
#include "../module/tree.c"
#include "../site/transport.c"
#include "registries.c"

struct inspect_args {
	struct registries registries;
	const char *platform, *kernel;
	bool json, raw, config, modules, verify;
};

static const struct opt inspect_opts[] = {
	OPT(struct inspect_args, json, 'j', "json", NULL, "print JSON"),
	OPT(struct inspect_args, raw, 'r', "raw", NULL, "print the manifest or index, as it is"),
	OPT(struct inspect_args, config, 'c', "config", NULL, "print the config, as it is"),
	OPT(struct inspect_args, modules, 'm', "modules", NULL,
	    "read the layers too, and say which kernel modules are in them"),
	OPT(struct inspect_args, verify, 0, "verify", NULL,
	    "read everything the name leads to, or without a tag all there is, and check it"),
	OPT(struct inspect_args, platform, 'p', "platform", "OS/ARCH[/VARIANT]",
	    "of an image for several: show this one"),
	REGISTRIES_KERNEL(struct inspect_args),
	REGISTRIES_OPTS(struct inspect_args),
};

struct inspect_module { struct str kernel, name, path; int layer; };

struct inspect {
	const char *ref;
	struct image image;
	struct str bytes;               /* of the manifest or index */
	bool is_index;
	uint64_t size;                  /* of the layers */
	struct scope *s;
	struct names names;
	struct buf found;
	struct inspect_module *modules;
	size_t nmodules;
};

/* ---- what is in the layers ----------------------------------------------- */

/* Note a module: DIR/lib/modules/KVER/.../NAME.ko. */
static int inspect_look(struct kml *k, struct scope *s, struct tar *tar,
                        const struct tar_entry *e, void *arg)
{
	struct inspect *in = arg;
	struct inspect_module m = { .layer = in->names.layer };
	int r = names_add(k, s, &in->names, e);
	const char *at;
	struct str rest;

	(void)tar;
	if (r || e->type == TAR_DIR || !tree_stem(e->name).n)
		return r < 0 ? r : 0;
	at = memmem(e->name.p, e->name.n, "lib/modules/", 12);
	if (!at || (at > e->name.p && at[-1] != '/'))
		return 0;
	m.path = scope_str(in->s, e->name);
	rest = str_from(m.path, (size_t)(at - e->name.p) + 12);
	m.kernel = str_take(&rest, '/');
	m.name = str_base(tree_stem(m.path));
	if (rest.n)
		buf_add(&in->found, (struct str){ (const char *)&m, sizeof m });
	return 0;
}

static int inspect_module_cmp(const void *a, const void *b)
{
	const struct inspect_module *x = a, *y = b;
	int r = str_cmp(x->kernel, y->kernel);

	return r ? r : str_cmp(x->path, y->path);
}

static int inspect_modules(struct kml *k, struct scope *s, struct inspect *in)
{
	const struct image *image = &in->image;
	const struct name *e;
	int r = 0;

	in->s = in->names.s = in->found.s = s;
	in->names.devices = true;
	for (size_t i = 0; r == 0 && i < image->manifest.nlayers; i++) {
		in->names.layer = (int)i + 1;
		r = layer_scan(k, s, image->store, &image->manifest.layers[i],
		               image->config.diff_ids[i], NULL, inspect_look, in);
	}
	in->names.layer++;
	in->modules = (struct inspect_module *)(void *)in->found.p;
	for (size_t i = 0; r == 0 && i < in->found.n / sizeof *in->modules; i++)
		if ((r = names_enter(k, &in->names, in->modules[i].path, &e)) == 0 && e &&
		    e->came == in->modules[i].layer)
			in->modules[in->nmodules++] = in->modules[i];
	if (in->nmodules)
		qsort(in->modules, in->nmodules, sizeof *in->modules, inspect_module_cmp);
	return r;
}

/* ---- for a person -------------------------------------------------------- */

/* Print text from an image; a terminal is to obey none of it. */
static void inspect_text(struct str t)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		bool wide = c == 0xc2 && i + 1 < t.n && (unsigned char)t.p[i + 1] < 0xa0;

		putchar(c < 0x20 || c == 0x7f || wide ? '?' : c);
		i += wide;
	}
}

static void inspect_line(const char *what, struct str value)
{
	if (!value.n)
		return;
	printf("%-10s", what);
	inspect_text(value);
	putchar('\n');
}

static struct str inspect_json_text(yyjson_val *object, const char *key)
{
	yyjson_val *v = yyjson_obj_get(object, key);

	return yyjson_is_str(v) ? json_slice(v) : S("");
}

static void inspect_platform(const struct str v[3], const char *what)
{
	printf("%s", what);
	for (int i = 0; i < 3; i++) {
		printf("%s", i && v[i].n ? "/" : "");
		inspect_text(v[i]);
	}
}

static void inspect_layers(const struct inspect *in)
{
	const struct manifest *m = &in->image.manifest;

	puts("layers");
	for (size_t i = 0; i < m->nlayers; i++) {
		const struct descriptor *d = &m->layers[i];

		printf("  %.*s  %llu bytes  ", FMT(d->digest), (unsigned long long)d->size);
		inspect_text(str_base(d->type));
		printf("\n    diff_id %.*s\n", FMT(in->image.config.diff_ids[i]));
		for (size_t j = 0; j < d->nnotes; j++) {
			printf("    ");
			inspect_text(d->notes[j].key);
			putchar('=');
			inspect_text(d->notes[j].value);
			putchar('\n');
		}
	}
}

static void inspect_labels(yyjson_val *config)
{
	yyjson_val *key, *v, *labels = yyjson_obj_get(yyjson_obj_get(config, "config"), "Labels");
	size_t i, max;

	if (yyjson_obj_size(labels))
		puts("labels");
	JSON_EACH(labels, i, max, key, v) {
		printf("  ");
		inspect_text(json_slice(key));
		putchar('=');
		inspect_text(yyjson_is_str(v) ? json_slice(v) : S(""));
		putchar('\n');
	}
}

static void inspect_history(yyjson_val *config)
{
	yyjson_val *v, *history = yyjson_obj_get(config, "history");
	size_t i, max;

	if (yyjson_arr_size(history))
		puts("history");
	yyjson_arr_foreach(history, i, max, v) {
		printf("  ");
		inspect_text(inspect_json_text(v, "created"));
		printf("  ");
		inspect_text(inspect_json_text(v, "created_by"));
		puts(yyjson_is_true(yyjson_obj_get(v, "empty_layer")) ? "  (no layer)" : "");
	}
}

static void inspect_print_modules(const struct inspect *in)
{
	const struct inspect_module *v = in->modules;

	for (size_t i = 0; i < in->nmodules; i++) {
		if (!i || !str_eq(v[i].kernel, v[i - 1].kernel)) {
			printf("%smodules for ", i ? "\n" : "");
			inspect_text(v[i].kernel);
			putchar('\n');
		}
		printf("%s%.*s", i && str_eq(v[i].kernel, v[i - 1].kernel) ? " " : "  ",
		       FMT(v[i].name));
	}
	puts(in->nmodules ? "" : "no modules");
}

static void inspect_print(const struct inspect *in, const struct inspect_args *a)
{
	const struct manifest_config *c = &in->image.config;
	const struct manifest *m = &in->image.manifest;
	struct str where[3] = { c->os, c->arch, c->variant };

	inspect_line("name", str_of(in->ref));
	inspect_line("digest", in->image.self.digest);
	inspect_line("type", in->image.self.type);
	if (in->is_index) {
		puts("images");
		for (size_t i = 0; i < m->nmanifests; i++) {
			const struct descriptor *d = &m->manifests[i];
			struct str p[3] = { d->os, d->arch, d->variant };

			printf("  %.*s  %llu bytes", FMT(d->digest), (unsigned long long)d->size);
			inspect_platform(p, "  ");
			if (descriptor_note(d, IMAGE_KERNEL).n)
				printf("  kernel %.*s", FMT(descriptor_note(d, IMAGE_KERNEL)));
			putchar('\n');
		}
		return;
	}
	inspect_platform(where, "platform  ");
	putchar('\n');
	inspect_line("created", inspect_json_text(c->json, "created"));
	printf("size      %llu bytes in %zu layers\n", (unsigned long long)in->size, m->nlayers);
	inspect_labels(c->json);
	inspect_layers(in);
	inspect_history(c->json);
	if (a->modules)
		inspect_print_modules(in);
}

/* ---- for a program ------------------------------------------------------- */

static void inspect_json_copy(struct buf *b, const char *key, yyjson_val *v)
{
	if (!v)
		return;
	emit_key(b, str_of(key));
	json_copy(b, v);
}

static void inspect_json_modules(struct buf *b, const struct inspect *in)
{
	const struct inspect_module *v = in->modules;

	emit_key(b, S("modules"));
	emit_open(b, '{');
	for (size_t i = 0; i < in->nmodules; i++) {
		if (!i || !str_eq(v[i].kernel, v[i - 1].kernel)) {
			if (i)
				emit_close(b, ']');
			emit_key(b, v[i].kernel);
			emit_open(b, '[');
		}
		emit_text(b, v[i].path);
	}
	if (in->nmodules)
		emit_close(b, ']');
	emit_close(b, '}');
}

static void inspect_json_layers(struct buf *b, const struct inspect *in)
{
	const struct manifest *m = &in->image.manifest;

	emit_key(b, S("layers"));
	emit_open(b, '[');
	for (size_t i = 0; i < m->nlayers; i++) {
		const struct descriptor *d = &m->layers[i];

		emit_open(b, '{');
		emit_pair(b, "digest", d->digest);
		emit_pair(b, "type", d->type);
		emit_key(b, S("size"));
		emit_uint(b, d->size);
		emit_pair(b, "diff_id", in->image.config.diff_ids[i]);
		inspect_json_copy(b, "annotations", json_get(d->json, "annotations"));
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

static void inspect_json(const struct inspect *in, const struct inspect_args *a, struct buf *b)
{
	const struct manifest_config *c = &in->image.config;
	yyjson_val *made = json_get(c->json, "config");

	emit_open(b, '{');
	emit_pair(b, "name", str_of(in->ref));
	emit_pair(b, "digest", in->image.self.digest);
	emit_pair(b, "type", in->image.self.type);
	if (in->is_index) {
		inspect_json_copy(b, "manifests", json_get(in->image.manifest.json, "manifests"));
		emit_close(b, '}');
		return;
	}
	emit_pair(b, "os", c->os);
	emit_pair(b, "architecture", c->arch);
	if (c->variant.n)
		emit_pair(b, "variant", c->variant);
	inspect_json_copy(b, "created", json_get(c->json, "created"));
	emit_key(b, S("size"));
	emit_uint(b, in->size);
	if (yyjson_is_obj(made))
		inspect_json_copy(b, "labels", json_get(made, "Labels"));
	inspect_json_layers(b, in);
	inspect_json_copy(b, "history", json_get(c->json, "history"));
	if (a->modules)
		inspect_json_modules(b, in);
	emit_close(b, '}');
}

/* ---- the applet ---------------------------------------------------------- */

static int inspect_verify(struct kml *k, struct scope *s, const struct store *from,
                          struct str name, bool json)
{
	struct verify v;
	struct buf b = { .s = s };
	const struct str *said;
	size_t n;
	int r = verify_run(k, s, from, name, &v);

	if (r < 0)
		return r;
	said = (const struct str *)(const void *)v.said.p;
	n = v.said.n / sizeof *said;
	emit_open(&b, '{');
	emit_key(&b, S("checked"));
	emit_uint(&b, v.checked);
	emit_key(&b, S("wrong"));
	emit_open(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (json && emit_is_utf8(said[i]))
			emit_text(&b, said[i]);
		else if (!json)
			printf("%.*s\n", FMT(said[i]));
	}
	emit_close(&b, ']');
	emit_close(&b, '}');
	if (json)
		printf("%.*s\n", FMT(buf_str(&b)));
	if (n)
		return fail(k, v.r == KML_UNREACHABLE ? v.r : KML_FAIL, "%s: %zu of %llu blobs and "
		            "documents are wrong", from->name, n, (unsigned long long)v.checked);
	if (!json)
		printf("%llu blobs and documents, %llu bytes: all right\n",
		       (unsigned long long)v.checked, (unsigned long long)v.bytes);
	return 0;
}

static int inspect_open(struct kml *k, struct scope *s, const struct inspect_args *a,
                        const struct store *from, struct str name, struct inspect *in)
{
	struct image_platform want;
	struct image *image = &in->image;
	int r = store_manifest(k, s, from, name, NULL, &image->self, &in->bytes,
	                       &image->manifest);

	image->store = from;
	if (r < 0 || a->raw)
		return r;
	image->self.type = image->manifest.type;
	in->is_index = image->manifest.is_index && !a->platform && !a->kernel && !a->config &&
		!a->modules;
	if (in->is_index)
		return 0;
	if ((r = transport_platform(k, s, a->platform, a->kernel, &want)) < 0 ||
	    (r = image_open(k, s, from, name, &want, image)) < 0)
		return r;
	for (size_t i = 0; i < image->manifest.nlayers; i++)
		if (in->size <= UINT64_MAX - image->manifest.layers[i].size)
			in->size += image->manifest.layers[i].size;
	return a->modules ? inspect_modules(k, s, in) : 0;
}

static int inspect_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct inspect_args *a = args;
	struct inspect in = { .ref = operands[0] };
	struct buf b = { .s = s };
	struct remote_options remote;
	struct transport_end from;
	struct str text;
	int r = registries_options(k, &a->registries, &remote);

	if (r < 0 || (r = transport_open(k, s, operands[0], &remote, TRANSPORT_READ, &from)) < 0)
		return r;
	if (a->verify)
		return inspect_verify(k, s, &from.store, from.name, a->json);
	if ((r = inspect_open(k, s, a, &from.store, from.name, &in)) < 0)
		return r;
	if (a->raw || a->config) {
		text = in.bytes;
		if (!a->raw &&
		    (r = store_small(k, s, &from.store, &in.image.manifest.config, &text)) < 0)
			return r;
		fwrite(text.p, 1, text.n, stdout);
	} else if (a->json) {
		inspect_json(&in, a, &b);
		printf("%.*s\n", FMT(buf_str(&b)));
	} else {
		inspect_print(&in, a);
	}
	return 0;
}

static const struct applet applet_inspect = {
	.name = "inspect", .synopsis = "[OPTION]... REF",
	.brief = "Show what an image is, what is in it, and whether it is whole.",
	.detail =
		"Of an index it shows which images there are, of an image its platform, labels,\n"
		"layers and history.  With --verify every document and blob that the name leads to is\n"
		"read and held against its digest, its size and, for layers, its diff_id; without a\n"
		"tag that is all there is.  What is wrong is printed, a line each, and the exit status\n"
		"is 1.",
	.opts = inspect_opts, .nopts = countof(inspect_opts),
	.argsize = sizeof(struct inspect_args), .min = 1, .max = 1, .run = inspect_run,
};

#endif
