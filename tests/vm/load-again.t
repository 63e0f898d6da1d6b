# A load that is no longer whole is taken back before it is done anew.
#: ini kml.ini '[module]' 'name = kml_demo_a' 'replaces = loop' 'image = oci:/images:a'
#: ini kml.ini '[kernel cloud]' 'regexp = -cloud-amd64$'
#: tree
#: depmod
#: demo a
#: rm $root/a/kml_demo_b.ko
#: kml pack -n kml_demo_a -m $root/a -o oci:$root/images:a
#: rm -r $root/a

$ modprobe loop
$ kml load
kml load: loaded kml_demo_a
$ rmmod kml_demo_a
$ kml load
kml load: warning: an earlier load of kml_demo_a is not whole; what is left of it is taken out first
kml load: loaded loop again
kml load: loaded kml_demo_a
$ lsmod
Module                  Size  Used by
kml_demo_a SIZE 0
$ cat /run/kml/kml_demo_a.state
kml-state 1
status loaded
kernel KVER
image oci:/images:a
digest sha256:DIGEST
dir /opt
replaced loop
module kml_demo_a
build kml_demo_a - BUILD
given kml_demo_a
