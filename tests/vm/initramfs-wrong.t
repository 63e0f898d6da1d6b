# A root that is not there: it is said for what was waited, and what there is instead.
#: tree
#: depmod
#: mkdir $root/disk
#: disk disk -U 6b6d6c00-0000-4000-8000-000000000001 -L data
#: disk empty
#: kml cpio --init -b $root -k $kver -m virtio_pci -m virtio_blk -z gzip -o $work/$name/boot.img
#: initramfs boot.img
#: cmdline root=LABEL=root rootdelay=1

kml init: there is /dev/vda: ext4, UUID=6b6d6c00-0000-4000-8000-000000000001, LABEL=data
kml init: there is /dev/vdb
kml init: root=LABEL=root has not appeared within 1 s
