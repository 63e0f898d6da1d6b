# Two modules become an image for the kernel that they were built for.  (With the
# program's own bytes in it the digest would change with every version: here
# something else of the same machine stands for it.)

$ mkdir m && for n in a b; do $KML_SRC/tests/mkko m/$n.ko name=$n 'vermagic=6.1.0-56-cloud-amd64 SMP mod_unload ' "description=Module $n" alias=x-$n; done
$ $KML_SRC/tests/mkko program
$ kml pack -n a -o oci:images:6.1 --kml program -m m
sha256:7c24905098dfa24d063806f17281509557de97d7cb06d22954eb9ea0bb5d98e1

# The image depends on names and contents alone: not on the directory, the
# order, the times, the modes or the number of threads.

$ mkdir n && cp m/b.ko n && cp m/a.ko n && touch -d 2001-02-03 n/a.ko && chmod 600 n/b.ko
$ (umask 077; kml pack -n a -o oci:other:x --kml program -m n/b.ko n/a.ko)
sha256:7c24905098dfa24d063806f17281509557de97d7cb06d22954eb9ea0bb5d98e1
$ SOURCE_DATE_EPOCH=1700000000 kml pack -n a -o oci:other:later --kml program n/a.ko n/b.ko
sha256:9ba446e7b803f7fed5c52ce6c4d01bf113a15ff2c821b1be0ec5d5fc44dd5c9b

# What is in it.

