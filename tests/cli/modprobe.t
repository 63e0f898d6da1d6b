# A root with a few modules: top needs mid, mid needs base.

$ mkdir -p root/lib/modules/5.0.0/kernel root/etc/modprobe.d root/proc && cd root/lib/modules/5.0.0/kernel &&
> $KML_SRC/tests/mkko base.ko name=base alias=basis +base_do &&
> $KML_SRC/tests/mkko mid-dle.ko name=mid_dle depends=base +mid_do -base_do &&
> $KML_SRC/tests/mkko top.ko name=top depends=mid-dle,base 'alias=pci:v00008086d*sv*' -mid_do -base_do &&
> $KML_SRC/tests/mkko other.ko name=other 'alias=pci:v00008086d0000100[0-9]sv*' 'softdep=pre: top' 'softdep=pre: base' &&
> ls *.ko | sed s,^,kernel/, >../modules.order && echo kernel/unix.ko >../modules.builtin && : >../modules.builtin.modinfo
$ kml depmod -b root 5.0.0

# What a module needs comes before it; nothing is loaded with -D.

$ kml modprobe --root root -S 5.0.0 -D top
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/mid-dle.ko 
insmod /lib/modules/5.0.0/kernel/top.ko 
$ kml modprobe --root root -S 5.0.0 -D mid-dle debug=1 'text=a b'
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/mid-dle.ko debug=1 text="a b"
$ kml modprobe --root root -S 5.0.0 -D unix
builtin unix
$ kml modprobe --root root -S 5.0.0 -D nowhere
modprobe: FATAL: Module nowhere not found in directory /lib/modules/5.0.0
[1]
$ kml modprobe --root root -S 5.0.0 -q -D nowhere
[1]
$ kml modprobe --root root -S 4.0.0 -D top
modprobe: FATAL: Module top not found in directory /lib/modules/4.0.0
modprobe: INFO: there is no directory /lib/modules/4.0.0; there is 5.0.0
[1]

# A device's alias may mean several modules, in depmod's order.

$ kml modprobe --root root -S 5.0.0 -R pci:v00008086d00001002sv1
other
top
$ kml modprobe --root root -S 5.0.0 -R pci:v00008086d0000FFFFsv1
top
$ kml modprobe --root root -S 5.0.0 -R symbol:mid_do
mid_dle
$ kml modprobe --root root -S 5.0.0 -aR basis top
base
top
$ kml modprobe --root root -S 5.0.0 -aR gone missing
modprobe: WARNING: Module gone not found in directory /lib/modules/5.0.0
modprobe: WARNING: Module missing not found in directory /lib/modules/5.0.0
[1]

# Soft dependencies come with all they need.

$ kml modprobe --root root -S 5.0.0 -D other
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/mid-dle.ko 
insmod /lib/modules/5.0.0/kernel/top.ko 
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/other.ko 

# Configuration: parameters, aliases, commands, and the kernel's command line.

$ cat >root/etc/modprobe.d/a.conf <<'X'
> # a comment
> alias net-* mid-dle
> options mid-dle a=1
> options net-* b=2
> install base echo base $CMDLINE_OPTS
> softdep top post: basis
> softdep other pre:
>  # none
> X
$ echo 'ro mid_dle.c="x y" "base.d=p q" modprobe.blacklist=mid-dle quiet' >root/proc/cmdline
$ kml modprobe --root root -S 5.0.0 -D top
modprobe: ERROR: /etc/modprobe.d/a.conf line 8: ignoring bad line starting with '#'
install echo base $CMDLINE_OPTS d="p q" 
insmod /lib/modules/5.0.0/kernel/mid-dle.ko a=1 c="x y" 
insmod /lib/modules/5.0.0/kernel/top.ko 
install echo base $CMDLINE_OPTS d="p q" 
$ kml modprobe --root root -S 5.0.0 -D mid_dle e=3
modprobe: ERROR: /etc/modprobe.d/a.conf line 8: ignoring bad line starting with '#'
install echo base $CMDLINE_OPTS d="p q" 
insmod /lib/modules/5.0.0/kernel/mid-dle.ko a=1 c="x y" e=3
$ kml modprobe --root root -S 5.0.0 -D -i base
modprobe: ERROR: /etc/modprobe.d/a.conf line 8: ignoring bad line starting with '#'
insmod /lib/modules/5.0.0/kernel/base.ko d="p q" 
$ kml modprobe --root root -S 5.0.0 -D other
modprobe: ERROR: /etc/modprobe.d/a.conf line 8: ignoring bad line starting with '#'
insmod /lib/modules/5.0.0/kernel/other.ko 

# The blacklist is for aliases, and with -b for names.

$ kml modprobe --root root -S 5.0.0 -qD net-pf-1
$ kml modprobe --root root -S 5.0.0 -qbD mid_dle

# A file in /etc hides one of its name elsewhere; -C replaces all.

$ mkdir -p root/lib/modprobe.d && echo 'options top x=1' >root/lib/modprobe.d/a.conf &&
> echo 'options top y=2' >root/lib/modprobe.d/b.conf
$ rm root/proc/cmdline root/etc/modprobe.d/a.conf; kml modprobe --root root -S 5.0.0 -D top
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/mid-dle.ko 
insmod /lib/modules/5.0.0/kernel/top.ko x=1 y=2 
$ ln -s /dev/null root/etc/modprobe.d/b.conf; kml modprobe --root root -S 5.0.0 -D top
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/mid-dle.ko 
insmod /lib/modules/5.0.0/kernel/top.ko x=1 
$ kml modprobe --root root -C /lib/modprobe.d -C /none -S 5.0.0 -D top
insmod /lib/modules/5.0.0/kernel/base.ko 
insmod /lib/modules/5.0.0/kernel/mid-dle.ko 
insmod /lib/modules/5.0.0/kernel/top.ko x=1 y=2 
$ kml modprobe --root root -C /none -S 5.0.0 -c | sed '/^#/d'
softdep other pre: top
softdep other pre: base


