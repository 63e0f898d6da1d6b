# kmod static-nodes: the device nodes that stand for modules.

$ kmod static-nodes
| Module: helper
| 	Device node: /dev/side/ctl
| 		Type: character device
| 		Major: 10
| 		Minor: 200
$ kmod static-nodes -f human
| Module: helper
| 	Device node: /dev/side/ctl
| 		Type: character device
| 		Major: 10
| 		Minor: 200
$ kmod static-nodes -f tmpfiles
| d /dev/side 0755 - - -
| c! /dev/side/ctl 0600 - - - 10:200
$ kmod static-nodes --format=devname
| helper side/ctl c10:200
$ kmod static-nodes -f devname -o /run/deep/er/nodes
$ kmod static-nodes -o nodes -f tmpfiles
$ kmod static-nodes -f nonsense
kmod | Usage:
kmod | 	kmod static-nodes [options]
kmod | 
kmod | kmod static-nodes outputs the static-node information of the currently running kernel.
kmod | 
kmod | Options:
kmod | 	-f, --format=FORMAT  choose format to use: see "Formats"
kmod | 	-o, --output=FILE    write output to file
kmod | 	-h, --help           show this help
kmod | 
kmod | Formats:
kmod | 	human        (default) a human readable format. Do not parse.
kmod | 	tmpfiles     the tmpfiles.d(5) format used by systemd-tmpfiles.
kmod | 	devname      the modules.devname format.
kmod ! Unknown format: 'nonsense'.
kml  ! kmod: Unknown format: 'nonsense'.
[1]
$ kmod static-nodes --nonsense
kmod ! static-nodes: unrecognized option '--nonsense'
kml  ! kmod: unrecognized option '--nonsense'
[1]
$ kmod static-nodes -f
kmod ! static-nodes: option requires an argument -- 'f'
kml  ! kmod: option requires an argument -- 'f'
[1]
: printf '# comment\nhelper side/deep/ctl c10:200\nloop loop-control c10:237\nblk side/b b7:0\n' >lib/modules/6.1.9/modules.devname
$ kmod static-nodes
| Module: helper
| 	Device node: /dev/side/deep/ctl
| 		Type: character device
| 		Major: 10
| 		Minor: 200
| Module: loop
| 	Device node: /dev/loop-control
| 		Type: character device
| 		Major: 10
| 		Minor: 237
| Module: blk
| 	Device node: /dev/side/b
| 		Type: block device
| 		Major: 7
| 		Minor: 0
$ kmod static-nodes -f tmpfiles
| d /dev/side/deep 0755 - - -
| c! /dev/side/deep/ctl 0600 - - - 10:200
| c! /dev/loop-control 0600 - - - 10:237
| d /dev/side 0755 - - -
| b! /dev/side/b 0600 - - - 7:0
$ kmod static-nodes -f devname
| helper side/deep/ctl c10:200
| loop loop-control c10:237
| blk side/b b7:0
: printf 'short\nhelper side/ctl x10:200\nhelper side/ctl c10\nhelper a/../b c1:2\n\nhelper ok c1:2 more\n' >lib/modules/6.1.9/modules.devname
$ kmod static-nodes
kmod | Module: helper
kmod | 	Device node: /dev/a/../b
kmod | 		Type: character device
kmod | 		Major: 1
kmod | 		Minor: 2
kmod | Module: helper
kmod | 	Device node: /dev/ok
kmod | 		Type: character device
kmod | 		Major: 1
kmod | 		Minor: 2
kmod ! Error: invalid devname entry: short
kmod ! Error: invalid devname entry: helper side/ctl x10:200
kmod ! Error: invalid devname entry: helper side/ctl c10
kmod ! Error: invalid devname entry: 
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:1: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:2: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:3: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:4: the node is not simply a name below /dev
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:6: not of the form MODULE NODE cMAJOR:MINOR
[1]
$ kmod static-nodes -f tmpfiles
kmod | d /dev/a/.. 0755 - - -
kmod | c! /dev/a/../b 0600 - - - 1:2
kmod | c! /dev/ok 0600 - - - 1:2
kmod ! Error: invalid devname entry: short
kmod ! Error: invalid devname entry: helper side/ctl x10:200
kmod ! Error: invalid devname entry: helper side/ctl c10
kmod ! Error: invalid devname entry: 
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:1: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:2: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:3: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:4: the node is not simply a name below /dev
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:6: not of the form MODULE NODE cMAJOR:MINOR
[1]
$ kmod static-nodes -f devname
kmod | helper a/../b c1:2
kmod | helper ok c1:2
kmod ! Error: invalid devname entry: short
kmod ! Error: invalid devname entry: helper side/ctl x10:200
kmod ! Error: invalid devname entry: helper side/ctl c10
kmod ! Error: invalid devname entry: 
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:1: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:2: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:3: not of the form MODULE NODE cMAJOR:MINOR
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:4: the node is not simply a name below /dev
kml  ! kmod: ERROR: /lib/modules/6.1.9/modules.devname:6: not of the form MODULE NODE cMAJOR:MINOR
[1]
: rm lib/modules/6.1.9/modules.devname
$ kmod static-nodes
! Warning: /lib/modules/6.1.9/modules.devname not found - ignoring
$ kmod static-nodes -f tmpfiles -o /run/none
! Warning: /lib/modules/6.1.9/modules.devname not found - ignoring
