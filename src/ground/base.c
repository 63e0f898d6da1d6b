/* base.c - what everything stands on: slices, scopes, buffers and failure.
 *
 * Memory has one rule: whoever wants a result to live passes the scope it
 * shall live in.  A scope owns memory, descriptors, mappings, temporary names
 * and child scopes and gives them back together, last first, in scope_end().
 * Nothing else is ever freed, so an early return needs no cleanup.
 *
 * Running out of memory is not an error code: scope_alloc() leaves through
 * the one longjmp() in the program, to kml_run(), which ends the scope.  Each
 * worker thread has a struct kml and so a kml_run() of its own.
 */
#ifndef KML_BASE_C
#define KML_BASE_C

#define _GNU_SOURCE             /* here, before any system header, and only here */
#define _FILE_OFFSET_BITS 64
#include "../../kml.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define countof(a) (sizeof(a) / sizeof((a)[0]))

/* ---- slices: borrowed bytes, never owned, never NUL-terminated ---------- */

struct str { const char *p; size_t n; };

#define S(lit) ((struct str){ lit, sizeof(lit) - 1 })
#define FMT(s) (int)(s).n, (s).p        /* for "%.*s" */

static struct str str_of(const char *c) { return (struct str){ c, strlen(c) }; }

static bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

/* Byte order, a prefix before what it begins. */
static int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n ? memcmp(a.p, b.p, n) : 0;

	return r ? r : (a.n > b.n) - (a.n < b.n);
}

static bool str_starts(struct str s, struct str with)
{
	return s.n >= with.n && str_eq((struct str){ s.p, with.n }, with);
}

static bool str_ends(struct str s, struct str with)
{
	return s.n >= with.n && str_eq((struct str){ s.p + (s.n - with.n), with.n }, with);
}

/* The rest of `s` after its first `n` bytes. */
static struct str str_from(struct str s, size_t n)
{
	if (n > s.n)
		n = s.n;
	return n ? (struct str){ s.p + n, s.n - n } : s;        /* NULL stays NULL */
}

/* The offset of the first `c`, or s.n when there is none. */
static size_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

/* Take the text before the first `sep` off the front of *s.  Without a `sep`
 * that is all of it, and *s becomes empty. */
static struct str str_take(struct str *s, char sep)
{
	struct str head = { s->p, str_find(*s, sep) };

	*s = str_from(*s, head.n + 1);
	return head;
}

