# What is loaded and is not what the image has stays, until it is to be reloaded.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=ahoy' 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: ini ../two.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=ahoy' 'image = oci:/images:two' '[kernel all]' 'regexp = .'
#: ini ../hello.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=hello' 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: ini ../bad.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=' 'image = oci:/images:two' '[kernel all]' 'regexp = .'
#: ini ../dash.ini '[module]' 'name = kml-demo-b' 'parameters = greeting=ahoy' 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: demo in
#: image one in
#: demo in
#: stamp in
#: image two in

$ kml status
$ kml load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        oci:/images:one  kml_demo_a (1), kml_demo_b (0)
$ kml load -c /etc/two.ini
kml load: kml_demo_b: it is loaded from another image (sha256:DIGEST); `kml load --reload` loads it anew
[1]
$ kml load -c /etc/hello.ini
kml load: kml_demo_b: module kml_demo_b was loaded with "greeting=ahoy", and "greeting=hello" is wanted; `kml load --reload` loads it anew
[1]
$ kml status -c /etc/two.ini
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  outdated     DIGEST        oci:/images:one  kml_demo_a (1), kml_demo_b (0)
    /etc/two.ini maps the kernel to oci:/images:two
kml status: 1 of 1 module sets is not as it should be
[1]
$ kml status -c /etc/hello.ini
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  outdated     DIGEST        oci:/images:one  kml_demo_a (1), kml_demo_b (0)
    module kml_demo_b was loaded with "greeting=ahoy", and "greeting=hello" is wanted
kml status: 1 of 1 module sets is not as it should be
[1]

# One that fails leaves what was there.

$ kml load --reload -c /etc/bad.ini
kml load: kml_demo_b: it is loaded from another image (sha256:DIGEST)
kml load: unloaded kml_demo_b
kml load: unloaded kml_demo_a
kml load: loaded kml_demo_a
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
kml load: module kml_demo_b with "greeting=": Invalid argument (the kernel's log says which); what was done before that was taken back; kml_demo_b is loaded again from oci:/images:one (sha256:DIGEST)
[9]
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        oci:/images:one  kml_demo_a (1), kml_demo_b (0)
$ kml load
kml load: kml_demo_b is loaded already

# One that does not.

$ kml load --reload -c /etc/two.ini
kml load: kml_demo_b: it is loaded from another image (sha256:DIGEST)
kml load: unloaded kml_demo_b
kml load: unloaded kml_demo_a
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        oci:/images:two  kml_demo_a (1), kml_demo_b (0)
$ kml load -c /etc/two.ini
kml load: kml_demo_b is loaded already
$ kml load --reload -c /etc/hello.ini
kml load: kml_demo_b: it is loaded from another image (sha256:DIGEST)
kml load: unloaded kml_demo_b
kml load: unloaded kml_demo_a
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ cat /sys/module/kml_demo_b/parameters/greeting
hello

# Others' doing.

$ rmmod kml_demo_b
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  partial      DIGEST        oci:/images:one  kml_demo_a (0), kml_demo_b (gone)
    module kml_demo_b is not loaded
kml status: 1 of 1 module sets is not as it should be
[1]
$ rmmod kml_demo_a
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  gone         DIGEST        oci:/images:one  kml_demo_a (gone), kml_demo_b (gone)
    module kml_demo_a is not loaded; module kml_demo_b is not loaded
kml status: 1 of 1 module sets is not as it should be
[1]
$ kml status --json
[{"name":"kml_demo_b","state":"gone","reason":"module kml_demo_a is not loaded; module kml_demo_b is not loaded","kernel":"KVER","image":"oci:/images:one","digest":"sha256:DIGEST","modules":[{"name":"kml_demo_a","users":null,"parameters":""},{"name":"kml_demo_b","users":null,"parameters":"greeting=hello"}],"needed":[],"replaced":[],"firmware":[]}]
kml status: 1 of 1 module sets is not as it should be
[1]
$ kml load -q

# A set's name is its module's, with '_' or with '-'.

$ kml load -c /etc/dash.ini
kml load: kml_demo_b is loaded already
$ kml unload kml-demo-b
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
$ kml status kml_demo_b
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  unloaded     -             -
    nothing is recorded of it
kml status: 1 of 1 module sets is not as it should be
[1]
