# Images between layouts and archives: copy, tags, digest, delete, inspect, extract.  What
# registries do is in tests/system/registry.

$ mkdir in && $KML_SRC/tests/mkko in/a.ko name=a 'vermagic=6.1.0 SMP mod_unload ' && $KML_SRC/tests/mkko in/b.ko name=b depends=a 'vermagic=6.1.0 SMP mod_unload '
$ $KML_SRC/tests/mkko program
$ kml pack -q -n b -m in --kml program -o oci:one:t >digest; echo $?
0
$ kml copy oci:one:t oci:two:u | cmp - digest; kml tags oci:two; kml digest oci:two:u | cmp - digest
u
$ kml copy --json oci:one:t oci:two:v | sed 's/sha256:[0-9a-f]*/DIGEST/; s/"milliseconds":.*/.../'
{"source":"oci:one:t","target":"oci:two:v","digest":"DIGEST","mediaType":"application/vnd.oci.image.manifest.v1+json","blobs":0,"present":3,"mounted":0,"referrers":0,"bytes":0,...
$ kml tags oci:two; kml tags --json oci:two
u
v
{"repository":"two","tags":["u","v"]}
$ kml delete oci:two:v; kml tags oci:two; kml delete oci:two:v
u
kml delete: two: no image "v"
[1]
$ kml inspect --verify oci:two | sed 's/[0-9]* bytes/N bytes/'
4 blobs and documents, N bytes: all right
$ kml copy oci:two:u oci-archive:a.tar:u | cmp - digest; kml tags oci-archive:a.tar; kml copy -q oci-archive:a.tar:u oci:three:w; kml digest oci:three | cmp - digest
u
$ kml copy -q oci:two:u docker-archive:d.tar:org/b:u; kml tags docker-archive:d.tar
org/b:u
$ kml inspect --modules oci:two | sed -n '/^modules/,$p'
modules for 6.1.0
  a b
$ kml extract oci:two:u out /opt/lib/modules/6.1.0/a.ko && cmp out/opt/lib/modules/6.1.0/a.ko in/a.ko && find out -type f
kml extract: 1 files, 736 bytes
out/opt/lib/modules/6.1.0/a.ko

# What cannot be done leaves nothing.

$ kml copy oci:none oci:two
kml copy: none: no such directory
[1]
$ kml copy oci:two:x oci:four:x; ls four
kml copy: two: no image "x"
ls: cannot access 'four': No such file or directory
[2]
$ kml copy oci:two:u scratch
kml copy: scratch is no image that can be copied
[2]
$ kml copy oci:two:u
kml copy: expected: kml copy [OPTION]... SOURCE TARGET
[2]
$ kml copy --all --platform linux/arm64 oci:two:u oci:four
kml copy: --all and --platform or --kernel together make no sense
[2]
$ kml copy --platform linux oci:two:u oci:four
kml copy: --platform linux: it is OS/ARCH or OS/ARCH/VARIANT
[2]
$ kml extract oci:two:u gone /no/such/file; ls gone
kml extract: the image has no "/no/such/file"
ls: cannot access 'gone': No such file or directory
[2]
$ for b in two/blobs/sha256/*; do printf x | dd of=$b bs=1 seek=40 conv=notrunc status=none; done; kml copy oci:two:u oci:four:x 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/'
kml copy: two/blobs/sha256/HEX: the content does not have this digest
$ kml inspect --verify oci:two:u 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/g'
two/blobs/sha256/HEX: the content does not have this digest
kml inspect: two: 1 of 1 blobs and documents are wrong
$ sed -i 's/layer.v1.tar+gzip/layer.v1.tar+gziq/' a.tar; kml copy oci-archive:a.tar:u oci:five 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/'
kml copy: a.tar: sha256:HEX: the content does not have this digest
$ kml login --password-stdin registry.example </dev/null
kml login: --password-stdin needs --username
[2]
$ kml delete registry.example/org/app
kml delete: registry.example/org/app: name the tag or the digest to delete
[2]
$ kml copy oci:three Registry.example/Bad:t
kml copy: Registry.example/Bad:t: "Bad" is no name of a repository (lower-case letters, digits, and single . _ - / between them)
[2]

# What points at an image goes along if it is told to: a document with it as its subject, and
# the tag of a signature.

$ cat >add <<'END'
> # add LAYOUT TAG: the document on stdin, with this tag or, if it is "", none
> cat >doc; h=$(sha256sum <doc | cut -c1-64); n=$(($(wc -c <doc))); mv doc $1/blobs/sha256/$h
> [ "$2" = blob ] || sed -i 's|"manifests":.|&{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:'$h'","size":'$n${2:+',"annotations":{"org.opencontainers.image.ref.name":"'$2'"}'}'},|' $1/index.json
> echo '"digest":"sha256:'$h'","size":'$n
> END
$ kml pack -q -n b -m in --kml program -o oci:s:v >digest; of=$(ls -l s/blobs/sha256/$(cut -c8- digest) | awk '{ print "\"digest\":\"sha256:" substr($NF, 16) "\",\"size\":" $5 }'); e=$(printf '{}' | sh add s blob) l=$(echo signed | sh add s blob); part="\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",$e},\"layers\":[{\"mediaType\":\"text/plain\",$l}]"; echo "{$part,\"subject\":{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",$of}}" | sh add s '' >points; echo "{$part}" | sh add s sha256-$(cut -c8- digest).sig >sig; kml tags oci:s | sed 's/[0-9a-f]\{64\}/HEX/'
sha256-HEX.sig
v
$ kml copy oci:s:v oci:without:v | cmp - digest; kml tags oci:without; ls without/blobs/sha256 | wc -l
v
4
$ kml copy -R --json oci:s oci:with:w | grep -o '"referrers":.'; kml digest oci:with | cmp - digest; kml tags oci:with | sed 's/[0-9a-f]\{64\}/HEX/'; ls with/blobs/sha256 | wc -l; kml inspect --verify oci:with | sed 's/[0-9]* bytes/N bytes/'
"referrers":2
sha256-HEX.sig
w
8
8 blobs and documents, N bytes: all right
$ kml copy -qR oci:with:w oci-archive:r.tar:quay.io/org/app:v1; kml tags oci-archive:r.tar | sed 's/[0-9a-f]\{64\}/HEX/'; kml digest oci-archive:r.tar | cmp - digest
quay.io/org/app:sha256-HEX.sig
quay.io/org/app:v1
$ kml copy -R --json oci-archive:r.tar:quay.io/org/app:v1 oci:again:x | grep -o '"referrers":.'; ls again/blobs/sha256 | wc -l; diff -r with/blobs again/blobs && kml tags oci:again | sed 's/[0-9a-f]\{64\}/HEX/'
"referrers":2
8
sha256-HEX.sig
x
$ kml copy -qR oci:with:w oci:with:w; grep -c mediaType with/index.json; grep -o '"digest"' with/index.json | wc -l
1
3

# Of an index one image, some, or all.

$ d='"mediaType":"application/vnd.oci.image.manifest.v1+json",'$(ls -l s/blobs/sha256/$(cut -c8- digest) | awk '{ print "\"digest\":\"sha256:" substr($NF, 16) "\",\"size\":" $5 }'); echo "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[{$d,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}},{$d,\"platform\":{\"os\":\"linux\",\"architecture\":\"s390x\"}}]}" | sh add s many >index; sed -i 's|\(vnd.oci.image.\)manifest\(.v1+json",'"$(cat index)"'\)|\1index\2|' s/index.json
$ kml copy --platform linux/ppc64le oci:s:many oci:p:x 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/'
kml copy: sha256:HEX: has no image for linux/ppc64le, only for linux/arm64/v8, linux/s390x
$ kml copy --platform linux/s390x --platform linux/arm64/v6 oci:s:many oci:p:x 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/'; ls p
kml copy: s: sha256:HEX: has no image for linux/arm64/v6, only for linux/arm64/v8, linux/s390x
ls: cannot access 'p': No such file or directory
[2]
$ kml copy -q --platform linux/s390x oci:s:many oci:p:x; kml digest oci:p | cmp - digest
$ kml copy -q --all -R oci:s:many oci:p:y; kml digest oci:p:y | grep -o sha256:; grep -c $(kml digest oci:p:y) index; kml tags oci:p | sed 's/[0-9a-f]\{64\}/HEX/'
sha256:
1
sha256-HEX.sig
x
y

# What came by its digest may be named by that, and an index with the tag lists as well.

$ h=$(cut -d: -f3 points | cut -c-64); sed -i 's|\(sha256:'$h'","size":[0-9]*\)},|\1,"annotations":{"org.opencontainers.image.ref.name":"org/app@sha256:'$h'"}},|' s/index.json; kml copy -R --json oci:s:v oci:named:x | grep -o '"referrers":.'
"referrers":2
$ h=$(cut -d: -f3 points | cut -c-64); sed -i 's|org/app@sha256:'$h'|other|' s/index.json; kml copy -R --json oci:s:v oci:named2:x | grep -o '"referrers":.'; echo "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",$(cat points)}]}" | sh add s org/app:sha256-$(cut -c8- digest) >list; sed -i 's|\(vnd.oci.image.\)manifest\(.v1+json",'"$(cat list)"'\)|\1index\2|' s/index.json; kml copy -R --json oci:s:v oci:named3:x | grep -o '"referrers":.'
"referrers":1
"referrers":2
