# An image for each kernel that lacks one, from modules that are there.  (Something else
# of the same machine stands for the program in the image.)

$ $KML_SRC/tests/mkko program
$ for v in 6.1.0-1-amd64 6.1.0-2-amd64; do mkdir -p out/$v && $KML_SRC/tests/mkko out/$v/m.ko name=m "vermagic=$v SMP mod_unload "; done
$ cat >kml.ini <<E
> [module]
> name = m
> image = oci:images:\${KERNEL_FULL_VERSION}
> [build]
> modules = out/\${KERNEL_FULL_VERSION}/*.ko
> [kernel old]
> range = <5
> skip = nobody has these
> [kernel all]
> regexp = ^6
> E
$ kml build -n -k 6.1.0-1-amd64
6.1.0-1-amd64  m  missing   oci:images:6.1.0-1-amd64  (modules out/6.1.0-1-amd64/*.ko)
kml build: missing: 1
$ ls
kml.ini
out
program
$ printf '6.1.0-1-amd64\n4.19.0\n6.1.0-9-amd64\n5.10.0\n6.1.0-2-amd64\n' >list
$ kml build --kml program -K list
6.1.0-1-amd64  m  built     oci:images:6.1.0-1-amd64  sha256:07e38287eed7
4.19.0         m  skipped   nobody has these
6.1.0-9-amd64  m  error     oci:images:6.1.0-9-amd64  no modules: there is no out/6.1.0-9-amd64/*.ko
5.10.0         m  unmapped  no rule covers it
6.1.0-2-amd64  m  built     oci:images:6.1.0-2-amd64  sha256:27dfbf3ebccc
kml build: built: 2, skipped: 1, unmapped: 1, error: 1
kml build: 1 of 5 failed; the first: kernel 6.1.0-9-amd64: no modules: there is no out/6.1.0-9-amd64/*.ko
[1]
$ kml build --kml program -K list --json
[{"kernel":"6.1.0-1-amd64","set":"m","file":"kml.ini","state":"exists","rule":"all","image":"oci:images:6.1.0-1-amd64","digest":"sha256:07e38287eed740b84305214983224b4b83b1cd4e3989f9920161f128ffd04776","modules":"out/6.1.0-1-amd64/*.ko"},{"kernel":"4.19.0","set":"m","file":"kml.ini","state":"skipped","rule":"old","reason":"nobody has these"},{"kernel":"6.1.0-9-amd64","set":"m","file":"kml.ini","state":"error","rule":"all","image":"oci:images:6.1.0-9-amd64","modules":"out/6.1.0-9-amd64/*.ko","reason":"no modules: there is no out/6.1.0-9-amd64/*.ko"},{"kernel":"5.10.0","set":"m","file":"kml.ini","state":"unmapped","reason":"no rule covers it"},{"kernel":"6.1.0-2-amd64","set":"m","file":"kml.ini","state":"exists","rule":"all","image":"oci:images:6.1.0-2-amd64","digest":"sha256:27dfbf3ebccca07f8771f1b233184ff9abe723c0479f272cb766dfd957cae500","modules":"out/6.1.0-2-amd64/*.ko"}]
kml build: exists: 2, skipped: 1, unmapped: 1, error: 1
kml build: 1 of 5 failed; the first: kernel 6.1.0-9-amd64: no modules: there is no out/6.1.0-9-amd64/*.ko
[1]
$ kml build --kml program -k 6.1.0-1-amd64 -k 6.1.0-2-amd64
6.1.0-1-amd64  m  exists    oci:images:6.1.0-1-amd64  sha256:07e38287eed7
6.1.0-2-amd64  m  exists    oci:images:6.1.0-2-amd64  sha256:27dfbf3ebccc
kml build: exists: 2
$ kml build --kml program -q -K list
kml build: 1 of 5 failed; the first: kernel 6.1.0-9-amd64: no modules: there is no out/6.1.0-9-amd64/*.ko
[1]
$ kml build -k 5.10.0
5.10.0  m  unmapped  no rule covers it
kml build: unmapped: 1
kml build: kernel 5.10.0: no rule covers it
[3]
$ kml build -k 4.19.0 -k 5.10.0 --json
[{"kernel":"4.19.0","set":"m","file":"kml.ini","state":"skipped","rule":"old","reason":"nobody has these"},{"kernel":"5.10.0","set":"m","file":"kml.ini","state":"unmapped","reason":"no rule covers it"}]
kml build: skipped: 1, unmapped: 1
$ kml tags oci:images
6.1.0-1-amd64
6.1.0-2-amd64

# Anew only when asked to; the same modules make the same image.

$ kml digest oci:images:6.1.0-1-amd64 >before; kml build --kml program -f -k 6.1.0-1-amd64 && kml digest oci:images:6.1.0-1-amd64 | cmp - before
6.1.0-1-amd64  m  built     oci:images:6.1.0-1-amd64  sha256:07e38287eed7
kml build: built: 1

# A module for another kernel; files and directories, some of which are not there.

$ cp out/6.1.0-1-amd64/m.ko out/6.1.0-2-amd64/; kml build --kml program -f -k 6.1.0-2-amd64
6.1.0-2-amd64  m  error     oci:images:6.1.0-2-amd64  out/6.1.0-2-amd64/m.ko was built for kernel 6.1.0-1-amd64, not for 6.1.0-2-amd64
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-2-amd64: out/6.1.0-2-amd64/m.ko was built for kernel 6.1.0-1-amd64, not for 6.1.0-2-amd64
[6]
$ mkdir other && (sed '/^\[build/,$d' kml.ini; printf '[build]\nmodules = ../out/6*1-amd64, ../out/none/*.ko\n[kernel a]\nregexp = .\n') >other/kml.ini
$ kml build --kml program -c other/kml.ini -k 6.1.0-1-amd64
6.1.0-1-amd64  m  error     oci:images:6.1.0-1-amd64  no modules: there is no other/../out/none/*.ko
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: no modules: there is no other/../out/none/*.ko
[1]
$ sed -i 's/, .*//' other/kml.ini; kml build --kml program -c other/kml.ini -k 6.1.0-1-amd64
6.1.0-1-amd64  m  built     oci:images:6.1.0-1-amd64  sha256:07e38287eed7
kml build: built: 1
$ kml tags oci:other/images
6.1.0-1-amd64

