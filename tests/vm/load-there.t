# A module that was loaded by others stays theirs.
#: ini kml.ini '[module]' 'name = kml_demo_a' 'image = oci:/images:a' '[kernel all]' 'regexp = .'
#: demo b
#: demo a
#: rm $root/a/kml_demo_b.ko
#: kml pack -n kml_demo_a -m $root/a -o oci:$root/images:a
#: rm -r $root/a

$ insmod /b/kml_demo_a.ko
$ kml load
kml load: warning: module kml_demo_a is in the kernel already, from elsewhere: it stays as it is
$ cat /run/kml/kml_demo_a.state
kml-state 1
status loaded
kernel KVER
image oci:/images:a
digest sha256:DIGEST
dir /opt
$ kml unload
$ lsmod
Module                  Size  Used by
kml_demo_a SIZE 0
