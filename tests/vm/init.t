# What process 1 does with a line.  It begins without a console here.
#: mkdir -p $root/dev/console

$ cat /proc/1/comm
init
$ sleep 0.1s
$ kml sleep 0 soon
kml sleep: not a time: 'soon' (a number with s, m, h or d, or infinity)
[2]
$ no-such-command 'with words'
kml: no command 'no-such-command' (`kml --help` lists them)
[2]
$ cat /proc/1/no-such-file
cat: /proc/1/no-such-file: No such file or directory
[1]
$ 'cat' "/proc/sys/kernel/ostype"
Linux
$ init
kml init: not process 1: it is started by the kernel, as the /init of an initramfs
[2]

# The kernel's log, the lines that have a word in them.

$ dmesg 'Kernel command line'
[TIME] Kernel command line: console=ttyS0 loglevel=0 panic=-1 rdinit=/init
