# Several modules in an order, as Kernel Module Management says it: a file for loading, all names for
# unloading.
#: tree
#: demo m
#: cp $modules/kernel/drivers/net/dummy.ko $root/m/
#: mkdir -p $root/m/firmware
#: echo one >$root/m/firmware/a.bin
#: pod m
#: mkdir -p $root/image/etc/modprobe.d
#: printf 'softdep dummy pre: kml_demo_b\nsoftdep kml_demo_b pre: kml_demo_a\n' >$root/image/etc/modprobe.d/softdep.conf

$ mkdir -p /tmp/opt/lib/modules; cp -R /opt/lib/modules/KVER /tmp/opt/lib/modules;
$ modprobe -vd /tmp/opt dummy
insmod /tmp/opt/lib/modules/KVER/kml_demo_a.ko 
insmod /tmp/opt/lib/modules/KVER/kml_demo_b.ko 
insmod /tmp/opt/lib/modules/KVER/dummy.ko 
$ lsmod
Module                  Size  Used by
dummy SIZE 0
kml_demo_b SIZE 0
kml_demo_a SIZE 1 kml_demo_b
$ rm /etc/modprobe.d/softdep.conf
$ modprobe -rvd /tmp/opt dummy kml_demo_b kml_demo_a
rmmod dummy
rmmod kml_demo_b
rmmod kml_demo_a
$ lsmod
Module                  Size  Used by
