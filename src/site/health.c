/* health.c - how it is with the module sets that are loaded.
 *
 *     loaded       everything is as kml load left it
 *     interrupted  a load or unload was cut short; the next one cleans up
 *     partial      a module or a file of firmware is gone
 *     gone         all modules are: somebody took them out
 *     drifted      a module is another build, or a parameter was changed
 *     outdated     kml.ini wants something else now
 *     unloaded     nothing is recorded of it
 *     unreadable   its record cannot be read
 */
#ifndef KML_HEALTH_C
#define KML_HEALTH_C

#include "../ground/base.c"
#include "drift.c"
#include "mapping.c"
#include "state.c"

struct health {
	const char *name, *word;
	struct str why;                 /* empty when all is well */
	const char *wanted;             /* the image that kml.ini maps to; NULL: nobody looked */
	struct state st;                /* of an unreadable one nothing but its name */
};

struct health_list { struct health *v; size_t n; };

/* Judge what is recorded by what the kernel has. */
static void health_look(struct kml *k, struct scope *s, struct health *h)
{
	const struct state *st = &h->st;
	struct buf b = { .s = s };
	size_t there = 0;

	h->word = "loaded";
	for (size_t i = 0; i < st->modules.n; i++)
		if (live_state(k, s, str_of(st->modules.v[i])) == LIVE_THERE) {
			drift_of_state(k, s, st, st->modules.v[i], &b);
			there++;
		}
	if (b.n)
		h->word = "drifted";
	for (size_t i = 0; i < st->modules.n && there < st->modules.n; i++)
		if (live_state(k, s, str_of(st->modules.v[i])) != LIVE_THERE)
			drift_say(&b, "module %s is not loaded", st->modules.v[i]);
	if (!drift_of_firmware(k, s, st, &b))
		h->word = "partial";
	if (there < st->modules.n)
		h->word = there ? "partial" : "gone";
	if (st->loading) {
		h->word = "interrupted";
		drift_say(&b, "a load or unload was cut short");
	}
	h->why = buf_str(&b);
}

static void health_of(struct kml *k, struct scope *s, const char *name, struct health *h)
{
	int r = state_read(k, s, name, &h->st);

	h->name = name;
	if (r == 0) {
		health_look(k, s, h);
		return;
	}
	h->st = (struct state){ .name = name };
	h->word = r == KML_NOTFOUND ? "unloaded" : "unreadable";
	h->why = r == KML_NOTFOUND ? S("nothing is recorded of it") :
		str_of(scope_text(s, str_of(k->msg)));
}

/* What one kml.ini says of it: no more than can be known without a network. */
static void health_compare(struct kml *k, struct scope *s, const struct resolved *rule,
                           struct health *h)
{
	const struct state *st = &h->st;
	struct buf b = { .s = s };
	struct steps l;

	h->wanted = rule->image;
	if (strcmp(h->word, "loaded"))
		return;
	steps_begin(k, s, &l, rule->kernel);
	l.main = modname_of_path(s, str_of(rule->name)).p;
	l.params = rule->parameters;
	if (strcmp(rule->image, st->image))
		drift_say(&b, "%s maps the kernel to %s", rule->file, rule->image);
	for (size_t i = 0; !b.n && i < st->modules.n; i++)
		drift_of_given(st->modules.v[i], state_about(&st->given, st->modules.v[i]),
		               steps_params(&l, str_of(st->modules.v[i])), &b);
	if (!b.n)
		drift_of_rule(k, s, st, rule, &l, &b);
	h->why = buf_str(&b);
	h->word = h->why.n ? "outdated" : "loaded";
}

static struct health *health_find(struct health_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

/* Compare with each kml.ini; sets that should be there and are not are added, unless
 * `named`: then only those of the list matter. */
static int health_of_mappings(struct kml *k, struct scope *s, const struct mappings *all,
                              bool named, struct health_list *l)
{
	const char *kernel;
	int r = kernel_release(k, s, &kernel);

	for (size_t i = 0; r == 0 && i < all->n; i++) {
		struct resolved *rule = new(s, struct resolved);
		struct health *h;

		r = mapping_resolve(k, s, &all->v[i], kernel, rule);
		if (r == 0)
			rule->name = state_name(k, s, rule->name);
		if (r == KML_UNMAPPED)
			r = (note(k, KML_INFO, "%s", k->msg), 0);
		else if (r == 0 && (h = health_find(l, rule->name)))
			health_compare(k, s, rule, h);
		else if (r == 0 && !named) {
			health_of(k, s, rule->name, &l->v[l->n]);
			l->v[l->n++].wanted = rule->image;
		}
	}
	return r;
}

/* How it is with `names`, which NULL ends; none: with all that is recorded, and what `all`
 * says that should be.  Sorted by name as far as it is recorded. */
static int health_all(struct kml *k, struct scope *s, char *const *names,
                      const struct mappings *all, struct health_list *out)
{
	struct state_names sets = { 0 };
	bool named = *names;
	int r = named ? 0 : state_list(k, s, &sets);

	for (; *names; names++)
		state_add(s, &sets, state_name(k, s, *names));
	*out = (struct health_list){ news(s, struct health, sets.n + all->n), 0 };
	for (; r == 0 && out->n < sets.n; out->n++)
		health_of(k, s, sets.v[out->n], &out->v[out->n]);
	return r < 0 ? r : health_of_mappings(k, s, all, named, out);
}

#endif
