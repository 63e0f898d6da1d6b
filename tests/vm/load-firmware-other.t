# Firmware of the administrator is not touched, and holds up the load when it is another.
#: ini kml.ini '[module]' 'name = kml_demo_a' 'firmware = /firmware' 'image = oci:/images:fw'
#: ini kml.ini '[kernel all]' 'regexp = .'
#: demo a
#: mkdir -p $root/fw/vendor $root/fwdir/vendor
#: echo microcode >$root/fw/vendor/chip.bin
#: ln -s chip.bin $root/fw/vendor/alias.bin
#: echo the-admins-own >$root/fwdir/vendor/chip.bin
#: kml pack -n kml_demo_a -m $root/a -f $root/fw -o oci:$root/images:fw
#: rm -r $root/a $root/fw
#: cmdline firmware_class.path=/fwdir

$ cat /sys/module/firmware_class/parameters/path
/fwdir
$ cat /fwdir/vendor/chip.bin
the-admins-own
$ kml load
kml load: firmware /fwdir/vendor/chip.bin is there already, with another content
[1]
$ cat /fwdir/vendor/chip.bin
the-admins-own
$ kml load
kml load: firmware /fwdir/vendor/chip.bin is there already, with another content
[1]
$ cat /fwdir/vendor/alias.bin
cat: /fwdir/vendor/alias.bin: No such file or directory
[1]
