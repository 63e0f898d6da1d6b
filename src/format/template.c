/* template.c - $NAME and ${NAME} in the text of a mapping.
 *
 *     $V ${V}                  the value
 *     ${V-d} ${V=d}            d when V is not set
 *     ${V:-d} ${V:=d}          d when V is not set or empty
 *     ${V+d} ${V:+d}           d when V is set, else nothing
 *     $$                       a dollar sign
 *
 * The grammar is the one of a8m/envsubst, which KMM uses, with its oddities:
 * nothing nests, an operator that does not exist is passed over, "$_", "${_}",
 * "${ }" and a lone '$' are text.  It differs in three ways on purpose: a
 * variable that is not set is an error, a default is used whole, and what
 * envsubst would take for a variable of an impossible name is an error too.
 */
#ifndef KML_TEMPLATE_C
#define KML_TEMPLATE_C

#include "../ground/base.c"
#include "nearest.c"

enum { TEMPLATE_MOST = 64 << 10 };      /* bytes; variables in variables grow fast */

struct template_var { struct str name, value; };

/* What became of one piece: "${V:-d}" "d", because V "is not set". */
struct template_step { struct str from, to, name; const char *why; };

struct template {
	struct kml *k;
	struct scope *s;
	const struct template_var *vars;
	size_t nvars;
	struct buf out;
	struct buf steps;               /* of struct template_step */
	bool open;                      /* "${_" was text: envsubst now awaits a brace */
};

