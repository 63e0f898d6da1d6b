/* chart.c - when what was done, as a picture (SVG).
 *
 * Time goes from left to right.  Each worker has a band, in it each thing it did a
 * row, in the order of their beginnings; a row has a bar of up to three colours for
 * the steps of the thing.  The same times give the same bytes.
 */
#ifndef KML_CHART_C
#define KML_CHART_C

#include "../ground/base.c"

enum { CHART_STEPS = 3 };

struct chart_bar {
	struct str name;
	uint64_t at[CHART_STEPS + 1];   /* microseconds: when each step began, and the end */
	int worker;
	bool failed;
};

struct chart {
	struct buf *out;
	const char *title, *steps[CHART_STEPS];
	uint64_t from, span;
	unsigned y;
};

enum { CHART_LEFT = 16, CHART_WIDTH = 1000, CHART_TOP = 64, CHART_ROW = 18, CHART_BAND = 26 };

static int chart_cmp(const void *a, const void *b)
{
	const struct chart_bar *x = a, *y = b;

	if (x->worker != y->worker)
		return x->worker < y->worker ? -1 : 1;
	if (x->at[0] != y->at[0])
		return x->at[0] < y->at[0] ? -1 : 1;
	return str_cmp(x->name, y->name);
}

/* Text is plain ASCII: what else a name has is shown as '?'. */
static void chart_text(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '<' || c == '>' || c == '&' || c == '"')
			buf_format(b, "&#%u;", c);
		else
			buf_byte(b, c < ' ' || c > '~' ? '?' : text.p[i]);
	}
}

/* Where on the picture a time is, in tenths of a unit. */
static unsigned chart_x(const struct chart *c, uint64_t at)
{
	uint64_t t = at > c->from ? at - c->from : 0;

	return 10 * CHART_LEFT + (unsigned)(10 * CHART_WIDTH * t / c->span);
}

static void chart_rect(struct chart *c, unsigned from, unsigned to, char kind)
{
	unsigned width = to > from + 10 ? to - from : 10;

	buf_format(c->out, "<rect class=\"%c\" x=\"%u.%u\" y=\"%u\" width=\"%u.%u\" height=\"%u\"/>",
	           kind, from / 10, from % 10, c->y + 3, width / 10, width % 10, CHART_ROW - 4);
}

static void chart_ms(struct buf *b, uint64_t us)
{
	buf_format(b, "%llu.%03llu ms", (unsigned long long)us / 1000,
	           (unsigned long long)us % 1000);
}

static void chart_row(struct chart *c, const struct chart_bar *bar)
{
	struct buf *b = c->out;
	unsigned begin = chart_x(c, bar->at[0]), end = chart_x(c, bar->at[CHART_STEPS]);
	bool left = end > 7 * CHART_WIDTH && begin > 3 * CHART_WIDTH;
	unsigned x = left ? begin - 50 : end > 7 * CHART_WIDTH ? begin + 50 : end + 60;

	buf_add(b, S("<g><title>"));
	chart_text(b, bar->name);
	for (int i = 0; i < CHART_STEPS; i++)
		if (bar->at[i] < bar->at[i + 1]) {
			buf_format(b, ", %s in ", c->steps[i]);
			chart_ms(b, bar->at[i + 1] - bar->at[i]);
		}
	buf_format(b, "%s</title>", bar->failed ? ", failed" : "");
	for (int i = 0; i < CHART_STEPS; i++)
		if (bar->at[i] < bar->at[i + 1] || (i + 1 == CHART_STEPS && bar->at[0] == bar->at[i]))
			chart_rect(c, chart_x(c, bar->at[i]), chart_x(c, bar->at[i + 1]),
			           bar->failed && i + 1 == CHART_STEPS ? 'x' : "abc"[i]);
	buf_format(b, "<text x=\"%u.%u\" y=\"%u\"%s>", x / 10, x % 10, c->y + 14,
	           left ? " class=\"e\"" : "");
	chart_text(b, bar->name);
	buf_add(b, S("</text></g>\n"));
	c->y += CHART_ROW;
}

/* Lines at round times, at most ten. */
static void chart_grid(struct chart *c, unsigned height)
{
	uint64_t step = 1;

	for (int i = 0; step * 10 < c->span; i++)
		step = i % 3 == 1 ? step / 2 * 5 : step * 2;
	for (uint64_t t = 0; t <= c->span; t += step) {
		unsigned x = chart_x(c, c->from + t);

		buf_format(c->out, "<path d=\"M%u.%u %dV%u\"/><text class=\"t\" x=\"%u.%u\" y=\"%d\">",
		           x / 10, x % 10, CHART_TOP - 8, height - 8, x / 10, x % 10,
		           CHART_TOP - 12);
		chart_ms(c->out, t);
		buf_add(c->out, S("</text>\n"));
	}
}

static void chart_head(struct chart *c, unsigned height)
{
	struct buf *b = c->out;
	unsigned width = CHART_WIDTH + 6 * CHART_LEFT;

	buf_format(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
	           "font-family=\"sans-serif\" font-size=\"12\">\n", width, height);
	buf_add(b, S("<style>.a{fill:#74c476}.b{fill:#fdae6b}.c{fill:#6baed6}.x{fill:#de2d26}"
	             ".e{text-anchor:end}.t{fill:#777}path{stroke:#ddd}</style>\n"
	             "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"));
	buf_format(b, "<text x=\"%d\" y=\"20\" font-weight=\"bold\">", CHART_LEFT);
	chart_text(b, str_of(c->title));
	buf_add(b, S("</text>\n"));
	for (unsigned i = 0; i <= CHART_STEPS; i++)
		buf_format(b, "<rect class=\"%c\" x=\"%u\" y=\"30\" width=\"10\" height=\"10\"/>"
		           "<text x=\"%u\" y=\"39\">%s</text>\n", "abcx"[i], CHART_LEFT + 110 * i,
		           CHART_LEFT + 14 + 110 * i, i < CHART_STEPS ? c->steps[i] : "failed");
}

/* Draw the `n` bars, which are sorted for that, with what the three steps are called. */
static void chart_draw(struct buf *out, const char *title, const char *const steps[CHART_STEPS],
                       struct chart_bar *v, size_t n)
{
	struct chart c = { .out = out, .title = title, .y = CHART_TOP };
	unsigned height = CHART_TOP + 16;
	uint64_t end = 1;

	memcpy(c.steps, steps, sizeof c.steps);
	if (n)
		qsort(v, n, sizeof *v, chart_cmp);
	c.from = n ? v[0].at[0] : 0;
	for (size_t i = 0; i < n; i++) {
		c.from = v[i].at[0] < c.from ? v[i].at[0] : c.from;
		end = v[i].at[CHART_STEPS] > end ? v[i].at[CHART_STEPS] : end;
		height += CHART_ROW + (!i || v[i].worker != v[i - 1].worker ? CHART_BAND : 0);
	}
	c.span = end > c.from ? end - c.from : 1;
	chart_head(&c, height);
	chart_grid(&c, height);
	for (size_t i = 0; i < n; i++) {
		if (!i || v[i].worker != v[i - 1].worker) {
			buf_format(out, "<text class=\"t\" x=\"%d\" y=\"%u\">worker %d</text>\n",
			           CHART_LEFT, c.y + 18, v[i].worker + 1);
			c.y += CHART_BAND;
		}
		chart_row(&c, &v[i]);
	}
	buf_add(out, S("</svg>\n"));
}

#endif