$ grep -o '"org.opencontainers.image.ref.name":"[^"]*"' other/index.json
"org.opencontainers.image.ref.name":"x"
"org.opencontainers.image.ref.name":"later"
$ kml pack --json -n a -o oci:other:x --kml program -m m | tr , '\n' | grep -v igest
{"image":"oci:other:x"
"kernel":"6.1.0-56-cloud-amd64"
"architecture":"amd64"
"modules":2
"diffId":"sha256:cac2ede9a5794e3d3507b4a17ce6f7ad101cae94e0f9a85881c3d1ca6592c671"
"size":582
"unpackedSize":11264}
"diffId":"sha256:013695c5dd55a9229f5667354bc74f2b4a43d1fa1b75058e76e527ecaac165f6"
"size":925
"unpackedSize":15872
"kernel":"6.1.0-56-cloud-amd64"}]}
$ for b in other/blobs/sha256/*; do gzip -dc $b 2>/dev/null | tar tf - 2>/dev/null; done | sort -u
bin
opt/
opt/lib/
opt/lib/modules/
opt/lib/modules/6.1.0-56-cloud-amd64/
opt/lib/modules/6.1.0-56-cloud-amd64/a.ko
opt/lib/modules/6.1.0-56-cloud-amd64/b.ko
opt/lib/modules/6.1.0-56-cloud-amd64/modules.alias
opt/lib/modules/6.1.0-56-cloud-amd64/modules.alias.bin
opt/lib/modules/6.1.0-56-cloud-amd64/modules.builtin.alias.bin
opt/lib/modules/6.1.0-56-cloud-amd64/modules.builtin.bin
opt/lib/modules/6.1.0-56-cloud-amd64/modules.dep
opt/lib/modules/6.1.0-56-cloud-amd64/modules.dep.bin
opt/lib/modules/6.1.0-56-cloud-amd64/modules.devname
opt/lib/modules/6.1.0-56-cloud-amd64/modules.softdep
opt/lib/modules/6.1.0-56-cloud-amd64/modules.symbols
opt/lib/modules/6.1.0-56-cloud-amd64/modules.symbols.bin
opt/lib/modules/6.1.0-56-cloud-amd64/modules.weakdep
usr/
usr/bin/
usr/bin/cp
usr/bin/depmod
usr/bin/find
usr/bin/insmod
usr/bin/kml
usr/bin/lsmod
usr/bin/mkdir
usr/bin/modinfo
usr/bin/modprobe
usr/bin/rm
usr/bin/rmmod
usr/bin/sh
usr/bin/sleep
usr/bin/sort
usr/bin/xargs
$ cat $(grep -l '"created":"1970' other/blobs/sha256/*); echo
{"created":"1970-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/bin"],"Cmd":["modprobe","-d","/opt","a"],"Labels":{"io.kml.kernel":"6.1.0-56-cloud-amd64","org.opencontainers.image.description":"Module a","org.opencontainers.image.title":"a"}},"rootfs":{"type":"layers","diff_ids":["sha256:cac2ede9a5794e3d3507b4a17ce6f7ad101cae94e0f9a85881c3d1ca6592c671","sha256:013695c5dd55a9229f5667354bc74f2b4a43d1fa1b75058e76e527ecaac165f6"]},"history":[{"created":"1970-01-01T00:00:00Z","created_by":"kml pack: kml"},{"created":"1970-01-01T00:00:00Z","created_by":"kml pack: modules"}]}
$ (umask 0; for b in images/blobs/sha256/*; do gzip -dc $b 2>/dev/null | tar xf - 2>/dev/null; done); ls -l opt/lib/modules/6.1.0-56-cloud-amd64/a.ko usr/bin/modprobe | cut -c1-10
-rw-r--r--
lrwxrwxrwx
$ cat opt/lib/modules/6.1.0-56-cloud-amd64/modules.alias
# Aliases extracted from modules themselves.
alias x-b b
alias x-a a

# Firmware, an order, labels, another prefix.

$ mkdir -p fw/vendor && echo code >fw/vendor/x.bin && ln -s vendor/x.bin fw/x.bin
$ kml pack -n a -o oci:more -d /usr --order a,b -f fw --label org.opencontainers.image.title=mine --annotation k=v --kml program -m m
sha256:68d8e90df72585810d7dad5601a881eb31f97cc2bfe7ac9e8318a00c9300029e
$ for b in more/blobs/sha256/*; do gzip -dc $b 2>/dev/null | tar tf - 2>/dev/null; done | grep -v modules | sort -u
bin
etc/
etc/modprobe.d/
etc/modprobe.d/kml-order.conf
firmware/
firmware/vendor/
firmware/vendor/x.bin
firmware/x.bin
usr/
usr/bin/
usr/bin/cp
usr/bin/depmod
usr/bin/find
usr/bin/insmod
usr/bin/kml
usr/bin/lsmod
usr/bin/mkdir
usr/bin/modinfo
usr/bin/modprobe
usr/bin/rm
usr/bin/rmmod
usr/bin/sh
usr/bin/sleep
usr/bin/sort
usr/bin/xargs
usr/lib/
$ mkdir x && for b in more/blobs/sha256/*; do gzip -dc $b 2>/dev/null | tar xf - -C x 2>/dev/null; done; cat x/etc/modprobe.d/kml-order.conf x/firmware/x.bin
softdep a pre: b
code
$ cat more/blobs/sha256/* | grep -ao '"Cmd".*"org.opencontainers.image.title":"[a-z]*"\|"annotations":{"k":"v"}'
"Cmd":["modprobe","-d","/usr","a"],"Labels":{"io.kml.kernel":"6.1.0-56-cloud-amd64","org.opencontainers.image.description":"Module a","org.opencontainers.image.title":"mine"
"annotations":{"k":"v"}

# A module of another kernel, or of another machine, is no part of it.

$ $KML_SRC/tests/mkko old.ko name=old 'vermagic=5.14.0 SMP ' && $KML_SRC/tests/mkko arm.ko --machine 32 name=arm 'vermagic=6.1.0-56-cloud-amd64 SMP '
$ kml pack -n a -o oci:refused --kml program -m m old.ko
kml pack: old.ko was built for kernel 5.14.0, and m/b.ko for 6.1.0-56-cloud-amd64: an image is for one kernel
[6]
$ kml pack -n a -k 6.6.0 -o oci:refused --kml program -m m
kml pack: m/b.ko was built for kernel 6.1.0-56-cloud-amd64, not for 6.6.0
[6]
$ kml pack -n a -o oci:refused --kml arm.ko -m m
kml pack: this program is for 386 and the modules are for amd64; give one for that with --kml FILE
[2]
$ echo text >text.ko; kml pack -n a -o oci:refused --kml program -m m text.ko
kml pack: failed to load symbols from text.ko: not an ELF file
kml pack: text.ko: not an ELF file
[1]
$ $KML_SRC/tests/mkko none.ko license=GPL; kml pack -n a -o oci:refused --kml program -m m none.ko
kml pack: none.ko: not a kernel module (no vermagic)
[1]
$ ls refused
ls: cannot access 'refused': No such file or directory
[2]

# What is asked for wrongly.

$ kml pack -n a -m m
kml pack: where to? say -o REF
[2]
$ kml pack -n a -m m -o scratch
kml pack: scratch: no image can be written there
[2]
$ kml pack -o oci:refused -m m
kml pack: which of 2 modules is to be loaded? say -n NAME
[2]
$ kml pack -n c -o oci:refused -m m
kml pack: no module c among those given
[1]
$ kml pack -n a -o oci:refused -m m m/a.ko
kml pack: m/a.ko: there are two modules a
[2]
$ kml pack -n a -o oci:refused -m fw
kml pack: fw: no modules (*.ko) in it
[1]
$ kml pack -n a -k "" -o oci:refused -m m
kml pack: the kernel's name is empty
[2]
$ kml pack -n a -o oci:refused@sha256:abc -m m
kml pack: oci:refused@sha256:abc: a digest is sha256: and 64 digits and letters a to f
[2]
$ kml pack -n a -o oci:refused -m m --label x
kml pack: "x" is not KEY=VALUE
[2]
$ kml pack -n a -o oci:refused -m m -d /a/../b
kml pack: "/a/../b": the directory must not have ".."
[2]
$ kml pack -n a -o oci:refused -m m -d usr
kml pack: "usr": a directory in the image begins with /
[2]
$ kml pack --root . -n a -m /m/a.ko -o oci:/rooted >/dev/null; ls rooted
blobs
index.json
oci-layout
$ SOURCE_DATE_EPOCH=today kml pack -n a -o oci:refused -m m
kml pack: SOURCE_DATE_EPOCH is "today", not seconds since 1970
[2]
$ ln -s /etc/passwd fw/out && kml pack -n a -o oci:images:6.1 --kml program -f fw -m m
kml pack: fw/out: the link leads out of the directory
[2]

# Where modules were built does not get into the image.

$ mkdir o1 o2 && cp m/*.ko o1/ && cp m/*.ko o2/
$ printf '/home/bob/a.o\n/home/bob/b.o\n' >o1/modules.order
$ printf '/root/src/a.ko\n/root/src/b.ko\n' >o2/modules.order
$ [ "$(kml pack -n a -o oci:o:1 --kml program -m o1)" = "$(kml pack -n a -o oci:o:2 --kml program -m o2)" ]

# A link to a directory leads to other modules than those to be packed.

$ mkdir l && cp m/*.ko l/ && ln -s ../m l/host && ln -s ../m l/build
$ kml pack -n a -o oci:links:t --kml program -m l
kml pack: warning: l/host is left out: a link to a directory
sha256:7c24905098dfa24d063806f17281509557de97d7cb06d22954eb9ea0bb5d98e1

# A directory that is something else, and an index that is torn, stay as they are.

$ kml pack -n a -o oci:m --kml program -m m
kml pack: m: not an OCI layout, and not empty
[1]
$ head -c 100 images/index.json >torn && cp torn images/index.json && kml pack -n a -o oci:images:y --kml program -m m
kml pack: images/index.json: not JSON: unexpected end of data at byte 100
[1]
$ cmp torn images/index.json

# What has no end, and what may never begin, is not waited for.
$ mkdir endless && ln -s /dev/zero endless/oci-layout && mkfifo endless/index.json

$ timeout 10 kml pack -q -n a -o oci:endless --kml program -m m
kml pack: endless/oci-layout: not a regular file
[1]

$ rm endless/oci-layout && cp images/oci-layout endless && timeout 10 kml pack -q -n a -o oci:endless --kml program -m m
kml pack: endless/index.json: not a regular file
[1]

# An image of its own has what Kernel Module Management runs in it, found below /bin and
# /usr/bin; on a base, the base's own shell stays.

$ kml pack -n a -o oci:run:6.1 --kml program -m m >/dev/null && kml extract -q oci:run:6.1 own && readlink own/bin own/bin/sh && ls own/bin/
usr/bin
kml
cp
depmod
find
insmod
kml
lsmod
mkdir
modinfo
modprobe
rm
rmmod
sh
sleep
sort
xargs
$ kml pack -n a -o oci:run:6.1 --kml program -m m -d /bin
kml pack: /bin is a link in the image; let --dir be another
[2]
$ kml pack -n a -o oci:run:based --base oci:run:6.1 --kml program -m m >/dev/null
$ gzip -dc run/blobs/sha256/$(kml inspect --json oci:run:based | grep -o '"digest":"sha256:[0-9a-f]*"' | tail -2 | head -1 | grep -o '[0-9a-f]\{64\}') | tar tf -
usr/
usr/bin/
usr/bin/depmod
usr/bin/insmod
usr/bin/kml
usr/bin/lsmod
usr/bin/modinfo
usr/bin/modprobe
usr/bin/rmmod
usr/bin/sleep
