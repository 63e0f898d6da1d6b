# A root without a file system that is known.
#: tree
#: depmod
#: disk empty
#: kml cpio --init -b $root -k $kver -m virtio_pci -m virtio_blk -o $work/$name/boot.img
#: initramfs boot.img
#: cmdline root=254:0

kml init: what is on /dev/vda is no file system that is known: say rootfstype=