# What cannot be made, and images that two kernels would have.

$ (sed '/^modules/d' kml.ini) >none.ini; kml build -c none.ini -k 6.1.0-3-amd64
6.1.0-3-amd64  m  error     oci:images:6.1.0-3-amd64  [build] says neither modules nor sources to make it from
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-3-amd64: [build] says neither modules nor sources to make it from
[1]
$ sed 's/^modules.*/dockerfile = Dockerfile/' kml.ini >file.ini; kml build -c file.ini -k 6.1.0-3-amd64
6.1.0-3-amd64  m  error     oci:images:6.1.0-3-amd64  kml runs no Dockerfile yet; say sources = DIR in [build], or modules = FILES for what another builder made
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-3-amd64: kml runs no Dockerfile yet; say sources = DIR in [build], or modules = FILES for what another builder made
[1]
$ kml build --kml program -k 6.1.0-1-amd64+rt -k 6.1.0-1-amd64_rt
6.1.0-1-amd64+rt  m  error     oci:images:6.1.0-1-amd64_rt  no modules: there is no out/6.1.0-1-amd64_rt/*.ko
6.1.0-1-amd64_rt  m  error     oci:images:6.1.0-1-amd64_rt  oci:$DIR/images:6.1.0-1-amd64_rt is also for kernel 6.1.0-1-amd64+rt; an image is for one kernel
kml build: error: 2
kml build: warning: kernels 6.1.0-1-amd64+rt and 6.1.0-1-amd64_rt have one tag when they are normalised: oci:images:6.1.0-1-amd64_rt
kml build: 2 of 2 failed; the first: kernel 6.1.0-1-amd64+rt: no modules: there is no out/6.1.0-1-amd64_rt/*.ko
[1]
$ sed 's/^image.*/image = oci-archive:all.tar:${KERNEL_FULL_VERSION}/' kml.ini >tar.ini; kml build --kml program -c tar.ini -k 6.1.0-1-amd64 -k 6.1.0-2-amd64
6.1.0-1-amd64  m  built     oci-archive:all.tar:6.1.0-1-amd64  sha256:07e38287eed7
6.1.0-2-amd64  m  error     oci-archive:all.tar:6.1.0-2-amd64  oci-archive:$DIR/all.tar is also for kernel 6.1.0-1-amd64; an archive holds one image: let its name have ${KERNEL_FULL_VERSION} in it
kml build: built: 1, error: 1
kml build: 1 of 2 failed; the first: kernel 6.1.0-2-amd64: oci-archive:$DIR/all.tar is also for kernel 6.1.0-1-amd64; an archive holds one image: let its name have ${KERNEL_FULL_VERSION} in it
[1]
$ kml build -k a/b
kml build: 'a/b' is no name of a kernel
[1]
$ kml build -c none.ini -K nothing
kml build: nothing: No such file or directory
[1]

