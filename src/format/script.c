/* script.c - the little of a shell's language that the hooks of containers are made of.
 *
 *     modprobe -r ice && cp -r firmware/x* /var/lib/firmware; find | sort -r | xargs rm
 *
 * Commands are words, joined by ; or a new line, && || and |.  '...' "..." and \ take
 * the meaning from what they quote; # begins a comment; * ? [...] behind the last / of
 * a word make it stand for the names of files.  That is all: what other shells would do
 * more with, variables or redirections, is refused, so that a script is run as it is
 * meant, or not at all.
 */
#ifndef KML_SCRIPT_C
#define KML_SCRIPT_C

#include "../ground/base.c"
#include "shellword.c"

/* How a command hangs on the one before it. */
enum script_join { SCRIPT_THEN, SCRIPT_AND, SCRIPT_OR, SCRIPT_PIPE };

/* `pattern` is the last component as glob.c has it; its pointer is NULL if that is none. */
struct script_word { char *text; struct str pattern; };

struct script_command { enum script_join join; const struct script_word *words; size_t n; };
struct script { const struct script_command *v; size_t n; };

struct script_reader {
	struct kml *k;
	struct scope *s;
	struct str text;
	size_t at;
	enum script_join join;          /* of the command that comes next */
	bool must;                      /* it has to come */
	struct buf words, commands;     /* arrays of the structs above */
};

static int script_refuse(const struct script_reader *p, size_t at, size_t n)
{
	return fail(p->k, KML_USAGE, "character %zu: '%.*s' has a meaning in other shells; this one "
	            "knows commands, quotes, * && || ; and |", at + 1, (int)n, p->text.p + at);
}

static int script_lack(const struct script_reader *p, size_t at, const char *what)
{
	return fail(p->k, KML_USAGE, "character %zu: %s is missing", at + 1, what);
}

/* ---- words --------------------------------------------------------------- */

/* Behind the first `{` of those that are open is `brace`; some shells read {a,b} as two words. */
struct script_made { struct buf text, pattern; bool glob; size_t brace, depth; };

static int script_put(const struct script_reader *p, struct script_made *w, char c, bool quoted)
{
	bool magic = c && strchr("*?[]!^-\\", c);

	if (!c || (c == '/' && w->glob))
		return fail(p->k, KML_USAGE, "character %zu: * ? and [ are known only behind the last /",
		            p->at);
	buf_byte(&w->text, c);
	if (c == '/') {
		w->pattern.n = 0;
		return 0;
	}
	if (magic && quoted)
		buf_byte(&w->pattern, '\\');
	buf_byte(&w->pattern, c);
	w->glob |= !quoted && (c == '*' || c == '?' || c == '[');
	return 0;
}

/* The rest of what a quote begins. */
static int script_quoted(struct script_reader *p, struct script_made *w, char quote)
{
	size_t from = p->at - 1;
	struct str t = p->text;
	int r = 0;

	while (r == 0 && p->at < t.n && t.p[p->at] != quote) {
		char c = t.p[p->at++];

		if (quote == '"' && (c == '$' || c == '`'))
			return script_refuse(p, p->at - 1, 1);
		if (quote == '"' && c == '\\' && p->at < t.n && t.p[p->at] &&
		    strchr("$`\"\\\n", t.p[p->at]) && (c = t.p[p->at++]) == '\n')
			continue;
		r = script_put(p, w, c, true);
	}
	return r < 0 ? r : p->at++ < t.n ? 0 : script_lack(p, from, "the end of this quote");
}

/* One character outside quotes, or what it begins. */
static int script_step(struct script_reader *p, struct script_made *w)
{
	char c = p->text.p[p->at++];

	if (c == '\'' || c == '"')
		return script_quoted(p, w, c);
	if (c == '\\' && p->at < p->text.n) {
		c = p->text.p[p->at++];
		return c == '\n' ? 0 : script_put(p, w, c, true);
	}
	if (c == '{' && !w->depth++)
		w->brace = p->at;
	if (w->depth && (c == ',' || (c == '.' && p->text.p[p->at - 2] == '.')))
		return script_refuse(p, w->brace - 1, p->at - w->brace + 1);
	if (c == '}' && w->depth)
		w->depth--;
	return c && strchr("\\$`<>()", c) ? script_refuse(p, p->at - 1, 1) :
		script_put(p, w, c, false);
}

static bool script_is_end(char c) { return c && strchr(" \t\n;&|", c); }

static int script_word(struct script_reader *p)
{
	struct script_made w = { .text.s = p->s, .pattern.s = p->s };
	struct script_word out = { 0 };
	size_t from = p->at;
	struct str raw;
	int r = 0;

	while (r == 0 && p->at < p->text.n && !script_is_end(p->text.p[p->at]))
		r = script_step(p, &w);
	if (r < 0)
		return r;
	raw = (struct str){ p->text.p + from, p->at - from };
	if (raw.p[0] == '~' || (!p->words.n && shellword_is(buf_str(&w.text))))
		return script_refuse(p, from, raw.n);
	out.text = scope_text(p->s, buf_str(&w.text));
	if (w.glob)
		out.pattern = buf_str(&w.pattern);
	buf_add(&p->words, (struct str){ (const char *)&out, sizeof out });
	return 0;
}

/* ---- commands ------------------------------------------------------------ */

/* The command ends here, and the next is joined to it in this way. */
static int script_end(struct script_reader *p, enum script_join next, bool must)
{
	const struct script_command c = {
		p->join, (void *)p->words.p, p->words.n / sizeof(struct script_word),
	};

	if (!c.n)
		return script_lack(p, p->at, "a command");
	buf_add(&p->commands, (struct str){ (const char *)&c, sizeof c });
	p->words = (struct buf){ .s = p->s };
	p->join = next;
	p->must = must;
	return 0;
}

static int script_operator(struct script_reader *p)
{
	char c = p->text.p[p->at];
	bool twice = c != ';' && p->at + 1 < p->text.n && p->text.p[p->at + 1] == c;
	int r = 0;

	if (c == '&' && !twice)
		return script_refuse(p, p->at, 1);
	if (c == ';' || (c == '\n' && p->words.n))
		r = script_end(p, SCRIPT_THEN, false);
	else if (c != '\n')
		r = script_end(p, c == '&' ? SCRIPT_AND : twice ? SCRIPT_OR : SCRIPT_PIPE, true);
	p->at += 1 + (c != '\n' && twice);
	return r;
}

/* All commands of `text`, in *out; they live as long as `s`. */
static int script_parse(struct kml *k, struct scope *s, struct str text, struct script *out)
{
	struct script_reader p = { .k = k, .s = s, .text = text, .words.s = s, .commands.s = s };
	int r = 0;

	while (r == 0 && p.at < text.n) {
		struct str rest = str_from(text, p.at);

		if (rest.p[0] == ' ' || rest.p[0] == '\t')
			p.at++;
		else if (str_starts(rest, S("\\\n")))
			p.at += 2;
		else if (rest.p[0] == '#')
			p.at += str_find(rest, '\n');
		else
			r = script_is_end(rest.p[0]) ? script_operator(&p) : script_word(&p);
	}
	if (r == 0 && (p.words.n || p.must))
		r = script_end(&p, SCRIPT_THEN, false);
	*out = (struct script){ (void *)p.commands.p,
	                        p.commands.n / sizeof(struct script_command) };
	return r;
}

#endif
