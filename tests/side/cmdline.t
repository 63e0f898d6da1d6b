# Options and blacklists on the kernel's command line.

: echo 'options base conf=1' >etc/modprobe.d/a.conf
: echo 'quiet base.a=1 base.b base.c=x,y top.debug=1 mid-dle.d=1 mid_dle.e=2 base=3' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 a=1 b c=x,y 
$ modprobe -D top z=1
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 a=1 b c=x,y 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko d=1 e=2 
| insmod /lib/modules/6.1.9/kernel/top.ko debug=1 z=1
: echo 'base.a="b c" base.d="e" "base.f=g h" "base.i" x"base.j=1" base."k"=1 base.l=m"n' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 a="b c" d="e" f="g h" 
: echo '"base.f=g h"' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 f="g h" 
: echo '"base.f=g h" base.x=1' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 f="g h" x=1 
: echo 'base.x=1 "base.f=g h"' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 x=1 f="g h" 
: echo 'base.a.b=1 base.c=1.2 base..d=1 .e=1 base.=1 base. base.f=' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 c=1.2 =1 f= 
: echo '"base.dyndbg=file x +p" base.y="1"' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 dyndbg="file x +p" y="1" 
: echo 'base.a="b base.c=1' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 
: printf 'base.a=1\nbase.b=2' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 a=1 b=2 
: printf 'base.a=1\tbase.b=2 base.c=3' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 a=1 b=2 c=3 
: printf '  base.a=1   base.b=2  ' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 a=1 b=2 
: printf 'a"b c base.a=1' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 
: printf 'base.a=b"c d"e base.f="g"h base.i=""' >proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 a=b"c d"e f="g"h i="" 
: printf 'basis.a=1 -- base.b=1' >proc/cmdline
$ modprobe -D basis
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 a=1 b=1 
: printf 'modprobe.blacklist=base,twin_b modprobe.blacklist=helper module_blacklist=after' >proc/cmdline
$ modprobe -bD base
$ modprobe -bD helper
$ modprobe -bD after
| insmod /lib/modules/6.1.9/kernel/after.ko 
$ modprobe -D twin-x
| insmod /lib/modules/6.1.9/kernel/twin_a.ko 
: printf 'modprobe.blacklist=twin-b modprobe.blacklist=mid-dle,,top' >proc/cmdline
$ modprobe -D twin-x
kmod | insmod /lib/modules/6.1.9/kernel/twin-b.ko 
| insmod /lib/modules/6.1.9/kernel/twin_a.ko 
$ modprobe -bD mid-dle
kmod | insmod /lib/modules/6.1.9/kernel/base.ko conf=1 
kmod | insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
$ modprobe -bD top
: printf 'modprobe.blacklist="base,helper"' >proc/cmdline
$ modprobe -bD base
kmod | insmod /lib/modules/6.1.9/kernel/base.ko conf=1 
$ modprobe -bD helper
kmod | insmod /lib/modules/6.1.9/kernel/helper.ko 
$ modprobe -C /none -c
kmod | blacklist "base
kmod | blacklist helper"
kmod | softdep soft pre: helperpost: after
kml  | blacklist base
kml  | blacklist helper
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
: printf 'modprobe.blacklist= modprobe.blacklist modprobe.debug=1' >proc/cmdline
$ modprobe -C /none -c
kmod | blacklist 
kmod | options modprobe blacklist
| options modprobe debug=1
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
: rm proc/cmdline
$ modprobe -D base
| insmod /lib/modules/6.1.9/kernel/base.ko conf=1 
