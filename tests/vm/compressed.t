# Modules that are compressed are decoded; this kernel could not.
#: tree
#: compress xz kernel/drivers/block/zram/zram.ko
#: compress zst kernel/mm/zsmalloc.ko
#: compress gz kernel/drivers/block/brd.ko
#: compress xz-crc64 kernel/drivers/block/loop.ko
#: compress xz-wide kernel/drivers/net/dummy.ko
#: calls
#: cp $modules/kernel/drivers/block/brd.ko.gz $root/named-otherwise.ko
#: depmod

$ modprobe -v zram num_devices=2
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko.zst 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko.xz num_devices=2
$ modprobe -v brd
insmod /lib/modules/KVER/kernel/drivers/block/brd.ko.gz 
$ modprobe -r -v zram
rmmod zram
rmmod zsmalloc
$ modinfo -F license /named-otherwise.ko
GPL
$ rmmod brd
$ insmod /named-otherwise.ko rd_nr=1
$ cat /sys/module/brd/parameters/rd_nr
1

# With a check that no kernel knows, and with a large dictionary.
$ modprobe -v loop
insmod /lib/modules/KVER/kernel/drivers/block/loop.ko.xz 
$ modprobe -v dummy
insmod /lib/modules/KVER/kernel/drivers/net/dummy.ko.xz 

# The kernel was given no file that it would have to decode.
$ dmesg init_module(
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
