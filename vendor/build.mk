# build.mk - compile the libraries of vendor/lock: make -f vendor/build.mk [TC=musl]
#
# No library's own build system runs: each needs a few files and flags, and the
# lists below say which.  Every toolchain has one libvendor.a, from which the
# linker takes only what kml calls.  For a library NAME, C_NAME are its files
# and F_NAME its flags; SMALL_NAME are more flags for the loader's decoders,
# where size comes before speed.
TC     = musl small gcc clang
SRC    = build/vendor/src
INC    = build/vendor/include

# the toolchains; third-party code may shift and cast as it likes
RELAX    = -fno-sanitize=alignment,shift,null,pointer-overflow,signed-integer-overflow
ASAN     = -g1 -O1 -fsanitize=address,undefined $(RELAX) -fno-sanitize-recover=all
CC_musl  = musl-gcc -fno-pie -fno-asynchronous-unwind-tables -DDEFLATE_LEVEL=1
CC_small = $(CC_musl)
CC_gcc   = gcc $(ASAN)
# the one toolchain whose CRC32 is that of old processors
CC_clang = clang $(ASAN) -fno-sanitize=function -DCRC32_TABLES
COMMON   = -w -ffunction-sections -fdata-sections -fvisibility=hidden -MMD -MP

# BearSSL: hashes, and TLS 1.2 with ECDHE only; what bytes go through by the megabyte is compiled
# for speed.  It is given its randomness, and the time, and looks for neither itself.
BEAR  = $(SRC)/bearssl/src
C_bearssl = $(wildcard $(BEAR)/codec/dec*.c $(BEAR)/codec/enc*.c $(addprefix $(BEAR)/hash/,dig_*.c ghash_ctmul64.c md5*.c mgf1.c multihash.c sha*.c)) \
	$(addprefix $(BEAR)/ssl/,prf.c prf_sha256.c prf_sha384.c ssl_ccert_single_ec.c ssl_ccert_single_rsa.c \
		ssl_client.c ssl_engine.c ssl_hashes.c ssl_hs_client.c ssl_hs_server.c ssl_rec_chapol.c \
		ssl_rec_gcm.c ssl_scert_single_ec.c ssl_scert_single_rsa.c ssl_server.c) \
	$(addprefix $(BEAR)/ec/,ec_all_m31.c ec_prime_i31.c ec_secp256r1.c ec_secp384r1.c ec_secp521r1.c ec_curve25519.c ec_c25519_m31.c ec_p256_m31.c \
		ecdsa_atr.c ecdsa_rta.c ecdsa_i31_bits.c ecdsa_i31_sign_asn1.c ecdsa_i31_sign_raw.c \
		ecdsa_i31_vrfy_asn1.c ecdsa_i31_vrfy_raw.c) \
	$(wildcard $(BEAR)/int/i31_*.c) $(BEAR)/int/i32_div32.c $(BEAR)/settings.c \
	$(addprefix $(BEAR)/rsa/,rsa_i31_pkcs1_sign.c rsa_i31_pkcs1_vrfy.c rsa_i31_priv.c rsa_i31_pub.c \
		rsa_pkcs1_sig_pad.c rsa_pkcs1_sig_unpad.c rsa_ssl_decrypt.c) \
	$(addprefix $(BEAR)/rand/,hmac_drbg.c sysrng.c) $(BEAR)/mac/hmac.c $(BEAR)/mac/hmac_ct.c \
	$(addprefix $(BEAR)/symcipher/,aes_common.c aes_ct64.c aes_ct64_ctr.c aes_ct64_enc.c \
		aes_x86ni.c poly1305_ctmul.c poly1305_ctmulq.c) \
	$(BEAR)/x509/x509_minimal.c
F_bearssl = -Os -I$(BEAR) -I$(SRC)/bearssl/inc \
	$(addprefix -DBR_,RDRAND=0 USE_URANDOM=0 USE_UNIX_TIME=0)
