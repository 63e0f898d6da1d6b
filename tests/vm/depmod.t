# The tree is indexed in the guest.
#: tree
#: demo

$ modprobe kml_demo_b
modprobe: FATAL: Module kml_demo_b not found in directory /lib/modules/KVER
modprobe: INFO: there is no /lib/modules/KVER/modules.dep.bin: run depmod, which makes it
[1]
$ depmod
$ modprobe -v kml:demo-1 greeting=hello
insmod /lib/modules/KVER/updates/kml_demo_a.ko 
insmod /lib/modules/KVER/updates/kml_demo_b.ko greeting=hello
$ lsmod
Module                  Size  Used by
kml_demo_b SIZE 0
kml_demo_a SIZE 1 kml_demo_b
$ modprobe -r kml_demo_b
$ modprobe -v zram
insmod /lib/modules/KVER/kernel/mm/zsmalloc.ko 
insmod /lib/modules/KVER/kernel/drivers/block/zram/zram.ko 
$ modinfo -F depends zram
zsmalloc
