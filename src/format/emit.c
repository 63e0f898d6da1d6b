/* emit.c - JSON of ours, written one way.
 *
 * There are no blanks, and things stand in the order of the calls, so that the
 * same calls give the same bytes: a digest is taken of them.  Text must be UTF-8;
 * emit_bytes() is for what may be none.
 */
#ifndef KML_EMIT_C
#define KML_EMIT_C

#include "../ground/base.c"

/* How many bytes the UTF-8 sequence at the front of `t` has; 0: it is none. */
static size_t emit_utf8(struct str t)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)t.p[0];
	size_t n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;
	uint32_t v = n > 1 ? c & (0x7fu >> n) : c;

	if (n > t.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)t.p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | ((unsigned char)t.p[i] & 0x3f);
	}
	return n && v >= least[n] && v <= 0x10ffff && (v < 0xd800 || v > 0xdfff) ? n : 0;
}

static bool emit_is_utf8(struct str t)
{
	size_t n = 1;

	for (; t.n && n; t = str_from(t, n))
		n = emit_utf8(t);
	return n > 0;
}

/* The comma before a value is due unless something was just opened. */
static void emit_comma(struct buf *b)
{
	char last = '{';

	if (b->n)
		last = b->p[b->n - 1];
	if (last != '{' && last != '[' && last != ':')
		buf_byte(b, ',');
}

static void emit_open(struct buf *b, char bracket)
{
	emit_comma(b);
	buf_byte(b, bracket);
}

static void emit_close(struct buf *b, char bracket) { buf_byte(b, bracket); }

/* `text` is UTF-8: see emit_is_utf8(). */
static void emit_text(struct buf *b, struct str text)
{
	emit_comma(b);
	buf_byte(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		size_t plain = i;

		while (c >= 0x20 && c != 0x7f && c != '"' && c != '\\' && ++i < text.n)
			c = (unsigned char)text.p[i];
		buf_add(b, (struct str){ text.p + plain, i - plain });
		if (i < text.n && (c == '"' || c == '\\' || c == '\n'))
			buf_add(b, (struct str){ c == '"' ? "\\\"" : c == '\n' ? "\\n" : "\\\\", 2 });
		else if (i < text.n)
			buf_format(b, "\\u%04x", c);
	}
	buf_byte(b, '"');
}

static void emit_key(struct buf *b, struct str key)
{
	emit_text(b, key);
	buf_byte(b, ':');
}

static void emit_uint(struct buf *b, uint64_t n)
{
	emit_comma(b);
	buf_format(b, "%llu", (unsigned long long)n);
}

static void emit_word(struct buf *b, struct str word)
{
	emit_comma(b);
	buf_add(b, word);
}

static void emit_pair(struct buf *b, const char *key, struct str text)
{
	emit_key(b, str_of(key));
	emit_text(b, text);
}

/* `bytes`, with U+FFFD for each byte that is no part of UTF-8. */
static void emit_bytes(struct buf *b, struct str bytes)
{
	struct buf clean = { .s = b->s };

	while (bytes.n) {
		size_t n = emit_utf8(bytes);

		buf_add(&clean, n ? (struct str){ bytes.p, n } : S("\xef\xbf\xbd"));
		bytes = str_from(bytes, n + !n);
	}
	emit_text(b, buf_str(&clean));
}

/* `json`, written by the above, for people: a line for each thing, as kubectl prints. */
static void emit_indented(struct buf *out, struct str json)
{
	int depth = 0;
	bool text = false;

	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i], next = i + 1 < json.n ? json.p[i + 1] : '\n';
		bool open = c == '{' || c == '[', close = next == '}' || next == ']';

		buf_byte(out, c);
		if (c == '\\') {
			buf_byte(out, next);
			i++;
			continue;
		}
		text ^= c == '"';
		if (text)
			continue;
		if (c == ':')
			buf_byte(out, ' ');
		if (open && close)
			continue;
		depth += open - close;
		if (open || close || c == ',' || i + 1 == json.n)
			buf_format(out, "\n%*s", 4 * depth, "");
	}
}

/* A pair whose text may be any bytes; none where it is NULL. */
static void emit_known(struct buf *b, const char *key, const char *text)
{
	if (text) {
		emit_key(b, str_of(key));
		emit_bytes(b, str_of(text));
	}
}

#endif
