# The kernel is pointed to a directory of the user's for firmware, and back.
#: ini kml.ini '[module]' 'name = kml_demo_a' 'firmware = /firmware' 'image = oci:/images:fw' '[kernel all]' 'regexp = .'
#: demo a
#: mkdir -p $root/fw/vendor $root/fwdir/vendor
#: echo microcode >$root/fw/vendor/chip.bin
#: echo the-admins-own >$root/fwdir/vendor/chip.bin
#: kml pack -n kml_demo_a -m $root/a -f $root/fw -o oci:$root/images:fw
#: rm -r $root/a $root/fw
#: cmdline firmware_class.path=/fwdir

$ kml load --firmware-path /run/fw
kml load: loaded kml_demo_a
$ cat /sys/module/firmware_class/parameters/path
/run/fw
$ cat /run/fw/vendor/chip.bin
microcode
$ cat /run/kml/kml_demo_a.state
kml-state 1
status loaded
kernel KVER
image oci:/images:fw
digest sha256:DIGEST
dir /opt
source /firmware
path /run/fw
was /fwdir
firmware /run/fw/vendor/chip.bin
module kml_demo_a
build kml_demo_a - BUILD
given kml_demo_a
$ kml status
NAME        STATE        DIGEST        IMAGE, MODULES (USERS)
kml_demo_a  loaded       DIGEST        oci:/images:fw  kml_demo_a (0), 1 of firmware
$ kml load --firmware-path /opt/fw
kml load: kml_demo_a: the kernel looks for firmware in "/run/fw", not in /opt/fw; `kml load --reload` loads it anew
[1]
$ kml load --firmware-path /run/fw
kml load: kml_demo_a is loaded already
$ kml unload
kml unload: unloaded kml_demo_a
$ cat /sys/module/firmware_class/parameters/path
/fwdir
$ cat /run/fw/vendor/chip.bin
cat: /run/fw/vendor/chip.bin: No such file or directory
[1]
