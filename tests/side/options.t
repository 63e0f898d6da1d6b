# How options are written: long, short, together, cut short, in the environment.

$ modprobe
! modprobe: ERROR: missing parameters. See -h.
[1]
$ modprobe -v
! modprobe: ERROR: missing parameters. See -h.
[1]
$ modprobe -a
! modprobe: ERROR: missing parameters. See -h.
[1]
$ modprobe -q
! modprobe: ERROR: missing parameters. See -h.
[1]
$ modprobe --version
kmod | kmod version 34.2
kmod | +ZSTD +XZ -ZLIB +OPENSSL
kml  | kmod version 34 (kml 0.4.0)
kml  | +ZSTD +XZ +ZLIB -OPENSSL
$ insmod -V
kmod | kmod version 34.2
kmod | +ZSTD +XZ -ZLIB +OPENSSL
kml  | kmod version 34 (kml 0.4.0)
kml  | +ZSTD +XZ +ZLIB -OPENSSL
$ rmmod --version
kmod | kmod version 34.2
kmod | +ZSTD +XZ -ZLIB +OPENSSL
kml  | kmod version 34 (kml 0.4.0)
kml  | +ZSTD +XZ +ZLIB -OPENSSL
$ lsmod -V
kmod | kmod version 34.2
kmod | +ZSTD +XZ -ZLIB +OPENSSL
kml  | kmod version 34 (kml 0.4.0)
kml  | +ZSTD +XZ +ZLIB -OPENSSL
$ modinfo -V
kmod | kmod version 34.2
kmod | +ZSTD +XZ -ZLIB +OPENSSL
kml  | kmod version 34 (kml 0.4.0)
kml  | +ZSTD +XZ +ZLIB -OPENSSL
$ modprobe --colour base
! modprobe: unrecognized option '--colour'
[1]
$ modprobe -x base
! modprobe: invalid option -- 'x'
[1]
$ modprobe -S
! modprobe: option requires an argument -- 'S'
[1]
$ modprobe --set-version
! modprobe: option '--set-version' requires an argument
[1]
$ modprobe -qv base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
$ modprobe -rqv base
+ delete_module base nonblock = 0
$ modprobe -nvq base
$ modprobe -DS6.1.9 base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe -S 6.1.9 -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe --set-version=6.1.9 --show-depends base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe --set-version 6.1.9 --show-depends base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe --show-dep base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe --dry -v base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe --first --dry-run -v base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe --res basis
| base
$ modprobe --s base
kmod ! modprobe: option '--s' is ambiguous; possibilities: '--show-depends' '--showconfig' '--show-config' '--show-modversions' '--show-exports' '--show' '--set-version' '--syslog'
kml  ! modprobe: option '--s' is ambiguous
[1]
$ modprobe --show- base
kmod ! modprobe: option '--show-' is ambiguous; possibilities: '--show-depends' '--show-config' '--show-modversions' '--show-exports'
kml  ! modprobe: option '--show-' is ambiguous
[1]
$ modprobe --force-v -nv base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe --dry-run=1 base
! modprobe: option '--dry-run' doesn't allow an argument
[1]
$ modprobe base -D
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe base -- -D
+ finit_module /lib/modules/6.1.9/kernel/base.ko "-D" 0 = 0
$ modprobe -r base
+ delete_module base nonblock = 0
$ modprobe -D - base
! modprobe: FATAL: Module - not found in directory /lib/modules/6.1.9
[1]
$ modprobe -vv -n base
| insmod /lib/modules/6.1.9/kernel/base.ko 
kmod ! modprobe: INFO: custom logging function ADDRESS registered
kmod ! modprobe: INFO: context ADDRESS released
$ modprobe -D base helper
| insmod /lib/modules/6.1.9/kernel/base.ko helper
$ MODPROBE_OPTIONS=-D modprobe base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ 'MODPROBE_OPTIONS=-D -S 6.1.9' modprobe base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ 'MODPROBE_OPTIONS=  -D   -v ' modprobe base
kmod ! modprobe: FATAL: Module  not found in directory /lib/modules/6.1.9
kmod [1]
kml  | insmod /lib/modules/6.1.9/kernel/base.ko 
$ 'MODPROBE_OPTIONS=-D base' modprobe a=1
| insmod /lib/modules/6.1.9/kernel/base.ko a=1
$ 'MODPROBE_OPTIONS=-D -C "/a b"' modprobe base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ "MODPROBE_OPTIONS=-C '/a b' -D" modprobe base
kmod ! modprobe: FATAL: Module  not found in directory /lib/modules/6.1.9
kmod [1]
kml  | insmod /lib/modules/6.1.9/kernel/base.ko 
$ 'MODPROBE_OPTIONS=-C "/a b' modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ MODPROBE_OPTIONS= modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ MODPROBE_OPTIONS=--nonsense modprobe -D base
kmod ! modprobe: unrecognized option '--nonsense'
kml  ! modprobe: MODPROBE_OPTIONS: unrecognized option '--nonsense'
[1]
$ MODPROBE_OPTIONS=-q modprobe nowhere
[1]
$ MODPROBE_OPTIONS=-c modprobe
kmod | softdep soft pre: helperpost: after
kml  | softdep soft pre: helper post: after
| softdep hard_soft pre: helper
| softdep two pre: helper
| softdep two post: after
| softdep on_core pre: core helper
kmod | softdep lost pre: nowherepost: gone
kml  | softdep lost pre: nowhere post: gone
| softdep loop_a pre: loop-b
| softdep loop_b pre: loop-a
| weakdep weak helper after
| 
| # End of configuration files. Dumping indexes now:
| 
| alias again_* twice
| alias again_1* twice
| alias basis base
| alias char_major_10_200 helper
| alias devname:side/ctl helper
| alias dmi*:bvnACME*:pn*Box* set
| alias fs_top top
| alias pci:v00001AF4d*sv* twin_a
| alias pci:v00001AF4d00001000sv* twin_b
| alias pci:v00008086d*sv* top
| alias q?estion set
| alias set_[!0-9]y set
| alias set_[a-c]x set
| alias twin_* twin_b
| alias twin_* twin_a
| alias symbol:base_do base
| alias symbol:llc_do llc
| alias symbol:mid_do mid_dle
| alias symbol:needed_do needed
| alias symbol:stp_do stp

