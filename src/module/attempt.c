/* attempt.c - what was tried with a module, for those who find out why it failed.
 *
 * Parts that explain (forbid.c, misfit.c, parms.c) look at the module, at /proc and
 * /sys and at the kernel's log, and add what they know for certain, a sentence a
 * line and a few at most.  None of that can be trusted to be text: what a terminal
 * would obey is made harmless.  What is not there, as in a container, is no failure:
 * nothing is said then.
 */
#ifndef KML_ATTEMPT_C
#define KML_ATTEMPT_C

#include "../ground/base.c"
#include "../format/codec.c"
#include "../format/elf.c"
#include "../format/modinfo.c"
#include "klog.c"
#include "live.c"
#include "modfile.c"
#include "order.c"

/* The loader has to be small: it passes on what the kernel's log says of a module, and
 * finds out only what that does not say. */
#ifdef KML_LOADER
enum { ATTEMPT_THOROUGH = false };
#else
enum { ATTEMPT_THOROUGH = true };
#endif

enum { ATTEMPT_LINES = 3, ATTEMPT_LONGEST = 400, ATTEMPT_LARGEST = 1 << 28 };

struct attempt {
	struct scope *s;                /* of what is remembered */
	struct klog log;
	struct order *order;            /* where other modules are; may be NULL */
	const char *params;
	const char *path;               /* of the module's file; NULL: `image` */
	struct str image;
	struct str name;
	int flags;                      /* LOADER_FORCE... */
	int verdict;                    /* errno; 0: the kernel refused nothing */
	bool tried;                     /* to look into the module; `bad` if in vain */
	const char *bad;
	struct source src;
	struct elf elf;
	struct modinfo info;
	const char *lines[ATTEMPT_LINES];
	size_t n;
};

/* Nothing that a terminal obeys: no control characters, neither of ASCII nor C1. */
static void attempt_harmless(char *p)
{
	unsigned char before = 0;

	for (; *p; before = (unsigned char)*p++) {
		unsigned char c = (unsigned char)*p;

		if (c < ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0 && (before < 0xc3)))
			*p = '?';
	}
}

/* One more line, if there is room and it was not said yet: the kernel may have been
 * asked twice. */
__attribute__((format(printf, 2, 3)))
static void attempt_add(struct attempt *a, const char *fmt, ...)
{
	char text[ATTEMPT_LONGEST];
	va_list ap;

	if (a->n == ATTEMPT_LINES)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	attempt_harmless(text);
	for (size_t i = 0; i < a->n; i++)
		if (!strcmp(a->lines[i], text))
			return;
	a->lines[a->n++] = scope_text(a->s, str_of(text));
}

/* Look into the module; false if it is none, which a->bad says then. */
static bool attempt_look(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str image = a->image;
	int r = 0;

	if (a->tried)
		return !a->bad;
	a->tried = true;
	if (a->path)
		r = modfile_open(k, s, a->path, &a->src);
	else if (codec_of(image) != CODEC_NONE)
		r = codec_decode(k, s, image, ATTEMPT_LARGEST, &image);
	if (!a->path)
		a->src = source_of(image);
	if (r < 0 || elf_open(k, s, &a->src, &a->elf) < 0 ||
	    modinfo_of(k, s, &a->elf, &a->info) < 0) {
		a->bad = scope_text(s, str_of(k->msg));
		a->info.n = 0;
	}
	return !a->bad;
}

/* The text of a small file, trimmed; empty when it cannot be read. */
static struct str attempt_text(struct kml *k, struct scope *s, const char *path)
{
	struct str text;

	return sys_read_file(k, s, path, &text) == 0 ? str_trim(text) : S("");
}

/* The path of module `name` in the tree; NULL if it has none. */
static const char *attempt_path(struct kml *k, struct attempt *a, struct str name)
{
	struct order_module *m;

	if (!a->order)
		return NULL;
	m = order_module(a->order, name, S(""));
	order_know(k, a->order, m);
	return m->path;
}

/* The module of the tree that has the symbol; empty if none has. */
static struct str attempt_provider(struct kml *k, struct scope *s, struct attempt *a,
                                   struct str symbol)
{
	const char *key = scope_format(s, "symbol:%.*s", FMT(symbol));
	struct str name = S("");

	if (a->order)
		(void)order_find(k, a->order, ORDER_SYMBOLS, str_of(key), &name);
	return name;
}

#endif
