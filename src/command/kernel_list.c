/* kernel_list.c - the options of all commands that work on a list of kernels.
 *
 * They are rows of each such command's table, and fill the field `kernels` of its
 * arguments, a struct kernels_from.
 */
#ifndef KML_KERNEL_LIST_C
#define KML_KERNEL_LIST_C

#include "../ground/opt.c"
#include "../site/kernels.c"

#define KERNEL_LIST_OPTS(T) \
	OPT(T, kernels.names, 'k', "kernel", "KVER", "this kernel; without any, the running one"), \
	OPT(T, kernels.files, 'K', "kernels", "FILE", \
	    "those in FILE, one a line, '#' begins a comment; - is standard input"), \
	OPT(T, kernels.installed, 0, "installed", "DIR", \
	    "those with modules below DIR/lib/modules; / is this machine"), \
	OPT(T, kernels.tags, 0, "tags", "REPOSITORY", \
	    "those that the tags of a registry's repository or a layout name"), \
	OPT(T, kernels.shard, 0, "shard", "I/N", \
	    "the I-th of N parts of the list, from 0 or from 1 (N/N is 0/N); of N alone, " \
	    "JOB_COMPLETION_INDEX says which")

#endif
