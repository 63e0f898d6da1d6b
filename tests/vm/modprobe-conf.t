# What /etc/modprobe.d says, and the kernel's command line.
#: tree
#: depmod
#: conf a.conf 'options loop max_loop=5 max_part=7'
#: conf a.conf 'alias spin loop'
#: conf a.conf 'blacklist zram'
#: conf a.conf 'softdep dummy pre: brd post: null_blk'
#: cmdline brd.rd_nr=3 modprobe.blacklist=null_blk

$ cat /proc/cmdline
console=ttyS0 loglevel=0 panic=-1 rdinit=/init brd.rd_nr=3 modprobe.blacklist=null_blk
$ modprobe -v spin max_part=3
insmod /lib/modules/KVER/kernel/drivers/block/loop.ko max_loop=5 max_part=7 max_part=3
$ cat /sys/module/loop/parameters/max_loop /sys/module/loop/parameters/max_part
5
3

# Softdeps of the configuration and of the module itself (xts: pre: ecb).

$ modprobe -v dummy
insmod /lib/modules/KVER/kernel/drivers/block/brd.ko rd_nr=3 
insmod /lib/modules/KVER/kernel/drivers/net/dummy.ko 
insmod /lib/modules/KVER/kernel/fs/configfs/configfs.ko 
insmod /lib/modules/KVER/kernel/drivers/block/null_blk/null_blk.ko 
$ cat /sys/module/brd/parameters/rd_nr
3
$ modprobe -v xts
insmod /lib/modules/KVER/kernel/crypto/ecb.ko 
insmod /lib/modules/KVER/kernel/crypto/xts.ko 
$ modprobe -r -v dummy
rmmod null_blk
rmmod configfs
rmmod dummy
rmmod brd

# A blacklisted name is only taken by its own name.

$ modprobe -v -b zram
$ modprobe -v zram
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko 

$ lsmod
Module                  Size  Used by
zram SIZE 0
zsmalloc SIZE 1 zram
xts SIZE 0
ecb SIZE 0
loop SIZE 0
