# A tree of modules: a driver that needs another module, softly and weakly others,
# and firmware; a file system that is built in.

$ mkdir -p t/lib/modules/6.1.0/kernel && cd t/lib/modules/6.1.0
> mk() { n=$1; shift; $KML_SRC/tests/mkko kernel/$n.ko name=$n 'vermagic=6.1.0 SMP ' "$@"; }
> mk bus +bus_add; mk disk -bus_add alias=pci:v00001AF4d* 'softdep=pre: hash' weakdep=late firmware=disk/a.bin firmware=disk/b.bin firmware=disk/none.bin
> mk hash alias=crypto-hash; mk late -bus_add; mk other alias=pci:v00008086d*; mk wild 'alias=pci:v00001AF4d00001001sv*'
> echo kernel/fs/ext4/ext4.ko >modules.builtin; printf 'ext4.alias=fs-ext4\0' >modules.builtin.modinfo; touch modules.order
$ kml depmod -b t 6.1.0 && $KML_SRC/tests/mkko program

# Named, it comes with all that it needs, now or later, and depmod's files for these.

$ kml cpio -b t -k 6.1.0 -m disk -m ext4 --kml program -o disk.cpio
$ cpio -tv --quiet <disk.cpio | sed 's/ Jan.*1970//; s/  */ /g'
drwxr-xr-x 2 root root 0 usr
drwxr-xr-x 2 root root 0 usr/bin
lrwxrwxrwx 1 root root 3 usr/bin/depmod -> kml
lrwxrwxrwx 1 root root 3 usr/bin/insmod -> kml
-rwxr-xr-x 1 root root 696 usr/bin/kml
lrwxrwxrwx 1 root root 3 usr/bin/kmod -> kml
lrwxrwxrwx 1 root root 3 usr/bin/lsmod -> kml
lrwxrwxrwx 1 root root 3 usr/bin/modinfo -> kml
lrwxrwxrwx 1 root root 3 usr/bin/modprobe -> kml
lrwxrwxrwx 1 root root 3 usr/bin/rmmod -> kml
drwxr-xr-x 2 root root 0 usr/lib
drwxr-xr-x 2 root root 0 usr/lib/modules
drwxr-xr-x 2 root root 0 usr/lib/modules/6.1.0
drwxr-xr-x 2 root root 0 usr/lib/modules/6.1.0/kernel
-rw-r--r-- 1 root root 816 usr/lib/modules/6.1.0/kernel/bus.ko
-rw-r--r-- 1 root root 880 usr/lib/modules/6.1.0/kernel/disk.ko
-rw-r--r-- 1 root root 744 usr/lib/modules/6.1.0/kernel/hash.ko
-rw-r--r-- 1 root root 760 usr/lib/modules/6.1.0/kernel/late.ko
-rw-r--r-- 1 root root 95 usr/lib/modules/6.1.0/modules.alias
-rw-r--r-- 1 root root 122 usr/lib/modules/6.1.0/modules.alias.bin
-rw-r--r-- 1 root root 23 usr/lib/modules/6.1.0/modules.builtin
-rw-r--r-- 1 root root 38 usr/lib/modules/6.1.0/modules.builtin.alias.bin
-rw-r--r-- 1 root root 31 usr/lib/modules/6.1.0/modules.builtin.bin
-rw-r--r-- 1 root root 19 usr/lib/modules/6.1.0/modules.builtin.modinfo
-rw-r--r-- 1 root root 91 usr/lib/modules/6.1.0/modules.dep
-rw-r--r-- 1 root root 196 usr/lib/modules/6.1.0/modules.dep.bin
-rw-r--r-- 1 root root 0 usr/lib/modules/6.1.0/modules.order
-rw-r--r-- 1 root root 78 usr/lib/modules/6.1.0/modules.softdep
-rw-r--r-- 1 root root 74 usr/lib/modules/6.1.0/modules.symbols
-rw-r--r-- 1 root root 44 usr/lib/modules/6.1.0/modules.symbols.bin
-rw-r--r-- 1 root root 73 usr/lib/modules/6.1.0/modules.weakdep
$ mkdir x && (cd x && cpio -id --quiet <../disk.cpio && cat usr/lib/modules/6.1.0/modules.dep usr/lib/modules/6.1.0/modules.alias && cmp usr/bin/kml ../program)
kernel/bus.ko:
kernel/late.ko: kernel/bus.ko
kernel/hash.ko:
kernel/disk.ko: kernel/bus.ko
# Aliases extracted from modules themselves.
alias crypto-hash hash
alias pci:v00001AF4d* disk
$ kml modprobe -d x/usr -S 6.1.0 -D disk
insmod $DIR/x/usr/lib/modules/6.1.0/kernel/bus.ko 
insmod $DIR/x/usr/lib/modules/6.1.0/kernel/hash.ko 
insmod $DIR/x/usr/lib/modules/6.1.0/kernel/disk.ko 

