# Modules out of an image, loaded from memory.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=ahoy'
#: ini kml.ini 'image = oci:/images:${KERNEL_FULL_VERSION}' '[kernel cloud]' 'regexp = -cloud-amd64$'
#: demo in
#: image $kver in

$ kml load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ lsmod
Module                  Size  Used by
kml_demo_b SIZE 0
kml_demo_a SIZE 1 kml_demo_b
$ cat /sys/module/kml_demo_b/parameters/greeting
ahoy

# What was done is remembered, and is all that is needed to take it back.

$ cat /run/kml/kml_demo_b.state
kml-state 1
status loaded
kernel KVER
image oci:/images:KVER
digest sha256:DIGEST
dir /opt
module kml_demo_a
module kml_demo_b
build kml_demo_a - BUILD
build kml_demo_b - BUILD
given kml_demo_a
given kml_demo_b greeting=ahoy
shown kml_demo_b greeting=ahoy
$ kml load
kml load: kml_demo_b is loaded already
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
$ lsmod
Module                  Size  Used by
$ kml unload
kml unload: nothing is recorded in /run/kml
[1]
$ dmesg kml_demo
[TIME] kml_demo_a: loading out-of-tree module taints kernel.
[TIME] kml_demo_a: module verification failed: signature and/or required key missing - tainting kernel
[TIME] kml_demo_a: loaded
[TIME] kml_demo_b: loaded
[TIME] kml_demo_a: ahoy (1)
[TIME] kml_demo_b: unloaded
[TIME] kml_demo_a: unloaded, greeted 1 times
