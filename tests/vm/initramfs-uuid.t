# The same, compressed, with modules for the devices only; the root is found by its UUID
# among two disks, mounted to be written to, and started with an init of its own and the
# words for it.
#: tree
#: depmod
#: mkdir $root/first $root/second
#: echo first >$root/first/name
#: disk first -U 6b6d6c00-0000-4000-8000-000000000001
#: system second
#: mv $root/second/sbin/init $root/second/sbin/kml && ln -s kml $root/second/sbin/init
#: disk second -U 6b6d6c00-0000-4000-8000-000000000002 -L 'my root'
#: printf 'pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00\nvirtio:d00000002v00001AF4\n' >$work/$name/aliases
#: kml cpio --init -b $root -k $kver -a - -z zstd -o $work/$name/boot.img <$work/$name/aliases
#: initramfs boot.img
#: cmdline root=UUID=6B6D6C00-0000-4000-8000-000000000002 rw rootflags=noatime,data=journal init=/sbin/init -- /etc/kml/init

$ cat /proc/mounts
proc /proc proc rw,nosuid,relatime 0 0
sysfs /sys sysfs rw,nosuid,relatime 0 0
devtmpfs /dev devtmpfs rw,nosuid,relatime,size=SIZE,mode=755,inode64 0 0
tmpfs /run tmpfs rw,nosuid,relatime,inode64 0 0
/dev/vdb / ext4 rw,noatime,nodelalloc,data=journal 0 0
