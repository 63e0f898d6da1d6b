# A root with modules and devices: bus makes the devices that the others are for.

$ mkdir -p root/lib/modules/5.0.0/kernel root/etc/modprobe.d root/proc && cd root/lib/modules/5.0.0/kernel &&
> $KML_SRC/tests/mkko base.ko name=base +base_do &&
> $KML_SRC/tests/mkko bus.ko name=bus depends=base 'alias=pci:v00001AF4d*' -base_do &&
> $KML_SRC/tests/mkko disk.ko name=disk depends=base 'alias=virtio:d00000002v*' -base_do 'softdep=pre: early post: late' &&
> $KML_SRC/tests/mkko rng.ko name=rng 'alias=virtio:d00000004v*' &&
> $KML_SRC/tests/mkko early.ko name=early && $KML_SRC/tests/mkko late.ko name=late &&
> $KML_SRC/tests/mkko sd.ko name=sd alias=mmc:block &&
> ls *.ko | sed s,^,kernel/, >../modules.order && echo kernel/core.ko >../modules.builtin &&
> printf 'core.name=core\0core.alias=acpi:CORE:\0' >../modules.builtin.modinfo
$ kml depmod -b root 5.0.0
$ device() { mkdir -p root/sys/devices/$1 && echo "MODALIAS=$2" >root/sys/devices/$1/uevent && [ "$3" ] || echo $2 >root/sys/devices/$1/modalias; }
> device pci0/01 pci:v00001AF4d00001042sv1; device pci0/02 pci:v00001AF4d00001042sv1
> device pci0/01/virtio0 virtio:d00000002v00001AF4; device pci0/02/virtio1 virtio:d00000004v00001AF4
> device mmc0 mmc:block no-file; device core acpi:CORE:; device other acpi:NOBODY:

# What would be loaded, in this order; each module once.

$ kml coldplug --root root -S 5.0.0 -n
insmod /lib/modules/5.0.0/kernel/sd.ko 
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/bus.ko 
insmod /lib/modules/5.0.0/kernel/early.ko 
insmod /lib/modules/5.0.0/kernel/disk.ko 
insmod /lib/modules/5.0.0/kernel/late.ko 
insmod /lib/modules/5.0.0/kernel/rng.ko 

# The blacklist, parameters, commands, what is loaded already; modprobe's own tools say the same.

$ cat >root/etc/modprobe.d/a.conf <<'X'
> options bus fast=1
> install late echo $CMDLINE_OPTS
> blacklist rng
> X
$ echo 'quiet disk.cache=0 modprobe.blacklist=sd' >root/proc/cmdline
$ mkdir -p root/sys/module/base && echo live >root/sys/module/base/initstate
$ kml coldplug --root root -S 5.0.0 -n
insmod /lib/modules/5.0.0/kernel/bus.ko fast=1 
insmod /lib/modules/5.0.0/kernel/early.ko 
insmod /lib/modules/5.0.0/kernel/disk.ko cache=0 
install echo $CMDLINE_OPTS 
$ kml coldplug --root root -S 5.0.0 -n -C /nowhere
insmod /lib/modules/5.0.0/kernel/bus.ko 
insmod /lib/modules/5.0.0/kernel/early.ko 
insmod /lib/modules/5.0.0/kernel/disk.ko cache=0 
insmod /lib/modules/5.0.0/kernel/late.ko 
insmod /lib/modules/5.0.0/kernel/rng.ko 

# The whole story, for programs.

$ kml coldplug --root root -S 5.0.0 -n --json
{"directory":"/lib/modules/5.0.0","modaliases":6,"unknown":1,"modules":[{"name":"core","state":"builtin","needs":[],"asked":[{"modalias":"acpi:CORE:","devices":["core"]}]},{"name":"base","path":"/lib/modules/5.0.0/kernel/base.ko","state":"there","needs":[],"asked":[]},{"name":"bus","path":"/lib/modules/5.0.0/kernel/bus.ko","state":"planned","needs":["base"],"asked":[{"modalias":"pci:v00001AF4d00001042sv1","devices":["pci0/01","pci0/02"]}]},{"name":"early","path":"/lib/modules/5.0.0/kernel/early.ko","state":"planned","needs":[],"asked":[]},{"name":"disk","path":"/lib/modules/5.0.0/kernel/disk.ko","state":"planned","needs":["base"],"asked":[{"modalias":"virtio:d00000002v00001AF4","devices":["pci0/01/virtio0"]}]},{"name":"late","path":"/lib/modules/5.0.0/kernel/late.ko","state":"planned","needs":[],"asked":[]},{"name":"sd","state":"blacklisted","needs":[],"asked":[{"modalias":"mmc:block","devices":["mmc0"]}]},{"name":"rng","state":"blacklisted","needs":[],"asked":[{"modalias":"virtio:d00000004v00001AF4","devices":["pci0/02/virtio1"]}]}]}
$ kml coldplug --root root -S 5.0.0 -n --chart /chart.svg --settle 30
insmod /lib/modules/5.0.0/kernel/bus.ko fast=1 
insmod /lib/modules/5.0.0/kernel/early.ko 
insmod /lib/modules/5.0.0/kernel/disk.ko cache=0 
install echo $CMDLINE_OPTS 
$ python3 -c 'import xml.dom.minidom; d = xml.dom.minidom.parse("root/chart.svg")
> print(d.documentElement.tagName, d.getElementsByTagName("text")[0].firstChild.data)'
svg kml coldplug: 0 modules of /lib/modules/5.0.0
$ ls -A root
chart.svg
etc
lib
proc
sys

# Modaliases, or names, from a list: devices are not looked at then.

$ printf 'virtio:d00000002v1\n\n# no\nbus\nvirtio:d00000002v1\nacpi:NOBODY:\r\nsd' | kml coldplug --root root -S 5.0.0 -n -
insmod /lib/modules/5.0.0/kernel/early.ko 
insmod /lib/modules/5.0.0/kernel/disk.ko cache=0 
install echo $CMDLINE_OPTS 
insmod /lib/modules/5.0.0/kernel/bus.ko fast=1 
$ printf '%05000d\n\0\0\n[\nrng' 1 | kml coldplug --root root -S 5.0.0 -n -C /none -
insmod /lib/modules/5.0.0/kernel/rng.ko 
$ kml coldplug --root root -S 5.0.0 -n - <&-
kml coldplug: standard input: Bad file descriptor
[1]
$ kml coldplug --root root -S 5.0.0 - extra
kml coldplug: expected: kml coldplug [OPTION]... [-]
[2]
$ kml coldplug --root root -S 5.0.0 sd
kml coldplug: 'sd' is not -, which reads modaliases from standard input
[2]

$ seq 140000 | kml coldplug --root root -S 5.0.0 -n -
kml coldplug: standard input: more than 131072 modaliases
[1]

# Machines that lack something.

$ kml coldplug --root root -S 4.0.0
kml coldplug: /lib/modules/4.0.0/modules.dep.bin: No such file or directory: are the modules of this kernel there, and was depmod run?
[1]
$ rm -r root/sys; kml coldplug --root root -S 5.0.0
kml coldplug: there is no /sys/devices: mount sysfs, or give modaliases on standard input with -
[1]
$ echo virtio:d00000004v7 | kml coldplug --root root -S 5.0.0 -n -C /none -
insmod /lib/modules/5.0.0/kernel/rng.ko 
$ kml coldplug --root root -S 5.0.0 --chart /no/where.svg -q - </dev/null
[1]
$ kml coldplug --root root -S 5.0.0 --chart /no/where.svg - </dev/null
kml coldplug: /no/where.svg: No such file or directory
[1]
