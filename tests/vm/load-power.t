# The power fails while an image is fetched into the store on a disk: what is there then serves.
#: network
#: ini kml.ini '[module]' 'name = kml_demo_b' 'firmware = /firmware' "image = registry.test:$port/drv:one"
#: ini kml.ini "[registry registry.test:$port]" 'ca = ca.crt' '[kernel all]' 'regexp = .'
#: demo in
#: mkdir -p $root/fw $root/store $root/var/lib/kml
#: head -c 6000000 /dev/urandom >$root/fw/chip.bin
#: kml pack -n kml_demo_b -m $root/in -f $root/fw -o oci:$root/images:one
#: rm -r $root/in $root/fw
#: serve images
#: disk store
#: hold disk mount ext4 /var/lib/kml /dev/vda
#: conf disk.conf 'softdep disk pre: virtio_pci virtio_blk'
#: cuts 6 5 'modprobe up' 'modprobe disk' 'kml load'

$ modprobe up
$ modprobe disk
$ kml load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_b  loaded       DIGEST        registry.test:PORT/drv:one  kml_demo_a (1), kml_demo_b (0), 1 of firmware
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a

# All of it is in the store.

$ modprobe down
$ kml load
kml load: warning: HEAD https://registry.test:PORT/v2/drv/manifests/one: cannot connect to registry.test port PORT: Network unreachable; what was fetched earlier is used, sha256:DIGEST
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
$ kml unload
kml unload: unloaded kml_demo_b
kml unload: unloaded kml_demo_a