C_bearfast = $(addprefix $(BEAR)/symcipher/,aes_x86ni_ctr.c chacha20_ct.c chacha20_sse2.c) \
	$(BEAR)/hash/ghash_pclmul.c
F_bearfast = $(F_bearssl) -O2
C_bearcopy = $(BEAR)/codec/ccopy.c
F_bearcopy = $(F_bearssl) -O3

# inih: kml.ini
C_inih = $(SRC)/inih/ini.c
F_inih = -Os -I$(INC) -include vendor/ini.h

# liblzma: the decoder of .xz, its checks and the filters for machine code; the table of
# CRC64, which hardly a module has, is 8 kB: it is made at the start; CRC32 is for all (crc32.c)
XZ  = $(SRC)/liblzma/src/liblzma
C_liblzma = $(SRC)/liblzma/src/common/tuklib_physmem.c \
	$(addprefix $(XZ)/common/,common.c block_util.c filter_common.c hardware_physmem.c index.c \
		stream_flags_common.c vli_size.c block_buffer_decoder.c block_decoder.c \
		block_header_decoder.c filter_decoder.c filter_flags_decoder.c index_decoder.c \
		index_hash.c stream_buffer_decoder.c stream_decoder.c stream_flags_decoder.c vli_decoder.c) \
	$(addprefix $(XZ)/check/,check.c crc64_small.c sha256.c) vendor/crc32.c \
	$(XZ)/lz/lz_decoder.c $(XZ)/lzma/lzma_decoder.c $(XZ)/lzma/lzma2_decoder.c \
	$(addprefix $(XZ)/simple/,simple_coder.c simple_decoder.c x86.c arm.c armthumb.c arm64.c \
		powerpc.c riscv.c)
F_liblzma = -O2 -std=gnu11 -DTUKLIB_SYMBOL_PREFIX=lzma_ -DLZMA_API_STATIC \
	$(addprefix -I$(XZ)/,api common check lz rangecoder lzma delta simple) -I$(SRC)/liblzma/src/common \
	$(addprefix -DHAVE_DECODER_,LZMA2 X86 ARM ARMTHUMB ARM64 POWERPC RISCV) -DHAVE_DECODERS \
	-DHAVE_CHECK_CRC32 -DHAVE_CHECK_CRC64 -DHAVE_CHECK_SHA256 -DHAVE_FUNC_ATTRIBUTE_CONSTRUCTOR \
	-DHAVE_STDBOOL_H -DHAVE__BOOL -DHAVE_STDINT_H -DHAVE_INTTYPES_H -DHAVE_STRING_H \
	-DHAVE___BUILTIN_BSWAPXX -DHAVE___BUILTIN_ASSUME_ALIGNED -DHAVE_VISIBILITY=1 \
	-DSIZEOF_SIZE_T=__SIZEOF_SIZE_T__ -DTUKLIB_FAST_UNALIGNED_ACCESS -DTUKLIB_PHYSMEM_SYSCONF \
	$(if $(filter x86_64%,$(shell $(CC) -dumpmachine)),-DHAVE_USABLE_CLMUL -DHAVE_IMMINTRIN_H)

