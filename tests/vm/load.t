# Modules out of an image, loaded from memory.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=ahoy'
#: ini kml.ini 'image = oci:images:${KERNEL_FULL_VERSION}' '[kernel cloud]' 'regexp = -cloud-amd64$'
#: demo in
#: image $kver in

$ kml load
$ lsmod
$ cat /sys/module/kml_demo_b/parameters/greeting

# What was done is remembered, and is all that is needed to take it back.

$ kml load
$ kml unload
$ lsmod
$ kml unload
$ dmesg kml_demo
