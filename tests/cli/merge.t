# merge.t - kml merge and kml squash: one image of many, few layers of many.

$ mkdir a b && for n in a b; do $KML_SRC/tests/mkko $n/$n.ko name=$n "vermagic=6.1.0-$n SMP mod_unload "; done; $KML_SRC/tests/mkko program
$ for n in a b; do kml pack -q -n $n -o oci:kmod:$n --kml program --label maker=me -m $n; done
sha256:35a4cbf097634a5bfb24527557660a6904ad533f41e0e5d9ef356d63f45db708
sha256:6faeba99687eebcb68df9c9303d05f41cefe54fd874d07a94f0d89c2ebbe1a35

# By layers: what both have comes once, and each layer goes on saying which kernel it is for.

$ kml merge -o oci:kmod:both oci:kmod:a oci:kmod:b
sha256:b7da0c50e5f752e0073d71e520e3c1e43b75a7728e9982d223609cffe3345db6
$ kml inspect oci:kmod:both | grep -v sha256
name      oci:kmod:both
type      application/vnd.oci.image.manifest.v1+json
platform  linux/amd64
created   1970-01-01T00:00:00Z
size      2191 bytes in 3 layers
labels
  maker=me
layers
    io.kml.kernel=6.1.0-a
    io.kml.kernel=6.1.0-b
history
  1970-01-01T00:00:00Z  kml pack: kml
  1970-01-01T00:00:00Z  kml pack: modules
  1970-01-01T00:00:00Z  kml pack: modules

# By files: the same in one layer.

$ kml merge -q --by files -o oci:kmod:files oci:kmod:a oci:kmod:b && kml inspect oci:kmod:files | grep -v sha256
name      oci:kmod:files
type      application/vnd.oci.image.manifest.v1+json
platform  linux/amd64
created   1970-01-01T00:00:00Z
size      1482 bytes in 1 layers
labels
  maker=me
layers
history
  1970-01-01T00:00:00Z  kml merge: 3 layers
$ kml extract -q oci:kmod:both x && kml extract -q oci:kmod:files y && diff -r x y && find y -name '*.ko' | sort
y/opt/lib/modules/6.1.0-a/a.ko
y/opt/lib/modules/6.1.0-b/b.ko

# A name that is another thing in two images.

$ mkdir -p one/etc two/etc && echo 1 >one/etc/conf && echo 2 >two/etc/conf && for n in one two; do kml append -q -b scratch -p linux/amd64 -o oci:kmod:$n $n; done
$ kml merge --by files -o oci:kmod:no oci:kmod:one oci:kmod:two
kml merge: "etc/conf" is another in oci:kmod:one than in oci:kmod:two; which one is right? With --last-wins the later image's is taken
[1]
$ kml merge -q --by files --last-wins -o oci:kmod:last oci:kmod:one oci:kmod:two && kml extract -q oci:kmod:last z && cat z/etc/conf
2
$ kml merge -q -o oci:kmod:stacked oci:kmod:one oci:kmod:two && kml extract -q oci:kmod:stacked w && cat w/etc/conf
2

# Squash: what an upper layer deletes or replaces is in no layer.

$ mkdir -p up/etc && touch up/etc/new && tar -C up -cf up.tar etc/new --transform 's,new,.wh.conf,' 2>/dev/null; kml append -q -b oci:kmod:one -o oci:kmod:gone up.tar && kml squash -q oci:kmod:gone oci:kmod:small && kml extract -q oci:kmod:small v && find v | sort
v
v/etc
$ kml inspect oci:kmod:small | grep -A9 layers | grep -v sha256
size      88 bytes in 1 layers
layers
history
  1970-01-01T00:00:00Z  kml squash: 1 layer

# As many layers as are asked for; those that stay alone stay as they are.

$ for n in 1 2 3 4; do mkdir -p l$n/opt && head -c 600000 /dev/zero | tr '\0' "$n" | sha256sum >l$n/opt/$n; done; kml append -q -b scratch -p linux/amd64 -o oci:many:t l1 l2 l3 l4
$ kml squash -q -n 2 oci:many:t oci:many:two && kml inspect oci:many:two | grep -A4 history
history
  1970-01-01T00:00:00Z  kml squash: 2 layers
  1970-01-01T00:00:00Z  kml squash: 2 layers
$ kml squash -q -n 4 oci:many:t oci:many:four && kml inspect oci:many:four | grep -A4 history
history
  1970-01-01T00:00:00Z  kml append: l1
  1970-01-01T00:00:00Z  kml append: l2
  1970-01-01T00:00:00Z  kml append: l3
  1970-01-01T00:00:00Z  kml append: l4

# What was deleted does not come back where an upper layer only has something below it.

$ mkdir -m 700 -p s1/d && echo 1 >s1/d/1 && echo f >s1/f && mkdir -p s3/d s3/f && echo x >s3/d/x && echo x >s3/f/x && touch .wh.d .wh.f
$ tar cf s1.tar -C s1 d f && tar cf s2.tar .wh.d .wh.f && tar cf s3.tar -C s3 d/x f/x && kml append -q -b scratch -p linux/amd64 -o oci:gone:t s1.tar s2.tar s3.tar
$ kml squash -q oci:gone:t oci:gone:s && kml extract -q oci:gone:s u && (cd u && find . | sort)
.
./d
./d/x
./f
./f/x

# A layer that comes twice in an image does so in what is merged of it.

$ kml append -q -b oci:kmod:one -o oci:kmod:twice up.tar one && kml merge -q -o oci:kmod:again oci:kmod:twice oci:kmod:b && kml extract -q oci:kmod:again u && cat u/etc/conf
1

# What is not done.

$ kml merge -o oci:kmod:x --by names oci:kmod:a
kml merge: --by names: it is layers or files
[2]
$ kml merge -o oci:kmod:x --last-wins oci:kmod:a
kml merge: layers are stacked as they are: --last-wins, -n and --max-size need --by files
[2]
$ kml squash -n 126 oci:kmod:a oci:kmod:x
kml squash: -n: from 1 to 125 layers
[2]
$ kml squash oci:kmod:a
kml squash: where to? say -o REF
[2]
$ kml squash oci:kmod:none oci:kmod:x
kml squash: kmod: no image "none"
[1]
$ kml append -q -b scratch -p linux/arm64 -o oci:kmod:arm one && kml merge -o oci:kmod:x oci:kmod:one oci:kmod:arm
kml merge: oci:kmod:arm: is for linux/arm64, and oci:kmod:one for linux/amd64
[1]
$ ls -A kmod
blobs
index.json
oci-layout
