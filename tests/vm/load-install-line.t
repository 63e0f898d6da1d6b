# What modprobe.d keeps out with an install line is not loaded.
#: ini kml.ini '[module]' 'name = zram' 'image = oci:/images:z'
#: ini kml.ini '[kernel all]' 'regexp = .'
#: conf x.conf 'install zsmalloc /bin/false'
#: conf x.conf 'install zram /bin/false'
#: tree
#: mkdir $root/z
#: mv $modules/kernel/drivers/block/zram/zram.ko $root/z/
#: kml pack -n zram -m $root/z -o oci:$root/images:z
#: rm -r $root/z
#: depmod

$ modprobe zsmalloc
modprobe: ERROR: Error running install command '/bin/false' for module zsmalloc: retcode 1
modprobe: ERROR: could not insert 'zsmalloc': Invalid argument
[1]
$ kml load
kml load: image oci:/images:z: module zsmalloc is not to be loaded as it is: /etc/modprobe.d/x.conf has an install line for it
[1]
$ lsmod
Module                  Size  Used by
