/* chunked.c - a body in chunks, as it is taken apart (RFC 9112 §7.1).
 *
 *     4;extension CR LF  four bytes  CR LF  0 CR LF  trailer: fields CR LF  CR LF
 *
 * A step looks at some bytes and says how many of them are of what: so the
 * content is never copied, and may end anywhere.
 */
#ifndef KML_CHUNKED_C
#define KML_CHUNKED_C

#include "../ground/base.c"

enum { CHUNKED_LINE = 16 * 1024 };        /* of extensions, and of the trailer */

struct chunked {
	enum chunked_at {
		CHUNKED_SIZE, CHUNKED_EXTENSION, CHUNKED_DATA, CHUNKED_AFTER, CHUNKED_TRAILER, CHUNKED_END,
	} at;
	uint64_t left;                  /* of the data */
	int digits, line;               /* of the size; bytes of the line */
	int trailer;                    /* bytes of the trailer */
};

static int chunked_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int chunked_bad(struct kml *k)
{
	return fail(k, KML_BAD, "a chunk of the body is malformed");
}

/* The size's line has ended. */
static void chunked_begin(struct chunked *c)
{
	c->at = c->left ? CHUNKED_DATA : CHUNKED_TRAILER;
	c->digits = c->line = 0;
}

static int chunked_byte(struct kml *k, struct chunked *c, char b)
{
	int digit;

	switch (c->at) {
	case CHUNKED_SIZE:
		if ((digit = chunked_digit(b)) >= 0 && c->digits < 15) {
			c->left = 16 * c->left + (unsigned)digit;
			c->digits++;
			return 0;
		}
		if (!c->digits || !strchr(";\r\n \t", b) || !b)
			return chunked_bad(k);
		c->at = CHUNKED_EXTENSION;
		break;
	case CHUNKED_AFTER:
		if (b == '\n')
			c->at = CHUNKED_SIZE;
		return b == '\n' || b == '\r' ? 0 : chunked_bad(k);
	case CHUNKED_TRAILER:
		if (b == '\n' && !c->line)
			c->at = CHUNKED_END;
		c->line = b == '\n' ? 0 : c->line + (b != '\r');
		return ++c->trailer < CHUNKED_LINE ? 0 : chunked_bad(k);
	default:
		break;
	}
	if (b == '\n')
		return chunked_begin(c), 0;
	return ++c->line < CHUNKED_LINE ? 0 : chunked_bad(k);
}

/* Look at *in: take what is no content off its front, then say how many bytes of
 * content follow there (they are the caller's to take, with chunked_took()). */
static int chunked_step(struct kml *k, struct chunked *c, struct str *in, size_t *content)
{
	int r = 0;

	while (r == 0 && in->n && c->at != CHUNKED_DATA && c->at != CHUNKED_END) {
		r = chunked_byte(k, c, in->p[0]);
		*in = str_from(*in, 1);
	}
	*content = c->at == CHUNKED_DATA ? (c->left < in->n ? (size_t)c->left : in->n) : 0;
	return r;
}

static void chunked_took(struct chunked *c, size_t n)
{
	c->left -= n;
	if (c->at == CHUNKED_DATA && !c->left)
		c->at = CHUNKED_AFTER;
}

#endif
