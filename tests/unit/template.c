#define KML_TEST
#include "../../src/format/template.c"
#include "../test.h"

static const struct template_var vars[] = {
	{ { "X", 1 }, { "5", 1 } }, { { "EMPTY", 5 }, { "", 0 } }, { { "KERNEL_XYZ", 10 }, { "5.14.0", 6 } },
};

static bool gives(struct kml *k, struct scope *s, const char *text, const char *want)
{
	struct template t = { .vars = vars, .nvars = countof(vars) };
	struct str out;

	return template_expand(k, s, str_of(text), &t, &out) == 0 && str_eq(out, str_of(want));
}

static bool refuses(struct kml *k, struct scope *s, const char *text, const char *why)
{
	struct template t = { .vars = vars, .nvars = countof(vars) };
	struct str out;

	return template_expand(k, s, str_of(text), &t, &out) == KML_BAD && strstr(k->msg, why);
}

TESTS
	TEST("variables, plain and in braces") {
		CHECK(gives(k, s, "", "") && gives(k, s, "r:5000/i:$X.${KERNEL_XYZ}_", "r:5000/i:5.5.14.0_"));
		CHECK(gives(k, s, "$X$X", "55") && gives(k, s, "${EMPTY}|$EMPTY", "|"));
	}
	TEST("defaults and alternatives") {
		CHECK(gives(k, s, "${N-d} ${N=d} ${N:-d} ${N:=d}", "d d d d"));
		CHECK(gives(k, s, "${X-d} ${X:-d} ${EMPTY-d}|${EMPTY:-d}", "5 5 |d"));
		CHECK(gives(k, s, "${N+a}|${N:+a}|${X+a}|${EMPTY:+a}", "||a|a"));
		CHECK(gives(k, s, "${N-}|${N:-}|${N:=}|${X+}", "|||5"));
	}
	TEST("a default is used whole") {
		CHECK(gives(k, s, "${N:-$X-$KERNEL_XYZ}", "5-5.14.0") && gives(k, s, "${N-a$X:b}", "a5:b"));
		CHECK(gives(k, s, "${N:-http://a-b:1}", "http://a-b:1") && gives(k, s, "${N:-$$}", "$"));
	}
	TEST("dollar signs that mean themselves") {
		CHECK(gives(k, s, "$$X $${X} a$ $_ ${_} ${ } ${} $. $", "$X ${X} a$ $_ ${_} ${ } ${} $. $"));
		CHECK(gives(k, s, "$$$X", "$5") && gives(k, s, "${-x} ${:+x} {} {${X}}", "${-x} ${:+x} {} {5}"));
		CHECK(gives(k, s, "`uname` \\$X", "`uname` \\5"));
	}
	TEST("nothing nests, and unknown operators are passed over, as in envsubst") {
		CHECK(gives(k, s, "${X:-${X}}", "5}") && gives(k, s, "${N:-}}", "}"));
		CHECK(gives(k, s, "${X#5}${X:0:1}${X:}x}${X/5/6}${X?e}", "55555"));
	}
	TEST("a variable that is not set is an error that names it") {
		CHECK(refuses(k, s, "a ${KERNEL_XYX}", "'KERNEL_XYX' is not set; did you mean KERNEL_XYZ?"));
		CHECK(refuses(k, s, "$NOWHERE", "the variable 'NOWHERE' is not set (${NAME-} allows that)"));
		CHECK(refuses(k, s, "${N:-$M}", "'M'") && refuses(k, s, "$1", "'1'") && refuses(k, s, "${EMPTY+$M}", "'M'"));
		CHECK(refuses(k, s, "${#X}", "'#X'") && refuses(k, s, "${ X}", "' X'") && refuses(k, s, "${$X}", "'$X'"));
		CHECK(refuses(k, s, "$X\xc3\xa9", "'X\xc3\xa9'"));
	}
	TEST("what is not closed is refused") {
		CHECK(refuses(k, s, "hello ${", "'${' lacks its closing brace"));
		CHECK(refuses(k, s, "${X", "lacks") && refuses(k, s, "${X:}", "lacks") && refuses(k, s, "${X\n}", "lacks"));
		CHECK(refuses(k, s, "${-x", "lacks") && refuses(k, s, "${X-", "lacks"));
	}
	TEST("what envsubst would make nonsense of is refused") {
		CHECK(refuses(k, s, "${N:-$}", "a default may hold $NAME") && refuses(k, s, "${N:-${X}}", "a default"));
		CHECK(refuses(k, s, "${-$X}", "no name of a variable") && refuses(k, s, "${_} $X", "unfinished"));
	}
	TEST("each step is told") {
		struct template t = { .vars = vars, .nvars = countof(vars) };
		struct template_step *step;
		struct str out;

		CHECK(template_expand(k, s, S("a$X${N:-b}"), &t, &out) == 0);
		CHECK(t.steps.n == 2 * sizeof *step);
		step = (struct template_step *)(void *)t.steps.p;
		CHECK(str_eq(step[0].from, S("$X")) && str_eq(step[0].to, S("5")) && !strcmp(step[0].why, "is set"));
		CHECK(str_eq(step[1].from, S("${N:-b}")) && str_eq(step[1].to, S("b")));
		CHECK(str_eq(step[1].name, S("N")) && !strcmp(step[1].why, "is not set"));
	}
TESTS_END
