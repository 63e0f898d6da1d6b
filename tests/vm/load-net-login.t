# A registry that wants a login, and a certificate of a file; the mirror of one that is down.
#: network
#: ini kml.ini '[module]' 'name = kml_demo_b' "image = registry.test:$port/drv:one" '[kernel all]' 'regexp = .'
#: ini ../mirror.ini '[module]' 'name = kml_demo_b' "image = down.test:1/drv:one" '[kernel all]' 'regexp = .'
#: ini ../mirror.ini '[registry down.test:1]' "mirror = registry.test:$port" "[registry registry.test:$port]" 'ca = kml/ca.crt'
#: demo in
#: image one in
#: registry images

$ modprobe up
$ kml load --ca /etc/kml/ca.crt
kml load: image registry.test:PORT/drv:one: registry.test:PORT: it asks for a login, and none is known (kml login registry.test:PORT)
[1]
$ kml load --ca /etc/kml/ca.crt --authfile /etc/kml/auth.json
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
$ kml load -c /etc/mirror.ini --authfile /etc/kml/auth.json
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml load -n --json -c /etc/mirror.ini --authfile /etc/kml/auth.json
[{"name":"kml_demo_b","kernel":"KVER","rule":"all","image":"down.test:1/drv:one","digest":"sha256:DIGEST","replaces":[],"modules":[{"name":"kml_demo_a","file":"opt/lib/modules/KVER/kml_demo_a.ko","parameters":"","from":"image"},{"name":"kml_demo_b","file":"opt/lib/modules/KVER/kml_demo_b.ko","parameters":"","from":"image"}],"firmware":[]}]
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
