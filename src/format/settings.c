/* settings.c - the syntax of kml.ini: sections, keys, and what is wrong with them.
 *
 *     [module]                  once            KEY = VALUE
 *     [build]                   once            ; and # begin a line of comment
 *     [kernel NAME]             as often as     KEY = VALUE   ; a comment
 *     [registry HOST]           one likes       KEY =
 *
 * inih reads the lines.  It is lenient where kml must not be: it cuts what is
 * too long, drops what follows a ']', takes ':' for '=', and a comment begins
 * at any ';' after a blank.  So lines are looked at before inih sees them, and
 * names of sections are taken from the line itself.  Nothing is cut silently:
 * a ';' after a blank begins a comment only with another blank, or the end of
 * the line, behind it; otherwise the line is refused.  A ';' that is not after
 * a blank, and every '#' that does not begin a line, belong to the value.  In a
 * regexp, \x3b is a ';' anywhere.
 */
#ifndef KML_SETTINGS_C
#define KML_SETTINGS_C

#include "../ground/base.c"
#include "nearest.c"
#include "rune.c"
#include <ini.h>

enum {
	SETTINGS_BYTES = 1 << 20,
	SETTINGS_LINE = 4000,           /* below INI_MAX_LINE */
	SETTINGS_SECTIONS = 4096,
	SETTINGS_ENTRIES = 512,         /* of one section */
};

struct settings_entry {
	struct settings_entry *next;
	struct str key, value;
	int line;
};

struct settings_section {
	struct settings_section *next;
	struct str kind, name, title;   /* "kernel", "el9", "[kernel el9]" */
	int line;
	struct settings_entry *first, *last;
	size_t n;
};

struct settings {
	const char *file;
	struct settings_section *first, *last;
	const struct settings_section *module, *build;  /* NULL: there is none */
	size_t n;
};

/* ---- the keys there are -------------------------------------------------- */

enum { SETTINGS_MODULE = 1, SETTINGS_BUILD = 2, SETTINGS_KERNEL = 4, SETTINGS_REGISTRY = 8 };

static const struct { unsigned bit; const char *kind, *with; } settings_kinds[] = {
	{ SETTINGS_MODULE, "module", NULL }, { SETTINGS_BUILD, "build", NULL },
	{ SETTINGS_KERNEL, "kernel", "NAME" }, { SETTINGS_REGISTRY, "registry", "HOST" },
};

/* A key that ends in '.' begins a family of keys. */
static const struct { const char *key; unsigned where; } settings_keys[] = {
	{ "name",       SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "namespace",  SETTINGS_MODULE },
	{ "dir",        SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "order",      SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "parameters", SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "firmware",   SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "replaces",   SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "image",      SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "tls",        SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "var.",       SETTINGS_MODULE | SETTINGS_KERNEL },
	{ "modules",    SETTINGS_BUILD | SETTINGS_KERNEL },
	{ "sources",    SETTINGS_BUILD | SETTINGS_KERNEL },
	{ "dockerfile", SETTINGS_BUILD | SETTINGS_KERNEL },
	{ "base",       SETTINGS_BUILD | SETTINGS_KERNEL },
	{ "headers",    SETTINGS_BUILD | SETTINGS_KERNEL },
	{ "firmware-files", SETTINGS_BUILD | SETTINGS_KERNEL },
	{ "arg.",       SETTINGS_BUILD | SETTINGS_KERNEL },
	{ "literal",    SETTINGS_KERNEL },
	{ "regexp",     SETTINGS_KERNEL },
	{ "range",      SETTINGS_KERNEL },
	{ "skip",       SETTINGS_KERNEL },
	{ "ca",         SETTINGS_REGISTRY },
	{ "cert",       SETTINGS_REGISTRY },
	{ "key",        SETTINGS_REGISTRY },
	{ "insecure",   SETTINGS_REGISTRY },
	{ "mirror",     SETTINGS_REGISTRY },
};

