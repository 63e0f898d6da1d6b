# Nothing can be written but what the kernel gives; what is kept nowhere is loaded all the same.
#: network
#: ini kml.ini '[module]' 'name = kml_demo_b' "image = registry.test:$port/drv:one"
#: ini kml.ini "[registry registry.test:$port]" 'ca = ca.crt' '[kernel all]' 'regexp = .'
#: demo in
#: image one in
#: serve images
#: hold ro readonly /
#: hold norun readonly /run

$ modprobe up
$ modprobe ro
$ kml load
kml load: /var: Read-only file system; the image is not kept
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml load -q
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        registry.test:PORT/drv:one  kml_demo_a (1), kml_demo_b (0)
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a

# Not even a place for the record.

$ modprobe norun
$ kml load
kml load: warning: /run/kml: Read-only file system; kml unload will not know what was loaded
kml load: /var: Read-only file system; the image is not kept
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml load
kml load: warning: /run/kml: Read-only file system; kml unload will not know what was loaded
kml load: /var: Read-only file system; the image is not kept
kml load: warning: module kml_demo_a is in the kernel already, from elsewhere: it stays as it is
kml load: warning: module kml_demo_b is in the kernel already, from elsewhere: it stays as it is
$ kml unload
kml unload: nothing is recorded in /run/kml
[1]
