# Who may not load modules is told so, before anything is touched.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'replaces = loop' 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: demo in
#: image one in
#: tree
#: depmod
#: cp kml $root/kml
#: hold load drop /kml load
#: hold unload drop /kml unload

$ modprobe loop
$ modprobe load
kml load: this needs root with CAP_SYS_MODULE (in a container: --cap-add SYS_MODULE)
modprobe: ERROR: Error running install command '/hold drop /kml load' for module load: retcode 1
modprobe: ERROR: could not insert 'load': Invalid argument
[1]
$ lsmod
Module                  Size  Used by
loop SIZE 0
$ kml status
$ kml load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ modprobe unload
kml unload: this needs root with CAP_SYS_MODULE (in a container: --cap-add SYS_MODULE)
modprobe: ERROR: Error running install command '/hold drop /kml unload' for module unload: retcode 1
modprobe: ERROR: could not insert 'unload': Invalid argument
[1]
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        oci:/images:one  kml_demo_a (1), kml_demo_b (0)
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
kml unload: loaded loop again
