# The file system is a module: its superblock says which.
#: tree
#: (cd $kernel && cp -r --parents lib/modules/$kver/kernel/fs/squashfs lib/modules/$kver/kernel/lib $root)
#: depmod
#: mkdir $root/part
#: system part
#: mksquashfs $root/part $work/$name/part.img -all-root -quiet -no-progress && rm -r $root/part
#: disk part
#: kml cpio --init -b $root -k $kver -m virtio_pci -m virtio_blk -m squashfs -z gzip -o $work/$name/boot.img
#: (mkdir $work/$name/x && cd $work/$name/x && gzip -dc ../boot.img | cpio -id --quiet && rm etc/modules-load.d/kml.conf && find . | cpio -o -H newc --quiet >../boot.img)
#: initramfs boot.img
#: cmdline root=/dev/vda

$ cat /proc/mounts
proc /proc proc rw,nosuid,relatime 0 0
sysfs /sys sysfs rw,nosuid,relatime 0 0
devtmpfs /dev devtmpfs rw,nosuid,relatime,size=SIZE,mode=755,inode64 0 0
tmpfs /run tmpfs rw,nosuid,relatime,inode64 0 0
/dev/vda / squashfs ro,relatime,errors=continue 0 0
$ cat /sys/module/squashfs/initstate
live
