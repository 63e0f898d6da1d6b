# append.t - kml append: layers on an image.

# A directory is a layer: sorted, owned by root, of no time, and so always the same.

$ mkdir -p files/opt/app && echo hello >files/opt/app/greeting && ln files/opt/app/greeting files/opt/app/again && ln -s greeting files/opt/app/link
$ kml append -b scratch -p linux/amd64 -o oci:images:base --label maker=me --env LANG=C --cmd /opt/app/run files
sha256:027af88042a73534521344ee60e16de318efbb503ac8f5d97fcd45590b315274
$ touch -d 2001-02-03 files/opt/app/greeting && kml append -q -b scratch -p linux/amd64 -o oci:images:same --label maker=me --env LANG=C --cmd /opt/app/run files; kml digest oci:images:same
sha256:027af88042a73534521344ee60e16de318efbb503ac8f5d97fcd45590b315274
$ kml inspect oci:images:base | grep -v sha256
name      oci:images:base
type      application/vnd.oci.image.manifest.v1+json
platform  linux/amd64
created   1970-01-01T00:00:00Z
size      221 bytes in 1 layers
labels
  maker=me
layers
history
  1970-01-01T00:00:00Z  kml append: files
$ kml extract -q oci:images:base out && ls out/opt/app && cat out/opt/app/link
again
greeting
link
hello

# Archives are layers as they are; what the base says stays, but for what is given.

$ mkdir more && echo bye >more/bye && tar --owner=0 --group=0 --numeric-owner --mtime=@0 --sort=name -C more -cf more.tar bye && gzip -nk more.tar
$ kml append -b oci:images:base -o oci:images:more --label version=2 --env LANG=en more.tar.gz
sha256:79f7448a42dfcae213141d21c92add9f2a8cb9daaa08b153e6c045a4b0a280a7
$ ls images/blobs/sha256 | grep -c $(sha256sum <more.tar.gz | cut -c1-64)
1
$ kml inspect oci:images:more | grep -v 'sha256\|created'
name      oci:images:more
type      application/vnd.oci.image.manifest.v1+json
platform  linux/amd64
size      322 bytes in 2 layers
labels
  maker=me
  version=2
layers
history
  1970-01-01T00:00:00Z  kml append: files
  1970-01-01T00:00:00Z  kml append: more.tar.gz
$ kml append -b oci:images:more -o oci:images:tar --json more.tar | tr ',' '\n' | grep -v digest
{"image":"oci:images:tar"
"mediaType":"application/vnd.oci.image.manifest.v1+json"
"blobs":2
"present":2
"mounted":0
"referrers":0
"bytes":753}

# The layers of another image; an operand that is a file is that.

$ mkdir m && $KML_SRC/tests/mkko m/a.ko name=a 'vermagic=6.1.0-56-cloud-amd64 SMP mod_unload ' && $KML_SRC/tests/mkko program
$ kml pack -q -n a -o oci:kmod:a --kml program -m m
sha256:137dd0319632249af1107cc7a04ef7778bb63f7e781c3f02a232f21de4105c56
$ kml append -q -b oci:images:base -o oci:images:driver oci:kmod:a && kml inspect oci:images:driver | grep -A9 history
history
  1970-01-01T00:00:00Z  kml append: files
  1970-01-01T00:00:00Z  kml pack: kml
  1970-01-01T00:00:00Z  kml pack: modules

# A directory in the place of a link of the base: the names go to where the link leads.

$ mkdir -p merged/usr/lib && ln -s usr/lib merged/lib && touch merged/usr/lib/loader && kml append -q -b scratch -p linux/amd64 -o oci:images:merged merged
$ mkdir -p driver/lib/modules && echo ko >driver/lib/modules/a.ko && kml append -q -b oci:images:merged -o oci:images:fits driver
$ kml extract -q oci:images:fits fits && find fits | sort
fits
fits/lib
fits/usr
fits/usr/lib
fits/usr/lib/loader
fits/usr/lib/modules
fits/usr/lib/modules/a.ko

# What is not done.

$ kml append -b oci:images:base files
kml append: where to? say -o REF
[2]
$ kml append -o oci:images:x files
kml append: on which image? say -b REF, or -b scratch
[2]
$ kml append -b oci:images:base -o oci:images:x no-such
kml append: no-such: No such file or directory
[1]
$ kml append -b oci:images:none -o oci:images:x files
kml append: images: no image "none"
[1]
$ kml append -b oci:images:base -o oci:images:x --label novalue files
kml append: "novalue" is not KEY=VALUE
[2]
$ kml append -b oci:images:base -p linux/s390x -a -o oci:images:x files
kml append: --all and --platform or --kernel together make no sense
[2]
$ echo text >text && kml append -b scratch -o oci:images:x text
kml append: text: layer sha256:19b6432d0051e4bd8e7b6bb34ee84d87843d07802256939a87d758a21226cd56: no tar archive, or one that is cut short
[1]
$ mkfifo files/pipe && kml append -b scratch -o oci:images:x files
kml append: files/pipe: neither a file nor a directory nor a link
[2]
$ rm files/pipe && touch files/.wh.gone && kml append -b scratch -o oci:images:x files
kml append: ".wh.gone" would be a deletion
[1]
$ kml digest oci:images:x
kml digest: images: no image "x"
[1]
