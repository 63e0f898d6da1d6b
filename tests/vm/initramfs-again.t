# kml init by itself in a root file system: it must not take that for an initramfs, whose
# files it deletes.
#: tree
#: depmod
#: mkdir $root/disk
#: system disk && rm $root/disk/etc/kml/init
#: disk disk
#: kml cpio --init -b $root -k $kver -m virtio_pci -m virtio_blk -o $work/$name/boot.img
#: initramfs boot.img
#: cmdline root=/dev/vda

kml init: this is no initramfs but a root file system already, and it has no commands for kml init in /etc/kml/init
