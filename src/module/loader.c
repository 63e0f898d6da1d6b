/* loader.c - one module file into the running kernel.
 *
 * A kernel takes a file that is not compressed, or compressed in the one way
 * /sys/module/compression names: then it gets the open file and reads it
 * itself, which is what security policies that pin a file system want.  Any
 * other is decoded here and handed over as an image; so is every file on a
 * kernel older than finit_module(2).
 *
 * The kernel's decoders know less than ours, and the memory a dictionary may take
 * must be there: where it is not, the kernel kills whoever asks.  So they get only
 * what the kernel's own build makes.  EINVAL can still be the decoder's, which may
 * lack a filter, or that of a kernel that knows of no compression: then the file is
 * decoded here, and what the kernel says of the image counts.
 *
 * What the kernel says is an errno, which means one thing to modprobe and
 * another to insmod: it comes back in *verdict, 0 when the kernel was not asked,
 * with the sentence in kml_message() either way.
 */
#ifndef KML_LOADER_C
#define KML_LOADER_C

#include "../ground/kernel.c"
#include "../format/codec.c"
#include "../format/elf.c"

enum {
	LOADER_FORCE_VERSIONS = KERNEL_IGNORE_MODVERSIONS,
	LOADER_FORCE_VERMAGIC = KERNEL_IGNORE_VERMAGIC,
	LOADER_FORCE = LOADER_FORCE_VERSIONS | LOADER_FORCE_VERMAGIC,
};

enum {
	LOADER_SMALLEST = 6, LOADER_LARGEST = 1 << 30,
	LOADER_WINDOW = 8 << 20,        /* of a compression that is no strain */
};

/* When reading, decoding and the kernel's part began, and all ended, by
 * kernel_clock(); each is that of the step after it when there was nothing to do. */
enum { LOADER_READ, LOADER_DECODE, LOADER_CALL, LOADER_END, LOADER_TIMES };
struct loader_times { uint64_t at[LOADER_TIMES]; };

/* ---- words --------------------------------------------------------------- */

/* What modprobe says of the kernel's verdict. */
static const char *loader_text(int verdict)
{
	switch (verdict) {
	case EEXIST: return "Module already in kernel";
	case ENOENT: return "Unknown symbol in module, or unknown parameter (see dmesg)";
	default:     return sys_error(verdict);
	}
}

/* And what insmod says. */
static const char *loader_text_insmod(int verdict)
{
	switch (verdict) {
	case ENOEXEC: return "Invalid module format";
	case ENOENT:  return "Unknown symbol in module";
	case ESRCH:   return "Module has wrong symbol version";
	case EINVAL:  return "Invalid parameters";
	default:      return sys_error(verdict);
	}
}

static int loader_done(struct kml *k, int r, int *verdict)
{
	*verdict = -r;
	return r == 0 ? 0 : fail(k, r == -EBUSY ? KML_BUSY : KML_FAIL, "%s", loader_text(-r));
}

/* ---- forcing ------------------------------------------------------------- */

/* An older call has no flags: make `image` forget what the kernel would compare. */
static int loader_strip(struct kml *k, struct scope *s, char *image, size_t n, int flags)
{
	struct source src = source_of((struct str){ image, n });
	const struct elf_section *at;
	struct str body, entry;
	struct elf e;
	int r = elf_open(k, s, &src, &e);

	if (r < 0)
		return r;
	at = elf_find(&e, S(".modinfo"));
	if (at && (flags & LOADER_FORCE_VERMAGIC)) {
		if ((r = elf_body(k, &e, at, &body)) < 0)
			return r;
		while (body.n) {
			entry = str_take(&body, '\0');
			if (str_starts(entry, S("vermagic=")))
				memset(image + (entry.p - image), 0, entry.n);
		}
	}
	at = elf_find(&e, S("__versions"));
	if (at && (flags & LOADER_FORCE_VERSIONS)) {
		uint64_t heads = elf_field(&e, image, 40, 32), i = (uint64_t)(at - e.sections);
		uint64_t flag = heads + i * (e.wide ? 64 : 40) + 8;     /* sh_flags */

		image[flag + (!e.big ? 0 : e.wide ? 7 : 3)] &= ~2;      /* SHF_ALLOC */
	}
	return 0;
}

/* ---- loading ------------------------------------------------------------- */

/* The way of compression that the kernel undoes itself. */
static enum codec loader_kernel_codec(struct kml *k, struct scope *s)
{
	struct scope *t = scope_begin(s);
	enum codec c = CODEC_NONE;
	struct str text;

	if (sys_read_file(k, t, "/sys/module/compression", &text) == 0) {
		text = str_trim(text);
		for (c = CODEC_ZSTD; c != CODEC_NONE && !str_eq(text, str_of(codec_name(c))); c--)
			;
	}
	scope_end(t);
	return c;
}

