# Loading that fails leaves the machine as it was, and says why.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=' 'replaces = loop'
#: ini kml.ini 'image = oci:images:good' '[kernel cloud]' 'regexp = -cloud-amd64$'
#: ini refused/unmapped.ini '[module]' 'name = kml_demo_b' 'image = oci:images:good'
#: ini refused/unmapped.ini '[kernel lab]' 'literal = 4.19.0-lab'
#: ini refused/skip.ini '[module]' 'name = kml_demo_b' 'image = oci:images:good'
#: ini refused/skip.ini '[kernel all]' 'regexp = .' 'skip = nobody ported it'
#: ini refused/absent.ini '[module]' 'name = kml_demo_b' 'image = oci:images:none'
#: ini refused/absent.ini '[kernel all]' 'regexp = .'
#: ini refused/other.ini '[module]' 'name = kml_demo_b' 'image = oci:images:other'
#: ini refused/other.ini '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: demo in
#: image good in
#: demo in
#: other in
#: image other in -k 5${kver#?}

# The second module fails: the first is taken out again, the one that was replaced comes back.

$ modprobe loop
$ kml load
$ lsmod
$ dmesg kml_demo

# No mapping for this kernel; one that says no; no image; an image for another kernel.

$ kml load -c /etc/kml/refused/unmapped.ini
$ kml load -c /etc/kml/refused/skip.ini
$ kml load -c /etc/kml/refused/absent.ini
$ kml load -c /etc/kml/refused/other.ini
$ lsmod
$ kml unload
