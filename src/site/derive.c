/* derive.c - what is the same whenever an image is made from others.
 *
 * The new image is gathered (image/gather.c), and then copied as a whole: blobs that
 * the target has, or can mount, are not moved, its tag is written last, and a run that
 * is broken off goes on where it was.
 */
#ifndef KML_DERIVE_C
#define KML_DERIVE_C

#include "../format/ref.c"
#include "../ground/base.c"
#include "../image/compose.c"
#include "../image/gather.c"
#include "../image/image.c"
#include "copy.c"
#include "transport.c"

struct derive_options {
	const char *target;             /* any reference that can be written */
	const struct remote_options *remote;
	const struct compose_pair *labels, *env, *annotations;
	size_t nlabels, nenv, nannotations;
	const struct str *cmd, *entrypoint;
	size_t ncmd, nentrypoint;
	uint64_t epoch;                 /* the time of what is made, seconds since 1970 */
	int jobs;
};

struct derive {
	const struct derive_options *o;
	struct scope *s;
	struct gather gather;
	struct store made;              /* that, as a store */
	struct str created;
};

/* Begin; fails when the target is no reference. */
static int derive_begin(struct kml *k, struct scope *s, const struct derive_options *o,
                        struct derive *d)
{
	struct ref ref;
	const char *near = NULL;
	int r;

	*d = (struct derive){ .o = o, .s = s };
	if (!o->target)
		return fail(k, KML_USAGE, "where to? say -o REF");
	if ((r = ref_parse(k, s, str_of(scope_text(s, str_of(o->target))), &ref)) < 0)
		return r;
	if (ref.kind == REF_SCRATCH || ref.digest.n)
		return fail(k, KML_USAGE, "%s: no image can be written there", o->target);
	if (o->epoch > 253402300799)
		return fail(k, KML_USAGE, "the time %llu is after the year 9999",
		            (unsigned long long)o->epoch);
	if (ref.kind != REF_REGISTRY)
		near = ref.path.n == str_base(ref.path).n ? "." :
			scope_text(s, (struct str){ ref.path.p, ref.path.n - str_base(ref.path).n });
	d->made = gather_open(s, near, &d->gather);
	d->created = compose_time(s, o->epoch);
	return 0;
}

static int derive_open(struct kml *k, struct derive *d, const char *text,
                       struct transport_end *out)
{
	return transport_open(k, d->s, text, d->o->remote, TRANSPORT_READ, out);
}

/* The options that change a config. */
static struct compose derive_compose(const struct derive *d)
{
	const struct derive_options *o = d->o;

	return (struct compose){
		.s = d->s, .created = d->created, .labels = o->labels, .nlabels = o->nlabels,
		.env = o->env, .nenv = o->nenv, .cmd = o->cmd, .ncmd = o->ncmd,
		.entrypoint = o->entrypoint, .nentrypoint = o->nentrypoint,
		.new_cmd = o->ncmd > 0, .new_entrypoint = o->nentrypoint > 0,
	};
}

/* Those of the command, as annotations. */
static struct descriptor_note *derive_notes(const struct derive *d, size_t room)
{
	struct descriptor_note *v = news(d->s, struct descriptor_note,
	                                 d->o->nannotations + room);

	for (size_t i = 0; i < d->o->nannotations; i++)
		v[i] = (struct descriptor_note){ d->o->annotations[i].key,
		                                 d->o->annotations[i].value };
	return v;
}

/* The annotations of an image on `base` (NULL: none), which `text` refers to: the base's,
 * which base it was, and the command's. */
static int derive_base_notes(struct kml *k, const struct derive *d, const struct image *base,
                             const char *text, struct descriptor_note **out, size_t *n)
{
	struct descriptor old = { 0 };
	struct descriptor_note *own = derive_notes(d, 2);
	size_t nown = d->o->nannotations;
	struct ref ref;
	int r;

	if (base) {
		if ((r = descriptor_read_notes(k, d->s, base->manifest.json, &old)) < 0 ||
		    (r = ref_parse(k, d->s, str_of(text), &ref)) < 0)
			return r;
		own[nown++] = (struct descriptor_note){
			S("org.opencontainers.image.base.digest"), base->self.digest };
		if (ref.kind == REF_REGISTRY)
			own[nown++] = (struct descriptor_note){
				S("org.opencontainers.image.base.name"),
				str_of(scope_format(d->s, "%.*s/%.*s:%.*s", FMT(ref.host), FMT(ref.path),
				                    FMT(ref_tag(&ref)))) };
	}
	compose_notes(d->s, old.notes, old.nnotes, own, nown, out, n);
	return 0;
}

/* A layer as OCI calls it; it stays where it is. */
static void derive_layer(struct derive *d, const struct store *from, const struct descriptor *of,
                         struct str diff_id, struct compose_layer *out)
{
	*out = (struct compose_layer){ .d = *of, .diff_id = diff_id };
	out->d.type = descriptor_oci(of->type);
	if (!str_eq(out->d.type, of->type))
		out->d.json = NULL;
	gather_from(&d->gather, from, of);
}

/* Is `name`, by custom, below no link of any base? */
static bool derive_is_safe(struct str name)
{
	static const char *const dirs[] = {
		"opt", "firmware", "etc", "usr/bin", "usr/lib", "usr/share", "usr/src", "usr/local",
	};

	for (size_t i = 0; i < countof(dirs); i++) {
		struct str dir = str_of(dirs[i]);

		if (str_starts(name, dir) && (name.n == dir.n || name.p[dir.n] == '/'))
			return true;
	}
	return !name.n || str_eq(name, S("usr"));
}

/* Bring what `top` leads to to the target. */
static int derive_finish(struct kml *k, struct derive *d, const struct descriptor *top,
                         struct copy_result *out)
{
	struct copy_options o = { .all = true, .oci = true, .jobs = d->o->jobs };
	struct transport_end to;
	struct copy c;
	int r;

	if ((r = copy_plan(k, d->s, &o, &d->made, top->digest, &c)) < 0 ||
	    (r = transport_open(k, d->s, d->o->target, d->o->remote, TRANSPORT_WRITE, &to)) < 0)
		return r;
	return copy_run(k, &c, &to.store, to.name, out);
}

#endif
