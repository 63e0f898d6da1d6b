# What Kernel Module Management runs in the image of a module, where kml is the only
# program: firmware to the machine before loading, and away again after unloading.

$ mkdir -p fw/vendor host && echo one >fw/a.bin && echo two >fw/vendor/b.bin && ln -s vendor/b.bin fw/b.bin && chmod 640 fw/a.bin
$ kml sh -c 'cp -r fw/* host && find host'
host
host/a.bin
host/b.bin
host/vendor
host/vendor/b.bin
$ ls -l host/a.bin | cut -c1-10; readlink host/b.bin; cat host/vendor/b.bin
-rw-r-----
vendor/b.bin
two
$ mkdir host/vendor/theirs && kml sh -c 'cd fw && find |sort -r |xargs -I{} rm -d ../host/{}'
kml rm: ../host/./vendor: Directory not empty
kml rm: ../host/.: not the name of a file
[123]
$ find host | sort
host
host/vendor
host/vendor/theirs

# The modules of one kernel, for a pod that comes later; it may come again.

$ mkdir -p opt/lib/modules/6.1.0 && echo module >opt/lib/modules/6.1.0/a.ko && ln -s /lib/modules/6.1.0 opt/lib/modules/6.1.0/host
$ kml sh -c 'mkdir -p tmp/opt/lib/modules; cp -R opt/lib/modules/6.1.0 tmp/opt/lib/modules;'
$ echo old >tmp/opt/lib/modules/6.1.0/a.ko && kml sh -c 'mkdir -p tmp/opt/lib/modules; cp -R opt/lib/modules/6.1.0 tmp/opt/lib/modules; mkdir -p tmp/fw; cp -R fw/* tmp/fw;'
$ find tmp | sort; cat tmp/opt/lib/modules/6.1.0/a.ko; readlink tmp/opt/lib/modules/6.1.0/host
tmp
tmp/fw
tmp/fw/a.bin
tmp/fw/b.bin
tmp/fw/vendor
tmp/fw/vendor/b.bin
tmp/opt
tmp/opt/lib
tmp/opt/lib/modules
tmp/opt/lib/modules/6.1.0
tmp/opt/lib/modules/6.1.0/a.ko
tmp/opt/lib/modules/6.1.0/host
module
/lib/modules/6.1.0

# The status is that of the last command that ran.

$ kml sh -c 'exit 0'
$ kml sh -c 'exit 300; exit 1'
[44]
$ kml sh -c 'exit soon'
kml sh: exit: 'soon' is no number
[2]
$ kml sh -c ''
$ kml sh -c 'false && exit 3 || true; false'
[1]
$ kml sh -c 'modprobe -r -d nowhere x && exit 3'
modprobe: FATAL: Module x not found.
[1]
$ kml sh -c 'true | exit 4'
[4]
$ kml sh -c 'cd nowhere || exit 5'
kml sh: cd: nowhere: No such file or directory
[5]
$ kml sh -c 'sleep soon
> exit'
kml sleep: not a time: 'soon' (a number with s, m, h or d, or infinity)
[2]
$ kml sh -c 'sleep infinity' & sleep .2; kill $!; wait $!
[143]

# Commands are kml's own, by any path, and need neither links nor PATH.

$ env -i $(command -v kml) sh -c '/usr/bin/find opt/lib/modules/6.1.0/a.ko; kml find fw/a.bin; /x/kml rm --version'
opt/lib/modules/6.1.0/a.ko
fw/a.bin
kml 0.4.0
$ kml sh -c 'rm fw/a.bin; ls -l'; find fw/a.bin; kml sh -c 'kml ls'
kml sh: no command 'ls': there are only those that kml --help lists
fw/a.bin
kml: no command 'ls' (`kml --help` lists them)
[2]
$ ln -s $(command -v kml) sh && ./sh -c 'exit 7'
[7]
$ kml sh --root fw -c 'cd /vendor; find; find /vendor; cd /..; find /a.bin; find /etc'
.
./b.bin
/vendor
/vendor/b.bin
/a.bin
kml find: /etc: No such file or directory
[1]
$ kml sh -c 'find fw/vendor | sort -r' <&-
fw/vendor/b.bin
fw/vendor

# Words: quotes, and names in place of patterns.

$ touch "fw/it's" 'fw/a b' fw/.hidden fw/-r
$ kml sh -c "cd fw; find ./a* 'a b' a\ b \"it's\" .h* ./[!a-z]*; find nothing* '*'"
./a b
./a.bin
a b
a b
it's
.hidden
./-r
kml find: nothing*: No such file or directory
kml find: *: No such file or directory
[1]
$ kml sh -c 'find fw/a.bi? # not this; exit 1'
fw/a.bin
$ kml sh -c 'find \
> fw/a.bin &&
> # then
> find fw/b.bin'
fw/a.bin
fw/b.bin

# Anything else is refused before the first command is run.