static unsigned settings_kind_bit(struct str kind)
{
	for (size_t i = 0; i < countof(settings_kinds); i++)
		if (str_eq(kind, str_of(settings_kinds[i].kind)))
			return settings_kinds[i].bit;
	return 0;
}

static bool settings_key_is(struct str key, struct str known)
{
	return str_ends(known, S(".")) ? str_starts(key, known) && key.n > known.n :
	       str_eq(key, known);
}

/* ---- what is wrong ------------------------------------------------------- */

struct settings_parse {
	struct kml *k;
	struct scope *s;
	struct settings *out;
	struct str *lines;              /* as they stand in the file */
	int line, r;
};

/* "FILE:LINE: " before the sentence of a failure. */
static int settings_at(struct kml *k, int r, const struct settings *set, int line)
{
	return fail_in(k, r, "%s:%d", set->file, line);
}

static int settings_unknown_section(struct kml *k, struct str kind)
{
	struct nearest near = { .word = kind };

	for (size_t i = 0; i < countof(settings_kinds); i++)
		nearest_offer(&near, str_of(settings_kinds[i].kind));
	if (near.best.n)
		return fail(k, KML_BAD, "no section is called '%.*s'; did you mean '%.*s'?",
		            FMT(kind), FMT(near.best));
	return fail(k, KML_BAD, "no section is called '%.*s'; there are [module], [build], "
	            "[kernel NAME] and [registry HOST]", FMT(kind));
}

static int settings_unknown_key(struct kml *k, const struct settings_section *section,
                                struct str key)
{
	struct nearest near = { .word = key };
	unsigned bit = settings_kind_bit(section->kind), elsewhere = 0;

	for (size_t i = 0; i < countof(settings_keys); i++) {
		if (settings_keys[i].where & bit)
			nearest_offer(&near, str_of(settings_keys[i].key));
		if (settings_key_is(key, str_of(settings_keys[i].key)))
			elsewhere = settings_keys[i].where;
	}
	for (size_t i = 0; i < countof(settings_kinds); i++)
		if (elsewhere & settings_kinds[i].bit)
			return fail(k, KML_BAD, "'%.*s' does not belong in %.*s but in [%s%s%s]",
			            FMT(key), FMT(section->title), settings_kinds[i].kind,
			            settings_kinds[i].with ? " " : "",
			            settings_kinds[i].with ? settings_kinds[i].with : "");
	if (near.best.n)
		return fail(k, KML_BAD, "%.*s has no key '%.*s'; did you mean '%.*s%s'?",
		            FMT(section->title), FMT(key), FMT(near.best),
		            str_ends(near.best, S(".")) ? "NAME" : "");
	return fail(k, KML_BAD, "%.*s has no key '%.*s'", FMT(section->title), FMT(key));
}

/* ---- lines, before inih has them ----------------------------------------- */

static int settings_check_line(struct kml *k, struct str line)
{
	if (line.n > SETTINGS_LINE)
		return fail(k, KML_BAD, "the line has %zu bytes; the most is %d",
		            line.n, SETTINGS_LINE);
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if (c == '\0')
			return fail(k, KML_BAD, "a NUL byte; kml.ini is text");
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return fail(k, KML_BAD, "byte %zu is a control character (0x%02x); "
			            "take it out", i + 1, c);
	}
	return rune_is_text(line) ? 0 : fail(k, KML_BAD, "the line is not UTF-8 text");
}

