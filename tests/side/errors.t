# What the kernel refuses, and what is said then.

$ load:helper=EINVAL modprobe helper
! modprobe: ERROR: could not insert 'helper': Invalid argument
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EINVAL
[1]
$ load:helper=ENOENT modprobe helper
! modprobe: ERROR: could not insert 'helper': Unknown symbol in module, or unknown parameter (see dmesg)
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = ENOENT
[1]
$ load:helper=ENOEXEC modprobe helper
! modprobe: ERROR: could not insert 'helper': Exec format error
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = ENOEXEC
[1]
$ load:helper=EPERM modprobe helper
! modprobe: ERROR: could not insert 'helper': Operation not permitted
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EPERM
[1]
$ load:helper=EEXIST modprobe helper
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EEXIST
$ load:helper=EEXIST modprobe --first-time helper
! modprobe: ERROR: could not insert 'helper': Module already in kernel
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EEXIST
[1]
$ load:helper=EBUSY modprobe helper
! modprobe: ERROR: could not insert 'helper': Device or resource busy
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EBUSY
[1]
$ load:helper=ENOMEM modprobe helper
! modprobe: ERROR: could not insert 'helper': Cannot allocate memory
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = ENOMEM
[1]
$ load:helper=EOPNOTSUPP modprobe helper
! modprobe: ERROR: could not insert 'helper': Operation not supported
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EOPNOTSUPP
[1]
$ load:helper=ENODEV modprobe helper
! modprobe: ERROR: could not insert 'helper': No such device
kml  ! modprobe: INFO: helper found nothing here that it drives
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = ENODEV
[1]
$ load:helper=ENOKEY modprobe helper
! modprobe: ERROR: could not insert 'helper': Required key not available
kml  ! modprobe: INFO: helper is not signed
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = ENOKEY
[1]
$ load:helper=EKEYREJECTED modprobe helper
! modprobe: ERROR: could not insert 'helper': Key was rejected by service
kml  ! modprobe: INFO: helper is not signed
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EKEYREJECTED
[1]
$ load:helper=EBADMSG modprobe helper
! modprobe: ERROR: could not insert 'helper': Bad message
kml  ! modprobe: INFO: helper is not signed
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EBADMSG
[1]
$ load:helper=ESRCH modprobe helper
! modprobe: ERROR: could not insert 'helper': No such process
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = ESRCH
[1]
$ load:helper=EAGAIN modprobe helper
! modprobe: ERROR: could not insert 'helper': Resource temporarily unavailable
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EAGAIN
[1]
$ load:helper=ENXIO modprobe helper
! modprobe: ERROR: could not insert 'helper': No such device or address
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = ENXIO
[1]
$ load:helper=ELIBBAD modprobe helper
! modprobe: ERROR: could not insert 'helper': Accessing a corrupted shared library
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = ELIBBAD
[1]
$ load:helper=EIO modprobe helper
! modprobe: ERROR: could not insert 'helper': Input/output error
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EIO
[1]
$ load:helper=EINVAL modprobe -q helper
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EINVAL
[1]
$ load:helper=EINVAL modprobe -a helper after
! modprobe: ERROR: could not insert 'helper': Invalid argument
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EINVAL
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
[1]
$ load:helper=EINVAL modprobe -v helper after
| insmod /lib/modules/6.1.9/kernel/helper.ko after
! modprobe: ERROR: could not insert 'helper': Invalid argument
kml  ! modprobe: INFO: helper has no parameter 'after'; it has none
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "after" 0 = EINVAL
[1]

# An error of what is needed names the module that was asked for.

$ load:base=EINVAL modprobe top
! modprobe: ERROR: could not insert 'top': Invalid argument
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EINVAL
[1]
$ load:base=EEXIST modprobe top
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EEXIST
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe -r top
+ delete_module top nonblock = 0
+ delete_module mid_dle nonblock = 0
$ load:base=EEXIST modprobe --first-time top
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EEXIST
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ load:mid_dle=ENOENT modprobe -v top

