/* parms.c - which parameter of a module was wrong, and what it has instead.
 *
 * The kernel's log names the parameter and the value it does not take.  Where it
 * cannot be read, the module itself tells what it has: "parmtype=NAME:TYPE" for the
 * usual ones and "parm=NAME:TEXT" for those that are described.  A number must be
 * one; whether it is small enough, only the module knows.
 */
#ifndef KML_PARMS_C
#define KML_PARMS_C

#include "../ground/base.c"
#include "../format/nearest.c"
#include "attempt.c"

enum { PARMS_SHOWN = 8 };

/* The same name, '-' and '_' being one letter? */
static bool parms_same(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if ((a.p[i] == '-' ? '_' : a.p[i]) != (b.p[i] == '-' ? '_' : b.p[i]))
			return false;
	return true;
}

/* What the field "KEY=NAME:..." says behind the colon. */
static struct str parms_field(const struct attempt *a, struct str key, struct str name)
{
	struct str value;

	for (size_t i = 0; (value = modinfo_next(&a->info, key, &i)).p;)
		if (parms_same(str_take(&value, ':'), name))
			return value;
	return (struct str){ 0 };
}

/* Take the next NAME[=VALUE] off *rest; quotes keep blanks together.  Without a value
 * that is NULL. */
static bool parms_next(struct str *rest, struct str *name, struct str *value)
{
	bool quoted = false;
	size_t n = 0;

	*rest = str_trim(*rest);
	for (; n < rest->n && (quoted || !str_blank(rest->p[n])); n++)
		quoted ^= rest->p[n] == '"';
	*value = (struct str){ rest->p, n };
	*rest = str_from(*rest, n);
	*name = str_take(value, '=');
	if (name->n == n)
		value->p = NULL;
	if (value->n > 1 && value->p[0] == '"' && value->p[value->n - 1] == '"')
		*value = (struct str){ value->p + 1, value->n - 2 };
	return n > 0;
}

/* ---- a name that the module does not have -------------------------------- */

/* The names of its parameters, each once, a few of them; the one nearest to `name`. */
static struct str parms_names(struct scope *s, const struct attempt *a, struct nearest *near,
                              size_t *n)
{
	struct buf b = { .s = s };

	*n = 0;
	for (size_t i = 0; i < a->info.n; i++) {
		struct str text = a->info.fields[i].value, name = str_take(&text, ':');
		bool type = str_eq(a->info.fields[i].key, S("parmtype"));

		if (!type && (!str_eq(a->info.fields[i].key, S("parm")) ||
		              parms_field(a, S("parmtype"), name).p))
			continue;
		nearest_offer(near, name);
		if (++*n <= PARMS_SHOWN)
			buf_format(&b, "%s%.*s", *n > 1 ? ", " : "", FMT(name));
	}
	if (*n > PARMS_SHOWN)
		buf_format(&b, " and %zu more", *n - PARMS_SHOWN);
	return buf_str(&b);
}

static void parms_unknown(struct scope *s, struct attempt *a, struct str name)
{
	struct nearest near = { .word = name };
	struct str names;
	size_t n;

	names = parms_names(s, a, &near, &n);
	if (!n)
		attempt_add(a, "%.*s has no parameter '%.*s'; it has none", FMT(a->name), FMT(name));
	else if (near.best.n)
		attempt_add(a, "%.*s has no parameter '%.*s'; did you mean '%.*s'?", FMT(a->name),
		            FMT(name), FMT(near.best));
	else
		attempt_add(a, "%.*s has no parameter '%.*s'; it has %.*s", FMT(a->name), FMT(name),
		            FMT(names));
}

/* Does the module say all its parameters?  Not when it has more than it says. */
static bool parms_complete(const struct attempt *a)
{
	const struct elf_section *at = elf_find(&a->elf, S("__param"));
	struct str value;
	uint64_t n = 0;

	for (size_t i = 0; (value = modinfo_next(&a->info, S("parmtype"), &i)).p;)
		n++;
	return n == (at ? at->size : 0) / (a->elf.wide ? 40 : 20);
}

/* ---- a value that it does not take --------------------------------------- */

static void parms_refused(struct kml *k, struct scope *s, struct attempt *a, struct str value,
                          struct str name, const char *how)
{
	struct str type = { 0 }, text = { 0 };

	if (attempt_look(k, s, a)) {
		type = parms_field(a, S("parmtype"), name);
		text = parms_field(a, S("parm"), name);
	}
	attempt_add(a, "'%.*s' is %s for the parameter %.*s%s%.*s%s of %.*s%s%.*s", FMT(value), how,
	            FMT(name), type.n ? " (" : "", FMT(type), type.n ? ")" : "", FMT(a->name),
	            text.n ? ": " : "", FMT(text));
}

/* May a parameter of that type have that value, as far as it can be seen? */
static bool parms_fits(struct scope *s, struct str type, struct str value)
{
	static const char *const numbers[] = { "byte", "short", "ushort", "int", "uint", "long",
	                                       "ulong", "ullong", "hexint" };
	char *text = scope_text(s, value), *end;
	bool number = false;

	if (str_eq(type, S("bool")) || str_eq(type, S("invbool")))
		return !value.p || (value.n && strchr("yYnN01tTfFoO", value.p[0]));
	for (size_t i = 0; i < countof(numbers); i++)
		number |= str_eq(type, str_of(numbers[i]));
	if (!number)
		return true;
	(void)strtoull(text, &end, 0);
	return !value.p || (value.n && !*end && !str_blank(text[0]));
}

/* Look at the parameters that were given, without a log. */
static void parms_compare(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str rest = str_of(a->params), name, value;
	bool complete;

	if (!attempt_look(k, s, a))
		return;
	complete = parms_complete(a);
	while (parms_next(&rest, &name, &value)) {
		struct str type = parms_field(a, S("parmtype"), name);

		if (type.p ? !parms_fits(s, type, value) : false)
			parms_refused(k, s, a, value, name, "no value");
		else if (!type.p && complete && !str_eq(name, S("dyndbg")) &&
		         !str_eq(name, S("async_probe")))
			parms_unknown(s, a, name);
	}
}

/* ---- what is known of the parameters ------------------------------------- */

static bool parms_explain(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str out[2];
	size_t i = 0;

	while (klog_next(&a->log, &i, a->name, "@: `%' invalid for parameter `%'", out))
		parms_refused(k, s, a, out[0], out[1], "no value");
	for (i = 0; klog_next(&a->log, &i, a->name, "@: `%' too large for parameter `%'", out);)
		parms_refused(k, s, a, out[0], out[1], "too long");
	for (i = 0; klog_next(&a->log, &i, a->name, "@: Unknown parameter `%'", out);)
		if (attempt_look(k, s, a))
			parms_unknown(s, a, out[0]);
	for (i = 0; klog_next(&a->log, &i, a->name, "@: unknown parameter '%' ignored", out);)
		if (attempt_look(k, s, a))
			parms_unknown(s, a, out[0]);
	if (!a->log.there)
		parms_compare(k, s, a);
	return a->n > 0;
}

#endif
