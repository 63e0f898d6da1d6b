# The modules that the machine's owner names, in files and on the kernel's command line.
#: tree
#: depmod
#: cmdline modules_load=brd,crc32c-intel rd.modules-load=dummy
#: mkdir -p "$root/etc/modules-load.d" "$root/usr/lib/modules-load.d"
#: printf '# comment\n\n  null_blk\n;no\nzram' >"$root/etc/modules-load.d/a.conf"
#: echo nothing >"$root/usr/lib/modules-load.d/a.conf"
#: echo loop >"$root/usr/lib/modules-load.d/b.conf"
#: conf a.conf "options zram num_devices=2"
#: conf a.conf "blacklist loop"
#: device -smp 2

$ kml modules-load -n
insmod /lib/modules/KVER/kernel/drivers/block/brd.ko 
insmod /lib/modules/KVER/kernel/arch/x86/crypto/crc32c-intel.ko 
insmod /lib/modules/KVER/kernel/fs/configfs/configfs.ko 
insmod /lib/modules/KVER/kernel/drivers/block/null_blk/null_blk.ko 
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko num_devices=2 
$ kml modules-load
kml modules-load: could not insert 'crc32c_intel': No such device
kml modules-load: crc32c_intel found nothing here that it drives (cpu:type:x86,ven*fam*mod*:feature:*0094*)
[1]
$ cat /sys/block/zram1/size /sys/block/ram0/size /sys/block/nullb0/size
0
32768
524288000
$ cat /sys/module/loop/initstate
cat: /sys/module/loop/initstate: No such file or directory
[1]
$ cat /sys/module/dummy/initstate
cat: /sys/module/dummy/initstate: No such file or directory
[1]
$ kml modules-load -v
insmod /lib/modules/KVER/kernel/arch/x86/crypto/crc32c-intel.ko 
kml modules-load: could not insert 'crc32c_intel': No such device
kml modules-load: crc32c_intel found nothing here that it drives (cpu:type:x86,ven*fam*mod*:feature:*0094*)
[1]

# A file, by its name or its path.

$ modprobe -r zram
$ kml modules-load -v a.conf
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko num_devices=2 
$ kml modules-load -v /usr/lib/modules-load.d/a.conf
kml modules-load: Module nothing not found in directory /lib/modules/KVER
[1]
