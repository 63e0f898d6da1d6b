# What keeps an image of a registry from being loaded: each has its status.
#: network
#: ini kml.ini '[module]' 'name = kml_demo_b' "image = registry.test:$port/drv:one" '[kernel all]' 'regexp = .'
#: ini ../ca.ini '[module]' 'name = kml_demo_b' "image = registry.test:$port/drv:one" '[kernel all]' 'regexp = .'
#: ini ../ca.ini "[registry registry.test:$port]" 'ca = kml/ca.crt'
#: ini ../absent.ini '[module]' 'name = kml_demo_b' "image = registry.test:$port/drv:none" '[kernel all]' 'regexp = .'
#: ini ../absent.ini "[registry registry.test:$port]" 'ca = kml/ca.crt'
#: ini ../down.ini '[module]' 'name = kml_demo_b' 'image = registry.test:1/drv:one' '[kernel all]' 'regexp = .'
#: ini ../unmapped.ini '[module]' 'name = kml_demo_b' 'image = registry.test:1/drv:one' '[kernel other]' 'literal = 1.2.3'
#: ini ../other.ini '[module]' 'name = kml_demo_b' "image = registry.test:$port/drv:other" '[kernel all]' 'regexp = .'
#: ini ../other.ini "[registry registry.test:$port]" 'ca = kml/ca.crt'
#: demo in
#: image one in
#: demo in
#: other in
#: image other in
#: serve images

$ modprobe up
$ kml load -c /etc/unmapped.ini
kml load: /etc/unmapped.ini: no rule covers kernel KVER; tried: other (literal 1.2.3)
[3]
$ kml load -c /etc/absent.ini
kml load: image registry.test:PORT/drv:none is not there: HEAD https://registry.test:PORT/v2/drv/manifests/none: 404 Error
[4]
$ kml load -c /etc/down.ini
kml load: image registry.test:1/drv:one: HEAD https://registry.test:1/v2/drv/manifests/one: cannot connect to registry.test port 1: Connection refused
[5]
$ kml load -c /etc/other.ini
kml load: image registry.test:PORT/drv:other has no modules for kernel KVER (nothing below /opt/lib/modules/KVER)
[6]
$ kml load
kml load: image registry.test:PORT/drv:one: HEAD https://registry.test:PORT/v2/drv/manifests/one: the certificate of registry.test is issued by "kml test CA", which nothing here says to trust (there are no CA certificates on this machine); if you do, put that CA's certificate into /etc/containers/certs.d/registry.test:PORT/ca.crt, or give it with --ca FILE
[7]
$ kml load --insecure
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
$ kml load -c /etc/ca.ini --ca /etc/kml/ca.crt
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml load -c /etc/ca.ini --firmware-path fw
kml load: --firmware-path fw: it must begin with '/'
[2]
