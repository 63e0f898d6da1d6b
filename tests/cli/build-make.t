# From sources: a Makefile with a rule for `all` is told where the kernel's headers are.

$ $KML_SRC/tests/mkko program
$ cat >headers <<\E && chmod +x headers
> #!/bin/sh
> mkdir -p h/$2/include/generated && echo "#define UTS_RELEASE \"$1\"" >h/$2/include/generated/utsrelease.h
> E
$ for n in 1 2 5; do ./headers 6.1.0-$n-amd64 6.1.0-$n-amd64; done; ./headers 6.1.0-1-amd64 6.1.0-3-amd64
$ mkdir -p src/sub && cat >src/Makefile <<\E
> all: sub/m.ko
> 	@echo 'FLAVOUR is $(FLAVOUR)' "and $$FLAVOUR" in $(notdir $(PWD)) $(notdir $(KDIR))
> 	@test '$(KDIR)' = '$(KERNEL_SRC_DIR)' -a '$(KDIR)' = "$$KERNELDIR" -a $(KVER) = $(KERNEL_VERSION)
> sub/m.ko:
> 	@echo run >>$(RUNS)
> 	@test $(KVER) != 6.1.0-5-amd64 || { echo 'm.c:7:1: error: unknown type name'; exit 3; }
> 	@$(KML_SRC)/tests/mkko $@ name=m "vermagic=$(KERNEL_FULL_VERSION) SMP mod_unload " description=$(MOD_NAME)
> E
$ cat >kml.ini <<E
> [module]
> name = m
> image = oci:built:\${KERNEL_FULL_VERSION}
> [build]
> sources = src
> headers = h/\${KERNEL_FULL_VERSION}
> arg.FLAVOUR = \$a "b"
> arg.RUNS = \$(HOME)
> [kernel all]
> regexp = ^6
> E
$ sed -i "s|^arg.RUNS.*|arg.RUNS = $PWD/runs|" kml.ini
$ printf '6.1.0-%s-amd64\n' 1 2 3 4 5 >list; kml build --kml program -j 2 -K list
6.1.0-1-amd64  m  built     oci:built:6.1.0-1-amd64  sha256:02129ac85d24
6.1.0-2-amd64  m  built     oci:built:6.1.0-2-amd64  sha256:f730337c48d0
6.1.0-3-amd64  m  error     oci:built:6.1.0-3-amd64  $DIR/h/6.1.0-3-amd64: headers of the kernel 6.1.0-1-amd64, not of 6.1.0-3-amd64
6.1.0-4-amd64  m  error     oci:built:6.1.0-4-amd64  no headers: there is no h/6.1.0-4-amd64; install linux-headers-6.1.0-4-amd64 (Debian, Ubuntu) or kernel-devel-6.1.0-4-amd64 (Fedora, RHEL), or say headers = in [build]
6.1.0-5-amd64  m  error     oci:built:6.1.0-5-amd64  make: m.c:7:1: error: unknown type name (see $DIR/.kml/logs/m-6.1.0-5-amd64.log)
kml build: built: 2, error: 3
kml build: 3 of 5 failed; the first: kernel 6.1.0-3-amd64: $DIR/h/6.1.0-3-amd64: headers of the kernel 6.1.0-1-amd64, not of 6.1.0-3-amd64
[1]
$ tail -1 .kml/logs/m-6.1.0-1-amd64.log; sort .kml/logs/*-2-* | head -1
FLAVOUR is $a "b" and $a "b" in sources 6.1.0-1-amd64
FLAVOUR is $a "b" and $a "b" in sources 6.1.0-2-amd64
$ (cd .kml; find . -type f | sort)
./6.1.0-1-amd64/m/modules/m.ko
./6.1.0-1-amd64/m/stamp
./6.1.0-2-amd64/m/modules/m.ko
./6.1.0-2-amd64/m/stamp
./6.1.0-5-amd64/m/sources/Makefile
./logs/m-6.1.0-1-amd64.log
./logs/m-6.1.0-2-amd64.log
./logs/m-6.1.0-5-amd64.log
$ ls src src/sub
src:
Makefile
sub

src/sub:

$ kml inspect oci:built:6.1.0-2-amd64 | grep -E 'title|description'
  org.opencontainers.image.description=m
  org.opencontainers.image.title=m

# As long as nothing changed make is not run again, nor what it made looked for elsewhere.

$ rm -r built runs; kml build --kml program -k 6.1.0-1-amd64 -k 6.1.0-2-amd64 && ls runs
6.1.0-1-amd64  m  built     oci:built:6.1.0-1-amd64  sha256:02129ac85d24
6.1.0-2-amd64  m  built     oci:built:6.1.0-2-amd64  sha256:f730337c48d0
kml build: built: 2
ls: cannot access 'runs': No such file or directory
[2]
$ rm -r built; touch src/Makefile; kml build --kml program -k 6.1.0-1-amd64 -q && ls runs
ls: cannot access 'runs': No such file or directory
[2]
$ cat >again <<\E && chmod +x again
> #!/bin/sh
> rm -rf built runs
> kml build --kml program -k 6.1.0-1-amd64 -q && cat runs
> E
$ echo '#' >>src/Makefile; ./again
run
$ sed -i 's/"b"/"c"/' kml.ini; ./again
run
$ echo 'x y' >h/6.1.0-1-amd64/Module.symvers; ./again
run
$ echo >>.kml/6.1.0-1-amd64/m/modules/m.ko; ./again
run
$ rm .kml/6.1.0-1-amd64/m/stamp; ./again
run
$ rm runs; kml build --kml program -k 6.1.0-1-amd64 -q -f && cat runs
run
$ rm runs; kml build --kml program -k 6.1.0-1-amd64 --workdir work && cat runs; ls work
6.1.0-1-amd64  m  exists    oci:built:6.1.0-1-amd64  sha256:02129ac85d24
kml build: exists: 1
cat: runs: No such file or directory
ls: cannot access 'work': No such file or directory
[2]
$ ls runs; kml build --kml program -f --workdir work -k 6.1.0-1-amd64 && ls work work/6.1.0-1-amd64
ls: cannot access 'runs': No such file or directory
6.1.0-1-amd64  m  built     oci:built:6.1.0-1-amd64  sha256:02129ac85d24
kml build: built: 1
work:
6.1.0-1-amd64
logs

work/6.1.0-1-amd64:
m

# Headers in an archive; a bundle says which kernel it is for, and where they are.

$ sed -i 's/^headers.*/headers = h\/bundle-${KERNEL_FULL_VERSION}.tgz/' kml.ini
$ cat >bundle <<\E && chmod +x bundle
> #!/bin/sh
> cd h
> echo $1 >BUNDLE_UNAME
> echo ./$2 >BUNDLE_BUILD_DIR
> rm -f bundle-$1.tgz
> tar czf bundle-$1.tgz BUNDLE_UNAME BUNDLE_BUILD_DIR $3
> E
$ ./bundle 6.1.0-1-amd64 6.1.0-1-amd64 6.1.0-1-amd64; tar cJf h/bundle-6.1.0-2-amd64.tgz --transform 's|^|usr/src/|' -C h 6.1.0-2-amd64; ./bundle 6.1.0-3-amd64 6.1.0-1-amd64 6.1.0-1-amd64; ./bundle 6.1.0-5-amd64 ../h; head -c 300 h/bundle-6.1.0-1-amd64.tgz >h/bundle-6.1.0-4-amd64.tgz
$ kml build --kml program -f -K list
6.1.0-1-amd64  m  built     oci:built:6.1.0-1-amd64  sha256:02129ac85d24
6.1.0-2-amd64  m  built     oci:built:6.1.0-2-amd64  sha256:f730337c48d0
6.1.0-3-amd64  m  error     oci:built:6.1.0-3-amd64  $DIR/h/bundle-6.1.0-3-amd64.tgz: $DIR/.kml/6.1.0-3-amd64/.headers/6.1.0-1-amd64: headers of the kernel 6.1.0-1-amd64, not of 6.1.0-3-amd64
6.1.0-4-amd64  m  error     oci:built:6.1.0-4-amd64  $DIR/h/bundle-6.1.0-4-amd64.tgz: 6.1.0-1-amd64/include/generated/utsrelease.h: gzip data is cut short
6.1.0-5-amd64  m  error     oci:built:6.1.0-5-amd64  $DIR/h/bundle-6.1.0-5-amd64.tgz: BUNDLE_BUILD_DIR: the name "./../h" leads out of the archive
kml build: built: 2, error: 3
kml build: 3 of 5 failed; the first: kernel 6.1.0-3-amd64: $DIR/h/bundle-6.1.0-3-amd64.tgz: $DIR/.kml/6.1.0-3-amd64/.headers/6.1.0-1-amd64: headers of the kernel 6.1.0-1-amd64, not of 6.1.0-3-amd64
[1]
$ sed 's/.*KDIR=[^ ]*\(.kml[^ ]*\).*/\1/;q' .kml/logs/m-6.1.0-2-amd64.log
.kml/6.1.0-2-amd64/.headers/usr/src/6.1.0-2-amd64
$ find .kml -name .headers
$ rm runs; kml build --kml program -K list; ls runs
6.1.0-1-amd64  m  exists    oci:built:6.1.0-1-amd64  sha256:02129ac85d24
6.1.0-2-amd64  m  exists    oci:built:6.1.0-2-amd64  sha256:f730337c48d0
6.1.0-3-amd64  m  error     oci:built:6.1.0-3-amd64  $DIR/h/bundle-6.1.0-3-amd64.tgz: $DIR/.kml/6.1.0-3-amd64/.headers/6.1.0-1-amd64: headers of the kernel 6.1.0-1-amd64, not of 6.1.0-3-amd64
6.1.0-4-amd64  m  error     oci:built:6.1.0-4-amd64  $DIR/h/bundle-6.1.0-4-amd64.tgz: 6.1.0-1-amd64/include/generated/utsrelease.h: gzip data is cut short
6.1.0-5-amd64  m  error     oci:built:6.1.0-5-amd64  $DIR/h/bundle-6.1.0-5-amd64.tgz: BUNDLE_BUILD_DIR: the name "./../h" leads out of the archive
kml build: exists: 2, error: 3
kml build: 3 of 5 failed; the first: kernel 6.1.0-3-amd64: $DIR/h/bundle-6.1.0-3-amd64.tgz: $DIR/.kml/6.1.0-3-amd64/.headers/6.1.0-1-amd64: headers of the kernel 6.1.0-1-amd64, not of 6.1.0-3-amd64
ls: cannot access 'runs': No such file or directory
[2]
$ ./bundle 6.1.0-1-amd64 6.1.0-2-amd64 6.1.0-2-amd64; kml build --kml program -f -k 6.1.0-1-amd64
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  $DIR/h/bundle-6.1.0-1-amd64.tgz: $DIR/.kml/6.1.0-1-amd64/.headers/6.1.0-2-amd64: headers of the kernel 6.1.0-2-amd64, not of 6.1.0-1-amd64
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: $DIR/h/bundle-6.1.0-1-amd64.tgz: $DIR/.kml/6.1.0-1-amd64/.headers/6.1.0-2-amd64: headers of the kernel 6.1.0-2-amd64, not of 6.1.0-1-amd64
[6]
$ echo 6.1.0-7 >h/BUNDLE_UNAME; tar cf h/bundle-6.1.0-1-amd64.tgz -C h BUNDLE_UNAME; kml build --kml program -f -k 6.1.0-1-amd64
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  $DIR/h/bundle-6.1.0-1-amd64.tgz: headers of the kernel 6.1.0-7, not of 6.1.0-1-amd64
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: $DIR/h/bundle-6.1.0-1-amd64.tgz: headers of the kernel 6.1.0-7, not of 6.1.0-1-amd64
[6]
$ head -c 2000 /dev/zero | tr '\0' x >h/bundle-6.1.0-1-amd64.tgz; kml build --kml program -f -k 6.1.0-1-amd64
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  $DIR/h/bundle-6.1.0-1-amd64.tgz: the checksum of a header is wrong
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: $DIR/h/bundle-6.1.0-1-amd64.tgz: the checksum of a header is wrong
[1]

