# What a module says of itself, in the order of the file, parameters last.

$ $KML_SRC/tests/mkko x.ko license=GPL author=A author=B 'description=two words' depends=a,b parm=n:number parmtype=n:int parmtype=flag:bool 'parm=t:text' alias=foo name=x
$ cp x.ko y.ko && gzip -n y.ko
$ kml modinfo y.ko.gz | sed "s,$PWD,.,"
filename:       ./y.ko.gz
license:        GPL
author:         A
author:         B
description:    two words
depends:        a,b
alias:          foo
name:           x
parm:           t:text
parm:           flag:bool
parm:           n:number (int)
$ kml modinfo x.ko | tail -n +2
license:        GPL
author:         A
author:         B
description:    two words
depends:        a,b
alias:          foo
name:           x
parm:           t:text
parm:           flag:bool
parm:           n:number (int)
$ kml modinfo -F author x.ko
A
B
$ kml modinfo -p x.ko
t:text
flag: (bool)
n:number (int)
$ kml modinfo -F nothing x.ko
$ kml modinfo -0 -a x.ko | tr '\0' '@'; echo
A@B@

# By name, alias or device, in a directory of modules; built-in ones too.

$ mkdir -p lib/modules/5.0.0/kernel && mv x.ko lib/modules/5.0.0/kernel && cd lib/modules/5.0.0 &&
> echo kernel/x.ko >modules.order && echo kernel/core.ko >modules.builtin &&
> printf 'core.license=GPL\0core.parm=a:first\0core.parmtype=a:int\0corex.license=no\0' >modules.builtin.modinfo
$ kml depmod -b . 5.0.0
$ kml modinfo -b . -k 5.0.0 -n x foo core | sed "s,$PWD,.,"
././lib/modules/5.0.0/kernel/x.ko
././lib/modules/5.0.0/kernel/x.ko
(builtin)
$ kml modinfo -b . -k 5.0.0 core
name:           core
filename:       (builtin)
license:        GPL
parm:           a:first (int)
$ kml modinfo -b . -k 5.0.0 -m foo
modinfo: ERROR: Module name foo not found.
[1]

# The signature at the end is shown, not verified.

$ cat lib/modules/5.0.0/kernel/x.ko $KML_SRC/tests/fuzz/corpus/modsig/module >signed.ko
$ kml modinfo -F signer signed.ko; kml modinfo -F sig_hashalgo signed.ko
kml test key
sha512
$ kml modinfo signed.ko | grep -c '^	'
6

# What is no module is named.

$ echo text >text.ko; kml modinfo -F license text.ko
modinfo: ERROR: could not get modinfo from 'text': not an ELF file
[1]
$ kml modinfo nowhere
modinfo: ERROR: Module nowhere not found.
[1]
$ kml modinfo
modinfo: ERROR: missing module or filename.
[1]
