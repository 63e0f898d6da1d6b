# Firmware that was there, with the same content, is not ours to remove; a link is a file.
#: ini kml.ini '[module]' 'name = kml_demo_a' 'firmware = /firmware' 'image = oci:/images:fw'
#: ini kml.ini '[kernel all]' 'regexp = .'
#: demo a
#: mkdir -p $root/fw/vendor $root/fwdir/vendor
#: echo microcode >$root/fw/vendor/chip.bin
#: ln -s chip.bin $root/fw/vendor/alias.bin
#: echo microcode >$root/fwdir/vendor/chip.bin
#: kml pack -n kml_demo_a -m $root/a -f $root/fw -o oci:$root/images:fw
#: rm -r $root/a $root/fw
#: cmdline firmware_class.path=/fwdir

$ cat /sys/module/firmware_class/parameters/path
/fwdir
$ cat /fwdir/vendor/chip.bin
microcode
$ kml load
kml load: loaded kml_demo_a
$ cat /fwdir/vendor/chip.bin
microcode
$ kml load
kml load: kml_demo_a is loaded already
$ cat /fwdir/vendor/alias.bin
microcode
$ kml unload
kml unload: unloaded kml_demo_a
$ cat /fwdir/vendor/chip.bin
microcode
