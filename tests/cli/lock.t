# lock: what each kernel loads, to the byte; two locks are an upgrade.

$ cat >ko <<'END'
> #!/bin/sh
> $KML_SRC/tests/mkko $1.ko name=$(basename $1) "vermagic=$2 SMP mod_unload " srcversion=$3 depends=$4
> END
$ chmod +x ko && mkdir m && ./ko m/b 6.1.0-1 B1 && ./ko m/a 6.1.0-1 A1 b && $KML_SRC/tests/mkko program
$ kml pack -q -n a -m m --kml program -o oci:images:6.1.0-1
sha256:86127e29c8d8b01357f9eba9da33a3b299f929a82d52f59f41784779d97e61ae
$ cat >kml.ini <<'END'
> [module]
> name       = a
> order      = a, b
> parameters = debug=1
> replaces   = old
> tls        = skip-verify
> image      = oci:images:${KERNEL_FULL_VERSION}
> [kernel six]
> regexp     = ^6
> END
$ kml lock -k 6.1.0-1
kml lock: exists: 1
kml lock: kml.lock: 1 locked
$ sed 's/,"/,\n "/g' kml.lock
{"version":1,
 "entries":[
{"kernel":"6.1.0-1",
 "name":"a",
 "rule":"six",
 "image":"oci:images:6.1.0-1",
 "digest":"sha256:86127e29c8d8b01357f9eba9da33a3b299f929a82d52f59f41784779d97e61ae",
 "tls":"skip-verify",
 "dir":"/opt",
 "parameters":"debug=1",
 "firmware":"",
 "vermagic":"6.1.0-1 SMP mod_unload ",
 "order":["a",
 "b"],
 "replaces":["old"],
 "size":1416,
 "modules":[{"name":"a",
 "file":"opt/lib/modules/6.1.0-1/a.ko",
 "srcversion":"A1"},{"name":"b",
 "file":"opt/lib/modules/6.1.0-1/b.ko",
 "srcversion":"B1"}]}
]}

# The same again is the same file; - is standard output.

$ kml lock -k 6.1.0-1 -k 5.4.0 -o - | cmp - kml.lock
kml lock: exists: 1, unmapped: 1

# All images or no lock: what is absent is named, and the file that is there stays.

$ kml lock -k 6.1.0-1 -k 6.1.0-2 -k 6.1.0-3
kml lock: exists: 1, missing: 2
kml lock: kernel 6.1.0-2: there is no oci:images:6.1.0-2
kml lock: kernel 6.1.0-3: there is no oci:images:6.1.0-3
kml lock: 2 of 3 images are absent, and no lock was written
[4]
$ kml lock -k 6.1.0-1 -o - 2>/dev/null | cmp - kml.lock
$ kml lock -k 5.4.0
kml lock: unmapped: 1
kml lock: no kernel of these is mapped
[3]

# An image that would not load is not locked: a module for another kernel, one that
# order names and the image lacks, an image without any for the kernel.

$ kml copy -q oci:images:6.1.0-1 oci:images:6.1.0-4
$ kml lock -k 6.1.0-1 -k 6.1.0-4
kml lock: exists: 2
kml lock: kernel 6.1.0-4: image oci:images:6.1.0-4 has no modules for kernel 6.1.0-4 (nothing below /opt/lib/modules/6.1.0-4)
[6]
$ printf '[module]\nname = a\norder = a, c\nimage = oci:images:6.1.0-1\n[kernel all]\nregexp = .\n' >order.ini
$ kml lock -c order.ini -k 6.1.0-1
kml lock: exists: 1
kml lock: kernel 6.1.0-1: image oci:images:6.1.0-1 has no module c
[1]

# In another directory the lock names the images from where it is.

$ mkdir sub && kml lock -k 6.1.0-1 -o sub/kml.lock && grep -c "\"oci:$PWD/images:6.1.0-1\"" sub/kml.lock
kml lock: exists: 1
kml lock: sub/kml.lock: 1 locked
1

# --diff: what the upgrade does.

