# Taking modules out, and what nothing else needs.

$ modprobe -a top bridge
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/sub/llc.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/sub/stp.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/sub/bridge.ko "" 0 = 0
$ modprobe -r base
! modprobe: FATAL: Module base is in use.
kml  ! modprobe: INFO: base is used by mid_dle (used by top), top
[1]
$ modprobe -qr base
[1]
$ modprobe -rv base
! modprobe: FATAL: Module base is in use.
kml  ! modprobe: INFO: base is used by mid_dle (used by top), top
[1]
$ modprobe -ra base llc
! modprobe: WARNING: Module base is in use.
kml  ! modprobe: INFO: base is used by mid_dle (used by top), top
! modprobe: WARNING: Module llc is in use.
kml  ! modprobe: INFO: llc is used by bridge, stp (used by bridge)
[1]
$ modprobe -rn top
$ modprobe -rnv top
| rmmod top
$ modprobe -rv top
| rmmod top
| rmmod mid_dle
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ modprobe -r top
$ modprobe -r --first-time top
! modprobe: FATAL: Module top is not in kernel.
[1]
$ modprobe -ra --first-time top nowhere
! modprobe: WARNING: Module top is not in kernel.
! modprobe: WARNING: Module nowhere not found.
[1]
$ modprobe -r nowhere
! modprobe: FATAL: Module nowhere not found.
[1]
$ modprobe -qr nowhere
[1]
$ modprobe -r top nowhere base
! modprobe: FATAL: Module nowhere not found.
[1]
$ modprobe -r core
! modprobe: FATAL: Module core is builtin.
[1]
$ modprobe -ra core
! modprobe: WARNING: Module core is builtin.
[1]
$ modprobe -qr core
[1]
$ modprobe -rv bridge
| rmmod bridge
| rmmod stp
+ delete_module bridge nonblock = 0
+ delete_module stp nonblock = 0
$ lsmod
| Module                  Size  Used by
| llc                     4096  0
| base                    4096  0
$ modprobe -r llc
+ delete_module llc nonblock = 0
$ modprobe -r
! modprobe: ERROR: missing parameters. See -h.
[1]
$ modprobe -v mid-dle
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
$ modprobe --remove --verbose mid_dle base
| rmmod mid_dle
| rmmod base
+ delete_module mid_dle nonblock = 0
+ delete_module base nonblock = 0
$ modprobe -a top helper
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
$ modprobe -rv helper x=1
| rmmod helper
! modprobe: FATAL: Module x=1 not found.
+ delete_module helper nonblock = 0
[1]
$ unload:top=EBUSY modprobe -r top
! modprobe: ERROR: could not remove 'top': Device or resource busy
+ delete_module top nonblock = EBUSY
[1]
$ unload:top=ENOENT modprobe -r top
! modprobe: ERROR: could not remove 'top': No such file or directory
+ delete_module top nonblock = ENOENT
[1]
$ unload:top=EPERM modprobe -rv top
| rmmod top
! modprobe: ERROR: could not remove 'top': Operation not permitted
+ delete_module top nonblock = EPERM
[1]
$ unload:top=EWOULDBLOCK modprobe -r top
! machine: no error is called EWOULDBLOCK
[126]
$ unload:mid_dle=EPERM modprobe -rv top
| rmmod top
| rmmod mid_dle
! modprobe: ERROR: could not remove 'mid_dle': Operation not permitted
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = EPERM
$ modprobe -r mid-dle
+ delete_module mid_dle nonblock = 0
+ delete_module base nonblock = 0

# By an alias; and files, which are no names here.

$ modprobe top
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe -rv fs-top
| rmmod top
| rmmod mid_dle
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ modprobe twin-x
+ finit_module /lib/modules/6.1.9/kernel/twin-b.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/twin_a.ko "" 0 = 0
$ modprobe -rv twin-x
| rmmod twin_b
| rmmod twin_a
+ delete_module twin_b nonblock = 0
+ delete_module twin_a nonblock = 0
$ modprobe top
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe -r /lib/modules/6.1.9/kernel/top.ko
! modprobe: FATAL: Module /lib/modules/6.1.9/kernel/top.ko not found.
[1]
$ modprobe -r top.ko
! modprobe: FATAL: Module top.ko not found.
[1]
$ modprobe -rR top
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0

# Soft dependencies go too.