$ kml sh -c 'rm fw/a.bin; find $HOME'
kml sh: character 19: '$' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'rm fw/a.bin >/dev/null'
kml sh: character 13: '>' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'rm fw/a.bin; (rm fw)'
kml sh: character 14: '(' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'rm fw/a.bin & rm fw'
kml sh: character 13: '&' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'A=1 rm fw/a.bin'
kml sh: character 1: 'A=1' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'if rm fw/a.bin; then exit; fi'
kml sh: character 1: 'if' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'rm "fw/`x`"'
kml sh: character 8: '`' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'rm ~/x'
kml sh: character 4: '~/x' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'export PATH; rm fw/a.bin'
kml sh: character 1: 'export' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'rm fw/{a,b}.bin'
kml sh: character 7: '{a,' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'set -e; false; rm fw/a.bin'
kml sh: character 1: 'set' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'rm fw/a.bin; do rm fw/a.bin; done'
kml sh: character 14: 'do' has a meaning in other shells; this one knows commands, quotes, * && || ; and |
[2]
$ kml sh -c 'rm fw/*/x'
kml sh: character 8: * ? and [ are known only behind the last /
[2]
$ kml sh -c 'rm "fw/a.bin'
kml sh: character 4: the end of this quote is missing
[2]
$ kml sh -c 'rm fw/a.bin &&'
kml sh: character 15: a command is missing
[2]
$ kml sh -c 'rm fw/a.bin;; rm fw'
kml sh: character 13: a command is missing
[2]
$ kml sh -e -c 'rm fw/a.bin'
kml sh: invalid option -- 'e'
[2]
$ kml sh script
kml sh: only -c STRING is run, no file and no terminal
[2]
$ ls fw/a.bin
fw/a.bin

# cp goes through no link that it finds in the target, and into no directory but that.

$ mkdir to out && ln -s ../out to/vendor && ln -s ../out/x to/a.bin && ln -s gone none && ln -s loop loop
$ kml cp -r fw/a.bin fw/vendor to
kml cp: to/vendor: is a link there, and a directory in the source
[1]
$ ls to out
out:

to:
a.bin
vendor
$ kml cp -r fw none
kml cp: none: a link to nothing
[1]
$ kml cp -r fw loop
kml cp: loop: Too many levels of symbolic links
[1]
$ kml cp fw/a.bin fw/b.bin none2
kml cp: none2: no directory
[1]
$ kml cp fw out
kml cp: out/fw: a directory is copied with -r
[1]
$ kml cp -r fw fw/vendor; kml cp fw/a.bin fw
kml cp: fw/vendor/fw: would be copied to itself, or into itself
kml cp: fw/a.bin: would be copied to itself, or into itself
[1]
$ kml cp -a fw out
kml cp: invalid option -- 'a'
[2]
$ kml cp fw/b.bin new && kml cp -r fw/b.bin out/ && cat new && readlink out/b.bin
two
vendor/b.bin
$ mkdir long && touch long/$(printf %0255d 1) long/$(printf %0251d 2) && kml cp -r long out && ls -A out/long | wc -lc && rm -r long
      2     508
$ mkdir -p one/sub two/sub; seq 200000 >one/sub/f; for i in 1 2 3 4 5 6 7 8; do kml cp -r one/sub two 2>err1 & kml cp -r one/sub/. two/sub 2>err2 || echo failed; wait $! || echo failed; cat err1 err2 | grep -v 'waiting for another kml in'; cmp one/sub/f two/sub/f; done; ls -A two two/sub; rm -r one two err1 err2
two:
sub

two/sub:
f
$ mkfifo pipe && kml cp -r pipe out
kml cp: out/pipe: neither a file, a directory nor a link
[1]
$ kml cp fw/a.bin
kml cp: expected: kml cp [-r] FROM... TO
[2]

# The others say what they do not know, and go on after what fails.

$ kml mkdir out; kml mkdir a/b; kml mkdir -p new; kml mkdir -p none/x; kml mkdir -p m/n/ m && kml mkdir m/o
kml mkdir: out: is there already
kml mkdir: a/b: No such file or directory
kml mkdir: new: is there, and no directory
kml mkdir: none/x: No such file or directory
$ kml rm out m/n nowhere; kml rm -d m out; kml rm -r m; kml rm -df m; kml rm -df m/n nowhere new && ls -d m/n new
kml rm: out: a directory; with -d it is removed if it is empty
kml rm: m/n: a directory; with -d it is removed if it is empty
kml rm: nowhere: No such file or directory
kml rm: m: Directory not empty
kml rm: out: Directory not empty
kml rm: invalid option -- 'r'
kml rm: m: Directory not empty
ls: cannot access 'm/n': No such file or directory
ls: cannot access 'new': No such file or directory
[2]
$ mkdir -p d/e d/f d/g/h && ln -s g d/l && touch d/t && kml rm -d d/e// d/f/ d/g/ d/l/ d/t/ / ///; kml rm d/g/; ls d
kml rm: d/g/: Directory not empty
kml rm: d/l/: Not a directory
kml rm: d/t/: Not a directory
kml rm: /: not the name of a file
kml rm: ///: not the name of a file
kml rm: d/g/: a directory; with -d it is removed if it is empty
g
l
t
$ kml find fw/vendor/ m fw/b.bin; kml find nowhere m 2>&1 >/dev/null; kml find . -name x
fw/vendor/
fw/vendor/b.bin
m
m/o
fw/b.bin
kml find: nowhere: No such file or directory
kml find: invalid option -- 'n'
[2]
$ printf 'b\na\nc' | kml sort; printf 'b\na\n\nc\n' | kml sort -r; kml sort file; kml sort -n
a
b
c
c
b
a

kml sort: expected: kml sort [-r]
kml sort: invalid option -- 'n'
[2]
$ printf 'm/o\n\n  m/none\nfw\n' | kml xargs -I% rm -d %
kml rm: m/none: No such file or directory
kml rm: fw: Directory not empty
[123]
$ printf 'x y\n' | kml xargs -I{} find {}/{} {}; echo a | kml xargs -I{} ls; kml xargs rm; kml xargs -I{}
kml find: x y/x y: No such file or directory
kml find: x y: No such file or directory
kml xargs: no command 'ls': there are only those that kml --help lists
kml xargs: say -I TEXT: one command is run for each line
kml xargs: expected: kml xargs -I TEXT COMMAND [ARGUMENT]...
[2]
