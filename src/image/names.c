/* names.c - what an image has under which name, layer by layer.
 *
 * A layer is an archive applied to what the layers below it made.  Every way
 * out of the directory that it would be unpacked to, and every way to make two
 * readers see two things, is a matter of what names were there before:
 *
 *   a name twice in one layer; a name below a link or a file; a hard link to
 *   what is no file of this layer; a link that climbs out of the root; a
 *   directory in the place of a link (the loader of a merged-/usr base is
 *   gone then); a deletion that is not one.
 *
 * ".wh.NAME" in a layer deletes NAME of the layers below, ".wh..wh..opq" all
 * in its directory.  Nothing is taken out of the table for that: a name notes
 * in which layer it, or all below it, was last wiped, and is there if neither
 * it nor a directory above it was wiped in a later layer than it came in.
 */
#ifndef KML_NAMES_C
#define KML_NAMES_C

#include "../format/tar.c"
#include "../ground/base.c"

enum { NAMES_MOST = 2 * 1000 * 1000, NAMES_DEPTH = 128 };

struct names {
	struct scope *s;
	struct name {
		struct str name;
		struct str link;        /* of a symbolic link */
		int came, type;         /* in which layer (from 1; 0: never), and as what */
		bool implied;           /* only by a name below it */
		int wiped, emptied;     /* the last layer that deleted it; all below it */
	} *slots;
	size_t n, size;                 /* slots in use; slots, a power of two */
	int layer;                      /* the one being applied, from 1 */
	bool devices;                   /* may be there */
};

static struct name *names_slot(struct name *slots, size_t size, struct str name)
{
	size_t i = str_hash(name) & (size - 1);

	while (slots[i].name.p && !str_eq(slots[i].name, name))
		i = (i + 1) & (size - 1);
	return &slots[i];
}

/* The entry `name`, or NULL. */
static struct name *names_find(const struct names *t, struct str name)
{
	struct name *e = t->size ? names_slot(t->slots, t->size, name) : NULL;

	return e && e->name.p ? e : NULL;
}

static void names_grow(struct names *t)
{
	size_t size = t->size ? 2 * t->size : 256;
	struct name *slots = news(t->s, struct name, size);

	for (size_t i = 0; i < t->size; i++)
		if (t->slots[i].name.p)
			*names_slot(slots, size, t->slots[i].name) = t->slots[i];
	t->slots = slots;
	t->size = size;
}

static struct name *names_make(struct names *t, struct str name)
{
	struct name *e = names_find(t, name);

	if (e)
		return e;
	if (4 * (t->n + 1) > 3 * t->size)
		names_grow(t);
	e = names_slot(t->slots, t->size, name);
	e->name = scope_str(t->s, name);
	t->n++;
	return e;
}

static struct str names_parent(struct str name)
{
	struct str base = str_base(name);

	return (struct str){ name.p, name.n - base.n - (base.n < name.n) };
}

/* A directory that no entry made, but that an entry is in. */
static struct name *names_imply(struct names *t, struct str name)
{
	struct name *e = names_make(t, name);

	e->came = t->layer;
	e->type = TAR_DIR;
	e->implied = true;
	return e;
}

/* Find what is there as `name` after the layers so far (NULL: nothing), walking
 * down to it.  What it is in must be directories; those missing are made. */
static int names_enter(struct kml *k, struct names *t, struct str name, const struct name **out)
{
	int gone = 0, depth = 0;
	size_t end = 0;

	for (;;) {
		struct str here = { name.p, end };
		const struct name *e = names_find(t, here);
		bool there = e && e->came && e->came >= e->wiped && e->came >= gone;

		*out = there ? e : NULL;
		if (end == name.n)
			return 0;
		if (++depth > NAMES_DEPTH || t->n >= NAMES_MOST)
			return fail(k, KML_BAD, "the image has too many names, or too deep ones");
		if (!there)
			e = names_imply(t, here);
		if (e->type != TAR_DIR)
			return fail(k, KML_BAD, "\"%.*s\" is not a directory, and has names below it",
			            FMT(e->name));
		gone = e->wiped > gone ? e->wiped : gone;
		gone = e->emptied > gone ? e->emptied : gone;
		end += end > 0;
		end += str_find(str_from(name, end), '/');
	}
}

/* What is there as `name`, or NULL; nothing is made. */
static const struct name *names_look(const struct names *t, struct str name)
{
	int gone = 0;
	size_t end = 0;

	for (;;) {
		const struct name *e = names_find(t, (struct str){ name.p, end });

		if (!e || !e->came || e->came < e->wiped || e->came < gone)
			return NULL;
		if (end == name.n)
			return e;
		if (e->type != TAR_DIR)
			return NULL;
		gone = e->wiped > gone ? e->wiped : gone;
		gone = e->emptied > gone ? e->emptied : gone;
		end += end > 0;
		end += str_find(str_from(name, end), '/');
	}
}

/* Where `name` leads when the links there are followed: those that it is below, and,
 * for `last`, its own. */
