# plan: which image each kernel is to have, and whether it is there.

$ mkdir m && $KML_SRC/tests/mkko m/demo.ko name=demo 'vermagic=6.1.0-1 SMP '
$ $KML_SRC/tests/mkko program && kml pack -q -n demo -m m --kml program -o oci:images:6.1.0-1
sha256:89ed4c2b61fd2147009d2c0da232bf9225a27888a6583249bc22c8b81ad74fc6
$ cat >kml.ini <<'END'
> [module]
> name    = demo
> image   = oci:images:${KERNEL_FULL_VERSION}
> [build]
> modules = out/${KERNEL_FULL_VERSION}/*.ko
> [kernel broken]
> range   = >=6.2 <6.3
> skip    = no headers were published for these kernels
> [kernel lab]
> literal = 6.1.0-9-lab
> image   = oci:elsewhere:t
> dockerfile = Dockerfile
> [kernel six]
> regexp  = ^6\.1
> END
$ cat >kernels <<'END'
> # those of the fleet
> 6.1.0-1
> 6.1.0-2
> 6.2.0-3    # the test machine
> 5.10.0
> 6.1.0-9-lab
> 6.1.0-1
> END
$ kml plan -K kernels
6.1.0-1      demo  exists    oci:images:6.1.0-1  sha256:89ed4c2b61fd
6.1.0-2      demo  missing   oci:images:6.1.0-2  (modules out/6.1.0-2/*.ko)
6.2.0-3      demo  skipped   no headers were published for these kernels
5.10.0       demo  unmapped  no rule covers it
6.1.0-9-lab  demo  missing   oci:elsewhere:t  (dockerfile Dockerfile)
kml plan: exists: 1, missing: 2, skipped: 1, unmapped: 1

# For programs: each row with its rule, and what it would be made of.

$ kml plan --json -k 6.1.0-1 -k 6.1.0-2 -k 6.2.0-3 | sed 's/,{/,\n{/g'
kml plan: exists: 1, missing: 1, skipped: 1
[{"kernel":"6.1.0-1","set":"demo","file":"kml.ini","state":"exists","rule":"six","image":"oci:images:6.1.0-1","digest":"sha256:89ed4c2b61fd2147009d2c0da232bf9225a27888a6583249bc22c8b81ad74fc6","modules":"out/6.1.0-1/*.ko"},
{"kernel":"6.1.0-2","set":"demo","file":"kml.ini","state":"missing","rule":"six","image":"oci:images:6.1.0-2","modules":"out/6.1.0-2/*.ko","reason":"images: no such tag"},
{"kernel":"6.2.0-3","set":"demo","file":"kml.ini","state":"skipped","rule":"broken","reason":"no headers were published for these kernels"}]

# For a workflow of GitHub: a job for each image that is missing, one line.  With
# all there, there is no job.

$ kml plan --matrix -K kernels
{"include":[{"kernel":"6.1.0-2","image":"oci:images:6.1.0-2","module":"demo"},{"kernel":"6.1.0-9-lab","image":"oci:elsewhere:t","module":"demo"}]}
kml plan: exists: 1, missing: 2, skipped: 1, unmapped: 1
$ kml plan --matrix -k 6.1.0-1
{"include":[]}
kml plan: exists: 1
$ kml plan --no-check --matrix -k 6.1.0-1
{"include":[{"kernel":"6.1.0-1","image":"oci:images:6.1.0-1","module":"demo"}]}
kml plan: mapped: 1

# Shards are blocks of the list: together they are all of it.  N/N is 0/N, and a
# Job of Kubernetes has its index in the environment.

$ for i in 0 1 2; do echo "shard $i:"; kml plan -K kernels --no-check --shard $i/3 2>/dev/null | cut -c1-11; done
shard 0:
6.1.0-1  de
6.1.0-2  de
shard 1:
6.2.0-3  de
5.10.0   de
shard 2:
6.1.0-9-lab



$ kml plan -K kernels --no-check --shard 3/3 2>/dev/null | cut -c1-11
6.1.0-1  de
6.1.0-2  de
$ JOB_COMPLETION_INDEX=1 kml plan -K kernels --no-check --shard 3 2>/dev/null | cut -c1-11
6.2.0-3  de
5.10.0   de
$ kml plan -K kernels --shard 3
kml plan: --shard 3: say which one, as in 0/3, or set JOB_COMPLETION_INDEX
[2]
$ kml plan -K kernels --shard 4/3
kml plan: --shard: 4/3 is no part; say I/N with I from 0 to N-1, or from 1 to N
[2]
$ kml plan -K kernels --shard 1/0
kml plan: --shard: 1/0 is no part; say I/N with I from 0 to N-1, or from 1 to N
[2]

# Kernels from a pipe, from trees, from tags.

$ echo 6.1.0-1 | kml plan -K -
6.1.0-1  demo  exists    oci:images:6.1.0-1  sha256:89ed4c2b61fd
kml plan: exists: 1
$ mkdir -p root/lib/modules/6.1.0-2/kernel root/lib/modules/6.1.0-3/build && cp m/demo.ko root/lib/modules/6.1.0-2/kernel
$ kml plan --installed root
6.1.0-2  demo  missing   oci:images:6.1.0-2  (modules out/6.1.0-2/*.ko)
kml plan: missing: 1
$ kml plan --tags oci:images
6.1.0-1  demo  exists    oci:images:6.1.0-1  sha256:89ed4c2b61fd
kml plan: exists: 1
$ printf '6.1.0-1\n6.1.0 2\n' | kml plan -K -
kml plan: standard input:2: '6.1.0 2' is no name of a kernel
[1]

# Two kernels with one tag are named; what cannot be told is an error of its row, and
# no matrix is printed that might lack a job.

$ kml plan -k 6.1.0-2 -k 6.1.0-2+
6.1.0-2   demo  missing   oci:images:6.1.0-2  (modules out/6.1.0-2/*.ko)
6.1.0-2+  demo  missing   oci:images:6.1.0-2  (modules out/6.1.0-2/*.ko)
kml plan: missing: 2
kml plan: warning: kernels 6.1.0-2 and 6.1.0-2+ have one tag when they are normalised: oci:images:6.1.0-2
$ mkdir elsewhere && echo '{' >elsewhere/oci-layout
$ kml plan -k 6.1.0-1 -k 6.1.0-9-lab -k 6.1
6.1.0-1      demo  exists    oci:images:6.1.0-1  sha256:89ed4c2b61fd
6.1.0-9-lab  demo  error     oci:elsewhere:t  elsewhere/oci-layout: not JSON: unexpected end of data at byte 2
6.1          demo  error     kernel '6.1' has no version of three numbers, as in 6.1.0
kml plan: exists: 1, error: 2
kml plan: 2 of 3 cannot be told; the first: kernel 6.1.0-9-lab: elsewhere/oci-layout: not JSON: unexpected end of data at byte 2
[1]
$ kml plan --matrix -k 6.1.0-1 -k 6.1.0-9-lab
kml plan: exists: 1, error: 1
kml plan: 1 of 2 cannot be told; the first: kernel 6.1.0-9-lab: elsewhere/oci-layout: not JSON: unexpected end of data at byte 2
[1]
$ kml plan --json --matrix
kml plan: --json and --matrix together make no sense
[2]

# An archive is a place, too; one that is not there has no images.

$ kml copy -q oci:images:6.1.0-1 oci-archive:images.tar:6.1.0-1
$ printf '[module]\nname = demo\n[kernel a]\nrange = <6.1.0-2\nimage = oci-archive:images.tar:${KERNEL_FULL_VERSION}\n[kernel b]\nregexp = .\nimage = oci-archive:none.tar:x\n' >archive.ini
$ kml plan -c archive.ini -k 6.1.0-1 -k 6.1.0-0 -k 6.2.0
6.1.0-1  demo  exists    oci-archive:images.tar:6.1.0-1  sha256:89ed4c2b61fd
6.1.0-0  demo  missing   oci-archive:images.tar:6.1.0-0  (nothing says how it is made)
6.2.0    demo  missing   oci-archive:none.tar:x  (nothing says how it is made)
kml plan: exists: 1, missing: 2

# A digest names an image as a tag does.

$ printf '[module]\nname = demo\n[kernel a]\nregexp = .\nimage = oci:images@%s\n' $(kml digest oci:images:6.1.0-1) >digest.ini
$ kml plan -c digest.ini -k 6.1.0-1
6.1.0-1  demo  exists    oci:images@sha256:89ed4c2b61fd2147009d2c0da232bf9225a27888a6583249bc22c8b81ad74fc6  sha256:89ed4c2b61fd
kml plan: exists: 1
