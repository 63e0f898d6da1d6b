# What was made for an initramfs keeps its modules known; that one is compressed, and
# its length no multiple of four.
#: tree
#: depmod
#: kml cpio -b $root -k $kver -m dummy --no-kml -o $work/$name/first.cpio
#: mv $root/lib $work/$name/
#: (cd $root && cpio -id --quiet <$work/$name/first.cpio && ln -s usr/lib lib && find . | cpio -o -H newc --quiet) | zstd -q -o $work/$name/base
#: while [ $(($(stat -c %s $work/$name/base) % 4)) != 1 ]; do printf '\0' >>$work/$name/base; done
#: kml cpio -b $work/$name -k $kver -m loop -m zram --onto $work/$name/base -o $work/$name/segment
#: cat $work/$name/base $work/$name/segment >$work/$name/boot.img
#: initramfs boot.img

$ modprobe -v dummy
insmod /lib/modules/KVER/kernel/drivers/net/dummy.ko 
$ modprobe -v loop
insmod /lib/modules/KVER/kernel/drivers/block/loop.ko 
$ modprobe -D zram
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko 
