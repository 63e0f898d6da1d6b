# What modules say of themselves.

$ modinfo
! modinfo: ERROR: missing module or filename.
[1]
$ modinfo nowhere
! modinfo: ERROR: Module nowhere not found.
[1]
$ modinfo nowhere base
| filename:       /lib/modules/6.1.9/kernel/base.ko
| name:           base
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          basis
| author:         One
| author:         Two of them
| description:    The base
! modinfo: ERROR: Module nowhere not found.
[1]
$ modinfo base
| filename:       /lib/modules/6.1.9/kernel/base.ko
| name:           base
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          basis
| author:         One
| author:         Two of them
| description:    The base
$ modinfo top
| filename:       /lib/modules/6.1.9/kernel/top.ko
| name:           top
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| depends:        mid-dle,base
| alias:          pci:v00008086d*sv*
| alias:          fs-top
| parm:           text2:x
| parm:           bare:bool
| parm:           text:Words
| parm:           debug:How much to say (int)
$ modinfo mid_dle
| filename:       /lib/modules/6.1.9/kernel/mid-dle.ko
| name:           mid_dle
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| depends:        base
$ modinfo basis
| filename:       /lib/modules/6.1.9/kernel/base.ko
| name:           base
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          basis
| author:         One
| author:         Two of them
| description:    The base
$ modinfo twin-x
| filename:       /lib/modules/6.1.9/kernel/twin-b.ko
| name:           twin_b
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          pci:v00001AF4d00001000sv*
| alias:          twin-*
| filename:       /lib/modules/6.1.9/kernel/twin_a.ko
| name:           twin_a
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          pci:v00001AF4d*sv*
| alias:          twin-*
$ modinfo again-1
| filename:       /lib/modules/6.1.9/kernel/twice.ko
| name:           twice
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          again-*
| alias:          again-1*
| filename:       /lib/modules/6.1.9/kernel/twice.ko
| name:           twice
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          again-*
| alias:          again-1*
$ modinfo symbol:mid_do
| filename:       /lib/modules/6.1.9/kernel/mid-dle.ko
| name:           mid_dle
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| depends:        base
$ modinfo in-xz
| filename:       /lib/modules/6.1.9/kernel/sub/in-xz.ko.xz
| name:           in_xz
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| parm:           a:b
$ modinfo in_zst
| filename:       /lib/modules/6.1.9/kernel/sub/in-zst.ko.zst
| name:           in_zst
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| parm:           a:b
$ modinfo soft two weak
| filename:       /lib/modules/6.1.9/kernel/soft.ko
| name:           soft
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| softdep:        pre: helper post: after
| filename:       /lib/modules/6.1.9/kernel/two.ko
| name:           two
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| softdep:        pre: helper
| softdep:        post: after
| filename:       /lib/modules/6.1.9/kernel/weak.ko
| name:           weak
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| weakdep:        helper after
$ modinfo -a base
| One
| Two of them
$ modinfo --author base
| One
| Two of them
$ modinfo -d base
| The base
$ modinfo --description base
| The base
$ modinfo -l base
| GPL
$ modinfo --license top base
| GPL
| GPL
$ modinfo -p top
| text2:x
| bare: (bool)
| text:Words
| debug:How much to say (int)
$ modinfo --parameters top
| text2:x
| bare: (bool)
| text:Words
| debug:How much to say (int)
$ modinfo -n top base
| /lib/modules/6.1.9/kernel/top.ko
| /lib/modules/6.1.9/kernel/base.ko
$ modinfo --filename top
| /lib/modules/6.1.9/kernel/top.ko
$ modinfo -F vermagic top
| 6.1.9 SMP mod_unload 
$ modinfo --field=depends top
| mid-dle,base
$ modinfo -F parm top
| text2:x
| bare: (bool)
| text:Words
| debug:How much to say (int)
$ modinfo -F parmtype top
| debug:int
| bare:bool
$ modinfo -F alias set
| set-[a-c]x
| set-[!0-9]y
| q?estion
| dmi*:bvnACME*:pn*Box*
$ modinfo -F nothing top
$ modinfo -F filename top
| /lib/modules/6.1.9/kernel/top.ko
$ modinfo -F name top
| top
$ modinfo -F parameters top
$ modinfo -0 base
| filename:       /lib/modules/6.1.9/kernel/base.ko\0name=base\0license=GPL\0vermagic=6.1.9 SMP mod_unload \0alias=basis\0author=One\0author=Two of them\0description=The base\0
\ no newline
$ modinfo -0 top
| filename:       /lib/modules/6.1.9/kernel/top.ko\0name=top\0license=GPL\0vermagic=6.1.9 SMP mod_unload \0depends=mid-dle,base\0alias=pci:v00008086d*sv*\0alias=fs-top\0parm:           text2:x\0parm:           bare:bool\0parm:           text:Words\0parm:           debug:How much to say (int)\0
\ no newline
$ modinfo -0 -p top
| text2:x\0bare: (bool)\0text:Words\0debug:How much to say (int)\0
\ no newline
$ modinfo --null -a base
| One\0Two of them\0
\ no newline
$ modinfo -0n base
| /lib/modules/6.1.9/kernel/base.ko\0
\ no newline
$ modinfo -0 -F alias set
| set-[a-c]x\0set-[!0-9]y\0q?estion\0dmi*:bvnACME*:pn*Box*\0
\ no newline
$ modinfo -a -d base
| The base
$ modinfo -a -F license base
| GPL
$ modinfo -F license -a base
| One
| Two of them
$ modinfo -n -a base
| One
| Two of them
$ modinfo -m base
| filename:       /lib/modules/6.1.9/kernel/base.ko
| name:           base
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          basis
| author:         One
| author:         Two of them
| description:    The base
$ modinfo --modname mid-dle
| filename:       /lib/modules/6.1.9/kernel/mid-dle.ko
| name:           mid_dle
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| depends:        base
$ modinfo -m basis
! modinfo: ERROR: Module name basis not found.
[1]
$ modinfo -m nowhere core
| name:           core
| filename:       (builtin)
| license:        GPL
| description:    Of the kernel
| alias:          acpi*:SIDE0001:*
| file:           kernel/core/core
| parm:           a:first (int)
! modinfo: ERROR: Module name nowhere not found.
[1]
$ modinfo -b / -k 6.1.9 base
| filename:       //lib/modules/6.1.9/kernel/base.ko
| name:           base
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          basis
| author:         One
| author:         Two of them
| description:    The base
$ modinfo -k 5.0 base
! modinfo: ERROR: Module base not found.
[1]
$ modinfo --set-version=6.1.9 --basedir=/ -n base
| //lib/modules/6.1.9/kernel/base.ko
$ modinfo -b /none base
! modinfo: ERROR: Module base not found.
[1]
: mkdir -p opt/lib/modules; cp -r lib/modules/6.1.9 opt/lib/modules/; cp lib/modules/6.1.9/kernel/base.ko opt/one.ko; cp opt/one.ko opt/two.o; cp opt/one.ko opt/three; cp lib/modules/6.1.9/kernel/sub/in-xz.ko.xz opt/; mkdir opt/dir.ko
$ modinfo -b /opt -n base
| /opt/lib/modules/6.1.9/kernel/base.ko
$ in:/opt modinfo -b . -n base
| /opt/./lib/modules/6.1.9/kernel/base.ko
$ modinfo -b opt -n base
| //opt/lib/modules/6.1.9/kernel/base.ko
$ modinfo -n /opt/one.ko
| /opt/one.ko
$ in:/opt modinfo one.ko
| filename:       /opt/one.ko
| name:           base
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| alias:          basis
| author:         One
| author:         Two of them
| description:    The base
$ in:/opt modinfo ./one.ko -l
| GPL
$ in:/opt modinfo two.o
! modinfo: ERROR: Module two.o not found.
[1]
$ in:/opt modinfo three
! modinfo: ERROR: Module three not found.
[1]
$ in:/opt modinfo ./three
! modinfo: ERROR: Module ./three not found.
[1]
$ in:/opt modinfo in-xz.ko.xz
| filename:       /opt/in-xz.ko.xz
| name:           in_xz
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| parm:           a:b
$ in:/opt modinfo dir.ko
! modinfo: ERROR: Module dir.ko not found.
[1]
$ in:/opt modinfo dir
! modinfo: ERROR: Module dir not found.
[1]
$ in:/opt modinfo gone.ko
! modinfo: ERROR: Module gone.ko not found.
[1]
$ in:/opt modinfo /gone.ko
! modinfo: ERROR: Module /gone.ko not found.
[1]
$ in:/opt modinfo -m one.ko
! modinfo: ERROR: Module name one.ko not found.
[1]
$ modinfo text
| filename:       /lib/modules/6.1.9/kernel/text.ko
kmod ! modinfo: ERROR: could not get modinfo from 'text': Exec format error
kml  ! modinfo: ERROR: could not get modinfo from 'text': not an ELF file
[1]
$ modinfo -n text
| /lib/modules/6.1.9/kernel/text.ko
$ modinfo -l text base
| GPL
kmod ! modinfo: ERROR: could not get modinfo from 'text': Exec format error
kml  ! modinfo: ERROR: could not get modinfo from 'text': not an ELF file
[1]
$ modinfo /lib/modules/6.1.9/kernel/text.ko
| filename:       /lib/modules/6.1.9/kernel/text.ko
kmod ! modinfo: ERROR: could not get modinfo from 'text': Exec format error
kml  ! modinfo: ERROR: could not get modinfo from 'text': not an ELF file
[1]
$ modinfo tiny
| filename:       /lib/modules/6.1.9/kernel/tiny.ko
kmod ! modinfo: ERROR: could not get modinfo from 'tiny': Invalid argument
kml  ! modinfo: ERROR: could not get modinfo from 'tiny': not an ELF file
[1]