$ modprobe -v soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/soft.ko 
| insmod /lib/modules/6.1.9/kernel/after.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ modprobe -rv soft
| rmmod after
| rmmod soft
| rmmod helper
+ delete_module after nonblock = 0
+ delete_module soft nonblock = 0
+ delete_module helper nonblock = 0
$ modprobe -v soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/soft.ko 
| insmod /lib/modules/6.1.9/kernel/after.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ modprobe -rnv soft
| rmmod after
| rmmod soft
| rmmod helper
$ modprobe -rvi soft
| rmmod soft
+ delete_module soft nonblock = 0
$ modprobe -rva helper after
| rmmod helper
| rmmod after
+ delete_module helper nonblock = 0
+ delete_module after nonblock = 0
$ modprobe -v on-core
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/on-core.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/on-core.ko "" 0 = 0
$ modprobe -rv on-core
| rmmod on_core
| rmmod helper
+ delete_module on_core nonblock = 0
+ delete_module helper nonblock = 0
$ modprobe -v two
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/two.ko 
kml  | insmod /lib/modules/6.1.9/kernel/after.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/two.ko "" 0 = 0
kml  + finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ modprobe -rv two
kml  | rmmod after
| rmmod two
| rmmod helper
kml  + delete_module after nonblock = 0
+ delete_module two nonblock = 0
+ delete_module helper nonblock = 0
$ modprobe -r after
$ modprobe -v loop-a
| insmod /lib/modules/6.1.9/kernel/loop-b.ko 
| insmod /lib/modules/6.1.9/kernel/loop-a.ko 
+ finit_module /lib/modules/6.1.9/kernel/loop-b.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/loop-a.ko "" 0 = 0
$ modprobe -rv loop-a
| rmmod loop_a
| rmmod loop_b
+ delete_module loop_a nonblock = 0
+ delete_module loop_b nonblock = 0
$ modprobe soft
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ unload:helper=EPERM unload:after=EPERM modprobe -rv soft
| rmmod after
| rmmod soft
| rmmod helper
! modprobe: ERROR: could not remove 'after': Operation not permitted
! modprobe: ERROR: could not remove 'helper': Operation not permitted
+ delete_module after nonblock = EPERM
+ delete_module soft nonblock = 0
+ delete_module helper nonblock = EPERM
$ modprobe -ra helper after
+ delete_module helper nonblock = 0
+ delete_module after nonblock = 0
$ modprobe hard-soft
+ finit_module /lib/modules/6.1.9/kernel/needed.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/hard-soft.ko "" 0 = 0
$ modprobe -rv hard-soft
| rmmod hard_soft
| rmmod needed
| rmmod helper
+ delete_module hard_soft nonblock = 0
+ delete_module needed nonblock = 0
+ delete_module helper nonblock = 0

# In use by something that is no module.

$ modprobe base
: echo 2 >sys/module/base/refcnt
$ modprobe -r base
! modprobe: FATAL: Module base is in use.
[1]
$ modprobe -ra base
! modprobe: WARNING: Module base is in use.
[1]
$ modprobe -rnv base
! modprobe: FATAL: Module base is in use.
[1]
$ modprobe -rf base
! modprobe: FATAL: Module base is in use.
[1]
$ modprobe base
: echo 1 >sys/module/base/refcnt
$ modprobe -r --force -v base
! modprobe: FATAL: Module base is in use.
[1]

# Waiting.

$ modprobe base
$ unload:base=EBUSY modprobe -r -w 100 base
! modprobe: ERROR: could not remove 'base': Device or resource busy
+ delete_module base nonblock = EBUSY
[1]
$ modprobe -r -w x base
! modprobe: ERROR: unexpected wait value 'x'.
[1]
$ modprobe -r -w 10x base
! modprobe: ERROR: unexpected wait value '10x'.
[1]
$ modprobe -r -w '' base
! modprobe: ERROR: unexpected wait value ''.
[1]
$ modprobe -w 5 base
: echo 0 >sys/module/base/refcnt
$ modprobe -r -w 0x10 -v base
| rmmod base
+ delete_module base nonblock = 0
$ modprobe base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
# That a wait ends is tested elsewhere: kmod 34 may ask for ever.
$ unload:base=EAGAIN*3 modprobe -r --wait=2000 base
+ delete_module base nonblock = EAGAIN, again and again
+ delete_module base nonblock = 0
$ modprobe base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
$ unload:base=EAGAIN*2 modprobe -r -w 2000 -v base
| rmmod base
+ delete_module base nonblock = EAGAIN, again and again
+ delete_module base nonblock = 0

# With those that hold it.

