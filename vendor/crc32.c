/* crc32.c - one CRC32 for liblzma, zlib and libdeflate, which bring three, with 25 kB of tables.
 *
 * On x86 it is liblzma's for processors that multiply without carries, as all since 2010 do.
 * For others, and for emulators of others, tables are made at the start: 8 bytes at a time,
 * each looked up in the table of its place; so always with -DCRC32_TABLES.  Elsewhere it is
 * liblzma's, whatever that is.
 */
#include "check.h"
#include "crc_common.h"

#ifdef CRC_X86_CLMUL
#define BUILDING_CRC_CLMUL 32
#include "crc_x86_clmul.h"

static uint32_t crc32_table[8][256];
static bool crc32_multiplies;

/* What is added to the sum of two numbers is the sum of what is added to each. */
static void __attribute__((constructor)) crc32_begin(void)
{
	uint32_t v = 1;

#ifndef CRC32_TABLES
	crc32_multiplies = is_arch_extension_supported();
	if (crc32_multiplies)
		return;
#endif
	for (unsigned i = 128; i; i /= 2) {
		v = v >> 1 ^ (v & 1 ? 0xedb88320 : 0);
		for (unsigned j = 0; j < 256; j += 2 * i)
			crc32_table[0][i + j] = v ^ crc32_table[0][j];
	}
	for (unsigned i = 0; i < 7; i++)
		for (unsigned j = 0; j < 256; j++) {
			v = crc32_table[i][j];
			crc32_table[i + 1][j] = v >> 8 ^ crc32_table[0][v & 255];
		}
}

static uint32_t crc32_generic(const uint8_t *p, size_t n, uint32_t crc)
{
	crc = ~crc;
	for (; n >= 8; p += 8, n -= 8) {
		uint64_t v = read64le(p) ^ crc;

		crc = 0;
		for (int i = 0; i < 8; i++)
			crc ^= crc32_table[7 - i][v >> 8 * i & 255];
	}
	while (n--)
		crc = crc >> 8 ^ crc32_table[0][(crc ^ *p++) & 255];
	return ~crc;
}

uint32_t lzma_crc32(const uint8_t *p, size_t n, uint32_t crc)
{
	return crc32_multiplies ? crc32_arch_optimized(p, n, crc) : crc32_generic(p, n, crc);
}
#else
#include "crc32_fast.c"
#endif

unsigned long crc32(unsigned long crc, const unsigned char *p, unsigned n)
{
	return lzma_crc32(p, n, (uint32_t)crc);
}

uint32_t libdeflate_crc32(uint32_t crc, const void *p, size_t n)
{
	return lzma_crc32(p, n, crc);
}