# Built in.

$ modinfo core
| name:           core
| filename:       (builtin)
| license:        GPL
| description:    Of the kernel
| alias:          acpi*:SIDE0001:*
| file:           kernel/core/core
| parm:           a:first (int)
$ modinfo in-side
| name:           in_side
| filename:       (builtin)
| alias:          fs-inside
| license:        GPL
$ modinfo in_side
| name:           in_side
| filename:       (builtin)
| alias:          fs-inside
| license:        GPL
$ modinfo -F license core
| GPL
$ modinfo -n core
| (builtin)
$ modinfo -p core
| a:first (int)
$ modinfo -0 core
| name:           core\0filename:       (builtin)\0license=GPL\0description=Of the kernel\0alias=acpi*:SIDE0001:*\0file=kernel/core/core\0parm:           a:first (int)\0
\ no newline
$ modinfo -F name core
| core
$ modinfo -F filename core
| (builtin)
$ modinfo acpi0:SIDE0001:x
| name:           core
| filename:       (builtin)
| license:        GPL
| description:    Of the kernel
| alias:          acpi*:SIDE0001:*
| file:           kernel/core/core
| parm:           a:first (int)
$ modinfo fs-inside
| name:           in_side
| filename:       (builtin)
| alias:          fs-inside
| license:        GPL
: rm lib/modules/6.1.9/modules.builtin.modinfo
$ modinfo core
| name:           core
| filename:       (builtin)
$ modinfo -F license core

