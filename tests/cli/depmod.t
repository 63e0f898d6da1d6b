# A tree of modules, with what each exports (+) and needs (-).

$ mkdir -p lib/modules/6.1.0/kernel/fs lib/modules/6.1.0/updates
$ cd lib/modules/6.1.0 && for m in 'fs/jbd.ko +jbd_start=1' 'fs/ext.ko -jbd_start=1 -crc=2 alias=fs-ext softdep=pre:\ crc' 'crc.ko +crc=2 alias=crypto-crc alias=char-major-10-200 alias=devname:crc weakdep=hw'; do eval "$KML_SRC/tests/mkko kernel/$m"; done
$ printf 'kernel/crc.ko\nkernel/fs/jbd.ko\nkernel/fs/ext.ko\n' >lib/modules/6.1.0/modules.order
$ printf 'kernel/fs/proc-fs.ko\n' >lib/modules/6.1.0/modules.builtin
$ printf 'proc_fs.license=GPL\0proc_fs.alias=fs-proc\0' >lib/modules/6.1.0/modules.builtin.modinfo

# depmod writes its files and says nothing.

$ kml depmod -b . 6.1.0
$ ls lib/modules/6.1.0
kernel
modules.alias
modules.alias.bin
modules.builtin
modules.builtin.alias.bin
modules.builtin.bin
modules.builtin.modinfo
modules.dep
modules.dep.bin
modules.devname
modules.order
modules.softdep
modules.symbols
modules.symbols.bin
modules.weakdep
updates
$ cd lib/modules/6.1.0 && cat modules.dep modules.alias modules.softdep modules.weakdep modules.devname modules.symbols
kernel/crc.ko:
kernel/fs/jbd.ko:
kernel/fs/ext.ko: kernel/crc.ko kernel/fs/jbd.ko
# Aliases extracted from modules themselves.
alias crypto-crc crc
alias char-major-10-200 crc
alias devname:crc crc
alias fs-ext ext
# Soft dependencies extracted from modules themselves.
softdep ext pre: crc
# Weak dependencies extracted from modules themselves.
weakdep crc hw
# Device nodes to trigger on-demand module loading.
crc crc c10:200
# Aliases for symbols, used by symbol_request().
alias symbol:crc crc
alias symbol:jbd_start jbd

# Twice gives the same bytes; so does one worker. A module of whatever kind is known.

$ cd lib/modules/6.1.0 && cat modules.*bin modules.dep | cksum >../before
$ xz -k lib/modules/6.1.0/kernel/crc.ko && rm lib/modules/6.1.0/kernel/crc.ko
$ gzip -n lib/modules/6.1.0/kernel/fs/jbd.ko; zstd -q --rm lib/modules/6.1.0/kernel/fs/ext.ko
$ kml depmod -b . 6.1.0; cat lib/modules/6.1.0/modules.dep
kernel/crc.ko.xz:
kernel/fs/jbd.ko.gz:
kernel/fs/ext.ko.zst: kernel/crc.ko.xz kernel/fs/jbd.ko.gz
$ cd lib/modules/6.1.0/kernel && unxz crc.ko.xz && gunzip fs/jbd.ko.gz && unzstd -q --rm fs/ext.ko.zst
$ kml depmod -a -b . 6.1.0; cd lib/modules/6.1.0 && cat modules.*bin modules.dep | cksum | cmp - ../before

# -n prints the texts and writes nothing, -o writes elsewhere, -m looks elsewhere.

$ rm lib/modules/6.1.0/modules.dep; kml depmod -n -b . 6.1.0 | head -4; ls lib/modules/6.1.0/modules.dep
kernel/crc.ko:
kernel/fs/jbd.ko:
kernel/fs/ext.ko: kernel/crc.ko kernel/fs/jbd.ko
# Aliases extracted from modules themselves.
ls: cannot access 'lib/modules/6.1.0/modules.dep': No such file or directory
[2]
$ kml depmod -b . -o out 6.1.0; ls out/lib/modules/6.1.0 | head -3
modules.alias
modules.alias.bin
modules.builtin.alias.bin
$ kml depmod -b lib -m /modules -n 6.1.0 | head -1
kernel/crc.ko:

