# What is wrong with a kml.ini is told with its line, and how to mend it.

# Sections.

# Sections.

$ printf '[modul]\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:1: no section is called 'modul'; did you mean 'module'?
[1]
$ printf '[vars]\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:1: no section is called 'vars'; there are [module], [build], [kernel NAME] and [registry HOST]
[1]
$ printf '[module]\n[build]\n[module]\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: [module] is already at line 1
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: [kernel] takes a name of one word: [kernel NAME]
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel el 9]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: [kernel] takes a name of one word: [kernel NAME]
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: the section is not closed by ']'
[1]
$ printf '[module] name = m\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:1: 'name = m' after the section; it belongs on a line of its own
[1]
$ printf '[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini: there is no [module] section
[1]

# Keys.

$ printf 'name = m\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:1: 'name' stands in no section; begin with [module]
[1]
$ printf '[module]\nnmae = m\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: [module] has no key 'nmae'; did you mean 'name'?
[1]
$ printf '[module]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: 'regexp' does not belong in [module] but in [kernel NAME]
[1]
$ printf '[registry h]\npassword = x\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: [registry h] has no key 'password'
[1]
$ printf '[module]\nname = m\nname = n\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: 'name' is already at line 2 of [module]
[1]
$ printf '[module]\nname\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: neither a [section] nor KEY = VALUE
[1]
$ printf '[module]\nname: m\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: a key and its value have '=' between them, not ':'
[1]
$ printf '[module]\n= m\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: there is no key before the '='
[1]
$ printf '[build]\narg = 1\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: [build] has no key 'arg'; did you mean 'arg.NAME'?
[1]

# Nothing is cut: what inih would cut is refused.

$ printf '[module]\nname = m ;comment\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: is ';comment' a comment? Then put a blank behind its ';'; in a regexp write \x3b for a ';' after a blank
[1]
$ printf '[module]\nname = a\033b\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: byte 9 is a control character (0x1b); take it out
[1]
$ printf '[module]\nname = \377\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: the line is not UTF-8 text
[1]

# Rules.

