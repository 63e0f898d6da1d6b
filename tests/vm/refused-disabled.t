# A kernel that takes no modules any more.
#: demo
#: depmod
#: cmdline sysctl.kernel.modules_disabled=1

$ cat /proc/sys/kernel/modules_disabled
1
$ modprobe kml_demo_b
modprobe: ERROR: could not insert 'kml_demo_b': Operation not permitted
modprobe: INFO: kernel.modules_disabled is 1: no module goes in or out until the next boot
[1]
$ modprobe -q kml_demo_b
[1]
$ insmod /lib/modules/KVER/updates/kml_demo_a.ko
insmod: ERROR: could not insert module /lib/modules/KVER/updates/kml_demo_a.ko: Operation not permitted
insmod: INFO: kernel.modules_disabled is 1: no module goes in or out until the next boot
[1]
