/* kml.h - the public C interface of kml.
 *
 * Conventions, once for every function below:
 *   - A function that can fail returns 0 or a negative enum kml_err; the
 *     sentence for the user is then in kml_message(k).  A function that takes
 *     no struct kml cannot fail.
 *   - Pointers are never NULL unless the text says "may be NULL".
 *   - Returned strings and structs live until kml_close(k).
 *   - Sizes and offsets are bytes, times are milliseconds.
 *   - A struct kml belongs to one thread; two may be used at the same time.
 */
#ifndef KML_H
#define KML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KML_VERSION "0.4.0"

#ifndef KML_API
#define KML_API
#endif

/* One value per decision a caller can take; everything else is in the text.
 * Down to -9 the value, negated, is also the exit status of the commands that
 * work on mappings and nodes; all below end with status 1. */
enum kml_err {
	KML_OK          =   0,
	KML_FAIL        =  -1,  /* the operation failed; read kml_message() */
	KML_USAGE       =  -2,  /* the request made no sense */
	KML_UNMAPPED    =  -3,  /* no mapping covers this kernel */
	KML_ABSENT      =  -4,  /* the image is not where the mapping says */
	KML_UNREACHABLE =  -5,  /* the registry does not answer */
	KML_KERNEL      =  -6,  /* the module is for another kernel or ABI */
	KML_UNTRUSTED   =  -7,  /* signature missing or of an unknown key */
	KML_BUSY        =  -8,  /* the module is in use */
	KML_UNDONE      =  -9,  /* failed half-way, and everything was taken back */
	KML_NOTFOUND    = -10,  /* no such module, file, image or tag */
	KML_BAD         = -11,  /* the input is malformed; retrying cannot help */
	KML_NOMEM       = -12,
};

/* How much a note on the way matters; the words are those of kmod's log. */
enum kml_level { KML_FATAL, KML_ERROR, KML_WARNING, KML_INFO, KML_DEBUG };

typedef void kml_log_fn(void *arg, enum kml_level level, const char *text);

struct kml;

/* ---- context ------------------------------------------------------------- */

/* Open a context.  `root` (may be NULL) is a directory inside which every path
 * that begins with '/' is resolved, symbolic links too, as if it were the
 * root directory; other paths are relative to the current directory.
 * Returns NULL only when memory is exhausted.  Close it with kml_close(). */
KML_API struct kml *kml_open(const char *root);
KML_API void        kml_close(struct kml *k);          /* k may be NULL */
KML_API const char *kml_message(const struct kml *k);  /* "" when nothing failed */

/* Have `fn` called with `arg` for every note: a warning, a step done.  The
 * text lives until `fn` returns.  `fn` may be NULL: none, as at first. */
KML_API void kml_on_note(struct kml *k, kml_log_fn *fn, void *arg);

/* Use `jobs` threads for work that can be shared; 0, as at first: one for each
 * processor.  What is written never depends on it. */
KML_API void kml_set_jobs(struct kml *k, int jobs);

/* ---- module files and trees ---------------------------------------------- */

/* Look up one modinfo field of the module file `path`, e.g. "license"; it may
 * be compressed.  On success *value is the first such field; KML_NOTFOUND
 * when it has none, KML_BAD when `path` is not a module. */
KML_API int kml_modinfo(struct kml *k, const char *path, const char *key,
                        const char **value);

/* Index the module tree BASE/lib/modules/VERSION as depmod(8) does: write
 * modules.dep, modules.alias and all the others, or, when anything fails,
 * none of them.
 *   base     may be NULL: none
 *   version  may be NULL: the running kernel's */
KML_API int kml_depmod(struct kml *k, const char *base, const char *version);

/* Load the module `name`, or every module that the alias `name` stands for,
 * with its dependencies and options, as modprobe(8) does.  A module that is
 * loaded is left as it is.  `params` (may be NULL) are its parameters,
 * separated by blanks.  KML_NOTFOUND when there is no such module. */
KML_API int kml_load(struct kml *k, const char *name, const char *params);

/* Unload the module `name` and what then nothing needs any more, as
 * `modprobe -r` does.  KML_BUSY when it is in use. */
KML_API int kml_unload(struct kml *k, const char *name);

/* ---- images and mappings ------------------------------------------------- */

/* What a kernel mapping says of one kernel; see kml.ini(5). */
struct kml_mapping {
	const char *rule;               /* the section that matched, e.g. "el9" */
	const char *image;              /* its reference, templates expanded */
	const char *module;             /* the module to load */
	const char *dir;                /* prefix of lib/modules in the image */
};

/* Find what the configuration file `config` maps `kernel` to.  `config` may be
 * NULL: ./kml.ini, then those in /etc/kml (the variable KML_CONFIG is for the
 * commands only); `kernel` may be NULL: the running one.
 * KML_UNMAPPED when no rule covers it, or one says to skip it. */
KML_API int kml_resolve(struct kml *k, const char *config, const char *kernel,
                        struct kml_mapping *mapping);

/* What kml_pack() is to make.  Lists end with NULL; each may be NULL. */
struct kml_pack {
	const char *name;               /* the module that the image loads */
	const char *kernel;             /* NULL: the one its modules were built for */
	const char *const *modules;     /* module files, and directories with them */
	const char *firmware;           /* a directory; NULL: none */
	const char *dir;                /* prefix in the image; NULL: "/opt" */
	const char *output;             /* a reference that can be written, "oci:DIR[:TAG]" */
	const char *program;            /* the kml binary for it; NULL: this program */
	uint64_t epoch;                 /* the time of all in it, seconds since 1970 */
};

/* Make the image and bring it there.  *digest (may be NULL) becomes
 * its manifest's digest.  KML_KERNEL when a module is for another kernel. */
KML_API int kml_pack(struct kml *k, const struct kml_pack *what, const char **digest);

/* Load the modules that `config` (may be NULL, as above) maps the running
 * kernel to.  On any failure what was loaded is unloaded again, and the state
 * of the machine is as before.  What comes from a registry is kept in
 * /var/lib/kml/images, if that can be written.  The errors are those of the
 * exit statuses. */
KML_API int kml_image_load(struct kml *k, const char *config);

/* Take out what kml_image_load() put in for the module set `name`.
 * KML_NOTFOUND when nothing is recorded of it, KML_BUSY when one is in use. */
KML_API int kml_image_unload(struct kml *k, const char *name);

#endif
