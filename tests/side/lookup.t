# What a name means, step by step.

$ modprobe -R base
| base
$ modprobe -R mid-dle
| mid_dle
$ modprobe -R mid_dle
| mid_dle
$ modprobe --resolve-alias basis
| base
$ modprobe -R core
| core
$ modprobe -R in-side
| in_side
$ modprobe -R acpi0:SIDE0001:x
| core
$ modprobe -R fs-inside
| in_side
$ modprobe -R symbol:mid_do
| mid_dle
$ modprobe -R symbol:nothing
! modprobe: FATAL: Module symbol:nothing not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R pci:v00008086d00001234sv1
| top
$ modprobe -R pci:v00001AF4d00001000sv2
| twin_b
| twin_a
$ modprobe -R pci:v00001AF4d00001001sv2
| twin_a
$ modprobe -R twin-x
| twin_b
| twin_a
$ modprobe -R again-1
| twice
| twice
$ modprobe -R set-ax
| set
$ modprobe -R set-dx
! modprobe: FATAL: Module set-dx not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R set-ay
| set
$ modprobe -R set-1y
! modprobe: FATAL: Module set-1y not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R question
| set
$ modprobe -R dmi:bvnACME:pnXBoxY
| set
$ modprobe -R nowhere
! modprobe: FATAL: Module nowhere not found in directory /lib/modules/6.1.9
[1]
$ modprobe -qR nowhere
[1]
$ modprobe -aR base nowhere after
| base
| after
! modprobe: WARNING: Module nowhere not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R base after
| base
$ modprobe -R base.ko
! modprobe: FATAL: Module base.ko not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R kernel/base.ko
! modprobe: FATAL: Module kernel/base.ko not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R kernel/base
! modprobe: FATAL: Module kernel/base not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R base:x
! modprobe: FATAL: Module base:x not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R '*'
! modprobe: FATAL: Module * not found in directory /lib/modules/6.1.9
[1]
$ modprobe -R 'pci:*'
! modprobe: FATAL: Module pci:* not found in directory /lib/modules/6.1.9
[1]
$ modprobe --show-alias basis
kmod ! modprobe: unrecognized option '--show-alias'
kmod [1]
kml  | base
$ modprobe -R ./nowhere.ko
! modprobe: FATAL: Failed to get module from path ./nowhere.ko: No such file or directory
[1]
$ modprobe -R /lib/modules/6.1.9/kernel/base.ko
| base

# Several that an alias means are all tried, and the end of the last one is the end.

$ modprobe -v pci:v00001AF4d00001000sv2
| insmod /lib/modules/6.1.9/kernel/twin-b.ko 
| insmod /lib/modules/6.1.9/kernel/twin_a.ko 
+ finit_module /lib/modules/6.1.9/kernel/twin-b.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/twin_a.ko "" 0 = 0
$ modprobe -r twin-x
+ delete_module twin_b nonblock = 0
+ delete_module twin_a nonblock = 0
$ load:twin_b=EINVAL modprobe -v twin-x
| insmod /lib/modules/6.1.9/kernel/twin-b.ko 
| insmod /lib/modules/6.1.9/kernel/twin_a.ko 
! modprobe: ERROR: could not insert 'twin_b': Invalid argument
+ finit_module /lib/modules/6.1.9/kernel/twin-b.ko "" 0 = EINVAL
+ finit_module /lib/modules/6.1.9/kernel/twin_a.ko "" 0 = 0
$ modprobe -r twin-x
+ delete_module twin_a nonblock = 0
$ load:twin_a=EINVAL modprobe -v twin-x
| insmod /lib/modules/6.1.9/kernel/twin-b.ko 
| insmod /lib/modules/6.1.9/kernel/twin_a.ko 
! modprobe: ERROR: could not insert 'twin_a': Invalid argument
+ finit_module /lib/modules/6.1.9/kernel/twin-b.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/twin_a.ko "" 0 = EINVAL
[1]
$ modprobe -v twin-x debug=1
| insmod /lib/modules/6.1.9/kernel/twin_a.ko debug=1
kml  ! modprobe: INFO: twin_a has no parameter 'debug'; it has none
+ finit_module /lib/modules/6.1.9/kernel/twin_a.ko "debug=1" 0 = 0
$ modprobe -D again-1
| insmod /lib/modules/6.1.9/kernel/twice.ko 
| insmod /lib/modules/6.1.9/kernel/twice.ko 

# An alias line wins over a module of that name; what it leads to is no alias.

: echo 'alias base helper' >etc/modprobe.d/a.conf
: echo 'alias in-* after' >>etc/modprobe.d/a.conf
: echo 'alias first second' >>etc/modprobe.d/a.conf
: echo 'alias second helper' >>etc/modprobe.d/a.conf
: echo 'alias many-* helper' >>etc/modprobe.d/a.conf
: echo 'alias many-* after' >>etc/modprobe.d/a.conf
: echo 'alias none off' >>etc/modprobe.d/a.conf
: echo 'alias pci:v00001AF4d*sv7 helper' >>etc/modprobe.d/a.conf
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/helper.ko 
$ modprobe -D top
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko 
$ modprobe -R in_xz
| after
$ modprobe -D first
$ modprobe first
! modprobe: ERROR: could not find module by name='second'
! modprobe: ERROR: could not insert 'second': Unknown symbol in module, or unknown parameter (see dmesg)
[1]
$ modprobe -D second
| insmod /lib/modules/6.1.9/kernel/helper.ko 
$ modprobe -R many-x
| helper
| after
$ modprobe -v many-x
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/after.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ modprobe none
! modprobe: ERROR: could not find module by name='off'
! modprobe: ERROR: could not insert 'off': Unknown symbol in module, or unknown parameter (see dmesg)
[1]
$ modprobe -D none
$ modprobe -R none
| off
$ modprobe -q none
[1]
$ modprobe -R pci:v00001AF4d00001000sv7
| helper
$ modprobe -r none
$ modprobe -r --first-time none
! modprobe: FATAL: Module off is not in kernel.
[1]