# zstd: both ways, one thread; compressing with its two fastest levels, or it would be 360 kB;
# of its two Huffman decoders the simple one, of its three of sequences the short one, and of
# those no second one for BMI2: that is 50 kB less, and no slower on modules
C_zstd = $(wildcard $(SRC)/zstd/lib/common/*.c $(SRC)/zstd/lib/decompress/*.c)
F_zstd = -O2 -DZSTD_DISABLE_ASM=1 -DZSTD_LEGACY_SUPPORT=0 -DZSTD_TRACE=0 -DXXH_NAMESPACE=ZSTD_ \
	-DHUF_FORCE_DECOMPRESS_X1 -DZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT -DDYNAMIC_BMI2=0
C_zstdenc = vendor/zstd.c $(filter-out %/zstd_compress.c %_ldm.c %_superblock.c, \
	$(wildcard $(SRC)/zstd/lib/compress/*.c))
F_zstdenc = $(F_zstd) -Os -I$(SRC)/zstd/lib $(addprefix -DZSTD_EXCLUDE_,$(addsuffix \
	_BLOCK_COMPRESSOR,DFAST GREEDY LAZY LAZY2 BTLAZY2 BTOPT BTULTRA))
# nor is there a dictionary whose matches the fastest would look for in a way of its own
C_zstdlevel = $(SRC)/zstd/lib/compress/zstd_compress.c
F_zstdlevel = $(F_zstdenc) -DZSTD_compressBlock_fast_dictMatchState=ZSTD_compressBlock_fast
SMALL_zstd = -Os -DZSTD_NO_INLINE -DZSTD_STRIP_ERROR_STRINGS

# zlib: inflate, for streams
C_zlib = $(addprefix $(SRC)/zlib/,adler32.c inflate.c inffast.c inftrees.c zutil.c)
F_zlib = -O2 -DHAVE_UNISTD_H -DHAVE_HIDDEN
SMALL_zlib = -Os

# libdeflate: gzip, for whole buffers
C_libdeflate = vendor/deflate.c $(filter-out %/crc32.c %/deflate_compress.c,$(wildcard \
	$(SRC)/libdeflate/lib/*.c $(SRC)/libdeflate/lib/*/cpu_features.c))
F_libdeflate = -O2 -I$(SRC)/libdeflate

# yyjson: JSON, and nothing that only looks like it; not inlined, or it would be twice as large
C_yyjson = $(SRC)/yyjson/src/yyjson.c
F_yyjson = -Os -DYYJSON_DISABLE_NON_STANDARD=1 -DYYJSON_DISABLE_FAST_FP_CONV=1 -Dyyjson_inline=inline

LIBRARIES = bearssl bearfast bearcopy inih liblzma zstd zstdenc zstdlevel zlib libdeflate yyjson
LIBRARIES_small = liblzma zstd zlib
HEADERS   = $(wildcard $(SRC)/bearssl/inc/*.h) $(SRC)/libdeflate/libdeflate.h $(SRC)/yyjson/src/yyjson.h \
	$(SRC)/zlib/zlib.h $(SRC)/zlib/zconf.h $(SRC)/zstd/lib/zstd.h $(SRC)/zstd/lib/zstd_errors.h \
	$(XZ)/api/lzma.h $(XZ)/api/lzma vendor/ini.h

all: $(TC:%=build/vendor/%/libvendor.a)
	@:

$(INC)/.done: vendor/lock vendor/build.mk vendor/ini.h
	@rm -rf $(INC) && mkdir -p $(INC)/inih
	@cp -R $(HEADERS) $(INC)/
	@cp $(SRC)/inih/ini.h $(INC)/inih/
	@touch $@

# $(call library,TOOLCHAIN,LIBRARY): how its objects are made, apart from other toolchains; sources
# are the library's or, in vendor/, ours
vpath %.c . $(SRC)
objects = $(patsubst %.c,build/vendor/$1/%.o,$(patsubst $(SRC)/%,%,$(C_$2)))
define library
$(call objects,$1,$2): build/vendor/$1/%.o: %.c vendor/build.mk $(INC)/.done
	@mkdir -p $$(@D)
	@$(CC_$1) $(COMMON) $(F_$2) $(if $(filter small,$1),$(SMALL_$2)) -c -o $$@ $$<
endef
define toolchain
$(foreach l,$2,$(eval $(call library,$1,$l)))
build/vendor/$1/libvendor.a: $(foreach l,$2,$(call objects,$1,$l))
	@rm -f $$@.new && ar qcsD $$@.new $$^ && mv $$@.new $$@
	@echo "  vendor  $$@"
endef
$(foreach t,$(TC),$(eval $(call toolchain,$t,$(or $(LIBRARIES_$t),$(LIBRARIES)))))

-include $(shell find build/vendor/*/ -name '*.d' -not -path 'build/vendor/src/*' 2>/dev/null)
.PHONY: all
.DELETE_ON_ERROR:
