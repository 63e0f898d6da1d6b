/* kver.c - the names of kernels: what `uname -r` says, and what is made of it.
 *
 * A kernel's name is text that its builder chose: "6.1.0-56-cloud-amd64",
 * "5.14.0-427.13.1.el9_4.x86_64+rt", "5.10.68+".  It becomes, as in KMM:
 *   - matched: without one '+' at its end, which is what mappings see;
 *   - normalised: fit for an image tag, each other character being a '_';
 *   - DNS-safe: normalised, in lower case, with '-' for '_' and '.';
 *   - the template variables, from the normalised name cut at '.', ',' and '-'.
 * Only the raw name says where modules are: lib/modules/<raw name>.
 *
 * Names are ordered as rpm orders versions: runs of digits by value, runs of
 * letters by byte, digits above letters, '~' below the end and '^' above it;
 * first what is before the first '-', then what is behind it.
 */
#ifndef KML_KVER_C
#define KML_KVER_C

#include "../ground/base.c"
#include "rune.c"
#include "template.c"

static bool kver_digit(char c) { return c >= '0' && c <= '9'; }

static bool kver_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Can this be a kernel's name?  It is one of a directory, and a word in texts. */
static int kver_check(struct kml *k, struct str raw)
{
	bool ok = raw.n && raw.n <= 255 && raw.p[0] != '.' && raw.p[0] != '-' && rune_is_text(raw);

	for (size_t i = 0; ok && i < raw.n; i++)
		ok = (unsigned char)raw.p[i] > ' ' && raw.p[i] != '/' && raw.p[i] != '\177';
	return ok ? 0 : fail(k, KML_BAD, "'%.*s' is no name of a kernel", FMT(raw));
}

/* What the rules of a mapping see of the kernel `raw`. */
static struct str kver_matched(struct str raw)
{
	return (struct str){ raw.p, raw.n - str_ends(raw, S("+")) };
}

static struct str kver_normal(struct scope *s, struct str t)
{
	struct buf b = { .s = s };

	bool valid;

	buf_room(&b, t.n + 1);
	while (t.n) {
		char c = t.p[0];

		rune_take(&t, &valid);
		buf_byte(&b, kver_alpha(c) || kver_digit(c) || c == '-' || c == '.' ? c : '_');
	}
	*buf_room(&b, 1) = '\0';
	return buf_str(&b);
}

static struct str kver_dns_safe(struct scope *s, struct str t)
{
	struct str out = kver_normal(s, t);
	char *p = scope_text(s, out);

	for (size_t i = 0; i < out.n; i++)
		p[i] = p[i] == '_' || p[i] == '.' ? '-' :
		       p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] - 'A' + 'a') : p[i];
	for (out.p = p; out.n && out.p[0] == '-';)
		out = str_from(out, 1);
	while (out.n && out.p[out.n - 1] == '-')
		out.n--;
	return scope_str(s, out);
}

/* ---- variables ----------------------------------------------------------- */

enum { KVER_VARS = 6 };

/* The template variables of a kernel; `raw` is normalised first. */
static int kver_vars(struct kml *k, struct scope *s, struct str raw,
                     struct template_var out[KVER_VARS])
{
	struct str full = kver_normal(s, raw), part[3], rest = full;
	bool more = true;

	for (size_t i = 0; i < countof(part); i++) {
		if (!more)
			return fail(k, KML_BAD, "kernel '%.*s' has no version of three numbers, "
			            "as in 6.1.0", FMT(raw));
		part[i] = (struct str){ rest.p, 0 };
		while (part[i].n < rest.n && !memchr(".,-", rest.p[part[i].n], 3))
			part[i].n++;
		more = part[i].n < rest.n;
		rest = str_from(rest, part[i].n + 1);
	}
	out[0] = (struct template_var){ S("KERNEL_FULL_VERSION"), full };
	out[1] = (struct template_var){ S("KERNEL_VERSION"), full };
	out[2] = (struct template_var){ S("KERNEL_XYZ"), str_of(scope_format(s, "%.*s.%.*s.%.*s",
		FMT(part[0]), FMT(part[1]), FMT(part[2]))) };
	out[3] = (struct template_var){ S("KERNEL_X"), part[0] };
	out[4] = (struct template_var){ S("KERNEL_Y"), part[1] };
	out[5] = (struct template_var){ S("KERNEL_Z"), part[2] };
	return 0;
}

/* ---- order --------------------------------------------------------------- */

/* Take the run of characters of the kind `is` off the front of *t. */
static struct str kver_run(struct str *t, bool (*is)(char))
{
	struct str run = { t->p, 0 };

	while (run.n < t->n && is(run.p[run.n]))
		run.n++;
	*t = str_from(*t, run.n);
	return run;
}

static bool kver_separator(char c)
{
	return !kver_alpha(c) && !kver_digit(c) && c != '~' && c != '^';
}

