# What is no module, what needs it, and what has no file is told; the others are loaded.
#: tree
#: conf a.conf "install virtio_rng false"
#: disk data
#: device -netdev user,id=net -device virtio-net-pci,netdev=net
#: device -device virtio-rng-pci -smp 2
#: depmod
#: truncate -s 10000 "$modules/kernel/net/core/failover.ko"

$ kml coldplug
kml coldplug: warning: could not insert 'failover': Exec format error
kml coldplug: /lib/modules/KVER/kernel/net/core/failover.ko: section headers: cut short: needs byte N of 10000
kml coldplug: warning: could not insert 'virtio_net': it needs 'failover'
kml coldplug: warning: could not insert 'virtio_rng': its install command 'false' ended with status 1
[1]
$ cat /sys/block/vda/size
65536
$ cat /sys/module/virtio_net/initstate
cat: /sys/module/virtio_net/initstate: No such file or directory
[1]
$ kml coldplug -q
[1]

