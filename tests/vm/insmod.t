# One file at a time.
#: demo demo
#: demo other
#: build other
#: head -c 20000 $root/demo/kml_demo_a.ko >$root/cut.ko
#: echo 'not a module' >$root/text.ko

$ insmod /demo/kml_demo_b.ko
insmod: ERROR: could not insert module /demo/kml_demo_b.ko: Unknown symbol in module
insmod: INFO: kml_demo_b needs the symbol kml_demo_greet, which the kernel does not have
[1]
$ insmod /demo/kml_demo_a.ko
$ insmod /demo/kml_demo_a.ko
insmod: ERROR: could not insert module /demo/kml_demo_a.ko: File exists
insmod: INFO: a module kml_demo_a is in the kernel already
[1]
$ insmod /demo/kml_demo_b.ko greeting='good day'
$ lsmod
Module                  Size  Used by
kml_demo_b SIZE 0
kml_demo_a SIZE 1 kml_demo_b
$ cat /sys/module/kml_demo_b/parameters/greeting
good day
$ rmmod kml_demo_a
rmmod: ERROR: Module kml_demo_a is in use by: kml_demo_b
[1]
$ rmmod kml_demo_b kml_demo_a
$ rmmod kml_demo_a
rmmod: ERROR: Module kml_demo_a is not currently loaded
[1]
$ dmesg kml_demo
[TIME] kml_demo_b: loading out-of-tree module taints kernel.
[TIME] kml_demo_b: module verification failed: signature and/or required key missing - tainting kernel
[TIME] kml_demo_b: Unknown symbol kml_demo_greet (err -2)
[TIME] kml_demo_a: loaded
[TIME] kml_demo_b: loaded
[TIME] kml_demo_a: good day (1)
[TIME] kml_demo_b: unloaded
[TIME] kml_demo_a: unloaded, greeted 1 times

# What the module itself refuses (it wants a greeting).

$ insmod /demo/kml_demo_a.ko
$ insmod /demo/kml_demo_b.ko greeting=
insmod: ERROR: could not insert module /demo/kml_demo_b.ko: Invalid parameters
[1]
$ insmod /demo/kml_demo_b.ko greetings=many
$ rmmod kml_demo_b kml_demo_a

# Refused by the kernel: of another kernel, cut short, no module, not there.

$ insmod /other/kml_demo_a.ko
insmod: ERROR: could not insert module /other/kml_demo_a.ko: Invalid module format
insmod: INFO: kml_demo_a was built for another kernel: 'KVER smp preempt mod_unload modversions', and this one is 'KVER SMP preempt mod_unload modversions'
[1]
$ insmod /cut.ko
insmod: ERROR: could not insert module /cut.ko: Invalid module format
insmod: INFO: /cut.ko: section headers: cut short: needs byte N of 20000
[1]
$ insmod /text.ko
insmod: ERROR: could not insert module /text.ko: Invalid module format
insmod: INFO: /text.ko: not an ELF file
[1]
$ insmod /none.ko
insmod: ERROR: could not load module /none.ko: No such file or directory
[1]
$ lsmod
Module                  Size  Used by