/* Cut the text into lines, without their ends and without a byte order mark. */
static int settings_lines(struct settings_parse *p, struct str text)
{
	struct buf b = { .s = p->s };
	int r = 0;

	if (text.n > SETTINGS_BYTES)
		return fail(p->k, KML_BAD, "%s: the file has more than %d bytes; use several",
		            p->out->file, SETTINGS_BYTES);
	if (str_starts(text, S("\xef\xbb\xbf")))
		text = str_from(text, 3);
	while (r == 0 && text.n) {
		struct str line = str_take(&text, '\n');

		line.n -= str_ends(line, S("\r"));
		buf_add(&b, (struct str){ (char *)&line, sizeof line });
		r = settings_check_line(p->k, line);
	}
	p->lines = (struct str *)(void *)b.p;
	return r < 0 ? settings_at(p->k, r, p->out, (int)(b.n / sizeof *p->lines)) : 0;
}

/* Where a comment begins behind a value; it must look like one. */
static int settings_comment(struct kml *k, struct str t)
{
	for (size_t i = 1; i < t.n; i++) {
		struct str rest = str_from(t, i + 1), shown = str_from(t, i);

		if (t.p[i] != ';' || !str_blank(t.p[i - 1]))
			continue;
		if (!rest.n || str_blank(rest.p[0]))
			return 0;
		shown.n = shown.n < 16 ? shown.n : 16;
		return fail(k, KML_BAD, "is '%.*s' a comment? Then put a blank behind its ';'; "
		            "in a regexp write \\x3b for a ';' after a blank", FMT(shown));
	}
	return 0;
}

/* ---- sections and keys, as inih finds them ------------------------------- */

static bool settings_is_word(struct str t)
{
	for (size_t i = 0; i < t.n; i++)
		if (str_blank(t.p[i]) || t.p[i] == '[')
			return false;
	return t.n > 0;
}

static int settings_check_section(struct kml *k, struct settings_parse *p,
                                  const struct settings_section *new_one)
{
	unsigned bit = settings_kind_bit(new_one->kind);

	if (!bit)
		return settings_unknown_section(k, new_one->kind);
	if (bit & (SETTINGS_MODULE | SETTINGS_BUILD) && new_one->name.n)
		return fail(k, KML_BAD, "a [%.*s] has no name; there is only one", FMT(new_one->kind));
	if (bit & (SETTINGS_KERNEL | SETTINGS_REGISTRY) && !settings_is_word(new_one->name))
		return fail(k, KML_BAD, "[%.*s] takes a name of one word: [%.*s %s]",
		            FMT(new_one->kind), FMT(new_one->kind),
		            bit == SETTINGS_KERNEL ? "NAME" : "HOST");
	for (struct settings_section *s = p->out->first; s; s = s->next)
		if (str_eq(s->kind, new_one->kind) && str_eq(s->name, new_one->name))
			return fail(k, KML_BAD, "%.*s is already at line %d",
			            FMT(new_one->title), s->line);
	if (p->out->n == SETTINGS_SECTIONS)
		return fail(k, KML_BAD, "more than %d sections; use several files", SETTINGS_SECTIONS);
	return 0;
}

/* A line "[KIND NAME]", perhaps with a comment. */
static int settings_section(struct settings_parse *p, struct str line)
{
	struct settings_section *section = new(p->s, struct settings_section);
	struct str inside = str_from(str_trim(line), 1), rest = inside;
	int r;

	inside = str_take(&rest, ']');
	section->kind = scope_str(p->s, str_word(&inside));
	section->name = scope_str(p->s, str_trim(inside));
	section->title = str_of(scope_format(p->s, "[%.*s%s%.*s]", FMT(section->kind),
		section->name.n ? " " : "", FMT(section->name)));
	section->line = p->line;
	if ((r = settings_check_section(p->k, p, section)) < 0)
		return r;
	rest = str_trim(rest);
	if (rest.n && rest.p[0] != ';')
		return fail(p->k, KML_BAD, "'%.*s' after the section; it belongs on a line of its own",
		            FMT(rest));
	if (p->out->last)
		p->out->last->next = section;
	else
		p->out->first = section;
	p->out->last = section;
	p->out->n++;
	if (settings_kind_bit(section->kind) == SETTINGS_MODULE)
		p->out->module = section;
	if (settings_kind_bit(section->kind) == SETTINGS_BUILD)
		p->out->build = section;
	return 0;
}