static bool template_letter(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

static bool template_at(struct str t, const char *set)
{
	return t.n && t.p[0] && strchr(set, t.p[0]);
}

/* The letters at the front of `t`. */
static struct str template_name(struct str t)
{
	struct str name = { t.p, 0 };

	while (name.n < t.n && template_letter(t.p[name.n]))
		name.n++;
	return name;
}

static const struct template_var *template_find(const struct template *t, struct str name)
{
	for (size_t i = 0; i < t->nvars; i++)
		if (str_eq(t->vars[i].name, name))
			return &t->vars[i];
	return NULL;
}

static int template_unset(const struct template *t, struct str name)
{
	struct nearest near = { .word = name };

	for (size_t i = 0; i < t->nvars; i++)
		nearest_offer(&near, t->vars[i].name);
	if (near.best.n)
		return fail(t->k, KML_BAD, "the variable '%.*s' is not set; did you mean %.*s? "
		            "(${NAME-} allows that it is not set)", FMT(name), FMT(near.best));
	return fail(t->k, KML_BAD, "the variable '%.*s' is not set (${NAME-} allows that)",
	            FMT(name));
}

static void template_note(struct template *t, struct str from, size_t at, struct str name,
                          const char *why)
{
	struct template_step step = {
		from, { t->out.p + at, t->out.n - at }, name, why
	};

	step.to = scope_str(t->s, step.to);
	buf_add(&t->steps, (struct str){ (char *)&step, sizeof step });
}

/* A value for a variable that must have one. */
static int template_value(struct template *t, struct str name)
{
	const struct template_var *v = template_find(t, name);

	if (!v)
		return template_unset(t, name);
	buf_add(&t->out, v->value);
	return 0;
}

/* A default that is used: text in which $NAME counts, but ${NAME} does not. */
static int template_default(struct template *t, struct str text)
{
	while (text.n) {
		struct str head = str_take(&text, '$'), name;
		int r;

		buf_add(&t->out, head);
		if (head.p + head.n == text.p)
			break;                  /* no '$' was left */
		name = template_name(text);
		if (text.n && text.p[0] == '$') {
			buf_byte(&t->out, '$');
			name.n = 1;
		} else if (!name.n) {
			return fail(t->k, KML_BAD, "a default may hold $NAME, and $$ for a dollar sign, "
			            "but not ${NAME} and no other '$'");
		} else if ((r = template_value(t, name)) < 0) {
			return r;
		}
		text = str_from(text, name.n);
	}
	return 0;
}

/* ${NAME OP DEFAULT} */
static int template_substitute(struct template *t, struct str from, struct str name,
                               struct str op, struct str more)
{
	const struct template_var *v = template_find(t, name);
	bool colon = op.n > 1, plus, used;
	size_t at = t->out.n;
	int r = 0;

	if (!op.n) {
		if ((r = template_value(t, name)) == 0)
			template_note(t, from, at, name, "is set");
		return r;
	}
	plus = op.p[op.n - 1] == '+';
	used = plus ? v != NULL : !v || (colon && !v->value.n);
	if (used && more.n)
		r = template_default(t, more);
	else if (v && (!plus || !more.n))
		buf_add(&t->out, v->value);
	if (r == 0)
		template_note(t, from, at, name, !v ? "is not set" : v->value.n ? "is set" : "is empty");
	return r;
}

static int template_unclosed(const struct template *t, struct str from)
{
	return fail(t->k, KML_BAD, "'%.*s' lacks its closing brace; a dollar sign is written $$",
	            FMT(from));
}

/* The text up to the '}' that closes; false when the line ends before. */
static bool template_close(struct str *rest, struct str *inside)
{
	*inside = (struct str){ rest->p, 0 };
	while (inside->n < rest->n && !memchr("}\r\n", rest->p[inside->n], 3))
		inside->n++;
	*rest = str_from(*rest, inside->n);
	return rest->n && rest->p[0] == '}';
}

/* "${..." that envsubst passes on as it is, up to its brace. */
static int template_verbatim(struct template *t, struct str from, struct str rest,
                             struct str *after)
{
	struct str inside;

	if (!template_close(&rest, &inside))
		return template_unclosed(t, from);
	if (str_find(inside, '$') < inside.n)
		return fail(t->k, KML_BAD, "'%.*s' has no name of a variable where one belongs",
		            FMT(from));
	*after = str_from(rest, 1);
	from.n = (size_t)(after->p - from.p);
	buf_add(&t->out, from);
	return 0;
}

/* The name behind "${": letters, or what envsubst takes for one, which begins
 * with any other character and is never set.  Empty when all is text. */
static struct str template_braced_name(struct str rest)
{
	struct str name = template_name(rest);
	size_t skip = template_at(rest, ":") ? 2 : 1;

	if (name.n || template_at(rest, "+-=}") || str_starts(rest, S(":-")) ||
	    str_starts(rest, S(":+")) || str_starts(rest, S(":=")) || rest.n <= skip)
		return name;
	if (rest.p[skip] != '$' && !template_letter(rest.p[skip]))
		return name;
	name = template_name(str_from(rest, skip + 1));
	return (struct str){ rest.p, skip + 1 + name.n };
}

static int template_braces(struct template *t, struct str from, struct str *after)
{
	struct str rest = str_from(from, 2), name = template_braced_name(rest), op = { 0 }, more;

	if (str_eq(name, S("_"))) {
		t->open = true;
		*after = str_from(from, 3);
		buf_add(&t->out, S("${_"));
		return 0;
	}
	if (!name.n)
		return template_verbatim(t, from, rest, after);
	rest = str_from(rest, name.n);
	if (template_at(rest, "+-="))
		op = (struct str){ rest.p, 1 };
	else if (rest.n > 1 && rest.p[0] == ':' && template_at(str_from(rest, 1), "+-="))
		op = (struct str){ rest.p, 2 };
	else if (template_at(rest, ":"))
		rest = str_from(rest, 2);       /* envsubst passes over any character here */
	rest = str_from(rest, op.n);
	if (!template_close(&rest, &more))
		return template_unclosed(t, from);
	*after = str_from(rest, 1);
	from.n = (size_t)(after->p - from.p);
	return template_substitute(t, from, name, op, more);
}

/* What begins with the '$' at the front of `from`. */
static int template_dollar(struct template *t, struct str from, struct str *after)
{
	struct str name = template_name(str_from(from, 1));

	if (from.n > 1 && from.p[1] == '{')
		return template_braces(t, from, after);
	if (from.n > 1 && from.p[1] == '$') {
		*after = str_from(from, 2);
		buf_byte(&t->out, '$');
		return 0;
	}
	*after = str_from(from, 1 + name.n);
	from.n = 1 + name.n;
	if (!name.n || str_eq(name, S("_"))) {
		buf_add(&t->out, from);
		return 0;
	}
	if (t->open)
		return fail(t->k, KML_BAD, "'%.*s' after an unfinished '${_'; write '$${_' for that",
		            FMT(from));
	return template_substitute(t, from, name, (struct str){ 0 }, (struct str){ 0 });
}

/* Expand `text`; of *t, which the caller set to zero, `vars` and `nvars` are
 * read, and `steps` tells what was done. */
static int template_expand(struct kml *k, struct scope *s, struct str text, struct template *t,
                           struct str *out)
{
	t->k = k;
	t->s = t->out.s = t->steps.s = s;
	buf_room(&t->out, text.n + 1);
	while (text.n) {
		struct str head = str_take(&text, '$');
		int r;

		buf_add(&t->out, head);
		if (head.p + head.n == text.p)
			break;
		text = (struct str){ text.p - 1, text.n + 1 };
		if ((r = template_dollar(t, text, &text)) < 0)
			return r;
		if (t->out.n > TEMPLATE_MOST)
			return fail(k, KML_BAD, "it has more than %d bytes", TEMPLATE_MOST);
	}
	*buf_room(&t->out, 1) = '\0';
	*out = buf_str(&t->out);
	return 0;
}

/* To expand only a part of a text: variables of which `v` is one stay in it, until
 * template_kept() as "\1{NAME}", where \1 is a byte that no text of a file has. */
static void template_keep(struct scope *s, struct template_var *v)
{
	v->value = str_of(scope_format(s, "\1{%.*s}", FMT(v->name)));
}

/* The template that an expansion left. */
static struct str template_kept(struct scope *s, struct str text)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '$')
			buf_byte(&b, '$');
		buf_byte(&b, text.p[i] == '\1' ? '$' : text.p[i]);
	}
	return buf_str(&b);
}

#endif
