# Commands of install and remove lines.

: printf 'install base echo "install $MODPROBE_MODULE"\nremove base echo "remove $MODPROBE_MODULE"\n' >etc/modprobe.d/a.conf
$ modprobe base
| install base
$ modprobe -v base a=1
kml  | install echo "install $MODPROBE_MODULE" a=1
| install base
kmod | install echo "install $MODPROBE_MODULE" a=1
$ modprobe -D base a=1
| install echo "install $MODPROBE_MODULE" a=1
$ modprobe -nv base
| install echo "install $MODPROBE_MODULE" 
$ modprobe -v top
kml  | install echo "install $MODPROBE_MODULE" 
| install base
kmod | install echo "install $MODPROBE_MODULE" 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko 
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe -i top
$ modprobe -v --ignore-install base
| insmod /lib/modules/6.1.9/kernel/base.ko 
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
$ modprobe -r base
| remove base
$ modprobe -rv base
| remove echo "remove $MODPROBE_MODULE"
| remove base
$ modprobe -rnv base
| remove echo "remove $MODPROBE_MODULE"
$ modprobe -r -i base
+ delete_module base nonblock = 0
$ modprobe -r --ignore-remove -v base
$ modprobe -v -r top
| rmmod top
| rmmod mid_dle
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ modprobe -ri top
$ modprobe -D -i base x=1
| insmod /lib/modules/6.1.9/kernel/base.ko x=1
: printf 'options base o=1\ninstall base echo with $CMDLINE_OPTS, $CMDLINE_OPTS.\nremove base echo out $CMDLINE_OPTS.\n' >etc/modprobe.d/a.conf
$ modprobe base
| with o=1 , o=1 .
$ modprobe base p=1 "q='a b'"
| with o=1 p=1 q=a b, o=1 p=1 q=a b.
$ modprobe -v base p=1
kml  | install echo with $CMDLINE_OPTS, $CMDLINE_OPTS. o=1 p=1
| with o=1 p=1, o=1 p=1.
kmod | install echo with $CMDLINE_OPTS, $CMDLINE_OPTS. o=1 p=1
$ modprobe -r base
| out .
$ modprobe -rv base
| remove echo out .
| out .
$ modprobe -rnv base
| remove echo out .
$ modprobe -R base
| base
: printf 'install base echo $CMDLINE_OPTSx ${CMDLINE_OPTS} $CMDLINE $$CMDLINE_OPTS\n' >etc/modprobe.d/a.conf
$ modprobe base p=1
| p=1x =1

# A command that fails.

: printf 'install base exit 3\nremove base exit 4\ninstall helper false\nremove helper false\ninstall after kill -9 $$\n' >etc/modprobe.d/a.conf
$ modprobe base
! modprobe: ERROR: Error running install command 'exit 3' for module base: retcode 3
! modprobe: ERROR: could not insert 'base': Invalid argument
[1]
$ modprobe -q base
[1]
$ modprobe -v top
| install exit 3 
! modprobe: ERROR: Error running install command 'exit 3' for module base: retcode 3
! modprobe: ERROR: could not insert 'top': Invalid argument
[1]
$ modprobe -r base
! modprobe: FATAL: Error running remove command for base
[1]
$ modprobe -ra base helper
! modprobe: WARNING: Error running remove command for base
! modprobe: WARNING: Error running remove command for helper
[1]
$ modprobe -qr base
[1]
$ modprobe helper
! modprobe: ERROR: Error running install command 'false' for module helper: retcode 1
! modprobe: ERROR: could not insert 'helper': Invalid argument
[1]
$ modprobe soft
! modprobe: ERROR: Error running install command 'false' for module helper: retcode 1
kml  ! modprobe: ERROR: Error running install command 'kill -9 $$' for module after: retcode 137
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
$ modprobe after
kml  ! modprobe: ERROR: Error running install command 'kill -9 $$' for module after: retcode 137
kml  ! modprobe: ERROR: could not insert 'after': Invalid argument
kml  [1]
: printf 'install base /bin/gone a b\ninstall helper gone-too\nremove after /bin/gone\n' >etc/modprobe.d/a.conf
$ modprobe base
kmod ! sh: 1: /bin/gone: not found
kml  ! /bin/gone: No such file or directory
! modprobe: ERROR: Error running install command '/bin/gone a b' for module base: retcode 127
! modprobe: ERROR: could not insert 'base': Invalid argument
[1]
$ modprobe helper
kmod ! sh: 1: gone-too: not found
kml  ! gone-too: No such file or directory
! modprobe: ERROR: Error running install command 'gone-too' for module helper: retcode 127
! modprobe: ERROR: could not insert 'helper': Invalid argument
[1]
$ modprobe -r after
kmod ! sh: 1: /bin/gone: not found
kml  ! /bin/gone: No such file or directory
! modprobe: FATAL: Error running remove command for after
[1]

