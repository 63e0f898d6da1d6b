/* toml.c - the TOML that registries.conf is written in, as a tree.
 *
 *     unqualified-search-registries = ["quay.io"]     a key of the top table
 *     [[registry]]                                    one more table of an array
 *     prefix = "docker.io"
 *     [[registry.mirror]]                             in the last [[registry]]
 *     location = 'mirror.local:5000/hub'
 *
 * Strings of all four kinds, booleans, numbers, arrays, inline tables, dotted keys
 * and comments are read; numbers and dates stay text, since nobody here counts with
 * them.  Anything else is an error with its line, never passed over.
 */
#ifndef KML_TOML_C
#define KML_TOML_C

#include "../ground/base.c"

enum { TOML_DEPTH = 32, TOML_NODES = 100 * 1000 };

struct toml {
	enum toml_kind { TOML_TABLE, TOML_ARRAY, TOML_TEXT, TOML_BOOL, TOML_OTHER } kind;
	struct str key;                 /* in a table */
	struct str text;                /* of a string; a number as it is written */
	bool yes;
	bool closed;                    /* an inline table: nothing is added later */
	struct toml *first, *last, *next;
};

struct toml_reader {
	struct scope *s;
	struct str t;
	int line;
	size_t nodes;
};

static int toml_bad(struct kml *k, const struct toml_reader *rd, const char *what)
{
	return fail(k, KML_BAD, "line %d: %s", rd->line, what);
}

static char toml_peek(const struct toml_reader *rd) { return rd->t.n ? rd->t.p[0] : '\0'; }

static void toml_step(struct toml_reader *rd, size_t n)
{
	for (; n && rd->t.n; n--) {
		rd->line += rd->t.p[0] == '\n';
		rd->t = str_from(rd->t, 1);
	}
}

/* Pass over blanks; over comments and ends of lines too, if `lines`. */
static void toml_blank(struct toml_reader *rd, bool lines)
{
	while (rd->t.n) {
		char c = rd->t.p[0];

		if (c == '#')
			toml_step(rd, str_find(rd->t, '\n'));
		else if (c == ' ' || c == '\t' || c == '\r' || (lines && c == '\n'))
			toml_step(rd, 1);
		else
			break;
	}
}

static struct toml *toml_child(struct kml *k, struct toml_reader *rd, struct toml *up,
                               struct str key, enum toml_kind kind)
{
	struct toml *v;

	if (++rd->nodes > TOML_NODES)
		return toml_bad(k, rd, "the file has far too much in it"), NULL;
	v = new(rd->s, struct toml);
	*v = (struct toml){ .kind = kind, .key = key };
	if (up->last)
		up->last->next = v;
	else
		up->first = v;
	return up->last = v;
}

/* What `table` has under `key`, or NULL. */
static struct toml *toml_get(const struct toml *table, struct str key)
{
	for (struct toml *v = table->kind == TOML_TABLE ? table->first : NULL; v; v = v->next)
		if (str_eq(v->key, key))
			return v;
	return NULL;
}

/* ---- strings ------------------------------------------------------------- */

