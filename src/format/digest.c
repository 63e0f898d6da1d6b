/* digest.c - SHA-256, and how images write it: "sha256:" and 64 hex digits.
 *
 * Every byte packed or loaded goes through here, most of them twice (as the
 * blob and as the archive in it), so the processor's own instructions do the
 * blocks where it has them: five times BearSSL's speed.  BearSSL does them
 * elsewhere, and judges the other path in the tests.
 *
 * A digest in a document from outside becomes a file name and a URL: only
 * the exact form of a known algorithm passes digest_check(), before either.
 */
#ifndef KML_DIGEST_C
#define KML_DIGEST_C

#include "../ground/base.c"
#include <bearssl.h>

#if defined __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif

enum { DIGEST_SIZE = 32, DIGEST_BLOCK = 64 };

struct digest {
	bool fast;                      /* h, n and part are used; else `soft` is */
	uint32_t h[8];
	uint64_t n;
	unsigned char part[DIGEST_BLOCK];
	br_sha256_context soft;
};

#if defined __x86_64__

_Alignas(16) static const uint32_t digest_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

/* The SHA extensions, and SSSE3 and SSE4.1 for the shuffles around them.
 * Asked once: under a hypervisor the question is slow. */
static bool digest_has_instructions(void)
{
	static _Atomic int known;       /* 1: no, 2: yes */
	unsigned a, b, c, d;

	if (!known) {
		bool has = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) && (c & bit_SSE4_1) &&
			__get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);

		known = has ? 2 : 1;
	}
	return known == 2;
}

/* The instructions keep a..h as two vectors, ABEF and CDGH, and do two rounds
 * at once; `w` holds the last sixteen message words as a ring of four. */
__attribute__((target("sha,ssse3,sse4.1")))
static void digest_blocks(uint32_t h[8], const unsigned char *p, size_t blocks)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i dcba = _mm_shuffle_epi32(_mm_loadu_si128((const void *)h), 0xb1);
	__m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const void *)(h + 4)), 0x1b);
	__m128i abef = _mm_alignr_epi8(dcba, hgfe, 8);
	__m128i cdgh = _mm_blend_epi16(hgfe, dcba, 0xf0);

	for (; blocks; blocks--, p += DIGEST_BLOCK) {
		__m128i abef_then = abef, cdgh_then = cdgh, w[4], wk;

#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			__m128i *now = &w[i & 3], *last = &w[(i + 3) & 3];

			if (i < 4) {
				*now = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 16 * i)), swap);
			} else {
				*now = _mm_sha256msg1_epu32(*now, w[(i + 1) & 3]);
				*now = _mm_add_epi32(*now, _mm_alignr_epi8(*last, w[(i + 2) & 3], 4));
				*now = _mm_sha256msg2_epu32(*now, *last);
			}
			wk = _mm_add_epi32(*now, _mm_load_si128((const void *)&digest_k[4 * i]));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0e));
		}
		abef = _mm_add_epi32(abef, abef_then);
		cdgh = _mm_add_epi32(cdgh, cdgh_then);
	}
	dcba = _mm_shuffle_epi32(abef, 0x1b);
	hgfe = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((void *)h, _mm_blend_epi16(dcba, hgfe, 0xf0));
	_mm_storeu_si128((void *)(h + 4), _mm_alignr_epi8(hgfe, dcba, 8));
}

#else

static bool digest_has_instructions(void) { return false; }
static void digest_blocks(uint32_t h[8], const unsigned char *p, size_t blocks)
{
	(void)h, (void)p, (void)blocks;
}

#endif

static void digest_begin(struct digest *d)
{
	static const uint32_t start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	d->fast = digest_has_instructions();
	d->n = 0;
	memcpy(d->h, start, sizeof start);
	br_sha256_init(&d->soft);
}

static void digest_add(struct digest *d, struct str t)
{
	size_t have = (size_t)(d->n % DIGEST_BLOCK), n = t.n;
	const unsigned char *p = (const unsigned char *)t.p;

	d->n += t.n;
	if (!d->fast) {
		br_sha256_update(&d->soft, t.p, t.n);
		return;
	}
	if (have) {
		size_t some = n < DIGEST_BLOCK - have ? n : DIGEST_BLOCK - have;

		if (some)
			memcpy(d->part + have, p, some);
		if (have + some < DIGEST_BLOCK)
			return;
		digest_blocks(d->h, d->part, 1);
		p += some;
		n -= some;
	}
	digest_blocks(d->h, p, n / DIGEST_BLOCK);
	if (n % DIGEST_BLOCK)
		memcpy(d->part, p + n / DIGEST_BLOCK * DIGEST_BLOCK, n % DIGEST_BLOCK);
}

/* The digest of all that was added; *d is used up. */
static void digest_end(struct digest *d, unsigned char out[DIGEST_SIZE])
{
	static const char pad[DIGEST_BLOCK] = { (char)0x80 };
	uint64_t bits = d->n * 8;
	char tail[8];

	if (!d->fast) {
		br_sha256_out(&d->soft, out);
		return;
	}
	store_be(tail, bits, 8);
	digest_add(d, (struct str){ pad, 1 + (119 - d->n % DIGEST_BLOCK) % DIGEST_BLOCK });
	digest_add(d, (struct str){ tail, 8 });
	for (int i = 0; i < 8; i++)
		store_be((char *)out + 4 * i, d->h[i], 4);
}

/* ---- the text form ------------------------------------------------------- */

enum { DIGEST_PREFIX = 7, DIGEST_TEXT = DIGEST_PREFIX + 2 * DIGEST_SIZE };

static struct str digest_text(struct scope *s, const unsigned char hash[DIGEST_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	char *p = scope_text(s, S("sha256:0123456789abcdef0123456789abcdef"
	                          "0123456789abcdef0123456789abcdef"));

	for (int i = 0; i < DIGEST_SIZE; i++) {
		p[DIGEST_PREFIX + 2 * i] = hex[hash[i] >> 4];
		p[DIGEST_PREFIX + 2 * i + 1] = hex[hash[i] & 15];
	}
	return (struct str){ p, DIGEST_TEXT };
}

/* End *d and write its digest as text. */
static struct str digest_done(struct scope *s, struct digest *d)
{
	unsigned char hash[DIGEST_SIZE];

	digest_end(d, hash);
	return digest_text(s, hash);
}

static struct str digest_of(struct scope *s, struct str bytes)
{
	struct digest d;

	digest_begin(&d);
	digest_add(&d, bytes);
	return digest_done(s, &d);
}

/* Whether `text` is a digest of the only form kml knows. */
static int digest_check(struct kml *k, struct str text)
{
	bool ok = text.n == DIGEST_TEXT && str_starts(text, S("sha256:"));

	for (size_t i = DIGEST_PREFIX; ok && i < text.n; i++)
		ok = (text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'f');
	if (ok)
		return 0;
	if (text.n > 100)
		text.n = 100;
	return fail(k, KML_BAD, "\"%.*s\" is no digest (sha256: and 64 lower-case hex digits)",
	            FMT(text));
}

/* The hex digits of a checked digest. */
static struct str digest_hex(struct str text) { return str_from(text, DIGEST_PREFIX); }

#endif