# Signatures.

$ modinfo signed
| filename:       /lib/modules/6.1.9/kernel/signed.ko
| name:           signed
| license:        GPL
| vermagic:       6.1.9 SMP mod_unload 
| description:    Signed by a test key
| sig_id:         PKCS#7
| signer:         kml test key
| sig_key:        15:3D:45:8F:A1:59:54:E0:ED:F1:DA:65:5C:3A:85:8F:3B:B9:D2:76
| sig_hashalgo:   sha512
| signature:      29:BB:C8:6B:49:A4:FA:23:39:A8:8D:F2:7F:14:5D:56:1B:2A:A1:55:
| 		62:88:3A:8E:49:5F:69:0A:08:E6:46:9F:4A:CF:1D:DB:59:CD:F4:10:
| 		E9:20:58:22:99:E7:66:3F:2F:81:F7:61:93:29:DA:2E:0F:C2:69:6E:
| 		EF:89:38:42:80:20:77:7E:78:31:A2:F7:B1:92:19:CE:4E:77:12:F1:
| 		16:6B:02:36:EA:DD:01:A9:EA:17:C4:31:DC:35:09:ED:66:28:B1:E1:
| 		D3:A8:17:31:7B:34:00:4D:C9:A2:D8:00:28:07:17:3D:D9:70:64:59:
| 		FD:8E:29:67:56:C0:3E:DC
$ modinfo -F signer signed
| kml test key
$ modinfo -F sig_id signed
| PKCS#7
$ modinfo -F sig_hashalgo signed
| sha512
$ modinfo -F sig_key signed
| 15:3D:45:8F:A1:59:54:E0:ED:F1:DA:65:5C:3A:85:8F:3B:B9:D2:76
$ modinfo -F signature signed
| 29:BB:C8:6B:49:A4:FA:23:39:A8:8D:F2:7F:14:5D:56:1B:2A:A1:55:
| 		62:88:3A:8E:49:5F:69:0A:08:E6:46:9F:4A:CF:1D:DB:59:CD:F4:10:
| 		E9:20:58:22:99:E7:66:3F:2F:81:F7:61:93:29:DA:2E:0F:C2:69:6E:
| 		EF:89:38:42:80:20:77:7E:78:31:A2:F7:B1:92:19:CE:4E:77:12:F1:
| 		16:6B:02:36:EA:DD:01:A9:EA:17:C4:31:DC:35:09:ED:66:28:B1:E1:
| 		D3:A8:17:31:7B:34:00:4D:C9:A2:D8:00:28:07:17:3D:D9:70:64:59:
| 		FD:8E:29:67:56:C0:3E:DC
$ modinfo -0 signed
| filename:       /lib/modules/6.1.9/kernel/signed.ko\0name=signed\0license=GPL\0vermagic=6.1.9 SMP mod_unload \0description=Signed by a test key\0sig_id=PKCS#7\0signer=kml test key\0sig_key=15:3D:45:8F:A1:59:54:E0:ED:F1:DA:65:5C:3A:85:8F:3B:B9:D2:76\0sig_hashalgo=sha512\0signature=29:BB:C8:6B:49:A4:FA:23:39:A8:8D:F2:7F:14:5D:56:1B:2A:A1:55:
| 		62:88:3A:8E:49:5F:69:0A:08:E6:46:9F:4A:CF:1D:DB:59:CD:F4:10:
| 		E9:20:58:22:99:E7:66:3F:2F:81:F7:61:93:29:DA:2E:0F:C2:69:6E:
| 		EF:89:38:42:80:20:77:7E:78:31:A2:F7:B1:92:19:CE:4E:77:12:F1:
| 		16:6B:02:36:EA:DD:01:A9:EA:17:C4:31:DC:35:09:ED:66:28:B1:E1:
| 		D3:A8:17:31:7B:34:00:4D:C9:A2:D8:00:28:07:17:3D:D9:70:64:59:
| 		FD:8E:29:67:56:C0:3E:DC\0
\ no newline

