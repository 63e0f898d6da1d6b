# insmod, rmmod and lsmod.

$ insmod
! insmod: ERROR: missing filename.
[1]
$ insmod -
! insmod: ERROR: this tool does not support loading from stdin!
[1]
$ insmod nowhere.ko
! insmod: ERROR: could not load module nowhere.ko: No such file or directory
[1]
$ insmod /lib/modules/6.1.9/kernel/base.ko a=1 'b=c d' e
+ finit_module /lib/modules/6.1.9/kernel/base.ko "a=1 b="c d" e" 0 = 0
$ in:/lib/modules/6.1.9/kernel insmod -v mid-dle.ko
+ finit_module /lib/modules/6.1.9/kernel/mid-dle.ko "" 0 = 0
$ in:/lib/modules/6.1.9/kernel insmod ./top.ko 'x="a b"' "y='c d'"
+ finit_module /lib/modules/6.1.9/kernel/top.ko "x="a b" y='c d'" 0 = 0
$ insmod /lib/modules/6.1.9/kernel/base.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/base.ko: File exists
kml  ! insmod: INFO: a module base is in the kernel already
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EEXIST
[1]
$ insmod base
! insmod: ERROR: could not load module base: No such file or directory
[1]
$ insmod /lib
kmod ! insmod: ERROR: could not insert module /lib: Is a directory
kml  ! insmod: ERROR: could not load module /lib: not a regular file
[1]
$ insmod --force --verbose /lib/modules/6.1.9/kernel/helper.ko
+ finit_module /lib/modules/6.1.9/kernel/helper.ko "" 3 = 0
$ insmod /lib/modules/6.1.9/kernel/sub/in-xz.ko.xz p=1
+ init_module in_xz "p=1" without versions = 0
$ insmod /lib/modules/6.1.9/kernel/text.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/text.ko: Invalid module format
kml  ! insmod: INFO: /lib/modules/6.1.9/kernel/text.ko: not an ELF file
+ finit_module /lib/modules/6.1.9/kernel/text.ko "" 0 = ENOEXEC
[1]
$ load:after=ENOENT insmod /lib/modules/6.1.9/kernel/after.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/after.ko: Unknown symbol in module
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = ENOENT
[1]
$ load:after=ENOEXEC insmod /lib/modules/6.1.9/kernel/after.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/after.ko: Invalid module format
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = ENOEXEC
[1]
$ load:after=EINVAL insmod /lib/modules/6.1.9/kernel/after.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/after.ko: Invalid parameters
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = EINVAL
[1]
$ load:after=ESRCH insmod /lib/modules/6.1.9/kernel/after.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/after.ko: Module has wrong symbol version
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = ESRCH
[1]
$ load:after=EPERM insmod /lib/modules/6.1.9/kernel/after.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/after.ko: Operation not permitted
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = EPERM
[1]
$ load:after=ENOKEY insmod /lib/modules/6.1.9/kernel/after.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/after.ko: Required key not available
kml  ! insmod: INFO: after is not signed
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = ENOKEY
[1]
$ load:after=EBUSY insmod /lib/modules/6.1.9/kernel/after.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/after.ko: Device or resource busy
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = EBUSY
[1]
$ load:after=ENOMEM insmod /lib/modules/6.1.9/kernel/after.ko
! insmod: ERROR: could not insert module /lib/modules/6.1.9/kernel/after.ko: Cannot allocate memory
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = ENOMEM
[1]
$ insmod --nonsense
! insmod: unrecognized option '--nonsense'
[1]
$ insmod -p /lib/modules/6.1.9/kernel/after.ko
! insmod: invalid option -- 'p'
[1]
$ insmod -V x
kmod | kmod version 34.2
kmod | +ZSTD +XZ -ZLIB +OPENSSL
kml  | kmod version 34 (kml 0.4.0)
kml  | +ZSTD +XZ +ZLIB -OPENSSL
$ in:/lib/modules/6.1.9/kernel insmod -- after.ko -v --force
+ finit_module /lib/modules/6.1.9/kernel/after.ko "-v --force" 0 = 0

