# extract: the files of an image.  First an image of three layers; the second has a deletion
# (.wh.NAME) and empties a directory (.wh..wh..opq), as container engines write them.

$ mkdir -p 1/etc/app 1/bin 2/etc/app 3/bin && echo one >1/etc/conf && echo old >1/etc/app/old && echo run >1/bin/run && chmod 755 1/bin/run && ln -s run 1/bin/also && ln 1/bin/run 1/bin/twin
$ : >2/etc/.wh.conf && : >2/etc/app/.wh..wh..opq && echo new >2/etc/app/new
$ echo walk >3/bin/walk && chmod 4755 3/bin/walk
$ for n in 1 2 3; do tar -C $n --sort=name --owner=7 --group=8 --mtime=@1000000000 -cf $n.tar $(ls $n); done
$ kml append -q -b scratch -o oci:image:t 1.tar 2.tar 3.tar

# All of it: what an upper layer deletes is not there.

$ kml extract oci:image:t all && (cd all && find . -type f -o -type l | sort)
kml extract: 5 files, 13 bytes
./bin/also
./bin/run
./bin/twin
./bin/walk
./etc/app/new
$ cat all/etc/app/new all/bin/also; [ all/bin/run -ef all/bin/twin ] && stat -c '%a %Y' all/bin/run
new
run
755 1000000000

# Files belong to who unpacks them, and nobody gets rights by them.

$ stat -c '%a %u' all/bin/walk | sed "s/ $(id -u)\$/ me/"
755 me

# Some paths: what is below them comes too.

$ kml extract oci:image:t some /etc/app bin/walk && (cd some && find . | sort)
kml extract: 2 files, 9 bytes
.
./bin
./bin/walk
./etc
./etc/app
./etc/app/new
$ kml extract -q oci:image:t some bin/twin && ls some/bin
twin
walk

# Into a directory that is there: what it has stays, but for files of the same name.  Archives
# are read as they are, and directories are made as the image has them.

$ mkdir mine && echo mine >mine/file && kml copy -q oci:image:t oci-archive:image.tar && kml extract -q oci-archive:image.tar mine && ls mine
bin
etc
file
$ mkdir linked && mkdir elsewhere && ln -s ../elsewhere linked/bin; kml extract oci:image:t linked; ls elsewhere linked
kml extract: linked: bin: is a link there, and a directory in the image
elsewhere:

linked:
bin

# What cannot be unpacked leaves nothing.

$ kml extract oci:image:t gone /etc/conf; ls gone
kml extract: the image has no "/etc/conf"
ls: cannot access 'gone': No such file or directory
[2]
$ kml extract --max-size 0 oci:image:t gone 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/'
kml extract: layer sha256:HEX: unpacks to more than is allowed
$ kml extract oci:image:u gone
kml extract: image: no image "u"
[1]
$ kml extract oci:image:t gone ../etc
kml extract: "../etc" is no path in an image
[2]
$ b=image/blobs/sha256/$(kml digest oci:image:t | cut -c8-); printf x | dd of=$b bs=1 seek=50 conv=notrunc status=none; kml extract oci:image:t gone 2>&1 | sed 's/[0-9a-f]\{64\}/HEX/'; ls gone
kml extract: image/blobs/sha256/HEX: the content does not have this digest
ls: cannot access 'gone': No such file or directory
[2]
