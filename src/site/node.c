/* node.c - a node's part: the running kernel, its image, the modules in it.
 *
 *     uname -r ─ kml.ini ─ image ─ layers of this kernel ─ modules ─ the kernel
 *
 * Nothing is written to load: the modules go from the verified layer through
 * memory into the kernel.  Only the record in /run/kml is a file; a machine
 * that has no place for it is told so and served all the same.
 */
#ifndef KML_NODE_C
#define KML_NODE_C

#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../format/kver.c"
#include "../image/image.c"
#include "../module/tree.c"
#include "firmware.c"
#include "load.c"
#include "mapping.c"
#include "reach.c"
#include "state.c"

struct node {
	const char *kernel;
	struct resolved rule;
	struct remote_options remote;
	struct transport_end end;
	struct image image;
	struct steps steps;
	struct layer_file *firmware;
	size_t nfirmware;
	struct str firmware_dir;
};

/* ---- from the mapping to a plan ------------------------------------------ */

/* Open the image that the rule names, for this machine. */
static int node_open(struct kml *k, struct scope *s, struct node *n)
{
	struct image_platform here = { .os = S("linux"), .kernel = str_of(n->kernel) };
	const char *machine = "";
	int r = kernel_machine(k, s, &machine);

	if (r < 0)
		return r;
	here.arch = image_arch(str_of(machine));
	if ((r = reach_open(k, s, &n->rule, n->rule.image, &n->remote, TRANSPORT_READ,
	                    &n->end)) == 0)
		r = image_open(k, s, &n->end.store, n->end.name, &here, &n->image);
	if (r == KML_NOTFOUND)
		r = KML_ABSENT;
	return r < 0 ? fail_in(k, r, "image %s", n->rule.image) : 0;
}

/* A directory as the image names it: without a slash at either end. */
static struct str node_inside(const char *path)
{
	struct str dir = str_of(path);

	while (dir.n && dir.p[0] == '/')
		dir = str_from(dir, 1);
	while (dir.n && dir.p[dir.n - 1] == '/')
		dir.n--;
	return dir;
}

/* Where the image has the modules of `kernel`, without a slash at either end. */
static struct str node_modules_dir(struct scope *s, const struct node *n, struct str kernel)
{
	struct str dir = node_inside(n->rule.dir);

	return str_of(scope_format(s, "%.*s%slib/modules/%.*s", FMT(dir), dir.n ? "/" : "",
	                           FMT(kernel)));
}

/* Read the modules, and take them into the plan.  A kernel whose name ends in
 * '+' may have them under its name with it or without. */
static int node_read(struct kml *k, struct scope *s, struct node *n)
{
	struct str raw = str_of(n->kernel), names[2] = { raw, kver_matched(raw) };
	struct layer_file *files;
	size_t count = 0, found = 0, tries = str_eq(names[0], names[1]) ? 1 : 2;
	int r = 0;

	for (size_t i = 0; i < tries && r == 0 && !count; i++) {
		struct str below = node_modules_dir(s, n, names[i]);

		r = image_read(k, s, &n->image, raw, image_want_below, &below, &files, &count);
	}
	for (size_t i = 0; i < count && r == 0; i++)
		if (files[i].type == TAR_FILE && tree_stem(files[i].name).n) {
			steps_add(&n->steps, files[i].name, files[i].data);
			found++;
		}
	if (r == 0 && !found)
		return fail(k, KML_KERNEL, "image %s has no modules for kernel %s (nothing below "
		            "/%.*s)", n->rule.image, n->kernel,
		            FMT(node_modules_dir(s, n, names[0])));
	if (r == KML_NOTFOUND)          /* one of its blobs */
		r = KML_ABSENT;
	return r < 0 ? fail_in(k, r, "image %s", n->rule.image) : 0;
}

/* Read the firmware, if the rule names a directory with some. */
static int node_read_firmware(struct kml *k, struct scope *s, struct node *n)
{
	struct str *below = &n->firmware_dir;
	int r;

	*below = node_inside(n->rule.firmware);
	if (!below->n)
		return fail(k, KML_USAGE, "rule %s: firmware must be a directory of the image, not "
		            "all of it", n->rule.rule);
	r = image_read(k, s, &n->image, str_of(n->kernel), image_want_below, below, &n->firmware,
	               &n->nfirmware);
	if (r == 0 && !n->nfirmware)
		return fail(k, KML_FAIL, "image %s has no firmware below %s", n->rule.image,
		            n->rule.firmware);
	return r < 0 ? fail_in(k, r, "image %s", n->rule.image) : 0;
}

