# The third of three modules is refused: the two before it go, and what was replaced is there again.
#: ini kml.ini '[module]' 'name = brd' 'order = brd, kml_demo_b, kml_demo_a' 'parameters = rd_nr=many' 'replaces = loop'
#: ini kml.ini 'image = oci:/images:one' '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: demo in
#: cp $modules/kernel/drivers/block/brd.ko* $root/in/
#: kml pack -n brd -m $root/in -o oci:$root/images:one
#: rm -r $root/in

$ modprobe loop
$ kml load
kml load: loaded kml_demo_a
kml load: loaded kml_demo_b
kml load: module brd with "rd_nr=many": Invalid argument: 'many' is no value for the parameter rd_nr (int) of brd: Maximum number of brd devices; what was done before that was taken back
[9]
$ lsmod
Module                  Size  Used by
loop SIZE 0
$ kml status