static bool str_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static struct str str_trim(struct str s)
{
	while (s.n && str_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && str_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Take the next word, without the blanks around it, off the front of *s; empty
 * at the end. */
static struct str str_word(struct str *s)
{
	struct str word = { 0 };

	*s = str_trim(*s);
	word.p = s->p;
	while (word.n < s->n && !str_blank(s->p[word.n]))
		word.n++;
	*s = str_from(*s, word.n);
	return word;
}

/* What follows the last '/'. */
static struct str str_base(struct str path)
{
	const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;

	return slash ? str_from(path, (size_t)(slash + 1 - path.p)) : path;
}

/* Without the '/' that a directory may end in. */
static struct str str_unslash(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

/* For tables in memory, and names of temporary files: FNV-1a, its halves folded. */
static size_t str_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3;
	return (size_t)(h ^ h >> 32);
}

/* Digits only, no sign, no overflow. */
static bool str_uint(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - (unsigned)'0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return s.n > 0;
}

/* ---- scopes -------------------------------------------------------------- */

struct scope {
	struct chunk { struct chunk *next; size_t room; } *chunks;
	char *free, *end;               /* the rest of the newest chunk */
	struct held {
		struct held *next;
		struct scope *child;
		void *map;              /* with `n` bytes */
		size_t n;
		const char *name;       /* a temporary name in the directory `dir` */
		int dir, fd;
	} *held;
	jmp_buf *oom;                   /* where to go when memory is gone */
	struct scope *top;              /* the one all this is in; NULL: this is it */
	struct chunk *spare;            /* what children no longer need, for the next; in the top */
};

enum { SCOPE_ALIGN = _Alignof(max_align_t) };

#ifdef KML_TEST         /* each allocation exact and on its own, the nth failing */
enum { SCOPE_ROUND = 1, SCOPE_CHUNK = 0, SCOPE_FIRST = 0 };
static _Atomic long test_fail_at = -1;
static void *test_malloc(size_t n)
{
	return test_fail_at >= 0 && test_fail_at-- == 0 ? NULL : malloc(n);
}
#define malloc(n) test_malloc(n)
#else
enum { SCOPE_ROUND = SCOPE_ALIGN, SCOPE_CHUNK = 32 * 1024 - 64, SCOPE_FIRST = 2048 - 64 };
#endif

/* The first chunk is small: most scopes need no more.  A chunk of its own for
 * a large request leaves the newest chunk in use. */
static char *scope_grow(struct scope *s, size_t want)
{
	bool large = want > SCOPE_CHUNK / 4 && s->chunks;
	size_t usual = s->chunks || want > SCOPE_FIRST ? SCOPE_CHUNK : SCOPE_FIRST;
	size_t room = large || want > usual ? want : usual;
	struct chunk **spare = s->top ? &s->top->spare : &s->spare;
	struct chunk *c = room == SCOPE_FIRST ? *spare : NULL;
	char *p;

	if (c)
		*spare = c->next;
	else
		c = malloc(SCOPE_ALIGN + room);
	if (!c)
		longjmp(*s->oom, 1);
	p = (char *)c + SCOPE_ALIGN;
	*c = (struct chunk){ s->chunks, room };
	s->chunks = c;
	if (large && SCOPE_CHUNK > 0)
		return p;
	s->free = p + want;
	s->end = p + room;
	return p;
}

/* Memory, aligned for any type, of any content.  Never NULL. */
static void *scope_raw(struct scope *s, size_t n)
{
	size_t want = (n + !n + SCOPE_ROUND - 1) / SCOPE_ROUND * SCOPE_ROUND;

	if (n > PTRDIFF_MAX - 2 * (SCOPE_CHUNK + SCOPE_ALIGN))
		longjmp(*s->oom, 1);
	if (SCOPE_CHUNK == 0 || want > (size_t)(s->end - s->free))
		return scope_grow(s, want);
	s->free += want;
	return s->free - want;
}

/* The same, zeroed. */
static void *scope_alloc(struct scope *s, size_t n)
{
	return memset(scope_raw(s, n), 0, n + !n);
}

static void *scope_array(struct scope *s, size_t n, size_t size)
{
	if (n > SIZE_MAX / size)
		longjmp(*s->oom, 1);
	return scope_alloc(s, n * size);
}

#define new(s, T)      ((T *)scope_alloc(s, sizeof(T)))
#define news(s, T, n)  ((T *)scope_array(s, n, sizeof(T)))

static struct held *scope_hold(struct scope *s)
{
	struct held *h = new(s, struct held);

	*h = (struct held){ .next = s->held, .fd = -1 };
	return s->held = h;
}

/* A place for a descriptor that closes with the scope.  Reserve, then acquire:
 *     int *fd = scope_fd(s);
 *     *fd = open(...);         nothing between the two can leave
 */
static int *scope_fd(struct scope *s) { return &scope_hold(s)->fd; }

/* A scope for the temporaries of one step; it ends with its parent at latest. */
static struct scope *scope_begin(struct scope *parent)
{
	struct scope *child = new(parent, struct scope);

	child->oom = parent->oom;
	child->top = parent->top ? parent->top : parent;
	return scope_hold(parent)->child = child;
}

/* Give back all that the scope owns; but one chunk, if `keep` is set, and first chunks,
 * which go to *spare if that is not NULL. */
static void scope_close(struct scope *s, bool keep, struct chunk **spare)
{
	struct chunk *kept = NULL;

	for (struct held *h = s->held; h; h = h->next) {
		if (h->child)
			scope_close(h->child, false, NULL);
		if (h->map)
			munmap(h->map, h->n);
		if (h->name)
			unlinkat(h->dir, h->name, 0);
		if (h->fd >= 0)
			close(h->fd);
	}
	for (struct chunk *c = s->chunks, *next; c; c = next) {
		next = c->next;
		if (spare && c->room == SCOPE_FIRST) {
			c->next = *spare;
			*spare = c;
		} else if (!keep || c->room > SCOPE_CHUNK || (kept && kept->room >= c->room)) {
			free(c);
		} else {
			free(kept);
			kept = c;
		}
	}
	for (struct chunk *c = s->spare, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	*s = (struct scope){ .oom = s->oom, .top = s->top };
	if (kept) {
		kept->next = NULL;
		s->chunks = kept;
		s->free = (char *)kept + SCOPE_ALIGN;
		s->end = s->free + kept->room;
	}
}

static void scope_end(struct scope *s)
{
	scope_close(s, false, SCOPE_CHUNK > 0 && s->top ? &s->top->spare : NULL);
}

/* The same, for a scope that is about to be used again, step after step. */
static void scope_clear(struct scope *s) { scope_close(s, SCOPE_CHUNK > 0, NULL); }

/* A copy of `t` with a NUL after it. */
static char *scope_text(struct scope *s, struct str t)
{
	char *c = scope_raw(s, t.n + 1);

	if (t.n)
		memcpy(c, t.p, t.n);
	c[t.n] = '\0';
	return c;
}

/* A copy of `t`, with a NUL that does not count. */
static struct str scope_str(struct scope *s, struct str t)
{
	return (struct str){ scope_text(s, t), t.n };
}

__attribute__((format(printf, 2, 3)))
static char *scope_format(struct scope *s, const char *fmt, ...)
{
	va_list ap, again;
	int n;
	char *p;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = scope_raw(s, (size_t)(n < 0 ? 0 : n) + 1);
	*p = '\0';
	if (n > 0)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

/* ---- buffers: bytes that grow in a scope --------------------------------- */

struct buf { struct scope *s; char *p; size_t n, cap; };

/* Room for `more` bytes behind what is there; write them, then add to b->n. */
static char *buf_room(struct buf *b, size_t more)
{
	if (!b->p || more > b->cap - b->n) {
		size_t cap = b->cap + (b->cap / 2 > more ? b->cap / 2 : more + 64);
		char *p = scope_raw(b->s, cap < b->cap ? SIZE_MAX : cap);

		if (b->n)
			memcpy(p, b->p, b->n);
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->n;
}

static void buf_add(struct buf *b, struct str t)
{
	if (t.n)
		memcpy(buf_room(b, t.n), t.p, t.n);
	b->n += t.n;
}

static void buf_byte(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
	b->n++;
}

static struct str buf_str(const struct buf *b) { return (struct str){ b->p, b->n }; }

__attribute__((format(printf, 2, 3)))
static void buf_format(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0) {
		vsnprintf(buf_room(b, (size_t)n + 1), (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

/* ---- failure -------------------------------------------------------------
 *
 * The part that detects a failure says what is wrong with the thing it was
 * given; each caller that knows more says where it was:
 *     modinfo: /lib/x.ko: not a kernel module (no .modinfo section)
 */

struct kml {
	struct scope keep;              /* results; ends in kml_close() */
	struct scope work;              /* one call; ends in kml_run() */
	const char *root;               /* NULL: the machine itself */
	int jobs;                       /* worker threads; 0: one a processor */
	kml_log_fn *log;                /* notes on the way; may be NULL */
	void *log_arg;
	char msg[1024];
};

/* Failing is one statement: `return fail(k, KML_BAD, "no %s section", name);`
 * fail_in() puts "<where>: " before the sentence of a failure passing through.
 * They are macros so that the optimizer sees the code come back unchanged. */
#define fail(k, code, ...)     (say(k, __VA_ARGS__), (code))
#define fail_in(k, code, ...)  (say_in(k, __VA_ARGS__), (code))

__attribute__((format(printf, 2, 3)))
static void say(struct kml *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(k->msg, sizeof k->msg, fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 2, 3)))
static void say_in(struct kml *k, const char *fmt, ...)
{
	char what[sizeof k->msg];
	va_list ap;
	int n;

	memcpy(what, k->msg, sizeof what);
	va_start(ap, fmt);
	n = vsnprintf(k->msg, sizeof k->msg, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof k->msg ||
	    snprintf(k->msg + n, sizeof k->msg - (size_t)n, ": %s", what) < 0)
		memcpy(k->msg, what, sizeof what);  /* rather the cause than the place */
}

/* Say something on the way that is no failure of the call: a warning, a step
 * done.  Only the thread that owns the caller's struct kml does. */
__attribute__((format(printf, 3, 4)))
static void note(struct kml *k, enum kml_level level, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (!k->log)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	k->log(k->log_arg, level, text);
}

typedef int kml_fn(struct kml *k, struct scope *s, void *arg);

/* Run fn with a scope that ends on return: the only setjmp() in the program.
 * Every entry, an applet, a worker or a function of kml.h, comes in here; so
 * an applet may call a function of kml.h.  What runs inside may allocate in
 * its own scope and in k->keep, and in no other. */
static int kml_run(struct kml *k, kml_fn *fn, void *arg)
{
	const struct scope outer = k->work;
	jmp_buf here;
	int r;

	k->work = (struct scope){ .oom = &here };
	k->keep.oom = &here;
	if (setjmp(here) == 0)
		r = fn(k, &k->work, arg);
	else
		r = fail(k, KML_NOMEM, "out of memory");
	scope_end(&k->work);
	k->work = outer;
	k->keep.oom = outer.oom;
	return r;
}

/* ---- bytes --------------------------------------------------------------- */

static uint64_t load_le(const char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = bytes; i-- > 0;)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static uint64_t load_be(const char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static void store_be(char *p, uint64_t v, int bytes)
{
	for (int i = bytes; i-- > 0; v >>= 8)
		p[i] = (char)(unsigned char)v;
}

#endif
