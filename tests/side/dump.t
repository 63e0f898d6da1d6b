# All that is configured.

: printf 'options base a=1   b\\n' >etc/modprobe.d/a.conf
: printf 'softdep base pre: a b post: c d\nsoftdep x-y post: c\nsoftdep z pre: a\nsoftdep q pre: post:\nweakdep base a-b c\nalias al-* base\nblacklist bl-ack\ninstall in-st /bin/true a  b \nremove re-m /bin/false\noptions op-t a=1\t b=2\n' >>etc/modprobe.d/a.conf
: printf 'softdep n a b pre: c\nsoftdep m pre: a post: b pre: c\n' >etc/modprobe.d/b.conf
: echo 'quiet base.c=2 modprobe.blacklist=kernel' >proc/cmdline
$ modprobe -c
| blacklist bl_ack
| blacklist kernel
| install in_st /bin/true a  b 
| remove re_m /bin/false
| alias al_* base
| options base a=1   bnsoftdep base pre: a b post: c d
| options op_t a=1  b=2
| options base c=2
| softdep x_y post: c
| softdep z pre: a
| softdep q 
| softdep n pre: c
kmod | softdep m pre: a b cpost: b
kmod | softdep soft pre: helperpost: after
kml  | softdep m pre: a c post: b
kml  | softdep soft pre: helper post: after
| softdep hard_soft pre: helper
| softdep two pre: helper
| softdep two post: after
| softdep on_core pre: core helper
kmod | softdep lost pre: nowherepost: gone
kml  | softdep lost pre: nowhere post: gone
| softdep loop_a pre: loop-b
| softdep loop_b pre: loop-a
| weakdep base a-b c
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
$ modprobe --showconfig -C /none -S none
| blacklist kernel
| options base c=2
| 
| # End of configuration files. Dumping indexes now:
| 
$ modprobe --show-config -C /none -S none
| blacklist kernel
| options base c=2
| 
| # End of configuration files. Dumping indexes now:
| 
$ modprobe -C /etc/modprobe.d/a.conf -S none -c base
| blacklist bl_ack
| blacklist kernel
| install in_st /bin/true a  b 
| remove re_m /bin/false
| alias al_* base
| options base a=1   bnsoftdep base pre: a b post: c d
| options op_t a=1  b=2
| options base c=2
| softdep x_y post: c
| softdep z pre: a
| softdep q 
| weakdep base a-b c
| 
| # End of configuration files. Dumping indexes now:
| 
$ modprobe -qc -C /none -S none
| blacklist kernel
| options base c=2
| 
| # End of configuration files. Dumping indexes now:
| 

# The symbols of a file.

$ modprobe --show-modversions /lib/modules/6.1.9/kernel/top.ko
| 0x00000012	mid_do
| 0x00000011	base_do
| 0x00000099	module_layout
$ modprobe --dump-modversions /lib/modules/6.1.9/kernel/base.ko
! modprobe: FATAL: could not get modversions of /lib/modules/6.1.9/kernel/base.ko: No data available
[1]
$ modprobe --dump-modversions /lib/modules/6.1.9/kernel/text.ko
kmod ! modprobe: FATAL: could not get modversions of /lib/modules/6.1.9/kernel/text.ko: Exec format error
kml  ! modprobe: FATAL: could not get modversions of /lib/modules/6.1.9/kernel/text.ko: not an ELF file
[1]
$ modprobe --dump-modversions /nowhere.ko
! modprobe: FATAL: Module /nowhere.ko not found.
[1]
$ modprobe --dump-modversions top
! modprobe: FATAL: Module top not found.
[1]
$ modprobe --show-exports /lib/modules/6.1.9/kernel/base.ko
| 0x00000011	base_do
$ modprobe --show-exports /lib/modules/6.1.9/kernel/mid-dle.ko
| 0x00000012	mid_do
$ modprobe --show-exports /lib/modules/6.1.9/kernel/helper.ko
$ modprobe --show-exports base
! modprobe: FATAL: Module base not found.
[1]
$ modprobe --show-exports
! modprobe: ERROR: missing parameters. See -h.
[1]
$ in:/lib/modules/6.1.9 modprobe --show-exports kernel/base.ko
| 0x00000011	base_do
$ modprobe --show-modversions /lib/modules/6.1.9/kernel/sub/in-xz.ko.xz
! modprobe: FATAL: could not get modversions of /lib/modules/6.1.9/kernel/sub/in-xz.ko.xz: No data available
[1]
$ modprobe --show-exports /lib/modules/6.1.9/kernel/sub/in-zst.ko.zst
