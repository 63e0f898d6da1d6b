# Install and remove lines on a machine without a shell, with soft dependencies around them.
#: tree
#: depmod
#: mkdir -p "$root/sbin"
#: ln -s ../init "$root/sbin/modprobe"
#: conf a.conf 'install dummy /sbin/modprobe -i dummy numdummies=2'
#: conf a.conf 'softdep dummy pre: brd post: null_blk'
#: conf a.conf 'weakdep dummy loop'
#: conf a.conf 'remove brd /sbin/modprobe -r -i -v brd'
#: conf a.conf 'install loop echo no shell | cat'

$ modprobe -v dummy
insmod /lib/modules/KVER/kernel/drivers/block/brd.ko 
install /sbin/modprobe -i dummy numdummies=2 
insmod /lib/modules/KVER/kernel/drivers/net/dummy.ko numdummies=2
insmod /lib/modules/KVER/kernel/fs/configfs/configfs.ko 
insmod /lib/modules/KVER/kernel/drivers/block/null_blk/null_blk.ko 
$ lsmod
Module                  Size  Used by
null_blk SIZE 0
configfs SIZE 2 null_blk
dummy SIZE 0
brd SIZE 0
$ modprobe -r -v dummy
rmmod null_blk
rmmod configfs
rmmod dummy
remove /sbin/modprobe -r -i -v brd
rmmod brd
$ lsmod
Module                  Size  Used by
$ modprobe loop
modprobe: ERROR: Error running install command 'echo no shell | cat' for module loop: retcode 127 (there is no /bin/sh to run it)
modprobe: ERROR: could not insert 'loop': Invalid argument
[1]
$ modprobe -q loop
[1]

# What holds a module: waiting ends, and it can be taken along.

$ modprobe zram
$ modprobe -r -w 50 zsmalloc
modprobe: ERROR: could not remove 'zsmalloc': Resource temporarily unavailable
modprobe: INFO: zsmalloc is used by zram
[1]
$ modprobe -r -v --remove-holders zsmalloc
rmmod zram
rmmod zsmalloc
$ modprobe -r --first-time zsmalloc
modprobe: FATAL: Module zsmalloc is not in kernel.
[1]
$ lsmod
Module                  Size  Used by
