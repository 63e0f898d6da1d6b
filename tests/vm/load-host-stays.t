# A module of the host that cannot be unloaded does not hold up the unload.
#: ini kml.ini '[module]' 'name = dm_snapshot' 'replaces = brd' 'image = oci:/images:z' '[kernel all]' 'regexp = .'
#: conf x.conf 'softdep dm_mod pre: vrf'
#: tree
#: cp $kernel/lib/modules/$kver/kernel/drivers/net/vrf.ko $modules/kernel/drivers/net/
#: mkdir $root/z
#: mv $modules/kernel/drivers/md/dm-snapshot.ko $root/z/
#: kml pack -n dm-snapshot -m $root/z -o oci:$root/images:z
#: rm -r $root/z
#: depmod

$ modprobe brd
$ kml load
kml load: loaded vrf
kml load: loaded dm_mod
kml load: loaded dm_bufio
kml load: loaded dm_snapshot
$ lsmod
Module                  Size  Used by
dm_snapshot SIZE 0
dm_bufio SIZE 1 dm_snapshot
dm_mod SIZE 2 dm_bufio,dm_snapshot
vrf SIZE 0
$ kml unload
kml unload: unloaded dm_snapshot
kml unload: unloaded dm_bufio
kml unload: unloaded dm_mod
kml unload: warning: module vrf: Device or resource busy; it stays
kml unload: loaded brd again
$ lsmod
Module                  Size  Used by
brd SIZE 0
vrf SIZE 0
$ kml unload
kml unload: nothing is recorded in /run/kml
[1]
$ kml load
kml load: loaded dm_mod
kml load: loaded dm_bufio
kml load: loaded dm_snapshot
$ lsmod
Module                  Size  Used by
dm_snapshot SIZE 0
dm_bufio SIZE 1 dm_snapshot
dm_mod SIZE 2 dm_bufio,dm_snapshot
vrf SIZE 0
