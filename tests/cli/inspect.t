# inspect: what an image is, what is in it, and whether it is whole.

$ mkdir m && $KML_SRC/tests/mkko m/a.ko name=a 'vermagic=6.1.0 SMP mod_unload ' && $KML_SRC/tests/mkko m/b.ko name=b depends=a 'vermagic=6.1.0 SMP mod_unload '
$ $KML_SRC/tests/mkko program && kml pack -q -n b -m m --kml program -o oci:images:amd64
sha256:f21b4c87d5462ec3e070b2fdabe5dc53209186c03839599f74e3a0c2e76feacc
$ kml inspect oci:images:amd64
name      oci:images:amd64
digest    sha256:f21b4c87d5462ec3e070b2fdabe5dc53209186c03839599f74e3a0c2e76feacc
type      application/vnd.oci.image.manifest.v1+json
platform  linux/amd64
created   1970-01-01T00:00:00Z
size      1479 bytes in 2 layers
labels
  io.kml.kernel=6.1.0
  org.opencontainers.image.title=b
layers
  sha256:99ba3cd88f8b2512dd2549524be7201a413a5c981d043f4521a70d15409defdc  582 bytes  vnd.oci.image.layer.v1.tar+gzip
    diff_id sha256:cac2ede9a5794e3d3507b4a17ce6f7ad101cae94e0f9a85881c3d1ca6592c671
  sha256:2108e65b92154f9a46ed28834c03dd9c90a9bd021f8f761b761bdc24516823bd  897 bytes  vnd.oci.image.layer.v1.tar+gzip
    diff_id sha256:8eae9e3e9390be40d360f5e6e69f6ac54d5a011215669bd4a7140a625f773d59
    io.kml.kernel=6.1.0
history
  1970-01-01T00:00:00Z  kml pack: kml
  1970-01-01T00:00:00Z  kml pack: modules

# The same for a program, the documents as they are, byte for byte.

$ kml inspect --json oci:images:amd64 | tr , '\n' | head -12
{"name":"oci:images:amd64"
"digest":"sha256:f21b4c87d5462ec3e070b2fdabe5dc53209186c03839599f74e3a0c2e76feacc"
"type":"application/vnd.oci.image.manifest.v1+json"
"os":"linux"
"architecture":"amd64"
"created":"1970-01-01T00:00:00Z"
"size":1479
"labels":{"io.kml.kernel":"6.1.0"
"org.opencontainers.image.title":"b"}
"layers":[{"digest":"sha256:99ba3cd88f8b2512dd2549524be7201a413a5c981d043f4521a70d15409defdc"
"type":"application/vnd.oci.image.layer.v1.tar+gzip"
"size":582
$ kml inspect --raw oci:images:amd64 | sha256sum | cut -c-64; kml digest oci:images:amd64
f21b4c87d5462ec3e070b2fdabe5dc53209186c03839599f74e3a0c2e76feacc
sha256:f21b4c87d5462ec3e070b2fdabe5dc53209186c03839599f74e3a0c2e76feacc
$ kml inspect --config oci:images:amd64 | tr , '\n' | head -4
{"created":"1970-01-01T00:00:00Z"
"architecture":"amd64"
"os":"linux"
"config":{"Env":["PATH=/usr/bin"]

# Which kernel modules are in it.

$ kml inspect --modules oci:images:amd64 | sed -n '/^modules/,$p'
modules for 6.1.0
  a b

# An index: all of it, or what is for one platform.

$ tar -cf m.tar --sort=name --owner=0 --group=0 --mtime=@0 m && kml append -q -b scratch -p linux/arm64 -o oci:images:arm64 m.tar
$ kml index -o oci:images:all oci:images:amd64 oci:images:arm64
sha256:88d752ae34ebbe21698c7ed970a5a3b46f43a904a8a4366b8eb9a01a34f92fdd
$ kml inspect oci:images:all
name      oci:images:all
digest    sha256:88d752ae34ebbe21698c7ed970a5a3b46f43a904a8a4366b8eb9a01a34f92fdd
type      application/vnd.oci.image.index.v1+json
images
  sha256:f21b4c87d5462ec3e070b2fdabe5dc53209186c03839599f74e3a0c2e76feacc  595 bytes  linux/amd64  kernel 6.1.0
  sha256:c52f773d045c50b054b50b4f1ccc03ff1eb0962b20389d97f397d6dd152793a5  401 bytes  linux/arm64
$ kml inspect -p linux/arm64 oci:images:all
name      oci:images:all
digest    sha256:c52f773d045c50b054b50b4f1ccc03ff1eb0962b20389d97f397d6dd152793a5
type      application/vnd.oci.image.manifest.v1+json
platform  linux/arm64
created   1970-01-01T00:00:00Z
size      433 bytes in 1 layers
layers
  sha256:d3f57939c626817a707d87ade7b555b5497d7b72e55b48d47ee1e9758be321ff  433 bytes  vnd.oci.image.layer.v1.tar+gzip
    diff_id sha256:1a40f130097154f7628bd39d9d2f23adc01aca843dc3c4d1729d3681fe732f96
history
  1970-01-01T00:00:00Z  kml append: m.tar
$ kml inspect -p linux/s390x oci:images:all
kml inspect: sha256:88d752ae34ebbe21698c7ed970a5a3b46f43a904a8a4366b8eb9a01a34f92fdd: has no image for linux/s390x, only for linux/amd64 and kernel 6.1.0, linux/arm64
[1]

# Is it whole?  Of one image, or of everything that is in a layout.

$ kml inspect --verify oci:images:amd64
4 blobs and documents, 2618 bytes: all right
$ kml inspect --verify oci:images
8 blobs and documents, 4280 bytes: all right
$ kml copy -q oci:images:amd64 oci-archive:a.tar:x && kml inspect --verify oci-archive:a.tar
4 blobs and documents, 2618 bytes: all right
$ b=images/blobs/sha256/$(kml inspect --raw oci:images:arm64 | grep -o 'sha256:[0-9a-f]*' | tail -1 | cut -c8-); truncate -s -1 $b; kml inspect --verify oci:images 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/'
images: layer sha256:HEX: the content does not have this digest
kml inspect: images: 1 of 8 blobs and documents are wrong
$ rm images/blobs/sha256/$(kml inspect --raw oci:images:arm64 | grep -o 'sha256:[0-9a-f]*' | tail -1 | cut -c8-); kml inspect --verify oci:images 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/'; kml inspect --verify oci:images:amd64
images: layer sha256:HEX: images/blobs/sha256/d3f57939c626817a707d87ade7b555b5497d7b72e55b48d47ee1e9758be321ff: No such file or directory
kml inspect: images: 1 of 8 blobs and documents are wrong
4 blobs and documents, 2618 bytes: all right

# What there is none of.

$ kml inspect oci:images:none
kml inspect: images: no image "none"
[1]
$ kml inspect oci:none
kml inspect: none: no such directory
[1]
$ kml inspect oci:images
kml inspect: images: holds 3 images; name one: oci:images:TAG
[1]
$ kml inspect
kml inspect: expected: kml inspect [OPTION]... REF
[2]

# What is quoted in a message does not control the terminal.

$ kml inspect "$(printf 'oci:no\033[31m')"
kml inspect: no\x1b[31m: no such directory
[1]
