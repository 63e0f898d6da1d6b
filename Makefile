# make                the program, static, for release; installs nothing
# make debug          build/kml-debug, the same with every check the compiler has
# make loader         build/kml-loader, only what an initramfs needs
# make check          unit tests, transcripts, fuzz corpora: no network, no kernel
# make test           all of check, real clients, a real kernel; installs what it needs
# make test-trees     depmod on whole distribution trees, against kmod
# make demo           a module's whole way, from its source into a running kernel
# make bench          side by side with kmod, umoci and buildah
# make fuzz           each fuzzer for FUZZ_TIME seconds
# make lint           the house rules; every part alone, with both compilers
# make size           the stripped sizes, held against their budgets
# make amalgamation   build/kml.c, the whole program in one file
# make man            write man/ from the option tables
# make vendor         fetch, verify and compile the libraries
# make install        below DESTDIR and PREFIX
# make dist           a source tarball that builds with no network
# make clean
CC      = musl-gcc
CFLAGS  = -O2
PREFIX  = /usr/local
FUZZ_TIME = 60

STD     = -std=c11
WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wundef -Wvla -Wformat=2 -Wconversion -Wno-sign-conversion
# compiling is most of the time of make check: only a fuzzer runs longer than it compiles
ASAN    = -g1 -O0 -fsanitize=address,undefined -fno-sanitize-recover=all
# -O2 is a sixth faster than -Os, and guesses: it cannot see that what fails is never 0
GUESS   = -Wno-maybe-uninitialized -Wno-stringop-overflow
# musl-gcc does not look where the kernel's headers are; our own includes need the libraries'
INC     = -isystem build/vendor/include
MUSL    = -idirafter /usr/include -idirafter /usr/include/$(shell gcc -print-multiarch 2>/dev/null)
# what -O2 pads before loops and jumps is 9 kB, what the linker pads between segments 12;
# addresses that are known when the program is linked take 16 less than those found at run time
DENSE   = -fno-pie -no-pie -falign-jumps=1 -falign-loops=1 -falign-labels=1 \
          -Wl,-z,noseparate-code,-z,norelro,-z,common-page-size=64
STATIC  = -static -s -ffunction-sections -fdata-sections -Wl,--gc-sections $(DENSE) \
          -fno-asynchronous-unwind-tables $(MUSL) $(INC)
DEPS    = -MMD -MP -MF build/deps/$(subst /,-,$@).d