# Odd entries.

: ko lib/modules/6.1.9/kernel/after.ko --raw name=after 'parm=nocolon' 'parm=a:' 'parmtype=b:' 'parm=:c' 'parm=a:again' 'parmtype=a:int' 'parmtype=a:uint' plain 'key=' '=value' 'a=b=c' 'a_very_long_key_indeed=1' 'fifteen_letters=1' 'sixteen_letters_=1' 'tab=a	b'
$ modinfo after
| filename:       /lib/modules/6.1.9/kernel/after.ko
| name:           after
| plain:          
| key:            
| :               value
| a:              b=c
| a_very_long_key_indeed:1
| fifteen_letters:1
| sixteen_letters_:1
| tab:            a	b
| parm:           :c
| parm:           b:
| parm:           a:again (uint)
! modinfo: ERROR: Found invalid "parm=nocolon": missing ':'
$ modinfo -p after
| :c
| b: ()
| a:again (uint)
! modinfo: ERROR: Found invalid "parm=nocolon": missing ':'
$ modinfo -0 after
| filename:       /lib/modules/6.1.9/kernel/after.ko\0name=after\0plain=\0key=\0=value\0a=b=c\0a_very_long_key_indeed=1\0fifteen_letters=1\0sixteen_letters_=1\0tab=a	b\0parm:           :c\0parm:           b:\0parm:           a:again (uint)\0
\ no newline
! modinfo: ERROR: Found invalid "parm=nocolon": missing ':'
$ modinfo -F a after
| b=c
$ modinfo -F plain after
| 
$ modinfo -F key after
| 
$ modinfo -F '' after
| value