# -A does nothing if no module is newer than modules.dep.

$ kml depmod -b . 6.1.0; touch -d '2 days ago' $(find lib -name '*.ko'); rm lib/modules/6.1.0/modules.alias; kml depmod -A -b . 6.1.0; ls lib/modules/6.1.0/modules.alias
ls: cannot access 'lib/modules/6.1.0/modules.alias': No such file or directory
[2]
$ touch -d 'tomorrow' lib/modules/6.1.0/kernel/crc.ko; kml depmod -A -b . 6.1.0; ls lib/modules/6.1.0/modules.alias
lib/modules/6.1.0/modules.alias

# Of two modules with one name the one in updates counts, unless depmod.d says otherwise.

$ cp lib/modules/6.1.0/kernel/crc.ko lib/modules/6.1.0/updates/; kml depmod -n -b . 6.1.0 | head -3
kernel/fs/jbd.ko:
kernel/fs/ext.ko: updates/crc.ko kernel/fs/jbd.ko
updates/crc.ko:
$ printf 'search built-in\n' >conf; kml depmod -C conf -n -b . 6.1.0 | head -1
kernel/crc.ko:
$ printf 'override crc 6.* updates\nsearch kernel\nwhat is this\n' >conf; kml depmod -C conf -n -b . 6.1.0 | head -1
depmod: ERROR: conf:3: ignoring bad line starting with 'what'
kernel/fs/jbd.ko:
$ rm lib/modules/6.1.0/updates/crc.ko

# -e with -E or -F tells of symbols that nobody has; -v of those that somebody has.

$ $KML_SRC/tests/mkko lib/modules/6.1.0/kernel/odd.ko -printk=7 -unheard=1 -crc=3 --weak=maybe
$ kml depmod -e -n -b . 6.1.0 | grep odd
depmod: WARNING: -e needs -E or -F
kernel/odd.ko: kernel/crc.ko
$ printf '0x00000007\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n' >Module.symvers; kml depmod -e -E Module.symvers -n -b . 6.1.0 | grep -v '^alias\|^#'
depmod: WARNING: ./lib/modules/6.1.0/kernel/odd.ko needs unknown symbol unheard
depmod: WARNING: ./lib/modules/6.1.0/kernel/odd.ko disagrees about version of symbol crc
kernel/crc.ko:
kernel/fs/jbd.ko:
kernel/fs/ext.ko: kernel/crc.ko kernel/fs/jbd.ko
kernel/odd.ko: kernel/crc.ko
softdep ext pre: crc
weakdep crc hw
crc crc c10:200
$ printf 'ffffffff81000000 r __ksymtab_printk\n' >System.map; kml depmod -e -F System.map -n -b . 6.1.0 | grep odd
depmod: WARNING: ./lib/modules/6.1.0/kernel/odd.ko needs unknown symbol unheard
kernel/odd.ko: kernel/crc.ko
$ kml depmod -v -n -b . 6.1.0 | grep needs
./lib/modules/6.1.0/kernel/fs/ext.ko needs "jbd_start": ./lib/modules/6.1.0/kernel/fs/jbd.ko
./lib/modules/6.1.0/kernel/fs/ext.ko needs "crc": ./lib/modules/6.1.0/kernel/crc.ko
./lib/modules/6.1.0/kernel/odd.ko needs "crc": ./lib/modules/6.1.0/kernel/crc.ko
$ kml depmod -e -F nowhere -b . 6.1.0
depmod: FATAL: could not load nowhere: No such file or directory
[1]
$ rm lib/modules/6.1.0/kernel/odd.ko

# Only the modules that are named: their paths are absolute.

$ kml depmod -n -b $PWD 6.1.0 $PWD/lib/modules/6.1.0/kernel/crc.ko | head -1
kernel/crc.ko:
$ kml depmod -n -b . 6.1.0 kernel/crc.ko
depmod: FATAL: kernel/crc.ko: not absolute path.
[1]
$ kml depmod -n -b . 6.1.0 /kernel/crc.ko
depmod: FATAL: could not create module /kernel/crc.ko: No such file or directory
[1]

