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

/* Who waits for kml waits for a disk, a server or the kernel: it is compiled for size, but for what
 * depmod does with each symbol of each module and what each byte of an image goes through. */
#if defined(__OPTIMIZE__) && !defined(__clang__)
#define FOR_SPEED _Pragma("GCC pop_options")
#define FOR_SIZE _Pragma("GCC push_options") _Pragma("GCC optimize (\"Os\")")
#else
#define FOR_SPEED
#define FOR_SIZE
#endif

/* ground    - slices, scopes, failure; then the system */
#include "src/ground/base.c"
FOR_SIZE
#include "src/ground/source.c"
#include "src/ground/env.c"
#include "src/ground/sys.c"
#include "src/ground/walk.c"
#include "src/ground/save.c"
#include "src/ground/place.c"
#include "src/ground/unpack.c"
#include "src/ground/stamp.c"
#include "src/ground/kernel.c"
#include "src/ground/machine.c"
#include "src/ground/root.c"
#include "src/ground/process.c"
#include "src/ground/pool.c"
#include "src/ground/opt.c"

/* formats   - bytes in, structs out; no system calls */
FOR_SPEED
#include "src/format/elf.c"
#include "src/format/modinfo.c"
#include "src/format/symbols.c"
#include "src/format/modname.c"
#include "src/format/trie.c"
#include "src/format/kmodhash.c"
FOR_SIZE
#include "src/format/codec.c"
#include "src/format/pkcs7.c"
#include "src/format/modsig.c"
#include "src/format/glob.c"
#include "src/format/nearest.c"
#include "src/format/index.c"
#include "src/format/modconf.c"
#include "src/format/modlist.c"
#include "src/format/devname.c"
#include "src/format/superblock.c"
#include "src/format/ere.c"
#include "src/format/depconf.c"
#include "src/format/emit.c"
#include "src/format/chart.c"
#include "src/format/shellword.c"

/* modules   - a tree of modules, their order, the running kernel */
#include "src/module/modfile.c"
#include "src/module/tree.c"
FOR_SPEED
#include "src/module/depscan.c"
FOR_SIZE
#include "src/module/depcache.c"
#include "src/module/depgraph.c"
#include "src/module/depfile.c"
#include "src/module/depindex.c"
#include "src/module/depmod.c"
#include "src/module/config.c"
#include "src/module/live.c"
#include "src/module/modalias.c"
#include "src/module/order.c"
#include "src/module/loader.c"

#include "src/module/fwfile.c"
#include "src/module/klog.c"
#include "src/module/attempt.c"
#include "src/module/forbid.c"
#include "src/module/misfit.c"
#include "src/module/parms.c"
#include "src/module/refusal.c"
#include "src/module/who.c"
#include "src/module/absent.c"
#include "src/module/hook.c"
#include "src/module/probe.c"
#include "src/module/boot.c"
#include "src/module/batch.c"

#ifndef KML_LOADER

/* more ground */
#include "src/ground/attrs.c"
#include "src/ground/net.c"
#include "src/ground/command.c"
#include "src/ground/job.c"

/* more formats, of images, registries and mappings */
FOR_SPEED
#include "src/format/digest.c"
FOR_SIZE
#include "src/format/tar.c"
#include "src/format/deflate.c"
#include "src/format/zstd.c"

#include "src/ground/listen.c"
#include "src/ground/progress.c"
#include "src/ground/replica.c"
#include "src/ground/spawn.c"

#include "src/format/json.c"
#include "src/format/ref.c"
#include "src/format/route.c"
#include "src/format/descriptor.c"
#include "src/format/manifest.c"
#include "src/format/saved.c"
#include "src/format/cpio.c"
#include "src/format/rune.c"
#include "src/format/spell.c"
#include "src/format/syntax.c"
#include "src/format/pattern.c"
#include "src/format/automaton.c"
#include "src/format/language.c"
#include "src/format/template.c"
#include "src/format/kver.c"
#include "src/format/interval.c"
#include "src/format/settings.c"
#include "src/format/base64.c"
#include "src/format/url.c"
#include "src/format/script.c"
#include "src/format/httphead.c"
#include "src/format/chunked.c"
#include "src/format/challenge.c"
#include "src/format/toml.c"
#include "src/format/x509.c"
#include "src/format/pem.c"
#include "src/format/privkey.c"

/* more of modules */
#include "src/module/needs.c"

/* images    - OCI layouts, layers, what is in them */
#include "src/image/store.c"
#include "src/image/transfer.c"
#include "src/image/layout.c"
#include "src/image/subject.c"
#include "src/image/folder.c"
#include "src/image/archive.c"
#include "src/image/archiver.c"
#include "src/image/names.c"
#include "src/image/entries.c"
#include "src/image/layer.c"
#include "src/image/image.c"
#include "src/image/gather.c"
#include "src/image/compose.c"
#include "src/image/spool.c"
#include "src/image/flat.c"
#include "src/image/extract.c"
#include "src/image/verify.c"

/* registries - bytes, TLS, HTTP, logins, the distribution API */
#include "src/registry/trust.c"
#include "src/registry/chain.c"
#include "src/registry/tls.c"
#include "src/registry/refused.c"
#include "src/registry/stream.c"
#include "src/registry/stream_accept.c"
#include "src/registry/proxy.c"
#include "src/registry/conn.c"
#include "src/registry/http.c"
#include "src/registry/retry.c"
#include "src/registry/creds.c"
#include "src/registry/auth.c"
#include "src/registry/keep.c"
#include "src/registry/mirrors.c"
#include "src/registry/registry.c"
#include "src/registry/download.c"
#include "src/registry/upload.c"
#include "src/registry/referrers.c"
#include "src/registry/remote.c"
#include "src/registry/caller.c"
#include "src/registry/shelf.c"
#include "src/registry/stock.c"
#include "src/registry/intake.c"
#include "src/registry/serve.c"