$ modprobe top
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe -rnv --remove-holders mid-dle
| rmmod top
kmod ! modprobe: FATAL: Module mid_dle is in use.
kmod [1]
kml  | rmmod mid_dle
$ modprobe -rv --remove-holders mid-dle
| rmmod top
| rmmod mid_dle
kmod | rmmod mid_dle
kmod ! modprobe: ERROR: could not remove 'mid_dle': No such file or directory
kml  | rmmod base
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
kmod + delete_module mid_dle nonblock = ENOENT
kmod [1]
kml  + delete_module base nonblock = 0
$ modprobe top
kml  + finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe -rv --remove-holders base
kmod ! modprobe: FATAL: Module mid_dle is in use.
kmod [1]
kml  | rmmod top
kml  | rmmod mid_dle
kml  | rmmod base
kml  + delete_module top nonblock = 0
kml  + delete_module mid_dle nonblock = 0
kml  + delete_module base nonblock = 0
$ modprobe -r base
kmod ! modprobe: FATAL: Module base is in use.
kmod [1]
$ modprobe top
kml  + finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
kml  + finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
kml  + finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe -rv --remove-dependencies top
| rmmod top
| rmmod mid_dle
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ modprobe -r mid-dle
$ modprobe bridge
+ finit_module /lib/modules/6.1.9/kernel/sub/llc.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/sub/stp.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/sub/bridge.ko "" 0 = 0
$ modprobe -rv --remove-holders stp
| rmmod bridge
| rmmod stp
kmod | rmmod stp
kmod ! modprobe: ERROR: could not remove 'stp': No such file or directory
kml  | rmmod llc
+ delete_module bridge nonblock = 0
+ delete_module stp nonblock = 0
kmod + delete_module stp nonblock = ENOENT
kmod [1]
kml  + delete_module llc nonblock = 0
$ modprobe -ra bridge stp llc
kmod + delete_module llc nonblock = 0
$ modprobe mid-dle
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
$ unload:mid_dle=EPERM modprobe -rv --remove-holders base
| rmmod mid_dle
! modprobe: ERROR: could not remove 'mid_dle': Operation not permitted
+ delete_module mid_dle nonblock = EPERM
[1]
$ modprobe -r mid-dle
+ delete_module mid_dle nonblock = 0
+ delete_module base nonblock = 0

# What /sys says only in part.

$ modprobe top
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
: rm sys/module/top/refcnt
$ modprobe -rv top
| rmmod top
| rmmod mid_dle
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ modprobe top
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
: rm -r sys/module/top/holders sys/module/top/refcnt
$ modprobe -rv top
| rmmod top
| rmmod mid_dle
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ modprobe -rv --remove-holders mid-dle
$ modprobe top
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
: rm sys/module/base/refcnt
$ modprobe -rv top
| rmmod top
| rmmod mid_dle
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ modprobe -r -w 10 base
+ delete_module base nonblock = 0
: mkdir -p sys/module/helper
$ modprobe -v --first-time helper
| insmod /lib/modules/6.1.9/kernel/helper.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
$ modprobe -rv helper
| rmmod helper
+ delete_module helper nonblock = 0
: mkdir -p sys/module/after
$ modprobe -rv after
| rmmod after
! modprobe: ERROR: could not remove 'after': No such file or directory
+ delete_module after nonblock = ENOENT
[1]
$ modprobe -r --first-time after
! modprobe: ERROR: could not remove 'after': No such file or directory
+ delete_module after nonblock = ENOENT
[1]
: rmdir sys/module/after; mkdir -p sys/module/weak; echo going >sys/module/weak/initstate
$ modprobe -rv weak
| rmmod weak
+ delete_module weak nonblock = 0
$ modprobe -v weak
| insmod /lib/modules/6.1.9/kernel/weak.ko 
+ finit_module /lib/modules/6.1.9/kernel/weak.ko "" 0 = 0
: echo coming >sys/module/weak/initstate
$ modprobe -rv weak
| rmmod weak
+ delete_module weak nonblock = 0
$ modprobe -nv weak
| insmod /lib/modules/6.1.9/kernel/weak.ko 
$ modprobe -nv --first-time weak
| insmod /lib/modules/6.1.9/kernel/weak.ko 
: rm -rf sys/module/*; rm -f ../loaded.*

# Without /sys nothing is known to be there.

$ modprobe base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
: rm -rf sys
$ modprobe -v base
| insmod /lib/modules/6.1.9/kernel/base.ko 
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EEXIST
$ modprobe -v --first-time base
| insmod /lib/modules/6.1.9/kernel/base.ko 
! modprobe: ERROR: could not insert 'base': Module already in kernel
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EEXIST
[1]
$ modprobe -r base
$ modprobe -r --first-time base
! modprobe: FATAL: Module base is not in kernel.
[1]
$ rmmod base
! rmmod: ERROR: Module base is not currently loaded
[1]
$ rmmod -f base
+ delete_module base nonblock force = 0
$ modprobe base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
$ lsmod
| Module                  Size  Used by
kmod | base                      -2  -2
kmod ! lsmod: ERROR: could not open '/sys/module/base/holders': No such file or directory
kml  | base                    4096  0
: rm -rf proc dev etc
$ modprobe -v top
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko 
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EEXIST
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ lsmod
kmod ! lsmod: ERROR: could not open /proc/modules: No such file or directory
kmod ! lsmod: ERROR: could not get list of modules: No such file or directory
kml  ! lsmod: ERROR: could not get list of modules: /proc/modules: No such file or directory
[1]
$ rmmod -f top
+ delete_module top nonblock force = 0