# Plain words, true and false, and what only a shell understands.

: printf '#!/bin/sh\necho "called with $*"\n' >bin/tell; chmod 755 bin/tell
: printf 'install base /bin/tell a  b $CMDLINE_OPTS\ninstall helper tell c; tell d\ninstall after tell e "f  g"\ninstall top tell plain words $CMDLINE_OPTS\n' >etc/modprobe.d/a.conf
$ modprobe base p=1
| called with a b p=1
$ modprobe helper
| called with c
| called with d
$ modprobe after
| called with e f  g
$ modprobe top p=1 "q='a b'"
| called with a b
| called with plain words p=1 q=a b
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
: printf 'install base /bin/true\ninstall helper /bin/false\ninstall after :\ninstall top true\ninstall weak /usr/bin/true\ninstall mid-dle X=1\n' >etc/modprobe.d/a.conf; ln -s tell bin/true; printf '#!/bin/sh\nexit 1\n' >bin/false; chmod 755 bin/false; mkdir -p usr/bin; ln -s ../../bin/tell usr/bin/true
: rm bin/true; printf '#!/bin/sh\n:\n' >bin/true; chmod 755 bin/true; rm usr/bin/true; cp bin/true usr/bin/true
$ modprobe -v base
| install /bin/true 
$ modprobe helper
! modprobe: ERROR: Error running install command '/bin/false' for module helper: retcode 1
! modprobe: ERROR: could not insert 'helper': Invalid argument
[1]
$ modprobe -v after
| install : 
$ modprobe -v top
| install /bin/true 
| install true 
$ modprobe -v weak
| install /usr/bin/true 
$ modprobe mid-dle
: printf 'install base exec /bin/tell x\ninstall helper cd /; pwd\ninstall after if true; then echo yes; fi\ninstall top echo a\\necho b\ninstall weak  \n' >etc/modprobe.d/a.conf
$ modprobe base
| called with x
$ modprobe helper
| /
$ modprobe after
| yes
$ modprobe top
| called with x
| anecho b
$ modprobe weak

# A command that calls modprobe again, as they do.

: printf 'install base /sbin/modprobe --ignore-install base $CMDLINE_OPTS && echo then\nremove base echo first; modprobe -r --ignore-remove base\n' >etc/modprobe.d/a.conf
$ modprobe base a=1
| then
+ finit_module /lib/modules/6.1.9/kernel/base.ko "a=1" 0 = 0
$ modprobe -rv base
| remove echo first; modprobe -r --ignore-remove base
| first
| rmmod base
+ delete_module base nonblock = 0
$ modprobe -v base a=1
kml  | install /sbin/modprobe --ignore-install base $CMDLINE_OPTS && echo then a=1
| insmod /lib/modules/6.1.9/kernel/base.ko a=1
| then
kmod | install /sbin/modprobe --ignore-install base $CMDLINE_OPTS && echo then a=1
kml  ! modprobe: INFO: base has no parameter 'a'; it has none
+ finit_module /lib/modules/6.1.9/kernel/base.ko "a=1" 0 = 0
$ modprobe -r base
| first
+ delete_module base nonblock = 0
: printf 'install base modprobe -i base\ninstall helper echo "[$MODPROBE_OPTIONS]"\n' >etc/modprobe.d/a.conf
$ modprobe top
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe helper
| []
$ modprobe -v helper
kml  | install echo "[$MODPROBE_OPTIONS]" 
| [-v]
kmod | install echo "[$MODPROBE_OPTIONS]" 
$ modprobe -q helper
| [-q]
$ modprobe -C /etc/modprobe.d helper
| [-C /etc/modprobe.d]
$ modprobe -C /etc/modprobe.d -C /none -qs helper
| [-C /etc/modprobe.d -C /none -q -s]
$ modprobe --force helper
| []
$ MODPROBE_OPTIONS=-v modprobe helper
kmod | [-v -v]
| install echo "[$MODPROBE_OPTIONS]" 
kml  | [-v]
$ MODPROBE_OPTIONS=-i modprobe -q helper
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0

# Patterns: the first line that fits counts.

