# Which files of configuration count, and in which order.

: mkdir -p run/modprobe.d usr/local/lib/modprobe.d usr/lib/modprobe.d lib/modprobe.d
: echo 'options base from=etc' >etc/modprobe.d/5.conf
: echo 'options base from=run' >run/modprobe.d/4.conf
: echo 'options base from=local' >usr/local/lib/modprobe.d/3.conf
: echo 'options base from=usr' >usr/lib/modprobe.d/2.conf
: echo 'options base from=lib' >lib/modprobe.d/1.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko from=lib from=usr from=local from=run from=etc 
: for d in run usr/local/lib usr/lib lib; do echo 'options base hidden=1' >$d/modprobe.d/5.conf; done
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko from=lib from=usr from=local from=run from=etc 
: ln -s /dev/null etc/modprobe.d/1.conf; : >run/modprobe.d/2.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko from=local from=run from=etc 
: echo 'options base no=1' >etc/modprobe.d/readme; echo 'options base no=2' >etc/modprobe.d/.6.conf; echo 'options base no=3' >etc/modprobe.d/.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko from=local from=run from=etc 
: mkdir etc/modprobe.d/7.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko from=local from=run from=etc 
kmod ! libkmod: ERROR: conf_files_filter_out: Directories inside directories are not supported: /etc/modprobe.d/7.conf
kml  ! modprobe: ERROR: Directories inside directories are not supported: /etc/modprobe.d/7.conf
: rmdir etc/modprobe.d/7.conf; ln -s /nowhere etc/modprobe.d/8.conf; ln -s /etc/modprobe.d/5.conf etc/modprobe.d/9.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko from=local from=run from=etc from=etc 
kmod ! libkmod: ERROR: conf_files_filter_out: Cannot stat directory entry: /etc/modprobe.d/8.conf
kml  ! modprobe: ERROR: Cannot stat directory entry: /etc/modprobe.d/8.conf
: mkdir etc/sub; ln -s /etc/sub etc/modprobe.d/6.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko from=local from=run from=etc from=etc 
kmod ! libkmod: ERROR: conf_files_filter_out: Directories inside directories are not supported: /etc/modprobe.d/6.conf
kmod ! libkmod: ERROR: conf_files_filter_out: Cannot stat directory entry: /etc/modprobe.d/8.conf
kml  ! modprobe: ERROR: Directories inside directories are not supported: /etc/modprobe.d/6.conf
kml  ! modprobe: ERROR: Cannot stat directory entry: /etc/modprobe.d/8.conf

# -C replaces them all; files are sorted by their names too.

: mkdir opt opt/d && echo 'options base one=1' >opt/1.conf && echo 'options base two=2' >opt/2.conf && echo 'options base three=3' >opt/d/1a.conf
$ modprobe -C /opt/2.conf -D base
| insmod /lib/modules/6.1.9/kernel/base.ko two=2 
$ modprobe -C /opt/2.conf -C /opt/1.conf -D base
| insmod /lib/modules/6.1.9/kernel/base.ko one=1 two=2 
$ modprobe -C /opt/2.conf -C /opt/d --config=/opt/1.conf -D base
| insmod /lib/modules/6.1.9/kernel/base.ko one=1 three=3 two=2 
$ modprobe -C /opt/none.conf -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe -C /opt -D base
| insmod /lib/modules/6.1.9/kernel/base.ko one=1 two=2 
$ in:/opt modprobe -C 2.conf -D base
| insmod /lib/modules/6.1.9/kernel/base.ko two=2 
$ in:/opt modprobe -C d -D base
| insmod /lib/modules/6.1.9/kernel/base.ko three=3 
: echo 'options base plain=1' >opt/plain
$ modprobe -C /opt/plain -D base
| insmod /lib/modules/6.1.9/kernel/base.ko plain=1 
$ modprobe -C /opt/1.conf -C /opt/1.conf -D base
| insmod /lib/modules/6.1.9/kernel/base.ko one=1 
: cp opt/2.conf opt/d/1.conf
$ modprobe -C /opt/1.conf -C /opt/d -D base
| insmod /lib/modules/6.1.9/kernel/base.ko one=1 three=3 
$ modprobe -C /opt/d -C /opt/1.conf -D base
| insmod /lib/modules/6.1.9/kernel/base.ko two=2 three=3 
$ modprobe -C '' -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 

# The softdeps of modules take their place by name.