$ cp kml.lock old.lock && rm -r m && mkdir m && ./ko m/a 6.1.0-1 A2 && ./ko m/c 6.1.0-1 C1
$ kml pack -q -n a -m m --kml program -o oci:images:6.1.0-1
sha256:f463d478e326cef5835a6cd8b2c704b086f5a63194e2dc2bc79da061f651098a
$ mkdir n && ./ko n/a 6.2.0 A2 && kml pack -q -n a -m n --kml program -o oci:images:6.2.0
sha256:9b2938c39b7e6dd6ed20eb58013b6b4db1567b3339907914773fa2d725cdf7e4
$ sed -i '/^order/d; s/debug=1/debug=0/' kml.ini
$ kml lock -k 6.2.0 -k 6.1.0-1
kml lock: exists: 2
kml lock: kml.lock: 2 locked
$ kml lock --diff old.lock kml.lock
changed  6.1.0-1  a
         digest: sha256:86127e29c8d8b01357f9eba9da33a3b299f929a82d52f59f41784779d97e61ae -> sha256:f463d478e326cef5835a6cd8b2c704b086f5a63194e2dc2bc79da061f651098a
         parameters: debug=1 -> debug=0
         order: a b -> a
         size: 1416 -> 1413
         modules: ~a +c -b
added    6.2.0  a
kml lock: 1 added, 0 removed, 1 changed, 0 the same
$ kml lock --diff --json old.lock kml.lock | sed 's/,"/,\n "/g'
kml lock: 1 added, 0 removed, 1 changed, 0 the same
[{"change":"changed",
 "kernel":"6.1.0-1",
 "name":"a",
 "digest":{"from":"sha256:86127e29c8d8b01357f9eba9da33a3b299f929a82d52f59f41784779d97e61ae",
 "to":"sha256:f463d478e326cef5835a6cd8b2c704b086f5a63194e2dc2bc79da061f651098a"},
 "parameters":{"from":"debug=1",
 "to":"debug=0"},
 "order":{"from":"a b",
 "to":"a"},
 "size":{"from":"1416",
 "to":"1413"},
 "modules":"~a +c -b"},{"change":"added",
 "kernel":"6.2.0",
 "name":"a"}]
$ kml lock --diff kml.lock old.lock 2>/dev/null | head -3
changed  6.1.0-1  a
         digest: sha256:f463d478e326cef5835a6cd8b2c704b086f5a63194e2dc2bc79da061f651098a -> sha256:86127e29c8d8b01357f9eba9da33a3b299f929a82d52f59f41784779d97e61ae
         parameters: debug=0 -> debug=1
$ kml lock --diff kml.lock kml.lock
kml lock: 0 added, 0 removed, 0 changed, 2 the same

# A lock that is none.

$ sed 's/"version":1/"version":2/' kml.lock >bad.lock; kml lock --diff kml.lock bad.lock
kml lock: bad.lock: version 2, and this kml knows 1: write the lock anew with `kml lock`
[1]
$ sed 's/"dir":"[^"]*",//' kml.lock >bad.lock; kml lock --diff kml.lock bad.lock
kml lock: bad.lock: entry 1: "dir" is missing
[1]
$ sed '2s/sha256:./sha256:x/' kml.lock >bad.lock; kml lock --diff bad.lock kml.lock 2>&1 | sed 's/x[0-9a-f]*/x.../'
kml lock: bad.lock: entry 1: "sha256:x..." is no digest (sha256: and 64 lower-case hex digits)
$ kml lock --diff kml.lock
kml lock: --diff needs two files
[2]
$ kml lock --json -k 6.1.0-1
kml lock: files to read and --json are for --diff
[2]

# Two locks are compared as they are: what else is said is not for that.

$ kml lock --diff a b -o c
kml lock: --diff compares two files; it takes no kernels, -c, -o, -j or --platform
[2]
$ kml lock --diff a b -k 6.1.0
kml lock: --diff compares two files; it takes no kernels, -c, -o, -j or --platform
[2]
