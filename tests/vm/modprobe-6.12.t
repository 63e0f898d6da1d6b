# The tree of Debian 13, in .ko.xz: what modprobe does, and in which order.
#: kernel 6.12
#: tree
#: depmod
#: conf a.conf 'softdep dummy pre: brd post: null_blk'
#: conf a.conf 'weakdep dummy loop'
#: conf a.conf 'options brd rd_nr=2'
#: conf a.conf 'alias net-pf-99 dummy'
#: conf a.conf 'alias net-pf-98 zram'
#: conf a.conf 'blacklist zram'
#: cmdline brd.rd_size=2048 modprobe.blacklist=loop
#: cp $modules/kernel/drivers/block/loop.ko.xz $root/cut.ko.xz; truncate -s 9000 $root/cut.ko.xz

# Dependencies come first, then the module; what is there already is passed over.

$ modprobe -v dm-thin-pool
insmod /lib/modules/KVER/kernel/arch/x86/crypto/crc32c-intel.ko.xz 
insmod /lib/modules/KVER/kernel/lib/libcrc32c.ko.xz 
insmod /lib/modules/KVER/kernel/drivers/md/dm-mod.ko.xz 
insmod /lib/modules/KVER/kernel/drivers/md/dm-bufio.ko.xz 
insmod /lib/modules/KVER/kernel/drivers/md/dm-bio-prison.ko.xz 
insmod /lib/modules/KVER/kernel/drivers/md/persistent-data/dm-persistent-data.ko.xz 
insmod /lib/modules/KVER/kernel/drivers/md/dm-thin-pool.ko.xz 
$ modprobe -v dm-thin-pool
$ modprobe --first-time dm-thin-pool
modprobe: ERROR: could not insert 'dm_thin_pool': Module already in kernel
[1]

# Soft dependencies before and after it, weak ones not at all; parameters of the
# configuration, the kernel's command line and the command, in this order.

$ modprobe -v net-pf-99 numdummies=3
insmod /lib/modules/KVER/kernel/drivers/block/brd.ko.xz rd_nr=2 rd_size=2048 
insmod /lib/modules/KVER/kernel/drivers/net/dummy.ko.xz numdummies=3
insmod /lib/modules/KVER/kernel/fs/configfs/configfs.ko.xz 
insmod /lib/modules/KVER/kernel/drivers/block/null_blk/null_blk.ko.xz 
$ cat /sys/module/brd/parameters/rd_nr /sys/module/brd/parameters/rd_size
2
2048
$ modprobe -R net-pf-99
dummy

# A blacklist is for aliases, and with -b for names.

$ modprobe -v net-pf-98
$ modprobe -v -b loop
$ modprobe -v zram num_devices=1
insmod /lib/modules/KVER/kernel/lib/lz4/lz4_compress.ko.xz 
insmod /lib/modules/KVER/kernel/lib/lz4/lz4hc_compress.ko.xz 
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko.xz 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko.xz num_devices=1

# Out again: not while it is in use, unless its users shall go too.

$ modprobe -r dm-bufio
modprobe: FATAL: Module dm_bufio is in use.
modprobe: INFO: dm_bufio is used by dm_persistent_data (used by dm_thin_pool)
[1]
$ modprobe -r -w 200 dm-bufio
modprobe: ERROR: could not remove 'dm_bufio': Resource temporarily unavailable
modprobe: INFO: dm_bufio is used by dm_persistent_data (used by dm_thin_pool)
[1]
$ rmmod dm-bufio
rmmod: ERROR: Module dm_bufio is in use by: dm_persistent_data
rmmod: INFO: dm_bufio is used by dm_persistent_data (used by dm_thin_pool)
[1]
$ modprobe -r -v --remove-holders dm-persistent-data
rmmod dm_thin_pool
rmmod dm_bio_prison
rmmod dm_persistent_data
rmmod libcrc32c
rmmod dm_bufio
$ modprobe -r -v dummy zram
rmmod null_blk
rmmod configfs
rmmod dummy
rmmod brd
rmmod zram
rmmod lz4_compress
rmmod lz4hc_compress
rmmod zsmalloc
$ lsmod
Module                  Size  Used by
dm_mod SIZE 0
crc32c_intel SIZE 0

# Cut short, and with a parameter that is no number.

$ insmod /cut.ko.xz
insmod: ERROR: could not insert module /cut.ko.xz: Invalid parameters
insmod: INFO: /cut.ko.xz: xz data is cut short
[1]
$ modprobe brd rd_nr=many
modprobe: ERROR: could not insert 'brd': Invalid argument
modprobe: INFO: 'many' is no value for the parameter rd_nr (int) of brd: Maximum number of brd devices
[1]
$ modprobe no-such-module
modprobe: FATAL: Module no-such-module not found in directory /lib/modules/KVER
[1]