/* Whether to give it a file that begins with `head`. */
static bool loader_offer(struct kml *k, struct scope *s, struct str head)
{
	enum codec kind = codec_of(head);
	struct codec_need need = codec_need(head);

	return kind == CODEC_NONE || (need.simple && need.window <= LOADER_WINDOW &&
	                              kind == loader_kernel_codec(k, s));
}

static void loader_now(struct loader_times *times, int step)
{
	times->at[step] = kernel_clock();
	for (int i = step + 1; i < LOADER_TIMES; i++)
		times->at[i] = times->at[step];
}

static int loader_insert_image(struct kml *k, struct scope *s, struct str image,
                               const char *params, int flags, int *verdict,
                               struct loader_times *times)
{
	struct scope *t = scope_begin(s);
	int r = 0;

	*verdict = 0;
	loader_now(times, LOADER_DECODE);
	if (codec_of(image) != CODEC_NONE)
		r = codec_decode(k, t, image, LOADER_LARGEST, &image);
	if (r == 0 && (flags & LOADER_FORCE)) {
		char *copy = scope_text(t, image);

		r = loader_strip(k, t, copy, image.n, flags);
		image.p = copy;
	}
	loader_now(times, LOADER_CALL);
	if (r == 0)
		r = loader_done(k, kernel_init(image, params), verdict);
	loader_now(times, LOADER_END);
	scope_end(t);
	return r;
}

/* Load the module `image`, of any compression. */
static int loader_insert_bytes(struct kml *k, struct scope *s, struct str image,
                               const char *params, int flags, int *verdict)
{
	struct loader_times times;

	return loader_insert_image(k, s, image, params, flags, verdict, &times);
}

/* Load what the open file `fd` has, decoded here if need be. */
static int loader_insert_source(struct kml *k, struct scope *s, int fd, const char *params,
                                int flags, int *verdict, struct loader_times *times)
{
	struct source src;
	struct str image;
	int r = sys_source_fd(k, s, fd, &src);

	if (r < 0 || (r = source_slice(k, &src, 0, src.size, &image)) < 0)
		return r;
	return loader_insert_image(k, s, image, params, flags, verdict, times);
}

/* Load the open file `fd`.  If it cannot be decoded here either, what the kernel
 * said of it counts. */
static int loader_insert_fd(struct kml *k, struct scope *s, int fd, const char *params,
                            int flags, int *verdict, struct loader_times *times)
{
	char first[CODEC_HEAD];
	struct str head = { first, 0 };
	int r = sys_read(k, fd, first, sizeof first, &head.n), said = -ENOSYS;
	bool packed;

	if (r < 0)
		return r;
	if (head.n < LOADER_SMALLEST)
		return loader_done(k, -EINVAL, verdict);
	packed = codec_of(head) != CODEC_NONE;
	if (loader_offer(k, s, head)) {
		loader_now(times, LOADER_DECODE);
		said = kernel_finit(fd, params, flags | (packed ? KERNEL_COMPRESSED_FILE : 0));
		loader_now(times, LOADER_END);
		if (said != -ENOSYS && !(packed && (said == -EOPNOTSUPP || said == -EINVAL)))
			return loader_done(k, said, verdict);
	}
	r = loader_insert_source(k, s, fd, params, flags, verdict, times);
	return r < 0 && !*verdict && said != -ENOSYS ? loader_done(k, said, verdict) : r;
}

/* Load the module file `path`, and say when what was done. */
static int loader_insert_timed(struct kml *k, struct scope *s, const char *path,
                               const char *params, int flags, int *verdict,
                               struct loader_times *times)
{
	struct scope *t = scope_begin(s);
	uint64_t size;
	int fd, r;

	*verdict = 0;
	loader_now(times, LOADER_READ);
	r = sys_open_file(k, t, path, 0, &fd, &size);
	if (r == 0)
		r = loader_insert_fd(k, t, fd, params, flags, verdict, times);
	scope_end(t);
	return r < 0 && !*verdict ? fail_in(k, r, "%s", path) : r;
}

static int loader_insert_path(struct kml *k, struct scope *s, const char *path,
                              const char *params, int flags, int *verdict)
{
	struct loader_times times;

	return loader_insert_timed(k, s, path, params, flags, verdict, &times);
}

/* Take module `name` out; `force` even if it is in use. */
static int loader_remove(struct kml *k, const char *name, bool force, int *verdict)
{
	int r = kernel_delete(name, O_NONBLOCK | (force ? O_TRUNC : 0));

	*verdict = -r;
	return r == 0 ? 0 : fail(k, r == -EAGAIN || r == -EBUSY ? KML_BUSY :
	                         r == -ENOENT ? KML_NOTFOUND : KML_FAIL, "%s", sys_error(-r));
}

#endif
