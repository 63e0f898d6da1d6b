# What would be loaded on this machine, and from where; nothing of it touches the kernel.

$ KVER=$(uname -r) && echo "$KVER" >kver && mkdir in && $KML_SRC/tests/mkko program && for n in a b; do $KML_SRC/tests/mkko in/$n.ko name=$n srcversion=S$n "vermagic=$KVER SMP mod_unload "; done
$ $KML_SRC/tests/mkko in/a.ko name=a depends=b srcversion=Sa "vermagic=$(cat kver) SMP mod_unload " && mkdir fw && echo microcode >fw/chip.bin
$ kml pack --kml program -n a -m in -f fw -o oci:images:good >good && echo done
done
$ cat >kml.ini <<'END'
> [module]
> name = a
> parameters = debug=1
> replaces = old_a
> firmware = /firmware
> image = oci:images:good
> [kernel all]
> regexp = .
> END
$ kml load -n
oci:images:good b
oci:images:good a debug=1
$ kml load -n --json | sed "s/$(cat kver)/KVER/g; s/$(cat good)/DIGEST/"
[{"name":"a","kernel":"KVER","rule":"all","image":"oci:images:good","digest":"DIGEST","replaces":["old_a"],"modules":[{"name":"b","file":"opt/lib/modules/KVER/b.ko","parameters":"","from":"image"},{"name":"a","file":"opt/lib/modules/KVER/a.ko","parameters":"debug=1","from":"image"}],"firmware":["chip.bin"]}]

# Archives, beside the kml.ini wherever kml is run.

$ kml copy -q oci:images:good oci-archive:one.tar:good && kml copy -q oci:images:good docker-archive:two.tar:a:good
$ sed 's/oci:images/oci-archive:one.tar/' kml.ini >one.ini && sed 's/oci:images:good/docker-archive:two.tar:a:good/' kml.ini >two.ini
$ mkdir elsewhere && cd elsewhere && for f in one two; do kml load -n -c ../$f.ini || exit; done
oci-archive:one.tar:good b
oci-archive:one.tar:good a debug=1
docker-archive:two.tar:a:good b
docker-archive:two.tar:a:good a debug=1

# By a lock nothing but the digest counts.

$ kml lock -c kml.ini -o kml.lock; kml pack --kml program -n b -m in/b.ko -o oci:images:good >/dev/null; kml load -n 2>&1 | sed "s/$(cat kver)/KVER/"
kml lock: exists: 1
kml lock: kml.lock: 1 locked
kml load: image oci:images:good: the image has no module a for kernel KVER
$ kml load -n --locked kml.lock
oci:images:good b
oci:images:good a debug=1
$ sed 's/"srcversion":"Sb"/"srcversion":"Sx"/' kml.lock >bad.lock && kml load -n --locked bad.lock 2>&1 | sed 's/sha256:[0-9a-f]*/DIGEST/; s/lib.modules.[^ ]*.b.ko/FILE/'
kml load: image oci:images:good (DIGEST) is not what the lock says: opt/FILE has srcversion 'Sb', not 'Sx'
$ sed 's/,{"name":"b","file":[^}]*}//' kml.lock >bad.lock && kml load -n --locked bad.lock 2>&1 | sed 's/sha256:[0-9a-f]*/DIGEST/'
kml load: image oci:images:good (DIGEST) is not what the lock says: has 2 modules, not 1
$ sed 's/{"name":"b","file":[^}]*}/{"name":"a"}/; s/\({"name":"a","file":[^}]*}\),{"name":"a"}/\1,\1/' kml.lock >bad.lock && kml load -n --locked bad.lock 2>&1 | sed 's/sha256:[0-9a-f]*/DIGEST/'
kml load: image oci:images:good (DIGEST) is not what the lock says: does not have a twice
$ sed 's/"size":/"size":1/' kml.lock >bad.lock && kml load -n --locked bad.lock 2>&1 | sed 's/sha256:[0-9a-f]*/DIGEST/; s/has [0-9]* bytes/has N bytes/; s/not [0-9][0-9]*/not M/'
kml load: image oci:images:good (DIGEST) is not what the lock says: has N bytes to fetch, not M
$ sed 's/"size":/"verify":"yes","size":/' kml.lock >bad.lock && kml load -n --locked bad.lock
kml load: bad.lock: entry 1: a key that this kml does not know: write the lock anew with `kml lock`
[1]
$ sed 's/"vermagic":"[^"]*"/"vermagic":"5.1"/' kml.lock >bad.lock && kml load -n --locked bad.lock 2>&1 | sed 's/sha256:[0-9a-f]*/DIGEST/'
kml load: image oci:images:good (DIGEST) is not what the lock says: a has another vermagic than '5.1'
$ sed "s/\"kernel\":\"$(cat kver)\"/\"kernel\":\"5.1\"/" kml.lock >bad.lock && kml load -n --locked bad.lock 2>&1 | sed "s/$(cat kver)/KVER/"
kml load: bad.lock: has no entry for kernel KVER
$ rm -r images && kml load -n --locked kml.lock 2>&1 | sed 's/sha256:[0-9a-f]*/DIGEST/'
kml load: image oci:images:good is not there: images: no such directory

# What cannot be had has its status.

$ printf '[module]\nname = a\nimage = localhost:1/drv:one\n[kernel all]\nregexp = .\n' >down.ini && kml load -n -c down.ini
kml load: image localhost:1/drv:one: GET https://localhost:1/v2/drv/manifests/one: cannot connect to localhost port 1: Connection refused
[5]
$ kml load -n -c one.ini --store nowhere && ls nowhere
oci-archive:one.tar:good b
oci-archive:one.tar:good a debug=1
ls: cannot access 'nowhere': No such file or directory
[2]
$ kml load --json
kml load: --json is for -n
[2]
$ kml load -n --locked none.lock
kml load: none.lock: No such file or directory
[1]
$ printf '[module]\nname = a\nimage = oci:images:x\n[kernel no]\nliteral = 1.2\n' >none.ini && kml load -n -c none.ini 2>&1 | sed "s/$(cat kver)/KVER/"
kml load: none.ini: no rule covers kernel KVER; tried: no (literal 1.2)