static int names_follow(struct kml *k, struct scope *s, const struct names *t, struct str name,
                        bool last, struct str *out)
{
	struct str todo = name;
	struct buf path = { .s = s };
	int links = 0;

	while (todo.n) {
		struct str part = str_take(&todo, '/');
		size_t before = path.n;
		const struct name *e;

		if (!part.n || str_eq(part, S(".")))
			continue;
		if (str_eq(part, S(".."))) {
			path.n = names_parent(buf_str(&path)).n;
			continue;
		}
		buf_format(&path, "%s%.*s", path.n ? "/" : "", FMT(part));
		e = names_look(t, buf_str(&path));
		if (!e || (!todo.n && !last) || e->type == TAR_DIR)
			continue;
		if (e->type != TAR_SYMLINK && todo.n)
			return fail(k, KML_BAD, "\"%.*s\" is not a directory, and has names below it",
			            FMT(buf_str(&path)));
		if (e->type != TAR_SYMLINK)
			continue;
		if (++links > 40)
			return fail(k, KML_BAD, "\"%.*s\": too many links", FMT(name));
		path.n = e->link.n && e->link.p[0] == '/' ? 0 : before;
		todo = str_of(scope_format(s, "%.*s/%.*s", FMT(e->link), FMT(todo)));
	}
	*out = path.n ? buf_str(&path) : S("");
	return 0;
}

/* Whether the target of the link `name` stays inside, as far as text tells. */
static bool names_climbs(struct str name, struct str target)
{
	int depth = 0;

	if (target.n && target.p[0] == '/')
		return false;
	while (name.n)
		depth += str_take(&name, '/').n > 0;
	for (depth--; target.n && depth >= 0;) {
		struct str part = str_take(&target, '/');

		if (str_eq(part, S("..")))
			depth--;
		else if (part.n && !str_eq(part, S(".")))
			depth++;
	}
	return depth < 0;
}

static int names_check_link(struct kml *k, struct scope *s, const struct names *t,
                            const struct tar_entry *e)
{
	const struct name *at;
	struct str target;
	int r;

	if (e->type == TAR_SYMLINK) {
		if (!e->link.n || names_climbs(e->name, e->link))
			return fail(k, KML_BAD, "the link \"%.*s\" leads out of the image", FMT(e->name));
		return 0;
	}
	if ((r = tar_name(k, s, e->link, &target)) < 0)
		return r;
	at = names_find(t, target);
	if (!at || at->came != t->layer || at->type != TAR_FILE)
		return fail(k, KML_BAD, "the hard link \"%.*s\" is to no file before it in its layer",
		            FMT(e->name));
	return 0;
}

/* A deletion: 1 when `e` was one, 0 when it is not. */
static int names_whiteout(struct kml *k, struct names *t, const struct tar_entry *e)
{
	struct str base = str_base(e->name), up = names_parent(e->name), rest;
	struct name *gone;

	if (!str_starts(base, S(".wh.")))
		return 0;
	rest = str_from(base, 4);
	if (str_eq(base, S(".wh..wh..opq")) && e->type == TAR_FILE && !e->size) {
		names_make(t, up)->emptied = t->layer;
		return 1;
	}
	if (!rest.n || str_eq(rest, S(".")) || str_eq(rest, S("..")) ||
	    str_starts(rest, S(".wh.")) || e->type != TAR_FILE || e->size)
		return fail(k, KML_BAD, "\"%.*s\" is a malformed deletion", FMT(e->name));
	gone = names_make(t, up.n ? str_of(scope_format(t->s, "%.*s/%.*s", FMT(up), FMT(rest))) :
	                  rest);
	if (gone->came == t->layer)
		return fail(k, KML_BAD, "\"%.*s\" is added and deleted in one layer", FMT(gone->name));
	gone->wiped = t->layer;
	return 1;
}

/* Apply an entry of the layer t->layer.  1: it was a deletion; 0: it is there
 * now; or why it must not be. */
static int names_add(struct kml *k, struct scope *s, struct names *t, const struct tar_entry *e)
{
	const struct name *old;
	struct name *at;
	int r = names_enter(k, t, e->name, &old);

	if (r < 0 || (r = names_whiteout(k, t, e)) != 0)
		return r;
	if ((e->type == TAR_SYMLINK || e->type == TAR_HARDLINK) &&
	    (r = names_check_link(k, s, t, e)) < 0)
		return r;
	if (!t->devices && (e->type == TAR_CHAR || e->type == TAR_BLOCKDEV))
		return fail(k, KML_BAD, "\"%.*s\" is a device", FMT(e->name));
	if (old && old->came == t->layer && !(old->implied && e->type == TAR_DIR))
		return fail(k, KML_BAD, "\"%.*s\" is in one layer twice", FMT(e->name));
	if (old && old->type == TAR_SYMLINK && e->type == TAR_DIR)
		return fail(k, KML_BAD, "the directory \"%.*s\" would replace a link of a lower layer",
		            FMT(e->name));
	at = names_make(t, e->name);
	if (at->wiped == t->layer)
		return fail(k, KML_BAD, "\"%.*s\" is added and deleted in one layer", FMT(e->name));
	if (old && old->type == TAR_DIR && e->type != TAR_DIR)
		at->emptied = t->layer;
	at->came = t->layer;
	at->implied = false;
	at->type = e->type == TAR_HARDLINK ? TAR_FILE : (int)e->type;
	at->link = e->type == TAR_SYMLINK ? scope_str(t->s, e->link) : (struct str){ 0 };
	return 0;
}

#endif