$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nskip = x\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: [kernel a] has none of literal, regexp and range; a rule has exactly one
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nregexp = .\nliteral = x\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:5: [kernel a] has several of literal, regexp and range; a rule has exactly one
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nregexp = ^.+\\el9$\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:5: character 4 of '^.+\el9$', '\e': no such escape in RE2 (a dot is written \.)
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nregexp = 5.(14|15\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:5: character 3 of '5.(14|15', '(14|15': the group is not closed by ')'
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nregexp = (?<=5)x\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:5: character 1 of '(?<=5)x', '(?<': RE2 has groups (...), (?:...), (?P<name>...), (?i) and (?i:...), with the flags i m s U
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nregexp =\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:5: an empty regexp; to match every kernel write regexp = .
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nrange = >= 6.2\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:5: '>=' is no condition; a range is as in '>=6.2 <6.3', each with <, <=, =, !=, >= or > and no blank
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nregexp = .\nskip =\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:6: skip needs the reason, which is told to whoever has such a kernel
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini: there is no [kernel NAME] section, so no kernel is covered; add one, with regexp = . for all of them
[3]

# Values.

$ printf '[module]\nname = m\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: [kernel a] has no image, and [module] has none either
[1]
$ printf '[module]\nimage = m:1\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: [kernel a] has no name, and [module] has none either
[1]
$ printf '[module]\nname = a/b\nimage = m:1\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:2: name for [kernel a]: 'a/b' is no name of a module
[1]
$ printf '[module]\nname = m\nimage = h:5000/m\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: image for [kernel a]: 'h:5000/m' has neither a tag nor a digest; add :TAG, as in :${KERNEL_FULL_VERSION}
[1]
$ printf '[module]\nname = m\nimage = oci:images\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: image for [kernel a]: 'oci:images' has neither a tag nor a digest; add :TAG, as in :${KERNEL_FULL_VERSION}
[1]
$ printf '[module]\nname = m\nimage = m:${KERNEL_FULL_VERSON}\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: image for [kernel a]: the variable 'KERNEL_FULL_VERSON' is not set; did you mean KERNEL_FULL_VERSION? (${NAME-} allows that it is not set)
[1]
$ printf '[module]\nname = m\nimage = m:${KERNEL_X\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: image for [kernel a]: '${KERNEL_X' lacks its closing brace; a dollar sign is written $$
[1]
$ printf '[module]\nname = m\nimage = m:${KERNEL_X:-${KERNEL_Y}}\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:3: image for [kernel a]: 'm:1}' is no reference to an image: it has a '}' in it
[1]
$ printf '[module]\nname = m\nimage = r/m:1\norder = b, m\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: order for [kernel a]: order begins with 'b'; it must begin with name, which is 'm' and is loaded last
[1]
$ printf '[module]\nname = m\nimage = r/m:1\norder = m\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: order for [kernel a]: order names one module only; it has at least two, or leave it out
[1]
$ printf '[module]\nname = m\nimage = r/m:1\norder = m b b\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: order for [kernel a]: 'b' stands twice in order
[1]
$ printf '[module]\nname = m\nimage = r/m:1\ndir = ../x\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: dir for [kernel a]: '../x' leads up with '..'; name the directory itself
[1]
$ printf '[module]\nname = m\nimage = r/m:1\nreplaces = a.ko/b\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: replaces for [kernel a]: 'a.ko/b' in replaces is no name of a module
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nregexp = .\nmodules = a\nsources = b\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: [kernel a] has both modules and sources; an image is made in one way
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[registry h]\ninsecure = true\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:5: insecure is yes or no, not 'true'
[1]
$ printf '[module]\nname = m\nimage = r/m:1\nvar.KERNEL_X = 1\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: var.KERNEL_X: kml itself sets KERNEL_X; take another name
[1]
$ printf '[module]\nname = m\nimage = r/m:1\nvar.A-B = 1\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: var.A-B: a variable's name has letters, digits and '_' only
[1]
$ printf '[module]\nname = m\nimage = r/m:1\nvar.A = ${B}\nvar.B = 1\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: var.A: the variable 'B' is not set (${NAME-} allows that)
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[kernel a]\nregexp = .\ntls = no\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:6: tls for [kernel a]: 'no' is neither insecure (http) nor skip-verify (any certificate)
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[registry h:x]\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: "h:x" is no host
[1]
$ printf '[module]\nname = m\nimage = r/m:1\n[registry h]\nkey = k.pem\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:5: [registry h] has a key but no cert
[1]
$ printf '[module]\nname = m\nimage = r/m:1\nvar.=1\n[kernel a]\nregexp = .\n' >kml.ini; kml explain -k 6.1.0 >out
kml explain: kml.ini:4: [module] has no key 'var.'; did you mean 'var.NAME'?
[1]

# Too long, and a byte that is no text.

$ { printf '[module]\nname = '; head -c 4000 /dev/zero | tr '\0' x; } >kml.ini; kml explain -k 6.1.0
kml explain: kml.ini:2: the line has 4007 bytes; the most is 4000
[1]
$ printf '[module]\nname = a\0b\n' >kml.ini; kml explain -k 6.1.0
kml explain: kml.ini:2: a NUL byte; kml.ini is text
[1]
$ head -c 1048577 /dev/zero | tr '\0' '\n' >kml.ini; kml explain -k 6.1.0
kml explain: kml.ini: the file has more than 1048576 bytes; use several
[1]

# A ';' or '#' inside a value is part of it; a comment has a blank on both sides.

$ printf '[module]\nname = m\nimage = m:1 ; one\n[kernel a]\nregexp = 6;7#8|^6\\x3b?\\. ; two\n' >kml.ini; kml explain -k 6.1.0 | grep regexp
  a           kml.ini:5: regexp 6;7#8|^6\x3b?\. matches

# What has no end, and what may never begin, is not waited for.
$ rm -f kml.ini; mkfifo kml.ini; timeout 10 kml explain -k 6.1.0
kml explain: kml.ini: not a regular file
[1]

$ ln -sf /dev/zero kml.ini; timeout 10 kml explain -k 6.1.0
kml explain: kml.ini: not a regular file
[1]
