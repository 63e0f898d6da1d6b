#define KML_TEST
#include "../../src/ground/base.c"
#include "../test.h"
#include <libdeflate.h>
#include <lzma.h>
#include <zlib.h>

/* As the polynomial says, a bit at a time. */
static uint32_t slow(const unsigned char *p, size_t n, uint32_t crc)
{
	crc = ~crc;
	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

TESTS
	TEST("the check of the standard, by all three names") {
		const unsigned char *p = (const unsigned char *)"123456789";

		CHECK(lzma_crc32(p, 9, 0) == 0xcbf43926);
		CHECK(crc32(0, p, 9) == 0xcbf43926);
		CHECK(libdeflate_crc32(0, p, 9) == 0xcbf43926);
		CHECK(crc32(0, NULL, 0) == 0 && libdeflate_crc32(7, p, 0) == 7);
	}
	TEST("every length and place agrees with what is reckoned bit by bit") {
		unsigned char p[208];

		for (size_t i = 0; i < sizeof p; i++)
			p[i] = (unsigned char)(i * i * 7 + 1);
		for (size_t at = 0; at < 8 && test_fail_at < 0; at++)
			for (size_t n = 0; n <= sizeof p - at; n++)
				CHECK(lzma_crc32(p + at, n, (uint32_t)n * 77) == slow(p + at, n, (uint32_t)n * 77));
	}
TESTS_END
