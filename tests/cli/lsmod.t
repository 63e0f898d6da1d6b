# The modules in the kernel, as /proc and /sys tell them.

$ mkdir -p proc sys/module/base/holders/top sys/module/base/holders/mid && echo 2 >sys/module/base/refcnt &&
> printf 'top 4096 0 - Live 0x0\nmid 12288 0 - Live 0x0\nbase 8192 3 top,mid, Live 0x0\n' >proc/modules
$ kml lsmod --root .
Module                  Size  Used by
top                     4096  0
mid                    12288  0
base                    8192  2 mid,top
$ kml lsmod all
lsmod: ERROR: too many arguments provided.
[1]
$ rm proc/modules; kml lsmod --root .
lsmod: ERROR: could not get list of modules: /proc/modules: No such file or directory
[1]

# insmod looks at one file only, rmmod at no file.

$ kml insmod
insmod: ERROR: missing filename.
[1]
$ kml insmod -
insmod: ERROR: this tool does not support loading from stdin!
[1]
$ kml insmod nowhere.ko
insmod: ERROR: could not load module nowhere.ko: No such file or directory
[1]
$ printf tiny >tiny.ko; kml insmod tiny.ko
insmod: ERROR: could not insert module tiny.ko: Invalid parameters
insmod: INFO: tiny.ko: not an ELF file
[1]
$ kml rmmod
rmmod: ERROR: missing module name.
[1]
$ echo live >sys/module/base/initstate; kml rmmod --root . base gone
rmmod: ERROR: Module base is in use by: mid top
rmmod: ERROR: Module gone is not currently loaded
[1]
$ mkdir sys/module/odd; kml rmmod --root . odd.ko
rmmod: ERROR: Module unloading is not supported
[1]