alias basis base
alias pci:v00008086d*sv* top
alias pci:v00008086d0000100[0-9]sv* other
alias symbol:base_do base
alias symbol:mid_do mid_dle

# End of configuration files. Dumping indexes now:

# End of configuration files. Dumping indexes now:

# A directory of modules elsewhere, and a file of one's own.

$ mkdir -p opt && cp -r root/lib opt/ && kml modprobe -C /none -d opt -S 5.0.0 -D base
insmod $DIR/opt/lib/modules/5.0.0/kernel/base.ko 
$ cp root/lib/modules/5.0.0/kernel/top.ko my.ko && kml modprobe -C /none -d opt -S 5.0.0 -D ./my.ko a=1
insmod $DIR/./my.ko a=1
$ kml modprobe -C /none -d opt -S 5.0.0 -D ./none.ko
modprobe: FATAL: Failed to get module from path ./none.ko: No such file or directory
[1]
$ kml modprobe --show-exports opt/lib/modules/5.0.0/kernel/base.ko
0x00000000	base_do
$ kml modprobe --show-modversions opt/lib/modules/5.0.0/kernel/base.ko
modprobe: FATAL: could not get modversions of opt/lib/modules/5.0.0/kernel/base.ko: No data available
[1]

# MODPROBE_OPTIONS stands before the operands.

$ MODPROBE_OPTIONS='-C "/none" -d opt -S 5.0.0 -D' kml modprobe base
insmod $DIR/opt/lib/modules/5.0.0/kernel/base.ko 
$ MODPROBE_OPTIONS='-C /none -d opt -S 5.0.0 -aD base' kml modprobe mid_dle
insmod $DIR/opt/lib/modules/5.0.0/kernel/base.ko 
insmod $DIR/opt/lib/modules/5.0.0/kernel/base.ko 
insmod $DIR/opt/lib/modules/5.0.0/kernel/mid-dle.ko 

# Commands run instead of loading; the module asked for must not have softdeps.

$ echo 'install base echo "$MODPROBE_MODULE with $CMDLINE_OPTS"; test x = y' >run.conf
$ kml modprobe -C run.conf -d opt -S 5.0.0 base z=1
base with z=1
modprobe: ERROR: Error running install command 'echo "$MODPROBE_MODULE with z=1"; test x = y' for module base: retcode 1
modprobe: ERROR: could not insert 'base': Invalid argument
[1]
$ echo 'install base true' >run.conf; kml modprobe -v -C run.conf -d opt -S 5.0.0 base
install true 

# A module that is there is not loaded again; one that is used is not taken out.

$ mkdir -p root/sys/module/base/holders/mid_dle root/sys/module/mid_dle/holders && cd root/sys/module &&
> echo live | tee base/initstate >mid_dle/initstate; echo 1 >base/refcnt; echo 0 >mid_dle/refcnt
$ kml modprobe --root root -S 5.0.0 -v base
$ kml modprobe --root root -S 5.0.0 --first-time base
modprobe: ERROR: could not insert 'base': Module already in kernel
[1]
$ kml modprobe --root root -S 5.0.0 -nv top
insmod /lib/modules/5.0.0/kernel/top.ko x=1 
$ kml modprobe --root root -S 5.0.0 -r base
modprobe: FATAL: Module base is in use.
modprobe: INFO: base is used by mid_dle
[1]
$ kml modprobe --root root -S 5.0.0 -rnv mid-dle
rmmod mid_dle
$ kml modprobe --root root -S 5.0.0 -nv --remove-holders base
rmmod mid_dle
rmmod base
$ kml modprobe --root root -S 5.0.0 -r unix
modprobe: FATAL: Module unix is builtin.
[1]
$ kml modprobe --root root -S 5.0.0 -r top nowhere
modprobe: FATAL: Module nowhere not found.
[1]
$ kml modprobe --root root -S 5.0.0 -r --first-time top
modprobe: FATAL: Module top is not in kernel.
[1]
$ kml modprobe --root root -S 5.0.0 -r -w soon base
modprobe: ERROR: unexpected wait value 'soon'.
[1]

# Damaged files are told, and nothing is found in them.

$ cd root/lib/modules/5.0.0 && head -c 100 modules.dep.bin >x && mv x modules.dep.bin && echo hello >modules.alias.bin
$ kml modprobe --root root -S 5.0.0 -D top
modprobe: ERROR: /lib/modules/5.0.0/modules.dep.bin: cut short in the middle of a text
modprobe: ERROR: /lib/modules/5.0.0/modules.alias.bin: cut short: needs byte 12 of 6
modprobe: FATAL: Module top not found in directory /lib/modules/5.0.0
modprobe: INFO: /lib/modules/5.0.0/kernel/top.ko is there, but modules.dep.bin does not know it: run depmod
[1]

# Asking wrongly.

$ kml modprobe
modprobe: ERROR: missing parameters. See -h.
[1]
$ kml modprobe --colour
modprobe: unrecognized option '--colour'
[1]
$ kml modprobe -S
modprobe: option requires an argument -- 'S'
[1]

# What has no end, and what may never begin, is not waited for.
$ mkfifo fifo.ko; timeout 10 kml modprobe --show-exports fifo.ko
modprobe: FATAL: could not get symbols of fifo.ko: not a regular file
[1]

$ timeout 10 kml insmod fifo.ko
insmod: ERROR: could not load module fifo.ko: not a regular file
[1]
