/* kml.c - all of kml, in reading order.
 *
 * This file is the table of contents: each part below uses only parts above
 * it, and says in its own #include lines which.  The whole program is one
 * translation unit; `make lint` proves that every part also stands alone.
 *
 *     make vendor && musl-gcc -static -Ibuild/vendor/include kml.c build/vendor/musl/libvendor.a
 *
 * -DKML_LIBRARY leaves out the command line, -DKML_LOADER all that is about
 * images: what remains is modprobe, depmod and their kin for an initramfs.
 */

/* ground    - slices, scopes, failure; then the system */
#include "src/ground/base.c"
#include "src/ground/source.c"
#include "src/ground/sys.c"
#include "src/ground/save.c"
#include "src/ground/kernel.c"
#include "src/ground/pool.c"

/* formats   - bytes in, structs out; no system calls */
#include "src/format/elf.c"
#include "src/format/modinfo.c"
#include "src/format/symbols.c"
#include "src/format/codec.c"
#include "src/format/trie.c"
#include "src/format/kmodhash.c"
#include "src/format/depconf.c"

/* modules   - a tree of modules, their order, the running kernel */
#include "src/module/modfile.c"
#include "src/module/tree.c"
#include "src/module/depscan.c"
#include "src/module/depgraph.c"
#include "src/module/depfile.c"
#include "src/module/depindex.c"
#include "src/module/depmod.c"

#ifndef KML_LOADER

/* images    - OCI layouts, layers, what is in them */

/* sites     - kernel mappings and what is done with them */
#include "src/site/state.c"

#endif

/* surface   - the C interface, kml.h */

#ifndef KML_LIBRARY

/* commands  - the command line, and one part for each command */
#include "src/ground/opt.c"
#include "src/ground/machine.c"
#include "src/command/shell.c"
#include "src/command/cmd_sleep.c"
#include "src/command/cmd_init.c"

static const struct applet *const applets[] = {
	/* kmod's own */
#ifndef KML_LOADER
	/* images, mappings, nodes */
#endif
	&applet_sleep, &applet_init,
	NULL
};

int main(int argc, char **argv)
{
	return shell_main(applets, argc, argv);
}

#endif
