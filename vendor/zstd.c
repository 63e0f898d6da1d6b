/* zstd.c - what zstd's encoder is without that which only is asked for by parameters kml never
 * sets: matches found far back, and blocks made smaller than they come.
 */
#include "compress/zstd_compress_superblock.h"
#include "compress/zstd_ldm.h"

void ZSTD_ldm_adjustParameters(ldmParams_t *p, const ZSTD_compressionParameters *c) { }
size_t ZSTD_ldm_getTableSize(ldmParams_t p) { return 0; }
size_t ZSTD_ldm_getMaxNbSeq(ldmParams_t p, size_t n) { return 0; }
void ZSTD_ldm_fillHashTable(ldmState_t *s, const BYTE *from, const BYTE *to, const ldmParams_t *p) { }
void ZSTD_ldm_skipSequences(RawSeqStore_t *q, size_t n, U32 least) { }
void ZSTD_ldm_skipRawSeqStoreBytes(RawSeqStore_t *q, size_t n) { }

size_t ZSTD_ldm_generateSequences(ldmState_t *s, RawSeqStore_t *q, const ldmParams_t *p,
                                  const void *src, size_t n)
{
	return ERROR(parameter_unsupported);
}

size_t ZSTD_ldm_blockCompress(RawSeqStore_t *q, ZSTD_MatchState_t *m, SeqStore_t *to, U32 *rep,
                              ZSTD_ParamSwitch_e rows, const void *src, size_t n)
{
	return ERROR(parameter_unsupported);
}

size_t ZSTD_compressSuperBlock(ZSTD_CCtx *c, void *to, size_t room, const void *src, size_t n,
                               unsigned last)
{
	return ERROR(parameter_unsupported);
}
