# A file that is not called after its module is refused.
#: ini kml.ini '[module]' 'name = other' 'image = oci:/images:o' '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: demo o
#: rm $root/o/kml_demo_b.ko
#: mv $root/o/kml_demo_a.ko $root/o/other.ko
#: kml pack -n other -m $root/o -o oci:$root/images:o
#: rm -r $root/o

$ kml load
kml load: image oci:/images:o: opt/lib/modules/KVER/other.ko: holds the module kml_demo_a: it must be called so
[1]
$ lsmod
Module                  Size  Used by
$ kml load
kml load: image oci:/images:o: opt/lib/modules/KVER/other.ko: holds the module kml_demo_a: it must be called so
[1]
$ kml unload
kml unload: nothing is recorded in /run/kml
[1]
$ lsmod
Module                  Size  Used by
