# A module of the host that the set's own of that name replaced comes back without the set's parameters.
#: ini kml.ini '[module]' 'name = brd' 'replaces = brd' 'parameters = rd_nr=bogus' 'image = oci:/images:o' '[kernel all]' 'regexp = .'
#: tree
#: mkdir $root/o
#: cp $modules/kernel/drivers/block/brd.ko $root/o/
#: kml pack -n brd -m $root/o -o oci:$root/images:o
#: rm -r $root/o
#: depmod

$ modprobe brd rd_nr=1
$ lsmod
Module                  Size  Used by
brd SIZE 0
$ kml load
kml load: module brd with "rd_nr=bogus": Invalid argument: 'bogus' is no value for the parameter rd_nr (int) of brd: Maximum number of brd devices; what was done before that was taken back
[9]
$ lsmod
Module                  Size  Used by
brd SIZE 0
$ cat /run/kml/brd.state
cat: /run/kml/brd.state: No such file or directory
[1]