# It depends on names and contents alone: not on times, modes, umask or threads.  It is
# whole blocks, all is root's, inodes are counted.

$ cp -r t u && touch -d 2001-02-03 u/lib/modules/6.1.0/kernel/* && chmod 600 u/lib/modules/6.1.0/kernel/*
$ (umask 077; kml cpio -b u -k 6.1.0 -m ext4 -m disk --kml program) | cmp - disk.cpio
$ echo $(($(stat -c %s disk.cpio) % 512)); cpio -tvn --quiet <disk.cpio | awk '{ print $3, $4 }' | sort -u
0
0 0
$ SOURCE_DATE_EPOCH=1700000000 kml cpio -b t -k 6.1.0 -m disk --kml program | cpio -tv --quiet | grep -c 'Nov 14  2023'
31
$ for z in gzip zstd; do kml cpio -b t -k 6.1.0 -m disk --kml program -z $z | $z -dc | cmp - disk.cpio; done

# By what a device says of itself; -a - reads a whole machine's.  What modprobe.d says
# counts if it is given, and goes in; what this machine has does not.

$ kml cpio -b t -k 6.1.0 -a pci:v00001AF4d00001001sv00bc01 --no-kml | cpio -t --quiet | grep 'ko$'
usr/lib/modules/6.1.0/kernel/bus.ko
usr/lib/modules/6.1.0/kernel/disk.ko
usr/lib/modules/6.1.0/kernel/hash.ko
usr/lib/modules/6.1.0/kernel/late.ko
usr/lib/modules/6.1.0/kernel/wild.ko
$ printf 'acpi:LNXPWRBN:\npci:v00008086d1\n\nfs-ext4\n' | kml cpio -b t -k 6.1.0 -a - --no-kml | cpio -t --quiet | grep 'ko$'
usr/lib/modules/6.1.0/kernel/other.ko
$ kml cpio -b t -k 6.1.0 -a usb:v1 --no-kml | cpio -t --quiet | grep 'ko$'
kml cpio: warning: no module for usb:v1 in t/lib/modules/6.1.0
kml cpio: no modules go in: none is needed that is not built in
[1]
$ mkdir m && echo 'blacklist wild' >m/a.conf && echo 'install late /sbin/modprobe other' >m/b.conf && echo 'softdep disk pre: other' >m/c.conf
$ kml cpio -b t -k 6.1.0 -a pci:v00001AF4d00001001sv00bc01 -C m --no-kml | cpio -t --quiet | grep 'ko$\|conf$'
kml cpio: warning: m/b.conf has an install line for late: it is not run here, and what it runs is not in the archive
etc/modprobe.d/a.conf
etc/modprobe.d/b.conf
etc/modprobe.d/c.conf
usr/lib/modules/6.1.0/kernel/bus.ko
usr/lib/modules/6.1.0/kernel/disk.ko
usr/lib/modules/6.1.0/kernel/late.ko
usr/lib/modules/6.1.0/kernel/other.ko

# Firmware is found where the kernel finds it, links followed; what is missing is told.

$ mkdir -p t/lib/firmware/disk t/lib/firmware/updates/6.1.0/disk && echo a >t/lib/firmware/real && ln -s ../real t/lib/firmware/disk/a.bin && echo b | xz >t/lib/firmware/disk/b.bin.xz && echo u | zstd -q >t/lib/firmware/updates/6.1.0/disk/b.bin.zst
$ kml cpio -b t -k 6.1.0 -m disk -m wild --firmware --no-kml | cpio -tv --quiet | grep -o '[0-9]* Jan.*firmware.*bin.*'
kml cpio: warning: module disk may want firmware disk/none.bin, which is not in t/lib/firmware
2 Jan  1  1970 usr/lib/firmware/disk/a.bin
15 Jan  1  1970 usr/lib/firmware/updates/6.1.0/disk/b.bin.zst

# An initramfs of its own; or one that has /lib as a directory.

$ kml cpio -b t -k 6.1.0 -m late --init --kml program | cpio -tv --quiet | grep -v 'modules/\|usr/bin/[a-jl-z]' | sed 's/ Jan.*1970//; s/  */ /g'
lrwxrwxrwx 1 root root 7 bin -> usr/bin
drwxr-xr-x 2 root root 0 dev
crw------- 1 root root 5, 1 dev/console
drwxr-xr-x 2 root root 0 etc
drwxr-xr-x 2 root root 0 etc/modules-load.d
-rw-r--r-- 1 root root 5 etc/modules-load.d/kml.conf
lrwxrwxrwx 1 root root 11 init -> usr/bin/kml
lrwxrwxrwx 1 root root 7 lib -> usr/lib
drwxr-xr-x 2 root root 0 proc
drwxr-xr-x 2 root root 0 run
lrwxrwxrwx 1 root root 7 sbin -> usr/bin
drwxr-xr-x 2 root root 0 sys
drwxr-xr-x 2 root root 0 usr
drwxr-xr-x 2 root root 0 usr/bin
-rwxr-xr-x 1 root root 696 usr/bin/kml
lrwxrwxrwx 1 root root 3 usr/bin/kmod -> kml
drwxr-xr-x 2 root root 0 usr/lib
drwxr-xr-x 2 root root 0 usr/lib/modules
lrwxrwxrwx 1 root root 3 usr/sbin -> bin
$ kml cpio -b t -k 6.1.0 -m late --lib lib --no-kml | cpio -t --quiet | head -4
lib
lib/modules
lib/modules/6.1.0
lib/modules/6.1.0/kernel

