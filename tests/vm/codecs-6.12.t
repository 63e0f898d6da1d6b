# A kernel that decodes xz itself, as far as its decoder goes, and nothing else.
#: kernel 6.12
#: tree
#: compress xz-crc64 kernel/drivers/block/brd.ko
#: compress xz-sha256 kernel/drivers/block/loop.ko
#: compress xz-wide kernel/drivers/net/dummy.ko
#: compress zst kernel/mm/zsmalloc.ko
#: compress gz kernel/fs/configfs/configfs.ko
#: depmod
#: cmdline mem=144M
#: calls

$ cat /sys/module/compression
xz
$ modprobe -v zram num_devices=2
insmod /lib/modules/KVER/kernel/lib/lz4/lz4_compress.ko.xz 
insmod /lib/modules/KVER/kernel/lib/lz4/lz4hc_compress.ko.xz 
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko.zst 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko.xz num_devices=2
$ modprobe -v null_blk
insmod /lib/modules/KVER/kernel/fs/configfs/configfs.ko.gz 
insmod /lib/modules/KVER/kernel/drivers/block/null_blk/null_blk.ko.xz 

# It knows neither of these checks, and has not enough memory for the dictionary of the third.
$ modprobe -v brd rd_nr=1
insmod /lib/modules/KVER/kernel/drivers/block/brd.ko.xz rd_nr=1
$ modprobe -v loop
insmod /lib/modules/KVER/kernel/drivers/block/loop.ko.xz 
$ modprobe -v dummy
insmod /lib/modules/KVER/kernel/drivers/net/dummy.ko.xz 

# The module's own refusal is no reason to try again.
$ modprobe -r zram
$ modprobe zram num_devices=many
modprobe: ERROR: could not insert 'zram': Invalid argument
modprobe: INFO: 'many' is no value for the parameter num_devices (uint) of zram: Number of pre-created zram devices
[1]
$ lsmod
Module                  Size  Used by
zsmalloc SIZE 0
lz4hc_compress SIZE 0
lz4_compress SIZE 0
dummy SIZE 0
loop SIZE 0
brd SIZE 0
null_blk SIZE 0
configfs SIZE 2 null_blk

# finit_module with flag 4 is the kernel's decoder, init_module is ours.
$ dmesg init_module( decompress
[TIME] sys_finit_module(fd: NUMBER, uargs: NUMBER, flags: 4)
[TIME] sys_finit_module(fd: NUMBER, uargs: NUMBER, flags: 4)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_finit_module(fd: NUMBER, uargs: NUMBER, flags: 4)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_finit_module(fd: NUMBER, uargs: NUMBER, flags: 4)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_finit_module(fd: NUMBER, uargs: NUMBER, flags: 4)
[TIME] sys_finit_module(fd: NUMBER, uargs: NUMBER, flags: 4)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
[TIME] sys_finit_module(fd: NUMBER, uargs: NUMBER, flags: 4)
[TIME] sys_init_module(umod: NUMBER, len: NUMBER, uargs: NUMBER)