: printf 'install mid* echo one\ninstall mid-dle echo two\ninstall base echo three\ninstall base echo four\ninstall in-* echo five\n' >etc/modprobe.d/a.conf
$ modprobe -D mid-dle
| install echo three 
| install echo one 
$ modprobe -D base
| install echo three 
$ modprobe -D in-xz
| install echo five 
$ modprobe -D in-nothing
! modprobe: FATAL: Module in-nothing not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R mid-none
! modprobe: FATAL: Module mid-none not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R 'mid*'
| mid*

# kmod ignores the install line of a module that has softdeps.

: printf 'install soft echo installing soft\nremove soft echo removing soft\n' >etc/modprobe.d/a.conf
$ modprobe -D soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
kmod | insmod /lib/modules/6.1.9/kernel/soft.ko 
kml  | install echo installing soft 
| insmod /lib/modules/6.1.9/kernel/after.ko 
$ modprobe -rvi soft
| rmmod soft
+ delete_module soft nonblock = 0
$ modprobe -rva helper after
| rmmod helper
+ delete_module helper nonblock = 0
$ modprobe -v soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
kmod | insmod /lib/modules/6.1.9/kernel/soft.ko 
kml  | install echo installing soft 
kml  | installing soft
| insmod /lib/modules/6.1.9/kernel/after.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
kmod + finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ modprobe -rv soft
| rmmod after
| remove echo removing soft
| removing soft
| rmmod helper
+ delete_module after nonblock = 0
+ delete_module helper nonblock = 0
$ modprobe -iv soft
kml  | insmod /lib/modules/6.1.9/kernel/soft.ko 
kml  + finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
$ modprobe -irv soft
| rmmod soft
+ delete_module soft nonblock = 0

# The wrapper that most people write calls modprobe again.

: printf 'install soft /sbin/modprobe -i soft wrapped=1\n' >etc/modprobe.d/a.conf
$ modprobe -v soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
kmod | insmod /lib/modules/6.1.9/kernel/soft.ko 
kml  | install /sbin/modprobe -i soft wrapped=1 
kml  | insmod /lib/modules/6.1.9/kernel/soft.ko wrapped=1
| insmod /lib/modules/6.1.9/kernel/after.ko 
kml  ! modprobe: INFO: soft has no parameter 'wrapped'; it has none
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
kmod + finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
kml  + finit_module /lib/modules/6.1.9/kernel/soft.ko "wrapped=1" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ modprobe -rv soft
| rmmod after
| rmmod soft
| rmmod helper
+ delete_module after nonblock = 0
+ delete_module soft nonblock = 0
+ delete_module helper nonblock = 0

# A builtin with an install line.

: printf 'install core echo core\n' >etc/modprobe.d/a.conf
$ modprobe -v core
$ modprobe -D core
| install echo core 

# No shell.

: rm etc/modprobe.d/a.conf
$ modprobe -ra top base
+ delete_module top nonblock = 0
+ delete_module base nonblock = 0
+ delete_module mid_dle nonblock = 0
: printf 'install base echo x | cat\ninstall helper /sbin/modprobe -i helper a=1\nremove base echo x; echo y\n' >etc/modprobe.d/a.conf; rm bin/sh
$ modprobe base
kmod ! modprobe: ERROR: Error running install command 'echo x | cat' for module base: retcode 127
kml  ! modprobe: ERROR: Error running install command 'echo x | cat' for module base: retcode 127 (there is no /bin/sh to run it)
! modprobe: ERROR: could not insert 'base': Invalid argument
[1]
$ modprobe -q base
[1]
$ modprobe -a base after
kmod ! modprobe: ERROR: Error running install command 'echo x | cat' for module base: retcode 127
kml  ! modprobe: ERROR: Error running install command 'echo x | cat' for module base: retcode 127 (there is no /bin/sh to run it)
! modprobe: ERROR: could not insert 'base': Invalid argument
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
[1]
$ modprobe helper
kmod ! modprobe: ERROR: Error running install command '/sbin/modprobe -i helper a=1' for module helper: retcode 127
kmod ! modprobe: ERROR: could not insert 'helper': Invalid argument
kmod [1]
kml  + finit_module /lib/modules/6.1.9/kernel/helper.ko "a=1" 0 = 0
$ modprobe -i base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
$ modprobe -r base
kmod ! modprobe: FATAL: Error running remove command for base
kml  ! modprobe: FATAL: Error running remove command for base (there is no /bin/sh to run it)
[1]
$ modprobe -ra base
kmod ! modprobe: WARNING: Error running remove command for base
kml  ! modprobe: WARNING: Error running remove command for base (there is no /bin/sh to run it)
[1]
