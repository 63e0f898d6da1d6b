# What a pod of Kernel Module Management 1.x runs in an image that kml made, with nothing else in it:
# after its start, as it runs, and before it stops.  The driver's module and firmware come from the
# image, and an in-tree module has to go first.
#: tree
#: demo m
#: cp $modules/kernel/drivers/net/dummy.ko $root/m/
#: depmod
#: mkdir -p $root/m/firmware/vendor
#: echo one >$root/m/firmware/a.bin
#: echo two >$root/m/firmware/vendor/b.bin
#: ln -s vendor/b.bin $root/m/firmware/b.bin
#: pod m

$ modprobe dummy && lsmod
Module                  Size  Used by
dummy SIZE 0
$ sleep infinity
[143]
$ modprobe -r -d /opt dummy && cp -r /firmware/* /var/lib/firmware && modprobe -v -d /opt kml_demo_b greeting=hi
insmod /opt/lib/modules/KVER/kml_demo_a.ko 
insmod /opt/lib/modules/KVER/kml_demo_b.ko greeting=hi
$ lsmod
Module                  Size  Used by
kml_demo_b SIZE 0
kml_demo_a SIZE 1 kml_demo_b
$ find /var/lib/firmware
/var/lib/firmware
/var/lib/firmware/a.bin
/var/lib/firmware/b.bin
/var/lib/firmware/vendor
/var/lib/firmware/vendor/b.bin
$ modprobe -rv -d /opt kml_demo_b && cd /firmware && find |sort -r |xargs -I{} rm -d /var/lib/firmware/{}
rmmod kml_demo_b
rmmod kml_demo_a
kml rm: /var/lib/firmware/.: not the name of a file
[123]
$ lsmod
Module                  Size  Used by
$ find /var/lib/firmware
/var/lib/firmware

# With raw arguments, -r and the module's name, the clean-up follows each of them.

$ modprobe -d /opt kml_demo_b
$ modprobe -r && cd /firmware && find |sort -r |xargs -I{} rm -d /var/lib/firmware/{} kml_demo_b && cd /firmware && find |sort -r |xargs -I{} rm -d /var/lib/firmware/{}
modprobe: ERROR: missing parameters. See -h.
[1]
$ modprobe -r -d /opt -a kml_demo_b

# What fails ends it, and the pod is started again.

$ modprobe -r -d /opt dummy && cp -r /nothing/* /var/lib/firmware && modprobe -v -d /opt kml_demo_b
kml cp: /nothing/*: No such file or directory
[1]
$ modprobe -v -d /opt kml_demo_b "greeting="
insmod /opt/lib/modules/KVER/kml_demo_a.ko 
insmod /opt/lib/modules/KVER/kml_demo_b.ko greeting=
modprobe: ERROR: could not insert 'kml_demo_b': Invalid argument
[1]
$ lsmod; modprobe -v -d /opt -a dummy kml_demo_b; lsmod; modprobe -r -d /opt -a dummy kml_demo_b; lsmod
Module                  Size  Used by
kml_demo_a SIZE 0
insmod /opt/lib/modules/KVER/dummy.ko 
insmod /opt/lib/modules/KVER/kml_demo_b.ko 
Module                  Size  Used by
kml_demo_b SIZE 0
dummy SIZE 0
kml_demo_a SIZE 1 kml_demo_b
Module                  Size  Used by
