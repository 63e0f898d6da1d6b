# One kml.ini for every kernel of a fleet: rules in the order of the file, and
# values that a rule may override.

$ cat >kml.ini <<'END'
> [module]
> name       = demo_a              ; the module to load
> order      = demo_a, demo_b      ; the first is loaded last
> parameters = debug=1
> replaces   = old_a old_b
> image      = registry.example/org/demo:${KERNEL_FULL_VERSION}
> [build]
> modules     = out/${KERNEL_FULL_VERSION}/*.ko
> arg.FLAVOUR = plain
> [kernel el9]
> regexp     = ^5\.14\.0-\d+\.el9
> [kernel lab]
> literal    = 6.1.0-56-cloud-amd64
> image      = oci:images:${KERNEL_X}.${KERNEL_Y}-${FLAVOUR:-$MOD_NAME}
> replaces   =
> arg.FLAVOUR = lab
> [kernel broken]
> range      = >=6.2 <6.3
> skip       = no headers were published for these kernels
> END
$ kml explain -k 5.14.0-427.el9_4.x86_64
kernel        5.14.0-427.el9_4.x86_64
rules of kml.ini
  el9         kml.ini:11: regexp ^5\.14\.0-\d+\.el9 matches
values
  name        demo_a                                   kml.ini:2 [module]
  dir         /opt                                     by default
  order       demo_a, demo_b                           kml.ini:3 [module]
  parameters  debug=1                                  kml.ini:4 [module]
  replaces    old_a old_b                              kml.ini:5 [module]
  image       registry.example/org/demo:5.14.0-427.el9_4.x86_64  kml.ini:6 [module]
                ${KERNEL_FULL_VERSION} -> 5.14.0-427.el9_4.x86_64 (KERNEL_FULL_VERSION is set)
  modules     out/5.14.0-427.el9_4.x86_64/*.ko         kml.ini:8 [build]
                ${KERNEL_FULL_VERSION} -> 5.14.0-427.el9_4.x86_64 (KERNEL_FULL_VERSION is set)
  arg.FLAVOUR plain                                    kml.ini:9 [build]
$ kml explain -k 6.1.0-56-cloud-amd64+
kernel        6.1.0-56-cloud-amd64+
  rules see   6.1.0-56-cloud-amd64
rules of kml.ini
  el9         kml.ini:11: regexp ^5\.14\.0-\d+\.el9 matches nowhere in it
  lab         kml.ini:13: literal 6.1.0-56-cloud-amd64 is the same
values
  name        demo_a                                   kml.ini:2 [module]
  dir         /opt                                     by default
  order       demo_a, demo_b                           kml.ini:3 [module]
  parameters  debug=1                                  kml.ini:4 [module]
  replaces    (none)                                   kml.ini:15 [kernel lab]
  image       oci:images:6.1-demo_a                    kml.ini:14 [kernel lab]
                ${KERNEL_X} -> 6 (KERNEL_X is set)
                ${KERNEL_Y} -> 1 (KERNEL_Y is set)
                ${FLAVOUR:-$MOD_NAME} -> demo_a (FLAVOUR is not set)
  modules     out/6.1.0-56-cloud-amd64/*.ko            kml.ini:8 [build]
                ${KERNEL_FULL_VERSION} -> 6.1.0-56-cloud-amd64 (KERNEL_FULL_VERSION is set)
  arg.FLAVOUR lab                                      kml.ini:16 [kernel lab]

# No rule, or a rule that says why there is nothing: status 3.

$ kml explain -k 6.3.0
kernel        6.3.0
rules of kml.ini
  el9         kml.ini:11: regexp ^5\.14\.0-\d+\.el9 matches nowhere in it
  lab         kml.ini:13: literal 6.1.0-56-cloud-amd64 is another name
  broken      kml.ini:18: range >=6.2 <6.3 fails: it is not <6.3
kml explain: kml.ini: no rule covers kernel 6.3.0; tried: el9 (regexp ^5\.14\.0-\d+\.el9), lab (literal 6.1.0-56-cloud-amd64), broken (range >=6.2 <6.3)
[3]
$ kml explain -k 6.2.0-39-generic
kernel        6.2.0-39-generic
rules of kml.ini
  el9         kml.ini:11: regexp ^5\.14\.0-\d+\.el9 matches nowhere in it
  lab         kml.ini:13: literal 6.1.0-56-cloud-amd64 is another name
  broken      kml.ini:18: range >=6.2 <6.3 holds
kml explain: kml.ini:19: kernel 6.2.0-39-generic is skipped by [kernel broken]: no headers were published for these kernels
[3]

# For programs.

$ kml explain --json -k 6.1.0-56-cloud-amd64 | sed 's/,"/,\n"/g'
[{"file":"kml.ini",
"kernel":"6.1.0-56-cloud-amd64",
"matched":"6.1.0-56-cloud-amd64",
"normalised":"6.1.0-56-cloud-amd64",
"dns":"6-1-0-56-cloud-amd64",
"rules":[{"name":"el9",
"regexp":"^5\\.14\\.0-\\d+\\.el9",
"line":11,
"matches":false,
"why":"matches nowhere in it"},{"name":"lab",
"literal":"6.1.0-56-cloud-amd64",
"line":13,
"matches":true,
"why":"is the same"}],
"rule":"lab",
"values":{"name":{"value":"demo_a",
"written":"demo_a",
"line":2,
"section":"[module]"},
"dir":{"value":"/opt"},
"order":{"value":"demo_a, demo_b",
"written":"demo_a, demo_b",
"line":3,
"section":"[module]"},
"parameters":{"value":"debug=1",
"written":"debug=1",
"line":4,
"section":"[module]"},
"replaces":{"value":"",
"written":"",
"line":15,
"section":"[kernel lab]"},
"image":{"value":"oci:images:6.1-demo_a",
"written":"oci:images:${KERNEL_X}.${KERNEL_Y}-${FLAVOUR:-$MOD_NAME}",
"line":14,
"section":"[kernel lab]",
"steps":[{"from":"${KERNEL_X}",
"to":"6",
"variable":"KERNEL_X",
"why":"is set"},{"from":"${KERNEL_Y}",
"to":"1",
"variable":"KERNEL_Y",
"why":"is set"},{"from":"${FLAVOUR:-$MOD_NAME}",
"to":"demo_a",
"variable":"FLAVOUR",
"why":"is not set"}]},
"modules":{"value":"out/6.1.0-56-cloud-amd64/*.ko",
"written":"out/${KERNEL_FULL_VERSION}/*.ko",
"line":8,
"section":"[build]",
"steps":[{"from":"${KERNEL_FULL_VERSION}",
"to":"6.1.0-56-cloud-amd64",
"variable":"KERNEL_FULL_VERSION",
"why":"is set"}]},
"arg.FLAVOUR":{"value":"lab",
"written":"lab",
"line":16,
"section":"[kernel lab]"}}}]
$ kml explain --json -k 6.2.0 2>/dev/null
[{"file":"kml.ini","kernel":"6.2.0","matched":"6.2.0","normalised":"6.2.0","dns":"6-2-0","rules":[{"name":"el9","regexp":"^5\\.14\\.0-\\d+\\.el9","line":11,"matches":false,"why":"matches nowhere in it"},{"name":"lab","literal":"6.1.0-56-cloud-amd64","line":13,"matches":false,"why":"is another name"},{"name":"broken","range":">=6.2 <6.3","line":18,"matches":true,"why":"holds","skip":"no headers were published for these kernels"}],"error":"kml.ini:19: kernel 6.2.0 is skipped by [kernel broken]: no headers were published for these kernels"}]
[3]

# A '+' at the end of a kernel's name is not seen by the rules; what a tag
# cannot hold becomes '_'.

$ printf '[module]\nname=m\nimage=m:$KERNEL_VERSION\n[kernel a]\nliteral=5.10.68+\n[kernel b]\nregexp=68' >cos.ini
$ kml explain -c cos.ini -k 5.10.68+
kernel        5.10.68+
  rules see   5.10.68
rules of cos.ini
  a           cos.ini:5: literal 5.10.68+ is another name (a '+' at a kernel's end is dropped before rules are tried)
  b           cos.ini:7: regexp 68 matches
values
  name        m                                        cos.ini:2 [module]
  dir         /opt                                     by default
  image       m:5.10.68                                cos.ini:3 [module]
                $KERNEL_VERSION -> 5.10.68 (KERNEL_VERSION is set)
$ kml explain -c cos.ini -k 5.10.68~1+2+
kernel        5.10.68~1+2+
  rules see   5.10.68~1+2
  normalised  5.10.68_1_2
rules of cos.ini
  a           cos.ini:5: literal 5.10.68+ is another name (a '+' at a kernel's end is dropped before rules are tried)
  b           cos.ini:7: regexp 68 matches
values
  name        m                                        cos.ini:2 [module]
  dir         /opt                                     by default
  image       m:5.10.68_1_2                            cos.ini:3 [module]
                $KERNEL_VERSION -> 5.10.68_1_2 (KERNEL_VERSION is set)

# The file: -c, then $KML_CONFIG, then ./kml.ini, then all of /etc/kml.

$ KML_CONFIG=cos.ini kml explain -k 4.0.0
kernel        4.0.0
rules of cos.ini
  a           cos.ini:5: literal 5.10.68+ is another name (a '+' at a kernel's end is dropped before rules are tried)
  b           cos.ini:7: regexp 68 matches nowhere in it
kml explain: cos.ini: no rule covers kernel 4.0.0; tried: a (literal 5.10.68+), b (regexp 68)
[3]
$ rm kml.ini; kml explain --root . -k 5.10.68
kml explain: no kml.ini here and none in /etc/kml; name one with -c FILE
[1]
$ mkdir -p etc/kml; cp cos.ini etc/kml; sed 's/m:/x:/; s/68/99/' cos.ini >etc/kml/x.ini; kml explain --root . -k 5.10.68
kernel        5.10.68
rules of /etc/kml/cos.ini
  a           /etc/kml/cos.ini:5: literal 5.10.68+ is another name (a '+' at a kernel's end is dropped before rules are tried)
  b           /etc/kml/cos.ini:7: regexp 68 matches
values
  name        m                                        /etc/kml/cos.ini:2 [module]
  dir         /opt                                     by default
  image       m:5.10.68                                /etc/kml/cos.ini:3 [module]
                $KERNEL_VERSION -> 5.10.68 (KERNEL_VERSION is set)
kernel        5.10.68
rules of /etc/kml/x.ini
  a           /etc/kml/x.ini:5: literal 5.10.99+ is another name (a '+' at a kernel's end is dropped before rules are tried)
  b           /etc/kml/x.ini:7: regexp 99 matches nowhere in it
$ kml explain -c nowhere.ini
kml explain: nowhere.ini: No such file or directory
[1]
$ kml explain --root . -k 'a b'
kml explain: 'a b' is no name of a kernel
[1]
$ kml explain --root . -k 6.10rc1
kernel        6.10rc1
rules of /etc/kml/cos.ini
  a           /etc/kml/cos.ini:5: literal 5.10.68+ is another name (a '+' at a kernel's end is dropped before rules are tried)
  b           /etc/kml/cos.ini:7: regexp 68 matches nowhere in it
kernel        6.10rc1
rules of /etc/kml/x.ini
  a           /etc/kml/x.ini:5: literal 5.10.99+ is another name (a '+' at a kernel's end is dropped before rules are tried)
  b           /etc/kml/x.ini:7: regexp 99 matches nowhere in it
kml explain: /etc/kml/x.ini: no rule covers kernel 6.10rc1; tried: a (literal 5.10.99+), b (regexp 99)
[3]
$ kml explain --root . -k rc68
kml explain: kernel 'rc68' has no version of three numbers, as in 6.1.0
[1]
$ kml explain extra
kml explain: expected: kml explain [-c FILE] [-k KVER]... [--json]
[2]
