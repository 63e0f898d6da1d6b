# One capability is enough, where no firmware is to be written; a place for the record helps.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'replaces = loop' 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: demo in
#: image one in
#: tree
#: depmod
#: cp kml $root/kml
#: hold load only /kml load
#: hold unload only /kml unload

$ modprobe loop
$ modprobe load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ lsmod
Module                  Size  Used by
kml_demo_b SIZE 0
kml_demo_a SIZE 1 kml_demo_b
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        oci:/images:one  kml_demo_a (1), kml_demo_b (0)
$ modprobe unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
kml unload: loaded loop again
$ lsmod
Module                  Size  Used by
loop SIZE 0
