# A root with a few modules: top needs base.

$ mkdir -p root/lib/modules/5.0.0/kernel root/etc/modules-load.d root/usr/lib/modules-load.d root/run/modules-load.d root/proc root/etc/modprobe.d && cd root/lib/modules/5.0.0/kernel &&
> $KML_SRC/tests/mkko base.ko name=base alias=basis +base_do &&
> $KML_SRC/tests/mkko top.ko name=top depends=base -base_do &&
> for m in a b c d-e; do $KML_SRC/tests/mkko $m.ko name=$m || exit; done &&
> ls *.ko | sed s,^,kernel/, >../modules.order && echo kernel/core.ko >../modules.builtin && : >../modules.builtin.modinfo

# Where nothing is asked for, nothing need be there.

$ kml modules-load --root root -S 5.0.0
$ echo a >root/etc/modules-load.d/x.conf; kml modules-load --root root -S 5.0.0
kml modules-load: /lib/modules/5.0.0/modules.dep.bin: No such file or directory: are the modules of this kernel there, and was depmod run?
[1]
$ kml depmod -b root 5.0.0

# Names and aliases, one a line; what is built in is there.

$ printf '# a comment\n; one more\n\n  top\t\nbasis\ncore\nd-e' >root/etc/modules-load.d/x.conf
$ kml modules-load --root root -S 5.0.0 -n
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/top.ko 
insmod /lib/modules/5.0.0/kernel/d-e.ko 

# A name hides those below it; the kernel's command line comes first, rd. is for an initramfs.

$ echo c >root/usr/lib/modules-load.d/x.conf; echo b >root/usr/lib/modules-load.d/y.conf; echo a >root/run/modules-load.d/a.conf
$ ln -s /dev/null root/etc/modules-load.d/y.conf; echo c >root/etc/modules-load.d/readme; mkdir root/etc/modules-load.d/z.conf
$ echo 'modules-load=c,nothing rd.modules_load=b "modules_load=core" xmodules_load=a' >root/proc/cmdline
$ kml modules-load --root root -S 5.0.0 -n
kml modules-load: Directories inside directories are not supported: /etc/modules-load.d/z.conf
kml modules-load: Module nothing not found in directory /lib/modules/5.0.0
insmod /lib/modules/5.0.0/kernel/c.ko 
insmod /lib/modules/5.0.0/kernel/a.ko 
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/top.ko 
insmod /lib/modules/5.0.0/kernel/d-e.ko 
[1]
$ rmdir root/etc/modules-load.d/z.conf; touch root/etc/initrd-release; kml modules-load --root root -S 5.0.0 -nq
insmod /lib/modules/5.0.0/kernel/c.ko 
insmod /lib/modules/5.0.0/kernel/b.ko 
insmod /lib/modules/5.0.0/kernel/a.ko 
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/top.ko 
insmod /lib/modules/5.0.0/kernel/d-e.ko 
[1]

# Parameters and the blacklist are modprobe's.

$ printf 'options base x=1\nblacklist a\nblacklist c\nblacklist base\n' >root/etc/modprobe.d/a.conf
$ kml modules-load --root root -S 5.0.0 -nq
insmod /lib/modules/5.0.0/kernel/b.ko 
insmod /lib/modules/5.0.0/kernel/base.ko x=1 
insmod /lib/modules/5.0.0/kernel/top.ko 
insmod /lib/modules/5.0.0/kernel/d-e.ko 
[1]

$ sed -i 's/$/ module_blacklist=b,d-e/' root/proc/cmdline; kml modules-load --root root -S 5.0.0 -nq
insmod /lib/modules/5.0.0/kernel/base.ko x=1 
insmod /lib/modules/5.0.0/kernel/top.ko 
[1]

# Only these files; the command line does not count then.

$ kml modules-load --root root -S 5.0.0 -n y.conf x.conf
insmod /lib/modules/5.0.0/kernel/base.ko x=1 
insmod /lib/modules/5.0.0/kernel/top.ko 
$ kml modules-load --root root -S 5.0.0 -n /usr/lib/modules-load.d/x.conf -C /none nowhere.conf
kml modules-load: nowhere.conf: No such file or directory
insmod /lib/modules/5.0.0/kernel/c.ko 
[1]
