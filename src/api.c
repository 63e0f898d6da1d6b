/* api.c - the functions of kml.h, each a few lines over the parts. */
#ifndef KML_API_C
#define KML_API_C

#include "ground/base.c"
#include "ground/kernel.c"
#include "format/elf.c"
#include "format/modinfo.c"
#include "module/config.c"
#include "module/depmod.c"
#include "module/modfile.c"
#include "module/order.c"
#include "module/probe.c"
#ifndef KML_LOADER
#include "site/mapping.c"
#include "site/node.c"
#include "site/pack.c"
#endif

/* ---- context ------------------------------------------------------------- */

struct kml *kml_open(const char *root)
{
	struct kml *k = calloc(1, sizeof *k);

	if (k && root && !(k->root = strdup(root))) {
		free(k);
		return NULL;
	}
	return k;
}

void kml_close(struct kml *k)
{
	if (!k)
		return;
	scope_end(&k->keep);
	free((void *)(uintptr_t)k->root);
	free(k);
}

const char *kml_message(const struct kml *k) { return k->msg; }

void kml_on_note(struct kml *k, kml_log_fn *fn, void *arg)
{
	k->log = fn;
	k->log_arg = arg;
}

void kml_set_jobs(struct kml *k, int jobs) { k->jobs = jobs; }

/* Run `fn` with no message of an earlier call left. */
static int api_run(struct kml *k, kml_fn *fn, void *arg)
{
	k->msg[0] = '\0';
	return kml_run(k, fn, arg);
}

/* ---- module files and trees ---------------------------------------------- */

struct api_modinfo { const char *path, *key, **value; };

static int api_modinfo(struct kml *k, struct scope *s, void *arg)
{
	struct api_modinfo *q = arg;
	struct modinfo info;
	struct source src;
	struct str v;
	struct elf e;
	size_t i = 0;
	int r;

	if ((r = modfile_open(k, s, q->path, &src)) < 0 || (r = elf_open(k, s, &src, &e)) < 0 ||
	    (r = modinfo_of(k, s, &e, &info)) < 0)
		return fail_in(k, r, "%s", q->path);
	v = modinfo_next(&info, str_of(q->key), &i);
	if (!v.p)
		return fail(k, KML_NOTFOUND, "%s has no %s", q->path, q->key);
	*q->value = scope_text(&k->keep, v);
	return 0;
}

int kml_modinfo(struct kml *k, const char *path, const char *key, const char **value)
{
	return api_run(k, api_modinfo, &(struct api_modinfo){ path, key, value });
}

static int api_depmod(struct kml *k, struct scope *s, void *arg)
{
	struct str out[DEPFILES] = { 0 };

	return depmod_run(k, s, arg, out);
}

int kml_depmod(struct kml *k, const char *base, const char *version)
{
	return api_run(k, api_depmod,
	               &(struct depmod_options){ .base = base, .version = version });
}

struct api_load { const char *name, *params; bool out; };

static int api_load(struct kml *k, struct scope *s, void *arg)
{
	const struct api_load *q = arg;
	struct modconf *conf = new(s, struct modconf);
	struct order order;
	struct probe p = { .order = &order, .params = q->params ? q->params : "",
	                   .level = KML_ERROR };
	struct order_list found;
	const char *release, *dir;
	int verdict, r = kernel_release(k, s, &release);

	if (r < 0)
		return r;
	dir = scope_format(s, "/lib/modules/%s", release);
	config_read(k, s, NULL, dir, conf);
	order = order_begin(s, dir, conf);
	found = order_lookup(k, &order, str_of(q->name));
	if (!found.n)
		return fail(k, KML_NOTFOUND, "module %s not found in directory %s", q->name, dir);
	for (size_t i = 0; i < found.n && r == 0; i++)
		r = q->out ? probe_remove(k, s, &p, found.v[i]) :
			probe_insert(k, s, &p, found.v[i], &verdict);
	return r < 0 ? fail_in(k, r, "module %s", q->name) : 0;
}

int kml_load(struct kml *k, const char *name, const char *params)
{
	return api_run(k, api_load, &(struct api_load){ name, params, false });
}

int kml_unload(struct kml *k, const char *name)
{
	return api_run(k, api_load, &(struct api_load){ name, NULL, true });
}

/* ---- images and mappings ------------------------------------------------- */

#ifndef KML_LOADER

struct api_resolve { const char *config, *kernel; struct kml_mapping *out; };

static int api_resolve(struct kml *k, struct scope *s, void *arg)
{
	const struct api_resolve *q = arg;
	const char *kernel = q->kernel;
	struct resolved *rule = new(s, struct resolved);
	struct mappings all;
	int r = kernel ? 0 : kernel_release(k, s, &kernel);

	if (r < 0 || (r = mapping_load_config(k, s, q->config, &all)) < 0)
		return r;
	for (size_t i = 0; i < all.n; i++)      /* the first file that knows it */
		if ((r = mapping_resolve(k, s, &all.v[i], kernel, rule)) != KML_UNMAPPED)
			break;
	if (r < 0)
		return r;
	*q->out = (struct kml_mapping){
		.rule = scope_text(&k->keep, str_of(rule->rule)),
		.image = scope_text(&k->keep, str_of(rule->image)),
		.module = scope_text(&k->keep, str_of(rule->name)),
		.dir = scope_text(&k->keep, str_of(rule->dir)),
	};
	return 0;
}

int kml_resolve(struct kml *k, const char *config, const char *kernel,
                struct kml_mapping *mapping)
{
	return api_run(k, api_resolve, &(struct api_resolve){ config, kernel, mapping });
}

struct api_pack { const struct kml_pack *what; const char **digest; };

static int api_pack(struct kml *k, struct scope *s, void *arg)
{
	const struct api_pack *q = arg;
	const struct kml_pack *w = q->what;
	const struct remote_options remote = { .authfile = NULL };
	struct pack_options o = {
		.name = w->name, .kernel = w->kernel, .modules = w->modules,
		.firmware = w->firmware, .dir = w->dir, .program = w->program,
		.to = { .target = w->output, .remote = &remote, .epoch = w->epoch },
	};
	struct pack_result made;
	int r;

	while (w->modules && w->modules[o.nmodules])
		o.nmodules++;
	r = pack_run(k, s, &o, &made);
	if (r == 0 && q->digest)
		*q->digest = scope_text(&k->keep, made.done.d.digest);
	return r;
}

int kml_pack(struct kml *k, const struct kml_pack *what, const char **digest)
{
	return api_run(k, api_pack, &(struct api_pack){ what, digest });
}

static int api_image_load(struct kml *k, struct scope *s, void *arg)
{
	const struct remote_options remote = { .authfile = NULL };
	const struct node_options o = { .remote = &remote, .depot = DEPOT_DIR };
	struct node_what *what;
	struct mappings all;
	size_t n;
	int r;

	if ((r = mapping_load_config(k, s, arg, &all)) < 0 ||
	    (r = node_find(k, s, &all, NULL, &what, &n)) < 0)
		return r;
	return node_load_all(k, s, what, n, &o);
}

int kml_image_load(struct kml *k, const char *config)
{
	return api_run(k, api_image_load, (void *)(uintptr_t)config);
}

static int api_image_unload(struct kml *k, struct scope *s, void *arg)
{
	return node_unload(k, s, arg);
}

int kml_image_unload(struct kml *k, const char *name)
{
	return api_run(k, api_image_unload, (void *)(uintptr_t)name);
}

#endif

#endif
