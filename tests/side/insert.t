# Loading a module with what it needs.

$ modprobe -D top
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko 
$ modprobe -v top debug=1 'text=a b'
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko debug=1 text="a b"
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/top.ko "debug=1 text="a b"" 0 = 0
$ modprobe -v top
$ modprobe --first-time top
! modprobe: ERROR: could not insert 'top': Module already in kernel
[1]
$ modprobe --first-time -q top
[1]
$ lsmod
| Module                  Size  Used by
| top                     4096  0
| mid_dle                 4096  1 top
kmod | base                    4096  2 top,mid_dle
kml  | base                    4096  2 mid_dle,top
$ modprobe -a soft hard-soft
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/soft.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/needed.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/hard-soft.ko "" 0 = 0
$ modprobe -v mid-dle after
$ modprobe helper
$ modprobe --first-time -v after
! modprobe: ERROR: could not insert 'after': Module already in kernel
[1]
$ modprobe -v --first-time -n base
! modprobe: ERROR: could not insert 'base': Module already in kernel
[1]
$ modprobe -D core
| builtin core
$ modprobe -v core
$ modprobe --first-time core
! modprobe: ERROR: could not insert 'core': Module already in kernel
[1]
$ modprobe -v in-side
$ modprobe nowhere
! modprobe: FATAL: Module nowhere not found in directory /lib/modules/6.1.9
[1]
$ modprobe -q nowhere
[1]
$ modprobe -a nowhere after neither
! modprobe: WARNING: Module nowhere not found in directory /lib/modules/6.1.9
! modprobe: WARNING: Module neither not found in directory /lib/modules/6.1.9
[1]
$ modprobe -aq nowhere
[1]
$ modprobe ''
! modprobe: FATAL: Module  not found in directory /lib/modules/6.1.9
[1]
$ modprobe 'x[y'
! modprobe: FATAL: Module x[y not found in directory /lib/modules/6.1.9
[1]
$ modprobe 'a]b'
! modprobe: FATAL: Module a]b not found in directory /lib/modules/6.1.9
[1]
$ modprobe -a soft '' top
! modprobe: WARNING: Module  not found in directory /lib/modules/6.1.9
[1]

# Operands: words behind the module are its parameters, also after --.

$ modprobe -D top debug=1 "text='a b'" 'text2="c d"' flag 'x=' 'y= z'
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko debug=1 text='a b' text2="c d" flag x= y=" z"
$ modprobe -D top -- -v --debug
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko -v --debug
$ modprobe -D -- top -v
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko -v
$ modprobe top -D debug=3
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko debug=3
$ modprobe -D top 'de bug=1'
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko de bug=1
$ modprobe -D top 'a="b c' "t='x"
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko a="b c t='x
$ modprobe -D top ''
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/mid-dle.ko 
| insmod /lib/modules/6.1.9/kernel/top.ko 
$ modprobe -aD base helper debug=1
| insmod /lib/modules/6.1.9/kernel/base.ko 
| insmod /lib/modules/6.1.9/kernel/helper.ko 
! modprobe: WARNING: Module debug=1 not found in directory /lib/modules/6.1.9
[1]
$ modprobe -Dv base
| insmod /lib/modules/6.1.9/kernel/base.ko 
$ modprobe -nv base x=1
$ modprobe -n base
$ modprobe --dry-run --verbose base
$ modprobe --show base
$ modprobe --show-depends two
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/two.ko 
kml  | insmod /lib/modules/6.1.9/kernel/after.ko 
$ modprobe -D hard-soft
| insmod /lib/modules/6.1.9/kernel/needed.ko 
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/hard-soft.ko 
$ modprobe -D lost
| insmod /lib/modules/6.1.9/kernel/lost.ko 
$ modprobe -D loop-a
| insmod /lib/modules/6.1.9/kernel/loop-b.ko 
| insmod /lib/modules/6.1.9/kernel/loop-a.ko 
$ modprobe -D loop-b
| insmod /lib/modules/6.1.9/kernel/loop-a.ko 
| insmod /lib/modules/6.1.9/kernel/loop-b.ko 
$ modprobe -D weak
| insmod /lib/modules/6.1.9/kernel/weak.ko 
$ modprobe -D bridge stp
| insmod /lib/modules/6.1.9/kernel/sub/llc.ko 
| insmod /lib/modules/6.1.9/kernel/sub/stp.ko 
| insmod /lib/modules/6.1.9/kernel/sub/bridge.ko stp
$ modprobe -aD bridge stp
| insmod /lib/modules/6.1.9/kernel/sub/llc.ko 
| insmod /lib/modules/6.1.9/kernel/sub/stp.ko 
| insmod /lib/modules/6.1.9/kernel/sub/bridge.ko 
| insmod /lib/modules/6.1.9/kernel/sub/llc.ko 
| insmod /lib/modules/6.1.9/kernel/sub/stp.ko 

# A softdep on what is built in is fulfilled; several lines of a module's own all count.

$ modprobe -D on-core
| builtin core
| insmod /lib/modules/6.1.9/kernel/helper.ko 
| insmod /lib/modules/6.1.9/kernel/on-core.ko 
$ modprobe -v on-core
| insmod /lib/modules/6.1.9/kernel/on-core.ko 
+ finit_module /lib/modules/6.1.9/kernel/on-core.ko "" 0 = 0
$ modprobe -v two
| insmod /lib/modules/6.1.9/kernel/two.ko 
+ finit_module /lib/modules/6.1.9/kernel/two.ko "" 0 = 0
