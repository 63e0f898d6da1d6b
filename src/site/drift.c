/* drift.c - is what the kernel has what it was given?
 *
 * A build of a module is known by what the kernel shows of it: srcversion, a hash of
 * its sources, and the build-id, the linker's hash of everything:
 *
 *     /sys/module/NAME/srcversion                    modinfo "srcversion"
 *     /sys/module/NAME/notes/.note.gnu.build-id      the section of that name
 *     /sys/module/NAME/parameters/KEY                those that may be read
 *
 * As text they are two words, "-" for one that is not known, which then differs
 * from nothing.  A parameter is shown the kernel's way ("Y" for 1, "16" for 0x10), so
 * it is compared with what was shown when the module had just been loaded.
 */
#ifndef KML_DRIFT_C
#define KML_DRIFT_C

#include "../ground/base.c"
#include "../module/live.c"
#include "../module/parms.c"
#include "resolved.c"
#include "state.c"
#include "steps.c"

enum { DRIFT_NOTE = 16, DRIFT_ID = 20 };        /* a note's head; the hash that follows */

static const char *drift_words(struct scope *s, struct str version, struct str note)
{
	struct buf b = { .s = s };

	note = str_from(note, DRIFT_NOTE);
	buf_format(&b, "%.*s ", FMT(version.n ? version : S("-")));
	for (size_t i = 0; i < note.n && i < DRIFT_ID; i++)
		buf_format(&b, "%02x", (unsigned char)note.p[i]);
	return scope_text(s, note.n ? buf_str(&b) : (buf_byte(&b, '-'), buf_str(&b)));
}

/* The build that the kernel has of the module. */
static const char *drift_live(struct kml *k, struct scope *s, const char *name)
{
	const char *path = live_path(s, str_of(name), "/notes/.note.gnu.build-id");
	struct str version = { 0 }, note = { 0 };

	if (live_read(k, s, str_of(name), "/srcversion", &version) < 0)
		version.n = 0;
	if (!path || sys_read_file(k, s, path, &note) < 0)
		note.n = 0;
	return drift_words(s, version, note);
}

/* The build that a module of an image is. */
static const char *drift_own(struct scope *s, const struct steps_module *m)
{
	size_t at = 0;

	return drift_words(s, modinfo_next(&m->info, S("srcversion"), &at), m->note);
}

/* How two builds differ: "srcversion A, not B"; NULL if they do not, as far as is known. */
static const char *drift_between(struct scope *s, const char *is, const char *wanted)
{
	static const char *const words[] = { "srcversion", "build-id" };
	struct str a = str_of(is), b = str_of(wanted);

	for (size_t i = 0; i < countof(words); i++) {
		struct str x = str_word(&a), y = str_word(&b);

		if (!str_eq(x, y) && !str_eq(x, S("-")) && !str_eq(y, S("-")))
			return scope_format(s, "%s %.*s, not %.*s", words[i], FMT(x), FMT(y));
	}
	return NULL;
}

/* What the kernel shows of the parameters in `given`, in one line. */
static const char *drift_shown(struct kml *k, struct scope *s, const char *name,
                               const char *given)
{
	struct str rest = str_of(given), key, value, text;
	struct buf b = { .s = s };

	while (parms_next(&rest, &key, &value)) {
		char *leaf = scope_format(s, "/parameters/%.*s", FMT(key));

		for (char *p = leaf; *p; p++)
			*p = *p == '-' ? '_' : *p;
		if (str_find(key, '/') < key.n || live_read(k, s, str_of(name), leaf, &text) < 0 ||
		    str_find(text, '\n') < text.n || str_find(text, '\0') < text.n)
			continue;
		buf_format(&b, "%s%.*s=%.*s", b.n ? " " : "", FMT(key), FMT(text));
	}
	return scope_text(s, buf_str(&b));
}

/* ---- what is said of it -------------------------------------------------- */

/* Sentences about what drifted, with "; " between them. */
__attribute__((format(printf, 2, 3)))
static void drift_say(struct buf *b, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_format(b, "%s%s", b->n ? "; " : "", text);
}

/* Compare one module with what the state says of it. */
static void drift_of_state(struct kml *k, struct scope *s, const struct state *st,
                           const char *name, struct buf *out)
{
	const char *build = state_about(&st->builds, name), *given = state_about(&st->given, name);
	const char *was = state_about(&st->shown, name), *now, *how;

	if (build && (how = drift_between(s, drift_live(k, s, name), build)))
		drift_say(out, "module %s in the kernel is not the one that was loaded (%s)", name, how);
	if (given && was && strcmp(now = drift_shown(k, s, name, given), was))
		drift_say(out, "module %s has the parameters \"%s\" now, and had \"%s\" when it was "
		          "loaded", name, now, was);
}

/* See that what was written of firmware is there; false: it is not. */
static bool drift_of_firmware(struct kml *k, struct scope *s, const struct state *st,
                              struct buf *out)
{
	bool all = true;

	for (size_t i = 0; i < st->firmware.n; i++)
		if (!sys_exists(k, s, st->firmware.v[i])) {
			drift_say(out, "firmware %s is missing", st->firmware.v[i]);
			all = false;
		}
	return all;
}

/* What the module says of the type of its parameter; empty: nothing. */
static struct str drift_type(const struct steps_module *m, struct str key)
{
	struct str text;

	for (size_t i = 0; (text = modinfo_next(&m->info, S("parmtype"), &i)).p;)
		if (str_eq(str_take(&text, ':'), key))
			return text;
	return (struct str){ 0 };
}

/* May the kernel show the one for the other?  Of types that are not known, it may. */
static bool drift_same_value(struct str type, struct str shown, struct str value)
{
	uint64_t a, b;

	if (str_eq(shown, value))
		return true;
	if (str_eq(type, S("bool")))
		return (str_eq(shown, S("Y"))) == (!value.p || (value.n && strchr("yY1", value.p[0])));
	if (str_uint(shown, &a) && str_uint(value, &b))
		return a == b;
	return !str_eq(type, S("charp"));
}

/* Compare one module that others loaded with the image's. */
static void drift_of_foreign(struct kml *k, struct scope *s, const struct steps_one *step,
                             struct buf *out)
{
	const char *how = drift_between(s, drift_live(k, s, step->name), drift_own(s, step->own));
	struct str rest = str_of(step->params), key, value, text;

	if (how)
		drift_say(out, "module %s in the kernel is another build than the image's (%s)",
		          step->name, how);
	while (parms_next(&rest, &key, &value)) {
		const char *one = drift_shown(k, s, step->name, scope_text(s, key));

		text = str_from(str_of(one), key.n + 1);
		if (*one &&
		    !drift_same_value(drift_type(step->own, key), text, value))
			drift_say(out, "module %s in the kernel has %s, not %.*s=%.*s", step->name, one,
			          FMT(key), FMT(value));
	}
}

/* Compare the parameters that a module was given, NULL if nobody knows, with those wanted. */
static void drift_of_given(const char *name, const char *given, const char *wanted,
                           struct buf *out)
{
	if (given && strcmp(given, wanted))
		drift_say(out, "module %s was loaded with \"%s\", and \"%s\" is wanted", name, given,
		          wanted);
}

/* Compare the state with what the rule wants besides an image; `l` was begun for it. */
static void drift_of_rule(struct kml *k, struct scope *s, const struct state *st,
                          const struct resolved *rule, struct steps *l, struct buf *out)
{
	const char *was = st->source ? st->source : "", *now = rule->firmware ? rule->firmware : "";

	if (st->dir && strcmp(was, now))        /* an older kml recorded neither */
		drift_say(out, "it was loaded with the firmware \"%s\", and \"%s\" is wanted", was,
		          now);
	for (size_t i = 0; i < rule->replaces.n; i++) {
		struct str name = modname_of_path(s, str_of(rule->replaces.v[i]));

		if (!state_has(&st->modules, name.p) && !state_has(&st->needed, name.p) &&
		    live_state(k, s, name) == LIVE_THERE && order_lookup(k, &l->host, name).n)
			drift_say(out, "module %s, which is to be replaced, is in the kernel", name.p);
	}
}

/* Compare one module that the state has with what is wanted of it now. */
static void drift_of_step(struct kml *k, struct scope *s, const struct state *st,
                          const struct steps_one *step, struct buf *out)
{
	const char *given = state_about(&st->given, step->name), *how;

	if (live_state(k, s, str_of(step->name)) != LIVE_THERE) {
		if (!step->soft)
			drift_say(out, "module %s is not loaded", step->name);
		return;
	}
	if (!state_has(&st->modules, step->name)) {
		drift_of_foreign(k, s, step, out);
		return;
	}
	drift_of_given(step->name, given, step->params, out);
	if ((how = drift_between(s, drift_live(k, s, step->name), drift_own(s, step->own))))
		drift_say(out, "module %s in the kernel is another build than the image's (%s)",
		          step->name, how);
}

#endif