$ lsmod
| Module                  Size  Used by
| after                   4096  0
| in_xz                   4096  0
| helper                  4096  0
| top                     4096  0
| mid_dle                 4096  1 top
kmod | base                    4096  2 top,mid_dle
kml  | base                    4096  2 mid_dle,top
$ lsmod all
! lsmod: ERROR: too many arguments provided.
[1]
$ kmod list
| Module                  Size  Used by
| after                   4096  0
| in_xz                   4096  0
| helper                  4096  0
| top                     4096  0
| mid_dle                 4096  1 top
kmod | base                    4096  2 top,mid_dle
kml  | base                    4096  2 mid_dle,top
$ kmod list x
! kmod: ERROR: too many arguments provided.
[1]
$ kmod
kmod | kmod - Manage kernel modules: list, load, unload, etc
kmod | Usage:
kmod | 	kmod [options] command [command_options]
kml  | usage: kmod help|list|static-nodes [OPTION]...
| 
kmod | Options:
kmod | 	-V, --version     show version
kmod | 	-h, --help        show this help
kml  | List modules, or the device nodes that stand for them.
| 
kmod | Commands:
kmod |   help         show help message
kmod |   list         list currently loaded modules
kmod |   static-nodes output the static-node information installed with the currently running kernel
kmod | 
kmod | kmod also handles gracefully if called from following symlinks:
kmod |   lsmod        compat lsmod command
kmod |   rmmod        compat rmmod command
kmod |   insmod       compat insmod command
kmod |   modinfo      compat modinfo command
kmod |   modprobe     compat modprobe command
kmod |   depmod       compat depmod command
kml  |   -h, --help                  print this help
kml  |   -V, --version               print the version
kml  |       --root DIR              resolve every absolute path inside DIR
! missing command
[1]
$ kmod lsmod
kmod | kmod - Manage kernel modules: list, load, unload, etc
kmod | Usage:
kmod | 	kmod [options] command [command_options]
kml  | usage: kmod help|list|static-nodes [OPTION]...
| 
kmod | Options:
kmod | 	-V, --version     show version
kmod | 	-h, --help        show this help
kml  | List modules, or the device nodes that stand for them.
| 
kmod | Commands:
kmod |   help         show help message
kmod |   list         list currently loaded modules
kmod |   static-nodes output the static-node information installed with the currently running kernel
kmod | 
kmod | kmod also handles gracefully if called from following symlinks:
kmod |   lsmod        compat lsmod command
kmod |   rmmod        compat rmmod command
kmod |   insmod       compat insmod command
kmod |   modinfo      compat modinfo command
kmod |   modprobe     compat modprobe command
kmod |   depmod       compat depmod command
kml  |   -h, --help                  print this help
kml  |   -V, --version               print the version
kml  |       --root DIR              resolve every absolute path inside DIR
! invalid command 'lsmod'
[1]
$ kmod nonsense
kmod | kmod - Manage kernel modules: list, load, unload, etc
kmod | Usage:
kmod | 	kmod [options] command [command_options]
kml  | usage: kmod help|list|static-nodes [OPTION]...
| 
kmod | Options:
kmod | 	-V, --version     show version
kmod | 	-h, --help        show this help
kml  | List modules, or the device nodes that stand for them.
| 
kmod | Commands:
kmod |   help         show help message
kmod |   list         list currently loaded modules
kmod |   static-nodes output the static-node information installed with the currently running kernel
kmod | 
kmod | kmod also handles gracefully if called from following symlinks:
kmod |   lsmod        compat lsmod command
kmod |   rmmod        compat rmmod command
kmod |   insmod       compat insmod command
kmod |   modinfo      compat modinfo command
kmod |   modprobe     compat modprobe command
kmod |   depmod       compat depmod command
kml  |   -h, --help                  print this help
kml  |   -V, --version               print the version
kml  |       --root DIR              resolve every absolute path inside DIR
! invalid command 'nonsense'
[1]
$ kmod --version
kmod | kmod version 34.2
kmod | +ZSTD +XZ -ZLIB +OPENSSL
kml  | kmod version 34 (kml 0.4.0)
kml  | +ZSTD +XZ +ZLIB -OPENSSL
$ kmod -V
kmod | kmod version 34.2
kmod | +ZSTD +XZ -ZLIB +OPENSSL
kml  | kmod version 34 (kml 0.4.0)
kml  | +ZSTD +XZ +ZLIB -OPENSSL

