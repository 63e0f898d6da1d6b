# The same, and the new load fails: the machine is as before both.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=' 'replaces = loop' 'image = oci:/images:good'
#: ini kml.ini '[kernel cloud]' 'regexp = -cloud-amd64$'
#: ini ../ok.ini '[module]' 'name = kml_demo_b' 'replaces = loop' 'image = oci:/images:good'
#: ini ../ok.ini '[kernel cloud]' 'regexp = -cloud-amd64$'
#: tree
#: depmod
#: demo in
#: image good in

$ modprobe loop
$ kml load -c /etc/ok.ini
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ rmmod kml_demo_b
$ rmmod kml_demo_a
$ kml load
kml load: warning: an earlier load of kml_demo_b is not whole; what is left of it is taken out first
kml load: loaded loop again
kml load: loaded kml_demo_a
kml load: module kml_demo_b with "greeting=": Invalid argument (the kernel's log says which); what was done before that was taken back
[9]
$ lsmod
Module                  Size  Used by
loop SIZE 0
