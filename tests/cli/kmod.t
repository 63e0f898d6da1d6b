# What is left to do under the name of kmod itself, by a link or as a word.

$ ln -s "$(command -v kml)" kmod; mkdir -p proc sys/module && echo 'top 4096 0 - Live 0x0' >proc/modules
$ ./kmod
missing command
usage: kmod help|list|static-nodes [OPTION]...

List modules, or the device nodes that stand for them.

  -h, --help                  print this help
  -V, --version               print the version
      --root DIR              resolve every absolute path inside DIR
[1]
$ ./kmod lsmod 2>&1 >/dev/null
invalid command 'lsmod'
[1]
$ ./kmod --version | tail -n 1
+ZSTD +XZ +ZLIB -OPENSSL
$ ./kmod -x
kmod: invalid option -- 'x'
[1]
$ ./kmod --root . list
Module                  Size  Used by
top                     4096  0
$ kml kmod list --root . all
kmod: ERROR: too many arguments provided.
[1]
$ kml kmod help | head -n 1
usage: kmod help|list|static-nodes [OPTION]...

# The nodes below /dev that load a module when they are opened.

$ dir=lib/modules/$(uname -r); mkdir -p $dir; cat >$dir/modules.devname <<'X'
> # Device nodes to trigger on-demand module loading.
> btrfs btrfs-control c10:234
> tun net/tun c10:200
> snd_seq snd/seq c116:1
> snd_timer snd/timer c116:33
> loop loop0 b7:0
> X
$ ./kmod --root . static-nodes --format=tmpfiles --output=/run/tmpfiles.d/static-nodes.conf
$ cat run/tmpfiles.d/static-nodes.conf; ls -A run/tmpfiles.d
c! /dev/btrfs-control 0600 - - - 10:234
d /dev/net 0755 - - -
c! /dev/net/tun 0600 - - - 10:200
d /dev/snd 0755 - - -
c! /dev/snd/seq 0600 - - - 116:1
d /dev/snd 0755 - - -
c! /dev/snd/timer 0600 - - - 116:33
b! /dev/loop0 0600 - - - 7:0
static-nodes.conf
$ kml static-nodes --root . -f devname
btrfs btrfs-control c10:234
tun net/tun c10:200
snd_seq snd/seq c116:1
snd_timer snd/timer c116:33
loop loop0 b7:0
$ kml static-nodes --root . | tail -n 5
Module: loop
	Device node: /dev/loop0
		Type: block device
		Major: 7
		Minor: 0
$ kml static-nodes -f json
static-nodes: Unknown format: 'json'.
[1]

# Nothing gets out of /dev, or means something to who reads it.

$ cat >lib/modules/$(uname -r)/modules.devname <<'X'
> a ../etc/passwd c1:1
> b /abs c1:1
> c x/./y c1:1
> d x//y c1:1
> e a%b c1:1
> f tab	c1:1
> g name c4096:1
> h name c1:1048576
> i name x1:1
> j name c1
> k name c1:1 more
> l
> m good c1:1
> X
$ kml static-nodes --root . -f tmpfiles 2>&1 | sed "s,$(uname -r),KVER,"
static-nodes: ERROR: /lib/modules/KVER/modules.devname:1: the node is not simply a name below /dev
static-nodes: ERROR: /lib/modules/KVER/modules.devname:2: the node is not simply a name below /dev
static-nodes: ERROR: /lib/modules/KVER/modules.devname:3: the node is not simply a name below /dev
static-nodes: ERROR: /lib/modules/KVER/modules.devname:4: the node is not simply a name below /dev
static-nodes: ERROR: /lib/modules/KVER/modules.devname:5: the node is not simply a name below /dev
static-nodes: ERROR: /lib/modules/KVER/modules.devname:7: not of the form MODULE NODE cMAJOR:MINOR
static-nodes: ERROR: /lib/modules/KVER/modules.devname:8: not of the form MODULE NODE cMAJOR:MINOR
static-nodes: ERROR: /lib/modules/KVER/modules.devname:9: not of the form MODULE NODE cMAJOR:MINOR
static-nodes: ERROR: /lib/modules/KVER/modules.devname:10: not of the form MODULE NODE cMAJOR:MINOR
static-nodes: ERROR: /lib/modules/KVER/modules.devname:11: not of the form MODULE NODE cMAJOR:MINOR
static-nodes: ERROR: /lib/modules/KVER/modules.devname:12: not of the form MODULE NODE cMAJOR:MINOR
c! /dev/tab 0600 - - - 1:1
c! /dev/good 0600 - - - 1:1
$ kml static-nodes --root . >/dev/null 2>&1
[1]
$ kml static-nodes --root . -o /proc/modules/x 2>&1 | tail -n 1
static-nodes: ERROR: /proc/modules/x: Not a directory
$ rm -r lib; kml static-nodes --root . 2>&1 | sed "s,$(uname -r),KVER,"
Warning: /lib/modules/KVER/modules.devname not found - ignoring