static void toml_rune(struct buf *b, unsigned long c)
{
	if (c < 0x80) {
		buf_byte(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_byte(b, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_byte(b, (char)(0xe0 | c >> 12));
		} else {
			buf_byte(b, (char)(0xf0 | c >> 18));
			buf_byte(b, (char)(0x80 | (c >> 12 & 63)));
		}
		buf_byte(b, (char)(0x80 | (c >> 6 & 63)));
	}
	buf_byte(b, (char)(0x80 | (c & 63)));
}

/* What a backslash stands for; it is taken already. */
static int toml_escape(struct kml *k, struct toml_reader *rd, struct buf *b, bool lines)
{
	static const char from[] = "btnfre\"\\", to[] = "\b\t\n\f\r\033\"\\";
	char c = toml_peek(rd);
	const char *at = c ? strchr(from, c) : NULL;
	size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
	char hex[9] = { 0 };
	unsigned long rune;

	if (at) {
		buf_byte(b, to[at - from]);
		toml_step(rd, 1);
		return 0;
	}
	if (digits && rd->t.n > digits) {
		memcpy(hex, rd->t.p + 1, digits);
		rune = strtoul(hex, NULL, 16);
		if (strspn(hex, "0123456789abcdefABCDEF") == digits && rune < 0x110000 &&
		    (rune < 0xd800 || rune > 0xdfff)) {
			toml_rune(b, rune);
			toml_step(rd, digits + 1);
			return 0;
		}
	}
	toml_blank(rd, false);
	if (!lines || toml_peek(rd) != '\n')
		return toml_bad(k, rd, "\\ is followed by what it does not stand for");
	while (rd->t.n && str_blank(rd->t.p[0]))
		toml_step(rd, 1);
	return 0;
}

/* A string: "..." '...' or either three times. */
static int toml_string(struct kml *k, struct toml_reader *rd, struct str *out)
{
	char quote = toml_peek(rd);
	bool lines = rd->t.n >= 3 && rd->t.p[1] == quote && rd->t.p[2] == quote;
	struct buf b = { .s = rd->s };
	int r;

	toml_step(rd, lines ? 3 : 1);
	if (lines)
		toml_step(rd, str_starts(rd->t, S("\r\n")) ? 2 : toml_peek(rd) == '\n');
	for (;;) {
		char c = toml_peek(rd);
		bool end = c == quote && (!lines || (rd->t.n >= 3 && rd->t.p[1] == quote &&
		                          rd->t.p[2] == quote &&
		                          (rd->t.n == 3 || rd->t.p[3] != quote)));

		if (!rd->t.n || (!lines && c == '\n') || (c < ' ' && c >= 0 && !str_blank(c)))
			return toml_bad(k, rd, "a string does not end, or has control characters");
		toml_step(rd, end && lines ? 3 : 1);
		if (end)
			break;
		if (c == '\\' && quote == '"') {
			if ((r = toml_escape(k, rd, &b, lines)) < 0)
				return r;
			continue;
		}
		buf_byte(&b, c);
	}
	*out = buf_str(&b);
	return 0;
}

/* ---- keys and values ----------------------------------------------------- */

static int toml_key(struct kml *k, struct toml_reader *rd, struct str *out)
{
	size_t n = 0;

	toml_blank(rd, false);
	if (toml_peek(rd) == '"' || toml_peek(rd) == '\'')
		return toml_string(k, rd, out);
	while (n < rd->t.n && ((rd->t.p[n] >= 'a' && rd->t.p[n] <= 'z') ||
	       (rd->t.p[n] >= 'A' && rd->t.p[n] <= 'Z') || (rd->t.p[n] >= '0' && rd->t.p[n] <= '9') ||
	       rd->t.p[n] == '-' || rd->t.p[n] == '_'))
		n++;
	*out = (struct str){ rd->t.p, n };
	toml_step(rd, n);
	return n ? 0 : toml_bad(k, rd, "a key is missing");
}

static int toml_value(struct kml *k, struct toml_reader *rd, struct toml *up, struct str key,
                      int depth);

/* key = value, a.b.c = value */
static int toml_pair(struct kml *k, struct toml_reader *rd, struct toml *table, int depth)
{
	struct str key;
	int r;

	for (;;) {
		struct toml *sub;

		if ((r = toml_key(k, rd, &key)) < 0)
			return r;
		toml_blank(rd, false);
		if (toml_peek(rd) != '.')
			break;
		toml_step(rd, 1);
		sub = toml_get(table, key);
		if (!sub && !(sub = toml_child(k, rd, table, key, TOML_TABLE)))
			return KML_BAD;
		if (sub->kind != TOML_TABLE || sub->closed)
			return toml_bad(k, rd, "a key is in what is no table");
		table = sub;
	}
	if (toml_peek(rd) != '=')
		return toml_bad(k, rd, "= is missing after a key");
	toml_step(rd, 1);
	if (toml_get(table, key))
		return fail(k, KML_BAD, "line %d: \"%.*s\" is there twice", rd->line, FMT(key));
	return toml_value(k, rd, table, key, depth);
}

static int toml_list(struct kml *k, struct toml_reader *rd, struct toml *v, int depth)
{
	bool table = v->kind == TOML_TABLE;
	char close = table ? '}' : ']';
	int r;

	toml_step(rd, 1);
	for (;;) {
		toml_blank(rd, true);
		if (toml_peek(rd) == close)
			break;
		r = table ? toml_pair(k, rd, v, depth) : toml_value(k, rd, v, S(""), depth);
		if (r < 0)
			return r;
		toml_blank(rd, true);
		if (toml_peek(rd) == close)
			break;
		if (toml_peek(rd) != ',')
			return toml_bad(k, rd, table ? "an inline table does not end" :
			                "an array does not end");
		toml_step(rd, 1);
	}
	toml_step(rd, 1);
	v->closed = true;
	return 0;
}

static int toml_value(struct kml *k, struct toml_reader *rd, struct toml *up, struct str key,
                      int depth)
{
	struct toml *v;
	size_t n = 0;
	char c;

	toml_blank(rd, false);
	c = toml_peek(rd);
	if (depth > TOML_DEPTH)
		return toml_bad(k, rd, "values are nested too deep");
	v = toml_child(k, rd, up, key, c == '[' ? TOML_ARRAY : c == '{' ? TOML_TABLE :
	               c == '"' || c == '\'' ? TOML_TEXT : TOML_OTHER);
	if (!v)
		return KML_BAD;
	if (v->kind == TOML_TEXT)
		return toml_string(k, rd, &v->text);
	if (v->kind != TOML_OTHER)
		return toml_list(k, rd, v, depth + 1);
	while (n < rd->t.n && !strchr(",]}# \t\r\n", rd->t.p[n]))
		n++;
	v->text = (struct str){ rd->t.p, n };
	v->yes = str_eq(v->text, S("true"));
	if (v->yes || str_eq(v->text, S("false")))
		v->kind = TOML_BOOL;
	else if (!n || !strchr("+-0123456789in", v->text.p[0]))
		return toml_bad(k, rd, "a value is missing, or is none");
	toml_step(rd, n);
	return 0;
}

/* ---- tables -------------------------------------------------------------- */

/* [a.b] or [[a.b]]: *out is the table that the lines after it fill. */
static int toml_header(struct kml *k, struct toml_reader *rd, struct toml *root,
                       struct toml **out)
{
	bool many = str_starts(rd->t, S("[["));
	struct toml *at = root, *sub;
	struct str key;
	int r;

	toml_step(rd, many ? 2 : 1);
	for (;;) {
		bool last;

		if ((r = toml_key(k, rd, &key)) < 0)
			return r;
		toml_blank(rd, false);
		last = toml_peek(rd) != '.';
		sub = toml_get(at, key);
		if (!sub && !(sub = toml_child(k, rd, at, key, last && many ? TOML_ARRAY : TOML_TABLE)))
			return KML_BAD;
		if (sub->closed || (last && many ? sub->kind != TOML_ARRAY :
		                    sub->kind != TOML_TABLE && sub->kind != TOML_ARRAY))
			return fail(k, KML_BAD, "line %d: \"%.*s\" is no such table", rd->line, FMT(key));
		if (last && many && !(sub = toml_child(k, rd, sub, S(""), TOML_TABLE)))
			return KML_BAD;
		at = sub->kind == TOML_ARRAY ? sub->last : sub;
		if (last)
			break;
		toml_step(rd, 1);
	}
	if (!str_starts(rd->t, many ? S("]]") : S("]")))
		return toml_bad(k, rd, "the name of a table does not end with ]");
	toml_step(rd, many ? 2 : 1);
	*out = at;
	return 0;
}

/* Parse a whole file; *root is its top table. */
static int toml_read(struct kml *k, struct scope *s, struct str text, struct toml **root)
{
	struct toml_reader rd = { .s = s, .t = scope_str(s, text), .line = 1 };
	struct toml *at = *root = new(s, struct toml);
	int r = 0;

	if (str_starts(rd.t, S("\xef\xbb\xbf")))
		rd.t = str_from(rd.t, 3);
	for (toml_blank(&rd, true); r == 0 && rd.t.n; toml_blank(&rd, true)) {
		r = toml_peek(&rd) == '[' ? toml_header(k, &rd, *root, &at) :
			toml_pair(k, &rd, at, 0);
		toml_blank(&rd, false);
		if (r == 0 && rd.t.n && toml_peek(&rd) != '\n')
			r = toml_bad(k, &rd, "something follows where the line should end");
	}
	return r;
}

#endif