# Firmware: files that lie here, or what a base has.

$ mkdir -p fw/v && echo microcode >fw/v/chip.bin && ln -s v/chip.bin fw/old.bin
$ sed 's|^image.*|image = oci:with:${KERNEL_FULL_VERSION}\nfirmware = lib/firmware/x|' kml.ini >fw.ini; kml build --kml program -c fw.ini -k 6.1.0-1-amd64
6.1.0-1-amd64  m  error     oci:with:6.1.0-1-amd64  the image would have no firmware in /lib/firmware/x: say firmware-files = DIR in [build], or a base that has some
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: the image would have no firmware in /lib/firmware/x: say firmware-files = DIR in [build], or a base that has some
[1]
$ sed -i 's|^modules.*|&\nfirmware-files = f${KERNEL_X-x}w|' fw.ini; kml build --kml program -c fw.ini -k 6.1.0-1-amd64
6.1.0-1-amd64  m  error     oci:with:6.1.0-1-amd64  f6w: No such file or directory
kml build: error: 1
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: f6w: No such file or directory
[1]
$ sed -i 's|^firmware-files.*|firmware-files = fw|' fw.ini; kml build --kml program -c fw.ini -k 6.1.0-1-amd64 -q && kml extract oci:with:6.1.0-1-amd64 root && cat root/lib/firmware/x/old.bin
kml extract: 30 files, 1716 bytes
microcode
$ sed 's|^firmware =.*|firmware = /|' fw.ini >all.ini; kml build --kml program -c all.ini -f -k 6.1.0-1-amd64 -q
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: firmware-files need a directory of the image: say firmware = /DIR
[1]
$ sed 's|^modules.*|&\nbase = oci:with:6.1.0-1-amd64|; s|^image.*|image = oci:on:t|' fw.ini >on.ini; kml build --kml program -c on.ini -k 6.1.0-1-amd64 -q
kml build: 1 of 1 failed; the first: kernel 6.1.0-1-amd64: firmware in /lib/firmware/x may be below a link of the base
[1]
$ sed -i 's|^firmware =.*|firmware = /opt/fw|' on.ini; kml build --kml program -c on.ini -k 6.1.0-1-amd64 -q && kml inspect oci:on:t | grep layers
size      3109 bytes in 6 layers
layers

# One target in two spellings is one target, and the second kernel does not get it.

$ printf '[module]\nname = m\n[build]\nmodules = out/${KERNEL_FULL_VERSION}/*.ko\n[kernel a]\nliteral = 6.1.0-1-amd64\nimage = oci:bb:x\n[kernel b]\nliteral = 6.1.0-2-amd64\nimage = oci:./bb:x\n' >two.ini
$ kml build -c two.ini --kml program -k 6.1.0-1-amd64 -k 6.1.0-2-amd64
6.1.0-1-amd64  m  built     oci:bb:x  sha256:07e38287eed7
6.1.0-2-amd64  m  error     oci:./bb:x  oci:$DIR/bb:x is also for kernel 6.1.0-1-amd64; an image is for one kernel
kml build: built: 1, error: 1
kml build: 1 of 2 failed; the first: kernel 6.1.0-2-amd64: oci:$DIR/bb:x is also for kernel 6.1.0-1-amd64; an image is for one kernel
[1]