# Names of install and remove lines need not be modules.

: echo 'install ghost true' >etc/modprobe.d/b.conf
: echo 'remove spook true' >>etc/modprobe.d/b.conf
: echo 'install pci:v00001AF4d*sv8 true' >>etc/modprobe.d/b.conf
$ modprobe -R ghost
| ghost
$ modprobe -D ghost
| install true 
$ modprobe -v ghost a=1
| install true a=1
$ modprobe -R spook
| spook
$ modprobe -D spook
$ modprobe spook
! modprobe: ERROR: could not find module by name='spook'
! modprobe: ERROR: could not insert 'spook': Unknown symbol in module, or unknown parameter (see dmesg)
[1]
$ modprobe -rv spook
| remove true
$ modprobe -R pci:v00001AF4d00001000sv8
| twin_b
| twin_a
$ modprobe -v pci:v00001AF4d00001000sv8

# Files: what they need is looked up by their name.

: mkdir opt && cp lib/modules/6.1.9/kernel/top.ko opt/top.ko
$ in:/opt modprobe -D ./top.ko
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /opt/./top.ko 
$ in:/opt modprobe -v ./top.ko debug=1
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /opt/./top.ko debug=1
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /opt/top.ko "debug=1" 0 = 0
$ modprobe -r top
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ in:/opt modprobe -D top.ko
! modprobe: FATAL: Module top.ko not found in directory /lib/modules/6.1.9
[1]
$ in:/opt modprobe -D opt/top.ko
! modprobe: FATAL: Module opt/top.ko not found in directory /lib/modules/6.1.9
[1]
$ modprobe -D /opt/top.ko
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /opt/top.ko 
$ modprobe -D /opt/gone.ko
! modprobe: FATAL: Failed to get module from path /opt/gone.ko: No such file or directory
[1]
$ modprobe -aD /opt/gone.ko /opt/top.ko
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /opt/top.ko 
! modprobe: WARNING: Failed to get module from path /opt/gone.ko: No such file or directory
[1]
$ in:/opt modprobe -r ./top.ko
! modprobe: FATAL: Module ./top.ko not found.
[1]
: cp lib/modules/6.1.9/kernel/top.ko opt/foreign-one.ko
$ modprobe -v /opt/foreign-one.ko
| insmod /opt/foreign-one.ko 
+ finit_module /opt/foreign-one.ko "" 0 = 0

# Indexes that are missing or damaged.

: cp -r lib/modules/6.1.9 lib/modules/6.1.10
: rm lib/modules/6.1.10/modules.dep.bin
$ modprobe -S 6.1.10 -D top
! modprobe: FATAL: Module top not found in directory /lib/modules/6.1.10
kml  ! modprobe: INFO: there is no /lib/modules/6.1.10/modules.dep.bin: run depmod, which makes it
[1]
$ modprobe -S 6.1.10 -D basis
$ modprobe -S 6.1.10 -D core
| builtin core
$ modprobe -S 5.0 top
! modprobe: FATAL: Module top not found in directory /lib/modules/5.0
kml  ! modprobe: INFO: there is no directory /lib/modules/5.0; there is 6.1.10, 6.1.9
[1]
$ modprobe -S 5.0 -q top
[1]
: head -c 8 lib/modules/6.1.9/modules.dep.bin >lib/modules/6.1.10/modules.dep.bin
$ modprobe -S 6.1.10 -D top
kml  ! modprobe: ERROR: /lib/modules/6.1.10/modules.dep.bin: cut short: needs byte 12 of 8
! modprobe: FATAL: Module top not found in directory /lib/modules/6.1.10
kml  ! modprobe: INFO: /lib/modules/6.1.10/kernel/top.ko is there, but modules.dep.bin does not know it: run depmod
[1]
: echo 'This is no index at all.' >lib/modules/6.1.10/modules.dep.bin
$ modprobe -S 6.1.10 -D top
kmod ! modprobe: ERROR: magic check fail: 54686973 instead of b007f457
kml  ! modprobe: ERROR: /lib/modules/6.1.10/modules.dep.bin: not an index of modules; run depmod
! modprobe: FATAL: Module top not found in directory /lib/modules/6.1.10
kml  ! modprobe: INFO: /lib/modules/6.1.10/kernel/top.ko is there, but modules.dep.bin does not know it: run depmod
[1]
: : >lib/modules/6.1.10/modules.dep.bin
$ modprobe -S 6.1.10 -D top
! modprobe: FATAL: Module top not found in directory /lib/modules/6.1.10
kml  ! modprobe: INFO: /lib/modules/6.1.10/kernel/top.ko is there, but modules.dep.bin does not know it: run depmod
[1]
: cp lib/modules/6.1.9/modules.dep.bin lib/modules/6.1.10/ && rm lib/modules/6.1.10/modules.alias.bin lib/modules/6.1.10/modules.builtin*.bin
$ modprobe -S 6.1.10 -D basis
! modprobe: FATAL: Module basis not found in directory /lib/modules/6.1.10
[1]
$ modprobe -S 6.1.10 -D core
! modprobe: FATAL: Module core not found in directory /lib/modules/6.1.10
[1]
$ modprobe -S 6.1.10 -D top
| insmod /lib/modules/6.1.10/kernel/base.ko 
| insmod /lib/modules/6.1.10/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.10/kernel/top.ko 