/* Find out all that loading what `m` maps the running kernel to would do, and
 * touch nothing. */
static int node_plan(struct kml *k, struct scope *s, const struct mapping *m, struct node *n)
{
	int r = kernel_release(k, s, &n->kernel);

	if (r < 0 || (r = mapping_resolve(k, s, m, n->kernel, &n->rule)) < 0 ||
	    (r = node_open(k, s, n)) < 0)
		return r;
	steps_begin(k, s, &n->steps, n->kernel);
	n->steps.main = modname_of_path(s, str_of(n->rule.name)).p;
	n->steps.params = n->rule.parameters;
	if ((r = node_read(k, s, n)) < 0)
		return r;
	for (size_t i = n->rule.order.n; i-- > 0 && r == 0;)
		r = steps_want(k, &n->steps, n->rule.order.v[i]);
	if (r == 0 && !n->rule.order.n)
		r = steps_want(k, &n->steps, n->rule.name);
	if (r < 0)
		return fail_in(k, r, "image %s", n->rule.image);
	return n->rule.firmware ? node_read_firmware(k, s, n) : 0;
}

/* ---- loading and unloading ----------------------------------------------- */

static bool node_all_there(struct kml *k, struct scope *s, const struct state_names *modules)
{
	for (size_t i = 0; i < modules->n; i++)
		if (live_state(k, s, str_of(modules->v[i])) != LIVE_THERE)
			return false;
	return true;
}

/* What an earlier load left: 1 when there is nothing more to do.  One that was
 * cut short is taken back first. */
static int node_before(struct kml *k, struct scope *s, struct node *n, struct str digest)
{
	struct state old;
	int r = state_read(k, s, n->rule.name, &old);

	if (r < 0)
		return r == KML_NOTFOUND ? 0 : r;
	if (!old.loading && node_all_there(k, s, &old.modules)) {
		if (str_eq(str_of(old.digest), digest)) {
			note(k, KML_INFO, "%s is loaded already", n->rule.name);
			return 1;
		}
		return fail(k, KML_FAIL, "%s is loaded from another image (%s); `kml unload %s` "
		            "first", n->rule.name, old.digest, n->rule.name);
	}
	note(k, KML_WARNING, "an earlier load of %s is not whole; what is left of it is taken "
	     "out first", n->rule.name);
	return load_reverse(k, s, &old);
}

/* Load what `m` maps the running kernel to, all of it or nothing. */
static int node_load(struct kml *k, struct scope *s, const struct mapping *m)
{
	struct node *n = new(s, struct node);
	struct state *st = new(s, struct state);
	struct load l = { .s = s, .steps = &n->steps, .st = st };
	int r = node_plan(k, s, m, n);

	if (r < 0)
		return r;
	if (!(l.keep = state_lock(k, s) == 0))
		note(k, KML_WARNING, "%s; kml unload will not know what was loaded", k->msg);
	if (l.keep && (r = node_before(k, s, n, n->image.self.digest)) != 0)
		return r < 0 ? r : 0;
	*st = (struct state){ .name = n->rule.name, .image = n->rule.image,
	                      .digest = scope_text(s, n->image.self.digest) };
	if (n->rule.firmware &&
	    (r = firmware_plan(k, s, n->firmware, n->nfirmware, n->firmware_dir, &l.firmware,
	                       st)) < 0)
		return r;
	return load_run(k, &l, n->rule.replaces.v, n->rule.replaces.n);
}

/* The same for each kml.ini of several.  All are tried; the first failure is
 * the result, the others are told on the way. */
static int node_load_all(struct kml *k, struct scope *s, const struct mappings *all)
{
	const char *first = NULL;
	int result = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct scope *t = scope_begin(s);
		int r = node_load(k, t, &all->v[i]);

		scope_end(t);
		if (r < 0 && first)
			note(k, KML_ERROR, "%s", k->msg);
		else if (r < 0)
			first = scope_text(s, str_of(k->msg)), result = r;
	}
	return result < 0 ? fail(k, result, "%s", first) : 0;
}

/* Take out what was recorded of the set `name`. */
static int node_unload(struct kml *k, struct scope *s, const char *name)
{
	struct state st;
	int r = state_check_name(k, name);

	if (r < 0 || (r = state_lock(k, s)) < 0)
		return r;
	r = state_read(k, s, name, &st);
	if (r == KML_NOTFOUND)
		return fail(k, r, "nothing is recorded of %s in %s", name, STATE_DIR);
	return r < 0 ? r : load_reverse(k, s, &st);
}

#endif
