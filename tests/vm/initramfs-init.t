# A root without an init.
#: tree
#: depmod
#: mkdir $root/disk
#: disk disk -L data
#: kml cpio --init -b $root -k $kver -m virtio_pci -m virtio_blk -o $work/$name/boot.img
#: initramfs boot.img
#: cmdline root=/dev/disk/by-label/data

kml init: the root file system has no /sbin/init, /etc/init, /bin/init or /bin/sh
