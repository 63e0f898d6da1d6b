/* klog.c - what the kernel wrote into its log while something was tried.
 *
 * An errno says little; the kernel's log says more.  Only what was written since
 * klog_mark() counts: a record of /dev/kmsg is
 *
 *     4,812,90211345,-;loop: `many' invalid for parameter `max_loop'
 *      SUBSYSTEM=...           lines that belong to it begin with a blank
 *
 * its level in the low three bits of the first number.  Where the log cannot be
 * read there are no lines, and nothing is concluded from that.
 */
#ifndef KML_KLOG_C
#define KML_KLOG_C

#include "../ground/base.c"
#include "../ground/machine.c"

enum { KLOG_LINES = 256, KLOG_RECORDS = 4096, KLOG_RECORD = 8192, KLOG_WARNING = 4 };

struct klog {
	int fd;                         /* -1: there is nothing to read any more */
	bool there;                     /* it could be read */
	struct klog_line { struct str text; unsigned level; } *v;
	size_t n;
};

/* From here on; it is read until `s` ends. */
static void klog_mark(struct kml *k, struct scope *s, struct klog *l)
{
	*l = (struct klog){ .fd = -1 };
	l->there = machine_follow(k, s, &l->fd) == 0;
	if (!l->there)
		l->fd = -1;
}

static void klog_add(struct scope *s, struct klog *l, struct str record)
{
	struct str head = str_take(&record, ';'), first = str_take(&head, ',');
	uint64_t level;

	if (l->n == KLOG_LINES || !record.n || !str_uint(first, &level))
		return;
	l->v[l->n++] = (struct klog_line){ scope_str(s, record), level & 7 };
}

/* The lines since the mark, or since the last time this was asked; those that are
 * there, if it cannot be read. */
static void klog_read(struct kml *k, struct scope *s, struct klog *l)
{
	char room[KLOG_RECORD];
	size_t got;

	if (l->fd < 0)
		return;
	l->v = NULL;
	l->n = 0;
	for (int i = 0; l->fd >= 0 && i < KLOG_RECORDS; i++) {
		struct str rest;

		if (machine_record(k, l->fd, room, sizeof room, &got) < 0)
			l->fd = -1;
		if (l->fd < 0 || !got)
			break;
		if (!l->v)
			l->v = news(s, struct klog_line, KLOG_LINES);
		for (rest = (struct str){ room, got }; rest.n;) {
			struct str line = str_take(&rest, '\n');

			if (line.n && line.p[0] != ' ')
				klog_add(s, l, line);
		}
	}
}

/* Is `line` as `pattern` has it, from its beginning?  '@' stands for `name`, each '%'
 * for any text, the shortest, which goes into *out++. */
static bool klog_match(struct str line, struct str name, const char *pattern, struct str *out)
{
	while (*pattern) {
		size_t plain = strcspn(pattern, "@%");
		struct str want = { pattern, plain };
		const char *at;

		if (!str_starts(line, want))
			return false;
		line = str_from(line, plain);
		pattern += plain;
		if (*pattern == '@') {
			if (!str_starts(line, name))
				return false;
			line = str_from(line, name.n);
			pattern++;
		} else if (*pattern) {
			plain = strcspn(++pattern, "@%");
			at = !plain ? line.p + line.n : !line.n ? NULL :
				memmem(line.p, line.n, pattern, plain);
			if (!at)
				return false;
			*out++ = (struct str){ line.p, (size_t)(at - line.p) };
			line = str_from(line, (size_t)(at - line.p));
		}
	}
	return true;
}

/* The next line at or after *i that is as `pattern` has it; step *i past it. */
static bool klog_next(const struct klog *l, size_t *i, struct str name, const char *pattern,
                      struct str *out)
{
	while (*i < l->n)
		if (klog_match(l->v[(*i)++].text, name, pattern, out))
			return true;
	return false;
}

/* Does `line` speak of `name`, as a word of its own? */
static bool klog_names(struct str line, struct str name)
{
	const char *at;

	while (name.n && line.n && (at = memmem(line.p, line.n, name.p, name.n))) {
		size_t from = (size_t)(at - line.p), end = from + name.n;
		bool word = (!from || strchr(" '\"`[/=(", at[-1])) &&
			(end == line.n || strchr(" '\"`])/:,.;", at[name.n]));

		if (word)
			return true;
		line = str_from(line, end);
	}
	return false;
}

#endif