# Other directories of modules.

: mkdir -p opt/lib/modules && cp -r lib/modules/6.1.9 opt/lib/modules/7.0.0 && cp -r lib/modules/6.1.9 opt/lib/modules/6.1.9 && cp -r lib/modules/6.1.9 lib/modules/7.0.0
$ modprobe -S 7.0.0 -D top
| insmod /lib/modules/7.0.0/kernel/base.ko 
| insmod /lib/modules/7.0.0/kernel/mid-dle.ko 
| insmod /lib/modules/7.0.0/kernel/top.ko 
$ modprobe -d /opt -D base
| insmod /opt/lib/modules/6.1.9/kernel/base.ko 
$ modprobe -d /opt -S 7.0.0 -v base
| insmod /opt/lib/modules/7.0.0/kernel/base.ko 
+ finit_module /opt/lib/modules/7.0.0/kernel/base.ko "" 0 = 0
$ modprobe -r base
+ delete_module base nonblock = 0
$ in:/opt modprobe -d . -D base
| insmod /opt/./lib/modules/6.1.9/kernel/base.ko 
$ modprobe -d opt -D base
| insmod //opt/lib/modules/6.1.9/kernel/base.ko 
$ in:/opt/lib modprobe -d .. -D base
| insmod /opt/lib/../lib/modules/6.1.9/kernel/base.ko 
$ modprobe -d / -D base
| insmod //lib/modules/6.1.9/kernel/base.ko 
$ modprobe -d /opt/ -D base
| insmod /opt//lib/modules/6.1.9/kernel/base.ko 
$ modprobe -d '' -D base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe -d /none -D base
! modprobe: FATAL: Module base not found in directory /none/lib/modules/6.1.9
kml  ! modprobe: INFO: there is no directory /none/lib/modules/6.1.9
[1]
$ modprobe -d none base
! modprobe: FATAL: Module base not found in directory //none/lib/modules/6.1.9
kml  ! modprobe: INFO: there is no directory //none/lib/modules/6.1.9
[1]
$ modprobe --dirname=/opt -S none base
! modprobe: FATAL: Module base not found in directory /opt/lib/modules/none
kml  ! modprobe: INFO: there is no directory /opt/lib/modules/none; there is 6.1.9, 7.0.0
[1]
$ modprobe -S '' -D base
! modprobe: FATAL: Module base not found in directory /lib/modules/
kml  ! modprobe: INFO: there is no /lib/modules//modules.dep.bin: run depmod, which makes it
[1]
: echo 'options base c=1' >etc/modprobe.d/a.conf; mkdir -p opt/etc/modprobe.d; echo 'options base d=1' >opt/etc/modprobe.d/b.conf
$ modprobe -d /opt -D base
| insmod /opt/lib/modules/6.1.9/kernel/base.ko c=1 

# A log instead of a standard error.

: touch dev/log
$ modprobe -s nowhere
> <26>modprobe: FATAL: Module nowhere not found in directory /lib/modules/6.1.9
[1]
$ modprobe -sq nowhere
[1]
$ modprobe --syslog -a nowhere
> <28>modprobe: WARNING: Module nowhere not found in directory /lib/modules/6.1.9
[1]
$ load:base=EINVAL modprobe -s base
> <27>modprobe: ERROR: could not insert 'base': Invalid argument
kml  > <30>modprobe: INFO: base has no parameter 'c'; it has none
+ finit_module /lib/modules/6.1.9/kernel/base.ko "c=1 " 0 = EINVAL
[1]
$ insmod -s /nowhere.ko
> <27>insmod: ERROR: could not load module /nowhere.ko: No such file or directory
[1]
$ rmmod -s nowhere
> <27>rmmod: ERROR: Module nowhere is not currently loaded
[1]
$ rmmod --syslog nowhere
> <27>rmmod: ERROR: Module nowhere is not currently loaded
[1]
$ mute modprobe nowhere
> <26>modprobe: FATAL: Module nowhere not found in directory /lib/modules/6.1.9
[1]
$ mute modprobe -q nowhere
[1]
$ mute insmod /nowhere.ko
[1]
$ mute rmmod nowhere
[1]
$ mute modprobe -q -- base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "c=1 " 0 = 0
$ mute modprobe -q -- basis
: rm dev/log; printf '' >dev/kmsg
$ mute modprobe nowhere
[1]
$ modprobe -s nowhere
[1]
: rm dev/kmsg
$ mute modprobe nowhere
[1]
$ modprobe -s nowhere
kml  ! modprobe: FATAL: Module nowhere not found in directory /lib/modules/6.1.9
[1]

# As the kernel calls it.

: echo 'blacklist helper' >etc/modprobe.d/b.conf
$ modprobe -q -- char-major-10-200
$ modprobe -q -- symbol:mid_do
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
$ modprobe -q -- pci:v00008086d00001234sv1
+ finit_module /lib/modules/6.1.9/kernel/top.ko "" 0 = 0
$ modprobe -q -- net-pf-99
[1]
$ modprobe -q -- fs-top
$ mute modprobe -q -- net-pf-99
[1]
