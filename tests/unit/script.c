#define KML_TEST
#include "../../src/format/script.c"
#include "../../src/format/glob.c"
#include "../test.h"

/* The script as it was understood: "a|b" for words, patterns in <>, the join before each. */
static const char *seen(struct kml *k, struct scope *s, const char *text)
{
	static const char *const joins[] = { ";", "&&", "||", "|" };
	struct buf b = { .s = s };
	struct script script;

	if (script_parse(k, s, str_of(text), &script) < 0)
		return k->msg;
	for (size_t i = 0; i < script.n; i++) {
		if (i || script.v[i].join != SCRIPT_THEN)
			buf_format(&b, " %s ", joins[script.v[i].join]);
		for (size_t j = 0; j < script.v[i].n; j++) {
			const struct script_word *w = &script.v[i].words[j];

			buf_format(&b, "%s[%s]", j ? " " : "", w->text);
			if (w->pattern.p)
				buf_format(&b, "<%.*s>", FMT(w->pattern));
		}
	}
	return scope_text(s, buf_str(&b));
}

static bool is(struct kml *k, struct scope *s, const char *text, const char *want)
{
	return !strcmp(seen(k, s, text), want);
}

static bool refused(struct kml *k, struct scope *s, const char *text, int at)
{
	int got;

	return sscanf(seen(k, s, text), "character %d:", &got) == 1 && got == at;
}

TESTS
	struct script script;

	TEST("commands are joined in four ways") {
		CHECK(is(k, s, "a && b || c | d; e\nf", "[a] && [b] || [c] | [d] ; [e] ; [f]"));
		CHECK(is(k, s, "find |sort -r |xargs -I{} rm -d /x/{}",
		         "[find] | [sort] [-r] | [xargs] [-I{}] [rm] [-d] [/x/{}]"));
		CHECK(is(k, s, "a&&b||c|d;e;", "[a] && [b] || [c] | [d] ; [e]"));
	}
	TEST("what is between commands may be much or nothing") {
		CHECK(is(k, s, "", "") && is(k, s, " \n\t\n", "") && is(k, s, "# only words", ""));
		CHECK(is(k, s, "\n a &&\n\n b;\n c # d; e\nf#g", "[a] && [b] ; [c] ; [f#g]"));
		CHECK(is(k, s, "a \\\n b\\\nc", "[a] [bc]"));
	}
	TEST("quotes take the meaning, and are no part of a word") {
		CHECK(is(k, s, "a 'b  c' \"d;e\" f\\ g \\& ''", "[a] [b  c] [d;e] [f g] [&] []"));
		CHECK(is(k, s, "p='a b'c\"d\"", "character 1: 'p='a b'c\"d\"' has a meaning in other "
		         "shells; this one knows commands, quotes, * && || ; and |"));
		CHECK(is(k, s, "a p='x'y\"z\"", "[a] [p=xyz]"));
		CHECK(is(k, s, "a '\\\"$`' \"\\$\\`\\\"\\\\\\q'\"", "[a] [\\\"$`] [$`\"\\\\q']"));
		CHECK(is(k, s, "a \"b\\\nc\" '\n'", "[a] [bc] [\n]"));
	}
	TEST("patterns are those characters that no quote took") {
		CHECK(is(k, s, "cp -r /fw/* /x", "[cp] [-r] [/fw/*]<*> [/x]"));
		CHECK(is(k, s, "a 'b*'/c\\*?[a-c]", "[a] [b*/c*?[a-c]]<c\\*?[a-c]>"));
		CHECK(is(k, s, "a '*' \\? \"[\"", "[a] [*] [?] [[]"));
		CHECK(is(k, s, "a ['!'a']'*", "[a] [[!a]*]<[\\!a\\]*>"));
		CHECK(refused(k, s, "a */b", 4) && refused(k, s, "a *'/'b", 5) &&
		      refused(k, s, "a b[c/d]", 6));
	}
	TEST("what means something else is refused, with its place") {
		static const struct { const char *text; int at; } wrong[] = {
			{ "a $B", 3 }, { "a \"$B\"", 4 }, { "a; `b`", 4 }, { "a \"`\"", 4 }, { "a > b", 3 },
			{ "a <b", 3 }, { "(a)", 1 }, { "a )", 3 }, { "f() a", 2 }, { "a &", 3 }, { "a |& b", 4 },
			{ "a; b=c d", 4 }, { "a ~", 3 }, { "! a", 1 }, { "{ a; }", 1 }, { "a; if b", 4 },
			{ "for a", 1 }, { "a || while b", 6 }, { "until a", 1 }, { "case a", 1 },
			{ "function a", 1 }, { "a \\", 3 }, { "set -e; false", 1 }, { "a; }", 4 },
			{ "export PATH; a", 1 }, { "a; do b", 4 }, { "exec a", 1 }, { ". ./x", 1 }, { "eval a", 1 },
			{ "trap a 0", 1 }, { "unset A", 1 }, { "a | [ -d d ]", 5 }, { "'export' PATH", 1 },
			{ "\\set -e", 1 }, { "a {b,c}", 3 }, { "a b{{c},d}", 4 }, { "a {}{1..3}", 5 },
		};

		for (size_t i = 0; i < countof(wrong); i++)
			CHECK(refused(k, s, wrong[i].text, wrong[i].at) && strstr(k->msg, "other shells"));
		CHECK(is(k, s, "a {} {}/.. {b},c '{d,'e} {f\\,} g,{h}", "[a] [{}] [{}/..] [{b},c] [{d,e}] "
		         "[{f,}] [g,{h}]"));
		CHECK(is(k, s, "a if ! { b=c ~", "character 14: '~' has a meaning in other shells; this "
		         "one knows commands, quotes, * && || ; and |"));
		CHECK(is(k, s, "a if ! { b=c }", "[a] [if] [!] [{] [b=c] [}]"));
	}
	TEST("what is not there, is told") {
		static const struct { const char *text; int at; } wrong[] = {
			{ ";", 1 }, { "a ;; b", 4 }, { "a &&", 5 }, { "a | ; b", 5 }, { "&& a", 1 },
			{ "a || | b", 6 }, { "a &&\n", 6 }, { "a;\n;", 4 },
		};

		for (size_t i = 0; i < countof(wrong); i++)
			CHECK(refused(k, s, wrong[i].text, wrong[i].at) && strstr(k->msg, "a command"));
		CHECK(refused(k, s, "a 'b", 3) && refused(k, s, "a b\"c\\\"", 4) && refused(k, s, "'", 1));
	}
	TEST("a zero byte is no character") {
		CHECK(script_parse(k, s, (struct str){ "a\0b", 3 }, &script) == KML_USAGE);
		CHECK(script_parse(k, s, (struct str){ "a '\0'", 5 }, &script) == KML_USAGE);
		CHECK(script_parse(k, s, (struct str){ "a \"\\\0\"", 6 }, &script) == KML_USAGE);
	}
TESTS_END
