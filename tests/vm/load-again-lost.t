# A reload that fails when the image that was loaded is no longer there.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: ini ../bad.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=' 'image = oci:/images2:two' '[kernel all]' 'regexp = .'
#: demo in
#: image one in
#: demo in
#: stamp in
#: image two in images2

$ kml load -q
$ rm /images/index.json /images/oci-layout
$ kml load -q --reload -c /etc/bad.ini
kml load: module kml_demo_b with "greeting=": Invalid argument (the kernel's log says which); what was done before that was taken back; kml_demo_b could not be loaded again as it was, so that it is not loaded now
[1]
$ lsmod
Module                  Size  Used by
$ kml status