: rm -rf etc/modprobe.d/* run usr lib/modprobe.d
: echo 'softdep soft pre: base' >etc/modprobe.d/a.conf
$ modprobe -D soft
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/soft.ko 
: mv etc/modprobe.d/a.conf etc/modprobe.d/z.conf
$ modprobe -D soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/soft.ko 
| insmod /lib/modules/6.1.9/kernel/after.ko 
: echo 'softdep two post: base' >etc/modprobe.d/a.conf
$ modprobe -D two
| insmod /lib/modules/6.1.9/kernel/two.ko 
| insmod /lib/modules/6.1.9/kernel/base.ko 

# Lines, good and bad.

: printf 'options base a=1   b=2\t\tc=3 \n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a=1   b=2  c=3  
: printf 'options base a=1 \\\n   b=2\noptions base c=3\\\nd=4\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a=1    b=2 c=3d=4 
: printf 'options base a=1\r\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a=1\r 
: printf 'options base a=1' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a=1 
: printf '\n\n  options   base   a=1\n\toptions\tbase\tb=2\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko   a=1 b=2 
: printf '# a\n #b\noptions base a=1 # c\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a=1 # c 
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 2: ignoring bad line starting with '#b'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 2: ignoring bad line starting with '#b'
$ modprobe -q -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a=1 # c 
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 2: ignoring bad line starting with '#b'
: printf 'alias\nalias a\nblacklist\noptions\noptions base\ninstall\ninstall base\nremove base\nsoftdep\nsoftdep base\nweakdep base\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 1: ignoring bad line starting with 'alias'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 2: ignoring bad line starting with 'alias'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 3: ignoring bad line starting with 'blacklist'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 4: ignoring bad line starting with 'options'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 5: ignoring bad line starting with 'options'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 6: ignoring bad line starting with 'install'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 7: ignoring bad line starting with 'install'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 8: ignoring bad line starting with 'remove'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 9: ignoring bad line starting with 'softdep'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 10: ignoring bad line starting with 'softdep'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 11: ignoring bad line starting with 'weakdep'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 1: ignoring bad line starting with 'alias'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 2: ignoring bad line starting with 'alias'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 3: ignoring bad line starting with 'blacklist'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 4: ignoring bad line starting with 'options'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 5: ignoring bad line starting with 'options'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 6: ignoring bad line starting with 'install'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 7: ignoring bad line starting with 'install'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 8: ignoring bad line starting with 'remove'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 9: ignoring bad line starting with 'softdep'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 10: ignoring bad line starting with 'softdep'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 11: ignoring bad line starting with 'weakdep'
: printf 'frobnicate base\ninclude /etc/x\nconfig base\nOPTIONS base a=1\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 1: ignoring bad line starting with 'frobnicate'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf: command include is deprecated and not parsed anymore
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf: command config is deprecated and not parsed anymore
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 4: ignoring bad line starting with 'OPTIONS'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 1: ignoring bad line starting with 'frobnicate'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf: command include is deprecated and not parsed anymore
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf: command config is deprecated and not parsed anymore
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 4: ignoring bad line starting with 'OPTIONS'
: printf 'alias x[y base\noptions b[ a=1\nblacklist b]\ninstall b[ true\nsoftdep b[ pre: a\nalias x b[\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 1: ignoring bad line starting with 'alias'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 2: ignoring bad line starting with 'options'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 3: ignoring bad line starting with 'blacklist'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 4: ignoring bad line starting with 'install'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 5: ignoring bad line starting with 'softdep'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 6: ignoring bad line starting with 'alias'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 1: ignoring bad line starting with 'alias'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 2: ignoring bad line starting with 'options'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 3: ignoring bad line starting with 'blacklist'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 4: ignoring bad line starting with 'install'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 5: ignoring bad line starting with 'softdep'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 6: ignoring bad line starting with 'alias'
: printf 'options base a=\\"b\\"\noptions base c="d e" \\x\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a="b" c="d e" x 
: printf '\\\n\\\noptions base a=1\nbad\\\nbad\nworse\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a=1 
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 5: ignoring bad line starting with 'badbad'
kmod ! libkmod: ERROR: kmod_config_parse: /etc/modprobe.d/a.conf line 6: ignoring bad line starting with 'worse'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 5: ignoring bad line starting with 'badbad'
kml  ! modprobe: ERROR: /etc/modprobe.d/a.conf line 6: ignoring bad line starting with 'worse'

# Options of a module, and of an alias through which it is loaded.

: printf 'options basis b=1\noptions base a=1\noptions basis c=1\noptions mid-dle d=1\noptions mid_dle e=1\noptions ba* f=1\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko a=1 
$ modprobe -D basis
| insmod /lib/modules/6.1.9/kernel/base.ko b=1 a=1 c=1 
$ modprobe -D basis z=1
| insmod /lib/modules/6.1.9/kernel/base.ko b=1 a=1 c=1 z=1
$ modprobe -D top
| insmod /lib/modules/6.1.9/kernel/base.ko a=1 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko d=1 e=1 
| insmod /lib/modules/6.1.9/kernel/top.ko 
: printf 'options pci:v00008086d*sv* a=1\noptions pci:v00008086d00000001sv1 b=1\noptions fs-top c=1\n' >etc/modprobe.d/a.conf
$ modprobe -D pci:v00008086d00000001sv1
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko b=1 
$ modprobe -D fs-top
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko c=1 
$ modprobe -D fs_top
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko c=1 
: printf 'alias chip-* base\noptions chip-* a=1\noptions chip-1 b=1\n' >etc/modprobe.d/a.conf
$ modprobe -D chip-1
| insmod /lib/modules/6.1.9/kernel/base.ko a=1 
$ modprobe -D chip_2
| insmod /lib/modules/6.1.9/kernel/base.ko a=1 

# The blacklist is for what is found through an alias, and with -b for names.

: printf 'blacklist base\nblacklist twin-b\nalias mine base\nblacklist core\nblacklist helper\n' >etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe -bD base
$ modprobe --use-blacklist -v base
$ modprobe -D basis
$ modprobe -v basis
$ modprobe -v mine
$ modprobe -R basis
| base
$ modprobe -R mine
| base
$ modprobe -v twin-x
| insmod /lib/modules/6.1.9/kernel/twin_a.ko 
+ finit_module /lib/modules/6.1.9/kernel/twin_a.ko "" 0 = 0
$ modprobe -D top
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko 
$ modprobe -bD top
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko 
$ modprobe -bD soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/soft.ko 
| insmod /lib/modules/6.1.9/kernel/after.ko 
$ modprobe -bv soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/soft.ko 
| insmod /lib/modules/6.1.9/kernel/after.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ modprobe -v fs-inside
$ modprobe -b -v core
$ modprobe -r base
$ modprobe -b --first-time base