# One of a soft dependency does not matter.

$ load:helper=EINVAL modprobe soft
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = EINVAL
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
$ modprobe -r soft
+ delete_module after nonblock = 0
+ delete_module soft nonblock = 0
$ load:after=ENOMEM modprobe -v soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/soft.ko 
| insmod /lib/modules/6.1.9/kernel/after.ko 
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = ENOMEM
$ load:soft=ENOMEM modprobe -rv soft
| rmmod soft
| rmmod helper
+ delete_module soft nonblock = 0
+ delete_module helper nonblock = 0
$ load:soft=ENOMEM modprobe -v soft
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/soft.ko 
! modprobe: ERROR: could not insert 'soft': Cannot allocate memory
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = ENOMEM
[1]

# Files that are no modules, and such that are gone.

$ modprobe text
! modprobe: ERROR: could not insert 'text': Exec format error
kml  ! modprobe: INFO: /lib/modules/6.1.9/kernel/text.ko: not an ELF file
+ finit_module /lib/modules/6.1.9/kernel/text.ko "" 0 = ENOEXEC
[1]
$ modprobe tiny
! modprobe: ERROR: could not insert 'tiny': Invalid argument
kml  ! modprobe: INFO: /lib/modules/6.1.9/kernel/tiny.ko: not an ELF file
[1]
$ insmod /lib/modules/6.1.9/kernel/tiny.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/tiny.ko: Invalid parameters
kml  ! insmod: INFO: /lib/modules/6.1.9/kernel/tiny.ko: not an ELF file
[1]
: rm lib/modules/6.1.9/kernel/needed.ko lib/modules/6.1.9/kernel/weak.ko
$ modprobe weak
kmod ! modprobe: ERROR: could not insert 'weak': Unknown symbol in module, or unknown parameter (see dmesg)
kml  ! modprobe: ERROR: could not insert 'weak': /lib/modules/6.1.9/kernel/weak.ko: No such file or directory
[1]
$ modprobe -D weak
| insmod /lib/modules/6.1.9/kernel/weak.ko 
# A file of what is needed is gone: kmod forgets all that is needed, and loads the module alone.
$ modprobe hard-soft
kmod ! modprobe: ERROR: ctx=ADDRESS path=/lib/modules/6.1.9/kernel/needed.ko error=No such file or directory
kmod ! modprobe: ERROR: ctx=ADDRESS path=/lib/modules/6.1.9/kernel/needed.ko error=No such file or directory
kmod + finit_module /lib/modules/6.1.9/kernel/hard-soft.ko "" 0 = 0
kml  ! modprobe: ERROR: could not insert 'hard_soft': /lib/modules/6.1.9/kernel/needed.ko: No such file or directory
kml  [1]
$ modprobe -D hard-soft
kml  | insmod /lib/modules/6.1.9/kernel/needed.ko 
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/hard-soft.ko 
kmod ! modprobe: ERROR: ctx=ADDRESS path=/lib/modules/6.1.9/kernel/needed.ko error=No such file or directory
kmod ! modprobe: ERROR: ctx=ADDRESS path=/lib/modules/6.1.9/kernel/needed.ko error=No such file or directory
: rm lib/modules/6.1.9/kernel/sub/llc.ko
$ modprobe -v bridge
kmod | insmod /lib/modules/6.1.9/kernel/sub/bridge.ko 
kmod ! modprobe: ERROR: ctx=ADDRESS path=/lib/modules/6.1.9/kernel/sub/llc.ko error=No such file or directory
kmod ! modprobe: ERROR: ctx=ADDRESS path=/lib/modules/6.1.9/kernel/sub/llc.ko error=No such file or directory
kmod + finit_module /lib/modules/6.1.9/kernel/sub/bridge.ko "" 0 = 0
kml  | insmod /lib/modules/6.1.9/kernel/sub/llc.ko 
kml  ! modprobe: ERROR: could not insert 'bridge': /lib/modules/6.1.9/kernel/sub/llc.ko: No such file or directory
kml  [1]

