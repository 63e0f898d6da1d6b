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

#define KML_VERSION "0.1.0"

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

#endif
