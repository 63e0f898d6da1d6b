/* deflate.c - libdeflate's compressor, with one level where that is all that is asked for.
 *
 * Which code runs is chosen by the function that makes a compressor.  With -DDEFLATE_LEVEL=N,
 * the LAYER_LEVEL of layer.c, it is made part of one that takes only N: the linker then finds
 * that nobody needs the code of others, which is 22 kB.
 */
#include "lib/deflate_compress.h"

#ifdef DEFLATE_LEVEL
#define libdeflate_alloc_compressor deflate_alloc
inline __attribute__((always_inline)) struct libdeflate_compressor *
libdeflate_alloc_compressor_ex(int level, const struct libdeflate_options *options);
#endif
#include "lib/deflate_compress.c"
#ifdef DEFLATE_LEVEL
#undef libdeflate_alloc_compressor

struct libdeflate_compressor *libdeflate_alloc_compressor(int level)
{
	static const struct libdeflate_options options = { .sizeof_options = sizeof options };

	return level == DEFLATE_LEVEL ?
		libdeflate_alloc_compressor_ex(DEFLATE_LEVEL, &options) : NULL;
}
#endif
