# Firmware of an image, where the kernel looks for it.
#: ini kml.ini '[module]' 'name = kml_demo_a' 'firmware = /firmware' 'image = oci:/images:fw'
#: ini kml.ini '[kernel all]' 'regexp = .'
#: ini ../none.ini '[module]' 'name = kml_demo_a' 'firmware = /elsewhere' 'image = oci:/images:fw'
#: ini ../none.ini '[kernel all]' 'regexp = .'
#: demo a
#: mkdir -p $root/fw/vendor
#: echo microcode >$root/fw/vendor/chip.bin
#: kml pack -n kml_demo_a -m $root/a -f $root/fw -o oci:$root/images:fw
#: rm -r $root/a $root/fw

$ kml load
kml load: loaded kml_demo_a
$ cat /run/kml/kml_demo_a.state
kml-state 1
status loaded
kernel KVER
image oci:/images:fw
digest sha256:DIGEST
dir /opt
source /firmware
path /run/kml/firmware
firmware /run/kml/firmware/vendor/chip.bin
module kml_demo_a
build kml_demo_a - BUILD
given kml_demo_a
$ cat /run/kml/firmware/vendor/chip.bin
microcode
$ cat /sys/module/firmware_class/parameters/path
/run/kml/firmware
$ kml unload
kml unload: unloaded kml_demo_a
$ cat /run/kml/firmware/vendor/chip.bin
cat: /run/kml/firmware/vendor/chip.bin: No such file or directory
[1]

# Firmware that the rule names and the image does not have.

$ kml load -c /etc/none.ini
kml load: image oci:/images:fw has no firmware below /elsewhere
[1]
$ cat /proc/modules