static int settings_check_entry(struct kml *k, const struct settings_section *section,
                                struct str key)
{
	unsigned bit = settings_kind_bit(section->kind);

	for (const struct settings_entry *e = section->first; e; e = e->next)
		if (str_eq(e->key, key))
			return fail(k, KML_BAD, "'%.*s' is already at line %d of %.*s",
			            FMT(key), e->line, FMT(section->title));
	if (section->n == SETTINGS_ENTRIES)
		return fail(k, KML_BAD, "%.*s has more than %d keys", FMT(section->title),
		            SETTINGS_ENTRIES);
	for (size_t i = 0; i < countof(settings_keys); i++)
		if (settings_keys[i].where & bit &&
		    settings_key_is(key, str_of(settings_keys[i].key)))
			return 0;
	return settings_unknown_key(k, section, key);
}

/* A line "KEY = VALUE", perhaps with a comment; inih has cut it. */
static int settings_entry(struct settings_parse *p, struct str line, struct str key,
                          struct str value)
{
	struct settings_section *section = p->out->last;
	struct settings_entry *e;
	size_t equals = str_find(line, '=');
	int r;

	if (!section)
		return fail(p->k, KML_BAD, "'%.*s' stands in no section; begin with [module]",
		            FMT(key));
	if (str_find(line, ':') < equals)
		return fail(p->k, KML_BAD, "a key and its value have '=' between them, not ':'");
	if (!key.n)
		return fail(p->k, KML_BAD, "there is no key before the '='");
	if ((r = settings_check_entry(p->k, section, key)) < 0 ||
	    (r = settings_comment(p->k, str_from(line, equals + 1))) < 0)
		return r;
	e = new(p->s, struct settings_entry);
	*e = (struct settings_entry){ NULL, scope_str(p->s, key), scope_str(p->s, value), p->line };
	if (section->last)
		section->last->next = e;
	else
		section->first = e;
	section->last = e;
	section->n++;
	return 0;
}

/* inih's handler: no name for a new section.  It may leave by longjmp, since
 * inih, built to use the stack, holds nothing. */
static int settings_handle(void *user, const char *section, const char *name, const char *value,
                           int line)
{
	struct settings_parse *p = user;
	struct str raw = p->lines[line - 1];

	(void)section;
	p->line = line;
	p->r = name ? settings_entry(p, raw, str_of(name), str_of(value)) : settings_section(p, raw);
	return p->r == 0;
}

/* Read `text`, the content of `file`, into *out, which lives in `s`. */
static int settings_parse(struct kml *k, struct scope *s, const char *file, struct str text,
                          struct settings *out)
{
	struct settings_parse p = { .k = k, .s = s, .out = out };
	int line, r;

	*out = (struct settings){ .file = file };
	if ((r = settings_lines(&p, text)) < 0)
		return r;
	line = ini_parse_string(scope_text(s, text), settings_handle, &p);
	if (p.r < 0)
		return settings_at(k, p.r, out, p.line);
	if (line <= 0)
		return 0;
	r = str_starts(str_trim(p.lines[line - 1]), S("[")) ?
		fail(k, KML_BAD, "the section is not closed by ']'") :
		fail(k, KML_BAD, "neither a [section] nor KEY = VALUE");
	return settings_at(k, r, out, line);
}

/* ---- looking things up --------------------------------------------------- */

static const struct settings_entry *settings_get(const struct settings_section *section,
                                                 const char *key)
{
	for (const struct settings_entry *e = section ? section->first : NULL; e; e = e->next)
		if (str_eq(e->key, str_of(key)))
			return e;
	return NULL;
}

/* [module] or [build], or NULL. */
static const struct settings_section *settings_find(const struct settings *set, const char *kind)
{
	return strcmp(kind, "module") ? set->build : set->module;
}

#endif
