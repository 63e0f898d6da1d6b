# Modules that others loaded, and that are not those of the image.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=ahoy' 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: demo same
#: demo own
#: stamp own
#: demo
#: mv $root/own/kml_demo_a.ko $modules/updates/
#: rm $modules/updates/kml_demo_b.ko
#: depmod
#: demo in
#: image one in

$ modprobe kml_demo_a
$ kml load
kml load: module kml_demo_a in the kernel is another build than the image's (build-id BUILD, not BUILD); `kml load --reload` replaces it
[1]
$ kml load --reload
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        oci:/images:one  kml_demo_a (1), kml_demo_b (0)
$ cat /run/kml/kml_demo_b.state
kml-state 1
status loaded
kernel KVER
image oci:/images:one
digest sha256:DIGEST
dir /opt
replaced kml_demo_a
module kml_demo_a
module kml_demo_b
build kml_demo_a - BUILD
build kml_demo_b - BUILD
given kml_demo_a
given kml_demo_b greeting=ahoy
shown kml_demo_b greeting=ahoy
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
kml unload: loaded kml_demo_a again

# Parameters count; and what could not be put back is not taken out.

$ rmmod kml_demo_a
$ insmod /same/kml_demo_a.ko
$ insmod /same/kml_demo_b.ko greeting=hello
$ kml load
kml load: module kml_demo_b in the kernel has greeting=hello, not greeting=ahoy; `kml load --reload` replaces it
[1]
$ kml load --reload
kml load: module kml_demo_b in the kernel has greeting=hello, not greeting=ahoy, and could not be put back: it is not in /lib/modules/KVER; take it out yourself
[1]
$ rmmod kml_demo_b
$ insmod /same/kml_demo_b.ko greeting=ahoy
$ kml load
kml load: warning: module kml_demo_a is in the kernel already, from elsewhere: it stays as it is
kml load: warning: module kml_demo_b is in the kernel already, from elsewhere: it stays as it is