# --cache: the same files from what was read before. A cache that is of no use is ignored.

$ cd lib/modules/6.1.0 && rm -f modules.*.bin modules.alias && sleep 3.2
$ kml depmod --cache -b . 6.1.0; cd lib/modules/6.1.0 && cat modules.*bin modules.dep | cksum | cmp - ../before; ls | grep cache
modules.kml-cache
$ kml depmod --cache -b . 6.1.0; cd lib/modules/6.1.0 && cat modules.*bin modules.dep | cksum | cmp - ../before
$ cd lib/modules/6.1.0 && touch -d 2001-02-03 modules.dep modules.alias && kml depmod --cache -b ../../.. 6.1.0; find modules.dep modules.alias -newermt 2002-01-01
modules.dep
$ rm lib/modules/6.1.0/modules.alias.bin; kml depmod --cache -b . 6.1.0; cd lib/modules/6.1.0 && cat modules.*bin modules.dep | cksum | cmp - ../before
$ cp lib/modules/6.1.0/kernel/crc.ko crc.ko; $KML_SRC/tests/mkko lib/modules/6.1.0/kernel/crc.ko +crc2=2; kml depmod --cache -b . 6.1.0; cat lib/modules/6.1.0/modules.dep
kernel/crc.ko:
kernel/fs/jbd.ko:
kernel/fs/ext.ko: kernel/fs/jbd.ko
$ cp crc.ko lib/modules/6.1.0/kernel/crc.ko; for n in 0 60 100 300; do head -c $n lib/modules/6.1.0/modules.kml-cache >cut; cp cut lib/modules/6.1.0/modules.kml-cache; kml depmod --cache -b . 6.1.0; (cd lib/modules/6.1.0 && cat modules.*bin modules.dep | cksum | cmp - ../before); done
$ rm lib/modules/6.1.0/modules.kml-cache; kml depmod --cache -n -b . 6.1.0 | head -1; ls lib/modules/6.1.0 | grep cache
kernel/crc.ko:
[1]
$ mkdir lib/modules/6.1.0/modules.kml-cache; kml depmod --cache -b . 6.1.0; rmdir lib/modules/6.1.0/modules.kml-cache
depmod: WARNING: could not write ./lib/modules/6.1.0/modules.kml-cache: Is a directory

# What is no module stays in modules.dep; what is wrong with it is said.