PARTS   = $(wildcard src/*.c src/*/*.c)
UNITS   = $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
SYSTEM  = $(sort $(wildcard tests/system/*)) tests/side/run tests/vm/run
CLI     = $(wildcard tests/cli/*.t)
VERSION = $(shell awk -F'"' '/define KML_VERSION/ { print $$2 }' kml.h)
VENDOR  = build/vendor/$1/libvendor.a

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --no-print-directory -j$(shell nproc)
endif
$(shell mkdir -p build/deps)

all: kml
help:
	@sed -n 's/^# make/make/p' Makefile

# ---- programs

kml: kml.c kml.h $(PARTS) $(call VENDOR,musl)
	@tests/needs -n build
	$(CC) $(STD) $(WARN) $(GUESS) $(CFLAGS) $(STATIC) -o $@ kml.c $(call VENDOR,musl)

loader: build/kml-loader
build/kml-loader: kml.c kml.h $(PARTS) $(call VENDOR,small)
	$(CC) $(STD) $(WARN) -Wno-unused-function -Os $(STATIC) -DKML_LOADER -o $@ kml.c $(call VENDOR,small)

debug: build/kml-debug
build/kml-debug: kml.c kml.h $(PARTS) $(call VENDOR,gcc)
	gcc $(STD) $(WARN) $(ASAN) $(INC) -o $@ kml.c $(call VENDOR,gcc) -pthread

build/kml-clang: kml.c kml.h $(PARTS) $(call VENDOR,clang)
	clang $(STD) $(WARN) $(ASAN) $(INC) -o $@ kml.c $(call VENDOR,clang) -pthread

amalgamation: build/kml-one
build/kml.c: kml.c kml.h $(PARTS) src/flatten.awk
	awk -f src/flatten.awk kml.c >$@
build/kml-one: build/kml.c $(call VENDOR,musl)
	cd build && $(CC) $(STD) -O0 $(subst build/vendor,vendor,$(STATIC)) -o kml-one kml.c vendor/musl/libvendor.a

size: kml build/kml-loader
	@tests/budget kml 1000000
	@tests/budget build/kml-loader 300000

# ---- libraries: a make of their own, since their files are not there yet

vendor: $(foreach t,musl small gcc clang,$(call VENDOR,$t))
build/vendor/src/.fetched: vendor/lock vendor/fetch
	@tests/needs -n build
	vendor/fetch && touch $@
build/vendor/%/libvendor.a: build/vendor/src/.fetched vendor/build.mk vendor/ini.h $(wildcard vendor/*.c)
	@tests/needs -n build
	+@$(MAKE) -f vendor/build.mk TC=$* && touch $@
$(call VENDOR,small): | $(call VENDOR,musl)
$(call VENDOR,gcc): | $(call VENDOR,small)
$(call VENDOR,clang): | $(call VENDOR,gcc)

# ---- tests: every runner prints "ok NAME" and "FAIL NAME", tests/count adds them up

build/unit/%: tests/unit/%.c tests/test.h $(call VENDOR,gcc)
	@mkdir -p $(@D)
	gcc $(STD) $(WARN) -Wno-unused-function $(ASAN) $(INC) $(DEPS) -o $@ $< $(call VENDOR,gcc) -pthread

build/replay/%: tests/fuzz/%.c build/replay/replay.o $(call VENDOR,clang)
	@mkdir -p $(@D)
	clang $(STD) $(ASAN) $(INC) $(DEPS) -o $@ $< build/replay/replay.o $(call VENDOR,clang) -pthread
build/replay/replay.o: tests/replay.c
	@mkdir -p $(@D)
	clang $(STD) $(ASAN) -c -o $@ $<

build/fuzz/%: tests/fuzz/%.c $(call VENDOR,clang)
	@mkdir -p $(@D)
	clang $(STD) $(ASAN) -O1 -fsanitize=fuzzer $(INC) $(DEPS) -o $@ $< $(call VENDOR,clang) -pthread

run-unit-%: build/unit/%
	@tests/one unit/$* $<
run-fuzz-%: build/replay/%
	@tests/one fuzz/$* $< $(wildcard tests/fuzz/corpus/$*/*)
run-cli: kml
	@tests/run $(CLI)
run-cli-debug: build/kml-debug
	@tests/run -k build/kml-debug $(CLI)
run-cli-clang: build/kml-clang
	@tests/run -k build/kml-clang $(CLI)
run-cli-one: build/kml-one
	@tests/run -k build/kml-one $(CLI)
run-loader: build/kml-loader
	@tests/one loader build/kml-loader --list
run-embed: kml $(call VENDOR,gcc)
	@tests/one embed tests/embed/run

# the longest first, so that no processor waits for one at the end
LONGEST = run-cli $(filter run-unit-codec run-unit-image run-unit-pack,$(UNITS:%=run-unit-%)) run-loader \
	run-embed run-cli-debug run-cli-clang run-cli-one
CHECKS  = $(LONGEST) $(filter-out $(LONGEST),$(UNITS:%=run-unit-%) $(FUZZERS:%=run-fuzz-%))

check:
	@{ $(MAKE) -k -Oline checks 2>&1; echo "status $$?"; } | tests/count
checks: $(CHECKS)

# Real clients and kernels are busy with time limits: they do not run beside each other.
test: needs-test
	@{ $(MAKE) -k -Oline checks 2>&1; echo "status $$?"; \
	   for t in $(SYSTEM); do tests/one $${t#tests/} $$t; done; } | tests/count

test-trees: needs-trees
	@$(MAKE) kml
	@{ tests/depmod-trees; echo "status $$?"; } | tests/count

demo: needs-demo
	@$(MAKE) kml
	tests/demo/run

bench: needs-bench
	@$(MAKE) kml
	tests/bench

needs-%:
	@tests/needs $*

fuzz: $(FUZZERS:%=build/fuzz/%)
	@for f in $(FUZZERS); do mkdir -p build/corpus/$$f; \
	  build/fuzz/$$f -max_total_time=$(FUZZ_TIME) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/$$f- build/corpus/$$f $(wildcard tests/fuzz/corpus/$$f) || exit 1; done

# ---- the house

IF      = if command -v $1 >/dev/null; then $2; else \
	    echo "lint: $1 is not installed: what it checks is not checked"; [ -z "$$CI" ]; fi
ALONE   = -Werror -Wno-unused-function -Wno-unused-const-variable -fsyntax-only
lint: $(call VENDOR,musl) kml
	@awk -f tests/style.awk kml.c $(PARTS)
	@printf '%s\n' $(foreach f,kml.c $(PARTS),"gcc $f" "clang $f" "clang -DKML_LOADER $f" "gcc -DKML_LIBRARY $f") | \
	  xargs -P $(shell nproc) -I{} sh -c 'set -- {}; cc=$$1; shift; $$cc $(STD) $(WARN) $(ALONE) $(INC) "$$@"'
	@gcc $(STD) $(WARN) -Werror -Wunused-const-variable=2 -O0 $(INC) -c -o build/kml.o kml.c
	@rm -rf build/man && tests/manual build/man && diff -r -x '*.[57]' build/man man
	@$(call IF,mandoc,mandoc -T lint -W warning man/*.[578])
	@$(call IF,shellcheck,shellcheck -s sh -S warning $$(grep -rlI '^#!/bin/sh' vendor tests .ci))
	@echo lint: nothing to say

man: kml
	@tests/manual man

# ---- packages

# A tarball of a tarball is the same one: both ways have the modes and the time of the last commit.
FILES   = if [ -e .git ]; then git archive HEAD; \
	  else tar --anchored --exclude=./build --exclude=./kml --exclude=./vendor/dist -cf - .; fi
TIME    = if [ -e .git ]; then git log -1 --format=%ct; else stat -c %Y Makefile; fi

install: kml
	install -D -m 755 kml $(DESTDIR)$(PREFIX)/bin/kml
	install -D -m 644 kml.h $(DESTDIR)$(PREFIX)/include/kml.h
	install -d $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8/
	install -D -m 644 man/kml.ini.5 $(DESTDIR)$(PREFIX)/share/man/man5/kml.ini.5
	install -D -m 644 man/kml-kmod.7 $(DESTDIR)$(PREFIX)/share/man/man7/kml-kmod.7
	install -D -m 644 man/kml.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kml

dist: build/vendor/src/.fetched
	@rm -rf build/dist && mkdir -p build/dist/kml-$(VERSION)
	@{ $(FILES); } | tar -xf - -C build/dist/kml-$(VERSION)
	@mkdir -p build/dist/kml-$(VERSION)/vendor/dist
	@vendor/fetch --list | xargs -I{} cp {} build/dist/kml-$(VERSION)/vendor/dist/
	@tar -C build/dist --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
	  --mtime=@$$($(TIME)) -cf - kml-$(VERSION) | gzip -9n >build/kml-$(VERSION).tar.gz
	@echo build/kml-$(VERSION).tar.gz

clean:
	rm -rf kml build

-include $(wildcard build/deps/*.d)
.PHONY: all help debug loader amalgamation size vendor check checks test test-trees demo bench fuzz lint man \
	install dist clean run-% needs-%
.DELETE_ON_ERROR:
.SECONDARY:
