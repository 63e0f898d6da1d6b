# What a module needs and the kernel does not have; what it was built against and is not so.
#: demo
#: depmod
#: demo alone
#: mkdir $root/lone && mv $root/alone/kml_demo_b.ko $root/lone/other_b.ko
#: LC_ALL=C sed -i s/kml_demo_greet/kml_demo_nobdy/g $root/lone/other_b.ko
#: cp $modules/updates/kml_demo_b.ko $root/lone/crc_b.ko
#: tests/vm/recrc $root/lone/crc_b.ko kml_demo_greet
#: cp $modules/updates/kml_demo_a.ko $root/lone/layout_a.ko
#: tests/vm/recrc $root/lone/layout_a.ko module_layout
#: hold hide_log mount tmpfs /dev

# A symbol of a module that is not loaded; one that nobody has.

$ insmod /lib/modules/KVER/updates/kml_demo_b.ko
insmod: ERROR: could not insert module /lib/modules/KVER/updates/kml_demo_b.ko: Unknown symbol in module
insmod: INFO: kml_demo_b needs the symbol kml_demo_greet of module kml_demo_a, which is not loaded
[1]
$ insmod /lone/other_b.ko
insmod: ERROR: could not insert module /lone/other_b.ko: Unknown symbol in module
insmod: INFO: kml_demo_b needs the symbol kml_demo_nobdy, which neither the kernel nor a module in /lib/modules/KVER has
[1]

# Another version of a symbol of a module, or of the kernel.

$ modprobe kml_demo_a
$ insmod /lone/crc_b.ko
insmod: ERROR: could not insert module /lone/crc_b.ko: Invalid parameters
insmod: INFO: kml_demo_b was built against another version of the symbol kml_demo_greet than module kml_demo_a has
[1]
$ rmmod kml_demo_a
$ insmod /lone/layout_a.ko
insmod: ERROR: could not insert module /lone/layout_a.ko: Invalid module format
insmod: INFO: kml_demo_a was built against another version of the symbol module_layout than this kernel has
[1]

# The same without the kernel's log.

$ modprobe hide_log
$ insmod /lib/modules/KVER/updates/kml_demo_b.ko
insmod: ERROR: could not insert module /lib/modules/KVER/updates/kml_demo_b.ko: Unknown symbol in module
insmod: INFO: kml_demo_b needs the symbol kml_demo_greet of module kml_demo_a, which is not loaded
[1]
$ insmod /lone/other_b.ko
insmod: ERROR: could not insert module /lone/other_b.ko: Unknown symbol in module
insmod: INFO: kml_demo_b needs the symbol kml_demo_nobdy, which neither the kernel nor a module in /lib/modules/KVER has
[1]
$ modprobe kml_demo_a
$ insmod /lone/crc_b.ko
insmod: ERROR: could not insert module /lone/crc_b.ko: Invalid parameters
insmod: INFO: kml_demo_b was built against another version of the symbol kml_demo_greet than module kml_demo_a has
[1]
$ insmod /lone/layout_a.ko
insmod: ERROR: could not insert module /lone/layout_a.ko: Invalid module format
insmod: INFO: kml_demo_a was built against another version of the symbol module_layout than this kernel has
[1]