$ echo text >lib/modules/6.1.0/kernel/text.ko; head -c 300 lib/modules/6.1.0/kernel/crc.ko >lib/modules/6.1.0/kernel/cut.ko
$ xz -c lib/modules/6.1.0/kernel/crc.ko | head -c 200 >lib/modules/6.1.0/kernel/cut2.ko.xz; ln -s gone lib/modules/6.1.0/kernel/gone.ko
$ $KML_SRC/tests/mkko lib/modules/6.1.0/kernel/bad.ko 'alias=a[b' alias=twice alias=twice alias=devname:x "alias=$(printf 'caf\303\251')"
$ kml depmod -w -b . 6.1.0; cat lib/modules/6.1.0/modules.dep
depmod: WARNING: ./lib/modules/6.1.0/kernel/gone.ko is left out: No such file or directory
depmod: ERROR: failed to load symbols from ./lib/modules/6.1.0/kernel/cut2.ko.xz: xz data is cut short
depmod: ERROR: failed to load symbols from ./lib/modules/6.1.0/kernel/text.ko: not an ELF file
depmod: ERROR: failed to load symbols from ./lib/modules/6.1.0/kernel/cut.ko: section headers: there is no room for 8
depmod: WARNING: Unmatched bracket in a[b
depmod: WARNING: What is not ASCII cannot be indexed: café
depmod: WARNING: duplicate module alias:
twice bad
depmod: ERROR: Module 'bad' has devname (x) but lacks major and minor information. Ignoring.
kernel/crc.ko:
kernel/fs/jbd.ko:
kernel/fs/ext.ko: kernel/crc.ko kernel/fs/jbd.ko
kernel/cut2.ko.xz:
kernel/text.ko:
kernel/cut.ko:
kernel/bad.ko:
$ cd lib/modules/6.1.0/kernel && rm text.ko cut.ko cut2.ko.xz gone.ko bad.ko

# Modules in a circle, or one that needs itself: every cycle is told, no file is touched.

$ cd lib/modules/6.1.0/kernel && $KML_SRC/tests/mkko a.ko +a -b && $KML_SRC/tests/mkko b.ko +b -a && $KML_SRC/tests/mkko c.ko +c -c -a
$ rm lib/modules/6.1.0/modules.dep; kml depmod -b . 6.1.0
depmod: ERROR: Cycle detected: c -> c
depmod: ERROR: Cycle detected: a -> b -> a
depmod: ERROR: Found 3 modules in dependency cycles!
depmod: FATAL: modules depend on each other in a circle
[1]
$ ls lib/modules/6.1.0/modules.dep; cd lib/modules/6.1.0/kernel && rm a.ko b.ko c.ko
ls: cannot access 'lib/modules/6.1.0/modules.dep': No such file or directory

# When it cannot write, it fails and leaves what is there.

$ rm lib/modules/6.1.0/modules.order lib/modules/6.1.0/modules.builtin*
$ kml depmod -b . 6.1.0; wc -c <lib/modules/6.1.0/modules.builtin.bin
depmod: WARNING: could not open modules.order at ./lib/modules/6.1.0: No such file or directory
depmod: WARNING: could not open modules.builtin at ./lib/modules/6.1.0: No such file or directory
depmod: WARNING: could not open modules.builtin.modinfo at ./lib/modules/6.1.0: No such file or directory
0
$ rm lib/modules/6.1.0/modules.dep* lib/modules/6.1.0/modules.symbols.bin; mkdir lib/modules/6.1.0/modules.symbols.bin
$ kml depmod -b . 6.1.0; ls -a lib/modules/6.1.0 | grep 'dep\|kml'
depmod: WARNING: could not open modules.order at ./lib/modules/6.1.0: No such file or directory
depmod: WARNING: could not open modules.builtin at ./lib/modules/6.1.0: No such file or directory
depmod: WARNING: could not open modules.builtin.modinfo at ./lib/modules/6.1.0: No such file or directory
depmod: FATAL: could not write ./lib/modules/6.1.0/modules.symbols.bin: Is a directory
modules.softdep
modules.weakdep
$ rmdir lib/modules/6.1.0/modules.symbols.bin; kml depmod -b . -o lib/modules/6.1.0/kernel/crc.ko 6.1.0
depmod: WARNING: could not open modules.order at ./lib/modules/6.1.0: No such file or directory
depmod: WARNING: could not open modules.builtin at ./lib/modules/6.1.0: No such file or directory
depmod: WARNING: could not open modules.builtin.modinfo at ./lib/modules/6.1.0: No such file or directory
depmod: FATAL: could not create directory lib/modules/6.1.0/kernel/crc.ko/lib/modules/6.1.0: lib/modules/6.1.0/kernel/crc.ko/lib: Not a directory
[1]
$ kml depmod -b . 9.9
depmod: ERROR: could not open directory ./lib/modules/9.9: No such file or directory
depmod: FATAL: could not search modules: No such file or directory
[1]
$ kml depmod -b . x
depmod: ERROR: Bad version passed x
[1]
$ kml depmod -P ab 6.1.0
depmod: FATAL: -P only takes a single char
[1]
$ kml depmod --quiet
depmod: unrecognized option '--quiet'
[1]

# Nothing in it: still files.

$ mkdir -p lib/modules/5.0 && : >lib/modules/5.0/modules.order; kml depmod -b . 5.0; cd lib/modules/5.0 && wc -c modules.*
depmod: WARNING: could not open modules.builtin at ./lib/modules/5.0: No such file or directory
depmod: WARNING: could not open modules.builtin.modinfo at ./lib/modules/5.0: No such file or directory
 45 modules.alias
 12 modules.alias.bin
  0 modules.builtin.alias.bin
  0 modules.builtin.bin
  0 modules.dep
 12 modules.dep.bin
  0 modules.devname
  0 modules.order
 55 modules.softdep
 49 modules.symbols
 12 modules.symbols.bin
 55 modules.weakdep
240 total
