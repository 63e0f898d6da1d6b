# Modules from a registry of the host, by https; what they were is kept for when it is away.
#: network
#: ini kml.ini '[module]' 'name = kml_demo_b' 'parameters = greeting=ahoy' "image = registry.test:$port/drv:one"
#: ini kml.ini "[registry registry.test:$port]" 'ca = ca.crt' '[kernel all]' 'regexp = .'
#: demo in
#: image one in
#: demo in
#: stamp in
#: image two in
#: serve images --push

$ kml load
kml load: image registry.test:PORT/drv:one: HEAD https://registry.test:PORT/v2/drv/manifests/one: cannot connect to registry.test port PORT: Network unreachable
[5]
$ modprobe up
$ kml load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        registry.test:PORT/drv:one  kml_demo_a (1), kml_demo_b (0)
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
$ kml digest oci:/var/lib/kml/images
sha256:DIGEST

# Another image has the tag now.

$ kml copy -q --ca /etc/kml/ca.crt registry.test:PORT/drv:two registry.test:PORT/drv:one
$ kml load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml load
kml load: kml_demo_b is loaded already

# Without the network.

$ modprobe down
$ kml load
kml load: warning: HEAD https://registry.test:PORT/v2/drv/manifests/one: cannot connect to registry.test port PORT: Network unreachable; what was fetched earlier is used, sha256:DIGEST
kml load: kml_demo_b is loaded already
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
$ kml load --no-store
kml load: image registry.test:PORT/drv:one: GET https://registry.test:PORT/v2/drv/manifests/one: cannot connect to registry.test port PORT: Network unreachable
[5]
$ kml load
kml load: warning: HEAD https://registry.test:PORT/v2/drv/manifests/one: cannot connect to registry.test port PORT: Network unreachable; what was fetched earlier is used, sha256:DIGEST
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
