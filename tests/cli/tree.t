# A root with a few modules: top needs mid and base, mid needs base, both use unix.

$ mkdir -p root/lib/modules/5.0.0/kernel root/etc/modprobe.d && cd root/lib/modules/5.0.0/kernel &&
> $KML_SRC/tests/mkko base.ko name=base alias=basis +base_do +base_undo &&
> $KML_SRC/tests/mkko mid-dle.ko name=mid_dle depends=base +mid_do -base_do &&
> $KML_SRC/tests/mkko top.ko name=top depends=mid-dle,base -mid_do -base_do -base_undo -kernels_own 'softdep=pre: unix' &&
> $KML_SRC/tests/mkko side.ko name=side depends=mid-dle -mid_do 'softdep=post: top' weakdep=gone &&
> $KML_SRC/tests/mkko round.ko name=round 'softdep=pre: side post: round' &&
> ls *.ko | sed s,^,kernel/, >../modules.order && echo kernel/unix.ko >../modules.builtin && : >../modules.builtin.modinfo
$ kml depmod -b root 5.0.0

# What it needs itself, not all that is needed in the end.

$ kml tree -d root -S 5.0.0 top
top
|-- pre: unix (builtin)
|-- base
`-- mid_dle
    `-- base
$ kml tree -d root -S 5.0.0 top side basis
top
|-- pre: unix (builtin)
|-- base
`-- mid_dle
    `-- base
side
|-- mid_dle *
|-- post: top *
`-- weak: gone (missing)
base
(*) shown above
$ LC_ALL=C.UTF-8 kml tree -d root -S 5.0.0 round
round
├── pre: side
│   ├── mid_dle
│   │   └── base
│   ├── post: top
│   │   ├── pre: unix (builtin)
│   │   ├── base
│   │   └── mid_dle *
│   └── weak: gone (missing)
└── post: round *
(*) shown above
$ kml tree -d root -S 5.0.0 --symbols --path top
top $DIR/root/lib/modules/5.0.0/kernel/top.ko
|-- pre: unix (builtin)
|-- base $DIR/root/lib/modules/5.0.0/kernel/base.ko: base_do base_undo
`-- mid_dle $DIR/root/lib/modules/5.0.0/kernel/mid-dle.ko: mid_do
    `-- base $DIR/root/lib/modules/5.0.0/kernel/base.ko: base_do
$ kml tree -d root -S 5.0.0 nowhere
kml tree: no module nowhere in $DIR/root/lib/modules/5.0.0
[1]
$ kml tree
kml tree: expected: kml tree [OPTION]... MODULE...
[2]

# And who needs it.

$ kml tree -d root -S 5.0.0 --reverse base
base
|-- mid_dle
|   |-- side
|   `-- top
`-- top
$ kml tree -d root -S 5.0.0 -rs mid-dle
mid_dle
|-- side: mid_do
`-- top: mid_do

# For other programs.

$ kml tree -d root -S 5.0.0 --json -s side | sed 's/},{/},\n {/g'
{"modules":[{"name":"side","state":"file","asked":true,"path":"$DIR/root/lib/modules/5.0.0/kernel/side.ko","needs":[{"name":"mid_dle","how":"needs","symbols":["mid_do"]},
 {"name":"top","how":"post","symbols":[]},
 {"name":"gone","how":"weak","symbols":[]}]},
 {"name":"mid_dle","state":"file","asked":false,"path":"$DIR/root/lib/modules/5.0.0/kernel/mid-dle.ko","needs":[{"name":"base","how":"needs","symbols":["base_do"]}]},
 {"name":"top","state":"file","asked":false,"path":"$DIR/root/lib/modules/5.0.0/kernel/top.ko","needs":[{"name":"unix","how":"pre","symbols":[]},
 {"name":"base","how":"needs","symbols":["base_do","base_undo"]},
 {"name":"mid_dle","how":"needs","symbols":["mid_do"]}]},
 {"name":"gone","state":"missing","asked":false,"needs":[]},
 {"name":"base","state":"file","asked":false,"path":"$DIR/root/lib/modules/5.0.0/kernel/base.ko","needs":[]},
 {"name":"unix","state":"builtin","asked":false,"needs":[]}]}
$ kml tree -d root -S 5.0.0 --json -r mid_dle
{"modules":[{"name":"mid_dle","state":"file","asked":true,"path":"$DIR/root/lib/modules/5.0.0/kernel/mid-dle.ko","needs":[]},{"name":"side","state":"file","asked":false,"path":"$DIR/root/lib/modules/5.0.0/kernel/side.ko","needs":[{"name":"mid_dle","how":"needs"},{"name":"top","how":"post"}]},{"name":"top","state":"file","asked":false,"path":"$DIR/root/lib/modules/5.0.0/kernel/top.ko","needs":[{"name":"mid_dle","how":"needs"}]}]}
$ kml tree -d root -S 5.0.0 --dot -s side
digraph modules {
	node [shape=box];
	"side" [style=solid, penwidth=2];
	"side" -> "mid_dle" [label="mid_do"];
	"side" -> "top" [style=dashed, label="post"];
	"side" -> "gone" [style=dashed, label="weak"];
	"mid_dle" [style=solid];
	"mid_dle" -> "base" [label="base_do"];
	"top" [style=solid];
	"top" -> "unix" [style=dashed, label="pre"];
	"top" -> "base" [label="base_do base_undo"];
	"top" -> "mid_dle" [label="mid_do"];
	"gone" [style=dotted];
	"base" [style=solid];
	"unix" [style=rounded];
}
$ kml tree -d root -S 5.0.0 --dot -r base | awk '!/^(digraph modules \{|}|\tnode \[.*\];|\t"[^"]*"( -> "[^"]*")?( \[[^]]*\])?;)$/'

# What is loaded is known of the kernel that runs only.

$ v=$(uname -r) && mkdir -p run/lib/modules run/sys/module/base && echo live >run/sys/module/base/initstate &&
> cp -r root/lib/modules/5.0.0 run/lib/modules/$v && kml tree --root run top
top (not loaded)
|-- pre: unix (builtin)
|-- base (loaded)
`-- mid_dle (not loaded)
    `-- base (loaded)

# Where files are gone or no modules, modules.dep has to do; nothing runs for ever.

$ cd root/lib/modules/5.0.0/kernel && echo no module >top.ko && rm base.ko
$ kml tree -d root -S 5.0.0 top | sed 's/warning: .*:/warning:/'
kml tree: warning: $DIR/root/lib/modules/5.0.0/kernel/top.ko: not an ELF file
top (by modules.dep)
|-- pre: unix (builtin)
`-- mid_dle
    `-- base (missing) (by modules.dep)
$ cd root/lib/modules/5.0.0 && kml depmod -b ../../.. 5.0.0 2>/dev/null; rm modules.dep.bin && kml tree -d ../../.. -S 5.0.0 mid-dle
kml tree: no module mid-dle in $DIR/root/lib/modules/5.0.0/../../../lib/modules/5.0.0
[1]