static int kver_compare_numbers(struct str a, struct str b)
{
	while (a.n && a.p[0] == '0')
		a = str_from(a, 1);
	while (b.n && b.p[0] == '0')
		b = str_from(b, 1);
	return a.n != b.n ? (a.n > b.n ? 1 : -1) : str_cmp(a, b);
}

static bool kver_at(struct str t, char c) { return t.n && t.p[0] == c; }

/* One part of a version, as rpmvercmp does it: below, at or above zero. */
static int kver_compare_part(struct str a, struct str b)
{
	for (;;) {
		bool digits;
		struct str x, y;
		int r;

		kver_run(&a, kver_separator);
		kver_run(&b, kver_separator);
		if (kver_at(a, '~') != kver_at(b, '~'))
			return kver_at(a, '~') ? -1 : 1;
		if (kver_at(a, '^') && !kver_at(b, '^'))
			return b.n ? -1 : 1;
		if (kver_at(b, '^') && !kver_at(a, '^'))
			return a.n ? 1 : -1;
		if (kver_at(a, '~') || kver_at(a, '^')) {
			a = str_from(a, 1);
			b = str_from(b, 1);
			continue;
		}
		if (!a.n || !b.n)
			return (a.n != 0) - (b.n != 0);
		digits = kver_digit(a.p[0]);
		x = kver_run(&a, digits ? kver_digit : kver_alpha);
		y = kver_run(&b, digits ? kver_digit : kver_alpha);
		if (!y.n)
			return digits ? 1 : -1;
		r = digits ? kver_compare_numbers(x, y) : str_cmp(x, y);
		if (r)
			return r;
	}
}

/* The order of two kernel names.  With `loose`, one that has nothing behind
 * its version is equal to all that begin with that version. */
static int kver_compare(struct str a, struct str b, bool loose)
{
	struct str x = str_take(&a, '-'), y = str_take(&b, '-');
	int r = kver_compare_part(x, y);

	return r || (loose && (!a.n || !b.n)) ? r : kver_compare_part(a, b);
}

/* ---- ranges: ">=6.2 <6.3", all of it must hold --------------------------- */

enum kver_op { KVER_LT, KVER_LE, KVER_EQ, KVER_NE, KVER_GE, KVER_GT };

struct kver_range {
	struct kver_bound { enum kver_op op; struct str version, text; } v[8];
	size_t n;
};

static bool kver_bound_of(struct str word, struct kver_bound *out)
{
	static const struct { const char *text; enum kver_op op; } ops[] = {
		{ "<=", KVER_LE }, { ">=", KVER_GE }, { "!=", KVER_NE }, { "==", KVER_EQ },
		{ "<", KVER_LT }, { ">", KVER_GT }, { "=", KVER_EQ },
	};

	for (size_t i = 0; i < countof(ops); i++) {
		struct str op = str_of(ops[i].text);

		if (!str_starts(word, op))
			continue;
		*out = (struct kver_bound){ ops[i].op, str_from(word, op.n), word };
		for (size_t j = 0; j < out->version.n; j++)
			if (memchr("<>=!,;|&*", out->version.p[j], 9))
				return false;
		return out->version.n && kver_digit(out->version.p[0]);
	}
	return false;
}

/* `text` must live as long as *out. */
static int kver_range_of(struct kml *k, struct str text, struct kver_range *out)
{
	struct str word;

	out->n = 0;
	while ((word = str_word(&text)).n) {
		if (out->n == countof(out->v))
			return fail(k, KML_BAD, "a range of more than %zu conditions; "
			            "use several sections", countof(out->v));
		if (!kver_bound_of(word, &out->v[out->n++]))
			return fail(k, KML_BAD, "'%.*s' is no condition; a range is as in "
			            "'>=6.2 <6.3', each with <, <=, =, !=, >= or > and no blank",
			            FMT(word));
	}
	return out->n ? 0 : fail(k, KML_BAD, "the range is empty; write one as '>=6.2 <6.3'");
}

static bool kver_bound_holds(struct kver_bound b, struct str kernel)
{
	int r = kver_compare(kernel, b.version, true);

	switch (b.op) {
	case KVER_LT: return r < 0;
	case KVER_LE: return r <= 0;
	case KVER_EQ: return r == 0;
	case KVER_NE: return r != 0;
	case KVER_GE: return r >= 0;
	case KVER_GT: return r > 0;
	}
	return false;
}

/* The first condition of the range that `kernel` does not meet, or NULL. */
static const struct kver_bound *kver_range_unmet(const struct kver_range *range,
                                                 struct str kernel)
{
	for (size_t i = 0; i < range->n; i++)
		if (!kver_bound_holds(range->v[i], kernel))
			return &range->v[i];
	return NULL;
}

#endif
