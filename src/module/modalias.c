/* modalias.c - what the devices of the machine say they are.
 *
 * The kernel gives a device that it knows a driver could want a modalias, such as
 * "pci:v00001AF4d00001042sv...": the text of the file "modalias" in the device's
 * directory below /sys/devices, or the line MODALIAS= of its "uevent" (a memory card
 * has only that one).  Modules say in the same words what they are for; what is
 * between the two is modules.alias.bin.
 *
 * A device is asked once, however often one looks for new ones; of those with the
 * same modalias the set has one entry.
 */
#ifndef KML_MODALIAS_C
#define KML_MODALIAS_C

#include "../ground/sys.c"
#include "../ground/walk.c"

enum { MODALIAS_BUCKETS = 4096, MODALIAS_MOST = 1 << 17 };

struct modalias_device { struct modalias_device *next, *bucket; struct str path; };

struct modalias {
	struct modalias *next, *bucket;
	struct str text;
	struct modalias_device *devices, **end;         /* that have it, in byte order */
};

struct modalias_set {
	struct scope *s;
	struct modalias *first, **end;  /* as they were found */
	size_t n;
	struct modalias *texts[MODALIAS_BUCKETS];
	struct modalias_device *paths[MODALIAS_BUCKETS];
};

static struct modalias_set *modalias_new(struct scope *s)
{
	struct modalias_set *set = new(s, struct modalias_set);

	set->s = s;
	set->end = &set->first;
	return set;
}

/* Take `text` in; the one that is there already, if there is one.  NULL: there are
 * more than a machine can have. */
static struct modalias *modalias_add(struct modalias_set *set, struct str text)
{
	struct modalias **bucket = &set->texts[str_hash(text) % MODALIAS_BUCKETS], *a = *bucket;

	while (a && !str_eq(a->text, text))
		a = a->bucket;
	if (a || set->n == MODALIAS_MOST)
		return a;
	a = new(set->s, struct modalias);
	a->text = scope_str(set->s, text);
	a->end = &a->devices;
	a->bucket = *bucket;
	*bucket = a;
	set->n++;
	*set->end = a;
	set->end = &a->next;
	return a;
}

/* A device that was not known yet; NULL if it was. */
static struct modalias_device *modalias_device(struct modalias_set *set, struct str path)
{
	struct modalias_device **bucket, *d;

	bucket = &set->paths[str_hash(path) % MODALIAS_BUCKETS];
	for (d = *bucket; d; d = d->bucket)
		if (str_eq(d->path, path))
			return NULL;
	d = new(set->s, struct modalias_device);
	d->path = scope_str(set->s, path);
	d->bucket = *bucket;
	return *bucket = d;
}

static struct str modalias_of_uevent(struct str text)
{
	const struct str key = S("MODALIAS=");
	struct str line;

	while (text.n)
		if (str_starts(line = str_take(&text, '\n'), key))
			return str_from(line, key.n);
	return text;
}

static int modalias_dir(struct kml *k, struct scope *s, struct walk_dir *d, void *arg)
{
	bool own = walk_has(d, "modalias"), event = walk_has(d, "uevent");
	struct modalias_set *set = arg;
	struct modalias_device *device;
	struct modalias *a;
	struct str text;

	d->skip = event ? "power" : NULL;       /* every device has it, with nothing inside */
	if ((!own && !event) || !(device = modalias_device(set, str_of(d->path))))
		return 0;
	if (walk_read(k, s, d, own ? "modalias" : "uevent", &text) < 0)
		return 0;
	text = str_trim(own ? text : modalias_of_uevent(text));
	if (!text.n)
		return 0;
	if (!(a = modalias_add(set, text)))
		return fail(k, KML_BAD, "more than %d modaliases", MODALIAS_MOST);
	*a->end = device;
	a->end = &device->next;
	return 0;
}

/* Ask all devices that were not asked yet. */
static int modalias_walk(struct kml *k, struct modalias_set *set)
{
	int r = walk_tree(k, set->s, "/sys/devices", modalias_dir, set);

	return r < 0 ? fail_in(k, r, "/sys/devices") : 0;
}

#endif