$ rmmod
! rmmod: ERROR: missing module name.
[1]
$ rmmod base
kmod ! rmmod: ERROR: Module base is in use by: top mid_dle
kml  ! rmmod: ERROR: Module base is in use by: mid_dle top
kml  ! rmmod: INFO: base is used by mid_dle (used by top), top
[1]
$ rmmod nowhere
! rmmod: ERROR: Module nowhere is not currently loaded
[1]
$ rmmod core
! rmmod: ERROR: Module core is builtin.
[1]
$ rmmod mid_dle helper
! rmmod: ERROR: Module mid_dle is in use by: top
+ delete_module helper nonblock = 0
[1]
$ rmmod top
+ delete_module top nonblock = 0
$ rmmod -v mid-dle
+ delete_module mid_dle nonblock = 0
$ rmmod base.ko
+ delete_module base nonblock = 0
$ rmmod /lib/modules/6.1.9/kernel/helper.ko
! rmmod: ERROR: Module helper is not currently loaded
[1]
$ rmmod gone-by.now
! rmmod: ERROR: Module gone_by is not currently loaded
[1]
$ rmmod -f nowhere
! rmmod: ERROR: could not remove 'nowhere': No such file or directory
! rmmod: ERROR: could not remove module nowhere: No such file or directory
+ delete_module nowhere nonblock force = ENOENT
[1]
$ rmmod --force -v after
+ delete_module after nonblock force = 0
$ rmmod /nowhere/after.ko
! rmmod: ERROR: Module /nowhere/after is not currently loaded
[1]
$ rmmod ./after.ko
kmod ! rmmod: ERROR: could not open '/sys/module//holders': No such file or directory
kmod ! rmmod: ERROR: Module unloading is not supported
kml  ! rmmod: ERROR: Module ./after is not currently loaded
[1]
$ rmmod ./af-ter
kmod ! rmmod: ERROR: could not open '/sys/module//holders': No such file or directory
kmod ! rmmod: ERROR: Module unloading is not supported
kml  ! rmmod: ERROR: Module ./af-ter is not currently loaded
[1]
$ rmmod nowhere in_xz neither
! rmmod: ERROR: Module nowhere is not currently loaded
! rmmod: ERROR: Module neither is not currently loaded
+ delete_module in_xz nonblock = 0
[1]
$ rmmod -w base
! rmmod: invalid option -- 'w'
[1]
$ rmmod --nonsense
! rmmod: unrecognized option '--nonsense'
[1]
$ modprobe -a base after
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = 0
+ finit_module /lib/modules/6.1.9/kernel/after.ko "" 0 = 0
$ unload:after=EBUSY rmmod after
! rmmod: ERROR: could not remove 'after': Device or resource busy
! rmmod: ERROR: could not remove module after: Device or resource busy
+ delete_module after nonblock = EBUSY
[1]
$ unload:after=EAGAIN rmmod after
! rmmod: ERROR: could not remove 'after': Resource temporarily unavailable
! rmmod: ERROR: could not remove module after: Resource temporarily unavailable
+ delete_module after nonblock = EAGAIN
[1]
$ unload:after=EPERM rmmod -v after
! rmmod: ERROR: could not remove 'after': Operation not permitted
! rmmod: ERROR: could not remove module after: Operation not permitted
+ delete_module after nonblock = EPERM
[1]
: echo 3 >sys/module/after/refcnt
$ rmmod after
! rmmod: ERROR: Module after is in use
[1]
$ rmmod -f after
+ delete_module after nonblock force = 0
: mkdir -p sys/module/base; echo live >sys/module/base/initstate; rm -f sys/module/base/refcnt
$ rmmod base
! rmmod: ERROR: Module unloading is not supported
[1]
: rm sys/module/base/initstate
$ rmmod base
! rmmod: ERROR: Module unloading is not supported
[1]
: mkdir -p sys/module/base; echo coming >sys/module/base/initstate
$ modprobe base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EEXIST
$ modprobe -r base
+ delete_module base nonblock = 0
: mkdir -p sys/module/base; echo going >sys/module/base/initstate; echo 0 >sys/module/base/refcnt
$ modprobe base
+ finit_module /lib/modules/6.1.9/kernel/base.ko "" 0 = EEXIST
$ rmmod base
kmod ! rmmod: ERROR: could not open '/sys/module/base/holders': No such file or directory
+ delete_module base nonblock = 0

# lsmod believes /proc/modules, and of users /sys.

: printf 'one 4096 0 - Live 0x0\ntwo 123456789 3 one,[permanent], Live 0x0\na_very_long_name_of_a_module 16384 -2 - Loading 0x0\n' >proc/modules
$ lsmod
| Module                  Size  Used by
kmod | one                       -2  -2
kmod | two                       -2  -2
kmod | a_very_long_name_of_a_module       -2  -2
kmod ! lsmod: ERROR: could not open '/sys/module/one/holders': No such file or directory
kmod ! lsmod: ERROR: could not open '/sys/module/two/holders': No such file or directory
kmod ! lsmod: ERROR: could not open '/sys/module/a_very_long_name_of_a_module/holders': No such file or directory
kml  | one                     4096  0
kml  | two                 123456789  3
kml  | a_very_long_name_of_a_module    16384  0
: mkdir -p sys/module/two/holders/one sys/module/one/holders; echo 7 >sys/module/two/refcnt; echo 0 >sys/module/one/refcnt
$ lsmod
| Module                  Size  Used by
| one                     4096  0
| two                 123456789  7 one
kmod | a_very_long_name_of_a_module       -2  -2
kmod ! lsmod: ERROR: could not open '/sys/module/a_very_long_name_of_a_module/holders': No such file or directory
kml  | a_very_long_name_of_a_module    16384  0
: rm proc/modules
$ lsmod
kmod ! lsmod: ERROR: could not open /proc/modules: No such file or directory
kmod ! lsmod: ERROR: could not get list of modules: No such file or directory
kml  ! lsmod: ERROR: could not get list of modules: /proc/modules: No such file or directory
[1]
$ kmod list
kmod ! kmod: ERROR: could not open /proc/modules: No such file or directory
kmod ! kmod: ERROR: could not get list of modules: No such file or directory
kml  ! kmod: ERROR: could not get list of modules: /proc/modules: No such file or directory
[1]