# Sources that cannot be copied, or say not how they are built; no make; no modules.

$ cat >ini <<\E && chmod +x ini
> #!/bin/sh
> sed -i "s|^sources.*|sources = $1|; s|^headers.*|headers = h/6.1.0-1-amd64|" kml.ini
> kml build --kml program -f -k 6.1.0-1-amd64
> E
$ ./ini nowhere
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  $DIR/nowhere: there are no sources
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: $DIR/nowhere: there are no sources
[1]
$ mkdir bare && ./ini bare
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  $DIR/bare: there is no Makefile and no Kbuild in it
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: $DIR/bare: there is no Makefile and no Kbuild in it
[1]
$ mkdir link && echo all: >link/Makefile && ln -s ../src link/up && ./ini link
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  $DIR/link/up: the link leads out of the directory; name one that has both
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: $DIR/link/up: the link leads out of the directory; name one that has both
[1]
$ rm link/up; mkfifo link/pipe; ./ini link
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  $DIR/link/pipe: not a regular file
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: $DIR/link/pipe: not a regular file
[1]
$ rm link/pipe; mkdir link/a link/b; echo 'all: ; cp m.ko a/m.ko; cp m.ko b/m.ko' >link/Makefile; cp .kml/6.1.0-1-amd64/m/modules/m.ko link; ./ini link
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  $DIR/.kml/6.1.0-1-amd64/m/sources/b/m.ko: the second of this name (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: $DIR/.kml/6.1.0-1-amd64/m/sources/b/m.ko: the second of this name (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
[1]
$ rm link/m.ko; echo all: >link/Makefile; ./ini link
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  make went well, but there is no module (*.ko) below $DIR/.kml/6.1.0-1-amd64/m/sources (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: make went well, but there is no module (*.ko) below $DIR/.kml/6.1.0-1-amd64/m/sources (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
[1]
$ echo 'all: ; kill -9 $$PPID' >link/Makefile; ./ini link
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  make was ended by signal 9, perhaps for want of memory (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: make was ended by signal 9, perhaps for want of memory (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
[1]
$ echo 'all := 1' >link/Makefile; touch h/6.1.0-1-amd64/Makefile; ./ini link
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  make: make: *** No rule to make target 'modules'.  Stop. (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: make: make: *** No rule to make target 'modules'.  Stop. (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
[1]
$ echo 'arg.a-b = c' >>kml.ini; sed -i '/^\[kernel/,/^regexp/d' kml.ini; printf '[kernel a]\nregexp = .\n' >>kml.ini; ./ini link
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  arg.a-b is no name for a variable of make
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: arg.a-b is no name for a variable of make
[1]
$ sed -i '/^arg.a-b/d' kml.ini; ln -s $(command -v kml) only; PATH=$PWD; only build --kml program -f -k 6.1.0-1-amd64
6.1.0-1-amd64  m  error     oci:built:6.1.0-1-amd64  there is no make to run; install make and a compiler (build-essential on Debian, make and gcc elsewhere) (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: there is no make to run; install make and a compiler (build-essential on Debian, make and gcc elsewhere) (see $DIR/.kml/logs/m-6.1.0-1-amd64.log)
[1]
