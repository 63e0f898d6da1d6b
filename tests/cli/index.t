# index.t - kml index: images for several machines or kernels under one name.

$ mkdir files && echo hello >files/greeting
$ for m in amd64 arm64/v8; do kml append -q -b scratch -p linux/$m -o oci:images:${m%/*} files; done
$ kml index -o oci:images:all --annotation maker=me oci:images:amd64 oci:images:arm64
sha256:d7c7093b6f371f35106a8c4bdcb1f16eedb85b69b795ddf658cb4d4526c6b254
$ kml inspect oci:images:all
name      oci:images:all
digest    sha256:d7c7093b6f371f35106a8c4bdcb1f16eedb85b69b795ddf658cb4d4526c6b254
type      application/vnd.oci.image.index.v1+json
images
  sha256:5b76b2184edab8e976d31d5e95a160ace59f9e970aed4f1391d379e81f52ff29  401 bytes  linux/amd64
  sha256:dde579dde1952cf28cce9293768f2a6b218e9143a36e6c37908b4e3e2eb6975e  401 bytes  linux/arm64/v8
$ grep -o '"annotations":{"maker[^}]*}' images/blobs/sha256/$(kml digest oci:images:all | cut -c8-)
"annotations":{"maker":"me"}

# Readers take the one for their machine.

$ kml copy -q -p linux/arm64 oci:images:all oci:other:arm && [ "$(kml digest oci:other:arm)" = "$(kml digest oci:images:arm64)" ] && echo the same
the same

# More to an index: what is for the same machine is replaced.

$ echo again >files/greeting && kml append -q -b scratch -p linux/amd64 -o oci:images:new files && kml index -q --append -o oci:images:all oci:images:new && kml inspect oci:images:all | grep -c linux/
2
$ kml inspect oci:images:all | grep -c $(kml digest oci:images:new)
1

$ kml index -q --append -o oci:images:all --annotation b=2 oci:images:new && grep -o '"annotations":{"maker[^}]*}' images/blobs/sha256/$(kml digest oci:images:all | cut -c8-)
"annotations":{"maker":"me","b":"2"}

# What else the target has stays: the same hardware with another version of its system, what is no image.

$ D=$(kml digest oci:images:new); kml digest oci:images:arm64 >arm; printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":401,"annotations":{"a":"b"},"platform":{"architecture":"amd64","os":"linux","os.version":"9"}},{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":401,"platform":{"architecture":"unknown","os":"unknown"}}]}' $D $(kml digest oci:images:amd64) >doc; N=$(sha256sum <doc | cut -c1-64); cp doc images/blobs/sha256/$N; printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"odd"}}]}' $N $(wc -c <doc) >images/index.json.new; cp images/index.json saved; cp images/index.json.new images/index.json
$ kml index -q --append -o oci:images:odd oci:images@$(cat arm) && cat images/blobs/sha256/$(kml digest oci:images:odd | cut -c8-) | tr '{' '\n' | grep -c 'unknown\|os.version\|"a":"b"'
3
$ rm images/index.json.new; cp saved images/index.json

# Images for several kernels: kml load takes that for its own.

$ mkdir a b && for n in a b; do $KML_SRC/tests/mkko $n/$n.ko name=$n "vermagic=6.1.0-$n SMP mod_unload "; done; $KML_SRC/tests/mkko program
$ for n in a b; do kml pack -q -n $n -o oci:kmod:$n --kml program -m $n; done; kml index -q -o oci:kmod:t oci:kmod:a oci:kmod:b
sha256:3608f6fe6e28532fd7a457a677ab30abd91ae7e7414254326842bc0229fe7ccb
sha256:b8709b5c85bff614ccd1ee2d1488927dcf4121df4207aabc019fdc5736ecfbaa
$ grep -o '"os.version":"[^"]*"' kmod/blobs/sha256/$(kml digest oci:kmod:t | cut -c8-)
"os.version":"6.1.0-a"
"os.version":"6.1.0-b"
$ kml append -q --all -b oci:kmod:t -o oci:kmod:more files && kml inspect oci:kmod:more | grep -c linux/amd64
2

# What is not done.

$ kml index -o oci:images:x oci:images:amd64 oci:images:new
kml index: oci:images:amd64 and oci:images:new are both for linux/amd64: readers would only see one of them
[1]
$ kml index -o oci:images:x oci:images:none
kml index: images: no image "none"
[1]
$ kml index oci:images:amd64
kml index: where to? say -o REF
[2]
$ kml index -o docker-archive:x.tar:a/b:c oci:images:amd64 oci:images:arm64
kml index: x.tar: a docker-archive holds images for one platform; say which, or write an oci-archive
[1]
