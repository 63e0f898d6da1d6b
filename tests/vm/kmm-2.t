# What the workers of Kernel Module Management 2.x run: up to 2.2 modprobe on what they unpacked
# themselves; from 2.3 on the image first copies its own files, and from 2.4 on it is asked whether
# it is there.
#: tree
#: demo m
#: cp $modules/kernel/drivers/net/dummy.ko $root/m/
#: depmod
#: mkdir -p $root/m/firmware/vendor
#: echo one >$root/m/firmware/vendor/a.bin
#: pod m

$ exit 0
$ mkdir -p /tmp/opt/lib/modules; cp -R /opt/lib/modules/KVER /tmp/opt/lib/modules;
$ mkdir -p /tmp/opt/lib/modules; cp -R /opt/lib/modules/KVER /tmp/opt/lib/modules; mkdir -p /tmp/firmware; cp -R /firmware/* /tmp/firmware;
$ find /tmp/firmware /tmp/opt/lib/modules/KVER
/tmp/firmware
/tmp/firmware/vendor
/tmp/firmware/vendor/a.bin
/tmp/opt/lib/modules/KVER
/tmp/opt/lib/modules/KVER/dummy.ko
/tmp/opt/lib/modules/KVER/kml_demo_a.ko
/tmp/opt/lib/modules/KVER/kml_demo_b.ko
/tmp/opt/lib/modules/KVER/modules.alias
/tmp/opt/lib/modules/KVER/modules.alias.bin
/tmp/opt/lib/modules/KVER/modules.builtin.alias.bin
/tmp/opt/lib/modules/KVER/modules.builtin.bin
/tmp/opt/lib/modules/KVER/modules.dep
/tmp/opt/lib/modules/KVER/modules.dep.bin
/tmp/opt/lib/modules/KVER/modules.devname
/tmp/opt/lib/modules/KVER/modules.softdep
/tmp/opt/lib/modules/KVER/modules.symbols
/tmp/opt/lib/modules/KVER/modules.symbols.bin
/tmp/opt/lib/modules/KVER/modules.weakdep
$ modprobe dummy
$ modprobe -rv dummy; modprobe -vd /tmp/opt kml_demo_b greeting=hi
rmmod dummy
insmod /tmp/opt/lib/modules/KVER/kml_demo_a.ko 
insmod /tmp/opt/lib/modules/KVER/kml_demo_b.ko greeting=hi
$ lsmod
Module                  Size  Used by
kml_demo_b SIZE 0
kml_demo_a SIZE 1 kml_demo_b
$ modprobe -vd /tmp/opt kml_demo_b greeting=hi
$ modprobe -rvd /tmp/opt kml_demo_b
rmmod kml_demo_b
rmmod kml_demo_a
$ lsmod
Module                  Size  Used by
