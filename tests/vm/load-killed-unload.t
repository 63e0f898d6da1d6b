# An unload that is killed anywhere can be gone on with.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'replaces = loop' 'firmware = /firmware' 'image = oci:/images:one'
#: ini kml.ini '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: demo in
#: ini ../two.ini '[module]' 'name = kml_demo_b' 'replaces = loop' 'image = oci:/images:two' '[kernel all]' 'regexp = .'
#: mkdir -p $root/fw/vendor
#: echo microcode >$root/fw/vendor/chip.bin
#: kml pack -n kml_demo_b -m $root/in -f $root/fw -o oci:$root/images:one
#: kml pack -n kml_demo_b -m $root/in -o oci:$root/images:two
#: rm -r $root/in $root/fw
#: kills unload 11 modprobe,loop load -- unload

$ modprobe unload
killed everywhere
