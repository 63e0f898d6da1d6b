# An initramfs of kml alone finds its devices, loads what they need, mounts the root
# file system and hands over: what follows is run by the init of that.
#: tree
#: depmod
#: mkdir $root/disk
#: system disk
#: echo "the real root" >$root/disk/etc/motd
#: disk disk
#: kml cpio --init -b $root -k $kver -m virtio_pci -m virtio_blk -m ext4 -o $work/$name/boot.img
#: initramfs boot.img
#: cmdline root=/dev/vda

$ cat /etc/motd
the real root
$ cat /proc/mounts
proc /proc proc rw,nosuid,relatime 0 0
sysfs /sys sysfs rw,nosuid,relatime 0 0
devtmpfs /dev devtmpfs rw,nosuid,relatime,size=SIZE,mode=755,inode64 0 0
tmpfs /run tmpfs rw,nosuid,relatime,inode64 0 0
/dev/vda / ext4 ro,relatime 0 0
$ cat /sys/module/virtio_blk/initstate
live
$ cat /init
cat: /init: No such file or directory
[1]
