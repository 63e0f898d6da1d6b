# The devices of the machine ask for their drivers.
#: tree
#: depmod
#: disk data
#: device -netdev user,id=net -device virtio-net-pci,netdev=net
#: device -device virtio-rng-pci -smp 2
#: conf a.conf "options virtio_net napi_tx=0"
#: conf a.conf "blacklist virtio_rng"

# What would be loaded: the machine has a virtio bus only when virtio_pci is there.

$ kml coldplug -n
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio_ring.ko 
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio.ko 
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio_pci_modern_dev.ko 
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio_pci_legacy_dev.ko 
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio_pci.ko 
$ lsmod
Module                  Size  Used by

# Drivers of what drivers find are loaded too; blacklisted ones are not.

$ kml coldplug -v
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio_ring.ko 
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio.ko 
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio_pci_modern_dev.ko 
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio_pci_legacy_dev.ko 
insmod /lib/modules/KVER/kernel/drivers/virtio/virtio_pci.ko 
insmod /lib/modules/KVER/kernel/drivers/block/virtio_blk.ko 
insmod /lib/modules/KVER/kernel/net/core/failover.ko 
insmod /lib/modules/KVER/kernel/drivers/net/net_failover.ko 
insmod /lib/modules/KVER/kernel/drivers/net/virtio_net.ko napi_tx=0 
$ cat /sys/block/vda/size /sys/module/virtio_blk/initstate
65536
live
$ cat /sys/module/virtio_net/parameters/napi_tx
N
$ cat /sys/module/virtio_rng/initstate
cat: /sys/module/virtio_rng/initstate: No such file or directory
[1]

# All is there: nothing is left to do.

$ kml coldplug -v
$ kml coldplug -v --settle 100