/* sites     - kernel mappings and what is done with them */
#include "src/site/rule.c"
#include "src/site/resolved.c"
#include "src/site/mapping.c"
#include "src/site/transport.c"
#include "src/site/reach.c"
#include "src/site/kernels.c"
#include "src/site/reached.c"
#include "src/site/lint.c"
#include "src/site/plan.c"
#include "src/site/lock.c"
#include "src/site/import.c"
#include "src/site/export.c"
#include "src/site/cluster.c"
#include "src/site/state.c"
#include "src/site/modset.c"
#include "src/site/program.c"
#include "src/site/initrd.c"
#include "src/site/closure.c"
#include "src/site/initramfs.c"
#include "src/site/firmware.c"
#include "src/site/steps.c"
#include "src/site/drift.c"
#include "src/site/health.c"
#include "src/site/load.c"
#include "src/site/depot.c"
#include "src/site/node.c"
#include "src/site/pin.c"
#include "src/site/copy.c"
#include "src/site/bundle.c"
#include "src/site/derive.c"
#include "src/site/pack.c"
#include "src/site/append.c"
#include "src/site/merge.c"
#include "src/site/multi.c"
#include "src/site/wild.c"
#include "src/site/snapshot.c"
#include "src/site/headers.c"
#include "src/site/make.c"
#include "src/site/build.c"

#endif

/* surface   - the C interface, kml.h */
#include "src/api.c"

#ifndef KML_LIBRARY

/* commands  - the command line, and one part for each command */
#include "src/command/shell.c"
#include "src/command/kmod.c"
#include "src/command/cmd_modprobe.c"
#include "src/command/cmd_insmod.c"
#include "src/command/cmd_rmmod.c"
#include "src/command/cmd_lsmod.c"
#include "src/command/cmd_modinfo.c"
#include "src/command/cmd_depmod.c"
#include "src/command/bulk.c"
#include "src/command/cmd_coldplug.c"
#include "src/command/cmd_modules_load.c"
#include "src/command/cmd_static_nodes.c"
#include "src/command/cmd_kmod.c"
#ifndef KML_LOADER
#include "src/command/cmd_tree.c"
#include "src/command/cmd_cpio.c"
#include "src/command/registries.c"
#include "src/command/kernel_list.c"
#include "src/command/cmd_explain.c"
#include "src/command/cmd_lint.c"
#include "src/command/cmd_plan.c"
#include "src/command/cmd_lock.c"
#include "src/command/cmd_copy.c"
#include "src/command/cmd_pull.c"
#include "src/command/cmd_push.c"
#include "src/command/cmd_bundle.c"
#include "src/command/cmd_login.c"
#include "src/command/cmd_logout.c"
#include "src/command/cmd_tags.c"
#include "src/command/cmd_digest.c"
#include "src/command/cmd_delete.c"
#include "src/command/cmd_extract.c"
#include "src/command/derived.c"
#include "src/command/cmd_pack.c"
#include "src/command/cmd_append.c"
#include "src/command/cmd_build.c"
#include "src/command/cmd_merge.c"
#include "src/command/cmd_squash.c"
#include "src/command/cmd_index.c"
#include "src/command/cmd_inspect.c"
#include "src/command/cmd_serve.c"
#include "src/command/cmd_load.c"
#include "src/command/cmd_unload.c"
#include "src/command/cmd_status.c"
#include "src/command/runner.c"
#include "src/command/cmd_sh.c"
#include "src/command/cmd_cp.c"
#include "src/command/cmd_mkdir.c"
#include "src/command/cmd_rm.c"
#include "src/command/cmd_find.c"
#include "src/command/cmd_sort.c"
#include "src/command/cmd_xargs.c"
#include "src/command/cmd_import.c"
#include "src/command/cmd_export.c"
#endif
#include "src/command/cmd_sleep.c"
#include "src/command/cmd_init.c"

static const struct applet *const applets[] = {
	&applet_modprobe, &applet_insmod, &applet_rmmod, &applet_lsmod, &applet_modinfo,
	&applet_depmod, &applet_coldplug, &applet_modules_load, &applet_kmod, &applet_static_nodes,
#ifndef KML_LOADER
	&applet_tree, &applet_pack, &applet_copy, &applet_pull, &applet_push, &applet_tags,
	&applet_login, &applet_logout, &applet_digest, &applet_delete, &applet_inspect, &applet_extract,
	&applet_append, &applet_merge, &applet_squash, &applet_index, &applet_bundle,
	&applet_serve, &applet_cpio,
	&applet_explain, &applet_lint, &applet_plan, &applet_lock, &applet_build,
	&applet_import, &applet_export,
	&applet_load, &applet_unload, &applet_status,
	&applet_sh, &applet_cp, &applet_mkdir, &applet_rm, &applet_find, &applet_sort, &applet_xargs,
#endif
	&applet_sleep, &applet_init,
	NULL
};

int main(int argc, char **argv)
{
	return shell_main(applets, NULL, argc, argv);
}

#endif
