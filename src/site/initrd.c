/* initrd.c - which modules an initramfs has.
 *
 * It is archives behind each other (format/cpio.c), each as it is or compressed,
 * with zeros between; often a first one with microcode only.  Where a compressed
 * one ends is known when it is decoded; what is behind one of xz is not found.
 *
 * An archive that is appended brings indexes of modules, and so must know those
 * that are there: the modules of one kernel are kept, decoded, in memory.
 */
#ifndef KML_INITRD_C
#define KML_INITRD_C

#include "../format/codec.c"
#include "../format/cpio.c"
#include "../ground/base.c"
#include "../ground/sys.c"
#include "../module/tree.c"

enum { INITRD_LARGEST = 1 << 30, INITRD_STEP = 1 << 20, INITRD_MOST = 1 << 16 };

struct initrd {
	struct scope *s;
	struct str below;               /* "lib/modules/KERNEL/" */
	struct initrd_module { const char *place; struct str bytes; } *v;
	size_t n, cap;
	uint64_t size;                  /* of all of it */
	bool lib;                       /* /lib is a directory, not a link */
};

/* Decode the archive that *text begins with, and take it off. */
static int initrd_decode(struct kml *k, struct scope *s, struct str *text, struct str *out)
{
	struct codec_state *c = codec_new(s);
	struct codec_io io = { .in = text, .last = true, .room = INITRD_STEP };
	struct buf b = { .s = s };
	uint64_t room = 16 * (uint64_t)text->n + 2 * INITRD_STEP;
	int r = codec_begin(k, c, codec_of(*text));

	/* it shrinks to a quarter; what is not written to is not there */
	buf_room(&b, (size_t)(room < INITRD_LARGEST ? room : INITRD_LARGEST));
	while (r == 0 && !c->done && !c->between && b.n < INITRD_LARGEST) {
		io.p = buf_room(&b, INITRD_STEP);
		r = codec_step(k, c, &io);
		b.n += io.got;
	}
	*out = buf_str(&b);
	return r == 0 && b.n >= INITRD_LARGEST ?
		fail(k, KML_BAD, "decodes to more than %d MiB", INITRD_LARGEST >> 20) : r;
}

/* Keep a module; of two in one place the later counts. */
static int initrd_keep(struct kml *k, struct initrd *in, struct str place, struct str bytes)
{
	size_t i = 0;

	while (i < in->n && !str_eq(place, str_of(in->v[i].place)))
		i++;
	if (i == INITRD_MOST)
		return fail(k, KML_BAD, "more than %d modules", INITRD_MOST);
	if (i == in->cap) {
		struct initrd_module *v = news(in->s, struct initrd_module, 2 * in->cap + 64);

		if (in->n)
			memcpy(v, in->v, in->n * sizeof *v);
		in->v = v;
		in->cap = 2 * in->cap + 64;
	}
	if (i == in->n)
		in->v[in->n++].place = scope_text(in->s, place);
	in->v[i].bytes = bytes;
	return 0;
}

/* A module of the kernel, in a place that a module may have? */
static bool initrd_is_module(const struct initrd *in, struct str name, struct str *place)
{
	struct str rest;

	if (str_starts(name, S("usr/")))
		name = str_from(name, 4);
	if (!str_starts(name, in->below) || !tree_stem(name).n)
		return false;
	*place = rest = str_from(name, in->below.n);
	while (rest.n) {
		struct str part = str_take(&rest, '/');

		if (!part.n || part.p[0] == '.')
			return false;
	}
	return true;
}

static int initrd_entry(struct kml *k, struct initrd *in, const struct cpio_entry *e,
                        struct str bytes)
{
	struct str name = e->name, place;

	while (str_starts(name, S("./")) || str_starts(name, S("/")))
		name = str_from(name, name.p[0] == '/' ? 1 : 2);
	if (str_eq(name, S("lib")))
		in->lib = (e->mode & CPIO_TYPE) == CPIO_DIR;
	if ((e->mode & CPIO_TYPE) != CPIO_FILE || !bytes.n || !initrd_is_module(in, name, &place))
		return 0;
	return initrd_keep(k, in, place, bytes);
}

/* Read the archives that are plain, off the front of *text. */
static int initrd_plain(struct kml *k, struct initrd *in, struct str *text)
{
	struct cpio_entry e;
	struct str bytes;
	int r;

	while ((r = cpio_next(k, text, &e, &bytes)) > 0)
		if ((r = initrd_entry(k, in, &e, bytes)) < 0)
			return r;
	return r;
}

static int initrd_all(struct kml *k, struct initrd *in, struct str text, bool decoded)
{
	struct str inner;
	int r = 0;

	while (r == 0 && text.n) {
		if (!text.p[0]) {
			text = str_from(text, 1);
		} else if (cpio_is(text)) {
			r = initrd_plain(k, in, &text);
		} else if (!decoded && codec_of(text) != CODEC_NONE) {
			if ((r = initrd_decode(k, in->s, &text, &inner)) == 0)
				r = initrd_all(k, in, inner, true);
		} else {
			r = fail(k, KML_BAD, "not an initramfs, or compressed in a way that is not "
			         "understood (gzip, xz and zstd are)");
		}
	}
	return r;
}

/* Read the initramfs `path` for its modules of `kernel`; they live in `s`. */
static int initrd_read(struct kml *k, struct scope *s, const char *path, const char *kernel,
                       struct initrd *in)
{
	struct str text;
	int r = sys_read_file(k, s, path, &text);

	*in = (struct initrd){ .s = s };
	in->below = str_of(scope_format(s, "lib/modules/%s/", kernel));
	if (r == 0) {
		in->size = text.n;
		r = initrd_all(k, in, text, false);
	}
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

#endif
