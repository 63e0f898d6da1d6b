/* forbid.c - who forbade it: capabilities, switches of the kernel, signatures.
 *
 * A kernel takes modules from a process with CAP_SYS_MODULE in the first user
 * namespace, unless /proc/sys/kernel/modules_disabled is 1.  With
 * module.sig_enforce, and when it is locked down, a module must have a signature
 * (modsig.c) by a key that the kernel knows:
 *
 *     EKEYREJECTED    unsigned or by an unknown key, and that is enforced; or the
 *                     signature does not fit
 *     EPERM           unsigned or by an unknown key, and the kernel is locked down
 *     ENOKEY          both of them, before Linux 5.4
 *     EBADMSG         no signature can be made out
 */
#ifndef KML_FORBID_C
#define KML_FORBID_C

#include "../ground/base.c"
#include "../format/modsig.c"
#include "attempt.c"

enum { FORBID_SYS_MODULE = 16, FORBID_KEY = 32 };

/* ---- the process and the kernel ------------------------------------------ */

/* Does this process have the capability?  Also when nobody can tell. */
static bool forbid_capable(struct kml *k, struct scope *s)
{
	struct str text = attempt_text(k, s, "/proc/self/status");

	while (text.n) {
		struct str line = str_take(&text, '\n');

		if (str_starts(line, S("CapEff:")))
			return strtoull(scope_text(s, str_from(line, 7)), NULL, 16) >>
				FORBID_SYS_MODULE & 1;
	}
	return true;
}

/* Is the process in a user namespace, where capabilities are only for what is in it? */
static bool forbid_namespace(struct kml *k, struct scope *s)
{
	struct str map = attempt_text(k, s, "/proc/self/uid_map");
	struct str inside = str_word(&map), outside = str_word(&map), n = str_word(&map);

	return n.n && !(str_eq(inside, S("0")) && str_eq(outside, S("0")) &&
	                str_eq(n, S("4294967295")));
}

/* What of the process or the kernel as a whole forbids it; NULL if nothing does. */
static const char *forbid_all(struct kml *k, struct scope *s)
{
	if (!forbid_capable(k, s))
		return "this needs root with CAP_SYS_MODULE (in a container: --cap-add SYS_MODULE)";
	if (forbid_namespace(k, s))
		return "this process is in a user namespace: only root outside of it may do this";
	if (str_eq(attempt_text(k, s, "/proc/sys/kernel/modules_disabled"), S("1")))
		return "kernel.modules_disabled is 1: no module goes in or out until the next boot";
	return NULL;
}

/* Does module_blacklist= on the kernel's command line name the module? */
static bool forbid_listed(struct kml *k, struct scope *s, struct str name)
{
	struct str line = attempt_text(k, s, "/proc/cmdline"), key = S("module_blacklist=");
	struct str word;

	while ((word = str_word(&line)).n) {
		if (!str_starts(word, key))
			continue;
		for (word = str_from(word, key.n); word.n;)
			if (str_eq(str_take(&word, ','), name))
				return true;
	}
	return false;
}

/* How far the kernel is locked down: the word in brackets; empty if it is not. */
static struct str forbid_lockdown(struct kml *k, struct scope *s)
{
	struct str text = attempt_text(k, s, "/sys/kernel/security/lockdown");

	str_take(&text, '[');
	text = str_take(&text, ']');
	return str_eq(text, S("none")) ? S("") : text;
}

/* ---- the signature ------------------------------------------------------- */

static const char *forbid_hex(struct scope *s, struct str bytes)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < bytes.n && i < FORBID_KEY; i++)
		buf_format(&b, "%s%02X", i ? ":" : "", (unsigned char)bytes.p[i]);
	return scope_text(s, buf_str(&b));
}

static const char forbid_altered[] =
	"it does not fit, since the file was changed or the key revoked";

/* Why the kernel does not believe a signature that is there. */
static const char *forbid_doubt(const struct attempt *a)
{
	struct str what;
	size_t i = 0;

	if (klog_next(&a->log, &i, a->name, "Loading of % is rejected", &what))
		return what.n && memmem(what.p, what.n, "crypto", 6) ?
			"this kernel cannot check such a signature" :
			"this kernel does not know the key";
	if (a->verdict == ENOKEY || a->verdict == EPERM)
		return "this kernel does not know the key";
	return a->log.there ? forbid_altered :
		"this kernel does not know the key, or the file was changed since";
}

/* Say what its signature is, and what the kernel wants; false if that is not why. */
static bool forbid_signature(struct kml *k, struct scope *s, struct attempt *a)
{
	bool enforced = str_eq(attempt_text(k, s, "/sys/module/module/parameters/sig_enforce"),
	                       S("Y"));
	struct str lockdown = forbid_lockdown(k, s);
	const char *doubt = NULL;
	struct modsig sig;
	int r;

	if (a->verdict == EPERM && !enforced && !lockdown.n)
		return false;
	if (!attempt_look(k, s, a) && !a->src.size)
		return false;
	if ((r = modsig_read(k, &a->src, &sig)) < 0 && r != KML_NOTFOUND)
		return false;
	if (r == 0)
		doubt = forbid_doubt(a);
	if (r < 0)
		attempt_add(a, "%.*s is %s", FMT(a->name), k->msg);
	else
		attempt_add(a, "%.*s is signed by '%.*s' (key %s, %s): %s", FMT(a->name),
		            FMT(sig.signer), forbid_hex(s, sig.key), sig.digest, doubt);
	if (doubt != forbid_altered && (enforced || lockdown.n))
		attempt_add(a, "this kernel wants a signature by a key it knows (%s%s%s%.*s): sign it "
		            "with one, or enroll yours with mokutil --import",
		            enforced ? "module.sig_enforce=1" : "", enforced && lockdown.n ? ", " : "",
		            lockdown.n ? "lockdown: " : "", FMT(lockdown));
	return true;
}

/* ---- all of it ----------------------------------------------------------- */

/* Explain EPERM. */
static void forbid_explain(struct kml *k, struct scope *s, struct attempt *a)
{
	const char *all = forbid_all(k, s);
	struct str lockdown = forbid_lockdown(k, s);

	if (all)
		attempt_add(a, "%s", all);
	else if (ATTEMPT_THOROUGH && forbid_listed(k, s, a->name))
		attempt_add(a, "the kernel was started with module_blacklist=...%.*s...",
		            FMT(a->name));
	else if (a->flags && lockdown.n)
		attempt_add(a, "the kernel is locked down (%.*s): nothing is loaded by force",
		            FMT(lockdown));
	else
		(void)forbid_signature(k, s, a);
}

#endif
