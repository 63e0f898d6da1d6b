# Many images in one file.  What comes from registries is in tests/system/bundle.

$ mkdir in && $KML_SRC/tests/mkko program && $KML_SRC/tests/mkko in/a.ko name=a 'vermagic=6.1.0 SMP mod_unload '
$ for v in 1 2; do echo $v >in/fw; kml pack -q -n a -m in/a.ko -f in --kml program -o oci:l:quay.io/org/app:$v; done >digests; kml tags oci:l
quay.io/org/app:1
quay.io/org/app:2
$ kml bundle -o b.tar --lock lock.json oci:l:quay.io/org/app:2 oci:l:quay.io/org/app:1 | sed 's/[0-9a-f]\{64\}/HEX/'
quay.io/org/app:1 sha256:HEX 3.2 kB linux/amd64
quay.io/org/app:2 sha256:HEX 3.2 kB linux/amd64
$ kml bundle --list b.tar | cut -d' ' -f2 | cmp - digests; kml bundle --json --list b.tar | tr -d '\n' | cmp - lock.json
$ tar -xOf b.tar kml.lock | cmp - lock.json; sed 's/[0-9a-f]\{64\}/HEX/g; s/"images":.\|},/&\n/g' lock.json; echo
{"version":1,"images":[
{"reference":"quay.io/org/app:1","digest":"sha256:HEX","mediaType":"application/vnd.oci.image.manifest.v1+json","size":789,"bytes":3235,"platforms":["linux/amd64"],"referrers":0},
{"reference":"quay.io/org/app:2","digest":"sha256:HEX","mediaType":"application/vnd.oci.image.manifest.v1+json","size":789,"bytes":3235,"platforms":["linux/amd64"],"referrers":0}]}

# Every blob is in it once, and the same images give the same file.

$ tar -tf b.tar | sort | uniq -d; ls l/blobs/sha256 | wc -l; tar -tf b.tar | grep -c blobs/
8
8
$ kml bundle -q -o c.tar oci-archive:b.tar:quay.io/org/app:1 oci:l:quay.io/org/app:2 oci:l:quay.io/org/app:2; cmp b.tar c.tar; ls
b.tar
c.tar
digests
in
l
lock.json
program
$ kml copy oci-archive:b.tar:quay.io/org/app:2 oci:out:x >copied; tail -n 1 digests | cmp - copied; kml inspect --verify oci:out | sed 's/[0-9]* bytes/N bytes/'
5 blobs and documents, N bytes: all right
$ tar -xOf b.tar index.json | grep -o '"[^"]*name":"[^"]*"'; tar -xOf b.tar manifest.json | grep -o '"RepoTags":[^]]*'
"io.containerd.image.name":"quay.io/org/app:1"
"org.opencontainers.image.ref.name":"quay.io/org/app:1"
"io.containerd.image.name":"quay.io/org/app:2"
"org.opencontainers.image.ref.name":"quay.io/org/app:2"
"RepoTags":["quay.io/org/app:1"
"RepoTags":["quay.io/org/app:2"

# A run that was broken off is taken up: what it has is not read again.

$ cp -r l lacks; rm lacks/$(tar -tf b.tar | sed -n 2p); kml bundle -q -o p.tar oci:lacks:quay.io/org/app:1 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/g'
kml bundle: blob sha256:HEX: lacks/blobs/sha256/HEX: No such file or directory
$ head -c $(($(stat -c %s b.tar) - 6000)) b.tar >p.tar.partial; kml bundle -q -o p.tar oci:l:quay.io/org/app:2 oci:lacks:quay.io/org/app:1 && cmp p.tar b.tar; ls p.tar*
p.tar
$ kml bundle -q -o no.tar oci:l:quay.io/org/app:1 oci:l:quay.io/org/app:9; ls no.tar
kml bundle: l: no image "quay.io/org/app:9"
ls: cannot access 'no.tar': No such file or directory
[2]

# What makes no sense.

$ kml bundle oci:l:quay.io/org/app:1
kml bundle: -o FILE writes a bundle, --list FILE says what is in one
[2]
$ kml bundle -o no.tar
kml bundle: there is no image to take; name some, or --all or -k KVER of a kml.ini
[2]
$ kml bundle -o no.tar oci:l:quay.io/org/app:1 oci-archive:b.tar:quay.io/org/app:1
kml bundle: oci:l:quay.io/org/app:1 and oci-archive:b.tar:quay.io/org/app:1 have the same name
[2]
$ kml bundle -o no.tar oci:l
kml bundle: oci:l: name an image in it by its tag
[2]
$ kml copy -q oci:out oci-archive:one.tar; kml bundle --list one.tar
kml bundle: one.tar: has no kml.lock
[1]
$ cat >kml.ini <<'END'
> [module]
> name  = a
> image = oci:images:${KERNEL_FULL_VERSION}
> [kernel all]
> regexp = .
> END
$ kml bundle -o no.tar --all
kml bundle: warning: kml.ini:4: [kernel all] has an image for each kernel; say for which with -k
kml bundle: there is no image to take; name some, or --all or -k KVER of a kml.ini
[2]
$ kml bundle -o no.tar -k 6.1.0
kml bundle: kml.ini: oci:images:6.1.0: an image that is a file needs no bundle
[2]

# A bundle comes from outside, too.

$ printf '{"schemaVersion":2,"manifests":[]}' >index.json; printf '{"imageLayoutVersion":"1.0.0"}' >oci-layout
$ for i in '7' '{"reference":"a\u001b[2J\u001b","digest":"sha256:00","bytes":1}' '{"reference":"a:1","digest":"sha256:\u001b00","bytes":1}' '{"reference":"a:1","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","bytes":-1}' '{"reference":"a:1","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","bytes":1234,"platforms":[7,"x\u001b\u009by"]}'; do echo "{\"images\":[$i]}" >kml.lock; tar -cf evil.tar oci-layout index.json kml.lock; kml bundle --list evil.tar 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/' | cat -v; done
kml bundle: kml.lock: images[0]: "reference" is missing
kml bundle: kml.lock: images[0]: "a [2J" is no tag (letters, digits, . _ -)
kml bundle: kml.lock: images[0]: "sha256: 00" is no digest (sha256: and 64 lower-case hex digits)
kml bundle: kml.lock: images[0]: "bytes" is -1, not a whole number of 0 to 2^63-1
a:1 sha256:HEX 1.2 kB x  y
