/* kernel_list.c - the options of all commands that work on a list of kernels.
 *
 * They are rows of each such command's table, and fill the field `kernels` of its
 * arguments, a struct kernels_from.
 */
#ifndef KML_KERNEL_LIST_C
#define KML_KERNEL_LIST_C

#include "../ground/opt.c"
#include "../site/kernels.c"
#include "../site/mapping.c"
#include "../site/reach.c"

#define KERNEL_LIST_OPTS(T) \
	OPT(T, kernels.names, 'k', "kernel", "KVER", "this kernel; may be given again"), \
	OPT(T, kernels.files, 'K', "kernels", "FILE", \
	    "those in FILE, one a line, '#' begins a comment; - is standard input"), \
	OPT(T, kernels.installed, 0, "installed", "DIR", \
	    "those with modules below DIR/lib/modules; / is this machine"), \
	OPT(T, kernels.tags, 0, "tags", "REPOSITORY", \
	    "those that the tags of a registry's repository or a layout name"), \
	OPT(T, kernels.shard, 0, "shard", "I/N", \
	    "the I-th of N parts of the list, from 0 or from 1 (N/N is 0/N); of N alone, " \
	    "JOB_COMPLETION_INDEX says which")

/* The kernels that are meant.  A registry that they come from may be one that `all`, the
 * settings that were read, know more of. */
static int kernel_list_find(struct kml *k, struct scope *s, const struct kernels_from *from,
                            const struct mappings *all, const struct remote_options *o,
                            struct kernels *out)
{
	struct remote_options own = *o;

	for (size_t i = 0; i < all->n && !own.nhosts; i++) {
		const struct resolved rule = { .set = &all->v[i].set, .base = all->v[i].base };

		own = reach_options(s, &rule, o, S(""));
	}
	return kernels_find(k, s, from, &own, out);
}

#endif
