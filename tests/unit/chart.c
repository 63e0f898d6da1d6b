#define KML_TEST
#include "../../src/format/chart.c"
#include "../test.h"

static const char *const steps[] = { "reading", "decoding", "initialising" };

static bool has(const struct buf *b, const char *text)
{
	return memmem(b->p, b->n, text, strlen(text));
}

/* Every tag that is opened is closed, and no text has a bare '<' or '&'. */
static bool well_formed(const struct buf *b)
{
	struct str rest = buf_str(b);
	int depth = 0, most = 0;

	while (rest.n) {
		struct str tag, text = str_take(&rest, '<');

		for (size_t i = 0; i < text.n; i++)
			if (text.p[i] == '>' || (unsigned char)text.p[i] > '~' ||
			    (text.p[i] == '&' && text.p[i + 1] != '#'))
				return false;
		tag = str_take(&rest, '>');
		if (str_starts(tag, S("/")))
			depth--;
		else if (tag.n && !str_ends(tag, S("/")))
			depth++;
		most = depth > most ? depth : most;
	}
	return depth == 0 && most == 3;
}

TESTS
	struct buf b = { .s = s }, again = { .s = s };

	TEST("bars of workers, in the order of their beginnings") {
		struct chart_bar v[] = {
			{ S("third"), { 1500, 1600, 1600, 2000 }, 0, false },
			{ S("last<&>\x01\xff"), { 900, 900, 900, 1500 }, 1, true },
			{ S("first"), { 1000, 1100, 1300, 1400 }, 0, false },
			{ S("second"), { 1400, 1400, 1400, 1400 }, 0, false },
		}, w[4];

		memcpy(w, v, sizeof w);
		chart_draw(&b, "a \"title\"", steps, v, 4);
		chart_draw(&again, "a \"title\"", steps, w, 4);
		CHECK(str_eq(buf_str(&b), buf_str(&again)) && well_formed(&b));
		CHECK(str_eq(v[0].name, S("first")) && str_eq(v[1].name, S("second")));
		CHECK(str_eq(v[2].name, S("third")) && v[3].worker == 1);
		CHECK(has(&b, "a &#34;title&#34;") && has(&b, "last&#60;&#38;&#62;??"));
		CHECK(has(&b, "<title>first, reading in 0.100 ms, decoding in 0.200 ms, "
		          "initialising in 0.100 ms</title>"));
		CHECK(has(&b, "failed</title>") && has(&b, "class=\"x\""));
		CHECK(has(&b, "x=\"106.9\" y=\"93\" width=\"90.9\"") && has(&b, ">worker 2<"));
	}
	TEST("nothing, no time at all, and all time there is") {
		struct chart_bar v[] = {
			{ S("now"), { 7, 7, 7, 7 }, 0, false },
			{ S("ever"), { 7, 8, 9, UINT64_MAX / 20000 }, 0, false },
		};

		b.n = 0;
		chart_draw(&b, "none", steps, v, 0);
		CHECK(has(&b, "</svg>"));
		b.n = 0;
		chart_draw(&b, "now", steps, v, 1);
		CHECK(well_formed(&b));
		b.n = 0;
		chart_draw(&b, "ever", steps, v, 2);
		CHECK(well_formed(&b));
	}
TESTS_END
