# Modules of the distribution's own tree, by modprobe.
#: tree
#: depmod

# What is needed is loaded first.

$ modprobe -D dm-thin-pool
insmod /lib/modules/KVER/kernel/arch/x86/crypto/crc32c-intel.ko 
insmod /lib/modules/KVER/kernel/lib/libcrc32c.ko 
insmod /lib/modules/KVER/kernel/drivers/md/dm-mod.ko 
insmod /lib/modules/KVER/kernel/drivers/md/dm-bufio.ko 
insmod /lib/modules/KVER/kernel/drivers/md/dm-bio-prison.ko 
insmod /lib/modules/KVER/kernel/drivers/md/persistent-data/dm-persistent-data.ko 
insmod /lib/modules/KVER/kernel/drivers/md/dm-thin-pool.ko 
$ modprobe -v dm-thin-pool
insmod /lib/modules/KVER/kernel/arch/x86/crypto/crc32c-intel.ko 
insmod /lib/modules/KVER/kernel/lib/libcrc32c.ko 
insmod /lib/modules/KVER/kernel/drivers/md/dm-mod.ko 
insmod /lib/modules/KVER/kernel/drivers/md/dm-bufio.ko 
insmod /lib/modules/KVER/kernel/drivers/md/dm-bio-prison.ko 
insmod /lib/modules/KVER/kernel/drivers/md/persistent-data/dm-persistent-data.ko 
insmod /lib/modules/KVER/kernel/drivers/md/dm-thin-pool.ko 
$ modprobe -v dm-thin-pool
$ cat /sys/module/dm_thin_pool/initstate
live
$ lsmod
Module                  Size  Used by
dm_thin_pool SIZE 0
dm_persistent_data SIZE 1 dm_thin_pool
dm_bio_prison SIZE 1 dm_thin_pool
dm_bufio SIZE 1 dm_persistent_data
dm_mod SIZE 2 dm_bufio,dm_thin_pool
libcrc32c SIZE 1 dm_persistent_data

# A module that others need stays; removal takes along what nobody needs any more.

$ modprobe -r dm-mod
modprobe: FATAL: Module dm_mod is in use.
modprobe: INFO: dm_mod is used by dm_bufio (used by dm_persistent_data (used by dm_thin_pool)), dm_thin_pool
[1]
$ modprobe -r -v dm-thin-pool
rmmod dm_thin_pool
rmmod dm_bio_prison
rmmod dm_persistent_data
$ modprobe -r dm-thin-pool
$ modprobe -r --first-time dm-thin-pool
modprobe: FATAL: Module dm_thin_pool is not in kernel.
[1]
$ cat /proc/modules
dm_bufio SIZE 0 - Live ADDRESS
dm_mod SIZE 1 dm_bufio, Live ADDRESS
libcrc32c SIZE 0 - Live ADDRESS

# Aliases, and modules that are in the kernel.

$ modprobe -R char-major-10-237
loop
$ modprobe -v char-major-10-237 max_loop=3
insmod /lib/modules/KVER/kernel/drivers/block/loop.ko max_loop=3
$ cat /sys/module/loop/parameters/max_loop
3
$ modprobe --first-time loop
modprobe: ERROR: could not insert 'loop': Module already in kernel
[1]
$ modprobe -v unix
$ modprobe no-such-module
modprobe: FATAL: Module no-such-module not found in directory /lib/modules/KVER
[1]
$ modprobe -q no-such-module
[1]
$ modprobe -r loop

# A parameter that the module refuses; a machine without the hardware.

$ modprobe loop max_loop=many
modprobe: ERROR: could not insert 'loop': Invalid argument
modprobe: INFO: 'many' is no value for the parameter max_loop of loop: Maximum number of loop devices
[1]
$ modprobe crc32c-intel
modprobe: ERROR: could not insert 'crc32c_intel': No such device
modprobe: INFO: crc32c_intel found nothing here that it drives (cpu:type:x86,ven*fam*mod*:feature:*0094*)
[1]
$ modprobe -a -v brd dummy no-such-module zram
insmod /lib/modules/KVER/kernel/drivers/block/brd.ko 
insmod /lib/modules/KVER/kernel/drivers/net/dummy.ko 
modprobe: WARNING: Module no-such-module not found in directory /lib/modules/KVER
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko 
[1]
$ modprobe -r -v brd dummy zram
rmmod brd
rmmod dummy
rmmod zram
rmmod zsmalloc
$ cat /proc/modules
dm_bufio SIZE 0 - Live ADDRESS
dm_mod SIZE 1 dm_bufio, Live ADDRESS
libcrc32c SIZE 0 - Live ADDRESS
