# What is no module of this kernel, with the kernel's log and without it.
#: demo
#: demo build
#: build build
#: depmod
#: head -c 20000 $root/build/kml_demo_a.ko >$root/cut.ko
#: echo 'not a module, but long enough to be looked at' >$root/text.ko
#: cp $modules/updates/kml_demo_a.ko $root/arm.ko
#: printf '\267' | dd of=$root/arm.ko bs=1 seek=18 conv=notrunc status=none
#: hold hide_log mount tmpfs /dev

$ insmod /build/kml_demo_a.ko
insmod: ERROR: could not insert module /build/kml_demo_a.ko: Invalid module format
insmod: INFO: kml_demo_a was built for another kernel: 'KVER smp preempt mod_unload modversions', and this one is 'KVER SMP preempt mod_unload modversions'
[1]
$ insmod /arm.ko
insmod: ERROR: could not insert module /arm.ko: Invalid module format
insmod: INFO: kml_demo_a was built for aarch64, and this machine is x86_64
[1]
$ insmod /cut.ko
insmod: ERROR: could not insert module /cut.ko: Invalid module format
insmod: INFO: /cut.ko: section headers: cut short: needs byte N of 20000
[1]
$ insmod /text.ko
insmod: ERROR: could not insert module /text.ko: Invalid module format
insmod: INFO: /text.ko: not an ELF file
[1]
$ insmod -f /build/kml_demo_a.ko
$ modprobe hide_log
$ insmod /build/kml_demo_b.ko
insmod: ERROR: could not insert module /build/kml_demo_b.ko: Invalid module format
insmod: INFO: kml_demo_b was built for another kernel: 'KVER smp preempt mod_unload modversions', and this one is 'KVER SMP preempt mod_unload modversions'
[1]
$ insmod /arm.ko
insmod: ERROR: could not insert module /arm.ko: Invalid module format
insmod: INFO: kml_demo_a was built for aarch64, and this machine is x86_64
[1]
$ insmod /cut.ko
insmod: ERROR: could not insert module /cut.ko: Invalid module format
insmod: INFO: /cut.ko: section headers: cut short: needs byte N of 20000
[1]
$ insmod /text.ko
insmod: ERROR: could not insert module /text.ko: Invalid module format
insmod: INFO: /text.ko: not an ELF file
[1]
