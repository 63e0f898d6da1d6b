# A kernel that is locked down.
#: tree
#: demo
#: demo signed
#: sign $root/signed/kml_demo_a.ko
#: depmod
#: hold security mount securityfs /sys/kernel/security
#: cmdline lockdown=integrity

$ modprobe security
$ modprobe kml_demo_b
modprobe: ERROR: could not insert 'kml_demo_b': Operation not permitted
modprobe: INFO: kml_demo_a is not signed
modprobe: INFO: this kernel wants a signature by a key it knows (lockdown: integrity): sign it with one, or enroll yours with mokutil --import
[1]
$ insmod /signed/kml_demo_a.ko
insmod: ERROR: could not insert module /signed/kml_demo_a.ko: Operation not permitted
insmod: INFO: kml_demo_a is signed by 'nobody's key' (key 4B:4D:4C:01, sha256): this kernel does not know the key
insmod: INFO: this kernel wants a signature by a key it knows (lockdown: integrity): sign it with one, or enroll yours with mokutil --import
[1]
$ modprobe -f brd
modprobe: ERROR: could not insert 'brd': Operation not permitted
modprobe: INFO: the kernel is locked down (integrity): nothing is loaded by force
[1]
$ modprobe brd
