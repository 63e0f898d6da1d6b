# Of two at once the second waits for the first.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: demo in
#: image one in
#: hold lock lock /run/kml/.kml.lock 2

$ kml load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ modprobe lock
$ kml load
kml load: warning: waiting for another kml in /run/kml
kml load: kml_demo_b is loaded already
$ modprobe lock
$ kml unload
kml unload: warning: waiting for another kml in /run/kml
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