# The options of the force, with and without finit_module.

: ko lib/modules/6.1.9/kernel/after.ko name=after 'vermagic=6.1.9 SMP' -x=0x1
$ modprobe -f after
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 3 = 0
$ modprobe -r after
+ delete_module after nonblock = 0
$ modprobe --force after
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 3 = 0
$ modprobe -rf after
+ delete_module after nonblock force = 0
$ modprobe --force-vermagic after
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 2 = 0
$ modprobe -r --force after
+ delete_module after nonblock force = 0
$ modprobe --force-modversion after
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 1 = 0
$ modprobe -r after
+ delete_module after nonblock = 0
$ modprobe --force-modversion --force-vermagic after
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 3 = 0
$ rmmod after
+ delete_module after nonblock = 0
$ old modprobe -v after x=1
| insmod /lib/modules/6.1.9/kernel/after.ko x=1
kml  ! modprobe: INFO: after has no parameter 'x'; it has none
+ init_module after "x=1" = 0
$ rmmod after
+ delete_module after nonblock = 0
$ old modprobe -f after
+ init_module after "" without vermagic without versions = 0
$ rmmod -f after
+ delete_module after nonblock force = 0
$ old modprobe --force-vermagic after
+ init_module after "" without vermagic = 0
$ rmmod --force after
+ delete_module after nonblock force = 0
$ old modprobe --force-modversion after
+ init_module after "" without versions = 0
$ rmmod after
+ delete_module after nonblock = 0
$ insmod -f /lib/modules/6.1.9/kernel/after.ko
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 3 = 0
$ old insmod -f /lib/modules/6.1.9/kernel/helper.ko a=1
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/helper.ko: File exists
kml  ! insmod: INFO: a module helper is in the kernel already
+ init_module helper "a=1" without vermagic without versions = EEXIST
[1]

# A kernel that decodes xz gets the file, one that does not gets what is in it.

$ modprobe in-xz a=1
+ init_module in_xz "a=1" without versions = 0
$ modprobe in-zst a=1
+ init_module in_zst "a=1" without versions = 0
$ modprobe -r in-xz in-zst
+ delete_module in_xz nonblock = 0
+ delete_module in_zst nonblock = 0
: echo xz >sys/module/compression
$ modprobe -a in-xz in-zst
+ finit_module /lib/modules/6.1.9/kernel/sub/in-xz.ko.xz "" 4 = 0
+ init_module in_zst "" without versions = 0
$ modprobe -ra in-xz in-zst
+ delete_module in_xz nonblock = 0
+ delete_module in_zst nonblock = 0
: echo zstd >sys/module/compression
$ modprobe -f in-xz
+ init_module in_xz "" without vermagic without versions = 0
$ modprobe -f in-zst
+ finit_module /lib/modules/6.1.9/kernel/sub/in-zst.ko.zst "" 7 = 0
$ modprobe -ra in-xz in-zst
+ delete_module in_xz nonblock = 0
+ delete_module in_zst nonblock = 0
$ old modprobe in-zst
+ init_module in_zst "" without versions = 0
$ modprobe -r in-zst
+ delete_module in_zst nonblock = 0
$ load:in_zst=EOPNOTSUPP modprobe in-zst
! modprobe: ERROR: could not insert 'in_zst': Operation not supported
+ finit_module /lib/modules/6.1.9/kernel/sub/in-zst.ko.zst "" 4 = EOPNOTSUPP
kml  + init_module in_zst "" without versions = EOPNOTSUPP
[1]
$ load:in_xz=ENOSYS modprobe in-xz
! modprobe: ERROR: could not insert 'in_xz': Function not implemented
+ init_module in_xz "" without versions = ENOSYS
[1]
