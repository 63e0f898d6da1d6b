# Loading that fails leaves the machine as it was, and says why.
#: ini undone.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=' 'replaces = loop'
#: ini undone.ini 'image = oci:/images:good' '[kernel cloud]' 'regexp = -cloud-amd64$'
#: ini unmapped.ini '[module]' 'name = kml_demo_b' 'image = oci:/images:good'
#: ini unmapped.ini '[kernel lab]' 'literal = 4.19.0-lab'
#: ini skip.ini '[module]' 'name = kml_demo_b' 'image = oci:/images:good'
#: ini skip.ini '[kernel all]' 'regexp = .' 'skip = nobody ported it'
#: ini absent.ini '[module]' 'name = kml_demo_b' 'image = oci:/images:none'
#: ini absent.ini '[kernel all]' 'regexp = .'
#: ini other.ini '[module]' 'name = kml_demo_b' 'image = oci:/images:other'
#: ini other.ini '[kernel all]' 'regexp = .'
#: ini lie.ini '[module]' 'name = kml_demo_b' 'image = oci:/lies:lie'
#: ini lie.ini '[kernel all]' 'regexp = .'
#: ini build.ini '[module]' 'name = kml_demo_b' 'image = oci:/images:build'
#: ini build.ini '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: demo in
#: image good in
#: demo in
#: other in
#: image other in
#: demo in
#: other in
#: image lie in lies
#: lie lies
#: demo in
#: build in
#: image build in

# The second module fails: the first is taken out again, the one that was replaced comes back.

$ modprobe loop
$ kml load -c /etc/kml/undone.ini
kml load: loaded kml_demo_a
kml load: module kml_demo_b with "greeting=": Invalid argument (the kernel's log says which); what was done before that was taken back
[9]
$ lsmod
Module                  Size  Used by
loop SIZE 0
$ dmesg kml_demo
[TIME] kml_demo_a: loading out-of-tree module taints kernel.
[TIME] kml_demo_a: module verification failed: signature and/or required key missing - tainting kernel
[TIME] kml_demo_a: loaded
[TIME] kml_demo_a: unloaded, greeted 0 times

# No rule covers this kernel; one says no; there is no such image.

$ kml load -c /etc/kml/unmapped.ini
kml load: /etc/kml/unmapped.ini: no rule covers kernel KVER; tried: lab (literal 4.19.0-lab)
[3]
$ kml load -c /etc/kml/skip.ini
kml load: /etc/kml/skip.ini:6: kernel KVER is skipped by [kernel all]: nobody ported it
[3]
$ kml load -c /etc/kml/absent.ini
kml load: image oci:/images:none is not there: /images: no image "none"
[4]

# An image for another kernel; one that says it is for this kernel, with modules that are not;
# one with modules of another build of this kernel.

$ kml load -c /etc/kml/other.ini
kml load: image oci:/images:other has no modules for kernel KVER (nothing below /opt/lib/modules/KVER)
[6]
$ kml load -c /etc/kml/lie.ini
kml load: image oci:/lies:lie: opt/lib/modules/KVER/kml_demo_b.ko: built for kernel OTHER, and this is KVER; nothing was loaded
[6]
$ kml load -c /etc/kml/build.ini
kml load: module kml_demo_a: the kernel refuses its format: kml_demo_a was built for another kernel: 'KVER smp preempt mod_unload modversions', and this one is 'KVER SMP preempt mod_unload modversions'
[6]
$ lsmod
Module                  Size  Used by
loop SIZE 0
$ kml unload
kml unload: nothing is recorded in /run/kml
[1]
