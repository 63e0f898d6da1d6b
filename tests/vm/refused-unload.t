# A module of an image that a process uses.
#: ini a.ini '[module]' 'name = brd' 'parameters = rd_nr=1' 'image = oci:/images:a' '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: mkdir $root/in && cp $modules/kernel/drivers/block/brd.ko $root/in/
#: kml pack -n brd -m $root/in -o "oci:$root/images:a"
#: hold hold_brd open /dev/ram0

$ kml load
kml load: loaded brd
$ modprobe hold_brd
$ kml unload
kml unload: brd is used by process PID (holder) through /dev/ram0
kml unload: module brd is in use 1 times
[8]
$ kml unload -q
kml unload: module brd is in use 1 times
[8]
