/* devname.c - modules.devname: device nodes that are there before their modules.
 *
 *     MODULE NODE cMAJOR:MINOR        or b for a block device; NODE is below /dev
 *
 * Who opens such a node makes the kernel load the module.  What comes of the lines
 * is made by programs with all rights, in formats with signs of their own: a NODE
 * that is more than the plain name of something below /dev is refused.
 */
#ifndef KML_DEVNAME_C
#define KML_DEVNAME_C

#include "../ground/base.c"

struct devname { struct str module, node; char type; uint64_t major, minor; };

enum { DEVNAME_MAJORS = 1 << 12, DEVNAME_MINORS = 1 << 20 };

static bool devname_plain(struct str t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] > '~' || strchr("\"'\\%", t.p[i]))
			return false;
	return t.n > 0;
}

/* Whether `node` stays below /dev. */
static bool devname_below(struct str node)
{
	bool end;

	do {
		size_t n = str_find(node, '/');
		struct str part = { node.p, n };

		end = n == node.n;
		node = str_from(node, n + 1);
		if (!part.n || str_eq(part, S(".")) || str_eq(part, S("..")))
			return false;
	} while (!end);
	return true;
}

/* The type of the device and its numbers. */
static bool devname_number(struct str text, struct devname *out)
{
	struct str major;

	if (!text.n || (text.p[0] != 'c' && text.p[0] != 'b'))
		return false;
	out->type = text.p[0];
	text = str_from(text, 1);
	major = str_take(&text, ':');
	return str_uint(major, &out->major) && str_uint(text, &out->minor) &&
	       out->major < DEVNAME_MAJORS && out->minor < DEVNAME_MINORS;
}

/* Read one line; 1 if it has one, 0 if it is empty or a comment. */
static int devname_line(struct kml *k, struct str line, struct devname *out)
{
	struct str number;

	if (str_starts(line, S("#")) || !str_trim(line).n)
		return 0;
	*out = (struct devname){ .module = str_word(&line), .node = str_word(&line) };
	number = str_word(&line);
	if (str_trim(line).n || !devname_plain(out->module) || !devname_number(number, out))
		return fail(k, KML_BAD, "not of the form MODULE NODE cMAJOR:MINOR");
	if (!devname_plain(out->node) || !devname_below(out->node))
		return fail(k, KML_BAD, "the node is not simply a name below /dev");
	return 1;
}

#endif
