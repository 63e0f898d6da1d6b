# A module of an image beside those of the machine.
#: ini zram.ini '[module]' 'name = zram' 'replaces = brd' 'image = oci:/images:zram'
#: ini zram.ini '[kernel all]' 'regexp = .'
#: ini a.ini '[module]' 'name = kml_demo_a' 'image = oci:/images:a' '[kernel all]' 'regexp = .'
#: tree
#: mkdir $root/zram $root/a
#: mv $modules/kernel/drivers/block/zram/zram.ko $root/zram/
#: kml pack -n zram -m $root/zram -o oci:$root/images:zram
#: demo a
#: mkdir $root/b
#: mv $root/a/kml_demo_b.ko $root/b/
#: kml pack -n kml_demo_a -m $root/a -o oci:$root/images:a
#: rm -r $root/zram $root/a
#: depmod

# What it needs comes from /lib/modules, and what it replaces goes, and comes back.

$ modprobe brd rd_nr=1
$ kml load -n -c /etc/kml/zram.ini
/lib/modules/KVER/kernel/mm/zsmalloc.ko zsmalloc
oci:/images:zram zram
$ kml load -c /etc/kml/zram.ini
kml load: loaded zsmalloc
kml load: loaded zram
$ lsmod
Module                  Size  Used by
zram SIZE 0
zsmalloc SIZE 1 zram
$ cat /run/kml/zram.state
kml-state 1
status loaded
kernel KVER
image oci:/images:zram
digest sha256:DIGEST
dir /opt
replaced brd
needed zsmalloc
module zram
build zram - BUILD
given zram
$ kml unload zram
kml unload: unloaded zram
kml unload: unloaded zsmalloc
kml unload: loaded brd again
$ lsmod
Module                  Size  Used by
brd SIZE 0

# A module that something else uses stays.

$ kml load -c /etc/kml/a.ini
kml load: loaded kml_demo_a
$ insmod /b/kml_demo_b.ko
$ kml unload kml_demo_a
kml unload: module kml_demo_a is in use by module kml_demo_b
[8]
$ rmmod kml_demo_b
$ kml unload kml_demo_a
kml unload: unloaded kml_demo_a
$ cat /proc/modules
brd SIZE 0 - Live ADDRESS
