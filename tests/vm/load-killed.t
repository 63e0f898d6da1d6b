# A load that is killed anywhere leaves what the next one, and kml unload, understand.
#: ini kml.ini '[module]' 'name = kml_demo_b' 'replaces = loop' 'firmware = /firmware' 'image = oci:/images:one'
#: ini kml.ini '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: demo in
#: mkdir -p $root/fw/vendor
#: echo microcode >$root/fw/vendor/chip.bin
#: kml pack -n kml_demo_b -m $root/in -f $root/fw -o oci:$root/images:one
#: rm -r $root/in $root/fw
#: kills load 11 modprobe,loop -- load

$ modprobe load
killed everywhere
