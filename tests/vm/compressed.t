# Modules that are compressed are decoded; this kernel could not.
#: tree
#: compress xz kernel/drivers/block/zram/zram.ko
#: compress zst kernel/mm/zsmalloc.ko
#: compress gz kernel/drivers/block/brd.ko
#: cp $modules/kernel/drivers/block/brd.ko.gz $root/named-otherwise.ko
#: depmod

$ modprobe -v zram num_devices=2
$ modprobe -v brd
$ modprobe -r -v zram
$ modinfo -F license /named-otherwise.ko
$ rmmod brd
$ insmod /named-otherwise.ko rd_nr=1
$ cat /sys/module/brd/parameters/rd_nr
