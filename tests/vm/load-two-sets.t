# Sets that use modules of each other are all taken out.
#: ini a.ini '[module]' 'name = kml_demo_a' 'image = oci:/images:a' '[kernel all]' 'regexp = .'
#: ini b.ini '[module]' 'name = kml_demo_b' 'image = oci:/images:b' '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: demo a
#: mkdir $root/b
#: cp $root/a/kml_demo_?.ko $root/b/
#: rm $root/a/kml_demo_b.ko
#: kml pack -n kml_demo_a -m $root/a -o oci:$root/images:a
#: kml pack -n kml_demo_b -m $root/b -o oci:$root/images:b
#: rm -r $root/a $root/b

$ kml load
kml load: loaded kml_demo_a
kml load: warning: module kml_demo_a is in the kernel already, from elsewhere: it stays as it is
kml load: loaded kml_demo_b
$ lsmod
Module                  Size  Used by
kml_demo_b SIZE 0
kml_demo_a SIZE 1 kml_demo_b
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
$ kml unload
kml unload: nothing is recorded in /run/kml
[1]
$ lsmod
Module                  Size  Used by