# Modules of an image come before those of the tree, which has what they need.

$ mkdir i && $KML_SRC/tests/mkko i/disk.ko name=disk 'vermagic=6.1.0 SMP ' version=2 -bus_add && kml pack -q -n disk -o oci:images:t --kml program -m i >/dev/null
$ kml cpio -b t -k 6.1.0 -m disk --from oci:images:t --no-kml | (cd x && rm -r usr && cpio -id --quiet) && find x -name '*.ko' | sort && cmp i/disk.ko x/usr/lib/modules/6.1.0/updates/disk.ko && cat x/usr/lib/modules/6.1.0/modules.dep
x/usr/lib/modules/6.1.0/kernel/bus.ko
x/usr/lib/modules/6.1.0/updates/disk.ko
kernel/bus.ko:
updates/disk.ko: kernel/bus.ko
$ kml cpio -b t -k 6.2.0 -m disk --from oci:images:t --no-kml
kml cpio: image oci:images:t has no modules for kernel 6.2.0
[6]
$ kml cpio -b t -k 6.1.0 -m disk --from oci:images:none --no-kml
kml cpio: image oci:images:none: images: no image "none"
[4]
$ for b in images/blobs/sha256/*; do case $(head -c 2 $b | od -An -tx1) in *1f*8b*) printf x | dd of=$b bs=1 seek=40 conv=notrunc status=none; esac; done; kml cpio -b t -k 6.1.0 -m disk --from oci:images:t -o bad.cpio; ls bad.cpio
kml cpio: image oci:images:t: layer sha256:a82ffc561b5b5a6454f6f4c828e08fa65855cd248e4cbd1501a95eb73823d90a: the content does not have this digest
ls: cannot access 'bad.cpio': No such file or directory
[2]

# What it is appended to stays whole: the indexes know the modules that are there, which do
# not go in again, and zeros before it bring it to a multiple of four bytes.

$ base() { (cd b && find . | sort | cpio -o -H newc --quiet -R 0:0); }; mkdir -p b/usr/lib/modules/6.1.0/kernel && ln -s usr/lib b/lib && cp t/lib/modules/6.1.0/kernel/bus.ko b/usr/lib/modules/6.1.0/kernel/ && cp t/lib/modules/6.1.0/kernel/other.ko b/usr/lib/modules/6.1.0/mine.ko
> base >plain.img; base | gzip -n >gzip.img; base | xz >xz.img; { (cd m && echo a.conf | cpio -o -H newc --quiet); base | zstd -q; printf '\0'; base | gzip -n; } >many.img
> for i in plain gzip xz many; do kml cpio -b t -k 6.1.0 -m disk --onto $i.img --no-kml >$i.new; tr -d '\0' <$i.new | cksum; echo $((($(stat -c %s $i.img) + $(stat -c %s $i.new)) % 512)); done | sort -u | wc -l
2
$ cpio -t --quiet <plain.new | grep 'ko$'; rm -r x/usr; (cd x && cpio -id --quiet <../plain.new); cat x/usr/lib/modules/6.1.0/modules.dep
usr/lib/modules/6.1.0/kernel/disk.ko
usr/lib/modules/6.1.0/kernel/hash.ko
usr/lib/modules/6.1.0/kernel/late.ko
kernel/bus.ko:
mine.ko:
kernel/late.ko: kernel/bus.ko
kernel/hash.ko:
kernel/disk.ko: kernel/bus.ko
$ kml cpio -b t -k 6.1.0 -m bus --onto t/lib/modules/6.1.0/modules.dep --no-kml
kml cpio: t/lib/modules/6.1.0/modules.dep: not an initramfs, or compressed in a way that is not understood (gzip, xz and zstd are)
[1]
$ head -c 700 plain.img >cut.img; kml cpio -b t -k 6.1.0 -m bus --onto cut.img --no-kml
kml cpio: cut.img: not a cpio archive, or cut short
[1]
$ mkdir -p l/lib && (cd l && find . | cpio -o -H newc --quiet) >l.img; kml cpio -b t -k 6.1.0 -m bus --onto l.img --no-kml | cpio -t --quiet | grep 'ko$'
lib/modules/6.1.0/kernel/bus.ko

# What cannot be, and what is asked for wrongly.

$ kml cpio -b t -k 6.1.0 -m none --no-kml
kml cpio: no module none in t/lib/modules/6.1.0
[1]
$ kml cpio -b t -k 6.2.0 -m disk
kml cpio: t/lib/modules/6.2.0 has no modules.dep.bin: is 6.2.0 the kernel's name? else run `kml depmod` first
[1]
$ kml cpio -b t -k ../6.1.0 -m disk
kml cpio: "../6.1.0" is no kernel version
[1]
$ kml cpio -b t -k 6.1.0
kml cpio: which modules? say -m NAME or -a MODALIAS
[2]
$ kml cpio -b t -k 6.1.0 -m disk -z lzma
kml cpio: --compress lzma: it is none, gzip or zstd
[2]
$ kml cpio -b t -k 6.1.0 -m disk --init --no-kml
kml cpio: --init without kml: it is the /init
[2]
$ kml cpio -b t -k 6.1.0 -m disk --kml /dev/null
kml cpio: /dev/null: not an ELF file
[1]
$ $KML_SRC/tests/mkko arm --machine 32; kml cpio -b t -k 6.1.0 -m disk --kml arm
kml cpio: this program is for 386 and the modules are for amd64; give one for that with --kml FILE
[2]
$ kml cpio -b t -k 6.1.0 -m disk -C none.conf
kml cpio: none.conf: No such file or directory
[1]
$ SOURCE_DATE_EPOCH=9999999999 kml cpio -b t -k 6.1.0 -m disk
kml cpio: the time 9999999999 is after the year 2106
[2]
$ kml cpio -b t -k 6.1.0 -m disk --no-kml -o none/x
kml cpio: none/x: No such file or directory
[1]
$ head -c 500 t/lib/modules/6.1.0/kernel/bus.ko >short && cp short t/lib/modules/6.1.0/kernel/bus.ko && kml cpio -b t -k 6.1.0 -m disk --kml program -o bad.cpio; ls bad.cpio
kml cpio: failed to load symbols from t/lib/modules/6.1.0/kernel/bus.ko: section headers: there is no room for 8
kml cpio: kernel/bus.ko: section headers: there is no room for 8
ls: cannot access 'bad.cpio': No such file or directory
[2]
