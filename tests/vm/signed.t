# A kernel that takes only modules with a signature it knows.
#: tree
#: demo
#: compress xz kernel/drivers/block/brd.ko
#: depmod
#: cmdline module.sig_enforce=1

$ modprobe -v loop
insmod /lib/modules/KVER/kernel/drivers/block/loop.ko 
$ modprobe -v brd
insmod /lib/modules/KVER/kernel/drivers/block/brd.ko.xz 
$ modprobe -v kml_demo_b
insmod /lib/modules/KVER/updates/kml_demo_a.ko 
modprobe: ERROR: could not insert 'kml_demo_b': Key was rejected by service
modprobe: INFO: kml_demo_a is not signed
modprobe: INFO: this kernel wants a signature by a key it knows (module.sig_enforce=1): sign it with one, or enroll yours with mokutil --import
[1]
$ insmod /lib/modules/KVER/updates/kml_demo_a.ko
insmod: ERROR: could not insert module /lib/modules/KVER/updates/kml_demo_a.ko: Key was rejected by service
insmod: INFO: kml_demo_a is not signed
insmod: INFO: this kernel wants a signature by a key it knows (module.sig_enforce=1): sign it with one, or enroll yours with mokutil --import
[1]
$ lsmod
Module                  Size  Used by
brd SIZE 0
loop SIZE 0
