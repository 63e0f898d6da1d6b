# What could not be put back is not taken out.
#: ini kml.ini '[module]' 'name = dummy' 'replaces = kml_demo_a' 'image = oci:/images:d'
#: ini kml.ini '[kernel all]' 'regexp = .'
#: tree
#: demo b
#: mkdir $root/d
#: mv $modules/kernel/drivers/net/dummy.ko $root/d/
#: kml pack -n dummy -m $root/d -o oci:$root/images:d
#: rm -r $root/d
#: depmod

$ insmod /b/kml_demo_a.ko
$ kml load
kml load: warning: module kml_demo_a is not of this kernel's own in /lib/modules/KVER: it stays
kml load: loaded dummy
$ lsmod
Module                  Size  Used by
dummy SIZE 0
kml_demo_a SIZE 0
$ kml unload
kml unload: unloaded dummy
$ lsmod
Module                  Size  Used by
kml_demo_a SIZE 0
$ cat /run/kml/dummy.state
cat: /run/kml/dummy.state: No such file or directory
[1]
$ kml load
kml load: warning: module kml_demo_a is not of this kernel's own in /lib/modules/KVER: it stays
kml load: loaded dummy
$ lsmod
Module                  Size  Used by
dummy SIZE 0
kml_demo_a SIZE 0
