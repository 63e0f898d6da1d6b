CC      = musl-gcc
CFLAGS  = -Os
STD     = -std=c11
WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wundef -Wvla -Wformat=2 -Wconversion -Wno-sign-conversion
ASAN    = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
INC     = -Ibuild/vendor/include
# musl-gcc does not look where the kernel's own headers are
MUSL    = -idirafter /usr/include -idirafter /usr/include/$(shell gcc -print-multiarch)
STATIC  = -static -s -ffunction-sections -fdata-sections -Wl,--gc-sections $(MUSL)
SOURCES = kml.c kml.h $(wildcard src/*/*.c)

all: kml
kml: $(SOURCES) build/vendor/musl/libvendor.a
	$(CC) $(STD) $(WARN) $(CFLAGS) $(STATIC) $(INC) -o $@ kml.c build/vendor/musl/libvendor.a

debug: build/kml-debug
build/kml-debug: $(SOURCES) build/vendor/gcc/libvendor.a
	gcc $(STD) $(WARN) $(ASAN) $(INC) -o $@ kml.c build/vendor/gcc/libvendor.a -pthread

vendor: $(addprefix build/vendor/,$(addsuffix /libvendor.a,musl gcc clang))
build/vendor/%/libvendor.a: vendor/lock vendor/fetch vendor/build.mk vendor/ini.h
	vendor/fetch
	+$(MAKE) -f vendor/build.mk TC=$*

.PHONY: all debug vendor
