/* refusal.c - why the kernel refused a module.
 *
 * The tools say what kmod says, one line with the kernel's errno in words.  Behind it
 * come the lines of this part, one to three: what the errno means for this module, on
 * this machine.  Only what is certain is said, and nothing is looked at when nobody
 * would hear it.
 *
 *     refusal_begin()      before the first attempt: the kernel's log counts from here
 *     refusal_tried()      after each: what was tried, and how it ended
 *     refusal_explain()    behind the message: why the last one was refused
 */
#ifndef KML_REFUSAL_C
#define KML_REFUSAL_C

#include "../ground/base.c"
#include "attempt.c"
#include "forbid.c"
#include "fwfile.c"
#include "loader.c"
#include "misfit.c"
#include "parms.c"

enum { REFUSAL_FIRMWARE = 3 };

struct refusal {
	struct attempt a;
	bool more;                      /* say also what did not stop a module */
};

/* From here on; `order` (may be NULL) is the tree that the modules are of. */
static void refusal_begin(struct kml *k, struct scope *s, struct refusal *f,
                          struct order *order)
{
	*f = (struct refusal){ .a = { .s = s, .order = order, .log.fd = -1 } };
	if (k->log)
		klog_mark(k, s, &f->a.log);
}

/* The running kernel's modules, which a file may need; NULL: nobody knows. */
static struct order *refusal_tree(struct kml *k, struct scope *s)
{
	static const struct modconf none;
	struct order *o = new(s, struct order);
	const char *dir;

	if (live_directory(k, s, NULL, NULL, &dir) < 0)
		return NULL;
	*o = order_begin(s, dir, &none);
	return o;
}

static void refusal_note(struct kml *k, struct attempt *a)
{
	for (size_t i = 0; i < a->n; i++)
		note(k, KML_INFO, "%s", a->lines[i]);
	a->n = 0;
}

/* ---- firmware ------------------------------------------------------------ */

/* Say of one file, that the module asks for or may ask for, that nobody has it. */
static bool refusal_no_firmware(struct kml *k, struct scope *s, struct attempt *a,
                                struct str name, const char *asks)
{
	const char *release = NULL, *path;

	(void)kernel_release(k, s, &release);
	if (!fwfile_plain(name) || fwfile_find(k, s, release, name, &path) == 0)
		return false;
	attempt_add(a, "%.*s %s for the firmware %.*s, which is not in /lib/firmware",
	            FMT(a->name), asks, FMT(name));
	return true;
}

/* What the kernel looked for in vain, of the module's own or for a driver of its name. */
static void refusal_firmware_log(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str out[3], known;
	size_t i = 0;

	if (!ATTEMPT_THOROUGH)
		return;
	while (klog_next(&a->log, &i, a->name, "% %: Direct firmware load for % failed", out)) {
		bool own = parms_same(out[0], a->name);

		for (size_t at = 0; !own && attempt_look(k, s, a) &&
		     (known = modinfo_next(&a->info, S("firmware"), &at)).p;)
			own = str_eq(known, out[2]);
		if (own)
			(void)refusal_no_firmware(k, s, a, out[2], "asked");
	}
}

/* What the module may ask for, all of it. */
static void refusal_firmware(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str name;
	size_t missing = 0;

	if (!attempt_look(k, s, a))
		return;
	for (size_t i = 0; missing < REFUSAL_FIRMWARE &&
	     (name = modinfo_next(&a->info, S("firmware"), &i)).p;)
		missing += refusal_no_firmware(k, s, a, name, "may ask");
}

/* ---- what was tried ------------------------------------------------------ */

/* What did not keep a module from being loaded: firmware that is not there; if more
 * is wanted, also that which it has not asked for, and parameters it does not know. */
static void refusal_loaded(struct kml *k, struct refusal *f)
{
	struct attempt *a = &f->a;
	struct scope *t = scope_begin(a->s);

	klog_read(k, t, &a->log);
	refusal_firmware_log(k, t, a);
	if (f->more && ATTEMPT_THOROUGH) {
		(void)parms_explain(k, t, a);
		if (!a->n)
			refusal_firmware(k, t, a);
	}
	refusal_note(k, a);
	scope_end(t);
	a->log.n = 0;
}

/* `name` was tried, from the file `path` or, if that is NULL, as `image`; `verdict` is
 * what the kernel said.  `f` may be NULL. */
static void refusal_tried(struct kml *k, struct refusal *f, struct str name, const char *path,
                          struct str image, const char *params, int flags, int verdict)
{
	struct attempt *a;

	if (!f || !k->log)
		return;
	a = &f->a;
	*a = (struct attempt){
		.s = a->s, .log = a->log, .order = a->order, .name = scope_str(a->s, name),
		.path = path ? scope_text(a->s, str_of(path)) : NULL, .image = image,
		.params = scope_text(a->s, str_of(params)), .flags = flags, .verdict = verdict,
	};
	if (!verdict)
		refusal_loaded(k, f);
}

/* What was tried before is of no matter any more.  `f` may be NULL. */
static void refusal_forget(struct refusal *f)
{
	if (f)
		f->a.verdict = 0;
}

/* ---- why ----------------------------------------------------------------- */

static void refusal_no_device(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str alias, first = { 0 };
	size_t n = 0;

	refusal_firmware_log(k, s, a);
	if (!ATTEMPT_THOROUGH || a->n || !attempt_look(k, s, a))
		return;
	for (size_t i = 0; (alias = modinfo_next(&a->info, S("alias"), &i)).p;)
		if (str_find(alias, ':') < alias.n && !str_starts(alias, S("devname:")) && !n++)
			first = alias;
	if (n > 1)
		attempt_add(a, "%.*s found nothing here that it drives (%.*s and %zu more)",
		            FMT(a->name), FMT(first), n - 1);
	else
		attempt_add(a, "%.*s found nothing here that it drives%s%.*s%s", FMT(a->name),
		            n ? " (" : "", FMT(first), n ? ")" : "");
}

static void refusal_state(struct kml *k, struct scope *s, struct attempt *a)
{
	enum live_state state = live_state(k, s, a->name);

	if (state == LIVE_GOING)
		attempt_add(a, "a module %.*s is just being unloaded", FMT(a->name));
	else if (state == LIVE_COMING)
		attempt_add(a, "a module %.*s is just being loaded, or is part of the kernel",
		            FMT(a->name));
	else if (state == LIVE_THERE)
		attempt_add(a, "a module %.*s is in the kernel already", FMT(a->name));
}

/* What the kernel itself said about the module: the last two warnings. */
static void refusal_quote(struct attempt *a)
{
	struct str path = a->path ? str_of(a->path) : S("");
	size_t found[2] = { 0 }, n = 0;

	for (size_t i = 0; i < a->log.n; i++) {
		const struct klog_line *l = &a->log.v[i];

		if (l->level > KLOG_WARNING || memmem(l->text.p, l->text.n, "taint", 5) ||
		    (!klog_names(l->text, a->name) && !klog_names(l->text, path)))
			continue;
		found[n++ % 2] = i;
	}
	for (size_t i = n > 2 ? n - 2 : 0; i < n; i++)
		attempt_add(a, "the kernel says: %.*s", FMT(a->log.v[found[i % 2]].text));
}

/* What is wrong with the module, or with its parameters. */
static void refusal_misfit(struct kml *k, struct scope *s, struct attempt *a)
{
	bool found = a->verdict != ENOENT && misfit_file(k, s, a);

	if (found || !ATTEMPT_THOROUGH)
		return;
	if (a->verdict == ENOENT)
		found = misfit_symbols(k, s, a);
	else
		found = (a->verdict == ENOEXEC && misfit_magic(k, s, a)) || misfit_versions(k, s, a);
	if (!found && a->verdict != ENOEXEC)
		(void)parms_explain(k, s, a);
}

static void refusal_why(struct kml *k, struct scope *s, struct attempt *a)
{
	switch (a->verdict) {
	case EPERM:
		forbid_explain(k, s, a);
		break;
	case EKEYREJECTED: case ENOKEY: case EBADMSG:
		(void)forbid_signature(k, s, a);
		break;
	case ENOEXEC: case ENOENT: case EINVAL: case ESRCH: case ENOSPC:
		refusal_misfit(k, s, a);
		break;
	case EBUSY: case EEXIST:
		refusal_state(k, s, a);
		break;
	case ENODEV:
		refusal_no_device(k, s, a);
		break;
	case ETXTBSY:
		attempt_add(a, "a program has %s open for writing", a->path ? a->path : a->name.p);
		break;
	default:
		refusal_firmware_log(k, s, a);
	}
	if (!a->n)
		refusal_quote(a);
}

/* The log has the name that the module gives itself, whatever its file is called. */
static void refusal_name(struct kml *k, struct scope *s, struct attempt *a)
{
	struct str name;
	size_t i = 0;

	if (attempt_look(k, s, a) && (name = modinfo_next(&a->info, S("name"), &i)).n)
		a->name = scope_str(a->s, name);
}

/* Find out why the last attempt was refused: its first line, which lives as long as
 * `f`, or NULL if nothing is known.  kml_message() stays. */
static const char *refusal_reason(struct kml *k, struct refusal *f)
{
	struct attempt *a = &f->a;
	struct scope *t;
	char *msg;

	if (!k->log || !a->verdict)
		return NULL;
	t = scope_begin(a->s);
	msg = scope_text(t, str_of(k->msg));
	klog_read(k, t, &a->log);
	a->n = 0;
	a->tried = false;
	refusal_name(k, t, a);
	refusal_why(k, t, a);
	say(k, "%s", msg);
	scope_end(t);
	a->log.n = 0;
	return a->n ? a->lines[0] : NULL;
}

/* Say why. */
static void refusal_explain(struct kml *k, struct refusal *f)
{
	if (refusal_reason(k, f))
		refusal_note(k, &f->a);
	refusal_forget(f);
}

#endif
