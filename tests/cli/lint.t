# What is wrong with a kml.ini that reads well.  Rules are tried in the order of the
# file, so one may leave nothing to those below it.

$ cat >kml.ini <<'END'
> [module]
> name     = demo
> image    = registry.example/org/demo:${KERNEL_FULL_VERSION}
> var.TEAM = drivers
> [kernel el9]
> regexp   = ^5\.14\.0-\d+\..*el9
> [kernel el9_4]
> regexp   = ^5\.14\.0-427\.\d+\.\d+\.el9_4\.
> [kernel fc37]
> regexp   = ^.+\fc37\.x86_64$
> [kernel broken]
> range    = >=6.3 <6.2
> skip     = no headers were published for these kernels
> [kernel cos]
> literal  = 5.10.68+
> [kernel old]
> regexp   = ^4\.[0-9]\.
> [kernel newer]
> regexp   = ^4\.1\d\.
> [kernel four]
> regexp   = ^4\.1?\d\.
> END
$ kml lint
kml.ini:4: var.TEAM is used nowhere; write ${TEAM} where it belongs, or take it out
kml.ini:8: [kernel el9_4] covers nothing that [kernel el9] at line 5 leaves; put it before that, or take it out
kml.ini:10: [kernel fc37] matches no kernel: '\f' is a control character, which no name has; a dot is written \.
kml.ini:12: [kernel broken] matches no kernel: nothing is >=6.3 <6.2
kml.ini:15: [kernel cos] matches no kernel: a '+' at the end is dropped before rules are tried; write literal = 5.10.68
kml.ini:21: [kernel four] covers nothing that [kernel old] at line 16 and [kernel newer] at line 18 together leave; put it before them, or take it out
[1]
$ kml lint --json | sed 's/},{/},\n{/g' | head -2
[{"file":"kml.ini","line":4,"kind":"variable","text":"var.TEAM is used nowhere; write ${TEAM} where it belongs, or take it out"},
{"file":"kml.ini","line":8,"kind":"shadowed","text":"[kernel el9_4] covers nothing that [kernel el9] at line 5 leaves; put it before that, or take it out"},

# With kernels it is known which of them get nothing, and which would get the same image.

$ printf '%s\n' 5.14.0-427.13.1.el9_4.x86_64 4.18.0-305.el8.x86_64 6.1.0-13-amd64 6.1.0-13+amd64 6.1.0-13_amd64 >kernels
$ sed '/^var/d; /el9_4/,$d' kml.ini >good.ini; kml lint -c good.ini
$ kml lint -c good.ini -K kernels
good.ini:4: no rule covers 4 of the 5 kernels: 4.18.0-305.el8.x86_64, 6.1.0-13-amd64, 6.1.0-13+amd64 and 1 more; add a rule for them, with skip = REASON if they are to have nothing
[1]
$ printf '[kernel amd64]\nregexp = amd64$\n[kernel el8]\nregexp = \\.el8\nimage = oci:images:el8\n[kernel lab]\nliteral = 6.1.0-lab\n' >>good.ini
$ kml lint -c good.ini -K kernels -k 4.18.0-372.el8.x86_64
good.ini:3: kernels 6.1.0-13+amd64 and 6.1.0-13_amd64 have one image: their names differ only where a tag has '_' or nothing; give one an image of its own
good.ini:10: kernels 4.18.0-305.el8.x86_64 and 4.18.0-372.el8.x86_64 have one image; unless it has modules for each, write ${KERNEL_FULL_VERSION} into its tag
good.ini:12: [kernel lab] covers none of the 6 kernels; if none is to come, take it out
[1]

# Two files, each for its own modules, should not write each other's images.

$ sed 's/demo$/other/' good.ini >other.ini; kml lint -c good.ini -c other.ini
other.ini:3: for kernel 0.0.amd64 this is registry.example/org/demo:0.0.amd64, as is the image of good.ini:3; two sets of modules need two images, unless one has both
other.ini:10: for kernel 0.0.el8 this is oci:images:el8, as is the image of good.ini:10; two sets of modules need two images, unless one has both
[1]

# A '$$' is a dollar sign, and no variable; nothing is printed where nothing is found.

$ printf '[module]\nname = m\nimage = r.example/x:${KERNEL_FULL_VERSION}\nvar.A = x\n[build]\nmodules = $$A.ko\n[kernel k]\nregexp = .\n' >dollar.ini; kml lint -c dollar.ini
dollar.ini:4: var.A is used nowhere; write ${A} where it belongs, or take it out
[1]
$ sed -i /var.A/d dollar.ini; kml lint -c dollar.ini

# What is no reference is told of one kernel, and the others are seen all the same.

$ printf '[module]\nname = m\nimage = r.example/M:1\n[kernel a]\nliteral = 6.1.0\n[kernel b]\nregexp = .\nimage = oci:x:1\n' >ref.ini; kml lint -c ref.ini
ref.ini:3: r.example/M:1: "M" is no name of a repository (lower-case letters, digits, and single . _ - / between them)
[1]
$ kml plan --no-check -c ref.ini -k 6.1.0 -k 6.2.0
6.1.0  m  error     ref.ini:3: r.example/M:1: "M" is no name of a repository (lower-case letters, digits, and single . _ - / between them)
6.2.0  m  mapped    oci:x:1
kml plan: mapped: 1, error: 1
kml plan: 1 of 2 cannot be told; the first: kernel 6.1.0: ref.ini:3: r.example/M:1: "M" is no name of a repository (lower-case letters, digits, and single . _ - / between them)
[1]
$ mkdir a:b; cp ref.ini a:b; kml plan -c a:b/ref.ini -k 6.2.0
6.2.0  m  error     oci:x:1  oci:x:1: it is beside the kml.ini, and the name of that directory has a ':' in it
kml plan: error: 1
kml plan: 1 of 1 cannot be told; the first: kernel 6.2.0: oci:x:1: it is beside the kml.ini, and the name of that directory has a ':' in it
[1]

# Variables in variables do not grow for ever.

$ awk 'BEGIN { print "[module]\nname = m\nimage = r.example/m:1\n[kernel a]\nregexp = .\nvar.V0 = xxxxxxxx"; for (i = 0; i < 12; i++) { printf "var.V%d = ", i + 1; for (j = 0; j < 500; j++) printf "$V%d.", i; print "" } }' >grow.ini; kml lint -c grow.ini
kml lint: grow.ini:8: var.V2: it has more than 65536 bytes
[1]

# A file that cannot be read is no finding.

$ echo 'regexp = [' >>good.ini; kml lint -c good.ini
kml lint: good.ini:13: [kernel lab] has several of literal, regexp and range; a rule has exactly one
[1]
$ kml lint extra
kml lint: expected: kml lint [-c FILE]... [-k KVER]... [--json]
[2]
